/* SPDX-License-Identifier: Apache-2.0 */
/* THE table of events. */
#include "ctl/news.h"

#include <string.h>

const struct news_row news_rows[NEWS_KINDS] = {
	[NEWS_LOG] = { "log", "a line of the log" },
	[NEWS_LOST] = { "lost",
			"events were overwritten before they were read: lost says how many" },
	[NEWS_LISTENING] = { "listening", "the IKE sockets are open" },
	[NEWS_RELOADED] = { "secrets-loaded", "secrets, keys and certificates were read" },
	[NEWS_SHUTDOWN] = { "shutdown", "the daemon deletes its SAs and ends" },
	[NEWS_ADDED] = { "connection-added",
			 "a connection is there, or a changed one of its name" },
	[NEWS_DELETED] = { "connection-deleted", "a connection is forgotten" },
	[NEWS_ROUTED] = { "routed", "policies stand that hold the connection's traffic" },
	[NEWS_UNROUTED] = { "unrouted", "they are taken away" },
	[NEWS_IKE_UP] = { "ike-up", "an IKE SA is established" },
	[NEWS_IKE_REKEYED] = { "ike-rekeyed", "an IKE SA took the place of another" },
	[NEWS_IKE_DOWN] = { "ike-down", "an established IKE SA has ended" },
	[NEWS_CHILD_UP] = { "child-up", "a Child SA is established" },
	[NEWS_CHILD_REKEYED] = { "child-rekeyed", "a Child SA took the place of another" },
	[NEWS_CHILD_DOWN] = { "child-down", "an established Child SA has ended" },
	[NEWS_FAILED] = { "failed", "an attempt failed: cause says why" },
	[NEWS_PEER_SILENT] = { "peer-silent", "the peer does not answer: asked again" },
	[NEWS_PEER_DEAD] = { "peer-dead", "the peer did not answer in the time allowed" },
	[NEWS_MOVED] = { "moved", "an IKE SA and its children use another path" },
	[NEWS_LEASED] = { "leased", "a peer was given an address" },
	[NEWS_RELEASED] = { "released", "an address waits for its identity" },
};

enum news_kind news_by_word(const char *word)
{
	unsigned kind = 0;

	while (kind < NEWS_KINDS && strcmp(news_rows[kind].word, word) != 0)
		kind++;
	return (enum news_kind)kind;
}
