/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of the codec share: messages of one payload, messages made by hand, and parsing
 * from memory of exactly the message's size, so that a checker sees any read past the end.
 */
#ifndef TEST_WIRE_FRAMES_H
#define TEST_WIRE_FRAMES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "wire/builder.h"

struct parsed {
	struct arena arena;
	struct message m;
	uint8_t *copy;
};

static inline uint8_t *exact_copy(struct slice from)
{
	uint8_t *copy = from.len > UINT16_MAX ? NULL : malloc(from.len ? from.len : 1);

	if (!copy)
		abort();
	if (from.len)
		memcpy(copy, from.data, from.len);
	return copy;
}

static inline void parsed_free(struct parsed *p)
{
	arena_free(&p->arena);
	free(p->copy);
	*p = (struct parsed){ 0 };
}

static inline bool parse_outer(struct parsed *p, struct slice datagram)
{
	*p = (struct parsed){ .copy = exact_copy(datagram) };
	return message_parse(slice(p->copy, datagram.len), &p->arena, &p->m);
}

/* The chain text as what was inside SK, beginning with a payload of type. */
static inline bool parse_inside(struct parsed *p, uint8_t type, struct slice text)
{
	*p = (struct parsed){ .copy = exact_copy(text) };
	p->m.sk_inner_type = type;
	return message_parse_inner(slice(p->copy, text.len), &p->arena, &p->m);
}

static inline bool outer_is_ok(struct slice datagram)
{
	struct parsed p;
	bool ok = parse_outer(&p, datagram);

	assert_int_equal(ok, p.m.error == NULL);
	parsed_free(&p);
	return ok;
}

static inline void start(struct builder *b, uint8_t *buf, size_t size)
{
	struct ike_header h = { .spi_i = 0x0102030405060708,
				.exchange = EXCHANGE_IKE_SA_INIT,
				.flags = FLAG_INITIATOR };

	builder_start(b, buf, size, &h);
}

/* A message of this one payload. */
static inline struct slice frame_of(uint8_t *buf, size_t size, uint8_t type, struct slice body)
{
	struct builder b;

	start(&b, buf, size);
	builder_raw(&b, type, body);
	return builder_finish(&b);
}

static inline bool body_is_ok(uint8_t type, struct slice body)
{
	static uint8_t buf[MESSAGE_MAX_LEN];
	struct slice frame = frame_of(buf, sizeof(buf), type, body);

	assert_int_not_equal(frame.len, 0);
	return outer_is_ok(frame);
}

#endif
