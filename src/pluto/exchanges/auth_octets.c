/* SPDX-License-Identifier: Apache-2.0 */
/* What AUTH covers and the MACs over it (RFC 7296 2.15, RFC 7619 2.1). */
#include <stdlib.h>

#include "exchanges/auth.h"

bool auth_id_body(const struct identity *id, struct bytes *out)
{
	struct writer w;

	if (!bytes_alloc(4 + id->body.len, out))
		return false;
	w = writer_over(out->data, out->len);
	writer_u32(&w, (uint32_t)id->type << 24);
	return writer_put(&w, bytes_slice(&id->body));
}

static struct slice sk_p(const struct ike_sa *ike, bool ours)
{
	return ours == ike->is_initiator ? ike->keys.pi : ike->keys.pr;
}

bool auth_signed_octets(const struct ike_sa *ike, bool ours, struct slice id, struct bytes *out)
{
	return auth_octets(ike->suite.prf,
			   bytes_slice(ours ? &ike->first_message : &ike->peer_first_message),
			   bytes_slice(ours ? &ike->peer_nonce : &ike->nonce), sk_p(ike, ours), id,
			   bytes_slice(&ike->int_auth), out);
}

bool auth_null_mac(const struct ike_sa *ike, bool ours, struct slice octets,
		   uint8_t mac[PRF_MAX_LEN])
{
	static const char pad[] = "Key Pad for IKEv2";
	const struct slice pad_octets = slice(pad, sizeof(pad) - 1);
	uint8_t inner[PRF_MAX_LEN];
	bool ok = prf(ike->suite.prf, sk_p(ike, ours), &pad_octets, 1, inner) &&
		  prf(ike->suite.prf, slice(inner, ike->suite.prf->out_len), &octets, 1, mac);

	wipe(inner, sizeof(inner));
	return ok;
}

bool auth_resume_mac(const struct ike_sa *ike, bool ours, struct slice id, bool is_short,
		     uint8_t mac[PRF_MAX_LEN])
{
	cleanup(bytes_cleanup) struct bytes octets = { 0 };
	struct slice part = bytes_slice(ours ? &ike->first_message : &ike->peer_first_message);

	if (!is_short && !auth_signed_octets(ike, ours, id, &octets))
		return false;
	if (!is_short)
		part = bytes_slice(&octets);
	return prf(ike->suite.prf, sk_p(ike, ours), &part, 1, mac);
}

struct work *auth_mac_work(struct run *r, const struct identity *local_id,
			   const struct identity *remote_id)
{
	struct ike_sa *ike = r->ike;
	struct work *w = work_new(WORK_PSK_MAC, ike_handle(ike), core_ticket(r->core, r->slot));

	if (!w)
		return NULL;
	w->prf = ike->suite.prf;
	w->local = ike->local.address;
	w->remote = ike->remote.address;
	if (identity_copy(local_id, &w->local_id) && identity_copy(remote_id, &w->remote_id))
		return w;
	work_free(w);
	return NULL;
}

struct auth_scratch *auth_scratch(struct run *r)
{
	struct scratch *s = &r->slot->scratch;

	if (!s->auth)
		s->auth = calloc(1, sizeof(*s->auth));
	return s->auth;
}
