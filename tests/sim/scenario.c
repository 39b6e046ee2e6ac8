/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a scenario: walks its steps over a fresh world, then brings everything to rest, compares the
 * ends, and takes them down.
 */
#include "scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAIT_USEC (400 * USEC_PER_SEC)
#define REST_USEC (100 * USEC_PER_SEC)
#define ADDRESSES "--host=192.0.2.1 --client=10.1.0.0/16 --to --host=192.0.2.2 --client=10.2.0.0/16"
#define ENDS "--host=192.0.2.1 --to --host=192.0.2.2"

struct play {
	struct sim *sim;
	const struct scenario *scenario;
	int64_t k;
	char dump[HOSTS][2000];
	size_t mark;
	struct session *saved;
};

static int64_t value(const struct play *p, const struct sim_step *st)
{
	return st->n == K ? p->k : st->n;
}

/* %s in the text is the run's word. */
static const char *words(const struct play *p, const char *text, char *buf, size_t size)
{
	const char *at = text ? strstr(text, "%s") : NULL;

	if (!at || !p->scenario->words)
		return text;
	snprintf(buf, size, "%.*s%s%s", (int)(at - text), text, p->scenario->words[p->k - 1], at + 2);
	return buf;
}

static void request(struct play *p, uint8_t host, enum verb verb, const char *name,
		    const char *options, int64_t want)
{
	struct sim *s = p->sim;
	size_t c = client_request(s, host, verb, name, options);
	const struct client *client = &s->hosts[host].clients[c];

	if (!client_wait(s, host, c, USEC_PER_SEC) || client->code != (uint32_t)want)
		sim_fail(s, "%s: verb %u ended %d with code %u: %.300s", s->hosts[host].name, verb,
			 client->ended, client->code, client->log);
}

static void add(struct play *p, uint8_t host, const char *name, const char *text)
{
	char buf[600], options[900];
	bool has_hosts = text && strstr(text, "--host=");
	bool is_transport = text && strstr(text, "--transport");

	text = words(p, text, buf, sizeof(buf));
	snprintf(options, sizeof(options), "--psk --encrypt %s %s", text ? text : "",
		 has_hosts ? "" : is_transport ? ENDS : ADDRESSES);
	request(p, host, VERB_ADD, name, options, RC_OK);
}

static void setup(struct play *p, const char *text)
{
	for (uint8_t i = WEST; i <= EAST; i++) {
		if (!host_add_psk(&p->sim->hosts[i], "192.0.2.1 192.0.2.2", "a secret of both"))
			sim_fail(p->sim, "the PSK cannot be added");
		add(p, i, NET, text);
		request(p, i, VERB_LISTEN, NULL, NULL, RC_OK);
	}
}

static struct client *latest(struct sim *s, uint8_t host)
{
	struct host *h = &s->hosts[host];

	if (h->client_count == 0)
		sim_fail(s, "%s has no client", h->name);
	return &h->clients[h->client_count ? h->client_count - 1 : 0];
}

static void wait_end(struct play *p, const struct sim_step *st)
{
	struct sim *s = p->sim;
	struct client *c = latest(s, st->host);
	int64_t want = value(p, st);

	if (!client_wait(s, st->host, (size_t)(c - s->hosts[st->host].clients), WAIT_USEC))
		sim_fail(s, "%s: no end frame for verb %u: %.300s", s->hosts[st->host].name, c->verb,
			 c->log);
	else if (want == FAILS ? c->code == RC_OK : c->code != (uint32_t)want)
		sim_fail(s, "%s: verb %u ended with %u, not %d: %.400s", s->hosts[st->host].name,
			 c->verb, c->code, (int)want, c->log);
}

static void expect_reason(struct play *p, const struct sim_step *st)
{
	const struct client *c = latest(p->sim, st->host);

	if (!strstr(c->log, st->text))
		sim_fail(p->sim, "%s: the records do not say \"%s\": %.400s",
			 p->sim->hosts[st->host].name, st->text, c->log);
}

/* Of 32 octets each, in IKE_SA_INIT requests; what was sent again counts once. */
static size_t count_nonces(struct sim *s, uint8_t host)
{
	static uint8_t seen[64][32];
	size_t count = 0;

	for (size_t i = 0; i < s->net.capture_count && count < ARRAY_LEN(seen); i++) {
		cleanup(arena_free) struct arena arena = { 0 };
		const struct capture *c = &s->net.captures[i];
		struct message m;
		bool is_new = true;

		if (c->from != host || !message_parse(bytes_slice(&c->data), &arena, &m) ||
		    m.header.exchange != EXCHANGE_IKE_SA_INIT ||
		    (m.header.flags & FLAG_RESPONSE) || m.nonce.len != 32)
			continue;
		for (size_t j = 0; j < count; j++)
			is_new &= memcmp(seen[j], m.nonce.data, 32) != 0;
		if (is_new)
			memcpy(seen[count++], m.nonce.data, 32);
	}
	return count;
}

static void expect_count(struct play *p, const struct sim_step *st)
{
	const struct host *h = &p->sim->hosts[st->host];
	static const char *const names[] = { "IKE SAs", "children", "states", "policies",
					     "unended clients", "half-open IKE SAs", "shared secrets computed", "connections",
					     "interfaces and addresses",
					     "states with IP-TFS", "outbound states that do not cut", "waiting messages",
					     "sets of fragments", "acquires in the kernel" };
	const struct ike_sa *ike;
	size_t count = 0;

	switch ((enum count_of)st->what) {
	case COUNT_IKES:
		count = host_ikes(h);
		break;
	case COUNT_CHILDREN:
		count = host_children(h);
		break;
	case COUNT_STATES:
		count = h->kernel.state_count;
		break;
	case COUNT_POLICIES:
		count = h->kernel.policy_count;
		break;
	case COUNT_IPTFS:
	case COUNT_UNCUT:
		for (size_t i = 0; i < h->kernel.state_count; i++)
			count += st->what == COUNT_IPTFS
					 ? h->kernel.states[i].state.iptfs.is_on
					 : h->kernel.states[i].state.direction == KDIR_OUT &&
						   h->kernel.states[i].state.iptfs.no_fragments;
		break;
	case COUNT_NONCES:
		count = count_nonces(p->sim, st->host);
		break;
	case COUNT_ACQUIRES:
		count = h->kernel.acquire_count;
		break;
	case COUNT_IFACES:
		count = h->kernel.iface_count;
		break;
	case COUNT_CONNECTIONS:
		count = h->core->connections.count;
		break;
	case COUNT_HALF_OPEN:
		count = h->core->half_open;
		break;
	case COUNT_SHARED:
		count = h->shared_secrets;
		break;
	case COUNT_SETS:
		list_each (ike, &h->core->ike_sas, struct ike_sa, node)
			count += ike->theirs.fragments != NULL;
		break;
	case COUNT_WAITING:
		list_each (ike, &h->core->ike_sas, struct ike_sa, node)
			count += ike->held_count;
		break;
	case COUNT_UNENDED:
		for (size_t i = 0; i < h->client_count; i++)
			count += !h->clients[i].ended && !h->clients[i].gone;
		break;
	}
	if (count != (size_t)value(p, st))
		sim_fail(p->sim, "%s has %zu %s, not %d", h->name, count, names[st->what],
			 (int)value(p, st));
}

static void expect_reqids(struct play *p, const struct sim_step *st)
{
	const struct mock_kernel *k = &p->sim->hosts[st->host].kernel;
	size_t count = 0;

	for (size_t i = 0; i < k->policy_count; i++) {
		bool is_new = true;

		for (size_t j = 0; j < i; j++)
			is_new &= k->policies[j].reqid != k->policies[i].reqid;
		count += is_new;
	}
	if (count != (size_t)value(p, st))
		sim_fail(p->sim, "%s has policies of %zu reqids", p->sim->hosts[st->host].name,
			 count);
}

static void set_knob(struct play *p, const struct sim_step *st)
{
	struct sim *s = p->sim;
	struct host *h = &s->hosts[st->host];
	uint64_t n = (uint64_t)value(p, st);

	switch ((enum knob)st->what) {
	case KNOB_KERNEL_FAIL:
		h->kernel.fail_at = (uint32_t)n;
		break;
	case KNOB_KERNEL_DELAY:
		h->kernel.delay_usec = n * USEC_PER_MSEC;
		break;
	case KNOB_SCRIPT_DELAY:
		h->updown.delay_usec = n * USEC_PER_MSEC;
		break;
	case KNOB_WORK_DELAY:
		h->work_delay_usec = n * USEC_PER_MSEC;
		break;
	case KNOB_MAC_DELAY:
		h->mac_delay_usec = n * USEC_PER_MSEC;
		break;
	case KNOB_LOSS:
		s->net.loss = (unsigned)n;
		break;
	case KNOB_DUPLICATION:
		s->net.duplication = (unsigned)n;
		break;
	case KNOB_JITTER:
		s->net.jitter_usec = n * USEC_PER_MSEC;
		break;
	case KNOB_PARTITION:
		s->net.partitioned = n != 0;
		break;
	case KNOB_LATENCY:
		s->net.latency_usec = n * USEC_PER_MSEC;
		break;
	case KNOB_REREAD_FAILS:
		h->reread_fails = n != 0;
		break;
	case KNOB_CORRUPTION:
		s->net.corruption = (unsigned)n;
		break;
	case KNOB_MTU:
		s->net.mtu = (size_t)n;
		break;
	case KNOB_TOO_LONG:
		s->net.tells_too_long = n != 0;
		break;
	case KNOB_MEMORY:
		h->memory_at = (uint32_t)n;
		break;
	case KNOB_SPI:
		h->kernel.spi = (uint32_t)n;
		break;
	case KNOB_CPI:
		h->kernel.cpi = n;
		break;
	case KNOB_NO_UDP:
		s->net.no_udp = n != 0;
		break;
	case KNOB_NAT_LIFE:
		s->net.box.life_usec = n * USEC_PER_MSEC;
		break;
	case KNOB_MESSAGE_ID:
		craft_message_id(s, st->host, (uint32_t)n);
		break;
	case KNOB_COOKIE_LIES:
		h->cookie_lies = n != 0;
		break;
	case KNOB_TRAFFIC_IN:
		mock_traffic(s, st->host, KDIR_IN, n != 0);
		break;
	case KNOB_TRAFFIC_OUT:
		mock_traffic(s, st->host, KDIR_OUT, n != 0);
		break;
	case KNOB_NO_NAMES:
		h->no_names = n != 0;
		break;
	case KNOB_RENAME:
		address_parse("192.0.2.0", &h->renamed);
		h->renamed.bytes[3] = (uint8_t)n;
		break;
	case KNOB_ROLE:
		h->less_role = (uint8_t)(ROLE_OWN - n);
		break;
	case KNOB_RESOLVE_DELAY:
		h->resolve_delay_usec = n * USEC_PER_MSEC;
		break;
	case KNOB_NO_FAULTS:
		s->net.fault_count = 0;
		break;
	}
}

/* To a gateway of that name, with the nonce of the host's attempt. */
static struct slice named_gateway(const struct host *h, const char *name, uint8_t out[64])
{
	struct writer w = writer_over(out, 64);
	struct ike_sa *ike;

	writer_u8(&w, 3);
	writer_u8(&w, (uint8_t)strlen(name));
	writer_put(&w, slice_str(name));
	list_each (ike, &h->core->ike_sas, struct ike_sa, node)
		if (ike->phase != IKE_DEAD)
			writer_put(&w, bytes_slice(&ike->nonce));
	return writer_slice(&w);
}

static void forge(struct play *p, const struct sim_step *st)
{
	struct sim *s = p->sim;
	const struct capture *last = &s->net.captures[s->net.capture_count - 1];
	bool from_self = last->from == st->host;
	struct endpoint from = from_self ? last->remote : last->local;
	struct endpoint to = from_self ? last->local : last->remote;
	uint8_t buffer[300], plain[2] = { 0, 19 }, named[64], cookie[100];
	/* to north, with a nonce that nobody sent */
	uint8_t gateway[6 + 32] = { 1, 4, 192, 0, 2, 3, 7, 7, 7 };
	bool sender_initiated = ((last->data.data[19] & FLAG_INITIATOR) != 0) != from_self;
	struct ike_header h = { .exchange = st->what };
	struct ike_header seen;
	struct builder b;

	if (!header_parse(bytes_slice(&last->data), &seen))
		return;
	h.spi_i = seen.spi_i;
	h.spi_r = seen.spi_r;
	h.message_id = seen.message_id;
	h.flags = (uint8_t)((sender_initiated ? FLAG_INITIATOR : 0) | (st->more ? FLAG_RESPONSE : 0));
	memset(cookie, 'c', sizeof(cookie));
	builder_start(&b, buffer, sizeof(buffer), &h);
	if (st->text && strstr(st->text, "nonce"))
		builder_raw(&b, PAYLOAD_NONCE, slice(cookie, 32));
	builder_notify(&b, PROTOCOL_NONE, SLICE_EMPTY, (uint16_t)value(p, st),
		       value(p, st) == N_INVALID_KE_PAYLOAD ? SLICE_OF(plain)
		       : value(p, st) == N_COOKIE
			       ? slice(cookie, st->text ? strtoul(st->text, NULL, 10) : 8)
		       : value(p, st) == N_REDIRECT && st->text && st->text[0]
			       ? named_gateway(&s->hosts[st->host], st->text, named)
		       : value(p, st) == N_REDIRECT ? SLICE_OF(gateway)
							    : SLICE_EMPTY);
	net_inject(s, &from, &to, builder_finish(&b), 0);
}

static void logged(struct sim *s, const struct host *h, const struct sim_step *st)
{
	const char *at = strstr(h->log, st->text);

	if (!at)
		sim_fail(s, "%s did not log \"%s\"", h->name, st->text);
	else if (st->n == 1 && strstr(at + 1, st->text))
		sim_fail(s, "%s logged \"%s\" more than once", h->name, st->text);
}

static void replay(struct play *p, const struct sim_step *st)
{
	struct sim *s = p->sim;
	size_t count = s->net.capture_count, n = (size_t)value(p, st);

	for (size_t i = 0; i < count; i++) {
		const struct capture *c = &s->net.captures[i];

		for (unsigned j = 0; (n == 0 || n == i + 1) && j <= st->what; j++)
			net_inject(s, &c->local, &c->remote, bytes_slice(&c->data), i * 1000);
	}
	sim_run(s, USEC_PER_SEC);
}

static void compare_dump(struct play *p, const struct sim_step *st)
{
	char now[2000] = "";
	const struct host *h = &p->sim->hosts[st->host];

	mock_dump(&h->kernel, now, sizeof(now));
	if (strcmp(now, p->dump[st->host]) != 0)
		sim_fail(p->sim, "%s: the kernel held\n%sand now\n%s", h->name, p->dump[st->host],
			 now);
}

static void run_step(struct play *p, const struct sim_step *st)
{
	struct sim *s = p->sim;
	struct host *h = &s->hosts[st->host];
	char buf[600];
	struct fault f = st->fault;

	switch ((enum op)st->op) {
	case OP_SETUP:
		setup(p, st->text);
		break;
	case OP_PSK:
		if (!host_add_psk(h, st->text, st->more))
			sim_fail(s, "the PSK cannot be added");
		break;
	case OP_CREDENTIAL:
		if (!host_add_credential(h, st->text, st->more))
			sim_fail(s, "the certificate cannot be added");
		break;
	case OP_PPK:
		if (!host_add_secret(h, "192.0.2.1 192.0.2.2", st->text, st->more))
			sim_fail(s, "the PPK cannot be added");
		break;
	case OP_ADD:
		add(p, st->host, st->text, st->more);
		break;
	case OP_LISTEN:
		request(p, st->host, VERB_LISTEN, NULL, NULL, RC_OK);
		break;
	case OP_REQUEST:
		client_request(s, st->host, (enum verb)st->what, st->text, st->more);
		break;
	case OP_AGAIN:
		client_again(s, st->host, (enum verb)st->what, st->text, st->more);
		break;
	case OP_WAIT:
		wait_end(p, st);
		break;
	case OP_REASON:
		expect_reason(p, st);
		break;
	case OP_RUN:
		sim_run(s, (uint64_t)value(p, st) * USEC_PER_MSEC);
		break;
	case OP_REST:
		if (!sim_rest(s, REST_USEC))
			sim_fail(s, "nothing comes to rest");
		break;
	case OP_COUNT:
		expect_count(p, st);
		break;
	case OP_CLEAN:
		check_clean(s, st->host);
		break;
	case OP_FAULT:
		f.first = (uint32_t)value(p, st);
		net_fault(s, f);
		break;
	case OP_REWRITE:
		f.first = 1;
		f.payload = (uint8_t)value(p, st);
		net_fault(s, f);
		break;
	case OP_SET:
		set_knob(p, st);
		break;
	case OP_GROUP_FILE:
		h->group_file = st->text;
		break;
	case OP_SCRIPT:
		text_copy(h->updown.fail_verb, sizeof(h->updown.fail_verb),
			  words(p, st->text, buf, sizeof(buf)));
		h->updown.fail_status = (int)value(p, st);
		break;
	default:
		break;
	}
}

static void packets(struct play *p, const struct sim_step *st)
{
	for (int64_t i = 0; i < value(p, st); i++) {
		const char *fate = mock_packet(p->sim, st->host, st->text);

		if (strcmp(fate, st->more) != 0)
			sim_fail(p->sim, "%s: the packet %s: %s, not %s",
				 p->sim->hosts[st->host].name, st->text, fate, st->more);
	}
}

static struct session *session_copy(const struct session *from)
{
	struct session *s = malloc(sizeof(*s));

	if (!s)
		abort();
	*s = *from;
	s->id_i = s->id_r = (struct identity){ 0 };
	s->peer_ca = NULL;
	if (!secret_copy(secret_slice(&from->sk_d), &s->sk_d) ||
	    !bytes_copy(bytes_slice(&from->ticket), &s->ticket) ||
	    !identity_copy(&from->id_i, &s->id_i) || !identity_copy(&from->id_r, &s->id_r))
		abort();
	return s;
}

static void session_step(struct play *p, const struct sim_step *st)
{
	struct host *h = &p->sim->hosts[st->host];
	struct connection *conn = connection_find(&h->core->connections, NET);
	struct session **at = conn ? &conn->session : NULL;

	if (st->what == SESSION_STORE_LOST) {
		h->ticket_len = 0;
		return;
	}
	if (!at || (!*at && st->what != SESSION_RESTORE)) {
		sim_fail(p->sim, "%s has no ticket", h->name);
		return;
	}
	switch ((enum session_op)st->what) {
	case SESSION_SAVE:
		session_free(p->saved);
		p->saved = session_copy(*at);
		break;
	case SESSION_RESTORE:
		session_free(*at);
		*at = session_copy(p->saved);
		(*at)->is_kept = true;
		break;
	case SESSION_TAMPER:
		(*at)->ticket.data[(size_t)value(p, st) % (*at)->ticket.len] ^= 1;
		break;
	case SESSION_LIES:
		(*at)->expires_usec = USEC_NEVER - 1;
		break;
	case SESSION_STORE_LOST:
		break;
	}
}

static void run_check(struct play *p, const struct sim_step *st)
{
	struct sim *s = p->sim;
	struct host *h = &s->hosts[st->host];

	switch ((enum op)st->op) {
	case OP_GONE:
		client_gone(s, st->host, h->client_count - 1);
		break;
	case OP_DUMP:
		mock_dump(&h->kernel, p->dump[st->host], sizeof(p->dump[st->host]));
		break;
	case OP_SAME:
		compare_dump(p, st);
		break;
	case OP_FORGE:
		forge(p, st);
		break;
	case OP_REPLAY:
		replay(p, st);
		break;
	case OP_LOGGED:
		logged(s, h, st);
		break;
	case OP_UNLOGGED:
		if (strstr(h->log, st->text))
			sim_fail(s, "%s logged \"%s\"", h->name, st->text);
		break;
	case OP_INIT:
		craft_init(s, st->host, (enum mangle)value(p, st));
		break;
	case OP_FLOOD:
		craft_flood(s, st->host, (unsigned)value(p, st), (enum flood)st->what);
		break;
	case OP_CRAFT:
		craft_protected(s, st->host, st->what, (unsigned)value(p, st));
		break;
	case OP_SAYS:
		if (!craft_last_has(s, st->host, (uint16_t)value(p, st)))
			sim_fail(s, "%s did not say notify %d", h->name, (int)value(p, st));
		break;
	case OP_SHORT:
		if (craft_last_len(s, st->host) > (size_t)value(p, st))
			sim_fail(s, "%s answered with %zu bytes", h->name,
				 craft_last_len(s, st->host));
		break;
	case OP_SAYS_NO:
		if (craft_last_has(s, st->host, (uint16_t)value(p, st)))
			sim_fail(s, "%s said notify %d", h->name, (int)value(p, st));
		break;
	case OP_REFLECT:
		craft_reflect(s, st->host);
		break;
	case OP_FAILURES:
		for (int64_t i = 0; i < value(p, st) && !s->failed; i++)
			request(p, st->host, VERB_INITIATE, "n3", NULL, RC_FATAL);
		break;
	case OP_PSK_FORGET:
		keystore_free(h->keystore);
		h->keystore = keystore_new();
		break;
	case OP_CRASH:
		host_crash(s, st->host);
		break;
	case OP_REQIDS:
		expect_reqids(p, st);
		break;
	case OP_FLOW:
		flow_start(s, (uint64_t)value(p, st) * USEC_PER_MSEC);
		break;
	case OP_RAN:
		if (strcmp(h->updown.ran, st->text) != 0)
			sim_fail(s, "%s ran \"%s\", not \"%s\"", h->name, h->updown.ran, st->text);
		break;
	case OP_MARK:
		p->mark = s->net.capture_count;
		break;
	case OP_SENT:
		if (s->net.capture_count - p->mark != (size_t)value(p, st))
			sim_fail(s, "%zu datagrams were sent, not %d",
				 s->net.capture_count - p->mark, (int)value(p, st));
		break;
	case OP_PACKET:
		packets(p, st);
		break;
	case OP_SESSION:
		session_step(p, st);
		break;
	case OP_FLUSH:
		mock_flush_states(s, st->host, (size_t)value(p, st));
		break;
	case OP_EXPIRE:
		mock_expire(s, st->host, (size_t)value(p, st) - 1, st->what != 0);
		break;
	case OP_EVENTS:
		for (int64_t i = 0; i < value(p, st); i++)
			sim_next(s, s->now_usec + USEC_PER_SEC);
		break;
	default:
		break;
	}
}

void scenario_finish(struct sim *s)
{
	s->net.fault_count = 0;
	s->net.loss = s->net.duplication = s->net.corruption = 0;
	s->net.partitioned = false;
	s->net.mtu = 0;
	for (uint8_t i = 0; i < HOSTS; i++) {
		s->hosts[i].kernel.fail_at = s->hosts[i].kernel.fail_every = 0;
		s->hosts[i].updown.fail_verb[0] = 0;
		s->hosts[i].updown.fail_percent = 0;
	}
	for (uint8_t i = 0; i < HOSTS && !s->failed; i++) {
		if (!s->hosts[i].has_exited)
			client_request(s, i, VERB_SHUTDOWN, NULL, NULL);
		sim_run(s, 10 * USEC_PER_SEC);
		if (!s->hosts[i].has_exited)
			sim_fail(s, "%s does not shut down", s->hosts[i].name);
		check_clean(s, i);
	}
}

int64_t scenario_first(const struct scenario *sc)
{
	return sc->words ? 1 : sc->from;
}

int64_t scenario_last(const struct scenario *sc)
{
	int64_t n = 0;

	if (!sc->words)
		return sc->to;
	while (sc->words[n])
		n++;
	return n;
}

bool scenario_run(const struct scenario *sc, uint64_t seed, int64_t k, bool verbose, char *why,
		  size_t size, uint64_t *digest)
{
	uint16_t bits;
	const struct alg *needs = sc->needs ? alg_by_word(TRANSFORM_KE, sc->needs, &bits) : NULL;
	struct play p = { .scenario = sc, .k = k, .sim = NULL };
	struct sim *s;
	bool ok;

	if (sc->needs && (!needs || !alg_is_available(needs)))
		return true;
	p.sim = s = sim_new(seed, &sc->settings);
	s->verbose = verbose;
	for (size_t i = 0; i < MAX_STEPS && sc->steps[i].op != OP_END && !s->failed; i++) {
		run_step(&p, &sc->steps[i]);
		run_check(&p, &sc->steps[i]);
		scenario_path_step(s, &sc->steps[i], p.mark, value(&p, &sc->steps[i]));
		scenario_watch_step(s, &sc->steps[i], value(&p, &sc->steps[i]));
		scenario_restart_step(s, &sc->steps[i], p.mark, value(&p, &sc->steps[i]));
	}
	if (!s->failed && !sc->is_loose && !sim_rest(s, REST_USEC))
		sim_fail(s, "nothing comes to rest");
	if (!s->failed && !sc->is_loose)
		check_rest(s);
	if (!s->failed)
		scenario_finish(s);
	ok = !s->failed;
	text_copy(why, size, s->why);
	*digest = s->net.digest;
	session_free(p.saved);
	sim_free(s);
	return ok;
}
