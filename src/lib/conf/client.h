/* SPDX-License-Identifier: Apache-2.0 */
/* The text of client and of addresspool. Private to src/lib/conf. */
#ifndef CONF_CLIENT_H
#define CONF_CLIENT_H

#include "base/error.h"
#include "base/selector.h"

/*
 * "10.1.0.0/24", "10.1.0.0/24,10.2.0.9/tcp/443,10.0.0.1-10.0.0.9/udp/1000-2000": networks, ranges or
 * addresses, each with a protocol and ports if wanted. Adds to out, which the caller frees.
 */
bool client_parse(const char *text, struct selectors *out, struct error *e);
/* "10.1.0.0/24", "10.0.0.1-10.0.0.9", "10.0.0.1". */
bool range_parse(const char *text, struct range *out);

#endif
