/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PRFs against RFC 2202, 4868 (also its authenticators, whose keys are PRF keys), 3566, 4434, 4494
 * and 4615; prf+ against reference.py and OpenSSL's HKDF-Expand, which is the same for HMAC.
 */
#include "vector.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include "crypto/prf.h"

static const struct {
	uint16_t id;
	const char *key, *data, *out;
} vectors[] = {
	/* RFC 2202 3 */
	{ PRF_HMAC_SHA1, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
	  "b617318655057264e28bc0b6fb378c8ef146be00" },
	{ PRF_HMAC_SHA1, "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
	  "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
	/* RFC 4868 2.7, RFC 3566 4.6 */
	{ PRF_HMAC_SHA2_256, /* PRF-1 */
	  "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
	  "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
	{ PRF_HMAC_SHA2_384, /* PRF-1 */
	  "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
	  "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8"
	  "b2fa9cb6" },
	{ PRF_HMAC_SHA2_512, /* PRF-1 */
	  "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
	  "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274e"
	  "aea3f4e4be9d914eeb61f1702e696c203a126854" },
	{ PRF_HMAC_SHA2_256, /* PRF-2 */
	  "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
	  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
	{ PRF_HMAC_SHA2_384, /* PRF-2 */
	  "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
	  "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ec"
	  "fab21649" },
	{ PRF_HMAC_SHA2_512, /* PRF-2 */
	  "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
	  "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65"
	  "f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737" },
	{ PRF_HMAC_SHA2_256, /* PRF-3 */
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	  "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
	  "dddddddddddd",
	  "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
	{ PRF_HMAC_SHA2_384, /* PRF-3 */
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	  "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
	  "dddddddddddd",
	  "88062608d3e6ad8a0aa2ace014c8a86f0aa635d947ac9febe83ef4e55966144b2a5ab39dc13814b94e3ab6e1"
	  "01a34f27" },
	{ PRF_HMAC_SHA2_512, /* PRF-3 */
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	  "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
	  "dddddddddddd",
	  "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a4"
	  "7e67c807b946a337bee8942674278859e13292fb" },
	{ PRF_HMAC_SHA2_256, /* PRF-4 */
	  "0102030405060708090a0b0c0d0e0f10111213141516171819",
	  "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
	  "cdcdcdcdcdcd",
	  "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b" },
	{ PRF_HMAC_SHA2_384, /* PRF-4 */
	  "0102030405060708090a0b0c0d0e0f10111213141516171819",
	  "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
	  "cdcdcdcdcdcd",
	  "3e8a69b7783c25851933ab6290af6ca77a9981480850009cc5577c6e1f573b4e6801dd23c4a7d679ccf8a386"
	  "c674cffb" },
	{ PRF_HMAC_SHA2_512, /* PRF-4 */
	  "0102030405060708090a0b0c0d0e0f10111213141516171819",
	  "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
	  "cdcdcdcdcdcd",
	  "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3dba91ca5c11aa25eb4d679275c"
	  "c5788063a5f19741120c4f2de2adebeb10a298dd" },
	{ PRF_HMAC_SHA2_256, /* PRF-5 */
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	  "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368"
	  "204b6579204669727374",
	  "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
	{ PRF_HMAC_SHA2_384, /* PRF-5 */
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	  "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368"
	  "204b6579204669727374",
	  "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df1"
	  "63f44952" },
	{ PRF_HMAC_SHA2_512, /* PRF-5 */
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	  "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368"
	  "204b6579204669727374",
	  "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd221"
	  "5d6a1e5295e64f73f63f0aec8b915a985d786598" },
	{ PRF_HMAC_SHA2_256, /* PRF-6 */
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	  "5468697320697320612074657374207573696e672061206c6172676572207468616e20626c6f636b2d73697a"
	  "65206b657920616e642061206c6172676572207468616e20626c6f636b2d73697a6520646174612e20546865"
	  "206b6579206e6565647320746f20626520686173686564206265666f7265206265696e672075736564206279"
	  "2074686520484d414320616c676f726974686d2e",
	  "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2" },
	{ PRF_HMAC_SHA2_384, /* PRF-6 */
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	  "5468697320697320612074657374207573696e672061206c6172676572207468616e20626c6f636b2d73697a"
	  "65206b657920616e642061206c6172676572207468616e20626c6f636b2d73697a6520646174612e20546865"
	  "206b6579206e6565647320746f20626520686173686564206265666f7265206265696e672075736564206279"
	  "2074686520484d414320616c676f726974686d2e",
	  "6617178e941f020d351e2f254e8fd32c602420feb0b8fb9adccebb82461e99c5a678cc31e799176d3860e611"
	  "0c46523e" },
	{ PRF_HMAC_SHA2_512, /* PRF-6 */
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	  "5468697320697320612074657374207573696e672061206c6172676572207468616e20626c6f636b2d73697a"
	  "65206b657920616e642061206c6172676572207468616e20626c6f636b2d73697a6520646174612e20546865"
	  "206b6579206e6565647320746f20626520686173686564206265666f7265206265696e672075736564206279"
	  "2074686520484d414320616c676f726974686d2e",
	  "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55"
	  "c3e4de15134676fb6de0446065c97440fa8c6a58" },
	{ PRF_HMAC_SHA2_256, /* AUTH256-1 */
	  "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
	  "198a607eb44bfbc69903a0f1cf2bbdc5ba0aa3f3d9ae3c1c7a3b1696a0b68cf7" },
	{ PRF_HMAC_SHA2_256, /* AUTH256-2 */
	  "4a6566654a6566654a6566654a6566654a6566654a6566654a6566654a656665",
	  "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
	  "167f928588c5cc2eef8e3093caa0e87c9ff566a14794aa61648d81621a2a40c6" },
	{ PRF_HMAC_SHA2_256, /* AUTH256-3 */
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	  "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
	  "dddddddddddd",
	  "cdcb1220d1ecccea91e53aba3092f962e549fe6ce9ed7fdc43191fbde45c30b0" },
	{ PRF_HMAC_SHA2_256, /* AUTH256-4 */
	  "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20",
	  "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
	  "cdcdcdcdcdcd",
	  "372efcf9b40b35c2115b1346903d2ef42fced46f0846e7257bb156d3d7b30d3f" },
	{ PRF_HMAC_SHA2_384, /* AUTH384-1 */
	  "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"
	  "0b0b0b0b",
	  "4869205468657265",
	  "b6a8d5636f5c6a7224f9977dcf7ee6c7fb6d0c48cbdee9737a959796489bddbc4c5df61d5b3297b4fb68dab9"
	  "f1b582c2" },
	{ PRF_HMAC_SHA2_384, /* AUTH384-2 */
	  "4a6566654a6566654a6566654a6566654a6566654a6566654a6566654a6566654a6566654a6566654a656665"
	  "4a656665",
	  "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
	  "2c7353974f1842fd66d53c452ca42122b28c0b594cfb184da86a368e9b8e16f5349524ca4e82400cbde0686d"
	  "403371c9" },
	{ PRF_HMAC_SHA2_384, /* AUTH384-3 */
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	  "aaaaaaaa",
	  "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
	  "dddddddddddd",
	  "809f439be00274321d4a538652164b53554a508184a0c3160353e3428597003d35914a18770f944398705494"
	  "4b7c4b4a" },
	{ PRF_HMAC_SHA2_384, /* AUTH384-4 */
	  "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f200a0b0c0d0e0f101112131415"
	  "16171819",
	  "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
	  "cdcdcdcdcdcd",
	  "5b540085c6e6358096532b2493609ed1cb298f774f87bb5c2ebf182c83cc7428707fb92eab2536a581225822"
	  "8bc96687" },
	{ PRF_HMAC_SHA2_512, /* AUTH512-1 */
	  "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"
	  "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
	  "4869205468657265",
	  "637edc6e01dce7e6742a99451aae82df23da3e92439e590e43e761b33e910fb8ac2878ebd5803f6f0b61dbce"
	  "5e251ff8789a4722c1be65aea45fd464e89f8f5b" },
	{ PRF_HMAC_SHA2_512, /* AUTH512-2 */
	  "4a6566654a6566654a6566654a6566654a6566654a6566654a6566654a6566654a6566654a6566654a656665"
	  "4a6566654a6566654a6566654a6566654a656665",
	  "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
	  "cb370917ae8a7ce28cfd1d8f4705d6141c173b2a9362c15df235dfb251b154546aa334ae9fb9afc2184932d8"
	  "695e397bfa0ffb93466cfcceaae38c833b7dba38" },
	{ PRF_HMAC_SHA2_512, /* AUTH512-3 */
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	  "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
	  "dddddddddddd",
	  "2ee7acd783624ca9398710f3ee05ae41b9f9b0510c87e49e586cc9bf961733d8623c7b55cebefccf02d5581a"
	  "cc1c9d5fb1ff68a1de45509fbe4da9a433922655" },
	{ PRF_HMAC_SHA2_512, /* AUTH512-4, where the RFC prints 16 bytes too many before the key */
	  "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c"
	  "2d2e2f303132333435363738393a3b3c3d3e3f40",
	  "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
	  "cdcdcdcdcdcd",
	  "5e6688e5a3daec826ca32eaea224eff5e700628947470e13ad01302561bab108b8c48cbc6b807dcfbd850521"
	  "a685babc7eae4a2a2e660dc0e86b931d65503fd2" },
	{ PRF_AES128_XCBC, "000102030405060708090a0b0c0d0e0f", "",
	  "75f0251d528ac01c4573dfd584d79f29" },
	{ PRF_AES128_XCBC, "000102030405060708090a0b0c0d0e0f", "000102",
	  "5b376580ae2f19afe7219ceef172756f" },
	{ PRF_AES128_XCBC, "000102030405060708090a0b0c0d0e0f", "000102030405060708090a0b0c0d0e0f",
	  "d2a246fa349b68a79998a4394ff7a263" },
	{ PRF_AES128_XCBC, "000102030405060708090a0b0c0d0e0f",
	  "000102030405060708090a0b0c0d0e0f10111213", "47f51b4564966215b8985c63055ed308" },
	{ PRF_AES128_XCBC, "000102030405060708090a0b0c0d0e0f",
	  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
	  "f54f0ec8d2b9f3d36807734bd5283fd4" },
	{ PRF_AES128_XCBC, "000102030405060708090a0b0c0d0e0f",
	  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021",
	  "becbb3bccdb518a30677d5481fb6b4d8" },
	/* RFC 4434 2.1 */
	{ PRF_AES128_XCBC, "000102030405060708090a0b0c0d0e0f",
	  "000102030405060708090a0b0c0d0e0f10111213", "47f51b4564966215b8985c63055ed308" },
	{ PRF_AES128_XCBC, "00010203040506070809", "000102030405060708090a0b0c0d0e0f10111213",
	  "0fa087af7d866e7653434e602fdde835" },
	{ PRF_AES128_XCBC, "000102030405060708090a0b0c0d0e0fedcb",
	  "000102030405060708090a0b0c0d0e0f10111213", "8cd3c93ae598a9803006ffb67c40e9e4" },
	/* RFC 4494 5, of which it gives 12 bytes; SP 800-38B D.1 has them all */
	{ PRF_AES128_CMAC, "2b7e151628aed2a6abf7158809cf4f3c", "",
	  "bb1d6929e95937287fa37d129b756746" },
	{ PRF_AES128_CMAC, "2b7e151628aed2a6abf7158809cf4f3c", "6bc1bee22e409f96e93d7e117393172a",
	  "070a16b46b4d4144f79bdd9dd04a287c" },
	{ PRF_AES128_CMAC, "2b7e151628aed2a6abf7158809cf4f3c",
	  "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411",
	  "dfa66747de9ae63030ca32611497c827" },
	{ PRF_AES128_CMAC, "2b7e151628aed2a6abf7158809cf4f3c",
	  "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
	  "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
	  "51f0bebf7e3b9d92fc49741779363cfe" },
	/* RFC 4615 4 */
	{ PRF_AES128_CMAC, "000102030405060708090a0b0c0d0e0fedcb",
	  "000102030405060708090a0b0c0d0e0f10111213", "84a348a4a45d235babfffc0d2b4da09a" },
	{ PRF_AES128_CMAC, "000102030405060708090a0b0c0d0e0f",
	  "000102030405060708090a0b0c0d0e0f10111213", "980ae87b5f4c9c5214f5b6a8455e4c2d" },
	{ PRF_AES128_CMAC, "00010203040506070809", "000102030405060708090a0b0c0d0e0f10111213",
	  "290d9e112edb09ee141fcf64c0b72f3d" },
};

static void test_published(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		const struct alg *a = alg_find(TRANSFORM_PRF, vectors[i].id);
		struct secret key = from_hex(vectors[i].key), data = from_hex(vectors[i].data);
		struct slice part = secret_slice(&data);
		uint8_t out[PRF_MAX_LEN];

		assert_true(prf(a, secret_slice(&key), &part, 1, out));
		assert_hex(out, a->out_len, vectors[i].out, a->name);
		secret_free(&key);
		secret_free(&data);
	}
}

/* RFC 3566 4.6, case 7 */
static void test_long_xcbc(void **state)
{
	static const uint8_t zeros[1000];
	const struct alg *a = alg_find(TRANSFORM_PRF, PRF_AES128_XCBC);
	struct secret key = from_hex("000102030405060708090a0b0c0d0e0f");
	struct slice part = SLICE_OF(zeros);
	uint8_t out[PRF_MAX_LEN];

	(void)state;
	assert_true(prf(a, secret_slice(&key), &part, 1, out));
	assert_hex(out, 16, "f0dafee895db30253761103b5d84528f", "1000 bytes");
	secret_free(&key);
}

/* However the data is cut, also into empty parts, the result is the same. */
static void test_parts(void **state)
{
	uint8_t key[40], data[70], whole[PRF_MAX_LEN], cut[PRF_MAX_LEN];

	(void)state;
	fill_pattern(key, sizeof(key), 3);
	fill_pattern(data, sizeof(data), 7);
	for (size_t i = 0; alg_at(i); i++) {
		const struct alg *a = alg_at(i);
		struct slice one = SLICE_OF(data);

		if (a->type != TRANSFORM_PRF)
			continue;
		assert_true(prf(a, SLICE_OF(key), &one, 1, whole));
		for (size_t at = 0; at <= sizeof(data); at++) {
			struct slice parts[] = { slice(data, at), SLICE_EMPTY,
						 slice(data + at, sizeof(data) - at) };

			assert_true(prf(a, SLICE_OF(key), parts, 3, cut));
			assert_memory_equal(whole, cut, a->out_len);
		}
	}
}

static void test_wrong_key(void **state)
{
	uint8_t key[32], data[20] = { 0 }, right[PRF_MAX_LEN], wrong[PRF_MAX_LEN];
	struct slice part = SLICE_OF(data);

	(void)state;
	for (size_t i = 0; alg_at(i); i++) {
		const struct alg *a = alg_at(i);

		if (a->type != TRANSFORM_PRF)
			continue;
		fill_pattern(key, sizeof(key), 9);
		assert_true(prf(a, SLICE_OF(key), &part, 1, right));
		for (size_t bit = 0; bit < 8 * sizeof(key); bit++) {
			key[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_true(prf(a, SLICE_OF(key), &part, 1, wrong));
			assert_memory_not_equal(right, wrong, a->out_len);
			key[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
}

/* RFC 4434 2: a short key is filled up with zeros, a long one hashed under zeros; RFC 4615 3: every
 * key but one of 16 bytes is hashed. */
static void test_fixed_key_lengths(void **state)
{
	const struct alg *xcbc = alg_find(TRANSFORM_PRF, PRF_AES128_XCBC);
	const struct alg *cmac = alg_find(TRANSFORM_PRF, PRF_AES128_CMAC);
	static const uint8_t zeros[16];
	const struct slice part = slice_str("octets");
	uint8_t key[40], fitted[16], want[16], got[16];

	(void)state;
	fill_pattern(key, sizeof(key), 0x21);
	for (size_t len = 0; len <= sizeof(key); len++) {
		const struct slice whole = slice(key, len);

		memset(fitted, 0, sizeof(fitted));
		if (len <= 16)
			memcpy(fitted, key, len);
		else
			assert_true(prf(xcbc, SLICE_OF(zeros), &whole, 1, fitted));
		assert_true(prf(xcbc, SLICE_OF(fitted), &part, 1, want));
		assert_true(prf(xcbc, whole, &part, 1, got));
		assert_memory_equal(got, want, 16);
		if (len == 16)
			memcpy(fitted, key, len);
		else
			assert_true(prf(cmac, SLICE_OF(zeros), &whole, 1, fitted));
		assert_true(prf(cmac, SLICE_OF(fitted), &part, 1, want));
		assert_true(prf(cmac, whole, &part, 1, got));
		assert_memory_equal(got, want, 16);
	}
}

static void test_empty_key(void **state)
{
	const struct slice part = slice("x", 1);
	uint8_t out[PRF_MAX_LEN];

	(void)state;
	assert_true(prf(alg_find(TRANSFORM_PRF, PRF_HMAC_SHA2_256), SLICE_EMPTY, &part, 1, out));
	/* python3: hmac.new(b"", b"x", "sha256") */
	assert_hex(out, 32, "4cbc96099a6467ce002461f10549b4898265ebe6188b45efacc44293516e62c4",
		   "HMAC");
	assert_true(prf(alg_find(TRANSFORM_PRF, PRF_AES128_XCBC), SLICE_EMPTY, &part, 1, out));
	assert_hex(out, 16, "282971d74a2353f2e8c89e9e254aa396", "XCBC");
	assert_true(prf(alg_find(TRANSFORM_PRF, PRF_AES128_CMAC), SLICE_EMPTY, &part, 1, out));
	assert_hex(out, 16, "a638f1756194bdca02a9d8cc3236ce01", "CMAC");
}

/* 300 bytes of prf+ over the pattern from 0x20, 80 bytes: the first 16 and SHA-256 of them all. */
static const struct {
	uint16_t id;
	size_t key_len;
	const char *start, *digest;
} plus_vectors[] = {
	{ PRF_HMAC_SHA1, 20, "681208e896741d129f527fb76bb92e46",
	  "bbb9e7847bc4013de5453d4bdbedddecb767ea60677aee961928cc0e74829735" },
	{ PRF_HMAC_SHA1, 16, "1b71b44409dc0f2c4ec0c49d5c10e784",
	  "8a98d6fe4908dedf36640bc5b13418eaa33077b1100c70d3691e34a693e8f95f" },
	{ PRF_HMAC_SHA1, 10, "6d89ca4711dd2c65457e949a6b3f83a3",
	  "24c2d3d32a9d40c861fa94d63ea3a883167f28c2649db29404bffc35201ef92b" },
	{ PRF_HMAC_SHA2_256, 20, "36ed899fd3cb62ec883ee41e9e6efcd4",
	  "8299fcc2e71358714ae21393861446c345ca014cbf318ba80466f3df19b95ffe" },
	{ PRF_HMAC_SHA2_256, 16, "3e2a345991a06783dead67130cec0ad9",
	  "db9e999409a8291d0e4bc0c6954e676634bcbd8d9d5382875ced8d9703c0bf90" },
	{ PRF_HMAC_SHA2_256, 10, "452a96594bfd05e8b16f601ec4283156",
	  "68d9f1c5a70bcd222a220b813f2a4f42ff3450c705d521879f49ba98946a81fc" },
	{ PRF_HMAC_SHA2_384, 20, "e25bd1f224f903af323f34e09a4275d0",
	  "921b445c60e2b9c6bac56c2c7910fcb052e5005d1059a354cc70cce9680625a2" },
	{ PRF_HMAC_SHA2_384, 16, "4d79c284faa0eaafa6ede0d6eb7f52fd",
	  "6da6fe84420671d4ef196246d97360aff684b08609f638ebb0e5ef5ffad57ba3" },
	{ PRF_HMAC_SHA2_384, 10, "1d2251c2e7f8a4ae65be4b6f6c7bc927",
	  "82c0098e28269a8e439de4f959bc1c89e0a17920ed3a31115a7f01de47d82cc6" },
	{ PRF_HMAC_SHA2_512, 20, "e005e0b2531367e63952db277da4e456",
	  "e52b27333c9ff1abb84a89fcee2a44a4fde8a1cbfb47edec2bb1431076837ff6" },
	{ PRF_HMAC_SHA2_512, 16, "4c2e3a43f72da0ef813829ce0fa85192",
	  "6fb4e03657ace30c5faca39db2918ba21b354c942a2208db9de02bc06d232008" },
	{ PRF_HMAC_SHA2_512, 10, "7513ed31e36ba916ea4067a3417dfc45",
	  "4134a0db7855b985665089092dc87a2ef39ee673771e9dfd4afb9ebb057f084d" },
	{ PRF_AES128_XCBC, 20, "914fc23ed1c16492672ef301a9d223d6",
	  "c7b1ae7a6d8a2a9bac5c962ba77ee7446e2ea8560be7ff1e8df68af7ba1d305e" },
	{ PRF_AES128_XCBC, 16, "d5016fa812a5aaf4aa6b67fc9b0418f7",
	  "4f55f8c68706e23401ee1a07a0fe36261fb5799eac70cac55dccf7fbb18aa34b" },
	{ PRF_AES128_XCBC, 10, "3f35fdddedd06158aedacabf18f7c41e",
	  "b85f765a68280a668d2aa9d86ca5de6a77396d8d6a4d3fb77b11c41aa4e45f8d" },
	{ PRF_AES128_CMAC, 20, "ab7b3874e0de6b0a87dba853f97e3789",
	  "cfaec30d854cc34891d7442c7d85dad47f0141f65831cee25ce2cc78d19abd5b" },
	{ PRF_AES128_CMAC, 16, "41f981075b973cf3d4de26c6a8912dd0",
	  "eddb7a6c981d5205c287a97c387107b9aeb149c18aaad31c7d48fcec3dfe7e4f" },
	{ PRF_AES128_CMAC, 10, "68e4767c7b38646ffb20918c6cfbe571",
	  "f7dd4d5339a7dde544283fe8bbb673067b8e68116b469a6a91d19546b9418bcb" },
};

static void test_prf_plus(void **state)
{
	uint8_t key[64], seed[80], digest[32];
	const struct slice parts[] = { slice(seed, 32), slice(seed + 32, 32),
				       slice(seed + 64, 16) };

	(void)state;
	fill_pattern(key, sizeof(key), 1);
	fill_pattern(seed, sizeof(seed), 0x20);
	for (size_t i = 0; i < ARRAY_LEN(plus_vectors); i++) {
		const struct alg *a = alg_find(TRANSFORM_PRF, plus_vectors[i].id);
		struct secret out, part;
		struct slice all;

		assert_true(prf_plus(a, slice(key, plus_vectors[i].key_len), parts, 3, 300, &out));
		assert_int_equal(out.len, 300);
		assert_hex(out.data, 16, plus_vectors[i].start, a->name);
		all = secret_slice(&out);
		assert_true(digest_sha256(&all, 1, digest));
		assert_hex(digest, 32, plus_vectors[i].digest, a->name);
		for (size_t len = 1; len < 300; len += 13) {
			assert_true(prf_plus(a, slice(key, plus_vectors[i].key_len), parts, 3, len,
					     &part));
			assert_int_equal(part.len, len);
			assert_memory_equal(part.data, out.data, len);
			secret_free(&part);
		}
		secret_free(&out);
	}
}

static void hkdf_expand(const char *digest, struct slice key, struct slice info, uint8_t *out,
			size_t len)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
	int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)digest, 0),
		OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)key.data, key.len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)info.data, info.len),
		OSSL_PARAM_construct_end(),
	};

	assert_int_equal(EVP_KDF_derive(ctx, out, len, params), 1);
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
}

static void test_against_hkdf(void **state)
{
	static const uint16_t ids[] = { PRF_HMAC_SHA1, PRF_HMAC_SHA2_256, PRF_HMAC_SHA2_384,
					PRF_HMAC_SHA2_512 };
	uint8_t key[64], seed[80], want[64 * 255];

	(void)state;
	fill_pattern(key, sizeof(key), 0x55);
	fill_pattern(seed, sizeof(seed), 0x99);
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		const struct alg *a = alg_find(TRANSFORM_PRF, ids[i]);
		const size_t lens[] = { 1, a->out_len, a->out_len + 1u, 255u * a->out_len };
		struct slice part = SLICE_OF(seed);

		for (size_t j = 0; j < ARRAY_LEN(lens); j++) {
			struct secret out;

			hkdf_expand(a->evp, slice(key, a->out_len), part, want, lens[j]);
			assert_true(prf_plus(a, slice(key, a->out_len), &part, 1, lens[j], &out));
			assert_memory_equal(out.data, want, lens[j]);
			secret_free(&out);
		}
	}
}

static void test_prf_plus_limits(void **state)
{
	uint8_t key[16] = { 1 };
	struct slice parts[32] = { SLICE_OF(key) };

	(void)state;
	for (size_t i = 0; alg_at(i); i++) {
		const struct alg *a = alg_at(i);
		struct secret out;

		if (a->type != TRANSFORM_PRF) {
			assert_false(prf_plus(a, SLICE_OF(key), parts, 1, 16, &out));
			continue;
		}
		assert_true(prf_plus(a, SLICE_OF(key), parts, 1, 255u * a->out_len, &out));
		secret_free(&out);
		assert_false(prf_plus(a, SLICE_OF(key), parts, 1, 255u * a->out_len + 1, &out));
		assert_null(out.data);
		assert_false(prf_plus(a, SLICE_OF(key), parts, 32, 16, &out));
		assert_true(prf_plus(a, SLICE_OF(key), NULL, 0, 16, &out));
		secret_free(&out);
	}
}

static void test_key_lengths(void **state)
{
	(void)state;
	assert_int_equal(prf_key_len(alg_find(TRANSFORM_PRF, PRF_HMAC_SHA1)), 20);
	assert_int_equal(prf_key_len(alg_find(TRANSFORM_PRF, PRF_HMAC_SHA2_256)), 32);
	assert_int_equal(prf_key_len(alg_find(TRANSFORM_PRF, PRF_HMAC_SHA2_384)), 48);
	assert_int_equal(prf_key_len(alg_find(TRANSFORM_PRF, PRF_HMAC_SHA2_512)), 64);
	assert_int_equal(prf_key_len(alg_find(TRANSFORM_PRF, PRF_AES128_XCBC)), 16);
	assert_int_equal(prf_key_len(alg_find(TRANSFORM_PRF, PRF_AES128_CMAC)), 16);
	assert_true(prf_has_fixed_key(alg_find(TRANSFORM_PRF, PRF_AES128_XCBC)));
	assert_true(prf_has_fixed_key(alg_find(TRANSFORM_PRF, PRF_AES128_CMAC)));
	assert_false(prf_has_fixed_key(alg_find(TRANSFORM_PRF, PRF_HMAC_SHA2_256)));
}

/* FIPS 180-4's examples, cut in two. */
static void test_digests(void **state)
{
	static const char text[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	uint8_t out[32];

	(void)state;
	for (size_t at = 0; at < sizeof(text); at++) {
		const struct slice parts[] = { slice(text, at),
					       slice(text + at, sizeof(text) - 1 - at) };

		assert_true(digest_sha1(parts, 2, out));
		assert_hex(out, 20, "84983e441c3bd26ebaae4aa1f95129e5e54670f1", "SHA-1");
		assert_true(digest_sha256(parts, 2, out));
		assert_hex(out, 32,
			   "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
			   "SHA-256");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_published),
		cmocka_unit_test(test_long_xcbc),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_wrong_key),
		cmocka_unit_test(test_fixed_key_lengths),
		cmocka_unit_test(test_empty_key),
		cmocka_unit_test(test_prf_plus),
		cmocka_unit_test(test_against_hkdf),
		cmocka_unit_test(test_prf_plus_limits),
		cmocka_unit_test(test_key_lengths),
		cmocka_unit_test(test_digests),
	};

	return cmocka_run_group_tests(tests, crypto_setup, NULL);
}
