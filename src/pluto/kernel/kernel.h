/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The backends there are. Each is opened once, by main, and closed through its table of functions
 * (port/kernel_backend.h).
 */
#ifndef KERNEL_KERNEL_H
#define KERNEL_KERNEL_H

#include "base/error.h"
#include "port/kernel_backend.h"

/* A line worth a log record. */
typedef void kernel_log_fn(const char *text);

struct kernel_settings {
	const char *journal;       /* the file's path */
	bool keeps;                /* what a former run left stays until settle */
	bool has_unmanaged_ifaces; /* XFRM interfaces are the admin's to make and to remove */
	uint32_t acquire_sec;      /* the kernel remembers an acquire so long; 0: as it is */
	kernel_log_fn *log;
};

/*
 * The kernel's XFRM. What a former run left behind is removed first, or stays until settle for the
 * core to take over.
 * NULL with an error when the kernel has no XFRM, the right is missing or the journal cannot be
 * written.
 */
struct kernel_backend *kernel_xfrm_open(const struct kernel_settings *s, struct error *e);
/* No kernel at all: SPIs are random, all else succeeds and does nothing. NULL: out of memory. */
struct kernel_backend *kernel_none_open(void);

#endif
