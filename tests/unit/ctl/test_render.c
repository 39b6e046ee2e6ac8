/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the client prints, byte by byte: these lines are read by programs out there, so a change of
 * an expected text here is a break of a promise.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/render.h"

static uint8_t buf[CTL_FRAME_MAX];
static char out_buf[RENDER_MAX];

static void decoded(struct record_builder *b, struct ctl_message *m)
{
	struct error e = { 0 };
	struct slice frame;

	assert_true(ctl_record_finish(b, &frame));
	assert_true(ctl_decode(frame, m, &e));
	assert_non_null(record_check(m, &e));
}

static const char *classic(struct record_builder *b)
{
	struct text t = TEXT_OVER(out_buf);
	struct ctl_message m;

	decoded(b, &m);
	render_classic(&m, record_by_kind(m.what), &t);
	assert_false(t.cut);
	return out_buf;
}

static bool matches(const char *pattern, const char *text)
{
	regex_t r;
	bool found;

	assert_int_equal(regcomp(&r, pattern, REG_EXTENDED | REG_NOSUB | REG_NEWLINE), 0);
	found = regexec(&r, text, 0, NULL, 0) == 0;
	regfree(&r);
	return found;
}

static void log_line(void **state)
{
	struct record_builder b = ctl_record_begin(buf, sizeof(buf), 1, RECORD_LOG);

	(void)state;
	ctl_record_put_u64(&b, LOG_CODE, 2);
	ctl_record_put_text(&b, LOG_TEXT, "\"west\" #1: \033[2Jhello\nthere\377");
	assert_string_equal(classic(&b), "002 \"west\" #1: ?[2Jhello?there?\n");
}

static void ike_sa_line(void **state)
{
	struct record_builder b = ctl_record_begin(buf, sizeof(buf), 1, RECORD_IKE_SA);

	(void)state;
	ctl_record_put_u64(&b, IKE_SA_SERIAL, 1);
	ctl_record_put_text(&b, IKE_SA_CONNECTION, "c-1/1x1");
	ctl_record_put_u64(&b, IKE_SA_PEER_PORT, 4500);
	ctl_record_put_text(&b, IKE_SA_STATE, "STATE_V2_ESTABLISHED_IKE_SA");
	ctl_record_put_text(&b, IKE_SA_STORY, "established IKE SA");
	ctl_record_put_bool(&b, IKE_SA_ESTABLISHED, true);
	ctl_record_put_text(&b, IKE_SA_EVENT, "EVENT_SA_REPLACE");
	ctl_record_put_u64(&b, IKE_SA_EVENT_IN, 99);
	ctl_record_put_bool(&b, IKE_SA_NEWEST, true);
	ctl_record_put_bool(&b, IKE_SA_IDLE, true);
	assert_string_equal(classic(&b),
			    "000 #1: \"c-1/1x1\":4500 STATE_V2_ESTABLISHED_IKE_SA (established IKE "
			    "SA) (ISAKMP SA established); EVENT_SA_REPLACE in 99s; newest ISAKMP; "
			    "idle;\n");
}

static struct record_builder child(const char *type)
{
	struct record_builder b = ctl_record_begin(buf, sizeof(buf), 1, RECORD_CHILD_SA);

	ctl_record_put_u64(&b, CHILD_SA_SERIAL, 2);
	ctl_record_put_text(&b, CHILD_SA_CONNECTION, "c-1/1x1");
	ctl_record_put_u64(&b, CHILD_SA_PEER_PORT, 4500);
	ctl_record_put_text(&b, CHILD_SA_STATE, "STATE_V2_ESTABLISHED_CHILD_SA");
	ctl_record_put_text(&b, CHILD_SA_STORY, "established Child SA");
	ctl_record_put_bool(&b, CHILD_SA_ESTABLISHED, true);
	ctl_record_put_text(&b, CHILD_SA_EVENT, "EVENT_SA_REPLACE");
	ctl_record_put_u64(&b, CHILD_SA_EVENT_IN, 99);
	ctl_record_put_bool(&b, CHILD_SA_NEWEST, true);
	ctl_record_put_bool(&b, CHILD_SA_OWNER, true);
	ctl_record_put_u64(&b, CHILD_SA_IKE_SERIAL, 1);
	ctl_record_put_bool(&b, CHILD_SA_IDLE, true);
	ctl_record_put_text(&b, CHILD_SA_PEER, "192.0.2.2");
	ctl_record_put_text(&b, CHILD_SA_OUR, "192.0.2.1");
	ctl_record_put_text(&b, CHILD_SA_TYPE, type);
	ctl_record_put_text(&b, CHILD_SA_PEER_SPI, "1a2b3c4d");
	ctl_record_put_text(&b, CHILD_SA_OUR_SPI, "5e6f7a8b");
	ctl_record_put_bool(&b, CHILD_SA_TUNNEL, true);
	ctl_record_put_u64(&b, CHILD_SA_IN_BYTES, 84);
	ctl_record_put_u64(&b, CHILD_SA_OUT_BYTES, 84);
	return b;
}

static void child_sa_lines(void **state)
{
	struct record_builder b = child("ESP");
	const char *text = classic(&b);

	(void)state;
	assert_string_equal(
		text, "000 #2: \"c-1/1x1\":4500 STATE_V2_ESTABLISHED_CHILD_SA (established Child "
		      "SA) (IPsec SA established); EVENT_SA_REPLACE in 99s; newest IPSEC; eroute "
		      "owner; isakmp#1; idle;\n"
		      "000 #2: \"c-1/1x1\" esp.1a2b3c4d@192.0.2.2 esp.5e6f7a8b@192.0.2.1 "
		      "tun.0@192.0.2.2 tun.0@192.0.2.1 Traffic: ESPin=84B ESPout=84B ESPmax=0B\n");
	/* the readers out there */
	assert_true(matches("#[0-9]+: .*\"(.*)\".*esp[.:][0-9a-f]+@.*", text));
	assert_true(matches("[0-9]{3} #[0-9]+: \"([a-f0-9/x-]+).*established.*newest", text));
	assert_true(matches("[0-9]+ #2: \"c-1/1x1\".*IPsec SA established.*newest IPSEC", text));
	assert_true(matches("; isakmp#[0-9]+", text));
	assert_true(matches("IPsec SA established\\); EVENT_SA_REPLACE", text));
}

static void ah_with_ipcomp(void **state)
{
	struct record_builder b = child("AH");

	(void)state;
	ctl_record_put_text(&b, CHILD_SA_OUR_CPI, "3f01");
	ctl_record_put_text(&b, CHILD_SA_PEER_CPI, "3f02");
	ctl_record_put_u64(&b, CHILD_SA_MAX_BYTES, 1000000);
	assert_non_null(strstr(classic(&b),
			       " ah.1a2b3c4d@192.0.2.2 ah.5e6f7a8b@192.0.2.1 comp.3f02@192.0.2.2 "
			       "comp.3f01@192.0.2.1 tun.0@192.0.2.2 tun.0@192.0.2.1 Traffic: "
			       "AHin=84B AHout=84B AHmax=1000000B\n"));
}

static void traffic_line(void **state)
{
	struct record_builder b = ctl_record_begin(buf, sizeof(buf), 1, RECORD_TRAFFIC);

	(void)state;
	ctl_record_put_u64(&b, TRAFFIC_SERIAL, 2);
	ctl_record_put_text(&b, TRAFFIC_CONNECTION, "c-1/1x1");
	ctl_record_put_text(&b, TRAFFIC_TYPE, "ESP");
	ctl_record_put_u64(&b, TRAFFIC_ADD_TIME, 1617195756);
	ctl_record_put_u64(&b, TRAFFIC_IN_BYTES, 84);
	ctl_record_put_u64(&b, TRAFFIC_OUT_BYTES, 84);
	ctl_record_put_text(&b, TRAFFIC_PEER_ID, "192.0.2.2");
	assert_string_equal(classic(&b),
			    "006 #2: \"c-1/1x1\", type=ESP, add_time=1617195756, inBytes=84, "
			    "outBytes=84, maxBytes=2^63B, id='192.0.2.2'\n");
	assert_true(
		matches(".* \"([^\"]+)\"[^,]*, .*inBytes=([0-9]+), outBytes=([0-9]+).*", out_buf));
}

static struct record_builder connection(void)
{
	struct record_builder b = ctl_record_begin(buf, sizeof(buf), 1, RECORD_CONNECTION);

	ctl_record_put_text(&b, CONNECTION_NAME, "c-1/1x1");
	ctl_record_put_text(&b, CONNECTION_OUR_CLIENT, "10.1.0.0/24");
	ctl_record_put_text(&b, CONNECTION_OUR_HOST, "192.0.2.1");
	ctl_record_put_text(&b, CONNECTION_OUR_ID, "192.0.2.1");
	ctl_record_put_text(&b, CONNECTION_PEER_HOST, "192.0.2.2");
	ctl_record_put_text(&b, CONNECTION_PEER_CLIENT, "10.2.0.0/24");
	ctl_record_put_text(&b, CONNECTION_ROUTING, "erouted");
	ctl_record_put_u64(&b, CONNECTION_OWNER, 2);
	return b;
}

static void connection_lines(void **state)
{
	struct record_builder b = connection();

	(void)state;
	assert_string_equal(classic(&b),
			    "000 \"c-1/1x1\": 10.1.0.0/24===192.0.2.1<192.0.2.1>...192.0.2.2"
			    "<192.0.2.2>===10.2.0.0/24; erouted; eroute owner: #2\n");
	assert_true(matches("\"(.*)\": [0-9a-f]+.*(===|\\.\\.\\.).*", out_buf));
	assert_true(matches("[0-9]{3} \"([a-f0-9-]+).* (unrouted|erouted);", out_buf));
	b = connection();
	ctl_record_put_text(&b, CONNECTION_PEER_ID, "@east");
	ctl_record_put_text(&b, CONNECTION_OUR_NEXTHOP, "192.0.2.254");
	ctl_record_put_u64(&b, CONNECTION_IKE_LIFETIME, 28800);
	ctl_record_put_bool(&b, CONNECTION_ORIENTED, true);
	ctl_record_put_text(&b, CONNECTION_MODE, "tunnel");
	ctl_record_put_text(&b, CONNECTION_AUTH, "PSK");
	ctl_record_put_text(&b, CONNECTION_IKE, "aes256");
	assert_string_equal(
		classic(&b),
		"000 \"c-1/1x1\": 10.1.0.0/24===192.0.2.1<192.0.2.1>---192.0.2.254...192.0.2.2"
		"<192.0.2.2>[@east]===10.2.0.0/24; erouted; eroute owner: #2\n"
		"000 \"c-1/1x1\":     oriented; mode: tunnel; auth: PSK;\n"
		"000 \"c-1/1x1\":   ike_life: 28800s; ipsec_life: 0s; rekey_margin: 0s; "
		"rekey_fuzz: 0%; keyingtries: 0\n"
		"000 \"c-1/1x1\":   newest IKE SA: #0; newest IPsec SA: #0;\n"
		"000 \"c-1/1x1\":   IKE algorithms: aes256\n");
}

static void totals_lines(void **state)
{
	struct record_builder b = ctl_record_begin(buf, sizeof(buf), 1, RECORD_TOTALS);

	(void)state;
	ctl_record_put_u64(&b, TOTALS_LOADED, 1);
	ctl_record_put_u64(&b, TOTALS_ACTIVE, 1);
	ctl_record_put_u64(&b, TOTALS_IKE, 3);
	ctl_record_put_u64(&b, TOTALS_IKE_HALF_OPEN, 1);
	ctl_record_put_u64(&b, TOTALS_IKE_ESTABLISHED, 1);
	ctl_record_put_u64(&b, TOTALS_CHILD, 1);
	assert_string_equal(classic(&b),
			    "000 Total IPsec connections: loaded 1, active 1\n"
			    "000 IKE SAs: total(3), half-open(1), open(1), authenticated(1), "
			    "anonymous(0)\n"
			    "000 IPsec SAs: total(1), authenticated(1), anonymous(0)\n");
	assert_true(matches("Total IPsec connections: loaded [1-9][0-9]*,( routed [0-9]+,)? "
			    "active 1",
			    out_buf));
}

static void daemon_and_alive(void **state)
{
	struct record_builder b = ctl_record_begin(buf, sizeof(buf), 1, RECORD_DAEMON);

	(void)state;
	ctl_record_put_text(&b, DAEMON_VERSION, "0.1.0");
	ctl_record_put_u64(&b, DAEMON_PID, 12);
	ctl_record_put_bool(&b, DAEMON_LISTENING, true);
	ctl_record_put_u64(&b, DAEMON_UPTIME, 60);
	assert_string_equal(classic(&b), "000 pluto: Cygnet 0.1.0, pid 12, listening, up 60s\n");
	b = ctl_record_begin(buf, sizeof(buf), 1, RECORD_ALIVE);
	assert_string_equal(classic(&b), "");
}

static void one_json_object(void **state)
{
	struct render_json *j = render_json_new(VERB_STATUS);
	struct record_builder b = child("ESP");
	struct ctl_message m;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	json_t *root, *sa;

	(void)state;
	decoded(&b, &m);
	assert_true(render_json_add(j, &m, record_by_kind(m.what)));
	b = ctl_record_begin(buf, sizeof(buf), 1, RECORD_LOG);
	ctl_record_put_u64(&b, LOG_CODE, UINT64_MAX);
	ctl_record_put_text(&b, LOG_TEXT, "bad \377 byte");
	decoded(&b, &m);
	assert_true(render_json_add(j, &m, record_by_kind(m.what)));
	assert_true(render_json_finish(j, 56, f));
	fclose(f);
	root = json_loads(text, 0, NULL);
	assert_non_null(root);
	assert_string_equal(json_string_value(json_object_get(root, "schema")), "cygnet.status/1");
	assert_int_equal(json_integer_value(json_object_get(root, "code")), 56);
	sa = json_array_get(json_object_get(root, "child_sas"), 0);
	assert_string_equal(json_string_value(json_object_get(sa, "our_spi")), "5e6f7a8b");
	assert_true(json_is_true(json_object_get(sa, "tunnel")));
	assert_int_equal(json_integer_value(json_object_get(sa, "in_bytes")), 84);
	assert_int_equal(json_array_size(json_object_get(root, "log")), 1);
	assert_true(json_is_array(json_object_get(root, "connections")));
	assert_null(json_object_get(root, "traffic"));
	assert_null(json_object_get(root, "alive"));
	json_decref(root);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(log_line),        cmocka_unit_test(ike_sa_line),
		cmocka_unit_test(child_sa_lines),  cmocka_unit_test(traffic_line),
		cmocka_unit_test(ah_with_ipcomp),  cmocka_unit_test(connection_lines),
		cmocka_unit_test(totals_lines),    cmocka_unit_test(daemon_and_alive),
		cmocka_unit_test(one_json_object),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
