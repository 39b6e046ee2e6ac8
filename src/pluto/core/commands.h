/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the handlers of the control socket's verbs share. A handler either finishes the client of
 * its request or sets what it waits for; whatever it calls may have finished the client already, so
 * it is looked up by id again after any call that ends an SA.
 */
#ifndef CORE_COMMANDS_H
#define CORE_COMMANDS_H

#include "core/internal.h"
#include "ctl/codes.h"
#include "ctl/verbs.h"

struct request_run {
	struct core_client *client;
	const struct ctl_message *message;
	const char *name;        /* "" when not given */
	struct connection *conn; /* of that name; NULL: none */
	bool is_async;
};

typedef void command_fn(struct core *c, struct request_run *r);

/* commands.c */
/* The client if its request is still unanswered, or NULL. */
struct core_client *client_find(struct core *c, uint64_t id);
/* One line to the client, then its end. */
void client_answer(struct core *c, struct core_client *client, uint32_t code, const char *format,
		   ...) __attribute__((format(printf, 4, 5)));
/* The same, and the line goes to the log too, under the line's own number. */
void client_say(struct core *c, struct core_client *client, uint32_t line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* What was begun for the request on the connection, in whose course the client may have been answered
 * already: a failure on the spot is told; who does not wait, or need not, is done. */
void command_begun(struct core *c, struct request_run *r, uint64_t client_id,
		   struct connection *conn, bool is_done, uint32_t code, const char *reason);

/* command_add.c */
command_fn command_add;

/* command_transaction.c, transaction.c: a transaction is the client's; it dies with it */
command_fn command_begin, command_commit, command_rereadgroups;
void transaction_drop(struct core *c, uint64_t client);
void transactions_fini(struct core *c);

/* command_sa.c */
command_fn command_initiate, command_terminate, command_delete;

/* command_group.c */
/* The handler for each connection of the group: the client is answered when all are done. */
void command_for_group(struct core *c, struct request_run *r, const struct conn_group *group,
		       command_fn *run);
/* Whoever asked for a group is gone: nobody waits for the members any more. */
void command_group_gone(struct core *c, const struct core_client *gone);

/* command_one.c: what is done to one SA */
command_fn command_rekey_ike, command_rekey_child, command_delete_ike, command_delete_child;
command_fn command_down_ike, command_down_child, command_deletestate, command_crash;
command_fn command_suspend;

/* command_route.c */
command_fn command_route, command_unroute, command_acquire;

/* command_redirect.c */
command_fn command_redirect, command_global_redirect, command_global_redirect_to;

/* command_auth.c */
command_fn command_reread_certs, command_fetchcrls, command_purgeocsp, command_list, command_addkey;
command_fn command_tell;

/* command_watch.c, command_what_if.c */
command_fn command_watch, command_what_if;

/* status.c */
command_fn command_status;

/* status_sums.c */
command_fn command_clearstats;

/* status_records.c: one record each to the client; false: it could not be made */
bool report_daemon(struct core *c, struct core_client *client);
bool report_credential(struct core *c, struct core_client *client, const struct trust_item *item);
bool report_connection(struct core *c, struct core_client *client, struct connection *conn);
/* One for each pair of selectors of a routed connection. */
bool report_shunts(struct core *c, struct core_client *client, struct connection *conn);
/* change_record.c: what a transaction changes, and each option that differs; either may be NULL. */
bool report_change(struct core *c, struct core_client *client, const struct conn_config *before,
		   const struct conn_config *after);
bool report_totals(struct core *c, struct core_client *client);
/* status_sums.c: the same of what is counted */
bool report_failure(struct core *c, struct core_client *client, struct connection *conn);
bool report_tunnel(struct core *c, struct core_client *client, struct connection *conn);
bool report_counters(struct core *c, struct core_client *client);
/* status_timers.c: what is due by the clock, a record for each; scripts that have not ended */
bool report_retry(struct core *c, struct core_client *client, struct connection *conn);
bool report_ike_timers(struct core *c, struct core_client *client, struct ike_sa *ike);
bool report_child_timers(struct core *c, struct core_client *client, struct child_sa *child);
bool report_scripts(struct core *c, struct core_client *client);
bool report_fips(struct core *c, struct core_client *client);
bool report_ike(struct core *c, struct core_client *client, struct ike_sa *ike);
bool report_child(struct core *c, struct core_client *client, struct ike_sa *ike,
		  struct child_sa *child);
bool report_pool(struct core *c, struct core_client *client, const struct pool *pool);
bool report_lease(struct core *c, struct core_client *client, const struct lease *lease);
bool report_traffic(struct core *c, struct core_client *client, struct ike_sa *ike,
		    struct child_sa *child);

#endif
