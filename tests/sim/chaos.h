/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chaos: one seed makes one world of two or three hosts and takes it through a day. chaos_world.c makes
 * the world, chaos.c the day.
 */
#ifndef SIM_CHAOS_H
#define SIM_CHAOS_H

#include "sim.h"

#define CHAOS_CONNECTIONS 3

/* What the hosts are to each other. */
enum chaos_shape {
	SHAPE_SITES,    /* both ends know where the other is; any of them begins */
	SHAPE_ROAD,     /* east knows identities only: the others come from anywhere */
	SHAPE_ROAD_NAT, /* the same, and west (perhaps north) is behind a NAT box */
	SHAPES,
};

struct chaos {
	struct sim *sim;
	enum chaos_shape shape;
	char common[400]; /* options of both ends */
	const char *own;  /* of an end: how it authenticates */
	uint8_t hosts;    /* 2 or 3; the third talks to east */
	bool moves;       /* addresses change */
	bool has_pool;    /* east gives addresses */
	bool kills;       /* hosts are killed at any moment, and started again */
	unsigned lives;   /* of hosts: a crash ends one */
	unsigned address; /* of the last one that a host got */
};

/* Chooses shape, options and settings; adds secrets and connections; all listen. */
void chaos_settings(struct prng *choice, struct core_settings *settings);
void chaos_make(struct chaos *c, struct prng *choice);
/* The n-th connection at the host, if it has one. */
void chaos_add(struct chaos *c, uint8_t host, int n);
const char *chaos_name(int n);
/* Another address, or the first one again, or none for a while. */
void chaos_move(struct chaos *c, uint8_t host);
/* The daemon of the host dies and is started anew as an admin's scripts would. */
void chaos_crash(struct chaos *c, uint8_t host);

#endif
