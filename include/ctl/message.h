/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The codec of the control socket: frames of a fixed header and attributes, integers big-endian,
 * strings without NUL, one frame at most 64 KiB. Both the daemon and its client read every frame
 * through here; nothing of a frame is a C struct in memory.
 *
 *   header     u32 magic, u8 version, u8 type, u16 flags, u32 length (of all), u32 sequence
 *   attribute  u16 id, u16 flags, u32 length (of the value), value
 *
 * The payload of a REQUEST starts with u16 verb, of a RECORD with u16 kind, of an END with
 * u32 code; attributes follow until the end of the frame.
 */
#ifndef CTL_MESSAGE_H
#define CTL_MESSAGE_H

#include "base/cursor.h"
#include "base/error.h"
#include "base/writer.h"

#define CTL_MAGIC 0x43594743u /* "CYGC" */
#define CTL_VERSION 1
#define CTL_HEADER_LEN 16u
#define CTL_ATTRIBUTE_LEN 8u
#define CTL_FRAME_MAX 65536u

enum ctl_type { CTL_REQUEST = 1, CTL_RECORD = 2, CTL_END = 3 };

/* Flags of an attribute. */
#define CTL_OPTIONAL 0x0001 /* may be left out of account by who does not know the id */

/* Ids of a request's own attributes, above every id of conf/keywords.h (either side). */
enum ctl_request_attribute {
	CTL_ATTR_NAME = 0x8001,        /* text: connection to act on or to define */
	CTL_ATTR_ASYNC = 0x8002,       /* no value: do not stay attached */
	CTL_ATTR_DEBUG = 0x8003,       /* text: words of a debug list, "all", "none" */
	CTL_ATTR_VALUE = 0x8004,       /* text: the value of the verb's own option */
	CTL_ATTR_LEAVE_STATE = 0x8064, /* no value: the next run takes over */
	CTL_ATTR_KEYID = 0x8030,       /* text: whose public key */
	CTL_ATTR_PUBKEY = 0x8031,      /* text: the key */
	CTL_ATTR_ADDKEY = 0x8032,      /* beside those there are */
	CTL_ATTR_UTC = 0x8033,
	CTL_ATTR_REMOTE_HOST = 0x8040, /* text: address of a template's peer */
	CTL_ATTR_OPPO_HERE = 0x8041,   /* text: the packet of VERB_ACQUIRE */
	CTL_ATTR_OPPO_THERE = 0x8042,
	CTL_ATTR_OPPO_PROTO = 0x8043,
	CTL_ATTR_OPPO_SPORT = 0x8044,
	CTL_ATTR_OPPO_DPORT = 0x8045,
	CTL_ATTR_CONTENT =
		0x8034, /* bytes: secrets or PEM, which whack reads and no command line has */
	CTL_ATTR_CURSOR = 0x8050,   /* text */
	CTL_ATTR_LAST = 0x8051,     /* text: a number */
	CTL_ATTR_WITH_LOG = 0x8052, /* no value */
	CTL_ATTR_PEER = 0x8053,     /* text: address of the peer that VERB_DEBUG is about */
	CTL_ATTR_SOURCE = 0x8060,   /* text: whose connections a transaction holds, all of them */
	CTL_ATTR_PREVIEW = 0x8061,  /* COMMIT tells what it would change, and changes nothing */
	CTL_ATTR_CHANGES = 0x8062,  /* COMMIT tells what it changes */
	CTL_ATTR_EXISTING = 0x8063, /* ADD makes no new connection */
};

struct ctl_attribute {
	uint16_t id;
	uint16_t flags;
	struct slice value; /* borrowed from the frame */
};

/* A frame that was read whole and checked; everything in it is borrowed from the frame's bytes. */
struct ctl_message {
	uint8_t type;       /* enum ctl_type */
	uint32_t sequence;  /* a reply bears its request's */
	uint32_t what;      /* enum verb, enum record_kind, or the exit code */
	struct slice body;  /* attributes; known to be well formed */
	struct cursor rest; /* where ctl_next stands */
};

/*
 * How long the frame at the head of the bytes is. 0: more bytes are needed to tell. False: this is
 * no frame of ours (e says why) and the stream is to be closed. A nonzero *out_len may be more than
 * what is there.
 */
bool ctl_frame_len(struct slice head, size_t *out_len, struct error *e);
/*
 * Reads exactly one frame: header, payload, every attribute's bounds. False with RC_BAD_MESSAGE
 * and a text that names the field.
 */
bool ctl_decode(struct slice frame, struct ctl_message *out, struct error *e);
/* The next attribute, in order; false at the end. */
bool ctl_next(struct ctl_message *m, struct ctl_attribute *out);
void ctl_rewind(struct ctl_message *m);
/* The first attribute of that id, wherever ctl_next stands. */
bool ctl_find(const struct ctl_message *m, uint16_t id, struct ctl_attribute *out);
/* The value as a number of exactly 8 octets, or 0 or 1 as a bool of exactly one. */
bool ctl_value_u64(const struct ctl_attribute *a, uint64_t *out);
bool ctl_value_bool(const struct ctl_attribute *a, bool *out);
/* The value as a C string; false when it holds a NUL or does not fit, so nothing is ever cut. */
bool ctl_value_text(const struct ctl_attribute *a, char *out, size_t size);

/* Of a whole frame that we made ourselves: its type, and the kind of a record. */
uint8_t ctl_type_of(struct slice frame);
uint16_t ctl_kind_of(struct slice frame);
/* Gives a whole frame another sequence number. */
void ctl_set_sequence(void *frame, uint32_t sequence);

/* One frame under construction over the caller's buffer (CTL_FRAME_MAX is always enough). */
struct ctl_builder {
	struct writer out;
};

struct ctl_builder ctl_request(void *data, size_t capacity, uint32_t sequence, uint16_t verb);
void ctl_put(struct ctl_builder *b, uint16_t id, uint16_t flags, struct slice value);
void ctl_put_text(struct ctl_builder *b, uint16_t id, uint16_t flags, const char *text);
void ctl_put_u64(struct ctl_builder *b, uint16_t id, uint16_t flags, uint64_t value);
void ctl_put_bool(struct ctl_builder *b, uint16_t id, uint16_t flags, bool value);
/* Sets the length. *out is empty and the result false when something did not fit. */
bool ctl_finish(struct ctl_builder *b, struct slice *out);

/* A record's beginning (ctl/records.h fills it) and the whole end frame. */
struct ctl_builder ctl_record(void *data, size_t capacity, uint32_t sequence, uint16_t kind);
struct slice ctl_end(void *data, size_t capacity, uint32_t sequence, uint32_t code);
#define CTL_END_LEN (CTL_HEADER_LEN + 4u)

#endif
