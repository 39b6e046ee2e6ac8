/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loop's life: everything that gives events is made here, in the order it depends on one
 * another, and taken down in reverse.
 */
#include "loop.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/duration.h"
#include "ctl/verbs.h"
#include "log.h"
#include "loop_state.h"
#include "notify.h"

#define RESCAN_USEC (200 * USEC_PER_MSEC)
#define FETCHERS 4
#define INTERNAL_CLIENT UINT64_MAX /* no client of the socket ever has this number */

static void on_packet(void *context, const struct udp_packet *p)
{
	struct event e = { .kind = EVENT_PACKET,
			   .local = p->local,
			   .remote = p->remote,
			   .datagram = p->datagram,
			   .natt = p->natt };

	loop_event(context, &e);
}

static void on_frame(void *context, uint64_t client, uint8_t role, struct slice frame)
{
	struct event e = { .kind = EVENT_COMMAND, .client = client, .role = role, .frame = frame };

	loop_event(context, &e);
}

static void on_gone(void *context, uint64_t client)
{
	struct event e = { .kind = EVENT_CLIENT_GONE, .client = client };

	loop_event(context, &e);
}

static void on_ready(void *context, uint64_t client)
{
	struct event e = { .kind = EVENT_CLIENT_READY, .client = client };

	loop_event(context, &e);
}

static void on_work(void *context, struct work *w)
{
	struct event e = {
		.kind = EVENT_WORK_DONE, .work = w, .owner = w->owner, .ticket = w->ticket
	};

	loop_event(context, &e);
}

static void on_stream_lost(void *context, uint64_t owner)
{
	struct event e = { .kind = EVENT_STREAM_LOST, .owner = owner };

	loop_event(context, &e);
}

static bool is_needed(void *context, uint64_t owner)
{
	const struct loop *l = context;

	return core_is_established(l->core, owner);
}

static void on_updown(void *context, struct updown_job *j)
{
	struct event e = {
		.kind = EVENT_UPDOWN_DONE, .job = j, .owner = j->owner, .ticket = j->ticket
	};

	loop_event(context, &e);
}

static void on_updown_line(void *context, const struct updown_job *j, const char *text)
{
	(void)context;
	log_printf(LOG_LEVEL_INFO, "\"%s\": %s output: %s", j->connection, j->verb, text);
}

static void on_resolved(void *context, struct resolve_job *job)
{
	struct event e = { .kind = EVENT_RESOLVED, .resolve = job };

	loop_event(context, &e);
}

/* A storm of changes is one change, a moment later. */
static void on_address_change(void *context)
{
	struct loop *l = context;

	if (l->rescan_usec == USEC_NEVER)
		l->rescan_usec = loop_now() + RESCAN_USEC;
}

static unsigned thread_count(int helpers)
{
	long cpus;

	if (helpers >= 0)
		return (unsigned)helpers;
	cpus = sysconf(_SC_NPROCESSORS_ONLN);
	return cpus > 2 ? (unsigned)cpus - 1 : 1;
}

static bool make_workers(struct loop *l, struct error *e)
{
	unsigned threads = thread_count(l->settings.helpers);

	l->fetchers = workers_new(l->poller, l->keystore, FETCHERS, fetch_run, on_work, l);
	if (!l->fetchers)
		return error_set(e, "cannot start threads for fetching");
	trust_configure(keystore_trust(l->keystore), &l->settings.revocation);
	if (threads == 0)
		return true;
	l->workers = workers_new(l->poller, l->keystore, threads, work_run, on_work, l);
	return l->workers || error_set(e, "cannot start worker threads");
}

static bool make_parts(struct loop *l, struct error *e)
{
	struct control_calls control = {
		.frame = on_frame, .gone = on_gone, .ready = on_ready, .context = l
	};
	const struct udp_settings udp = { .ike_port = l->settings.core.ike_port,
					  .natt_port = l->settings.core.natt_port,
					  .tuning = l->settings.udp };
	struct updown_calls updown = { .done = on_updown, .line = on_updown_line, .context = l };

	l->poller = poller_new();
	l->keystore = keystore_new();
	l->core = core_new(&l->settings.core);
	if (!l->poller || !l->keystore || !l->core)
		return error_set(e, "out of memory");
	l->udp = udp_new(l->poller, l->settings.kernel, &udp, on_packet, l);
	l->updown = updown_new(l->poller, l->settings.spawner_fd, l->settings.updown_script,
			       l->settings.dns_resolver, &updown);
	l->tcp = tcp_new(l->poller, l->settings.kernel, l->settings.tcp_port, on_packet,
			 on_stream_lost, is_needed, l);
	if (!l->udp || !l->tcp || !l->updown)
		return error_set(e, "out of memory");
	l->ifaces = ifaces_new(l->poller, on_address_change, l);
	l->resolver = resolver_new(l->poller, on_resolved, l);
	if (!l->resolver)
		return error_set(e, "out of memory");
	if (!l->ifaces)
		return error_set(e, "cannot watch our addresses: no netlink");
	if (!make_workers(l, e))
		return false;
	l->control = control_new(l->poller, l->settings.control_path, l->settings.control_group,
				 l->settings.control_readers, &control, e);
	return l->control && loop_clock_init(l, e) && loop_kernel_init(l, e);
}

struct loop *loop_new(const struct loop_settings *s, struct error *e)
{
	struct loop *l = calloc(1, sizeof(*l));

	if (!l) {
		error_set(e, "out of memory");
		return NULL;
	}
	l->settings = *s;
	l->timer_fd = l->signal_fd = -1;
	actions_init(&l->actions);
	if (make_parts(l, e))
		return l;
	loop_free(l);
	return NULL;
}

/* The command line's debug words go the way of whack's. */
static void set_debug(struct loop *l)
{
	uint8_t buf[1024];
	struct ctl_builder b = ctl_request(buf, sizeof(buf), 1, VERB_DEBUG);
	struct slice frame;

	ctl_put_text(&b, CTL_ATTR_DEBUG, 0, l->settings.debug);
	if (ctl_finish(&b, &frame))
		on_frame(l, INTERNAL_CLIENT, ROLE_OWN, frame);
}

int loop_run(struct loop *l, void (*ready)(void *context), void *context)
{
	if (l->settings.debug)
		set_debug(l);
	loop_addresses(l);
	loop_adopt(l);
	loop_arm(l);
	if (ready)
		ready(context);
	notify_send("READY=1");
	loop_tell_status(l);
	poller_run(l->poller);
	return l->status;
}

bool loop_leaves(const struct loop *l)
{
	return l->leaves;
}

void loop_free(struct loop *l)
{
	struct action *a;

	if (!l)
		return;
	while ((a = actions_take(&l->actions)))
		action_free(a);
	loop_clock_fini(l);
	watch_free(l->kernel_watch);
	workers_free(l->workers);
	workers_free(l->fetchers);
	control_free(l->control);
	ifaces_free(l->ifaces);
	resolver_free(l->resolver);
	updown_free(l->updown);
	tcp_free(l->tcp);
	udp_free(l->udp);
	core_free(l->core);
	keystore_free(l->keystore);
	poller_free(l->poller);
	free(l);
}
