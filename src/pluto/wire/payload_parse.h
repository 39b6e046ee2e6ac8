/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the body of one payload into the message; wire/message.c walks the chain. */
#ifndef WIRE_PAYLOAD_PARSE_H
#define WIRE_PAYLOAD_PARSE_H

#include "base/cursor.h"
#include "wire/message.h"

struct payload_parser {
	struct message *message;
	struct arena *arena;
	unsigned transforms_left; /* set by payload_parse at the SA payload */
};

/* False on a syntax error: body->error names the field. Sets the payload's bit in message->have. */
bool payload_parse(struct payload_parser *p, uint8_t type, struct cursor *body);

#endif
