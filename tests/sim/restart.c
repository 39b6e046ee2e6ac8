/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hot restart: the file of what is kept, the death of a host between any two of its actions, and the
 * next one, which finds the kernel as it was left. The steps of scenarios about it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/keep.h"
#include "scenario.h"

#define NET_ENDS \
	"--psk --encrypt --host=192.0.2.1 --client=10.1.0.0/16 --to --host=192.0.2.2 --client=10.2.0.0/16"

void restart_keep(struct sim *s, uint8_t host, struct slice entries)
{
	struct host *h = &s->hosts[host];
	bool is_reset = entries.len == 0 || entries.data[0] == KEEP_RESET;
	struct bytes all;

	if (is_reset)
		bytes_free(&h->kept);
	if (!bytes_alloc(h->kept.len + entries.len, &all))
		abort();
	if (h->kept.len)
		memcpy(all.data, h->kept.data, h->kept.len);
	if (entries.len)
		memcpy(all.data + h->kept.len, entries.data, entries.len);
	bytes_free(&h->kept);
	h->kept = all;
}

void restart_kill(struct sim *s, uint8_t host)
{
	struct host *h = &s->hosts[host];

	core_free(h->core);
	h->core = NULL;
	h->has_exited = h->is_killed = true;
	sim_forget_events(s, host);
	h->is_listening = false;
	for (size_t i = 0; i < h->client_count; i++)
		h->clients[i].gone = true;
}

static void orphan_all(struct mock_kernel *k)
{
	for (size_t i = 0; i < k->state_count; i++)
		k->states[i].is_orphan = true;
	for (size_t i = 0; i < k->policy_count; i++)
		k->orphans[i] = true;
	for (size_t i = 0; i < k->iface_count; i++)
		k->iface_orphans[i] = true;
}

/* What was not kept is gone, and the peer does not know. A request whose answer was at work counts as
 * under way: it is sent again as it was. */
static void lose_others(struct host *h)
{
	for (size_t i = 0; i < h->track_count; i++) {
		struct track *t = &h->tracks[i];
		struct ike_sa *ike = ike_by_spi(h->core, t->spi);

		if (ike && ike->request.out.wire.data &&
		    t->next_message_id == ike->next_message_id + 1)
			t->next_message_id--;
		if (t->is_gone || ike)
			continue;
		t->is_gone = true;
		text_copy(t->reason, sizeof(t->reason), "crashed");
	}
}

void restart_adopted(struct sim *s, uint8_t host)
{
	lose_others(&s->hosts[host]);
}

void restart_start(struct sim *s, uint8_t host)
{
	struct host *h = &s->hosts[host];
	struct pending *p;

	if (h->core)
		core_free(h->core);
	h->core = core_new(&h->settings);
	if (!h->core)
		sim_fail(s, "the host cannot be made anew");
	orphan_all(&h->kernel);
	h->adopts = true;
	h->has_exited = h->has_left = h->is_killed = false;
	h->kill_at = 0;
	h->is_listening = false;
	sim_post(s, host, EVENT_ADDRESSES, 0);
	p = sim_post(s, host, EVENT_ADOPT, 0);
	bytes_copy(bytes_slice(&h->kept), &p->data);
	sim_run(s, USEC_PER_MSEC);
}

static void forget_name(struct mock_kernel *k, const struct kernel_state *gone)
{
	for (size_t i = 0; i < k->key_count; i++)
		if (k->keys[i].direction == KDIR_OUT && gone->direction == KDIR_OUT &&
		    k->keys[i].spi == gone->spi && address_eq(&k->keys[i].dst, &gone->dst))
			k->keys[i].is_void = true;
}

/* The run before may have taken back what it answered a request with: the peer sends it again, and the
 * same SPI of its gets another key. */
static void forget_undone(struct mock_kernel *k)
{
	for (size_t i = 0; i < k->key_count; i++)
		if (k->keys[i].direction == KDIR_OUT &&
		    !mock_state_find(k, &k->keys[i].dst, k->keys[i].spi))
			k->keys[i].is_void = true;
}

void restart_settle(struct sim *s, uint8_t host)
{
	struct mock_kernel *k = &s->hosts[host].kernel;

	if (!s->hosts[host].adopts)
		return;
	s->hosts[host].adopts = false;
	forget_undone(k);
	for (size_t i = k->state_count; i-- > 0;)
		if (k->states[i].is_orphan) {
			forget_name(k, &k->states[i].state);
			k->states[i] = k->states[--k->state_count];
		}
	for (size_t i = k->policy_count; i-- > 0;)
		if (k->orphans[i]) {
			struct kernel_policy gone = k->policies[i];
			struct kernel_batch b = { 0 };

			kernel_batch_add(&b, KOP_DELETE_POLICY)->policy = gone;
			mock_run(s, host, 0, &b);
			kernel_batch_free(&b);
		}
	for (size_t i = k->iface_count; i-- > 0;)
		if (k->iface_orphans[i]) {
			struct kernel_batch b = { 0 };

			kernel_batch_add(&b, KOP_DELETE_IFACE)->iface = k->ifaces[i];
			mock_run(s, host, 0, &b);
			kernel_batch_free(&b);
		}
}

void check_kept(struct sim *s, uint8_t host)
{
	struct host *h = &s->hosts[host];
	struct ike_sa *ike;

	list_each (ike, &h->core->ike_sas, struct ike_sa, node) {
		const char *part = keep_stale_part(h->core, ike);

		if (part)
			sim_fail(s, "%s #%u: %s changed, and that was not kept", h->name,
				 ike->serial, part);
	}
}

static void request(struct sim *s, uint8_t host, enum verb verb, const char *name,
		    const char *options)
{
	size_t n = client_request(s, host, verb, name, options);
	const struct client *c = &s->hosts[host].clients[n];

	if (!client_wait(s, host, n, USEC_PER_SEC) || c->code != RC_OK)
		sim_fail(s, "%s: verb %u after a restart: %.300s", s->hosts[host].name, verb,
			 c->log);
}

static void revive(struct sim *s, uint8_t host, const char *words)
{
	char options[600];

	if (!s->hosts[host].has_exited)
		return;
	sim_run(s, 300 * USEC_PER_MSEC);
	restart_start(s, host);
	snprintf(options, sizeof(options), "%s %s", words, NET_ENDS);
	request(s, host, VERB_ADD, NET, options);
	request(s, host, VERB_LISTEN, NULL, NULL);
}

static void leave(struct sim *s, uint8_t host)
{
	client_request(s, host, VERB_SHUTDOWN, NULL, "--leave-state");
	sim_run(s, USEC_PER_MSEC);
	if (!s->hosts[host].has_left)
		sim_fail(s, "%s has not left", s->hosts[host].name);
	restart_kill(s, host);
}

static void no_init(struct sim *s, size_t mark)
{
	for (size_t i = mark; i < s->net.capture_count; i++)
		if (s->net.captures[i].data.data[18] == EXCHANGE_IKE_SA_INIT)
			sim_fail(s, "%s sent IKE_SA_INIT", s->hosts[s->net.captures[i].from].name);
}

void scenario_restart_step(struct sim *s, const struct sim_step *st, size_t mark, int64_t n)
{
	struct host *h = &s->hosts[st->host];

	switch ((enum op)st->op) {
	case OP_RESTART:
		if (!h->has_exited)
			restart_kill(s, st->host);
		restart_start(s, st->host);
		break;
	case OP_KILL_AT:
		h->kill_at = (uint32_t)n;
		break;
	case OP_REVIVE:
		h->kill_at = 0;
		revive(s, st->host, st->text);
		break;
	case OP_LEAVE:
		leave(s, st->host);
		break;
	case OP_KEPT_BROKEN:
		if ((size_t)n < h->kept.len)
			h->kept.data[n] ^= 0x40;
		break;
	case OP_WALL:
		s->wall_step_sec = n * 365 * 86400;
		break;
	case OP_SUSPEND:
		s->now_usec += (uint64_t)n * 60 * USEC_PER_SEC;
		break;
	case OP_NO_INIT:
		no_init(s, mark);
		break;
	default:
		break;
	}
}
