/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counts the blocks of memory in use, by standing before the C library's allocator, so that a world
 * can be asked to give all of it back; and lets one allocation of a core fail (case 195). Under a sanitizer, which has its own check for leaks, it is
 * not there.
 */
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>

#include <openssl/crypto.h>

#include "scenario.h"

#ifdef __SANITIZE_ADDRESS__

size_t memory_blocks(void)
{
	return 0;
}

void memory_ration(uint32_t *at)
{
	(void)at;
}

bool memory_install(void)
{
	return true;
}

#else

/* The allocator under its second names (glibc). */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *p);

static size_t blocks;
static uint32_t *ration; /* so many allocations are left until one fails; NULL or 0: none does */

void memory_ration(uint32_t *at)
{
	ration = at;
}

static bool is_short(void)
{
	return ration && *ration && --*ration == 0;
}

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
	return is_short() ? NULL : counted(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
	return is_short() ? NULL : counted(__libc_calloc(count, size));
}

void *realloc(void *old, size_t size)
{
	void *p = is_short() ? NULL : __libc_realloc(old, size);

	if (!old)
		return counted(p);
	blocks -= size == 0 && !p && old;
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

/* OpenSSL's own are not rationed: it loses some when it gets no memory. */
static void *crypto_malloc(size_t size, const char *file, int line)
{
	(void)file, (void)line;
	return counted(__libc_malloc(size));
}

static void *crypto_realloc(void *old, size_t size, const char *file, int line)
{
	uint32_t *was = ration;
	void *p;

	(void)file, (void)line;
	ration = NULL;
	p = realloc(old, size);
	ration = was;
	return p;
}

static void crypto_free(void *p, const char *file, int line)
{
	(void)file, (void)line;
	free(p);
}

bool memory_install(void)
{
	return CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free) == 1;
}

#endif
