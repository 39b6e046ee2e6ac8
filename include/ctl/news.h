/* SPDX-License-Identifier: Apache-2.0 */
/*
 * THE table of events: what can happen to a connection or to the daemon that is worth a record of its
 * own. Their words are what `ipsec monitor` prints, what a program filters by, and the label of a
 * counter. To add one: a row here and in news.c, and a call of news() where it happens.
 */
#ifndef CTL_NEWS_H
#define CTL_NEWS_H

#include "base/names.h"

/* Numbers are not on the wire, words are. */
enum news_kind {
	NEWS_LOG, /* a log line */
	NEWS_LOST,
	NEWS_LISTENING,
	NEWS_RELOADED,
	NEWS_SHUTDOWN,
	NEWS_ADDED,
	NEWS_DELETED,
	NEWS_ROUTED,
	NEWS_UNROUTED,
	NEWS_IKE_UP,
	NEWS_IKE_REKEYED,
	NEWS_IKE_DOWN,
	NEWS_CHILD_UP,
	NEWS_CHILD_REKEYED,
	NEWS_CHILD_DOWN,
	NEWS_FAILED,
	NEWS_PEER_SILENT,
	NEWS_PEER_DEAD,
	NEWS_MOVED,
	NEWS_LEASED,
	NEWS_RELEASED,
	NEWS_KINDS,
};

struct news_row {
	const char *word;
	const char *help;
};

extern const struct news_row news_rows[NEWS_KINDS];
/* NEWS_KINDS when there is none of that word. */
enum news_kind news_by_word(const char *word);

#endif
