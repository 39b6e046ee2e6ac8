/* SPDX-License-Identifier: Apache-2.0 */
/* See craft.h. What is protected is sealed with the real keys, so that only its content is wrong. */
#include "core/guard.h"
#include "core/keep.h"
#include "craft.h"

#include <string.h>

#include "wire/builder.h"
#include "wire/protect.h"

#define BUFFER 20000

static void put_u16(uint8_t *at, size_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

/* The first IKE_SA_INIT request there was. */
static const struct capture *first_init(struct sim *s)
{
	for (size_t i = 0; i < s->net.capture_count; i++) {
		const struct capture *c = &s->net.captures[i];

		if (c->data.len > IKE_HEADER_LEN && c->data.data[18] == EXCHANGE_IKE_SA_INIT &&
		    !(c->data.data[19] & FLAG_RESPONSE))
			return c;
	}
	sim_fail(s, "no IKE_SA_INIT request was sent yet");
	return NULL;
}

struct copy {
	uint8_t data[BUFFER];
	size_t len;
};

/* Where the header of the first payload of a type is; 0: none. */
static size_t find(const struct copy *c, uint8_t type)
{
	uint8_t at_type = c->data[16];
	size_t at = IKE_HEADER_LEN;

	while (at_type && at + 4 <= c->len) {
		if (at_type == type)
			return at;
		at_type = c->data[at];
		at += (size_t)(c->data[at + 2] << 8 | c->data[at + 3]);
	}
	return 0;
}

static size_t last_payload(const struct copy *c)
{
	size_t at = IKE_HEADER_LEN;

	while (c->data[at])
		at += (size_t)(c->data[at + 2] << 8 | c->data[at + 3]);
	return at;
}

static void append(struct copy *c, uint8_t type, uint8_t flags, const void *body, size_t len)
{
	size_t at = c->len;

	c->data[last_payload(c)] = type;
	c->data[at] = 0;
	c->data[at + 1] = flags;
	put_u16(c->data + at + 2, len + 4);
	if (len)
		memcpy(c->data + at + 4, body, len);
	c->len += len + 4;
	put_u16(c->data + 26, c->len);
}

/* Gives the payload at `at` a body of len bytes, 0x5a each where it grows. */
static void resize(struct copy *c, size_t at, size_t len)
{
	size_t old = (size_t)(c->data[at + 2] << 8 | c->data[at + 3]), now = len + 4;

	memmove(c->data + at + now, c->data + at + old, c->len - at - old);
	if (now > old)
		memset(c->data + at + old, 0x5a, now - old);
	put_u16(c->data + at + 2, now);
	c->len = c->len - old + now;
	put_u16(c->data + 26, c->len);
}

static void mangle_header(struct copy *c, enum mangle how)
{
	switch (how) {
	case MANGLE_SPI_I_ZERO:
		memset(c->data, 0, 8);
		break;
	case MANGLE_SPI_R:
		c->data[15] = 1;
		break;
	case MANGLE_MESSAGE_ID:
		c->data[23] = 1;
		break;
	case MANGLE_NO_INITIATOR:
		c->data[19] &= (uint8_t)~FLAG_INITIATOR;
		break;
	case MANGLE_MAJOR_3:
		c->data[17] = 0x30;
		break;
	case MANGLE_MAJOR_3_RESPONSE:
		c->data[17] = 0x30;
		c->data[19] |= FLAG_RESPONSE;
		break;
	case MANGLE_MAJOR_1:
		c->data[17] = 0x10;
		break;
	case MANGLE_MINOR:
		c->data[17] = 0x27;
		c->data[19] |= FLAG_VERSION;
		break;
	case MANGLE_SHORT:
		c->len = IKE_HEADER_LEN - 1;
		break;
	case MANGLE_LENGTH_LONG:
		put_u16(c->data + 26, c->len + 1);
		break;
	case MANGLE_LENGTH_SHORT:
		put_u16(c->data + 26, IKE_HEADER_LEN - 1);
		break;
	case MANGLE_TRAILER:
		memset(c->data + c->len, 0xab, 37);
		c->len += 37;
		break;
	case MANGLE_EXCHANGE:
		c->data[18] = 99;
		break;
	case MANGLE_FAKE_SK:
	case MANGLE_FAKE_SK_LONG:
		c->len = how == MANGLE_FAKE_SK ? 44 : 100;
		memset(c->data + 8, 0x5c, 8);
		c->data[16] = PAYLOAD_SK;
		c->data[18] = EXCHANGE_INFORMATIONAL;
		c->data[IKE_HEADER_LEN] = 0;
		put_u16(c->data + IKE_HEADER_LEN + 2, c->len - IKE_HEADER_LEN);
		put_u16(c->data + 26, c->len);
		break;
	default:
		break;
	}
}

static void mangle_payloads(struct copy *c, enum mangle how)
{
	static const uint8_t zero[300];
	size_t ke = find(c, PAYLOAD_KE), nonce = find(c, PAYLOAD_NONCE);

	switch (how) {
	case MANGLE_PAYLOAD_LENGTH_0:
		put_u16(c->data + ke + 2, 0);
		break;
	case MANGLE_CHAIN_END:
		c->data[last_payload(c)] = PAYLOAD_VENDOR;
		break;
	case MANGLE_CRITICAL:
		append(c, 200, 0x80, "x", 1);
		break;
	case MANGLE_UNKNOWN:
		append(c, 200, 0, "x", 1);
		break;
	case MANGLE_TWO_KE:
		append(c, PAYLOAD_KE, 0, c->data + ke + 4, 36);
		break;
	case MANGLE_NO_NONCE:
		c->data[ke] = PAYLOAD_VENDOR;
		break;
	case MANGLE_NONCE_15:
		resize(c, nonce, 15);
		break;
	case MANGLE_NONCE_16:
		resize(c, nonce, 16);
		break;
	case MANGLE_NONCE_256:
		resize(c, nonce, 256);
		break;
	case MANGLE_NONCE_257:
		resize(c, nonce, 257);
		break;
	case MANGLE_KE_SHORT:
		resize(c, ke, 35);
		break;
	case MANGLE_KE_GROUP:
		put_u16(c->data + ke + 4, 22);
		break;
	case MANGLE_PAYLOADS_65:
		for (int i = 0; i < 65; i++)
			append(c, PAYLOAD_VENDOR, 0, "v", 1);
		break;
	case MANGLE_VENDORS_60:
		for (int i = 0; i < 56; i++)
			append(c, PAYLOAD_VENDOR, 0, zero, 16);
		break;
	case MANGLE_NOTIFY_SPI:
		append(c, PAYLOAD_NOTIFY, 0, "\xff\xff\x40\x00", 4);
		resize(c, last_payload(c), 4 + 255);
		break;
	case MANGLE_KNOWN_CRITICAL:
		c->data[nonce + 1] = 0x80;
		break;
	case MANGLE_PUZZLE: /* RFC 8019: status 16434 */
		append(c, PAYLOAD_NOTIFY, 0, "\x00\x00\x40\x32\x00\x05\x10\x00", 8);
		break;
	case MANGLE_WRONG_COOKIE: /* of the right secret and length */
		append(c, PAYLOAD_NOTIFY, 0, "\x00\x00\x40\x06\x00\x00\x00\x01wrongwrongwrong!",
		       24);
		break;
	case MANGLE_NEW_NONCE:
		c->data[nonce + 4] ^= 1;
		break;
	case MANGLE_RESERVED:
		c->data[19] |= 0xc7;
		c->data[ke + 1] |= 0x7f;
		put_u16(c->data + ke + 6, 0xffff);
		break;
	case MANGLE_TINY: /* no extension: the answer to it is the longer one */
		c->data[nonce] = 0;
		resize(c, nonce, 16);
		c->len = nonce + 20;
		put_u16(c->data + 26, c->len);
		break;
	default:
		break;
	}
}

static bool copy_init(struct sim *s, struct copy *c, struct endpoint *from, struct endpoint *to)
{
	const struct capture *first = first_init(s);

	if (!first)
		return false;
	memcpy(c->data, first->data.data, first->data.len);
	c->len = first->data.len;
	*from = first->local;
	*to = first->remote;
	return true;
}

/* A cookie of the host's, for the request in c or for another. */
static void put_cookie(struct sim *s, uint8_t host, struct copy *c, const struct endpoint *from,
		       enum mangle how)
{
	struct core *core = s->hosts[host].core;
	uint8_t notify[4 + 20] = { 0, 0, N_COOKIE >> 8, N_COOKIE & 0xff };
	struct address source = from->address;
	size_t nonce = find(c, PAYLOAD_NONCE);
	uint64_t spi = 0;

	for (int i = 0; i < 8; i++)
		spi = spi << 8 | c->data[i];
	spi ^= how == MANGLE_COOKIE_OTHER_SPI;
	source.bytes[3] ^= how == MANGLE_COOKIE_OTHER_SOURCE;
	cookie_make(core, core->cookie_version, spi,
		    slice(c->data + nonce + 4,
			  (size_t)(c->data[nonce + 2] << 8 | c->data[nonce + 3]) - 4),
		    &source, notify + 4);
	c->data[nonce + 4] ^= how == MANGLE_COOKIE_OTHER_NONCE;
	append(c, PAYLOAD_NOTIFY, 0, notify, sizeof(notify));
}

void craft_init(struct sim *s, uint8_t host, enum mangle how)
{
	struct copy c;
	struct endpoint from, to;

	if (!copy_init(s, &c, &from, &to))
		return;
	to.address = s->hosts[host].address;
	if (how != MANGLE_NONE && how != MANGLE_NEW_NONCE)
		c.data[0] ^= 0x80; /* not the request that is known */
	mangle_payloads(&c, how);
	if (how >= MANGLE_COOKIE)
		put_cookie(s, host, &c, &from, how);
	mangle_header(&c, how);
	net_inject(s, &from, &to, slice(c.data, c.len), 0);
	sim_run(s, 50 * USEC_PER_MSEC);
}

void craft_flood(struct sim *s, uint8_t host, unsigned count, enum flood from_where)
{
	struct copy c;
	struct endpoint from, to;

	if (!copy_init(s, &c, &from, &to))
		return;
	to.address = s->hosts[host].address;
	for (unsigned i = 0; i < count; i++) {
		put_u16(c.data, 0x7000 + s->flooded);
		from.port = (uint16_t)(1024 + i);
		from.address.bytes[0] = 198;
		from.address.bytes[1] = 51;
		if (from_where != FLOOD_FROM_SAME) {
			from.address.bytes[2] = (uint8_t)(s->flooded >> 8);
			from.address.bytes[3] = (uint8_t)s->flooded;
		}
		if (from_where == FLOOD_FROM_PREFIX) {
			from.address.family = FAMILY_IPV6;
			from.address.bytes[2] = from.address.bytes[3] = 0;
			from.address.bytes[14] = (uint8_t)(s->flooded >> 8);
			from.address.bytes[15] = (uint8_t)s->flooded;
		}
		s->flooded++;
		net_inject(s, &from, &to, slice(c.data, c.len), i);
	}
	sim_run(s, 50 * USEC_PER_MSEC);
}

static struct ike_sa *established(struct host *h)
{
	struct ike_sa *ike;

	if (h->has_exited)
		return NULL;
	list_each (ike, &h->core->ike_sas, struct ike_sa, node)
		if (ike->phase == IKE_ESTABLISHED || ike->phase == IKE_DELETING)
			return ike;
	return list_first(&h->core->ike_sas, struct ike_sa, node);
}

static struct ike_sa *by_spis(struct sim *s, const struct ike_sa *ike, uint8_t *host)
{
	struct ike_sa *other;

	for (uint8_t i = 0; i < HOSTS; i++)
		if (!s->hosts[i].has_exited)
			list_each (other, &s->hosts[i].core->ike_sas, struct ike_sa, node)
				if (other != ike && other->spi_i == ike->spi_i &&
				    other->spi_r == ike->spi_r) {
					*host = i;
					return other;
				}
	return NULL;
}

static void put_delete(struct builder *b, uint8_t protocol, uint8_t size, uint16_t count,
		       struct slice spis)
{
	builder_payload(b, PAYLOAD_DELETE);
	writer_u8(builder_body(b), protocol);
	writer_u8(builder_body(b), size);
	writer_u16(builder_body(b), count);
	writer_put(builder_body(b), spis);
}

static void put_status(struct builder *b, uint16_t type, struct slice data)
{
	builder_notify(b, PROTOCOL_NONE, SLICE_EMPTY, type, data);
}

static void put_deletes(struct builder *b, const struct ike_sa *peer, unsigned how)
{
	const struct child_sa *child =
		list_first((struct list *)&peer->children, struct child_sa, node);
	uint32_t in = child ? child->spi_in : 0x1234567, out = child ? child->spi_out : 0x1234567;
	uint32_t many[4] = { in, in, 0x9999, in };

	switch (how) {
	case CRAFT_DELETE_SIZE:
		put_delete(b, PROTOCOL_ESP, 5, 1, slice("\1\2\3\4\5", 5));
		break;
	case CRAFT_DELETE_COUNT:
		put_delete(b, PROTOCOL_ESP, 4, 200, slice("\1\2\3\4", 4));
		break;
	case CRAFT_DELETE_PROTOCOL:
		put_delete(b, 4, 4, 1, slice("\1\2\3\4", 4));
		put_delete(b, 0, 4, 1, slice("\1\2\3\4", 4));
		break;
	case CRAFT_DELETE_IKE_SPI:
		put_delete(b, PROTOCOL_IKE, 8, 1, slice("\1\2\3\4\5\6\7\10", 8));
		break;
	case CRAFT_DELETE_MANY:
		builder_delete(b, PROTOCOL_ESP, many, 4);
		break;
	case CRAFT_DELETE_OUR_SIDE:
		builder_delete(b, PROTOCOL_ESP, &out, 1);
		break;
	case CRAFT_SAME_ID_AGAIN:
	case CRAFT_DELETE_BOTH:
		builder_delete(b, PROTOCOL_IKE, NULL, 0);
		builder_delete(b, PROTOCOL_ESP, &in, 1);
		break;
	case CRAFT_DELETE_NEWEST:
		child = list_entry(peer->children.prev, struct child_sa, node);
		builder_delete(b, PROTOCOL_ESP, &child->spi_in, 1);
		break;
	case CRAFT_DELETE_UNKNOWN:
		builder_delete(b, PROTOCOL_ESP, &many[2], 1);
		break;
	default:
		break;
	}
}

static void put_content(struct builder *b, const struct ike_sa *peer, unsigned how)
{
	uint8_t spi[255] = { 7 };
	size_t at;

	switch (how) {
	case CRAFT_CRITICAL:
	case CRAFT_UNKNOWN:
	case CRAFT_KNOWN_CRITICAL:
		builder_payload(b, how == CRAFT_KNOWN_CRITICAL ? PAYLOAD_VENDOR : 200);
		if (how != CRAFT_UNKNOWN)
			b->w.data[b->payload_at + 1] = 0x80;
		writer_put(builder_body(b), slice("xyz", 3));
		break;
	case CRAFT_LENGTH_0:
	case CRAFT_CHAIN_END:
	case CRAFT_TRAILER:
		builder_raw(b, PAYLOAD_VENDOR, slice("v", 1));
		at = b->payload_at;
		builder_raw(b, PAYLOAD_VENDOR, slice("w", 1));
		b->w.data[at + 3] = how == CRAFT_LENGTH_0 ? 0 : 5;
		if (how == CRAFT_CHAIN_END)
			b->w.data[b->payload_at] = PAYLOAD_VENDOR;
		if (how == CRAFT_TRAILER) /* the second one belongs to nobody */
			b->w.data[at] = 0;
		break;
	case CRAFT_PAYLOADS_65:
	case CRAFT_PAYLOADS_63:
		for (unsigned i = 0; i < (how == CRAFT_PAYLOADS_65 ? 65 : 63); i++)
			builder_raw(b, PAYLOAD_VENDOR, SLICE_EMPTY);
		break;
	case CRAFT_TWO_IDS:
		builder_id(b, PAYLOAD_IDi, 1, slice("\1\2\3\4", 4));
		builder_id(b, PAYLOAD_IDi, 1, slice("\1\2\3\4", 4));
		break;
	case CRAFT_UNKNOWN_ERROR:
		put_status(b, 8191, slice("e", 1));
		break;
	case CRAFT_UNKNOWN_STATUS:
		put_status(b, 40960, slice("s", 1));
		break;
	case CRAFT_NOTIFY_SPI:
		builder_notify(b, 255, slice(spi, 255), N_SET_WINDOW_SIZE, SLICE_EMPTY);
		builder_notify(b, 0, slice(spi, 1), N_REKEY_SA, SLICE_EMPTY);
		builder_notify(b, 3, slice(spi, 4), N_CHILD_SA_NOT_FOUND, SLICE_EMPTY);
		break;
	case CRAFT_WINDOW_0:
		put_status(b, N_SET_WINDOW_SIZE, slice("\0\0\0\0", 4));
		break;
	case CRAFT_WINDOW_1:
		put_status(b, N_SET_WINDOW_SIZE, slice("\0\0\0\1", 4));
		break;
	case CRAFT_REDIRECT_NORTH:
		put_status(b, N_REDIRECT, slice("\3\5north", 7));
		break;
	case CRAFT_REDIRECT_GW:
		put_status(b, N_REDIRECT, slice("\3\2gw", 4));
		break;
	case CRAFT_REDIRECT_NOBODY:
		put_status(b, N_REDIRECT, slice("\3\4none", 6));
		break;
	case CRAFT_REDIRECT_ODD:
		put_status(b, N_REDIRECT, slice("\3\7x,north", 9));
		break;
	case CRAFT_WINDOW_5:
		put_status(b, N_SET_WINDOW_SIZE, slice("\0\0\0\5", 4));
		break;
	case CRAFT_WINDOW_MAX:
		put_status(b, N_SET_WINDOW_SIZE, slice("\377\377\377\377", 4));
		break;
	case CRAFT_WINDOW_SHORT:
		put_status(b, N_SET_WINDOW_SIZE, slice("\1", 1));
		break;
	case CRAFT_REFUSED:
		put_status(b, N_AUTHENTICATION_FAILED, SLICE_EMPTY);
		break;
	case CRAFT_INITIAL_CONTACT:
		put_status(b, N_INITIAL_CONTACT, SLICE_EMPTY);
		break;
	case CRAFT_RESERVED:
		builder_raw(b, PAYLOAD_VENDOR, slice("v", 1));
		b->w.data[b->payload_at + 1] = 0x7f;
		break;
	default:
		put_deletes(b, peer, how);
	}
}

static struct ike_header header_for(const struct ike_sa *ike, struct ike_sa *peer, uint8_t exchange,
				    unsigned how, bool is_response)
{
	struct ike_header h = {
		.spi_i = peer->spi_i,
		.spi_r = peer->spi_r,
		.exchange = exchange,
		.flags = (uint8_t)((peer->is_initiator ? FLAG_INITIATOR : 0) |
				   (is_response ? FLAG_RESPONSE : 0)),
		.message_id = is_response ? ike->request.message_id : peer->next_message_id,
	};

	if (how == CRAFT_OLD)
		h.message_id -= 2;
	else if (how == CRAFT_SAME_ID_AGAIN || how == CRAFT_SAME_ID_FORGED ||
		 how == CRAFT_SAME_ID_MOVED)
		h.message_id -= 1;
	else if (how == CRAFT_FUTURE)
		h.message_id += 1;
	else if (how == CRAFT_TURNED_FLAG)
		h.flags ^= FLAG_INITIATOR;
	else if (how == CRAFT_OTHER_SPI && peer->is_initiator)
		h.spi_i ^= 1;
	else if (how == CRAFT_OTHER_SPI)
		h.spi_r ^= 1;
	return h;
}

static bool counts_as_sent(const struct ike_sa *peer, unsigned how)
{
	return peer->phase == IKE_ESTABLISHED && how != CRAFT_NOT_COUNTED &&
	       how != CRAFT_FRAGMENT_OF_TWO && how != CRAFT_SAME_ID_AGAIN && how != CRAFT_BAD_ICV &&
	       how != CRAFT_SAME_ID_FORGED && how != CRAFT_SAME_ID_MOVED && how != CRAFT_OLD &&
	       how != CRAFT_FUTURE && how != CRAFT_TURNED_FLAG && how != CRAFT_OTHER_SPI;
}

static struct track *track_of(struct sim *s, uint8_t host, const struct ike_sa *ike)
{
	struct host *h = &s->hosts[host];

	for (size_t i = 0; i < h->track_count; i++)
		if (h->tracks[i].spi == ike_our_spi(ike))
			return &h->tracks[i];
	sim_fail(s, "an IKE SA without a record");
	return &h->tracks[0];
}

/* All payloads of the latest request of that kind. */
static void put_again(struct sim *s, uint8_t host, const struct ike_sa *peer, uint8_t exchange,
		      struct builder *b)
{
	cleanup(arena_free) struct arena arena = { 0 };
	cleanup(bytes_cleanup) struct bytes copy = { 0 };
	struct sk_cipher cipher = suite_cipher(&peer->suite);
	struct sk_keys keys = peer->is_initiator ? (struct sk_keys){ peer->keys.ei, peer->keys.ai }
						 : (struct sk_keys){ peer->keys.er, peer->keys.ar };
	struct slice text = SLICE_EMPTY;
	struct message m;
	uint8_t type;

	for (size_t i = s->net.capture_count; i-- > 0 && !copy.data;) {
		struct slice data = bytes_slice(&s->net.captures[i].data);

		if (s->net.captures[i].from == host && data.len > 20 && data.data[18] == exchange &&
		    !(data.data[19] & FLAG_RESPONSE))
			bytes_copy(data, &copy);
	}
	if (!copy.data || !message_parse(bytes_slice(&copy), &arena, &m) ||
	    protect_open(&m, copy.data, &cipher, &keys, &text) != VERDICT_OK) {
		sim_fail(s, "no request to repeat");
		return;
	}
	type = m.sk_inner_type;
	for (size_t at = 0; type && at + 4 <= text.len;) {
		const uint8_t *p = text.data + at;
		size_t len = (size_t)(p[2] << 8 | p[3]);

		builder_raw(b, type, slice(p + 4, len - 4));
		type = p[0];
		at += len;
	}
}

void craft_protected(struct sim *s, uint8_t host, uint8_t exchange, unsigned how)
{
	struct ike_sa *ike = established(&s->hosts[host]);
	bool is_response = how & CRAFT_RESPONSE;
	uint8_t buffer[BUFFER], peer_host = 0;
	struct ike_sa *peer = ike ? by_spis(s, ike, &peer_host) : NULL;
	struct endpoint from;
	struct sk_cipher cipher;
	struct sk_keys keys;
	struct ike_header h;
	struct builder b;
	struct slice bytes;

	how &= ~(unsigned)CRAFT_RESPONSE;
	if (!peer) {
		sim_fail(s, "no IKE SA to speak over");
		return;
	}
	cipher = suite_cipher(&peer->suite);
	keys = peer->is_initiator ? (struct sk_keys){ peer->keys.ei, peer->keys.ai }
				  : (struct sk_keys){ peer->keys.er, peer->keys.ar };
	h = header_for(ike, peer, exchange, how, is_response);
	builder_start(&b, buffer, sizeof(buffer), &h);
	if (how == CRAFT_OUTER_DELETE || how == CRAFT_FRAGMENT_OUTER)
		builder_delete(&b, PROTOCOL_IKE, NULL, 0);
	if (how == CRAFT_FRAGMENT_OUTER || how == CRAFT_FRAGMENT_OF_TWO) {
		bytes = craft_fragment(peer, &b, how == CRAFT_FRAGMENT_OF_TWO);
	} else {
		builder_open_sk(&b, sk_iv_len(&cipher));
		if (how == CRAFT_AGAIN)
			put_again(s, peer_host, peer, exchange, &b);
		else
			put_content(&b, peer, how);
		bytes = protect_seal(&b, &cipher, &keys, peer->send_counter++);
	}
	if (how == CRAFT_BAD_ICV || how == CRAFT_SAME_ID_FORGED)
		buffer[bytes.len - 1] ^= 1;
	if (!is_response && counts_as_sent(peer, how)) {
		peer->next_message_id++;
		track_of(s, peer_host, peer)->next_message_id = peer->next_message_id;
		keep_touch(s->hosts[peer_host].core, peer);
	}
	from = peer->local;
	if (how == CRAFT_SAME_ID_FORGED || how == CRAFT_SAME_ID_MOVED)
		from.address = s->hosts[NORTH].address;
	net_inject(s, &from, &peer->remote, bytes, 0);
	sim_run(s, 50 * USEC_PER_MSEC);
}

void craft_message_id(struct sim *s, uint8_t host, uint32_t id)
{
	uint8_t other;
	struct ike_sa *ike = established(&s->hosts[host]);
	struct ike_sa *peer = ike ? by_spis(s, ike, &other) : NULL;

	if (!peer)
		return;
	ike->next_message_id = track_of(s, host, ike)->next_message_id = id;
	peer->expected_message_id = track_of(s, other, peer)->expected_message_id = id;
	keep_touch(s->hosts[host].core, ike);
	keep_touch(s->hosts[other].core, peer);
}

static const struct capture *last_of(struct sim *s, uint8_t host)
{
	for (size_t i = s->net.capture_count; i-- > 0;)
		if (s->net.captures[i].from == host)
			return &s->net.captures[i];
	return NULL;
}

size_t craft_last_len(struct sim *s, uint8_t host)
{
	const struct capture *c = last_of(s, host);

	return c ? c->data.len : 0;
}

void craft_reflect(struct sim *s, uint8_t host)
{
	const struct capture *c = last_of(s, host);

	if (c)
		net_inject(s, &c->remote, &c->local, bytes_slice(&c->data), 0);
}

struct slice craft_other_nonce(struct sim *s, uint8_t from, struct slice datagram)
{
	struct ike_header h;
	struct ike_sa *ike;

	if (!header_parse(datagram, &h))
		return SLICE_EMPTY;
	for (uint8_t i = 0; i < HOSTS; i++)
		if (i != from && !s->hosts[i].has_exited)
			list_each (ike, &s->hosts[i].core->ike_sas, struct ike_sa, node)
				if (ike->spi_i == h.spi_i)
					return ike->ours.scratch.ni.len
						       ? bytes_slice(&ike->ours.scratch.ni)
						       : bytes_slice(&ike->nonce);
	return SLICE_EMPTY;
}

struct ike_sa *craft_owner(struct sim *s, uint8_t host, struct slice datagram)
{
	struct ike_header h;
	struct ike_sa *ike;

	if (!header_parse(datagram, &h))
		return NULL;
	list_each (ike, &s->hosts[host].core->ike_sas, struct ike_sa, node)
		if (ike->spi_i == h.spi_i && ike->spi_r == h.spi_r)
			return ike;
	return NULL;
}

bool craft_last_has(struct sim *s, uint8_t host, uint16_t notify)
{
	cleanup(arena_free) struct arena arena = { 0 };
	cleanup(bytes_cleanup) struct bytes copy = { 0 };
	const struct capture *c = last_of(s, host);
	struct message m;
	struct slice text;

	if (!c || !bytes_copy(bytes_slice(&c->data), &copy) ||
	    !message_parse(bytes_slice(&copy), &arena, &m))
		return false;
	if (message_has(&m, PAYLOAD_SK)) {
		struct ike_sa *ike = craft_owner(s, host, bytes_slice(&c->data));
		struct sk_cipher cipher;
		struct sk_keys keys;

		if (!ike)
			return false;
		cipher = suite_cipher(&ike->suite);
		keys = ike->is_initiator ? (struct sk_keys){ ike->keys.ei, ike->keys.ai }
					 : (struct sk_keys){ ike->keys.er, ike->keys.ar };
		if (protect_open(&m, copy.data, &cipher, &keys, &text) != VERDICT_OK ||
		    !message_parse_inner(text, &arena, &m))
			return false;
	}
	if (notify)
		return message_notify(&m, notify) != NULL;
	return !message_error_notify(&m) && !message_notify(&m, N_COOKIE);
}
