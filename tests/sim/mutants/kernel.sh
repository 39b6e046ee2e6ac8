# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# Mutants of what the kernel tells by itself. Sourced by ../mutants.sh.
# shellcheck disable=SC2154,SC2086
mutant case-178-lost-states-not-replaced $c/kernel_events.c 's/^\t\tchild_lost(c, child);$/\t\t;/'
mutant lost-twice $c/child.c '/^void child_lost/,/^}/s/if (is_replaced(child))/if (0)/'
mutant expired-twice $c/child.c 's/^\tif (is_replaced(child) || child->phase != CHILD_ESTABLISHED)$/\tif (child->phase != CHILD_ESTABLISHED)/'
mutant case-178-flush-before-it-stands $c/kernel_events.c 's/child->is_stripped = true;/;/'
