/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Building a message: payloads are put one after the other; the builder fills in each next-payload
 * field, lengths and the count of proposals. Errors are sticky in the writer: builder_finish says.
 */
#ifndef WIRE_BUILDER_H
#define WIRE_BUILDER_H

#include "base/selector.h"
#include "base/writer.h"
#include "wire/message.h"

#define MESSAGE_MAX_LEN 65000

struct builder {
	struct writer w;
	size_t next_at;    /* where the next payload's type must be written */
	size_t payload_at; /* generic header of the open payload; 0: none */
	size_t sk_at;      /* generic header of SK; 0: none */
	uint32_t sk_iv_len;
	size_t proposal_at;  /* open proposal, 0: none */
	size_t transform_at; /* last transform of it, 0: none */
	uint8_t transform_count;
};

/* Starts a message with the header; length is filled at the end. */
void builder_start(struct builder *b, void *buffer, size_t capacity, const struct ike_header *h);
/* Opens SK: what follows is inside it. The IV's room is kept. */
void builder_open_sk(struct builder *b, size_t iv_len);

void builder_payload(struct builder *b, uint8_t type); /* opens; closes the one before */
static inline struct writer *builder_body(struct builder *b)
{
	return &b->w;
}
void builder_raw(struct builder *b, uint8_t type, struct slice body);
void builder_ke(struct builder *b, uint16_t group, struct slice value);
void builder_id(struct builder *b, uint8_t payload, uint8_t id_type, struct slice body);
void builder_auth(struct builder *b, uint8_t method, struct slice data);
void builder_notify(struct builder *b, uint8_t protocol, struct slice spi, uint16_t type,
		    struct slice data);
void builder_delete(struct builder *b, uint8_t protocol, const uint32_t *spis, uint16_t count);
void builder_ts(struct builder *b, uint8_t payload, const struct selector *list, uint8_t count);
/* CP payload: its type, then its attributes. */
void builder_cp(struct builder *b, uint8_t type);
void builder_cp_attribute(struct builder *b, uint16_t type, struct slice value);
/* SA payload: builder_payload(PAYLOAD_SA), then for each proposal these. */
void builder_proposal(struct builder *b, uint8_t number, uint8_t protocol, struct slice spi);
void builder_transform(struct builder *b, uint8_t type, uint16_t id, uint16_t key_bits);

/* The inner chain of the open SK as it is so far, closed; *inner_type its first payload's type. */
struct slice builder_inner(struct builder *b, uint8_t *inner_type);
/* The message from its first octet to the end of the open SK's generic header. */
struct slice builder_sk_header(const struct builder *b);
/* Closes everything and sets the lengths (without SK). Empty on overflow. */
struct slice builder_finish(struct builder *b);
/*
 * Ends a message with SK: pads to block_len, keeps room for the ICV, sets lengths. *associated_len
 * and *text_len are what sk_seal takes. Empty on overflow.
 */
struct slice builder_finish_sk(struct builder *b, size_t block_len, size_t icv_len,
			       size_t *associated_len, size_t *text_len);

#endif
