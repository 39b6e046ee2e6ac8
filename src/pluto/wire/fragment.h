/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IKE fragmentation (RFC 7383): cutting the inner chain of a message into SKF messages, and putting
 * such a set together again. Each fragment is protected by itself, so that only the peer's own are
 * ever kept.
 */
#ifndef WIRE_FRAGMENT_H
#define WIRE_FRAGMENT_H

#include "wire/protect.h"

#define FRAGMENTS_MAX 64      /* of one message (case 77) */
#define FRAGMENTS_BYTES 65536 /* of one set (case 79) */
#define FRAGMENT_HEADER_LEN 8 /* of the SKF payload */
#define FRAGMENT_SIZE_V4 576  /* the least IP datagram every path carries */
#define FRAGMENT_SIZE_V6 1280
#define FRAGMENT_SIZE_DEFAULT 1280

/* How many messages that would make; 0: the limit is too small for any. */
size_t fragment_count(size_t text_len, size_t limit, const struct sk_cipher *c);
/*
 * Cuts text (the inner chain, whose first payload is inner_type) so that no message is longer than
 * limit, seals each under the counters from *counter on, and puts them one after the other into out.
 * False when it needs more than FRAGMENTS_MAX, or memory or crypto fails.
 */
bool fragment_cut(const struct ike_header *h, uint8_t inner_type, struct slice text, size_t limit,
		  const struct sk_cipher *c, const struct sk_keys *keys, uint64_t *counter,
		  struct bytes *out);
/* The next of messages that stand one after the other; empty at the end. */
struct slice fragment_next(struct slice *messages);
/* Could it be a fragment? All but what has an SK payload alone, the common case. */
bool message_is_cut(struct slice datagram);
/* Number and total of a message that is a fragment; false when it is none. No integrity. */
bool fragment_peek(struct slice datagram, uint16_t *number, uint16_t *total);

/* A set that is being put together. */
struct fragments {
	uint32_t message_id;
	uint16_t total;
	uint16_t count;
	uint64_t have; /* bit number - 1 */
	uint8_t inner_type;
	size_t bytes;
	size_t largest; /* message among them */
	uint64_t started_usec;
	struct bytes parts[FRAGMENTS_MAX];
};

enum fragment_verdict {
	FRAGMENT_DROP,  /* not of this set, twice, out of bounds, or its integrity check fails */
	FRAGMENT_TAKEN, /* kept: more are to come */
	FRAGMENT_WHOLE, /* it was the last: fragments_join */
};

/* Would the fragment be of use? Before decryption (cases 76 to 78). A larger total empties the set. */
bool fragments_wants(struct fragments *f, const struct message *m);
/* Verifies and decrypts it, in place in datagram, and keeps its part. */
enum fragment_verdict fragments_add(struct fragments *f, const struct message *m, uint8_t *datagram,
				    const struct sk_cipher *c, const struct sk_keys *keys);
/*
 * The message as if it had never been cut, in clear: header, an SK payload's generic header, the
 * inner chain. *text is the chain in out. Empties the set.
 */
bool fragments_join(struct fragments *f, const struct ike_header *h, struct bytes *out,
		    struct slice *text);
void fragments_clear(struct fragments *f);

#endif
