/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests of the control socket: one frame is decoded, checked against the verb table and the
 * caller's role, and given to the verb's handler. A client has one request under way at a time; it
 * is kept here until its end record is sent.
 */
#include "core/commands.h"
#include "core/debug.h"
#include "core/news.h"
#include "core/policy_groups.h"
#include "core/keep.h"
#include "core/route.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct core_client *client_find(struct core *c, uint64_t id)
{
	struct core_client *client;

	list_each (client, &c->clients, struct core_client, node)
		if (client->id == id)
			return client;
	list_each (client, &c->group_clients, struct core_client, node)
		if (client->id == id)
			return client;
	return NULL;
}

void client_answer(struct core *c, struct core_client *client, uint32_t code, const char *format,
		   ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	client_log(c, client, code, text);
	client_finish(c, client, code);
}

void client_say(struct core *c, struct core_client *client, uint32_t line, const char *format, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	core_log(c, LOG_LEVEL_INFO, "%s", text);
	client_log(c, client, line, text);
}

void command_begun(struct core *c, struct request_run *r, uint64_t client_id,
		   struct connection *conn, bool is_done, uint32_t code, const char *reason)
{
	char shown[CONNECTION_TEXT_LEN];

	r->client = client_find(c, client_id);
	if (!r->client)
		return;
	if (code != RC_OK)
		client_answer(c, r->client, code, "%s: %s",
			      connection_format(conn, shown, sizeof(shown)), reason);
	else if (r->is_async || is_done)
		client_finish(c, r->client, RC_OK);
}

static void command_listen(struct core *c, struct request_run *r)
{
	r->client->waits_for = WAITS_LISTEN;
	/* In this order: a fault in the secrets is known when the end record is made. */
	core_action(c, ACTION_REREAD_SECRETS);
	policy_groups_reread(c);
	core_action(c, ACTION_LISTEN);
}

static void command_unlisten(struct core *c, struct request_run *r)
{
	struct ike_sa *ike;

	c->is_listening = false;
	core_action(c, ACTION_UNLISTEN);
	/* Without ears an attempt comes to nothing: who waits for it is told so at once. */
	list_each (ike, &c->ike_sas, struct ike_sa, node)
		if (ike->phase == IKE_STARTING || ike->phase == IKE_AUTHENTICATING ||
		    ike->phase == IKE_HALF_OPEN)
			ike_end(c, ike, RC_DEAF,
				"pluto does not listen any more (whack --unlisten)");
	clients_finish(c, NULL, WAITS_UP, RC_DEAF);
	client_say(c, r->client, LINE_LOG, "no longer listening for IKE messages");
	client_finish(c, r->client, RC_OK);
}

static void command_shutdown(struct core *c, struct request_run *r)
{
	struct ctl_attribute a;
	bool leaves = ctl_find(r->message, CTL_ATTR_LEAVE_STATE, &a);

	if (leaves && !c->settings.keeps) {
		client_answer(c, r->client, RC_WHACK,
			      "--leave-state: nothing is kept here (pluto --no-hot-restart)");
		return;
	}
	client_log(c, r->client, LINE_LOG,
		   leaves ? "leaving, the SAs are for the next run" : "shutting down");
	r->client->waits_for = WAITS_DOWN;
	if (leaves)
		core_leave(c);
	else
		core_shut_down(c);
}

static void command_reread(struct core *c, struct request_run *r)
{
	r->client->waits_for = WAITS_SECRETS;
	core_action(c, ACTION_REREAD_SECRETS);
}

static void command_ddns(struct core *c, struct request_run *r)
{
	resolve_all(c, false);
	client_say(c, r->client, LINE_LOG, "looking up the peers' names");
	client_finish(c, r->client, RC_OK);
}

/* Whose mask a request of debug is about: a connection's, a peer's, or that for all. NULL: it was
 * answered. */
static uint32_t *debug_mask(struct core *c, struct request_run *r, char *whose, size_t size)
{
	struct ctl_attribute a;
	char text[ADDRESS_TEXT_LEN];
	struct address peer;
	uint32_t *mask;

	whose[0] = '\0';
	if (!ctl_find(r->message, CTL_ATTR_PEER, &a)) {
		if (r->conn)
			snprintf(whose, size, "\"%s\": ", r->name);
		return r->conn ? &r->conn->debug : &c->debug;
	}
	if (!ctl_value_text(&a, text, sizeof(text)) || !address_parse(text, &peer)) {
		client_answer(c, r->client, RC_WHACK, "--peer is an address");
		return NULL;
	}
	snprintf(whose, size, "%s: ", text);
	mask = debug_of_peer(c, &peer);
	if (!mask)
		client_answer(c, r->client, RC_BUSY, "%d peers are debugged: --debug none of one",
			      DEBUG_PEERS);
	return mask;
}

/* For all, with a name for one connection and its instances, or for one peer. */
static void command_debug(struct core *c, struct request_run *r)
{
	char text[512], buf[80], whose[CTL_NAME_LEN + 8];
	struct error e = { 0 };
	struct ctl_attribute a;
	uint32_t *mask, wanted;

	if (!ctl_find(r->message, CTL_ATTR_DEBUG, &a) || !ctl_value_text(&a, text, sizeof(text)) ||
	    !text[0]) {
		client_answer(c, r->client, RC_WHACK, "debug needs words: all, none");
		return;
	}
	mask = debug_mask(c, r, whose, sizeof(whose));
	if (!mask)
		return;
	wanted = *mask;
	if (!debug_parse(text, &wanted, &e)) {
		client_answer(c, r->client, e.code, "%s", e.text);
		return;
	}
	*mask = wanted;
	client_say(c, r->client, LINE_LOG, "%sdebug: %s", whose,
		   debug_format(wanted, buf, sizeof(buf)));
	client_finish(c, r->client, RC_OK);
}

static const struct name ddos_rows[] = { { DDOS_AUTO, "auto" },
					 { DDOS_BUSY, "busy" },
					 { DDOS_BUSY, "active" },
					 { DDOS_UNLIMITED, "unlimited" } };
static const struct names ddos_modes = NAMES("ddos mode", ddos_rows);

/* By the verb, or by the value of the one that takes any. */
static void command_ddos(struct core *c, struct request_run *r)
{
	static const uint8_t by_verb[] = { DDOS_BUSY, DDOS_AUTO, DDOS_UNLIMITED };
	struct ctl_attribute a;
	char word[32] = "", buf[32];
	uint32_t mode = 0;

	if (r->client->verb != VERB_DDOS_MODE) {
		mode = by_verb[r->client->verb - VERB_DDOS_BUSY];
	} else if (!ctl_find(r->message, CTL_ATTR_VALUE, &a) ||
		   !ctl_value_text(&a, word, sizeof(word)) ||
		   !name_value(&ddos_modes, word, &mode)) {
		client_answer(c, r->client, RC_WHACK, "ddos-mode is busy, auto or unlimited");
		return;
	}
	c->ddos_mode = (uint8_t)mode;
	client_say(c, r->client, LINE_LOG, "ddos-mode: %s",
		   name_str(&ddos_modes, mode, buf, sizeof(buf)));
	client_finish(c, r->client, RC_OK);
}

static const struct {
	uint16_t verb;
	command_fn *run;
} handlers[] = {
	{ VERB_ADD, command_add },
	{ VERB_DELETE, command_delete },
	{ VERB_LISTEN, command_listen },
	{ VERB_UNLISTEN, command_unlisten },
	{ VERB_INITIATE, command_initiate },
	{ VERB_TERMINATE, command_terminate },
	{ VERB_STATUS, command_status },
	{ VERB_TRAFFICSTATUS, command_status },
	{ VERB_BRIEFSTATUS, command_status },
	{ VERB_CONNECTIONSTATUS, command_status },
	{ VERB_SHOWSTATES, command_status },
	{ VERB_ADDRESSPOOLSTATUS, command_status },
	{ VERB_SHUTDOWN, command_shutdown },
	{ VERB_REREADSECRETS, command_reread },
	{ VERB_DEBUG, command_debug },
	{ VERB_REREADCERTS, command_reread_certs },
	{ VERB_REREADALL, command_reread_certs },
	{ VERB_FETCHCRLS, command_fetchcrls },
	{ VERB_PURGEOCSP, command_purgeocsp },
	{ VERB_LISTPUBKEYS, command_list },
	{ VERB_CHECKPUBKEYS, command_list },
	{ VERB_LISTCERTS, command_list },
	{ VERB_LISTCACERTS, command_list },
	{ VERB_LISTCRLS, command_list },
	{ VERB_LISTPSKS, command_list },
	{ VERB_LISTALL, command_list },
	{ VERB_ADDKEY, command_addkey },
	{ VERB_ADDSECRET, command_tell },
	{ VERB_DELSECRET, command_tell },
	{ VERB_ADDCERT, command_tell },
	{ VERB_ADDCACERT, command_tell },
	{ VERB_DELCERT, command_tell },
	{ VERB_BEGIN, command_begin },
	{ VERB_COMMIT, command_commit },
	{ VERB_REKEY_IKE, command_rekey_ike },
	{ VERB_REKEY_CHILD, command_rekey_child },
	{ VERB_REDIRECT, command_redirect },
	{ VERB_GLOBAL_REDIRECT, command_global_redirect },
	{ VERB_GLOBAL_REDIRECT_TO, command_global_redirect_to },
	{ VERB_DELETE_IKE, command_delete_ike },
	{ VERB_DELETE_CHILD, command_delete_child },
	{ VERB_DOWN_IKE, command_down_ike },
	{ VERB_DOWN_CHILD, command_down_child },
	{ VERB_DELETESTATE, command_deletestate },
	{ VERB_CRASH, command_crash },
	{ VERB_SUSPEND, command_suspend },
	{ VERB_DDOS_MODE, command_ddos },
	{ VERB_DDOS_BUSY, command_ddos },
	{ VERB_DDOS_AUTO, command_ddos },
	{ VERB_DDOS_UNLIMITED, command_ddos },
	{ VERB_ROUTE, command_route },
	{ VERB_UNROUTE, command_unroute },
	{ VERB_ACQUIRE, command_acquire },
	{ VERB_SHUNTSTATUS, command_status },
	{ VERB_DDNS, command_ddns },
	{ VERB_WATCH, command_watch },
	{ VERB_HISTORY, command_watch },
	{ VERB_WHY, command_status },
	{ VERB_WHAT_IF, command_what_if },
	{ VERB_METRICS, command_status },
	{ VERB_LISTEVENTS, command_status },
	{ VERB_FIPSSTATUS, command_status },
	{ VERB_PROCESSSTATUS, command_status },
	{ VERB_BRIEFCONNECTIONSTATUS, command_status },
	{ VERB_CLEARSTATS, command_clearstats },
	{ VERB_REREADGROUPS, command_rereadgroups },
};

static command_fn *handler_of(uint16_t verb)
{
	for (size_t i = 0; i < ARRAY_LEN(handlers); i++)
		if (handlers[i].verb == verb)
			return handlers[i].run;
	return NULL;
}

/* The name is no connection's: of several connections, of a group without networks, or of nothing. */
static void run_for_name(struct core *c, struct request_run *r, const struct verb_row *row,
			 command_fn *run)
{
	struct policy_group *policy = policy_group_find(c, r->name);
	const struct conn_group *group = connections_group(&c->connections, r->name);
	char shown[CTL_NAME_LEN * 4];
	struct text t = TEXT_OVER(shown);

	text_escape(&t, slice_str(r->name));
	if (policy)
		policy_group_told(c, policy, row->verb);
	if (group)
		command_for_group(c, r, group, run);
	else if (policy)
		client_answer(c, r->client, RC_OK, "\"%s\": the group has no networks", shown);
	else
		client_answer(c, r->client, RC_UNKNOWN_NAME, "no connection named \"%s\"", shown);
}

static void run_request(struct core *c, const struct event *e, struct core_client *client,
			const struct ctl_message *m)
{
	struct request_run r = { .client = client, .message = m };
	char name[CTL_NAME_LEN];
	struct error error = { 0 };
	struct ctl_attribute a;
	const struct verb_row *row = request_check(m, name, &error);
	command_fn *run = row ? handler_of(row->verb) : NULL;

	if (!run) {
		client_answer(c, client, error.code ? error.code : RC_BAD_MESSAGE, "%s",
			      error.text);
		return;
	}
	client->verb = row->verb;
	if (e->role < row->role) {
		client_answer(c, client, RC_DENIED, "%s: permission denied", row->name);
		return;
	}
	if (c->is_shutting_down && row->role != ROLE_READ && row->verb != VERB_SHUTDOWN) {
		client_answer(c, client, RC_BUSY, "%s: pluto is shutting down", row->name);
		return;
	}
	r.name = name;
	r.conn = name[0] ? connection_find(&c->connections, name) : NULL;
	r.is_async = ctl_find(m, CTL_ATTR_ASYNC, &a);
	if (name[0] && !r.conn && row->verb != VERB_ADD)
		run_for_name(c, &r, row, run);
	else
		run(c, &r);
}

void command_frame(struct core *c, const struct event *e)
{
	bool is_busy = client_find(c, e->client) != NULL;
	struct core_client *client = client_begin(c, e->client);
	struct ctl_message m = { 0 };
	struct error error = { 0 };

	if (!client) {
		core_log(c, LOG_LEVEL_ERROR, "out of memory: a request goes unanswered");
		return;
	}
	if (!ctl_decode(e->frame, &m, &error)) {
		client->sequence = m.sequence;
		client_answer(c, client, RC_BAD_MESSAGE, "%s", error.text);
		return;
	}
	client->sequence = m.sequence;
	if (is_busy)
		client_answer(c, client, RC_BUSY, "a request is under way: wait for its answer");
	else
		run_request(c, e, client, &m);
}

void command_client_ready(struct core *c, uint64_t id)
{
	struct core_client *client;

	list_each (client, &c->clients, struct core_client, node) {
		if ((client->group ? client->group->id : client->id) != id ||
		    client->waits_for != WAITS_MORE)
			continue;
		client->waits_for = WAITS_NOTHING;
		client->more(c, client);
	}
}

void command_client_gone(struct core *c, uint64_t client)
{
	struct core_client *gone = client_find(c, client);

	if (gone) {
		command_group_gone(c, gone);
		client_forget(gone);
	}
	transaction_drop(c, client);
}

void command_secrets_loaded(struct core *c, const struct event *e)
{
	const char *text = e->text && e->text[0] ? e->text : "secrets are loaded";
	struct core_client *client;

	bytes_free(&c->ca_hashes);
	bytes_copy(e->ca_hashes, &c->ca_hashes);
	bytes_free(&c->responder_hash);
	bytes_copy(e->responder_hash, &c->responder_hash);
	if (!e->ok && !(e->text && e->text[0]))
		text = "secrets cannot be read";
	core_log(c, e->ok ? LOG_LEVEL_INFO : LOG_LEVEL_ERROR, "%s", text);
	NEWS(c, .kind = NEWS_RELOADED, .cause = e->ok ? CAUSE_NONE : CAUSE_NO_KEY, .text = text);
	list_each (client, &c->clients, struct core_client, node) {
		if (client->waits_for == WAITS_SECRETS)
			client_answer(c, client, e->ok ? RC_OK : RC_NO_KEY, "%s", text);
		else if (client->waits_for == WAITS_LISTEN && !e->ok) {
			client_log(c, client, LINE_SERIOUS, text);
			client->has_no_secrets = true;
		}
	}
}

static int address_order(const void *a, const void *b)
{
	return address_cmp(a, b);
}

/* For status only: without memory it shows ports that are not open. */
static void take_no_natt(struct core *c, const struct event *e)
{
	free(c->no_natt);
	c->no_natt_count = 0;
	c->no_natt = e->no_natt_count ? calloc(e->no_natt_count, sizeof(*c->no_natt)) : NULL;
	if (!c->no_natt)
		return;
	memcpy(c->no_natt, e->no_natt, e->no_natt_count * sizeof(*c->no_natt));
	c->no_natt_count = e->no_natt_count;
}

void command_addresses(struct core *c, const struct event *e)
{
	struct address *copy = calloc(e->address_count ? e->address_count : 1, sizeof(*copy));
	struct core_client *client;
	struct connection *conn;
	bool is_first = !c->is_listening && e->listening;

	if (!copy) {
		core_log(c, LOG_LEVEL_ERROR, "out of memory: addresses are not taken over");
		clients_finish(c, NULL, WAITS_LISTEN, RC_INTERNAL);
		return;
	}
	if (e->address_count)
		memcpy(copy, e->addresses, e->address_count * sizeof(*copy));
	qsort(copy, e->address_count, sizeof(*copy), address_order);
	free(c->addresses);
	c->addresses = copy;
	c->address_count = e->address_count;
	take_no_natt(c, e);
	if (is_first) {
		core_log(c, LOG_LEVEL_INFO, "listening for IKE messages on %zu addresses",
			 e->address_count);
		NEWS(c, .kind = NEWS_LISTENING);
	}
	c->is_listening |= e->listening;
	list_each (conn, &c->connections.all, struct connection, node) {
		connection_orient(conn, c->addresses, c->address_count);
		route_oriented(c, conn);
	}
	path_listen(c);
	path_addresses(c);
	resolve_all(c, true);
	if (is_first)
		adopt_listening(c);
	list_each (client, &c->clients, struct core_client, node) {
		if (client->waits_for != WAITS_LISTEN || !e->listening)
			continue;
		client_log(c, client, LINE_LOG, "listening for IKE messages");
		client_finish(c, client, client->has_no_secrets ? LINE_SERIOUS : RC_OK);
	}
}
