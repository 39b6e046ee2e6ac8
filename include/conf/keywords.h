/* SPDX-License-Identifier: Apache-2.0 */
/*
 * THE keyword table: every option of a connection, as a row. Whack's option, the attribute on the
 * control socket, ipsec.conf's keyword, the default, status and man pages are read off it.
 */
#ifndef CONF_KEYWORDS_H
#define CONF_KEYWORDS_H

#include "base/names.h"
#include "conf/conn.h"

enum value_type {
	VALUE_STRING,  /* char * */
	VALUE_BOOL,    /* bool */
	VALUE_NUMBER,  /* uint64_t */
	VALUE_SECONDS, /* uint64_t usec; a bare number is seconds */
	VALUE_MSEC,    /* uint64_t usec; a bare number is milliseconds */
	VALUE_PERCENT, /* uint64_t */
	VALUE_ENUM,    /* uint64_t, by names */
	VALUE_FLAG,    /* whack option without argument that sets the member to flag_value */
	VALUE_SET,     /* uint64_t: words of names, separated by commas, '|' or spaces, as bits */
	VALUE_BIT,     /* whack option without argument that adds flag_value to a VALUE_SET */
	VALUE_REFUSED, /* known to the field, has no function here: refused by name */
};

struct keyword {
	uint16_t id;       /* stable: the attribute id on the control socket; end keywords use two:
			       * id for left, id | KEYWORD_RIGHT for right */
	const char *conf;  /* ipsec.conf's word, without left/right; NULL: none */
	const char *whack; /* long options of whack, separated by spaces: "client subnet" */
	uint8_t type;      /* enum value_type */
	bool per_end;
	size_t offset;             /* in struct conn_config, or in struct end_config when per_end */
	const struct names *names; /* VALUE_ENUM, VALUE_SET */
	uint64_t flag_value;       /* VALUE_FLAG, VALUE_BIT */
	uint64_t min, max;         /* numbers and durations */
	const char *fallback;      /* default as text, for documents; NULL: none */
	const char *help;
};

#define KEYWORD_RIGHT 0x4000

extern const struct keyword keywords[];
extern const size_t keyword_count;

/* By attribute id (either side), by conf word, by whack option. NULL when unknown. */
const struct keyword *keyword_by_id(uint16_t id);
const struct keyword *keyword_by_whack(const char *option);
const struct keyword *keyword_by_conf(const char *word);
/* Is word one of the words of the list (separated by spaces)? '-' and '_' are the same. */
bool keyword_is_listed(const char *list, const char *word);
/* Parses text into the member of c; NULL text is an option without its value, good for flags,
 * booleans and esn. right is ignored unless the keyword is per end (false: left). False with an
 * error that names the option and the value. REFUSED rows (id 0) always fail. */
bool keyword_set(const struct keyword *k, struct conn_config *c, bool right, const char *text,
		 struct error *e);
/* The member's value as text ("" when unset); returns buf. */
const char *keyword_get(const struct keyword *k, const struct conn_config *c, bool right, char *buf,
			size_t size);

#endif
