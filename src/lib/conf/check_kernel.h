/* SPDX-License-Identifier: Apache-2.0 */
/* What only the kernel's side of a connection knows: interfaces, marks, IPComp, offload. */
#ifndef CONF_CHECK_KERNEL_H
#define CONF_CHECK_KERNEL_H

#include "conf/conn.h"

/* A rule of check.c: fills if_id, iface, the marks and both ends' addresses on interfaces. */
bool conn_check_kernel(const struct conn_config *c, struct conn_def *out, struct error *e);

#endif
