/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ring. Entries stand one behind the other, each whole; where the end of the ring has no room for
 * the next one, a head of length 0 (or no room even for that) sends readers to its beginning.
 */
#include "core/history.h"

#include <stdlib.h>
#include <string.h>

struct head {
	uint32_t len; /* of all, a multiple of 8; 0: go on at the beginning */
	uint16_t name_len;
	uint16_t kind;
	uint32_t frame_len;
	uint32_t pad;
};

void history_init(struct history *h, size_t size, uint32_t epoch)
{
	*h = (struct history){ .size = size ? size & ~(size_t)7 : HISTORY_BYTES,
			       .first = 1,
			       .next = 1,
			       .epoch = epoch };
	h->data = calloc(1, h->size);
}

void history_fini(struct history *h)
{
	free(h->data);
	h->data = NULL;
}

static struct head head_at(const struct history *h, size_t at)
{
	struct head head = { 0 };

	if (at + sizeof(head) <= h->size)
		memcpy(&head, h->data + at, sizeof(head));
	return head;
}

/* Where the entry is that follows at this place. */
static size_t settle(const struct history *h, size_t at)
{
	return head_at(h, at).len == 0 ? 0 : at;
}

static void forget_oldest(struct history *h)
{
	h->tail += head_at(h, h->tail).len;
	h->first++;
	if (h->first == h->next)
		h->tail = h->head;
	else
		h->tail = settle(h, h->tail);
}

/* Makes room for so many octets in one piece, at the place where it returns. */
static size_t make_room(struct history *h, size_t len)
{
	struct head end = { 0 };

	if (h->head + len > h->size) {
		while (h->first != h->next && h->tail >= h->head)
			forget_oldest(h);
		if (h->head + sizeof(end) <= h->size)
			memcpy(h->data + h->head, &end, sizeof(end));
		h->head = 0;
		if (h->first == h->next)
			h->tail = 0;
	}
	while (h->first != h->next && h->tail >= h->head && h->tail < h->head + len)
		forget_oldest(h);
	return h->head;
}

void history_add(struct history *h, uint8_t kind, struct slice name, struct slice frame)
{
	struct head head = { .name_len = (uint16_t)name.len,
			     .kind = kind,
			     .frame_len = (uint32_t)frame.len };
	size_t len = (sizeof(head) + name.len + frame.len + 7) & ~(size_t)7;
	uint8_t *to;

	if (!h->data || len > h->size / 4 || name.len > UINT16_MAX)
		return;
	head.len = (uint32_t)len;
	to = h->data + make_room(h, len);
	memcpy(to, &head, sizeof(head));
	if (name.len)
		memcpy(to + sizeof(head), name.data, name.len);
	memcpy(to + sizeof(head) + name.len, frame.data, frame.len);
	h->head += len;
	h->next++;
}

struct history_place history_oldest(const struct history *h)
{
	return (struct history_place){ h->first, h->tail };
}

struct history_place history_at(const struct history *h, uint64_t number)
{
	struct history_place p = history_oldest(h);
	struct history_entry e;

	if (number < p.number)
		return (struct history_place){ number, 0 };
	while (p.number < number && history_read(h, &p, &e))
		;
	return p;
}

uint64_t history_lost(const struct history *h, struct history_place *p)
{
	uint64_t lost = p->number < h->first ? h->first - p->number : 0;

	if (lost)
		*p = history_oldest(h);
	return lost;
}

bool history_read(const struct history *h, struct history_place *p, struct history_entry *out)
{
	struct head head;

	if (!h->data || p->number < h->first || p->number >= h->next)
		return false;
	p->at = settle(h, p->at);
	head = head_at(h, p->at);
	*out = (struct history_entry){
		.number = p->number,
		.kind = (uint8_t)head.kind,
		.name = slice(h->data + p->at + sizeof(head), head.name_len),
		.frame = slice(h->data + p->at + sizeof(head) + head.name_len, head.frame_len),
	};
	p->at += head.len;
	p->number++;
	return true;
}
