/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The backend without a kernel, for --protostack none: IKE runs in full, traffic is not protected.
 * Used for interoperability tests of IKE alone and where the kernel has no ESP.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "crypto/random.h"
#include "kernel/kernel.h"

#define SPI_MIN 256u /* RFC 4303 2.1: the lower ones are reserved */

static void none_run(struct kernel_backend *k, struct kernel_batch *b)
{
	(void)k;
	b->failed_errno = 0;
	for (uint16_t i = 0; i < b->count; i++) {
		struct kernel_op *op = &b->ops[i];
		uint64_t spi;

		op->bytes = op->packets = 0;
		if (op->kind == KOP_ADOPT_STATE)
			op->spi = op->state.spi;
		if (op->kind != KOP_ALLOC_SPI)
			continue;
		if (!random_below(UINT32_MAX - SPI_MIN, &spi)) {
			b->failed_errno = EIO;
			b->failed_at = i;
			text_copy(b->failed_text, sizeof(b->failed_text),
				  "no randomness for an SPI");
			return;
		}
		op->spi = op->state.spi = (uint32_t)spi + SPI_MIN;
	}
}

static int none_bypass_socket(struct kernel_backend *k, int fd, enum family family)
{
	(void)k;
	(void)fd;
	(void)family;
	return 0;
}

static void none_close(struct kernel_backend *k, bool leaves)
{
	(void)leaves;
	free(k);
}

struct kernel_backend *kernel_none_open(void)
{
	struct kernel_backend *k = malloc(sizeof(*k));

	if (k)
		*k = (struct kernel_backend){
			.name = "none",
			.run = none_run,
			.bypass_socket = none_bypass_socket,
			.event_fd = -1,
			.close = none_close,
		};
	return k;
}
