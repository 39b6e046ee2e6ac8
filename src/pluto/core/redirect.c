/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Redirection (RFC 5685). A client goes at most MAX_REDIRECTS times in LOOP_USEC (section 7), never to
 * itself, and comes back to the gateway it was configured with when the other does not serve it. The
 * connection's policy stays what it was; only where its IKE SA begins changes (section 3).
 */
#include "core/keep.h"
#include "core/redirect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/exchange.h"
#include "ctl/codes.h"

#define MAX_REDIRECTS 5
#define LOOP_USEC (300 * USEC_PER_SEC)
#define GATEWAY_IPV4 1
#define GATEWAY_IPV6 2

/* ---- gateway */

bool redirect_is_on(const struct core *c, uint64_t policy)
{
	if (policy == REDIRECT_AUTO)
		return c->half_open >= c->settings.cookie_threshold;
	return policy == REDIRECT_YES;
}

bool redirect_next(struct core *c, const char *list, const struct address *not_this,
		   const struct address *nor_this, struct address *out)
{
	unsigned count = 0;

	while (list && address_in_list(list, count, out) == LIST_ADDRESS)
		count++;
	for (unsigned i = 0; i < count; i++) {
		address_in_list(list, c->redirect_turn++ % count, out);
		if (out->family == not_this->family && !address_eq(out, not_this) &&
		    !address_eq(out, nor_this))
			return true;
	}
	return false;
}

/* Identity type, length, identity (section 9.3). */
static struct address came_from(const struct message *m)
{
	const struct notify *n = message_notify(m, N_REDIRECTED_FROM);
	struct address a = { 0 };

	if (n && n->data.len >= 2 && n->data.data[1] == n->data.len - 2 &&
	    (n->data.data[0] == GATEWAY_IPV4 || n->data.data[0] == GATEWAY_IPV6))
		address_from(slice(n->data.data + 2, n->data.len - 2), &a);
	return a;
}

bool redirect_init_request(struct core *c, const struct event *e, const struct message *m)
{
	struct address from = came_from(m), to;
	char peer[ENDPOINT_TEXT_LEN], gateway[ADDRESS_TEXT_LEN];
	uint8_t data[2 + 16 + NONCE_MAX_LEN];
	struct writer w = writer_over(data, sizeof(data));

	if (!c->redirect_to || !redirect_is_on(c, c->redirect_policy) ||
	    (!message_notify(m, N_REDIRECT_SUPPORTED) && !message_notify(m, N_REDIRECTED_FROM)) ||
	    !redirect_next(c, c->redirect_to, &e->local.address, &from, &to))
		return false;
	writer_u8(&w, to.family == FAMILY_IPV6 ? GATEWAY_IPV6 : GATEWAY_IPV4);
	writer_u8(&w, (uint8_t)address_slice(&to).len);
	writer_put(&w, address_slice(&to));
	writer_put(&w, m->nonce);
	if (!writer_ok(&w))
		return false;
	send_plain_notify(c, e, &m->header, N_REDIRECT, writer_slice(&w));
	core_log(c, LOG_LEVEL_INFO, "IKE_SA_INIT of %s: redirected to %s",
		 endpoint_format(&e->remote, peer, sizeof(peer)),
		 address_format(&to, gateway, sizeof(gateway)));
	return true;
}

/* ---- client */

static bool is_ours(const struct core *c, const struct address *a)
{
	for (size_t i = 0; i < c->address_count; i++)
		if (address_eq(&c->addresses[i], a))
			return true;
	return false;
}

static bool is_listed(const char *list, const struct address *to)
{
	struct address a;

	if (!list || strcmp(list, "%any") == 0)
		return true;
	for (unsigned i = 0; address_in_list(list, i, &a) == LIST_ADDRESS; i++)
		if (address_eq(&a, to))
			return true;
	return false;
}

/* An address, of the gateway that stands at from. */
static bool may_go(const struct core *c, const struct connection *conn, const struct address *from,
		   const struct address *to, struct text *why)
{
	if (is_ours(c, to) || address_eq(to, from))
		text_put(why, "that is where we come from");
	else if (to->family != from->family)
		text_put(why, "it is of another family than our own address");
	else if (!is_listed(conn->def->config.accept_redirect_to, to))
		text_put(why, "accept-redirect-to does not have it");
	else
		return true;
	return false;
}

bool redirect_may_follow(struct core *c, const struct ike_sa *ike, const struct gateway *to,
			 struct text *why)
{
	const struct connection *conn = ike->connection;
	const struct redirection *r = &conn->redirection;

	if (!conn->def->config.accept_redirect)
		text_put(why, "accept-redirect=no");
	else if (to->address.family == FAMILY_NONE && !to->name[0])
		text_put(why, "it names no address");
	else if (to->address.family != FAMILY_NONE &&
		 !may_go(c, conn, &ike->remote.address, &to->address, why))
		return false;
	else if (r->count >= MAX_REDIRECTS && c->now_usec - r->since_usec < LOOP_USEC)
		text_add(why, "redirected %u times in %u s already", r->count,
			 (unsigned)(LOOP_USEC / USEC_PER_SEC));
	else
		return true;
	return false;
}

static void look_up(struct core *c, struct connection *conn, const char *name)
{
	struct redirection *r = &conn->redirection;
	struct resolve_job *job = calloc(1, sizeof(*job));

	r->lookups++;
	r->is_looked_up = job != NULL;
	if (!job)
		return;
	job->connection = conn->serial;
	job->lookup = r->lookups;
	job->kind = HOST_NAME;
	job->family = r->from.family;
	text_copy(job->name, sizeof(job->name), name);
	core_resolve(c, job);
}

void redirect_note(struct core *c, struct ike_sa *ike, const struct gateway *to)
{
	struct redirection *r = &ike->connection->redirection;

	if (r->count == 0 || c->now_usec - r->since_usec >= LOOP_USEC) {
		r->since_usec = c->now_usec;
		r->count = 0;
	}
	r->count++;
	r->from = ike->remote.address;
	r->to = to->address;
	r->is_looked_up = false;
	ike->is_redirected = true;
	if (to->address.family == FAMILY_NONE)
		look_up(c, ike->connection, to->name);
}

void redirect_go(struct core *c, struct connection *conn)
{
	char reason[200];
	uint32_t code;

	if (c->is_shutting_down || conn->redirection.is_looked_up)
		return;
	code = intent_initiate(c, conn, reason, sizeof(reason));
	if (code == RC_OK)
		return;
	conn->redirection.to = (struct address){ 0 };
	intent_failed(c, conn, cause_of_code(code), reason);
	clients_finish(c, conn, WAITS_UP, code);
}

/* An IKE SA that was left behind and is not deleted yet stays ours. */
static bool stay(struct core *c, struct connection *conn)
{
	struct ike_sa *ike;

	list_each (ike, &conn->ike_sas, struct ike_sa, conn_node) {
		if (!ike->is_redirected || ike->phase != IKE_ESTABLISHED ||
		    ike_find_want(ike, WANT_DELETE_IKE, 0))
			continue;
		ike->is_redirected = false;
		keep_touch(c, ike);
		sa_log(c, ike, NULL, LOG_LEVEL_WARNING, LINE_LOG,
		       "stays here: the other gateway does not serve us");
		clients_finish(c, conn, WAITS_UP, RC_OK);
		return true;
	}
	return false;
}

void redirect_resolved(struct core *c, struct connection *conn, const struct resolve_job *job)
{
	struct redirection *r = &conn->redirection;
	char words[120], reason[240], gateway[ADDRESS_TEXT_LEN];
	struct text why = TEXT_OVER(words);

	/* given up meanwhile, or sent elsewhere */
	if (!r->is_looked_up || r->lookups != job->lookup)
		return;
	r->is_looked_up = false;
	text_put(&why, job->error);
	for (uint8_t i = 0; i < job->count && r->to.family == FAMILY_NONE; i++) {
		why = TEXT_OVER(words);
		if (may_go(c, conn, &r->from, &job->addresses[i], &why))
			r->to = job->addresses[i];
	}
	if (r->to.family != FAMILY_NONE) {
		connection_log(c, conn, LOG_LEVEL_INFO, LINE_LOG, "%.250s is %s: we go there",
			       job->name, address_format(&r->to, gateway, sizeof(gateway)));
		redirect_go(c, conn);
		return;
	}
	snprintf(reason, sizeof(reason), "the peer sent us to %.80s: not followed, %.90s",
		 job->name, words);
	connection_log(c, conn, LOG_LEVEL_WARNING, LINE_LOG, "%s", reason);
	if (c->is_shutting_down || stay(c, conn))
		return;
	intent_failed(c, conn, CAUSE_REDIRECT, reason);
	clients_finish(c, conn, WAITS_UP, RC_FATAL);
}

bool redirect_goes_on(struct core *c, struct ike_sa *ike, const char *reason)
{
	struct connection *conn = ike->connection;
	struct redirection *r = &conn->redirection;

	if (ike->is_redirected) {
		redirect_go(c, conn);
		return true;
	}
	if (r->to.family == FAMILY_NONE || !address_eq(&r->to, &ike->remote.address) ||
	    c->is_shutting_down || !conn->is_wanted)
		return false;
	r->to = (struct address){ 0 };
	if (stay(c, conn))
		return true;
	connection_log(c, conn, LOG_LEVEL_WARNING, LINE_LOG,
		       "the gateway we were sent to does not serve us (%s): back to the first",
		       reason);
	redirect_go(c, conn);
	return true;
}

void redirect_done(struct core *c, struct ike_sa *ike, struct connection *conn)
{
	struct ike_sa *old;

	list_each (old, &conn->ike_sas, struct ike_sa, conn_node) {
		if (old == ike || !old->is_redirected || old->phase != IKE_ESTABLISHED ||
		    ike_find_want(old, WANT_DELETE_IKE, 0))
			continue;
		ike_want(old, WANT_DELETE_IKE, NULL, 0);
		exchange_start_wants(c, old);
	}
}
