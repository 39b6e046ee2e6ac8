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
mutant case-55-pfs-done-without src/pluto/sa/suite.c \
	's/return !offers_type(p, TRANSFORM_KE) || out->says_ke_none;/return true;/'
mutant case-56-ke-counts-in-ike-auth src/pluto/sa/suite.c 's/if (r->ke != SUITE_NO_KE && !match_ke/if (!match_ke/'
mutant case-59-68-95-104-child-left-with-the-peer $x/child_steps.c \
	's/^\t\tike_want(r->ike, WANT_DELETE_CHILD, NULL, child->serial);$/\t\tchild_end(r->core, r->ike, child, reason);/;s/^\tif (is_only_child(r->ike, child))$/\tif (0)/'
mutant case-60-aead-with-integrity src/pluto/sa/suite.c \
	's/return !offers_type(p, TRANSFORM_INTEG) || out->says_integ_none;/return true;/'
mutant case-61-key-length-twice src/pluto/wire/payload_parse.c 's/ == 14 && value > 0 && t->key_bits == 0) {/ == 14) {/'
mutant case-62-unknown-id-is-a-fault src/pluto/wire/payload_parse.c \
	's/!cursor_u16(&body, "transform ID", &t->id) || /!cursor_u16(\&body, "transform ID", \&t->id) || t->id > 1000 || /'
mutant case-63-transforms-without-cap src/pluto/wire/payload_parse.c \
	's/count < p->transforms_left ? count : p->transforms_left;/count;/'
mutant case-64-spi-used-already $x/child_choose.c 's/^\tif (has_spi_of_other(r, child))$/\tif (0)/'
mutant case-64-reserved-spis src/pluto/sa/suite.c 's/^\treturn spi_len == 0;$/\treturn true;/'
mutant case-65-no-esn-transform-is-no-esn src/pluto/sa/suite.c '/^static bool match_esn/,/^}/s/return c != NULL;/return true;/'
