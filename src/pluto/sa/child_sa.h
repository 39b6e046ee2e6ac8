/* SPDX-License-Identifier: Apache-2.0 */
/* A child SA (RFC 7296 1.2, 1.3): a pair of ESP states and the policies that lead to them. */
#ifndef SA_CHILD_SA_H
#define SA_CHILD_SA_H

#include "base/list.h"
#include "conn/connection.h"
#include "port/kernel_ops.h"
#include "port/updown_job.h"
#include "sa/keymat.h"
#include "sa/narrow.h"

enum child_phase {
	CHILD_LARVAL,     /* being negotiated */
	CHILD_INSTALLING, /* keys agreed; kernel or updown at work */
	CHILD_ESTABLISHED,
	CHILD_REPLACED, /* another took its place; it waits for the Delete of one of the ends */
	CHILD_VACANT, /* its states are gone; policies and routes stand until who replaces it is up */
	CHILD_DELETING, /* our Delete is under way or the peer's came */
};

/* The packet that a child is made for: the first selectors of the offer (RFC 7296 2.9). */
struct child_packet {
	struct selector local, remote;
};

struct child_sa {
	struct list node;      /* in ike_sa.children; a held one, a failed route: in the core's */
	struct list conn_node; /* in connection.children */
	struct ike_sa *ike;    /* set by ike_sa_adopt */
	struct table_node esp_in, esp_out; /* in the core's tables of those names */
	struct table_node by_nat_host;     /* transport mode in UDP: by the peer's address */
	struct list touched;               /* held ones: in the core's list (core/keep.c) */
	uint64_t kept;                     /* the same: what was kept last */
	uint32_t serial;
	uint8_t phase;   /* enum child_phase */
	bool is_further; /* what an answer left out: the connection is up without it */
	bool is_tunnel;
	bool has_out;      /* what stands in the kernel beside the inbound SPI, to be undone */
	bool out_waits;    /* for the end of a move, which says where the outbound state is to be */
	bool is_stripped;  /* somebody removed a state of it before it stood */
	bool has_policies; /* child_own_policies, and its entries in connections.policies */
	struct pair_entries policies;
	bool is_up;                  /* the updown script ran `up` */
	bool is_over;                /* if its replacement fails it is made anew */
	bool is_asked_for;           /* vacant: somebody wants what is to replace it */
	struct child_packet *packet; /* of a route: what waits; NULL: none */
	uint8_t shunt;               /* enum shunt: of a route, whose policies need not protect */
	struct connection *connection;
	struct address local, remote;     /* outer */
	uint16_t local_port, remote_port; /* of ESP in UDP; 0: plain ESP */
	bool is_in_tcp;                   /* ESP in TCP instead */
	struct kernel_path placed;        /* where its states are for sure, once a move was begun */
	uint32_t spi_in, spi_out;         /* host order; 0: none yet */
	bool iptfs;                       /* IP-TFS is offered, or agreed (RFC 9347 5.1) */
	bool iptfs_no_fragments;          /* the peer takes none */
	bool may_compress;                /* IPComp (RFC 3173) is wanted here */
	uint16_t cpi_in, cpi_out;         /* of IPComp, agreed when both are there; 0: none */
	struct suite suite;
	struct selectors ts_local, ts_remote; /* agreed; ours to offer before that */
	bool no_tfc;                          /* the peer takes no padding (RFC 7296 1.3.1) */
	uint32_t reqid;                       /* 0: none yet (core/child.c gives it) */
	uint64_t installed_wall_sec;
	/* times; USEC_NEVER: never */
	uint64_t rekey_usec;   /* to be replaced (its soft lifetime, or a further try) */
	uint64_t expires_usec; /* not to be used any more (its hard lifetime) */
	uint64_t discard_usec; /* REPLACED: the peer's Delete is not waited for any longer */
	/* replacement (RFC 7296 2.8) */
	uint32_t replaced_by; /* serial of the child that took its place; 0: none */
	uint32_t replaces;    /* half made when a run ended: the one it is to replace; 0: none */
	const struct alg *ke_group; /* of the key exchange the peer took; NULL: not known */
	uint8_t refusals;           /* of its replacement, in a row */
	/* the outbound state waits until the peer is seen to be ready for it */
	uint64_t out_probe_usec, out_limit_usec;
	bool out_is_initiators;
	struct child_keys keys;                                /* kept as long as that */
	uint64_t in_bytes, out_bytes, in_packets, out_packets; /* as last read */
	uint64_t seen_packets;     /* inbound, at the last look at liveness */
	uint64_t seen_out_packets; /* at the last look for a keepalive */
};

/* Larval; NULL when memory is short. */
struct child_sa *child_sa_new(uint32_t serial, struct connection *c);
void child_sa_free(struct child_sa *child);
/* Its policies are put, with selectors that are final, or stand no more. */
void child_own_policies(struct child_sa *child);
void child_disown_policies(struct child_sa *child);

/* Batches (sa/install.c). The caller sends them as KERNEL actions and wipes them. */
void child_batch_alloc(const struct child_sa *child, struct kernel_batch *b);
/* The XFRM interface of the connection and its address there, if it has one, at the end of the batch. */
void child_batch_add_iface(const struct connection *c, struct kernel_batch *b);
/* keys are by exchange initiator and responder (RFC 7296 2.17). with_out false: the outbound state
 * comes later, by child_batch_out. */
void child_batch_install(const struct child_sa *child, const struct child_keys *keys,
			 bool is_initiator, bool with_out, struct kernel_batch *b);
void child_batch_out(const struct child_sa *child, struct kernel_batch *b);
/* Are the states still there that a former run put? */
void child_batch_adopt(const struct child_sa *child, struct kernel_batch *b);
/* Only the outbound state; the inbound one may stay for what is under way. */
void child_batch_remove_out(const struct child_sa *child, struct kernel_batch *b);
void child_batch_remove_in(const struct child_sa *child, struct kernel_batch *b);
/* What of the child stands but the inbound state; policies only when with_policies. */
void child_batch_remove(const struct child_sa *child, bool with_policies, struct kernel_batch *b);
/* Moves what stands of the child to where its IKE SA talks now, and sets its path; more operations at
 * the end of the batch. */
void child_batch_move(struct child_sa *child, const struct kernel_path *out,
		      struct kernel_batch *b);
/* Puts the policies of a child, two for each pair of selectors, at the end of a batch. */
void child_batch_add_policies(const struct child_sa *child, struct kernel_batch *b);
void child_batch_counters(const struct child_sa *child, struct kernel_batch *b);
/* Puts the inbound counters at the end of a batch (one more operation). */
void child_batch_add_counters(const struct child_sa *child, bool inbound, struct kernel_batch *b);
/* The inbound state's alone. */
void child_batch_probe(const struct child_sa *child, struct kernel_batch *b);
/* Is IPComp wanted, and can a kernel have it in this child? */
bool child_may_compress(const struct child_sa *child);
static inline bool child_is_compressed(const struct child_sa *child)
{
	return child->cpi_in && child->cpi_out;
}
/* A CPI that the peer does not take is given back. */
void child_batch_drop_cpi(const struct child_sa *child, struct kernel_batch *b);
/* The one pair of selectors of a child that has one; of several the first that can hold a packet. */
void child_first_pair(const struct child_sa *child, struct selector *local,
		      struct selector *remote);
/* PROTOCOL_ESP or PROTOCOL_AH, as the connection wants it. */
uint8_t child_protocol(const struct connection *c);
/* Do the two hold the same traffic of one connection? */
bool child_is_twin(const struct child_sa *a, const struct child_sa *b);
/* The updown job, one run for each pair, of a verb ("prepare", "route", "up", "down", "unroute")
 * (sa/updown_env.c). */
struct updown_job *child_updown(const struct child_sa *child, const char *verb, uint64_t owner,
				uint32_t ticket);
/* The same without an answer, for the pairs whose remote side is wanted; NULL: there is none. */
struct updown_job *child_updown_of(const struct child_sa *child, const char *verb,
				   bool (*is_wanted)(void *context, const struct selector *remote),
				   void *context);

#endif
