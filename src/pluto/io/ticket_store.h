/* SPDX-License-Identifier: Apache-2.0 */
/* The file DIR/tickets with what tickets of session resumption need over a restart (core/ticket.h). */
#ifndef IO_TICKET_STORE_H
#define IO_TICKET_STORE_H

#include "base/bytes.h"
#include "base/error.h"

/* Reads it whole; one that is not there, or that others could have read, is empty and true. The directory
 * is made (0700). False with an error: what is stored would not be found again. */
bool ticket_store_read(const char *dir, struct secret *out, struct error *e);
/* Appends records, or puts them in the place of the file. False with an error. */
bool ticket_store_write(const char *dir, struct slice records, bool is_whole, struct error *e);

#endif
