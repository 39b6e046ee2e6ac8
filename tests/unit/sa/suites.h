/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of suites share: proposals as an admin writes them, and the peer's SA payload from
 * a short text: "1=20/256 2=7, ..." is transform type=ID/key length, proposals apart by commas.
 */
#ifndef TEST_SA_SUITES_H
#define TEST_SA_SUITES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sa/suite.h"

static __attribute__((unused)) char why_text[1024];

struct offer {
	uint8_t buf[16384];
	struct arena arena;
	struct message m;
};

/* ESN comes from another keyword: yes before no, as with esn=either. */
static inline struct proposals proposals_of(const char *text, uint8_t protocol, bool with_ke)
{
	static struct proposals p;
	struct error e = { 0 };

	if (protocol == PROTOCOL_IKE) {
		assert_true(proposals_parse_ike(text, &p, &e));
		return p;
	}
	assert_true(proposals_parse_esp(text, with_ke && strchr(text, ';'), &p, &e));
	for (unsigned i = 0; i < p.count; i++) {
		struct alg_choice *c = p.list[i].choices[TRANSFORM_ESN];

		c[0].alg = alg_find(TRANSFORM_ESN, ESN_YES);
		c[1].alg = alg_find(TRANSFORM_ESN, ESN_NO);
		p.list[i].counts[TRANSFORM_ESN] = 2;
	}
	return p;
}

static inline struct slice default_spi(uint8_t protocol)
{
	return protocol == PROTOCOL_IKE ? SLICE_EMPTY : slice("\0\0\1\0", 4);
}

static inline void put_proposals(struct builder *b, uint8_t protocol, const char *text,
				 struct slice spi)
{
	uint8_t number = 0;

	builder_payload(b, PAYLOAD_SA);
	builder_proposal(b, ++number, protocol, spi);
	while (*text) {
		unsigned long part[3] = { 0 };
		char *end;

		part[0] = strtoul(text, &end, 10);
		part[1] = strtoul(end + 1, &end, 10);
		if (*end == '/')
			part[2] = strtoul(end + 1, &end, 10);
		builder_transform(b, (uint8_t)part[0], (uint16_t)part[1], (uint16_t)part[2]);
		if (*end == ',')
			builder_proposal(b, ++number, protocol, spi);
		for (text = end; *text == ' ' || *text == ','; text++)
			;
	}
}

static inline void offer_read(struct offer *o, struct builder *b)
{
	struct slice all = builder_finish(b);

	o->arena = (struct arena){ 0 };
	assert_int_not_equal(all.len, 0);
	assert_true(message_parse(all, &o->arena, &o->m));
}

static inline void offer_begin(struct offer *o, struct builder *b)
{
	struct ike_header h = { .spi_i = 1, .exchange = EXCHANGE_IKE_SA_INIT };

	builder_start(b, o->buf, sizeof(o->buf), &h);
}

static inline void offer_start(struct offer *o, uint8_t protocol, const char *text,
			       struct slice spi)
{
	struct builder b;

	offer_begin(o, &b);
	put_proposals(&b, protocol, text, spi);
	offer_read(o, &b);
}

static inline void offer_end(struct offer *o)
{
	arena_free(&o->arena);
}

static inline int start_crypto(void **state)
{
	struct error e = { 0 };

	(void)state;
	return crypto_self_test(&e) ? 0 : -1;
}

#endif
