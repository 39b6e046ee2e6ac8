/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tickets by value (RFC 5723 6, 9.5, Appendix A.1):
 *
 *   version | 0 0 0 | key id | salt | IV | AES-256-GCM { state } | ICV
 *
 * under a key of its own, prf+(ticket key, salt), so that no nonce is ever used twice whatever happens
 * to a counter. Opening one is two HMACs and a decryption, before anything is allocated for a peer.
 */
#include "core/ticket.h"

#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "core/internal.h"
#include "crypto/cipher.h"
#include "crypto/prf.h"
#include "crypto/random.h"

#define VERSION 1
#define SALT_LEN 16
#define ASSOCIATED_LEN (4 + TICKET_KEY_ID_LEN + SALT_LEN)
#define DAY_SEC 86400u
#define KEY_USED_SEC DAY_SEC       /* to make tickets */
#define KEY_KEPT_SEC (2 * DAY_SEC) /* to read them */
#define LIFE_MAX_SEC TICKET_LIFE_MAX_SEC
#define CLOCK_SLACK_SEC 3600u /* a key from further in the future: the clock was wrong */
#define SPENT_MAX 16384u
#define RECORD_LEN 56 /* of the file */

enum record { RECORD_KEY = 1, RECORD_SPENT = 2 };

struct spent {
	struct table_node node;
	struct list list;
	uint64_t spi_i, spi_r, until_sec;
};

/* ---- the list of what is no good any more */

static uint64_t spent_hash(const struct tickets *t, uint64_t spi_i, uint64_t spi_r)
{
	uint64_t key[2] = { spi_i, spi_r };

	return table_hash(&t->spent, slice(key, sizeof(key)));
}

static struct spent *spent_find(struct tickets *t, uint64_t spi_i, uint64_t spi_r)
{
	uint64_t hash = spent_hash(t, spi_i, spi_r);
	struct table_node *n;

	for (n = table_first(&t->spent, hash); n; n = table_next(n, hash)) {
		struct spent *s = container_of(n, struct spent, node);

		if (s->spi_i == spi_i && s->spi_r == spi_r)
			return s;
	}
	return NULL;
}

static void spent_free(struct tickets *t, struct spent *s)
{
	table_remove(&t->spent, &s->node);
	list_remove(&s->list);
	t->spent_count--;
	free(s);
}

/* What cannot be remembered for want of room takes all that ends no later with it. */
static void forget(struct tickets *t, uint64_t until_sec)
{
	if (until_sec > t->floor_sec)
		t->floor_sec = until_sec;
}

static void make_room(struct core *c)
{
	struct tickets *t = &c->tickets;
	struct spent *s;

	list_each (s, &t->spent_list, struct spent, list)
		if (t->spent_count >= SPENT_MAX / 2 && s->until_sec <= c->wall_sec)
			spent_free(t, s);
	while (t->spent_count >= SPENT_MAX) {
		s = list_first(&t->spent_list, struct spent, list);
		forget(t, s->until_sec);
		spent_free(t, s);
	}
}

static bool spent_add(struct tickets *t, uint64_t spi_i, uint64_t spi_r, uint64_t until_sec)
{
	struct spent *s = spent_find(t, spi_i, spi_r);

	if (s) {
		if (s->until_sec < until_sec)
			s->until_sec = until_sec;
		return true;
	}
	s = calloc(1, sizeof(*s));
	if (s && table_insert(&t->spent, &s->node, spent_hash(t, spi_i, spi_r))) {
		s->spi_i = spi_i;
		s->spi_r = spi_r;
		s->until_sec = until_sec;
		list_append(&t->spent_list, &s->list);
		t->spent_count++;
		return true;
	}
	free(s);
	forget(t, until_sec);
	return false;
}

/* ---- the file: records of one length, appended; a turn of the key writes it anew */

static void put_record(struct writer *w, enum record kind, uint64_t a, uint64_t b, uint64_t number,
		       const uint8_t key[32])
{
	size_t end = w->len + RECORD_LEN;

	writer_u8(w, (uint8_t)kind);
	writer_u64(w, a);
	writer_u64(w, b);
	if (kind == RECORD_KEY)
		writer_put(w, slice(key, 32));
	else
		writer_u64(w, number);
	writer_zero(w, end - w->len);
}

static void put_key(struct writer *w, const struct ticket_key *k)
{
	uint64_t id;

	memcpy(&id, k->id, sizeof(id));
	put_record(w, RECORD_KEY, id, k->created_sec, 0, k->key);
}

static void store_all(struct core *c)
{
	struct tickets *t = &c->tickets;
	cleanup(secret_cleanup) struct secret image = { 0 };
	struct spent *s;
	struct writer w;

	if (!secret_alloc((ARRAY_LEN(t->keys) + t->spent_count) * RECORD_LEN, &image))
		return;
	w = writer_over(image.data, image.len);
	for (size_t i = 0; i < ARRAY_LEN(t->keys); i++)
		put_key(&w, &t->keys[i]);
	list_each (s, &t->spent_list, struct spent, list)
		if (s->until_sec > c->wall_sec)
			put_record(&w, RECORD_SPENT, s->spi_i, s->spi_r, s->until_sec, NULL);
	t->appended = 0;
	t->is_torn = false;
	core_tickets(c, writer_slice(&w), true);
}

static void take_record(struct tickets *t, struct cursor *in)
{
	uint64_t a, b, number;
	uint8_t kind;

	if (!cursor_u8(in, "kind", &kind) || !cursor_u64(in, "id", &a) || !cursor_u64(in, "id", &b))
		return;
	if (kind == RECORD_SPENT && cursor_u64(in, "end", &number)) {
		if (t->spent_count < SPENT_MAX)
			spent_add(t, a, b, number);
		else
			forget(t, number);
	}
	if (kind != RECORD_KEY || b == 0)
		return;
	for (size_t i = 0; i < ARRAY_LEN(t->keys); i++) {
		struct ticket_key *k = &t->keys[i];

		if (k->created_sec)
			continue;
		memcpy(k->id, &a, sizeof(k->id));
		k->created_sec = b;
		if (!cursor_copy(in, "key", k->key, sizeof(k->key)))
			k->created_sec = 0;
		return;
	}
}

void tickets_init(struct core *c, struct slice stored)
{
	struct tickets *t = &c->tickets;
	uint8_t key[16] = { 0 };

	random_bytes(key, sizeof(key));
	table_init(&t->spent, key);
	list_init(&t->spent_list);
	for (size_t at = 0; at + RECORD_LEN <= stored.len; at += RECORD_LEN) {
		struct cursor in = cursor_of(slice(stored.data + at, RECORD_LEN));

		take_record(t, &in);
	}
	t->appended = (uint32_t)(stored.len / RECORD_LEN);
	t->is_torn = stored.len % RECORD_LEN != 0;
}

void tickets_fini(struct core *c)
{
	struct spent *s;

	list_each (s, &c->tickets.spent_list, struct spent, list)
		spent_free(&c->tickets, s);
	table_fini(&c->tickets.spent);
	wipe(c->tickets.keys, sizeof(c->tickets.keys));
}

bool ticket_is_spent(struct core *c, const struct session *s)
{
	return s->until_sec <= c->tickets.floor_sec ||
	       spent_find(&c->tickets, s->spi_i, s->spi_r) != NULL;
}

void ticket_spend(struct core *c, uint64_t spi_i, uint64_t spi_r, uint64_t until_sec)
{
	uint8_t record[RECORD_LEN];
	struct writer w = writer_over(record, sizeof(record));

	if (until_sec <= c->wall_sec)
		return;
	make_room(c);
	spent_add(&c->tickets, spi_i, spi_r, until_sec);
	if (c->tickets.is_torn || c->tickets.appended++ >= 2 * SPENT_MAX) {
		store_all(c);
		return;
	}
	put_record(&w, RECORD_SPENT, spi_i, spi_r, until_sec, NULL);
	core_tickets(c, writer_slice(&w), false);
}

/* ---- keys */

static bool is_within(const struct core *c, const struct ticket_key *k, uint64_t sec)
{
	return k->created_sec && k->created_sec <= c->wall_sec + CLOCK_SLACK_SEC &&
	       c->wall_sec < k->created_sec + sec;
}

/* The key to make tickets with; NULL: no randomness. */
static const struct ticket_key *current_key(struct core *c)
{
	struct tickets *t = &c->tickets;
	struct ticket_key fresh = { .created_sec = c->wall_sec ? c->wall_sec : 1 };

	if (is_within(c, &t->keys[0], KEY_USED_SEC))
		return &t->keys[0];
	if (!random_bytes(fresh.id, sizeof(fresh.id)) ||
	    !random_bytes(fresh.key, sizeof(fresh.key)))
		return NULL;
	t->keys[1] = t->keys[0];
	t->keys[0] = fresh;
	wipe(&fresh, sizeof(fresh));
	if (!is_within(c, &t->keys[1], KEY_KEPT_SEC))
		wipe(&t->keys[1], sizeof(t->keys[1]));
	core_log(c, LOG_LEVEL_INFO, "tickets are made with a new key");
	store_all(c);
	return &t->keys[0];
}

static const struct ticket_key *key_by_id(const struct core *c, struct slice id)
{
	for (size_t i = 0; i < ARRAY_LEN(c->tickets.keys); i++) {
		const struct ticket_key *k = &c->tickets.keys[i];

		if (is_within(c, k, KEY_KEPT_SEC) && slice_eq(id, SLICE_OF(k->id)))
			return k;
	}
	return NULL;
}

static bool derive_digest_key(const struct ticket_key *k, uint8_t out[32])
{
	struct slice label = slice_str("credentials");
	uint8_t mac[PRF_MAX_LEN];
	bool ok = prf(alg_find(TRANSFORM_PRF, PRF_HMAC_SHA2_256), SLICE_OF(k->key), &label, 1, mac);

	memcpy(out, mac, 32);
	wipe(mac, sizeof(mac));
	return ok;
}

bool ticket_digest_key(struct core *c, uint8_t out[32])
{
	const struct ticket_key *k = current_key(c);

	return k && derive_digest_key(k, out);
}

/* ---- sealing and opening */

static struct sk_cipher cipher(void)
{
	return (struct sk_cipher){ .encr = alg_find(TRANSFORM_ENCR, ENCR_AES_GCM_16),
				   .key_bits = 256 };
}

static bool derive_key(const struct ticket_key *k, struct slice salt, struct secret *out)
{
	struct sk_cipher aead = cipher();

	return prf_plus(alg_find(TRANSFORM_PRF, PRF_HMAC_SHA2_256), SLICE_OF(k->key), &salt, 1,
			sk_encr_key_len(&aead), out);
}

bool ticket_definition(const struct connection *conn, uint8_t out[TICKET_DIGEST_LEN])
{
	uint8_t digest[32];

	if (!conn_config_digest(&conn->def->config, digest))
		return false;
	memcpy(out, digest, TICKET_DIGEST_LEN);
	return true;
}

bool ticket_may(const struct core *c, const struct ike_sa *ike, const char **why)
{
	*why = NULL;
	if (c->is_shutting_down)
		*why = "pluto is shutting down";
	else if (!ike->connection->def->config.session_resumption)
		*why = "session-resumption=no";
	else if (ike->began)
		*why = "it is the client's to ask";
	else if (ike->peer_is_anonymous)
		*why = "nobody proved who the peer is";
	else if (ike->redirect_to.family)
		*why = "it is sent to another gateway";
	return *why == NULL;
}

/* Not longer than the IKE SA may live, than its peer's proof is good, and than a day. */
static uint64_t lifetime(const struct core *c, const struct ike_sa *ike)
{
	const struct conn_config *config = &ike->connection->def->config;
	uint64_t life = config->ike_lifetime_usec / USEC_PER_SEC, end;

	if (life == 0 || life > LIFE_MAX_SEC)
		life = LIFE_MAX_SEC;
	end = c->wall_sec + life;
	if (config->reauth && config->ike_lifetime_usec) {
		uint64_t due = ike->authenticated_sec + config->ike_lifetime_usec / USEC_PER_SEC;

		end = due < end ? due : end;
	}
	if (ike->proof_until_sec && ike->proof_until_sec < end)
		end = ike->proof_until_sec;
	return end > c->wall_sec ? end - c->wall_sec : 0;
}

static void put_id(struct writer *w, const struct identity *id)
{
	writer_u8(w, id->type);
	writer_u16(w, (uint16_t)id->body.len);
	writer_put(w, bytes_slice(&id->body));
}

static void put_state(struct writer *w, const struct ike_sa *ike, uint64_t until_sec,
		      const uint8_t definition[TICKET_DIGEST_LEN],
		      const uint8_t credentials[TICKET_DIGEST_LEN])
{
	struct slice name = slice_str(ike->connection->def->config.name);
	struct slice ca = slice_str(ike->peer_ca ? ike->peer_ca : "");

	writer_u64(w, until_sec);
	writer_u64(w, ike->authenticated_sec);
	writer_u64(w, ike->proof_until_sec);
	writer_u64(w, ike->spi_i);
	writer_u64(w, ike->spi_r);
	writer_u16(w, ike->suite.encr->id);
	writer_u16(w, ike->suite.key_bits);
	writer_u16(w, ike->suite.prf->id);
	writer_u16(w, ike->suite.integ ? ike->suite.integ->id : 0);
	writer_u16(w, ike->suite.ke ? ike->suite.ke->id : 0);
	writer_u8(w, (uint8_t)ike->keys.d.len);
	writer_put(w, ike->keys.d);
	writer_put(w, slice(definition, TICKET_DIGEST_LEN));
	writer_put(w, slice(credentials, TICKET_DIGEST_LEN));
	writer_u8(w, (uint8_t)name.len);
	writer_put(w, name);
	writer_u8(w, (uint8_t)ca.len);
	writer_put(w, ca);
	put_id(w, &ike->peer_id);
	put_id(w, &ike->own_id);
}

bool ticket_seal(struct core *c, struct ike_sa *ike, const uint8_t credentials[TICKET_DIGEST_LEN],
		 struct bytes *out, uint32_t *lifetime_sec)
{
	const struct ticket_key *k = current_key(c);
	uint64_t life = lifetime(c, ike);
	struct sk_cipher aead = cipher();
	cleanup(secret_cleanup) struct secret key = { 0 };
	uint8_t buffer[TICKET_MAX], definition[TICKET_DIGEST_LEN], salt[SALT_LEN];
	struct writer w = writer_over(buffer, sizeof(buffer));
	struct sk_keys keys;
	size_t text_at;
	bool ok;

	if (!k || life == 0 || !random_bytes(salt, sizeof(salt)) ||
	    !derive_key(k, SLICE_OF(salt), &key) || !ticket_definition(ike->connection, definition))
		return false;
	writer_u32(&w, (uint32_t)VERSION << 24);
	writer_put(&w, SLICE_OF(k->id));
	writer_put(&w, SLICE_OF(salt));
	writer_zero(&w, sk_iv_len(&aead));
	text_at = w.len;
	put_state(&w, ike, c->wall_sec + life, definition, credentials);
	keys = (struct sk_keys){ .encr = secret_slice(&key) };
	ok = writer_zero(&w, sk_icv_len(&aead)) &&
	     sk_seal(&aead, &keys, 1, buffer, ASSOCIATED_LEN,
		     w.len - text_at - sk_icv_len(&aead)) == VERDICT_OK &&
	     bytes_copy(writer_slice(&w), out);
	wipe(buffer, sizeof(buffer));
	if (!ok)
		return false;
	*lifetime_sec = (uint32_t)life;
	if (ike->ticket_until_sec < c->wall_sec + life)
		ike->ticket_until_sec = c->wall_sec + life;
	return true;
}

static bool take_id(struct cursor *in, struct identity *out)
{
	struct slice body;
	uint8_t type;
	uint16_t len;

	return cursor_u8(in, "identity", &type) && cursor_u16(in, "identity", &len) &&
	       cursor_take(in, "identity", len, &body) && identity_of_wire(type, body, out);
}

static bool take_state(struct cursor *in, struct session *s, struct ticket_claims *claims)
{
	struct slice sk_d, name, ca;
	uint8_t len;

	*claims = (struct ticket_claims){ 0 };
	if (!cursor_u64(in, "end", &s->until_sec) ||
	    !cursor_u64(in, "authenticated", &s->authenticated_sec) ||
	    !cursor_u64(in, "proof", &s->proof_until_sec) || !cursor_u64(in, "SPIi", &s->spi_i) ||
	    !cursor_u64(in, "SPIr", &s->spi_r) || !cursor_u16(in, "encr", &s->encr) ||
	    !cursor_u16(in, "bits", &s->key_bits) || !cursor_u16(in, "prf", &s->prf) ||
	    !cursor_u16(in, "integ", &s->integ) || !cursor_u16(in, "ke", &s->ke) ||
	    !cursor_u8(in, "SK_d", &len) || !cursor_take(in, "SK_d", len, &sk_d) ||
	    !cursor_copy(in, "definition", claims->definition, TICKET_DIGEST_LEN) ||
	    !cursor_copy(in, "credentials", claims->credentials, TICKET_DIGEST_LEN) ||
	    !cursor_u8(in, "name", &len) || !cursor_take(in, "name", len, &name) ||
	    name.len >= sizeof(claims->name))
		return false;
	memcpy(claims->name, name.data, name.len);
	if (!cursor_u8(in, "CA", &len) || !cursor_take(in, "CA", len, &ca))
		return false;
	s->peer_ca = ca.len ? strndup((const char *)ca.data, ca.len) : NULL;
	return take_id(in, &s->id_i) && take_id(in, &s->id_r) && secret_copy(sk_d, &s->sk_d);
}

/* Decrypts into buffer; false: not a ticket of ours. */
static bool unseal(struct core *c, struct slice ticket, uint8_t buffer[TICKET_MAX],
		   struct slice *text, struct ticket_claims *claims, const char **why)
{
	struct sk_cipher aead = cipher();
	cleanup(secret_cleanup) struct secret key = { 0 };
	struct cursor in = cursor_of(ticket);
	const struct ticket_key *k;
	struct slice id, salt;
	struct sk_keys keys;
	uint32_t version;

	*why = "it is none of ours";
	if (ticket.len > TICKET_MAX || !cursor_u32(&in, "version", &version) ||
	    version != (uint32_t)VERSION << 24 ||
	    !cursor_take(&in, "key", TICKET_KEY_ID_LEN, &id) ||
	    !cursor_take(&in, "salt", SALT_LEN, &salt))
		return false;
	k = key_by_id(c, id);
	if (!k) {
		*why = "its key is not here any more";
		return false;
	}
	memcpy(buffer, ticket.data, ticket.len);
	*why = "it was tampered with";
	if (!derive_key(k, salt, &key) || !derive_digest_key(k, claims->digest_key))
		return false;
	keys = (struct sk_keys){ .encr = secret_slice(&key) };
	return sk_open(&aead, &keys, buffer, ASSOCIATED_LEN, ticket.len, text) == VERDICT_OK;
}

struct session *ticket_open(struct core *c, struct slice ticket, struct ticket_claims *claims,
			    const char **why)
{
	uint8_t buffer[TICKET_MAX], digest_key[32];
	struct session *s = calloc(1, sizeof(*s));
	struct slice text = SLICE_EMPTY;
	struct cursor in;
	bool ok;

	*claims = (struct ticket_claims){ 0 };
	*why = "out of memory";
	ok = s && unseal(c, ticket, buffer, &text, claims, why);
	if (ok) {
		memcpy(digest_key, claims->digest_key, sizeof(digest_key));
		in = cursor_of(text);
		*why = "it cannot be read";
		ok = take_state(&in, s, claims);
		memcpy(claims->digest_key, digest_key, sizeof(digest_key));
	}
	wipe(buffer, sizeof(buffer));
	wipe(digest_key, sizeof(digest_key));
	if (ok && s->until_sec <= c->wall_sec) {
		*why = "it has expired";
		ok = false;
	}
	if (ok && ticket_is_spent(c, s)) {
		*why = "it was used, or its IKE SA was deleted or rekeyed";
		ok = false;
	}
	if (ok)
		return s;
	session_free(s);
	return NULL;
}
