/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON Schema (draft 2020-12) of what render_json prints, made from the same tables. A version's
 * fields are never taken away or changed; new ones may come, so a reader passes over what it does
 * not know.
 */
#include <jansson.h>

#include "ctl/render.h"
#include "ctl/replies.h"

static json_t *type_of(uint8_t type)
{
	switch (type) {
	case FIELD_U64:
		return json_pack("{s:s, s:i}", "type", "integer", "minimum", 0);
	case FIELD_BOOL:
		return json_pack("{s:s}", "type", "boolean");
	default:
		return json_pack("{s:s}", "type", "string");
	}
}

static json_t *fields_of(const struct record_row *row)
{
	json_t *properties = json_object();

	for (size_t i = 0; properties && i < row->field_count; i++)
		json_object_set_new(properties, row->fields[i].name, type_of(row->fields[i].type));
	return properties;
}

static void add_kind(json_t *properties, json_t *required, uint32_t kind)
{
	const struct record_row *row = record_by_kind(kind);

	if (!row)
		return;
	json_object_set_new(properties, row->name,
			    json_pack("{s:s, s:{s:s, s:o}}", "type", "array", "items", "type",
				      "object", "properties", fields_of(row)));
	json_array_append_new(required, json_string(row->name));
}

static bool print(json_t *schema, FILE *out)
{
	bool good = schema && json_dumpf(schema, out, JSON_INDENT(1)) == 0 &&
		    fputc('\n', out) != EOF;

	json_decref(schema);
	return good;
}

bool render_schema(const struct verb_row *verb, FILE *out)
{
	const struct reply_row *reply = reply_of(verb->verb);
	char id[64];
	json_t *properties, *required;

	render_json_id(verb->verb, id, sizeof(id));
	properties = json_pack("{s:{s:s}, s:{s:s, s:i}}", "schema", "const", id, "code", "type",
			       "integer", "minimum", 0);
	required = json_pack("[s, s]", "schema", "code");
	add_kind(properties, required, RECORD_LOG);
	for (size_t i = 0; i < REPLY_KINDS && reply->kinds[i]; i++)
		add_kind(properties, required, reply->kinds[i]);
	return print(json_pack("{s:s, s:s, s:s, s:s, s:o, s:o}", "$schema",
			       "https://json-schema.org/draft/2020-12/schema", "title", id,
			       "description", verb->help, "type", "object", "properties",
			       properties, "required", required),
		     out);
}

bool render_schema_event(FILE *out)
{
	json_t *properties = fields_of(record_by_kind(RECORD_EVENT));

	json_object_set_new(properties, "schema", json_pack("{s:s}", "const", CTL_JSON_EVENT));
	return print(json_pack("{s:s, s:s, s:s, s:s, s:o, s:[s, s, s, s]}", "$schema",
			       "https://json-schema.org/draft/2020-12/schema", "title",
			       CTL_JSON_EVENT, "description", "a line of ipsec monitor --json",
			       "type", "object", "properties", properties, "required", "schema",
			       "cursor", "time", "event"),
		     out);
}
