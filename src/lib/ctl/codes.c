/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The exit codes by name, for logs and documents. Two codes of one number would make the second
 * name unreachable: the unit test checks that there are none.
 */
#include "ctl/codes.h"

static const struct name rows[] = {
	{ RC_OK, "done" },
	{ RC_NO_DAEMON, "pluto is not running" },
	{ RC_DUP_NAME, "duplicate name" },
	{ RC_UNKNOWN_NAME, "unknown name" },
	{ RC_ORIENT, "not oriented" },
	{ RC_CLASH, "clash" },
	{ RC_DEAF, "not listening" },
	{ RC_ROUTE, "cannot route" },
	{ RC_RTBUSY, "route in use" },
	{ RC_BAD_ID, "bad identity" },
	{ RC_NO_KEY, "no key" },
	{ RC_NO_PEER, "peer's address not found" },
	{ RC_INITSHUNT, "shunt only" },
	{ RC_WILDCARD, "peer's address unknown" },
	{ RC_WHACK, "option refused" },
	{ RC_BUSY, "busy" },
	{ RC_DENIED, "not allowed" },
	{ RC_BAD_MESSAGE, "bad message" },
	{ RC_NO_RESPONSE, "no response" },
	{ RC_INTERNAL, "internal error" },
	{ RC_FATAL, "negotiation failed" },
};

const struct names rc_names = NAMES("code", rows);
