#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Named mutants of one line, each applied to a copy of the tree: the simulator, or the unit tests,
# must fail with it. Usage: mutants.sh [--keep] [--count N] [word in the name]...
# The last line is "N passed, N failed"; a mutant that changes nothing or does not build has failed.
# With --count so many are tried: those of a row "always" come first, then
# another part each day, and of all of them it is checked that they still change something.
set -u
LC_ALL=C
export LC_ALL
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/sim-mutants.XXXXXX") || exit 1
jobs=$(nproc 2> /dev/null || echo 2)
keep='' limit=''
while :; do
	case ${1:-} in
	--keep) keep=y ;;
	--count)
		limit=$2
		shift
		;;
	*) break ;;
	esac
	shift
done
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

# mutant NAME FILE SED-EXPRESSION: notes it, when it is chosen and changes something.
count=0
mutant()
{
	is_chosen "$1" || return 0
	if sed "$3" "$work/tree/$2" | cmp -s - "$work/tree/$2"; then
		failed=$((failed + 1))
		echo "  FAIL    $1: the expression changes nothing"
		return 0
	fi
	count=$((count + 1))
	printf '%s\n' "$1" > "$work/$count.name"
	printf '%s\n' "$2" > "$work/$count.file"
	printf '%s\n' "$3" > "$work/$count.sed"
}

# always NAME FILE SED-EXPRESSION: a mutant that is tried before the others.
firsts=' '
always()
{
	before=$count
	mutant "$@"
	[ "$count" -eq "$before" ] || firsts="$firsts$count "
}

# try_mutant NUMBER
try_mutant()
{
	name=$(cat "$work/$1.name")
	file=$work/tree/$(cat "$work/$1.file")
	cp "$file" "$work/before"
	sed -f "$work/$1.sed" "$work/before" > "$file"
	build_and_run
	case $? in
	0) if unit_fails; then verdict=''; how=unit; else verdict='nothing failed'; fi ;;
	1) verdict=''; how="sim: $(sed -n 's/^  FAIL    //p' "$work/sim.log" | head -n 1)" ;;
	*) verdict="does not build: $(grep -m 1 error "$work/make.log")" ;;
	esac
	cp "$work/before" "$file"
	if [ -z "$verdict" ]; then
		passed=$((passed + 1))
		echo "  PASS    $name ($how)"
	else
		failed=$((failed + 1))
		echo "  FAIL    $name: $verdict"
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

done=0
for number in $firsts; do
	try_mutant "$number"
	done=$((done + 1))
done

# Of the others another one is the first each day.
day=$(($(date +%s) / 86400))
step=0
while [ $step -lt $count ]; do
	if [ -n "$limit" ] && [ $done -ge "$limit" ]; then
		echo "  tried $done of $count"
		break
	fi
	number=$(((day * 37 + step) % count + 1))
	step=$((step + 1))
	case $firsts in *" $number "*) continue ;; esac
	try_mutant $number
	done=$((done + 1))
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
