/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a child SA is agreed to be (RFC 7296 1.3, 2.9, 3.3): the offer, the responder's choice of
 * proposal and selectors, and the initiator's check of the answer. child_steps.c makes it stand.
 */
#include <stdio.h>

#include "ctl/codes.h"
#include "exchanges/nat.h"
#include "exchanges/steps.h"
#include "sa/narrow.h"
#include "sa/nat.h"

void child_put(struct run *r, struct builder *b, bool is_answer, bool with_ke)
{
	struct scratch *s = &r->slot->scratch;
	struct child_sa *child = s->child;
	bool we_initiate = !is_answer;
	uint8_t spi[4];
	struct writer w = writer_over(spi, sizeof(spi));
	struct selector local = is_answer ? child->ts_local : child->connection->us->client;
	struct selector remote = is_answer ? child->ts_remote : child->connection->peer->client;

	writer_u32(&w, child->spi_in);
	if (!child->is_tunnel)
		builder_notify(b, PROTOCOL_NONE, SLICE_EMPTY, N_USE_TRANSPORT_MODE, SLICE_EMPTY);
	if (is_answer)
		suite_answer(b, &child->suite, SLICE_OF(spi));
	else
		suite_offer(b, child->connection->def->esp, PROTOCOL_ESP, SLICE_OF(spi), with_ke);
	if (with_ke) {
		builder_raw(b, PAYLOAD_NONCE, bytes_slice(we_initiate ? &s->ni : &s->nr));
		if (s->group)
			builder_ke(b, s->group->id, bytes_slice(&s->ke_public));
	}
	builder_ts(b, PAYLOAD_TSi, we_initiate ? &local : &remote, 1);
	builder_ts(b, PAYLOAD_TSr, we_initiate ? &remote : &local, 1);
}

/* The connection of a child the peer asks for: the IKE SA's own, or another one that fits the same
 * identities and proposals, by selectors. Of a template it is the peer's instance. */
static struct connection *by_selectors(struct run *r, struct selector *local,
				       struct selector *remote, struct text *why)
{
	struct ike_sa *ike = r->ike;
	struct connection *own = ike->connection, *conn;
	struct connection_walk walk;
	char unused[400];

	if (auth_selectors_meet(r, own, local, remote, why))
		return own;
	walk = connection_walk(&r->core->connections, &ike->local.address, &ike->remote.address,
			       &ike->peer_id);
	while ((conn = connection_walk_next(&walk))) {
		struct text drop = TEXT_OVER(unused);

		if (conn == own || conn == own->template || !auth_connection_fits(r, conn, &drop) ||
		    !auth_selectors_meet(r, conn, local, remote, why))
			continue;
		return conn->kind == CONNECTION_TEMPLATE
			       ? connection_instance(conn, &ike->remote.address, &ike->peer_id)
			       : conn;
	}
	return NULL;
}

static uint32_t spi_of(struct slice spi)
{
	return (uint32_t)spi.data[0] << 24 | (uint32_t)spi.data[1] << 16 |
	       (uint32_t)spi.data[2] << 8 | spi.data[3];
}

/* Responder: proposal and selectors of the peer's offer. Sets scratch.child, or child_error. */
enum step child_choose_step(struct run *r)
{
	const uint64_t need = PAYLOAD_BIT(PAYLOAD_SA) | PAYLOAD_BIT(PAYLOAD_TSi) |
			      PAYLOAD_BIT(PAYLOAD_TSr);
	struct scratch *s = &r->slot->scratch;
	struct selector local, remote;
	struct connection *conn;
	struct child_sa *child;
	char words[400];
	struct text why = TEXT_OVER(words);
	struct slice spi;
	bool with_ke = r->m->header.exchange == EXCHANGE_CREATE_CHILD_SA;
	bool transport = message_notify(r->m, N_USE_TRANSPORT_MODE) != NULL;

	if ((r->m->have & need) != need) {
		child_fail(r, N_INVALID_SYNTAX, RC_FATAL, "SA, TSi or TSr is missing");
		return STEP_NEXT;
	}
	conn = by_selectors(r, &local, &remote, &why);
	if (!conn) {
		child_fail(r, N_TS_UNACCEPTABLE, RC_FATAL, "selectors do not match: %s", words);
		return STEP_NEXT;
	}
	child = child_sa_new(r->core->next_serial, conn);
	if (!child)
		return close_with(r, RC_INTERNAL, "out of memory");
	r->core->next_serial++;
	ike_sa_adopt(r->ike, child);
	s->child = child;
	nat_set_child_path(r->ike, child);
	child->ts_local = local;
	child->ts_remote = remote;
	if (transport == child->is_tunnel) {
		child_fail(r, N_NO_PROPOSAL_CHOSEN, RC_FATAL, "the peer wants %s mode, we want %s",
			   transport ? "transport" : "tunnel", transport ? "tunnel" : "transport");
		return STEP_NEXT;
	}
	if (!suite_choose(conn->def->esp, r->m, PROTOCOL_ESP, 4, with_ke, r->m->ke.group,
			  &child->suite, &spi, &why)) {
		child_fail(r, N_NO_PROPOSAL_CHOSEN, RC_FATAL, "%s", words);
		return STEP_NEXT;
	}
	child->spi_out = spi_of(spi);
	if (ike_child_by_spi_out(r->ike, child->spi_out) != child)
		child_fail(r, N_NO_PROPOSAL_CHOSEN, RC_FATAL, "the peer's SPI is in use already");
	return STEP_NEXT;
}

/* The peer believes the child stands, we do not take it (cases 59, 104). */
static enum step give_up(struct run *r, const char *what, const char *detail)
{
	char reason[400];

	snprintf(reason, sizeof(reason), "%s%.340s", what, detail);
	return child_undo(r, RC_FATAL, reason);
}

/* Initiator: what the peer answered to our offer. */
enum step child_accept_step(struct run *r)
{
	const uint64_t need = PAYLOAD_BIT(PAYLOAD_SA) | PAYLOAD_BIT(PAYLOAD_TSi) |
			      PAYLOAD_BIT(PAYLOAD_TSr);
	struct scratch *s = &r->slot->scratch;
	struct child_sa *child = s->child;
	const struct notify *n = message_error_notify(r->m);
	bool with_ke = r->m->header.exchange == EXCHANGE_CREATE_CHILD_SA;
	bool transport = message_notify(r->m, N_USE_TRANSPORT_MODE) != NULL;
	char words[400], local[SELECTOR_TEXT_LEN], remote[SELECTOR_TEXT_LEN];
	struct text why = TEXT_OVER(words);
	struct slice spi;

	if (n) {
		child_fail(
			r, 0, RC_FATAL, "the peer answered %s; we asked for %s === %s, %s mode",
			name_str(&notify_names, n->type, words, sizeof(words)),
			selector_format(&child->connection->us->client, local, sizeof(local)),
			selector_format(&child->connection->peer->client, remote, sizeof(remote)),
			child->is_tunnel ? "tunnel" : "transport");
		return STEP_DONE;
	}
	if ((r->m->have & need) != need) {
		child_fail(r, 0, RC_FATAL, "the peer's answer lacks SA, TSi or TSr");
		return STEP_DONE;
	}
	nat_substitute(r);
	if (!suite_accept(child->connection->def->esp, r->m, PROTOCOL_ESP, 4, with_ke,
			  &child->suite, &spi, &why) ||
	    !narrow_check_answer(&r->m->ts_i, &child->connection->us->client, &child->ts_local,
				 &why) ||
	    !narrow_check_answer(&r->m->ts_r, &child->connection->peer->client, &child->ts_remote,
				 &why)) {
		return give_up(r, "the peer's answer is not within our offer: ", words);
	}
	if (transport == child->is_tunnel) {
		return give_up(r, "the peer did not agree to our mode: ",
			       child->is_tunnel ? "tunnel" : "transport");
	}
	child->spi_out = spi_of(spi);
	return STEP_NEXT;
}
