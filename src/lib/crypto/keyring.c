/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys by their public half; passphrases by the file they open. Few of each: lists do. */
#include "keyring.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "pkey.h"

#define ORIGIN_MAX_LEN 256

struct keyring_key {
	struct keyring_key *next;
	EVP_PKEY *pkey;
	struct key_ref ref;
	char *origin;
	char *told_as; /* by whack, under that name; NULL: it stands in a file */
};

struct keyring_file {
	struct keyring_file *next;
	char *file;
	struct slice pass; /* in the vault */
};

static struct keyring_key *find(const struct keyring *r, const struct key_ref *ref)
{
	struct keyring_key *k = r->keys;

	while (k && !key_ref_eq(&k->ref, ref))
		k = k->next;
	return k;
}

static void key_free(struct keyring_key *k)
{
	EVP_PKEY_free(k->pkey);
	free(k->told_as);
	free(k->origin);
	free(k);
}

bool keyring_add(struct keyring *r, EVP_PKEY *pkey, const char *origin, struct key_ref *ref,
		 struct error *e)
{
	struct public_key *public = public_key_of_pkey(pkey, e);
	struct keyring_key *k, **last = &r->keys;

	if (!public)
		return false;
	*ref = *public_key_id(public);
	public_key_free(public);
	if (find(r, ref))
		return true;
	k = calloc(1, sizeof(*k));
	if (!k || !(k->origin = strndup(origin, ORIGIN_MAX_LEN)) || EVP_PKEY_up_ref(pkey) != 1) {
		if (k)
			key_free(k);
		return error_set(e, "memory is short: free some and try again");
	}
	k->pkey = pkey;
	k->ref = *ref;
	while (*last)
		last = &(*last)->next;
	*last = k;
	r->count++;
	return true;
}

EVP_PKEY *keyring_find(const struct keyring *r, const struct key_ref *ref)
{
	struct keyring_key *k = find(r, ref);

	return k && EVP_PKEY_up_ref(k->pkey) == 1 ? k->pkey : NULL;
}

bool keyring_at(const struct keyring *r, size_t i, struct key_ref *ref, char *origin, size_t size)
{
	struct keyring_key *k = r->keys;

	while (k && i-- > 0)
		k = k->next;
	if (!k)
		return false;
	*ref = k->ref;
	text_copy(origin, size, k->origin);
	return true;
}

bool keyring_add_file(struct keyring *r, struct vault *v, const char *file, struct slice pass)
{
	struct keyring_file *f = calloc(1, sizeof(*f)), **last = &r->files;

	if (!f || !(f->file = strdup(file))) {
		free(f);
		return false;
	}
	if (pass.len > 0)
		f->pass = vault_put(v, pass);
	while (*last)
		last = &(*last)->next;
	*last = f;
	return pass.len == 0 || f->pass.data != NULL;
}

const char *keyring_file_at(const struct keyring *r, size_t i, struct slice *pass)
{
	struct keyring_file *f = r->files;

	while (f && i-- > 0)
		f = f->next;
	*pass = f ? f->pass : SLICE_EMPTY;
	return f ? f->file : NULL;
}

void keyring_clear(struct keyring *r)
{
	while (r->keys) {
		struct keyring_key *k = r->keys;

		r->keys = k->next;
		key_free(k);
	}
	while (r->files) {
		struct keyring_file *f = r->files;

		r->files = f->next;
		free(f->file);
		free(f);
	}
	r->count = 0;
}

bool keyring_tell(struct keyring *r, EVP_PKEY *pkey, const char *name, struct error *e)
{
	size_t before = r->count;
	struct keyring_key *k;
	struct key_ref ref;

	if (!keyring_add(r, pkey, name, &ref, e))
		return false;
	k = find(r, &ref);
	if (r->count == before || (k->told_as = strdup(name)))
		return true;
	/* it goes with the next reload */
	return error_set(e, "memory is short: free some and try again");
}

bool keyring_take_told(struct keyring *r, const struct keyring *from)
{
	struct error ignored = { 0 };

	for (const struct keyring_key *k = from->keys; k; k = k->next)
		if (k->told_as && !keyring_tell(r, k->pkey, k->told_as, &ignored))
			return false;
	return true;
}

size_t keyring_forget(struct keyring *r, const char *name)
{
	struct keyring_key **at = &r->keys;
	size_t count = 0;

	while (*at) {
		struct keyring_key *k = *at;

		if (!k->told_as || strcmp(k->told_as, name) != 0) {
			at = &k->next;
			continue;
		}
		*at = k->next;
		key_free(k);
		r->count--;
		count++;
	}
	return count;
}
