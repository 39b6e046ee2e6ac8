/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a flood of IKE_SA_INIT requests without a cookie costs: the time of one cookie reply, beside
 * that of one HMAC-SHA256 of the same bytes in the same run. Exits with 1 when a reply takes more
 * than 5 us and more than eight HMACs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/guard.h"
#include "crypto/prf.h"
#include "wire/builder.h"

#define ROUNDS 200000u

static uint64_t now_nsec(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* A request as strongSwan sends it: SA, KE of X25519, a nonce. */
static struct slice make_request(uint8_t *buffer, size_t size)
{
	struct ike_header h = { .spi_i = 1,
				.exchange = EXCHANGE_IKE_SA_INIT,
				.flags = FLAG_INITIATOR };
	uint8_t bytes[32] = { 9 };
	struct builder b;

	builder_start(&b, buffer, size, &h);
	builder_payload(&b, PAYLOAD_SA);
	builder_proposal(&b, 1, PROTOCOL_IKE, SLICE_EMPTY);
	builder_transform(&b, TRANSFORM_ENCR, ENCR_AES_GCM_16, 256);
	builder_transform(&b, TRANSFORM_PRF, PRF_HMAC_SHA2_256, 0);
	builder_transform(&b, TRANSFORM_KE, 31, 0);
	builder_ke(&b, 31, SLICE_OF(bytes));
	builder_raw(&b, PAYLOAD_NONCE, SLICE_OF(bytes));
	return builder_finish(&b);
}

static uint64_t time_replies(struct core *c, struct event *e, uint8_t *spi)
{
	struct actions out;
	struct action *a;
	uint64_t start = now_nsec();

	for (uint32_t i = 0; i < ROUNDS; i++) {
		memcpy(spi, &i, sizeof(i));
		actions_init(&out);
		core_handle(c, e, &out);
		a = actions_take(&out);
		if (!a || a->kind != ACTION_SEND)
			exit(2);
		action_free(a);
	}
	return (now_nsec() - start) / ROUNDS;
}

static uint64_t time_hmacs(void)
{
	uint8_t key[32] = { 1 }, text[80] = { 2 }, out[PRF_MAX_LEN];
	struct slice part = SLICE_OF(text);
	uint64_t start = now_nsec();

	for (uint32_t i = 0; i < ROUNDS; i++)
		if (!prf(alg_find(TRANSFORM_PRF, PRF_HMAC_SHA2_256), SLICE_OF(key), &part, 1, out))
			exit(2);
	return (now_nsec() - start) / ROUNDS;
}

int main(void)
{
	struct core_settings settings = { .always_cookie = true };
	struct event e = { .kind = EVENT_ADDRESSES, .now_usec = 1 };
	struct address here;
	uint8_t request[1000];
	struct error error = { 0 };
	struct actions out;
	uint64_t reply, hmac;
	struct core *c;

	if (!crypto_self_test(&error) || !(c = core_new(&settings)) ||
	    !address_parse("192.0.2.1", &here))
		return 2;
	actions_init(&out);
	e.addresses = &here;
	e.address_count = 1;
	core_handle(c, &e, &out);
	for (struct action *a; (a = actions_take(&out));)
		action_free(a);
	e = (struct event){ .kind = EVENT_PACKET, .now_usec = 2 };
	e.local.address = e.remote.address = here;
	e.remote.address.bytes[3] = 2;
	e.datagram = make_request(request, sizeof(request));
	time_hmacs();
	time_replies(c, &e, request);
	hmac = time_hmacs();
	reply = time_replies(c, &e, request);
	core_free(c);
	printf("cookie reply %llu ns, one HMAC-SHA256 %llu ns: %.1f HMACs\n",
	       (unsigned long long)reply, (unsigned long long)hmac,
	       (double)reply / (double)(hmac ? hmac : 1));
	return reply > 5000 && reply > 8 * hmac;
}
