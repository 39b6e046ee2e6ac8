/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options to one request frame: the verb, the name, and each option of a connection as the text the
 * admin gave under its keyword's id.
 */
#include "options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/codes.h"

#define CONTENT_MAX 60000 /* it must fit into one frame */

static void put_setting(struct ctl_builder *b, const struct setting *s)
{
	uint16_t id = s->keyword->id;

	if (s->right)
		id |= KEYWORD_RIGHT;
	ctl_put_text(b, id, 0, s->text);
}

static const char *given(const struct options *o, uint16_t id)
{
	for (size_t i = 0; i < o->request_count; i++)
		if (o->requests[i].option->id == id)
			return o->requests[i].text;
	return NULL;
}

static bool read_fd(int fd, struct secret *out, struct error *e)
{
	ssize_t n;

	if (!secret_alloc(CONTENT_MAX + 1, out))
		return error_code(e, RC_WHACK, "out of memory");
	out->len = 0;
	while ((n = read(fd, out->data + out->len, CONTENT_MAX + 1 - out->len)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_code(e, RC_WHACK, "file descriptor %d cannot be read: %s", fd,
					  strerror(errno));
		out->len += (size_t)n;
		if (out->len > CONTENT_MAX)
			return error_code(e, RC_WHACK,
					  "more than %d bytes come from file descriptor %d: give "
					  "them in parts",
					  CONTENT_MAX, fd);
	}
	return out->len > 0 || error_code(e, RC_WHACK, "nothing comes from file descriptor %d", fd);
}

/* What is no business of a command line, which all users of a machine can see. */
static bool put_content(const struct options *o, struct ctl_builder *b, struct error *e)
{
	struct secret content cleanup(secret_cleanup) = { 0 };
	const char *word = given(o, CTL_ATTR_CONTENT);
	char *end;
	long fd = 0;

	if (word) {
		errno = 0;
		fd = strtol(word, &end, 10);
		if (errno || *word == '\0' || *end || fd < 0 || fd > 1000000)
			return error_code(
				e, RC_WHACK,
				"--from-fd \"%.40s\" is no file descriptor: give its number", word);
	}
	if (!read_fd((int)fd, &content, e))
		return false;
	ctl_put(b, CTL_ATTR_CONTENT, 0, secret_slice(&content));
	return true;
}

bool options_request(const struct options *o, void *data, size_t capacity, struct slice *out,
		     struct error *e)
{
	struct ctl_builder b = ctl_request(data, capacity, 1, o->verb->verb);

	if (o->verb_value)
		ctl_put_text(&b, CTL_ATTR_VALUE, 0, o->verb_value);
	if (o->name)
		ctl_put_text(&b, CTL_ATTR_NAME, 0, o->name);
	if (o->async)
		ctl_put(&b, CTL_ATTR_ASYNC, 0, SLICE_EMPTY);
	if (o->debug)
		ctl_put_text(&b, CTL_ATTR_DEBUG, 0, o->debug);
	for (size_t i = 0; i < o->request_count; i++)
		if (o->requests[i].option->id != CTL_ATTR_CONTENT)
			ctl_put_text(&b, o->requests[i].option->id, 0,
				     o->requests[i].text ? o->requests[i].text : "");
	if (request_option_of(o->verb, CTL_ATTR_CONTENT) && !put_content(o, &b, e))
		return false;
	for (size_t i = 0; i < o->count; i++)
		put_setting(&b, &o->settings[i]);
	return ctl_finish(&b, out) ||
	       error_code(e, RC_WHACK, "the options are longer than a request may be");
}
