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
