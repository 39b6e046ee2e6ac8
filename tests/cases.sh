#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Prints doc/CASES.md: for each case of tests/cases.txt the tests that bear its number, and the mutants
# that one of them must see. Read off the sources: the `.cases` of a scenario, the name of a unit test
# (edge_77_bounds, edge_76_78_sets), "Case 16" or "cases 16, 17" in a comment of a fuzz or
# end-to-end test, and the name of a mutant (case-77-number-zero). Usage: cases.sh [--holes LAST]: says
# on standard error which case up to LAST lacks a test or a mutant, and fails then.
set -eu
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")/.."
last=0
[ "${1:-}" != --holes ] || last=$2

list()
{
	for file in tests/sim/scenarios_*.c; do
		{ tr '\n' ' ' < "$file"; echo; } | sed 's/{ \.name = /\n&/g' | sed -n \
			's/^{ \.name = "\(\([^"\\]\|\\.\)*\)".*\.cases = "\([0-9][0-9 ]*\)".*/sim|\3|\1/p'
	done
	grep -ohE 'cmocka_unit_test[a-z_]*\(edge(_[0-9]+|_to)+_[a-z0-9_]*' tests/unit/*/test_*.c |
		sed -E 's/^.*\(edge((_[0-9]+|_to)+)_([a-z0-9_]*)$/unit|\1|\3/;s/_/ /g'
	for file in tests/fuzz/fuzz_*.c tests/e2e/tests/*.sh; do
		grep -oiE '\bcases? [0-9]+((,| and| to|,? or) [0-9]+)*' "$file" | while read -r word numbers; do
			echo "${file#tests/}|$numbers|$word"
		done
	done
	sed -n 's/^\(mutant\|always\) case\(\(-[0-9][0-9]*\)*\)-\([a-z][a-z0-9-]*\).*/mutant|\2|\4/p' \
		tests/sim/mutants/*.sh
}

list | awk -F '|' -v last="$last" '
function numbers_of(text, out, n, i, words, count)
{
	gsub(/[-_,]|and|or/, " ", text)
	count = split(text, words, " ")
	n = 0
	for (i = 1; i <= count; i++) {
		if (words[i] == "to") {
			while (out[n] < words[i + 1] + 0) {
				out[n + 1] = out[n] + 1
				n++
			}
			i++
		} else {
			out[++n] = words[i] + 0
		}
	}
	return n
}

function note(kind, number, name)
{
	if (index(all[kind, number] "; ", name "; ") == 0)
		all[kind, number] = all[kind, number] (all[kind, number] ? "; " : "") name
}

FILENAME == "-" {
	sub(/ *\(cases? [0-9, ]*\)$/, "", $3)
	sub(/^case [0-9]+:? /, "", $3)
	for (i = numbers_of($2, list); i > 0; i--) {
		if ($1 ~ /^(fuzz|e2e)/)
			note("other", list[i], $1)
		else
			note($1, list[i], $3)
	}
	next
}

FNR == 1 {
	print "# The cases and their tests\n"
	print "Made by `make cases` from the tests themselves; `make lint` fails when it is out of date or a case"
	print "lacks a test or a mutant. A case is given / when / then. A mutant is a change of one line of the"
	print "program; with it a test that bears the number of the case must fail (tests/sim/mutants.sh)."
}
/^#/ { next }
/^[A-Z]\. / { print "\n## " $0; next }
{
	n = $0 + 0
	print "\n**" n ".**" substr($0, length(n) + 2)
	if (all["sim", n])
		print "- simulator: " all["sim", n]
	if (all["unit", n])
		print "- unit: " all["unit", n]
	if (all["other", n])
		print "- also: " all["other", n]
	if (all["mutant", n])
		print "- mutants: " all["mutant", n]
	if (n <= last && !(all["sim", n] all["unit", n] all["other", n])) {
		print "case " n " has no test" > "/dev/stderr"
		bad = 1
	}
	if (n <= last && !all["mutant", n]) {
		print "case " n " has no mutant" > "/dev/stderr"
		bad = 1
	}
}
END { exit bad }' - tests/cases.txt
