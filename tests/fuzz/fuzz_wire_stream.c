/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzing of the stream of IKE over TCP: the same bytes in pieces of several sizes must come out as
 * the same messages, and no piece leaves the stream without room.
 */
#include "wire/stream.h"
#include "wire_check.h"

struct outcome {
	uint64_t sum;
	size_t messages;
	bool broken;
};

static struct outcome run(const uint8_t *data, size_t size, size_t piece, bool prefix)
{
	struct outcome o = { .sum = 0xcbf29ce484222325u };
	struct stream s;
	size_t at = 0;

	stream_init(&s, prefix);
	while (at < size && !o.broken) {
		enum stream_result r;
		struct slice m;
		size_t room, n;
		uint8_t *to = stream_room(&s, &room);

		check(to && room > 0);
		n = size - at < piece ? size - at : piece;
		n = n < room ? n : room;
		for (size_t i = 0; i < n; i++)
			to[i] = data[at + i];
		stream_put(&s, n);
		at += n;
		while ((r = stream_next(&s, &m)) != STREAM_MORE) {
			o.broken = r == STREAM_BROKEN;
			if (o.broken)
				break;
			for (size_t i = 0; i < m.len; i++)
				o.sum = (o.sum ^ m.data[i]) * 0x100000001b3u;
			o.messages += r == STREAM_MESSAGE;
		}
	}
	stream_free(&s);
	return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t pieces[] = { 2, 3, 7, 4096 };
	bool prefix = size > 0 && (data[0] & 1);
	struct outcome first = run(data, size, 1, prefix);

	for (size_t i = 0; i < 4; i++) {
		struct outcome o = run(data, size, pieces[i], prefix);

		check(o.sum == first.sum && o.messages == first.messages &&
		      o.broken == first.broken);
	}
	return 0;
}
