/* SPDX-License-Identifier: Apache-2.0 */
/* ROUTE, UNROUTE and the packet an admin thinks of (--oppohere). */
#include "core/commands.h"
#include "core/packet.h"
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
	if (connection_must_wait(c, conn)) {
		conn->routes_later = true;
		client_say(c, r->client, LINE_LOG, "%s: is routed when it replaces the one before",
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
	opportunistic_unroute(c, r->conn);
	route_event(c, r->conn, ROUTING_UNROUTE);
	client_finish(c, r->client, RC_OK);
}

void command_acquire(struct core *c, struct request_run *r)
{
	char reason[300] = "";
	struct selector src, dst;
	struct connection *conn;
	uint64_t id = r->client->id;
	uint32_t code;

	if (!packet_of_request(r->message, &src, &dst)) {
		client_answer(c, r->client, RC_WHACK, PACKET_USAGE);
		return;
	}
	conn = route_of_packet(c, &src, &dst);
	if (!conn) {
		client_answer(c, r->client, RC_ROUTE, "no routed connection holds this packet");
		return;
	}
	conn = opportunistic_for(c, conn, &dst, reason, sizeof(reason));
	if (!conn) {
		client_answer(c, r->client, RC_ROUTE, "%s", reason);
		return;
	}
	if (!r->is_async) {
		r->client->waits_for = WAITS_UP;
		r->client->connection = conn;
	}
	code = route_acquire(c, conn, &src, &dst, reason, sizeof(reason));
	command_begun(c, r, id, conn, conn->newest_child != 0, code, reason);
}
