#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Named mutants of one line, each applied to a copy of the tree: the simulator, or the unit tests,
# must fail with it. Usage: mutants.sh [--keep] [word in the name]...
# The last line is "N passed, N failed"; a mutant that changes nothing or does not build has failed.
set -u
LC_ALL=C
export LC_ALL
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/sim-mutants.XXXXXX") || exit 1
jobs=$(nproc 2> /dev/null || echo 2)
keep=
if [ "${1:-}" = --keep ]; then
	keep=y
	shift
fi
words=$*
trap '[ -n "$keep" ] || rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
passed=0
failed=0

mkdir "$work/tree"
(cd "$top" && tar cf - Makefile include src tests/sim tests/unit tests/vectors) |
	(cd "$work/tree" && tar xf -)

build_and_run()
{
	(cd "$work/tree" && make -s -j"$jobs" BUILD="$work/build" WERROR= "$work/build/sim") \
		> "$work/make.log" 2>&1 || return 2
	SIM_SEEDS=100 SIM_SEED=1 timeout 300 "$work/build/sim" > "$work/sim.log" 2>&1 < /dev/null
	rc=$?
	[ "$rc" -le 1 ] || echo "  FAIL    sim ended with status $rc" >> "$work/sim.log"
	return $((rc != 0))
}

unit_fails()
{
	! (cd "$work/tree" && make -s -j"$jobs" BUILD="$work/build" WERROR= unit) \
		> "$work/unit.log" 2>&1
}

is_chosen()
{
	[ -n "$words" ] || return 0
	for w in $words; do
		case $1 in *"$w"*) return 0 ;; esac
	done
	return 1
}

# mutant NAME FILE SED-EXPRESSION
mutant()
{
	is_chosen "$1" || return 0
	file=$work/tree/$2
	cp "$file" "$work/before"
	sed "$3" "$work/before" > "$file"
	if cmp -s "$file" "$work/before"; then
		verdict='the expression changes nothing'
	else
		build_and_run
		case $? in
		0) if unit_fails; then verdict=''; how=unit; else verdict='nothing failed'; fi ;;
		1) verdict=''; how="sim: $(sed -n 's/^  FAIL    //p' "$work/sim.log" | head -n 1)" ;;
		*) verdict="does not build: $(grep -m 1 error "$work/make.log")" ;;
		esac
	fi
	cp "$work/before" "$file"
	if [ -z "$verdict" ]; then
		passed=$((passed + 1))
		echo "  PASS    $1 ($how)"
	else
		failed=$((failed + 1))
		echo "  FAIL    $1: $verdict"
	fi
}

if ! build_and_run || unit_fails; then

	for log in make sim unit; do [ ! -f "$work/$log.log" ] || tail -n 5 "$work/$log.log"; done
	echo 'the tree itself does not pass'
	echo '0 passed, 1 failed'
	exit 1
fi

x=src/pluto/exchanges
c=src/pluto/core
mutant auth-comparison-flipped $x/ike_auth.c \
	's/^\t       slice_eq_ct(r->m->auth\.data/\t       !slice_eq_ct(r->m->auth.data/'
mutant auth-mac-skipped $x/ike_auth.c \
	's/^\t       slice_eq_ct(r->m->auth\.data, .*$/\t       r->ike;/'
mutant integrity-check-skipped src/lib/crypto/cipher.c \
	's/if (!slice_eq_ct(slice(icv, c->integ->icv_len), .*/if (0)/'
mutant open-verdict-ignored $c/demux.c \
	's/&cipher, &keys, &text) != VERDICT_OK) {/\&cipher, \&keys, \&text) == VERDICT_FAIL) {/'
mutant old-message-id-accepted $c/demux.c \
	's/if (h->message_id != ike->expected_message_id)/if (h->message_id > ike->expected_message_id)/'
mutant last-message-id-run-again $c/demux.c \
	's/if (h->message_id + 1 == ike->expected_message_id) {/if (0) {/'
mutant response-of-any-id $c/demux.c \
	's/ike->request\.message_id != h->message_id ||/0 ||/'
mutant message-id-not-counted $c/send.c 's/^\tike->next_message_id++;$/\t;/'
mutant no-undo-after-kernel-failure $x/child_steps.c \
	's/^\t\treturn child_undo(r, RC_ROUTE, reason);$/\t\treturn STEP_NEXT;/'
mutant larval-state-left src/pluto/sa/install.c 's/^\tif (child->spi_in)$/\tif (child->has_states)/'
mutant policies-left src/pluto/sa/install.c \
	's/if (child->has_policies \&\& with_policies) {/if (0) {/'
mutant orphan-batch-kept $c/core.c 's/^\t\tkernel_undo(c, e->batch);$/\t\t;/'
mutant script-status-ignored $x/child_steps.c \
	's/if (r->job && r->job->status == 0)/if (r->job)/'
mutant finish-before-up $x/child_steps.c \
	's/^\ts->child->phase = CHILD_INSTALLING;$/&\n\tclients_finish(r->core, s->child->connection, WAITS_UP, RC_OK);/'
mutant finish-forgotten $c/child.c 's/^\tclients_finish(c, conn, WAITS_UP, RC_OK);$/\t;/'
mutant cookie-not-asked $c/cookie.c 's/^\treturn c->settings\.always_cookie ||/\treturn 0 \&\&/'
mutant invalid-ke-any-group $x/ike_sa_init.c \
	's/if (!suite_has_group(&r->ike->connection->def\.ike, group))/if (!alg_find(TRANSFORM_KE, group))/'
mutant half-open-for-ever $c/ike.c \
	's/ike->expires_usec = c->now_usec + HALF_OPEN_TIMEOUT_USEC;/ike->expires_usec = USEC_NEVER;/'
mutant retransmission-is-late $c/ike.c \
	's/ike->request\.next_usec < when)/ike->request.next_usec < 0)/'
mutant keys-of-one-direction src/pluto/sa/install.c \
	's/add_state(child, keys, true, !is_initiator, b);/add_state(child, keys, true, is_initiator, b);/'
mutant transport-not-compared $x/child_steps.c \
	's/if (transport == child->is_tunnel) {/if (0) {/'
mutant deleted-child-installed $x/create_child_sa.c 's/^\tif (is_gone(s)) {$/\tif (0) {/'
mutant resend-without-limit $c/demux.c 's/if (ike->replies_resent < RESENDS_PER_SEC/if (1/'

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
