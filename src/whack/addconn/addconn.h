/* SPDX-License-Identifier: Apache-2.0 */
/* addconn: connections of ipsec.conf made known to pluto; the parts of the program. */
#ifndef ADDCONN_H
#define ADDCONN_H

#include "conf/settings.h"
#include "conf/setup.h"
#include "ctl/client.h"

/* What addconn exits with, beside the codes of the control socket and of conf/problem.h. */
enum { EXIT_USAGE = 1, EXIT_CONFIG = 3, EXIT_DIFFERENT = 4 };

enum addconn_task {
	TASK_NAMES,   /* add the connections named */
	TASK_AUTOALL, /* all that auto= wants, routes, --listen and initiations */
	TASK_ADDALL,  /* the same connections, added only */
	TASK_RELOAD,  /* what stands becomes what the file says; only what changed is acted upon */
	TASK_DIFF,    /* tells what RELOAD would change */
	TASK_CHECK,   /* the configuration is checked, nothing is asked of pluto */
	TASK_CHECK_ALL, /* the same with secrets, keys, certificates and what connections collide */
	TASK_LIST,      /* names by their auto= */
	TASK_CONFIGSETUP, /* config setup as shell assignments */
	TASK_WRITE,       /* prints the configuration with all resolved */
	TASK_ALGPARSE,    /* prints what proposals come to */
	TASK_LISTSTACK,
	TASK_HELP,
	TASK_VERSION,
};

struct arguments {
	uint8_t task; /* enum addconn_task */
	bool verbose, quiet, noexport, json, pfs;
	uint32_t list_autos;                           /* LIST: a bit for each enum conf_auto */
	const char *config, *socket, *varprefix, *key; /* key: of CONFIGSETUP; NULL: all */
	char socket_text[256];
	char *const *names; /* NULL-terminated */
	size_t name_count;
};

/* arguments.c: THE table of addconn's options. */
enum takes { NOTHING, VALUE, MAY };

struct argument_row {
	const char *word;
	uint8_t takes;  /* enum takes; MAY: behind '=' */
	int task;       /* enum addconn_task; -1: none */
	uint32_t autos; /* LIST */
	size_t offset; /* of a const char * or bool, when there is no task; 0: accepted, no effect */
	bool is_flag;
	const char *help; /* NULL: of old */
};

extern const struct argument_row argument_rows[];
extern const size_t argument_row_count;

/* False with an error of EXIT_USAGE. */
bool arguments_read(struct arguments *a, int argc, char **argv, struct error *e);
void print_usage(void);

/* The connections chosen, resolved; all or none. */
struct plan {
	struct conf_file file;
	struct conf_options *conns;
	size_t count;
};

/* plan.c: reads the file, checks it, resolves the connections the task is about. False: errors are
 * among the file's problems, or *code says what else (a name that is not there). */
bool plan_make(struct plan *p, const struct arguments *a, int *code);
void plan_free(struct plan *p);
/* Problems on standard error: errors always, warnings when asked for, else to syslog. */
void plan_report(const struct plan *p, bool with_warnings);

/* print.c: what needs no pluto */
void print_names(const struct plan *p, uint32_t autos);
void print_setup(const struct plan *p, const struct arguments *a);
/* algparse.c: the names are proposals, none: the defaults; the exit code. */
int algparse(const struct arguments *a);
/* write.c */
void write_config(const struct plan *p);
/* check.c: resolves each connection as pluto would and prints all that is wrong, as JSON if that is
 * wanted; the exit code. is_good: what plan_make said. */
int check(struct plan *p, const struct arguments *a, bool is_good);

/* load.c: asks pluto; the exit code. */
int load(struct plan *p, const struct arguments *a);

#endif
