/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Look-ups in the tables between values and names. The tables are short and const; a walk is
 * enough. Called by dumps, logs, the configuration and the control protocol.
 */
#include "base/names.h"

#include "base/text.h"

const char *name_find(const struct names *n, uint32_t value)
{
	for (size_t i = 0; i < n->count; i++) {
		if (n->rows[i].value == value)
			return n->rows[i].name;
	}
	return NULL;
}

const char *name_str(const struct names *n, uint32_t value, char *buf, size_t size)
{
	const char *name = name_find(n, value);
	struct text t;

	if (name)
		return name;
	if (!buf || size == 0)
		return "";
	t = text_over(buf, size);
	text_add(&t, "%s %u", n->kind ? n->kind : "value", value);
	return buf;
}

static char folded(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	return c == '_' ? '-' : c;
}

static bool same_name(const char *a, const char *b)
{
	while (*a && folded(*a) == folded(*b)) {
		a++;
		b++;
	}
	return *a == '\0' && *b == '\0';
}

bool name_value(const struct names *n, const char *name, uint32_t *out)
{
	if (!name)
		return false;
	for (size_t i = 0; i < n->count; i++) {
		if (n->rows[i].name && same_name(n->rows[i].name, name)) {
			*out = n->rows[i].value;
			return true;
		}
	}
	return false;
}
