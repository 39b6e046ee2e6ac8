/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests of key derivation (RFC 7296 2.13, 2.14, 2.17) and of the octets under AUTH (2.15). What is
 * expected was computed by another program from the text of the RFC: nonces, shared secret and SPIs
 * are the patterns that start_inputs makes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sa/keymat.h"
#include "wire/message.h"

static const char ike_sha1[] =
	"8da5b05ae4f621678246567fdc065564ca85a5e3ba6ce0c7473bffc9993323b4b016fbfc"
	"c7ab80f79b8f2756a6caefe8800700b10011383542bd72d0ffe1a500bb7d574aebd319ed"
	"26f6504f27404dc412917bba8c74c087a1476a08ee254887eb9f7caecc6358739c313f00"
	"95ca18ababa5be43c9154e9889c65dd138cff4cafb8457e2ccaeac8ebca9cddb302e0e6b"
	"c19eed9e";
static const char ike_sha256[] =
	"2cd43e977f252dbcc657fb50c6d14e2554c40ec9dea3d3dca2ae2e0e0c289e1ffb36278c"
	"6df3e763098633e1df0749106da33ff88aab8c7804576aca696793503849ca7506e1f405"
	"b933764525f4b50b4bde3871a987a287474802bad1079d65d65ba1c74a09d801934610a4"
	"282a0d0384af0b932e71b62bc99ed0944fc8b1c0b9843cca29ea8360f21d5fbfc007275d"
	"5bc016612df6ecf1226091232807b73ac759adbd20a1e10d";
static const char ike_sha384[] =
	"31923cd2266bb4d9e189baa77839089ac6496a92e4cff90ca732b40539ed66f43e21ae83"
	"441a1e72a88ee2be30e5a952c354be7c9cecb8a5a45fc5dfa31254dcac7920723f2d1e5a"
	"98a62be34be074e7abdadd043c0ac8288f2a428e6a3e7a1c932d86307594ffbd345b33cb"
	"e428798e910ff1c13a21896287bd7ac373071f83d4220b203a6bc4391fc1a5af9bfe0a59"
	"4ff3e1b87b0af834b1ba5b8eb40c7467a9d1fa05470be06d630981bf4df2869dfebbf020"
	"3eeafa73698af78b654ae9cbe968c314e4d920478e13f0e2a1f017533ce2ea699fc44104"
	"fa817fe244d94f395f2b70690c979893aecd9c56dc5ae20e9665c48c13c43c31d0e449bf"
	"94e8e413e2205e4087975f61e696598e3d91c08c63978f837b476e6407b853a13e974718";
static const char ike_sha512[] =
	"f23d46ac4267dcdc22ef4642eab25cdd82c9c044104716f05e2e917670eb98bc048e29ec"
	"8b0945fec237c7ee71c3b206638a9b98c7522b2ddf3a44819ff998dd54064e4c8e74cda0"
	"854e3bade2c71d25c8815ba6058400deba72e18c55e132c2048430e419cd86a71526b7da"
	"9ce9c9dddec9c9de27809cabc77ae5edf8442c156895044fac10e365f7c4f6d4bed73b52"
	"0697a68b0393c4b2ddc6fa7be14057e7294660cab7acd814984d16cf37a48a7f44ca8fcd"
	"386acb350c2c4ac7dc75ee2bb6909b76e8ab8ab4518206cde99f4e33afc246706766760e"
	"8bfa8d23238e0d745ffb7e8cbc18ad3b7253a80c0832c293afc6309d46ca7c18e4db01ea"
	"94d9e857ee45d17256520d0dcc61201612915f08b9d9fb61afdfb3c3edca303cffdb683a"
	"8b4009845166f1f55976eb92b27be1b8d80512ebfcdf80b9489228ded26785171401d59a"
	"5aeabc0092e8c03e2443fbf2a7880ee97aef2b9b759c71f00c66362b4de14be322e66b9c"
	"b548cd2107a00ed3428dd9367056483a177bd93f19ea8b85";
static const char ike_xcbc[] =
	"917163d5eb31c69c3d69f359828b52109131edd46abfee31602a7e02685a08398d7632fa"
	"2494b0b8a2c29cf73ad4c681842021274ef577f42df12cc6e1fe5fbdf3240cbee3eb5403"
	"60f30dfe64f271eed6fa7a648ab43de8811c114288bb5a5939fb70819808d29d4f10a77e"
	"25a2ef2cafdb17568da75fa7";
static const char ike_cmac[] =
	"08b94fcabae4efea837059f9af5cf368a4f2ba3daacf2ead2030a880d01c98d1e066b3e1"
	"e2a70e9865d6284cc6a187200fd2b453b7b888ca2c5f001865ed061d81b010e39d65e48e"
	"b89b838dde9bece6605abc02dfa8a2e7db808352d3c73c74b2b7be0bad8a4929cdac5799"
	"684e0c84";
static const char child_sha256[] =
	"4b08fba80eb0d3a04efe7c44e6e39033cb41b6d805d265d893b3ca25a6a1e042ca61699f"
	"e9c7f69682769e2be52bc23bf56fa719623c3a50628d888a199a18ed57addf7ce4285010";
static const char child_sha512[] =
	"54640f8fb03bd03c91b85eca69be8a56b1d830598229d618ba7c1caf24c3cb1518c62f79"
	"6b63cf7c6019a6074a58e545b3bb8afa43fe84356c3627d300cff7513140c63bfa4d4aa5"
	"4fd7b652c23ad87e1e9b762555c75c810b5c29f6f35d7b2bd7459290d3ed1de994ae19b9"
	"f20de37fdc094269e1d548e9524026b44ee683d0";
static const char child_sha1[] =
	"88419ecfcaef8e2dc0b9a59136162ec920b1fede29466e8df5a2cc66cc68775298020bf9"
	"85625ce0812d7429dae4d6740f3eaa18390f52572a0636e9851d4e8f93c564305ccb195c"
	"da487964fa1e07f817a6e1599a7497eb";
static const char child_cmac[] =
	"399b425f268c53a39b02cb2785275ab0165657f759c6216c84c9aaba4bbce9639ac22b1d"
	"b7889d9f7fdc28c980f3e4ec6e67e681f609d0cf2de3da1f6d1a2d14f643a61ae9d3ee48";
/* of an IKE SA that is rekeyed: the old SK_d is the pattern sk_d */
static const char rekey_sha256_to_sha512[] =
	"9c6c21fceb47ef2d96276edf2ae8ed98711abef32f01a5a9fcbf86e68d4ecb48418b1a4e"
	"9882f2e14d98b6b984492a888fd6dfe8fc8846a3266b65908e9621c830698aaf7c37ce2c"
	"cdcb663ee96fdbc8d66f61e37fc97e1fdb661546a397c61bfface62b1f39cddee483f8c0"
	"a5a4a7044945583e0e2c0a9f0c5c2c43fdfb1f82cfa4c1372e56cb1db9427400e90ef9bf"
	"8dbe1e38df0316333b8be27f53458cf373d26354b81dc59dd2376b8c0a9f1682a86abf4c"
	"47f0b4247bde5f67bdd6dc3e345df5371f485f17ccf7f9a25497e95d4d598f55e2ac95d3"
	"54275a7132bef6c6dbf8e14cedb3b323995a0dcc34b440526a1df2b8805b656433c4a7c2"
	"f428fa7cf06e1a2159dbc75a2ffc8adacd21f63580e888c19391a9b55cb1b0db7515d656"
	"ecae2af16f75c325010a696b396d1cc3442bace66a18549306b97300d5b6764bb740c871"
	"8e9616a0aa4db9dcd1296db3bd88dc3365a7facea6493afdc78cafdfda1009313c58085e"
	"ca23066c32b1958ea7eae4dfd2074e934dd844b6ffddd0f3";
static const char rekey_sha384[] =
	"7f07ec89dbec137c2a00c0bec6416bc5b5e56fcab1a26424864c9acbcdb67d71a60beb86"
	"6fe6e11823eb4a6e07accd4cebdf72718dc1ff8e215038a89d5dbe7bafc44ae209426aa5"
	"3de37b89be907d2ee8cb77f2b79a5a6dd985683583037c5d3f6760724484138fd9a679af"
	"1595ee10639482e8cf94ef3db15106afdb8d90b9d1946b0a88bc1e5e1adf5f48cdc6c9af"
	"03386bec8f257d468462f4a23805681dac593acb332649d2097464a359311237e3400c8c"
	"600155e9429153c22b8907d4cc6e05802260bf499b0fe8dc0236fb130dad29ee47123106";
static const char rekey_sha512_to_sha1_more[] =
	"b30730df6b8f60aeff4a30219683e159a92c8265e6aae5a345e06f879bbc4ee53fbffe82"
	"29dbcd4b71b2057c76337703cf3ccf4644a1a9994656f48ec36e8f3f8b42ae3678401e8b"
	"15e380d01305d189bf6a44fcc481a41e765c38a2e4abccf049de7ec3a4c7defa9b60f686"
	"7a7b9841d7f434365fb0b8fdfddd90c5f7eac68bdd7398079b8de425048f488372893195"
	"01fb1727";
/* of one that is resumed (RFC 5723 5.1) */
static const char resume_sha256[] =
	"c979be4b3c75b0ed5d3adbf98bb4664fbf5a51c34f8460917654c916501e1064c3f5f791"
	"2e1ae83e390612fba54dcdea796829f1c198fc6962f8bd7c1f5082d7b736badef78a8c79"
	"455a06df339cd9e19b0d6e936466c53f45642b05c406cbfc76f81dcf60ee06fa40f6033e"
	"e29ee2efa59ad388a85b136c60bd9b1fa4c2b4558d080e97d613f7dfcbea90d93e6ffebe"
	"57679ffafd690e41a520b3f21007ae66267ce4d4cc4a5cc9";
static const char resume_sha1[] =
	"b898e04818e0e0485ea371d9da6b86098434cdb4cc52132c1f369fda6f07e6330f68b112"
	"be46e3254a334c7953a6f6a599409ede1eabd6c99548c0ea6e38b4094224d5aeb3aab2c0"
	"866d20f35236fb65e262b11b1e1ba9c3a05d3f12e3b499c02e90132f018b9298e8523b22"
	"3abe762d3f33e99f3e6b946cf8f746bc2741df9f8ff8eadac18841243c6a6be5b672c54d"
	"76946588";

static uint8_t ni[32], nr[48], shared[256], sk_d[64];

static int start_inputs(void **state)
{
	struct error e = { 0 };

	(void)state;
	for (unsigned i = 0; i < sizeof(ni); i++)
		ni[i] = (uint8_t)i;
	for (unsigned i = 0; i < sizeof(nr); i++)
		nr[i] = (uint8_t)(0x40 + i);
	for (unsigned i = 0; i < sizeof(shared); i++)
		shared[i] = (uint8_t)(7 * i + 1);
	for (unsigned i = 0; i < sizeof(sk_d); i++)
		sk_d[i] = (uint8_t)(0x80 + i);
	return crypto_self_test(&e) ? 0 : -1;
}

static struct suite suite_of(uint16_t encr, uint16_t key_bits, uint16_t prf_id, uint16_t integ)
{
	return (struct suite){
		.protocol = PROTOCOL_IKE,
		.encr = alg_find(TRANSFORM_ENCR, encr),
		.key_bits = key_bits,
		.prf = alg_find(TRANSFORM_PRF, prf_id),
		.integ = integ ? alg_find(TRANSFORM_INTEG, integ) : NULL,
	};
}

static void check_hex(struct slice got, const char *expected)
{
	struct secret want;

	assert_true(parse_hex(slice_str(expected), &want));
	assert_int_equal(got.len, want.len);
	assert_memory_equal(got.data, want.data, want.len);
	secret_free(&want);
}

/* The next len bytes of all are this key. */
static size_t check_place(struct slice key, const struct secret *all, size_t at, size_t len)
{
	assert_int_equal(key.len, len);
	assert_ptr_equal(key.data, all->data + at);
	return at + len;
}

static void check_ike(struct suite s, size_t d, size_t a, size_t e, const char *expected)
{
	struct ike_keys k;
	size_t at;

	assert_true(keymat_ike(&s, SLICE_OF(ni), SLICE_OF(nr), SLICE_OF(shared), 0x0102030405060708,
			       0x8182838485868788, &k));
	check_hex(secret_slice(&k.all), expected);
	at = check_place(k.d, &k.all, 0, d);
	at = check_place(k.ai, &k.all, at, a);
	at = check_place(k.ar, &k.all, at, a);
	at = check_place(k.ei, &k.all, at, e);
	at = check_place(k.er, &k.all, at, e);
	at = check_place(k.pi, &k.all, at, d);
	at = check_place(k.pr, &k.all, at, d);
	assert_int_equal(at, k.all.len);
	ike_keys_free(&k);
	assert_null(k.all.data);
	assert_int_equal(k.d.len, 0);
	ike_keys_free(&k);
}

static void ike_keys_of_hmac(void **state)
{
	(void)state;
	check_ike(suite_of(ENCR_3DES, 0, PRF_HMAC_SHA1, INTEG_HMAC_SHA1_96), 20, 20, 24, ike_sha1);
	check_ike(suite_of(ENCR_AES_GCM_16, 256, PRF_HMAC_SHA2_256, 0), 32, 0, 36, ike_sha256);
	check_ike(suite_of(ENCR_AES_CBC, 192, PRF_HMAC_SHA2_384, INTEG_HMAC_SHA2_384_192), 48, 48,
		  24, ike_sha384);
	check_ike(suite_of(ENCR_AES_CBC, 256, PRF_HMAC_SHA2_512, INTEG_HMAC_SHA2_512_256), 64, 64,
		  32, ike_sha512);
}

/* SKEYSEED from the first 64 bits of each nonce (2.14). */
static void ike_keys_of_fixed_key_prfs(void **state)
{
	(void)state;
	check_ike(suite_of(ENCR_AES_CTR, 128, PRF_AES128_XCBC, INTEG_AES_XCBC_96), 16, 16, 20,
		  ike_xcbc);
	check_ike(suite_of(ENCR_AES_CBC, 128, PRF_AES128_CMAC, INTEG_AES_CMAC_96), 16, 16, 16,
		  ike_cmac);
}

/* Keys depend on every input, and on who is who. */
static void ike_keys_of_other_inputs(void **state)
{
	struct suite s = suite_of(ENCR_AES_GCM_16, 256, PRF_HMAC_SHA2_256, 0);
	const struct slice a = SLICE_OF(ni), b = SLICE_OF(nr), g = SLICE_OF(shared);
	struct slice shorter = slice(shared, 255);
	struct ike_keys k[5];

	(void)state;
	assert_true(keymat_ike(&s, a, b, g, 1, 2, &k[0]));
	assert_true(keymat_ike(&s, b, a, g, 1, 2, &k[1]));
	assert_true(keymat_ike(&s, a, b, g, 2, 1, &k[2]));
	assert_true(keymat_ike(&s, a, b, shorter, 1, 2, &k[3]));
	assert_true(keymat_ike(&s, slice(ni, 31), b, g, 1, 2, &k[4]));
	for (unsigned i = 0; i < 5; i++)
		for (unsigned j = 0; j < i; j++)
			assert_false(slice_eq(secret_slice(&k[i].all), secret_slice(&k[j].all)));
	for (unsigned i = 0; i < 5; i++)
		ike_keys_free(&k[i]);
}

static void edge_25_nonce_lengths(void **state)
{
	static const uint8_t longest[NONCE_MAX_LEN + 1];
	const struct suite hmac = suite_of(ENCR_AES_GCM_16, 256, PRF_HMAC_SHA2_256, 0);
	const struct suite cmac = suite_of(ENCR_AES_GCM_16, 256, PRF_AES128_CMAC, 0);
	struct slice g = SLICE_OF(shared);
	struct ike_keys k;

	(void)state;
	assert_true(keymat_ike(&hmac, slice(longest, 256), slice(longest, 256), g, 1, 2, &k));
	ike_keys_free(&k);
	assert_false(keymat_ike(&hmac, slice(longest, 257), SLICE_OF(nr), g, 1, 2, &k));
	assert_false(keymat_ike(&hmac, SLICE_OF(ni), slice(longest, 257), g, 1, 2, &k));
	assert_null(k.all.data);
	assert_false(keymat_ike(&cmac, slice(ni, 7), SLICE_OF(nr), g, 1, 2, &k));
	assert_false(keymat_ike(&cmac, SLICE_OF(ni), slice(nr, 7), g, 1, 2, &k));
	assert_null(k.all.data);
}

/* SKEYSEED by the old IKE SA's PRF, the keys by the new one's (2.18; RFC 9370 2.2.4). */
static void ike_keys_of_a_rekey(void **state)
{
	static const struct {
		uint16_t old_prf, new_prf, encr, bits, integ;
		size_t more;
		const char *expected;
	} rows[] = {
		{ PRF_HMAC_SHA2_256, PRF_HMAC_SHA2_512, ENCR_AES_CBC, 256, INTEG_HMAC_SHA2_512_256,
		  0, rekey_sha256_to_sha512 },
		{ PRF_HMAC_SHA2_384, PRF_HMAC_SHA2_384, ENCR_AES_GCM_16, 256, 0, 0, rekey_sha384 },
		{ PRF_HMAC_SHA2_512, PRF_HMAC_SHA1, ENCR_3DES, 0, INTEG_HMAC_SHA1_96, 55,
		  rekey_sha512_to_sha1_more },
	};
	uint8_t more[55];

	(void)state;
	for (unsigned i = 0; i < sizeof(more); i++)
		more[i] = (uint8_t)(200 + i);
	for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
		const struct alg *old = alg_find(TRANSFORM_PRF, rows[i].old_prf);
		struct suite s =
			suite_of(rows[i].encr, rows[i].bits, rows[i].new_prf, rows[i].integ);
		struct ike_keys k;

		assert_true(keymat_ike_rekey(&s, old, slice(sk_d, prf_key_len(old)), SLICE_OF(ni),
					     SLICE_OF(nr), SLICE_OF(shared), 0x0102030405060708,
					     0x8182838485868788, slice(more, rows[i].more), &k));
		check_hex(secret_slice(&k.all), rows[i].expected);
		ike_keys_free(&k);
	}
}

static void check_resumed(struct suite s, const char *expected)
{
	struct ike_keys k;

	assert_true(keymat_ike_resume(&s, slice(sk_d, prf_key_len(s.prf)), SLICE_OF(ni),
				      SLICE_OF(nr), 0x0102030405060708, 0x8182838485868788, &k));
	check_hex(secret_slice(&k.all), expected);
	ike_keys_free(&k);
}

static void ike_keys_of_a_resumption(void **state)
{
	(void)state;
	check_resumed(suite_of(ENCR_AES_GCM_16, 256, PRF_HMAC_SHA2_256, 0), resume_sha256);
	check_resumed(suite_of(ENCR_3DES, 0, PRF_HMAC_SHA1, INTEG_HMAC_SHA1_96), resume_sha1);
}

static void check_child(struct suite s, uint16_t prf_id, bool pfs, size_t e, size_t a,
			const char *expected)
{
	const struct alg *prf_alg = alg_find(TRANSFORM_PRF, prf_id);
	struct child_keys k;
	size_t at;

	assert_true(keymat_child(&s, prf_alg, slice(sk_d, prf_key_len(prf_alg)),
				 pfs ? SLICE_OF(shared) : SLICE_EMPTY, SLICE_OF(ni), SLICE_OF(nr),
				 SLICE_EMPTY, &k));
	check_hex(secret_slice(&k.all), expected);
	at = check_place(k.encr_i, &k.all, 0, e);
	at = check_place(k.integ_i, &k.all, at, a);
	at = check_place(k.encr_r, &k.all, at, e);
	at = check_place(k.integ_r, &k.all, at, a);
	assert_int_equal(at, k.all.len);
	child_keys_free(&k);
	assert_null(k.all.data);
	assert_int_equal(k.encr_i.len, 0);
	child_keys_free(&k);
}

/* Initiator to responder first, and of each the encryption key first (2.17). */
static void child_keys_with_and_without_pfs(void **state)
{
	(void)state;
	check_child(suite_of(ENCR_AES_GCM_16, 256, 0, 0), PRF_HMAC_SHA2_256, false, 36, 0,
		    child_sha256);
	check_child(suite_of(ENCR_AES_CBC, 256, 0, INTEG_HMAC_SHA2_256_128), PRF_HMAC_SHA2_512,
		    true, 32, 32, child_sha512);
	check_child(suite_of(ENCR_3DES, 0, 0, INTEG_HMAC_SHA1_96), PRF_HMAC_SHA1, false, 24, 20,
		    child_sha1);
	check_child(suite_of(ENCR_AES_CTR, 128, 0, INTEG_AES_CMAC_96), PRF_AES128_CMAC, true, 20,
		    16, child_cmac);
}

static void auth_covers_message_nonce_and_identity(void **state)
{
	/* the reserved bytes of the identity as they came: edge case 19 */
	static const uint8_t id[] = { 2, 0xaa, 0, 0, 'w', 'e', 's', 't' };
	static const char expected[] =
		"6669727374206d657373616765404142434445464748494a4b4c4d4e4f50515253545556"
		"5758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f0d08366630e5389296e852"
		"3eab1f9f29cb76bcf2d485b93731bc3d0275e71069";
	static const char expected_sha1[] =
		"6669727374206d657373616765404142434445464748494a4b4c4d4e4f50515253545556"
		"5758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f383362feabf3c9a1d1630b"
		"436970ecc067f9a96a";
	struct bytes out;

	(void)state;
	assert_true(auth_octets(alg_find(TRANSFORM_PRF, PRF_HMAC_SHA2_256),
				slice_str("first message"), SLICE_OF(nr), slice(sk_d, 32),
				SLICE_OF(id), SLICE_EMPTY, &out));
	check_hex(bytes_slice(&out), expected);
	bytes_free(&out);
	assert_true(auth_octets(alg_find(TRANSFORM_PRF, PRF_HMAC_SHA1), slice_str("first message"),
				SLICE_OF(nr), slice(sk_d, 20), SLICE_OF(id), SLICE_EMPTY, &out));
	check_hex(bytes_slice(&out), expected_sha1);
	bytes_free(&out);
}

/* Something that is no PRF leaves nothing behind. */
static void failure_leaves_nothing(void **state)
{
	const struct alg *none = alg_find(TRANSFORM_INTEG, INTEG_HMAC_SHA2_256_128);
	struct suite s = suite_of(ENCR_AES_GCM_16, 256, PRF_HMAC_SHA2_256, 0);
	struct child_keys child;
	struct ike_keys ike;
	struct bytes out;

	(void)state;
	assert_false(keymat_child(&s, none, slice(sk_d, 32), SLICE_EMPTY, SLICE_OF(ni),
				  SLICE_OF(nr), SLICE_EMPTY, &child));
	assert_null(child.all.data);
	s.prf = none;
	assert_false(keymat_ike(&s, SLICE_OF(ni), SLICE_OF(nr), SLICE_OF(shared), 1, 2, &ike));
	assert_null(ike.all.data);
	assert_false(auth_octets(none, SLICE_OF(ni), SLICE_OF(nr), slice(sk_d, 32), SLICE_OF(ni),
				 SLICE_EMPTY, &out));
	assert_null(out.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ike_keys_of_hmac),
		cmocka_unit_test(ike_keys_of_fixed_key_prfs),
		cmocka_unit_test(ike_keys_of_other_inputs),
		cmocka_unit_test(ike_keys_of_a_rekey),
		cmocka_unit_test(ike_keys_of_a_resumption),
		cmocka_unit_test(edge_25_nonce_lengths),
		cmocka_unit_test(child_keys_with_and_without_pfs),
		cmocka_unit_test(auth_covers_message_nonce_and_identity),
		cmocka_unit_test(failure_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, start_inputs, NULL);
}
