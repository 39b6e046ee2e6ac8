/* SPDX-License-Identifier: Apache-2.0 */
/* Making and freeing the authentication part of work items. */
#include "port/auth_work.h"

#include <stdlib.h>

#define WORK_BYTES_MAX (256u << 10) /* certificates, octets, names: far below */

struct auth_work *auth_work_new(void)
{
	struct auth_work *a = calloc(1, sizeof(*a));

	if (a)
		a->arena.limit = WORK_BYTES_MAX;
	return a;
}

void auth_work_free(struct auth_work *a)
{
	if (!a)
		return;
	credential_free(&a->credential);
	secret_free(&a->content);
	bytes_free(&a->ca_hashes);
	identity_free(&a->own.id);
	identity_free(&a->peer_id);
	free(a->items);
	bytes_free(&a->signature);
	peer_verdict_free(&a->verdict);
	for (size_t i = 0; i < ARRAY_LEN(a->fetches); i++)
		bytes_free(&a->fetches[i].request);
	arena_free(&a->arena);
	free(a);
}

bool auth_work_text(struct auth_work *a, const char *from, const char **out)
{
	*out = from ? arena_str(&a->arena, slice_str(from)) : NULL;
	return !from || *out;
}

bool auth_work_bytes(struct auth_work *a, struct slice from, struct slice *out)
{
	bool ok = true;

	*out = from.len ? arena_copy(&a->arena, from, &ok) : SLICE_EMPTY;
	return ok;
}
