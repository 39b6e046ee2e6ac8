/* SPDX-License-Identifier: Apache-2.0 */
/*
 * News: what happens to a connection becomes a record in the core's history (core/history.h), is
 * counted by its kind, and reaches the clients that watch. ctl/news.h is the table of kinds.
 */
#ifndef CORE_NEWS_H
#define CORE_NEWS_H

#include "core/internal.h"
#include "ctl/news.h"

struct news {
	uint8_t kind;  /* enum news_kind */
	uint8_t cause; /* enum cause */
	const struct connection *conn;
	const struct ike_sa *ike;     /* NULL: none, or the child's */
	const struct child_sa *child; /* NULL: none */
	uint32_t serial;              /* when neither is there: of the SA it is about; 0: none */
	uint32_t other;               /* serial of the SA that this one replaced; 0: none */
	const struct address *address;
	const char *text; /* NULL: none */
	/* NEWS_LOG */
	uint8_t level; /* enum log_level */
	uint32_t code;
};

void news(struct core *c, const struct news *n);
#define NEWS(c, ...) news((c), &(const struct news){ __VA_ARGS__ })
/* "error", "warning", "info", "debug". */
const char *log_level_word(uint8_t level);

#endif
