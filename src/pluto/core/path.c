/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The path of an IKE SA: the addresses and ports it talks over. How a peer behind a NAT is followed
 * (RFC 7296 2.23), how children move along, what becomes of SAs whose address is gone (RFC 4555 3.5).
 */
#include "core/exchange.h"
#include "core/news.h"
#include "core/keep.h"
#include "core/liveness.h"
#include "ctl/codes.h"
#include "sa/mobike.h"
#include "sa/nat.h"

#define MAPPING_USEC USEC_PER_SEC /* the kernel's word moves an SA no more often than that */

#define OWN_PORTS_MAX 8

static bool path_ports(const struct core *c, const struct connection *conn, uint16_t *local,
		       uint16_t *remote)
{
	bool is_custom = conn->us->ikeport != IKE_PORT || conn->peer->ikeport != IKE_PORT;

	*local = conn->us->ikeport != IKE_PORT ? conn->us->ikeport
		 : is_custom                   ? c->settings.natt_port
					       : c->settings.ike_port;
	*remote = conn->peer->ikeport != IKE_PORT ? conn->peer->ikeport
		  : is_custom                     ? IKE_NATT_PORT
						  : IKE_PORT;
	return is_custom;
}

/* Local port 0: the connection is ours to make, from any port. */
static void over_tcp(const struct connection *conn, struct endpoint *local, struct endpoint *remote)
{
	local->tcp = remote->tcp = true;
	local->port = 0;
	remote->port = (uint16_t)conn->def->config.tcp_port;
}

bool path_begin(const struct core *c, const struct connection *conn, struct endpoint *local,
		struct endpoint *remote)
{
	*local = (struct endpoint){ .address = conn->us->host };
	*remote = (struct endpoint){ .address = conn->peer->host };
	if (conn->def->config.tcp != TCP_YES)
		return path_ports(c, conn, &local->port, &remote->port);
	over_tcp(conn, local, remote);
	return true;
}

/* Another SPI, and all of IKE_SA_INIT anew (RFC 9329 5.1). */
bool path_fall_back(struct core *c, struct ike_sa *ike)
{
	struct endpoint local = ike->local, remote = ike->remote;

	if (ike->phase != IKE_STARTING || remote.tcp || ike->ours.row ||
	    ike->connection->def->config.tcp != TCP_FALLBACK || !ike_renew_spi(c, ike))
		return false;
	sa_log(c, ike, NULL, LOG_LEVEL_INFO, LINE_PROGRESS,
	       "nobody answers over UDP: IKE goes over TCP");
	over_tcp(ike->connection, &local, &remote);
	path_move(c, ike, &local, &remote, true);
	slot_reset(&ike->ours);
	outgoing_free(&ike->request.out);
	ike->request = (struct request){ 0 };
	bytes_free(&ike->first_message);
	bytes_free(&ike->nonce);
	bytes_free(&ike->cookie);
	init_variants_free(ike);
	ike->init_rounds = 0;
	ike->cookie_waits = false;
	exchange_run(c, ike, &ike->ours, &start_ike_sa_init);
	return true;
}

void path_listen(struct core *c)
{
	uint16_t ports[OWN_PORTS_MAX];
	struct connection *conn;
	size_t count = 0, i;

	list_each (conn, &c->connections.all, struct connection, node) {
		uint16_t port = conn->us->ikeport;

		if (!conn->is_oriented || port == IKE_PORT || port == c->settings.ike_port ||
		    port == c->settings.natt_port)
			continue;
		for (i = 0; i < count && ports[i] != port; i++)
			;
		if (i == count && count < OWN_PORTS_MAX)
			ports[count++] = port;
		else if (i == OWN_PORTS_MAX)
			connection_log(c, conn, LOG_LEVEL_WARNING, LINE_SERIOUS,
				       "more than %d ports of our own: %u is not listened on",
				       OWN_PORTS_MAX, port);
	}
	if (count > 0 || c->has_own_ports)
		core_ports(c, ports, count);
	c->has_own_ports = count > 0;
}

static bool is_path(const struct ike_sa *ike, const struct endpoint *local,
		    const struct endpoint *remote, bool natt)
{
	return endpoint_eq(remote, &ike->remote) && endpoint_eq(local, &ike->local) &&
	       natt == ike->natt;
}

/* Who is behind a NAT itself does not follow: one packet of an attacker would break the SA (case
 * 154). Before AUTH the initiator may move to the NAT-T port. With MOBIKE moves are told. */
static bool may_follow(const struct ike_sa *ike, const struct slot *slot)
{
	bool same_addresses = address_eq(&slot->from.address, &ike->remote.address) &&
			      address_eq(&slot->to.address, &ike->local.address);

	if (ike->phase == IKE_HALF_OPEN)
		return same_addresses || ike->nat_there;
	/* the peer made another connection (RFC 9329 6.1) */
	if (slot->from.tcp && same_addresses)
		return true;
	return !ike->nat_here && !mobike_is_on(ike) && (same_addresses || ike->nat_there);
}

static bool is_on_path(const struct child_sa *child, const struct kernel_path *p)
{
	return address_eq(&child->local, &p->src) && address_eq(&child->remote, &p->dst) &&
	       child->local_port == p->src_port && child->remote_port == p->dst_port;
}

/* A child that cannot be moved is replaced by one that is made on the new path. */
static void replace(struct core *c, struct ike_sa *ike, struct child_sa *child, const char *why)
{
	sa_log(c, ike, child, LOG_LEVEL_INFO, LINE_LOG,
	       "its states cannot be moved (%s): a new child takes its place", why);
	if (child->phase == CHILD_ESTABLISHED &&
	    !ike_find_want(ike, WANT_REKEY_CHILD, child->serial))
		ike_want(ike, WANT_REKEY_CHILD, NULL, child->serial);
}

/* Transport mode holds the addresses, and MOBIKE is not for it (RFC 4555 1.2): who moved makes a child
 * for the new ones. Where a NAT did it, the peer does not know. */
static void leave(struct core *c, struct ike_sa *ike, struct child_sa *child)
{
	if (ike_find_want(ike, WANT_DELETE_CHILD, child->serial))
		return;
	sa_log(c, ike, child, LOG_LEVEL_INFO, LINE_LOG,
	       "transport mode holds the addresses, and these are others now: it ends");
	if (child->phase == CHILD_ESTABLISHED && !mobike_is_on(ike))
		ike_want(ike, WANT_CHILD, child->connection, 0);
	ike_want(ike, WANT_DELETE_CHILD, NULL, child->serial);
}

static void move_child(struct core *c, struct ike_sa *ike, struct child_sa *child,
		       const struct kernel_path *path)
{
	struct kernel_batch batch = { 0 };

	if (child->phase < CHILD_ESTABLISHED || child->phase == CHILD_VACANT ||
	    is_on_path(child, path))
		return;
	if (!child->is_tunnel &&
	    (!address_eq(&child->local, &path->src) || !address_eq(&child->remote, &path->dst))) {
		leave(c, ike, child);
		return;
	}
	child_unindex(c, child);
	child_batch_move(child, path, &batch);
	child_index(c, child);
	core_kernel(c, ike_handle(ike), 0, &batch);
}

void path_move_children(struct core *c, struct ike_sa *ike)
{
	struct kernel_path path = nat_child_path(ike);
	struct child_sa *child;

	list_each (child, &ike->children, struct child_sa, node)
		move_child(c, ike, child, &path);
}

void path_stream_lost(struct core *c, struct ike_sa *ike)
{
	if (!ike || ike->phase != IKE_ESTABLISHED || !ike->remote.tcp || c->is_shutting_down)
		return;
	sa_log(c, ike, NULL, LOG_LEVEL_INFO, LINE_LOG, "the TCP connection broke: making another");
	if (ike_want(ike, WANT_PROBE, NULL, 0))
		exchange_start_wants(c, ike);
}

/* The child may have moved on since then, or be another IKE SA's now. */
static struct child_sa *child_of_move(struct core *c, const struct kernel_op *in)
{
	bool inbound;
	struct child_sa *child = child_by_esp(c, &in->to.dst, in->state.spi, &inbound);

	return child && inbound ? child : child_by_spi_in(c, in->state.spi);
}

/* It ended while its states were to be moved, and was removed from where they would have been. */
static void remove_unmoved(struct core *c, const struct kernel_batch *moved)
{
	struct kernel_batch batch = { 0 };

	for (uint16_t i = 0; i < moved->count; i++)
		if (moved->ops[i].kind == KOP_MOVE_STATE)
			kernel_batch_add(&batch, KOP_DELETE_STATE)->state = moved->ops[i].state;
	core_kernel(c, 0, 0, &batch);
}

/* The states are where they were; so must be their names. */
static void unmoved(struct core *c, struct child_sa *child, const char *why)
{
	child_unindex(c, child);
	child->local = child->placed.src;
	child->remote = child->placed.dst;
	child->local_port = child->placed.src_port;
	child->remote_port = child->placed.dst_port;
	child_index(c, child);
	replace(c, child->ike, child, why);
	exchange_start_wants(c, child->ike);
}

bool path_is_moving(const struct child_sa *child)
{
	return child->placed.src.family != FAMILY_NONE && !is_on_path(child, &child->placed);
}

void path_moved(struct core *c, const struct kernel_batch *batch)
{
	const struct kernel_op *in = &batch->ops[0];
	const struct kernel_path to = { .src = in->to.dst,
					.dst = in->to.src,
					.src_port = in->to.dst_port,
					.dst_port = in->to.src_port };
	struct child_sa *child = child_of_move(c, in);

	if (!batch->failed_errno && child)
		child->placed = to;
	if (batch->failed_errno && !child)
		remove_unmoved(c, batch);
	/* of several moves the last one decides */
	if (child && batch->failed_errno && is_on_path(child, &to))
		unmoved(c, child, batch->failed_text);
	if (child && child->out_waits)
		child_switch_out(c, child->ike, child);
}

void path_move(struct core *c, struct ike_sa *ike, const struct endpoint *local,
	       const struct endpoint *remote, bool natt)
{
	if (is_path(ike, local, remote, natt))
		return;
	ike->local = *local;
	ike->remote = *remote;
	ike->natt = natt;
	ike_set_connection(c, ike, ike->connection);
	if (ike->phase == IKE_ESTABLISHED)
		NEWS(c, .kind = NEWS_MOVED, .ike = ike);
	keep_touch(c, ike);
}

void path_follow(struct core *c, struct ike_sa *ike, const struct slot *slot)
{
	char peer[ENDPOINT_TEXT_LEN];

	if (slot != &ike->theirs || is_path(ike, &slot->to, &slot->from, slot->natt) ||
	    !may_follow(ike, slot))
		return;
	path_move(c, ike, &slot->to, &slot->from, slot->natt);
	if (ike->phase == IKE_HALF_OPEN)
		return;
	sa_log(c, ike, NULL, LOG_LEVEL_INFO, LINE_LOG, "the peer's requests come from %s now",
	       endpoint_format(&ike->remote, peer, sizeof(peer)));
	path_move_children(c, ike);
}

/* ESP that passed its integrity and replay check came from there (case 156). The peer is asked over
 * the new path; when it does not answer, the SA ends as for any probe. */
void child_mapped(struct core *c, struct child_sa *child, const struct endpoint *from)
{
	struct ike_sa *ike = child->ike;
	char text[ENDPOINT_TEXT_LEN];

	if (!ike->nat_there || ike->nat_here || endpoint_eq(from, &ike->remote) ||
	    (ike->mapping_usec && c->now_usec - ike->mapping_usec < MAPPING_USEC))
		return;
	ike->mapping_usec = c->now_usec;
	sa_log(c, ike, child, LOG_LEVEL_INFO, LINE_LOG, "the peer's ESP comes from %s now",
	       endpoint_format(from, text, sizeof(text)));
	path_move(c, ike, &ike->local, from, ike->natt);
	path_move_children(c, ike);
	if (ike_want(ike, WANT_PROBE, NULL, 0))
		exchange_start_wants(c, ike);
}

static bool is_ours(const struct core *c, const struct address *a)
{
	for (size_t i = 0; i < c->address_count; i++)
		if (address_eq(&c->addresses[i], a))
			return true;
	return false;
}

/* The first of our addresses that could reach the peer; of another family when it told of one. */
static bool find_path(const struct core *c, const struct ike_sa *ike, unsigned skip,
		      struct endpoint *local, struct endpoint *remote)
{
	for (unsigned p = 0; p <= ike->peer_address_count; p++)
		for (size_t i = 0; i < c->address_count; i++) {
			const struct address *to = p ? &ike->peer_addresses[p - 1]
						     : &ike->remote.address;

			if (c->addresses[i].family != to->family ||
			    address_is_loopback(&c->addresses[i]) ||
			    (p && address_eq(to, &ike->remote.address)) || skip-- > 0)
				continue;
			local->address = c->addresses[i];
			remote->address = *to;
			return true;
		}
	return false;
}

/* The initiator chooses the path (RFC 4555 3.5) and tells the peer; of a responder the peer is told
 * where it is to be found, and chooses. */
static void move_to(struct core *c, struct ike_sa *ike, const struct endpoint *local,
		    const struct endpoint *remote)
{
	char from[ENDPOINT_TEXT_LEN], to[ENDPOINT_TEXT_LEN];

	path_move(c, ike, local, remote, ike->natt);
	sa_log(c, ike, NULL, LOG_LEVEL_INFO, LINE_LOG, "moves to the path from %s to %s",
	       endpoint_format(local, from, sizeof(from)), endpoint_format(remote, to, sizeof(to)));
	ike->path_version++;
	path_move_children(c, ike);
	if (ike->request.out.wire.data)
		request_resend_soon(c, ike);
	if (!ike_find_want(ike, WANT_UPDATE, 0))
		ike_want(ike, WANT_UPDATE, NULL, 0);
	exchange_start_wants(c, ike);
}

/* One that is replaced moves as well while the peer has not deleted it: our answer may be lost, and the
 * peer know of no other. */
static bool can_move(const struct ike_sa *ike)
{
	return ike->phase == IKE_ESTABLISHED || ike->phase == IKE_REPLACED;
}

/* Its children stay with their addresses: where it moves, they would not. */
static bool has_transport(const struct ike_sa *ike)
{
	const struct child_sa *child;

	list_each (child, &ike->children, struct child_sa, node)
		if (!child->is_tunnel && child->phase != CHILD_VACANT)
			return true;
	return false;
}

static const char *why_it_stays(const struct ike_sa *ike)
{
	if (!can_move(ike))
		return "our address is gone";
	return has_transport(ike) ? "our address is gone, and transport mode holds it"
				  : "our address is gone, and there is no MOBIKE";
}

static void address_gone(struct core *c, struct ike_sa *ike)
{
	if (can_move(ike) && mobike_is_on(ike) && !has_transport(ike)) {
		core_source(c, ike_handle(ike), &ike->remote);
		return;
	}
	ike->is_lost = ike->phase == IKE_ESTABLISHED;
	ike_end(c, ike, RC_FATAL, why_it_stays(ike));
}

/* Without any address the SA waits: one may come before the peer is given up. */
void path_source(struct core *c, uint64_t owner, const struct address *source)
{
	struct ike_sa *ike = ike_by_spi(c, owner);
	struct endpoint local, remote;

	if (!ike || !can_move(ike) || is_ours(c, &ike->local.address))
		return;
	local = ike->local;
	remote = ike->remote;
	local.address = *source;
	if (is_ours(c, source) || find_path(c, ike, 0, &local, &remote))
		move_to(c, ike, &local, &remote);
}

void path_addresses(struct core *c)
{
	struct ike_sa *ike;

	list_each (ike, &c->ike_sas, struct ike_sa, node) {
		if (!is_ours(c, &ike->local.address) && ike->phase != IKE_DEAD)
			address_gone(c, ike);
	}
}

bool path_try_other(struct core *c, struct ike_sa *ike)
{
	struct endpoint local = ike->local, remote = ike->remote;
	unsigned skip = 0;

	if (ike->phase != IKE_ESTABLISHED || !mobike_is_on(ike) || !ike->began)
		return false;
	while (find_path(c, ike, skip, &local, &remote)) {
		if (skip++ == ike->paths_tried) {
			ike->paths_tried++;
			if (is_path(ike, &local, &remote, ike->natt))
				continue;
			move_to(c, ike, &local, &remote);
			return true;
		}
	}
	return false;
}
