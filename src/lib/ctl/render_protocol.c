/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The numbers of the control socket as one JSON object, from the tables of verbs, request options,
 * keywords, records and codes: what a client in another language needs beside doc/protocol.md.
 */
#include <jansson.h>

#include "conf/keywords.h"
#include "ctl/codes.h"
#include "ctl/render.h"
#include "ctl/replies.h"
#include "ctl/words.h"

static const char *const role_names[] = {
	[ROLE_READ] = "read", [ROLE_OPERATE] = "operate", [ROLE_OWN] = "own"
};
static const char *const name_uses[] = {
	[NAME_UNUSED] = "no", [NAME_MAY] = "may", [NAME_MUST] = "must"
};
static const char *const type_names[] = {
	[FIELD_U64] = "u64", [FIELD_TEXT] = "text", [FIELD_BOOL] = "bool"
};

static json_t *first_word(const char *list)
{
	struct slice word;

	return words_next(&list, &word) ? json_stringn((const char *)word.data, word.len) : NULL;
}

static void set_by_word(json_t *in, const char *list, json_t *value)
{
	json_t *key = first_word(list);

	if (key)
		json_object_set(in, json_string_value(key), value);
	json_decref(key);
	json_decref(value);
}

static json_t *verbs_of(void)
{
	json_t *all = json_object();

	for (size_t i = 0; i < verb_count; i++) {
		const struct verb_row *v = &verbs[i];
		const struct reply_row *reply = reply_of(v->verb);
		json_t *kinds = json_array();

		for (size_t k = 0; k < REPLY_KINDS && reply->kinds[k]; k++)
			json_array_append_new(kinds,
					      json_string(record_by_kind(reply->kinds[k])->name));
		json_object_set_new(all, v->name,
				    json_pack("{s:i, s:s, s:s, s:b, s:s?, s:o, s:s}", "number",
					      v->verb, "role", role_names[v->role], "name",
					      name_uses[v->needs_name], "attached", v->attached,
					      "value", verb_value(v), "records", kinds, "help",
					      v->help));
	}
	return all;
}

static json_t *request_attributes(void)
{
	json_t *all = json_pack("{s:{s:i, s:s}, s:{s:i, s:s}, s:{s:i, s:s}, s:{s:i, s:s}}", "name",
				"id", CTL_ATTR_NAME, "help", "the connection", "asynchronous", "id",
				CTL_ATTR_ASYNC, "help", "no value: do not stay attached", "debug",
				"id", CTL_ATTR_DEBUG, "help", "words of a debug list", "value",
				"id", CTL_ATTR_VALUE, "help", "the value of the verb's own option");

	for (size_t i = 0; i < request_option_count; i++) {
		const struct request_option *o = &request_options[i];
		json_t *takers = json_array();

		for (size_t k = 0; k < REQUEST_OPTION_VERBS && o->verbs[k]; k++)
			json_array_append_new(takers,
					      json_string(verb_by_number(o->verbs[k])->name));
		set_by_word(all, o->whack,
			    json_pack("{s:i, s:o, s:s}", "id", o->id, "verbs", takers, "help",
				      o->help));
	}
	return all;
}

static json_t *options_of(void)
{
	json_t *all = json_object();

	for (size_t i = 0; i < keyword_count; i++) {
		const struct keyword *k = &keywords[i];

		if (k->whack && k->type != VALUE_REFUSED)
			set_by_word(all, k->whack,
				    json_pack("{s:i, s:b, s:s?, s:s}", "id", k->id, "per_end",
					      k->per_end, "conf", k->conf, "help", k->help));
	}
	return all;
}

static json_t *records_of(void)
{
	json_t *all = json_object();

	for (size_t i = 0; i < record_count; i++) {
		json_t *fields = json_object();

		for (size_t k = 0; k < records[i].field_count; k++)
			json_object_set_new(fields, records[i].fields[k].name,
					    json_pack("{s:i, s:s}", "id", records[i].fields[k].id,
						      "type",
						      type_names[records[i].fields[k].type]));
		json_object_set_new(
			all, records[i].name,
			json_pack("{s:i, s:o}", "number", records[i].kind, "fields", fields));
	}
	return all;
}

static json_t *codes_of(void)
{
	json_t *all = json_object();

	for (size_t i = 0; i < rc_names.count; i++)
		json_object_set_new(all, rc_names.rows[i].name,
				    json_integer((json_int_t)rc_names.rows[i].value));
	return all;
}

bool render_protocol(FILE *out)
{
	json_t *all =
		json_pack("{s:i, s:i, s:i, s:{s:i, s:i, s:i}, s:i, s:i, s:o, s:o, s:o, s:o, s:o}",
			  "version", CTL_VERSION, "magic", (int)CTL_MAGIC, "frame_max",
			  (int)CTL_FRAME_MAX, "types", "request", CTL_REQUEST, "record", CTL_RECORD,
			  "end", CTL_END, "optional", CTL_OPTIONAL, "right", KEYWORD_RIGHT, "verbs",
			  verbs_of(), "attributes", request_attributes(), "options", options_of(),
			  "records", records_of(), "codes", codes_of());
	bool good = all && json_dumpf(all, out, JSON_INDENT(1)) == 0 && fputc('\n', out) != EOF;

	json_decref(all);
	return good;
}
