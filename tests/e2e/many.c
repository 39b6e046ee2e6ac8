/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many peers in one process: a core each, with an identity and an address of its own, against a real
 * pluto over real sockets; the kernel's part is left out. They ask for an address and bring their
 * tunnel up, so many at a time, and take it down again.
 *
 * usage: many SERVER COUNT: peers @m-N at 10.66.0.0/16, which the machine must have (an "ip route add
 * local" does), of the server @east with the secret "many" and the client 10.2.0.0/16.
 * The last line is "N up, N failed, N down in N.N s"; status 0 when all were up and went down.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "conf/keywords.h"
#include "core/core.h"
#include "crypto/algs.h"
#include "ctl/verbs.h"

#define AT_ONCE 64u
#define COUNT_MAX 20000u
#define LIMIT_USEC (300 * USEC_PER_SEC)
#define PORT 500

enum request { REQUEST_ADD = 1, REQUEST_UP = 2, REQUEST_DOWN = 3 };

struct peer {
	struct core *core;
	struct keystore *keystore;
	struct address address;
	int fd;
	unsigned number;
};

struct todo { /* answers to actions, in order */
	struct todo *next;
	struct peer *peer;
	struct event event;
};

static struct peer *peers;
static unsigned count, begun, up, failed, down;
static struct todo *first, **last = &first;
static uint32_t next_spi = 0x1000;
static const char *server;

static uint64_t now_usec(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (uint64_t)t.tv_sec * USEC_PER_SEC + (uint64_t)t.tv_nsec / 1000;
}

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static struct event *answer(struct peer *p, enum event_kind kind)
{
	struct todo *t = calloc(1, sizeof(*t));

	if (!t)
		die("memory");
	t->peer = p;
	t->event.kind = (uint8_t)kind;
	*last = t;
	last = &t->next;
	return &t->event;
}

static void send_datagram(struct peer *p, const struct action *a)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(a->remote.port) };

	memcpy(&to.sin_addr, a->remote.address.bytes, 4);
	(void)!sendto(p->fd, a->data.data, a->data.len, MSG_DONTWAIT, (struct sockaddr *)&to,
		      sizeof(to));
}

/* Everything works, and nothing is done. */
static void do_kernel(struct peer *p, struct action *a)
{
	struct event *e = answer(p, EVENT_KERNEL_DONE);

	for (uint16_t i = 0; i < a->batch->count; i++)
		if (a->batch->ops[i].kind == KOP_ALLOC_SPI)
			a->batch->ops[i].spi = next_spi++;
	a->batch->failed_errno = 0;
	e->batch = a->batch;
	e->owner = a->owner;
	e->ticket = a->ticket;
	a->batch = NULL;
}

static void do_work(struct peer *p, struct action *a)
{
	struct event *e = answer(p, EVENT_WORK_DONE);

	work_run(a->work, p->keystore);
	e->work = a->work;
	e->owner = a->work->owner;
	e->ticket = a->work->ticket;
	a->work = NULL;
}

/* The end of a request: its code is in the last four octets. */
static void do_report(const struct action *a)
{
	bool is_end = a->data.len == CTL_END_LEN, is_ok;

	if (!is_end)
		return;
	is_ok = memcmp(a->data.data + a->data.len - 4, "\0\0\0\0", 4) == 0;
	if (a->client == REQUEST_UP) {
		up += is_ok;
		failed += !is_ok;
	} else if (a->client == REQUEST_DOWN) {
		down += is_ok;
	} else if (!is_ok) {
		fputs("a connection is refused\n", stderr);
		exit(2);
	}
}

static void do_action(struct peer *p, struct action *a)
{
	struct event *e;

	switch ((enum action_kind)a->kind) {
	case ACTION_SEND:
		send_datagram(p, a);
		break;
	case ACTION_KERNEL:
		do_kernel(p, a);
		break;
	case ACTION_WORK:
		do_work(p, a);
		break;
	case ACTION_UPDOWN:
		e = answer(p, EVENT_UPDOWN_DONE);
		e->job = a->job;
		e->job->status = 0;
		a->job = NULL;
		break;
	case ACTION_REPORT:
		do_report(a);
		break;
	case ACTION_LOG:
		if (a->level <= LOG_LEVEL_ERROR)
			fprintf(stderr, "m-%u: %.*s\n", p->number, (int)a->data.len,
				(const char *)a->data.data);
		break;
	default:
		break;
	}
}

static void give(struct peer *p, struct event *e)
{
	struct actions actions;
	struct action *a;

	actions_init(&actions);
	e->now_usec = now_usec();
	e->wall_sec = (uint64_t)time(NULL);
	core_handle(p->core, e, &actions);
	while ((a = actions_take(&actions))) {
		do_action(p, a);
		action_free(a);
	}
}

static void give_answers(void)
{
	struct todo *t;

	while ((t = first)) {
		first = t->next;
		if (!first)
			last = &first;
		give(t->peer, &t->event);
		free(t);
	}
}

static void put(struct ctl_builder *b, const char *option, const char *value, bool right)
{
	const struct keyword *k = keyword_by_whack(option);

	ctl_put_text(b, (uint16_t)(k->id | (right && k->per_end ? KEYWORD_RIGHT : 0)), 0, value);
}

static void request(struct peer *p, enum request what, enum verb verb)
{
	static uint8_t buffer[4096];
	struct ctl_builder b = ctl_request(buffer, sizeof(buffer), 1, (uint16_t)verb);
	struct event e = { .kind = EVENT_COMMAND, .client = what, .role = ROLE_OWN };
	char text[ADDRESS_TEXT_LEN];

	ctl_put_text(&b, CTL_ATTR_NAME, 0, "net");
	if (what == REQUEST_ADD) {
		put(&b, "psk", "yes", false);
		put(&b, "encrypt", "yes", false);
		put(&b, "host", address_format(&p->address, text, sizeof(text)), false);
		snprintf(text, sizeof(text), "@m-%u", p->number);
		put(&b, "id", text, false);
		put(&b, "srcip", "%config", false);
		put(&b, "host", server, true);
		put(&b, "id", "@east", true);
		put(&b, "client", "10.2.0.0/16", true);
	}
	if (!ctl_finish(&b, &e.frame))
		exit(2);
	give(p, &e);
}

static void start_peer(struct peer *p, unsigned number, int epoll)
{
	struct core_settings settings = { 0 };
	struct psk_entry psk = { .value = slice_str("many"), .origin = "many" };
	struct event listening = { .kind = EVENT_ADDRESSES,
				   .addresses = &p->address,
				   .address_count = 1,
				   .listening = true };
	struct sockaddr_in own = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	struct epoll_event watch = { .events = EPOLLIN, .data.ptr = p };
	char text[ADDRESS_TEXT_LEN];

	p->number = number;
	snprintf(text, sizeof(text), "10.66.%u.%u", number / 250, 1 + number % 250);
	address_parse(text, &p->address);
	memcpy(&own.sin_addr, p->address.bytes, 4);
	p->core = core_new(&settings);
	p->keystore = keystore_new();
	p->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (!p->core || !p->keystore || !keystore_add_psk(p->keystore, &psk) || p->fd < 0 ||
	    bind(p->fd, (struct sockaddr *)&own, sizeof(own)) < 0 ||
	    epoll_ctl(epoll, EPOLL_CTL_ADD, p->fd, &watch) < 0)
		die(text);
	give(p, &listening);
	request(p, REQUEST_ADD, VERB_ADD);
	give_answers();
}

static void receive(struct peer *p)
{
	uint8_t buffer[65536];
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	ssize_t n;

	while ((n = recvfrom(p->fd, buffer, sizeof(buffer), MSG_DONTWAIT, (struct sockaddr *)&from,
			     &len)) > 0) {
		struct event e = { .kind = EVENT_PACKET, .datagram = slice(buffer, (size_t)n) };

		e.local = (struct endpoint){ .address = p->address, .port = PORT };
		address_from(slice(&from.sin_addr, 4), &e.remote.address);
		e.remote.port = ntohs(from.sin_port);
		give(p, &e);
		give_answers();
		len = sizeof(from);
	}
}

static void run_timers(void)
{
	uint64_t now = now_usec();

	for (unsigned i = 0; i < begun; i++)
		while (core_deadline(peers[i].core) <= now) {
			struct event e = { .kind = EVENT_TIMER };

			give(&peers[i], &e);
			give_answers();
		}
}

static void turn(int epoll)
{
	struct epoll_event events[64];
	int n = epoll_wait(epoll, events, 64, 20);

	for (int i = 0; i < n; i++)
		receive(events[i].data.ptr);
	run_timers();
}

int main(int argc, char **argv)
{
	struct rlimit files = { COUNT_MAX + 64, COUNT_MAX + 64 };
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	struct error e = { 0 };
	uint64_t start = now_usec();
	unsigned asked = 0;

	if (argc != 3 || (count = (unsigned)strtoul(argv[2], NULL, 10)) == 0 || count > COUNT_MAX) {
		fprintf(stderr, "usage: %s SERVER COUNT\n", argv[0]);
		return 2;
	}
	server = argv[1];
	(void)setrlimit(RLIMIT_NOFILE, &files);
	peers = calloc(count, sizeof(*peers));
	if (!peers || epoll < 0 || !crypto_self_test(&e))
		die("start");
	while (up + failed < count && now_usec() - start < LIMIT_USEC) {
		while (begun < count && begun - up - failed < AT_ONCE) {
			start_peer(&peers[begun], begun, epoll);
			begun++;
			request(&peers[begun - 1], REQUEST_UP, VERB_INITIATE);
			give_answers();
		}
		turn(epoll);
	}
	printf("%u up, %u failed in %.1f s\n", up, failed, (double)(now_usec() - start) / 1e6);
	fflush(stdout);
	/* whoever started us looks at the server now */
	(void)!getchar();
	while (down < begun && now_usec() - start < LIMIT_USEC) {
		while (asked < begun && asked - down < AT_ONCE) {
			request(&peers[asked++], REQUEST_DOWN, VERB_TERMINATE);
			give_answers();
		}
		turn(epoll);
	}
	printf("%u up, %u failed, %u down in %.1f s\n", up, failed, down,
	       (double)(now_usec() - start) / 1e6);
	for (unsigned i = 0; i < begun; i++) {
		core_free(peers[i].core);
		keystore_free(peers[i].keystore);
		close(peers[i].fd);
	}
	free(peers);
	return up == count && down == count ? 0 : 1;
}
