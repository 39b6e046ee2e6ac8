/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feeds any bytes to what reads a peer's proof: the AUTH data of RFC 7427, certificates, and public
 * keys as admins write them. The first byte says how the rest is cut. Nothing may be proven by it.
 */
#include <stdlib.h>

#include "crypto/algs.h"
#include "crypto/keystore.h"
#include "crypto/trust.h"

static void proof(struct keystore *k, uint8_t method, struct slice auth, struct slice cert)
{
	const struct identity id = { .type = ID_FQDN, .body = { (uint8_t *)"east", 4 } };
	const struct slice certs[] = { cert, cert };
	struct peer_query q = {
		.id = &id,
		.certs = certs,
		.cert_count = cert.len ? 2 : 0,
		.method = method,
		.auth = auth,
		.octets = slice("octets", 6),
		.allow = ALLOW_ANY_SIGNATURE,
		.hashes = 0xffff,
		.wall_sec = 1700000000,
	};
	struct peer_verdict v;

	peer_verify(k, &q, &v);
	if (v.verdict == VERDICT_OK || !v.reason[0])
		abort();
	peer_verdict_free(&v);
}

static void key_text(struct slice text)
{
	char copy[4096];
	struct error e = { 0 };
	struct public_key *key;

	if (text.len >= sizeof(copy))
		return;
	for (size_t i = 0; i < text.len; i++)
		copy[i] = (char)text.data[i];
	copy[text.len] = '\0';
	key = public_key_of_text(copy, &e);
	if (!key && !e.text[0])
		abort();
	public_key_free(key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct keystore *k;
	struct error e = { 0 };
	size_t cut;

	if (!k && crypto_self_test(&e))
		k = keystore_new();
	if (!k || size < 2)
		return 0;
	cut = (size_t)data[0] < size - 1 ? data[0] : size - 1;
	proof(k, data[1] % 16, slice(data + 1, cut), slice(data + 1 + cut, size - 1 - cut));
	proof(k, 14, slice(data + 1, size - 1), SLICE_EMPTY);
	key_text(slice(data + 1, size - 1));
	return 0;
}
