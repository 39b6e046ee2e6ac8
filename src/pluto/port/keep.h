/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is to outlive the process, as data: entries, each under a kind and a number, the latest of which
 * counts. The core gives them to be kept (ACTION_KEEP) and gets all of a former run back at the start
 * (EVENT_ADOPT). Who keeps them knows nothing of what is in them (io/state_file.c, the simulator).
 */
#ifndef PORT_KEEP_H
#define PORT_KEEP_H

#include "base/cursor.h"
#include "base/writer.h"

enum keep_kind {
	KEEP_RESET,      /* all before it is void; number 0, empty */
	KEEP_CONNECTION, /* by serial number */
	KEEP_IKE,        /* by our SPI, like the next four: what was agreed and proven */
	KEEP_OURS,       /* the window of our requests */
	KEEP_THEIRS,     /* that of the peer's */
	KEEP_CHILDREN,
	KEEP_WANTS, /* what is to be done next */
	KEEP_HELD,  /* policies without an SA, by the child's number */
	KEEP_KINDS,
};

#define KEEP_REMOVED UINT32_MAX /* in the place of the length */
#define KEEP_VALUE_MAX (1u << 20)
#define KEEP_HEADER_LEN 13u

struct keep_entry {
	uint8_t kind; /* enum keep_kind */
	uint64_t number;
	bool is_removed;
	struct slice value;
};

/* The header of an entry of len bytes, or of the removal of one. */
void keep_put_header(struct writer *w, enum keep_kind kind, uint64_t number, uint32_t len);
/* The next entry; false at the end, or when the bytes are no entries (c->error says what). */
bool keep_next(struct cursor *c, struct keep_entry *out);

#endif
