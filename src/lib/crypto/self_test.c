/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Known answers for every row of the table, run once at start. What OpenSSL refuses (another version,
 * a FIPS provider) makes its row unavailable; what it computes wrongly stops the daemon. Inputs are
 * counting patterns; answers come from tests/vectors/reference.py, which does not use OpenSSL.
 */
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>

#include "base/text.h"
#include "crypto/ke.h"
#include "crypto/prf.h"
#include "crypto/random.h"
#include "kem.h"
#include "mac.h"

#define ASSOCIATED_LEN 32
#define TEXT_LEN 48
#define DATA_LEN 50
#define ANSWER_LEN 16
#define MESSAGE_MAX_LEN (ASSOCIATED_LEN + 16 + TEXT_LEN + MAC_MAX_LEN)
#define IV_COUNTER 0x4041424344454647ull /* the first 8 bytes of the IV pattern */

enum outcome { RIGHT, REFUSED, WRONG };

static void fill(uint8_t *out, size_t len, uint8_t start)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(start + i);
}

/* Compares as many bytes as the answer has, which is hex. */
static bool is_answer(const uint8_t *got, size_t len, const char *hex)
{
	struct secret want cleanup(secret_cleanup) = { 0 };

	return parse_hex(slice_str(hex), &want) && want.len <= len &&
	       slice_eq(slice(got, want.len), secret_slice(&want));
}

/* The text pattern taken as ciphertext: its ICV (AEAD) and the last block it decrypts to. */
static const struct {
	uint16_t id, key_bits;
	const char *icv, *text;
} ciphers[] = {
	{ ENCR_AES_GCM_16, 128, "dc6bd925c4c872cf6325053957b2e5e7",
	  "c23ba80770583642330022c8127a3e59" },
	{ ENCR_AES_GCM_16, 192, "174adfa4afc4408b88d23d8c587f17b0",
	  "5cd57c72388ef23aace4ee1bb9b1a83a" },
	{ ENCR_AES_GCM_16, 256, "3d2fbeb408cb49bb353b0edbc3b0e8dc",
	  "0293b04b2ff2739121f492c94836f3b0" },
	{ ENCR_AES_GCM_12, 128, "dc6bd925c4c872cf63250539", "c23ba80770583642330022c8127a3e59" },
	{ ENCR_AES_GCM_12, 192, "174adfa4afc4408b88d23d8c", "5cd57c72388ef23aace4ee1bb9b1a83a" },
	{ ENCR_AES_GCM_12, 256, "3d2fbeb408cb49bb353b0edb", "0293b04b2ff2739121f492c94836f3b0" },
	{ ENCR_AES_GCM_8, 128, "dc6bd925c4c872cf", "c23ba80770583642330022c8127a3e59" },
	{ ENCR_AES_GCM_8, 192, "174adfa4afc4408b", "5cd57c72388ef23aace4ee1bb9b1a83a" },
	{ ENCR_AES_GCM_8, 256, "3d2fbeb408cb49bb", "0293b04b2ff2739121f492c94836f3b0" },
	{ ENCR_AES_CCM_16, 128, "3e2cc7907a3241199f8e3a38b981a06f",
	  "2b6aa919d58eed6984cb5e8796bf1399" },
	{ ENCR_AES_CCM_16, 192, "38219a8cbaa37e55e0f6e47bf63d0653",
	  "e597339076979d8c404ac758ffe7487b" },
	{ ENCR_AES_CCM_16, 256, "4e6711c0b439c193c2a36f9eaa5e995b",
	  "32e1d11395c2ff79ee8a43579f4e0dee" },
	{ ENCR_AES_CCM_12, 128, "aa2c6ffdfb8f230f9fc42260", "2b6aa919d58eed6984cb5e8796bf1399" },
	{ ENCR_AES_CCM_12, 192, "2ac0ca4110d401de4d39b071", "e597339076979d8c404ac758ffe7487b" },
	{ ENCR_AES_CCM_12, 256, "3e7348740883f46e60b9ea39", "32e1d11395c2ff79ee8a43579f4e0dee" },
	{ ENCR_AES_CCM_8, 128, "741a522298c5c6a7", "2b6aa919d58eed6984cb5e8796bf1399" },
	{ ENCR_AES_CCM_8, 192, "de3e113538a1a618", "e597339076979d8c404ac758ffe7487b" },
	{ ENCR_AES_CCM_8, 256, "18ee6e82adda7a92", "32e1d11395c2ff79ee8a43579f4e0dee" },
	{ ENCR_CHACHA20_POLY1305, 0, "97c00eca908fd3f484461bbad0a228bd",
	  "3949003be663ea62146614133b3ff044" },
	{ ENCR_AES_CBC, 128, NULL, "234e0bb70280628ada0dc31176a0c806" },
	{ ENCR_AES_CBC, 192, NULL, "f087db1e03b9a10d9f8d0e4f643f4d28" },
	{ ENCR_AES_CBC, 256, NULL, "5406a676c07dc79c3799e8bef01e776f" },
	{ ENCR_AES_CTR, 128, NULL, "7a44c5feb1362ba58305fd3b70a58fa5" },
	{ ENCR_AES_CTR, 192, NULL, "51f1d82cacddc8c9f142a8c78ca8336e" },
	{ ENCR_AES_CTR, 256, NULL, "b9c1a672516d7cf9bb23f6e38f688387" },
	{ ENCR_3DES, 0, NULL, "4b9c5a5b6bef5fb7c405c744018777ba" },
};

/* Of the data pattern under a key pattern of the row's length. */
static const struct {
	enum transform_type type;
	uint16_t id;
	const char *mac;
} macs[] = {
	{ TRANSFORM_PRF, PRF_HMAC_SHA1, "91f9140802cab5ab7658eab9e1a460926f1e4d75" },
	{ TRANSFORM_PRF, PRF_HMAC_SHA2_256,
	  "70ba03c07979bddd81217f92545f47fc93e62c51e440a54e1ec333ffe82a4412" },
	{ TRANSFORM_PRF, PRF_HMAC_SHA2_384,
	  "cd3ad6ba108cf4ef8c8be74151e7cc9fbb3810b2f04458acb7c24f4dc37b595e" },
	{ TRANSFORM_PRF, PRF_HMAC_SHA2_512,
	  "07de02d779d0f3a35edb240f43de8eb18cc7724e28a8328712bcb85b0e7caf9d" },
	{ TRANSFORM_PRF, PRF_AES128_XCBC, "5021e80d960682aa8217259247a632e0" },
	{ TRANSFORM_PRF, PRF_AES128_CMAC, "9db33276db5542d7ccb9306100783739" },
	{ TRANSFORM_INTEG, INTEG_HMAC_SHA1_96, "91f9140802cab5ab7658eab9" },
	{ TRANSFORM_INTEG, INTEG_HMAC_SHA2_256_128, "70ba03c07979bddd81217f92545f47fc" },
	{ TRANSFORM_INTEG, INTEG_HMAC_SHA2_384_192,
	  "cd3ad6ba108cf4ef8c8be74151e7cc9fbb3810b2f04458ac" },
	{ TRANSFORM_INTEG, INTEG_HMAC_SHA2_512_256,
	  "07de02d779d0f3a35edb240f43de8eb18cc7724e28a8328712bcb85b0e7caf9d" },
	{ TRANSFORM_INTEG, INTEG_AES_XCBC_96, "5021e80d960682aa82172592" },
	{ TRANSFORM_INTEG, INTEG_AES_CMAC_96, "9db33276db5542d7ccb93061" },
};

/* RFC 7748 6, RFC 5903 8: a key pair, the peer's public value and what comes of them. */
static const struct {
	uint16_t id;
	const char *private_value, *own, *peer, *shared;
} curves[] = {
	{ .id = KE_CURVE25519,
	  .private_value = "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
	  .own = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
	  .peer = "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
	  .shared = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742" },
	{ .id = KE_CURVE448,
	  .private_value =
		  "9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28dd9c9baf574a9419744897391006382a6"
		  "f127ab1d9ac2d8c0a598726b",
	  .own = "9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c22c5d9bbc836647241d953d40c5b12da"
		 "88120d53177f80e532c41fa0",
	  .peer = "3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b43027d8b972fc3e34fb4232a13ca706dcb5"
		  "7aec3dae07bdc1c67bf33609",
	  .shared = "07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282bb60c0b56" },
	{ .id = KE_ECP_256,
	  .private_value = "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433",
	  .own = "dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c37725811805271a0461cdb8252d61f1c45"
		 "6fa3e59ab1f45b33accf5f58389e0577b8990bb3",
	  .peer = "d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf6356fbf3ca366cc23e8157854c"
		  "13c58d6aac23f046ada30f8353e74f33039872ab",
	  .shared = "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de" },
	{ .id = KE_ECP_384,
	  .private_value =
		  "099f3c7034d4a2c699884d73a375a67f7624ef7c6b3c0f160647b67414dce655e35b538041e649ee3faef896"
		  "783ab194",
	  .own = "667842d7d180ac2cde6f74f37551f55755c7645c20ef73e31634fe72b4c55ee6de3ac808acb4bdb4c88732ae"
		 "e95f41aa9482ed1fc0eeb9cafc4984625ccfc23f65032149e0e144ada024181535a0f38eeb9fcff3c2c947da"
		 "e69b4c634573a81c",
	  .peer = "e558dbef53eecde3d3fccfc1aea08a89a987475d12fd950d83cfa41732bc509d0d1ac43a0336def96fda41d0"
		  "774a3571dcfbec7aacf3196472169e838430367f66eebe3c6e70c416dd5f0c68759dd1fff83fa40142209dff"
		  "5eaad96db9e6386c",
	  .shared = "11187331c279962d93d604243fd592cb9d0a926f422e47187521287e7156c5c4" },
	{ .id = KE_ECP_521,
	  .private_value =
		  "0037ade9319a89f4dabdb3ef411aaccca5123c61acab57b5393dce47608172a095aa85a30fe1c2952c6771d9"
		  "37ba9777f5957b2639bab072462f68c27a57382d4a52",
	  .own = "0015417e84dbf28c0ad3c278713349dc7df153c897a1891bd98bab4357c9ecbee1e3bf42e00b8e380aeae57c"
		 "2d107564941885942af5a7f4601723c4195d176ced3e017cae20b6641d2eeb695786d8c946146239d099e18e"
		 "1d5a514c739d7cb4a10ad8a788015ac405d7799dc75e7b7d5b6cf2261a6a7f1507438bf01beb6ca3926f9582",
	  .peer = "00d0b3975ac4b799f5bea16d5e13e9af971d5e9b984c9f39728b5e5739735a219b97c356436adc6e95bb0352"
		  "f6be64a6c2912d4ef2d0433ced2b6171640012d9460f015c68226383956e3bd066e797b623c27ce0eac2f551"
		  "a10c2c724d9852077b87220b6536c5c408a1d2aebb8e86d678ae49cb57091f4732296579ab44fcd17f0fc56a",
	  .shared = "01144c7d79ae6956bc8edb8e7c787c4521cb086fa64407f97894e5e6b2d79b04" },
};

/* The first half of SHA-256 of the modulus, which RFC 3526 gives by a formula. */
static const struct {
	uint16_t id;
	const char *digest;
} modps[] = {
	{ KE_MODP_2048, "d66436f79bbd6b2e38c0ffbd079be904" },
	{ KE_MODP_3072, "48cf8b092fbce4359d9871abf74f98e2" },
	{ KE_MODP_4096, "4ee95187682bcb230ad26a95205f6920" },
	{ KE_MODP_6144, "d1bfe6d0925ce7e4da262b62861514a7" },
	{ KE_MODP_8192, "39ab4feab950a3128fb71accb9fc3965" },
};

/* One MODP exponentiation stands for all: they differ in the modulus only, and that in length of
 * work. The peer's value is 4, the exponent 8 bytes of the pattern. */
static const char modp2048_shared[] = "472dec78a641d65c6128bed5a7baadf1";

/* Of the seed d | z and m as patterns: digests of the keys' and the ciphertext's first half, the
 * secret, and that of the ciphertext with a bit turned (FIPS 203 6.3: implicit rejection). */
static const struct {
	uint16_t id;
	const char *public_digest, *ciphertext_digest, *shared, *rejected;
} kems[] = {
	{ KE_ML_KEM_512, "a3d8b6e73cf3c9b6eb15a1fb509792d8", "11036100e5957c7e4641d64be10e20b9",
	  "2a6602c4560088640ef1a6b935f910d369e7e2d1d632db81ce2548a6110067d4",
	  "cee89a3b7940f6f65e5d471809057f1a26738ecc5495abe40507ac161366a263" },
	{ KE_ML_KEM_768, "db4782927013b79c13111f87949d9c9d", "5d37670104439f3717a08cc6f182bd51",
	  "5501fc523b745f41762a188de44a59b920f430146204ee4e793732396df7aa48",
	  "d8bfe7076bddf1058ff8d5b4f9330623a4a58611ef76df875884b7fa5d3d89c9" },
	{ KE_ML_KEM_1024, "3a05c1d65fcaec3bec38e85c46d68bbc", "b13cc427352afe49089ce78b8e2d2410",
	  "7e99cc6a8b6f4850b1e3a2615b89d697773af5c1c5eebc5b27e61b61885c3765",
	  "e0bfdba51523f01d3f634732bcdcf789d8f39bdeeae61fa7b5c295e9748a7944" },
};

/* Does a copy of the message open to the text that ends as answered? */
static enum verdict opens(const struct sk_cipher *c, const struct sk_keys *keys, uint8_t *copy,
			  size_t len, const char *text_answer)
{
	struct slice text;
	enum verdict verdict = sk_open(c, keys, copy, ASSOCIATED_LEN, len, &text);

	if (verdict == VERDICT_OK &&
	    (text.len != TEXT_LEN ||
	     !is_answer(text.data + TEXT_LEN - ANSWER_LEN, ANSWER_LEN, text_answer)))
		return VERDICT_BAD;
	return verdict;
}

/* The message opens to what is expected and is sealed again, by a counter mode to the same bytes;
 * with a flipped bit it does not open. */
static enum outcome test_message(const struct sk_cipher *c, const struct sk_keys *keys,
				 const uint8_t *message, size_t len, const char *text_answer)
{
	uint8_t copy[MESSAGE_MAX_LEN];
	enum verdict verdict;

	memcpy(copy, message, len);
	verdict = opens(c, keys, copy, len, text_answer);
	if (verdict != VERDICT_OK)
		return verdict == VERDICT_FAIL ? REFUSED : WRONG;
	if (sk_seal(c, keys, IV_COUNTER, copy, ASSOCIATED_LEN, TEXT_LEN) != VERDICT_OK)
		return WRONG;
	if ((c->encr->flags & ALG_COUNTER_IV) != 0 && memcmp(copy, message, len) != 0)
		return WRONG;
	if (opens(c, keys, copy, len, text_answer) != VERDICT_OK)
		return WRONG;
	memcpy(copy, message, len);
	copy[len - 1] ^= 1;
	return opens(c, keys, copy, len, text_answer) == VERDICT_BAD ? RIGHT : WRONG;
}

static enum outcome test_cipher(const struct alg *a, uint16_t key_bits, const char *icv,
				const char *text_answer)
{
	const struct alg *integ = icv ? NULL : alg_find(TRANSFORM_INTEG, INTEG_HMAC_SHA2_256_128);
	const struct sk_cipher c = { .encr = a, .key_bits = key_bits, .integ = integ };
	uint8_t key[64], message[MESSAGE_MAX_LEN];
	const struct sk_keys keys = { .encr = slice(key, sk_encr_key_len(&c)),
				      .integ = slice(key, sk_integ_key_len(&c)) };
	uint8_t *iv = message + ASSOCIATED_LEN, *text = iv + sk_iv_len(&c);
	struct secret tag cleanup(secret_cleanup) = { 0 };

	fill(key, sizeof(key), 1);
	fill(message, ASSOCIATED_LEN, 0);
	fill(iv, sk_iv_len(&c), 0x40);
	fill(text, TEXT_LEN, 0x80);
	if (icv) {
		if (!parse_hex(slice_str(icv), &tag) || tag.len != a->icv_len)
			return WRONG;
		memcpy(text + TEXT_LEN, tag.data, tag.len);
	} else {
		struct slice covered = slice(message, (size_t)(text + TEXT_LEN - message));
		struct mac m;
		bool ok = mac_begin(&m, integ, keys.integ) &&
			  mac_run(&m, &covered, 1, text + TEXT_LEN, integ->icv_len);

		mac_end(&m);
		if (!ok)
			return REFUSED;
	}
	return test_message(&c, &keys, message,
			    ASSOCIATED_LEN + sk_iv_len(&c) + TEXT_LEN + sk_icv_len(&c),
			    text_answer);
}

/* Twice under one key, since prf+ runs so. */
static enum outcome test_mac(const struct alg *a, const char *answer)
{
	size_t len = a->type == TRANSFORM_PRF ? a->out_len : a->icv_len;
	uint8_t key[64], data[DATA_LEN], first[MAC_MAX_LEN], second[MAC_MAX_LEN];
	const struct slice parts[] = { slice(data, 17), slice(data + 17, DATA_LEN - 17) };
	struct mac m;
	bool ok;

	fill(key, sizeof(key), 1);
	fill(data, sizeof(data), 0x80);
	ok = mac_begin(&m, a, slice(key, a->key_len)) && mac_run(&m, parts, 2, first, len) &&
	     mac_run(&m, parts, 2, second, len);
	mac_end(&m);
	if (!ok)
		return REFUSED;
	return is_answer(first, len, answer) && is_answer(second, len, answer) ? RIGHT : WRONG;
}

static enum outcome test_shared(const struct alg *a, struct slice private_value, struct slice own,
				struct slice peer, const char *answer)
{
	struct secret shared cleanup(secret_cleanup) = { 0 };
	enum verdict verdict = ke_shared(a, private_value, own, peer, &shared);

	if (verdict == VERDICT_FAIL)
		return REFUSED;
	return verdict == VERDICT_OK && is_answer(shared.data, shared.len, answer) ? RIGHT : WRONG;
}

static enum outcome test_curve(const struct alg *a, size_t i)
{
	struct secret private_value cleanup(secret_cleanup) = { 0 };
	struct secret own cleanup(secret_cleanup) = { 0 }, peer cleanup(secret_cleanup) = { 0 };

	if (!parse_hex(slice_str(curves[i].private_value), &private_value) ||
	    !parse_hex(slice_str(curves[i].own), &own) ||
	    !parse_hex(slice_str(curves[i].peer), &peer))
		return WRONG;
	return test_shared(a, secret_slice(&private_value), secret_slice(&own), secret_slice(&peer),
			   curves[i].shared);
}

static enum outcome test_modp(const struct alg *a, const char *answer)
{
	uint8_t exponent[8], peer[256] = { [255] = 4 };
	struct secret modulus cleanup(secret_cleanup) = { 0 };
	uint8_t digest[32];
	struct slice part;

	if (!provider_modulus(a, &modulus))
		return REFUSED;
	part = secret_slice(&modulus);
	if (modulus.len != a->public_len || !digest_sha256(&part, 1, digest) ||
	    !is_answer(digest, sizeof(digest), answer))
		return WRONG;
	if (a->id != KE_MODP_2048)
		return RIGHT;
	fill(exponent, sizeof(exponent), 1);
	return test_shared(a, SLICE_OF(exponent), SLICE_EMPTY, SLICE_OF(peer), modp2048_shared);
}

static bool has_digest(const struct bytes *b, const char *answer)
{
	struct slice part = bytes_slice(b);
	uint8_t digest[32];

	return digest_sha256(&part, 1, digest) && is_answer(digest, sizeof(digest), answer);
}

static enum outcome test_kem(const struct alg *a, size_t i)
{
	struct secret private_value cleanup(secret_cleanup) = { 0 };
	struct secret shared cleanup(secret_cleanup) = { 0 };
	struct bytes own cleanup(bytes_cleanup) = { 0 };
	struct bytes ciphertext cleanup(bytes_cleanup) = { 0 };
	uint8_t seed[64], m[32];
	enum outcome outcome;

	fill(seed, sizeof(seed), 1);
	fill(m, sizeof(m), 0x41);
	if (!provider_group(a) || !kem_of_seed(a, SLICE_OF(seed), &private_value, &own) ||
	    !kem_encapsulate_with(a, bytes_slice(&own), SLICE_OF(m), &ciphertext, &shared))
		return REFUSED;
	if (own.len != a->public_len || ciphertext.len != a->answer_len ||
	    !has_digest(&own, kems[i].public_digest) ||
	    !has_digest(&ciphertext, kems[i].ciphertext_digest) ||
	    !is_answer(shared.data, shared.len, kems[i].shared))
		return WRONG;
	outcome = test_shared(a, secret_slice(&private_value), bytes_slice(&own),
			      bytes_slice(&ciphertext), kems[i].shared);
	ciphertext.data[0] ^= 1;
	return outcome != RIGHT ? outcome
				: test_shared(a, secret_slice(&private_value), bytes_slice(&own),
					      bytes_slice(&ciphertext), kems[i].rejected);
}

/* All that is known of a row; a row without an answer is WRONG, so that none is forgotten. */
static enum outcome test_row(const struct alg *a)
{
	enum outcome outcome = WRONG;

	for (size_t i = 0; i < ARRAY_LEN(ciphers) && a->type == TRANSFORM_ENCR; i++) {
		if (ciphers[i].id != a->id)
			continue;
		outcome = test_cipher(a, ciphers[i].key_bits, ciphers[i].icv, ciphers[i].text);
		if (outcome != RIGHT)
			return outcome;
	}
	for (size_t i = 0; i < ARRAY_LEN(macs); i++)
		if (macs[i].type == a->type && macs[i].id == a->id)
			outcome = test_mac(a, macs[i].mac);
	for (size_t i = 0; i < ARRAY_LEN(curves) && a->type == TRANSFORM_KE; i++)
		if (curves[i].id == a->id)
			outcome = test_curve(a, i);
	for (size_t i = 0; i < ARRAY_LEN(kems) && a->type == TRANSFORM_KE; i++)
		if (kems[i].id == a->id)
			outcome = test_kem(a, i);
	for (size_t i = 0; i < ARRAY_LEN(modps) && a->type == TRANSFORM_KE; i++)
		if (modps[i].id == a->id)
			outcome = test_modp(a, modps[i].digest);
	return outcome;
}

static bool test_digests(struct error *e)
{
	static const char abc[] = "abc";
	const struct slice part = slice(abc, 3);
	uint8_t out[32];

	if (!digest_sha256(&part, 1, out))
		return error_set(e, "OpenSSL refuses SHA-256, which cannot be done without");
	if (!is_answer(out, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"))
		return error_set(
			e, "self test: SHA-256 gives a wrong result; do not use this OpenSSL");
	/* NAT detection alone wants it. */
	if (digest_sha1(&part, 1, out) &&
	    !is_answer(out, 20, "a9993e364706816aba3e25717850c26c9cd0d89d"))
		return error_set(e,
				 "self test: SHA-1 gives a wrong result; do not use this OpenSSL");
	return true;
}

static bool test_random(struct error *e)
{
	uint8_t a[32], b[32];

	if (!random_bytes(a, sizeof(a)) || !random_bytes(b, sizeof(b)))
		return error_set(e, "OpenSSL gives no random numbers");
	if (memcmp(a, b, sizeof(a)) == 0)
		return error_set(e, "self test: OpenSSL gives the same random numbers twice");
	return true;
}

bool crypto_self_test(struct error *e)
{
	const struct alg *a;

	provider_load();
	if (!test_digests(e) || !test_random(e))
		return false;
	for (size_t i = 0; (a = alg_at(i)) != NULL; i++) {
		enum outcome outcome;

		if ((a->flags & ALG_IKE) == 0 || !a->evp)
			continue;
		outcome = test_row(a);
		ERR_clear_error();
		provider_set_available(a, outcome == RIGHT);
		if (outcome == WRONG)
			return error_set(
				e, "self test: %s gives a wrong result; do not use this OpenSSL",
				a->name);
	}
	return true;
}

bool crypto_is_fips(void)
{
	return EVP_default_properties_is_fips_enabled(NULL);
}
