/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs of bytes: the comparisons of slices, and the memory of those that own theirs. Everything
 * secret is wiped here before it is freed. Called from every layer.
 */
#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

struct slice slice_str(const char *text)
{
	return slice(text, text ? strlen(text) : 0);
}

bool slice_eq(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

int slice_cmp(struct slice a, struct slice b)
{
	size_t common = a.len < b.len ? a.len : b.len;
	int order = common ? memcmp(a.data, b.data, common) : 0;

	if (order)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

bool slice_eq_ct(struct slice a, struct slice b)
{
	/* volatile: the compiler may not leave the loop at the first difference */
	volatile uint8_t difference = 0;

	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		difference = (uint8_t)(difference | (a.data[i] ^ b.data[i]));
	return difference == 0;
}

void wipe(void *data, size_t len)
{
	if (!data || !len)
		return;
	memset(data, 0, len);
	/* the memory is "read" here, so the stores are not dead */
	__asm__ __volatile__("" : : "r"(data) : "memory");
}

/* NULL for an empty run as well; *ok tells the two apart. */
static uint8_t *copy_of(struct slice from, bool *ok)
{
	uint8_t *data;

	*ok = true;
	if (from.len == 0)
		return NULL;
	data = malloc(from.len);
	if (!data) {
		*ok = false;
		return NULL;
	}
	memcpy(data, from.data, from.len);
	return data;
}

bool bytes_copy(struct slice from, struct bytes *out)
{
	bool ok;
	uint8_t *data = copy_of(from, &ok);

	*out = (struct bytes){ .data = data, .len = ok ? from.len : 0 };
	return ok;
}

bool bytes_alloc(size_t len, struct bytes *out)
{
	uint8_t *data = len ? calloc(1, len) : NULL;
	bool ok = data || len == 0;

	*out = (struct bytes){ .data = data, .len = ok ? len : 0 };
	return ok;
}

void bytes_free(struct bytes *b)
{
	free(b->data);
	*b = (struct bytes){ 0 };
}

bool secret_copy(struct slice from, struct secret *out)
{
	bool ok;
	uint8_t *data = copy_of(from, &ok);

	*out = (struct secret){ .data = data, .len = ok ? from.len : 0 };
	return ok;
}

bool secret_alloc(size_t len, struct secret *out)
{
	uint8_t *data = len ? calloc(1, len) : NULL;
	bool ok = data || len == 0;

	*out = (struct secret){ .data = data, .len = ok ? len : 0 };
	return ok;
}

void secret_free(struct secret *s)
{
	wipe(s->data, s->len);
	free(s->data);
	*s = (struct secret){ 0 };
}
