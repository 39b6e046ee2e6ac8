/* SPDX-License-Identifier: Apache-2.0 */
/* Columns, colours and units. */
#include "paint.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static unsigned width_of_output(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize w = { 0 };
	long n = columns ? strtol(columns, NULL, 10) : 0;

	if (n < 20 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0)
		n = w.ws_col;
	return n < 20 || n > 1000 ? 80 : (unsigned)n;
}

struct paint paint_of_output(void)
{
	const char *term = getenv("TERM"), *no_colour = getenv("NO_COLOR");
	struct paint p = { .width = width_of_output() };

	setlocale(LC_CTYPE, "");
	p.is_terminal = isatty(STDOUT_FILENO);
	p.has_colour = p.is_terminal && !(no_colour && *no_colour) && term &&
		       strcmp(term, "dumb") != 0;
	p.has_unicode = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	return p;
}

static void begin(const struct paint *p, enum tone tone)
{
	static const char *const codes[] = { "0", "32", "33", "31;1", "2", "1" };

	if (p->has_colour && tone != TONE_PLAIN)
		printf("\033[%sm", codes[tone]);
}

static void end(const struct paint *p, enum tone tone)
{
	if (p->has_colour && tone != TONE_PLAIN)
		fputs("\033[0m", stdout);
}

void paint_put(const struct paint *p, enum tone tone, const char *text)
{
	begin(p, tone);
	fputs(text, stdout);
	end(p, tone);
}

unsigned paint_columns(const char *text)
{
	unsigned columns = 0;

	for (; *text; text++)
		columns += ((unsigned char)*text & 0xc0) != 0x80;
	return columns;
}

/* The first so many columns. */
static size_t cut(const char *text, unsigned columns)
{
	size_t at = 0;

	while (text[at]) {
		size_t next = at + 1;

		while (((unsigned char)text[next] & 0xc0) == 0x80)
			next++;
		if (columns-- == 0)
			break;
		at = next;
	}
	return at;
}

void paint_cell(const struct paint *p, enum tone tone, const char *text, unsigned width, bool right)
{
	unsigned columns = paint_columns(text);
	const char *dots = paint_sign(p, "\xe2\x80\xa6", "~");
	char whole[2048];

	if (columns > width) {
		snprintf(whole, sizeof(whole), "%.*s%s", (int)cut(text, width ? width - 1 : 0),
			 text, width ? dots : "");
		paint_put(p, tone, whole);
		return;
	}
	if (right)
		printf("%*s", (int)(width - columns), "");
	paint_put(p, tone, text);
	if (!right)
		printf("%*s", (int)(width - columns), "");
}

void paint_wrap(const struct paint *p, enum tone tone, const char *text, unsigned at,
		unsigned indent)
{
	bool is_first = true;

	if (!p->is_terminal) {
		paint_put(p, tone, text);
		return;
	}
	begin(p, tone);
	while (*text) {
		size_t len = strcspn(text, " ");

		/* a word that no line holds is broken */
		if (len > p->width - indent)
			len = p->width - indent;
		if (at + !is_first + len > p->width && at > indent) {
			printf("\n%*s", (int)indent, "");
			at = indent;
		} else if (!is_first) {
			putchar(' ');
			at++;
		}
		fwrite(text, 1, len, stdout);
		at += (unsigned)len;
		text += len;
		text += strspn(text, " ");
		is_first = false;
	}
	end(p, tone);
}

const char *paint_sign(const struct paint *p, const char *unicode, const char *plain)
{
	return p->has_unicode ? unicode : plain;
}

const char *paint_bytes(uint64_t bytes, char out[PAINT_UNIT_LEN])
{
	static const char units[] = " KMGTPE";
	unsigned unit = 0;
	uint64_t rest = 0;

	while (bytes >= 1024) {
		rest = bytes % 1024;
		bytes /= 1024;
		unit++;
	}
	if (unit == 0)
		snprintf(out, PAINT_UNIT_LEN, "%u", (unsigned)bytes);
	else if (bytes < 10)
		snprintf(out, PAINT_UNIT_LEN, "%u.%u%c", (unsigned)bytes,
			 (unsigned)(rest * 10 / 1024), units[unit]);
	else
		snprintf(out, PAINT_UNIT_LEN, "%u%c", (unsigned)bytes, units[unit]);
	return out;
}

const char *paint_age(uint64_t seconds, char out[PAINT_UNIT_LEN])
{
	static const struct {
		uint64_t length;
		char name;
	} units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };

	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (seconds >= units[i].length || units[i].length == 1) {
			snprintf(out, PAINT_UNIT_LEN, "%llu%c",
				 (unsigned long long)(seconds / units[i].length), units[i].name);
			break;
		}
	return out;
}

const char *paint_time(uint64_t wall_sec, char *out, size_t size)
{
	time_t t = (time_t)wall_sec;
	struct tm tm;

	if (!localtime_r(&t, &tm) || !strftime(out, size, "%Y-%m-%d %H:%M:%S", &tm))
		snprintf(out, size, "%llu", (unsigned long long)wall_sec);
	return out;
}
