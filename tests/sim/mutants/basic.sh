# shellcheck shell=sh disable=SC2154,SC2086
# SPDX-License-Identifier: Apache-2.0
# What every exchange rests on: AUTH, integrity, message IDs, undo, and who is told when.
always auth-comparison-flipped $x/auth_peer.c \
	's/^\tif (slice_eq_ct(r->m->auth\.data/\tif (!slice_eq_ct(r->m->auth.data/'
mutant auth-mac-skipped $x/auth_peer.c \
	's/^\tif (slice_eq_ct(r->m->auth\.data, .*$/\tif (r->ike) {/'
always integrity-check-skipped src/lib/crypto/cipher.c \
	's/if (!slice_eq_ct(slice(icv, c->integ->icv_len), .*/if (0)/'
mutant case-11-46-open-verdict-ignored $c/demux.c \
	's/\&cipher, \&keys, text) != VERDICT_OK)$/\&cipher, \&keys, text) != VERDICT_OK \&\& 0)/'
always case-10-153-old-message-id-accepted $c/demux.c \
	's/if (h->message_id != ike->expected_message_id)/if (h->message_id > ike->expected_message_id)/'
mutant case-9-12-last-message-id-run-again $c/demux.c \
	's/if (h->message_id + 1 == ike->expected_message_id) {/if (0) {/'
mutant case-13-response-of-any-id $c/demux.c \
	's/ike->request\.message_id != h->message_id ||/0 ||/'
mutant case-8-message-id-not-counted $c/send.c 's/^\tike->next_message_id++;$/\t;/'
always case-113-175-no-undo-after-kernel-failure $x/child_steps.c \
	's/^\t\treturn child_undo(r, RC_ROUTE, reason);$/\t\treturn STEP_NEXT;/'
mutant larval-state-left src/pluto/sa/install.c 's/^\tif (child->spi_in)$/\tif (child->has_out)/'
mutant policies-left src/pluto/sa/install.c \
	's/if (child->has_policies \&\& with_policies) {/if (0) {/'
mutant case-188-orphan-batch-kept $c/core.c 's/^\t\tkernel_undo(c, e->batch);$/\t\t;/'
mutant case-180-script-status-ignored $x/child_steps.c \
	's/if (r->job && r->job->status == 0)/if (r->job)/'
always finish-before-up $x/child_steps.c \
	's/^\ts->child->phase = CHILD_INSTALLING;$/&\n\tclients_finish(r->core, s->child->connection, WAITS_UP, RC_OK);/'
mutant finish-forgotten $c/child.c 's/^\tclients_finish(c, conn, WAITS_UP, RC_OK);$/\t;/'
mutant case-37-42-cookie-not-asked $c/cookie.c 's/return c->ddos_mode == DDOS_BUSY;/return false;/'
mutant case-53-invalid-ke-any-group $x/ike_sa_init.c \
	's/if (!suite_has_group(r->ike->connection->def->ike, group))/if (!alg_find(TRANSFORM_KE, group))/'
mutant case-21-46-half-open-for-ever $c/ike.c \
	's/ike->expires_usec = c->now_usec + HALF_OPEN_TIMEOUT_USEC;/ike->expires_usec = USEC_NEVER;/'
mutant case-26-retransmission-is-late $c/ike.c \
	's/ike->request\.next_usec < when)/ike->request.next_usec < 0)/'
mutant keys-of-one-direction src/pluto/sa/install.c \
	's/add_state(child, keys, true, !is_initiator, b);/add_state(child, keys, true, is_initiator, b);/'
mutant case-106-transport-not-compared $x/child_choose.c \
	's/if (transport == child->is_tunnel) {/if (0) {/'
mutant case-129-deleted-child-installed $x/create_child_sa.c 's/^\tif (is_gone(s)) {$/\tif (0) {/'
mutant case-30-resend-without-limit $c/demux.c 's/if (ike->replies_resent < RESENDS_PER_SEC/if (1/'
mutant waiting-client-hears-nothing src/pluto/io/control_client.c \
	's/^\tcl->alive_usec = waits_long ? .*$/\tcl->alive_usec = waits_long ? USEC_NEVER : USEC_NEVER;/'
mutant everybody-hears-alive src/pluto/io/control_client.c \
	's/^\tbool waits_long = cl->busy \&\& cl->attached /\tbool waits_long = cl->busy /'
mutant case-195-work-that-nobody-does $c/core.c 's/^\tfail_undone(c);$/\t;/'
mutant case-195-empty-datagram $c/action.c 's/^\tif (!bytes_copy(datagram, &data))$/\tif (!bytes_copy(datagram, \&data) \&\& false)/'
mutant case-195-no-memory-is-no-syntax $c/demux.c 's/^\treturn strncmp(slot->message.error, "memory", 6) == 0 ? OPEN_DROP : OPEN_SYNTAX;$/\treturn OPEN_SYNTAX;/'
mutant case-195-client-unanswered $c/report.c 's/^\t\tclient = c->spare_client;$/\t\tclient = NULL;/'
mutant case-195-wish-lost-without-a-word $c/exchange.c 's/^\tclients_finish_sa(c, w->child_serial, WAITS_REPLACED, RC_INTERNAL);$/\t;/'
mutant case-195-what-nobody-asked-for-deleted $x/ke_steps.c 's/^\tif (r->ike->phase != IKE_ESTABLISHED || r->m || .*$/\tif (true ||/'
