/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Audit messages. The kernel answers each at once, so that a refusal is seen and told in the log, once.
 * Values from outside are quoted, or in hex when a quote or a blank is in them, as audit's own tools
 * do it.
 */
#include "audit.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ctl/news.h"
#include "ctl/records.h"
#include "log.h"

/* <linux/audit.h> has the range only */
#define AUDIT_CRYPTO_IKE_SA 2408
#define AUDIT_CRYPTO_IPSEC_SA 2409

#define MESSAGE_MAX 2048

struct audit {
	int fd;
	uint32_t sequence;
	bool is_refused; /* that was told */
};

static const struct {
	uint8_t kind; /* enum news_kind */
	uint16_t type;
	const char *op, *result;
} rows[] = {
	{ NEWS_IKE_UP, AUDIT_CRYPTO_IKE_SA, "start", "success" },
	{ NEWS_IKE_REKEYED, AUDIT_CRYPTO_IKE_SA, "start", "success" },
	{ NEWS_IKE_DOWN, AUDIT_CRYPTO_IKE_SA, "destroy", "success" },
	{ NEWS_FAILED, AUDIT_CRYPTO_IKE_SA, "start", "failed" },
	{ NEWS_CHILD_UP, AUDIT_CRYPTO_IPSEC_SA, "start", "success" },
	{ NEWS_CHILD_DOWN, AUDIT_CRYPTO_IPSEC_SA, "destroy", "success" },
};

static void put_value(struct text *out, const char *key, const char *value)
{
	bool plain = true;

	if (!*value)
		return;
	for (const char *p = value; *p; p++)
		plain &= *p > ' ' && *p < 0x7f && *p != '"';
	text_add(out, " %s=", key);
	if (plain) {
		text_add(out, "\"%s\"", value);
		return;
	}
	for (const char *p = value; *p; p++)
		text_add(out, "%02X", (unsigned)(unsigned char)*p);
}

static void put_field(struct text *out, const char *key, const struct ctl_message *m,
		      uint16_t field)
{
	char value[400];

	put_value(out, key, record_text(m, field, value, sizeof(value)));
}

uint16_t audit_format(struct slice frame, struct text *out)
{
	struct ctl_message m;
	struct error e = { 0 };
	char word[40];
	enum news_kind kind;
	uint64_t serial;

	if (!ctl_decode(frame, &m, &e) || m.type != CTL_RECORD || m.what != RECORD_EVENT)
		return 0;
	kind = news_by_word(record_text(&m, EVENT_FIELD_EVENT, word, sizeof(word)));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].kind != kind)
			continue;
		text_add(out, "op=%s", rows[i].op);
		put_field(out, "conn-name", &m, EVENT_FIELD_CONNECTION);
		serial = record_u64(&m, EVENT_FIELD_SERIAL, 0);
		if (serial)
			text_add(out, " connstate=%llu", (unsigned long long)serial);
		text_put(out, " ike-version=2.0");
		put_field(out, "cause", &m, EVENT_FIELD_CAUSE);
		put_field(out, "peer-id", &m, EVENT_FIELD_PEER_ID);
		put_field(out, "laddr", &m, EVENT_FIELD_OUR_TS);
		put_field(out, "raddr", &m, EVENT_FIELD_PEER);
		text_add(out, " res=%s", rows[i].result);
		return out->cut ? 0 : rows[i].type;
	}
	return 0;
}

/* 0, or what the kernel says; it answers before send returns. */
static int send_message(struct audit *a, uint16_t type, const char *text)
{
	struct {
		struct nlmsghdr head;
		char text[MESSAGE_MAX];
	} message = { .head = { .nlmsg_type = type,
				.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
				.nlmsg_seq = ++a->sequence } };
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
	} answer;
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	ssize_t n;

	if (!text_copy(message.text, sizeof(message.text), text))
		return EMSGSIZE;
	message.head.nlmsg_len = (uint32_t)NLMSG_LENGTH(strlen(text) + 1);
	if (sendto(a->fd, &message, message.head.nlmsg_len, 0, (struct sockaddr *)&kernel,
		   sizeof(kernel)) < 0)
		return errno;
	while ((n = recv(a->fd, &answer, sizeof(answer), MSG_DONTWAIT | MSG_TRUNC)) > 0)
		if (answer.head.nlmsg_type == NLMSG_ERROR && answer.head.nlmsg_seq == a->sequence)
			return -answer.error.error;
	return 0;
}

struct audit *audit_open(struct error *e)
{
	struct audit *a = calloc(1, sizeof(*a));
	int err;

	if (!a) {
		error_set(e, "out of memory");
		return NULL;
	}
	a->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_AUDIT);
	err = a->fd < 0 ? errno : send_message(a, AUDIT_CRYPTO_IKE_SA, "op=log-start res=success");
	if (!err)
		return a;
	error_set(e,
		  err == EPROTONOSUPPORT ? "this kernel has no audit"
		  : err == ECONNREFUSED  ? "audit does not reach into this namespace"
					 : "%s",
		  strerror(err));
	audit_close(a);
	return NULL;
}

void audit_close(struct audit *a)
{
	if (!a)
		return;
	if (a->fd >= 0)
		close(a->fd);
	free(a);
}

void audit_event(struct audit *a, struct slice frame)
{
	char buf[MESSAGE_MAX];
	struct text t = TEXT_OVER(buf);
	uint16_t type = audit_format(frame, &t);
	int err;

	if (!a || !type)
		return;
	err = send_message(a, type, buf);
	if (err && !a->is_refused)
		log_printf(LOG_LEVEL_WARNING, "audit: the kernel takes no record: %s",
			   strerror(err));
	a->is_refused = err != 0;
}
