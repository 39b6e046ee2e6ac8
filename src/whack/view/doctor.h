/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What surprises newcomers, as checks of this machine and of the connections there are: THE list is
 * in doctor.c. A check reports what it found and, when that is not good, how to mend it.
 */
#ifndef VIEW_DOCTOR_H
#define VIEW_DOCTOR_H

#include "view.h"

enum verdict { VERDICT_GOOD, VERDICT_NOTE, VERDICT_WARNING, VERDICT_BAD };

struct doctor_conn {
	struct doctor_conn *next;
	char name[200], state[20], cause[40], auth[20];
	char our_host[64], peer_host[64], our_client[200], peer_client[200];
	char our_id[200], peer_id[200], ike[1100];
	bool is_oriented;
};

struct doctor {
	struct view *v;
	struct doctor_conn *conns;
	size_t conn_count;
	bool has_daemon, is_listening;
	char certificates[1000]; /* those that have expired or will soon */
	unsigned number;         /* of the check under way */
	const char *title;
	int worst;
	void *list; /* JSON: what was found; NULL: it is printed at once */
};

/* What the check under way found; fix NULL when nothing is to be done. */
void found(struct doctor *d, enum verdict verdict, const char *fix, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* A file of one number below /proc/sys; -1: it is not there. */
long doctor_sysctl(const char *path);
/* Is it a private address of RFC 1918 or 4193? */
bool doctor_is_private(const char *address);

/* doctor_host.c */
void doctor_daemon(struct doctor *d);
void doctor_policies(struct doctor *d);
void doctor_firewall(struct doctor *d);
void doctor_states(struct doctor *d);
void doctor_mtu(struct doctor *d);
void doctor_port(struct doctor *d);
void doctor_restarts(struct doctor *d);
void doctor_clock(struct doctor *d);
/* doctor_conns.c */
void doctor_source(struct doctor *d);
void doctor_orientation(struct doctor *d);
void doctor_selectors(struct doctor *d);
void doctor_auto(struct doctor *d);
void doctor_identities(struct doctor *d);
void doctor_cloud(struct doctor *d);
void doctor_proposals(struct doctor *d);

#endif
