# shellcheck shell=sh disable=SC2154,SC2086
# SPDX-License-Identifier: Apache-2.0
# One SA takes the place of another: rekeying, its collisions, lifetimes.
k=$x/rekey_child.c
i=$x/rekey_ike_sa.c
mutant case-14-ids-run-out $c/exchange.c 's/^#define REKEY_MESSAGE_ID 0x80000000u/#define REKEY_MESSAGE_ID 0xf0000000u/'
mutant case-54-group-forgotten $k 's/child->ke_group = child->suite\.ke;/child->ke_group = NULL;/'
mutant case-107-other-mode $c/exchange.c 's/s->child->is_tunnel = old->is_tunnel;/s->child->is_tunnel = !old->is_tunnel;/'
mutant case-109-outbound-at-once $x/child_steps.c \
	's/^\treturn child_heir(child) == NULL;$/\treturn true;/'
mutant case-109-never-switched $c/replace.c 's/^\tchild->has_out = true;$/\treturn;/'
mutant case-110-old-inbound-not-kept $c/child.c \
	's/^\tif (next && child->phase >= CHILD_ESTABLISHED)$/\tif (0)/'
mutant case-110-old-not-deleted $k 's/^\t\twant_delete(r, old);$/\t\t;/'
mutant case-112-no-further-try $k 's/^\told->rekey_usec = when;$/\told->rekey_usec = USEC_NEVER;/'
mutant case-112-not-all-anew $c/replace.c 's/^\tbool in_full = child->refusals > 0;$/\tbool in_full = false;/'
mutant case-113-old-given-up $k 's/^\tis_soon = plan_next_try(r, old);$/\tchild_end(r->core, r->ike, old, reason);\n\treturn;/'
mutant case-114-children-stay $c/succeed.c 's/^\t\tike_sa_adopt(heir, child);$/\t\t;/'
mutant case-114-old-not-deleted $i 's/^\twant_delete(r, old);$/\t;/'
mutant rekeyed-keys-of-half-the-inputs src/pluto/sa/keymat.c \
	's/ok = prf(old_prf, old_sk_d, parts, 4, seed) &&/ok = prf(old_prf, old_sk_d, parts + (spi_i \& 1), 2, seed) \&\&/'
mutant case-117-no-margin src/pluto/sa/lifetime.c 's/^\treturn lifetime_usec - margin;$/\treturn lifetime_usec;/'
mutant case-117-same-for-both-ends src/pluto/sa/lifetime.c 's/^\tif (!is_initiator)$/\tif (0)/'
mutant case-118-old-goes-first $c/intent.c \
	's/^\tike->reauthenticates = old->serial;$/\tike_want(old, WANT_DELETE_IKE, NULL, 0);\n\tcore_kick(c, old);/'
mutant case-119-120-rival-not-noted $k 's/^\tours->rival_serial = child->serial;$/\t;/'
mutant case-124-not-refused $k 's/^\treturn old->phase != CHILD_ESTABLISHED || has_rival/\treturn has_rival/'
mutant case-122-purpose-forgotten $x/create_child_sa.c \
	's/s->old_serial ? &start_rekey_child : &start_create_child/\&start_create_child/'
mutant case-123-higher-nonce-goes src/pluto/sa/collision.c \
	's/return order ? order < 0 : is_ike_initiator;/return order ? order > 0 : is_ike_initiator;/'
mutant case-123-one-nonce-each src/pluto/sa/collision.c \
	's/if (slice_cmp(p\.ni, p\.nr) <= 0)/if (1)/'
mutant case-124-rekey-while-closing $k 's/^\t       ike_find_want(r->ike, WANT_DELETE_CHILD, old->serial) ||$/\t       0 ||/'
mutant case-130-not-asked-again $x/child_steps.c 's/is_planned = ask_later(r, child);/(void)ask_later;/'
mutant case-131-not-busy $i 's/return ike->ours\.scratch\.child ||.*$/return 0 \&\&/'
mutant case-115-132-child-on-a-dying-sa $x/create_child_sa.c \
	's/if (r->ike->ours\.scratch\.purpose == PURPOSE_REKEY_IKE) {/if (0) {/'
mutant case-133-both-survive $i 's/^\treturn has_rival && /\treturn 0 \&\& has_rival \&\& /'
mutant case-134-rival-is-lost $c/ike.c 's/is_unused_rival(c, ike))/0)/'
mutant case-135-rival-not-adopted $i 's/^\tif (rival) {$/\tif (0) {/'
mutant case-134-rival-not-adopted-at-its-end $c/ike.c 's/^\tif (rival)$/\tif (0)/'
mutant case-139-both-stay $x/crossing.c 's/^\t\t\tsettle(r->core, r->ike, other);$/\t\t\t;/'
mutant case-119-early-switch $c/child.c 's/ && !others_carry(child))$/)/'
mutant case-111-not-found-not-said $k 's/return refuse(r, N_CHILD_SA_NOT_FOUND, /return refuse(r, N_TEMPORARY_FAILURE, /'
mutant case-111-not-made-afresh $k 's/if (r->slot->scratch\.child_error == N_CHILD_SA_NOT_FOUND) {/if (0) {/'
mutant case-111-told-that-it-failed $k 's/^\t\tclients_finish_sa(r->core, old->serial, WAITS_REPLACED, RC_OK);$/\t\t;/'
mutant case-115-140-wants-stay-behind $c/succeed.c 's/^\tmove_wants(old, heir);$/\t;/'
mutant case-116-not-established-again $c/ike.c 's/was_up && is_newest && (code || loss == LOSS_BY_PEER)/was_up \&\& is_newest \&\& loss == LOSS_BY_PEER/'
mutant case-121-rival-not-adopted $k '/^void rekey_child_failed/,/^}/s/^\tif (rival) {$/\tif (0) {/'
mutant case-125-vacant-one-stays $k '/^static void vacant_failed/,/^}/s/^\tchild_end(r->core, r->ike, old, reason);$/\t;/'
mutant case-128-not-vacated $k 's/^\tif (!is_under_our_rekey(ike, child))$/\tif (1)/'
mutant case-137-138-deaf-while-deleting $c/demux.c \
	's/^\tconst struct exchange_row \*row = exchange_find(h->exchange, ike->phase, false);$/&\n\n\tif (ike->phase == IKE_DELETING)\n\t\treturn;/'
mutant case-131-child-rekeyed-before-the-last-key-exchange $c/exchange.c 's/(ike->followup && is_of_child \&\& /(0 \&\& /'
mutant case-136-deaf-while-rekeying $c/demux.c \
	's/^\tconst struct exchange_row \*row = exchange_find(h->exchange, ike->phase, false);$/&\n\n\tif (ike->request.exchange == EXCHANGE_CREATE_CHILD_SA \&\& h->exchange == EXCHANGE_INFORMATIONAL)\n\t\treturn;/'
mutant case-141-both-are-redundant $k 's/^\t       collision_ours_is_redundant(ours, theirs, r->ike->is_initiator);$/\t       (ours.ni.len || theirs.ni.len);/'
mutant case-118-who-asked-is-not-told $c/intent.c '/^void intent_reauth_failed/,/^}/s/^\tclients_finish_sa(.*$/\t;/'
mutant case-118-child-that-does-not-follow-forgotten $c/ike.c 's/^\tif (ike->reauthenticates)$/\tif (!was_up \&\& ike->reauthenticates)/'
mutant case-118-reauthentication-past-the-nat $c/intent.c 's/ || (old->nat_there \&\& old->natt))/)/'
mutant case-125-vacant-not-revived $k 's/^\t\tif (is_lost || conn->def->config.revive == REVIVE_KEEP)$/\t\tif (0)/'
mutant case-133-second-rival $i 's/ || ike_rival(r->core, r->ike) || / || /'
mutant case-114-any-number-left $i 's/ || are_many_left(r->core, r->ike))/)/'
mutant case-118-reauthentication-forgotten $c/intent.c '/^\tif (!c->is_listening) {$/,/^\t}$/s/^\t\told->rekey_usec = .*$/\t\t;/'
mutant case-172-two-in-place-of-one $c/replace.c 's/^\tchild->is_over = is_being_rekeyed(ike, child);$/\tchild->is_over = false;/'
mutant case-172-forgotten-when-refused $k 's/^\tif (child_was_over(r->core, r->ike, old)) {$/\tif (0) {/'
mutant case-172-anew-with-all-selectors $c/replace.c 's/^\t\twant_same(ike, child);$/\t\tike_want(ike, WANT_CHILD, child->connection, 0);/'
mutant case-112-deleted-before-the-new-one $c/replace.c 's/^\t\tw->when_usec = c->now_usec + IN_FULL_USEC;$/\t\t;/'
mutant case-107-narrower-rekey-taken $x/child_choose.c 's/^\tif (narrow_is_whole(&old->ts_local, local) \&\& narrow.*$/\tif (true)/'
mutant case-107-narrower-answer-taken $x/child_choose.c 's/^\tif (ok \&\& (rekey_old_child(r) || !connection_narrows/\tif (ok \&\& (!connection_narrows/'
