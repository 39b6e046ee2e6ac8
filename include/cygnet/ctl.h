/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcygnet-ctl: a C program speaks to pluto over its control socket (doc/protocol.md), with the codec
 * and the tables that whack has. Link with `pkg-config --cflags --libs libcygnet-ctl`; a worked
 * example is doc/examples/c.
 *
 *	struct cygnet_error e;
 *	struct cygnet_ctl *c = cygnet_ctl_open(NULL, &e);
 *	const struct cygnet_record *r;
 *
 *	if (c && cygnet_ctl_begin(c, "initiate", "berlin", &e) && cygnet_ctl_send(c, &e)) {
 *		while (cygnet_ctl_read(c, &r, &e) == CYGNET_CTL_RECORD)
 *			puts(cygnet_record_text(r, "text") ? cygnet_record_text(r, "text") : "");
 *	}
 *	cygnet_ctl_close(c);
 *
 * One connection has one request under way at a time: begin, put, send, read to the end. Threads
 * may use connections of their own at the same time; one connection is for one thread at a time.
 * The library prints nothing, raises no signal, and starts no thread. A new release adds names and
 * functions and takes none away as long as the library's name ends in .so.1.
 */
#ifndef CYGNET_CTL_H
#define CYGNET_CTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What went wrong on this side: the code is one of whack's exit codes (ipsec_whack(8)), below. */
struct cygnet_error {
	uint32_t code;
	char text[512]; /* one line for people, always terminated */
};

enum cygnet_code {
	CYGNET_DONE = 0,
	CYGNET_NOT_RUNNING = 1,   /* nobody listens at the socket */
	CYGNET_UNKNOWN_NAME = 21, /* END: there is no such connection */
	CYGNET_REFUSED = 33,      /* a word or value that is not known, or a reply that is none */
	CYGNET_DENIED = 35,       /* END: your role does not allow it */
	CYGNET_FAILED = 56,       /* END: the negotiation failed */
};

/* A connection to pluto, and the request under way on it. */
struct cygnet_ctl;

/*
 * Connects to the control socket at path; NULL: the one of this build, normally /run/pluto/pluto.ctl.
 * Takes five seconds at most. NULL with *e filled: CYGNET_NOT_RUNNING, or CYGNET_REFUSED for all else.
 */
struct cygnet_ctl *cygnet_ctl_open(const char *path, struct cygnet_error *e);
/* Ends what is attached to the connection and frees it, with the records it gave. NULL is allowed. */
void cygnet_ctl_close(struct cygnet_ctl *c);
/*
 * The descriptor, for poll: it stays the library's. When it is readable, read once, and go on while
 * cygnet_ctl_ready: more frames than one may have come in one piece.
 */
int cygnet_ctl_fd(const struct cygnet_ctl *c);
/* True when a whole frame is here, so that cygnet_ctl_read does not wait. */
bool cygnet_ctl_ready(const struct cygnet_ctl *c);
/*
 * How long cygnet_ctl_read waits for the next octet, in milliseconds; 0: for ever. Unless called it is
 * 30 seconds, and pluto says that it lives every 10.
 */
void cygnet_ctl_set_silence(struct cygnet_ctl *c, unsigned int msec);

/*
 * Begins a request: a verb by its word (`verbs` of protocol.json: "status", "add", "initiate", ...),
 * and the connection it is for, or NULL. What was begun before and not sent is forgotten. False with
 * CYGNET_REFUSED when there is no such verb, or when the last request's end was not read.
 */
bool cygnet_ctl_begin(struct cygnet_ctl *c, const char *verb, const char *name,
		      struct cygnet_error *e);
/*
 * Puts an option into the request, by whack's word for it: one of a connection as "left.host",
 * "right.id", "ike"; one of a request as "last", "asynchronous", "value" (the verb's own). NULL is
 * an option without a value. False with CYGNET_REFUSED and a text that names the word; the request
 * is then as it was before. The request as a whole is judged by pluto.
 */
bool cygnet_ctl_put(struct cygnet_ctl *c, const char *option, const char *value,
		    struct cygnet_error *e);
/* The same with octets: the content of "from-fd", which is secrets or PEM. They are wiped after sending. */
bool cygnet_ctl_put_bytes(struct cygnet_ctl *c, const char *option, const void *value, size_t len,
			  struct cygnet_error *e);
/* Sends what was begun. Whatever pluto has to say against it comes by cygnet_ctl_read. */
bool cygnet_ctl_send(struct cygnet_ctl *c, struct cygnet_error *e);

enum cygnet_ctl_result {
	CYGNET_CTL_ERROR =
		-1, /* *e says why; what pluto did is unknown, and the connection is only good to close */
	CYGNET_CTL_END = 0,    /* cygnet_ctl_code says how it ended */
	CYGNET_CTL_RECORD = 1, /* *record is filled */
};

/* One record of the reply, valid until the next call with its connection. */
struct cygnet_record;

/*
 * Waits for the next record of the request that was sent, or its end. Records that only say that
 * pluto lives, and kinds that this library does not know, are passed over.
 */
enum cygnet_ctl_result cygnet_ctl_read(struct cygnet_ctl *c, const struct cygnet_record **record,
				       struct cygnet_error *e);
/*
 * Reads to the end and passes the records over. The end's code; CYGNET_REFUSED with *e when there was
 * none. For a code that is not 0 *e has it and the last log line.
 */
uint32_t cygnet_ctl_finish(struct cygnet_ctl *c, struct cygnet_error *e);
/* The code of the last request's end: 0 is success. CYGNET_REFUSED before there is an end. */
uint32_t cygnet_ctl_code(const struct cygnet_ctl *c);
/* The last log line of the last reply, "" when there was none: what to show when it failed. */
const char *cygnet_ctl_last_line(const struct cygnet_ctl *c);
/* "no connection", "negotiation failed", ...: the code in words; never NULL. */
const char *cygnet_code_text(uint32_t code);

/* The kind: "log", "connections", "child_sas", ... (`records` of protocol.json). */
const char *cygnet_record_kind(const struct cygnet_record *r);
/* A field by its name. NULL, the fallback, false when it is not there or of another type. */
const char *cygnet_record_text(const struct cygnet_record *r, const char *field);
uint64_t cygnet_record_number(const struct cygnet_record *r, const char *field, uint64_t fallback);
bool cygnet_record_flag(const struct cygnet_record *r, const char *field);

enum cygnet_type { CYGNET_NUMBER = 1, CYGNET_TEXT = 2, CYGNET_FLAG = 3 };

struct cygnet_field {
	const char *name;
	enum cygnet_type type;
	uint64_t number;  /* of CYGNET_NUMBER; 0 or 1 of CYGNET_FLAG */
	const char *text; /* of CYGNET_TEXT, terminated; else NULL */
};

/* How many fields the record has, and each of them, from 0 on. False beyond the last. */
size_t cygnet_record_count(const struct cygnet_record *r);
bool cygnet_record_field(const struct cygnet_record *r, size_t at, struct cygnet_field *out);

/* The release of the library: "0.1.0". */
const char *cygnet_ctl_version(void);

#ifdef __cplusplus
}
#endif

#endif
