/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key that the state file is sealed with: in the kernel's user keyring, which is neither written to
 * a disk nor swapped and ends with the machine's run; where there is none (containers), in a file of the
 * run directory, which belongs on a tmpfs. doc/hot-restart.md says what that protects against.
 */
#ifndef IO_STATE_KEY_H
#define IO_STATE_KEY_H

#include "base/error.h"

#define STATE_KEY_LEN 32

enum state_key_place { STATE_KEY_RING, STATE_KEY_MEMORY_FILE, STATE_KEY_DISK_FILE };

/* The key of this run directory, made when there is none. False with an error. */
bool state_key_get(const char *rundir, uint8_t key[STATE_KEY_LEN], enum state_key_place *place,
		   struct error *e);
/* What was sealed with it cannot be read any more. */
void state_key_forget(const char *rundir);

#endif
