/* SPDX-License-Identifier: Apache-2.0 */
/* Tables between values and names: enums of the wire, of the configuration and of logs. */
#ifndef BASE_NAMES_H
#define BASE_NAMES_H

#include "base/bytes.h"

struct name {
	uint32_t value;
	const char *name;
};

struct names {
	const char *kind; /* "payload", "notify": for unknown values */
	const struct name *rows;
	size_t count;
};

#define NAMES(kind_, rows_)                                                 \
	{                                                                   \
		.kind = (kind_), .rows = (rows_), .count = ARRAY_LEN(rows_) \
	}

/* The first name of value, or NULL. */
const char *name_find(const struct names *n, uint32_t value);
/* The name, or "kind 47" written into buf. Never NULL. */
const char *name_str(const struct names *n, uint32_t value, char *buf, size_t size);
/* The value of a name, ignoring case and taking '-' and '_' as equal; false when there is none. */
bool name_value(const struct names *n, const char *name, uint32_t *out);

#endif
