#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Named mutants of one line, each applied to a copy of the tree: a test must fail with it. One whose name
# begins with the numbers of cases (case-8-9-words) must be seen by a test that bears the number, for
# each of them; any other by any scenario, chaos, the matrix or a unit test.
# Usage: mutants.sh [--keep] [--count N] [--jobs N] [word in the name]...
# The last line is "N passed, N failed"; a mutant that changes nothing or does not build has failed.
# With --count so many are tried: those of a row "always" come first, then
# another part each day, and of all of them it is checked that they still change something.
set -u
LC_ALL=C
export LC_ALL
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/sim-mutants.XXXXXX") || exit 1
jobs=$(nproc 2> /dev/null || echo 2)
[ "$jobs" -le 4 ] || jobs=4
keep='' limit=''
while :; do
	case ${1:-} in
	--keep) keep=y ;;
	--count)
		limit=$2
		shift
		;;
	--jobs)
		jobs=$2
		shift
		;;
	*) break ;;
	esac
	shift
done
words=$*
trap '[ -n "$keep" ] || rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

# ---- the rows: by area in mutants/

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
stale=0
mutant()
{
	is_chosen "$1" || return 0
	if sed "$3" "$top/$2" | cmp -s - "$top/$2"; then
		stale=$((stale + 1))
		echo "  FAIL    $1: the expression changes nothing"
		return 0
	fi
	count=$((count + 1))
	printf '%s\n' "$1" > "$work/$count.name"
	printf '%s\n' "$2" > "$work/$count.file"
	printf '%s\n' "$3" > "$work/$count.sed"
}

# always NAME FILE SED-EXPRESSION: a mutant that is tried before the others.
firsts=''
always()
{
	before=$count
	mutant "$@"
	[ "$count" -eq "$before" ] || firsts="$firsts $count"
}

x=src/pluto/exchanges
c=src/pluto/core
export x c
for rows in "$top"/tests/sim/mutants/*.sh; do
	# shellcheck source=/dev/null
	. "$rows"
done

# Of those that are not always tried another one is the first each day.
order()
{
	for number in $firsts; do
		echo "$number"
	done
	day=$(($(date +%s) / 86400))
	step=0
	while [ $step -lt "$count" ]; do
		number=$(((day * 37 + step) % count + 1))
		step=$((step + 1))
		case " $firsts " in *" $number "*) ;; *) echo "$number" ;; esac
	done
}
order | if [ -n "$limit" ]; then head -n "$limit"; else cat; fi > "$work/order"

# ---- trying them: a job has its own tree and build below $1

make_here() # DIRECTORY TARGET...
{
	dir=$1
	shift
	(cd "$dir/tree" && make -s BUILD="$dir/build" WERROR= CFLAGS=-O0 "$@")
}

sim_fails() # DIRECTORY [argument]...
{
	log=$1/sim.log
	program=$1/build/sim
	shift
	SIM_SEEDS=${SIM_SEEDS:-100} SIM_SEED=1 SIM_MATRIX=${SIM_MATRIX:-300} SIM_MATRIX_AT=0 \
		timeout 300 "$program" "$@" > "$log" 2>&1 < /dev/null
	rc=$?
	[ "$rc" -le 1 ] || echo "  FAIL    the simulator ended with status $rc" >> "$log"
	[ "$rc" -ne 0 ]
}

first_failure()
{
	sed -n 's/^  FAIL    //p' "$1/sim.log" | head -n 1 | sed 's/, SIM_SEED=.*//'
}

# Tests of a case: scenarios, or the unit test whose name bears the number. Sets how.
case_is_seen() # DIRECTORY NUMBER
{
	if sim_fails "$1" -c "$2"; then
		how=$(first_failure "$1")
		return 0
	fi
	for source in $(cd "$1/tree" && grep -lE "edge_([0-9a-z]+_)*$2_" tests/unit/*/test_*.c); do
		test=$1/build/${source%.c}
		make_here "$1" "$test" > "$1/unit.log" 2>&1 || return 1
		timeout 100 "$test" > "$1/unit.log" 2>&1 < /dev/null && continue
		how=$(grep -E "^\[  FAILED  \] edge_([0-9a-z]+_)*$2_" "$1/unit.log" |
			head -n 1 | sed 's/.*\] //')
		[ -z "$how" ] || return 0
	done
	return 1
}

anybody_sees() # DIRECTORY
{
	if SIM_SEEDS=0 SIM_MATRIX=1 sim_fails "$1" || sim_fails "$1"; then
		how=$(first_failure "$1")
	elif ! make_here "$1" unit > "$1/unit.log" 2>&1; then
		how="unit: $(grep -m 1 -E '^\[  FAILED  \] [a-z]|^  FAIL' "$1/unit.log" | sed 's/.*\] //')"
	else
		return 1
	fi
}

try_mutant() # DIRECTORY NUMBER
{
	name=$(cat "$work/$2.name")
	file=$1/tree/$(cat "$work/$2.file")
	cases=$(echo "$name" | sed -n 's/^case\(\(-[0-9]*\)*\)-[a-z].*/\1/p' | tr - ' ' | sed 's/\<0*//g')
	verdict='' seen=''
	cp "$file" "$1/before"
	sed -f "$work/$2.sed" "$1/before" > "$file"
	if ! make_here "$1" "$1/build/sim" > "$1/make.log" 2>&1; then
		verdict="does not build: $(grep -m 1 error "$1/make.log")"
	elif [ -z "$cases" ]; then
		if anybody_sees "$1"; then seen=" $how;"; else verdict='nothing failed'; fi
	else
		for n in $cases; do
			if case_is_seen "$1" "$n"; then
				seen="$seen $n: $how;"
			else
				verdict="no test of case $n failed"
			fi
		done
		if [ -n "$verdict" ]; then
			if anybody_sees "$1"; then verdict="$verdict, but $how"; else verdict="$verdict, nor any other"; fi
		fi
	fi
	cp "$1/before" "$file"
	if [ -z "$verdict" ]; then
		echo "  PASS    $name (${seen# })" | sed 's/;)$/)/'
	else
		echo "  FAIL    $name: $verdict"
	fi
}

# Every so many-th of the order.
work_off() # JOB
{
	dir=$work/job$1
	mkdir -p "$dir/tree"
	(cd "$top" && tar cf - Makefile include src tests/sim tests/unit tests/vectors) |
		(cd "$dir/tree" && tar xf -)
	if ! make_here "$dir" -j"$jobs" "$dir/build/sim" > "$dir/make.log" 2>&1; then
		tail -n 5 "$dir/make.log"
		echo '  FAIL    the tree itself does not build'
		return
	fi
	if [ "$1" -eq 0 ] && anybody_sees "$dir"; then
		echo "  FAIL    the tree itself does not pass: $how"
		return
	fi
	awk -v job="$1" -v jobs="$jobs" 'NR % jobs == job' "$work/order" | while read -r number; do
		try_mutant "$dir" "$number"
	done
}

job=1
while [ "$job" -lt "$jobs" ]; do
	work_off "$job" > "$work/job$job.out" &
	job=$((job + 1))
done
work_off 0 | tee "$work/job0.out"
wait
job=1
while [ "$job" -lt "$jobs" ]; do
	cat "$work/job$job.out"
	job=$((job + 1))
done
[ -z "$limit" ] || echo "  tried $(wc -l < "$work/order") of $count"
passed=$(cat "$work"/job*.out | grep -c '^  PASS')
failed=$(($(cat "$work"/job*.out | grep -c '^  FAIL') + stale))
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
