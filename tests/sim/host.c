/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Worlds and their hosts: the queue of events in virtual time, and what becomes of the actions of a
 * core. Kernel, scripts and work answer by events, at once or after the delay a scenario sets.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

#define START_USEC (1000 * USEC_PER_SEC)
#define EVENTS_MAX 400000u

void sim_fail(struct sim *s, const char *format, ...)
{
	va_list ap;
	int n;

	if (s->failed)
		return;
	s->failed = true;
	n = snprintf(s->why, sizeof(s->why),
		     "at %.3f s: ", (double)(s->now_usec - START_USEC) / 1e6);
	va_start(ap, format);
	vsnprintf(s->why + n, sizeof(s->why) - (size_t)n, format, ap);
	va_end(ap);
}

static void host_init(struct sim *s, int i, const struct core_settings *settings)
{
	static const char *const names[HOSTS] = { "west", "east", "north" };
	static const char *const addresses[HOSTS] = { "192.0.2.1", "192.0.2.2", "192.0.2.3" };
	struct host *h = &s->hosts[i];

	h->name = names[i];
	h->settings = *settings;
	h->settings.keeps = true;
	h->core = core_new(&h->settings);
	h->keystore = keystore_new();
	h->work_delay_usec = USEC_PER_MSEC;
	if (!h->core || !h->keystore || !address_parse(addresses[i], &h->address))
		sim_fail(s, "the host cannot be made");
	h->addresses[0] = h->address;
	h->address_count = 1;
}

struct sim *sim_new(uint64_t seed, const struct core_settings *settings)
{
	struct sim *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	s->seed = seed;
	s->now_usec = START_USEC;
	s->rng.state = seed * 0x2545f4914f6cdd1du + 1;
	rand_seed(seed);
	s->net.latency_usec = 10 * USEC_PER_MSEC;
	for (int i = 0; i < HOSTS; i++)
		host_init(s, i, settings);
	return s;
}

static void pending_free(struct pending *p)
{
	bytes_free(&p->data);
	if (p->event.batch)
		kernel_batch_free(p->event.batch);
	free(p->event.batch);
	work_free(p->event.work);
	updown_job_free(p->event.job);
	free(p->event.resolve);
	free(p);
}

void sim_free(struct sim *s)
{
	while (s->queue) {
		struct pending *p = s->queue;

		s->queue = p->next;
		pending_free(p);
	}
	for (int i = 0; i < HOSTS; i++) {
		core_free(s->hosts[i].core);
		keystore_free(s->hosts[i].keystore);
		bytes_free(&s->hosts[i].kept);
	}
	net_free(&s->net);
	free(s);
}

struct pending *sim_post(struct sim *s, uint8_t host, uint8_t kind, uint64_t delay_usec)
{
	struct pending *p = calloc(1, sizeof(*p)), **at = &s->queue;

	if (!p)
		abort();
	p->host = host;
	p->when_usec = s->now_usec + delay_usec;
	p->event.kind = kind;
	/* Of equal times the earlier post goes first. */
	while (*at && (*at)->when_usec <= p->when_usec)
		at = &(*at)->next;
	p->next = *at;
	*at = p;
	return p;
}

static void remember_mac(struct sim *s, struct host *h, const struct work *w)
{
	struct mac_record *m = &h->macs[h->mac_count];

	if (h->mac_count == MACS) {
		sim_fail(s, "too many AUTH computations for the record");
		return;
	}
	h->mac_count++;
	*m = (struct mac_record){ .owner = w->owner };
	memcpy(m->mac, w->mac, sizeof(m->mac));
	/* of a signature: what it is over */
	for (int i = 0; i < 2 && w->kind != WORK_PSK_MAC; i++) {
		struct slice octets = bytes_slice(&w->octets[i]);

		memset(m->mac[i], 0, sizeof(m->mac[i]));
		digest_sha256(&octets, 1, m->mac[i]);
	}
	for (int i = 0; i < 2; i++)
		m->has[i] = w->octets[i].len > 0 && w->verdict == VERDICT_OK;
}

static void do_work(struct sim *s, uint8_t host, struct action *a)
{
	struct host *h = &s->hosts[host];
	bool slow = work_is_slow(a->work);
	struct pending *p;

	work_run(a->work, h->keystore);
	h->shared_secrets += a->work->kind == WORK_KE_SHARED;
	if (a->work->kind == WORK_PSK_MAC || a->work->kind == WORK_SIGN ||
	    a->work->kind == WORK_VERIFY)
		remember_mac(s, h, a->work);
	p = sim_post(s, host, EVENT_WORK_DONE, slow ? h->work_delay_usec : h->mac_delay_usec);
	p->event.work = a->work;
	a->work = NULL;
}

/* Names are "west", "east", "north", and "gw" for the last two; routes and interfaces lead to the
 * host's own address. */
static void resolve_name(struct sim *s, uint8_t host, struct resolve_job *j, const char *name)
{
	struct address *out = &j->addresses[j->count];

	if (address_parse(name, out)) {
		j->count++;
		return;
	}
	for (int i = 0; i < HOSTS && !s->hosts[host].no_names; i++)
		if (strcmp(name, s->hosts[i].name) == 0 || (strcmp(name, "gw") == 0 && i > WEST))
			j->addresses[j->count++] = s->hosts[host].renamed.family
							   ? s->hosts[host].renamed
							   : s->hosts[i].address;
}

static void do_resolve(struct sim *s, uint8_t host, struct action *a)
{
	struct resolve_job *j = a->resolve;
	struct pending *p = sim_post(s, host, EVENT_RESOLVED,
				     j->kind == HOST_NAME ? s->hosts[host].resolve_delay_usec : 0);
	const char *list = j->name;
	char one[HOST_TEXT_LEN];

	if (j->kind != HOST_NAME && s->hosts[host].address_count)
		j->addresses[j->count++] = s->hosts[host].addresses[0];
	while (j->kind == HOST_NAME && j->count < HOSTS && host_list_next(&list, one))
		resolve_name(s, host, j, one);
	j->ok = j->count > 0;
	if (!j->ok)
		text_copy(j->error, sizeof(j->error), "there is no such name");
	p->event.resolve = j;
	a->resolve = NULL;
}

/* Every host has one file, whatever the group's name. */
static void read_group(struct sim *s, uint8_t host, struct action *a)
{
	struct pending *p = sim_post(s, host, EVENT_GROUP, 0);
	const char *text = s->hosts[host].group_file ? s->hosts[host].group_file : "";

	snprintf(p->group, sizeof(p->group), "%.*s", (int)a->data.len, (char *)a->data.data);
	p->event.text = p->group;
	p->event.ok = strcmp(text, "EACCES") != 0;
	if (!bytes_copy(slice_str(text), &p->data))
		sim_fail(s, "out of memory");
}

static void do_kernel(struct sim *s, uint8_t host, struct action *a)
{
	struct pending *p;

	mock_run(s, host, a->owner, a->batch);
	p = sim_post(s, host, EVENT_KERNEL_DONE, s->hosts[host].kernel.delay_usec);
	p->event.batch = a->batch;
	p->event.owner = a->owner;
	p->event.ticket = a->ticket;
	a->batch = NULL;
}

static void do_updown(struct sim *s, uint8_t host, struct action *a)
{
	struct updown_mock *u = &s->hosts[host].updown;
	struct pending *p;
	size_t len = strlen(u->ran);
	char word[32];

	text_copy(word, sizeof(word), a->job->verb);
	word[strcspn(word, "-")] = 0;
	snprintf(u->ran + len, sizeof(u->ran) - len, "%s ", word);
	a->job->status = 0;
	if (strcmp(word, u->fail_verb) == 0)
		a->job->status = u->fail_status;
	if (u->fail_percent && prng_chance(&s->rng, u->fail_percent))
		a->job->status = 1;
	if (u->lane_free_usec < s->now_usec)
		u->lane_free_usec = s->now_usec;
	u->lane_free_usec += u->delay_usec;
	p = sim_post(s, host, EVENT_UPDOWN_DONE, u->lane_free_usec - s->now_usec);
	p->event.job = a->job;
	a->job = NULL;
}

/* What the core never got to know of, the backend removes by its journal when it is closed. */
static void take_back(struct sim *s, uint8_t host)
{
	for (struct pending *p = s->queue; p; p = p->next)
		if (p->host == host && p->event.kind == EVENT_KERNEL_DONE && p->event.ticket)
			mock_undo(&s->hosts[host].kernel, p->event.batch);
}

static void do_log(struct sim *s, uint8_t host, struct slice line)
{
	char text[1100];

	snprintf(text, sizeof(text), "%.*s", (int)line.len, (const char *)line.data);
	check_log(s, host, text);
}

static void do_tickets(struct sim *s, struct host *h, const struct action *a)
{
	if (a->is_whole)
		h->ticket_len = 0;
	if (h->ticket_len + a->data.len > sizeof(h->tickets)) {
		sim_fail(s, "too many records of tickets");
		return;
	}
	memcpy(h->tickets + h->ticket_len, a->data.data, a->data.len);
	h->ticket_len += a->data.len;
}

static void do_action(struct sim *s, uint8_t host, struct action *a)
{
	struct pending *p;
	struct host *h = &s->hosts[host];

	switch ((enum action_kind)a->kind) {
	case ACTION_SEND:
		net_send(s, host, a);
		break;
	case ACTION_KERNEL:
		do_kernel(s, host, a);
		break;
	case ACTION_WORK:
		do_work(s, host, a);
		break;
	case ACTION_UPDOWN:
		do_updown(s, host, a);
		break;
	case ACTION_REPORT:
	case ACTION_CLOSE_CLIENT:
		client_report(s, host, a);
		break;
	case ACTION_MORE:
		client_more(s, host, a->client);
		break;
	case ACTION_EVENT:
		break;
	case ACTION_LOG:
		do_log(s, host, bytes_slice(&a->data));
		break;
	case ACTION_PORTS:
		break;
	case ACTION_SOURCE:
		p = sim_post(s, host, EVENT_SOURCE, 0);
		p->event.owner = a->owner;
		if (h->address_count)
			p->event.local.address = h->addresses[0];
		break;
	case ACTION_LISTEN:
		sim_post(s, host, EVENT_ADDRESSES, 0);
		h->is_listening = true;
		break;
	case ACTION_RESOLVE:
		do_resolve(s, host, a);
		break;
	case ACTION_UNLISTEN:
		h->is_listening = false;
		break;
	case ACTION_REREAD_SECRETS:
		sim_post(s, host, EVENT_SECRETS_LOADED, 0);
		break;
	case ACTION_TICKETS:
		do_tickets(s, h, a);
		break;
	case ACTION_LOAD_CERT:
		break;
	case ACTION_READ_GROUP:
		read_group(s, host, a);
		break;
	case ACTION_KEEP:
		restart_keep(s, host, bytes_slice(&a->data));
		break;
	case ACTION_EXIT:
		h->has_exited = true;
		h->has_left = a->leaves;
		if (!a->leaves)
			take_back(s, host);
		break;
	}
}

static void handle(struct sim *s, uint8_t host, struct event *e)
{
	struct host *h = &s->hosts[host];
	struct actions actions;
	struct action *a;

	if (h->has_exited)
		return;
	actions_init(&actions);
	if (h->cookie_lies)
		h->core->cookie_version += 2;
	e->now_usec = s->now_usec;
	e->wall_sec = WALL_SEC + (uint64_t)s->wall_step_sec +
		      (s->now_usec - START_USEC) / USEC_PER_SEC;
	memory_ration(&h->memory_at);
	core_handle(h->core, e, &actions);
	memory_ration(NULL);
	if (e->kind == EVENT_ADOPT)
		restart_adopted(s, host);
	s->events++;
	while ((a = actions_take(&actions))) {
		if (h->kill_at && --h->kill_at == 0)
			h->is_killed = true;
		if (!h->is_killed)
			do_action(s, host, a);
		action_free(a);
	}
	if (h->is_killed) {
		restart_kill(s, host);
		return;
	}
	check_event(s, host);
	if (s->events > EVENTS_MAX)
		sim_fail(s, "no end of events");
}

static void deliver(struct sim *s, struct pending *p)
{
	struct host *h = &s->hosts[p->host];
	struct event *e = &p->event;

	if (e->kind == EVENT_ESP) {
		flow_arrive(s, p->host, e);
		return;
	}
	if (e->kind == EVENT_PACKET) {
		if (!h->is_listening)
			return;
		e->datagram = bytes_slice(&p->data);
	} else if (e->kind == EVENT_GROUP) {
		e->datagram = bytes_slice(&p->data);
		e->text = p->group;
	} else if (e->kind == EVENT_ADOPT) {
		e->datagram = bytes_slice(&p->data);
	} else if (e->kind == EVENT_COMMAND) {
		e->frame = bytes_slice(&p->data);
	} else if (e->kind == EVENT_ADDRESSES) {
		e->addresses = h->addresses;
		e->address_count = h->address_count;
		e->listening = h->is_listening;
	} else if (e->kind == EVENT_SECRETS_LOADED) {
		e->ok = !h->reread_fails;
		e->text = h->reread_fails ? "ipsec.secrets:1: bad line" : "loaded secrets";
		if (trust_ca_hashes(keystore_trust(h->keystore), NULL, 8, &p->data))
			e->ca_hashes = bytes_slice(&p->data);
	}
	if (h->has_exited)
		return;
	handle(s, p->host, e);
	if (e->kind == EVENT_ADDRESSES && e->listening)
		restart_settle(s, p->host);
	/* owned by the core from there on */
	e->batch = NULL;
	e->work = NULL;
	e->job = NULL;
	e->resolve = NULL;
}

#define FLOW_DUE HOSTS

/* The host whose timer is due first, when that is before the next event and until. */
static int timer_first(const struct sim *s, uint64_t until_usec, uint64_t *when)
{
	int first = -1;

	*when = until_usec;
	if (s->queue && s->queue->when_usec < *when)
		*when = s->queue->when_usec;
	if (s->flow.interval_usec && s->flow.next_usec < *when) {
		*when = s->flow.next_usec;
		first = FLOW_DUE;
	}
	for (int i = 0; i < HOSTS; i++) {
		uint64_t due = s->hosts[i].has_exited ? USEC_NEVER
						      : core_deadline(s->hosts[i].core);

		if (due < *when) {
			*when = due;
			first = i;
		}
	}
	return first;
}

bool sim_next(struct sim *s, uint64_t until_usec)
{
	uint64_t when;
	int host = timer_first(s, until_usec, &when);
	struct pending *p = s->queue;

	if (s->failed)
		return false;
	if (host == FLOW_DUE) {
		if (when > s->now_usec)
			s->now_usec = when;
		flow_send(s);
		return true;
	}
	if (host >= 0) {
		struct event e = { .kind = EVENT_TIMER };

		if (when > s->now_usec)
			s->now_usec = when;
		handle(s, (uint8_t)host, &e);
		return true;
	}
	if (!p || p->when_usec > until_usec)
		return false;
	s->queue = p->next;
	s->now_usec = p->when_usec;
	deliver(s, p);
	pending_free(p);
	return true;
}

void sim_run(struct sim *s, uint64_t usec)
{
	uint64_t until = s->now_usec + usec;

	while (sim_next(s, until))
		;
	if (!s->failed)
		s->now_usec = until;
}

/* A child that is being made, replaced or deleted, or not yet used both ways. */
static bool has_work(const struct ike_sa *ike)
{
	for (const struct list *n = ike->children.next; n != &ike->children; n = n->next) {
		const struct child_sa *child =
			(const struct child_sa *)((const char *)n -
						  offsetof(struct child_sa, node));

		if (child->phase != CHILD_ESTABLISHED || !child->has_out)
			return true;
	}
	return false;
}

static bool is_busy(const struct host *h)
{
	const struct list *n;

	if (h->has_exited)
		return false;
	if (heap_first(&h->core->lingering))
		return true;
	for (n = h->core->ike_sas.next; n != &h->core->ike_sas; n = n->next) {
		const struct ike_sa *ike =
			(const struct ike_sa *)((const char *)n - offsetof(struct ike_sa, node));

		if (ike->phase != IKE_ESTABLISHED || ike->ours.row || ike->theirs.row ||
		    ike->request.out.wire.data || !list_is_empty(&ike->wants) || has_work(ike))
			return true;
	}
	return false;
}

bool sim_rest(struct sim *s, uint64_t limit_usec)
{
	uint64_t until = s->now_usec + limit_usec;

	for (;;) {
		bool busy = s->queue != NULL;

		for (int i = 0; i < HOSTS; i++)
			busy |= is_busy(&s->hosts[i]);
		if (!busy)
			return true;
		if (!sim_next(s, until))
			return false;
	}
}

void sim_forget_events(struct sim *s, uint8_t host)
{
	struct pending **at = &s->queue;

	while (*at) {
		struct pending *p = *at;

		if (p->host != host || p->event.kind == EVENT_PACKET) {
			at = &p->next;
			continue;
		}
		*at = p->next;
		pending_free(p);
	}
}

void host_crash(struct sim *s, uint8_t host)
{
	struct host *h = &s->hosts[host];

	core_free(h->core);
	sim_forget_events(s, host);
	h->settings.tickets = slice(h->tickets, h->ticket_len);
	bytes_free(&h->kept);
	h->core = core_new(&h->settings);
	if (!h->core)
		sim_fail(s, "the host cannot be made anew");
	h->kernel.state_count = h->kernel.policy_count = 0;
	h->is_listening = false;
	for (size_t i = 0; i < h->client_count; i++)
		h->clients[i].gone = true;
	for (size_t i = 0; i < h->track_count; i++) {
		h->tracks[i].is_gone = true;
		text_copy(h->tracks[i].reason, sizeof(h->tracks[i].reason), "crashed");
	}
}

bool host_add_secret(struct host *h, const char *ids, const char *name, const char *value)
{
	struct identity list[4] = { 0 };
	struct psk_entry e = { .ids = list,
			       .value = slice_str(value),
			       .origin = "ipsec.secrets:1" };
	struct ppk_entry ppk = { .ids = list,
				 .value = slice_str(value),
				 .origin = "ipsec.secrets:1" };
	char words[200], *word, *save = NULL;
	struct error error = { 0 };
	bool ok = true;

	text_copy(words, sizeof(words), ids);
	for (word = strtok_r(words, " ", &save); word && e.count < ARRAY_LEN(list);
	     word = strtok_r(NULL, " ", &save))
		ok = ok && identity_parse(word, &list[e.count++], &error);
	if (name) {
		ppk.count = e.count;
		ppk.name = slice_str(name);
		ok = ok && keystore_add_ppk(h->keystore, &ppk);
	} else {
		ok = ok && keystore_add_psk(h->keystore, &e);
	}
	for (size_t i = 0; i < e.count; i++)
		identity_free(&list[i]);
	return ok;
}

bool host_add_psk(struct host *h, const char *ids, const char *value)
{
	return host_add_secret(h, ids, NULL, value);
}
