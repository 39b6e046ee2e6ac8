/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filling and reading status records by their table (fields.c): the daemon's builder, and the
 * client's check and getters.
 */
#include "ctl/records.h"

#include <string.h>

#include "ctl/codes.h"

#define LOG_TEXT_MAX 2000u

const struct record_row *record_by_kind(uint32_t kind)
{
	for (size_t i = 0; i < record_count; i++)
		if (records[i].kind == kind)
			return &records[i];
	return NULL;
}

const struct field_row *record_field(const struct record_row *r, uint16_t id)
{
	for (size_t i = 0; i < r->field_count; i++)
		if (r->fields[i].id == id)
			return &r->fields[i];
	return NULL;
}

struct record_builder ctl_record_begin(void *data, size_t capacity, uint32_t sequence,
				       enum record_kind kind)
{
	struct record_builder b = { .row = record_by_kind(kind) };

	b.frame = ctl_record(data, capacity, sequence, (uint16_t)kind);
	b.bad = b.row == NULL;
	return b;
}

static bool may_put(struct record_builder *b, uint16_t field, enum field_type type)
{
	const struct field_row *f = b->row ? record_field(b->row, field) : NULL;

	if (!f || f->type != type)
		b->bad = true;
	return !b->bad;
}

void ctl_record_put_u64(struct record_builder *b, uint16_t field, uint64_t value)
{
	if (may_put(b, field, FIELD_U64))
		ctl_put_u64(&b->frame, field, CTL_OPTIONAL, value);
}

void ctl_record_put_text(struct record_builder *b, uint16_t field, const char *value)
{
	if (may_put(b, field, FIELD_TEXT))
		ctl_put_text(&b->frame, field, CTL_OPTIONAL, value);
}

void ctl_record_put_bool(struct record_builder *b, uint16_t field, bool value)
{
	if (may_put(b, field, FIELD_BOOL))
		ctl_put_bool(&b->frame, field, CTL_OPTIONAL, value);
}

bool ctl_record_finish(struct record_builder *b, struct slice *out)
{
	*out = SLICE_EMPTY;
	return !b->bad && ctl_finish(&b->frame, out);
}

struct slice ctl_log(void *data, size_t capacity, uint32_t sequence, uint32_t code,
		     const char *text)
{
	struct record_builder b = ctl_record_begin(data, capacity, sequence, RECORD_LOG);
	struct slice out;

	ctl_record_put_u64(&b, LOG_CODE, code);
	ctl_put(&b.frame, LOG_TEXT, CTL_OPTIONAL, slice(text, strnlen(text, LOG_TEXT_MAX)));
	ctl_record_finish(&b, &out);
	return out;
}

static bool value_fits(const struct ctl_attribute *a, uint8_t type)
{
	uint64_t number;
	bool flag;

	switch (type) {
	case FIELD_U64:
		return ctl_value_u64(a, &number);
	case FIELD_BOOL:
		return ctl_value_bool(a, &flag);
	default:
		return a->value.len == 0 || !memchr(a->value.data, 0, a->value.len);
	}
}

static bool check_field(const struct record_row *row, const struct ctl_attribute *a, uint64_t *seen,
			struct error *e)
{
	const struct field_row *f = record_field(row, a->id);

	if (!f)
		return (a->flags & CTL_OPTIONAL) ||
		       error_code(e, RC_WHACK,
				  "record %s: unknown field %u: whack is older than pluto",
				  row->name, a->id);
	if (!value_fits(a, f->type))
		return error_code(e, RC_WHACK, "record %s: bad value of %s", row->name, f->name);
	if (*seen & (1ull << (f - row->fields)))
		return error_code(e, RC_WHACK, "record %s: %s came twice", row->name, f->name);
	*seen |= 1ull << (f - row->fields);
	return true;
}

const struct record_row *record_check(const struct ctl_message *m, struct error *e)
{
	const struct record_row *row = m->type == CTL_RECORD ? record_by_kind(m->what) : NULL;
	struct ctl_message walk = *m;
	struct ctl_attribute a;
	uint64_t seen = 0;

	if (!row) {
		error_code(e, RC_WHACK, "record of unknown kind %u: whack is older than pluto",
			   m->what);
		return NULL;
	}
	ctl_rewind(&walk);
	while (ctl_next(&walk, &a))
		if (!check_field(row, &a, &seen, e))
			return NULL;
	return row;
}

uint64_t record_u64(const struct ctl_message *m, uint16_t field, uint64_t fallback)
{
	struct ctl_attribute a;
	uint64_t value;

	return ctl_find(m, field, &a) && ctl_value_u64(&a, &value) ? value : fallback;
}

bool record_bool(const struct ctl_message *m, uint16_t field)
{
	struct ctl_attribute a;
	bool value;

	return ctl_find(m, field, &a) && ctl_value_bool(&a, &value) && value;
}

const char *record_text(const struct ctl_message *m, uint16_t field, char *out, size_t size)
{
	struct ctl_attribute a;

	if (size == 0)
		return "";
	out[0] = '\0';
	if (ctl_find(m, field, &a) && a.value.len > 0) {
		size_t len = a.value.len < size ? a.value.len : size - 1;

		memcpy(out, a.value.data, len);
		out[len] = '\0';
	}
	return out;
}
