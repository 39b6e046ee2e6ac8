/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests, replies and retransmission (RFC 7296 2.1, 2.2): only requests are retransmitted, the same
 * bytes each time; a reply is kept and sent again when its request comes again.
 */
#include "core/fragmentation.h"

/* Several minutes (RFC 7296 2.1): a request that comes again later is not answered any more. */
#define REPLY_KEPT_USEC (300 * USEC_PER_SEC)

static void start(struct ike_sa *ike, uint8_t exchange, bool response, uint32_t id,
		  struct builder *b, uint8_t *buffer)
{
	struct sk_cipher cipher = suite_cipher(&ike->suite);
	struct ike_header h = {
		.spi_i = ike->spi_i,
		.spi_r = ike->spi_r,
		.exchange = exchange,
		.flags = (uint8_t)((ike->is_initiator ? FLAG_INITIATOR : 0) |
				   (response ? FLAG_RESPONSE : 0)),
		.message_id = id,
	};

	builder_start(b, buffer, MESSAGE_BUFFER, &h);
	builder_open_sk(b, sk_iv_len(&cipher));
}

void start_request(struct ike_sa *ike, uint8_t exchange, struct builder *b, uint8_t *buffer)
{
	start(ike, exchange, false, ike->next_message_id, b, buffer);
}

void start_reply(struct ike_sa *ike, const struct message *m, struct builder *b, uint8_t *buffer)
{
	start(ike, m->header.exchange, true, m->header.message_id, b, buffer);
}

/* The request is kept; the first retransmission is armed. */
static bool keep_and_send(struct core *c, struct ike_sa *ike, bool is_ready)
{
	struct request *r = &ike->request;

	if (!is_ready) {
		outgoing_free(&r->out);
		return false;
	}
	r->exchange = r->out.wire.data[18];
	r->message_id = ike->next_message_id;
	r->first_usec = c->now_usec;
	r->wait_usec = ike->connection->def->config.retransmit_interval_usec;
	r->next_usec = c->now_usec + r->wait_usec;
	r->tries = 1;
	request_resend(c, ike);
	ike_set_timer(c, ike);
	return true;
}

bool send_request(struct core *c, struct ike_sa *ike, struct builder *b)
{
	outgoing_free(&ike->request.out);
	return keep_and_send(c, ike, outgoing_seal(ike, b, &ike->request.out));
}

bool send_plain_request(struct core *c, struct ike_sa *ike, struct slice message)
{
	outgoing_free(&ike->request.out);
	return keep_and_send(c, ike, outgoing_plain(message, &ike->request.out));
}

/* An answer goes to where its request came from, always (RFC 7296 2.11; case 151). */
bool send_reply(struct core *c, struct ike_sa *ike, struct builder *b)
{
	const struct slot *slot = &ike->theirs;

	outgoing_free(&ike->reply);
	if (!outgoing_seal(ike, b, &ike->reply)) {
		outgoing_free(&ike->reply);
		return false;
	}
	ike->replies_resent = 0;
	ike->reply_to = slot->from;
	ike->reply_drop_usec = c->now_usec + REPLY_KEPT_USEC;
	ike_set_timer(c, ike);
	ike->expected_message_id++;
	fragments_drop(c, ike, &ike->theirs);
	outgoing_send(c, ike, &ike->reply, &slot->to, &slot->from, slot->natt);
	return true;
}

void send_error_reply(struct core *c, struct ike_sa *ike, const struct message *m, uint16_t type,
		      struct slice data)
{
	uint8_t buffer[MESSAGE_BUFFER];
	struct builder b;

	start_reply(ike, m, &b, buffer);
	builder_notify(&b, PROTOCOL_NONE, SLICE_EMPTY, type, data);
	send_reply(c, ike, &b);
}

void request_resend_soon(struct core *c, struct ike_sa *ike)
{
	struct request *r = &ike->request;

	r->first_usec = c->now_usec;
	r->wait_usec = ike->connection->def->config.retransmit_interval_usec;
	r->next_usec = c->now_usec + r->wait_usec;
	request_resend(c, ike);
	ike_set_timer(c, ike);
}

void request_done(struct core *c, struct ike_sa *ike)
{
	outgoing_free(&ike->request.out);
	fragments_drop(c, ike, &ike->ours);
	ike->request = (struct request){ 0 };
	ike->paths_tried = 0;
	ike->next_message_id++;
	ike_set_timer(c, ike);
}

void plain_reply_start(const struct ike_header *h, struct builder *b, uint8_t *buffer, size_t size)
{
	struct ike_header reply = {
		.spi_i = h->spi_i,
		.spi_r = h->spi_r,
		.exchange = h->exchange,
		.flags = (uint8_t)(FLAG_RESPONSE | ((h->flags & FLAG_INITIATOR) ^ FLAG_INITIATOR)),
		.message_id = h->message_id,
	};

	builder_start(b, buffer, size, &reply);
}

void send_plain_notify(struct core *c, const struct event *e, const struct ike_header *h,
		       uint16_t type, struct slice data)
{
	uint8_t buffer[512];
	struct builder b;

	plain_reply_start(h, &b, buffer, sizeof(buffer));
	builder_notify(&b, PROTOCOL_NONE, SLICE_EMPTY, type, data);
	core_send(c, &e->local, &e->remote, e->natt, builder_finish(&b));
}
