/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing frames of the control socket. The writer's overflow mark is sticky, so a frame that did
 * not fit is never given out, and no call in between has to be checked.
 */
#include "ctl/message.h"

#include "ctl/codes.h"

#define TYPE_AT 5u
#define LENGTH_AT 8u
#define SEQUENCE_AT 12u

static struct ctl_builder begin(void *data, size_t capacity, uint32_t sequence, enum ctl_type type)
{
	struct ctl_builder b;

	b.out = writer_over(data, capacity < CTL_FRAME_MAX ? capacity : CTL_FRAME_MAX);
	writer_u32(&b.out, CTL_MAGIC);
	writer_u8(&b.out, CTL_VERSION);
	writer_u8(&b.out, (uint8_t)type);
	writer_u16(&b.out, 0);
	writer_u32(&b.out, 0);
	writer_u32(&b.out, sequence);
	return b;
}

struct ctl_builder ctl_request(void *data, size_t capacity, uint32_t sequence, uint16_t verb)
{
	struct ctl_builder b = begin(data, capacity, sequence, CTL_REQUEST);

	writer_u16(&b.out, verb);
	return b;
}

struct ctl_builder ctl_record(void *data, size_t capacity, uint32_t sequence, uint16_t kind)
{
	struct ctl_builder b = begin(data, capacity, sequence, CTL_RECORD);

	writer_u16(&b.out, kind);
	return b;
}

struct slice ctl_end(void *data, size_t capacity, uint32_t sequence, uint32_t code)
{
	struct ctl_builder b = begin(data, capacity, sequence, CTL_END);
	struct slice frame;

	writer_u32(&b.out, code);
	ctl_finish(&b, &frame);
	return frame;
}

static void put_head(struct ctl_builder *b, uint16_t id, uint16_t flags, size_t len)
{
	writer_u16(&b->out, id);
	writer_u16(&b->out, flags);
	writer_u32(&b->out, (uint32_t)len);
}

uint8_t ctl_type_of(struct slice frame)
{
	return frame.len > TYPE_AT ? frame.data[TYPE_AT] : 0;
}

uint16_t ctl_kind_of(struct slice frame)
{
	if (frame.len < CTL_HEADER_LEN + 2)
		return 0;
	return (uint16_t)(frame.data[CTL_HEADER_LEN] << 8 | frame.data[CTL_HEADER_LEN + 1]);
}

void ctl_set_sequence(void *frame, uint32_t sequence)
{
	struct writer w = { .data = frame, .len = CTL_HEADER_LEN, .capacity = CTL_HEADER_LEN };

	writer_patch_u32(&w, SEQUENCE_AT, sequence);
}

void ctl_put(struct ctl_builder *b, uint16_t id, uint16_t flags, struct slice value)
{
	put_head(b, id, flags, value.len);
	if (value.len > 0)
		writer_put(&b->out, value);
}

void ctl_put_text(struct ctl_builder *b, uint16_t id, uint16_t flags, const char *text)
{
	ctl_put(b, id, flags, slice_str(text));
}

void ctl_put_u64(struct ctl_builder *b, uint16_t id, uint16_t flags, uint64_t value)
{
	put_head(b, id, flags, 8);
	writer_u64(&b->out, value);
}

void ctl_put_bool(struct ctl_builder *b, uint16_t id, uint16_t flags, bool value)
{
	put_head(b, id, flags, 1);
	writer_u8(&b->out, value ? 1 : 0);
}

bool ctl_finish(struct ctl_builder *b, struct slice *out)
{
	*out = SLICE_EMPTY;
	if (!writer_ok(&b->out))
		return false;
	writer_patch_u32(&b->out, LENGTH_AT, (uint32_t)b->out.len);
	*out = writer_slice(&b->out);
	return true;
}
