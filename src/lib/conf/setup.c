/* SPDX-License-Identifier: Apache-2.0 */
/* THE table of the words of `config setup`. To add a word: a row. */
#include "conf/setup.h"

#include <string.h>

#include "base/duration.h"
#include "conf/keywords.h"

#define BOOL(words_, option_, off_, fallback_, help_)                                      \
	{                                                                                  \
		.words = (words_), .type = SETUP_BOOL, .option = (option_), .off = (off_), \
		.fallback = (fallback_), .help = (help_)                                   \
	}
#define VALUE(type_, words_, option_, fallback_, help_)                                           \
	{                                                                                         \
		.words = (words_), .type = (type_), .option = (option_), .fallback = (fallback_), \
		.help = (help_)                                                                   \
	}
/* Accepted, and without effect: what is done, or what to do, instead. */
#define LEGACY(words_, instead_)                                            \
	{                                                                   \
		.words = (words_), .type = SETUP_LEGACY, .help = (instead_) \
	}

const struct setup_word setup_words[] = {
	VALUE(SETUP_TEXT, "listen", "listen", NULL, "addresses to bind; all when not given"),
	VALUE(SETUP_TEXT, "plutodebug debug", "debug", "none", "what is logged beyond the usual"),
	VALUE(SETUP_TEXT, "logfile plutostderrlog", "logfile", NULL,
	      "log to this file, not to syslog"),
	VALUE(SETUP_TEXT, "logformat", "logformat", "text", "lines of the log file: text or json"),
	BOOL("logtime", NULL, "log-no-time", "yes", "times in the log file"),
	BOOL("logappend", NULL, "log-no-append", "yes", "keep the log file's content at start"),
	BOOL("audit-log", NULL, "log-no-audit", "yes", "audit records of SAs"),
	VALUE(SETUP_TEXT, "ipsecdir", "ipsecdir", NULL, "directory of certificates and policies"),
	VALUE(SETUP_TEXT, "secretsfile", "secretsfile", NULL, "file of secrets"),
	VALUE(SETUP_TEXT, "ctlgroup", "ctlgroup", NULL,
	      "group whose members may do the day's work: bring up, take down, route, look"),
	VALUE(SETUP_TEXT, "readgroup", "readgroup", NULL,
	      "group whose members may look: status, lists and events, no more"),
	VALUE(SETUP_NUMBER, "nhelpers", "nhelpers", "-1",
	      "threads for cryptography; -1: by the CPUs"),
	VALUE(SETUP_TEXT, "protostack", "protostack", "xfrm", "the kernel's IPsec"),
	BOOL("uniqueids", "uniqueids", "uniqueids", "yes",
	     "a newer peer of an identity replaces the older; or keep, replace, never"),
	BOOL("hot-restart", NULL, "no-hot-restart", "yes",
	     "keep the SAs for the next pluto, which goes on with them"),
	VALUE(SETUP_TIME, "keep-alive", "keep-alive", "20s", "between keepalives of a NAT mapping"),
	VALUE(SETUP_TEXT, "ddos-mode", "ddos-mode", "auto", "cookies: auto, busy, unlimited"),
	VALUE(SETUP_NUMBER, "ddos-ike-threshold", "ddos-ike-threshold", "256",
	      "half-open IKE SAs that count as load"),
	VALUE(SETUP_NUMBER, "max-halfopen-ike", "max-halfopen-ike", "10000",
	      "half-open IKE SAs that are kept at most"),
	BOOL("listen-tcp", "listen-tcp", NULL, "no", "IKE over TCP"),
	VALUE(SETUP_NUMBER, "ike-socket-bufsize", "ike-socket-bufsize", NULL, "of the IKE sockets"),
	BOOL("ike-socket-errqueue", NULL, "ike-socket-no-errqueue", "yes", "hear of ICMP errors"),
	VALUE(SETUP_TIME, "shuntlifetime", "shuntlifetime", "15m", "life of a bare shunt"),
	VALUE(SETUP_TIME, "expire-shunt-interval", "expire-shunt-interval", "20s",
	      "between looks for shunts that are over"),
	VALUE(SETUP_TIME, "expire-lifetime xfrmlifetime", "expire-lifetime", NULL,
	      "life of an acquire in the kernel"),
	BOOL("ipsec-interface-managed", NULL, "no-ipsec-interface-managed", "yes",
	     "make and remove XFRM interfaces, and put addresses on them"),
	VALUE(SETUP_TEXT, "global-redirect", "global-redirect", "no", "redirect in IKE_SA_INIT"),
	VALUE(SETUP_TEXT, "global-redirect-to", "global-redirect-to", NULL, "where to"),
	VALUE(SETUP_TEXT, "dns-resolver", "dns-resolver", "file",
	      "where pushed servers go: file, systemd"),
	BOOL("crl-strict strictcrlpolicy", "crl-strict", NULL, "no", "no CRL, no peer"),
	VALUE(SETUP_TIME, "crlcheckinterval", "crlcheckinterval", "0",
	      "between fetches of CRLs; 0: never"),
	VALUE(SETUP_TIME, "crl-timeout curl-timeout", "curl-timeout", "5s", "of a fetch"),
	BOOL("ocsp-enable", "ocsp-enable", NULL, "no", "ask OCSP responders"),
	BOOL("ocsp-strict", "ocsp-strict", NULL, "no", "no OCSP answer, no peer"),
	VALUE(SETUP_TEXT, "ocsp-method", "ocsp-method", "get", "get or post"),
	VALUE(SETUP_TIME, "ocsp-timeout", "ocsp-timeout", "2s", "of a question"),
	VALUE(SETUP_TEXT, "ocsp-uri", "ocsp-uri", NULL, "responder for all"),
	VALUE(SETUP_TEXT, "ocsp-trustname", "ocsp-trustname", NULL, "certificate of the responder"),
	VALUE(SETUP_NUMBER, "ocsp-cache-size", "ocsp-cache-size", "1000", "answers kept"),
	VALUE(SETUP_TIME, "ocsp-cache-min-age", "ocsp-cache-min-age", "1h", "before asking again"),
	VALUE(SETUP_TIME, "ocsp-cache-max-age", "ocsp-cache-max-age", "1d", "an answer is kept"),
	VALUE(SETUP_HOOK, "nssdir", NULL, NULL,
	      "database of NSS whose certificates, keys and CRLs are taken too; none"),
	VALUE(SETUP_HOOK, "prepluto", NULL, NULL, "command run before pluto starts"),
	VALUE(SETUP_HOOK, "postpluto", NULL, NULL, "command run after pluto ended"),
	VALUE(SETUP_HOOK, "plutoopts", NULL, NULL, "further options of pluto"),
	LEGACY("dumpdir", "pluto leaves no core file, for keys would be in it"),
	LEGACY("syslog", "lines go to syslog as authpriv, or to the file of logfile="),
	LEGACY("logip", "addresses of peers are always in the log"),
	LEGACY("statsbin", "ipsec monitor and ipsec metrics tell of each SA"),
	LEGACY("myvendorid", "no vendor ID is sent"),
	LEGACY("virtual-private",
	       "what a peer may have for its network is what its connection says"),
	LEGACY("ikev1-policy", "messages of IKEv1 are dropped"),
	LEGACY("drop-oppo-null",
	       "who proves nothing is refused but by connections with authby=null"),
	LEGACY("listen-udp", "IKE over UDP is always spoken"),
	LEGACY("nflog-all", "nflog-group= of a connection taps its clear text"),
	LEGACY("curl-iface", "the routes say by which interface a fetch leaves"),
	LEGACY("dnssec-enable dnssec-rootkey-file dnssec-anchors",
	       "names are what the system's resolver says: let that validate them"),
	LEGACY("seccomp", "there is no filter of system calls; the systemd unit has bounds"),
	LEGACY("seedbits seeddev", "OpenSSL seeds itself from the kernel"),
	LEGACY("plutorestartoncrash manualstart pluto plutowait plutofork rundir exampledir logstderr",
	       "how pluto is started is the service's matter"),
	LEGACY("perpeerlog perpeerlogdir", "ipsec log NAME has the lines of one connection"),
	LEGACY("interfaces", "all addresses are listened on, or those of listen="),
	LEGACY("nat-traversal disable-port-floating force-keepalive",
	       "NAT is detected and passed by itself; see encapsulation= and nat-keepalive="),
	LEGACY("klipsdebug plutostderrlogtime oe fragicmp hidetos overridemtu nocrsend force-busy "
	       "secctx-attr-value ikev1-secctx-attr-type secctx-attr-type forwardcontrol rp-filter "
	       "myid loglimit cachecrls charonstart charondebug strictcrlpolicy-ifuri",
	       "leave it out"),
};
const size_t setup_word_count = ARRAY_LEN(setup_words);

const struct setup_word *setup_find(const char *word)
{
	for (size_t i = 0; i < setup_word_count; i++)
		if (keyword_is_listed(setup_words[i].words, word))
			return &setup_words[i];
	return NULL;
}

static const struct name yes_rows[] = {
	{ 1, "yes" }, { 1, "true" },  { 1, "on" },  { 1, "1" }, { 1, "keep" },
	{ 0, "no" },  { 0, "false" }, { 0, "off" }, { 0, "0" }, { 1, "replace" },
};
static const struct names yes_names = NAMES("yes or no", yes_rows);

static bool is_yes(const char *value)
{
	uint32_t yes = 0;

	return name_value(&yes_names, value, &yes) && yes;
}

static bool is_good(const struct setup_word *w, const char *value)
{
	uint64_t n;
	uint32_t yes;

	switch ((enum setup_type)w->type) {
	case SETUP_BOOL:
		return name_value(&yes_names, value, &yes) ||
		       (keyword_is_listed("uniqueids", w->words) && strcmp(value, "never") == 0);
	case SETUP_NUMBER:
		return strcmp(value, "-1") == 0 || parse_number(value, 0, UINT32_MAX, &n);
	case SETUP_TIME:
		return duration_parse(value, USEC_PER_SEC, &n);
	default:
		return true;
	}
}

static const char *wanted(const struct setup_word *w)
{
	return w->type == SETUP_BOOL     ? "yes or no"
	       : w->type == SETUP_NUMBER ? "a number"
					 : "a time, as in 20s, 5m or 1h";
}

/* One section may be in several files, so a word may stand twice; the last one counts. */
static void warn_of_twin(struct conf_file *f, size_t at)
{
	const struct conf_setting *s = &f->setup->settings[at];
	const struct setup_word *w = setup_find(s->word);

	for (size_t i = 0; i < at; i++)
		if (setup_find(f->setup->settings[i].word) == w &&
		    strcmp(f->setup->settings[i].value, s->value) != 0) {
			problem_add(
				&f->problems, true, &s->at,
				"config setup: %.60s has another value at %s:%u: this one counts",
				s->word, f->setup->settings[i].at.file,
				f->setup->settings[i].at.line);
			return;
		}
}

static void unknown(struct conf_file *f, const struct conf_setting *s)
{
	struct suggestion near = { .unknown = s->word };

	for (size_t i = 0; i < setup_word_count; i++) {
		const char *list = setup_words[i].words;
		char word[64];

		if (setup_words[i].type == SETUP_LEGACY)
			continue;
		while (*list) {
			size_t len = strcspn(list, " ");
			struct text t = TEXT_OVER(word);

			text_add(&t, "%.*s", (int)len, list);
			suggestion_try(&near, word);
			list += len + strspn(list + len, " ");
		}
	}
	if (near.best[0])
		problem_add(&f->problems, false, &s->at,
			    "config setup: unknown word \"%.60s\": did you mean %s?", s->word,
			    near.best);
	else
		problem_add(&f->problems, false, &s->at, "config setup: unknown word \"%.60s\"",
			    s->word);
}

bool setup_check(struct conf_file *f)
{
	size_t before = f->problems.errors;

	for (size_t i = 0; f->setup && i < f->setup->count; i++) {
		const struct conf_setting *s = &f->setup->settings[i];
		const struct setup_word *w = setup_find(s->word);
		struct conf_place at = s->at;

		if (strncmp(s->word, "x-", 2) == 0 || strncmp(s->word, "x_", 2) == 0)
			continue;
		if (!w) {
			unknown(f, s);
		} else if (w->type == SETUP_LEGACY) {
			problem_add(&f->problems, true, &s->at,
				    "config setup: %.60s has no effect here: %s", s->word, w->help);
		} else if (!is_good(w, s->value)) {
			at.column = s->value_column;
			problem_add(&f->problems, false, &at,
				    "config setup: %.60s=\"%.60s\" is wrong: give %s", s->word,
				    s->value, wanted(w));
		} else {
			warn_of_twin(f, i);
		}
	}
	return f->problems.errors == before;
}

/* For an option that is told both, and more words than these. */
static const char *said(const char *value)
{
	if (keyword_is_listed("keep replace never", value))
		return value;
	return is_yes(value) ? "yes" : "no";
}

bool setup_option(const struct conf_setting *s, const char **name, const char **value)
{
	const struct setup_word *w = setup_find(s->word);

	*value = NULL;
	if (!w || w->type == SETUP_LEGACY || w->type == SETUP_HOOK)
		return false;
	if (w->type == SETUP_BOOL) {
		*name = is_yes(s->value) ? w->option : w->off;
		if (w->option && w->off && strcmp(w->option, w->off) == 0)
			*value = said(s->value);
		return *name != NULL;
	}
	*name = w->option;
	*value = s->value;
	return w->option != NULL && *s->value != '\0';
}
