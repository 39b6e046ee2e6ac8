/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options to one request frame: the verb, the name, and each option of a connection as the text the
 * admin gave under its keyword's id.
 */
#include "options.h"

#include "ctl/codes.h"

static void put_setting(struct ctl_builder *b, const struct setting *s)
{
	uint16_t id = s->keyword->id;

	if (s->right)
		id |= KEYWORD_RIGHT;
	ctl_put_text(b, id, 0, s->text);
}

bool options_request(const struct options *o, void *data, size_t capacity, struct slice *out,
		     struct error *e)
{
	struct ctl_builder b = ctl_request(data, capacity, 1, o->verb->verb);

	if (o->verb_value)
		ctl_put_text(&b, CTL_ATTR_VALUE, 0, o->verb_value);
	if (o->name)
		ctl_put_text(&b, CTL_ATTR_NAME, 0, o->name);
	if (o->async)
		ctl_put(&b, CTL_ATTR_ASYNC, 0, SLICE_EMPTY);
	if (o->debug)
		ctl_put_text(&b, CTL_ATTR_DEBUG, 0, o->debug);
	for (size_t i = 0; i < o->request_count; i++)
		ctl_put_text(&b, o->requests[i].option->id, 0,
			     o->requests[i].text ? o->requests[i].text : "");
	for (size_t i = 0; i < o->count; i++)
		put_setting(&b, &o->settings[i]);
	return ctl_finish(&b, out) ||
	       error_code(e, RC_WHACK, "the options are longer than a request may be");
}
