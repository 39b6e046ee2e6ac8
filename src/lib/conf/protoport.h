/* SPDX-License-Identifier: Apache-2.0 */
/* The text of clientprotoport. Private to src/lib/conf. */
#ifndef CONF_PROTOPORT_H
#define CONF_PROTOPORT_H

#include "base/error.h"
#include "base/selector.h"

/* Reads "17/1701", "tcp/%any", "udp", "tcp/1000-2000", "sctp/%opaque", "icmp/8",
 * "icmp/3:0-3:4", "0/0" into protocol and ports of s. */
bool protoport_parse(const char *text, struct selector *s, struct error *e);

#endif
