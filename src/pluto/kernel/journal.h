/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal of what is ours in the kernel: SPIs, policies and interfaces, in memory and in an append-only
 * file of the run directory. A line is written before the kernel is asked, so that after a crash
 * the next run finds and removes exactly those. Several owners (reqids) may hold one policy.
 */
#ifndef KERNEL_JOURNAL_H
#define KERNEL_JOURNAL_H

#include <linux/xfrm.h>

#include "base/error.h"
#include "base/list.h"
#include "base/table.h"
#include "port/kernel_ops.h"

struct journal;

enum journal_kind { JOURNAL_STATE, JOURNAL_POLICY, JOURNAL_IFACE, JOURNAL_ADDRESS };

/* What an entry is known by; unused members are zero. */
struct journal_name {
	uint8_t kind;       /* enum journal_kind */
	struct address dst; /* STATE, ADDRESS */
	uint8_t proto;      /* STATE: IPPROTO_AH, IPPROTO_COMP; 0: ESP */
	uint32_t spi;
	uint8_t dir; /* POLICY: XFRM_POLICY_IN, OUT or FWD */
	struct xfrm_selector selector;
	uint32_t if_id, mark, mark_mask;
	char iface[KERNEL_IFACE_LEN]; /* IFACE, ADDRESS */
	uint8_t prefix_bits;          /* ADDRESS */
	uint32_t reqid;               /* 0: a bypass */
	bool stays; /* POLICY: it outlives the process; no part of what it is known by */
};

struct journal_entry {
	struct table_node node;
	struct list all;
	struct journal_name name;
	struct kernel_policy policy; /* POLICY: as it was last put for this owner */
	uint8_t outer;               /* STATE of IPComp: enum kernel_protocol and SPI of the one */
	uint32_t outer_spi;          /* around it */
	uint32_t seen;               /* in the resync of that number */
	bool is_orphan;              /* a former run left it, and nobody here put it yet */
};

/* NULL with an error when the file cannot be opened or memory is short. */
struct journal *journal_open(const char *path, struct error *e);
/* Reads what a former run left into memory; lines that are no lines of ours are skipped. */
bool journal_load(struct journal *j, struct error *e);
/* Finds or makes the entry; a new one is in the file on return. NULL with errno set. */
struct journal_entry *journal_add(struct journal *j, const struct journal_name *name);
struct journal_entry *journal_find(struct journal *j, const struct journal_name *name);
/* Of a state of IPComp: the one around it. In memory alone. */
static inline void journal_set_outer(struct journal_entry *entry, uint8_t outer, uint32_t spi)
{
	entry->outer = outer;
	entry->outer_spi = spi;
}
/* An entry of the same policy that another reqid owns, or NULL. */
struct journal_entry *journal_other_owner(struct journal *j, const struct journal_name *name);
/* Forgets it, in memory and file. */
void journal_remove(struct journal *j, struct journal_entry *entry);
/* The oldest entry, or NULL: for clearing all. */
struct journal_entry *journal_first(struct journal *j);
/* Notes in the file whether a policy outlives the process. False with errno set. */
bool journal_set_stays(struct journal *j, struct journal_entry *entry, bool stays);
/* The one after it, or NULL. */
struct journal_entry *journal_next(struct journal *j, const struct journal_entry *entry);
/* Empties memory and file. */
void journal_clear(struct journal *j);
/* Frees; the file keeps what is still in it. */
void journal_close(struct journal *j);

#endif
