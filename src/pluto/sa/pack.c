/* SPDX-License-Identifier: Apache-2.0 */
/* Packing of plain values, as pack.h says. Called by sa/kept_*.c and core/adopt.c. */
#include "sa/pack.h"

#include <string.h>

#define IDENTITY_MAX 8192 /* a DN */

struct pack pack_writer(void *data, size_t capacity)
{
	return (struct pack){ .out = writer_over(data, capacity) };
}

struct pack pack_reader(struct slice from, struct connections *set)
{
	return (struct pack){ .is_reading = true, .in = cursor_of(from), .set = set };
}

bool pack_ok(const struct pack *p)
{
	return p->is_reading ? cursor_ok(&p->in) : writer_ok(&p->out);
}

bool pack_done(const struct pack *p)
{
	return pack_ok(p) && (!p->is_reading || cursor_left(&p->in) == 0);
}

void pack_u8(struct pack *p, const char *field, uint8_t *v)
{
	if (p->is_reading)
		cursor_u8(&p->in, field, v);
	else
		writer_u8(&p->out, *v);
}

void pack_u16(struct pack *p, const char *field, uint16_t *v)
{
	if (p->is_reading)
		cursor_u16(&p->in, field, v);
	else
		writer_u16(&p->out, *v);
}

void pack_u32(struct pack *p, const char *field, uint32_t *v)
{
	if (p->is_reading)
		cursor_u32(&p->in, field, v);
	else
		writer_u32(&p->out, *v);
}

void pack_u64(struct pack *p, const char *field, uint64_t *v)
{
	if (p->is_reading)
		cursor_u64(&p->in, field, v);
	else
		writer_u64(&p->out, *v);
}

void pack_enum(struct pack *p, const char *field, uint8_t *v, uint8_t count)
{
	pack_u8(p, field, v);
	if (p->is_reading && *v >= count) {
		cursor_fail(&p->in, field);
		*v = 0;
	}
}

void pack_bool(struct pack *p, const char *field, bool *v)
{
	uint8_t n = *v;

	pack_enum(p, field, &n, 2);
	*v = n == 1;
}

void pack_raw(struct pack *p, const char *field, void *data, size_t len)
{
	if (p->is_reading)
		cursor_copy(&p->in, field, data, len);
	else
		writer_put(&p->out, slice(data, len));
}

/* The length and the place of a run of bytes; false: there is none. */
static bool read_run(struct pack *p, const char *field, size_t max, struct slice *out)
{
	uint32_t len = 0;

	if (!cursor_u32(&p->in, field, &len))
		return false;
	if (len > max) {
		cursor_fail(&p->in, field);
		return false;
	}
	return cursor_take(&p->in, field, len, out);
}

static void write_run(struct pack *p, struct slice s)
{
	writer_u32(&p->out, (uint32_t)s.len);
	writer_put(&p->out, s);
}

void pack_bytes(struct pack *p, const char *field, struct bytes *v, size_t max)
{
	struct slice s;

	if (!p->is_reading)
		write_run(p, bytes_slice(v));
	else if (read_run(p, field, max, &s) && s.len && !bytes_copy(s, v))
		cursor_fail(&p->in, "memory");
}

void pack_secret(struct pack *p, const char *field, struct secret *v, size_t max)
{
	struct slice s;

	if (!p->is_reading)
		write_run(p, secret_slice(v));
	else if (read_run(p, field, max, &s) && s.len && !secret_copy(s, v))
		cursor_fail(&p->in, "memory");
}

void pack_text(struct pack *p, const char *field, char *v, size_t size)
{
	struct slice s;

	if (!p->is_reading) {
		write_run(p, slice_str(v));
		return;
	}
	v[0] = '\0';
	if (!read_run(p, field, size - 1, &s))
		return;
	if (s.len && memchr(s.data, 0, s.len)) {
		cursor_fail(&p->in, field);
		return;
	}
	if (s.len)
		memcpy(v, s.data, s.len);
	v[s.len] = '\0';
}

void pack_string(struct pack *p, const char *field, char **v, size_t max)
{
	bool is_there = *v != NULL;
	struct slice s;

	pack_bool(p, field, &is_there);
	if (!is_there)
		return;
	if (!p->is_reading) {
		write_run(p, slice_str(*v));
		return;
	}
	if (!read_run(p, field, max, &s))
		return;
	if (s.len && memchr(s.data, 0, s.len))
		cursor_fail(&p->in, field);
	else if (!(*v = strndup((const char *)s.data, s.len)))
		cursor_fail(&p->in, "memory");
}

void pack_address(struct pack *p, const char *field, struct address *v)
{
	uint8_t family = v->family;

	pack_u8(p, field, &family);
	if (p->is_reading && family != FAMILY_NONE && family != FAMILY_IPV4 &&
	    family != FAMILY_IPV6) {
		cursor_fail(&p->in, field);
		return;
	}
	if (p->is_reading)
		*v = (struct address){ .family = family };
	pack_raw(p, field, v->bytes, address_len(v));
}

void pack_endpoint(struct pack *p, const char *field, struct endpoint *v)
{
	pack_address(p, field, &v->address);
	pack_u16(p, field, &v->port);
	pack_bool(p, field, &v->tcp);
}

void pack_identity(struct pack *p, const char *field, struct identity *v)
{
	uint8_t type = v->type;
	struct slice body = bytes_slice(&v->body);

	pack_u8(p, field, &type);
	if (!p->is_reading) {
		write_run(p, body);
		return;
	}
	if (!read_run(p, field, IDENTITY_MAX, &body) || (type == ID_NONE && body.len == 0))
		return;
	if (!identity_of_wire(type, body, v))
		cursor_fail(&p->in, field);
}

void pack_range(struct pack *p, const char *field, struct range *v)
{
	pack_address(p, field, &v->start);
	pack_address(p, field, &v->end);
	if (p->is_reading &&
	    (v->start.family != v->end.family || address_cmp(&v->start, &v->end) > 0))
		cursor_fail(&p->in, field);
}

static void pack_selector(struct pack *p, const char *field, struct selector *v)
{
	pack_range(p, field, &v->range);
	pack_u8(p, field, &v->protocol);
	pack_u16(p, field, &v->start_port);
	pack_u16(p, field, &v->end_port);
	if (p->is_reading && pack_ok(p) && !selector_is_valid(v))
		cursor_fail(&p->in, field);
}

void pack_selectors(struct pack *p, const char *field, struct selectors *v)
{
	uint8_t count = v->count;

	pack_enum(p, field, &count, SELECTORS_MAX + 1);
	for (uint8_t i = 0; i < count && pack_ok(p); i++) {
		struct selector s = { 0 };

		if (!p->is_reading)
			s = v->items[i];
		pack_selector(p, field, &s);
		if (p->is_reading && pack_ok(p) && !selectors_add(v, &s))
			cursor_fail(&p->in, "memory");
	}
}

void pack_alg(struct pack *p, const char *field, uint8_t type, const struct alg **v)
{
	uint16_t id = *v ? (*v)->id : 0;
	bool is_there = *v != NULL;

	pack_bool(p, field, &is_there);
	pack_u16(p, field, &id);
	if (!p->is_reading)
		return;
	*v = is_there ? alg_find((enum transform_type)type, id) : NULL;
	if (is_there && !*v)
		cursor_fail(&p->in, field);
}

void pack_suite(struct pack *p, const char *field, struct suite *v)
{
	pack_u8(p, field, &v->protocol);
	pack_u8(p, field, &v->number);
	pack_alg(p, field, TRANSFORM_ENCR, &v->encr);
	pack_u16(p, field, &v->key_bits);
	pack_alg(p, field, TRANSFORM_PRF, &v->prf);
	pack_alg(p, field, TRANSFORM_INTEG, &v->integ);
	pack_alg(p, field, TRANSFORM_KE, &v->ke);
	for (size_t i = 0; i < ADDKE_MAX; i++)
		pack_alg(p, field, TRANSFORM_KE, &v->addke[i]);
	pack_u8(p, field, &v->says_addke_none);
	pack_bool(p, field, &v->esn);
	pack_bool(p, field, &v->says_integ_none);
	pack_bool(p, field, &v->says_ke_none);
	if (p->is_reading && v->encr && !alg_key_bits_ok(v->encr, v->key_bits))
		cursor_fail(&p->in, field);
}

void pack_connection(struct pack *p, const char *field, struct connection **v)
{
	uint32_t serial = *v ? (*v)->serial : 0;

	pack_u32(p, field, &serial);
	if (!p->is_reading)
		return;
	*v = serial ? connection_by_serial(p->set, serial) : NULL;
	if (serial && !*v)
		cursor_fail(&p->in, field);
}
