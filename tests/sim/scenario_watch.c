/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of scenarios that are about clients: who reads slowly, and what was shown to whom. */
#include <stdio.h>
#include <string.h>

#include "ctl/records.h"
#include "scenario.h"

static void add_many(struct sim *s, uint8_t host, int64_t count)
{
	char name[20], words[200];

	for (int64_t i = 1; i <= count && !s->failed; i++) {
		size_t client;

		snprintf(name, sizeof(name), "c%d", (int)i);
		snprintf(words, sizeof(words),
			 "--encrypt --psk --host=192.0.2.%d --client=10.9.%d.0/24 --to "
			 "--host=198.51.100.%d --client=10.10.%d.0/24",
			 host + 1, (int)i, (int)i, (int)i);
		client = client_request(s, host, VERB_ADD, name, words);
		if (!client_wait(s, host, client, USEC_PER_SEC) ||
		    s->hosts[host].clients[client].code != RC_OK)
			sim_fail(s, "%s is not added: %s", name, s->hosts[host].clients[client].log);
	}
}

static size_t watched(const struct host *h)
{
	return (h->watched ? h->watched : h->client_count) - 1;
}

static void expect_shown(struct sim *s, const struct sim_step *st, int64_t n)
{
	const struct host *h = &s->hosts[st->host];
	const struct client *c = &h->clients[watched(h)];
	size_t count = 0;

	for (size_t i = 0; i < record_count; i++)
		if (strcmp(records[i].name, st->text) == 0)
			count = c->kinds[records[i].kind];
	if (st->more ? (int64_t)count > n : (int64_t)count != n)
		sim_fail(s, "%zu records of %s were shown, not %d", count, st->text, (int)n);
}

static void expect_end(struct sim *s, const struct sim_step *st, int64_t code)
{
	size_t client = watched(&s->hosts[st->host]);
	const struct client *c = &s->hosts[st->host].clients[client];

	if (!client_wait(s, st->host, client, 10 * USEC_PER_SEC))
		sim_fail(s, "no end frame for verb %u", c->verb);
	else if (c->code != (uint32_t)code)
		sim_fail(s, "verb %u ended with %u", c->verb, c->code);
}

void scenario_watch_step(struct sim *s, const struct sim_step *st, int64_t n)
{
	struct host *h = &s->hosts[st->host];

	switch (st->op) {
	case OP_MANY:
		add_many(s, st->host, n);
		break;
	case OP_STALLS:
		h->watched = h->client_count;
		client_read(s, st->host, watched(h), false);
		break;
	case OP_READS:
		client_read(s, st->host, watched(h), true);
		break;
	case OP_ENDS:
		expect_end(s, st, n);
		break;
	case OP_SHOWN:
		expect_shown(s, st, n);
		break;
	case OP_TOLD:
		if (!strstr(h->clients[watched(h)].log, st->text))
			sim_fail(s, "not told \"%s\", but:\n%.500s", st->text,
				 h->clients[watched(h)].log);
		break;
	default:
		break;
	}
}
