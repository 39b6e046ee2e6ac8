/* SPDX-License-Identifier: Apache-2.0 */
/* How a connection is, read off what it has. */
#include "core/state.h"

#include "core/route.h"

static bool is_up(const struct connection *conn)
{
	struct child_sa *child;

	list_each (child, &conn->children, struct child_sa, conn_node)
		if (child->phase == CHILD_ESTABLISHED)
			return true;
	return false;
}

enum conn_state conn_state(const struct connection *conn)
{
	if (is_up(conn))
		return CONN_UP;
	if (conn->kind == CONNECTION_TEMPLATE)
		return CONN_TEMPLATE;
	if (connection_error(conn))
		return CONN_FAILED;
	if (route_is_negotiating(conn) || conn->is_wanted)
		return CONN_CONNECTING;
	return conn->route ? CONN_WAITING : CONN_DOWN;
}

const char *conn_state_word(enum conn_state state)
{
	static const char *const words[CONN_STATES] = {
		[CONN_UP] = "up",
		[CONN_CONNECTING] = "connecting",
		[CONN_FAILED] = "failed",
		[CONN_WAITING] = "waiting",
		[CONN_TEMPLATE] = "template",
		[CONN_DOWN] = "down",
	};

	return words[state];
}

bool conn_retry_in(const struct core *c, const struct connection *conn, uint64_t *sec)
{
	uint64_t when = conn->retry.when_usec;

	if (!conn->retry.index)
		return false;
	*sec = when > c->now_usec ? (when - c->now_usec) / USEC_PER_SEC : 0;
	return true;
}

static void count(struct core_summary *s, const struct connection *conn)
{
	enum conn_state state = conn_state(conn);

	s->up += state == CONN_UP;
	s->connecting += state == CONN_CONNECTING;
	s->failed += state == CONN_FAILED;
}

void core_summary(const struct core *c, struct core_summary *out)
{
	struct connection *conn, *instance;

	*out = (struct core_summary){ .is_listening = c->is_listening };
	list_each (conn, &c->connections.all, struct connection, node) {
		out->loaded++;
		count(out, conn);
		list_each (instance, &conn->instances, struct connection, node)
			count(out, instance);
	}
}

uint64_t core_happened(const struct core *c)
{
	return c->history.next;
}
