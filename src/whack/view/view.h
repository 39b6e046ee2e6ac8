/* SPDX-License-Identifier: Apache-2.0 */
/*
 * view: what people look at. Each command asks the daemon once and shows its records: as a picture on
 * a terminal, as plain lines in a pipe, as JSON when asked. commands.c is THE list of commands.
 */
#ifndef VIEW_VIEW_H
#define VIEW_VIEW_H

#include "ctl/client.h"
#include "ctl/render.h"
#include "ctl/replies.h"
#include "paint.h"

struct view {
	const char *socket;
	const char *config;
	bool json, dot, html, plain; /* how it is shown */
	const char *cursor, *last;
	const char *protocol, *port;
	bool with_log, follow;
	struct paint paint;
	int argc; /* words that are no options */
	char **argv;
	struct ctl_client client;
	bool was_told; /* the daemon's own words were printed */
};

struct view_command {
	const char *name;
	const char *words; /* in usage */
	int least, most;   /* words it takes */
	const char *help;
	int (*run)(struct view *v);
};

extern const struct view_command view_commands[];
extern const size_t view_command_count;

/* One request; attributes without text are marks. */
struct question {
	uint16_t verb;
	const char *name; /* NULL: none */
	struct {
		uint16_t id;
		const char *text;
	} attributes[8];
};

typedef void record_fn(void *context, const struct ctl_message *m);
/*
 * The reply's records, each of a known kind and checked; the end record's code. Log lines go to log,
 * or when it is NULL to standard error. A failure on our side is told there and has its code.
 */
int view_ask(struct view *v, const struct question *q, record_fn *fn, record_fn *log,
	     void *context);
/* The whole reply as JSON on standard output. */
int view_json(struct view *v, const struct question *q);
/* A field as printable text that cannot steer a terminal; "" when absent. */
const char *view_text(const struct ctl_message *m, uint16_t field, char *out, size_t size);

/* ---- the commands */
int view_health(struct view *v);
int view_status(struct view *v);
int view_monitor(struct view *v);
int view_log(struct view *v);
int view_why(struct view *v);
/* What to do about the connection's last failure. */
int view_next_step(struct view *v, const char *name);
int view_what_if(struct view *v);
int view_metrics(struct view *v);
int view_map(struct view *v);
int view_up(struct view *v);
int view_doctor(struct view *v);

#endif
