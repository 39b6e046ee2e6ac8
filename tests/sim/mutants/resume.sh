# shellcheck shell=sh disable=SC2154,SC2086
# SPDX-License-Identifier: Apache-2.0
# Session resumption (RFC 5723), and what a rekeyed IKE SA must have of its own.
mutant resume-expired-ticket-accepted $c/ticket.c 's/if (ok \&\& s->until_sec <= c->wall_sec) {/if (0) {/'
mutant resume-spent-ticket-accepted $c/ticket.c 's/if (ok \&\& ticket_is_spent(c, s)) {/if (0) {/'
mutant resume-spent-forgotten-in-a-crash $c/ticket.c 's/^\tcore_tickets(c, writer_slice(\&w), false);$/\t;/'
mutant resume-key-forgotten-in-a-crash $c/ticket.c 's/^\tcore_tickets(c, writer_slice(\&w), true);$/\t;/'
mutant resume-old-key-dropped $c/ticket.c 's/^\tt->keys\[1\] = t->keys\[0\];$/\t;/'
mutant resume-changed-connection-accepted $c/demux.c \
	's/^\t    !slice_eq(SLICE_OF(definition), SLICE_OF(claims->definition)))$/\t    0)/'
mutant resume-from-any-address $c/demux.c \
	's/^\t\t (conn->peer->host.family && !address_eq(&conn->peer->host, &e->remote.address)))$/\t\t 0)/'
mutant resume-changed-credentials-accepted $x/ike_session_resume.c 's/if (!credentials_are_the_same(r))/if (0)/'
mutant resume-other-identity-accepted $x/ike_session_resume.c \
	's/^\t    !identity_eq(&ike->peer_id, &s->id_i) ||$/\t    0 ||/'
mutant resume-other-own-identity-accepted $x/ike_session_resume.c \
	's/^\t      !identity_eq(&wanted, &s->id_r)))) {$/\t      0))) {/'
mutant resume-auth-not-looked-at $x/ike_session_resume.c \
	's/slice_eq_ct(r->m->auth.data, slice(mac, r->ike->suite.prf->out_len));/true;/'
mutant resume-short-auth-not-tried $x/ike_session_resume.c 's/s->goes_again = type == N_AUTH/s->goes_again = 0 == N_AUTH/'
mutant resume-short-auth-forgotten $x/ike_session_resume.c 's/ike->connection->resumes_short |= ike->is_initiator;/;/'
mutant resume-tried-for-ever $x/ike_session_resume.c 's/ \&\& !s->is_short;$/;/'
mutant resume-not-spent-by-use $c/ike.c 's/if (ike->is_resumed \&\& !ike->is_initiator)/if (0)/'
mutant resume-not-spent-by-delete $c/resume.c 's/if (ike->ticket_until_sec \&\& !is_lost(ike, code))/if (0)/'
mutant resume-not-spent-by-rekey $c/resume.c '/^void resume_rekeyed/,/^}/s/if (old->ticket_until_sec)/if (0)/'
mutant resume-spent-by-silence $c/resume.c 's/^\treturn (code == RC_NO_RESPONSE || ike->is_lost)/\treturn ike->is_lost/'
mutant resume-spent-by-lost-address $c/resume.c 's/ || ike->is_lost)/)/'
mutant resume-ticket-lost-when-nobody-answers $c/resume.c 's/^\t    code == RC_NO_RESPONSE \&\& !s) {$/\t    0) {/'
mutant resume-expired-ticket-presented $c/resume.c \
	's/if (s->expires_usec <= c->now_usec || !resume_suite/if (!resume_suite/'
mutant resume-without-fallback $c/resume.c 's/if (!ike->resumption_failed || /if (1 || /'
mutant resume-goes-on-after-terminate $c/resume.c 's/if (!ike->resumption_failed || /if (!ike->session || /'
mutant resume-old-sa-stays $c/resume.c 's/^\t\tike_end(c, old, 0, reason);$/\t\t;/'
mutant resume-no-ticket-after-rekey $x/ticket.c 's/bool wants_ticket = heir->began/bool wants_ticket = 0/'
mutant resume-ticket-for-whom-nobody-knows $c/ticket.c 's/else if (ike->peer_is_anonymous)/else if (0)/'
mutant resume-suspended-with-others $c/command_one.c \
	'/^void command_suspend/,/^}/s/if (ike_serves_others(ike, conn))/if (0)/'
mutant resume-nat-not-found-anew $x/ike_session_resume.c 's/^\tnat_detected(r);$/\t;/'
mutant resume-cookie-ignored $x/ike_session_resume.c 's/if (ike->cookie.data)/if (0)/'
mutant resume-label src/pluto/sa/keymat.c 's/slice_str("Resumption")/slice_str("resumption")/'
mutant token-not-renewed-by-rekeyer $x/ticket.c 's/bool owes_token = heir->is_initiator/bool owes_token = 0/'
mutant token-not-renewed-by-answerer $x/rekey_ike_sa.c 's/if (heir->peer_features & FEATURE_QCD)/if (0)/'
mutant token-of-rekey-not-taken $x/rekey_ike_sa.c 's/if ((token = message_notify(r->m, N_QCD_TOKEN)))/if ((token = NULL))/'
mutant token-not-taken-in-informational $x/ticket.c '/^void tell_answer(/,/^}/s/if (n)/if (0)/'
mutant redirect-forgotten-by-rekey src/pluto/core/succeed.c \
	's/heir->redirect_is_offered = old->redirect_is_offered;/;/'
mutant redirect-by-role-of-rekey $c/command_redirect.c 's/if (ike->began ||/if (ike->is_initiator ||/'
mutant case-147-restart-at-same-address-not-asked $c/unique.c \
	's/^\t\t\tliveness_hint(c, old, .*$/\t\t\t;/'
mutant followup-under-any-link $x/ike_followup_ke.c 's/ || !slice_eq(n->data, SLICE_OF(f->link)))$/)/'
mutant crash-of-everybody $c/command_one.c 's/if (!address_eq(&ike->remote.address, &peer))/if (0)/'
