/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups of peers by network: a definition with --host %group or %opportunisticgroup stands for one
 * connection for each line of ipsec.d/policies/NAME, NAME#NETWORK. A line is a network, or a network
 * with a protocol, a source port and a destination port (0: any), as in "10.0.0.0/8 tcp 0 25";
 * '#' begins a comment.
 */
#ifndef CONF_POLICY_GROUP_H
#define CONF_POLICY_GROUP_H

#include "conf/conn.h"

#define POLICY_GROUP_MAX 65536u /* networks of one file */

struct policy_entry {
	struct subnet network;
	uint8_t protocol; /* 0: any */
	uint16_t source_port, destination_port;
};

struct policy_entries {
	struct policy_entry *list; /* owned */
	size_t count;
};

/* Is the definition one of a group of networks? */
bool conn_is_group(const struct conn_config *c);
/* Reads a whole file; a network that comes twice counts once. False with an error that has the file's
 * name and line; out is empty then. */
bool policy_entries_parse(const char *file, struct slice text, struct policy_entries *out,
			  struct error *e);
void policy_entries_free(struct policy_entries *l);
/* The connection of one entry as a copy that the caller frees; entry NULL: of all addresses, under the
 * definition's own name, to see whether the definition is good. False: memory is short. */
bool conn_of_group(const struct conn_config *c, const struct policy_entry *entry,
		   struct conn_config *out);

#endif
