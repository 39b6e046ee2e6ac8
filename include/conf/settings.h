/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A section of ipsec.conf as options of a connection: `also`, %default, the words that only the file
 * has (auto, authby, phase2, ...) and the old spellings of both products are resolved here, so that
 * what is left is what whack would send.
 */
#ifndef CONF_SETTINGS_H
#define CONF_SETTINGS_H

#include "conf/file.h"
#include "conf/keywords.h"

enum conf_auto { AUTO_IGNORE, AUTO_ADD, AUTO_ROUTE, AUTO_START, AUTO_KEEP };
extern const struct names conf_auto_names;

struct conf_option { /* one option of a connection */
	const struct keyword *keyword;
	bool right;
	const char *value;
	struct conf_place at;
	uint32_t value_column;
};

struct conf_options {
	const char *name;
	enum conf_auto action;
	struct conf_option *list; /* in the file's arena */
	size_t count, capacity;
	bool is_refused; /* asks for what is not there: an error when it is added, not of the file */
};

/*
 * Resolves a connection's section: its own settings win over those of `also` (in order, whole trees,
 * loops are errors), which win over %default. Each value is read by its keyword's type. Problems are
 * added to f, warnings about words of old once a file. False when this section has errors.
 */
bool conf_options_of(struct conf_file *f, const struct conf_section *s, struct conf_options *out);
/* The option, or NULL when it is not set. */
const struct conf_option *conf_option_find(const struct conf_options *o, const char *conf_word,
					   bool right);
/* Is it there only for others to take settings from (also=): without auto= and both ends? */
bool conf_options_is_fragment(const struct conf_options *o);
/*
 * Fills a config (conn_config_init was done) from the options, for a check on this side. False with
 * an error at the option's place.
 */
bool conf_options_apply(const struct conf_options *o, struct conn_config *config, struct error *e);

#endif
