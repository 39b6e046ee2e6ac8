/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identities: admins' text forms, wire form, comparison and printing. The type decides all; there is
 * no identity whose type and body disagree.
 */
#include "crypto/identity.h"

#include <string.h>

#include "dn.h"

#define ID_MAX_LEN (UINT16_MAX - 8) /* what an ID payload can carry */

static bool set(struct identity *out, enum identity_type type, struct slice body)
{
	if (!bytes_copy(body, &out->body))
		return false;
	out->type = (uint8_t)type;
	return true;
}

static bool set_text(struct identity *out, enum identity_type type, const char *text, size_t len,
		     struct error *e)
{
	if (len == 0)
		return error_set(e, "an identity is empty");
	if (len > ID_MAX_LEN)
		return error_set(e, "an identity is longer than %d bytes", ID_MAX_LEN);
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return error_set(e, "an identity holds a control character");
	return set(out, type, slice(text, len)) || error_set(e, "out of memory");
}

static bool parse_hex_body(const char *text, enum identity_type type, struct identity *out,
			   struct error *e)
{
	struct secret body cleanup(secret_cleanup) = { 0 };

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		text += 2;
	if (!parse_hex(slice_str(text), &body) ||
	    !identity_of_wire((uint8_t)type, secret_slice(&body), out))
		return error_set(e, "identity \"%.60s\": expected hex digits, an even count%s",
				 text, type == ID_DER_ASN1_DN ? " that decode as a name" : "");
	return true;
}

/* What follows an '@'. */
static bool parse_at(const char *text, struct identity *out, struct error *e)
{
	size_t len = strlen(text);

	if (*text == '#')
		return parse_hex_body(text + 1, ID_KEY_ID, out, e);
	if (*text == '~')
		return parse_hex_body(text + 1, ID_DER_ASN1_DN, out, e);
	if (*text == '[') {
		if (len > 1 && text[len - 1] == ']')
			len--;
		return set_text(out, ID_KEY_ID, text + 1, len - 1, e);
	}
	if (*text == '@')
		return set_text(out, ID_RFC822_ADDR, text + 1, len - 1, e);
	return set_text(out, ID_FQDN, text, len, e);
}

static bool parse_percent(const char *text, struct identity *out, struct error *e)
{
	if (text_eq_nocase(text, "%any") || text_eq_nocase(text, "%any4") ||
	    text_eq_nocase(text, "%any6") || text_eq_nocase(text, "%none"))
		return true;
	if (!text_eq_nocase(text, "%null"))
		return error_set(e, "identity \"%.60s\" is not known: use %%any, %%null or a name",
				 text);
	out->type = ID_NULL;
	return true;
}

bool identity_parse(const char *text, struct identity *out, struct error *e)
{
	struct address address;

	*out = (struct identity){ 0 };
	if (*text == '%')
		return parse_percent(text, out, e);
	if (*text == '@')
		return parse_at(text + 1, out, e);
	if (strchr(text, '=') != NULL) {
		out->type = ID_DER_ASN1_DN;
		if (dn_parse(text, &out->body, e))
			return true;
		out->type = ID_NONE;
		return false;
	}
	if (address_parse(text, &address)) {
		/* The old spelling of %any. */
		if (address_is_any(&address))
			return true;
		return identity_of_address(&address, out) || error_set(e, "out of memory");
	}
	return set_text(out, strchr(text, '@') ? ID_RFC822_ADDR : ID_FQDN, text, strlen(text), e);
}

bool identity_of_address(const struct address *a, struct identity *out)
{
	*out = (struct identity){ 0 };
	if (a->family != FAMILY_IPV4 && a->family != FAMILY_IPV6)
		return false;
	return set(out, a->family == FAMILY_IPV4 ? ID_IPV4_ADDR : ID_IPV6_ADDR, address_slice(a));
}

bool identity_of_wire(uint8_t type, struct slice body, struct identity *out)
{
	bool ok = false;

	*out = (struct identity){ 0 };
	switch (type) {
	case ID_IPV4_ADDR:
		ok = body.len == 4;
		break;
	case ID_IPV6_ADDR:
		ok = body.len == 16;
		break;
	case ID_FQDN:
	case ID_RFC822_ADDR:
	case ID_KEY_ID:
		ok = body.len > 0 && body.len <= ID_MAX_LEN;
		break;
	case ID_DER_ASN1_DN:
		ok = body.len <= ID_MAX_LEN && dn_is_valid(body);
		break;
	case ID_NULL:
		/* RFC 7619 2.2 */
		ok = body.len == 0;
		break;
	}
	return ok && set(out, (enum identity_type)type, body);
}

bool identity_copy(const struct identity *from, struct identity *out)
{
	*out = (struct identity){ 0 };
	return set(out, (enum identity_type)from->type, bytes_slice(&from->body));
}

void identity_free(struct identity *id)
{
	bytes_free(&id->body);
	id->type = ID_NONE;
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

static bool eq_nocase(const struct bytes *a, const struct bytes *b)
{
	if (a->len != b->len)
		return false;
	for (size_t i = 0; i < a->len; i++)
		if (lower(a->data[i]) != lower(b->data[i]))
			return false;
	return true;
}

bool identity_eq(const struct identity *a, const struct identity *b)
{
	if (a->type != b->type)
		return false;
	switch (a->type) {
	case ID_NONE:
	case ID_NULL:
		return true;
	case ID_FQDN:
	case ID_RFC822_ADDR:
		return eq_nocase(&a->body, &b->body);
	case ID_DER_ASN1_DN:
		return dn_eq(bytes_slice(&a->body), bytes_slice(&b->body));
	default:
		return slice_eq(bytes_slice(&a->body), bytes_slice(&b->body));
	}
}

uint64_t identity_hash(const struct table *t, const struct identity *id)
{
	uint8_t key[1 + 256] = { id->type };
	size_t len = id->body.len < sizeof(key) - 1 ? id->body.len : sizeof(key) - 1;
	uint32_t hash;

	if (id->type == ID_DER_ASN1_DN) {
		hash = dn_hash(bytes_slice(&id->body));
		memcpy(key + 1, &hash, sizeof(hash));
		return table_hash(t, slice(key, 1 + sizeof(hash)));
	}
	for (size_t i = 0; i < len; i++) {
		uint8_t c = id->body.data[i];
		bool is_upper = c >= 'A' && c <= 'Z';

		/* Folding bytes of other types too only makes two of them share a bucket. */
		key[1 + i] = is_upper ? (uint8_t)(c - 'A' + 'a') : c;
	}
	return table_hash(t, slice(key, 1 + len));
}

bool identity_is_pattern(const struct identity *id)
{
	return id->type == ID_NONE ||
	       (id->type == ID_DER_ASN1_DN && dn_is_pattern(bytes_slice(&id->body)));
}

bool identity_matches(const struct identity *pattern, const struct identity *id)
{
	if (pattern->type == ID_NONE || identity_eq(pattern, id))
		return true;
	return pattern->type == ID_DER_ASN1_DN && id->type == ID_DER_ASN1_DN &&
	       dn_matches(bytes_slice(&pattern->body), bytes_slice(&id->body));
}

static bool is_printable(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.data[i] < ' ' || s.data[i] > '~' || s.data[i] == ']')
			return false;
	return s.len > 0;
}

static void format_address(const struct identity *id, struct text *out)
{
	char buf[ADDRESS_TEXT_LEN];
	struct address address;

	if (address_from(bytes_slice(&id->body), &address))
		text_put(out, address_format(&address, buf, sizeof(buf)));
}

const char *identity_format(const struct identity *id, char *buf, size_t size)
{
	struct text out = text_over(buf, size);
	struct slice body = bytes_slice(&id->body);

	switch (id->type) {
	case ID_NONE:
		text_put(&out, "%any");
		break;
	case ID_NULL:
		text_put(&out, "%null");
		break;
	case ID_IPV4_ADDR:
	case ID_IPV6_ADDR:
		format_address(id, &out);
		break;
	case ID_FQDN:
		text_put(&out, "@");
		text_escape(&out, body);
		break;
	case ID_RFC822_ADDR:
		/* Without an '@' inside it would read back as a name. */
		if (!memchr(body.data, '@', body.len))
			text_put(&out, "@@");
		text_escape(&out, body);
		break;
	case ID_DER_ASN1_DN:
		dn_format(body, &out);
		break;
	case ID_KEY_ID:
		text_put(&out, is_printable(body) ? "@[" : "@#");
		if (is_printable(body))
			text_escape(&out, body);
		else
			text_hex(&out, body);
		text_put(&out, is_printable(body) ? "]" : "");
		break;
	}
	return buf;
}
