/* SPDX-License-Identifier: Apache-2.0 */
/* Why an attempt failed, as one of few causes: from the exit code or from an error notify. */
#include "core/news.h"
#include "ctl/causes.h"
#include "ctl/codes.h"
#include "wire/payloads.h"

struct cause_of {
	uint32_t value;
	uint8_t cause;
};

static const struct cause_of of_codes[] = {
	{ RC_OK, CAUSE_NONE },        { RC_NO_RESPONSE, CAUSE_NO_RESPONSE },
	{ RC_NO_KEY, CAUSE_NO_KEY },  { RC_NO_PEER, CAUSE_NAME },
	{ RC_WILDCARD, CAUSE_NAME },  { RC_ORIENT, CAUSE_ORIENTATION },
	{ RC_DEAF, CAUSE_LISTENING }, { RC_ROUTE, CAUSE_KERNEL },
	{ RC_RTBUSY, CAUSE_KERNEL },  { RC_INTERNAL, CAUSE_INTERNAL },
	{ RC_FATAL, CAUSE_PROTOCOL },
};

static const struct cause_of of_notifies[] = {
	{ 0, CAUSE_NONE },
	{ N_NO_PROPOSAL_CHOSEN, CAUSE_PROPOSAL },
	{ N_INVALID_KE_PAYLOAD, CAUSE_PROPOSAL },
	{ N_AUTHENTICATION_FAILED, CAUSE_AUTHENTICATION },
	{ N_TS_UNACCEPTABLE, CAUSE_SELECTORS },
	{ N_SINGLE_PAIR_REQUIRED, CAUSE_SELECTORS },
	{ N_INTERNAL_ADDRESS_FAILURE, CAUSE_LEASE },
	{ N_FAILED_CP_REQUIRED, CAUSE_LEASE },
	{ N_INVALID_SYNTAX, CAUSE_PROTOCOL },
	{ N_UNSUPPORTED_CRITICAL_PAYLOAD, CAUSE_PROTOCOL },
};

static uint8_t find(const struct cause_of *rows, size_t count, uint32_t value, uint8_t other)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i].value == value)
			return rows[i].cause;
	return other;
}

uint8_t cause_of_code(uint32_t code)
{
	return find(of_codes, ARRAY_LEN(of_codes), code, CAUSE_INTERNAL);
}

uint8_t cause_of_notify(uint16_t type)
{
	return find(of_notifies, ARRAY_LEN(of_notifies), type, CAUSE_PEER_REFUSED);
}

void failure_note(struct core *c, struct connection *conn, uint8_t cause, const char *reason)
{
	connection_failed(conn, cause, reason, c->wall_sec);
	NEWS(c, .kind = NEWS_FAILED, .conn = conn, .cause = cause, .text = reason);
}
