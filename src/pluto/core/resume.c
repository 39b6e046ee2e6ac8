/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Session resumption (RFC 5723). A ticket is good for one IKE SA that was lost without a Delete: the
 * peer was silent, it crashed, or we suspended it. While the IKE SA lives the ticket waits beside it;
 * when the IKE SA is deleted or rekeyed it is forgotten (6.2). An attempt that comes to nothing by the
 * ticket is begun once more in full, at once (4.3.2).
 */
#include "core/resume.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/exchange.h"
#include "core/ticket.h"
#include "ctl/codes.h"

bool resume_suite(const struct session *s, struct suite *out)
{
	const struct alg *encr = alg_find(TRANSFORM_ENCR, s->encr);

	*out = (struct suite){ .protocol = PROTOCOL_IKE,
			       .number = 1,
			       .encr = encr,
			       .key_bits = s->key_bits,
			       .prf = alg_find(TRANSFORM_PRF, s->prf),
			       .integ = s->integ ? alg_find(TRANSFORM_INTEG, s->integ) : NULL,
			       .ke = s->ke ? alg_find(TRANSFORM_KE, s->ke) : NULL };
	return encr && out->prf && (out->integ != NULL) == (s->integ != 0) && s->sk_d.len > 0;
}

void resume_forget(struct connection *conn)
{
	session_free(conn->session);
	conn->session = NULL;
}

void resume_forget_of(struct connection *conn, const struct ike_sa *ike)
{
	if (conn && conn->session && conn->session->ike_serial == ike->serial)
		resume_forget(conn);
}

void resume_keep(struct core *c, struct ike_sa *ike, struct slice ticket, uint32_t lifetime_sec)
{
	struct connection *conn = ike->connection;
	struct session *s = calloc(1, sizeof(*s));

	resume_forget(conn);
	if (!s)
		return;
	*s = (struct session){ .encr = ike->suite.encr->id,
			       .key_bits = ike->suite.key_bits,
			       .prf = ike->suite.prf->id,
			       .integ = ike->suite.integ ? ike->suite.integ->id : 0,
			       .ke = ike->suite.ke ? ike->suite.ke->id : 0,
			       .spi_i = ike->spi_i,
			       .spi_r = ike->spi_r,
			       .authenticated_sec = ike->authenticated_sec,
			       .proof_until_sec = ike->proof_until_sec,
			       .expires_usec = c->now_usec + lifetime_sec * USEC_PER_SEC,
			       .ike_serial = ike->serial,
			       .gateway = ike->remote,
			       .is_short = conn->resumes_short };
	s->peer_ca = ike->peer_ca ? strdup(ike->peer_ca) : NULL;
	if (bytes_copy(ticket, &s->ticket) && secret_copy(ike->keys.d, &s->sk_d) &&
	    identity_copy(&ike->own_id, &s->id_i) && identity_copy(&ike->peer_id, &s->id_r))
		conn->session = s;
	else
		session_free(s);
}

struct session *resume_of(const struct core *c, const struct ike_sa *ike)
{
	struct session *s = ike->connection ? ike->connection->session : NULL;

	return s && s->ike_serial == ike->serial && s->expires_usec > c->now_usec ? s : NULL;
}

struct session *resume_take(struct core *c, struct connection *conn)
{
	struct session *s = conn->session;
	struct suite suite;

	if (!s || !conn->def->config.session_resumption || !s->is_kept)
		return NULL;
	if (s->expires_usec <= c->now_usec || !resume_suite(s, &suite) ||
	    (s->proof_until_sec && s->proof_until_sec <= c->wall_sec)) {
		resume_forget(conn);
		return NULL;
	}
	conn->session = NULL;
	return s;
}

/* Was it lost, so that its client may come back to it? Else it was meant to end. */
static bool is_lost(const struct ike_sa *ike, uint32_t code)
{
	return (code == RC_NO_RESPONSE || ike->is_lost) &&
	       !ike_find_want((struct ike_sa *)ike, WANT_DELETE_IKE, 0) &&
	       ike->phase != IKE_DELETING;
}

void resume_ended(struct core *c, struct ike_sa *ike, bool was_up, uint32_t code)
{
	struct session *s = ike->connection ? ike->connection->session : NULL;

	/* nobody answered at all: the ticket is as good as before */
	if (!was_up && ike->session && ike->is_initiator && ike->phase == IKE_STARTING &&
	    code == RC_NO_RESPONSE && !s) {
		ike->connection->session = ike->session;
		ike->session = NULL;
		return;
	}
	if (!was_up)
		return;
	if (s && s->ike_serial == ike->serial) {
		if (is_lost(ike, code))
			s->is_kept = true;
		else if (!s->is_kept)
			resume_forget(ike->connection);
	}
	if (ike->ticket_until_sec && !is_lost(ike, code))
		ticket_spend(c, ike->spi_i, ike->spi_r, ike->ticket_until_sec);
}

bool resume_goes_on(struct core *c, struct ike_sa *ike)
{
	struct connection *conn = ike->connection;
	struct session *session = ike->session;

	if (!ike->resumption_failed || c->is_shutting_down || conn->is_deleted)
		return false;
	if (session && session->goes_again) {
		ike->session = NULL;
		session->goes_again = false;
		connection_log(c, conn, LOG_LEVEL_INFO, LINE_PROGRESS,
			       "once more, with AUTH over the message alone");
		intent_start_with(c, conn, session);
		return true;
	}
	connection_log(c, conn, LOG_LEVEL_INFO, LINE_PROGRESS,
		       "could not be resumed: beginning anew, in full");
	intent_start_with(c, conn, NULL);
	return true;
}

void resume_rekeyed(struct core *c, struct ike_sa *old)
{
	resume_forget_of(old->connection, old);
	if (old->ticket_until_sec)
		ticket_spend(c, old->spi_i, old->spi_r, old->ticket_until_sec);
	old->ticket_until_sec = 0;
}

static struct ike_sa *old_of(struct core *c, const struct session *s)
{
	struct ike_sa *a = ike_by_spi(c, s->spi_i), *b = ike_by_spi(c, s->spi_r);
	struct ike_sa *old = a ? a : b;

	return old && old->spi_i == s->spi_i && old->spi_r == s->spi_r ? old : NULL;
}

void resume_finish(struct core *c, struct ike_sa *ike)
{
	struct ike_sa *old = ike->session ? old_of(c, ike->session) : NULL;
	char reason[80];

	if (old && old != ike && old->phase != IKE_DEAD) {
		snprintf(reason, sizeof(reason), "resumed as #%u", ike->serial);
		ike_end(c, old, 0, reason);
	}
	session_free(ike->session);
	ike->session = NULL;
}
