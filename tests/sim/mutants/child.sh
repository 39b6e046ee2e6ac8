# shellcheck shell=sh disable=SC2154,SC2086
# SPDX-License-Identifier: Apache-2.0
# What a child carries: selectors (edge cases 101 to 108).
mutant narrowing-wider-than-policy src/pluto/sa/narrow.c \
	's/!insert(out, &cut))/!insert(out, \&offer->selectors[i]))/'
mutant nothing-in-common-accepted src/pluto/sa/narrow.c \
	's/^\tif (out->count > 0)$/\tif (1)/'
mutant partly-protected-by-initiator $x/child_choose.c \
	's/^\tif (ok \&\& !connection_narrows(child->connection) \&\&$/\tif (0 \&\&/'
mutant partly-protected-by-responder $x/auth_choose.c \
	's/^\tif (ok \&\& !connection_narrows(conn) \&\&$/\tif (0 \&\&/'
mutant additional-ts-not-said $x/child_choose.c \
	's/^\ts->has_more_ts = is_cut || .*$/\ts->has_more_ts = is_cut;/'
mutant single-pair-not-retried $x/child_choose.c \
	's/if (n->type == N_SINGLE_PAIR_REQUIRED \&\& .*$/if (0)/'
mutant wider-answer-accepted src/pluto/sa/narrow.c \
	's/ok = selectors_contain(offered, &answer->selectors\[i\]) \&\&/ok =/'
mutant one-reqid-for-all-children $c/child.c \
	's/child->reqid = is_taken \&\& !conn->def->config\.reqid/child->reqid = 0/'
mutant policies-of-first-pair-only src/pluto/sa/install.c \
	's/while (selector_pairs_next(&pairs, &local, &remote)) {/if (selector_pairs_next(\&pairs, \&local, \&remote)) {/'
mutant rekey-with-other-selectors-shares-policies src/pluto/sa/child_sa.c \
	's/return a->connection == b->connection \&\& selectors_eq(&a->ts_local, &b->ts_local) \&\&/return a->connection == b->connection \&\&/'
