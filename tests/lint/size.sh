#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Files of at most 800 lines, functions of at most 100, nothing left for later, and
# no declaration of another file's things outside a header.
set -eu
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")/../.."

# Vector data may be long.
find src include tests -name '*.[ch]' 2>/dev/null | sort | xargs -r awk '
function complain(line, text)
{
	printf "%s:%d: %s\n", FILENAME, line, text
	bad = 1
}

FNR == 1 { start = 0 }
FNR == 801 && FILENAME !~ /^tests\/vectors\// { complain(FNR, "more than 800 lines") }

# A function body is a brace in the first column up to the next closing one there.
/^\{/ { start = FNR }
/^\}/ {
	if (start && FNR - start - 1 > 100)
		complain(start, "function of " FNR - start - 1 " lines, 100 are allowed")
	start = 0
}

/(^|[^A-Za-z0-9_])(XXX|TODO|FIXME)([^A-Za-z0-9_]|$)/ { complain(FNR, "unfinished: XXX, TODO or FIXME") }
/^[ \t]*extern([ \t]|$)/ && FILENAME ~ /\.c$/ { complain(FNR, "extern belongs in a header") }

END { exit bad }' || exit 1
