/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Durations as admins write and read them. Called by the keyword table of the configuration, by the
 * options of whack and by whatever prints a time span.
 */
#include "base/duration.h"

#include "base/text.h"

#define USEC_PER_MINUTE (60 * USEC_PER_SEC)
#define USEC_PER_HOUR (60 * USEC_PER_MINUTE)
#define USEC_PER_DAY (24 * USEC_PER_HOUR)
#define LONGEST (3650 * USEC_PER_DAY)

struct unit {
	const char *name;
	uint64_t usec;
};

/* Longest first: the format takes the first that divides */
static const struct unit units[] = {
	{ "w", 7 * USEC_PER_DAY },
	{ "d", USEC_PER_DAY },
	{ "h", USEC_PER_HOUR },
	{ "m", USEC_PER_MINUTE },
	{ "s", USEC_PER_SEC },
	{ "ms", USEC_PER_MSEC },
	{ "us", 1 },
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool find_unit(const char *name, uint64_t default_unit_usec, uint64_t *out)
{
	if (!*name) {
		*out = default_unit_usec;
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (text_eq_nocase(units[i].name, name)) {
			*out = units[i].usec;
			return true;
		}
	}
	return false;
}

bool duration_parse(const char *text, uint64_t default_unit_usec, uint64_t *out_usec)
{
	const char *fraction = NULL;
	uint64_t whole = 0;
	uint64_t scale;
	uint64_t usec;

	if (!text || !is_digit(*text))
		return false;
	for (; is_digit(*text); text++) {
		whole = whole * 10 + (uint64_t)(*text - '0');
		if (whole > LONGEST)
			return false;
	}
	if (*text == '.') {
		fraction = ++text;
		while (is_digit(*text))
			text++;
		if (text == fraction)
			return false;
	}
	if (!find_unit(text, default_unit_usec, &scale))
		return false;
	if (__builtin_mul_overflow(whole, scale, &usec) || usec > LONGEST)
		return false;
	/* digits below a microsecond end as zeros */
	for (; fraction && is_digit(*fraction); fraction++) {
		scale /= 10;
		usec += scale * (uint64_t)(*fraction - '0');
	}
	if (usec > LONGEST)
		return false;
	*out_usec = usec;
	return true;
}

/* whole.fraction without trailing zeros, of a unit with so many digits below it. */
static void format_decimal(struct text *t, uint64_t usec, uint64_t unit_usec, int digits)
{
	uint64_t fraction = usec % unit_usec;

	text_add(t, "%llu", (unsigned long long)(usec / unit_usec));
	if (!fraction)
		return;
	for (; fraction % 10 == 0; digits--)
		fraction /= 10;
	text_add(t, ".%0*llu", digits, (unsigned long long)fraction);
}

const char *duration_format(uint64_t usec, char *buf, size_t size)
{
	struct text t = text_over(buf, size);

	if (usec == USEC_NEVER) {
		text_put(&t, "never");
	} else if (usec >= USEC_PER_MINUTE && usec % USEC_PER_MINUTE == 0) {
		size_t i = 1; /* weeks are read but never written */

		while (usec % units[i].usec)
			i++;
		text_add(&t, "%llu%s", (unsigned long long)(usec / units[i].usec), units[i].name);
	} else if (usec == 0 || usec >= USEC_PER_SEC) {
		format_decimal(&t, usec, USEC_PER_SEC, 6);
		text_put(&t, "s");
	} else if (usec >= USEC_PER_MSEC) {
		format_decimal(&t, usec, USEC_PER_MSEC, 3);
		text_put(&t, "ms");
	} else {
		text_add(&t, "%uus", (unsigned int)usec);
	}
	return buf;
}
