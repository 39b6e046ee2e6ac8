/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pluto's beginning and end: what is done once, in the order in which rights are still there and
 * threads are not yet. The daemon starts deaf; whack --listen opens its ears.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/paths.h"
#include "crypto/algs.h"
#include "daemonize.h"
#include "io/audit.h"
#include "io/log.h"
#include "io/loop.h"
#include "io/notify.h"
#include "io/pidfile.h"
#include "io/privs.h"
#include "io/spawner.h"
#include "io/ticket_store.h"
#include "io/state_file.h"
#include "kernel/kernel.h"
#include "options.h"
#include "qcd_secret.h"

enum exit_status {
	EXIT_FAULT = 1,
	EXIT_SOCKET = 2,
	EXIT_FORK = 3,
	EXIT_SELFTEST = 4,
	EXIT_KERNEL = 5,
};

/* To the log, and to whoever waits at the terminal. */
static int fail(int status, const struct error *e)
{
	if (!log_is_on_stderr())
		fprintf(stderr, "pluto: %s\n", e->text);
	log_printf(LOG_LEVEL_ERROR, "FATAL: %s", e->text);
	return status;
}

static void log_kernel(const char *text)
{
	log_line(LOG_LEVEL_INFO, text);
}

/* What a former run left for this one to go on with; NULL: nothing is kept, and nothing was. */
static struct state_file *open_state(const struct options *o, struct secret *entries)
{
	struct error warning = { 0 }, e = { 0 };
	struct state_file *f = state_file_open(o->rundir, &warning, &e);

	if (warning.text[0] && !o->no_hot_restart)
		log_printf(LOG_LEVEL_WARNING, "%s", warning.text);
	if (e.text[0] && !o->no_hot_restart)
		log_printf(LOG_LEVEL_WARNING, "no hot restart: %s", e.text);
	if (!f)
		return NULL;
	if (o->no_hot_restart) {
		/* what a run before this one kept is older than this one's doings */
		state_file_remove(f);
		state_file_close(f);
		return NULL;
	}
	if (state_file_load(f, entries, &e))
		return f;
	log_printf(LOG_LEVEL_WARNING, "%s/state is not taken over, all SAs begin anew: %s",
		   o->rundir, e.text);
	state_file_discard(f);
	return f;
}

static struct kernel_backend *open_kernel(const struct options *o, bool keeps, struct error *e)
{
	const struct kernel_settings s = {
		.journal = o->journal,
		.keeps = keeps,
		.acquire_sec = o->acquire_sec,
		.has_unmanaged_ifaces = o->has_unmanaged_ifaces,
		.log = log_kernel,
	};
	struct kernel_backend *k;

	if (!o->no_kernel)
		return kernel_xfrm_open(&s, e);
	k = kernel_none_open();
	if (!k)
		error_set(e, "out of memory");
	return k;
}

/* Where there is none the daemon goes on: not every kernel and no container has it. */
static struct audit *open_audit(const struct options *o)
{
	struct error e = { 0 };
	struct audit *a = o->no_audit ? NULL : audit_open(&e);

	if (!a && !o->no_audit)
		log_printf(LOG_LEVEL_INFO, "no audit records: %s", e.text);
	return a;
}
struct hot {                      /* what lives from one run to the next */
	struct state_file *state; /* NULL: nothing does */
	struct secret entries;
	bool leaves; /* the next run is to find what this one found or made */
};

static int serve(const struct options *o, struct kernel_backend *k, int spawner_fd,
		 struct daemon_parent *parent, struct hot *hot)
{
	char creddirs[sizeof(o->ipsecdir) + sizeof(o->rundir) + 6];
	struct loop_settings s = {
		.core = o->core,
		.kernel = k,
		.control_path = o->control,
		.control_group = o->control_group,
		.control_readers = o->control_readers,
		.secrets_file = o->secrets,
		.ipsecdir = o->ipsecdir,
		.creddirs = creddirs,
		.revocation = o->revocation,
		.crl_check_sec = o->crl_check_sec,
		.updown_script = o->updown,
		.dns_resolver = o->dns_resolver,
		.spawner_fd = spawner_fd,
		.helpers = o->helpers,
		.listen = o->listen,
		.listen_count = o->listen_count,
		.udp = o->udp,
		.tcp_port = o->tcp_port,
		.debug = o->debug[0] ? o->debug : NULL,
		.state = hot->state,
		.entries = &hot->entries,
	};
	cleanup(secret_cleanup) struct secret tickets = { 0 };
	struct error e = { 0 };
	struct loop *l;
	int status;

	/* the second is what _nss made of a database of NSS */
	snprintf(creddirs, sizeof(creddirs), "%s:%s/nss", o->ipsecdir, o->rundir);
	s.core.pid = (uint32_t)getpid();
	s.core.stack = k->name;
	s.core.is_fips = crypto_is_fips();
	s.core.keeps = hot->state != NULL;
	if (!o->no_qcd) {
		s.core.has_qcd_secret = qcd_secret_read(o->statedir, s.core.qcd_secret, &e);
		if (!s.core.has_qcd_secret)
			log_printf(LOG_LEVEL_WARNING, "no quick crash detection: %s", e.text);
	}
	if (ticket_store_read(o->statedir, &tickets, &e)) {
		s.statedir = o->statedir;
		s.core.tickets = secret_slice(&tickets);
	} else {
		log_printf(LOG_LEVEL_WARNING, "tickets will not outlive pluto: %s", e.text);
	}
	s.audit = open_audit(o);
	s.core.audit = s.audit != NULL;
	/* what is saved can be taken for a moment when no capability is left */
	if (o->control_group && setresgid((gid_t)-1, (gid_t)-1, o->control_group) < 0) {
		error_set(&e, "--ctlgroup: %s", strerror(errno));
		return fail(EXIT_FAULT, &e);
	}
	/* capabilities are each thread's own: they go before there are threads */
	if (!privs_drop_daemon(&e))
		return fail(EXIT_FAULT, &e);
	l = loop_new(&s, &e);
	if (!l)
		return fail(EXIT_SOCKET, &e);
	status = loop_run(l, daemonize_ready, parent);
	hot->leaves = loop_leaves(l);
	loop_free(l);
	audit_close(s.audit);
	return status;
}

/* In the daemon's own process. */
static int be_daemon(const struct options *o, int lock_fd, struct daemon_parent *parent)
{
	struct kernel_backend *k;
	struct hot hot = { 0 };
	struct error e = { 0 };
	int spawner_fd, status;

	if (!pidfile_write(lock_fd, &e))
		return fail(EXIT_FAULT, &e);
	log_printf(LOG_LEVEL_INFO, "Starting Pluto (Cygnet Version %s) pid:%d", CYGNET_VERSION,
		   (int)getpid());
	if (o->legacy[0])
		log_printf(LOG_LEVEL_INFO, "options without effect here: %s", o->legacy);
	spawner_fd = spawner_start();
	if (spawner_fd < 0) {
		error_set(&e, "cannot start the spawner: %s", strerror(-spawner_fd));
		return fail(EXIT_FORK, &e);
	}
	hot.state = open_state(o, &hot.entries);
	/* a start that fails leaves it to the next one */
	hot.leaves = hot.entries.len > 0;
	k = open_kernel(o, hot.leaves, &e);
	if (!k) {
		secret_free(&hot.entries);
		state_file_close(hot.state);
		return fail(EXIT_KERNEL, &e);
	}
	log_printf(LOG_LEVEL_INFO, "using the kernel interface \"%s\"", k->name);
	status = serve(o, k, spawner_fd, parent, &hot);
	secret_free(&hot.entries);
	if (hot.state && !hot.leaves)
		state_file_remove(hot.state);
	state_file_close(hot.state);
	k->close(k, hot.leaves);
	log_line(LOG_LEVEL_INFO, "Pluto is shut down");
	return status;
}

static bool open_log(const struct options *o, struct error *e)
{
	struct log_settings s = {
		.where = o->logfile[0]  ? LOG_TO_FILE
			 : o->stderrlog ? LOG_TO_STDERR
					: LOG_TO_SYSLOG,
		.file = o->logfile[0] ? o->logfile : NULL,
		.with_time = !o->log_no_time,
		.json = o->log_json,
		.truncate = o->log_no_append,
	};

	return log_open(&s, e);
}

static void set_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_SETMASK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static int run(const struct options *o)
{
	struct error e = { 0 };
	struct daemon_parent parent = { .fd = -1, .keep_stderr = o->stderrlog };
	int lock_fd, status;

	if (!daemonize_rundir(o->rundir, &e))
		return fail(EXIT_FAULT, &e);
	lock_fd = pidfile_lock(o->pidfile, &e);
	if (lock_fd < 0)
		return fail(e.code == PIDFILE_HELD ? (int)PIDFILE_HELD : EXIT_FAULT, &e);
	if (!open_log(o, &e))
		return fail(EXIT_FAULT, &e);
	notify_init();
	set_signals();
	if (!o->nofork) {
		status = daemonize(&parent);
		if (status >= 0)
			return status; /* the parent: the daemon is up, or has failed with this */
		if (parent.fd < 0) {
			error_set(&e, "cannot fork: %s", strerror(errno));
			return fail(EXIT_FORK, &e);
		}
	}
	status = be_daemon(o, lock_fd, &parent);
	pidfile_release(lock_fd, o->pidfile);
	log_close();
	return status;
}

int main(int argc, char **argv)
{
	static struct options o;
	struct error e = { 0 };

	daemonize_stdio();
	if (!options_read(&o, argc, argv, &e)) {
		char text[900];

		fprintf(stderr, "pluto: %s\n", error_format(&e, text, sizeof(text)));
		return EXIT_FAULT;
	}
	if (o.task == TASK_VERSION) {
		printf("Cygnet %s\n", CYGNET_VERSION);
		return 0;
	}
	if (o.task == TASK_HELP) {
		options_help();
		return 0;
	}
	if (!crypto_self_test(&e)) {
		fprintf(stderr, "pluto: self test: %s\n", e.text);
		return EXIT_SELFTEST;
	}
	return o.task == TASK_SELFTEST ? 0 : run(&o);
}
