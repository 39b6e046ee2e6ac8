# shellcheck shell=sh disable=SC2154,SC2086
# SPDX-License-Identifier: Apache-2.0
# Proposals, KE values, what is said of a refusal (cases 51 to 65).
mutant case-51-ke-group-not-compared $x/ike_sa_init.c 's/^\tif (m->ke\.group != ike->suite\.ke->id) {$/\tif (0) {/'
mutant case-57-ke-length-not-compared $x/ike_sa_init.c \
	's/^\tif (!ke_public_len_ok(ike->suite\.ke, m->ke\.value\.len))$/\tif (0)/'
mutant case-58-refusal-believed-at-once $x/ike_sa_init.c \
	's/ike->expires_usec = r->core->now_usec + REFUSAL_GRACE_USEC;/ike->expires_usec = r->core->now_usec;/'
mutant case-58-refusal-never-believed $x/ike_sa_init.c \
	's/ike->expires_usec = r->core->now_usec + REFUSAL_GRACE_USEC;/;/'
mutant explain-hides-the-offer src/pluto/sa/explain.c 's/^\t\tput_peers(out, p, type);$/\t\t;/'
mutant explain-first-proposal-only src/pluto/sa/explain.c \
	's/if (count_bits(mask) < count_bits(least)) {/if (k == 0) {/'
mutant explain-selectors-all-alike src/pluto/sa/explain.c 's/return "another protocol";/return "other ports";/'
mutant explain-forgets-our-proposals src/pluto/sa/explain.c \
	's/^\t\texplain_our_proposals(out, "ike=", f->conn->def->ike);$/\t\t;/'
