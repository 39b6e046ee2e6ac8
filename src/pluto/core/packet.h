/* SPDX-License-Identifier: Apache-2.0 */
/* A packet as a request names it: --oppohere, --oppothere, their protocol and ports. */
#ifndef CORE_PACKET_H
#define CORE_PACKET_H

#include "base/selector.h"
#include "base/text.h"
#include "ctl/message.h"

#define PACKET_USAGE                                                       \
	"--oppohere and --oppothere need an address each, of one family; " \
	"--oppoproto, --opposport and --oppodport are numbers"

/* Each side as a selector of one address; false: PACKET_USAGE says why. */
bool packet_of_request(const struct ctl_message *m, struct selector *src, struct selector *dst);

#endif
