/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Status records and verbs: the tables hold together, builders keep to them, and the client refuses
 * what does not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "ctl/codes.h"
#include "ctl/records.h"
#include "ctl/verbs.h"
#include "ctl/words.h"

static uint8_t buf[CTL_FRAME_MAX];

static void record_tables_hold_together(void **state)
{
	(void)state;
	for (size_t i = 0; i < record_count; i++) {
		const struct record_row *r = &records[i];

		assert_ptr_equal(record_by_kind(r->kind), r);
		assert_true(r->field_count < 64);
		for (size_t j = 0; j < r->field_count; j++) {
			assert_true(r->fields[j].id > 0);
			for (size_t k = 0; k < j; k++) {
				assert_int_not_equal(r->fields[j].id, r->fields[k].id);
				assert_string_not_equal(r->fields[j].name, r->fields[k].name);
			}
		}
	}
	assert_null(record_by_kind(0));
	assert_null(record_by_kind(9999));
}

static void verb_table_holds_together(void **state)
{
	struct slice word;
	char option[64];

	(void)state;
	for (size_t i = 0; i < verb_count; i++) {
		const char *words = verbs[i].whack ? verbs[i].whack : "";

		assert_ptr_equal(verb_by_number(verbs[i].verb), &verbs[i]);
		assert_true(verbs[i].role <= ROLE_OWN);
		assert_non_null(verbs[i].help);
		while (words_next(&words, &word)) {
			assert_true(word.len < sizeof(option));
			memcpy(option, word.data, word.len);
			option[word.len] = '\0';
			assert_ptr_equal(verb_by_whack(option), &verbs[i]);
		}
	}
	assert_null(verb_by_number(0));
	assert_null(verb_by_whack("init"));
	assert_null(verb_by_whack(""));
}

static void codes_are_told_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < rc_names.count; i++) {
		assert_string_equal(name_find(&rc_names, rc_names.rows[i].value),
				    rc_names.rows[i].name);
		assert_true(rc_names.rows[i].value < 256);
	}
}

static void round_trip(void **state)
{
	struct record_builder b = ctl_record_begin(buf, sizeof(buf), 3, RECORD_TRAFFIC);
	struct ctl_message m;
	struct error e = { 0 };
	struct slice frame;
	char text[16];

	(void)state;
	ctl_record_put_u64(&b, TRAFFIC_IN_BYTES, UINT64_MAX);
	ctl_record_put_text(&b, TRAFFIC_CONNECTION, "west");
	assert_true(ctl_record_finish(&b, &frame));
	assert_true(ctl_decode(frame, &m, &e));
	assert_ptr_equal(record_check(&m, &e), record_by_kind(RECORD_TRAFFIC));
	assert_true(record_u64(&m, TRAFFIC_IN_BYTES, 0) == UINT64_MAX);
	assert_int_equal(record_u64(&m, TRAFFIC_OUT_BYTES, 5), 5);
	assert_string_equal(record_text(&m, TRAFFIC_CONNECTION, text, sizeof(text)), "west");
	assert_string_equal(record_text(&m, TRAFFIC_CONNECTION, text, 3), "we");
	assert_string_equal(record_text(&m, TRAFFIC_PEER_ID, text, sizeof(text)), "");
}

static void builder_keeps_to_the_table(void **state)
{
	struct record_builder b = ctl_record_begin(buf, sizeof(buf), 3, RECORD_TRAFFIC);
	struct slice frame;

	(void)state;
	ctl_record_put_text(&b, TRAFFIC_IN_BYTES, "1");
	assert_false(ctl_record_finish(&b, &frame));
	b = ctl_record_begin(buf, sizeof(buf), 3, RECORD_TRAFFIC);
	ctl_record_put_u64(&b, 77, 1);
	assert_false(ctl_record_finish(&b, &frame));
	b = ctl_record_begin(buf, 20, 3, RECORD_TRAFFIC);
	ctl_record_put_u64(&b, TRAFFIC_IN_BYTES, 1);
	assert_false(ctl_record_finish(&b, &frame));
	b = ctl_record_begin(buf, sizeof(buf), 3, (enum record_kind)99);
	ctl_record_put_bool(&b, 1, true);
	assert_false(ctl_record_finish(&b, &frame));
}

static const struct record_row *checked(struct ctl_builder *b, struct error *e)
{
	struct ctl_message m;
	struct slice frame;

	*e = (struct error){ 0 };
	assert_true(ctl_finish(b, &frame));
	assert_true(ctl_decode(frame, &m, e));
	return record_check(&m, e);
}

static void client_refuses_what_is_not_in_the_table(void **state)
{
	struct ctl_builder b = ctl_record(buf, sizeof(buf), 1, RECORD_LOG);
	struct error e;

	(void)state;
	ctl_put_u64(&b, 99, CTL_OPTIONAL, 1);
	assert_non_null(checked(&b, &e));
	b = ctl_record(buf, sizeof(buf), 1, RECORD_LOG);
	ctl_put_u64(&b, 99, 0, 1);
	assert_null(checked(&b, &e));
	assert_non_null(strstr(e.text, "unknown field 99"));
	b = ctl_record(buf, sizeof(buf), 1, RECORD_LOG);
	ctl_put_text(&b, LOG_CODE, CTL_OPTIONAL, "no");
	assert_null(checked(&b, &e));
	assert_non_null(strstr(e.text, "bad value of code"));
	b = ctl_record(buf, sizeof(buf), 1, RECORD_LOG);
	ctl_put(&b, LOG_TEXT, CTL_OPTIONAL, slice("a\0b", 3));
	assert_null(checked(&b, &e));
	b = ctl_record(buf, sizeof(buf), 1, RECORD_LOG);
	ctl_put_u64(&b, LOG_CODE, 0, 1);
	ctl_put_u64(&b, LOG_CODE, 0, 2);
	assert_null(checked(&b, &e));
	assert_non_null(strstr(e.text, "twice"));
	b = ctl_record(buf, sizeof(buf), 1, 99);
	assert_null(checked(&b, &e));
	assert_int_equal(e.code, RC_WHACK);
}

static void log_record_is_bounded(void **state)
{
	static char text[5000];
	char out[5000];
	struct ctl_message m;
	struct error e = { 0 };
	struct slice frame;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	frame = ctl_log(buf, CTL_LOG_MAX, 1, RC_FATAL, text);
	assert_true(frame.len > 0);
	assert_true(ctl_decode(frame, &m, &e));
	assert_non_null(record_check(&m, &e));
	assert_int_equal(record_u64(&m, LOG_CODE, 0), RC_FATAL);
	assert_int_equal(strlen(record_text(&m, LOG_TEXT, out, sizeof(out))), 2000);
}

static const struct verb_row *request(enum verb verb, uint16_t id, const char *text, uint16_t flags,
				      bool twice, struct error *e)
{
	struct ctl_builder b = ctl_request(buf, sizeof(buf), 1, (uint16_t)verb);
	struct ctl_message m;
	struct slice frame;
	char name[CTL_NAME_LEN];

	*e = (struct error){ 0 };
	if (id)
		ctl_put_text(&b, id, flags, text);
	if (twice)
		ctl_put_text(&b, id, flags, text);
	assert_true(ctl_finish(&b, &frame));
	assert_true(ctl_decode(frame, &m, e));
	return request_check(&m, name, e);
}

static void requests_are_checked(void **state)
{
	static char long_name[CTL_NAME_LEN + 1];
	struct error e;

	(void)state;
	memset(long_name, 'n', CTL_NAME_LEN);
	assert_non_null(request(VERB_STATUS, 0, NULL, 0, false, &e));
	assert_non_null(request(VERB_INITIATE, CTL_ATTR_NAME, "west", 0, false, &e));
	assert_non_null(request(VERB_TRAFFICSTATUS, 0, NULL, 0, false, &e));
	assert_non_null(request(VERB_LISTEN, CTL_ATTR_ASYNC, "", 0, false, &e));
	assert_non_null(request(VERB_LISTEN, 0x9000, "new", CTL_OPTIONAL, false, &e));
	assert_null(request((enum verb)9999, 0, NULL, 0, false, &e));
	assert_int_equal(e.code, RC_BAD_MESSAGE);
	assert_null(request(VERB_INITIATE, 0, NULL, 0, false, &e));
	assert_non_null(strstr(e.text, "needs a name"));
	assert_null(request(VERB_INITIATE, CTL_ATTR_NAME, "", 0, false, &e));
	assert_null(request(VERB_INITIATE, CTL_ATTR_NAME, long_name, 0, false, &e));
	long_name[CTL_NAME_LEN - 1] = '\0';
	assert_non_null(request(VERB_INITIATE, CTL_ATTR_NAME, long_name, 0, false, &e));
	assert_null(request(VERB_INITIATE, CTL_ATTR_NAME, "west", 0, true, &e));
	assert_non_null(strstr(e.text, "twice"));
	assert_null(request(VERB_LISTEN, CTL_ATTR_NAME, "west", 0, false, &e));
	assert_null(request(VERB_LISTEN, CTL_ATTR_ASYNC, "x", 0, false, &e));
	assert_null(request(VERB_LISTEN, CTL_ATTR_DEBUG, "all", 0, false, &e));
	assert_null(request(VERB_LISTEN, 5, "x", 0, false, &e));
	assert_null(request(VERB_LISTEN, 0x9000, "new", 0, false, &e));
	assert_non_null(strstr(e.text, "0x9000"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(record_tables_hold_together),
		cmocka_unit_test(verb_table_holds_together),
		cmocka_unit_test(codes_are_told_apart),
		cmocka_unit_test(round_trip),
		cmocka_unit_test(builder_keeps_to_the_table),
		cmocka_unit_test(client_refuses_what_is_not_in_the_table),
		cmocka_unit_test(log_record_is_bounded),
		cmocka_unit_test(requests_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
