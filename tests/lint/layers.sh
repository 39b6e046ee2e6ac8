#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Layers point one way: a file includes only its own layer and those below, and each
# outside library has its one place.
set -eu
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")/../.."

# shellcheck disable=SC2016
find src include -name '*.[ch]' 2>/dev/null | sort | xargs -r awk '
BEGIN {
	count = split("base crypto conf ctl wire port conn sa core exchanges kernel io", order, " ")
	for (i = 1; i <= count; i++)
		rank[order[i]] = i
}

function layer_of(file, part, n)
{
	n = split(file, part, "/")
	if (part[1] == "include")
		return part[2]
	if (part[2] == "lib")
		return part[3]
	if (part[2] == "pluto" && n > 3)
		return part[3]
	return part[2] == "pluto" ? "main" : part[2]
}

function complain(text)
{
	printf "%s:%d: %s\n", FILENAME, FNR, text
	bad = 1
}

# What stands in layer FROM may include layer TO.
function may_include(from, to)
{
	if (from == to || from == "main")
		return 1
	if (to == "cygnet")
		return 0 # the public header, for others
	if (to == "whack")
		return 0
	if (from == "whack" || from == "cygnet")
		return rank[to] <= rank["ctl"]
	if (from == "io" && to == "kernel")
		return 0
	return rank[to] <= rank[from]
}

function check_library(name)
{
	if (name ~ /^openssl\// && FILENAME !~ /^src\/lib\/crypto\//)
		complain("<" name "> is for src/lib/crypto only")
	if (name ~ /^(netlink\/|linux\/xfrm\.h)/ && layer != "kernel" && layer != "io")
		complain("<" name "> is for kernel/ and io/ only")
	if (name ~ /^(event2?\/|event\.h|cap-ng\.h)/ && layer != "io")
		complain("<" name "> is for io/ only")
	if (name ~ /^jansson/ && FILENAME !~ /^src\/(lib\/ctl\/render|whack\/)/)
		complain("<" name "> is for src/lib/ctl/render* and src/whack only")
}

FNR == 1 {
	layer = layer_of(FILENAME)
	if (!(layer in rank) && layer != "main" && layer != "whack" && layer != "cygnet")
		complain("no such layer: " layer)
}

/^[ \t]*#[ \t]*include[ \t]*[<"]/ {
	name = $0
	sub(/^[^<"]*[<"]/, "", name)
	sub(/[>"].*/, "", name)
	if ($0 ~ /include[ \t]*</) {
		check_library(name)
		next
	}
	if (name ~ /(^|\/)\.\.?(\/|$)/) {
		complain("include \"" name "\" by its layer, not by a relative path")
		next
	}
	if (name !~ /\//)
		next # its own folder
	to = name
	sub(/\/.*/, "", to)
	if (!(to in rank) && to != "cygnet" && to != "whack")
		complain("no such layer: \"" name "\"")
	else if (!may_include(layer, to))
		complain(layer " must not include \"" name "\"")
}

END { exit bad }' || exit 1
