/* SPDX-License-Identifier: Apache-2.0 */
/* THE table of words that only ipsec.conf has: what each stands for among a connection's options. */
#ifndef CONF_WORDS_H
#define CONF_WORDS_H

#include "conf/settings.h"

enum word_kind {
	WORD_CALL,    /* set() emits the options it stands for */
	WORD_ALIAS,   /* another spelling of the keyword `meant` */
	WORD_LEGACY,  /* of old, without effect: one warning */
	WORD_SPECIAL, /* also, alsoflip: followed by settings.c itself */
};

/* Where a word's options go. */
struct word_sink {
	struct conf_file *f;
	struct conf_options *out;
	const struct conf_setting *setting;
	bool right; /* which end the word was written for, already flipped */
	bool ok;
};

struct word_row {
	const char *words; /* spellings, separated by spaces */
	uint8_t kind;      /* enum word_kind */
	bool per_end;
	const char *meant; /* ALIAS: the keyword's word */
	void (*set)(struct word_sink *s, const char *value);
	const char *help;
};

extern const struct word_row word_rows[];
extern const size_t word_row_count;

const struct word_row *word_find(const char *word);
/* settings.c: adds option=value on one end or on the connection; refused options refuse it. */
void word_emit(struct word_sink *s, const struct keyword *k, bool right, const char *value);
void word_error(struct word_sink *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
