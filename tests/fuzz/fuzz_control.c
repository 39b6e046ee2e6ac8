/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control socket, both directions: any bytes as a frame go through the codec, then through what
 * the daemon does first with a request and what the client does with a record.
 */
#include <stdlib.h>
#include <string.h>

#include "ctl/render.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* What was read and is written again is the same bytes. */
static void write_again(struct slice frame, struct ctl_message m)
{
	static uint8_t buf[CTL_FRAME_MAX];
	struct ctl_builder b;
	struct ctl_attribute a;
	struct slice again;

	if (m.type == CTL_END)
		return;
	b = m.type == CTL_REQUEST ? ctl_request(buf, sizeof(buf), m.sequence, (uint16_t)m.what)
				  : ctl_record(buf, sizeof(buf), m.sequence, (uint16_t)m.what);
	while (ctl_next(&m, &a))
		ctl_put(&b, a.id, a.flags, a.value);
	must(ctl_finish(&b, &again));
	must(slice_eq(frame, again));
}

static void as_request(const struct ctl_message *m)
{
	struct error e = { 0 };
	char name[CTL_NAME_LEN];
	const struct verb_row *v = request_check(m, name, &e);

	must(v || e.code != 0);
	must(memchr(name, 0, sizeof(name)) != NULL);
	must(!v || v->needs_name != NAME_MUST || name[0] != '\0');
}

static void as_record(const struct ctl_message *m)
{
	static char buf[RENDER_MAX];
	struct text text = TEXT_OVER(buf);
	struct error e = { 0 };
	const struct record_row *row = record_check(m, &e);
	struct render_json *json;

	if (!row) {
		must(e.code != 0);
		return;
	}
	render_classic(m, row, &text);
	must(!text.cut && text.len == strlen(buf));
	for (size_t i = 0; i < text.len; i++)
		must(buf[i] == '\n' || (buf[i] >= ' ' && buf[i] <= '~'));
	json = render_json_new(VERB_STATUS);
	must(json && render_json_add(json, m, row));
	render_json_free(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice frame = slice(data, size);
	struct error e = { 0 };
	struct ctl_message m;
	size_t len;

	if (!ctl_frame_len(frame, &len, &e)) {
		must(e.code != 0);
		return 0;
	}
	if (!ctl_decode(frame, &m, &e))
		return 0;
	must(len == size);
	write_again(frame, m);
	if (m.type == CTL_REQUEST)
		as_request(&m);
	else if (m.type == CTL_RECORD)
		as_record(&m);
	return 0;
}
