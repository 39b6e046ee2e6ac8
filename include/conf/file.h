/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipsec.conf as data: sections with their settings, each with the place where it stands, and every
 * problem found on the way. Nothing is acted upon here: conf/settings.h turns a section into options
 * of a connection, and a file with errors is never used in part.
 *
 *   version 2.0              ignored
 *   include PATTERN          a glob; beside the including file when it is relative
 *   config setup             settings follow, indented
 *   conn NAME                the same; NAME is %default for what every connection starts from
 */
#ifndef CONF_FILE_H
#define CONF_FILE_H

#include "base/arena.h"
#include "base/table.h"
#include "conf/problem.h"

#define CONF_INCLUDE_DEPTH 10u

struct conf_setting {
	struct conf_place at; /* of the word */
	uint32_t value_column;
	const char *word;
	const char *value; /* without quotes; "" when nothing follows '=' */
};

enum section_kind { SECTION_SETUP, SECTION_CONN };

struct conf_section {
	struct table_node by_name;
	struct conf_section *next; /* in the order of the files */
	uint8_t kind;              /* enum section_kind */
	const char *name;          /* "setup" of config setup */
	struct conf_place at;
	struct conf_setting *settings;
	size_t count, capacity;
};

struct conf_file {
	struct arena arena; /* strings, sections, places */
	struct problems problems;
	struct table conns; /* struct conf_section of kind CONN, without %default */
	struct conf_section *first, **last;
	struct conf_section *setup;    /* every config setup together; NULL: none */
	struct conf_section *defaults; /* every conn %default together; NULL: none */
	size_t conn_count;
};

/* key: 16 random bytes for the table of names. */
void conf_file_init(struct conf_file *f, const uint8_t key[16]);
void conf_file_fini(struct conf_file *f);

struct conf_reader {
	/* Reads what an include line asks for; problems go to f at the place given. */
	void (*include)(void *context, struct conf_file *f, const char *pattern,
			const struct conf_place *at, unsigned depth);
	void *context;
};

/*
 * Parses one file's text, NUL bytes, CRLF and a byte order mark included, into f. Every problem is added to f->problems
 * with file, line, column and the line itself; parsing goes on after each. False when memory ran out.
 */
bool conf_parse(struct conf_file *f, const char *file, struct slice text, unsigned depth,
		const struct conf_reader *reader);
/* The connection's section, or NULL. */
struct conf_section *conf_find(const struct conf_file *f, const char *name);

/* file_io.c: reads a file ("-": standard input) with all it includes. Problems are in f. False when
 * f has errors. Blocks on the disk. */
bool conf_load(struct conf_file *f, const char *file);

#endif
