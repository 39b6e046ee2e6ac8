/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must hold after every event of every world: message IDs that only grow, a deadline for every
 * SA, no ESP state without an AUTH that both ends computed alike, no key, SPI or IV used twice, the
 * same bytes in every retransmission.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

static struct track *track_of(struct sim *s, struct host *h, const struct ike_sa *ike)
{
	struct track *t;

	for (size_t i = h->track_count; i-- > 0;)
		if (h->tracks[i].spi == ike_our_spi(ike))
			return &h->tracks[i];
	if (h->track_count == TRACKS) {
		sim_fail(s, "too many IKE SAs for the record");
		return &h->tracks[0];
	}
	t = &h->tracks[h->track_count++];
	*t = (struct track){ .spi = ike_our_spi(ike),
			     .spi_i = ike->spi_i,
			     .serial = ike->serial,
			     .parent = ike->replaces_spi };
	return t;
}

static bool slot_waits(const struct slot *slot)
{
	return slot->row && slot->ticket;
}

static uint64_t hash_of(struct slice key)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < key.len; i++)
		hash = (hash ^ key.data[i]) * 0x100000001b3;
	return hash;
}

/* Resumed: the peer has or had the same keys, which come from those of an IKE SA that was authenticated. */
static bool is_resumed(const struct sim *s, const struct host *h, const struct ike_sa *ike)
{
	uint64_t hash = hash_of(secret_slice(&ike->keys.all));

	for (int o = 0; ike->is_resumed && o < HOSTS; o++)
		for (size_t i = s->hosts[o].track_count; &s->hosts[o] != h && i-- > 0;)
			if (s->hosts[o].tracks[i].session_keys == hash)
				return true;
	return false;
}

static void check_ike(struct sim *s, struct host *h, struct ike_sa *ike)
{
	struct track *t = track_of(s, h, ike);
	struct child_sa *child;

	if (ike->next_message_id < t->next_message_id ||
	    ike->expected_message_id < t->expected_message_id)
		sim_fail(s, "%s #%u: a message ID went back", h->name, ike->serial);
	if (ike->next_message_id > t->next_message_id + 1 ||
	    ike->expected_message_id > t->expected_message_id + 1)
		sim_fail(s, "%s #%u: a message ID was left out", h->name, ike->serial);
	if (t->was_up && ike->phase < IKE_ESTABLISHED)
		sim_fail(s, "%s #%u: an established IKE SA is in phase %u", h->name, ike->serial,
			 ike->phase);
	/* what was adopted goes on when there are ears */
	if (ike->expires_usec == USEC_NEVER && !ike->request.out.wire.data && !ike->is_adopted &&
	    !slot_waits(&ike->ours) && !slot_waits(&ike->theirs))
		sim_fail(s, "%s #%u: phase %u without a deadline", h->name, ike->serial,
			 ike->phase);
	if (ike->request.out.wire.data && core_deadline(h->core) > ike->request.next_usec)
		sim_fail(s, "%s #%u: the timer comes after the retransmission", h->name,
			 ike->serial);
	list_each (child, &ike->children, struct child_sa, node) {
		if (child->phase == CHILD_ESTABLISHED && ike->phase != IKE_ESTABLISHED &&
		    ike->phase != IKE_DELETING)
			sim_fail(s, "%s #%u: a child is up before AUTH", h->name, ike->serial);
		if (child->phase == CHILD_LARVAL && ike->ours.scratch.child != child &&
		    ike->theirs.scratch.child != child &&
		    (!ike->followup || ike->followup->scratch.child != child))
			sim_fail(s, "%s #%u: nobody makes the larval child #%u", h->name,
				 ike->serial, child->serial);
	}
	t->next_message_id = ike->next_message_id;
	t->expected_message_id = ike->expected_message_id;
	t->phase = ike->phase;
	t->was_up |= ike->phase == IKE_ESTABLISHED;
	if (ike->session && ike->keys.all.len > 0)
		t->session_keys = hash_of(secret_slice(&ike->keys.all));
	if (!t->is_resumed)
		t->is_resumed = is_resumed(s, h, ike);
}

/* What a connection's routing says may become of its traffic, and nothing else, is what becomes of
 * it: never in clear where a trap or a drop was put. A change under way may still show the old. */
static void check_route(struct sim *s, struct host *h, const struct connection *conn)
{
	struct selector_pairs pairs = { .local = &conn->route->ts_local,
					.remote = &conn->route->ts_remote };
	const struct selector *local, *remote;
	uint8_t action = KPOLICY_PASS;

	while (selector_pairs_next(&pairs, &local, &remote)) {
		bool stands = mock_has_policy(&h->kernel, local, remote, KDIR_OUT, &action);
		bool may_pass = conn->def->config.type == CONN_PASSTHROUGH ||
				conn->def->config.failure_shunt == FAILURE_PASS ||
				conn->def->config.negotiation_shunt == NEGOTIATION_PASS;

		if (!stands)
			sim_fail(s, "%s: \"%s\" is routed and its traffic goes in clear", h->name,
				 conn->def->config.name);
		else if (action == KPOLICY_PASS && !may_pass)
			sim_fail(s, "%s: \"%s\" passes what it must protect", h->name,
				 conn->def->config.name);
	}
}

void check_routes(struct sim *s, uint8_t host)
{
	struct host *h = &s->hosts[host];
	struct connection *conn;

	if (!h->core)
		return;
	list_each (conn, &h->core->connections.all, struct connection, node)
		if (conn->route && conn->route->phase == CHILD_ESTABLISHED)
			check_route(s, h, conn);
}

void check_event(struct sim *s, uint8_t host)
{
	struct host *h = &s->hosts[host];
	struct ike_sa *ike;
	size_t count = 0, half_open = 0;

	list_each (ike, &h->core->ike_sas, struct ike_sa, node) {
		check_ike(s, h, ike);
		count++;
		half_open += ike->is_half_open_counted;
	}
	if (count != h->core->ike_count || half_open != h->core->half_open)
		sim_fail(s, "%s: %zu IKE SAs and %zu half-open ones, counted %zu and %u", h->name,
			 count, half_open, h->core->ike_count, h->core->half_open);
	check_routes(s, host);
	check_kept(s, host);
	if (!list_is_empty(&h->core->dead))
		sim_fail(s, "%s: a dead IKE SA was left after the event", h->name);
}

/* "... #7: IKE SA is down: why": the reason is kept for the IKE SA of that serial number. */
void check_log(struct sim *s, uint8_t host, const char *text)
{
	struct host *h = &s->hosts[host];
	const char *at = strstr(text, " #"), *why = strstr(text, "IKE SA is down: ");
	unsigned long serial = at ? strtoul(at + 2, NULL, 10) : 0;

	if (h->log_len < sizeof(h->log) - 1) {
		struct text t = text_over(h->log + h->log_len, sizeof(h->log) - h->log_len);

		text_add(&t, "%s\n", text);
		h->log_len += t.len;
	}
	if (s->verbose)
		printf("%9.3f %-5s %.400s\n", (double)s->now_usec / 1e6, h->name, text);
	if (!why)
		why = strstr(text, "IKE SA failed: ");
	if (!why || !serial)
		return;
	for (size_t i = 0; i < h->track_count; i++)
		if (h->tracks[i].serial == serial) {
			h->tracks[i].is_gone = true;
			text_copy(h->tracks[i].reason, sizeof(h->tracks[i].reason), why);
		}
}

/* The peer's MAC that this IKE SA verified was made by some host for its own end. */
static bool auth_was_verified(const struct sim *s, const struct host *h, uint64_t owner)
{
	for (size_t i = 0; i < h->mac_count; i++) {
		const struct mac_record *m = &h->macs[i];

		if (m->owner != owner || !m->has[1])
			continue;
		for (int o = 0; o < HOSTS; o++)
			for (size_t j = 0; j < s->hosts[o].mac_count; j++) {
				const struct mac_record *p = &s->hosts[o].macs[j];

				if (&s->hosts[o] != h && p->has[0] &&
				    memcmp(p->mac[0], m->mac[1], PRF_MAX_LEN) == 0)
					return true;
			}
	}
	return false;
}

/* Nobody has to prove anything: there is no work to look at. */
static bool is_anonymous(struct host *h, uint64_t owner)
{
	struct ike_sa *ike;

	list_each (ike, &h->core->ike_sas, struct ike_sa, node)
		if (ike_handle(ike) == owner)
			return ike->peer_is_anonymous && (ike->connection->peer->auth & ALLOW_NULL);
	return false;
}

static void check_keys(struct sim *s, struct host *h, const struct mock_key *key)
{
	for (int o = 0; o < HOSTS; o++)
		for (size_t i = 0; i < s->hosts[o].kernel.key_count; i++) {
			const struct mock_key *k = &s->hosts[o].kernel.keys[i];
			bool same_key = k->len == key->len && memcmp(k->key, key->key, k->len) == 0;
			/* an end may have moved before the other one installed */
			bool same_name = !k->is_void && k->spi == key->spi &&
					 (same_key || nat_same(s, &k->dst, &key->dst));

			if (k->is_void && &s->hosts[o] != h)
				continue;

			if (&s->hosts[o] == h && (same_key || same_name))
				sim_fail(s, "%s: %s 0x%08x was in use before", h->name,
					 same_key ? "the key of" : "SPI", key->spi);
			else if (&s->hosts[o] != h && same_key != same_name)
				sim_fail(s, "%s: 0x%08x and the peer's 0x%08x %s", h->name,
					 key->spi, k->spi,
					 same_key ? "have one key" : "differ in keys");
			else if (&s->hosts[o] != h && same_name && k->direction == key->direction)
				sim_fail(s, "%s: 0x%08x has one direction at both ends", h->name,
					 key->spi);
		}
}

/* The IKE SA that it was rekeyed from, the first of all: that one was authenticated. */
static uint64_t first_of(const struct host *h, uint64_t spi)
{
	for (size_t i = h->track_count; i-- > 0;)
		if (h->tracks[i].spi == spi && h->tracks[i].parent)
			spi = h->tracks[i].parent;
	return spi;
}

static bool was_resumed(struct sim *s, struct host *h, uint64_t spi)
{
	const struct ike_sa *ike = ike_by_spi(h->core, spi);

	if (ike && is_resumed(s, h, ike))
		return true;
	for (size_t i = h->track_count; i-- > 0;)
		if (h->tracks[i].spi == spi)
			return h->tracks[i].is_resumed;
	return false;
}

void check_install(struct sim *s, uint8_t host, uint64_t owner, const struct kernel_state *state)
{
	struct host *h = &s->hosts[host];
	struct mock_kernel *k = &h->kernel;
	struct mock_key *key = &k->keys[k->key_count];

	if (!is_anonymous(h, owner) && !auth_was_verified(s, h, first_of(h, owner)) &&
	    !was_resumed(s, h, first_of(h, owner)))
		sim_fail(s, "%s: ESP 0x%08x without a verified AUTH", h->name, state->spi);
	if (k->key_count == MOCK_KEYS) {
		sim_fail(s, "too many keys for the record");
		return;
	}
	*key = (struct mock_key){ .direction = state->direction,
				  .spi = state->spi,
				  .dst = state->dst,
				  .len = (uint8_t)(state->encr_key_len + state->integ_key_len) };
	memcpy(key->key, state->encr_key, state->encr_key_len);
	memcpy(key->key + state->encr_key_len, state->integ_key, state->integ_key_len);
	check_keys(s, h, key);
	k->key_count++;
}

#define SK_IV_AT (IKE_HEADER_LEN + 4)

/* Under one key each message ID has one text and each IV one message. */
void check_datagram(struct sim *s, size_t capture)
{
	const struct capture *c = &s->net.captures[capture];

	if (c->data.len < SK_IV_AT + 8) {
		if (c->data.len < IKE_HEADER_LEN)
			sim_fail(s, "%s sends %zu bytes", s->hosts[c->from].name, c->data.len);
		return;
	}
	if (c->data.data[16] != PAYLOAD_SK)
		return;
	for (size_t i = 0; i < capture; i++) {
		const struct capture *o = &s->net.captures[i];
		bool same_key = o->from == c->from && o->data.len >= SK_IV_AT + 8 &&
				o->data.data[16] == PAYLOAD_SK &&
				memcmp(o->data.data, c->data.data, 16) == 0 &&
				((o->data.data[19] ^ c->data.data[19]) & FLAG_INITIATOR) == 0;
		bool same_id = same_key && memcmp(o->data.data + 19, c->data.data + 19, 5) == 0;

		if (!same_key || slice_eq(bytes_slice(&o->data), bytes_slice(&c->data)))
			continue;
		if (same_id)
			sim_fail(s, "%s sends two texts under one message ID",
				 s->hosts[c->from].name);
		if (memcmp(o->data.data + SK_IV_AT, c->data.data + SK_IV_AT, 8) == 0)
			sim_fail(s, "%s uses an IV twice", s->hosts[c->from].name);
	}
}
