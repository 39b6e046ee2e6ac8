# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# Mutants of the control socket and of what is shown. Sourced by ../mutants.sh.
# shellcheck disable=SC2154,SC2086
mutant case-187-status-made-at-once $c/status.c 's/^#define PIECE 64u/#define PIECE 6400u/'
mutant case-187-walk-ends-with-who-has-gone $c/status.c 's/return first_after(head, serial);/return first_after(head, UINT32_MAX);/'
mutant case-187-slow-reader-is-cut-off src/pluto/io/control_client.c \
	's/^\tif (cl->closing)$/\tif (cl->closing || cl->sent < cl->output.len)/'
mutant case-187-more-before-all-is-taken src/pluto/io/control_frame.c \
	's/ \&\& cl->wants_more \&\& cl->sent == cl->output.len)/ \&\& cl->wants_more)/'
mutant case-187-lapped-reader-hears-nothing $c/command_watch.c 's/^\tif (lost)$/\tif (0)/'
mutant watcher-hears-of-all $c/command_watch.c 's/return !client->watch.name\[0\] ||.*$/return true;/'
mutant oldest-kept-too-long $c/history.c 's/h->tail >= h->head \&\& h->tail < h->head + len)/h->tail > h->head \&\& h->tail < h->head + len)/'
mutant ring-end-not-marked $c/history.c 's/^\t\tif (h->head + sizeof(end) <= h->size)$/\t\tif (0)/'
mutant failure-forgotten-when-up $c/child.c 's/^\tconnection_failure_over(conn);$/\t;/'
mutant cause-of-a-script-is-the-kernel $x/child_steps.c 's/^\tr->cause = CAUSE_SCRIPT;$/\t;/'
mutant wide-policy-before-narrow $c/policy.c 's/best->order >= order/best->order < order/'
mutant case-193-syslog-waits src/pluto/io/log_syslog.c 's/SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK/SOCK_DGRAM | SOCK_CLOEXEC/;s/MSG_DONTWAIT | MSG_NOSIGNAL/MSG_NOSIGNAL/'
mutant case-193-lost-lines-not-counted src/pluto/io/log.c 's/^\t\ttarget.lost++;$/\t\ttarget.lost += 0;/'
mutant case-184-silent-client-stays src/pluto/io/control_client.c \
	's/^\tcl->deadline_usec = control_now() + SILENCE_USEC;$/\tcl->deadline_usec = USEC_NEVER;/'
mutant case-184-requests-not-counted src/pluto/io/control_frame.c \
	's/if (cl != of \&\& cl->uid == of->uid/if (0 \&\& cl->uid == of->uid/'
mutant case-185-any-frame-is-a-request src/pluto/io/control_frame.c \
	's/^\tif (m->type != CTL_REQUEST) {$/\tif (0) {/'
mutant case-185-answer-leaves-it-open src/pluto/io/control_client.c 's/^\tcl->closing = true;$/\t;/'
mutant case-186-core-not-told src/pluto/io/control_client.c 's/^\tif (cl->asked)$/\tif (0)/'
mutant case-186-sigpipe src/pluto/io/control_client.c 's/MSG_DONTWAIT | MSG_NOSIGNAL/MSG_DONTWAIT/'
mutant case-189-anyone-may-do-all src/pluto/io/control_role.c 's/^\treturn ROLE_READ;$/\treturn ROLE_OWN;/'
mutant case-189-passed-descriptor src/pluto/io/control_frame.c 's/return who.uid == cl->uid;/return who.uid == cl->uid || true;/'
mutant case-189-role-not-compared $c/commands.c 's/if (e->role < row->role) {/if (e->role > ROLE_OWN) {/'
mutant debug-of-one-is-of-all $c/debug.c 's/(address_eq(&p->peer, &c->at_work) ||/(true ||/'
