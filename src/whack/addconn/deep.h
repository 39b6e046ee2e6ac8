/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a check looks at beside the file: secrets, keys, certificates, and what connections take from
 * each other. Reads the disk; asks nothing of pluto.
 */
#ifndef ADDCONN_DEEP_H
#define ADDCONN_DEEP_H

#include "addconn.h"

struct deep;

/* Reads secrets and certificates where config setup says they are; what is wrong with them are
 * problems of the plan's file. NULL when memory is short. */
struct deep *deep_new(struct plan *p);
void deep_free(struct deep *d);
/* One connection of the options, resolved as pluto would. */
void deep_conn(struct deep *d, const struct conf_options *o, const struct conn_def *def);
/* After all connections: those that collide, and certificates that no connection names. */
void deep_finish(struct deep *d);

#endif
