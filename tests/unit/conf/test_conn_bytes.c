/* SPDX-License-Identifier: Apache-2.0 */
/* A definition as bytes: every keyword goes there and back, and bytes of anybody harm nothing. */
#include "conf/conn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/cursor.h"
#include "base/writer.h"
#include "conf/keywords.h"

static uint8_t buffer[65536];

/* Sets the member to something that is not its default. */
static void fill(struct conn_config *c, const struct keyword *k, bool right)
{
	struct error e = { 0 };
	char text[64];

	switch ((enum value_type)k->type) {
	case VALUE_STRING:
		snprintf(text, sizeof(text), "text of %u%s", k->id, right ? " right" : "");
		assert_true(keyword_set(k, c, right, text, &e));
		break;
	case VALUE_BOOL:
		assert_true(keyword_set(
			k, c, right, k->fallback && strcmp(k->fallback, "yes") == 0 ? "no" : "yes",
			&e));
		break;
	case VALUE_NUMBER:
	case VALUE_PERCENT:
		snprintf(text, sizeof(text), "%llu", (unsigned long long)k->max);
		assert_true(keyword_set(k, c, right, text, &e));
		break;
	case VALUE_ENUM:
	case VALUE_SET:
		assert_true(keyword_set(k, c, right, k->names->rows[0].name, &e));
		break;
	default:
		break;
	}
}

static void make(struct conn_config *c)
{
	conn_config_init(c);
	c->name = strdup("west-east");
	c->base = strdup("west");
	for (size_t i = 0; i < keyword_count; i++) {
		const struct keyword *k = &keywords[i];

		fill(c, k, false);
		if (k->per_end)
			fill(c, k, true);
	}
}

static struct slice written(const struct conn_config *c)
{
	struct writer w = writer_over(buffer, sizeof(buffer));

	conn_config_write(c, &w);
	assert_true(writer_ok(&w));
	return writer_slice(&w);
}

static bool reread(struct slice bytes, struct conn_config *out)
{
	struct cursor c = cursor_of(bytes);

	return conn_config_read(&c, out) && cursor_left(&c) == 0;
}

static void test_every_keyword_goes_there_and_back(void **state)
{
	struct conn_config a, b;

	(void)state;
	make(&a);
	assert_true(reread(written(&a), &b));
	assert_true(conn_config_eq(&a, &b));
	conn_config_free(&a);
	conn_config_free(&b);
	conn_config_init(&a);
	a.name = strdup("defaults");
	assert_true(reread(written(&a), &b));
	assert_true(conn_config_eq(&a, &b));
	conn_config_free(&a);
	conn_config_free(&b);
}

static void test_what_is_cut_short_is_refused(void **state)
{
	struct conn_config a, b;
	struct slice all;

	(void)state;
	make(&a);
	all = written(&a);
	for (size_t len = 0; len < all.len; len++)
		assert_false(reread(slice(all.data, len), &b));
	conn_config_free(&a);
}

static void refuse(struct slice bytes, const char *field)
{
	struct cursor c = cursor_of(bytes);
	struct conn_config out;

	assert_false(conn_config_read(&c, &out));
	assert_string_equal(c.error, field);
}

static void test_impossible_values_are_refused(void **state)
{
	const struct keyword *action = keyword_by_conf("dpdaction");
	struct writer w = writer_over(buffer, sizeof(buffer));

	(void)state;
	assert_non_null(action);
	writer_u16(&w, action->id);
	writer_u64(&w, 4711);
	refuse(writer_slice(&w), "number");
	w = writer_over(buffer, sizeof(buffer));
	writer_u16(&w, 0x3ffe);
	refuse(writer_slice(&w), "option");
	w = writer_over(buffer, sizeof(buffer));
	writer_u16(&w, 0);
	refuse(writer_slice(&w), "name");
	w = writer_over(buffer, sizeof(buffer));
	writer_u16(&w, 0xfffe);
	writer_u32(&w, 3);
	writer_put(&w, slice("a\0b", 3));
	refuse(writer_slice(&w), "text");
}

/* Each byte another: it is refused, or it is a definition, which can be freed. */
static void test_no_byte_can_harm(void **state)
{
	struct conn_config a, b;
	struct slice all;
	uint8_t *copy;

	(void)state;
	make(&a);
	all = written(&a);
	copy = malloc(all.len);
	assert_non_null(copy);
	for (size_t i = 0; i < all.len; i++) {
		memcpy(copy, all.data, all.len);
		copy[i] ^= (uint8_t)(1u << (i % 8));
		if (reread(slice(copy, all.len), &b))
			conn_config_free(&b);
	}
	free(copy);
	conn_config_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_keyword_goes_there_and_back),
		cmocka_unit_test(test_what_is_cut_short_is_refused),
		cmocka_unit_test(test_impossible_values_are_refused),
		cmocka_unit_test(test_no_byte_can_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
