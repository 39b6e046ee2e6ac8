/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key exchange against RFC 7748 6 and RFC 5903 8, MODP against Python's pow; both ends agree in every
 * group; and what RFC 6989 wants refused is refused.
 */
#include "vector.h"

#include <openssl/bn.h>

#include "crypto/ke.h"
#include "crypto/prf.h"

static const struct {
	uint16_t id;
	const char *private_i, *public_i, *private_r, *public_r, *shared;
} pairs[] = {
	{ KE_CURVE25519, "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
	  "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
	  "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
	  "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
	  "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742" },
	{ KE_CURVE448,
	  "9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28dd9c9baf574a9419744897391006382a6"
	  "f127ab1d9ac2d8c0a598726b",
	  "9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c22c5d9bbc836647241d953d40c5b12da"
	  "88120d53177f80e532c41fa0",
	  "1c306a7ac2a0e2e0990b294470cba339e6453772b075811d8fad0d1d6927c120bb5ee8972b0d3e21374c9c92"
	  "1b09d1b0366f10b65173992d",
	  "3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b43027d8b972fc3e34fb4232a13ca706dcb5"
	  "7aec3dae07bdc1c67bf33609",
	  "07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282bb60c0b56fd2464c335543936521c2440"
	  "3085d59a449a5037514a879d" },
	{ KE_ECP_256, "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433",
	  "dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c37725811805271a0461cdb8252d61f1c45"
	  "6fa3e59ab1f45b33accf5f58389e0577b8990bb3",
	  "c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53",
	  "d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf6356fbf3ca366cc23e8157854c"
	  "13c58d6aac23f046ada30f8353e74f33039872ab",
	  "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de" },
	{ KE_ECP_384,
	  "099f3c7034d4a2c699884d73a375a67f7624ef7c6b3c0f160647b67414dce655e35b538041e649ee3faef896"
	  "783ab194",
	  "667842d7d180ac2cde6f74f37551f55755c7645c20ef73e31634fe72b4c55ee6de3ac808acb4bdb4c88732ae"
	  "e95f41aa9482ed1fc0eeb9cafc4984625ccfc23f65032149e0e144ada024181535a0f38eeb9fcff3c2c947da"
	  "e69b4c634573a81c",
	  "41cb0779b4bdb85d47846725fbec3c9430fab46cc8dc5060855cc9bda0aa2942e0308312916b8ed2960e4bd5"
	  "5a7448fc",
	  "e558dbef53eecde3d3fccfc1aea08a89a987475d12fd950d83cfa41732bc509d0d1ac43a0336def96fda41d0"
	  "774a3571dcfbec7aacf3196472169e838430367f66eebe3c6e70c416dd5f0c68759dd1fff83fa40142209dff"
	  "5eaad96db9e6386c",
	  "11187331c279962d93d604243fd592cb9d0a926f422e47187521287e7156c5c4d603135569b9e9d09cf5d4a2"
	  "70f59746" },
	{ KE_ECP_521,
	  "0037ade9319a89f4dabdb3ef411aaccca5123c61acab57b5393dce47608172a095aa85a30fe1c2952c6771d9"
	  "37ba9777f5957b2639bab072462f68c27a57382d4a52",
	  "0015417e84dbf28c0ad3c278713349dc7df153c897a1891bd98bab4357c9ecbee1e3bf42e00b8e380aeae57c"
	  "2d107564941885942af5a7f4601723c4195d176ced3e017cae20b6641d2eeb695786d8c946146239d099e18e"
	  "1d5a514c739d7cb4a10ad8a788015ac405d7799dc75e7b7d5b6cf2261a6a7f1507438bf01beb6ca3926f9582",
	  "0145ba99a847af43793fdd0e872e7cdfa16be30fdc780f97bccc3f078380201e9c677d600b343757a3bdbf2a"
	  "3163e4c2f869cca7458aa4a4effc311f5cb151685eb9",
	  "00d0b3975ac4b799f5bea16d5e13e9af971d5e9b984c9f39728b5e5739735a219b97c356436adc6e95bb0352"
	  "f6be64a6c2912d4ef2d0433ced2b6171640012d9460f015c68226383956e3bd066e797b623c27ce0eac2f551"
	  "a10c2c724d9852077b87220b6536c5c408a1d2aebb8e86d678ae49cb57091f4732296579ab44fcd17f0fc56a",
	  "01144c7d79ae6956bc8edb8e7c787c4521cb086fa64407f97894e5e6b2d79b04d1427e73ca4baa240a347868"
	  "59810c06b3c715a3a8cc3151f2bee417996d19f3ddea" },
};

static void agree(const struct alg *a, const char *private_value, const char *own, const char *peer,
		  const char *want)
{
	struct secret x = from_hex(private_value), o = from_hex(own), y = from_hex(peer), z;

	assert_int_equal(ke_shared(a, secret_slice(&x), secret_slice(&o), secret_slice(&y), &z),
			 VERDICT_OK);
	assert_hex(z.data, z.len, want, a->name);
	secret_free(&x);
	secret_free(&o);
	secret_free(&y);
	secret_free(&z);
}

static void test_published(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		const struct alg *a = alg_find(TRANSFORM_KE, pairs[i].id);

		agree(a, pairs[i].private_i, pairs[i].public_i, pairs[i].public_r, pairs[i].shared);
		agree(a, pairs[i].private_r, pairs[i].public_r, pairs[i].public_i, pairs[i].shared);
	}
}

static struct slice digest_of(const struct secret *s, uint8_t out[32])
{
	struct slice part = secret_slice(s);

	assert_true(digest_sha256(&part, 1, out));
	return slice(out, 32);
}

/*
 * python3: pow(pow(2, y, p), x, p) with x the bytes 01.. and y the bytes 81.., 28 each, as SHA-256.
 * 2^y comes from ke_shared itself, with 2 as the peer's value.
 */
static const struct {
	uint16_t id;
	const char *digest;
} modp_vectors[] = {
	{ KE_MODP_2048, "3a4b7c914aaeeabb9039892a84db5807e0420c11bd0ee24673fc53a8218f824e" },
	{ KE_MODP_3072, "ec04a24097c9c679395a5fb9f96dcab79a7cf2b34a80e68b0c70a6e4cd0e2505" },
	{ KE_MODP_4096, "eaa1321ab0e02a656fb66d4fcc6ba0230c63b5311cfca1e129ebda8abe53aafd" },
	{ KE_MODP_6144, "2217a470388b98656f632653072d24b2174e24341efa7e1514c17a8b60344256" },
	{ KE_MODP_8192, "a670fe8d89f4da6d3b67d4ced8f78d4dd77f66c0cbdeb5cf40acfce898776f15" },
};

static void test_modp(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(modp_vectors); i++) {
		const struct alg *a = alg_find(TRANSFORM_KE, modp_vectors[i].id);
		uint8_t x[28], y[28], two[1024] = { 0 }, digest[32];
		struct secret peer, shared;

		fill_pattern(x, sizeof(x), 0x01);
		fill_pattern(y, sizeof(y), 0x81);
		two[a->public_len - 1] = 2;
		assert_int_equal(
			ke_shared(a, SLICE_OF(y), SLICE_EMPTY, slice(two, a->public_len), &peer),
			VERDICT_OK);
		assert_int_equal(peer.len, a->public_len);
		assert_int_equal(
			ke_shared(a, SLICE_OF(x), SLICE_EMPTY, secret_slice(&peer), &shared),
			VERDICT_OK);
		assert_int_equal(shared.len, a->public_len);
		assert_hex(digest_of(&shared, digest).data, 32, modp_vectors[i].digest, a->name);
		secret_free(&peer);
		secret_free(&shared);
	}
}

/* RFC 7296 2.14: leading zeros stay. */
static void test_padding(void **state)
{
	const struct alg *a = alg_find(TRANSFORM_KE, KE_MODP_2048);
	uint8_t exponent[1] = { 3 }, two[256] = { [255] = 2 }, eight[256] = { [255] = 8 };
	struct secret shared;

	(void)state;
	assert_int_equal(ke_shared(a, SLICE_OF(exponent), SLICE_EMPTY, SLICE_OF(two), &shared),
			 VERDICT_OK);
	assert_int_equal(shared.len, 256);
	assert_memory_equal(shared.data, eight, 256);
	secret_free(&shared);
}

static void test_both_ends_agree(void **state)
{
	(void)state;
	for (size_t i = 0; alg_at(i); i++) {
		const struct alg *a = alg_at(i);
		struct secret x, y, zx, zy;
		struct bytes gx, gy;

		if (a->type != TRANSFORM_KE) {
			assert_false(ke_generate(a, &x, &gx));
			continue;
		}
		if (ke_is_kem(a))
			continue;
		assert_true(alg_is_available(a));
		assert_true(ke_generate(a, &x, &gx));
		assert_true(ke_generate(a, &y, &gy));
		assert_int_equal(gx.len, a->public_len);
		assert_false(slice_eq(bytes_slice(&gx), bytes_slice(&gy)));
		assert_false(slice_eq(secret_slice(&x), secret_slice(&y)));
		assert_int_equal(
			ke_shared(a, secret_slice(&x), bytes_slice(&gx), bytes_slice(&gy), &zx),
			VERDICT_OK);
		assert_int_equal(
			ke_shared(a, secret_slice(&y), bytes_slice(&gy), bytes_slice(&gx), &zy),
			VERDICT_OK);
		assert_true(slice_eq(secret_slice(&zx), secret_slice(&zy)));
		/* ECP: x only (RFC 5903 7) */
		assert_int_equal(zx.len, a->id >= KE_ECP_256 && a->id <= KE_ECP_521
						 ? a->public_len / 2
						 : a->public_len);
		/* MODP: a short exponent, of twice the group's strength at least */
		if (a->id >= KE_MODP_2048 && a->id <= KE_MODP_8192)
			assert_in_range(x.len, 28, 64);
		secret_free(&x);
		secret_free(&y);
		secret_free(&zx);
		secret_free(&zy);
		bytes_free(&gx);
		bytes_free(&gy);
	}
}

/* The responder's part in one gives what the initiator gets from its answer; KEMs where they are. */
static void test_respond(void **state)
{
	(void)state;
	for (size_t i = 0; alg_at(i); i++) {
		const struct alg *a = alg_at(i);
		struct secret x, zx, zy, other;
		struct bytes gx, gy;

		if (a->type != TRANSFORM_KE || !alg_is_available(a))
			continue;
		assert_true(ke_generate(a, &x, &gx));
		assert_int_equal(gx.len, a->public_len);
		assert_int_equal(ke_respond(a, bytes_slice(&gx), &gy, &zy), VERDICT_OK);
		assert_true(ke_answer_len_ok(a, gy.len));
		assert_int_equal(
			ke_shared(a, secret_slice(&x), bytes_slice(&gx), bytes_slice(&gy), &zx),
			VERDICT_OK);
		assert_true(slice_eq(secret_slice(&zx), secret_slice(&zy)));
		secret_free(&zy);
		if (ke_is_kem(a)) {
			assert_int_equal(zx.len, 32);
			/* a bit turned in the ciphertext gives another secret, and no error */
			gy.data[5] ^= 4;
			assert_int_equal(ke_shared(a, secret_slice(&x), bytes_slice(&gx),
						   bytes_slice(&gy), &other),
					 VERDICT_OK);
			assert_false(slice_eq(secret_slice(&zx), secret_slice(&other)));
			secret_free(&other);
			/* coefficients above the modulus (FIPS 203 7.2) */
			memset(gx.data, 0xff, 384);
		} else {
			memset(gx.data, 0, gx.len);
		}
		bytes_free(&gy);
		assert_int_equal(ke_respond(a, bytes_slice(&gx), &gy, &zy), VERDICT_BAD);
		assert_null(gy.data);
		assert_null(zy.data);
		assert_int_equal(ke_respond(a, slice(gx.data, gx.len - 1), &gy, &zy), VERDICT_BAD);
		secret_free(&x);
		secret_free(&zx);
		bytes_free(&gx);
	}
}

struct own {
	const struct alg *group;
	struct secret private_value;
	struct bytes public_value;
};

static struct own own_pair(const struct alg *a)
{
	struct own own = { .group = a };

	assert_true(ke_generate(a, &own.private_value, &own.public_value));
	return own;
}

static void own_free(struct own *own)
{
	secret_free(&own->private_value);
	bytes_free(&own->public_value);
}

static enum verdict try(const struct own *own, struct slice peer)
{
	struct secret shared;
	enum verdict verdict = ke_shared(own->group, secret_slice(&own->private_value),
					 bytes_slice(&own->public_value), peer, &shared);

	if (verdict != VERDICT_OK)
		assert_null(shared.data);
	secret_free(&shared);
	return verdict;
}

static void test_lengths(void **state)
{
	static uint8_t value[1700];

	(void)state;
	memset(value, 0x42, sizeof(value));
	for (size_t i = 0; alg_at(i); i++) {
		const struct alg *a = alg_at(i);
		struct own own;

		if (a->type != TRANSFORM_KE) {
			assert_false(ke_public_len_ok(a, 0));
			assert_false(ke_public_len_ok(a, a->public_len));
			continue;
		}
		if (!alg_is_available(a))
			continue;
		own = own_pair(a);
		for (size_t len = 0; len <= sizeof(value); len++) {
			size_t answer_len = a->answer_len ? a->answer_len : a->public_len;

			assert_int_equal(ke_public_len_ok(a, len), len == a->public_len);
			assert_int_equal(ke_answer_len_ok(a, len), len == answer_len);
			if (len != answer_len)
				assert_int_equal(try(&own, slice(value, len)), VERDICT_BAD);
		}
		assert_int_equal(try(&own, SLICE_EMPTY), VERDICT_BAD);
		own_free(&own);
	}
}

static BIGNUM *modp_prime(uint16_t id)
{
	switch (id) {
	case KE_MODP_2048:
		return BN_get_rfc3526_prime_2048(NULL);
	case KE_MODP_3072:
		return BN_get_rfc3526_prime_3072(NULL);
	case KE_MODP_4096:
		return BN_get_rfc3526_prime_4096(NULL);
	case KE_MODP_6144:
		return BN_get_rfc3526_prime_6144(NULL);
	default:
		return BN_get_rfc3526_prime_8192(NULL);
	}
}

static void test_modp_range(void **state)
{
	static const struct {
		bool from_p; /* p + offset, else offset */
		int offset;
		enum verdict verdict;
	} values[] = {
		{ false, 0, VERDICT_BAD }, { false, 1, VERDICT_BAD }, { false, 2, VERDICT_OK },
		{ false, 3, VERDICT_OK },  { true, -2, VERDICT_OK },  { true, -1, VERDICT_BAD },
		{ true, 0, VERDICT_BAD },  { true, 1, VERDICT_BAD },  { true, 2, VERDICT_BAD },
	};

	(void)state;
	for (uint16_t id = KE_MODP_2048; id <= KE_MODP_8192; id++) {
		const struct alg *a = alg_find(TRANSFORM_KE, id);
		struct own own = own_pair(a);
		uint8_t value[1024];

		for (size_t i = 0; i < ARRAY_LEN(values); i++) {
			BIGNUM *n = modp_prime(id);

			if (!values[i].from_p)
				BN_zero(n);
			if (values[i].offset < 0)
				BN_sub_word(n, (BN_ULONG)-values[i].offset);
			else
				BN_add_word(n, (BN_ULONG)values[i].offset);
			assert_int_equal(BN_bn2binpad(n, value, a->public_len), a->public_len);
			BN_free(n);
			assert_int_equal(try(&own, slice(value, a->public_len)), values[i].verdict);
		}
		memset(value, 0xff, sizeof(value));
		assert_int_equal(try(&own, slice(value, a->public_len)), VERDICT_BAD);
		own_free(&own);
	}
}

/* No bit of a point may be changed without leaving the curve. */
static void test_points_off_curve(void **state)
{
	(void)state;
	for (uint16_t id = KE_ECP_256; id <= KE_ECP_521; id++) {
		const struct alg *a = alg_find(TRANSFORM_KE, id);
		struct own own = own_pair(a), peer = own_pair(a);
		uint8_t value[132];

		assert_int_equal(try(&own, bytes_slice(&peer.public_value)), VERDICT_OK);
		memcpy(value, peer.public_value.data, a->public_len);
		for (size_t bit = a->public_len * 4u; bit < a->public_len * 8u; bit++) {
			value[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_int_equal(try(&own, slice(value, a->public_len)), VERDICT_BAD);
			value[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		memset(value, 0, sizeof(value));
		assert_int_equal(try(&own, slice(value, a->public_len)), VERDICT_BAD);
		value[a->public_len - 1] = 1;
		assert_int_equal(try(&own, slice(value, a->public_len)), VERDICT_BAD);
		memset(value, 0xff, sizeof(value));
		assert_int_equal(try(&own, slice(value, a->public_len)), VERDICT_BAD);
		own_free(&own);
		own_free(&peer);
	}
}

/* The y of a point on the curve, but with x + p for x where that fits: one point has one form. */
static void test_points_not_reduced(void **state)
{
	/* P-521, whose x leaves room above: gx + p */
	const struct alg *a = alg_find(TRANSFORM_KE, KE_ECP_521);
	struct own own = own_pair(a), peer = own_pair(a);
	BIGNUM *p = NULL, *x = BN_bin2bn(peer.public_value.data, 66, NULL);

	(void)state;
	BN_hex2bn(&p, "1");
	BN_lshift(p, p, 521);
	BN_sub_word(p, 1);
	BN_add(x, x, p);
	assert_int_equal(BN_bn2binpad(x, peer.public_value.data, 66), 66);
	assert_int_equal(try(&own, bytes_slice(&peer.public_value)), VERDICT_BAD);
	BN_free(p);
	BN_free(x);
	own_free(&own);
	own_free(&peer);
}

/* RFC 7748 7: each of these gives zero whatever our key is; the last octet's top bit is ignored. */
static void test_low_order(void **state)
{
	static const struct {
		uint16_t id;
		const char *value;
	} values[] = {
		{ KE_CURVE25519,
		  "0000000000000000000000000000000000000000000000000000000000000000" },
		{ KE_CURVE25519,
		  "0100000000000000000000000000000000000000000000000000000000000000" },
		{ KE_CURVE25519,
		  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800" },
		{ KE_CURVE25519,
		  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157" },
		{ KE_CURVE25519,
		  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f" },
		{ KE_CURVE25519,
		  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f" },
		{ KE_CURVE25519,
		  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f" },
		{ KE_CURVE25519,
		  "0000000000000000000000000000000000000000000000000000000000000080" },
		{ KE_CURVE25519,
		  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff" },
		{ KE_CURVE448,
		  "0000000000000000000000000000000000000000000000000000000000000000000000000000"
		  "000000000000000000000000000000000000" },
		{ KE_CURVE448,
		  "0100000000000000000000000000000000000000000000000000000000000000000000000000"
		  "000000000000000000000000000000000000" },
		{ KE_CURVE448,
		  "fefffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffffffffffffff"
		  "ffffffffffffffffffffffffffffffffffff" },
		{ KE_CURVE448,
		  "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffffffffffffff"
		  "ffffffffffffffffffffffffffffffffffff" },
		{ KE_CURVE448,
		  "00000000000000000000000000000000000000000000000000000000ffffffffffffffffffff"
		  "ffffffffffffffffffffffffffffffffffff" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		struct own own = own_pair(alg_find(TRANSFORM_KE, values[i].id));
		struct secret value = from_hex(values[i].value);

		assert_int_equal(value.len, own.group->public_len);
		assert_int_equal(try(&own, secret_slice(&value)), VERDICT_BAD);
		secret_free(&value);
		own_free(&own);
	}
}

/* A private value of the wrong size is our own fault, not the peer's. */
static void test_bad_private(void **state)
{
	static const uint8_t zeros[2000];

	(void)state;
	for (size_t i = 0; alg_at(i); i++) {
		const struct alg *a = alg_at(i);
		struct own own;
		struct secret shared;

		if (a->type != TRANSFORM_KE || ke_is_kem(a))
			continue;
		own = own_pair(a);
		assert_int_equal(ke_shared(a, SLICE_OF(zeros), bytes_slice(&own.public_value),
					   bytes_slice(&own.public_value), &shared),
				 VERDICT_FAIL);
		assert_int_not_equal(ke_shared(a, SLICE_EMPTY, SLICE_EMPTY,
					       bytes_slice(&own.public_value), &shared),
				     VERDICT_OK);
		own_free(&own);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_published),
		cmocka_unit_test(test_modp),
		cmocka_unit_test(test_padding),
		cmocka_unit_test(test_both_ends_agree),
		cmocka_unit_test(test_respond),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_modp_range),
		cmocka_unit_test(test_points_off_curve),
		cmocka_unit_test(test_points_not_reduced),
		cmocka_unit_test(test_low_order),
		cmocka_unit_test(test_bad_private),
	};

	return cmocka_run_group_tests(tests, crypto_setup, NULL);
}
