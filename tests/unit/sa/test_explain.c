/* SPDX-License-Identifier: Apache-2.0 */
/* The words of sa/explain.h name exactly what differs, and nothing that does not. */
#include "suites.h"

#include "sa/explain.h"

static char lines[EXPLAIN_TEXT_LEN];

static const char *explain(const char *ours_text, const char *peers, uint8_t protocol)
{
	struct proposals ours = proposals_of(ours_text, protocol, true);
	struct text t = TEXT_OVER(lines);
	static struct offer o;

	offer_start(&o, protocol, peers, default_spi(protocol));
	explain_proposals(&t, "west", protocol == PROTOCOL_IKE ? "ike=" : "esp=", &ours, &o.m,
			  protocol, true);
	offer_end(&o);
	return lines;
}

static void test_one_transform(void **state)
{
	(void)state;
	assert_string_equal(
		explain("aes256-sha2_256-dh14", "1=12/128 2=5 3=12 4=14", PROTOCOL_IKE),
		"\"west\": the peer's proposal 1 is nearest to our ike= proposal 1, and "
		"differs in encryption: it offers AES_CBC_128, here it is "
		"AES_CBC_256\n");
	assert_string_equal(
		explain("aes256-sha2_256-dh14", "1=12/256 2=5 3=12 4=31", PROTOCOL_IKE),
		"\"west\": the peer's proposal 1 is nearest to our ike= proposal 1, and "
		"differs in key exchange: it offers CURVE25519, here it is MODP2048\n");
}

static void test_nearest_of_ours(void **state)
{
	const char *text = explain("aes256-sha2_512-dh31,aes128-sha2_256-dh14",
				   "1=12/128 2=5 3=12 4=19", PROTOCOL_IKE);

	(void)state;
	assert_non_null(strstr(text, "our ike= proposal 2,"));
	assert_non_null(strstr(text, "key exchange: it offers ECP_256, here it is MODP2048"));
	assert_null(strstr(text, "encryption"));
}

static void test_unknown_and_absent(void **state)
{
	const char *text = explain("aes256-sha2_256-dh14", "1=999 2=5 4=14", PROTOCOL_IKE);

	(void)state;
	assert_non_null(strstr(text, "encryption: it offers #999, here it is AES_CBC_256"));
	assert_non_null(strstr(text, "integrity: it offers none, here it is HMAC_SHA2_256_128"));
}

static void test_many_are_counted(void **state)
{
	const char *text = explain("aes256-sha2_256-dh14",
				   "1=12/128, 1=12/128, 1=12/128, 1=12/128, 1=12/128, 1=12/128",
				   PROTOCOL_IKE);

	(void)state;
	assert_non_null(strstr(text, "proposal 4"));
	assert_null(strstr(text, "proposal 5"));
	assert_non_null(strstr(text, "2 further proposals"));
}

static void test_of_another_protocol(void **state)
{
	struct proposals ours = proposals_of("aes256-sha2_256", PROTOCOL_ESP, false);
	struct text t = TEXT_OVER(lines);
	static struct offer o;

	(void)state;
	offer_start(&o, PROTOCOL_IKE, "1=12/128 2=5 3=12 4=14", SLICE_EMPTY);
	explain_proposals(&t, "west", "esp=", &ours, &o.m, PROTOCOL_ESP, false);
	assert_string_equal(lines, "\"west\": the peer offers nothing for ESP\n");
	offer_end(&o);
}

static struct selector selector(const char *subnet, uint8_t protocol, uint16_t port)
{
	struct subnet s;

	assert_true(subnet_parse(subnet, &s));
	return selector_of_subnet(&s, protocol, port);
}

static const char *selectors(const struct selector *peers, const struct selector *ours)
{
	struct ts_payload offer = { .selectors = peers, .count = 1, .declared = 1 };
	struct selectors policy = { .items = (struct selector *)ours, .count = 1 };
	struct text t = TEXT_OVER(lines);

	explain_selectors(&t, "west", "our", &offer, &policy);
	return lines;
}

static void test_selectors(void **state)
{
	struct selector net = selector("10.1.0.0/16", 0, 0), other = selector("10.2.0.0/16", 0, 0);
	struct selector dns = selector("10.1.0.0/16", 17, 53),
			web = selector("10.1.0.0/16", 6, 443);
	struct selector ntp = selector("10.1.0.0/16", 17, 123), six = selector("fd00::/64", 0, 0);

	(void)state;
	assert_string_equal(selectors(&net, &net), "");
	assert_string_equal(selectors(&dns, &net), "");
	assert_non_null(strstr(selectors(&net, &other),
			       "10.1.0.0/16, here it is 10.2.0.0/16: other "
			       "addresses"));
	assert_non_null(strstr(selectors(&dns, &web), ": another protocol"));
	assert_non_null(strstr(selectors(&dns, &ntp), ": other ports"));
	assert_non_null(strstr(selectors(&net, &six), ": another address family"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_transform),       cmocka_unit_test(test_nearest_of_ours),
		cmocka_unit_test(test_unknown_and_absent),  cmocka_unit_test(test_many_are_counted),
		cmocka_unit_test(test_of_another_protocol), cmocka_unit_test(test_selectors),
	};

	return cmocka_run_group_tests(tests, start_crypto, NULL);
}
