/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The XFRM backend's inner parts: the netlink socket and one function for each message. Errors are
 * negative errno values; every call waits for the kernel's acknowledgement, at most 2 seconds.
 */
#ifndef KERNEL_XFRM_H
#define KERNEL_XFRM_H

#include <linux/xfrm.h>
#include <netlink/netlink.h>

#include "kernel/journal.h"
#include "kernel/kernel.h"

/* Larval states of a dump, told of a few at a time. */
struct xfrm_acquires {
	struct kernel_event *list; /* owned */
	size_t count, given, room;
};

struct xfrm {
	struct kernel_backend backend;
	struct nl_sock *socket;
	struct nl_sock *events;
	struct journal *journal;
	struct xfrm_acquires acquires;
	kernel_log_fn *log;
	bool unmanaged; /* XFRM interfaces are made and removed by the admin alone */
	int iptfs_err;  /* the same of IP-TFS */
	int comp_err;   /* of the probe for IPComp; 0: it is there; above: not probed yet */
	uint32_t syncs; /* comparisons with a dump so far */
};

/* Called for a message that comes before the acknowledgement. */
typedef void xfrm_reply_fn(void *context, const struct nlmsghdr *h);

/* ---- xfrm.c */
/* A message of the type with a zeroed fixed part of len bytes, given in *part. NULL: no memory. */
struct nl_msg *xfrm_message(uint16_t type, size_t len, void *part);
/* A request for a dump of that type; no fixed part. */
struct nl_msg *xfrm_dump_message(uint16_t type);
/* Sends, waits for the acknowledgement and frees the message. */
int xfrm_talk(struct xfrm *x, struct nl_msg *m, xfrm_reply_fn *reply, void *context);
void xfrm_log(struct xfrm *x, const char *format, ...) __attribute__((format(printf, 2, 3)));
int xfrm_family(const struct address *a); /* AF_INET, AF_INET6, AF_UNSPEC */
void xfrm_address(const struct address *a, xfrm_address_t *out);

/* ---- xfrm_selector.c */
/* The selectors that together are exactly this pair, in a list the caller frees. -EOPNOTSUPP when
 * they are too many: XFRM knows prefixes and masks only, so ranges take several. */
#define XFRM_SELECTORS_MAX 4096
int xfrm_selectors_of(const struct selector *src, const struct selector *dst,
		      struct xfrm_selector **list, size_t *count);
/* Of a policy without one of its own: the narrower, the lower, and the lower goes first. */
uint32_t xfrm_priority(const struct xfrm_selector *s);

/* ---- xfrm_sa.c */
/* No packet waits for such a state any more: s names it, without its SPI; is_tunnel and reqid are
 * those of the policy that the packet met. */
int xfrm_sa_end_acquire(struct xfrm *x, const struct kernel_state *s);
int xfrm_sa_alloc_spi(struct xfrm *x, const struct kernel_state *s, uint32_t *spi);
/* Adds a state and takes it away again: would the kernel have it? Not for the journal. */
int xfrm_sa_try(struct xfrm *x, const struct kernel_state *s);
int xfrm_sa_add(struct xfrm *x, const struct kernel_state *s);
int xfrm_sa_delete(struct xfrm *x, uint8_t proto, const struct address *dst, uint32_t spi);
/* IPPROTO_* of an enum kernel_protocol, and back; false: it is none of these. */
uint8_t xfrm_proto(uint8_t protocol);
/* One that a former run put: it is ours again, if it is there. */
int xfrm_sa_adopt(struct xfrm *x, const struct kernel_state *s, uint64_t *bytes, uint64_t *packets);
bool xfrm_protocol(uint8_t proto, uint8_t *protocol);
/* What the journal knows a state by; proto is IPPROTO_*. */
void xfrm_state_name(uint8_t proto, const struct address *dst, uint32_t spi,
		     struct journal_name *name);
/* An event of a state of IPComp becomes one of the state around it, which the core knows. */
void xfrm_name_outer(const struct journal_entry *entry, struct kernel_event *e);
int xfrm_sa_counters(struct xfrm *x, const struct kernel_state *s, uint64_t *bytes,
		     uint64_t *packets);

/* ---- xfrm_iface.c: what is there already does; what a former run made is ours again, and what an
 * admin made is not. Sets is_new of *i. -ENODEV: there is none, and making it is the admin's. */
int xfrm_iface_add(struct xfrm *x, struct kernel_iface *i);
int xfrm_address_add(struct xfrm *x, struct kernel_iface *i);
/* If it is ours. */
int xfrm_iface_delete(struct xfrm *x, const struct kernel_iface *i);
int xfrm_address_delete(struct xfrm *x, const struct kernel_iface *i);
void xfrm_iface_forget(struct xfrm *x, const struct journal_name *name);

/* Has the kernel ESP in TCP? It is asked once, at the start. */
bool xfrm_has_esp_in_tcp(void);

/* ---- xfrm_iptfs.c */
/* -EPFNOSUPPORT: the kernel has no IP-TFS. Asked once. */
int xfrm_probe_iptfs(struct xfrm *x);
/* The attributes of a state with it; 0 or -ENOMEM. */
int xfrm_put_iptfs(struct nl_msg *m, const struct kernel_state *s);
/* The one of these that the reserved SPI must have too, or its state is not found again. */
int xfrm_put_direction(struct nl_msg *m, const struct kernel_state *s);
#ifndef XFRM_MODE_IPTFS
#define XFRM_MODE_IPTFS 5 /* since Linux 6.14 */
#endif

/* ---- xfrm_offload.c */
/* Of the interface that has this address of ours; -ENODEV: none has it. offload: enum nic_offload. */
int xfrm_put_offload(struct nl_msg *m, const struct address *local, bool inbound, uint8_t offload);
/* Does the card do what was asked of it? */
bool xfrm_is_offloaded(struct xfrm *x, const struct kernel_state *s);

/* ---- xfrm_migrate.c */
/* -EOPNOTSUPP: the kernel cannot do this move. */
int xfrm_sa_move(struct xfrm *x, const struct kernel_state *s, const struct kernel_path *to);

/* ---- xfrm_policy.c: each direction a kernel_policy stands for */
/* What the journal knows one of its kernel policies by; k NULL: one without owner, interface, mark. */
void xfrm_policy_name(const struct kernel_policy *k, const struct xfrm_selector *s, uint8_t dir,
		      struct journal_name *name);
int xfrm_policy_put(struct xfrm *x, const struct kernel_policy *p);
int xfrm_policy_delete(struct xfrm *x, const struct kernel_policy *p);
/* It is nobody's again, as a former run left it. */
void xfrm_policy_orphan(struct xfrm *x, const struct kernel_policy *p);
/* Once more what the journal says of it. */
int xfrm_policy_again(struct xfrm *x, const struct journal_entry *entry);
/* One raw policy that lets the traffic pass; -EEXIST when there is one. */
int xfrm_policy_allow(struct xfrm *x, const struct xfrm_selector *s, uint8_t dir);
/* By selector, direction, interface and mark. */
int xfrm_policy_drop(struct xfrm *x, const struct journal_name *name);
/* The reqid of the policy's first template, 0 when it has none; -ENOENT when there is no policy. */
int xfrm_policy_reqid(struct xfrm *x, const struct journal_name *name, uint32_t *reqid);

/* ---- xfrm_events.c */
/* A socket of its own, which hears what others than our own socket do. 0 or -errno. */
int xfrm_events_open(struct xfrm *x);
void xfrm_read_events(struct kernel_backend *k, kernel_event_fn *fn, void *context);
/* The first message of what is left of a datagram, which it is taken off; NULL: no whole one. The data
 * is aligned as a message. */
const struct nlmsghdr *xfrm_event_next(struct slice *left);
/* Exposed for the fuzzer and tests: one message as an event; false: it is none for us. */
bool xfrm_event_parse(const struct nlmsghdr *h, struct kernel_event *out);
/* Tells of acquires that a resync found, so many at most, and sets has_more. */
void xfrm_acquires_give(struct xfrm *x, size_t most, kernel_event_fn *fn, void *context);
/* An acquire of which only its larval state in a dump is left. False: the state is something else. */
bool xfrm_acquire_of_state(const struct xfrm_usersa_info *p, struct kernel_event *out);

/* ---- xfrm_resync.c */
int xfrm_resync(struct kernel_backend *k, kernel_event_fn *fn, void *context);

/* ---- batch.c */
void xfrm_run(struct kernel_backend *k, struct kernel_batch *b);

/* ---- bypass.c */
int xfrm_bypass_socket(struct kernel_backend *k, int fd, enum family family);
/* Neighbour discovery goes around every tunnel; what cannot be put is logged. */
void xfrm_bypass_neighbours(struct xfrm *x);

#endif
