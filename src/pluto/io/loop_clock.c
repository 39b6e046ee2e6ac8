/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time and signals. One timerfd on CLOCK_BOOTTIME, which goes on during suspend, stands at the
 * least of all deadlines: the core's, the control clients', the rescan of addresses, the watchdog.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/duration.h"
#include "log.h"
#include "loop_state.h"
#include "notify.h"

uint64_t loop_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (uint64_t)t.tv_sec * USEC_PER_SEC + (uint64_t)t.tv_nsec / 1000;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

void loop_arm(struct loop *l)
{
	struct itimerspec at = { 0 };
	uint64_t due = core_deadline(l->core);

	due = least(due, control_deadline(l->control));
	due = least(due, least(l->rescan_usec, l->watchdog_usec));
	due = least(due, l->status_usec);
	due = least(due, least(l->resync_usec, l->keep_usec));
	due = least(due, l->events_usec);
	due = least(due, least(l->expiry_usec, l->crls_usec));
	if (l->exiting)
		due = least(due, l->exit_by_usec);
	if (due == l->armed_usec)
		return;
	l->armed_usec = due;
	if (due != USEC_NEVER) {
		/* all zero would disarm it */
		due = due ? due : 1;
		at.it_value.tv_sec = (time_t)(due / USEC_PER_SEC);
		at.it_value.tv_nsec = (long)(due % USEC_PER_SEC) * 1000;
	}
	(void)timerfd_settime(l->timer_fd, TFD_TIMER_ABSTIME, &at, NULL);
}

/* At most once a second, for it walks all connections. */
#define STATUS_USEC USEC_PER_SEC

static void after_call(void *context)
{
	struct loop *l = context;

	if (notify_is_heard() && l->status_usec == USEC_NEVER &&
	    core_happened(l->core) != l->status_of)
		l->status_usec = loop_now() + STATUS_USEC;
	loop_arm(l);
}

void loop_tell_status(struct loop *l)
{
	struct core_summary s;
	char text[sizeof(l->status_text)];
	struct text t = TEXT_OVER(text);

	l->status_usec = USEC_NEVER;
	if (!notify_is_heard())
		return;
	l->status_of = core_happened(l->core);
	core_summary(l->core, &s);
	text_add(&t, "STATUS=%u tunnel%s up", s.up, s.up == 1 ? "" : "s");
	if (s.connecting)
		text_add(&t, ", %u connecting", s.connecting);
	if (s.failed)
		text_add(&t, ", %u failed", s.failed);
	text_add(&t, "; %u connection%s loaded%s", s.loaded, s.loaded == 1 ? "" : "s",
		 s.is_listening ? "" : "; not listening yet");
	if (strcmp(text, l->status_text) == 0)
		return;
	memcpy(l->status_text, text, sizeof(text));
	notify_send(text);
}

static void timer_ready(void *context, int fd, unsigned what)
{
	struct loop *l = context;
	struct event e = { .kind = EVENT_TIMER };
	uint64_t count, now = loop_now();

	(void)what;
	(void)!read(fd, &count, sizeof(count));
	l->armed_usec = USEC_NEVER;
	if (now >= l->watchdog_usec) {
		notify_send("WATCHDOG=1");
		l->watchdog_usec = now + notify_watchdog_usec();
	}
	if (now >= l->status_usec)
		loop_tell_status(l);
	if (now >= l->rescan_usec) {
		l->rescan_usec = USEC_NEVER;
		loop_addresses(l);
	}
	if (now >= l->resync_usec) {
		l->resync_usec = USEC_NEVER;
		loop_resync(l);
	}
	if (now >= l->events_usec)
		loop_read_kernel(l);
	loop_keep_timer(l, now);
	loop_keep_credentials(l, now);
	control_tick(l->control, now);
	if (now >= core_deadline(l->core))
		loop_event(l, &e);
	loop_try_exit(l);
}

static void signal_ready(void *context, int fd, unsigned what)
{
	struct loop *l = context;
	struct event e = { .kind = EVENT_SHUTDOWN };
	struct signalfd_siginfo info;

	(void)what;
	if (read(fd, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGHUP) {
		log_line(LOG_LEVEL_INFO,
			 "SIGHUP does nothing: use whack --rereadsecrets or --listen");
		return;
	}
	log_printf(LOG_LEVEL_INFO, "SIG%s received", sigabbrev_np((int)info.ssi_signo));
	if (l->shutdowns++ > 0) {
		l->status = 1;
		l->leaves = false;
		poller_stop(l->poller);
		return;
	}
	notify_send("STOPPING=1\nSTATUS=deleting the SAs");
	loop_event(l, &e);
}

bool loop_clock_init(struct loop *l, struct error *e)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	l->armed_usec = l->rescan_usec = l->resync_usec = l->watchdog_usec = USEC_NEVER;
	l->status_usec = USEC_NEVER;
	l->keep_usec = l->events_usec = USEC_NEVER;
	l->expiry_usec = loop_now() + EXPIRY_CHECK_USEC;
	l->crls_usec = USEC_NEVER;
	if (l->settings.crl_check_sec)
		l->crls_usec = loop_now() + l->settings.crl_check_sec * USEC_PER_SEC;
	if (notify_watchdog_usec())
		l->watchdog_usec = loop_now() + notify_watchdog_usec();
	l->timer_fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	l->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (l->timer_fd >= 0)
		l->timer_watch = watch_new(l->poller, l->timer_fd, WATCH_READ, timer_ready, l);
	if (l->signal_fd >= 0)
		l->signal_watch = watch_new(l->poller, l->signal_fd, WATCH_READ, signal_ready, l);
	if (!l->timer_watch || !l->signal_watch)
		return error_set(e, "cannot set up timer and signals: %s", strerror(errno));
	poller_after(l->poller, after_call, l);
	return true;
}

void loop_clock_fini(struct loop *l)
{
	watch_free(l->timer_watch);
	watch_free(l->signal_watch);
	if (l->timer_fd >= 0)
		close(l->timer_fd);
	if (l->signal_fd >= 0)
		close(l->signal_fd);
}
