/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The face of a backend of the kernel's IPsec (kernel/xfrm.c, kernel/none.c): what the loop calls
 * when the core asks for a batch. Main chooses the backend; nobody else knows which one it is.
 */
#ifndef PORT_KERNEL_BACKEND_H
#define PORT_KERNEL_BACKEND_H

#include "port/kernel_event.h"
#include "port/kernel_ops.h"

struct kernel_backend {
	const char *name; /* "xfrm", "none" */
	/* Performs the batch and fills in its results (kernel_ops.h). Never blocks for long. */
	void (*run)(struct kernel_backend *k, struct kernel_batch *b);
	/* Lets a socket's traffic pass around every policy. 0 or -errno. */
	int (*bypass_socket)(struct kernel_backend *k, int fd, enum family family);
	bool has_esp_in_tcp; /* RFC 9329: streams of TCP may be handed to it */
	int event_fd;        /* readable when the kernel has something to tell; -1: it never has */
	bool has_more;       /* read_events has something to give that event_fd does not tell of */
	/* Gives on what the kernel tells, some at a time; never blocks. KERNEL_LOST asks for a resync soon. */
	void (*read_events)(struct kernel_backend *k, kernel_event_fn *fn, void *context);
	/* Compares what should stand with a dump: policies of ours that are missing are put again,
	 * states that are missing are told of. 0 or -errno. */
	int (*resync)(struct kernel_backend *k, kernel_event_fn *fn, void *context);
	/* States and policies that a former run left go, unless they were put or taken over. */
	void (*settle)(struct kernel_backend *k);
	/* Removes all that is still ours in the kernel, unless it is left to the next run, and frees. */
	void (*close)(struct kernel_backend *k, bool leaves);
};

#endif
