/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every reply that can be printed as JSON against its own schema, with names, identities and texts
 * that are as bad as can be; and the check itself against what it must refuse. The check knows of JSON
 * Schema what the schemas use, fails on any other word, and lets no property pass that is not named.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/render.h"
#include "ctl/replies.h"

static const char *const hostile[] = {
	"",
	"\"; rm -rf / #`$(id)`\\",
	"a\nb\r\t\x1b[2J\x7f",
	"\xff\xfe invalid \xc3\x28 UTF-8",
	"\xe2\x80\xae right to left",
	"</script><script>alert(1)</script>",
};

static bool check(const json_t *schema, const json_t *value);

static bool is_type(const char *type, const json_t *v)
{
	if (strcmp(type, "string") == 0)
		return json_is_string(v);
	if (strcmp(type, "integer") == 0)
		return json_is_integer(v);
	if (strcmp(type, "boolean") == 0)
		return json_is_boolean(v);
	if (strcmp(type, "array") == 0)
		return json_is_array(v);
	return strcmp(type, "object") == 0 && json_is_object(v);
}

static bool check_object(const json_t *schema, const json_t *value)
{
	const json_t *properties = json_object_get(schema, "properties");
	const json_t *required = json_object_get(schema, "required");
	const char *key;
	json_t *member, *name;
	size_t i;

	json_array_foreach(required, i,
			   name) if (!json_object_get(value, json_string_value(name))) return false;
	json_object_foreach((json_t *)value, key, member)
	{
		const json_t *of = json_object_get(properties, key);

		if (!of || !check(of, member))
			return false;
	}
	return true;
}

static bool check(const json_t *schema, const json_t *value)
{
	const char *word;
	json_t *what, *item;
	size_t i;

	json_object_foreach((json_t *)schema, word, what)
	{
		if (strcmp(word, "type") == 0) {
			if (!is_type(json_string_value(what), value))
				return false;
		} else if (strcmp(word, "const") == 0) {
			if (!json_equal(what, value))
				return false;
		} else if (strcmp(word, "minimum") == 0) {
			if (json_integer_value(value) < json_integer_value(what))
				return false;
		} else if (strcmp(word, "items") == 0) {
			json_array_foreach(value, i, item) if (!check(what, item)) return false;
		} else if (strcmp(word, "properties") == 0) {
			if (!check_object(schema, value))
				return false;
		} else {
			assert_non_null(strstr("$schema title description required", word));
		}
	}
	return true;
}

static json_t *schema_of(const struct verb_row *v)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	json_t *schema;

	assert_true(v ? render_schema(v, f) : render_schema_event(f));
	fclose(f);
	schema = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(schema);
	free(text);
	return schema;
}

/* A record with every field of its kind. */
static const struct record_row *record_of(uint32_t kind, const char *text, struct ctl_message *m)
{
	static uint8_t buf[CTL_FRAME_MAX];
	const struct record_row *row = record_by_kind(kind);
	struct record_builder b = ctl_record_begin(buf, sizeof(buf), 1, (enum record_kind)kind);
	struct error e = { 0 };
	struct slice frame;

	for (size_t i = 0; i < row->field_count; i++) {
		const struct field_row *f = &row->fields[i];

		if (f->type == FIELD_U64)
			ctl_record_put_u64(&b, f->id, UINT64_MAX);
		else if (f->type == FIELD_BOOL)
			ctl_record_put_bool(&b, f->id, true);
		else
			ctl_record_put_text(&b, f->id, text);
	}
	assert_true(ctl_record_finish(&b, &frame));
	assert_true(ctl_decode(frame, m, &e));
	assert_non_null(record_check(m, &e));
	return row;
}

static json_t *reply_json(const struct reply_row *r, const char *text)
{
	struct render_json *j = render_json_new(r->verb);
	const struct record_row *row;
	struct ctl_message m;
	char *out = NULL;
	size_t size;
	FILE *f = open_memstream(&out, &size);
	json_t *root;

	row = record_of(RECORD_LOG, text, &m);
	assert_true(render_json_add(j, &m, row));
	for (size_t i = 0; i < REPLY_KINDS && r->kinds[i]; i++) {
		row = record_of(r->kinds[i], text, &m);
		assert_true(render_json_add(j, &m, row));
	}
	assert_true(render_json_finish(j, 21, f));
	fclose(f);
	root = json_loads(out, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(root);
	free(out);
	return root;
}

static void every_reply(void **state)
{
	(void)state;
	for (size_t i = 0; i < reply_count; i++) {
		json_t *schema = schema_of(verb_by_number(replies[i].verb));

		for (size_t h = 0; h < ARRAY_LEN(hostile); h++) {
			json_t *root = reply_json(&replies[i], hostile[h]);

			assert_true(check(schema, root));
			json_decref(root);
		}
		json_decref(schema);
	}
}

/* A problem whose every text is hostile, and one that has next to none. */
static void a_check(void **state)
{
	char *text = NULL, *out = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	json_t *schema, *root;

	(void)state;
	assert_true(render_schema_check(f));
	fclose(f);
	schema = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(schema);
	for (size_t h = 0; h < ARRAY_LEN(hostile); h++) {
		struct conf_place at = { hostile[h], 7, 2, slice_str(hostile[h]) }, nowhere = { 0 };
		struct check_report r = { .config = hostile[h], .connections = 3 };
		struct problems p;

		problems_init(&p);
		p.conn = hostile[h];
		p.class_ = PROBLEM_DATES;
		problem_add(&p, false, &at, "%s", hostile[h]);
		p.conn = NULL;
		problem_add(&p, true, &nowhere, "a warning");
		r.problems = &p;
		r.code = problems_exit_code(&p);
		assert_int_equal(r.code, 8);
		f = open_memstream(&out, &size);
		assert_true(render_check(&r, f));
		fclose(f);
		root = json_loads(out, JSON_REJECT_DUPLICATES, NULL);
		assert_non_null(root);
		assert_true(check(schema, root));
		json_object_del(json_array_get(json_object_get(root, "problems"), 0), "class");
		assert_false(check(schema, root));
		json_decref(root);
		free(out);
		problems_free(&p);
	}
	json_decref(schema);
	free(text);
}

static void an_event_a_line(void **state)
{
	json_t *schema = schema_of(NULL);

	(void)state;
	for (size_t h = 0; h < ARRAY_LEN(hostile); h++) {
		struct ctl_message m;
		char *out = NULL;
		size_t size;
		FILE *f = open_memstream(&out, &size);
		const struct record_row *row = record_of(RECORD_EVENT, hostile[h], &m);
		json_t *root;

		assert_true(render_json_line(&m, row, f));
		fclose(f);
		assert_ptr_equal(strchr(out, '\n'), out + strlen(out) - 1);
		root = json_loads(out, JSON_REJECT_DUPLICATES, NULL);
		assert_true(check(schema, root));
		json_decref(root);
		free(out);
	}
	json_decref(schema);
}

static void what_must_not_pass(void **state)
{
	json_t *schema = schema_of(verb_by_number(VERB_STATUS));
	const struct reply_row *r = reply_of(VERB_STATUS);
	json_t *root = reply_json(r, "x"), *one;

	(void)state;
	one = json_array_get(json_object_get(root, "connections"), 0);
	assert_true(check(schema, root));
	json_object_set_new(one, "name", json_integer(1));
	assert_false(check(schema, root));
	json_object_set_new(one, "name", json_string("x"));
	json_object_set_new(one, "colour", json_string("x"));
	assert_false(check(schema, root));
	json_object_del(one, "colour");
	json_object_set_new(one, "owner", json_integer(-1));
	assert_false(check(schema, root));
	json_object_set_new(one, "owner", json_integer(1));
	assert_true(check(schema, root));
	json_object_set_new(root, "schema", json_string("cygnet.status/2"));
	assert_false(check(schema, root));
	json_object_set_new(root, "schema", json_string("cygnet.status/1"));
	json_object_del(root, "totals");
	assert_false(check(schema, root));
	json_decref(root);
	json_decref(schema);
}

/* Every verb that shows something has a row, and no row is for another. */
static void the_table_is_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < verb_count; i++) {
		bool shows = verbs[i].role == ROLE_READ || strncmp(verbs[i].name, "list", 4) == 0;

		if (strcmp(verbs[i].name, "listen") == 0)
			shows = false;
		/* tells what it changes */
		if (verbs[i].verb == VERB_COMMIT)
			shows = true;
		assert_int_equal(reply_of(verbs[i].verb)->verb == verbs[i].verb, shows);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_reply),        cmocka_unit_test(a_check),
		cmocka_unit_test(an_event_a_line),    cmocka_unit_test(what_must_not_pass),
		cmocka_unit_test(the_table_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
