/* SPDX-License-Identifier: Apache-2.0 */
/* Fetching by http from a server that takes its time, over the loopback. */
#include "vectors/vector.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "crypto/credentials.h"
#include "crypto/trust.h"

enum manner { IN_PARTS, NEVER_ENDS, NO_ANSWER, POSTED };

struct server {
	pthread_t thread;
	int fd;
	enum manner manner;
	char url[64];
};

static void nap(long msec)
{
	struct timespec t = { .tv_sec = msec / 1000, .tv_nsec = msec % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

static void say(int fd, const char *text)
{
	(void)!write(fd, text, strlen(text));
}

static void *serve(void *context)
{
	struct server *s = context;
	char request[2000];
	int fd = accept(s->fd, NULL, NULL);

	(void)!read(fd, request, sizeof(request));
	if (s->manner == NO_ANSWER) {
		nap(2500);
	} else if (s->manner == POSTED) {
		/* OCSPResponse: unauthorized (RFC 6960 4.2.1) */
		static const char answer[] = "HTTP/1.0 200 OK\r\n"
					     "Content-Type: application/ocsp-response\r\n"
					     "Content-Length: 5\r\n\r\n\x30\x03\x0a\x01\x06";

		(void)!write(fd, answer, sizeof(answer) - 1);
	} else {
		say(fd, "HTTP/1.0 200 OK\r\nContent-Type: application/pkix-crl\r\n\r\n");
		nap(150);
		say(fd, "this is no CRL, ");
		nap(150);
		if (s->manner == NEVER_ENDS)
			nap(3500);
		say(fd, "but it comes whole");
	}
	close(fd);
	return NULL;
}

static void start(struct server *s, enum manner manner)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);

	s->manner = manner;
	s->fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_true(s->fd >= 0);
	if (bind(s->fd, (struct sockaddr *)&a, sizeof(a)) != 0)
		skip();
	assert_int_equal(listen(s->fd, 1), 0);
	assert_int_equal(getsockname(s->fd, (struct sockaddr *)&a, &len), 0);
	snprintf(s->url, sizeof(s->url), "http://127.0.0.1:%u/ca.crl", ntohs(a.sin_port));
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void fetch(enum manner manner, const char *says)
{
	struct keystore *k = keystore_new();
	struct revocation_policy p;
	struct fetch f = { .kind = manner == POSTED ? FETCH_OCSP : FETCH_CRL };
	struct error e = { 0 };
	struct server s;

	trust_policy(keystore_trust(k), &p);
	p.crl_timeout_sec = p.ocsp_timeout_sec = 1;
	p.ocsp_post = true;
	trust_configure(keystore_trust(k), &p);
	start(&s, manner);
	assert_true(bytes_copy(slice_str("a request"), &f.request));
	text_copy(f.url, sizeof(f.url), s.url);
	assert_false(credentials_fetch(k, &f, &e));
	if (!strstr(e.text, says))
		fail_msg("%s", e.text);
	pthread_join(s.thread, NULL);
	close(s.fd);
	bytes_free(&f.request);
	keystore_free(k);
}

/* It is read to its end, and only then found to be none. */
static void test_in_parts(void **state)
{
	(void)state;
	fetch(IN_PARTS, "no CRL can be read from it");
}

static void test_never_ends(void **state)
{
	(void)state;
	fetch(NEVER_ENDS, "did not come to its end in time");
}

static void test_no_answer(void **state)
{
	(void)state;
	fetch(NO_ANSWER, "timeout");
}

/* What answers a POST has a length, and is whole when it is read. */
static void test_posted(void **state)
{
	(void)state;
	fetch(POSTED, "no OCSP request is known for the answer"); /* which came whole */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_parts),
		cmocka_unit_test(test_never_ends),
		cmocka_unit_test(test_no_answer),
		cmocka_unit_test(test_posted),
	};

	return cmocka_run_group_tests(tests, crypto_setup, NULL);
}
