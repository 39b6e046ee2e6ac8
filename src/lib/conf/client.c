/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of traffic selectors as text (RFC 7296 3.13.1): what stands behind an end. Called by check.c
 * for each end.
 */
#include "client.h"

#include "protoport.h"

#include <string.h>

#define ITEM_LEN 160

bool range_parse(const char *text, struct range *out)
{
	char start[ADDRESS_TEXT_LEN];
	const char *dash = strchr(text, '-');
	size_t len = dash ? (size_t)(dash - text) : 0;
	struct subnet s;

	if (!dash) {
		if (!subnet_parse(text, &s))
			return false;
		*out = subnet_range(&s);
		return true;
	}
	if (len >= sizeof(start))
		return false;
	memcpy(start, text, len);
	start[len] = '\0';
	return address_parse(start, &out->start) && address_parse(dash + 1, &out->end) &&
	       range_contains(out, out);
}

/* Where the protocol begins: behind the address, and behind the prefix length if there is one. */
static char *protocol_of(char *item)
{
	char *slash = strchr(item, '/');

	if (!slash || strchr(item, '-') == NULL || strchr(item, '-') > slash) {
		size_t digits = slash ? strspn(slash + 1, "0123456789") : 0;

		if (digits > 0 && (slash[1 + digits] == '/' || slash[1 + digits] == '\0'))
			slash = slash[1 + digits] ? slash + 1 + digits : NULL;
	}
	return slash;
}

static bool read_item(char *item, struct selectors *out, struct error *e)
{
	struct selector s = { .end_port = UINT16_MAX };
	char shown[ITEM_LEN * 4 + 8];
	struct text t = TEXT_OVER(shown);
	char *protocol;

	text_escape(&t, slice_str(item));
	protocol = protocol_of(item);
	if (protocol)
		*protocol++ = '\0';
	if (!range_parse(item, &s.range))
		return error_set(e,
				 "\"%s\" is no network: give address/bits without host bits, as in "
				 "10.1.0.0/24",
				 shown);
	if (protocol && !protoport_parse(protocol, &s, e))
		return false;
	return selectors_add(out, &s) ||
	       error_set(e, "\"%s\" is one too many: give at most %d", shown, SELECTORS_MAX);
}

bool client_parse(const char *text, struct selectors *out, struct error *e)
{
	const char *at = text;

	for (;;) {
		char item[ITEM_LEN];
		size_t len;

		at += strspn(at, " \t");
		len = strcspn(at, ",");
		if (len >= sizeof(item))
			return error_set(e, "is too long: give networks apart by commas");
		memcpy(item, at, len);
		while (len > 0 && (item[len - 1] == ' ' || item[len - 1] == '\t'))
			len--;
		item[len] = '\0';
		if (!read_item(item, out, e))
			return false;
		at += strcspn(at, ",");
		if (*at++ == '\0')
			return true;
	}
}
