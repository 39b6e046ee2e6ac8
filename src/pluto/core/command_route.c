/* SPDX-License-Identifier: Apache-2.0 */
/* ROUTE, UNROUTE and the packet an admin thinks of (--oppohere). */
#include "core/commands.h"
#include "core/route.h"

void command_route(struct core *c, struct request_run *r)
{
	char reason[300] = "", shown[CONNECTION_TEXT_LEN];
	struct connection *conn = r->conn;
	uint64_t id = r->client->id;
	uint32_t code;

	if (conn->route) {
		client_say(c, r->client, LINE_LOG, "%s: is routed already",
			   connection_format(conn, shown, sizeof(shown)));
		client_finish(c, r->client, RC_OK);
		return;
	}
	if (!r->is_async) {
		r->client->waits_for = WAITS_ROUTED;
		r->client->connection = conn;
	}
	code = route_start(c, conn, reason, sizeof(reason));
	command_begun(c, r, id, conn, false, code, reason);
}

void command_unroute(struct core *c, struct request_run *r)
{
	char shown[CONNECTION_TEXT_LEN];

	if (!r->conn->route)
		client_say(c, r->client, LINE_LOG, "%s: is not routed",
			   connection_format(r->conn, shown, sizeof(shown)));
	clients_finish(c, r->conn, WAITS_ROUTED, RC_FATAL);
	route_event(c, r->conn, ROUTING_UNROUTE);
	client_finish(c, r->client, RC_OK);
}

static bool read_number(const struct ctl_message *m, uint16_t id, uint64_t max, uint64_t *out)
{
	struct ctl_attribute a;
	char text[16];

	*out = 0;
	return !ctl_find(m, id, &a) ||
	       (ctl_value_text(&a, text, sizeof(text)) && parse_number(text, 0, max, out));
}

static bool read_side(const struct ctl_message *m, uint16_t address_id, uint16_t port_id,
		      struct selector *out)
{
	struct ctl_attribute a;
	char text[ADDRESS_TEXT_LEN];
	uint64_t protocol, port;

	*out = (struct selector){ .end_port = UINT16_MAX };
	if (!ctl_find(m, address_id, &a) || !ctl_value_text(&a, text, sizeof(text)) ||
	    !address_parse(text, &out->range.start) ||
	    !read_number(m, CTL_ATTR_OPPO_PROTO, UINT8_MAX, &protocol) ||
	    !read_number(m, port_id, UINT16_MAX, &port))
		return false;
	out->range.end = out->range.start;
	out->protocol = (uint8_t)protocol;
	if (port)
		out->start_port = out->end_port = (uint16_t)port;
	return true;
}

void command_acquire(struct core *c, struct request_run *r)
{
	char reason[300] = "";
	struct selector src, dst;
	struct connection *conn;
	uint64_t id = r->client->id;
	uint32_t code;

	if (!read_side(r->message, CTL_ATTR_OPPO_HERE, CTL_ATTR_OPPO_SPORT, &src) ||
	    !read_side(r->message, CTL_ATTR_OPPO_THERE, CTL_ATTR_OPPO_DPORT, &dst) ||
	    src.range.start.family != dst.range.start.family) {
		client_answer(c, r->client, RC_WHACK,
			      "--oppohere and --oppothere need an address each, of one family; "
			      "--oppoproto, --opposport and --oppodport are numbers");
		return;
	}
	conn = route_of_packet(c, &src, &dst);
	if (!conn) {
		client_answer(c, r->client, RC_ROUTE, "no routed connection holds this packet");
		return;
	}
	if (!r->is_async) {
		r->client->waits_for = WAITS_UP;
		r->client->connection = conn;
	}
	code = route_acquire(c, conn, &src, &dst, reason, sizeof(reason));
	command_begun(c, r, id, conn, conn->newest_child != 0, code, reason);
}
