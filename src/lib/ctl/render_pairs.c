/* SPDX-License-Identifier: Apache-2.0 */
/* Counters as lines of one key and one number, for monitors that split at '='. */
#include "ctl/render.h"

static void put_fields(const struct ctl_message *m, const struct record_row *row,
		       const char *prefix, struct text *out)
{
	for (size_t i = 0; i < row->field_count; i++) {
		struct ctl_attribute a;
		uint64_t value;

		if (row->fields[i].type == FIELD_U64 && ctl_find(m, row->fields[i].id, &a) &&
		    ctl_value_u64(&a, &value))
			text_add(out, "%s.%s=%llu\n", prefix, row->fields[i].name,
				 (unsigned long long)value);
	}
}

static void put_count(const struct ctl_message *m, const char *prefix, struct text *out)
{
	char word[64];

	text_add(out, "%s.%s=%llu\n", prefix, record_text(m, COUNT_WORD, word, sizeof(word)),
		 (unsigned long long)record_u64(m, COUNT_VALUE, 0));
}

void render_pairs(const struct ctl_message *m, const struct record_row *row, struct text *out)
{
	switch (row->kind) {
	case RECORD_TOTALS:
		put_fields(m, row, "current", out);
		break;
	case RECORD_COUNTERS:
		put_fields(m, row, "total", out);
		break;
	case RECORD_EVENT_COUNT:
		put_count(m, "total.event", out);
		break;
	case RECORD_CAUSE_COUNT:
		put_count(m, "total.failed", out);
		break;
	default:
		break;
	}
}
