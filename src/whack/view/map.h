/* SPDX-License-Identifier: Apache-2.0 */
/* What the pictures of a connection share. */
#ifndef VIEW_MAP_H
#define VIEW_MAP_H

#include "model.h"

/* What is written at the four points; borrowed. */
struct map_words {
	const char *our_net, *our_host, *peer_host, *peer_net;
};

struct map_words map_words_of(const struct model_connection *c);
/* map_html.c: one page on standard output. */
void map_html(const struct model *m);

#endif
