/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host that is not an address, to be looked up: a name in the DNS, an interface's own address, or
 * the source address of the route towards the peer. Self-contained, so that it can run on a thread.
 */
#ifndef PORT_RESOLVE_JOB_H
#define PORT_RESOLVE_JOB_H

#include "base/address.h"
#include "conf/conn.h"

#define RESOLVE_NAME_LEN 1024 /* a list of hosts */

struct resolve_job {
	uint32_t connection; /* serial number */
	bool is_right;       /* which end of it */
	uint32_t lookup; /* not 0: no end, but the gateway its peer sent us to (core/redirect.c) */
	uint8_t kind;    /* enum host_kind */
	uint8_t family;  /* enum family: what is wanted; NONE: either */
	char name[RESOLVE_NAME_LEN];
	struct address towards; /* HOST_DEFAULTROUTE: the peer; NONE: anywhere */
	/* results */
	bool ok;                             /* there is at least one address */
	struct address addresses[HOSTS_MAX]; /* each once, in order of preference */
	uint8_t count;
	struct address nexthop; /* of a route, NONE without a gateway */
	char error[96];
};

#endif
