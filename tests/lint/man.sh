#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The manual pages are well formed. Exit 77: mandoc is missing.
set -eu
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")/../.."

command -v mandoc > /dev/null || exit 77

# With their tables, where they were built.
pages=doc/man
if [ "${1:-}" = --build ] && [ -d "$2/filled/doc/man" ]; then
	pages=$2/filled/doc/man
fi
set --
for page in "$pages"/*.[1-9]; do
	[ ! -f "$page" ] || set -- "$@" "$page"
done
[ $# -gt 0 ] || exit 0

if ! out=$(mandoc -T lint -W warning "$@" 2>&1); then
	printf '%s\n' "$out" | sed 's/^mandoc: //'
	exit 1
fi
