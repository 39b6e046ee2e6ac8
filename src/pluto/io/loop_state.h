/* SPDX-License-Identifier: Apache-2.0 */
/* The loop's own state. Shared by loop*.c only. */
#ifndef IO_LOOP_STATE_H
#define IO_LOOP_STATE_H

#include "control.h"
#include "ifaces.h"
#include "loop.h"
#include "poller.h"
#include "resolver.h"
#include "state_file.h"
#include "tcp.h"
#include "udp.h"
#include "updown.h"
#include "workers.h"

struct loop {
	struct loop_settings settings;
	struct poller *poller;
	struct core *core;
	struct keystore *keystore;
	struct udp *udp;
	struct tcp *tcp;
	struct control *control;
	struct workers *workers;  /* NULL: work is done inline */
	struct workers *fetchers; /* never NULL: what they do may take seconds */
	struct updown *updown;
	struct ifaces *ifaces;
	struct resolver *resolver;
	struct actions actions;
	bool carrying_out; /* an outer call empties the actions */
	bool listening;
	bool exiting;
	unsigned shutdowns; /* signals that asked for it */
	int status;         /* of the process */
	int timer_fd, signal_fd;
	struct watch *timer_watch, *signal_watch;
	uint64_t armed_usec;
	struct watch *kernel_watch;
	uint64_t keep_usec;   /* all is to be kept anew; USEC_NEVER */
	bool leaves;          /* what stands in the kernel is for the next run */
	uint64_t events_usec; /* the kernel's backend has more to tell; USEC_NEVER */
	uint64_t resync_usec; /* something of ours may be missing in the kernel; USEC_NEVER */
	uint64_t expiry_usec, crls_usec; /* credentials.c */
	uint64_t rescan_usec;            /* addresses changed: when to look; USEC_NEVER */
	uint64_t watchdog_usec;          /* USEC_NEVER */
	uint64_t status_usec;            /* when the service manager is told next; USEC_NEVER */
	uint64_t status_of;              /* core_happened when it was told last */
	char status_text[160];           /* what it was told */
	uint64_t exit_by_usec;           /* scripts under way are waited for until then */
	uint64_t send_log_usec;          /* when a failed send was logged last */
	unsigned send_failures;          /* since then */
	bool told_tickets;               /* that they cannot be stored */
};

uint64_t loop_now(void); /* CLOCK_BOOTTIME */
/* Gives the event to the core and carries out what it asks for. Time is filled in. */
void loop_event(struct loop *l, struct event *e);

/* ---- loop_action.c */
void loop_carry_out(struct loop *l);
/* Tells the core of our addresses as they are now, and has sockets on them if it listens. */
void loop_addresses(struct loop *l);
/* Opens sockets on our addresses as they are now and tells the core. */
void loop_listen(struct loop *l);

/* ---- loop_keep.c */
/* Gives the core what a former run kept. */
void loop_adopt(struct loop *l);
void loop_keep(struct loop *l, struct slice entries);
void loop_keep_timer(struct loop *l, uint64_t now_usec);

/* Watches what the kernel's IPsec tells by itself. */
bool loop_kernel_init(struct loop *l, struct error *e);
/* Compares the kernel with what should stand. */
void loop_resync(struct loop *l);
void loop_read_kernel(struct loop *l);

/* groups.c: the file of a policy group. */
void loop_read_group(struct loop *l, const struct action *a);

/* Tells the service manager in a line how it stands, when that differs from what it knows. */
void loop_tell_status(struct loop *l);

/* Ends the loop when nothing holds it any more. */
void loop_try_exit(struct loop *l);

/* ---- credentials.c */
/* Reads secrets, keys, certificates and CRLs, and tells the core. */
void loop_load_credentials(struct loop *l);
/* The daily look at what expires, and the fetching of CRLs, when they are due. */
#define EXPIRY_CHECK_USEC (86400 * USEC_PER_SEC)
void loop_keep_credentials(struct loop *l, uint64_t now_usec);
/* What a connection calls its certificate. */
void loop_load_cert(struct loop *l, const char *name);
/* WORK_FETCH, on a fetcher's thread. */
void fetch_run(struct work *w, struct keystore *k);

/* ---- loop_clock.c: the one timer, and signals */
bool loop_clock_init(struct loop *l, struct error *e);
void loop_clock_fini(struct loop *l);
/* Sets the timer; done after every call of the poller. */
void loop_arm(struct loop *l);

#endif
