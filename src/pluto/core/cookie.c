/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stateless cookies (RFC 7296 2.6): version | first bytes of SHA-256(secret, Ni, address, SPIi). Two
 * secrets overlap, so that a turn of the secret fails nobody (case 40).
 */
#include <string.h>

#include "core/internal.h"
#include "crypto/prf.h"
#include "crypto/random.h"

#define COOKIE_LEN 20
#define ROTATE_USEC (60 * USEC_PER_SEC)

bool cookie_make(struct core *c, uint32_t version, const struct message *m,
		 const struct address *source, uint8_t out[COOKIE_LEN])
{
	uint8_t digest[32], spi[8], ver[4];
	struct writer w = writer_over(spi, sizeof(spi)), v = writer_over(ver, sizeof(ver));
	struct slice parts[4];

	writer_u64(&w, m->header.spi_i);
	writer_u32(&v, version);
	parts[0] = SLICE_OF(c->cookie_secret[version & 1]);
	parts[1] = m->nonce;
	parts[2] = slice(source, sizeof(*source));
	parts[3] = SLICE_OF(spi);
	if (!digest_sha256(parts, 4, digest))
		return false;
	memcpy(out, ver, 4);
	memcpy(out + 4, digest, COOKIE_LEN - 4);
	return true;
}

static void rotate(struct core *c)
{
	if (c->now_usec < c->cookie_rotate_usec)
		return;
	if (random_bytes(c->cookie_secret[(c->cookie_version + 1) & 1], 32))
		c->cookie_version++;
	c->cookie_rotate_usec = c->now_usec + ROTATE_USEC;
}

static bool is_good(struct core *c, const struct message *m, const struct address *source,
		    struct slice cookie)
{
	uint8_t expect[COOKIE_LEN];

	for (uint32_t back = 0; back < 2 && back <= c->cookie_version; back++)
		if (cookie_make(c, c->cookie_version - back, m, source, expect) &&
		    slice_eq_ct(cookie, SLICE_OF(expect)))
			return true;
	return false;
}

static bool is_wanted(struct core *c, const struct address *source)
{
	return c->settings.always_cookie || c->half_open >= c->settings.cookie_threshold ||
	       half_open_of_source(c, source) >= c->settings.cookie_per_source;
}

bool cookie_check(struct core *c, const struct event *e, const struct message *m)
{
	const struct notify *n = message_notify(m, N_COOKIE);
	uint8_t cookie[COOKIE_LEN];

	rotate(c);
	if (!is_wanted(c, &e->remote.address))
		return true;
	if (n && is_good(c, m, &e->remote.address, n->data))
		return true;
	if (cookie_make(c, c->cookie_version, m, &e->remote.address, cookie))
		send_plain_notify(c, e, &m->header, N_COOKIE, SLICE_OF(cookie));
	return false;
}
