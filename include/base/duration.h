/* SPDX-License-Identifier: Apache-2.0 */
/* Durations as admins write them, in microseconds inside. */
#ifndef BASE_DURATION_H
#define BASE_DURATION_H

#include "base/bytes.h"

#define USEC_PER_MSEC 1000ull
#define USEC_PER_SEC 1000000ull
#define USEC_NEVER UINT64_MAX

/* "30", "1.5h", "8h", "500ms", "2d", "10m": a bare number is in default_unit_usec (seconds or
 * milliseconds by keyword). False on anything else, or above 10 years. */
bool duration_parse(const char *text, uint64_t default_unit_usec, uint64_t *out_usec);
/* "8h", "90s", "1.5s"; needs 32 bytes. */
const char *duration_format(uint64_t usec, char *buf, size_t size);

#endif
