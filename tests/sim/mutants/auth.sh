# shellcheck shell=sh disable=SC2154,SC2086
# SPDX-License-Identifier: Apache-2.0
# Who is who: methods, signatures, certificates (cases 88 to 100).
y=src/lib/crypto
mutant case-91-auth-null-for-everybody $x/auth_peer.c \
	's/^\t\treturn conn->peer->auth & ALLOW_NULL;$/\t\treturn true;/'
mutant case-91-auth-psk-for-everybody $x/auth_peer.c \
	's/^\t\treturn conn->peer->auth & ALLOW_PSK;$/\t\treturn true;/'
mutant case-91-99-any-ike-sa-for-a-child src/pluto/core/intent.c \
	's/^\t\t    auth_is_same_proof(ike->connection, conn) && has_suite_for/\t\t    has_suite_for/'
mutant child-in-the-pool-without-a-lease $x/child_choose.c \
	's/^\tif (!connection_is_config_server(conn) || .*$/\tif (why)/'
mutant case-99-ppk-of-a-child-not-compared $x/auth_peer.c \
	's/^\treturn other->ppk != PPK_INSIST ||$/\treturn true ||/'
mutant case-88-91-97-98-99-auth-verdict-ignored $x/ike_auth.c \
	's/^\treturn is_proven ? STEP_NEXT : refuse_initiator(r, reason);$/\treturn is_proven ? STEP_NEXT : STEP_NEXT;/'
mutant case-89-97-auth-verdict-ignored-by-initiator $x/ike_auth.c \
	's/^\tif (!auth_peer_is_proven(r, reason, sizeof(reason)))$/\tif (!auth_peer_is_proven(r, reason, sizeof(reason)) \&\& 0)/'
mutant signature-any-result $y/sign.c \
	's/^\treturn rc == 1 ? VERDICT_OK : VERDICT_BAD;$/\treturn rc <= 1 ? VERDICT_OK : VERDICT_BAD;/'
mutant signature-of-any-curve $y/sign.c \
	's/(!is_classic || (a->method \&\& a->curve == k->curve))/(!is_classic || a->method)/'
mutant case-91-98-signature-not-allowed-passes $y/peer.c \
	's/^\tif (!(c->v->alg->allow & q->allow))$/\tif (0)/'
mutant case-97-identity-not-compared $y/peer.c \
	's/^\tif (c->q->needs_id \&\& !cert_has_id(leaf, c->q->id))$/\tif (0)/'
mutant case-97-path-not-verified $y/chain.c \
	's/X509_verify_cert(ctx) == 1)/X509_verify_cert(ctx) >= 0)/'
mutant case-97-path-at-no-time $y/chain.c \
	's/(time_t)w->q->wall_sec/(time_t)0/'
mutant case-97-revocation-excused $y/chain.c \
	's/^\tcase X509_V_ERR_CRL_HAS_EXPIRED:$/\tcase X509_V_ERR_CERT_REVOKED:/'
mutant case-97-key-usage-not-looked-at $y/chain.c \
	's/^\tif (!cert_is_for_ike(w->q->leaf, \&why)) {$/\tif (!cert_is_for_ike(w->q->leaf, \&why) \&\& 0) {/'
mutant case-97-ca-not-compared $y/chain.c \
	's/^\tif (w->q->ca\.len > 0 \&\& !chain_has(w->q->leaf, chain, w->q->ca)) {$/\tif (0) {/'
mutant case-98-identifier-prefix-is-enough $y/sign_algs.c \
	's/if (slice_eq(der, rows\[i\]\.identifiers\[j\]))/if (rows[i].identifiers[j].len \&\& der.len >= 7 \&\& slice_eq(slice(der.data, 7), slice(rows[i].identifiers[j].data, 7)))/'
mutant weak-rsa-accepted $y/sign.c 's/^#define RSA_MIN_BITS 2048$/#define RSA_MIN_BITS 512/'
mutant ca-of-ours-not-compared $x/auth_peer.c 's/^\t\ta->is_same_ca = true;$/\t\ta->is_same_ca = false;/'
mutant certificate-whose-key-may-not-sign $y/credential.c 's/(choose_alg(key, p->q) ? 8u : 0u)/0u/'
mutant certreq-not-looked-at $y/credential.c 's/(is_under_requested(p, x) ? 4u : 0u)/0u/'
mutant own-ca-not-looked-at $y/credential.c 's/^\t\t    (!p->q->ca || is_under(p, x, p->q->ca)))$/\t\t    1)/'
# OCSP answers within IKE (RFC 4806)
mutant staple-not-sent $x/auth_certs.c 's/^\tif (s->own\.ocsp\.len > 0) {$/\tif (0) {/'
mutant staple-policy-ignored $x/auth_own.c 's/^\t\t\t    (conn->def->config\.ocsp_staple & OCSP_STAPLE_REPLY);$/\t\t\t    1;/'
mutant staple-not-looked-at $y/revocation.c 's/^\ttake_staples(t, q, .*$//'
mutant staple-older-than-what-is-known $y/revocation.c 's/^\t\tis_older |= old->this_sec > e->this_sec;$//'
mutant crl-older-than-what-is-known $y/revocation.c 's/ && is_later(crl->x, fresh))$/ \&\& is_later(fresh, fresh))/'
mutant crl-of-where-a-stranger-says $y/chain.c 's/^\t\t\tw->without_crl\[w->without_crl_count++\] = x;$/\t\t\tcrl_urls_of(x, remember_url, w->t);/'
mutant crl-of-another-ca-instead $y/revocation.c 's/^\t\tX509_NAME_cmp(X509_CRL_get_issuer(old->x), .*$/1);/'
mutant ocsp-answer-of-last-year $y/revocation.c 's/until_sec = next_update ? e->next_sec : .*$/until_sec = next_update ? e->next_sec : wall_sec;/'
# Secrets and certificates that whack gives one by one
mutant told-secret-behind-the-file $y/psk_store.c 's/^\tif (p->is_told)$/\tif (0)/'
mutant told-secret-twice $y/psk_store.c 's/^\tif (entry->is_told)$/\tif (0)/'
mutant told-secret-of-other-ends-forgotten $y/psk_store.c \
	's/^\treturn named == p->count && p->has_any == (named < count);$/\treturn true;/'
mutant told-secrets-lost-by-reload $y/keystore.c 's/if (ok && (all || p->is_told))/if (ok \&\& all)/'
mutant told-secret-left-in-memory $y/vault_io.c 's/^\twipe((void \*)(uintptr_t)secret\.data, secret\.len);$//'
mutant told-certificates-pile-up $y/told.c 's/^\t\ttold_forget(k, name);$//'
# Authentication methods that are announced (RFC 9593)
mutant announced-algorithms-ignored $y/credential.c 's/^\tif (!q->peer\.is_told)$/\tif (1)/'
mutant announced-methods-ignored $x/auth_own.c 's/^\treturn !p->is_told || (p->methods >> method & 1) != 0;$/\treturn !p->is_told || 1;/'
mutant announced-by-initiator-too-late $x/ike_auth.c 's/^\t\tmethods_take(r, message_notify(r->m, N_SUPPORTED_AUTH_METHODS));$/\t\t;/'
mutant announced-wrong-end $x/auth_methods.c 's/^\tuint32_t allow = r->ike->connection->peer->auth;$/\tuint32_t allow = r->ike->connection->us->auth;/'
mutant answer-at-work-asked-for-again $c/ike.c 's/^\tif (ike->ours\.row && ike->ours\.row->is_response) {$/\tif (0) {/'
mutant fetch-ends-where-a-packet-does $y/fetch_io.c 's/ && BIO_should_retry(bio))$/ \&\& 0)/'
mutant case-89-peer-not-told $x/ike_auth.c '/^static enum step refuse_peer/,/^}/s/^\tsend_request(r->core, r->ike, &b);$/\t;/'
mutant case-90-idi-may-be-missing $x/all.c 's/\.need = P(IDi) | P(AUTH),/.need = P(AUTH),/'
mutant case-92-first-request-not-covered $x/ike_sa_init.c \
	's/^\tif (!bytes_copy(bytes, &ike->first_message) || !send_plain_request/\tif ((ike->init_rounds == 0 \&\& !bytes_copy(bytes, \&ike->first_message)) || !send_plain_request/'
mutant case-93-nobody-is-told-of-a-missing-key $x/auth_own.c 's/^\treturn close_with(r, RC_NO_KEY, "%\.290s", reason);$/\treturn STEP_DROP;/'
mutant case-96-certificates-of-any-encoding src/pluto/wire/payload_parse.c 's/encoding == CERT_X509_SIGNATURE && data/data/'
mutant case-100-no-auth-is-a-syntax-error $x/ike_auth.c 's/^\t\tneed &= ~PAYLOAD_BIT(PAYLOAD_AUTH);$/\t\t;/'
