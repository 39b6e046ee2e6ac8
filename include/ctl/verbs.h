/* SPDX-License-Identifier: Apache-2.0 */
/*
 * THE verb table: everything whack can ask of the daemon, as a row. Whack's option, the number on
 * the control socket, who may ask, --help and the man page are read off it; core/commands holds the
 * handler of each.
 */
#ifndef CTL_VERBS_H
#define CTL_VERBS_H

#include "ctl/message.h"

/* Numbers go over the control socket: never reused. */
enum verb {
	VERB_NONE = 0,
	VERB_ADD = 1,
	VERB_DELETE = 2,
	VERB_LISTEN = 3,
	VERB_UNLISTEN = 4,
	VERB_INITIATE = 5,
	VERB_TERMINATE = 6,
	VERB_STATUS = 7,
	VERB_TRAFFICSTATUS = 8,
	VERB_BRIEFSTATUS = 9,
	VERB_CONNECTIONSTATUS = 10,
	VERB_SHOWSTATES = 11,
	VERB_SHUTDOWN = 12,
	VERB_REREADSECRETS = 13,
	VERB_DEBUG = 14,
	VERB_BEGIN = 15,
	VERB_COMMIT = 16,
	VERB_REKEY_IKE = 20,
	VERB_REKEY_CHILD = 21,
	VERB_DELETE_IKE = 22,
	VERB_DELETE_CHILD = 23,
	VERB_DOWN_IKE = 24,
	VERB_DOWN_CHILD = 25,
	VERB_DELETESTATE = 26,
	VERB_CRASH = 27,
	VERB_SUSPEND = 50,
	VERB_REDIRECT = 51,
	VERB_GLOBAL_REDIRECT = 52,
	VERB_GLOBAL_REDIRECT_TO = 53,
	VERB_REREADCERTS = 30,
	VERB_REREADALL = 31,
	VERB_FETCHCRLS = 32,
	VERB_PURGEOCSP = 33,
	VERB_LISTPUBKEYS = 34,
	VERB_CHECKPUBKEYS = 35,
	VERB_LISTCERTS = 36,
	VERB_LISTCACERTS = 37,
	VERB_LISTCRLS = 38,
	VERB_LISTPSKS = 39,
	VERB_LISTALL = 40,
	VERB_ADDKEY = 41,
	VERB_DDOS_MODE = 55,
	VERB_DDOS_BUSY = 56,
	VERB_DDOS_AUTO = 57,
	VERB_DDOS_UNLIMITED = 58,
	/* connections and routing */
	VERB_ROUTE = 60,
	VERB_UNROUTE = 61,
	VERB_SHUNTSTATUS = 62,
	VERB_ACQUIRE = 63,
	VERB_ADDRESSPOOLSTATUS = 47,
	VERB_DDNS = 64,
	VERB_REREADGROUPS = 105,
	/* secrets, keys and certificates, one by one */
	VERB_ADDSECRET = 95,
	VERB_DELSECRET = 96,
	VERB_ADDCERT = 97,
	VERB_ADDCACERT = 98,
	VERB_DELCERT = 99,
	/* what happens, and what has happened */
	VERB_WATCH = 115,
	VERB_HISTORY = 116,
	VERB_WHY = 117,
	VERB_WHAT_IF = 118,
	VERB_METRICS = 119,
	VERB_LISTEVENTS = 120,
	VERB_FIPSSTATUS = 121,
	VERB_PROCESSSTATUS = 122,
	VERB_BRIEFCONNECTIONSTATUS = 123,
	VERB_CLEARSTATS = 124,
};

/* Each includes those before it. */
enum role { ROLE_READ, ROLE_OPERATE, ROLE_OWN };

enum verb_name { NAME_UNUSED, NAME_MAY, NAME_MUST };

struct verb_row {
	uint16_t verb;      /* enum verb */
	uint8_t role;       /* enum role */
	uint8_t needs_name; /* enum verb_name */
	bool attached;      /* may take long: the daemon sends RECORD_ALIVE until it is done */
	const char *name;   /* one word, for logs */
	const char *whack;  /* whack's long options, separated by spaces; NULL: none */
	const char *help;
};

extern const struct verb_row verbs[];
extern const size_t verb_count;
/* The value that the verb's option takes, by its name in --help (CTL_ATTR_VALUE); NULL: none. */
const char *verb_value(const struct verb_row *v);

/* NULL when unknown. */
const struct verb_row *verb_by_number(uint32_t verb);
const struct verb_row *verb_by_whack(const char *option);

/*
 * THE table of options that belong to a request rather than to a connection's definition: a row is
 * an attribute with a text value, or without one, and the verbs that take it.
 */
#define REQUEST_OPTION_VERBS 8
struct request_option {
	uint16_t id;       /* enum ctl_request_attribute */
	const char *whack; /* long options, separated by spaces */
	const char *value; /* its name in --help; NULL: it takes none */
	const char *help;
	uint16_t verbs[REQUEST_OPTION_VERBS]; /* enum verb; 0 ends */
	uint16_t implies; /* the verb it stands for when no other is given; 0: none */
};

extern const struct request_option request_options[];
extern const size_t request_option_count;

const struct request_option *request_option_by_whack(const char *option);
/* NULL when the verb takes no such attribute. */
const struct request_option *request_option_of(const struct verb_row *v, uint16_t id);

#define CTL_NAME_LEN 128 /* of a connection's name, with the NUL */

/*
 * Checks what a REQUEST may hold: a known verb, a name just where the verb takes one, keywords
 * (checked only for being there once) just with ADD, nothing twice, nothing unknown but optional
 * attributes. Gives the verb's row, and the name ("" when none). NULL with an error and its code.
 * Every request may bear CTL_ATTR_ASYNC.
 */
const struct verb_row *request_check(const struct ctl_message *m, char name[CTL_NAME_LEN],
				     struct error *e);

#endif
