/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a datagram to an exchange: header, SPIs, window, integrity, grammar, in this order. What does
 * not pass is dropped or answered here; what passes runs its row. RFC 7296 2.1 to 2.6, 2.21.
 */
#include <string.h>

#include "core/contact.h"
#include "core/debug.h"
#include "core/exchange.h"
#include "core/redirect.h"
#include "core/fragmentation.h"
#include "core/guard.h"
#include "core/held.h"
#include "core/keep.h"
#include "core/liveness.h"
#include "crypto/prf.h"
#include "ctl/codes.h"
#include "sa/explain.h"
#include "wire/protect.h"

#define PLAIN_PER_SEC 20
#define RESENDS_PER_SEC 5
#define MAX_BAD_AUTHS 8
#define NEAR_MISSES_SHOWN 8

/* Drops with a reason for the debug log. */
#define DROP(c, e, ...)                                                      \
	do {                                                                 \
		(c)->packets_dropped++;                                      \
		debug_log((c), NULL, DEBUG_PACKET, "dropped: " __VA_ARGS__); \
		return;                                                      \
	} while (0)

/* Of those that make an IKE SA. */
static bool is_first_exchange(uint8_t exchange)
{
	return exchange == EXCHANGE_IKE_SA_INIT || exchange == EXCHANGE_IKE_SESSION_RESUME;
}

static bool plain_budget(struct core *c)
{
	if (c->now_usec - c->plain_window_usec >= USEC_PER_SEC) {
		c->plain_window_usec = c->now_usec;
		c->plain_sent = 0;
	}
	return c->plain_sent++ < PLAIN_PER_SEC;
}

static uint64_t init_hash(struct core *c, uint64_t spi_i, const struct endpoint *remote)
{
	uint8_t key[32];
	struct writer w = writer_over(key, sizeof(key));

	writer_u64(&w, spi_i);
	writer_u16(&w, remote->port);
	writer_put(&w, address_slice(&remote->address));
	return table_hash(&c->by_init, writer_slice(&w));
}

bool init_remember(struct core *c, struct ike_sa *ike, struct slice request)
{
	return digest_sha256(&request, 1, ike->init_digest) &&
	       table_insert(&c->by_init, &ike->by_init,
			    init_hash(c, ike->spi_i, &ike->init_remote));
}

/* The last request again. From where it came before, the answer goes to nobody else than then; from
 * elsewhere it must be the peer's, or whoever knows the SPIs could have answers sent to others, much
 * longer than what asks for them (cases 12, 48). */
static bool may_ask_again(const struct ike_sa *ike, const struct event *e)
{
	return endpoint_eq(&e->remote, &ike->reply_to) ||
	       (ike->keys.all.data && request_is_intact(ike, e->datagram));
}

/* The answer goes to where this copy came from (RFC 7296 2.11). */
static void resend_reply(struct core *c, struct ike_sa *ike, const struct event *e)
{
	uint16_t number, total;

	if (!ike->reply.wire.data)
		return;
	if (message_is_cut(e->datagram) && fragment_peek(e->datagram, &number, &total)) {
		if (number != 1) /* one answer for all of them (cases 83, 84) */
			return;
		reply_fit(c, ike, total, e->datagram.len);
	}
	if (c->now_usec - ike->reply_credit_usec >= USEC_PER_SEC) {
		ike->reply_credit_usec = c->now_usec;
		ike->replies_resent = 0;
	}
	if (ike->replies_resent < RESENDS_PER_SEC && ++ike->replies_resent)
		outgoing_send(c, ike, &ike->reply, &e->local, &e->remote, e->natt);
}

/* True when this request made an SA already: it is answered again or dropped (cases 22, 28). */
static bool is_known_init(struct core *c, const struct event *e, const struct ike_header *h)
{
	uint64_t hash = init_hash(c, h->spi_i, &e->remote);
	struct slice request = slice(e->datagram.data, h->length);
	uint8_t digest[32];
	struct table_node *n;

	for (n = table_first(&c->by_init, hash); n; n = table_next(n, hash)) {
		struct ike_sa *ike = container_of(n, struct ike_sa, by_init);

		if (ike->spi_i != h->spi_i || !endpoint_eq(&ike->init_remote, &e->remote))
			continue;
		if (!digest_sha256(&request, 1, digest) ||
		    memcmp(digest, ike->init_digest, sizeof(digest)) != 0)
			continue;
		if (ike->phase == IKE_HALF_OPEN)
			resend_reply(c, ike, e);
		return true;
	}
	return false;
}

/* Why each of the first few connections was none for this peer. */
static void explain_no_connection(struct core *c, const struct event *e)
{
	char lines[600];
	struct connection *conn;
	unsigned shown = 0;

	list_each (conn, &c->connections.all, struct connection, node) {
		struct text t = TEXT_OVER(lines);

		if (shown++ == NEAR_MISSES_SHOWN)
			break;
		explain_addresses(&t, conn, &e->local.address, &e->remote.address);
		lines[strcspn(lines, "\n")] = 0;
		if (lines[0])
			peer_log(c, LOG_LEVEL_WARNING, "%s", lines);
	}
}

/* Makes a responder's IKE SA for a request that is well formed and may cost something; takes the session
 * that it is to resume over. */
static void run_first(struct core *c, const struct event *e, struct message *m, bool is_proven,
		      struct connection *conn, struct session *session)
{
	const struct exchange_row *row = exchange_find(m->header.exchange, IKE_HALF_OPEN, false);
	struct ike_sa *ike = NULL;

	if (!c->is_shutting_down) {
		half_open_make_room(c);
		ike = ike_create(c, conn, false, &e->local, &e->remote);
	}
	if (!ike) {
		session_free(session);
		return;
	}
	ike->session = session;
	ike->spi_i = m->header.spi_i;
	ike->natt = e->natt;
	ike->is_proven_address = is_proven;
	half_open_add(c, ike);
	if (!init_remember(c, ike, m->raw) || !bytes_copy(m->raw, &ike->peer_first_message) ||
	    !bytes_copy(m->raw, &ike->theirs.datagram) ||
	    !message_parse(bytes_slice(&ike->theirs.datagram), &ike->theirs.arena,
			   &ike->theirs.message)) {
		ike_end(c, ike, RC_INTERNAL, "out of memory");
		return;
	}
	exchange_run(c, ike, &ike->theirs, row);
}

static void run_init(struct core *c, const struct event *e, struct message *m, bool is_proven)
{
	struct connection_walk walk =
		connection_walk(&c->connections, &e->local.address, &e->remote.address, NULL);
	struct connection *conn = connection_walk_next(&walk);
	char peer[ENDPOINT_TEXT_LEN], host[ADDRESS_TEXT_LEN];

	if (conn) {
		run_first(c, e, m, is_proven, conn, NULL);
	} else {
		peer_log(c, LOG_LEVEL_WARNING,
			 "IKE_SA_INIT from %s: no connection has this peer's address; "
			 "add one with --host %s or %%any",
			 endpoint_format(&e->remote, peer, sizeof(peer)),
			 address_format(&e->remote.address, host, sizeof(host)));
		explain_no_connection(c, e);
		if (plain_budget(c))
			send_plain_notify(c, e, &m->header, N_NO_PROPOSAL_CHOSEN, SLICE_EMPTY);
	}
}

/* The connection that the ticket was given for, when it is there and as it was, and when the peer may
 * come from there; else why not (RFC 5723 4.3.2). */
static struct connection *connection_of_ticket(struct core *c, const struct event *e,
					       const struct ticket_claims *claims, const char **why)
{
	struct connection *conn = connection_find(&c->connections, claims->name);
	uint8_t definition[TICKET_DIGEST_LEN];

	if (!conn || !ticket_definition(conn, definition) ||
	    !slice_eq(SLICE_OF(definition), SLICE_OF(claims->definition)))
		*why = "its connection is gone, or has changed";
	else if (!conn->def->config.session_resumption)
		*why = "session-resumption=no";
	else if (!conn->is_oriented || !address_eq(&conn->us->host, &e->local.address) ||
		 (conn->peer->host.family && !address_eq(&conn->peer->host, &e->remote.address)))
		*why = "the connection is for other addresses";
	else
		return conn;
	return NULL;
}

static void run_resume(struct core *c, const struct event *e, struct message *m, bool is_proven)
{
	struct ticket_claims claims;
	const char *why = NULL;
	struct session *session =
		ticket_open(c, message_notify(m, N_TICKET_OPAQUE)->data, &claims, &why);
	struct connection *conn = session ? connection_of_ticket(c, e, &claims, &why) : NULL;
	char peer[ENDPOINT_TEXT_LEN];

	if (conn) {
		memcpy(session->digest_key, claims.digest_key, sizeof(session->digest_key));
		memcpy(session->credentials, claims.credentials, sizeof(session->credentials));
		run_first(c, e, m, is_proven, conn, session);
	} else {
		peer_log(c, LOG_LEVEL_INFO, "IKE_SESSION_RESUME of %s: its ticket is refused: %s",
			 endpoint_format(&e->remote, peer, sizeof(peer)), why);
		session_free(session);
		if (plain_budget(c))
			send_plain_notify(c, e, &m->header, N_TICKET_NACK, SLICE_EMPTY);
	}
	wipe(&claims, sizeof(claims));
}

/* May the first request of an IKE SA cost anything? It holds what its exchange needs. */
static bool has_needed(const struct message *m)
{
	const uint64_t need = PAYLOAD_BIT(PAYLOAD_SA) | PAYLOAD_BIT(PAYLOAD_KE) |
			      PAYLOAD_BIT(PAYLOAD_NONCE);

	if (m->header.exchange == EXCHANGE_IKE_SESSION_RESUME)
		return message_has(m, PAYLOAD_NONCE) && message_notify(m, N_TICKET_OPAQUE);
	return (m->have & need) == need;
}

static void init_request(struct core *c, const struct event *e, const struct ike_header *h)
{
	cleanup(arena_free) struct arena arena = { 0 };
	enum cookie_verdict cookie;
	struct message m;
	uint8_t type;

	if (h->spi_i == 0 || h->spi_r != 0 || h->message_id != 0 || !(h->flags & FLAG_INITIATOR))
		DROP(c, e, "first request with impossible SPIs or message ID");
	if (is_known_init(c, e, h))
		return;
	if (penalty_is_due(c, &e->remote.address))
		DROP(c, e, "first request of a source that failed to authenticate too often");
	cookie = cookie_check(c, e, h);
	if (cookie == COOKIE_ASKED)
		return;
	if (cookie == COOKIE_BAD_MESSAGE)
		DROP(c, e, "first request without a nonce, or with bad payload lengths");
	if (!message_parse(e->datagram, &arena, &m))
		DROP(c, e, "first request with bad %s", m.error);
	if (m.critical_unknown) {
		type = m.critical_unknown;
		if (plain_budget(c))
			send_plain_notify(c, e, h, N_UNSUPPORTED_CRITICAL_PAYLOAD, slice(&type, 1));
		return;
	}
	if (!has_needed(&m))
		DROP(c, e, "first request without what its exchange needs");
	if (redirect_init_request(c, e, &m))
		return;
	if (m.header.exchange == EXCHANGE_IKE_SESSION_RESUME)
		run_resume(c, e, &m, cookie == COOKIE_PROVEN);
	else
		run_init(c, e, &m, cookie == COOKIE_PROVEN);
}

static enum open_result open_whole(struct ike_sa *ike, struct slot *slot, struct slice *text)
{
	struct sk_cipher cipher = suite_cipher(&ike->suite);
	struct sk_keys keys = ike->is_initiator ? (struct sk_keys){ ike->keys.er, ike->keys.ar }
						: (struct sk_keys){ ike->keys.ei, ike->keys.ai };

	if (protect_open(&slot->message, slot->datagram.data, &cipher, &keys, text) != VERDICT_OK)
		return OPEN_DROP;
	if (slot == &ike->theirs)
		ike->reply_total = 0;
	return OPEN_OK;
}

enum open_result slot_open(struct core *c, struct ike_sa *ike, struct slot *slot)
{
	struct slice text;
	enum open_result result = message_has(&slot->message, PAYLOAD_SKF)
					  ? fragment_open(c, ike, slot, &text)
					  : open_whole(ike, slot, &text);

	if (result == OPEN_DROP)
		debug_log(c, ike->connection, DEBUG_PACKET,
			  "dropped: message of #%u whose integrity check fails", ike->serial);
	if (result != OPEN_OK)
		return result;
	liveness_heard(c, ike);
	path_follow(c, ike, slot);
	if (message_parse_inner(text, &slot->arena, &slot->message))
		return OPEN_OK;
	/* it is ours to take, and comes again */
	return strncmp(slot->message.error, "memory", 6) == 0 ? OPEN_DROP : OPEN_SYNTAX;
}

bool slot_check(struct core *c, struct ike_sa *ike, struct slot *slot, uint64_t need,
		const char **reason)
{
	struct message *m = &slot->message;
	uint8_t type = m->critical_unknown;
	bool is_request = !message_is_response(m);

	if (m->error) {
		*reason = m->error;
		if (is_request)
			send_error_reply(c, ike, m, N_INVALID_SYNTAX, SLICE_EMPTY);
		return false;
	}
	if (type) {
		if (is_request)
			send_error_reply(c, ike, m, N_UNSUPPORTED_CRITICAL_PAYLOAD,
					 slice(&type, 1));
		else if (ike->phase ==
			 IKE_ESTABLISHED) /* that exchange has failed, no more (case 68) */
			return true;
		else
			*reason = "the answer holds an unknown critical payload";
		return false;
	}
	if ((m->have & need) == need || (m->header.flags & FLAG_RESPONSE))
		return true;
	*reason = "a payload that must be there is missing";
	send_error_reply(c, ike, m, N_INVALID_SYNTAX, SLICE_EMPTY);
	return false;
}

/* Copies and parses the message into the slot, whose scratch stays. */
static bool take_in(struct slot *slot, struct slice datagram)
{
	slot_forget_message(slot);
	return bytes_copy(datagram, &slot->datagram) &&
	       message_parse(bytes_slice(&slot->datagram), &slot->arena, &slot->message);
}

/* Does it create, replace or delete a child? */
static bool is_used(const struct message *m)
{
	for (uint16_t i = 0; i < m->delete_count; i++)
		if (m->deletes[i].protocol == PROTOCOL_IKE)
			return false;
	return m->header.exchange == EXCHANGE_CREATE_CHILD_SA || m->delete_count > 0;
}

/* The message is ours in time: open it and run its row in the slot. */
static void run_in_slot(struct core *c, struct ike_sa *ike, struct slot *slot,
			const struct exchange_row *row, struct slice datagram)
{
	const char *reason = NULL;
	bool ready = take_in(slot, datagram);
	enum open_result opened;

	if (ready && row && row->before_keys) {
		exchange_run(c, ike, slot, row);
		return;
	}
	opened = ready ? slot_open(c, ike, slot) : OPEN_DROP;
	if (opened == OPEN_DROP || opened == OPEN_WAIT) {
		slot_forget_message(slot);
		ike_set_timer(c, ike);
		return;
	}
	if (!row) {
		send_error_reply(c, ike, &slot->message, N_INVALID_SYNTAX, SLICE_EMPTY);
		slot_reset(slot);
		return;
	}
	row = exchange_refine(row, ike, &slot->message);
	if (slot_check(c, ike, slot, row->need, &reason)) {
		if (slot == &ike->theirs && is_used(&slot->message))
			ike_decide(c, ike);
		exchange_run(c, ike, slot, row);
		return;
	}
	/* with what our request was for still at hand: who waits for it is told */
	if (reason)
		ike_end(c, ike, RC_FATAL, reason);
	else
		slot_reset(slot);
}

static void response(struct core *c, const struct event *e, const struct ike_header *h,
		     struct ike_sa *ike)
{
	const struct exchange_row *row = exchange_find(h->exchange, ike->phase, true);

	if (!ike->request.out.wire.data || ike->request.message_id != h->message_id ||
	    ike->request.exchange != h->exchange || !row)
		DROP(c, e, "response that nobody waits for");
	if (ike->ours.row)
		DROP(c, e, "second copy of a response");
	run_in_slot(c, ike, &ike->ours, row, e->datagram);
}

static void request(struct core *c, const struct event *e, const struct ike_header *h,
		    struct ike_sa *ike)
{
	const struct exchange_row *row = exchange_find(h->exchange, ike->phase, false);

	if (h->message_id + 1 == ike->expected_message_id) {
		if (may_ask_again(ike, e))
			resend_reply(c, ike, e);
		return;
	}
	if (h->message_id != ike->expected_message_id)
		DROP(c, e, "request with message ID %u, expected %u", h->message_id,
		     ike->expected_message_id);
	if (request_hold(c, ike, e))
		return;
	if (ike->theirs.row)
		DROP(c, e, "request that is at work already");
	if (!row && (is_first_exchange(h->exchange) || h->exchange == EXCHANGE_IKE_AUTH))
		DROP(c, e, "request that only a beginning may have (case 22)");
	if (!row && ike->phase != IKE_ESTABLISHED)
		DROP(c, e, "request that is not legal now");
	if (ike->bad_auths >= MAX_BAD_AUTHS)
		DROP(c, e, "too many bad IKE_AUTH requests for #%u", ike->serial);
	ike->theirs.from = e->remote;
	ike->theirs.to = e->local;
	ike->theirs.natt = e->natt;
	run_in_slot(c, ike, &ike->theirs, row, e->datagram);
}

void demux_held(struct core *c, struct ike_sa *ike)
{
	struct held *held;

	if (ike->is_serving_held)
		return;
	ike->is_serving_held = true;
	while (held_is_due(ike) && (held = held_take(c, ike))) {
		struct event e = { .local = held->local,
				   .remote = held->remote,
				   .natt = held->natt,
				   .datagram = bytes_slice(&held->datagram) };
		struct ike_header h;

		if (header_parse(e.datagram, &h) && h.message_id == ike->expected_message_id)
			request(c, &e, &h, ike);
		held_free(held);
	}
	ike->is_serving_held = false;
}

/* The peer's SPI must be the one we know, once we know it. */
static bool spis_fit(const struct ike_sa *ike, const struct ike_header *h)
{
	if (!ike->is_initiator)
		return h->spi_i == ike->spi_i;
	return ike->phase == IKE_STARTING || h->spi_r == ike->spi_r;
}

static void no_sa(struct core *c, const struct event *e, const struct ike_header *h)
{
	if (!(h->flags & FLAG_RESPONSE) && plain_budget(c))
		qcd_answer(c, e, h);
	DROP(c, e, "message for an IKE SA that is not here");
}

static bool is_plain_notify(const struct ike_header *h)
{
	return h->next_payload == PAYLOAD_NOTIFY && !is_first_exchange(h->exchange);
}

/* Nothing that is not protected changes an SA (RFC 7296 2.4, 2.21.4); it may be a hint (case 7). */
static void plain_notify(struct core *c, const struct event *e, struct ike_sa *ike)
{
	cleanup(arena_free) struct arena arena = { 0 };
	struct message m;

	if (!message_parse(e->datagram, &arena, &m))
		DROP(c, e, "unprotected message with bad %s", m.error);
	if (!message_notify(&m, N_INVALID_IKE_SPI) && !message_notify(&m, N_INVALID_SPI) &&
	    !message_notify(&m, N_AUTHENTICATION_FAILED))
		DROP(c, e, "unprotected message for #%u", ike->serial);
	if (qcd_is_proven(ike, &m)) {
		ike_end(c, ike, RC_NO_RESPONSE, "the peer lost it, and proved so by its token");
		return;
	}
	liveness_hint(c, ike, "somebody says without proof that the peer lost this IKE SA");
}

static void for_sa(struct core *c, const struct event *e, const struct ike_header *h)
{
	bool from_initiator = h->flags & FLAG_INITIATOR;
	struct ike_sa *ike = ike_by_spi(c, from_initiator ? h->spi_r : h->spi_i);

	if (!ike && tombstone_answer(c, h))
		return;
	if (!ike) {
		no_sa(c, e, h);
		return;
	}
	keep_touch(c, ike);
	if (ike->is_initiator == from_initiator || !spis_fit(ike, h))
		DROP(c, e, "SPIs or flags that do not fit #%u", ike->serial);
	if (ike->phase == IKE_ESTABLISHED && is_plain_notify(h))
		plain_notify(c, e, ike);
	else if (h->flags & FLAG_RESPONSE)
		response(c, e, h, ike);
	else
		request(c, e, h, ike);
}

void demux_packet(struct core *c, const struct event *e)
{
	struct ike_header h;

	c->packets_in++;
	c->at_work = e->remote.address;
	if (!c->is_listening)
		DROP(c, e, "not listening");
	if (!header_parse(e->datagram, &h))
		DROP(c, e, "not an IKE message");
	if (debug_is_on(c, NULL, DEBUG_PACKET)) {
		char peer[ENDPOINT_TEXT_LEN], name[40];

		debug_log(c, NULL, DEBUG_PACKET, "received %zu bytes from %s: %s %s %u",
			  e->datagram.len, endpoint_format(&e->remote, peer, sizeof(peer)),
			  name_str(&exchange_names, h.exchange, name, sizeof(name)),
			  h.flags & FLAG_RESPONSE ? "response" : "request", h.message_id);
	}
	if (h.major > 2) {
		if (!(h.flags & FLAG_RESPONSE) && plain_budget(c))
			send_plain_notify(c, e, &h, N_INVALID_MAJOR_VERSION, SLICE_EMPTY);
		return;
	}
	if (h.major < 2)
		DROP(c, e, "IKE version %u", h.major);
	if (is_first_exchange(h.exchange) && !(h.flags & FLAG_RESPONSE))
		init_request(c, e, &h);
	else
		for_sa(c, e, &h);
}
