/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a packet that an admin thinks of. */
#include "core/packet.h"

static bool read_number(const struct ctl_message *m, uint16_t id, uint64_t max, uint64_t *out)
{
	struct ctl_attribute a;
	char text[16];

	*out = 0;
	return !ctl_find(m, id, &a) ||
	       (ctl_value_text(&a, text, sizeof(text)) && parse_number(text, 0, max, out));
}

static bool read_side(const struct ctl_message *m, uint16_t address_id, uint16_t port_id,
		      struct selector *out)
{
	struct ctl_attribute a;
	char text[ADDRESS_TEXT_LEN];
	uint64_t protocol, port;

	*out = (struct selector){ .end_port = UINT16_MAX };
	if (!ctl_find(m, address_id, &a) || !ctl_value_text(&a, text, sizeof(text)) ||
	    !address_parse(text, &out->range.start) ||
	    !read_number(m, CTL_ATTR_OPPO_PROTO, UINT8_MAX, &protocol) ||
	    !read_number(m, port_id, UINT16_MAX, &port))
		return false;
	out->range.end = out->range.start;
	out->protocol = (uint8_t)protocol;
	if (port)
		out->start_port = out->end_port = (uint16_t)port;
	return true;
}

bool packet_of_request(const struct ctl_message *m, struct selector *src, struct selector *dst)
{
	return read_side(m, CTL_ATTR_OPPO_HERE, CTL_ATTR_OPPO_SPORT, src) &&
	       read_side(m, CTL_ATTR_OPPO_THERE, CTL_ATTR_OPPO_DPORT, dst) &&
	       src->range.start.family == dst->range.start.family;
}
