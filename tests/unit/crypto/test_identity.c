/* SPDX-License-Identifier: Apache-2.0 */
/* Identities: admins' forms, wire forms of every type and length, comparison, DN patterns, printing. */
#include "vectors/vector.h"

#include "crypto/identity.h"

static struct identity id_of(const char *text)
{
	struct identity id;
	struct error e = { 0 };

	if (!identity_parse(text, &id, &e))
		fail_msg("%s: %s", text, e.text);
	return id;
}

static const struct {
	const char *text;
	uint8_t type;
	const char *body; /* hex; NULL: not compared */
	const char *printed;
} forms[] = {
	{ "192.0.2.1", ID_IPV4_ADDR, "c0000201", "192.0.2.1" },
	{ "fd00::1", ID_IPV6_ADDR, "fd000000000000000000000000000001", "fd00::1" },
	{ "@gw.example", ID_FQDN, "67772e6578616d706c65", "@gw.example" },
	{ "gw.example", ID_FQDN, "67772e6578616d706c65", "@gw.example" },
	{ "@192.0.2.1", ID_FQDN, "3139322e302e322e31", "@192.0.2.1" },
	{ "user@example", ID_RFC822_ADDR, "75736572406578616d706c65", "user@example" },
	{ "@@user@example", ID_RFC822_ADDR, "75736572406578616d706c65", "user@example" },
	{ "@@user", ID_RFC822_ADDR, "75736572", "@@user" },
	{ "@[key id]", ID_KEY_ID, "6b6579206964", "@[key id]" },
	{ "@[open", ID_KEY_ID, "6f70656e", "@[open]" },
	{ "@#0102ff", ID_KEY_ID, "0102ff", "@#0102ff" },
	{ "@#0x0102ff", ID_KEY_ID, "0102ff", "@#0102ff" },
	{ "@~300d310b3009060355040613024445", ID_DER_ASN1_DN, "300d310b3009060355040613024445",
	  "C=DE" },
	{ "C=DE", ID_DER_ASN1_DN, "300d310b3009060355040613024445", "C=DE" },
	{ "C=DE, O=Example, CN=gw", ID_DER_ASN1_DN, NULL, "C=DE, O=Example, CN=gw" },
	{ "C=DE,O=Example,CN=gw", ID_DER_ASN1_DN, NULL, "C=DE, O=Example, CN=gw" },
	{ "/C=DE/O=Example/CN=gw", ID_DER_ASN1_DN, NULL, "C=DE, O=Example, CN=gw" },
	{ " c = DE , cn = gw ,", ID_DER_ASN1_DN, NULL, "C=DE, CN=gw" },
	{ "CN=gw, E=a@b.example", ID_DER_ASN1_DN, NULL, "CN=gw, emailAddress=a@b.example" },
	{ "CN=gw+OU=x, O=y", ID_DER_ASN1_DN, NULL, "OU=x + CN=gw, O=y" },
	{ "%any", ID_NONE, "", "%any" },
	{ "%any6", ID_NONE, "", "%any" },
	{ "0.0.0.0", ID_NONE, "", "%any" },
	{ "::", ID_NONE, "", "%any" },
	{ "%null", ID_NULL, "", "%null" },
};

static void test_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		struct identity id = id_of(forms[i].text), back;
		char buf[IDENTITY_TEXT_LEN];

		if (id.type != forms[i].type)
			fail_msg("%s: type %d", forms[i].text, id.type);
		if (forms[i].body)
			assert_hex(id.body.data, id.body.len, forms[i].body, forms[i].text);
		assert_string_equal(identity_format(&id, buf, sizeof(buf)), forms[i].printed);
		back = id_of(buf);
		assert_true(identity_eq(&id, &back));
		identity_free(&back);
		identity_free(&id);
		identity_free(&id);
	}
}

static void test_refused(void **state)
{
	static const char *const texts[] = {
		"",    "@",         "@@",        "@[]",  "@#",    "@#1",      "@#xyz", "@~00",
		"@~",  "%fromcert", "%cert",     "C=",   "C=DEU", "=x",       "CN",    "CN=a,=b",
		"X=y", "CN=\"a",    "CN=a,,O=b", "a\nb", "a\tb",  "C=DE, CN",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct error e = { 0 };
		struct identity id;

		/* A bare "CN" is a host name. */
		if (strcmp(texts[i], "CN") == 0)
			continue;
		if (identity_parse(texts[i], &id, &e))
			fail_msg("\"%s\" was taken as type %d", texts[i], id.type);
		assert_true(e.text[0] != '\0');
		assert_int_equal(id.type, ID_NONE);
		assert_null(id.body.data);
	}
}

/* Far too long texts are errors, never cut. */
static void test_long(void **state)
{
	static char text[200000];
	struct error e = { 0 };
	struct identity id;

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	assert_false(identity_parse(text, &id, &e));
	memcpy(text, "CN=", 3);
	assert_false(identity_parse(text, &id, &e));
	memcpy(text, "@#", 2);
	assert_false(identity_parse(text, &id, &e));
	for (size_t i = 0; i + 6 < sizeof(text); i += 5)
		memcpy(text + i, "OU=a,", 5);
	assert_false(identity_parse(text, &id, &e));
	text[63 * 5 + 4] = '\0';
	assert_true(identity_parse(text, &id, &e));
	identity_free(&id);
	text[63 * 5 + 4] = ',';
	text[64 * 5 + 4] = '\0';
	assert_false(identity_parse(text, &id, &e));
}

/* All types by all lengths (CVE-2023-38711): only what fits its type is an identity. */
static void test_wire(void **state)
{
	static uint8_t body[300];

	(void)state;
	memset(body, 'a', sizeof(body));
	for (unsigned int type = 0; type < 256; type++) {
		for (size_t len = 0; len < sizeof(body); len++) {
			struct identity id;
			bool want =
				(type == ID_IPV4_ADDR && len == 4) ||
				(type == ID_IPV6_ADDR && len == 16) ||
				((type == ID_FQDN || type == ID_RFC822_ADDR || type == ID_KEY_ID) &&
				 len > 0) ||
				(type == ID_NULL && len == 0);
			char buf[IDENTITY_TEXT_LEN];

			assert_int_equal(identity_of_wire((uint8_t)type, slice(body, len), &id),
					 want);
			if (!want) {
				assert_int_equal(id.type, ID_NONE);
				assert_null(id.body.data);
				continue;
			}
			assert_int_equal(id.type, type);
			assert_int_equal(id.body.len, len);
			assert_true(strlen(identity_format(&id, buf, sizeof(buf))) < sizeof(buf));
			identity_free(&id);
		}
	}
}

/* A DN is one whole Name: no byte less, none more, none of another kind. */
static void test_wire_dn(void **state)
{
	struct identity dn = id_of("C=DE, O=Example, CN=gw"), id;
	uint8_t longer[256];

	(void)state;
	assert_true(dn.body.len < sizeof(longer));
	for (size_t len = 0; len < dn.body.len; len++)
		assert_false(identity_of_wire(ID_DER_ASN1_DN, slice(dn.body.data, len), &id));
	memcpy(longer, dn.body.data, dn.body.len);
	longer[dn.body.len] = 0;
	assert_false(identity_of_wire(ID_DER_ASN1_DN, slice(longer, dn.body.len + 1), &id));
	assert_true(identity_of_wire(ID_DER_ASN1_DN, slice(longer, dn.body.len), &id));
	assert_true(identity_eq(&dn, &id));
	identity_free(&id);
	/* Every changed octet: either no name, or one that can be printed and compared. */
	for (size_t i = 0; i < dn.body.len; i++) {
		for (unsigned int value = 0; value < 256; value++) {
			char buf[IDENTITY_TEXT_LEN];

			memcpy(longer, dn.body.data, dn.body.len);
			longer[i] = (uint8_t)value;
			if (!identity_of_wire(ID_DER_ASN1_DN, slice(longer, dn.body.len), &id))
				continue;
			identity_format(&id, buf, sizeof(buf));
			assert_int_equal(identity_eq(&dn, &id), identity_eq(&id, &dn));
			assert_true(identity_eq(&id, &id));
			identity_free(&id);
		}
	}
	identity_free(&dn);
}

static const struct {
	const char *a, *b;
	bool is_equal;
} comparisons[] = {
	{ "@gw.example", "@GW.Example", true },
	{ "@gw.example", "gw.example", true },
	{ "@gw.example", "@gw.example2", false },
	{ "@gw.example", "@gw.exampl", false },
	{ "User@Example", "user@example", true },
	{ "user@example", "@user@example", false }, /* e-mail address, host name */
	{ "@[abc]", "@[ABC]", false },
	{ "@[abc]", "@#616263", true },
	{ "@abc", "@[abc]", false },
	{ "192.0.2.1", "192.0.2.1", true },
	{ "192.0.2.1", "192.0.2.2", false },
	{ "192.0.2.1", "@192.0.2.1", false },
	{ "fd00::1", "fd00:0::0:1", true },
	{ "%any", "%any", true },
	{ "%any", "@gw.example", false },
	{ "%null", "%null", true },
	{ "%null", "%any", false },
	{ "C=DE, CN=gw", "C=de, CN=GW", true },
	{ "C=DE, CN=a b", "C=DE, CN=a   b", true },
	{ "C=DE, CN=gw", "/C=DE/CN=gw", true },
	{ "C=DE, CN=gw", "CN=gw, C=DE", false },
	{ "C=DE, CN=gw", "C=DE, CN=gw2", false },
	{ "C=DE, CN=gw", "C=DE", false },
	{ "C=DE, CN=gw", "C=DE, O=gw", false },
	{ "CN=a+OU=b", "CN=a, OU=b", false },
	{ "CN=\"a, b\"", "CN=a\\, b", true },
	{ "CN=*", "CN=gw", false },
};

static void test_eq(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(comparisons); i++) {
		struct identity a = id_of(comparisons[i].a), b = id_of(comparisons[i].b);

		if (identity_eq(&a, &b) != comparisons[i].is_equal ||
		    identity_eq(&b, &a) != comparisons[i].is_equal)
			fail_msg("%s and %s", comparisons[i].a, comparisons[i].b);
		identity_free(&a);
		identity_free(&b);
	}
}

static const struct {
	const char *pattern, *id;
	bool matches;
} patterns[] = {
	{ "%any", "@gw.example", true },
	{ "%any", "C=DE, CN=gw", true },
	{ "%any", "%any", true },
	{ "@gw.example", "%any", false },
	{ "@GW.example", "@gw.example", true },
	{ "@*.example", "@gw.example", false }, /* only DNs have patterns */
	{ "C=DE, O=Example, CN=*", "C=DE, O=Example, CN=gw", true },
	{ "C=DE, O=Example, CN=*", "C=DE, O=example, CN=*", true },
	{ "C=DE, O=*, CN=*", "C=DE, O=Example, CN=gw", true },
	{ "C=DE, O=Example, CN=*", "C=DE, O=Other, CN=gw", false },
	{ "C=DE, O=Example, CN=*", "C=DE, O=Example", false },
	{ "C=DE, O=Example, CN=*", "C=DE, O=Example, CN=gw, OU=x", false },
	{ "C=DE, O=Example, CN=*", "C=DE, O=Example, OU=gw", false },
	{ "C=DE, O=Example, CN=*", "C=DE, CN=gw, O=Example", false },
	{ "C=DE, CN=g*", "C=DE, CN=gw", false }, /* the whole value or nothing */
	{ "CN=*+OU=a", "CN=x+OU=a", true },
	{ "CN=*+OU=aaa", "CN=longer+OU=aaa", true }, /* other order in DER */
	{ "CN=*+OU=aaa", "CN=longer+OU=aab", false },
	{ "CN=*, OU=a", "CN=x+OU=a", false },
	{ "C=DE, CN=gw", "C=DE, CN=*", false }, /* a peer cannot send patterns */
	{ "CN=*", "@gw.example", false },
};

static void test_matches(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(patterns); i++) {
		struct identity pattern = id_of(patterns[i].pattern), id = id_of(patterns[i].id);

		if (identity_matches(&pattern, &id) != patterns[i].matches)
			fail_msg("%s and %s", patterns[i].pattern, patterns[i].id);
		identity_free(&pattern);
		identity_free(&id);
	}
}

/* Nothing a peer sends comes out raw. */
static void test_format_is_safe(void **state)
{
	static const uint8_t types[] = { ID_FQDN, ID_RFC822_ADDR, ID_KEY_ID };
	uint8_t body[256];
	char buf[IDENTITY_TEXT_LEN], small[8];

	(void)state;
	for (size_t i = 0; i < sizeof(body); i++)
		body[i] = (uint8_t)i;
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		for (size_t at = 0; at < sizeof(body); at += 32) {
			struct identity id;

			assert_true(identity_of_wire(types[i], slice(body + at, 32), &id));
			identity_format(&id, buf, sizeof(buf));
			for (const char *c = buf; *c; c++)
				if (*c < ' ' || *c > '~' || strchr("\"'`$", *c))
					fail_msg("%d: %s", types[i], buf);
			identity_format(&id, small, sizeof(small));
			assert_true(strlen(small) < sizeof(small));
			identity_free(&id);
		}
	}
	struct identity dn = id_of("CN=\"a, \\\"$(x)`\"");

	identity_format(&dn, buf, sizeof(buf));
	assert_null(strpbrk(buf, "\"'`$"));
	identity_free(&dn);
}

static void test_copy(void **state)
{
	struct identity a = id_of("user@example"), b;

	(void)state;
	assert_true(identity_copy(&a, &b));
	assert_true(identity_eq(&a, &b));
	assert_ptr_not_equal(a.body.data, b.body.data);
	identity_free(&a);
	assert_int_equal(a.type, ID_NONE);
	assert_null(a.body.data);
	identity_free(&b);
}

static void test_of_address(void **state)
{
	struct address address = { 0 };
	struct identity id;

	(void)state;
	assert_false(identity_of_address(&address, &id));
	assert_true(address_parse("192.0.2.9", &address));
	assert_true(identity_of_address(&address, &id));
	assert_int_equal(id.type, ID_IPV4_ADDR);
	assert_hex(id.body.data, id.body.len, "c0000209", "IPv4");
	identity_free(&id);
	assert_true(address_parse("fd00::9", &address));
	assert_true(identity_of_address(&address, &id));
	assert_int_equal(id.type, ID_IPV6_ADDR);
	assert_int_equal(id.body.len, 16);
	identity_free(&id);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),   cmocka_unit_test(test_refused),
		cmocka_unit_test(test_long),    cmocka_unit_test(test_wire),
		cmocka_unit_test(test_wire_dn), cmocka_unit_test(test_eq),
		cmocka_unit_test(test_matches), cmocka_unit_test(test_format_is_safe),
		cmocka_unit_test(test_copy),    cmocka_unit_test(test_of_address),
	};

	return cmocka_run_group_tests(tests, crypto_setup, NULL);
}
