/* SPDX-License-Identifier: Apache-2.0 */
/* Values of the core as fields of a record. */
#include "core/fill.h"

void fill_begin(struct record *r, const struct core_client *client, enum record_kind kind)
{
	r->b = ctl_record_begin(r->buffer, sizeof(r->buffer), client ? client->sequence : 0, kind);
}

bool fill_finish(struct record *r, struct core *c, struct core_client *client)
{
	struct slice frame;

	if (!ctl_record_finish(&r->b, &frame))
		return false;
	client_frame(c, client, frame);
	return true;
}

void fill_u64(struct record *r, uint16_t field, uint64_t value)
{
	ctl_record_put_u64(&r->b, field, value);
}

void fill_bool(struct record *r, uint16_t field, bool value)
{
	ctl_record_put_bool(&r->b, field, value);
}

void fill_text(struct record *r, uint16_t field, const char *value)
{
	ctl_record_put_text(&r->b, field, value);
}

void fill_escaped(struct record *r, uint16_t field, const char *text)
{
	char shown[FILL_TEXT_MAX];
	struct text t = TEXT_OVER(shown);

	text_escape(&t, slice_str(text));
	fill_text(r, field, shown);
}

void fill_name(struct record *r, uint16_t field, const struct connection *conn)
{
	fill_escaped(r, field, conn->def->config.name);
}

void fill_instance(struct record *r, uint16_t field, const struct connection *conn)
{
	if (conn->instance)
		fill_u64(r, field, conn->instance);
}

void fill_address(struct record *r, uint16_t field, const struct address *a)
{
	char buf[ADDRESS_TEXT_LEN];

	fill_text(r, field, a->family ? address_format(a, buf, sizeof(buf)) : "%any");
}

void fill_identity(struct record *r, uint16_t field, const struct identity *id)
{
	char buf[IDENTITY_TEXT_LEN];

	fill_text(r, field, identity_format(id, buf, sizeof(buf)));
}

void fill_selectors(struct record *r, uint16_t field, const struct selectors *l)
{
	char buf[SELECTORS_TEXT_LEN * 8];

	fill_text(r, field, selectors_format(l, buf, sizeof(buf)));
}

void fill_suite(struct record *r, uint16_t field, const struct suite *suite)
{
	char buf[160];

	fill_text(r, field, suite_format(suite, buf, sizeof(buf)));
}

void fill_selector(struct record *r, uint16_t field, const struct selector *s)
{
	char buf[SELECTOR_TEXT_LEN];

	fill_text(r, field, selector_format(s, buf, sizeof(buf)));
}
