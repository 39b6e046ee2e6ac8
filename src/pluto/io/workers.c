/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Worker threads: a queue in, a queue out, an eventfd that tells the main thread. A work item is
 * self-contained, so the threads share nothing but the queues and the keystore, which locks itself.
 */
#include "workers.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define WAITING_MAX 20000u
#define THREADS_MAX 64u

struct item {
	struct item *next;
	struct work *work;
};

struct queue {
	struct item *first, **last;
	size_t count;
};

struct workers {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct queue waiting, done;
	bool stopping;
	pthread_t threads[THREADS_MAX];
	unsigned thread_count;
	int event_fd;
	struct watch *watch;
	struct keystore *keystore;
	work_run_fn *run;
	work_done_fn *fn;
	void *context;
};

static void queue_init(struct queue *q)
{
	q->first = NULL;
	q->last = &q->first;
	q->count = 0;
}

static void queue_put(struct queue *q, struct item *i)
{
	i->next = NULL;
	*q->last = i;
	q->last = &i->next;
	q->count++;
}

static struct item *queue_take(struct queue *q)
{
	struct item *i = q->first;

	if (!i)
		return NULL;
	q->first = i->next;
	if (!q->first)
		q->last = &q->first;
	q->count--;
	return i;
}

static void *work_thread(void *context)
{
	struct workers *ws = context;

	pthread_mutex_lock(&ws->lock);
	for (;;) {
		struct item *i;
		uint64_t one = 1;

		while (!ws->stopping && !ws->waiting.first)
			pthread_cond_wait(&ws->wake, &ws->lock);
		if (ws->stopping)
			break;
		i = queue_take(&ws->waiting);
		pthread_mutex_unlock(&ws->lock);
		ws->run(i->work, ws->keystore);
		pthread_mutex_lock(&ws->lock);
		queue_put(&ws->done, i);
		if (write(ws->event_fd, &one, sizeof(one)) < 0 && errno != EAGAIN)
			break;
	}
	pthread_mutex_unlock(&ws->lock);
	return NULL;
}

static void collect(void *context, int fd, unsigned what)
{
	struct workers *ws = context;
	struct queue done;
	struct item *i;
	uint64_t count;

	(void)what;
	if (read(fd, &count, sizeof(count)) < 0 && errno != EAGAIN)
		return;
	queue_init(&done);
	pthread_mutex_lock(&ws->lock);
	while ((i = queue_take(&ws->done)))
		queue_put(&done, i);
	pthread_mutex_unlock(&ws->lock);
	while ((i = queue_take(&done))) {
		struct work *w = i->work;

		free(i);
		ws->fn(ws->context, w);
	}
}

static bool start_threads(struct workers *ws, unsigned threads)
{
	sigset_t all, before;
	int err = 0;

	/* signals are the main thread's affair */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (err == 0 && ws->thread_count < threads && ws->thread_count < THREADS_MAX) {
		err = pthread_create(&ws->threads[ws->thread_count], NULL, work_thread, ws);
		if (err == 0)
			ws->thread_count++;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = err;
	return ws->thread_count > 0;
}

struct workers *workers_new(struct poller *p, struct keystore *k, unsigned threads,
			    work_run_fn *run, work_done_fn *done, void *context)
{
	struct workers *ws = calloc(1, sizeof(*ws));

	if (!ws)
		return NULL;
	pthread_mutex_init(&ws->lock, NULL);
	pthread_cond_init(&ws->wake, NULL);
	queue_init(&ws->waiting);
	queue_init(&ws->done);
	ws->keystore = k;
	ws->run = run;
	ws->fn = done;
	ws->context = context;
	ws->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (ws->event_fd >= 0)
		ws->watch = watch_new(p, ws->event_fd, WATCH_READ, collect, ws);
	if (!ws->watch || !start_threads(ws, threads)) {
		int err = errno;

		workers_free(ws);
		errno = err;
		return NULL;
	}
	return ws;
}

bool workers_submit(struct workers *ws, struct work *w)
{
	struct item *i = malloc(sizeof(*i));
	bool room;

	if (!i)
		return false;
	i->work = w;
	pthread_mutex_lock(&ws->lock);
	room = ws->waiting.count < WAITING_MAX;
	if (room)
		queue_put(&ws->waiting, i);
	pthread_cond_signal(&ws->wake);
	pthread_mutex_unlock(&ws->lock);
	if (!room)
		free(i);
	return room;
}

static void queue_empty(struct queue *q)
{
	struct item *i;

	while ((i = queue_take(q))) {
		work_free(i->work);
		free(i);
	}
}

void workers_free(struct workers *ws)
{
	if (!ws)
		return;
	pthread_mutex_lock(&ws->lock);
	ws->stopping = true;
	pthread_cond_broadcast(&ws->wake);
	pthread_mutex_unlock(&ws->lock);
	for (unsigned i = 0; i < ws->thread_count; i++)
		pthread_join(ws->threads[i], NULL);
	queue_empty(&ws->waiting);
	queue_empty(&ws->done);
	watch_free(ws->watch);
	if (ws->event_fd >= 0)
		close(ws->event_fd);
	pthread_cond_destroy(&ws->wake);
	pthread_mutex_destroy(&ws->lock);
	free(ws);
}
