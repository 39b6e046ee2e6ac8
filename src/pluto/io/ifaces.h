/* SPDX-License-Identifier: Apache-2.0 */
/* Our own addresses, and word of their changes. */
#ifndef IO_IFACES_H
#define IO_IFACES_H

#include "base/address.h"
#include "poller.h"

struct ifaces;

/* Something about our addresses changed; called at most once for each burst the kernel sends. */
typedef void ifaces_change_fn(void *context);

/* NULL: no netlink. */
struct ifaces *ifaces_new(struct poller *p, ifaces_change_fn *fn, void *context);
/*
 * The addresses IKE can be spoken on: no link-local ones, none that duplicate
 * address detection has not passed.
 * At most max of them, each once. The count, or -errno.
 */
int ifaces_list(struct address *out, size_t max);
/* The address that the routes choose for datagrams to remote. 0 or -errno. */
int ifaces_source(const struct endpoint *remote, struct address *out);
/* The first usable address of an interface, of a family (NONE: either). 0 or -errno. */
int ifaces_address(const char *name, enum family family, struct address *out);
/* The source address, and the gateway if there is one, of the route towards an address (of no family:
 * towards anywhere). 0 or -errno. */
int ifaces_route(const struct address *towards, enum family family, struct address *source,
		 struct address *gateway);
#define IFACES_NAME_LEN 16
/* The name of the interface that has the address; false when none has. */
bool ifaces_name(const struct address *a, char out[IFACES_NAME_LEN]);
void ifaces_free(struct ifaces *i);

#endif
