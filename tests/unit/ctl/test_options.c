/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whack's command line: which request comes of which options, and every rule that refuses one with
 * a text that names it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "../../../src/whack/options.h"
#include "base/paths.h"
#include "ctl/codes.h"
#include "ctl/words.h"

static struct options o;
static struct error e;
static char line_buf[2048];

/* Reads a command line whose words are separated by single spaces. */
static bool reads(const char *line)
{
	char *argv[128];
	int argc = 0;

	memset(&e, 0, sizeof(e));
	text_copy(line_buf, sizeof(line_buf), line);
	for (char *p = strtok(line_buf, " "); p; p = strtok(NULL, " "))
		argv[argc++] = p;
	return options_read(argc, argv, &o, &e);
}

static bool refuses(const char *line, const char *text)
{
	if (reads(line) || e.code != RC_WHACK)
		return false;
	if (!strstr(e.text, text))
		print_message("%s\n", e.text);
	return strstr(e.text, text) != NULL;
}

static const char *setting(const char *word, bool right)
{
	for (size_t i = 0; i < o.count; i++)
		if (o.settings[i].right == right && words_have(o.settings[i].keyword->whack, word))
			return o.settings[i].text;
	return NULL;
}

static void commands(void **state)
{
	(void)state;
	assert_true(reads("--status"));
	assert_int_equal(o.verb->verb, VERB_STATUS);
	assert_string_equal(o.socket, IPSEC_RUNDIR "/pluto.ctl");
	assert_true(reads("--initiate --asynchronous --name west"));
	assert_int_equal(o.verb->verb, VERB_INITIATE);
	assert_true(o.async);
	assert_string_equal(o.name, "west");
	assert_true(reads("--name=west --down --async=no"));
	assert_int_equal(o.verb->verb, VERB_TERMINATE);
	assert_false(o.async);
	assert_true(reads("--trafficstatus --name west --json"));
	assert_true(o.json);
	assert_true(reads("--debug base"));
	assert_int_equal(o.verb->verb, VERB_DEBUG);
	assert_string_equal(o.debug, "base");
	assert_true(reads("--debug-all"));
	assert_string_equal(o.debug, "all");
	assert_true(reads("--debug-none --label x"));
	assert_string_equal(o.debug, "none");
	assert_string_equal(o.label, "x");
	assert_true(reads("--version"));
	assert_true(o.version);
	assert_true(reads("--help"));
	assert_true(o.help);
}

static void sockets(void **state)
{
	(void)state;
	assert_true(reads("--status --ctlsocket /a/b"));
	assert_string_equal(o.socket, "/a/b");
	assert_true(reads("--status --ctlbase=/a/b"));
	assert_string_equal(o.socket, "/a/b.ctl");
	assert_true(reads("--rundir /a/b --status"));
	assert_string_equal(o.socket, "/a/b/pluto.ctl");
	assert_true(refuses("--status --rundir /a --ctlbase /b", "name the same thing"));
	assert_true(refuses("--status --rundir=", "empty"));
}

static void a_connection(void **state)
{
	(void)state;
	assert_true(reads("--psk --encrypt --name w --ipv4 --id @a --host 192.0.2.1 --client "
			  "10.1.0.0/24 --to --id @b --host=192.0.2.2 --subnet 10.2.0.0/24 "
			  "--ikelifetime 1h --pfs=no --tunnel --esp aes256-sha2=1"));
	assert_int_equal(o.verb->verb, VERB_ADD);
	assert_string_equal(setting("host", false), "192.0.2.1");
	assert_string_equal(setting("host", true), "192.0.2.2");
	assert_string_equal(setting("id", false), "@a");
	assert_string_equal(setting("client", true), "10.2.0.0/24");
	assert_string_equal(setting("psk", false), "yes");
	assert_string_equal(setting("pfs", false), "no");
	assert_string_equal(setting("tunnel", false), "yes");
	assert_string_equal(setting("esp", false), "aes256-sha2=1");
	assert_null(setting("pfs", true));
}

static void a_request(void **state)
{
	static uint8_t buf[CTL_FRAME_MAX];
	char name[CTL_NAME_LEN], text[32];
	struct ctl_attribute a;
	struct ctl_message m;
	struct slice frame;
	uint16_t host = keyword_by_whack("host")->id;

	(void)state;
	assert_true(reads("--name w --async --host 192.0.2.1 --to --host %any --psk"));
	assert_true(options_request(&o, buf, sizeof(buf), &frame, &e));
	assert_true(ctl_decode(frame, &m, &e));
	assert_int_equal(request_check(&m, name, &e)->verb, VERB_ADD);
	assert_string_equal(name, "w");
	assert_true(ctl_find(&m, CTL_ATTR_ASYNC, &a));
	assert_true(ctl_find(&m, host, &a) && ctl_value_text(&a, text, sizeof(text)));
	assert_string_equal(text, "192.0.2.1");
	assert_true(ctl_find(&m, host | KEYWORD_RIGHT, &a));
	assert_true(ctl_value_text(&a, text, sizeof(text)));
	assert_string_equal(text, "%any");
	assert_ptr_equal(keyword_by_id(host | KEYWORD_RIGHT), keyword_by_whack("host"));
	assert_true(reads("--debug a,b"));
	assert_true(options_request(&o, buf, sizeof(buf), &frame, &e));
	assert_true(ctl_decode(frame, &m, &e));
	assert_int_equal(request_check(&m, name, &e)->verb, VERB_DEBUG);
	assert_false(options_request(&o, buf, 20, &frame, &e));
}

static void repeated(void **state)
{
	(void)state;
	assert_true(refuses("--name a --name b --initiate", "--name given twice"));
	assert_true(refuses("--status --status", "--status given twice"));
	assert_true(refuses("--host 1 --host 2", "--host given twice"));
	assert_true(refuses("--client 1 --subnet 2", "given twice"));
	assert_true(refuses("--to --to", "--to given twice"));
	assert_true(refuses("--psk --to --psk", "--psk given twice"));
	assert_true(refuses("--tunnel --transport", "--tunnel and --transport exclude each other"));
	assert_true(refuses("--async --asynchronous --listen", "given twice"));
}

static void one_command(void **state)
{
	(void)state;
	assert_true(refuses("", "nothing to do"));
	assert_true(refuses("--name west", "nothing to do"));
	assert_true(refuses("--initiate --terminate --name a", "--initiate and --terminate"));
	assert_true(refuses("--debug-all --debug-none", "two commands"));
	assert_true(refuses("--listen --psk", "--psk, which defines"));
	assert_true(refuses("--listen --to", "--to, which defines"));
}

static void names_and_ends(void **state)
{
	char line[CTL_NAME_LEN + 64] = "--initiate --name=";

	(void)state;
	assert_true(refuses("--initiate", "initiate needs --name"));
	assert_true(refuses("--delete --name=", "empty"));
	memset(line + strlen(line), 'x', CTL_NAME_LEN);
	assert_true(refuses(line, "longer than 127"));
	assert_true(refuses("--listen --name a", "--listen does not take --name"));
	assert_true(refuses("--psk --name a", "no --to"));
	assert_true(refuses("--name a --to --host 1", "no --host of the left"));
	assert_true(refuses("--name a --host 1 --to --id x", "no --host of the right"));
	assert_true(refuses("--host 1 --to --host 2", "a connection needs --name"));
}

static void values(void **state)
{
	(void)state;
	assert_true(refuses("--name", "--name needs a value"));
	assert_true(refuses("--host", "--host needs a value"));
	assert_true(refuses("--status=yes", "--status does not take a value"));
	assert_true(refuses("--tunnel=yes", "--tunnel does not take a value"));
	assert_true(refuses("--async=perhaps --listen", "yes or no"));
	assert_true(refuses("--pfs no", "unexpected argument \"no\""));
	assert_true(refuses("west", "unexpected argument \"west\""));
	assert_true(refuses("-n west", "unexpected argument \"-n\""));
	assert_true(refuses("-- --status", "unexpected argument \"--\""));
	assert_true(refuses("--=x", "unknown option"));
	assert_true(refuses("--perhaps", "unknown option --perhaps"));
	assert_true(refuses("--a-word-that-is-much-longer-than-any-option-of-this-program-ever-was",
			    "unknown option"));
}

static void refused_by_name(void **state)
{
	char line[128], want[128];
	struct slice word;

	(void)state;
	assert_true(refuses("--deleteid --name a", "--deleteid: "));
	assert_true(refuses("--impair=drop", "--impair: "));
	for (size_t i = 0; i < keyword_count; i++) {
		const char *words = keywords[i].whack;

		if (keywords[i].type != VALUE_REFUSED || !words)
			continue;
		assert_true(words_next(&words, &word));
		snprintf(line, sizeof(line), "--%.*s 1", (int)word.len, (const char *)word.data);
		snprintf(want, sizeof(want), "--%.*s: ", (int)word.len, (const char *)word.data);
		assert_true(refuses(line, want));
	}
}

/* No word may mean two things, or one table would hide what is in another. */
static void words_are_told_apart(void **state)
{
	char option[64];
	struct slice word;

	(void)state;
	for (size_t i = 0; i < keyword_count; i++) {
		const char *words = keywords[i].whack ? keywords[i].whack : "";

		while (words_next(&words, &word)) {
			snprintf(option, sizeof(option), "%.*s", (int)word.len,
				 (const char *)word.data);
			assert_ptr_equal(keyword_by_whack(option), &keywords[i]);
			assert_null(general_by_word(option));
			assert_null(verb_by_whack(option));
			assert_null(refused_command(option));
		}
		assert_true(keywords[i].id < KEYWORD_RIGHT);
	}
	for (size_t i = 0; i < GENERAL_COUNT; i++) {
		const char *words = generals[i].words;

		assert_int_equal(generals[i].what, i);
		while (words_next(&words, &word)) {
			snprintf(option, sizeof(option), "%.*s", (int)word.len,
				 (const char *)word.data);
			assert_null(verb_by_whack(option));
			assert_null(refused_command(option));
		}
	}
}

static void help_and_version(void **state)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	(void)state;
	print_help(f);
	fclose(f);
	assert_non_null(strstr(text, "--initiate"));
	assert_non_null(strstr(text, "--client, --subnet"));
	assert_non_null(strstr(text, "--ctlbase PATH"));
	assert_null(strstr(text, "--impair"));
	free(text);
	f = open_memstream(&text, &size);
	print_version(f);
	fclose(f);
	assert_string_equal(text, "Libreswan 4.15 compatible: Cygnet " CYGNET_VERSION "\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands),         cmocka_unit_test(sockets),
		cmocka_unit_test(a_connection),     cmocka_unit_test(a_request),
		cmocka_unit_test(repeated),         cmocka_unit_test(one_command),
		cmocka_unit_test(names_and_ends),   cmocka_unit_test(values),
		cmocka_unit_test(refused_by_name),  cmocka_unit_test(words_are_told_apart),
		cmocka_unit_test(help_and_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
