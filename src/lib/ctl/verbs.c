/* SPDX-License-Identifier: Apache-2.0 */
/*
 * THE verb table and what may stand in a request of each verb. To add a verb: a number in verbs.h,
 * a row here, and its handler in the daemon's core/commands.
 */
#include "ctl/verbs.h"

#include <string.h>

#include "ctl/codes.h"
#include "ctl/words.h"

const struct verb_row verbs[] = {
	{ VERB_ADD, ROLE_OWN, NAME_MUST, false, "add", NULL,
	  "add a connection: --name, both ends, options" },
	{ VERB_DELETE, ROLE_OWN, NAME_MUST, true, "delete", "delete",
	  "drop the SAs of --name and forget it" },
	{ VERB_LISTEN, ROLE_OPERATE, NAME_UNUSED, false, "listen", "listen",
	  "find the interfaces, read the secrets, answer IKE" },
	{ VERB_UNLISTEN, ROLE_OPERATE, NAME_UNUSED, false, "unlisten", "unlisten",
	  "close the IKE sockets" },
	{ VERB_INITIATE, ROLE_OPERATE, NAME_MUST, true, "initiate", "initiate up",
	  "negotiate --name now, and stay until it stands or has failed" },
	{ VERB_TERMINATE, ROLE_OPERATE, NAME_MUST, true, "terminate", "terminate down",
	  "drop the SAs of --name, keep the connection" },
	{ VERB_SUSPEND, ROLE_OPERATE, NAME_MUST, false, "suspend", "suspend",
	  "drop the SAs of --name without a word to the peer, to be resumed with its ticket" },
	{ VERB_STATUS, ROLE_READ, NAME_UNUSED, false, "status", "status", "show everything" },
	{ VERB_TRAFFICSTATUS, ROLE_READ, NAME_MAY, false, "trafficstatus", "trafficstatus traffic",
	  "show the octets of each Child SA, of --name if given" },
	{ VERB_BRIEFSTATUS, ROLE_READ, NAME_UNUSED, false, "briefstatus", "briefstatus",
	  "show how many connections and SAs there are" },
	{ VERB_CONNECTIONSTATUS, ROLE_READ, NAME_MAY, false, "connectionstatus", "connectionstatus",
	  "show the connections, or --name" },
	{ VERB_SHOWSTATES, ROLE_READ, NAME_MAY, false, "showstates", "showstates statestatus",
	  "show the SAs, of --name if given" },
	{ VERB_ADDRESSPOOLSTATUS, ROLE_READ, NAME_UNUSED, false, "addresspoolstatus",
	  "addresspoolstatus", "show the pools of addresses and who was given which" },
	{ VERB_SHUTDOWN, ROLE_OWN, NAME_UNUSED, true, "shutdown", "shutdown",
	  "delete all SAs and exit" },
	{ VERB_REREADSECRETS, ROLE_OWN, NAME_UNUSED, false, "rereadsecrets", "rereadsecrets",
	  "read ipsec.secrets again" },
	{ VERB_DEBUG, ROLE_OPERATE, NAME_MAY, false, "debug", NULL,
	  "choose what is logged beyond the usual" },
	{ VERB_BEGIN, ROLE_OWN, NAME_UNUSED, false, "begin", NULL, "begin a transaction" },
	{ VERB_COMMIT, ROLE_OWN, NAME_UNUSED, false, "commit", NULL, "make a transaction stand" },
	{ VERB_REKEY_IKE, ROLE_OPERATE, NAME_MUST, true, "rekey-ike", "rekey-ike",
	  "replace the IKE SA of --name now, and stay until it is done" },
	{ VERB_REKEY_CHILD, ROLE_OPERATE, NAME_MUST, true, "rekey-child", "rekey-child",
	  "replace the newest Child SA of --name now, and stay until it is done" },
	{ VERB_REDIRECT, ROLE_OPERATE, NAME_MAY, false, "redirect", "redirect",
	  "send the live peers of --name, or all, to other gateways; also --redirect-to alone" },
	{ VERB_GLOBAL_REDIRECT, ROLE_OPERATE, NAME_UNUSED, false, "global-redirect",
	  "global-redirect", "send peers that begin to --global-redirect-to: yes, no, auto" },
	{ VERB_GLOBAL_REDIRECT_TO, ROLE_OPERATE, NAME_UNUSED, false, "global-redirect-to",
	  "global-redirect-to", "the gateways that peers that begin are sent to" },
	{ VERB_DELETE_IKE, ROLE_OPERATE, NAME_MUST, true, "delete-ike", "delete-ike",
	  "delete the IKE SA of --name; what is wanted is brought up again" },
	{ VERB_DELETE_CHILD, ROLE_OPERATE, NAME_MUST, true, "delete-child", "delete-child",
	  "delete the newest Child SA of --name; what is wanted is brought up again" },
	{ VERB_DOWN_IKE, ROLE_OPERATE, NAME_MUST, true, "down-ike", "down-ike",
	  "bring the IKE SA of --name down, with all that it carries" },
	{ VERB_DOWN_CHILD, ROLE_OPERATE, NAME_MUST, true, "down-child", "down-child",
	  "bring the newest Child SA of --name down" },
	{ VERB_DELETESTATE, ROLE_OPERATE, NAME_UNUSED, true, "deletestate", "deletestate",
	  "delete the SA of that serial number" },
	{ VERB_CRASH, ROLE_OPERATE, NAME_UNUSED, false, "crash", "crash",
	  "drop the SAs with a peer that has rebooted, without a word to it" },
	{ VERB_DDOS_MODE, ROLE_OPERATE, NAME_UNUSED, false, "ddos-mode", "ddos-mode",
	  "ask for cookies: busy (always), auto (under load), unlimited (never)" },
	{ VERB_DDOS_BUSY, ROLE_OPERATE, NAME_UNUSED, false, "ddos-busy", "ddos-busy",
	  "the same as --ddos-mode busy" },
	{ VERB_DDOS_AUTO, ROLE_OPERATE, NAME_UNUSED, false, "ddos-auto", "ddos-auto",
	  "the same as --ddos-mode auto" },
	{ VERB_DDOS_UNLIMITED, ROLE_OPERATE, NAME_UNUSED, false, "ddos-unlimited", "ddos-unlimited",
	  "the same as --ddos-mode unlimited" },
	{ VERB_ROUTE, ROLE_OPERATE, NAME_MUST, true, "route", "route ondemand",
	  "let no traffic of --name go in clear: its first packet negotiates" },
	{ VERB_UNROUTE, ROLE_OPERATE, NAME_MUST, false, "unroute", "unroute",
	  "take back --route; the SAs of --name stay" },
	{ VERB_SHUNTSTATUS, ROLE_READ, NAME_UNUSED, false, "shuntstatus", "shuntstatus",
	  "show what is passed, dropped or waited with in place of a tunnel" },
	{ VERB_ACQUIRE, ROLE_OPERATE, NAME_UNUSED, false, "acquire", NULL,
	  "act as if a packet had met a trap" },
	{ VERB_REREADCERTS, ROLE_OWN, NAME_UNUSED, false, "rereadcerts",
	  "rereadcerts rereadcrls rereadcacerts",
	  "read certificates, CAs and CRLs again, keys and secrets with them" },
	{ VERB_REREADALL, ROLE_OWN, NAME_UNUSED, false, "rereadall", "rereadall",
	  "read everything again: secrets, keys, certificates, CRLs" },
	{ VERB_FETCHCRLS, ROLE_OPERATE, NAME_UNUSED, true, "fetchcrls", "fetchcrls",
	  "fetch the CRLs that certificates name, and stay until it is done" },
	{ VERB_PURGEOCSP, ROLE_OPERATE, NAME_UNUSED, false, "purgeocsp", "purgeocsp",
	  "forget all OCSP answers" },
	{ VERB_LISTPUBKEYS, ROLE_READ, NAME_UNUSED, false, "listpubkeys", "listpubkeys",
	  "show the raw public keys and the certificates' keys" },
	{ VERB_CHECKPUBKEYS, ROLE_READ, NAME_UNUSED, false, "checkpubkeys", "checkpubkeys",
	  "show only those whose end is near or over" },
	{ VERB_LISTCERTS, ROLE_READ, NAME_UNUSED, false, "listcerts", "listcerts",
	  "show the certificates" },
	{ VERB_LISTCACERTS, ROLE_READ, NAME_UNUSED, false, "listcacerts", "listcacerts",
	  "show the CA certificates" },
	{ VERB_LISTCRLS, ROLE_READ, NAME_UNUSED, false, "listcrls", "listcrls", "show the CRLs" },
	{ VERB_LISTPSKS, ROLE_OPERATE, NAME_UNUSED, false, "listpsks", "listpsks",
	  "show whom the preshared keys are for" },
	{ VERB_LISTALL, ROLE_OPERATE, NAME_UNUSED, false, "listall", "listall",
	  "show all of these" },
	{ VERB_ADDKEY, ROLE_OWN, NAME_UNUSED, false, "addkey", NULL,
	  "a public key: --keyid and --pubkeyrsa" },
	{ VERB_REREADGROUPS, ROLE_OWN, NAME_UNUSED, true, "rereadgroups", "rereadgroups",
	  "read the networks of policy groups again, from ipsec.d/policies" },
	{ VERB_ADDSECRET, ROLE_OWN, NAME_UNUSED, false, "addsecret", "addsecret",
	  "add or replace preshared keys: lines as of ipsec.secrets, from standard input" },
	{ VERB_DELSECRET, ROLE_OWN, NAME_UNUSED, false, "delsecret", "delsecret",
	  "forget the preshared key that --addsecret gave for these identities" },
	{ VERB_ADDCERT, ROLE_OWN, NAME_UNUSED, false, "addcert", "addcert",
	  "add or replace a certificate, with issuers and private key: PEM from standard input" },
	{ VERB_ADDCACERT, ROLE_OWN, NAME_UNUSED, false, "addcacert", "addcacert",
	  "add or replace CAs that are trusted: PEM from standard input" },
	{ VERB_DELCERT, ROLE_OWN, NAME_UNUSED, false, "delcert", "delcert",
	  "forget what --addcert or --addcacert gave under that name" },
	{ VERB_DDNS, ROLE_OPERATE, NAME_UNUSED, false, "ddns", "ddns",
	  "look up the names of all peers now" },
	{ VERB_WATCH, ROLE_READ, NAME_MAY, true, "watch", "watch",
	  "show events as they happen, of --name if given; --cursor: from there on" },
	{ VERB_HISTORY, ROLE_READ, NAME_MAY, false, "history", "history",
	  "show the latest log lines and events, of --name if given; --last: so many" },
	{ VERB_WHY, ROLE_READ, NAME_MAY, false, "why", "why",
	  "show the last failure of --name, or of all: when, why, and what to do" },
	{ VERB_WHAT_IF, ROLE_READ, NAME_UNUSED, false, "what-if", "what-if",
	  "show what becomes of a packet: --oppohere, --oppothere" },
	{ VERB_METRICS, ROLE_READ, NAME_UNUSED, false, "metrics", "metrics globalstatus",
	  "show counters of the daemon and of each connection; --globalstatus: as key=value" },
	{ VERB_CLEARSTATS, ROLE_OPERATE, NAME_UNUSED, false, "clearstats", "clearstats",
	  "let the counters of --globalstatus begin at 0 again" },
	{ VERB_LISTEVENTS, ROLE_READ, NAME_UNUSED, false, "listevents", "listevents",
	  "show what will be done by the clock, and in how many seconds" },
	{ VERB_PROCESSSTATUS, ROLE_READ, NAME_UNUSED, false, "processstatus", "processstatus",
	  "show the updown scripts that were asked for and have not ended" },
	{ VERB_BRIEFCONNECTIONSTATUS, ROLE_READ, NAME_MAY, false, "briefconnectionstatus",
	  "briefconnectionstatus", "show a line for each connection, or of --name" },
	{ VERB_FIPSSTATUS, ROLE_READ, NAME_UNUSED, false, "fipsstatus", "fipsstatus",
	  "show whether the daemon's OpenSSL is in FIPS mode" },
};

const size_t verb_count = ARRAY_LEN(verbs);

static const struct {
	uint16_t verb;
	const char *name;
} verb_values[] = {
	{ VERB_REDIRECT, "ADDRESS[,...]" },
	{ VERB_GLOBAL_REDIRECT, "MODE" },
	{ VERB_GLOBAL_REDIRECT_TO, "ADDRESS[,...]" },
	{ VERB_DDOS_MODE, "MODE" },
	{ VERB_DELETESTATE, "NUMBER" },
	{ VERB_CRASH, "ADDRESS" },
	{ VERB_DELSECRET, "ID[ ID]..." },
	{ VERB_ADDCERT, "NAME" },
	{ VERB_ADDCACERT, "NAME" },
	{ VERB_DELCERT, "NAME" },
};

const char *verb_value(const struct verb_row *v)
{
	for (size_t i = 0; i < ARRAY_LEN(verb_values); i++)
		if (verb_values[i].verb == v->verb)
			return verb_values[i].name;
	return NULL;
}

const struct verb_row *verb_by_number(uint32_t verb)
{
	for (size_t i = 0; i < verb_count; i++)
		if (verbs[i].verb == verb)
			return &verbs[i];
	return NULL;
}

const struct verb_row *verb_by_whack(const char *option)
{
	for (size_t i = 0; i < verb_count; i++)
		if (verbs[i].whack && words_have(verbs[i].whack, option))
			return &verbs[i];
	return NULL;
}

#define LISTS                                                                                 \
	VERB_LISTPUBKEYS, VERB_CHECKPUBKEYS, VERB_LISTCERTS, VERB_LISTCACERTS, VERB_LISTCRLS, \
		VERB_LISTPSKS, VERB_LISTALL

#define CONTENT_VERBS VERB_ADDSECRET, VERB_ADDCERT, VERB_ADDCACERT

const struct request_option request_options[] = {
	{ CTL_ATTR_KEYID,
	  "keyid",
	  "ID",
	  "whose public key --pubkeyrsa is",
	  { VERB_ADDKEY },
	  VERB_ADDKEY },
	{ CTL_ATTR_PUBKEY,
	  "pubkeyrsa pubkeyecdsa pubkeyother",
	  "KEY",
	  "the key: 0s base64 or 0x hex, of RFC 3110 or SubjectPublicKeyInfo",
	  { VERB_ADDKEY },
	  VERB_ADDKEY },
	{ CTL_ATTR_ADDKEY,
	  "addkey",
	  NULL,
	  "add the key to those of --keyid, instead of replacing them",
	  { VERB_ADDKEY },
	  VERB_ADDKEY },
	{ CTL_ATTR_UTC, "utc", NULL, "times in UTC, as they always are", { LISTS }, 0 },
	{ CTL_ATTR_LEAVE_STATE,
	  "leave-state",
	  NULL,
	  "leave all SAs as they are: the next pluto goes on with them",
	  { VERB_SHUTDOWN },
	  0 },
	{ CTL_ATTR_REMOTE_HOST,
	  "remote-host",
	  "ADDRESS",
	  "where the peer of --name is, whose --host is %any",
	  { VERB_INITIATE },
	  0 },
	{ CTL_ATTR_OPPO_HERE,
	  "oppohere",
	  "ADDRESS",
	  "source of a packet that is to be thought of as met by a trap",
	  { VERB_ACQUIRE, VERB_WHAT_IF },
	  VERB_ACQUIRE },
	{ CTL_ATTR_OPPO_THERE,
	  "oppothere",
	  "ADDRESS",
	  "destination of that packet",
	  { VERB_ACQUIRE, VERB_WHAT_IF },
	  VERB_ACQUIRE },
	{ CTL_ATTR_OPPO_PROTO,
	  "oppoproto",
	  "NUMBER",
	  "its protocol",
	  { VERB_ACQUIRE, VERB_WHAT_IF },
	  VERB_ACQUIRE },
	{ CTL_ATTR_OPPO_SPORT,
	  "opposport",
	  "NUMBER",
	  "its source port",
	  { VERB_ACQUIRE, VERB_WHAT_IF },
	  VERB_ACQUIRE },
	{ CTL_ATTR_SOURCE,
	  "source",
	  "WORD",
	  "whose connections the transaction holds: what it does not name any more is deleted",
	  { VERB_BEGIN },
	  0 },
	{ CTL_ATTR_PREVIEW,
	  "preview",
	  NULL,
	  "tell what a transaction would change, and change nothing",
	  { VERB_COMMIT },
	  0 },
	{ CTL_ATTR_CHANGES,
	  "changes",
	  NULL,
	  "tell what a transaction changes",
	  { VERB_COMMIT },
	  0 },
	{ CTL_ATTR_EXISTING,
	  "existing",
	  NULL,
	  "renew a connection that is there, make none",
	  { VERB_ADD },
	  0 },
	{ CTL_ATTR_OPPO_DPORT,
	  "oppodport",
	  "NUMBER",
	  "its destination port",
	  { VERB_ACQUIRE, VERB_WHAT_IF },
	  VERB_ACQUIRE },
	{ CTL_ATTR_CURSOR,
	  "cursor",
	  "CURSOR",
	  "the last event that was read",
	  { VERB_WATCH, VERB_HISTORY },
	  0 },
	{ CTL_ATTR_LAST,
	  "last",
	  "NUMBER",
	  "so many of the latest at most",
	  { VERB_WATCH, VERB_HISTORY },
	  0 },
	{ CTL_ATTR_CONTENT,
	  "from-fd",
	  "NUMBER",
	  "the file descriptor that is read in place of standard input",
	  { CONTENT_VERBS },
	  0 },
	{ CTL_ATTR_WITH_LOG, "with-log", NULL, "log lines too", { VERB_WATCH }, 0 },
	{ CTL_ATTR_PEER,
	  "peer",
	  "ADDRESS",
	  "with --debug: of what this peer sends and is sent, whatever the connection",
	  { VERB_DEBUG },
	  0 },
};

const size_t request_option_count = ARRAY_LEN(request_options);

const struct request_option *request_option_by_whack(const char *option)
{
	for (size_t i = 0; i < request_option_count; i++)
		if (words_have(request_options[i].whack, option))
			return &request_options[i];
	return NULL;
}

const struct request_option *request_option_of(const struct verb_row *v, uint16_t id)
{
	for (size_t i = 0; i < request_option_count; i++)
		for (size_t j = 0; request_options[i].id == id && j < REQUEST_OPTION_VERBS; j++)
			if (request_options[i].verbs[j] == v->verb)
				return &request_options[i];
	return NULL;
}

#define KEYWORD_IDS 0x8000u

static bool check_name(const struct ctl_attribute *a, char name[CTL_NAME_LEN], struct error *e)
{
	if (!ctl_value_text(a, name, CTL_NAME_LEN) || name[0] == '\0')
		return error_code(e, RC_BAD_MESSAGE, "the name is empty, too long or has a NUL");
	return true;
}

static bool check_attribute(const struct verb_row *v, const struct ctl_attribute *a,
			    char name[CTL_NAME_LEN], struct error *e)
{
	if (a->id < KEYWORD_IDS && v->verb == VERB_ADD)
		return true;
	if (a->id == CTL_ATTR_NAME && v->needs_name != NAME_UNUSED)
		return check_name(a, name, e);
	if (a->id == CTL_ATTR_ASYNC)
		return a->value.len == 0 ||
		       error_code(e, RC_BAD_MESSAGE, "the asynchronous mark has a value");
	if (a->id == CTL_ATTR_DEBUG && v->verb == VERB_DEBUG)
		return true;
	if (a->id == CTL_ATTR_VALUE && verb_value(v))
		return true;
	if (request_option_of(v, a->id) || (a->flags & CTL_OPTIONAL))
		return true;
	return error_code(e, RC_BAD_MESSAGE, "%s does not take attribute 0x%04x", v->name, a->id);
}

const struct verb_row *request_check(const struct ctl_message *m, char name[CTL_NAME_LEN],
				     struct error *e)
{
	const struct verb_row *v = m->type == CTL_REQUEST ? verb_by_number(m->what) : NULL;
	struct ctl_message walk = *m;
	struct ctl_attribute a;
	uint8_t seen[0x10000 / 8] = { 0 };

	name[0] = '\0';
	if (!v) {
		error_code(e, RC_BAD_MESSAGE, "unknown request %u", m->what);
		return NULL;
	}
	ctl_rewind(&walk);
	while (ctl_next(&walk, &a)) {
		uint8_t bit = (uint8_t)(1u << (a.id % 8));

		if (seen[a.id / 8] & bit) {
			error_code(e, RC_BAD_MESSAGE, "%s: attribute 0x%04x came twice", v->name,
				   a.id);
			return NULL;
		}
		seen[a.id / 8] |= bit;
		if (!check_attribute(v, &a, name, e))
			return NULL;
	}
	if (v->needs_name == NAME_MUST && name[0] == '\0') {
		error_code(e, RC_BAD_MESSAGE, "%s needs a name", v->name);
		return NULL;
	}
	return v;
}
