/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A conn_config as bytes, by walking the keyword table: each member that is not zero under its row's
 * id, so that another version of the table leaves out what it does not know. Called where a connection
 * outlives the process.
 */
#include "conf/conn.h"

#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "base/writer.h"
#include "conf/keywords.h"

#define TEXT_MAX 65536
/* Names of the connection stand under these, which no row has. */
#define ID_END 0
#define ID_NAME 0xfffe
#define ID_BASE 0xffff

static bool has_own_member(const struct keyword *k)
{
	return k->type != VALUE_FLAG && k->type != VALUE_BIT && k->type != VALUE_REFUSED;
}

static void *member_of(const struct keyword *k, struct conn_config *c, bool right)
{
	void *base = c;

	if (k->per_end)
		base = right ? &c->right : &c->left;
	return (char *)base + k->offset;
}

static void write_text(struct writer *w, uint16_t id, const char *text)
{
	if (!text)
		return;
	writer_u16(w, id);
	writer_u32(w, (uint32_t)strlen(text));
	writer_put(w, slice_str(text));
}

static void write_member(struct writer *w, const struct keyword *k, const struct conn_config *c,
			 bool right)
{
	const void *member = member_of(k, (struct conn_config *)c, right);
	uint16_t id = right ? k->id | KEYWORD_RIGHT : k->id;
	uint64_t number;

	if (k->type == VALUE_STRING) {
		write_text(w, id, *(char *const *)member);
		return;
	}
	number = k->type == VALUE_BOOL ? *(const bool *)member : *(const uint64_t *)member;
	if (number == 0)
		return;
	writer_u16(w, id);
	writer_u64(w, number);
}

void conn_config_write(const struct conn_config *c, struct writer *w)
{
	write_text(w, ID_NAME, c->name);
	write_text(w, ID_BASE, c->base);
	for (size_t i = 0; i < keyword_count; i++) {
		if (!has_own_member(&keywords[i]))
			continue;
		write_member(w, &keywords[i], c, false);
		if (keywords[i].per_end)
			write_member(w, &keywords[i], c, true);
	}
	writer_u16(w, ID_END);
}

static bool read_text(struct cursor *c, char **out)
{
	uint32_t len = 0;
	struct slice s;

	if (!cursor_u32(c, "length of a text", &len))
		return false;
	if (*out || len > TEXT_MAX)
		return cursor_fail(c, "text");
	if (!cursor_take(c, "text", len, &s))
		return false;
	if (len && memchr(s.data, 0, len))
		return cursor_fail(c, "text");
	*out = strndup(len ? (const char *)s.data : "", len);
	return *out || cursor_fail(c, "memory");
}

/* Could an admin have given it? */
static bool is_possible(const struct keyword *k, uint64_t n)
{
	char buf[32];

	if (k->type == VALUE_BOOL)
		return n == 1;
	if (k->type == VALUE_ENUM)
		return n <= UINT32_MAX &&
		       strcmp(name_str(k->names, (uint32_t)n, buf, sizeof(buf)), buf) != 0;
	return k->type == VALUE_SET || (n >= k->min && n <= k->max);
}

static bool read_number(struct cursor *c, const struct keyword *k, void *member)
{
	uint64_t n = 0;

	if (!cursor_u64(c, "number", &n))
		return false;
	if (!is_possible(k, n))
		return cursor_fail(c, "number");
	if (k->type == VALUE_BOOL)
		*(bool *)member = true;
	else
		*(uint64_t *)member = n;
	return true;
}

static bool read_member(struct cursor *c, uint16_t id, struct conn_config *out)
{
	const struct keyword *k = keyword_by_id(id);
	bool right = k && k->per_end && (id & KEYWORD_RIGHT);

	if (id == ID_NAME)
		return read_text(c, &out->name);
	if (id == ID_BASE)
		return read_text(c, &out->base);
	if (!k || !has_own_member(k))
		return cursor_fail(c, "option");
	if (k->type == VALUE_STRING)
		return read_text(c, member_of(k, out, right));
	return read_number(c, k, member_of(k, out, right));
}

bool conn_config_read(struct cursor *c, struct conn_config *out)
{
	uint16_t id = ID_END;

	*out = (struct conn_config){ 0 };
	while (cursor_u16(c, "option", &id) && id != ID_END && read_member(c, id, out))
		;
	if (cursor_ok(c) && !(out->name && out->name[0]))
		cursor_fail(c, "name");
	if (cursor_ok(c))
		return true;
	conn_config_free(out);
	return false;
}
