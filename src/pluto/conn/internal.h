/* SPDX-License-Identifier: Apache-2.0 */
/* Between connection.c and instance.c only. */
#ifndef CONN_INTERNAL_H
#define CONN_INTERNAL_H

#include "conn/connection.h"

/* With serial and reqid, in no table yet; NULL: out of memory. */
struct connection *connection_new(struct connections *set, struct conn_def *def);
/* Enters it by serial and reqid. */
bool connection_register(struct connection *c);
/* What an instance has of its own; it is off its template's list. */
void connection_instance_fini(struct connection *c);

#endif
