#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The guides: each ipsec.conf in them is one that addconn takes, and each command of ipsec is there.
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

top=$HERE/../..
count=0

# blocks FILE: its parts that are marked as ipsec.conf, into block.1.conf and so on.
blocks()
{
	rm -f block.*.conf
	awk '/^```ipsec\.conf$/ { n++; on = 1; next }
		/^```/ { on = 0 }
		on { print >("block." n ".conf") }' "$1"
}

for guide in "$top"/doc/guides/*.md; do
	blocks "$guide"
	for block in block.*.conf; do
		[ -f "$block" ] || continue
		count=$((count + 1))
		"$BUILD/addconn" --checkconfig --config "$block" >said 2>&1 ||
			fail "${guide##*/}: $(cat said; cat "$block")"
		if grep -q warning said; then
			fail "${guide##*/}: $(cat said)"
		fi
	done
	# words after ipsec in code: each is a command that says how it is used
	grep -oE '(^|`)ipsec [a-z][a-z-]*' "$guide" | sed 's/.*ipsec //' | sort -u >words
	while read -r word; do
		case $word in auto | whack) continue ;; esac
		ipsec --help all 2>&1 | grep -Eq "(^|[^a-z-])$word([^a-z-]|\$)" ||
			fail "${guide##*/}: there is no ipsec $word"
	done <words
done
[ "$count" -ge 8 ] || fail "only $count configurations in the guides"
