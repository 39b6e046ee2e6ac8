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
