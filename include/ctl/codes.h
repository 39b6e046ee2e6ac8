/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The numbers whack exits with and the control socket's end record carries. They are the field's
 * (20 to 56 are Libreswan's), because scripts test for them. 0 comes only from an end record that
 * says so.
 */
#ifndef CTL_CODES_H
#define CTL_CODES_H

#include "base/names.h"

enum rc {
	RC_OK = 0,            /* done */
	RC_NO_DAEMON = 1,     /* whack's own: the socket is absent or refuses */
	RC_DUP_NAME = 20,     /* a connection of that name exists */
	RC_UNKNOWN_NAME = 21, /* no connection or state of that name or number */
	RC_ORIENT = 22,       /* neither end is this host */
	RC_CLASH = 23,        /* clashes with another connection */
	RC_DEAF = 24,         /* whack --listen must come first */
	RC_ROUTE = 25,        /* a route or policy could not be installed */
	RC_RTBUSY = 26,       /* the route belongs to another connection */
	RC_BAD_ID = 27,       /* an identity cannot be read */
	RC_NO_KEY = 28,       /* no key or secret for the ends */
	RC_NO_PEER = 29,      /* a host's name is not looked up */
	RC_INITSHUNT = 30,    /* the connection is a shunt: nothing to initiate */
	RC_WILDCARD = 31,     /* the peer's address is %any: it has to begin */
	RC_WHACK = 33,  /* options and their values; on whack's side silence, a broken stream */
	RC_BUSY = 34,   /* a limit of the daemon is reached; try again */
	RC_DENIED = 35, /* the caller's role does not allow the verb */
	RC_BAD_MESSAGE = 50, /* the request cannot be read */
	RC_NO_RESPONSE = 51, /* the peer did not answer */
	RC_INTERNAL = 52,    /* out of memory, or a fault of the daemon */
	RC_FATAL = 56,       /* the negotiation failed */
};

/*
 * Codes that log records carry at the front of a line, besides those above: 0 and these never
 * decide the exit code.
 */
enum rc_line {
	LINE_COMMENT = 0,   /* status and comment lines */
	LINE_LOG = 2,       /* a log line */
	LINE_SERIOUS = 3,   /* a serious log line */
	LINE_SUCCESS = 4,   /* a negotiation came to its end */
	LINE_TRAFFIC = 6,   /* traffic of a Child SA */
	LINE_PROGRESS = 10, /* an exchange is under way */
};

extern const struct names rc_names;

#endif
