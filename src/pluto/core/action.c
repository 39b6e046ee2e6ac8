/* SPDX-License-Identifier: Apache-2.0 */
/* Actions: what the core asks of the world, queued in order. */
#include <stdlib.h>

#include "core/debug.h"
#include "core/internal.h"
#include "ctl/codes.h"

void actions_init(struct actions *a)
{
	*a = (struct actions){ .last = &a->first };
}

struct action *actions_take(struct actions *a)
{
	struct action *first = a->first;

	if (!first)
		return NULL;
	a->first = first->next;
	if (!a->first)
		a->last = &a->first;
	a->count--;
	first->next = NULL;
	return first;
}

void action_free(struct action *a)
{
	if (!a)
		return;
	if (a->kind == ACTION_TICKETS && a->data.data)
		wipe(a->data.data, a->data.len);
	bytes_free(&a->data);
	bytes_free(&a->name);
	if (a->batch) {
		kernel_batch_free(a->batch);
		free(a->batch);
	}
	work_free(a->work);
	updown_job_free(a->job);
	free(a->resolve);
	free(a);
}

static struct action *append(struct core *c, enum action_kind kind)
{
	struct action *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->kind = (uint8_t)kind;
	*c->out->last = a;
	c->out->last = &a->next;
	c->out->count++;
	return a;
}

void core_action(struct core *c, enum action_kind kind)
{
	append(c, kind);
}

void core_event(struct core *c, uint8_t kind, struct slice frame)
{
	struct action *a = append(c, ACTION_EVENT);

	if (!a)
		return;
	a->level = kind;
	bytes_copy(frame, &a->data);
}

void core_more(struct core *c, struct core_client *client,
	       void (*more)(struct core *c, struct core_client *client))
{
	struct action *a = append(c, ACTION_MORE);

	client->waits_for = WAITS_MORE;
	client->more = more;
	if (a)
		a->client = client->group ? client->group->id : client->id;
	else
		client_finish(c, client, RC_INTERNAL);
}

void core_put_before(struct core *c, struct action **mark, struct action *a)
{
	a->next = *mark;
	*mark = a;
	if (c->out->last == mark)
		c->out->last = &a->next;
	c->out->count++;
}

void core_load_cert(struct core *c, const char *name)
{
	struct action *a = name ? append(c, ACTION_LOAD_CERT) : NULL;

	if (a)
		bytes_copy(slice_str(name), &a->data);
}

void core_tickets(struct core *c, struct slice records, bool is_whole)
{
	struct action *a = append(c, ACTION_TICKETS);

	if (!a)
		return;
	a->is_whole = is_whole;
	bytes_copy(records, &a->data);
}

void core_read_group(struct core *c, const char *name)
{
	struct action *a = append(c, ACTION_READ_GROUP);

	if (a)
		bytes_copy(slice_str(name), &a->data);
}

/* A datagram that cannot be queued for want of memory is as good as lost on the way. */
void core_send(struct core *c, const struct endpoint *local, const struct endpoint *remote,
	       bool natt, struct slice datagram)
{
	core_send_of(c, 0, local, remote, natt, datagram);
}

void core_send_of(struct core *c, uint64_t owner, const struct endpoint *local,
		  const struct endpoint *remote, bool natt, struct slice datagram)
{
	char peer[ENDPOINT_TEXT_LEN];
	struct bytes data;
	struct action *a;

	if (!bytes_copy(datagram, &data))
		return;
	a = append(c, ACTION_SEND);
	if (!a) {
		bytes_free(&data);
		return;
	}
	a->owner = owner;
	a->local = *local;
	a->remote = *remote;
	a->natt = natt;
	a->data = data;
	if (debug_is_on(c, NULL, DEBUG_PACKET))
		debug_log(c, NULL, DEBUG_PACKET, "sent %zu bytes to %s", datagram.len,
			  endpoint_format(remote, peer, sizeof(peer)));
}

void core_keepalive(struct core *c, const struct endpoint *local, const struct endpoint *remote)
{
	static const uint8_t byte = 0xff;
	struct bytes data;
	struct action *a;

	if (!bytes_copy(slice(&byte, 1), &data))
		return;
	a = append(c, ACTION_SEND);
	if (!a) {
		bytes_free(&data);
		return;
	}
	a->local = *local;
	a->remote = *remote;
	a->natt = a->is_keepalive = true;
	a->data = data;
}

void core_ports(struct core *c, const uint16_t *ports, size_t count)
{
	struct action *a = append(c, ACTION_PORTS);
	struct writer w;

	if (!a || !bytes_alloc(count * 2, &a->data))
		return;
	w = writer_over(a->data.data, a->data.len);
	for (size_t i = 0; i < count; i++)
		writer_u16(&w, ports[i]);
}

void core_source(struct core *c, uint64_t owner, const struct endpoint *remote)
{
	struct action *a = append(c, ACTION_SOURCE);

	if (!a)
		return;
	a->owner = owner;
	a->remote = *remote;
}

void core_work(struct core *c, struct work *w)
{
	struct action *a = append(c, ACTION_WORK);

	if (a) {
		a->work = w;
		return;
	}
	w->undone = c->undone_work;
	c->undone_work = w;
}

struct action *action_removal(void)
{
	struct action *a = calloc(1, sizeof(*a));

	if (!a || !(a->batch = calloc(1, sizeof(*a->batch)))) {
		free(a);
		return NULL;
	}
	a->kind = ACTION_KERNEL;
	return a;
}

bool core_kernel(struct core *c, uint64_t owner, uint32_t ticket, struct kernel_batch *batch)
{
	struct kernel_batch *moved = batch->is_short ? NULL : malloc(sizeof(*moved));
	struct action *a = moved ? append(c, ACTION_KERNEL) : NULL;

	if (a) {
		*moved = *batch;
		*batch = (struct kernel_batch){ 0 };
		a->batch = moved;
		a->owner = owner;
		a->ticket = ticket;
	} else {
		free(moved);
	}
	kernel_batch_free(batch);
	return a != NULL;
}

void core_updown(struct core *c, struct updown_job *job, uint32_t lane)
{
	struct action *a;

	if (!job)
		return;
	job->lane = lane;
	debug_log(c, NULL, DEBUG_UPDOWN, "updown %s for \"%s\"", job->verb, job->connection);
	a = append(c, ACTION_UPDOWN);
	if (a) {
		a->job = job;
		job->asked_usec = c->now_usec;
		list_append(&c->scripts, &job->asked);
		return;
	}
	job->undone = c->undone_jobs;
	c->undone_jobs = job;
}

void core_resolve(struct core *c, struct resolve_job *job)
{
	struct action *a = append(c, ACTION_RESOLVE);

	if (a)
		a->resolve = job;
	else
		free(job);
}

uint32_t core_ticket(struct core *c, struct slot *slot)
{
	/* 0 is none, and the highest is core/route.h's */
	if (++c->next_ticket >= UINT32_MAX - 1)
		c->next_ticket = 1;
	slot->ticket = c->next_ticket;
	return slot->ticket;
}
