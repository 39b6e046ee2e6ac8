/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A private key that stays in a token: tests/tools/test_token.sh makes one and says in TOKEN_KEYS by which
 * URIs its keys are found. Without that there is nothing to test.
 */
#include "vectors/vector.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/credentials.h"
#include "crypto/keystore.h"
#include "crypto/hostkey.h"
#include "crypto/sign.h"

static void warn(void *context, const char *text)
{
	(void)context;
	print_message("%s\n", text);
}

static void test_signs(void **state)
{
	const struct slice octets = slice_str("what is signed");
	char *uris = getenv("TOKEN_KEYS");
	struct keystore *k = keystore_new();
	const struct signature_alg *a;
	struct key_ref ref;
	char origin[300];
	size_t keys = 0, wanted = 0;

	(void)state;
	if (!uris) {
		keystore_free(k);
		skip();
	}
	uris = strdup(uris);
	for (char *uri = strtok(uris, " "); uri; uri = strtok(NULL, " "), wanted++)
		assert_true(keystore_add_key_file(k, uri, SLICE_EMPTY));
	credentials_load_keys(k, "/nonexistent", warn, NULL);
	for (; keystore_key_at(k, keys, &ref, origin, sizeof(origin)); keys++) {
		struct public_key *in_token = hostkey_public(k, &ref), *public;
		struct bytes spki = { 0 };
		struct error e = { 0 };
		size_t good = 0;

		/* as a peer knows it */
		assert_non_null(in_token);
		assert_true(public_key_spki(in_token, &spki));
		public = public_key_of_spki(bytes_slice(&spki), &e);
		assert_non_null(public);
		bytes_free(&spki);
		public_key_free(in_token);
		for (size_t i = 0; (a = signature_at(i)); i++) {
			struct bytes signature = { 0 };

			if (a->kind != public_key_kind(public) || a->hash == HASH_SHA1)
				continue;
			assert_int_equal(keystore_sign(k, &ref, a, false, octets, &signature),
					 VERDICT_OK);
			assert_int_equal(public_key_verify(public, a, false, octets,
							   bytes_slice(&signature)),
					 VERDICT_OK);
			signature.data[signature.len / 2] ^= 1;
			assert_int_not_equal(public_key_verify(public, a, false, octets,
							       bytes_slice(&signature)),
					     VERDICT_OK);
			bytes_free(&signature);
			good++;
		}
		assert_true(good > 0);
		public_key_free(public);
	}
	assert_int_equal(keys, wanted);
	free(uris);
	keystore_free(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signs),
	};

	return cmocka_run_group_tests(tests, crypto_setup, NULL);
}
