/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two IKE SAs where one was wanted. When both ends begin at once, both may come up with the same
 * child: what has the lowest of the four nonces of the two IKE_SA_INIT exchanges goes, deleted by
 * its maker (by the rule of RFC 7296 2.8.2; case 139). And reauthentication (2.8.3): the new IKE SA
 * is made first, its children take over, then the old one is deleted (case 118). Called when
 * IKE_AUTH has brought its child up.
 */
#include "core/keep.h"
#include "core/exchange.h"
#include "ctl/codes.h"
#include "exchanges/steps.h"
#include "sa/collision.h"

#define OTHER_END_USEC (10 * USEC_PER_SEC)

static bool has_child(const struct ike_sa *ike, const struct connection *conn)
{
	struct child_sa *child;

	list_each (child, &ike->children, struct child_sa, node)
		if (child->connection == conn && child->phase == CHILD_ESTABLISHED)
			return true;
	return false;
}

static void want_delete(struct core *c, struct ike_sa *ike)
{
	if (!ike_find_want(ike, WANT_DELETE_IKE, 0))
		ike_want(ike, WANT_DELETE_IKE, NULL, 0);
	core_kick(c, ike);
}

/* Were both under way at one time, each begun by another end? */
static bool has_crossed(const struct ike_sa *a, const struct ike_sa *b)
{
	return a != b && b->phase == IKE_ESTABLISHED && a->is_initiator != b->is_initiator &&
	       a->init_low.data && b->init_low.data && a->created_usec < b->established_usec &&
	       b->created_usec < a->established_usec && identity_eq(&a->peer_id, &b->peer_id);
}

static void settle(struct core *c, struct ike_sa *a, struct ike_sa *b)
{
	bool a_goes = slice_cmp(bytes_slice(&a->init_low), bytes_slice(&b->init_low)) < 0;
	struct ike_sa *goes = a_goes ? a : b;

	sa_log(c, goes, NULL, LOG_LEVEL_INFO, LINE_LOG,
	       "both ends began at once: #%u stays, this one goes", a_goes ? b->serial : a->serial);
	bytes_free(&a->init_low);
	bytes_free(&b->init_low);
	keep_touch(c, a);
	keep_touch(c, b);
	if (goes->is_initiator) {
		want_delete(c, goes);
		return;
	}
	/* The other end may not have seen that they crossed: then it does not go by itself. */
	goes->expires_usec = c->now_usec + OTHER_END_USEC;
	goes->rekey_usec = USEC_NEVER;
	ike_set_timer(c, goes);
}

static void keep_low_nonce(struct run *r)
{
	struct slice ni = bytes_slice(&r->slot->scratch.ni), nr = bytes_slice(&r->slot->scratch.nr);

	bytes_free(&r->ike->init_low);
	bytes_copy(slice_cmp(ni, nr) <= 0 ? ni : nr, &r->ike->init_low);
}

void crossing_settle(struct run *r, struct connection *conn)
{
	struct ike_sa *other;

	keep_low_nonce(r);
	list_each (other, &conn->ike_sas, struct ike_sa, conn_node)
		if (has_crossed(r->ike, other) && has_child(other, conn)) {
			settle(r->core, r->ike, other);
			return;
		}
}

/* The other connections that the old IKE SA served come along, then it goes. */
void reauth_take_over(struct run *r)
{
	struct ike_sa *ike = r->ike, *old = ike_by_serial(r->core, ike->reauthenticates);
	struct child_sa *child;

	if (!old)
		return;
	list_each (child, &old->children, struct child_sa, node)
		if (child->phase == CHILD_ESTABLISHED && child->connection != ike->connection)
			ike_want(ike, WANT_CHILD, child->connection, 0);
}
