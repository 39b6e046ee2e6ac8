/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The resolver: at most a few threads, each for one look-up by the C library. What is done comes back
 * through an eventfd. The shared part outlives the resolver while a look-up is under way.
 */
#include "resolver.h"

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "ifaces.h"
#include "sockaddr.h"

#define THREADS_MAX 8

struct item {
	struct item *next;
	struct resolve_job *job;
};

struct shared {
	pthread_mutex_t lock;
	struct item *waiting, **waiting_end;
	struct item *done, **done_end;
	unsigned threads;
	unsigned owners; /* the resolver and each thread */
	int fd;
};

struct resolver {
	struct shared *shared;
	struct watch *watch;
	resolver_fn *fn;
	void *context;
};

static void append(struct item ***end, struct item *i)
{
	i->next = NULL;
	**end = i;
	*end = &i->next;
}

static struct item *take(struct item **first, struct item ***end)
{
	struct item *i = *first;

	if (!i)
		return NULL;
	*first = i->next;
	if (!*first)
		*end = first;
	return i;
}

static void free_all(struct item *i)
{
	while (i) {
		struct item *next = i->next;

		free(i->job);
		free(i);
		i = next;
	}
}

/* With the lock held, which is let go. */
static void disown(struct shared *s)
{
	bool is_last = --s->owners == 0;

	pthread_mutex_unlock(&s->lock);
	if (!is_last)
		return;
	free_all(s->waiting);
	free_all(s->done);
	close(s->fd);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

static int af_of(uint8_t family)
{
	return family == FAMILY_IPV4 ? AF_INET : family == FAMILY_IPV6 ? AF_INET6 : AF_UNSPEC;
}

static void add_address(struct resolve_job *j, const struct address *a)
{
	if (j->family && a->family != j->family)
		return;
	for (uint8_t i = 0; i < j->count; i++)
		if (address_eq(&j->addresses[i], a))
			return;
	if (j->count < HOSTS_MAX)
		j->addresses[j->count++] = *a;
}

/* 0, or getaddrinfo's error. */
static int look_up_name(struct resolve_job *j, const char *name)
{
	struct addrinfo hints = { .ai_family = af_of(j->family), .ai_socktype = SOCK_DGRAM };
	struct addrinfo *list = NULL;
	int err = getaddrinfo(name, NULL, &hints, &list);

	for (struct addrinfo *a = list; a; a = a->ai_next) {
		struct sockaddr_storage from = { 0 };
		struct endpoint e;

		if (a->ai_addrlen > sizeof(from))
			continue;
		memcpy(&from, a->ai_addr, a->ai_addrlen);
		if (sockaddr_to(&from, &e))
			add_address(j, &e.address);
	}
	if (list)
		freeaddrinfo(list);
	return err;
}

/* Every host of the list; what cannot be looked up is left out while another can. */
static void look_up(struct resolve_job *j)
{
	const char *list = j->name;
	char one[HOST_TEXT_LEN];
	struct address a;
	int err = 0;

	while (host_list_next(&list, one)) {
		if (address_parse(one, &a))
			add_address(j, &a);
		else
			err = look_up_name(j, one);
	}
	j->ok = j->count > 0;
	if (!j->ok)
		text_copy(j->error, sizeof(j->error),
			  err ? gai_strerror(err) : "it has no address of the family");
}

static void *work(void *context)
{
	struct shared *s = context;
	struct item *i;

	pthread_mutex_lock(&s->lock);
	while ((i = take(&s->waiting, &s->waiting_end))) {
		uint64_t one = 1;

		pthread_mutex_unlock(&s->lock);
		look_up(i->job);
		pthread_mutex_lock(&s->lock);
		append(&s->done_end, i);
		(void)!write(s->fd, &one, sizeof(one));
	}
	s->threads--;
	disown(s);
	return NULL;
}

/* With the lock held. */
static bool start_thread(struct shared *s)
{
	pthread_attr_t attr;
	pthread_t id;
	bool ok;

	if (s->threads == THREADS_MAX)
		return true;
	if (pthread_attr_init(&attr) != 0)
		return s->threads > 0;
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	s->threads++;
	s->owners++;
	ok = pthread_create(&id, &attr, work, s) == 0;
	pthread_attr_destroy(&attr);
	if (ok)
		return true;
	s->threads--;
	s->owners--;
	return s->threads > 0;
}

static void ready(void *context, int fd, unsigned what)
{
	struct resolver *r = context;
	struct shared *s = r->shared;
	struct item *i;
	uint64_t count;

	(void)what;
	(void)!read(fd, &count, sizeof(count));
	for (;;) {
		struct resolve_job *job;

		pthread_mutex_lock(&s->lock);
		i = take(&s->done, &s->done_end);
		pthread_mutex_unlock(&s->lock);
		if (!i)
			return;
		job = i->job;
		free(i);
		r->fn(r->context, job);
	}
}

static struct shared *shared_new(void)
{
	struct shared *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->waiting_end = &s->waiting;
	s->done_end = &s->done;
	s->owners = 1;
	s->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->fd >= 0 && pthread_mutex_init(&s->lock, NULL) == 0)
		return s;
	if (s->fd >= 0)
		close(s->fd);
	free(s);
	return NULL;
}

struct resolver *resolver_new(struct poller *p, resolver_fn *fn, void *context)
{
	struct resolver *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->fn = fn;
	r->context = context;
	r->shared = shared_new();
	if (r->shared)
		r->watch = watch_new(p, r->shared->fd, WATCH_READ, ready, r);
	if (r->watch)
		return r;
	resolver_free(r);
	return NULL;
}

static void submit_name(struct resolver *r, struct resolve_job *job)
{
	struct item *i = calloc(1, sizeof(*i));
	struct shared *s = r->shared;
	bool ok;

	if (!i) {
		text_copy(job->error, sizeof(job->error), "out of memory");
		r->fn(r->context, job);
		return;
	}
	i->job = job;
	pthread_mutex_lock(&s->lock);
	append(&s->waiting_end, i);
	ok = start_thread(s);
	if (!ok)
		take(&s->waiting, &s->waiting_end);
	pthread_mutex_unlock(&s->lock);
	if (ok)
		return;
	free(i);
	text_copy(job->error, sizeof(job->error), "no thread can be started");
	r->fn(r->context, job);
}

void resolver_submit(struct resolver *r, struct resolve_job *job)
{
	int err;

	if (job->kind == HOST_NAME) {
		submit_name(r, job);
		return;
	}
	err = job->kind == HOST_IFACE
		      ? ifaces_address(job->name, (enum family)job->family, &job->addresses[0])
		      : ifaces_route(&job->towards, (enum family)job->family, &job->addresses[0],
				     &job->nexthop);
	job->ok = err == 0;
	job->count = job->ok;
	if (!job->ok)
		text_copy(job->error, sizeof(job->error),
			  err == -ENODEV        ? "there is no such interface, or it has no address"
			  : err == -ENETUNREACH ? "there is no route"
						: strerror(-err));
	r->fn(r->context, job);
}

void resolver_free(struct resolver *r)
{
	if (!r)
		return;
	watch_free(r->watch);
	if (r->shared) {
		pthread_mutex_lock(&r->shared->lock);
		/* nobody wants what still waits */
		free_all(r->shared->waiting);
		r->shared->waiting = NULL;
		r->shared->waiting_end = &r->shared->waiting;
		disown(r->shared);
	}
	free(r);
}
