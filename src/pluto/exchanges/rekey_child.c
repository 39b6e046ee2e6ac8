/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replacing a child SA by CREATE_CHILD_SA (RFC 7296 1.3.3, 2.8, 2.8.1, 2.25.1): what the new child
 * keeps of the old one, which of two crossing replacements stays, and what follows a refusal. The
 * exchange itself is create_child_sa.c's, whose steps call these.
 */
#include <stdio.h>

#include "ctl/codes.h"
#include "exchanges/steps.h"
#include "sa/collision.h"

#define SOON_LEAST_USEC USEC_PER_SEC /* after TEMPORARY_FAILURE: a collision is over then */
#define SOON_MOST_USEC (5 * USEC_PER_SEC)
#define LATER_LEAST_USEC (10 * USEC_PER_SEC) /* after any other refusal */
#define LATER_MOST_USEC (60 * USEC_PER_SEC)
#define SOON_TRIES 3

struct child_sa *rekey_old_child(const struct run *r)
{
	uint32_t serial = r->slot->scratch.old_serial;

	return serial ? ike_child_by_serial(r->ike, serial) : NULL;
}

static uint32_t spi_of(struct slice spi)
{
	return (uint32_t)spi.data[0] << 24 | (uint32_t)spi.data[1] << 16 |
	       (uint32_t)spi.data[2] << 8 | spi.data[3];
}

void rekey_child_put_notify(const struct run *r, struct builder *b)
{
	const struct child_sa *old = rekey_old_child(r);
	uint8_t spi[4];
	struct writer w = writer_over(spi, sizeof(spi));

	if (!old || r->slot->scratch.old_is_unknown)
		return;
	writer_u32(&w, old->spi_in);
	builder_notify(b, child_protocol(old->connection), SLICE_OF(spi), N_REKEY_SA, SLICE_EMPTY);
}

bool rekey_child_is_asked(const struct ike_sa *ike, const struct message *m)
{
	(void)ike;
	return message_notify(m, N_REKEY_SA) != NULL;
}

static enum step refuse(struct run *r, uint16_t type, struct slice spi)
{
	const struct notify *asked = message_notify(r->m, N_REKEY_SA);
	uint8_t protocol = asked && spi.len ? asked->protocol : PROTOCOL_NONE;
	uint8_t buffer[MESSAGE_BUFFER];
	struct builder b;

	start_reply(r->ike, r->m, &b, buffer);
	builder_notify(&b, protocol, spi, type, SLICE_EMPTY);
	if (!send_reply(r->core, r->ike, &b))
		return close_with(r, RC_INTERNAL, "CREATE_CHILD_SA answer cannot be built");
	return STEP_DONE;
}

static bool is_under_our_rekey(const struct ike_sa *ike, const struct child_sa *old)
{
	return ike->ours.scratch.purpose == PURPOSE_REKEY_CHILD &&
	       ike->ours.scratch.old_serial == old->serial;
}

/* One that the peer made in place of it crosses ours already: another would be nobody's. */
static bool has_rival(struct ike_sa *ike, const struct child_sa *old)
{
	uint32_t serial = ike->ours.scratch.rival_serial;

	return is_under_our_rekey(ike, old) && serial && ike_child_by_serial(ike, serial);
}

/* Is it on its way out by our own will? (2.25.1) */
static bool is_closing(struct run *r, const struct child_sa *old)
{
	return old->phase != CHILD_ESTABLISHED || has_rival(r->ike, old) ||
	       r->ike->ours.scratch.purpose == PURPOSE_REKEY_IKE ||
	       ike_find_want(r->ike, WANT_DELETE_CHILD, old->serial) ||
	       ike_find_want(r->ike, WANT_DELETE_IKE, 0);
}

enum step rekey_child_check_step(struct run *r)
{
	const struct notify *n = message_notify(r->m, N_REKEY_SA);
	struct child_sa *old = NULL;

	if ((n->protocol == PROTOCOL_ESP || n->protocol == PROTOCOL_AH) && n->spi.len == 4)
		old = ike_child_by_spi_out(r->ike, spi_of(n->spi));
	if (old && child_protocol(old->connection) != n->protocol)
		old = NULL;
	if (!old && r->ike->ours.scratch.child && r->ike->ours.scratch.child->spi_out == 0) {
		/* it may be the one whose answer to us is still on its way */
		return refuse(r, N_TEMPORARY_FAILURE, SLICE_EMPTY);
	}
	if (!old) {
		sa_log(r->core, r->ike, NULL, LOG_LEVEL_INFO, LINE_LOG,
		       "the peer wants to rekey a child SA that is not here: CHILD_SA_NOT_FOUND");
		return refuse(r, N_CHILD_SA_NOT_FOUND, n->spi.len == 4 ? n->spi : SLICE_EMPTY);
	}
	if (is_closing(r, old)) {
		sa_log(r->core, r->ike, old, LOG_LEVEL_INFO, LINE_LOG,
		       "the peer wants to rekey it while it is closed here: TEMPORARY_FAILURE");
		return refuse(r, N_TEMPORARY_FAILURE, SLICE_EMPTY);
	}
	r->slot->scratch.old_serial = old->serial;
	return STEP_NEXT;
}

enum step rekey_child_recheck_step(struct run *r)
{
	struct child_sa *old = rekey_old_child(r);

	if (r->slot->scratch.child && (!old || is_closing(r, old)))
		child_fail(r, N_TEMPORARY_FAILURE, RC_FATAL,
			   "the child SA to be rekeyed was replaced or closed meanwhile");
	return STEP_NEXT;
}

/* The peer's exchange is done. If ours for the same child is under way, it decides when it ends. */
static void finish_theirs(struct run *r, struct child_sa *old, struct child_sa *child)
{
	struct scratch *ours = &r->ike->ours.scratch, *theirs = &r->slot->scratch;

	if (!is_under_our_rekey(r->ike, old)) {
		child_replace(r->core, r->ike, old, child);
		return;
	}
	sa_log(r->core, r->ike, old, LOG_LEVEL_INFO, LINE_LOG,
	       "both ends rekey it at once: #%u by the peer", child->serial);
	bytes_free(&ours->rival_ni);
	bytes_free(&ours->rival_nr);
	ours->rival_serial = child->serial;
	ours->rival_ni = theirs->ni;
	ours->rival_nr = theirs->nr;
	theirs->ni = theirs->nr = (struct bytes){ 0 };
}

/* The child that the peer's crossing exchange made in place of the same one, or NULL. */
static struct child_sa *rival_of(const struct run *r)
{
	uint32_t serial = r->slot->scratch.rival_serial;
	struct child_sa *rival = serial ? ike_child_by_serial(r->ike, serial) : NULL;

	return rival && rival->phase == CHILD_ESTABLISHED ? rival : NULL;
}

bool rekey_child_is_redundant(const struct run *r)
{
	const struct scratch *s = &r->slot->scratch;
	struct nonce_pair ours = { bytes_slice(&s->ni), bytes_slice(&s->nr) };
	struct nonce_pair theirs = { bytes_slice(&s->rival_ni), bytes_slice(&s->rival_nr) };

	return r->slot == &r->ike->ours && rival_of(r) &&
	       collision_ours_is_redundant(ours, theirs, r->ike->is_initiator);
}

static void want_delete(struct run *r, struct child_sa *child)
{
	if (!ike_find_want(r->ike, WANT_DELETE_CHILD, child->serial))
		ike_want(r->ike, WANT_DELETE_CHILD, NULL, child->serial);
}

/* The old one is replaced. The peer that deleted it already is not told again. */
static void retire(struct run *r, struct child_sa *old, struct child_sa *by, bool by_us)
{
	if (old->phase == CHILD_VACANT) {
		clients_finish_sa(r->core, old->serial, WAITS_REPLACED, RC_OK);
		child_end(r->core, r->ike, old, "replaced");
		return;
	}
	if (old->phase != CHILD_ESTABLISHED)
		return;
	child_replace(r->core, r->ike, old, by);
	if (by_us)
		want_delete(r, old);
}

static void finish_ours(struct run *r, struct child_sa *old, struct child_sa *child)
{
	struct child_sa *rival = rival_of(r);

	if (rekey_child_is_redundant(r)) {
		/* the survivor's maker deletes the old one (2.8.1) */
		retire(r, old, rival, false);
		retire(r, child, rival, true);
		return;
	}
	if (rival)
		retire(r, rival, child, false);
	retire(r, old, child, true);
}

void rekey_child_finish(struct run *r, struct child_sa *child)
{
	struct child_sa *old = rekey_old_child(r);

	child->ke_group = child->suite.ke;
	if (!old)
		return;
	if (r->slot == &r->ike->ours)
		finish_ours(r, old, child);
	else
		finish_theirs(r, old, child);
}

bool rekey_child_vacate(struct core *c, struct ike_sa *ike, struct child_sa *child)
{
	struct scratch *s = &ike->ours.scratch;
	struct child_sa *rival;

	if (!is_under_our_rekey(ike, child))
		return false;
	rival = s->rival_serial ? ike_child_by_serial(ike, s->rival_serial) : NULL;
	/* With a rival the policies have an owner. */
	if (rival)
		return false;
	child_vacate(c, child);
	return true;
}

/* When a refused replacement is tried again; true: soon enough to wait for it. */
static bool plan_next_try(struct run *r, struct child_sa *old)
{
	bool soon = r->slot->scratch.child_error == N_TEMPORARY_FAILURE &&
		    old->refusals < SOON_TRIES;
	uint64_t when = soon ? core_jitter(r->core, SOON_LEAST_USEC, SOON_MOST_USEC)
			     : core_jitter(r->core, LATER_LEAST_USEC, LATER_MOST_USEC);

	if (old->refusals < UINT8_MAX)
		old->refusals++;
	if (!old->connection->def->config.rekey)
		when = USEC_NEVER;
	old->rekey_usec = when;
	ike_set_timer(r->core, r->ike);
	return soon && when != USEC_NEVER;
}

/* The peer deleted the old one, or has lost it, and refuses the new one: a new wish since then has failed;
 * without one the connection is down, as if the peer had deleted what stood. */
static void vacant_failed(struct run *r, struct child_sa *old, uint32_t code, const char *reason)
{
	struct connection *conn = old->connection;
	bool is_asked_for = old->is_asked_for, is_lost = r->slot->scratch.old_is_unknown;

	child_end(r->core, r->ike, old, reason);
	if (!is_asked_for) {
		if (is_lost || conn->def->config.revive == REVIVE_KEEP)
			intent_lost(r->core, conn, r->ike, is_lost ? LOSS_FAULT : LOSS_BY_PEER,
				    reason);
		return;
	}
	intent_failed(r->core, conn, r->cause ? r->cause : cause_of_code(code), reason);
	clients_finish(r->core, conn, WAITS_UP, code);
}

void rekey_child_failed(struct run *r, uint32_t code, const char *reason)
{
	struct child_sa *old = rekey_old_child(r), *rival = rival_of(r);
	struct want *w;
	bool is_soon;

	if (!old)
		return;
	if (rival) {
		/* The peer did not know of ours, or could not do it: its own stands (2.8.1). */
		retire(r, old, rival, false);
		return;
	}
	if (old->phase == CHILD_VACANT) {
		vacant_failed(r, old, code, reason);
		return;
	}
	if (old->phase != CHILD_ESTABLISHED)
		return;
	if (r->slot->scratch.child_error == N_CHILD_SA_NOT_FOUND) {
		/* It is made anew, and what stands for it waits for that (2.25). */
		if (old->is_over && (w = ike_find_want(r->ike, WANT_DELETE_CHILD, old->serial)))
			want_free(w);
		child_vacate(r->core, old);
		ike_want(r->ike, WANT_RENEW_CHILD, old->connection, old->serial);
		return;
	}
	is_soon = plan_next_try(r, old);
	if (child_was_over(r->core, r->ike, old)) {
		old->rekey_usec = USEC_NEVER;
		return;
	}
	sa_log(r->core, r->ike, old, LOG_LEVEL_WARNING, LINE_LOG,
	       "is not replaced and stays in use: %s", reason);
	if (!is_soon)
		clients_finish_sa(r->core, old->serial, WAITS_REPLACED, code);
}
