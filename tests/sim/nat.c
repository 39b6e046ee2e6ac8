/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One NAT box, before the hosts that a scenario puts behind it: it gives each of their ports one of
 * its own, forgets it when it is silent too long, and may forward the IKE ports to one of them.
 */
#include "sim.h"

#define FIRST_PORT 30001

void nat_put_behind(struct sim *s, uint8_t host, bool forwards)
{
	struct nat_box *box = &s->net.box;

	if (!address_parse("203.0.113.9", &box->outer))
		sim_fail(s, "the box has no address");
	if (!box->next_port)
		box->next_port = FIRST_PORT;
	for (size_t i = box->count; i-- > 0;)
		if (box->map[i].host == host)
			box->map[i] = box->map[--box->count];
	box->behind[host] = true;
	box->forwards[host] = forwards;
}

void nat_remap(struct sim *s, bool moves)
{
	s->net.box.count = 0;
	if (moves)
		s->net.box.outer.bytes[3]++;
}

static struct nat_mapping *find(struct sim *s, uint8_t host, uint16_t inner)
{
	struct nat_box *box = &s->net.box;

	for (size_t i = 0; i < box->count; i++)
		if (box->map[i].host == host && box->map[i].inner == inner) {
			if (!box->life_usec ||
			    s->now_usec - box->map[i].used_usec <= box->life_usec)
				return &box->map[i];
			box->map[i] = box->map[--box->count];
			return NULL;
		}
	return NULL;
}

struct endpoint nat_out(struct sim *s, uint8_t host, const struct endpoint *inner)
{
	struct nat_box *box = &s->net.box;
	struct nat_mapping *m;

	if (!box->behind[host])
		return *inner;
	m = find(s, host, inner->port);
	if (!m && box->count == NAT_MAPPINGS) {
		sim_fail(s, "the box is full");
		return *inner;
	}
	if (!m) {
		m = &box->map[box->count++];
		*m = (struct nat_mapping){ .host = host, .inner = inner->port };
		m->outer = box->forwards[host] ? inner->port : box->next_port++;
	}
	m->used_usec = s->now_usec;
	return (struct endpoint){ .address = box->outer, .port = m->outer };
}

bool nat_in(struct sim *s, const struct endpoint *to, uint8_t *host, struct endpoint *inner)
{
	struct nat_box *box = &s->net.box;

	if (!address_eq(&to->address, &box->outer))
		return false;
	*inner = *to;
	for (uint8_t h = 0; h < HOSTS; h++) {
		inner->address = s->hosts[h].address;
		*host = h;
		if (box->forwards[h])
			return true;
		for (size_t i = 0; i < box->count; i++)
			if (box->map[i].host == h && box->map[i].outer == to->port &&
			    find(s, h, box->map[i].inner)) {
				inner->port = box->map[i].inner;
				return true;
			}
	}
	return false;
}

bool nat_same(const struct sim *s, const struct address *a, const struct address *b)
{
	const struct nat_box *box = &s->net.box;
	const struct address *x = a, *y = b;

	for (int h = 0; h < HOSTS; h++) {
		if (!box->behind[h])
			continue;
		if (address_eq(a, &s->hosts[h].address))
			x = &box->outer;
		if (address_eq(b, &s->hosts[h].address))
			y = &box->outer;
	}
	return address_eq(x, y);
}
