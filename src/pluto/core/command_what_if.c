/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WHAT-IF: what becomes of a packet, by the policies that stand as the core has put them (RFC 4301
 * 4.4.1): the one of the highest priority that holds it decides. Of what other programs have put
 * into the kernel the core knows nothing.
 */
#include "core/commands.h"
#include "core/fill.h"
#include "core/packet.h"
#include "core/route.h"
#include "core/state.h"

/* The newest established child of the same policies carries it. */
static const struct child_sa *carrier(const struct policy_match *m)
{
	const struct child_sa *best = NULL;
	struct child_sa *child;

	list_each (child, &m->of->connection->children, struct child_sa, conn_node)
		if (child->has_out && child->phase >= CHILD_ESTABLISHED &&
		    child_is_twin(child, m->of) && (!best || child->serial > best->serial))
			best = child;
	return best;
}

static const char *shunt_action(const struct policy_match *m, const char **text)
{
	const struct connection *conn = m->of->connection;

	if (m->of->shunt == SHUNT_PASS) {
		*text = "passes in clear: the connection says so";
		return "pass";
	}
	if (m->of->shunt == SHUNT_DROP) {
		*text = "is dropped: the connection says so";
		return "drop";
	}
	if (route_is_negotiating(conn)) {
		*text = "waits for the negotiation that is under way";
		return "hold";
	}
	*text = "is dropped, but starts a negotiation: those that follow are protected";
	return "negotiate";
}

static bool report_packet(struct core *c, struct core_client *client, const char *direction,
			  const struct policy_match *m, const char *action,
			  const struct child_sa *sa, const char *text)
{
	char spi[9];
	struct text t = TEXT_OVER(spi);
	struct record r;

	fill_begin(&r, client, RECORD_WHAT_IF);
	fill_text(&r, WHAT_IF_DIRECTION, direction);
	fill_text(&r, WHAT_IF_ACTION, action);
	if (m->of) {
		const struct connection *conn = m->of->connection;

		fill_name(&r, WHAT_IF_CONNECTION, conn);
		fill_instance(&r, WHAT_IF_INSTANCE, conn);
		fill_text(&r, WHAT_IF_ROUTING, routing_name((enum routing)conn->routing));
		fill_selector(&r, WHAT_IF_OUR_TS, &m->local);
		fill_selector(&r, WHAT_IF_PEER_TS, &m->remote);
	}
	if (sa) {
		text_add(&t, "%08x", direction[0] == 'o' ? sa->spi_out : sa->spi_in);
		fill_u64(&r, WHAT_IF_SERIAL, sa->serial);
		fill_text(&r, WHAT_IF_SPI, spi);
		fill_address(&r, WHAT_IF_PEER, &sa->remote);
	}
	fill_text(&r, WHAT_IF_TEXT, text);
	return fill_finish(&r, c, client);
}

static bool report_out(struct core *c, struct core_client *client, const struct selector *src,
		       const struct selector *dst)
{
	struct policy_match m = policy_of_packet(c, src, dst);
	const struct child_sa *sa = m.of ? carrier(&m) : NULL;
	const char *text = "goes out protected by this SA", *action = "protect";
	char buf[300], name[CONNECTION_TEXT_LEN];
	struct text t = TEXT_OVER(buf);
	struct connection *conn;

	if (m.of && !sa) {
		text = "waits: the policy of this connection has no SA now";
		action = m.is_route ? shunt_action(&m, &text) : "hold";
	}
	if (!m.of) {
		action = "clear";
		conn = connection_of_packet(&c->connections, src, dst);
		if (conn)
			text_add(&t,
				 "goes out in clear: %s would hold it, but is %s; bring it up, or "
				 "route it (ipsec route) so that nothing goes in clear",
				 connection_format(conn, name, sizeof(name)),
				 conn_state_word(conn_state(conn)));
		else
			text_put(&t, "goes out in clear: no connection holds it");
		text = buf;
	}
	return report_packet(c, client, "out", &m, action, sa, text);
}

/* The same selectors turned round: what must come protected and does not is dropped. */
static bool report_in(struct core *c, struct core_client *client, const struct selector *src,
		      const struct selector *dst)
{
	struct policy_match m = policy_of_packet(c, src, dst);
	const struct child_sa *sa = m.of ? carrier(&m) : NULL;
	bool passes = m.of && m.is_route && m.of->shunt == SHUNT_PASS;

	if (!m.of)
		return report_packet(c, client, "in", &m, "clear", NULL,
				     "is taken in clear: no policy asks for more");
	return report_packet(c, client, "in", &m,
			     sa       ? "protect"
			     : passes ? "pass"
				      : "drop",
			     sa,
			     sa       ? "is taken from this SA only; in clear it is dropped"
			     : passes ? "is taken in clear: the connection says so"
				      : "is dropped unless it comes by an SA of this connection");
}

void command_what_if(struct core *c, struct request_run *r)
{
	struct selector src, dst;

	if (!packet_of_request(r->message, &src, &dst)) {
		client_answer(c, r->client, RC_WHACK, PACKET_USAGE);
		return;
	}
	if (report_out(c, r->client, &src, &dst) && report_in(c, r->client, &src, &dst))
		client_finish(c, r->client, RC_OK);
	else
		client_answer(c, r->client, RC_INTERNAL, "a status record could not be made");
}
