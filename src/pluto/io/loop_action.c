/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The core's actions, each by its kind, in the order they came. What has its answer at once (the
 * kernel, cheap work, secrets, addresses) puts it back into the core, whose new actions go behind
 * those that still wait.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cursor.h"
#include "base/duration.h"
#include "audit.h"
#include "log.h"
#include "loop_state.h"
#include "ticket_store.h"

#define EXIT_USEC (2 * USEC_PER_SEC)

/* While actions are carried out the core only gets the event: the outer loop does the rest. */
void loop_event(struct loop *l, struct event *e)
{
	e->now_usec = loop_now();
	e->wall_sec = (uint64_t)time(NULL);
	core_handle(l->core, e, &l->actions);
	if (!l->carrying_out)
		loop_carry_out(l);
}

/* A datagram that was not sent is as good as lost on the way; one line a second tells of it. */
static void do_send(struct loop *l, struct action *a)
{
	char from[ENDPOINT_TEXT_LEN], to[ENDPOINT_TEXT_LEN];
	int err = a->remote.tcp
			  ? tcp_send(l->tcp, a->owner, &a->local, &a->remote, bytes_slice(&a->data))
			  : udp_send(l->udp, &a->local, &a->remote, a->natt, a->is_keepalive,
				     bytes_slice(&a->data));
	uint64_t now;

	if (!err)
		return;
	if (err == -EMSGSIZE && a->owner) {
		struct event e = { .kind = EVENT_TOO_LONG, .owner = a->owner };

		loop_event(l, &e);
	}
	now = loop_now();
	l->send_failures++;
	if (l->send_log_usec && now - l->send_log_usec < USEC_PER_SEC)
		return;
	log_printf(LOG_LEVEL_INFO, "cannot send from %s to %s: %s (%u since the last such line)",
		   endpoint_format(&a->local, from, sizeof(from)),
		   endpoint_format(&a->remote, to, sizeof(to)), strerror(-err), l->send_failures);
	l->send_log_usec = now;
	l->send_failures = 0;
}

/* ESP in TCP: the core knows a connection that we made by its other end alone. */
static void fill_tcp_ports(struct loop *l, struct kernel_batch *b)
{
	for (uint16_t i = 0; i < b->count; i++) {
		struct kernel_state *s = &b->ops[i].state;
		bool out = s->direction == KDIR_OUT;
		struct endpoint local, remote;
		uint16_t port;

		if (b->ops[i].kind != KOP_ADD_STATE || !s->tcp)
			continue;
		local = (struct endpoint){ .address = out ? s->src : s->dst,
					   .port = out ? s->src_port : s->dst_port,
					   .tcp = true };
		remote = (struct endpoint){ .address = out ? s->dst : s->src,
					    .port = out ? s->dst_port : s->src_port,
					    .tcp = true };
		port = tcp_esp_port(l->tcp, &local, &remote);
		s->src_port = out ? port : remote.port;
		s->dst_port = out ? remote.port : port;
	}
}

static void do_kernel(struct loop *l, struct action *a)
{
	struct event e = {
		.kind = EVENT_KERNEL_DONE, .batch = a->batch, .owner = a->owner, .ticket = a->ticket
	};

	a->batch = NULL;
	fill_tcp_ports(l, e.batch);
	l->settings.kernel->run(l->settings.kernel, e.batch);
	loop_event(l, &e);
}

static void do_work(struct loop *l, struct action *a)
{
	struct event e = { .kind = EVENT_WORK_DONE, .work = a->work };

	a->work = NULL;
	if (e.work->kind == WORK_FETCH && workers_submit(l->fetchers, e.work))
		return;
	if (work_is_slow(e.work) && l->workers) {
		if (workers_submit(l->workers, e.work))
			return;
		/* an overload: the item comes back undone, which its verdict says */
		e.work->verdict = VERDICT_FAIL;
	} else {
		work_run(e.work, l->keystore);
	}
	e.owner = e.work->owner;
	e.ticket = e.work->ticket;
	loop_event(l, &e);
}

static const char *as_text(char *out, size_t size, const struct bytes *b)
{
	snprintf(out, size, "%.*s", (int)b->len, b->len ? (const char *)b->data : "");
	return out;
}

static void do_log(const struct action *a)
{
	char text[LOG_LINE_LEN], name[160];

	log_about((enum log_level)a->level, as_text(name, sizeof(name), &a->name),
		  (uint32_t)a->owner, as_text(text, sizeof(text), &a->data));
}

static void do_load_cert(struct loop *l, const struct action *a)
{
	char name[512];

	snprintf(name, sizeof(name), "%.*s", (int)a->data.len,
		 a->data.len ? (const char *)a->data.data : "");
	loop_load_cert(l, name);
}

static bool is_chosen(const struct loop *l, const struct address *a)
{
	for (size_t i = 0; i < l->settings.listen_count; i++)
		if (address_eq(a, &l->settings.listen[i]))
			return true;
	return l->settings.listen_count == 0;
}

static void listen_on(struct loop *l, const struct address *addresses, size_t count)
{
	udp_listen(l->udp, addresses, count);
	tcp_listen(l->tcp, addresses, count);
}

/* Our addresses that IKE may be spoken on; false: they cannot be listed. */
static bool own_addresses(struct loop *l, struct address *out, size_t max, size_t *kept)
{
	int count = ifaces_list(out, max);

	*kept = 0;
	if (count < 0)
		log_printf(LOG_LEVEL_ERROR, "cannot list our addresses: %s", strerror(-count));
	for (int i = 0; i < count; i++)
		if (is_chosen(l, &out[i]))
			out[(*kept)++] = out[i];
	return count >= 0;
}

void loop_addresses(struct loop *l)
{
	struct address all[UDP_ADDRESSES_MAX];
	struct event e = { .kind = EVENT_ADDRESSES, .addresses = all };

	if (l->listening)
		loop_listen(l);
	else if (own_addresses(l, all, ARRAY_LEN(all), &e.address_count))
		loop_event(l, &e);
}

void loop_listen(struct loop *l)
{
	struct address all[UDP_ADDRESSES_MAX], no_natt[UDP_ADDRESSES_MAX];
	struct event e = { .kind = EVENT_ADDRESSES, .listening = true };
	struct kernel_backend *k = l->settings.kernel;
	bool is_first = !l->listening;
	size_t kept;

	if (own_addresses(l, all, ARRAY_LEN(all), &kept))
		listen_on(l, all, kept);
	l->listening = true;
	e.addresses = udp_addresses(l->udp, &e.address_count);
	e.no_natt = no_natt;
	for (size_t i = 0; i < e.address_count; i++)
		if (!udp_has_natt(l->udp, i))
			no_natt[e.no_natt_count++] = e.addresses[i];
	loop_event(l, &e);
	/* whoever loads connections has routed them by now */
	if (is_first && k->settle)
		k->settle(k);
}

/* Which interface has the address is the kernel's to say, and may change from run to run. */
static void put_interface(struct updown_job *j)
{
	char name[IFACES_NAME_LEN];

	if (!ifaces_name(&j->local, name))
		return;
	for (; j; j = j->next)
		updown_job_env(j, "PLUTO_INTERFACE", "%s", name);
}

static void do_updown(struct loop *l, struct action *a)
{
	struct updown_job *j = a->job;

	a->job = NULL;
	put_interface(j);
	updown_submit(l->updown, j);
}

static void do_ports(struct loop *l, const struct action *a)
{
	uint16_t ports[UDP_PORTS_MAX];
	struct cursor c = cursor_of(bytes_slice(&a->data));
	size_t count = 0;

	while (count < ARRAY_LEN(ports) && cursor_left(&c) > 0 &&
	       cursor_u16(&c, "port", &ports[count]))
		count++;
	udp_ports(l->udp, ports, count);
}

static void do_source(struct loop *l, struct action *a)
{
	struct event e = { .kind = EVENT_SOURCE, .owner = a->owner };

	if (ifaces_source(&a->remote, &e.local.address) < 0)
		e.local.address = (struct address){ 0 };
	loop_event(l, &e);
}

/* What could not be stored is lost with us: said once. */
static void do_tickets(struct loop *l, struct action *a)
{
	struct error e = { 0 };

	if (!l->settings.statedir ||
	    ticket_store_write(l->settings.statedir, bytes_slice(&a->data), a->is_whole, &e))
		return;
	if (!l->told_tickets)
		log_printf(LOG_LEVEL_WARNING, "tickets will not outlive pluto: %s", e.text);
	l->told_tickets = true;
}

static void do_action(struct loop *l, struct action *a)
{
	switch ((enum action_kind)a->kind) {
	case ACTION_SEND:
		do_send(l, a);
		break;
	case ACTION_KERNEL:
		do_kernel(l, a);
		break;
	case ACTION_WORK:
		do_work(l, a);
		break;
	case ACTION_UPDOWN:
		do_updown(l, a);
		break;
	case ACTION_REPORT:
		control_report(l->control, a->client, bytes_slice(&a->data));
		break;
	case ACTION_MORE:
		control_more(l->control, a->client);
		break;
	case ACTION_CLOSE_CLIENT:
		control_close_client(l->control, a->client);
		break;
	case ACTION_LOG:
		do_log(a);
		break;
	case ACTION_EVENT:
		audit_event(l->settings.audit, bytes_slice(&a->data));
		break;
	case ACTION_PORTS:
		do_ports(l, a);
		break;
	case ACTION_SOURCE:
		do_source(l, a);
		break;
	case ACTION_LISTEN:
		updown_ask_again(l->updown);
		loop_listen(l);
		break;
	case ACTION_RESOLVE:
		resolver_submit(l->resolver, a->resolve);
		a->resolve = NULL;
		break;
	case ACTION_UNLISTEN:
		l->listening = false;
		listen_on(l, NULL, 0);
		break;
	case ACTION_REREAD_SECRETS:
		loop_load_credentials(l);
		break;
	case ACTION_TICKETS:
		do_tickets(l, a);
		break;
	case ACTION_LOAD_CERT:
		do_load_cert(l, a);
		break;
	case ACTION_READ_GROUP:
		loop_read_group(l, a);
		break;
	case ACTION_KEEP:
		loop_keep(l, bytes_slice(&a->data));
		break;
	case ACTION_EXIT:
		l->exiting = true;
		l->leaves = a->leaves;
		l->exit_by_usec = loop_now() + EXIT_USEC;
		break;
	}
}

void loop_try_exit(struct loop *l)
{
	if (l->exiting && (updown_pending(l->updown) == 0 || loop_now() >= l->exit_by_usec))
		poller_stop(l->poller);
}

void loop_carry_out(struct loop *l)
{
	struct action *a;

	l->carrying_out = true;
	while ((a = actions_take(&l->actions))) {
		do_action(l, a);
		action_free(a);
	}
	l->carrying_out = false;
	loop_try_exit(l);
}
