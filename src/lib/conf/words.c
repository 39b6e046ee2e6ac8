/* SPDX-License-Identifier: Apache-2.0 */
/* THE table of words that only ipsec.conf has, and what each does. To add a word: a row. */
#include "words.h"

#include <stdio.h>
#include <string.h>

static const struct name auto_rows[] = {
	{ AUTO_IGNORE, "ignore" },  { AUTO_ADD, "add" },     { AUTO_ROUTE, "route" },
	{ AUTO_ROUTE, "ondemand" }, { AUTO_START, "start" }, { AUTO_START, "up" },
	{ AUTO_KEEP, "keep" },
};
const struct names conf_auto_names = NAMES("auto", auto_rows);

static void flag(struct word_sink *s, const char *whack, const char *value)
{
	const struct keyword *k = keyword_by_whack(whack);

	if (k)
		word_emit(s, k, false, value);
}

static void set_auto(struct word_sink *s, const char *value)
{
	uint32_t action;

	if (!name_value(&conf_auto_names, value, &action))
		word_error(s,
			   "auto=\"%.60s\" is wrong: give ignore, add, route, ondemand, start, up "
			   "or keep",
			   value);
	else
		s->out->action = (enum conf_auto)action;
	if (s->out->action == AUTO_KEEP && keyword_by_conf("revive"))
		word_emit(s, keyword_by_conf("revive"), false, "keep");
}

/* never is no method but a kind of connection; the others are one set. */
static void set_authby(struct word_sink *s, const char *value)
{
	if (strcmp(value, "never") == 0)
		flag(s, "auth-never", "yes");
	else
		word_emit(s, keyword_by_conf("authby"), false, value);
}

static void set_phase2(struct word_sink *s, const char *value)
{
	if (strcmp(value, "esp") == 0)
		flag(s, "encrypt", "yes");
	else if (strcmp(value, "ah") == 0)
		flag(s, "authenticate", "yes");
	else
		word_error(s, "%.60s=\"%.60s\" is wrong: give esp or ah", s->setting->word, value);
}

static void set_keyexchange(struct word_sink *s, const char *value)
{
	if (strcmp(value, "ikev1") == 0)
		flag(s, "ikev1", "yes");
	else if (strcmp(value, "ikev2") != 0 && strcmp(value, "ike") != 0)
		word_error(s, "keyexchange=\"%.60s\" is wrong: give ikev2", value);
}

/* Of Openswan: which versions are spoken. Only a clear wish for IKEv1 asks for something. */
static void set_ikev2(struct word_sink *s, const char *value)
{
	static const char *const known[] = { "insist", "yes", "propose", "permit", "always" };

	if (strcmp(value, "no") == 0 || strcmp(value, "never") == 0) {
		flag(s, "ikev1", "yes");
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strcmp(value, known[i]) == 0)
			return;
	word_error(s, "ikev2=\"%.60s\" is wrong: leave it out", value);
}

static void set_ikev1(struct word_sink *s, const char *value)
{
	if (strcmp(value, "yes") == 0)
		flag(s, "ikev1", "yes");
}

static void set_forceencaps(struct word_sink *s, const char *value)
{
	const struct keyword *k = keyword_by_conf("encapsulation");

	if (k)
		word_emit(s, k, false, strcmp(value, "yes") == 0 ? "yes" : "auto");
}

#define CALL(words_, set_, help_)                                                    \
	{                                                                            \
		.words = (words_), .kind = WORD_CALL, .set = (set_), .help = (help_) \
	}
#define ALIAS(words_, meant_)                                            \
	{                                                                \
		.words = (words_), .kind = WORD_ALIAS, .meant = (meant_) \
	}
#define ALIAS_END(words_, meant_)                                                         \
	{                                                                                 \
		.words = (words_), .kind = WORD_ALIAS, .per_end = true, .meant = (meant_) \
	}
#define LEGACY(words_)                                 \
	{                                              \
		.words = (words_), .kind = WORD_LEGACY \
	}

const struct word_row word_rows[] = {
	{ .words = "also", .kind = WORD_SPECIAL, .help = "take the settings of another conn" },
	{ .words = "alsoflip",
	  .kind = WORD_SPECIAL,
	  .help = "take the settings of another conn, left and right exchanged" },
	CALL("auto", set_auto, "what happens at start: ignore, add, route, start, keep"),
	CALL("authby", set_authby, "methods by which both ends prove who they are"),
	CALL("phase2", set_phase2, "esp or ah"),
	CALL("auth", set_phase2, NULL),
	CALL("keyexchange", set_keyexchange, "ikev2"),
	CALL("ikev2", set_ikev2, NULL),
	CALL("ikev1", set_ikev1, NULL),
	CALL("forceencaps", set_forceencaps, NULL),
	ALIAS("phase2alg", "esp"),
	ALIAS("keylife lifetime salifetime", "ipsec-lifetime"),
	ALIAS("rekeywindow", "rekeymargin"),
	ALIAS("connaddrfamily endaddrfamily", "hostaddrfamily"),
	ALIAS("tunneladdrfamily", "clientaddrfamily"),
	ALIAS("aggrmode", "aggressive"),
	ALIAS("sec-label", "policy-label"),
	ALIAS("send-no-esp-tfc", "send-esp-tfc-padding-not-supported"),
	ALIAS("nflog", "nflog-group"),
	ALIAS("encaps", "encapsulation"),
	ALIAS("ike-frag", "fragmentation"),
	ALIAS("ikev1-dpdtimeout", "dpdtimeout"),
	ALIAS_END("xauthusername xauthname", "username"),
	LEGACY("sareftrack firewall firstmsgid loopback labeled-ipsec disablearrivalcheck pfsgroup "
	       "spi spibase espenckey espauthkey espreplay-window send-vendorid fake-strongswan "
	       "cisco-split groundhog"),
};
const size_t word_row_count = ARRAY_LEN(word_rows);
