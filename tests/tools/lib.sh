# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# For the scripts of tests/tools: `. lib.sh BUILD` gives a folder of one's own, which goes at the end,
# and what compares.

set -eu
LC_ALL=C
export LC_ALL
HERE=$(cd "$(dirname "$0")" && pwd)
BUILD=$(cd "${1:?the folder of the programs}" && pwd)
DIR=$(mktemp -d)
trap 'rm -rf "$DIR"' EXIT
IPSEC_EXECDIR=$BUILD
export HERE BUILD DIR IPSEC_EXECDIR
cd "$DIR"

fail()
{
	echo "$0: $*" >&2
	exit 1
}

# ipsec WORD...: the command as built.
ipsec()
{
	sh "$BUILD/ipsec" "$@"
}

# expect CODE PATTERN COMMAND...: exits so, and says so on either stream; $seen has all it said.
expect()
{
	code=$1 pattern=$2
	shift 2
	rc=0
	seen=$("$@" 2>&1) || rc=$?
	[ "$rc" -eq "$code" ] || fail "exit status $rc, not $code, of: $*: $seen"
	printf '%s\n' "$seen" | grep -Eq -- "$pattern" || fail "no '$pattern' of: $*: $seen"
}

# lacks PATTERN: what expect saw has no such line.
lacks()
{
	! printf '%s\n' "$seen" | grep -Eq -- "$1" || fail "'$1' in: $seen"
}

# make_cert NAME SUBJECT [openssl req OPTION]...: a key and a certificate by the CA in ca.pem, or itself.
make_cert()
{
	name=$1 subject=$2
	shift 2
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$name.key" \
		-out "$name.pem" -subj "$subject" "$@" 2> openssl.log || fail "$(cat openssl.log)"
	chmod 600 "$name.key"
}
