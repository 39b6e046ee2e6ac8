/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stateless cookies (RFC 7296 2.6): version | first bytes of HMAC-SHA256(secret, Ni | address |
 * SPIi). Two secrets overlap, so that a turn of the secret fails nobody (case 40). A request is
 * looked at by a walk over its payload headers: it is parsed only when it may go on.
 */
#include <string.h>

#include "base/cursor.h"
#include "core/guard.h"
#include "crypto/prf.h"
#include "crypto/random.h"

#define COOKIE_LEN 20
#define ROTATE_USEC (60 * USEC_PER_SEC)

bool cookie_make(struct core *c, uint32_t version, uint64_t spi_i, struct slice nonce,
		 const struct address *source, uint8_t out[COOKIE_LEN])
{
	uint8_t mac[PRF_MAX_LEN], spi[8];
	struct writer w = writer_over(out, COOKIE_LEN), s = writer_over(spi, sizeof(spi));
	struct slice parts[3];

	writer_u64(&s, spi_i);
	parts[0] = nonce;
	parts[1] = slice(source, sizeof(*source));
	parts[2] = SLICE_OF(spi);
	if (!prf(alg_find(TRANSFORM_PRF, PRF_HMAC_SHA2_256),
		 SLICE_OF(c->cookie_secret[version & 1]), parts, ARRAY_LEN(parts), mac))
		return false;
	writer_u32(&w, version);
	return writer_put(&w, slice(mac, COOKIE_LEN - 4));
}

static void rotate(struct core *c)
{
	if (c->now_usec < c->cookie_rotate_usec)
		return;
	if (random_bytes(c->cookie_secret[(c->cookie_version + 1) & 1], 32))
		c->cookie_version++;
	c->cookie_rotate_usec = c->now_usec + ROTATE_USEC;
}

/* One HMAC: the cookie names the secret it was made with. */
static bool is_good(struct core *c, const struct ike_header *h, struct slice nonce,
		    const struct address *source, struct slice cookie)
{
	uint8_t expect[COOKIE_LEN];
	uint32_t version;

	if (cookie.len != COOKIE_LEN)
		return false;
	version = (uint32_t)cookie.data[0] << 24 | (uint32_t)cookie.data[1] << 16 |
		  (uint32_t)cookie.data[2] << 8 | cookie.data[3];
	if (version > c->cookie_version || c->cookie_version - version > 1)
		return false;
	return cookie_make(c, version, h->spi_i, nonce, source, expect) &&
	       slice_eq_ct(cookie, SLICE_OF(expect));
}

static bool is_wanted(struct core *c, const struct address *source)
{
	if (c->ddos_mode != DDOS_AUTO)
		return c->ddos_mode == DDOS_BUSY;
	return c->half_open >= c->settings.cookie_threshold ||
	       half_open_of_source(c, source) >= c->settings.cookie_per_source;
}

struct glance { /* what a cookie needs of a request */
	struct slice nonce, cookie;
};

static void take_notify(struct slice body, struct glance *g)
{
	struct cursor in = cursor_of(body);
	uint8_t protocol, spi_len;
	struct slice spi, data;
	uint16_t type;

	if (cursor_u8(&in, "protocol", &protocol) && cursor_u8(&in, "SPI size", &spi_len) &&
	    cursor_u16(&in, "notify type", &type) && cursor_take(&in, "SPI", spi_len, &spi) &&
	    cursor_rest(&in, &data) && type == N_COOKIE && !g->cookie.data)
		g->cookie = data;
}

/* Walks the payload headers; false: they do not fit, or there is no nonce. */
static bool look(struct slice datagram, const struct ike_header *h, struct glance *g)
{
	struct cursor in =
		cursor_of(slice(datagram.data + IKE_HEADER_LEN, h->length - IKE_HEADER_LEN));
	uint8_t type = h->next_payload, next, flags;

	*g = (struct glance){ 0 };
	for (int i = 0; type != PAYLOAD_NONE && i < MESSAGE_MAX_PAYLOADS; i++) {
		struct slice body;
		uint16_t len;

		if (!cursor_u8(&in, "next payload", &next) || !cursor_u8(&in, "flags", &flags) ||
		    !cursor_u16(&in, "payload length", &len) || len < 4 ||
		    !cursor_take(&in, "payload", len - 4u, &body))
			return false;
		if (type == PAYLOAD_NONCE)
			g->nonce = body;
		else if (type == PAYLOAD_NOTIFY)
			take_notify(body, g);
		type = next;
	}
	return g->nonce.len >= NONCE_MIN_LEN && g->nonce.len <= NONCE_MAX_LEN;
}

void cookie_ask(struct core *c, const struct event *e, const struct ike_header *h,
		struct slice nonce)
{
	uint8_t cookie[COOKIE_LEN];

	if (cookie_make(c, c->cookie_version, h->spi_i, nonce, &e->remote.address, cookie))
		send_plain_notify(c, e, h, N_COOKIE, SLICE_OF(cookie));
	c->cookies_sent++;
}

enum cookie_verdict cookie_check(struct core *c, const struct event *e, const struct ike_header *h)
{
	struct glance g;

	if (!look(e->datagram, h, &g))
		return COOKIE_BAD_MESSAGE;
	rotate(c);
	if (g.cookie.data && is_good(c, h, g.nonce, &e->remote.address, g.cookie))
		return COOKIE_PROVEN;
	if (!is_wanted(c, &e->remote.address))
		return COOKIE_UNPROVEN;
	cookie_ask(c, e, h, g.nonce);
	return COOKIE_ASKED;
}
