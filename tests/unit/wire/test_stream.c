/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the stream of IKE over TCP (RFC 9329 3, 4): whole messages out of any pieces. */
#include "frames.h"

#include "wire/stream.h"

static struct slice put(struct stream *s, const void *data, size_t len, enum stream_result want)
{
	struct slice m;
	size_t room;
	uint8_t *at = stream_room(s, &room);

	assert_non_null(at);
	assert_true(room >= len);
	if (len)
		memcpy(at, data, len);
	stream_put(s, len);
	assert_int_equal(stream_next(s, &m), want);
	return m;
}

static void test_pieces(void **state)
{
	static const uint8_t wire[] = { 'I', 'K', 'E', 'T', 'C', 'P', 0, 9, 0, 0, 0, 0, 1, 2, 3 };
	struct stream s;
	struct slice m;

	(void)state;
	for (size_t cut = 0; cut < sizeof(wire); cut++) {
		unsigned count = 0;

		stream_init(&s, true);
		for (int half = 0; half < 2; half++) {
			size_t room, len = half ? sizeof(wire) - cut : cut;
			uint8_t *at = stream_room(&s, &room);
			enum stream_result r;

			memcpy(at, half ? wire + cut : wire, len);
			stream_put(&s, len);
			while ((r = stream_next(&s, &m)) != STREAM_MORE) {
				assert_int_not_equal(r, STREAM_BROKEN);
				if (r != STREAM_MESSAGE)
					continue;
				count++;
				assert_int_equal(m.len, 3);
				assert_memory_equal(m.data, wire + 12, 3);
			}
		}
		assert_int_equal(count, 1);
		stream_free(&s);
	}
}

static void test_broken(void **state)
{
	struct stream s;

	(void)state;
	stream_init(&s, true);
	put(&s, "IKX", 3, STREAM_BROKEN);
	stream_free(&s);
	for (uint8_t len = 0; len < 2; len++) {
		uint8_t head[2] = { 0, len };

		stream_init(&s, false);
		put(&s, head, 2, STREAM_BROKEN);
		stream_free(&s);
	}
	/* an empty one, a keepalive and ESP are passed over */
	stream_init(&s, false);
	put(&s, "\0\2", 2, STREAM_OTHER);
	put(&s, "\0\3\xff", 3, STREAM_OTHER);
	put(&s, "\0\7\1\2\3\4\5", 7, STREAM_OTHER);
	assert_int_equal(put(&s, "\0\6\0\0\0\0", 6, STREAM_MESSAGE).len, 0);
	stream_free(&s);
}

static void test_largest(void **state)
{
	static uint8_t wire[STREAM_MESSAGE_MAX];
	uint8_t head[STREAM_HEAD_LEN];
	struct stream s;
	struct slice m;

	(void)state;
	assert_false(stream_head(STREAM_MESSAGE_MAX - STREAM_HEAD_LEN + 1, head));
	assert_true(stream_head(STREAM_MESSAGE_MAX - STREAM_HEAD_LEN, head));
	memcpy(wire, head, sizeof(head));
	stream_init(&s, false);
	for (int i = 0; i < 2; i++) {
		m = put(&s, wire, sizeof(wire), STREAM_MESSAGE);
		assert_int_equal(m.len, STREAM_MESSAGE_MAX - STREAM_HEAD_LEN);
	}
	stream_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_largest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
