/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values of the keyword table as text: keyword_set reads one into its member of a conn_config,
 * keyword_get writes it so that keyword_set reads the same again. Called by the control socket's
 * ADD, by whack, by status, and by conn.c for the defaults.
 */
#include "conf/keywords.h"

#include <stdlib.h>
#include <string.h>

/* The first spelling, for messages. */
static const char *name_of(const struct keyword *k, char *buf, size_t size)
{
	const char *words = k->whack ? k->whack : k->conf;
	size_t len = words ? strcspn(words, " ") : 0;
	struct text t = text_over(buf, size);

	text_add(&t, "option --%.*s", (int)len, words ? words : "");
	return buf;
}

static bool bad_value(const struct keyword *k, const char *text, const char *wanted,
		      struct error *e)
{
	char name[64];
	char shown[128];
	struct text t = TEXT_OVER(shown);

	text_escape(&t, slice_str(text));
	name_of(k, name, sizeof(name));
	if (!text)
		return error_set(e, "%s needs a value: %s", name, wanted);
	return error_set(e, "%s: \"%s\" is wrong: give %s", name, shown, wanted);
}

static void *member_of(const struct keyword *k, const struct conn_config *c, bool right)
{
	const void *base = c;

	if (k->per_end)
		base = right ? &c->right : &c->left;
	return (char *)base + k->offset;
}

/* A flag has the C type of the value row it shares the member with. */
static bool is_bool(const struct keyword *k)
{
	if (k->type != VALUE_FLAG)
		return k->type == VALUE_BOOL;
	for (size_t i = 0; i < keyword_count; i++) {
		if (keywords[i].type == VALUE_BOOL && keywords[i].per_end == k->per_end &&
		    keywords[i].offset == k->offset)
			return true;
	}
	return false;
}

static void put_number(const struct keyword *k, void *member, uint64_t value)
{
	if (is_bool(k))
		*(bool *)member = value != 0;
	else
		*(uint64_t *)member = value;
}

static uint64_t number_at(const struct keyword *k, const void *member)
{
	return is_bool(k) ? *(const bool *)member : *(const uint64_t *)member;
}

static bool set_string(const struct keyword *k, char **member, const char *text, struct error *e)
{
	char *copy;

	if (!text)
		return bad_value(k, text, k->help, e);
	copy = strdup(text);
	if (!copy)
		return error_set(e, "memory is short: free some and try again");
	free(*member);
	*member = copy;
	return true;
}

/* No text is an option given without its argument: yes. */
static bool read_bool(const struct keyword *k, const char *text, uint64_t *out, struct error *e)
{
	static const char *const words[] = { "yes", "no", "true", "false", "on", "off", "1", "0" };

	*out = 1;
	if (!text)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (text_eq_nocase(text, words[i])) {
			*out = i % 2 == 0;
			return true;
		}
	}
	return bad_value(k, text, "yes or no", e);
}

static bool read_flag(const struct keyword *k, const char *text, uint64_t *out, struct error *e)
{
	char name[64];

	*out = k->flag_value;
	if (!text || !*text || text_eq_nocase(text, "yes"))
		return true;
	return error_set(e, "%s takes no value: leave the value out",
			 name_of(k, name, sizeof(name)));
}

static bool read_enum(const struct keyword *k, const char *text, uint64_t *out, struct error *e)
{
	char wanted[256];
	struct text t = TEXT_OVER(wanted);
	uint32_t value;

	if (name_value(k->names, text ? text : "yes", &value)) {
		*out = value;
		return true;
	}
	for (size_t i = 0; i < k->names->count; i++)
		text_add(&t, "%s%s", i ? " or " : "", k->names->rows[i].name);
	return bad_value(k, text, wanted, e);
}

#define SET_SEPARATORS ",| \t"

static bool read_set(const struct keyword *k, const char *text, uint64_t *out, struct error *e)
{
	char wanted[512];
	struct text t = TEXT_OVER(wanted);
	const char *at = text ? text : "";

	*out = 0;
	for (at += strspn(at, SET_SEPARATORS); *at; at += strspn(at, SET_SEPARATORS)) {
		size_t len = strcspn(at, SET_SEPARATORS);
		char word[64] = "";
		uint32_t value;

		if (len < sizeof(word))
			memcpy(word, at, len);
		if (!name_value(k->names, word, &value))
			break;
		*out |= value;
		at += len;
	}
	if (!*at && *out)
		return true;
	for (size_t i = 0; i < k->names->count; i++)
		text_add(&t, "%s%s", i ? " or " : "", k->names->rows[i].name);
	return bad_value(k, text, wanted, e);
}

static bool read_number(const struct keyword *k, const char *text, uint64_t *out, struct error *e)
{
	char wanted[96];
	struct text t = TEXT_OVER(wanted);
	uint32_t value;

	if (k->names && name_value(k->names, text, &value)) {
		*out = value;
		return true;
	}
	if (parse_number(text, k->min, k->max, out))
		return true;
	text_add(&t, "a number from %llu to %llu", (unsigned long long)k->min,
		 (unsigned long long)k->max);
	return bad_value(k, text, wanted, e);
}

/* As a number, with or without its sign. */
static bool read_percent(const struct keyword *k, const char *text, uint64_t *out, struct error *e)
{
	char digits[24];
	size_t len = text ? strlen(text) : 0;

	if (len && len < sizeof(digits) && text[len - 1] == '%') {
		memcpy(digits, text, len - 1);
		digits[len - 1] = '\0';
		if (parse_number(digits, k->min, k->max, out))
			return true;
	}
	return read_number(k, text, out, e);
}

static bool read_duration(const struct keyword *k, const char *text, uint64_t *out, struct error *e)
{
	uint64_t unit = k->type == VALUE_MSEC ? USEC_PER_MSEC : USEC_PER_SEC;
	char wanted[96];
	char min[32];
	char max[32];
	struct text t = TEXT_OVER(wanted);

	if (duration_parse(text, unit, out) && *out >= k->min && *out <= k->max)
		return true;
	text_add(&t, "a time from %s to %s, as in 90s, 30m or 8h",
		 duration_format(k->min, min, sizeof(min)),
		 duration_format(k->max, max, sizeof(max)));
	return bad_value(k, text, wanted, e);
}

static bool read_value(const struct keyword *k, const char *text, uint64_t *out, struct error *e)
{
	switch (k->type) {
	case VALUE_BOOL:
		return read_bool(k, text, out, e);
	case VALUE_FLAG:
	case VALUE_BIT:
		return read_flag(k, text, out, e);
	case VALUE_ENUM:
		return read_enum(k, text, out, e);
	case VALUE_SET:
		return read_set(k, text, out, e);
	case VALUE_PERCENT:
		return read_percent(k, text, out, e);
	case VALUE_SECONDS:
	case VALUE_MSEC:
		return read_duration(k, text, out, e);
	default:
		return read_number(k, text, out, e);
	}
}

bool keyword_set(const struct keyword *k, struct conn_config *c, bool right, const char *text,
		 struct error *e)
{
	void *member = member_of(k, c, right);
	char name[64];
	uint64_t value;

	if (k->type == VALUE_REFUSED)
		return error_set(e, "%s: %s", name_of(k, name, sizeof(name)), k->help);
	if (k->type == VALUE_STRING)
		return set_string(k, member, text, e);
	if (!read_value(k, text, &value, e))
		return false;
	put_number(k, member, k->type == VALUE_BIT ? value | number_at(k, member) : value);
	return true;
}

/* The widest names first: each bit is told once. */
static void write_set(const struct keyword *k, uint64_t value, struct text *out)
{
	bool is_first = true;

	for (size_t i = 0; i < k->names->count; i++) {
		uint32_t bits = k->names->rows[i].value;

		if (!bits || (value & bits) != bits)
			continue;
		text_add(out, "%s%s", is_first ? "" : ",", k->names->rows[i].name);
		is_first = false;
		value &= ~(uint64_t)bits;
	}
}

static void write_value(const struct keyword *k, uint64_t value, struct text *out)
{
	char buf[32];

	switch (k->type) {
	case VALUE_BOOL:
		text_put(out, value ? "yes" : "no");
		break;
	case VALUE_FLAG:
		text_put(out, value == k->flag_value ? "yes" : "");
		break;
	case VALUE_BIT:
		text_put(out, (value & k->flag_value) == k->flag_value ? "yes" : "");
		break;
	case VALUE_SET:
		write_set(k, value, out);
		break;
	case VALUE_ENUM:
		text_put(out, name_str(k->names, (uint32_t)value, buf, sizeof(buf)));
		break;
	case VALUE_SECONDS:
	case VALUE_MSEC:
		text_put(out, duration_format(value, buf, sizeof(buf)));
		break;
	default:
		text_add(out, k->type == VALUE_PERCENT ? "%llu%%" : "%llu",
			 (unsigned long long)value);
	}
}

const char *keyword_get(const struct keyword *k, const struct conn_config *c, bool right, char *buf,
			size_t size)
{
	const void *member = member_of(k, c, right);
	struct text t = text_over(buf, size);

	if (k->type == VALUE_REFUSED)
		return buf;
	if (k->type != VALUE_STRING) {
		write_value(k, number_at(k, member), &t);
	} else {
		const char *text = *(char *const *)member;

		text_put(&t, text ? text : "");
	}
	return buf;
}
