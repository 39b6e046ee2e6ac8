/* SPDX-License-Identifier: Apache-2.0 */
/* Groups of networks, whose members stand in files of ipsec.d/policies (core/policy_groups.c). */
#ifndef CORE_POLICY_GROUPS_H
#define CORE_POLICY_GROUPS_H

#include "core/internal.h"

struct policy_group {
	struct list node; /* in the core's list */
	char *name;       /* of the definition and of its file */
	struct conn_config config;
	uint16_t source; /* as of a connection */
	bool is_routed;  /* what is new of it is routed, too */
	bool is_read;    /* its file is being read */
};

/* NULL: there is none. */
struct policy_group *policy_group_find(struct core *c, const char *name);
/* Is there one of exactly this definition? */
bool policy_group_is(struct core *c, const char *name, const struct conn_config *config);
/* There is one from now on, of what is moved out of config; its file is read. source 0: as it was. */
void policy_group_define(struct core *c, const char *name, struct conn_config *config,
			 uint16_t source);
/* There is none any more; its connections are the caller's. */
void policy_group_forget(struct core *c, const char *name);
/* What the verb means for connections of the group that are still to come. */
void policy_group_told(struct core *c, struct policy_group *g, uint16_t verb);
/* Reads all files again. */
void policy_groups_reread(struct core *c);
/* Is a file being read? */
bool policy_groups_are_read(const struct core *c);
/* Finishes the client when the networks of all groups are known: now, or after the last file. */
void policy_groups_answer(struct core *c, struct core_client *client);
/* A file was read, or could not be. */
void policy_group_event(struct core *c, const struct event *e);
void policy_groups_fini(struct core *c);

#endif
