/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The face of a backend of the kernel's IPsec (kernel/xfrm.c, kernel/none.c): what the loop calls
 * when the core asks for a batch. Main chooses the backend; nobody else knows which one it is.
 */
#ifndef PORT_KERNEL_BACKEND_H
#define PORT_KERNEL_BACKEND_H

#include "port/kernel_ops.h"

struct kernel_backend {
	const char *name; /* "xfrm", "none" */
	/* Performs the batch and fills in its results (kernel_ops.h). Never blocks for long. */
	void (*run)(struct kernel_backend *k, struct kernel_batch *b);
	/* Lets a socket's traffic pass around every policy. 0 or -errno. */
	int (*bypass_socket)(struct kernel_backend *k, int fd, enum family family);
	/* Removes all that is still ours in the kernel, and frees. */
	void (*close)(struct kernel_backend *k);
};

#endif
