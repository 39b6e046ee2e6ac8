# shellcheck shell=sh disable=SC2154,SC2086
# SPDX-License-Identifier: Apache-2.0
# What an admin is told when a negotiation fails (sa/explain).
z=src/pluto/sa/explain.c
mutant explain-farthest-proposal $z 's/if (count_bits(mask) < count_bits(least)) {/if (k == 0) {/'
mutant explain-all-transforms $z 's/^\t\tif (!(least & 1u << type))$/\t\tif (0)/'
mutant explain-peers-as-ours $z 's/^\t\tput_peers(out, p, type);$/\t\tput_ours(out, \&ours->list[nearest], type);/'
mutant explain-selectors-that-meet $z 's/^\t\t\tif (selector_intersect(o, p, &cut))$/\t\t\tif (0)/'
mutant explain-ports-as-protocol $z 's/a->protocol && b->protocol && a->protocol != b->protocol/a->protocol || b->protocol/'
mutant explain-addresses-of-peer $z 's/^\telse if (conn->peer->host\.family != FAMILY_NONE && /\telse if (0 \&\& /'
mutant explain-unoriented $z 's/^\tif (!conn->is_oriented)$/\tif (0)/'
mutant explain-credential $z 's/^\tif (f->credential)$/\tif (0)/'
mutant explain-expired-certificate $z 's/^\tif (own->until_sec && own->until_sec <= f->wall_sec)$/\tif (0)/'
mutant explain-cas-of-the-peer $z 's/^\tif (f->names_cas && !own->is_requested)$/\tif (0)/'
mutant explain-mode $z 's/^\tif (is_transport != wants_transport)$/\tif (0)/'
mutant explain-refused-answer $x/informational.c 's/^\texplain_notify(&t, N_AUTHENTICATION_FAILED, &facts);$/\ttext_put(\&t, facts.conn ? "" : "");/'
