/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a child SA is agreed to be (RFC 7296 1.3, 2.9, 3.3): the offer, the responder's choice of
 * proposal and selectors, and the initiator's check of the answer. child_steps.c makes it stand.
 */
#include <stdio.h>

#include "ctl/codes.h"
#include "exchanges/config.h"
#include "exchanges/ipcomp.h"
#include "exchanges/iptfs.h"
#include "exchanges/nat.h"
#include "exchanges/steps.h"
#include "sa/explain.h"
#include "sa/ike_config.h"
#include "sa/narrow.h"
#include "sa/nat.h"

#define CANDIDATES_SHOWN 4

/* The packet the child is made for, if there is one, stands first (RFC 7296 2.9). */
static void put_selectors(struct builder *b, uint8_t payload, const struct selectors *l,
			  const struct selector *packet)
{
	struct selector list[SELECTORS_MAX + 1];
	uint8_t count = 0;

	if (packet)
		list[count++] = *packet;
	for (uint8_t i = 0; i < l->count && i < SELECTORS_MAX; i++)
		list[count++] = l->items[i];
	builder_ts(b, payload, list, count);
}

/* What waits at the connection's trap, if the child may hold it. */
static const struct child_packet *packet_of(const struct child_sa *child)
{
	const struct child_sa *route = child->connection->route;
	const struct child_packet *packet = route ? route->packet : NULL;

	return packet && selectors_contain(&child->ts_local, &packet->local) &&
			       selectors_contain(&child->ts_remote, &packet->remote)
		       ? packet
		       : NULL;
}

void child_put(struct run *r, struct builder *b, bool is_answer, bool with_ke)
{
	struct scratch *s = &r->slot->scratch;
	struct child_sa *child = s->child;
	bool we_initiate = !is_answer;
	uint8_t spi[4];
	struct writer w = writer_over(spi, sizeof(spi));
	const struct selectors *local = &child->ts_local, *remote = &child->ts_remote;
	const struct child_packet *packet;

	writer_u32(&w, child->spi_in);
	if (!child->is_tunnel)
		builder_notify(b, PROTOCOL_NONE, SLICE_EMPTY, N_USE_TRANSPORT_MODE, SLICE_EMPTY);
	if (child->connection->def->config.send_no_tfc)
		builder_notify(b, PROTOCOL_NONE, SLICE_EMPTY, N_ESP_TFC_PADDING_NOT_SUPPORTED,
			       SLICE_EMPTY);
	ipcomp_put(b, child, is_answer);
	iptfs_put(b, child);
	if (is_answer)
		suite_answer(b, &child->suite, SLICE_OF(spi));
	else
		suite_offer(b, child->connection->def->esp, child_protocol(child->connection),
			    SLICE_OF(spi), with_ke ? SUITE_ALL_KE : SUITE_NO_KE);
	if (with_ke) {
		builder_raw(b, PAYLOAD_NONCE, bytes_slice(we_initiate ? &s->ni : &s->nr));
		if (s->group)
			builder_ke(b, s->group->id, bytes_slice(&s->ke_public));
	}
	packet = is_answer ? NULL : packet_of(child);
	put_selectors(b, PAYLOAD_TSi, we_initiate ? local : remote, packet ? &packet->local : NULL);
	put_selectors(b, PAYLOAD_TSr, we_initiate ? remote : local,
		      packet ? &packet->remote : NULL);
	if (is_answer && s->has_more_ts)
		builder_notify(b, PROTOCOL_NONE, SLICE_EMPTY, N_ADDITIONAL_TS_POSSIBLE,
			       SLICE_EMPTY);
}

static struct connection_walk walk_of_peer(const struct run *r)
{
	return connection_walk(&r->core->connections, ike_home_local(r->ike),
			       ike_home_remote(r->ike), &r->ike->peer_id);
}

static bool is_other(const struct connection *conn, const struct connection *than)
{
	return conn != than && conn != than->template;
}

/* Has it the address that its selectors are to be, where this end gives them (RFC 7296 2.19)? The pool as
 * such is nobody's: it holds the addresses of others. */
static bool has_address(const struct run *r, const struct connection *conn, struct text *why)
{
	if (!connection_is_config_server(conn) || (r->ike->config && r->ike->config->is_server))
		return true;
	text_add(why, "\"%s\" is for who asked for an address in IKE_AUTH; ",
		 conn->def->config.name);
	return false;
}

/* The connection of a child the peer asks for: the IKE SA's own, or another one that fits the same
 * identities and proposals, by selectors. Of a template it is the peer's instance. */
static struct connection *by_selectors(struct run *r, struct selectors *local,
				       struct selectors *remote, bool *is_cut, struct text *why)
{
	struct ike_sa *ike = r->ike;
	struct connection *own = ike->connection, *conn;
	struct connection_walk walk;
	char unused[400];

	if (has_address(r, own, why) && auth_selectors_meet(r, own, local, remote, is_cut, why))
		return own;
	walk = walk_of_peer(r);
	while ((conn = connection_walk_next(&walk))) {
		struct text drop = TEXT_OVER(unused);

		if (!is_other(conn, own) || !auth_connection_fits(r, conn, &drop) ||
		    !has_address(r, conn, why) ||
		    !auth_selectors_meet(r, conn, local, remote, is_cut, why))
			continue;
		if (conn->kind == CONNECTION_TEMPLATE)
			conn = connection_instance(conn, &ike->remote.address, &ike->peer_id);
		if (conn)
			return conn;
		selectors_free(local);
		selectors_free(remote);
		return NULL;
	}
	return NULL;
}

/* The connection of the child to be made, and its selectors: of a rekey the old child's, of which
 * none may be left out, narrowing or not (2.9.2). */
static struct connection *choose_connection(struct run *r, struct selectors *local,
					    struct selectors *remote, bool *is_cut,
					    struct text *why)
{
	const struct child_sa *old = rekey_old_child(r);

	if (!old)
		return by_selectors(r, local, remote, is_cut, why);
	if (!auth_selectors_meet_lists(r, old->connection, &old->ts_local, &old->ts_remote, local,
				       remote, is_cut, why))
		return NULL;
	if (narrow_is_whole(&old->ts_local, local) && narrow_is_whole(&old->ts_remote, remote))
		return old->connection;
	text_add(why, "what replaces #%u would hold less than it; ", old->serial);
	selectors_free(local);
	selectors_free(remote);
	return NULL;
}

/* Is more of the offer allowed by a further connection (RFC 7296 2.9)? */
static bool others_fit(struct run *r, const struct child_sa *child)
{
	struct connection_walk walk = walk_of_peer(r);
	struct connection *conn;
	bool is_cut, has_more = false;
	char unused[16];

	while (!has_more && (conn = connection_walk_next(&walk))) {
		struct text drop = TEXT_OVER(unused);
		struct selectors local, remote;

		if (!is_other(conn, child->connection) || !auth_connection_fits(r, conn, &drop) ||
		    !has_address(r, conn, &drop) ||
		    !auth_selectors_meet(r, conn, &local, &remote, &is_cut, &drop))
			continue;
		has_more = !narrow_is_whole(&local, &child->ts_local) ||
			   !narrow_is_whole(&remote, &child->ts_remote);
		selectors_free(&local);
		selectors_free(&remote);
	}
	return has_more;
}

static uint32_t spi_of(struct slice spi)
{
	return (uint32_t)spi.data[0] << 24 | (uint32_t)spi.data[1] << 16 |
	       (uint32_t)spi.data[2] << 8 | spi.data[3];
}

/* An IKE_AUTH request that asks for no child, where we said that we take one (RFC 6023 5). */
static bool is_childless(struct run *r, uint64_t child_payloads)
{
	if ((r->m->have & child_payloads) ||
	    r->ike->connection->def->config.childless == CHILDLESS_NEVER)
		return false;
	sa_log(r->core, r->ike, NULL, LOG_LEVEL_INFO, LINE_PROGRESS,
	       "the peer asks for no child yet");
	return true;
}

/* Which connections of the peer were candidates, and in what the selectors of each differ. */
static void explain_selector_refusal(struct run *r)
{
	struct ike_sa *ike = r->ike;
	struct connection_walk walk = walk_of_peer(r);
	char lines[EXPLAIN_TEXT_LEN];
	struct connection *conn;
	unsigned shown = 0;

	while (shown++ < CANDIDATES_SHOWN && (conn = connection_walk_next(&walk))) {
		struct selectors ours = { 0 }, theirs = { 0 };
		struct text t = TEXT_OVER(lines);

		if (!auth_connection_fits(r, conn, &t)) {
			text_put(&t, "\n");
		} else if (connection_clients(conn, &ike->remote.address, &ours, &theirs)) {
			explain_selectors(&t, conn->def->config.name, "its own", &r->m->ts_i,
					  &theirs);
			explain_selectors(&t, conn->def->config.name, "our", &r->m->ts_r, &ours);
			explain_mode(&t, conn, message_notify(r->m, N_USE_TRANSPORT_MODE) != NULL);
		}
		selectors_free(&ours);
		selectors_free(&theirs);
		sa_explain(r->core, ike, NULL, lines);
	}
}

/* Of two states under one SPI and address the kernel has the first; the end of the second would take it
 * away from whom it belongs to (case 64). */
static bool has_spi_of_other(const struct run *r, const struct child_sa *child)
{
	return ike_child_by_spi_out(r->ike, child->spi_out) != child ||
	       child_of_same_out(r->core, child);
}

/* Responder: proposal and selectors of the peer's offer. Sets scratch.child, or child_error. */
enum step child_choose_step(struct run *r)
{
	const uint64_t need = PAYLOAD_BIT(PAYLOAD_SA) | PAYLOAD_BIT(PAYLOAD_TSi) |
			      PAYLOAD_BIT(PAYLOAD_TSr);
	struct scratch *s = &r->slot->scratch;
	struct selectors local, remote;
	struct connection *conn;
	struct child_sa *child;
	uint16_t refusal;
	bool is_cut;
	char words[700], lines[EXPLAIN_TEXT_LEN];
	struct text why = TEXT_OVER(words);
	struct slice spi;
	bool with_ke = r->m->header.exchange == EXCHANGE_CREATE_CHILD_SA;
	bool transport = message_notify(r->m, N_USE_TRANSPORT_MODE) != NULL;

	if (!with_ke && redirect_auth_is_wanted(r))
		return STEP_NEXT;
	if (!with_ke && is_childless(r, need)) {
		/* who asks for an address gets it here, for the children that follow (RFC 6023 5) */
		if (message_has(r->m, PAYLOAD_CP) && (refusal = config_assign(r, &why)) != 0)
			child_fail(r, refusal, RC_FATAL, "%s", words);
		return STEP_NEXT;
	}
	if (!with_ke && r->ike->connection->def->config.childless == CHILDLESS_FORCE) {
		child_fail(r, N_NO_ADDITIONAL_SAS, RC_FATAL,
			   "childless=force: it has to be asked for by CREATE_CHILD_SA");
		return STEP_NEXT;
	}
	if ((r->m->have & need) != need) {
		child_fail(r, N_INVALID_SYNTAX, RC_FATAL, "SA, TSi or TSr is missing");
		return STEP_NEXT;
	}
	if (!with_ke && (refusal = config_assign(r, &why)) != 0) {
		child_fail(r, refusal, RC_FATAL, "%s", words);
		return STEP_NEXT;
	}
	conn = choose_connection(r, &local, &remote, &is_cut, &why);
	if (!conn) {
		explain_selector_refusal(r);
		child_fail(r, N_TS_UNACCEPTABLE, RC_FATAL, "selectors do not match: %s", words);
		return STEP_NEXT;
	}
	if (r->core->settings.single_pair && selector_pairs_count(&local, &remote) > 1) {
		selectors_free(&local);
		selectors_free(&remote);
		child_fail(r, N_SINGLE_PAIR_REQUIRED, RC_FATAL, "one pair of selectors only");
		return STEP_NEXT;
	}
	child = child_new(r->core, r->ike, conn, &local, &remote);
	selectors_free(&local);
	selectors_free(&remote);
	if (!child)
		return close_with(r, RC_INTERNAL, "out of memory");
	s->child = child;
	s->has_more_ts = is_cut || (!rekey_old_child(r) && others_fit(r, child));
	if (rekey_old_child(r))
		child->is_tunnel = rekey_old_child(r)->is_tunnel;
	child_choose_reqid(r->core, child);
	if (transport == child->is_tunnel) {
		child_fail(r, N_NO_PROPOSAL_CHOSEN, RC_FATAL,
			   "the peer wants %s mode, \"%.60s\" is for %s: give --%s there, or --%s "
			   "here",
			   transport ? "transport" : "tunnel", conn->def->config.name,
			   transport ? "tunnel" : "transport", transport ? "tunnel" : "transport",
			   transport ? "transport" : "tunnel");
		return STEP_NEXT;
	}
	if (!suite_choose(conn->def->esp, r->m, child_protocol(conn), 4,
			  with_ke ? SUITE_ALL_KE : SUITE_NO_KE, r->m->ke.group, &child->suite, &spi,
			  &why)) {
		struct text t = TEXT_OVER(lines);

		explain_proposals(&t, conn->def->config.name,
				  child_protocol(conn) == PROTOCOL_AH ? "ah=" : "esp=",
				  conn->def->esp, r->m, child_protocol(conn), with_ke);
		sa_explain(r->core, r->ike, child, lines);
		child_fail(r, N_NO_PROPOSAL_CHOSEN, RC_FATAL, "%s", words);
		return STEP_NEXT;
	}
	child->spi_out = spi_of(spi);
	child->no_tfc = message_notify(r->m, N_ESP_TFC_PADDING_NOT_SUPPORTED) != NULL;
	ipcomp_take_offer(r, child);
	iptfs_take_offer(r, child);
	if (has_spi_of_other(r, child))
		child_fail(r, N_NO_PROPOSAL_CHOSEN, RC_FATAL, "the peer's SPI is in use already");
	return STEP_NEXT;
}

/* The peer believes the child stands, we do not take it (cases 59, 95, 104). */
static enum step give_up(struct run *r, const char *what, const char *detail)
{
	char reason[400];

	snprintf(reason, sizeof(reason), "%s%.340s", what, detail);
	/* agreed to by the peer, and waiting for its Delete */
	r->slot->scratch.child->phase = CHILD_INSTALLING;
	return child_undo(r, RC_FATAL, reason);
}

/* SINGLE_PAIR_REQUIRED: a child for each pair instead (RFC 7296 2.9). True: they are asked for. */
static bool split_pairs(struct run *r)
{
	struct child_sa *child = r->slot->scratch.child;
	struct selector_pairs pairs = { .local = &child->ts_local, .remote = &child->ts_remote };
	const struct selector *local, *remote;

	if (selector_pairs_count(&child->ts_local, &child->ts_remote) < 2)
		return false;
	while (selector_pairs_next(&pairs, &local, &remote)) {
		struct selectors one = { 0 }, other = { 0 };

		if (!selectors_add(&one, local) || !selectors_add(&other, remote) ||
		    !ike_want_child(r->ike, child->connection, &one, &other)) {
			selectors_free(&one);
			selectors_free(&other);
			return false;
		}
	}
	sa_log(r->core, r->ike, child, LOG_LEVEL_INFO, LINE_LOG,
	       "the peer takes one pair of selectors at a time: asking for a child for each");
	child_end(r->core, r->ike, child, "split");
	r->slot->scratch.child = NULL;
	return true;
}

static enum step refused(struct run *r, const struct notify *n)
{
	const struct child_sa *child = r->slot->scratch.child;
	char name[40], local[SELECTORS_TEXT_LEN], remote[SELECTORS_TEXT_LEN];

	struct explain_facts facts = { .stage = EXPLAIN_CHILD,
				       .conn = child->connection,
				       .ts_local = &child->ts_local,
				       .ts_remote = &child->ts_remote,
				       .is_tunnel = child->is_tunnel };
	char lines[EXPLAIN_TEXT_LEN];
	struct text t = TEXT_OVER(lines);

	if (n->type == N_SINGLE_PAIR_REQUIRED && !rekey_old_child(r) && split_pairs(r))
		return STEP_DONE;
	explain_notify(&t, n->type, &facts);
	sa_explain(r->core, r->ike, child, lines);
	child_fail(r, n->type, RC_FATAL,
		   "the peer answered %s; we asked for %.150s === %.150s, %s mode",
		   name_str(&notify_names, n->type, name, sizeof(name)),
		   selectors_format(&child->ts_local, local, sizeof(local)),
		   selectors_format(&child->ts_remote, remote, sizeof(remote)),
		   child->is_tunnel ? "tunnel" : "transport");
	return STEP_DONE;
}

#define FURTHER_MAX 16

static void ask_for(struct run *r, const struct selectors *local, const struct selectors *remote)
{
	struct selectors a = { 0 }, b = { 0 };

	if (local->count > 0 && remote->count > 0 && r->ike->further_asked < FURTHER_MAX &&
	    selectors_copy(local, &a) && selectors_copy(remote, &b) &&
	    ike_want_child(r->ike, r->slot->scratch.child->connection, &a, &b)) {
		list_entry(r->ike->wants.prev, struct want, node)->is_further = true;
		r->ike->further_asked++;
		sa_log(r->core, r->ike, r->slot->scratch.child, LOG_LEVEL_INFO, LINE_LOG,
		       "the peer would take more of our selectors: asking for a further child");
		return;
	}
	selectors_free(&a);
	selectors_free(&b);
}

/* ADDITIONAL_TS_POSSIBLE: what the answer left out of what was asked is asked for by itself, which may be
 * answered with part of it again (RFC 7296 2.9; case 103). */
static void ask_for_rest(struct run *r, const struct selectors *local,
			 const struct selectors *remote)
{
	const struct child_sa *child = r->slot->scratch.child;
	struct selectors rest;

	narrow_rest(local, &child->ts_local, &rest);
	ask_for(r, &rest, remote);
	selectors_free(&rest);
	narrow_rest(remote, &child->ts_remote, &rest);
	ask_for(r, &child->ts_local, &rest);
	selectors_free(&rest);
}

/* Takes the selectors of the answer; false with the reason. */
static bool take_selectors(struct run *r, struct text *why)
{
	struct child_sa *child = r->slot->scratch.child;
	struct selectors local = { 0 }, remote = { 0 }, asked_local, asked_remote;
	bool ok = narrow_check_answer(&r->m->ts_i, &child->ts_local, &local, why) &&
		  narrow_check_answer(&r->m->ts_r, &child->ts_remote, &remote, why);
	uint16_t pairs;

	if (ok && r->ike->config && child->connection->us->client_is_config)
		ike_config_narrow(r->ike->config, &local);
	pairs = selector_pairs_count(&local, &remote);
	if (ok && (pairs == 0 || pairs > SELECTOR_PAIRS_MAX)) {
		text_add(why, "its selectors make %u pairs", pairs);
		ok = false;
	}
	if (ok && (rekey_old_child(r) || !connection_narrows(child->connection)) &&
	    (!narrow_is_whole(&child->ts_local, &local) ||
	     !narrow_is_whole(&child->ts_remote, &remote))) {
		char a[SELECTORS_TEXT_LEN], b[SELECTORS_TEXT_LEN];

		text_add(
			why,
			"it leaves out part of our selectors, which would go unprotected: it takes "
			"%.100s === %.100s%s",
			selectors_format(&local, a, sizeof(a)),
			selectors_format(&remote, b, sizeof(b)),
			rekey_old_child(r) ? "" : " (--narrowing=yes allows that)");
		ok = false;
	}
	if (!ok) {
		selectors_free(&local);
		selectors_free(&remote);
		return false;
	}
	asked_local = child->ts_local;
	asked_remote = child->ts_remote;
	child->ts_local = local;
	child->ts_remote = remote;
	if (message_notify(r->m, N_ADDITIONAL_TS_POSSIBLE) && !rekey_old_child(r))
		ask_for_rest(r, &asked_local, &asked_remote);
	selectors_free(&asked_local);
	selectors_free(&asked_remote);
	return true;
}

/* Initiator: what the peer answered to our offer. */
enum step child_accept_step(struct run *r)
{
	const uint64_t need = PAYLOAD_BIT(PAYLOAD_SA) | PAYLOAD_BIT(PAYLOAD_TSi) |
			      PAYLOAD_BIT(PAYLOAD_TSr);
	struct child_sa *child = r->slot->scratch.child;
	const struct notify *n = message_error_notify(r->m);
	bool with_ke = r->m->header.exchange == EXCHANGE_CREATE_CHILD_SA;
	bool transport = message_notify(r->m, N_USE_TRANSPORT_MODE) != NULL;
	char words[700];
	struct text why = TEXT_OVER(words);
	struct slice spi;

	if (!child)
		return STEP_NEXT;
	if (n)
		return refused(r, n);
	if ((r->m->have & need) != need)
		return give_up(r, "the peer's answer lacks SA, TSi or TSr", "");
	nat_substitute(r);
	if (!with_ke && !config_take_reply(r, &why))
		return give_up(r, "", words);
	if (!suite_accept(child->connection->def->esp, r->m, child_protocol(child->connection), 4,
			  with_ke ? SUITE_ALL_KE : SUITE_NO_KE, &child->suite, &spi, &why))
		return give_up(r, "the peer's answer is not within our offer: ", words);
	if (!take_selectors(r, &why))
		return give_up(r, "the peer's answer is not what we offered: ", words);
	if (transport == child->is_tunnel) {
		return give_up(r, "the peer did not agree to our mode: ",
			       child->is_tunnel ? "tunnel" : "transport");
	}
	if (!ipcomp_take_answer(r, child, &why) || !iptfs_take_answer(r, child, &why))
		return give_up(r, "the peer's answer is not what we offered: ", words);
	child->spi_out = spi_of(spi);
	child->no_tfc = message_notify(r->m, N_ESP_TFC_PADDING_NOT_SUPPORTED) != NULL;
	if (has_spi_of_other(r, child))
		return give_up(r, "the peer's SPI is in use already", "");
	child_choose_reqid(r->core, child);
	return STEP_NEXT;
}
