# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# How a test ends, waits and asks.

# fail REASON...: ends the test.
fail()
{
	echo "FAIL: $*"
	echo "$*" >"$E2E_STATE/reason"
	exit 1
}

# skip REASON...: ends the test, which counts neither way.
skip()
{
	echo "skip: $*"
	echo "$*" >"$E2E_STATE/reason"
	exit 77
}

# wait_for SECONDS COMMAND [ARG]...: runs it until it succeeds; fails the test
# when it has not by then.
wait_for()
{
	wait_until "$@" || fail "not within $1 s: ${*:2}"
}

# wait_until SECONDS COMMAND [ARG]...: the same, but returns 1.
wait_until()
{
	local end=$((SECONDS + $1 + 1))

	shift
	while ! "$@" >/dev/null 2>&1; do
		if [ $SECONDS -ge $end ]; then
			return 1
		fi
		sleep 0.05
	done
}

# expect PATTERN COMMAND [ARG]...: what it prints (shown) must match the
# extended regular expression; its exit status must be 0.
expect()
{
	fails_with 0 "$@"
}

# fails_with CODE PATTERN COMMAND [ARG]...: it ends with that status, and prints what matches.
fails_with()
{
	local code=$1 pattern=$2 out rc=0

	shift 2
	out=$("$@" 2>&1) || rc=$?
	printf '%s\n' "$out"
	[ $rc -eq "$code" ] || fail "exit status $rc, not $code, of: $*"
	grep -Eq -- "$pattern" <<<"$out" || fail "no '$pattern' from: $*"
}

# expect_gone PATTERN COMMAND [ARG]...: the opposite, within 3 s: scripts run on after whack has its answer.
expect_gone()
{
	wait_until 3 prints_no "$@" || expect_not "$@"
}

prints_no()
{
	! "${@:2}" 2>&1 | grep -Eq -- "$1"
}

# expect_not PATTERN COMMAND [ARG]...: the opposite; any exit status will do.
expect_not()
{
	local pattern=$1 out

	shift
	out=$("$@" 2>&1) || true
	printf '%s\n' "$out"
	if grep -Eq -- "$pattern" <<<"$out"; then
		fail "unwanted '$pattern' from: $*"
	fi
}
