/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests, replies and retransmission (RFC 7296 2.1, 2.2): only requests are retransmitted, the same
 * bytes each time; a reply is kept and sent again when its request comes again.
 */
#include "core/internal.h"
#include "wire/protect.h"

/* Several minutes (RFC 7296 2.1): a request that comes again later is not answered any more. */
#define REPLY_KEPT_USEC (300 * USEC_PER_SEC)

static struct sk_keys own_keys(const struct ike_sa *ike)
{
	if (ike->is_initiator)
		return (struct sk_keys){ .encr = ike->keys.ei, .integ = ike->keys.ai };
	return (struct sk_keys){ .encr = ike->keys.er, .integ = ike->keys.ar };
}

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

static struct slice seal(struct ike_sa *ike, struct builder *b)
{
	struct sk_cipher cipher = suite_cipher(&ike->suite);
	struct sk_keys keys = own_keys(ike);

	return protect_seal(b, &cipher, &keys, ike->send_counter++);
}

static void transmit(struct core *c, struct ike_sa *ike, struct slice bytes)
{
	ike->last_sent_usec = c->now_usec;
	core_send(c, &ike->local, &ike->remote, ike->natt, bytes);
}

/* An answer goes to where its request came from, always (RFC 7296 2.11; case 151). */
static void transmit_reply(struct core *c, const struct ike_sa *ike, struct slice bytes)
{
	const struct slot *slot = &ike->theirs;

	core_send(c, &slot->to, &slot->from, slot->natt, bytes);
}

/* Keeps the bytes as the request in flight and arms the first retransmission. */
static bool keep_and_send(struct core *c, struct ike_sa *ike, struct slice bytes)
{
	struct request *r = &ike->request;

	bytes_free(&r->sent);
	if (bytes.len == 0 || !bytes_copy(bytes, &r->sent))
		return false;
	r->exchange = bytes.data[18];
	r->message_id = ike->next_message_id;
	r->first_usec = c->now_usec;
	r->wait_usec = ike->connection->def->config.retransmit_interval_usec;
	r->next_usec = c->now_usec + r->wait_usec;
	r->tries = 1;
	transmit(c, ike, bytes);
	ike_set_timer(c, ike);
	return true;
}

bool send_request(struct core *c, struct ike_sa *ike, struct builder *b)
{
	return keep_and_send(c, ike, seal(ike, b));
}

bool send_plain_request(struct core *c, struct ike_sa *ike, struct slice message)
{
	return keep_and_send(c, ike, message);
}

bool send_reply(struct core *c, struct ike_sa *ike, struct builder *b)
{
	struct slice bytes = seal(ike, b);

	if (bytes.len == 0)
		return false;
	bytes_free(&ike->last_reply);
	bytes_copy(bytes, &ike->last_reply);
	ike->replies_resent = 0;
	ike->reply_drop_usec = c->now_usec + REPLY_KEPT_USEC;
	ike_set_timer(c, ike);
	ike->expected_message_id++;
	transmit_reply(c, ike, bytes);
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

void request_done(struct core *c, struct ike_sa *ike)
{
	bytes_free(&ike->request.sent);
	ike->request = (struct request){ 0 };
	ike->next_message_id++;
	ike_set_timer(c, ike);
}

void send_plain_notify(struct core *c, const struct event *e, const struct ike_header *h,
		       uint16_t type, struct slice data)
{
	uint8_t buffer[512];
	struct builder b;
	struct ike_header reply = {
		.spi_i = h->spi_i,
		.spi_r = h->spi_r,
		.exchange = h->exchange,
		.flags = (uint8_t)(FLAG_RESPONSE | ((h->flags & FLAG_INITIATOR) ^ FLAG_INITIATOR)),
		.message_id = h->message_id,
	};

	builder_start(&b, buffer, sizeof(buffer), &reply);
	builder_notify(&b, PROTOCOL_NONE, SLICE_EMPTY, type, data);
	core_send(c, &e->local, &e->remote, e->natt, builder_finish(&b));
}
