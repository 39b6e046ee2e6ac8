/* SPDX-License-Identifier: Apache-2.0 */
/*
 * REDIRECT in IKE_SA_INIT, IKE_AUTH and INFORMATIONAL (RFC 5685 3, 5, 6, 9). Unprotected it counts only
 * with our nonce, and only when we said that we follow; what to do about it is core/redirect.c's.
 */
#include "core/redirect.h"

#include <string.h>

#include "ctl/codes.h"
#include "exchanges/steps.h"

#define GATEWAY_IPV4 1
#define GATEWAY_IPV6 2
#define GATEWAY_FQDN 3
#define AUTH_GRACE_USEC (60 * USEC_PER_SEC) /* until a client that was sent away is deleted */

/* It goes into logs, and to the resolver of this machine. */
static bool read_name(struct slice name, char out[GATEWAY_NAME_LEN])
{
	if (name.len == 0 || name.len >= GATEWAY_NAME_LEN)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = name.data[i];

		if (!(c >= '0' && c <= '9') && !((c | 0x20) >= 'a' && (c | 0x20) <= 'z') &&
		    c != '.' && c != '-' && c != '_')
			return false;
	}
	memcpy(out, name.data, name.len);
	out[name.len] = '\0';
	return true;
}

/* The gateway of a notify, and the nonce behind it. */
static bool read_gateway(const struct notify *n, struct gateway *out, struct slice *nonce)
{
	size_t len;

	*out = (struct gateway){ 0 };
	if (n->data.len < 2 || n->data.len < 2u + n->data.data[1])
		return false;
	len = n->data.data[1];
	*nonce = slice(n->data.data + 2 + len, n->data.len - 2 - len);
	if (n->data.data[0] == GATEWAY_IPV4 || n->data.data[0] == GATEWAY_IPV6)
		return len == (n->data.data[0] == GATEWAY_IPV4 ? 4 : 16) &&
		       address_from(slice(n->data.data + 2, len), &out->address);
	return n->data.data[0] == GATEWAY_FQDN ? read_name(slice(n->data.data + 2, len), out->name)
					       : len > 0;
}

static void put_gateway(struct builder *b, uint16_t type, const struct address *a)
{
	uint8_t data[2 + 16];
	struct writer w = writer_over(data, sizeof(data));

	writer_u8(&w, a->family == FAMILY_IPV6 ? GATEWAY_IPV6 : GATEWAY_IPV4);
	writer_u8(&w, (uint8_t)address_slice(a).len);
	writer_put(&w, address_slice(a));
	builder_notify(b, PROTOCOL_NONE, SLICE_EMPTY, type, writer_slice(&w));
}

/* Notes it if it may be followed; else says why not. */
static bool take(struct run *r, const struct gateway *to)
{
	char words[100], gateway[ADDRESS_TEXT_LEN];
	struct text why = TEXT_OVER(words);
	const char *name = to->address.family
				   ? address_format(&to->address, gateway, sizeof(gateway))
			   : to->name[0] ? to->name
					 : "what is no address and no name";

	if (!redirect_may_follow(r->core, r->ike, to, &why)) {
		sa_log(r->core, r->ike, NULL, LOG_LEVEL_WARNING, LINE_LOG,
		       "the peer sends us to %.253s: not followed, %s", name, words);
		return false;
	}
	sa_log(r->core, r->ike, NULL, LOG_LEVEL_INFO, LINE_LOG, "the peer sends us to %.253s",
	       name);
	redirect_note(r->core, r->ike, to);
	return true;
}

/* ---- client */

enum step redirect_init(struct run *r, const struct notify *n)
{
	struct gateway to;
	struct slice nonce;

	/* case 161: unsolicited, or of somebody who has not seen our request */
	if (!r->ike->redirect_is_offered || !read_gateway(n, &to, &nonce) ||
	    !slice_eq(nonce, bytes_slice(&r->ike->nonce)))
		return STEP_DROP;
	return close_with(r, RC_FATAL,
			  take(r, &to) ? "redirected" : "the peer does not serve us (REDIRECT)");
}

enum step redirect_auth_step(struct run *r)
{
	const struct notify *n = message_notify(r->m, N_REDIRECT);
	struct scratch *s = &r->slot->scratch;
	struct connection *conn = r->ike->connection;
	struct gateway to;
	struct slice nonce;

	if (!n || !r->ike->redirect_is_offered || !read_gateway(n, &to, &nonce) || !take(r, &to))
		return STEP_NEXT;
	if (s->child)
		child_end(r->core, r->ike, s->child, "redirected");
	s->child = NULL;
	ike_want(r->ike, WANT_DELETE_IKE, NULL, 0);
	redirect_go(r->core, conn);
	return STEP_DONE;
}

void redirect_informational(struct run *r)
{
	const struct notify *n = message_notify(r->m, N_REDIRECT);
	struct gateway to;
	struct slice nonce;

	/* of the client alone, who said that it follows */
	if (n && r->ike->redirect_is_offered && !r->ike->is_redirected &&
	    read_gateway(n, &to, &nonce) && take(r, &to))
		redirect_go(r->core, r->ike->connection);
}

/* ---- gateway */

bool redirect_auth_is_wanted(struct run *r)
{
	const struct conn_config *config = &r->ike->connection->def->config;

	if (r->ike->is_initiator || !(r->ike->peer_features & FEATURE_REDIRECT))
		return false;
	return r->ike->redirect_to.family ||
	       (redirect_is_on(r->core, config->send_redirect) &&
		redirect_next(r->core, config->redirect_to, &r->ike->local.address,
			      &r->ike->remote.address, &r->ike->redirect_to));
}

void redirect_put_auth(struct run *r, struct builder *b)
{
	char gateway[ADDRESS_TEXT_LEN];

	sa_log(r->core, r->ike, NULL, LOG_LEVEL_INFO, LINE_LOG, "sends the peer to %s",
	       address_format(&r->ike->redirect_to, gateway, sizeof(gateway)));
	put_gateway(b, N_REDIRECT, &r->ike->redirect_to);
	r->ike->expires_usec = r->core->now_usec + AUTH_GRACE_USEC;
}

enum step redirect_send_step(struct run *r)
{
	uint8_t buffer[MESSAGE_BUFFER];
	struct builder b;

	start_request(r->ike, EXCHANGE_INFORMATIONAL, &b, buffer);
	redirect_put_auth(r, &b);
	if (!send_request(r->core, r->ike, &b))
		return close_with(r, RC_INTERNAL, "REDIRECT cannot be built");
	return STEP_DONE;
}

/* ---- rows of extensions.c */

bool redirect_is_offered(struct run *r)
{
	return r->ike->connection->def->config.accept_redirect &&
	       r->ike->connection->redirection.to.family == FAMILY_NONE;
}

void redirect_put_offer(struct run *r, struct builder *b)
{
	r->ike->redirect_is_offered = true;
	builder_notify(b, PROTOCOL_NONE, SLICE_EMPTY, N_REDIRECT_SUPPORTED, SLICE_EMPTY);
}

bool redirect_was_sent_here(struct run *r)
{
	return r->ike->connection->redirection.to.family != FAMILY_NONE;
}

/* It says that we follow, too (section 3). */
void redirect_put_from(struct run *r, struct builder *b)
{
	r->ike->redirect_is_offered = true;
	put_gateway(b, N_REDIRECTED_FROM, &r->ike->connection->redirection.from);
}
