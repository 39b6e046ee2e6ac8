/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file of what is to outlive the process (port/keep.h): a header and records that are sealed one by
 * one, appended before anything that depends on them is sent. Nothing is synced to a disk: what counts
 * is that the next process of the same run of the machine reads it, and that sees every write. The
 * header names that run, so that a reboot voids the file.
 *
 *   header  "CYGNETKP", u32 version, boot ID (16 bytes), salt (32 bytes)
 *   record  u32 length of the text, u64 number of the record, text, tag (16 bytes)
 */
#ifndef IO_STATE_FILE_H
#define IO_STATE_FILE_H

#include "base/bytes.h"
#include "base/error.h"

#define STATE_VERSION 1
#define STATE_HEADER_LEN 60
#define STATE_SALT_LEN 32
#define STATE_BOOT_ID_LEN 16

struct state_file;

/* The file "state" of the run directory, under this run's key, which is made when there is none. NULL
 * with an error: nothing can be kept. warning is set when it is less than it should be. */
struct state_file *state_file_open(const char *rundir, struct error *warning, struct error *e);
/*
 * All entries that a former run kept, to be freed by the caller; empty when there are none. False with
 * why: the file is there and cannot be taken over.
 */
bool state_file_load(struct state_file *f, struct secret *entries, struct error *e);
/*
 * Appends entries; those that begin with a KEEP_RESET take the place of all before them. An empty slice
 * or a failure to write voids what was kept, and nothing is kept from then on until a KEEP_RESET comes.
 * False with an error when that was a failure, once.
 */
bool state_file_keep(struct state_file *f, struct slice entries, struct error *e);
/* Has it grown so long that it should begin anew? Is it void, so that it has to? */
bool state_file_is_long(const struct state_file *f);
bool state_file_is_void(const struct state_file *f);
/* What is there is not taken over: it goes. */
void state_file_discard(struct state_file *f);
/* Removes file and key: there is nothing to be taken over. */
void state_file_remove(struct state_file *f);
void state_file_close(struct state_file *f);

/* Exposed for the fuzzer and tests: the text of all records of a file; false with why. master:
 * STATE_KEY_LEN bytes. Changes data. */
bool state_records(uint8_t *data, size_t len, const uint8_t *master,
		   const uint8_t boot_id[STATE_BOOT_ID_LEN], struct secret *entries,
		   struct error *e);

#endif
