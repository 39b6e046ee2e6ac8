/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a check of the configuration found as one JSON object, and the schema of it, both from the rows
 * below. Called by addconn and by the tool that writes the schemas.
 */
#include "ctl/render.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum value { TEXT, NUMBER, FLAG };

static const struct {
	const char *name;
	uint8_t type; /* enum value */
	bool is_optional;
} problem_fields[] = {
	{ "severity", TEXT, false },  { "class", TEXT, false }, { "exit", NUMBER, false },
	{ "file", TEXT, true },       { "line", NUMBER, true }, { "column", NUMBER, true },
	{ "connection", TEXT, true }, { "text", TEXT, false },  { "excerpt", TEXT, true },
	{ "caret", NUMBER, true },
};

static const struct {
	const char *name;
	uint8_t type;
} report_fields[] = {
	{ "code", NUMBER },        { "config", TEXT },   { "good", FLAG },
	{ "connections", NUMBER }, { "errors", NUMBER }, { "warnings", NUMBER },
};

/* A name or a line of the file may be no UTF-8: then as a log would have it. */
static json_t *text_of(const char *s)
{
	json_t *plain = json_string(s);
	char buf[4096];
	struct text t = TEXT_OVER(buf);

	if (plain)
		return plain;
	text_escape(&t, slice_str(s));
	return json_string(buf);
}

static void put_text(json_t *object, const char *name, const char *s)
{
	if (s)
		json_object_set_new(object, name, text_of(s));
}

static void put_number(json_t *object, const char *name, uint64_t n)
{
	if (n)
		json_object_set_new(object, name, json_integer((json_int_t)n));
}

static json_t *problem_of(const struct problem *p)
{
	const struct problem_class_row *row = &problem_classes[p->class_];
	json_t *o = json_pack("{s:s, s:s, s:i}", "severity", p->is_warning ? "warning" : "error",
			      "class", row->name, "exit", p->is_warning ? 0 : row->exit_code);

	if (!o)
		return NULL;
	put_text(o, "file", p->at.file);
	put_number(o, "line", p->at.line);
	put_number(o, "column", p->at.line ? p->at.column : 0);
	put_text(o, "connection", p->conn);
	put_text(o, "text", p->text ? p->text : "memory is short");
	put_text(o, "excerpt", p->excerpt);
	put_number(o, "caret", p->caret);
	return o;
}

static bool print(json_t *root, FILE *out)
{
	bool good = root && json_dumpf(root, out, JSON_INDENT(1)) == 0 && fputc('\n', out) != EOF &&
		    fflush(out) == 0;

	json_decref(root);
	return good;
}

bool render_check(const struct check_report *r, FILE *out)
{
	json_t *list = json_array();
	json_t *root = json_pack("{s:s, s:i, s:o, s:b, s:I, s:I, s:I}", "schema", CTL_JSON_CHECK,
				 "code", r->code, "config", text_of(r->config), "good",
				 r->code == 0, "connections", (json_int_t)r->connections, "errors",
				 (json_int_t)r->problems->errors, "warnings",
				 (json_int_t)r->problems->warnings);

	for (const struct problem *p = r->problems->first; p; p = p->next)
		json_array_append_new(list, problem_of(p));
	if (root)
		json_object_set_new(root, "problems", list);
	return print(root, out);
}

static json_t *type_of(uint8_t type)
{
	if (type == NUMBER)
		return json_pack("{s:s, s:i}", "type", "integer", "minimum", 0);
	return json_pack("{s:s}", "type", type == FLAG ? "boolean" : "string");
}

bool render_schema_check(FILE *out)
{
	json_t *properties = json_pack("{s:{s:s}}", "schema", "const", CTL_JSON_CHECK);
	json_t *required = json_pack("[s, s]", "schema", "problems");
	json_t *of_one = json_object(), *of_one_required = json_array();

	for (size_t i = 0; i < ARRAY_LEN(report_fields); i++) {
		json_object_set_new(properties, report_fields[i].name,
				    type_of(report_fields[i].type));
		json_array_append_new(required, json_string(report_fields[i].name));
	}
	for (size_t i = 0; i < ARRAY_LEN(problem_fields); i++) {
		json_object_set_new(of_one, problem_fields[i].name,
				    type_of(problem_fields[i].type));
		if (!problem_fields[i].is_optional)
			json_array_append_new(of_one_required, json_string(problem_fields[i].name));
	}
	json_object_set_new(properties, "problems",
			    json_pack("{s:s, s:{s:s, s:o, s:o}}", "type", "array", "items", "type",
				      "object", "properties", of_one, "required", of_one_required));
	return print(json_pack("{s:s, s:s, s:s, s:s, s:o, s:o}", "$schema",
			       "https://json-schema.org/draft/2020-12/schema", "title",
			       CTL_JSON_CHECK, "description",
			       "what ipsec checkconfig found; code is its exit status", "type",
			       "object", "properties", properties, "required", required),
		     out);
}
