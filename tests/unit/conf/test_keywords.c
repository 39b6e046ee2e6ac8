/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keyword table against itself: ids and spellings are there once, every fallback can be read,
 * every value goes to text and back. And single options: what they take and what they refuse.
 */
#include "conf/keywords.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "crypto/algs.h"

static void set(struct conn_config *c, const char *option, bool right, const char *text)
{
	const struct keyword *k = keyword_by_whack(option);
	struct error e = { 0 };

	assert_non_null(k);
	if (!keyword_set(k, c, right, text, &e))
		fail_msg("%s", e.text);
}

static void refuse(const char *option, const char *text, const char *part)
{
	const struct keyword *k = keyword_by_whack(option);
	struct conn_config c;
	struct error e = { 0 };

	conn_config_init(&c);
	assert_non_null(k);
	assert_false(keyword_set(k, &c, false, text, &e));
	if (!strstr(e.text, part))
		fail_msg("%s: %s", option, e.text);
	conn_config_free(&c);
}

static size_t count_spelling(const char *word, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < keyword_count; i++) {
		const char *at = keywords[i].whack;

		while (at) {
			if (strcspn(at, " ") == len && strncmp(at, word, len) == 0)
				count++;
			at = strchr(at, ' ');
			at += at ? 1 : 0;
		}
	}
	return count;
}

static void test_ids_and_spellings_are_unique(void **state)
{
	(void)state;
	for (size_t i = 0; i < keyword_count; i++) {
		const struct keyword *k = &keywords[i];

		assert_non_null(k->help);
		assert_true(k->whack || k->conf);
		for (const char *at = k->whack; at; at = strchr(at, ' ')) {
			at += *at == ' ' ? 1 : 0;
			if (count_spelling(at, strcspn(at, " ")) != 1)
				fail_msg("--%s is there twice", at);
		}
		for (const char *at = k->conf; at; at = strchr(at, ' ')) {
			char word[64] = "";

			at += *at == ' ' ? 1 : 0;
			memcpy(word, at, strcspn(at, " "));
			assert_ptr_equal(keyword_by_conf(word), k);
		}
		assert_int_equal(k->id == 0, k->type == VALUE_REFUSED);
		if (k->id) {
			assert_true(k->id < KEYWORD_RIGHT);
			assert_ptr_equal(keyword_by_id(k->id), k);
			assert_ptr_equal(keyword_by_id(k->id | KEYWORD_RIGHT),
					 k->per_end ? k : NULL);
		}
	}
	assert_null(keyword_by_id(0));
	assert_null(keyword_by_id(KEYWORD_RIGHT));
	assert_null(keyword_by_id(0x3fff));
}

static void test_look_up(void **state)
{
	(void)state;
	assert_ptr_equal(keyword_by_whack("client"), keyword_by_whack("subnet"));
	assert_ptr_equal(keyword_by_whack("sha2_truncbug"), keyword_by_whack("sha2-truncbug"));
	assert_ptr_equal(keyword_by_conf("sha2_truncbug"), keyword_by_whack("sha2-truncbug"));
	assert_ptr_equal(keyword_by_conf(""), keyword_by_whack("host"));
	assert_null(keyword_by_whack(""));
	assert_null(keyword_by_whack("hos"));
	assert_null(keyword_by_whack("hosts"));
	assert_null(keyword_by_whack("client subnet"));
	assert_null(keyword_by_conf("lefthost"));
}

static void test_defaults(void **state)
{
	struct conn_config c;

	(void)state;
	conn_config_init(&c);
	assert_null(c.left.host);
	assert_int_equal(c.type, CONN_TUNNEL);
	assert_false(c.authby || c.encrypt || c.sha2_truncbug);
	assert_true(c.pfs && c.rekey);
	assert_int_equal(c.esn, ESN_EITHER);
	assert_int_equal(c.replay_window, 128);
	assert_int_equal(c.ike_lifetime_usec, 8 * 3600 * USEC_PER_SEC);
	assert_int_equal(c.ipsec_lifetime_usec, 8 * 3600 * USEC_PER_SEC);
	assert_int_equal(c.rekey_margin_usec, 540 * USEC_PER_SEC);
	assert_int_equal(c.rekey_fuzz_percent, 100);
	assert_int_equal(c.keyingtries, 3);
	assert_int_equal(c.retransmit_timeout_usec, 30 * USEC_PER_SEC);
	assert_int_equal(c.retransmit_interval_usec, 500 * USEC_PER_MSEC);
	conn_config_free(&c);
}

static void round_trip(const struct keyword *k, bool right, const char *sample)
{
	struct conn_config from;
	struct conn_config to;
	struct error e = { 0 };
	char text[128];

	conn_config_init(&from);
	conn_config_init(&to);
	if (!keyword_set(k, &from, right, sample, &e))
		fail_msg("id %u: %s", k->id, e.text);
	keyword_get(k, &from, right, text, sizeof(text));
	assert_true(keyword_set(k, &to, right, text, &e));
	assert_true(conn_config_eq(&from, &to));
	conn_config_free(&from);
	conn_config_free(&to);
}

static void test_round_trip(void **state)
{
	char most[32];

	(void)state;
	for (size_t i = 0; i < keyword_count; i++) {
		const struct keyword *k = &keywords[i];
		const char *sample = k->fallback ? k->fallback : "text of it";

		if (k->type == VALUE_REFUSED)
			continue;
		if (k->type == VALUE_FLAG || k->type == VALUE_BIT)
			sample = "yes";
		if (k->type == VALUE_SET)
			sample = "secret,rsa-sha2_256";
		round_trip(k, false, sample);
		if (k->per_end)
			round_trip(k, true, sample);
		for (size_t j = 0;
		     (k->type == VALUE_ENUM || k->type == VALUE_SET) && j < k->names->count; j++)
			round_trip(k, false, k->names->rows[j].name);
		if (k->type == VALUE_SECONDS || k->type == VALUE_MSEC)
			round_trip(k, false, duration_format(k->max, most, sizeof(most)));
	}
}

static void test_values(void **state)
{
	struct conn_config c;

	(void)state;
	conn_config_init(&c);
	set(&c, "host", false, "192.0.2.1");
	set(&c, "host", true, "192.0.2.2");
	set(&c, "host", true, "192.0.2.3");
	assert_string_equal(c.left.host, "192.0.2.1");
	assert_string_equal(c.right.host, "192.0.2.3");
	set(&c, "transport", false, NULL);
	assert_int_equal(c.type, CONN_TRANSPORT);
	set(&c, "tunnel", false, "");
	assert_int_equal(c.type, CONN_TUNNEL);
	set(&c, "dontrekey", false, NULL);
	assert_false(c.rekey);
	set(&c, "psk", false, NULL);
	assert_true(c.authby == ALLOW_PSK);
	set(&c, "rsasig", false, NULL);
	assert_true(c.authby == (ALLOW_PSK | ALLOW_RSA_SHA2));
	set(&c, "auth", true, "ecdsa-sha2_384|null");
	assert_true(c.right.auth == (ALLOW_ECDSA_SHA2_384 | ALLOW_NULL));
	set(&c, "pfs", false, "NO");
	assert_false(c.pfs);
	set(&c, "esn", false, NULL);
	assert_int_equal(c.esn, ESN_POLICY_YES);
	set(&c, "no-esn", false, NULL);
	assert_int_equal(c.esn, ESN_POLICY_NO);
	set(&c, "ipv6", false, NULL);
	assert_int_equal(c.host_family, FAMILY_IPV6);
	set(&c, "ikelifetime", false, "3600");
	assert_int_equal(c.ike_lifetime_usec, 3600 * USEC_PER_SEC);
	set(&c, "retransmit-interval", false, "250");
	assert_int_equal(c.retransmit_interval_usec, 250 * USEC_PER_MSEC);
	set(&c, "rekeyfuzz", false, "50");
	assert_int_equal(c.rekey_fuzz_percent, 50);
	set(&c, "keyingtries", false, "%forever");
	assert_int_equal(c.keyingtries, 0);
	conn_config_free(&c);
	conn_config_free(&c);
}

static void test_wrong_values(void **state)
{
	(void)state;
	refuse("host", NULL, "--host needs a value");
	refuse("pfs", "maybe", "yes or no");
	refuse("pfs", "", "yes or no");
	refuse("tunnel", "no", "takes no value");
	refuse("esn", "perhaps", "either or yes or no");
	refuse("replay-window", "4097", "from 0 to 4096");
	refuse("replay-window", "-1", "\"-1\" is wrong");
	refuse("replay-window", NULL, "needs a value");
	refuse("mtu", "1500 ", "from 0 to 65535");
	refuse("ikelifetime", "9", "from 10s to 30d");
	refuse("ikelifetime", "8 hours", "as in 90s");
	refuse("ikelifetime", NULL, "needs a value");
	refuse("rekeyfuzz", "%", "a number");
	refuse("rekeyfuzz", "10%%", "a number");
	refuse("keyingtries", "forever", "a number");
	refuse("mtu", "\n\033[31m", "\\012\\033[31m");
}

static void test_refused(void **state)
{
	static const char *const options[] = {
		"groups",
		"dnskeyondemand",
		"xauthserver",
		"xauth",
		"xauthclient",
		"clientwithin",
		"certtype",
		"tundev",
		"autheap",
		"cat",
		"overlapip",
		"policylabel",
		"labeledipsec",
		"loopback",
		"disablearrivalcheck",
		"ikev1",
		"pfsgroup",
		"ms-dh-downgrade",
		"firstmsgid",
		"aggrmode",
		"modecfgpull",
		"remote_peer_type",
		"xauthby",
	};
	char part[64];

	(void)state;
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		const struct keyword *k = keyword_by_whack(options[i]);
		struct text t = TEXT_OVER(part);

		if (!k)
			fail_msg("--%s is unknown", options[i]);
		text_add(&t, "option --%.*s: ", (int)strcspn(k->whack, " "), k->whack);
		refuse(options[i], "x", part);
		assert_non_null(strstr(k->help, ": "));
	}
}

/* Every member counts, and nothing else: what is equal has one digest. */
static void test_digest(void **state)
{
	struct conn_config a, b;
	struct error e = { 0 };
	uint8_t first[32], again[32], other[32];

	(void)state;
	assert_true(crypto_self_test(&e));
	conn_config_init(&a);
	conn_config_init(&b);
	assert_true(conn_config_digest(&a, first));
	assert_true(conn_config_digest(&b, again));
	assert_memory_equal(first, again, sizeof(first));
	assert_true(keyword_set(keyword_by_whack("host"), &a, false, "192.0.2.1", &e));
	assert_true(conn_config_digest(&a, other));
	assert_memory_not_equal(first, other, sizeof(first));
	assert_true(keyword_set(keyword_by_whack("host"), &b, true, "192.0.2.1", &e));
	assert_true(conn_config_digest(&b, again));
	assert_memory_not_equal(other, again, sizeof(other));
	assert_true(keyword_set(keyword_by_whack("mtu"), &b, false, "1400", &e));
	assert_true(conn_config_digest(&b, other));
	assert_memory_not_equal(other, again, sizeof(other));
	assert_true(keyword_set(keyword_by_whack("pfs"), &b, false, "no", &e));
	assert_true(conn_config_digest(&b, again));
	assert_memory_not_equal(other, again, sizeof(other));
	conn_config_free(&a);
	conn_config_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ids_and_spellings_are_unique),
		cmocka_unit_test(test_look_up),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_wrong_values),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_digest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
