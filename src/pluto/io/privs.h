/* SPDX-License-Identifier: Apache-2.0 */
/* Giving up what is not needed: capabilities, new privileges, core dumps. */
#ifndef IO_PRIVS_H
#define IO_PRIVS_H

#include <stdbool.h>

#include "base/error.h"

/* The daemon: sockets, XFRM, locked memory. After the spawner is started. */
bool privs_drop_daemon(struct error *e);
/* The spawner: what scripts need to change routes and filters. */
bool privs_drop_spawner(void);

#endif
