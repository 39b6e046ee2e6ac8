/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long and how much it takes to load connections: the requests of one transaction, as whack and
 * addconn send them, given to a core in this process. Usage: bench-load [COUNT [ROUTE]]
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "conf/keywords.h"
#include "core/core.h"
#include "crypto/algs.h"
#include "ctl/verbs.h"

static uint64_t records, failures;

static uint64_t cpu_usec(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static void drain(struct actions *out)
{
	struct action *a;

	while ((a = actions_take(out))) {
		/* an end frame's code is its last four octets */
		if (a->kind == ACTION_REPORT && a->data.len == CTL_END_LEN &&
		    memcmp(a->data.data + a->data.len - 4, "\0\0\0\0", 4) != 0)
			failures++;
		records++;
		action_free(a);
	}
}

static void give(struct core *c, struct ctl_builder *b)
{
	struct event e = {
		.now_usec = 1000000, .kind = EVENT_COMMAND, .client = 1, .role = ROLE_OWN
	};
	struct actions out;

	actions_init(&out);
	if (!ctl_finish(b, &e.frame))
		exit(1);
	core_handle(c, &e, &out);
	drain(&out);
}

static void put(struct ctl_builder *b, const char *option, const char *value, bool right)
{
	const struct keyword *k = keyword_by_whack(option);

	ctl_put_text(b, (uint16_t)(k->id | (right && k->per_end ? KEYWORD_RIGHT : 0)), 0, value);
}

static void add(struct core *c, unsigned i)
{
	static uint8_t buffer[4096];
	struct ctl_builder b = ctl_request(buffer, sizeof(buffer), 1, VERB_ADD);
	char text[64];

	snprintf(text, sizeof(text), "site-%u", i);
	ctl_put_text(&b, CTL_ATTR_NAME, 0, text);
	put(&b, "psk", "yes", false);
	put(&b, "encrypt", "yes", false);
	put(&b, "host", "192.0.2.1", false);
	put(&b, "client", "10.0.0.0/16", false);
	snprintf(text, sizeof(text), "198.%u.%u.%u", 18 + i / 65536 % 2, i / 256 % 256, i % 256);
	put(&b, "host", text, true);
	snprintf(text, sizeof(text), "@site-%u.example", i);
	put(&b, "id", text, true);
	snprintf(text, sizeof(text), "172.%u.%u.0/24", 16 + i / 256 % 16, i % 256);
	put(&b, "client", text, true);
	give(c, &b);
}

static void plain(struct core *c, enum verb verb)
{
	uint8_t buffer[64];
	struct ctl_builder b = ctl_request(buffer, sizeof(buffer), 1, (uint16_t)verb);

	give(c, &b);
}

static void listen_on(struct core *c)
{
	struct address a;
	struct event e = { .now_usec = 1000000,
			   .kind = EVENT_ADDRESSES,
			   .addresses = &a,
			   .address_count = 1,
			   .listening = true };
	struct actions out;

	actions_init(&out);
	address_parse("192.0.2.1", &a);
	core_handle(c, &e, &out);
	drain(&out);
}

int main(int argc, char **argv)
{
	unsigned count = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 10000;
	struct core_settings settings = { 0 };
	struct error e = { 0 };
	struct core *c;
	uint64_t start, usec, bytes;

	if (!crypto_self_test(&e) || count == 0)
		return 1;
	c = core_new(&settings);
	listen_on(c);
	bytes = mallinfo2().uordblks;
	start = cpu_usec();
	plain(c, VERB_BEGIN);
	for (unsigned i = 0; i < count; i++)
		add(c, i);
	plain(c, VERB_COMMIT);
	usec = cpu_usec() - start;
	bytes = mallinfo2().uordblks - bytes;
	printf("%u connections: %.3f s of processor, %.2f us and %llu bytes each, %llu failed\n",
	       count, (double)usec / 1e6, (double)usec / count, (unsigned long long)(bytes / count),
	       (unsigned long long)failures);
	core_free(c);
	return failures != 0;
}
