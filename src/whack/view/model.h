/* SPDX-License-Identifier: Apache-2.0 */
/* The daemon's status, gathered: connections with their Child SAs, for tables and pictures. */
#ifndef VIEW_MODEL_H
#define VIEW_MODEL_H

#include "view.h"

#define MODEL_TEXT 200

struct model_child {
	struct model_child *next;
	uint64_t serial, in_bytes, out_bytes, age, rekey_in;
	bool has_rekey;
	char our_ts[MODEL_TEXT], peer_ts[MODEL_TEXT];
};

struct model_connection {
	struct model_connection *next;
	char name[MODEL_TEXT], state[20], cause[40];
	char our_host[64], peer_host[64], our_client[MODEL_TEXT], peer_client[MODEL_TEXT];
	char our_id[MODEL_TEXT], peer_id[MODEL_TEXT];
	uint64_t instance, failed_at, retry_in;
	bool has_retry;
	struct model_child *children, **last_child;
	struct model_connection *hash_next;
};

#define MODEL_BUCKETS 4096

struct model {
	struct model_connection *first, **last;
	struct model_connection *buckets[MODEL_BUCKETS]; /* by name and instance */
	char version[64];
	uint64_t uptime, addresses, up, connecting, failed, waiting, down;
	bool is_listening, is_short;
};

/* The end code; what there is of it is to be freed in any case. */
int model_read(struct view *v, struct model *m);
void model_free(struct model *m);
/* "west", or "west[2]" of an instance. */
const char *model_name(const struct model_connection *c, char *out, size_t size);
/* A word and a tone for each state: "up" is good. */
enum tone model_tone(const char *state);
const char *model_sign(const struct paint *p, const char *state);

#endif
