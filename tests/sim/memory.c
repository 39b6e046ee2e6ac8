/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counts the blocks of memory in use, by standing before the C library's allocator, so that a world
 * can be asked to give all of it back. Under a sanitizer, which has its own check for leaks, it is
 * not there.
 */
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>

#include "scenario.h"

#ifdef __SANITIZE_ADDRESS__

size_t memory_blocks(void)
{
	return 0;
}

#else

/* The allocator under its second names (glibc). */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *p);

static size_t blocks;

size_t memory_blocks(void)
{
	return blocks;
}

static void *counted(void *p)
{
	blocks += p != NULL;
	return p;
}

void *malloc(size_t size)
{
	return counted(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
	return counted(__libc_calloc(count, size));
}

void *realloc(void *old, size_t size)
{
	void *p = __libc_realloc(old, size);

	if (!old)
		return counted(p);
	blocks -= size == 0 && !p;
	return p;
}

void *memalign(size_t alignment, size_t size)
{
	return counted(__libc_memalign(alignment, size));
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return counted(__libc_memalign(alignment, size));
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
	*out = counted(__libc_memalign(alignment, size));
	return *out ? 0 : ENOMEM;
}

void free(void *p)
{
	blocks -= p != NULL;
	__libc_free(p);
}

#endif
