# shellcheck shell=sh disable=SC2154,SC2086
# SPDX-License-Identifier: Apache-2.0
# Paths: fragmentation (cases 73 to 87, 33), NAT traversal (151 to 156), MOBIKE (157 to 160).
mutant ah-behind-a-nat $x/child_steps.c \
	's/ == PROTOCOL_AH && nat_is_detected(r->ike)) {/ == PROTOCOL_AH \&\& 0) {/'
mutant case-73-every-fragment-names-a-payload src/pluto/wire/fragment.c \
	's/number == 1 ? inner_type : PAYLOAD_NONE/inner_type/'
mutant case-73-never-cut $c/fragmentation.c 's/^\tif (may_cut \&\& whole > message_limit(ike, out->size)) {$/\tif (0) {/'
mutant case-74-cut-without-agreement $c/fragmentation.c \
	's/return (ike->peer_features \& FEATURE_FRAGMENTATION) \&\&/return true ||/'
mutant case-75-order-matters src/pluto/wire/fragment.c \
	's/^\tif (!message_has(m, PAYLOAD_SKF) || !is_in_bounds(m))$/\tif (!is_in_bounds(m) || m->fragment_number != f->count + 1)/'
mutant case-76-duplicates-counted src/pluto/wire/fragment.c \
	's/return m->fragment_total == f->total \&\& !(f->have \& bit(m));/return m->fragment_total == f->total;/'
mutant case-76-integrity-of-fragments-skipped src/pluto/wire/fragment.c \
	's/protect_open_fragment(m, datagram, c, keys, \&text) != VERDICT_OK)/protect_open_fragment(m, datagram, c, keys, \&text) == VERDICT_FAIL)/'
mutant case-77-number-zero src/pluto/wire/fragment.c 's/m->fragment_number > 0 \&\& //'
mutant case-77-total-without-cap src/pluto/wire/fragment.c 's/ \&\& m->fragment_total <= FRAGMENTS_MAX \&\&/ \&\&/'
mutant case-78-smaller-total-restarts src/pluto/wire/fragment.c \
	's/^\t    m->fragment_total > f->total)$/\t    m->fragment_total != f->total)/;s/m->fragment_total > f->total)/m->fragment_total != f->total)/'
mutant case-79-bytes-without-cap src/pluto/wire/fragment.c 's/f->bytes + text\.len > FRAGMENTS_BYTES ||/0 ||/'
mutant case-80-sets-for-ever $c/reassembly.c 's/^\tfragments_drop(c, ike, \&ike->theirs);$/\t;/'
mutant case-81-one-spoils-all $c/demux.c \
	's/^\tif (result == OPEN_DROP)$/\tif (result == OPEN_DROP)\n\t\tfragments_drop(c, ike, slot);\n\tif (result == OPEN_DROP)/'
mutant case-83-84-answer-to-each-fragment $c/demux.c 's/^\t\tif (number != 1) .*$/\t\tif (0)/'
mutant case-85-no-smaller-fragments $c/ike.c 's/^\t\trequest_shrink(c, ike);$/\t\t;/'
mutant case-33-too-long-ignored $c/core.c 's/^\t\t\tfragmentation_too_long(c, .*$/\t\t\t;/'
mutant case-29-87-early-fragments-lost $c/held.c 's/(is_fragment \&\& !fragmentation_is_on(ike))/is_fragment/'
mutant case-87-sum-not-kept $c/reassembly.c 's/^\tike->fragment_bytes = now;$/\t;/'
mutant case-151-no-float $x/nat.c 's/^\tike->remote\.port = IKE_NATT_PORT;$/\t;/'
mutant case-151-answer-to-the-known-path $c/send.c \
	's/outgoing_send(c, ike, \&ike->reply, \&slot->to, \&slot->from, slot->natt);/outgoing_send(c, ike, \&ike->reply, \&ike->local, \&ike->remote, ike->natt);/'
mutant case-151-no-encapsulation src/pluto/sa/nat.c \
	's/bool encapsulates = nat_encapsulates(ike) || /bool encapsulates = /'
mutant case-152-one-hash-will-do src/pluto/sa/nat.c 's/(ike->peer_features \& both) == both/true/'
mutant case-153-not-followed $c/path.c \
	's/^\treturn !ike->nat_here .*mobike_is_on(ike) .*$/\treturn false;/'
mutant case-153-replay-followed $c/demux.c \
	's/^\tuint16_t number, total;$/&\n\n\tif (ike->nat_there)\n\t\tpath_move(c, ike, \&e->local, \&e->remote, e->natt);/'
mutant case-154-followed-from-behind-a-nat $c/path.c 's/^\treturn !ike->nat_here \&\& /\treturn /'
mutant case-155-no-keepalives $c/keepalive.c 's/^\t\tcore_keepalive(c, .*$/\t\t;/'
mutant case-155-keepalives-without-a-nat $c/keepalive.c 's/ike->natt \&\& ike->nat_here \&\& /ike->natt \&\& /;s/ike->connection->def->config\.nat_keepalive \&\&/1 \&\&/'
mutant case-155-esp-is-silence $c/keepalive.c 's/if (has_sent(ike) \&\& before/if (before/;s/before > ike->last_sent_usec)/0)/'
mutant case-155-traffic-dated-late $c/keepalive.c 's/ \&\& before > ike->last_sent_usec)$/)/;s/^\t\tike->last_sent_usec = before;$/\t\tike->last_sent_usec = c->now_usec;/'
mutant case-155-inbound-counts $c/keepalive.c 's/child->out_packets/child->in_packets/g'
mutant case-156-mapping-ignored $c/path.c 's/^\tpath_move(c, ike, \&ike->local, from, ike->natt);$/\t;/'
mutant case-156-no-limit $c/path.c 's/c->now_usec - ike->mapping_usec < MAPPING_USEC/0/'
mutant case-156-not-confirmed $c/path.c 's/^\tif (ike_want(ike, WANT_PROBE, NULL, 0))$/\tif (0)/'
mutant case-157-children-stay $c/path.c 's/^\tcore_kernel(c, ike_handle(ike), 0, \&batch);$/\tkernel_batch_free(\&batch);/'
mutant case-157-peer-not-told $c/path.c 's/^\t\tike_want(ike, WANT_UPDATE, NULL, 0);$/\t\t;/'
mutant case-157-update-ignored $x/mobike.c 's/^\tif (is_update(r))$/\tif (0)/'
mutant case-158-mobike-without-agreement src/pluto/sa/mobike.c \
	's/return (ike->peer_features \& FEATURE_MOBIKE) \&\& .*/return ike->connection != NULL;/'
mutant case-158-cookie2-not-compared $x/mobike.c \
	's/if (!cookie || !slice_eq_ct(cookie->data, SLICE_OF(ike->cookie2)))/if (0)/'
mutant case-159-nat-not-seen $x/mobike.c 's/return !slice_eq(n->data, slice(seen, len));/return false;/'
mutant case-160-refused-move-forgotten $c/path.c 's/^\treplace(c, child->ike, child, why);$/\t;/'
mutant tcp-no-fallback $c/ike.c 's/if (r->tries == UDP_TRIES \&\& path_fall_back(c, ike))/if (0)/'
mutant tcp-length-unchecked src/pluto/wire/stream.c 's/if (len < 2)/if (0)/'
# Two clients behind one NAT in transport mode (RFC 3948 5.2), and the search for the path's MTU
mutant same-nat-not-refused $c/same_nat.c 's/ && overlaps(other, child))$/ \&\& 0)/'
mutant same-nat-ports-do-not-count $c/same_nat.c 's/^\t\t\tif (selector_intersect(al, bl, &cut) && selector_intersect(ar, br, &cut))$/\t\t\tif (al \&\& bl)/'
mutant same-nat-same-peer-refused $c/same_nat.c 's/^\t\t    !is_same_peer(other->ike, child->ike) && /\t\t    /'
mutant same-nat-first-is-not-asked src/pluto/exchanges/child_steps.c 's/^\t    ike_want(other->ike, WANT_PROBE, NULL, 0))$/\t    0)/'
mutant case-85-least-size-at-once $c/fragmentation.c 's/^\t\tif (sizes\[i\] < than)$/\t\tif (sizes[i] < than \&\& i == 3)/'
mutant case-85-no-more-fragments-than-before $c/fragmentation.c \
	's/^\t       fragment_count(o->text\.len, message_limit(ike, size), &cipher) <= before)$/\t       before == 0)/'
mutant case-78-new-set-is-old-at-once $c/reassembly.c 's/^\tif (set->count == 1)$/\tif (set->count == 1 \&\& !set->started_usec \&\& 0)/'
mutant tcp-broken-and-nothing-done $c/path.c \
	's/^\tif (ike_want(ike, WANT_PROBE, NULL, 0))$/\tif (0)/'
mutant tcp-broken-of-anybody $c/path.c \
	's/if (!ike || ike->phase != IKE_ESTABLISHED || !ike->remote.tcp || /if (!ike || ike->phase != IKE_ESTABLISHED || /'
mutant case-82-set-kept $c/send.c 's/^\tfragments_drop(c, ike, &ike->theirs);$/\t;/'
mutant case-86-payload-before-a-fragment src/pluto/wire/message.c \
	's/^\t\tif (type == PAYLOAD_SK || type == PAYLOAD_SKF) {$/\t\tif (type == PAYLOAD_SKF \&\& count > 1)\n\t\t\treturn cursor_fail(c, "payload before a fragment");\n&/'
mutant case-86-long-init-cut $c/fragmentation.c 's/^bool outgoing_plain(struct slice message, struct outgoing \*out)$/&\n{\n\tif (message.len > 300)\n\t\treturn false;\n\treturn bytes_copy(message, \&out->wire);\n}\n\nbool outgoing_plainly(struct slice message, struct outgoing *out);\nbool outgoing_plainly(struct slice message, struct outgoing *out)/'
mutant case-160-175-unmoved-states-left $c/path.c 's/^\tif (batch->failed_errno && !child)$/\tif (0)/'
mutant case-160-place-not-known $c/path.c 's/^\tchild->local = child->placed\.src;$/\t;/'
mutant case-157-others-sought-where-it-is-now $x/child_choose.c 's/ike_home_remote(r->ike)/\&r->ike->remote.address/'
mutant case-157-shared-where-it-is-now $c/ike.c 's/ike_home_remote(ike)/\&ike->remote.address/;s/ike_home_local(ike)/\&ike->local.address/'
mutant case-157-replaced-one-does-not-move $c/path.c 's/ || ike->phase == IKE_REPLACED;$/;/'
mutant case-157-replaced-one-tells-nobody $c/exchange.c 's/ \&\& w->kind != WANT_UPDATE) || ike_undecided/) || ike_undecided/'
mutant case-157-transport-mode-moves $c/path.c 's/ \&\& !has_transport(ike)) {$/) {/'
mutant case-153-transport-mode-stays-with-the-old-box src/pluto/sa/ike_config.c 's/^\t\tfollow_host(.*$/\t\t;/'
mutant case-157-refused-paths-again $x/mobike.c 's/^\tike->paths_tried = ike->update_refusals++;$/\t;/'
mutant case-87-largest-holder-stays $c/reassembly.c 's/^\twhile ((other = largest_holder(c, ike, len))) {$/\twhile (0) {/'
mutant case-87-small-holders-give-way $c/reassembly.c 's/^\tsize_t most = bytes_of(ike) + len;$/\tsize_t most = 0;/'
