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

# The rows stand by area in mutants/: mutant NAME FILE SED-EXPRESSION
x=src/pluto/exchanges
c=src/pluto/core
export x c
for rows in "$top"/tests/sim/mutants/*.sh; do
	# shellcheck source=/dev/null
	. "$rows"
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
