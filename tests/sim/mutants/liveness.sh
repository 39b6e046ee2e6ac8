# shellcheck shell=sh disable=SC2154,SC2086
# SPDX-License-Identifier: Apache-2.0
# Liveness, what a dead peer leads to, revival (cases 7, 26, 142 to 150).
mutant case-142-liveness-never-asks $c/liveness.c 's/^\tif (!has_new_traffic(ike))$/\tif (0)/'
mutant case-142-liveness-traffic-not-looked-at $c/liveness.c 's/^\tif (!has_new_traffic(ike))$/\tif (1)/'
mutant case-142-liveness-outbound-counts $c/liveness.c 's/liveness_ask_counters(c, ike, true, /liveness_ask_counters(c, ike, false, /'
mutant case-142-144-liveness-peer-not-heard $c/demux.c 's/^\tliveness_heard(c, ike);$/\t;/'
mutant case-142-liveness-beside-a-request $c/liveness.c \
	's/^\tif (ike->request\.out\.wire\.data || ike->ours\.row).*$/\tif (0)/'
mutant case-143-liveness-dead-peer-is-a-fault $c/ike.c 's/^\t\treturn LOSS_DEAD_PEER;$/\t\treturn LOSS_FAULT;/'
mutant case-143-liveness-acts-though-terminated $c/ike.c \
	's/code == RC_NO_RESPONSE \&\& !is_given_up(ike, NULL))/code == RC_NO_RESPONSE)/'
mutant case-143-liveness-acts-twice $c/intent.c 's/^\tif (conn->lost_ike == ike->serial || is_up(conn))$/\tif (0)/'
mutant case-143-hold-removes-policies $c/hold.c 's/child_batch_remove(child, false, &batch);/child_batch_remove(child, true, \&batch);/'
mutant case-143-hold-forgotten-at-terminate $c/intent.c 's/^\thold_release(c, conn);$/\t;/'
mutant hold-taken-by-a-failed-child $c/child.c \
	's/!next \&\& !twin \&\& !held \&\& !route, \&batch/!next \&\& !twin \&\& !route, \&batch/'
mutant case-143-dpdtimeout-ignored $c/ike.c 's/if (r->is_probe \&\& config->dpd_timeout_usec)/if (0)/'
mutant case-7-hint-changes-state $c/demux.c 's/^\tliveness_hint(c, ike, .*$/\tike_end(c, ike, RC_FATAL, "told so");/'
mutant case-7-hint-without-limit $c/liveness.c 's/c->now_usec - ike->hint_usec < HINT_USEC/0/'
mutant case-7-hint-ignored $c/demux.c 's/^\tliveness_hint(c, ike, .*$/\t;/'
mutant case-26-revival-counted-out $c/intent.c 's/ \&\& !conn->has_stood) {/) {/'
mutant case-148-revival-against-the-peers-delete $c/intent.c \
	's/(loss == LOSS_BY_PEER \&\& config->revive != REVIVE_KEEP)/0/'
mutant case-148-keep-does-not-keep $c/intent.c 's/if (config->revive == REVIVE_KEEP \&\& can_call)/if (0)/'
mutant case-145-liveness-heard-without-proof $c/demux.c \
	's/^\tbool from_initiator = h->flags & FLAG_INITIATOR;$/&\n\tstruct ike_sa *any = ike_by_spi(c, from_initiator ? h->spi_r : h->spi_i);\n\n\tif (any)\n\t\tany->heard_usec = c->now_usec;/'
mutant case-148-revived-once $c/child.c 's/^\tconn->lost_ike = 0;.*$/\t;/'
mutant case-148-delete-of-the-replaced-one $x/informational.c 's/^\tif (!r->ike->is_replaced \&\& conn->newest_ike == r->ike->serial)$/\tif (true)/'
