/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How one IKE SA takes the place of another (RFC 7296 1.3.2, 2.8, 2.18): the new one inherits who
 * the peer has proven to be, the path, and then the children and all that is still wanted. The old
 * one only answers INFORMATIONAL until one of the ends deletes it. The exchange is
 * exchanges/rekey_ike_sa.c's.
 */
#include <string.h>

#include "core/exchange.h"
#include "core/resume.h"
#include "core/news.h"
#include "ctl/codes.h"

#define DISCARD_USEC (60 * USEC_PER_SEC)

static bool inherit(struct ike_sa *heir, const struct ike_sa *old)
{
	heir->natt = old->natt;
	heir->nat_here = old->nat_here;
	heir->nat_there = old->nat_there;
	heir->init_remote = old->init_remote;
	heir->peer_features = old->peer_features;
	heir->peer_is_anonymous = old->peer_is_anonymous;
	heir->redirect_is_offered = old->redirect_is_offered;
	heir->last_sent_usec = old->last_sent_usec;
	heir->counted_usec = old->counted_usec;
	heir->began = old->began;
	heir->fragment_size = old->fragment_size;
	memcpy(heir->peer_addresses, old->peer_addresses, sizeof(heir->peer_addresses));
	heir->peer_address_count = old->peer_address_count;
	heir->replaces_spi = ike_our_spi(old);
	heir->peer_ca = old->peer_ca ? strdup(old->peer_ca) : NULL;
	heir->authenticated_sec = old->authenticated_sec;
	heir->proof_until_sec = old->proof_until_sec;
	return identity_copy(&old->peer_id, &heir->peer_id) &&
	       identity_copy(&old->own_id, &heir->own_id);
}

struct ike_sa *ike_successor(struct core *c, struct ike_sa *old, const struct succession *s,
			     struct ike_keys *keys)
{
	struct ike_sa *heir;

	/* Only what was authenticated has something to hand on. */
	if (old->phase != IKE_ESTABLISHED)
		return NULL;
	heir = ike_create_with_spi(c, old->connection, s->is_initiator, s->our_spi, &old->local,
				   &old->remote);
	if (!heir)
		return NULL;
	if (s->is_initiator)
		heir->spi_r = s->peer_spi;
	else
		heir->spi_i = s->peer_spi;
	heir->suite = s->suite;
	heir->keys = *keys;
	*keys = (struct ike_keys){ 0 };
	if (inherit(heir, old)) {
		ike_inherits(c, heir);
		return heir;
	}
	ike_end(c, heir, 0, "out of memory");
	return NULL;
}

void ike_retire(struct core *c, struct ike_sa *ike)
{
	followup_drop(c, ike, "the IKE SA is replaced");
	ike->phase = IKE_REPLACED;
	ike->is_replaced = true;
	ike->rekey_usec = ike->look_usec = USEC_NEVER;
	ike->expires_usec = c->now_usec + DISCARD_USEC;
	clients_finish_sa(c, ike->serial, WAITS_REPLACED, RC_OK);
	ike_set_timer(c, ike);
}

static void move_wants(struct ike_sa *old, struct ike_sa *heir)
{
	struct want *w;

	list_each (w, &old->wants, struct want, node) {
		if (w->kind == WANT_REKEY_IKE || w->kind == WANT_PROBE || w->kind == WANT_TELL) {
			want_free(w);
			continue;
		}
		list_remove(&w->node);
		list_append(&heir->wants, &w->node);
		w->ike = heir;
	}
}

void ike_succeed(struct core *c, struct ike_sa *old, struct ike_sa *heir)
{
	struct child_sa *child;

	followup_drop(c, old, "the IKE SA is replaced");
	sa_log(c, old, NULL, LOG_LEVEL_INFO, LINE_LOG, "replaced by #%u", heir->serial);
	heir->connection->rekeys++;
	NEWS(c, .kind = NEWS_IKE_REKEYED, .ike = heir, .other = old->serial);
	list_each (child, &old->children, struct child_sa, node)
		ike_sa_adopt(heir, child);
	ike_sa_take_config(heir, old);
	resume_rekeyed(c, old);
	move_wants(old, heir);
	if (heir->connection->newest_ike == old->serial || heir->connection->newest_ike == 0)
		heir->connection->newest_ike = heir->serial;
	if (old->phase == IKE_ESTABLISHED)
		ike_retire(c, old);
	clients_finish_sa(c, old->serial, WAITS_REPLACED, RC_OK);
	ike_set_timer(c, heir);
	core_kick(c, heir);
}

struct ike_sa *ike_rival(struct core *c, const struct ike_sa *ike)
{
	const struct scratch *s = &ike->ours.scratch;
	struct ike_sa *rival = NULL;

	if (s->purpose == PURPOSE_REKEY_IKE && s->rival_spi)
		rival = ike_by_spi(c, s->rival_spi);
	return rival && rival->phase == IKE_ESTABLISHED && !ike->is_replaced ? rival : NULL;
}

struct ike_sa *ike_undecided(struct core *c, const struct ike_sa *ike)
{
	struct ike_sa *old = ike->replaces_spi ? ike_by_spi(c, ike->replaces_spi) : NULL;

	return old && ike_rival(c, old) == ike ? old : NULL;
}

struct ike_sa *ike_heir(const struct ike_sa *old)
{
	struct ike_sa *ike;

	list_each (ike, &old->connection->ike_sas, struct ike_sa, conn_node)
		if (ike->replaces_spi == ike_our_spi(old) && !ike->is_replaced)
			return ike;
	return NULL;
}

void ike_decide(struct core *c, struct ike_sa *ike)
{
	struct ike_sa *old = ike_undecided(c, ike);

	if (old)
		ike_succeed(c, old, ike);
}
