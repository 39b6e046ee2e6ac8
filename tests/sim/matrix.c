/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The matrix of collisions (RFC 7296 2.8, 2.25): two ends that each do one of seven things to what
 * they share, at once or almost, while one datagram is lost, doubled or late; over many orders of
 * nonces, with and without additional key exchanges. An update is the loss of the address that the SAs
 * are on. One number names a schedule. Whatever happens, both ends come to the same SAs, to those
 * that were wanted, and no packet of a tunnel that nobody deletes or moves is lost.
 */
#include <stdio.h>
#include <string.h>

#include "scenario.h"

#define ADDKE                                          \
	"--ike=aes_gcm256-sha2_256-x25519+ke1=ecp256 " \
	"--esp=aes_gcm256-x25519+ke1=ecp256"
#define REST_USEC (200 * USEC_PER_SEC)

enum deed {
	DEED_CREATE,
	DEED_REKEY_CHILD,
	DEED_REKEY_IKE,
	DEED_DELETE_CHILD,
	DEED_DELETE_IKE,
	DEED_LIVENESS,
	DEED_UPDATE,
	DEEDS,
};
static const char *const deed_names[DEEDS] = { "create",       "rekey child", "rekey IKE",
					       "delete child", "delete IKE",  "liveness",
					       "update" };

/* A fault hits the n-th datagram after both have begun. */
#define FAULT_KINDS 5 /* lost, lost three times, doubled at once, doubled late, late */
#define LOST_THRICE 2 /* of 1 to FAULT_KINDS */
#define FAULTED 8
#define FAULT_COUNT (1 + FAULT_KINDS * FAULTED)
static const uint64_t offsets_msec[] = { 0, 5, 10, 15, 25, 45 };
#define OFFSETS ARRAY_LEN(offsets_msec)
#define NONCES 4
#define PER_PAIR (FAULT_COUNT * OFFSETS * NONCES)

struct schedule {
	enum deed deeds[2]; /* west's, east's */
	unsigned fault, nonces;
	uint64_t offset_usec;
	bool east_is_first, with_addke;
};

uint64_t matrix_count(void)
{
	return (uint64_t)DEEDS * DEEDS * PER_PAIR;
}

static struct schedule schedule_of(uint64_t n)
{
	struct schedule s = { .deeds = { (enum deed)(n % DEEDS), (enum deed)(n / DEEDS % DEEDS) } };

	n /= DEEDS * DEEDS;
	s.fault = (unsigned)(n % FAULT_COUNT);
	n /= FAULT_COUNT;
	s.offset_usec = offsets_msec[n % OFFSETS] * USEC_PER_MSEC;
	s.nonces = (unsigned)(n / OFFSETS);
	s.east_is_first = s.nonces % 2;
	s.with_addke = s.nonces / 2 % 2;
	return s;
}

void matrix_name(uint64_t n, char *out, size_t size)
{
	struct schedule s = schedule_of(n);

	snprintf(out, size, "case 141 matrix %llu: west %s, east %s, fault %u, %llu ms",
		 (unsigned long long)n, deed_names[s.deeds[WEST]], deed_names[s.deeds[EAST]],
		 s.fault, (unsigned long long)(s.offset_usec / USEC_PER_MSEC));
}

static void ask(struct sim *s, uint8_t host, enum verb verb, const char *name, const char *options)
{
	size_t c = client_request(s, host, verb, name, options);

	if (!client_wait(s, host, c, 20 * USEC_PER_SEC) || s->hosts[host].clients[c].code != RC_OK)
		sim_fail(s, "verb %u of %s did not succeed", verb, name ? name : "all");
}

static void add(struct sim *s, uint8_t host, const char *name, int net, bool with_addke)
{
	char options[500];

	snprintf(options, sizeof(options),
		 "--psk --encrypt --mobike=yes --keyingtries=0 %s --host=192.0.2.1 "
		 "--client=10.%d.0.0/16 --to --host=192.0.2.2 --client=10.%d.0.0/16",
		 with_addke ? ADDKE : "", net, net + 1);
	ask(s, host, VERB_ADD, name, options);
}

/* Three connections at both ends; net and n2 are up over one IKE SA. Either end has a second address,
 * of which the initiator's comes only when the first one goes. */
static void prepare(struct sim *s, bool with_addke)
{
	host_addresses(s, EAST, "192.0.2.2 192.0.2.22");
	for (uint8_t i = WEST; i <= EAST; i++) {
		if (!host_add_psk(&s->hosts[i], "192.0.2.1 192.0.2.2", "a secret of both"))
			sim_fail(s, "the PSK cannot be added");
		add(s, i, "net", 1, with_addke);
		add(s, i, "n2", 3, with_addke);
		add(s, i, "n3", 5, with_addke);
		ask(s, i, VERB_LISTEN, NULL, NULL);
	}
	ask(s, WEST, VERB_INITIATE, "net", NULL);
	ask(s, WEST, VERB_INITIATE, "n2", NULL);
	if (!sim_rest(s, REST_USEC))
		sim_fail(s, "no rest before the deeds");
}

static void probe(struct sim *s, uint8_t host)
{
	struct core *c = s->hosts[host].core;
	struct ike_sa *ike = list_first(&c->ike_sas, struct ike_sa, node);

	if (!ike || !ike_want(ike, WANT_PROBE, NULL, 0))
		return;
	core_kick(c, ike);
	sim_post(s, host, EVENT_TIMER, 0);
}

static void act(struct sim *s, uint8_t host, enum deed deed)
{
	switch (deed) {
	case DEED_CREATE:
		client_request(s, host, VERB_INITIATE, "n3", NULL);
		break;
	case DEED_REKEY_CHILD:
		client_request(s, host, VERB_REKEY_CHILD, "net", NULL);
		break;
	case DEED_REKEY_IKE:
		client_request(s, host, VERB_REKEY_IKE, "net", NULL);
		break;
	case DEED_DELETE_CHILD:
		client_request(s, host, VERB_TERMINATE, "net", NULL);
		break;
	case DEED_DELETE_IKE:
		client_request(s, host, VERB_DOWN_IKE, "net", NULL);
		break;
	case DEED_UPDATE:
		host_addresses(s, host, host == WEST ? "192.0.2.11" : "192.0.2.22");
		break;
	case DEED_LIVENESS:
	case DEEDS:
		probe(s, host);
		break;
	}
}

static void spoil(struct sim *s, unsigned fault)
{
	struct fault f = { .from = ANY_HOST, .count = 1 };

	if (fault == 0)
		return;
	f.first = 1 + (fault - 1) / FAULT_KINDS;
	switch ((fault - 1) % FAULT_KINDS) {
	case 0:
		f.kind = FAULT_DROP;
		break;
	case 1:
		f.kind = FAULT_DROP;
		f.count = 3;
		break;
	case 2:
		f.kind = FAULT_DUPLICATE;
		break;
	case 3:
		f.kind = FAULT_DUPLICATE;
		f.usec = 700 * USEC_PER_MSEC;
		break;
	default:
		f.kind = FAULT_DELAY;
		f.usec = 800 * USEC_PER_MSEC;
	}
	net_fault(s, f);
}

static bool does(const struct schedule *p, enum deed deed)
{
	return p->deeds[WEST] == deed || p->deeds[EAST] == deed;
}

static size_t children_of(const struct host *h, const char *name)
{
	struct connection *conn = connection_find(&h->core->connections, name);
	struct child_sa *child;
	size_t count = 0;

	list_each (child, &conn->children, struct child_sa, conn_node)
		count += child->phase == CHILD_ESTABLISHED;
	return count;
}

static void expect(struct sim *s, const char *name, size_t least, size_t most)
{
	size_t west = children_of(&s->hosts[WEST], name), east = children_of(&s->hosts[EAST], name);

	if (west != east || west < least || west > most)
		sim_fail(s, "%s has %zu children at west and %zu at east, not %zu to %zu", name,
			 west, east, least, most);
}

static void judge(struct sim *s, const struct schedule *p)
{
	bool ike_goes = does(p, DEED_DELETE_IKE), child_goes = does(p, DEED_DELETE_CHILD);
	size_t creators = (p->deeds[WEST] == DEED_CREATE) + (p->deeds[EAST] == DEED_CREATE);
	/* its connection wants the very address that goes: it may or may not come in time */
	bool may_fail = creators > 0 && does(p, DEED_UPDATE);

	check_rest(s);
	/* a Delete that is lost three times and once sent to where the peer was is given up */
	if (ike_goes && does(p, DEED_UPDATE) && p->fault % FAULT_KINDS == LOST_THRICE)
		return;
	expect(s, "net", !ike_goes && !child_goes, !ike_goes && !child_goes);
	expect(s, "n2", !ike_goes, !ike_goes);
	/* what stood when the IKE SA was deleted goes with it, what came later is made anew */
	expect(s, "n3", creators > 0 && !ike_goes && !may_fail, creators);
	for (int i = WEST; i <= EAST && !ike_goes && !may_fail; i++)
		if (host_ikes(&s->hosts[i]) != 1)
			sim_fail(s, "%s has %zu IKE SAs", s->hosts[i].name,
				 host_ikes(&s->hosts[i]));
	for (int i = WEST; i <= EAST && !ike_goes; i++)
		if (strstr(s->hosts[i].log, "IKE SA is down"))
			sim_fail(s, "%s lost the IKE SA", s->hosts[i].name);
	for (int i = WEST; i <= EAST && !may_fail; i++)
		for (size_t c = 0; c < s->hosts[i].client_count; c++)
			if (!s->hosts[i].clients[c].ended)
				sim_fail(s, "%s: verb %u got no end", s->hosts[i].name,
					 s->hosts[i].clients[c].verb);
}

bool matrix_run(uint64_t n, bool verbose, char *why, size_t size, uint64_t *digest)
{
	struct schedule p = schedule_of(n);
	struct core_settings settings = { 0 };
	struct sim *s = sim_new(1 + p.nonces, &settings);
	uint8_t first = p.east_is_first ? EAST : WEST;
	bool steady = !does(&p, DEED_DELETE_IKE) && !does(&p, DEED_DELETE_CHILD) &&
		      !does(&p, DEED_UPDATE);
	bool ok;

	s->verbose = verbose;
	prepare(s, p.with_addke);
	spoil(s, p.fault);
	if (steady)
		flow_start(s, 20 * USEC_PER_MSEC);
	act(s, first, p.deeds[first]);
	sim_run(s, p.offset_usec);
	act(s, !first, p.deeds[!first]);
	sim_run(s, 15 * USEC_PER_SEC);
	if (steady)
		flow_start(s, 0);
	if (!s->failed && !sim_rest(s, REST_USEC))
		sim_fail(s, "nothing comes to rest");
	if (!s->failed)
		judge(s, &p);
	ok = !s->failed;
	text_copy(why, size, s->why);
	*digest = s->net.digest;
	sim_free(s);
	return ok;
}
