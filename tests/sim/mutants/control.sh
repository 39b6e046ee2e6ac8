# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# Mutants of the control socket and of what is shown. Sourced by ../mutants.sh.
# shellcheck disable=SC2154,SC2086
mutant status-made-at-once $c/status.c 's/^#define PIECE 64u/#define PIECE 6400u/'
mutant walk-ends-with-who-has-gone $c/status.c 's/return first_after(head, serial);/return NULL;/'
mutant slow-reader-is-cut-off src/pluto/io/control_client.c \
	's/^\tif (cl->closing)$/\tif (cl->closing || cl->sent < cl->output.len)/'
mutant more-before-all-is-taken src/pluto/io/control_frame.c \
	's/ \&\& cl->wants_more \&\& cl->sent == cl->output.len)/ \&\& cl->wants_more)/'
mutant lapped-reader-hears-nothing $c/command_watch.c 's/^\tif (lost)$/\tif (0)/'
mutant watcher-hears-of-all $c/command_watch.c 's/return !client->watch.name\[0\] ||.*$/return true;/'
mutant oldest-kept-too-long $c/history.c 's/h->tail >= h->head \&\& h->tail < h->head + len)/h->tail > h->head \&\& h->tail < h->head + len)/'
mutant ring-end-not-marked $c/history.c 's/^\t\tif (h->head + sizeof(end) <= h->size)$/\t\tif (0)/'
mutant failure-forgotten-when-up $c/child.c 's/^\tconnection_failure_over(conn);$/\t;/'
mutant cause-of-a-script-is-the-kernel $x/child_steps.c 's/^\tr->cause = CAUSE_SCRIPT;$/\t;/'
mutant wide-policy-before-narrow $c/command_what_if.c 's/best->order >= order/best->order < order/'
mutant syslog-waits src/pluto/io/log_syslog.c 's/SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK/SOCK_DGRAM | SOCK_CLOEXEC/;s/MSG_DONTWAIT | MSG_NOSIGNAL/MSG_NOSIGNAL/'
mutant lost-lines-not-counted src/pluto/io/log.c 's/^\t\ttarget.lost++;$/\t\t;/'
