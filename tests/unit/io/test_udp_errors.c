/* SPDX-License-Identifier: Apache-2.0 */
/* ICMP errors of a socket over loopback: they are read and logged, and the socket goes on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "io/log.h"
#include "io/udp_errors.h"

static char path[] = "/tmp/test_udp_errors.XXXXXX";

static int bound(struct sockaddr_in *at)
{
	socklen_t len = sizeof(*at);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	*at = (struct sockaddr_in){ .sin_family = AF_INET };
	at->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)at, sizeof(*at)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)at, &len), 0);
	return fd;
}

static void send_to(int fd, const struct sockaddr_in *to)
{
	assert_int_equal(sendto(fd, "x", 1, 0, (const struct sockaddr *)to, sizeof(*to)), 1);
}

static bool waits_for(int fd, short what)
{
	struct pollfd p = { .fd = fd, .events = what };

	return poll(&p, 1, 2000) == 1 && (p.revents & (what | POLLERR));
}

/* Nobody listens at the other port, and the system says so; then somebody does. */
static void edge_34_unreachable_is_a_hint(void **state)
{
	struct log_settings s = { .where = LOG_TO_FILE, .file = path, .truncate = true };
	struct endpoint local = { .port = 500 };
	struct sockaddr_in ours, gone;
	struct error e = { 0 };
	char text[2000] = "", byte;
	int fd = bound(&ours), peer = bound(&gone);
	FILE *f;

	(void)state;
	address_parse("127.0.0.1", &local.address);
	assert_true(udp_errors_keep(fd, false));
	close(peer);
	assert_true(log_open(&s, &e));
	send_to(fd, &gone);
	assert_true(waits_for(fd, 0));
	udp_errors_read(fd, &local);
	/* all is read: the loop does not come back for it */
	assert_true(recv(fd, &byte, 1, MSG_ERRQUEUE | MSG_DONTWAIT) < 0 && errno == EAGAIN);
	log_close();
	f = fopen(path, "re");
	assert_non_null(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = 0;
	fclose(f);
	assert_non_null(strstr(text, "only a hint"));
	assert_non_null(strstr(text, "Connection refused"));
	/* the socket sends and receives as before */
	send_to(fd, &ours);
	assert_true(waits_for(fd, POLLIN));
	assert_int_equal(recv(fd, &byte, 1, MSG_DONTWAIT), 1);
	close(fd);
}

static int make(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int drop(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edge_34_unreachable_is_a_hint),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
