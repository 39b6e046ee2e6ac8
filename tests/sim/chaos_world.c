/* SPDX-License-Identifier: Apache-2.0 */
/* The worlds of chaos: who talks to whom, by what means, from where. */
#include <stdio.h>
#include <string.h>

#include "chaos.h"

static const char *const suites[] = {
	"--ike=aes256-sha2_256-dh31",
	"--ike=aes_gcm_16_256-sha2_256-dh31+dh19",
	"--ike=aes_gcm256-sha2_256-x25519+ke1=ecp256",
	"--ike=chacha20_poly1305-sha2_512-dh19",
};
static const char *const children[] = {
	"--pfs=no",
	"--esp=aes128-sha2_256;dh31",
	"--esp=aes_gcm_16_256;dh31+dh19",
	"--esp=aes_gcm256-x25519+ke1=ecp256",
};
static const char *const lives[] = {
	"--ikelifetime=3h --ipsec-lifetime=50m --rekeymargin=5m",
	"--ikelifetime=40m --ipsec-lifetime=1h --rekeymargin=6m",
	"--ikelifetime=8h --ipsec-lifetime=30m --rekeymargin=4m --rekeyfuzz=50%",
	"--ikelifetime=2h --ipsec-lifetime=2h --rekeymargin=9m --reauth=yes",
	"--ikelifetime=90m --ipsec-lifetime=70m --dontrekey",
};
static const char *const deaths[] = {
	"--dpddelay=60s --dpdaction=restart",
	"--dpddelay=180s --dpdaction=hold",
	"--dpddelay=90s --dpdtimeout=40s --dpdaction=clear",
	"",
};
static const char *const tries[] = { "--keyingtries=0", "--keyingtries=2", "--keyingtries=1",
				     "--keyingtries=3 --retransmit-timeout=10s" };

static const char *pick(struct prng *p, const char *const *list, size_t count)
{
	return list[prng_below(p, count)];
}
#define PICK(p, list) pick((p), (list), ARRAY_LEN(list))

static void choose_options(struct chaos *c, struct prng *p)
{
	struct text t = TEXT_OVER(c->common);

	text_add(&t, "--metric=%u %s %s %s %s %s", (unsigned)prng_below(p, 2), PICK(p, suites),
		 PICK(p, children), PICK(p, lives), PICK(p, deaths), PICK(p, tries));
	if (c->moves)
		text_put(&t, " --mobike");
	if (prng_chance(p, 30))
		text_put(&t, " --fragmentation=force");
	if (prng_chance(p, 20))
		text_put(&t, prng_chance(p, 50) ? " --ppk=insist" : " --ppk=propose");
	if (prng_chance(p, 15))
		text_put(&t, prng_chance(p, 50) ? " --childless=prefer" : " --childless=force");
	if (prng_chance(p, 15))
		text_put(&t, " --encapsulation=yes");
	if (prng_chance(p, 15))
		text_put(&t, " --revive=keep");
	if (prng_chance(p, 20))
		text_put(&t, " --session-resumption=yes");
}

void chaos_settings(struct prng *p, struct core_settings *settings)
{
	settings->always_cookie = prng_chance(p, 15);
	settings->cookie_per_source = prng_chance(p, 20) ? 2 : 0;
	settings->single_pair = prng_chance(p, 10);
	settings->has_qcd_secret = prng_chance(p, 50);
	settings->qcd_secret[0] = 7;
}

const char *chaos_name(int n)
{
	static const char *const names[CHAOS_CONNECTIONS] = { "c0", "c1", "c2" };

	return names[n];
}

/* The host at the other end of the n-th connection from east. */
static uint8_t peer_of(const struct chaos *c, int n)
{
	return n == CHAOS_CONNECTIONS - 1 && c->hosts == 3 ? NORTH : WEST;
}

static bool gives_address(const struct chaos *c, int n)
{
	return c->has_pool && n == 0;
}

static void add_site(struct chaos *c, uint8_t host, int n)
{
	char text[700];

	snprintf(text, sizeof(text),
		 "--encrypt %s --host=192.0.2.%d --id=@%s --client=10.%d.0.0/16 %s --to "
		 "--host=192.0.2.2 --id=@east --client=10.%d.0.0/16 %s",
		 c->common, peer_of(c, n) + 1, c->sim->hosts[peer_of(c, n)].name, 10 + n, c->own,
		 20 + n, c->own);
	client_request(c->sim, host, VERB_ADD, chaos_name(n), text);
}

static void add_road(struct chaos *c, uint8_t host, int n)
{
	const char *id = c->sim->hosts[peer_of(c, n)].name;
	char text[700], net[40], client[40];

	snprintf(net, sizeof(net), "--client=10.%d.0.0/16", 10 + n);
	text_copy(client, sizeof(client), gives_address(c, n) ? "--modecfgclient" : net);
	if (host == EAST)
		snprintf(text, sizeof(text),
			 "--encrypt %s --host=192.0.2.2 --id=@east --client=10.%d.0.0/16 %s --to "
			 "--host=%%any --id=@%s %s %s",
			 c->common, 20 + n, c->own, id,
			 gives_address(c, n) ? "--addresspool=10.9.0.0/29" : net, c->own);
	else
		snprintf(text, sizeof(text),
			 "--encrypt %s --host=%%defaultroute --id=@%s %s %s --to --host=192.0.2.2 "
			 "--id=@east --client=10.%d.0.0/16 %s",
			 c->common, id, client, c->own, 20 + n, c->own);
	client_request(c->sim, host, VERB_ADD, chaos_name(n), text);
}

void chaos_add(struct chaos *c, uint8_t host, int n)
{
	if (host != EAST && host != peer_of(c, n))
		return;
	if (c->shape == SHAPE_SITES)
		add_site(c, host, n);
	else
		add_road(c, host, n);
}

static void add_secrets(struct chaos *c, struct prng *p)
{
	bool has_other = prng_chance(p, 10);

	for (uint8_t i = 0; i < c->hosts; i++) {
		struct host *h = &c->sim->hosts[i];

		if (!host_add_psk(h, "@west @east", "one secret") ||
		    !host_add_psk(h, "@north @east", i == NORTH && has_other ? "other" : "third") ||
		    !host_add_secret(h, "@west @east", "pw", "a post-quantum secret") ||
		    !host_add_secret(h, "@north @east", "pn", "another one") ||
		    !host_add_credential(h, "ca", NULL) || !host_add_credential(h, "good", h->name))
			sim_fail(c->sim, "the secrets cannot be added");
	}
}

void chaos_make(struct chaos *c, struct prng *p)
{
	struct sim *s = c->sim;

	c->hosts = prng_chance(p, 30) ? 3 : 2;
	c->shape = (enum chaos_shape)prng_below(p, SHAPES);
	c->moves = c->shape != SHAPE_ROAD_NAT && prng_chance(p, 60);
	c->has_pool = c->shape != SHAPE_SITES && prng_chance(p, 50);
	c->own = prng_chance(p, 35) ? "--auth=signature" : "--auth=secret";
	c->kills = c->shape == SHAPE_SITES && !c->moves && prng_chance(p, 60);
	c->lives = c->kills ? 0 : 3;
	c->address = 10;
	choose_options(c, p);
	add_secrets(c, p);
	if (c->shape == SHAPE_ROAD_NAT) {
		nat_put_behind(s, WEST, false);
		if (c->hosts == 3 && prng_chance(p, 50))
			nat_put_behind(s, NORTH, false);
		s->net.box.life_usec = (30 + prng_below(p, 90)) * USEC_PER_SEC;
	}
	for (uint8_t i = 0; i < c->hosts; i++) {
		client_request(s, i, VERB_LISTEN, NULL, NULL);
		for (int n = 0; n < CHAOS_CONNECTIONS; n++)
			chaos_add(c, i, n);
	}
	sim_run(s, 10 * USEC_PER_MSEC);
}

void chaos_move(struct chaos *c, uint8_t host)
{
	struct sim *s = c->sim;
	char text[80];

	if (!c->moves || (c->shape != SHAPE_SITES && host == EAST))
		return;
	if (prng_chance(&s->rng, 15)) {
		host_addresses(s, host, "");
		sim_run(s, prng_below(&s->rng, 20 * USEC_PER_SEC));
	}
	if (prng_chance(&s->rng, 40) || c->address >= 250)
		snprintf(text, sizeof(text), "192.0.2.%d", host + 1);
	else
		snprintf(text, sizeof(text), "%s192.0.2.%u",
			 prng_chance(&s->rng, 30) ? (host == EAST ? "192.0.2.2 " : "") : "",
			 ++c->address);
	host_addresses(s, host, text);
}

void chaos_crash(struct chaos *c, uint8_t host)
{
	if (c->lives == 0)
		return;
	c->lives--;
	host_crash(c->sim, host);
	client_request(c->sim, host, VERB_LISTEN, NULL, NULL);
	for (int n = 0; n < CHAOS_CONNECTIONS; n++)
		chaos_add(c, host, n);
}
