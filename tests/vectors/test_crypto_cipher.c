/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sk_seal and sk_open against RFC 3602 (CBC), RFC 3686 (CTR), the GCM specification, RFC 7634 and
 * reference.py (CCM, 3DES); the ICV of each pair of cipher and integrity against its PRF.
 */
#include "vector.h"

#include "crypto/cipher.h"
#include "crypto/prf.h"

#define MESSAGE_MAX 256

struct vector {
	const char *key, *iv, *text, *sealed;
};

static const struct vector cbc_vectors[] = {
	{ "06a9214036b8a15b512e03d534120006", "3dafba429d9eb430b422da802c9fac41",
	  "53696e676c6520626c6f636b206d7367", "e353779c1079aeb82708942dbe77181a" },
	{ "c286696d887c9aa0611bbb3e2025a45a", "562e17996d093d28ddb3ba695a2e6f58",
	  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
	  "d296cd94c2cccf8a3a863028b5e1dc0a7586602d253cfff91b8266bea6d61ab1" },
	{ "6c3ea0477630ce21a2ce334aa746c2cd", "c782dc4c098c66cbd9cd27d825682c81",
	  "5468697320697320612034382d62797465206d657373616765202865786163746c7920332041455320626c6f"
	  "636b7329",
	  "d0a02b3836451753d493665d33f0e8862dea54cdb293abc7506939276772f8d5021c19216bad525c8579695d"
	  "83ba2684" },
	{ "56e47a38c5598974bc46903dba290349", "8ce82eefbea0da3c44699ed7db51b7d9",
	  "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacb"
	  "cccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf",
	  "c30e32ffedc0774e6aff6af0869f71aa0f3af07a9a31a9c684db207eb0ef8e4e35907aa632c3ffdf868bb7b2"
	  "9d3d46ad83ce9f9a102ee99d49a53e87f4c3da55" },
	{ "90d382b410eeba7ad938c46cec1a82bf", "e96e8c08ab465763fd098d45dd3ff893",
	  "08000ebda70a00008e9c083db95b070008090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20212223"
	  "2425262728292a2b2c2d2e2f30313233343536370102030405060708090a0b0c0d0e0e01",
	  "f663c25d325c18c6a9453e194e120849a4870b66cc6b9965330013b4898dc856a4699e523a55db080b59ec3a"
	  "8e4b7e52775b07d1db34ed9c538ab50c551b874aa269add047ad2d5913ac19b7cfbad4a6" },
	{ "90d382b410eeba7ad938c46cec1a82bf", "69d08df7d203329db093fc4924e5bd80",
	  "0800b5e8a80a0500a69c083d0b660e0077777777777777777777777701020201",
	  "f51995881ec4e0c4488987ce742e8109689bb379d2d750c0d915dca346a89f75" },
	{ "0123456789abcdef0123456789abcdef", "f4e765244f6407adf13dc1380f673f37",
	  "45000054090400004001f988c0a87b03c0a87bc808009f76a90a0100b49c083d02a2040008090a0b0c0d0e0f"
	  "101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363701020304"
	  "05060708090a0a04",
	  "773b5241a4c449225e4f3ce5ed611b0c237ca96cf74a93013c1b0ea1a0cf70f8e4ecaec78ac53aad7a0f022b"
	  "859243c647752e94a859352b8a4d4d2decd136e5c177f132ad3fbfb2201ac9904c74ee0a109e0ca1e4dfe9d5"
	  "a100b842f1c22f0d" },
	{ "0123456789abcdef0123456789abcdef", "85d47224b5f3dd5d2101d4ea8dffab22",
	  "45000044090c00004001f990c0a87b03c0a87bc80800d63caa0a0200c69c083da3de0300ffffffffffffffff"
	  "ffffffffffffffffffffffffffffffffffffffffffffffff0102030405060708090a0a04",
	  "15b92683819596a8047232cc00f7048fe45318e11f8a0f62ede3c3fc61203bb50f980a08c9843fd3a1b06d5c"
	  "07ff9639b7eb7dfb3512e5de435e7207ed971ef3d2726d9b5ef6affc6d17a0decbb13892" },
};

static const struct {
	const char *key, *nonce, *iv, *text, *sealed;
} ctr_vectors[] = {
	{ "ae6852f8121067cc4bf7a5765577f39e", "00000030", "0000000000000000",
	  "53696e676c6520626c6f636b206d7367", "e4095d4fb7a7b3792d6175a3261311b8" },
	{ "7e24067817fae0d743d6ce1f32539163", "006cb6db", "c0543b59da48d90b",
	  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
	  "5104a106168a72d9790d41ee8edad388eb2e1efc46da57c8fce630df9141be28" },
	{ "7691be035e5020a8ac6e618529f9a0dc", "00e0017b", "27777f3f4a1786f0",
	  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20212223",
	  "c1cf48a89f2ffdd9cf4652e9efdb72d74540a42bde6d7836d59a5ceaaef3105325b2072f" },
	{ "16af5b145fc9f579c175f93e3bfb0eed863d06ccfdb78515", "00000048", "36733c147d6d93cb",
	  "53696e676c6520626c6f636b206d7367", "4b55384fe259c9c84e7935a003cbe928" },
	{ "7c5cb2401b3dc33c19e7340819e0f69c678c3db8e6f6a91a", "0096b03b", "020c6eadc2cb500d",
	  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
	  "453243fc609b23327edfaafa7131cd9f8490701c5ad4a79cfc1fe0ff42f4fb00" },
	{ "02bf391ee8ecb159b959617b0965279bf59b60a786d3e0fe", "0007bdfd", "5cbd60278dcc0912",
	  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20212223",
	  "96893fc55e5c722f540b7dd1ddf7e758d288bc95c69165884536c811662f2188abee0935" },
	{ "776beff2851db06f4c8a0542c8696f6c6a81af1eec96b4d37fc1d689e6c1c104", "00000060",
	  "db5672c97aa8f0b2", "53696e676c6520626c6f636b206d7367",
	  "145ad01dbf824ec7560863dc71e3e0c0" },
	{ "f6d66d6bd52d59bb0796365879eff886c66dd51a5b6a99744b50590c87a23884", "00faac24",
	  "c1585ef15a43d875", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
	  "f05e231b3894612c49ee000b804eb2a9b8306b508f839d6a5530831d9344af1c" },
	{ "ff7a617ce69148e4f1726e2f43581de2aa62d9f805532edff1eed687fb54153d", "001cc5b7",
	  "51a51d70a1c11148",
	  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20212223",
	  "eb6c52821d0bbbf7ce7594462aca4faab407df866569fd07f48cc0b583d6071f1ec0e6b8" },
};

/* Keys of INTEG are a pattern, as long as the algorithm wants them. */
static const struct alg *integ_and_key(uint16_t id, uint8_t key[64])
{
	fill_pattern(key, 64, 0x60);
	return alg_find(TRANSFORM_INTEG, id);
}

/* The PRF that is this integrity algorithm uncut. */
static const struct alg *prf_of(const struct alg *integ)
{
	for (size_t i = 0; alg_at(i); i++) {
		const struct alg *a = alg_at(i);

		if (a->type == TRANSFORM_PRF && strcmp(a->xfrm, integ->xfrm) == 0)
			return a;
	}
	fail_msg("no PRF for %s", integ->name);
	return NULL;
}

static void put(uint8_t *message, size_t *len, const char *hex)
{
	struct secret s = from_hex(hex);

	assert_true(*len + s.len <= MESSAGE_MAX);
	if (s.len > 0)
		memcpy(message + *len, s.data, s.len);
	*len += s.len;
	secret_free(&s);
}

/* Opens [associated | iv | sealed | ICV] with the ICV computed by the PRF. */
static void open_with_mac(const struct sk_cipher *c, const struct sk_keys *keys,
			  const char *associated, const struct vector *v, const char *what)
{
	uint8_t message[MESSAGE_MAX], mac[PRF_MAX_LEN];
	size_t len = 0, associated_len;
	struct slice text, part;

	put(message, &len, associated);
	associated_len = len;
	put(message, &len, v->iv);
	put(message, &len, v->sealed);
	part = slice(message, len);
	assert_true(prf(prf_of(c->integ), keys->integ, &part, 1, mac));
	memcpy(message + len, mac, c->integ->icv_len);
	len += c->integ->icv_len;
	assert_int_equal(sk_open(c, keys, message, associated_len, len, &text), VERDICT_OK);
	assert_hex(text.data, text.len, v->text, what);
}

static void test_cbc(void **state)
{
	static const uint16_t integs[] = { INTEG_HMAC_SHA1_96,      INTEG_HMAC_SHA2_256_128,
					   INTEG_HMAC_SHA2_384_192, INTEG_HMAC_SHA2_512_256,
					   INTEG_AES_XCBC_96,       INTEG_AES_CMAC_96 };
	uint8_t integ_key[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cbc_vectors); i++) {
		for (size_t j = 0; j < ARRAY_LEN(integs); j++) {
			struct secret key = from_hex(cbc_vectors[i].key);
			struct sk_cipher c = { .encr = alg_find(TRANSFORM_ENCR, ENCR_AES_CBC),
					       .key_bits = 128,
					       .integ = integ_and_key(integs[j], integ_key) };
			struct sk_keys keys = { .encr = secret_slice(&key),
						.integ = slice(integ_key, c.integ->key_len) };

			open_with_mac(&c, &keys, "00112233", &cbc_vectors[i], c.integ->name);
			open_with_mac(&c, &keys, "", &cbc_vectors[i], c.integ->name);
			secret_free(&key);
		}
	}
}

static uint64_t counter_of(const char *iv)
{
	struct secret s = from_hex(iv);
	uint64_t counter = 0;

	for (size_t i = 0; i < s.len; i++)
		counter = counter << 8 | s.data[i];
	secret_free(&s);
	return counter;
}

static void test_ctr(void **state)
{
	uint8_t integ_key[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ctr_vectors); i++) {
		struct vector v = { .iv = ctr_vectors[i].iv,
				    .text = ctr_vectors[i].text,
				    .sealed = ctr_vectors[i].sealed };
		uint8_t key[40], message[MESSAGE_MAX];
		size_t key_len = 0, text_len = 8;
		struct sk_cipher c = { .encr = alg_find(TRANSFORM_ENCR, ENCR_AES_CTR),
				       .integ = integ_and_key(INTEG_HMAC_SHA2_256_128, integ_key) };
		struct sk_keys keys = { .integ = slice(integ_key, 32) };

		put(key, &key_len, ctr_vectors[i].key);
		c.key_bits = (uint16_t)(8 * key_len);
		put(key, &key_len, ctr_vectors[i].nonce);
		keys.encr = slice(key, key_len);
		open_with_mac(&c, &keys, "aabb", &v, "RFC 3686");
		/* Counters are ours to choose, so sealing has one right answer too. */
		put(message, &text_len, v.text);
		text_len -= 8;
		assert_int_equal(sk_seal(&c, &keys, counter_of(v.iv), message, 0, text_len),
				 VERDICT_OK);
		assert_hex(message, 8, v.iv, "counter as IV");
		assert_hex(message + 8, text_len, v.sealed, "RFC 3686");
	}
}

/* The GCM specification (McGrew, Viega), cases 4, 10 and 16; reference.py for CCM. */
static const struct {
	uint16_t id;
	const char *key, *salt, *iv, *associated, *text, *sealed, *tag;
} aead_vectors[] = {
	{ ENCR_AES_GCM_16, "feffe9928665731c6d6a8f9467308308", "cafebabe", "facedbaddecaf888",
	  "feedfacedeadbeeffeedfacedeadbeefabaddad2",
	  "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c9595680953"
	  "2fcf0e2449a6b525b16aedf5aa0de657ba637b39",
	  "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c"
	  "7d8f6a5aac84aa051ba30b396a0aac973d58e091",
	  "5bc94fbc3221a5db94fae95ae7121a47" },
	{ ENCR_AES_GCM_12, "feffe9928665731c6d6a8f9467308308", "cafebabe", "facedbaddecaf888",
	  "feedfacedeadbeeffeedfacedeadbeefabaddad2",
	  "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c9595680953"
	  "2fcf0e2449a6b525b16aedf5aa0de657ba637b39",
	  "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c"
	  "7d8f6a5aac84aa051ba30b396a0aac973d58e091",
	  "5bc94fbc3221a5db94fae95a" },
	{ ENCR_AES_GCM_8, "feffe9928665731c6d6a8f9467308308", "cafebabe", "facedbaddecaf888",
	  "feedfacedeadbeeffeedfacedeadbeefabaddad2",
	  "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c9595680953"
	  "2fcf0e2449a6b525b16aedf5aa0de657ba637b39",
	  "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c"
	  "7d8f6a5aac84aa051ba30b396a0aac973d58e091",
	  "5bc94fbc3221a5db" },
	{ ENCR_AES_GCM_16, "feffe9928665731c6d6a8f9467308308feffe9928665731c", "cafebabe",
	  "facedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
	  "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c9595680953"
	  "2fcf0e2449a6b525b16aedf5aa0de657ba637b39",
	  "3980ca0b3c00e841eb06fac4872a2757859e1ceaa6efd984628593b40ca1e19c7d773d00c144c525"
	  "ac619d18c84a3f4718e2448b2fe324d9ccda2710",
	  "2519498e80f1478f37ba55bd6d27618c" },
	{ ENCR_AES_GCM_12, "feffe9928665731c6d6a8f9467308308feffe9928665731c", "cafebabe",
	  "facedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
	  "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c9595680953"
	  "2fcf0e2449a6b525b16aedf5aa0de657ba637b39",
	  "3980ca0b3c00e841eb06fac4872a2757859e1ceaa6efd984628593b40ca1e19c7d773d00c144c525"
	  "ac619d18c84a3f4718e2448b2fe324d9ccda2710",
	  "2519498e80f1478f37ba55bd" },
	{ ENCR_AES_GCM_8, "feffe9928665731c6d6a8f9467308308feffe9928665731c", "cafebabe",
	  "facedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
	  "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c9595680953"
	  "2fcf0e2449a6b525b16aedf5aa0de657ba637b39",
	  "3980ca0b3c00e841eb06fac4872a2757859e1ceaa6efd984628593b40ca1e19c7d773d00c144c525"
	  "ac619d18c84a3f4718e2448b2fe324d9ccda2710",
	  "2519498e80f1478f" },
	{ ENCR_AES_GCM_16, "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
	  "cafebabe", "facedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
	  "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c9595680953"
	  "2fcf0e2449a6b525b16aedf5aa0de657ba637b39",
	  "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3d"
	  "a7b08b1056828838c5f61e6393ba7a0abcc9f662",
	  "76fc6ece0f4e1768cddf8853bb2d551b" },
	{ ENCR_AES_GCM_12, "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
	  "cafebabe", "facedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
	  "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c9595680953"
	  "2fcf0e2449a6b525b16aedf5aa0de657ba637b39",
	  "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3d"
	  "a7b08b1056828838c5f61e6393ba7a0abcc9f662",
	  "76fc6ece0f4e1768cddf8853" },
	{ ENCR_AES_GCM_8, "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
	  "cafebabe", "facedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
	  "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c9595680953"
	  "2fcf0e2449a6b525b16aedf5aa0de657ba637b39",
	  "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3d"
	  "a7b08b1056828838c5f61e6393ba7a0abcc9f662",
	  "76fc6ece0f4e1768" },
	{ ENCR_AES_CCM_16, "404142434445464748494a4b4c4d4e4f", "101112", "131415161718191a",
	  "000102030405060708090a0b0c0d0e0f10111213",
	  "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f4041424344",
	  "d6d28b1b24b85b4ffbe0998809dab62e35428a3cca41bdc880d80004b03a18e37ecd2758ab",
	  "38267bf77cf5332ea24bcb801dad02ad" },
	{ ENCR_AES_CCM_12, "404142434445464748494a4b4c4d4e4f", "101112", "131415161718191a",
	  "000102030405060708090a0b0c0d0e0f10111213",
	  "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f4041424344",
	  "d6d28b1b24b85b4ffbe0998809dab62e35428a3cca41bdc880d80004b03a18e37ecd2758ab",
	  "1b576bff74e7ceb6e858cfec" },
	{ ENCR_AES_CCM_8, "404142434445464748494a4b4c4d4e4f", "101112", "131415161718191a",
	  "000102030405060708090a0b0c0d0e0f10111213",
	  "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f4041424344",
	  "d6d28b1b24b85b4ffbe0998809dab62e35428a3cca41bdc880d80004b03a18e37ecd2758ab",
	  "6cec53d8de18a0fb" },
	{ ENCR_AES_CCM_16, "404142434445464748494a4b4c4d4e4f5051525354555657", "101112",
	  "131415161718191a", "000102030405060708090a0b0c0d0e0f10111213",
	  "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f4041424344",
	  "224fc6e63df4e666fe85eba9acf83af71391c7dfcaa17e6221a4378b7a68ac1d25c6383ff0",
	  "dfb3874efdda77bedca20266fef37295" },
	{ ENCR_AES_CCM_12, "404142434445464748494a4b4c4d4e4f5051525354555657", "101112",
	  "131415161718191a", "000102030405060708090a0b0c0d0e0f10111213",
	  "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f4041424344",
	  "224fc6e63df4e666fe85eba9acf83af71391c7dfcaa17e6221a4378b7a68ac1d25c6383ff0",
	  "7d5316a7d9850f1423f3701f" },
	{ ENCR_AES_CCM_8, "404142434445464748494a4b4c4d4e4f5051525354555657", "101112",
	  "131415161718191a", "000102030405060708090a0b0c0d0e0f10111213",
	  "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f4041424344",
	  "224fc6e63df4e666fe85eba9acf83af71391c7dfcaa17e6221a4378b7a68ac1d25c6383ff0",
	  "18700701a0f10dd4" },
	{ ENCR_AES_CCM_16, "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f",
	  "101112", "131415161718191a", "000102030405060708090a0b0c0d0e0f10111213",
	  "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f4041424344",
	  "05be4fa985289932bcf824709a4950dd790fa62950bfbf50a8e8e4f98b598e51dc5ffee1d2",
	  "0ea43c14ac5d4dba619935c3bdb8eb27" },
	{ ENCR_AES_CCM_12, "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f",
	  "101112", "131415161718191a", "000102030405060708090a0b0c0d0e0f10111213",
	  "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f4041424344",
	  "05be4fa985289932bcf824709a4950dd790fa62950bfbf50a8e8e4f98b598e51dc5ffee1d2",
	  "36d1ab24e71d7aad177b8de7" },
	{ ENCR_AES_CCM_8, "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f",
	  "101112", "131415161718191a", "000102030405060708090a0b0c0d0e0f10111213",
	  "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f4041424344",
	  "05be4fa985289932bcf824709a4950dd790fa62950bfbf50a8e8e4f98b598e51dc5ffee1d2",
	  "9e1aa72b678f6fd5" },
	/* RFC 7634, appendices A and B */
	{ ENCR_CHACHA20_POLY1305,
	  "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f", "a0a1a2a3",
	  "1011121314151617", "0102030400000005",
	  "45000054a6f200004001e778c6336405c000020508005b7a3a080000553bec100007362708090a0b"
	  "0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f30313233"
	  "3435363701020204",
	  "24039428b97f417e3c13753a4f05087b67c352e6a7fab1b982d466ef407ae5c614ee8099d52844eb"
	  "61aa95dfab4c02f72aa71e7c4c4f64c9befe2facc638e8f3cbec163fac469b502773f6fb94e664da"
	  "9165b82829f641e0",
	  "76aaa8266b7fb0f7b11b369907e1ad43" },
	{ ENCR_CHACHA20_POLY1305,
	  "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f", "a0a1a2a3",
	  "1011121314151617", "c0c1c2c3c4c5c6c7d0d1d2d3d4d5d6d72e202500000000090000004529000029",
	  "0000000c000040010000000a00", "610394701f8d017f7c12924889",
	  "6b71bfe25236efd7cdc67066906315b2" },
};

static void test_aead(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(aead_vectors); i++) {
		struct sk_cipher c = { .encr = alg_find(TRANSFORM_ENCR, aead_vectors[i].id) };
		uint8_t key[40], message[MESSAGE_MAX], copy[MESSAGE_MAX];
		size_t key_len = 0, len = 0, associated_len, text_len;
		struct sk_keys keys = { 0 };
		struct slice text;

		put(key, &key_len, aead_vectors[i].key);
		if ((c.encr->flags & ALG_FIXED_KEY) == 0)
			c.key_bits = (uint16_t)(8 * key_len);
		put(key, &key_len, aead_vectors[i].salt);
		keys.encr = slice(key, key_len);
		put(message, &len, aead_vectors[i].associated);
		associated_len = len;
		put(message, &len, aead_vectors[i].iv);
		put(message, &len, aead_vectors[i].sealed);
		text_len = len - associated_len - 8;
		put(message, &len, aead_vectors[i].tag);
		memcpy(copy, message, len);
		assert_int_equal(sk_open(&c, &keys, message, associated_len, len, &text),
				 VERDICT_OK);
		assert_int_equal(text.len, text_len);
		assert_ptr_equal(text.data, message + associated_len + 8);
		assert_hex(text.data, text.len, aead_vectors[i].text, c.encr->name);
		memset(message + associated_len, 0, 8);
		memset(message + associated_len + 8 + text_len, 0, c.encr->icv_len);
		assert_int_equal(sk_seal(&c, &keys, counter_of(aead_vectors[i].iv), message,
					 associated_len, text_len),
				 VERDICT_OK);
		assert_memory_equal(message, copy, len);
	}
}

/* FIPS 46-3 in CBC (reference.py) */
static void test_3des(void **state)
{
	static const struct vector v = {
		.key = "0123456789abcdef23456789abcdef01456789abcdef0123",
		.iv = "fedcba9876543210",
		.text = "046c06c4a161db5724885337c52e1e96e7c7534c1ea7c936f170098fa75b14d4",
		.sealed = "303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f",
	};
	uint8_t integ_key[64];
	struct secret key = from_hex(v.key);
	struct sk_cipher c = { .encr = alg_find(TRANSFORM_ENCR, ENCR_3DES),
			       .integ = integ_and_key(INTEG_HMAC_SHA1_96, integ_key) };
	struct sk_keys keys = { .encr = secret_slice(&key), .integ = slice(integ_key, 20) };

	(void)state;
	open_with_mac(&c, &keys, "01", &v, "3DES");
	secret_free(&key);
}

/* The ICV that sk_seal writes is the PRF over all before it, cut; the IV of CBC is random. */
static void test_seal_with_mac(void **state)
{
	(void)state;
	for (size_t i = 0; alg_at(i); i++) {
		const struct alg *integ = alg_at(i);
		struct sk_cipher c = { .encr = alg_find(TRANSFORM_ENCR, ENCR_AES_CBC),
				       .key_bits = 256,
				       .integ = integ };
		uint8_t key[64], message[MESSAGE_MAX] = { 0 }, mac[PRF_MAX_LEN], ivs[2][16];
		struct sk_keys keys = { .encr = slice(key, 32),
					.integ = slice(key, integ->key_len) };
		const struct slice covered = slice(message, 8 + 16 + 32);

		if (integ->type != TRANSFORM_INTEG || integ->id == INTEG_NONE)
			continue;
		fill_pattern(key, sizeof(key), 0x11);
		for (size_t n = 0; n < 2; n++) {
			assert_int_equal(sk_seal(&c, &keys, 1, message, 8, 32), VERDICT_OK);
			assert_true(prf(prf_of(integ), keys.integ, &covered, 1, mac));
			assert_memory_equal(message + covered.len, mac, integ->icv_len);
			memcpy(ivs[n], message + 8, 16);
		}
		assert_memory_not_equal(ivs[0], ivs[1], 16);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cbc),           cmocka_unit_test(test_ctr),
		cmocka_unit_test(test_aead),          cmocka_unit_test(test_3des),
		cmocka_unit_test(test_seal_with_mac),
	};

	return cmocka_run_group_tests(tests, crypto_setup, NULL);
}
