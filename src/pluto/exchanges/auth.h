/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of IKE_AUTH (RFC 7296 2.15, 2.16): what AUTH covers, proving ourselves, verifying the
 * peer, certificates. ike_auth.c puts them together to the exchange of either role.
 */
#ifndef EXCHANGES_AUTH_H
#define EXCHANGES_AUTH_H

#include "core/exchange.h"

/* What the connection says of either end, as it was configured. */
static inline const struct end_config *own_config(const struct connection *conn)
{
	return conn->us == &conn->def->left ? &conn->def->config.left : &conn->def->config.right;
}
static inline const struct end_config *peer_config(const struct connection *conn)
{
	return conn->us == &conn->def->left ? &conn->def->config.right : &conn->def->config.left;
}

/* ---- auth_octets.c */
/* ID payload body: type, three reserved bytes, data. */
bool auth_id_body(const struct identity *id, struct bytes *out);
/* <InitiatorSignedOctets> or <ResponderSignedOctets>, ours or the peer's; id is the payload's body.
 * What else comes to be covered (RFC 9242) is added here. */
bool auth_signed_octets(const struct ike_sa *ike, bool ours, struct slice id, struct bytes *out);
/* AUTH of the NULL method: a MAC keyed by SK_pi or SK_pr (RFC 7619 2.1). */
bool auth_null_mac(const struct ike_sa *ike, bool ours, struct slice octets,
		   uint8_t mac[PRF_MAX_LEN]);
/*
 * AUTH of an IKE SA that is resumed: a MAC keyed by SK_pi or SK_pr over the same octets (RFC 5723 4.3.3). is_short:
 * over the first message alone, as Libreswan 5.2 reads "<message octets>". That does as well: the keys come
 * of both nonces and SPIs, and the identity must be the ticket's.
 */
bool auth_resume_mac(const struct ike_sa *ike, bool ours, struct slice id, bool is_short,
		     uint8_t mac[PRF_MAX_LEN]);
/* A work item that looks the PSK up; octets are put in by the caller. NULL: out of memory. */
struct work *auth_mac_work(struct run *r, const struct identity *local_id,
			   const struct identity *remote_id);
/* The exchange's own, made at first use; NULL: out of memory. */
struct auth_scratch *auth_scratch(struct run *r);

/* ---- auth_own.c: in this order */
/* What the connection says of our credential, for a work item. False: out of memory. */
bool auth_fill_own(struct run *r, struct auth_work *a);
step_fn auth_credential_step; /* asks for the key and the certificates */
step_fn auth_staple_step;     /* fetches the OCSP answer that the peer wants (RFC 4806 4.2) */
step_fn auth_stapled_step;    /* asks again, with it */
step_fn auth_prove_step;      /* asks for our signature or MAC */
step_fn auth_proof_step;      /* takes it: scratch.auth holds the AUTH payload */

/* ---- auth_peer.c: in this order */
/* Asks for what verifies the peer's AUTH, of an unknown peer too (case 88); who it says it is stands
 * in ike->peer_id. */
step_fn auth_ask_about_peer;
step_fn auth_fetch_step; /* fetches CRLs and OCSP answers that could change the verdict */
step_fn auth_again_step; /* asks once more, with what was fetched */
/* The one place that says yes. False with the reason. */
bool auth_peer_is_proven(struct run *r, char *reason, size_t size);
/* May a peer of this connection use this authentication method at all? */
bool auth_method_is_allowed(const struct connection *conn, uint8_t method);

/* ---- auth_certs.c */
/* CERT payloads, when the peer is to get them. */
void auth_put_certs(struct run *r, struct builder *b);
/* CERTREQ with the CAs we have (RFC 7296 3.7), and one for an OCSP answer (RFC 4806 3.1). */
void auth_put_certreq(struct run *r, struct builder *b);
/* Remembers what the peer asks for. False: out of memory. */
bool auth_take_certreq(struct ike_sa *ike, const struct message *m);
/* HASH_BITs that we list and understand. */
uint16_t auth_own_hashes(const struct connection *conn);

#endif
