/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A day of chaos: storms of commands and faults, and hours in between in which SAs are rekeyed, peers
 * asked whether they live, mappings kept. The checks of every event hold throughout. Four times a day
 * the faults stop: all comes to rest and both ends must agree. In the evening both shut down and leave
 * nothing.
 */
#include "chaos.h"

#include <stdio.h>
#include <string.h>

#include "scenario.h"

#define REST_USEC (900 * USEC_PER_SEC)
#define HOUR (3600 * USEC_PER_SEC)
#define DAY (24 * HOUR)
#define QUARTERS 4

static void begin_storm(struct chaos *c)
{
	struct sim *s = c->sim;
	struct net *n = &s->net;

	for (uint8_t i = 0; i < c->hosts; i++) {
		struct host *h = &s->hosts[i];

		h->kernel.fail_every = prng_chance(&s->rng, 30) ? 8 : 0;
		h->kernel.fail_at = prng_chance(&s->rng, 30) ? 1 + (uint32_t)prng_below(&s->rng, 30)
							     : 0;
		h->kernel.delay_usec = prng_chance(&s->rng, 40) ? prng_below(&s->rng, 90000) : 0;
		h->updown.fail_percent = prng_chance(&s->rng, 25) ? 10 : 0;
		h->updown.delay_usec = prng_chance(&s->rng, 40) ? prng_below(&s->rng, 200000) : 0;
		h->work_delay_usec = prng_below(&s->rng, 100000);
		h->mac_delay_usec = prng_chance(&s->rng, 40) ? prng_below(&s->rng, 50000) : 0;
	}
	n->jitter_usec = prng_chance(&s->rng, 60) ? prng_below(&s->rng, 600000) : 0;
	n->loss = prng_chance(&s->rng, 50) ? (unsigned)prng_below(&s->rng, 35) : 0;
	n->duplication = prng_chance(&s->rng, 50) ? (unsigned)prng_below(&s->rng, 30) : 0;
	n->corruption = prng_chance(&s->rng, 40) ? (unsigned)prng_below(&s->rng, 20) : 0;
	n->mtu = prng_chance(&s->rng, 30) ? 600 + prng_below(&s->rng, 900) : 0;
	n->tells_too_long = prng_chance(&s->rng, 50);
}

/* The next run of one that was killed, with connections as they were or changed, or some left out. */
static void revive(struct chaos *c, uint8_t host)
{
	struct sim *s = c->sim;

	sim_run(s, prng_below(&s->rng, 3 * USEC_PER_SEC));
	restart_start(s, host);
	for (int n = 0; n < CHAOS_CONNECTIONS; n++)
		if (prng_chance(&s->rng, 90))
			chaos_add(c, host, n);
	client_request(s, host, VERB_LISTEN, NULL, NULL);
}

static void revive_all(struct chaos *c)
{
	for (uint8_t i = 0; i < c->hosts; i++) {
		c->sim->hosts[i].kill_at = 0;
		if (c->sim->hosts[i].is_killed)
			revive(c, i);
	}
}

/* What is left of the storm: less than that, or nothing. */
static void end_storm(struct chaos *c)
{
	struct sim *s = c->sim;
	bool is_calm = prng_chance(&s->rng, 60);

	revive_all(c);
	s->net.partitioned = false;
	s->net.loss = is_calm ? 0 : s->net.loss / 3;
	s->net.corruption = is_calm ? 0 : s->net.corruption / 3;
	s->net.duplication = is_calm ? 0 : s->net.duplication / 3;
	s->net.jitter_usec = is_calm ? 0 : s->net.jitter_usec / 3;
	s->net.mtu = is_calm ? 0 : s->net.mtu;
	for (int i = 0; i < HOSTS; i++) {
		s->hosts[i].kernel.fail_at = 0;
		s->hosts[i].kernel.fail_every = is_calm ? 0 : s->hosts[i].kernel.fail_every / 4;
		s->hosts[i].updown.fail_percent = 0;
	}
}

/* What somebody on the path could do with what it saw. */
static void replay_something(struct sim *s)
{
	const struct capture *cap;

	if (s->net.capture_count == 0)
		return;
	cap = &s->net.captures[prng_below(&s->rng, s->net.capture_count)];
	net_inject(s, &cap->local, &cap->remote, bytes_slice(&cap->data),
		   prng_below(&s->rng, USEC_PER_SEC));
}

/* A packet that wants a tunnel: where a route stands it never goes in clear. */
static void send_packet(struct chaos *c, uint8_t host, int n)
{
	const struct host *h = &c->sim->hosts[host];
	struct connection *conn =
		h->has_exited ? NULL : connection_find(&h->core->connections, chaos_name(n));
	bool is_routed = conn && conn->route && conn->route->phase == CHILD_ESTABLISHED;
	char ends[60];
	const char *fate;

	snprintf(ends, sizeof(ends), "10.%d.0.1 10.%d.0.1", (host == EAST ? 20 : 10) + n,
		 (host == EAST ? 10 : 20) + n);
	fate = mock_packet(c->sim, host, ends);
	if (is_routed && strcmp(fate, "clear") == 0)
		sim_fail(c->sim, "%s: a packet of \"%s\" goes in clear", h->name, chaos_name(n));
}

static void happens_to_kernel(struct chaos *c, uint8_t host)
{
	struct sim *s = c->sim;
	const struct mock_kernel *k = &s->hosts[host].kernel;
	size_t i;

	if (k->state_count == 0)
		return;
	i = prng_below(&s->rng, k->state_count);
	if (prng_chance(&s->rng, 25))
		mock_flush_states(s, host, prng_chance(&s->rng, 50) ? 0 : i + 1);
	else if (!k->states[i].is_larval)
		mock_expire(s, host, i, prng_chance(&s->rng, 30));
}

/* By the number of an SA, which may be gone or a child's. */
static void ask_by_number(struct chaos *c, uint8_t host)
{
	static const uint8_t kinds[] = { VERB_DELETESTATE, VERB_DELETESTATE, VERB_CRASH };
	struct sim *s = c->sim;
	struct core *core = s->hosts[host].core;
	uint64_t newest = core->next_serial, serial = newest - prng_below(&s->rng, 6);
	uint8_t verb = kinds[prng_below(&s->rng, ARRAY_LEN(kinds))];
	char text[60];

	if (verb == VERB_CRASH)
		snprintf(text, sizeof(text), "--crash=192.0.2.%d", host == EAST ? 1 : 2);
	else
		snprintf(text, sizeof(text), "--deletestate=%llu", (unsigned long long)serial);
	client_request(s, host, (enum verb)verb, NULL, text);
}

static void ask(struct chaos *c, uint8_t host, uint64_t dice)
{
	static const uint8_t shows[] = {
		VERB_STATUS,           VERB_TRAFFICSTATUS,     VERB_SHOWSTATES,
		VERB_CONNECTIONSTATUS, VERB_ADDRESSPOOLSTATUS, VERB_SHUNTSTATUS,
		VERB_LISTEVENTS,       VERB_PROCESSSTATUS,     VERB_REREADSECRETS,
		VERB_DDOS_BUSY,        VERB_DDOS_AUTO,         VERB_LISTEN
	};
	static const uint8_t takedowns[] = { VERB_TERMINATE,  VERB_TERMINATE,  VERB_DOWN_IKE,
					     VERB_DOWN_CHILD, VERB_DELETE_IKE, VERB_DELETE_CHILD };
	struct sim *s = c->sim;
	int n = (int)prng_below(&s->rng, CHAOS_CONNECTIONS);
	const char *name = chaos_name(n);

	if (dice < 34)
		client_request(s, host, VERB_INITIATE, name, NULL);
	else if (dice < 42)
		client_request(s, host, VERB_REKEY_CHILD, name, NULL);
	else if (dice < 50)
		client_request(s, host, VERB_REKEY_IKE, name, NULL);
	else if (dice < 61)
		client_request(s, host,
			       (enum verb)takedowns[prng_below(&s->rng, ARRAY_LEN(takedowns))],
			       name, NULL);
	else if (dice < 65)
		client_request(s, host, VERB_DELETE, name, NULL);
	else if (dice < 72)
		client_request(s, host, dice < 69 ? VERB_ROUTE : VERB_UNROUTE, name, NULL);
	else if (dice < 76)
		chaos_add(c, host, n);
	else if (dice < 79)
		ask_by_number(c, host);
	else if (dice < 85)
		send_packet(c, host, n);
	else
		client_request(s, host, (enum verb)shows[prng_below(&s->rng, ARRAY_LEN(shows))],
			       NULL, NULL);
}

static void do_something(struct chaos *c)
{
	struct sim *s = c->sim;
	uint8_t host = (uint8_t)prng_below(&s->rng, c->hosts);
	uint64_t dice = prng_below(&s->rng, 110);
	struct host *h = &s->hosts[host];

	if (h->is_killed)
		revive(c, host);
	if (c->kills && prng_chance(&s->rng, 15))
		h->kill_at = 1 + (uint32_t)prng_below(&s->rng, 30);
	if (dice < 88)
		ask(c, host, dice);
	else if (dice < 91)
		replay_something(s);
	else if (dice < 93 && h->client_count > 0)
		client_gone(s, host, prng_below(&s->rng, h->client_count));
	else if (dice < 99)
		chaos_move(c, host);
	else if (dice < 102)
		nat_remap(s, prng_chance(&s->rng, 40));
	else if (dice < 105)
		happens_to_kernel(c, host);
	else if (dice < 107)
		mock_traffic(s, host, prng_chance(&s->rng, 50) ? KDIR_IN : KDIR_OUT,
			     prng_chance(&s->rng, 50));
	else if (dice < 108)
		chaos_crash(c, host);
	else
		s->net.partitioned = !s->net.partitioned;
	sim_run(s, prng_chance(&s->rng, 40) ? prng_below(&s->rng, 60000)
					    : prng_below(&s->rng, 12 * USEC_PER_SEC));
}

/* The records of a world are finite. */
static bool has_room(const struct chaos *c)
{
	for (int i = 0; i < HOSTS; i++)
		if (c->sim->hosts[i].client_count > CLIENTS - 30)
			return false;
	return true;
}

static void come_to_rest(struct chaos *c)
{
	struct sim *s = c->sim;

	s->net.partitioned = false;
	s->net.loss = s->net.duplication = s->net.corruption = 0;
	s->net.jitter_usec = 0;
	s->net.mtu = 0;
	for (int i = 0; i < HOSTS; i++) {
		s->hosts[i].kernel.fail_every = s->hosts[i].kernel.fail_at = 0;
		s->hosts[i].updown.fail_percent = 0;
	}
	/* copies and retransmissions on their way, half-open SAs, sets of fragments */
	sim_run(s, 70 * USEC_PER_SEC);
	if (!s->failed && !sim_rest(s, REST_USEC))
		sim_fail(s, "nothing comes to rest");
	if (!s->failed)
		check_rest(s);
	for (uint8_t i = 0; i < c->hosts && !s->failed; i++) {
		if (s->hosts[i].core->fragment_bytes)
			sim_fail(s, "%s: fragments are kept at rest", s->hosts[i].name);
		for (size_t k = 0; k < s->hosts[i].client_count; k++)
			if (!s->hosts[i].clients[k].ended && !s->hosts[i].clients[k].gone)
				sim_fail(s, "%s: client %zu (verb %u) got no end frame",
					 s->hosts[i].name, k + 1, s->hosts[i].clients[k].verb);
	}
}

static void quarter(struct chaos *c, uint64_t until)
{
	struct sim *s = c->sim;

	while (s->now_usec < until && !s->failed) {
		uint64_t commands = 1 + prng_below(&s->rng, 7);
		uint64_t hours = prng_below(&s->rng, 3 * HOUR / 2);

		begin_storm(c);
		while (commands-- > 0 && !s->failed && has_room(c))
			do_something(c);
		end_storm(c);
		sim_run(s, s->now_usec + hours > until ? until - s->now_usec : hours);
	}
	come_to_rest(c);
}

bool chaos_run(uint64_t seed, bool verbose, char *why, size_t size, uint64_t *digest)
{
	struct prng choice = { .state = seed };
	struct core_settings settings = { 0 };
	struct chaos c = { 0 };
	uint64_t began;
	bool ok;

	chaos_settings(&choice, &settings);
	c.sim = sim_new(seed, &settings);
	c.sim->verbose = verbose;
	began = c.sim->now_usec;
	chaos_make(&c, &choice);
	for (uint64_t q = 1; q <= QUARTERS && !c.sim->failed; q++)
		quarter(&c, began + q * DAY / QUARTERS);
	if (!c.sim->failed)
		scenario_finish(c.sim);
	ok = !c.sim->failed;
	text_copy(why, size, c.sim->why);
	*digest = c.sim->net.digest;
	sim_free(c.sim);
	return ok;
}
