#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The core is pure: its objects, with base and the pure halves of crypto, conf and ctl, link
# together and need nothing from outside but pure.allow, and libcrypto from src/lib/crypto;
# and they hold no mutable global data. Needs the objects of a plain build.
#
# usage: pure.sh [--build DIR]
set -eu
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")/../.."

build=build
[ "${1-}" != --build ] || build=$2

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
bad=0

# <name>_io.c and <name>_work.c do input and output, or are slow; ctl's client and renderers
# belong to whack.
find src/lib src/pluto -mindepth 2 -name '*.c' 2>/dev/null | sort |
	grep -vE '^src/pluto/(kernel|io)/|^src/lib/(crypto/.*_(io|work)|conf/.*_io|ctl/(client|render)[^/]*)\.c$' \
	> "$tmp/sources" || true

while read -r source; do
	object=$build/obj/${source%.c}.o
	if [ ! -f "$object" ]; then
		echo "$source:1: not built in $build"
		bad=1
		continue
	fi
	echo "$object" >> "$tmp/objects"
	nm -u -P "$object" | awk -v f="$source" '{ print f, $1 }' >> "$tmp/undefined"
	nm -g --defined-only -P "$object" | awk '{ print $1 }' >> "$tmp/defined"
	# Constant tables of pointers are in .data.rel.ro
	nm -f sysv "$object" | awk -F '|' -v f="$source" '
		{ gsub(/ /, "", $1); gsub(/ /, "", $4); gsub(/ /, "", $7); sub(/\.[0-9]+$/, "", $1) }
		$4 ~ /OBJECT|TLS/ && ($7 ~ /^\.(data|bss|tdata|tbss)/ || $7 ~ /COM/) && $7 !~ /^\.data\.rel\.ro/ {
			print f, $1
		}' >> "$tmp/mutable"
done < "$tmp/sources"

[ -s "$tmp/objects" ] || exit $bad

if ! xargs ld -r -o "$tmp/pure.o" < "$tmp/objects" 2> "$tmp/ld"; then
	cat "$tmp/ld"
	bad=1
fi

libdir=$(pkg-config --variable=libdir libcrypto)
nm -D --defined-only -P "$libdir/libcrypto.so" | awk '{ sub(/@.*/, "", $1); print $1 }' > "$tmp/libcrypto"

# The line that names symbol $2 in source $1, for the reader
at()
{
	line=$(grep -nw -- "$2" "$1" | head -n 1 | cut -d: -f1)
	echo "$1:${line:-1}"
}

awk -v allow=tests/lint/pure.allow -v defined="$tmp/defined" -v libcrypto="$tmp/libcrypto" '
BEGIN {
	while ((getline < allow) > 0)
		if ($1 == "call")
			excused[$2, $3] = 1
		else if (NF == 1)
			ok[$1] = 1
	while ((getline < defined) > 0)
		ok[$1] = 1
	while ((getline < libcrypto) > 0)
		crypto[$1] = 1
}
$2 in ok || ($1, $2) in excused { next }
$2 in crypto && $1 ~ /^src\/lib\/crypto\// {
	if ($2 ~ /^RAND_/ && $1 !~ /\/random\.c$/)
		print $1, $2, "is for random.c"
	else if ($2 ~ /^BIO_new_(file|fp|fd|socket|connect|accept)$|_load_(file|path|locations|store|dir)|_LOOKUP_(file|hash_dir)$|_fp$|^OSSL_STORE_(open|attach)/)
		print $1, $2, "reads files: that is the io half"
	next
}
{ print $1, $2, "is not pure (tests/lint/pure.allow)" }' "$tmp/undefined" > "$tmp/calls"

while read -r source symbol why; do
	echo "$(at "$source" "$symbol"): $symbol $why"
	bad=1
done < "$tmp/calls"

while read -r source symbol; do
	if ! grep -qxF "data $source $symbol" tests/lint/pure.allow; then
		echo "$(at "$source" "$symbol"): $symbol is mutable global data"
		bad=1
	fi
done < "$tmp/mutable"

exit $bad
