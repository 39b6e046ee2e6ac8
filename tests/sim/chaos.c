/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chaos: one seed makes one world of two or three hosts, random settings, faults and commands. The
 * checks of every event hold throughout; at the end the faults stop, all comes to rest, both ends
 * must agree, and both shut down and leave nothing.
 */
#include <stdio.h>

#include "scenario.h"

#define CONNECTIONS 3
#define REST_USEC (300 * USEC_PER_SEC)

struct chaos {
	struct sim *sim;
	const char *options;
	uint8_t hosts; /* 2 or 3; the third talks to east */
	bool kills;    /* hosts are killed at any moment, and started again */
};

static const char *const option_sets[] = {
	"--ike=aes256-sha2_256-dh31 --keyingtries=1",
	"--ike=aes_gcm_16_256-sha2_256-dh31+dh19 --pfs=no --keyingtries=2",
	"--keyingtries=3 --retransmit-timeout=6s",
	"--keyingtries=0 --retransmit-timeout=10s",
	"--esp=aes128-sha2_256;dh31 --keyingtries=2 --retransmit-timeout=5s",
	"--dontrekey --ikelifetime=100s --ipsec-lifetime=40s --rekeymargin=5s --keyingtries=2",
	"--ikelifetime=70s --ipsec-lifetime=40s --rekeymargin=9s --keyingtries=2",
	"--ikelifetime=40s --ipsec-lifetime=60s --rekeymargin=8s --pfs=no --keyingtries=3",
};

static const char *name_of(int n, char *buf, size_t size)
{
	snprintf(buf, size, "c%d", n);
	return buf;
}

static void add(struct chaos *c, uint8_t host, int n)
{
	char name[16], text[400];
	int peer = n == CONNECTIONS - 1 && c->hosts == 3 ? 3 : 1;

	snprintf(
		text, sizeof(text),
		"--psk --encrypt --metric=%u %s --host=192.0.2.%d --client=10.%d.0.0/16 --to --host=192.0.2.2 "
		"--client=10.%d.0.0/16",
		(unsigned)prng_below(&c->sim->rng, 2), c->options, peer, 10 + n, 20 + n);
	client_request(c->sim, host, VERB_ADD, name_of(n, name, sizeof(name)), text);
}

static void set_up(struct chaos *c)
{
	struct sim *s = c->sim;

	for (uint8_t i = 0; i < c->hosts; i++) {
		struct host *h = &s->hosts[i];

		if (!host_add_psk(h, "192.0.2.1 192.0.2.2", "one secret") ||
		    !host_add_psk(h, "192.0.2.3 192.0.2.2",
				  i == NORTH && prng_chance(&s->rng, 10) ? "other" : "third"))
			sim_fail(s, "the PSKs cannot be added");
		client_request(s, i, VERB_LISTEN, NULL, NULL);
		for (int n = 0; n < CONNECTIONS; n++)
			add(c, i, n);
		sim_run(s, 10 * USEC_PER_MSEC);
		h->kernel.fail_every = prng_chance(&s->rng, 30) ? 8 : 0;
		h->kernel.delay_usec = prng_chance(&s->rng, 40) ? prng_below(&s->rng, 90000) : 0;
		h->updown.fail_percent = prng_chance(&s->rng, 25) ? 10 : 0;
		h->updown.delay_usec = prng_chance(&s->rng, 40) ? prng_below(&s->rng, 200000) : 0;
		h->work_delay_usec = prng_below(&s->rng, 100000);
		h->mac_delay_usec = prng_chance(&s->rng, 40) ? prng_below(&s->rng, 50000) : 0;
	}
	s->net.jitter_usec = prng_chance(&s->rng, 60) ? prng_below(&s->rng, 600000) : 0;
	s->net.loss = prng_chance(&s->rng, 50) ? (unsigned)prng_below(&s->rng, 35) : 0;
	s->net.duplication = prng_chance(&s->rng, 50) ? (unsigned)prng_below(&s->rng, 30) : 0;
	s->net.corruption = prng_chance(&s->rng, 40) ? (unsigned)prng_below(&s->rng, 20) : 0;
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

static void ask(struct chaos *c, uint8_t host, uint64_t dice)
{
	struct sim *s = c->sim;
	int n = (int)prng_below(&s->rng, CONNECTIONS);
	char name[16];

	name_of(n, name, sizeof(name));
	if (dice < 35)
		client_request(s, host, VERB_INITIATE, name, NULL);
	else if (dice < 43)
		client_request(s, host, VERB_REKEY_CHILD, name, NULL);
	else if (dice < 51)
		client_request(s, host, VERB_REKEY_IKE, name, NULL);
	else if (dice < 65)
		client_request(s, host, VERB_TERMINATE, name, NULL);
	else if (dice < 72)
		client_request(s, host, VERB_DELETE, name, NULL);
	else if (dice < 78)
		client_request(s, host, dice < 76 ? VERB_ROUTE : VERB_UNROUTE, name, NULL);
	else if (dice < 81)
		add(c, host, n);
	else
		client_request(s, host, dice < 84 ? VERB_STATUS : VERB_TRAFFICSTATUS, NULL, NULL);
}

/* The next run of one that was killed, with connections as they were or changed, or some left out. */
static void revive(struct chaos *c, uint8_t host)
{
	struct sim *s = c->sim;

	sim_run(s, prng_below(&s->rng, 3 * USEC_PER_SEC));
	restart_start(s, host);
	for (int n = 0; n < CONNECTIONS; n++)
		if (prng_chance(&s->rng, 90))
			add(c, host, n);
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

static void do_something(struct chaos *c)
{
	struct sim *s = c->sim;
	uint8_t host = (uint8_t)prng_below(&s->rng, c->hosts);
	uint64_t dice = prng_below(&s->rng, 100);
	struct host *h = &s->hosts[host];

	if (h->is_killed)
		revive(c, host);
	if (c->kills && prng_chance(&s->rng, 25))
		h->kill_at = 1 + (uint32_t)prng_below(&s->rng, 30);
	if (dice < 88)
		ask(c, host, dice);
	else if (dice < 92)
		replay_something(s);
	else if (dice < 95 && h->client_count > 0)
		client_gone(s, host, prng_below(&s->rng, h->client_count));
	else
		s->net.partitioned = !s->net.partitioned && prng_chance(&s->rng, 50);
	sim_run(s, prng_chance(&s->rng, 40) ? prng_below(&s->rng, 60000)
					    : prng_below(&s->rng, 12 * USEC_PER_SEC));
}

static void calm(struct chaos *c)
{
	struct sim *s = c->sim;

	revive_all(c);
	s->net.partitioned = false;
	s->net.loss = s->net.duplication = s->net.corruption = 0;
	s->net.jitter_usec = 0;
	for (int i = 0; i < HOSTS; i++) {
		s->hosts[i].kernel.fail_every = 0;
		s->hosts[i].updown.fail_percent = 0;
	}
	/* copies and retransmissions on their way, half-open SAs */
	sim_run(s, 60 * USEC_PER_SEC);
	if (!s->failed && !sim_rest(s, REST_USEC))
		sim_fail(s, "nothing comes to rest");
	if (!s->failed)
		check_rest(s);
	for (uint8_t i = 0; i < c->hosts && !s->failed; i++)
		for (size_t k = 0; k < s->hosts[i].client_count; k++)
			if (!s->hosts[i].clients[k].ended && !s->hosts[i].clients[k].gone)
				sim_fail(s, "%s: client %zu (verb %u) got no end frame",
					 s->hosts[i].name, k + 1, s->hosts[i].clients[k].verb);
}

bool chaos_run(uint64_t seed, bool verbose, char *why, size_t size, uint64_t *digest)
{
	struct prng choice = { .state = seed };
	struct core_settings settings = { 0 };
	struct chaos c = { .hosts = 2 };
	uint64_t commands;
	bool ok;

	settings.always_cookie = prng_chance(&choice, 15);
	settings.cookie_per_source = prng_chance(&choice, 20) ? 2 : 0;
	c.sim = sim_new(seed, &settings);
	c.sim->verbose = verbose;
	c.hosts = prng_chance(&choice, 30) ? 3 : 2;
	c.kills = prng_chance(&choice, 40);
	c.options = option_sets[prng_below(&choice, ARRAY_LEN(option_sets))];
	set_up(&c);
	commands = 5 + prng_below(&choice, 30);
	while (commands-- > 0 && !c.sim->failed)
		do_something(&c);
	if (!c.sim->failed)
		calm(&c);
	if (!c.sim->failed)
		scenario_finish(c.sim);
	ok = !c.sim->failed;
	text_copy(why, size, c.sim->why);
	*digest = c.sim->net.digest;
	sim_free(c.sim);
	return ok;
}
