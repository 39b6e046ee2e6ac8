/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loop: events from descriptors and the clock go into the core, its actions are carried out in
 * order. A kernel's answer is fed back in the same turn.
 */
#ifndef IO_LOOP_H
#define IO_LOOP_H

#include "base/error.h"
#include "crypto/keystore.h"
#include "crypto/prf.h"
#include "crypto/trust.h"
#include "core/core.h"
#include "port/kernel_backend.h"
#include "udp_socket.h"

#define LISTEN_MAX 64

struct state_file;

struct loop_settings {
	struct core_settings core;
	struct audit *audit;           /* NULL: none */
	struct kernel_backend *kernel; /* stays the caller's */
	const char *control_path;
	uint32_t control_group;   /* 0: none; else our saved group is this one */
	uint32_t control_readers; /* group that may only look; 0: none */
	const char *secrets_file;
	const char *ipsecdir; /* certs, cacerts, private, crls, policies are in it */
	const char *creddirs; /* it, and others with the same folders: see crypto/credentials.h */
	struct revocation_policy revocation;
	uint64_t crl_check_sec;       /* CRLs are fetched so often; 0: when asked for */
	const char *updown_script;    /* the default one */
	const char *statedir;         /* where what outlives us is stored; NULL: nothing is */
	const char *dns_resolver;     /* what scripts are told; NULL: file */
	int spawner_fd;               /* taken over */
	int helpers;                  /* threads; 0: none, -1: by the number of CPUs */
	const struct address *listen; /* only on these of our addresses; none: on all */
	size_t listen_count;
	struct udp_tuning udp;
	uint16_t tcp_port;        /* IKE over TCP is served there; 0: not */
	const char *debug;        /* words of whack --debug; NULL: none */
	struct state_file *state; /* stays the caller's; NULL: nothing is kept */
	struct secret *entries;   /* that a former run kept; the loop frees what is in it */
};

struct loop;

/* NULL with an error. Signals TERM, INT and HUP must be blocked. */
struct loop *loop_new(const struct loop_settings *s, struct error *e);
/* Runs until the core asks for the exit. ready is called once, when the socket answers. The exit
 * status of the process. */
int loop_run(struct loop *l, void (*ready)(void *context), void *context);
/* Did it end for the next run to go on? */
bool loop_leaves(const struct loop *l);
void loop_free(struct loop *l);

#endif
