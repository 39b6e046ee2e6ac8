# shellcheck shell=sh disable=SC2154,SC2086
# SPDX-License-Identifier: Apache-2.0
# Extensions: PPK (RFC 8784), childless IKE SAs (RFC 6023).
mutant ppk-not-mixed src/lib/crypto/keystore.c \
	's/if (!prf_plus(prf_alg, ppk, &keys\[i\], 1, keys\[i\]\.len, &one)) {/if (!secret_copy(keys[i], \&one)) {/'
mutant ppk-sk-d-left-out src/pluto/sa/keymat.c \
	'/^bool keymat_ppk_swap/,/^}/s/for (size_t i = 0; i < PPK_KEYS; i++) {/for (size_t i = 1; i < PPK_KEYS; i++) {/'
mutant ppk-insist-ignored-by-responder $x/ppk.c \
	'/^static enum step do_without/,/^}/s/if (policy_of(r) == PPK_INSIST)/if (0)/'
mutant ppk-none-at-all-accepted $x/ppk.c \
	'/^enum step ppk_answer_step/,/^}/s/if (policy_of(r) == PPK_INSIST)/if (0)/'
mutant ppk-downgrade-of-answer-accepted $x/extensions.c 's/^\t\tif (!e->is_needed || /&1 || /'
mutant ppk-unknown-without-other-proof $x/ppk.c 's/^\tif (!n)$/\tif (0)/'
mutant ppk-plain-auth-with-ppk $x/ppk.c \
	'/^static enum step do_without/,/^}/s/^\tr->m->auth\.data = n->data;$/\t;/'
mutant ppk-ids-ignored $x/ppk.c 's/if (!is_allowed(r->ike->connection->def/if (0 \&\& !is_allowed(r->ike->connection->def/'
mutant ppk-of-other-ends src/lib/crypto/ppk_store.c 's/^\treturn local && remote;$/\treturn true;/'
mutant childless-without-leave $x/ike_auth.c \
	's/^\t       (ike->peer_features & FEATURE_CHILDLESS);$/\t       true;/'
mutant childless-child-forgotten $x/ike_auth.c \
	's/return ike_want(ike, WANT_CHILD, ike->connection, 0)/return ike->serial/'
mutant childless-force-ignored $x/child_choose.c \
	's/childless == CHILDLESS_FORCE) {/childless == CHILDLESS_FORCE \&\& 0) {/'
# IKE_INTERMEDIATE (RFC 9242) and additional key exchanges (RFC 9370)
mutant addke-left-out-of-the-keys $x/ike_intermediate.c \
	's/bool ok = keymat_ike_update(.*/bool ok = ni.len + nr.len > 0;/;/^\t\t\t\t    ike->spi_r, &ike->keys);$/d'
mutant int-auth-without-text src/pluto/sa/keymat.c 's/^\tparts\[2\] = text;$/\tparts[2] = SLICE_EMPTY;/'
mutant int-auth-of-last-round-only $x/ike_intermediate.c \
	's/is_first ? SLICE_EMPTY : slice(at, len), header/SLICE_EMPTY, header/'
mutant int-auth-not-in-auth src/pluto/sa/keymat.c 's/^\t    writer_put(&w, int_auth))$/\t    writer_zero(\&w, int_auth.len))/'
mutant addke-skipped-by-initiator-accepted $x/ike_intermediate.c \
	'/^enum step inter_done_step/,/^}/s/is_between(r->ike)/r->ike->serial == 0/'
mutant intermediate-taken-unasked $x/ike_intermediate.c \
	's/return r->ike->int_is_offered \&\& r->ike->int_rounds/return r->ike->int_rounds/'
mutant addke-downgraded-by-answer src/pluto/sa/suite.c \
	's/if ((ours->counts\[type\] > 0 && i == ours->counts\[type\]) || !may_be_none)/if (!may_be_none)/'
mutant addke-same-method-twice src/pluto/sa/suite.c 's/^\treturn s->ke == method;$/\treturn false;/'
mutant addke-not-compared-with-connection src/pluto/sa/suite.c 's/ && allows_addkes(p, s))$/)/'
# Redirection (RFC 5685)
mutant case-161-redirect-nonce-not-compared $x/redirect.c \
	's/^\t    !slice_eq(nonce, bytes_slice(&r->ike->nonce)))$/\t    nonce.len == 1)/'
mutant case-161-redirect-offered-without-leave $x/redirect.c \
	's/^\treturn r->ike->connection->def->config\.accept_redirect &&$/\treturn 1 \&\&/'
mutant case-161-redirect-to-ourselves src/pluto/core/redirect.c \
	's/^\tif (is_ours(c, to) || address_eq(to, from))/\tif (0)/'
mutant case-161-redirect-list-ignored src/pluto/core/redirect.c \
	's/else if (!is_listed(conn->def->config\.accept_redirect_to, to))/else if (0)/'
mutant case-161-redirect-loops-for-ever src/pluto/core/redirect.c 's/else if (r->count >= MAX_REDIRECTS && /else if (0 \&\& /'
mutant case-161-redirect-no-way-back src/pluto/core/redirect.c 's/^\tif (r->to\.family == FAMILY_NONE || !address_eq/\tif (1 || !address_eq/'
mutant case-161-redirect-name-not-waited-for src/pluto/core/intent.c 's/^\tif (conn->redirection\.is_looked_up)$/\tif (0)/'
mutant case-161-redirect-name-given-up-and-gone-to src/pluto/core/intent.c \
	's/^\tconn->redirection\.is_looked_up = false;$/\t;/'
mutant case-161-redirect-name-of-anything $x/redirect.c 's/c != .\.. && c != .-. && c != ._.)/c == 0)/'
mutant case-161-redirect-name-checked-by-nobody src/pluto/core/redirect.c \
	's/if (may_go(c, conn, &r->from, &job->addresses\[i\], &why))/if (1)/'
mutant case-161-redirect-to-what-is-no-name-any-more src/pluto/core/redirect.c \
	's/^\tif (!r->is_looked_up || r->lookups != job->lookup)$/\tif (0)/'
mutant case-161-redirect-of-who-does-not-follow src/pluto/core/redirect.c \
	's/^\t    (!message_notify(m, N_REDIRECT_SUPPORTED) && .*$/\t    0 ||/'
# IKE_FOLLOWUP_KE (RFC 9370 2.2.4)
mutant followup-secret-left-out-of-child src/pluto/sa/keymat.c \
	'/^bool keymat_child/,/^}/s/struct slice parts\[4\] = { shared, ni, nr, more };/struct slice parts[4] = { shared, ni, nr, SLICE_EMPTY }; (void)more;/'
mutant followup-kept-for-ever src/pluto/core/ike.c \
	's/if (ike->followup && ike->followup->expires_usec <= c->now_usec)/if (0)/'
mutant followup-skipped-by-responder $x/ike_followup_ke.c \
	'/^enum step followup_offer_step/,/^}/s/!suite_has_addke(suite))/1)/'
