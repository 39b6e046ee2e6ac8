/* SPDX-License-Identifier: Apache-2.0 */
/* Records for the audit: which events become one, and that no name or identity can add a word. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ctl/records.h"
#include "io/audit.h"

static char buf[2048];

static uint16_t format(const char *event, const char *name, const char *id)
{
	uint8_t frame[4096];
	struct record_builder b = ctl_record_begin(frame, sizeof(frame), 0, RECORD_EVENT);
	struct text t = TEXT_OVER(buf);
	struct slice whole;

	buf[0] = 0;
	ctl_record_put_text(&b, EVENT_FIELD_EVENT, event);
	ctl_record_put_text(&b, EVENT_FIELD_CONNECTION, name);
	ctl_record_put_u64(&b, EVENT_FIELD_SERIAL, 7);
	ctl_record_put_text(&b, EVENT_FIELD_PEER_ID, id);
	ctl_record_put_text(&b, EVENT_FIELD_PEER, "192.0.2.2");
	assert_true(ctl_record_finish(&b, &whole));
	return audit_format(whole, &t);
}

static void test_kinds(void **state)
{
	(void)state;
	assert_int_equal(format("ike-up", "west", "@east"), 2408);
	assert_string_equal(buf, "op=start conn-name=\"west\" connstate=7 ike-version=2.0 "
				 "peer-id=\"@east\" raddr=\"192.0.2.2\" res=success");
	assert_int_equal(format("failed", "west", ""), 2408);
	assert_non_null(strstr(buf, "res=failed"));
	assert_int_equal(format("child-up", "west", ""), 2409);
	assert_int_equal(format("child-down", "west", ""), 2409);
	assert_non_null(strstr(buf, "op=destroy"));
	assert_int_equal(format("routed", "west", ""), 0);
	assert_int_equal(format("nothing of the kind", "west", ""), 0);
}

static void test_hostile(void **state)
{
	(void)state;
	format("ike-up", "a\" res=success x=\"", "C=DE, O=\n\xff");
	assert_string_equal(buf,
			    "op=start conn-name=6122207265733D7375636365737320783D22 connstate=7 "
			    "ike-version=2.0 peer-id=433D44452C204F3D0AFF raddr=\"192.0.2.2\" "
			    "res=success");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
