/* SPDX-License-Identifier: Apache-2.0 */
/* What will happen by the clock, and the scripts that have not ended, as records. */
#include "core/commands.h"
#include "core/fill.h"
#include "core/liveness.h"
#include "ctl/records.h"

/* USEC_NEVER is no timer. */
static bool report_timer(struct core *c, struct core_client *client, const struct connection *conn,
			 uint32_t serial, const char *what, uint64_t when_usec)
{
	struct record r;

	if (when_usec == USEC_NEVER || !conn)
		return true;
	fill_begin(&r, client, RECORD_TIMER);
	fill_text(&r, TIMER_WHAT, what);
	fill_u64(&r, TIMER_IN,
		 when_usec > c->now_usec ? (when_usec - c->now_usec) / USEC_PER_SEC : 0);
	fill_name(&r, TIMER_CONNECTION, conn);
	fill_instance(&r, TIMER_INSTANCE, conn);
	if (serial)
		fill_u64(&r, TIMER_SERIAL, serial);
	return fill_finish(&r, c, client);
}

bool report_retry(struct core *c, struct core_client *client, struct connection *conn)
{
	return !conn->retry.index ||
	       report_timer(c, client, conn, 0, "EVENT_RETRY", conn->retry.when_usec);
}

bool report_ike_timers(struct core *c, struct core_client *client, struct ike_sa *ike)
{
	bool stands = ike->phase == IKE_ESTABLISHED;
	const struct {
		const char *what;
		uint64_t when_usec;
	} timers[] = {
		{ "EVENT_RETRANSMIT",
		  ike->request.out.wire.data ? ike->request.next_usec : USEC_NEVER },
		{ "EVENT_SA_REPLACE", stands ? ike->rekey_usec : USEC_NEVER },
		{ stands ? "EVENT_SA_EXPIRE" : "EVENT_SA_DISCARD", ike->expires_usec },
		{ "EVENT_LIVENESS", ike->look_usec },
		{ "EVENT_NAT_KEEPALIVE", keepalive_due(c, ike) },
	};
	bool ok = true;

	for (size_t i = 0; i < ARRAY_LEN(timers); i++)
		ok &= report_timer(c, client, ike->connection, ike->serial, timers[i].what,
				   timers[i].when_usec);
	return ok;
}

bool report_child_timers(struct core *c, struct core_client *client, struct child_sa *child)
{
	return report_timer(c, client, child->connection, child->serial, "EVENT_SA_REPLACE",
			    child->rekey_usec) &&
	       report_timer(c, client, child->connection, child->serial, "EVENT_SA_EXPIRE",
			    child->expires_usec);
}

bool report_scripts(struct core *c, struct core_client *client)
{
	const struct updown_job *job;
	struct record r;
	bool ok = true;

	list_each (job, &c->scripts, struct updown_job, asked) {
		fill_begin(&r, client, RECORD_SCRIPT);
		fill_escaped(&r, SCRIPT_CONNECTION, job->connection);
		fill_text(&r, SCRIPT_VERB, job->verb);
		fill_u64(&r, SCRIPT_AGE, (c->now_usec - job->asked_usec) / USEC_PER_SEC);
		ok &= fill_finish(&r, c, client);
	}
	return ok;
}

bool report_fips(struct core *c, struct core_client *client)
{
	struct record r;

	fill_begin(&r, client, RECORD_DAEMON);
	fill_bool(&r, DAEMON_FIPS, c->settings.is_fips);
	return fill_finish(&r, c, client);
}
