#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Every shell script under shellcheck, by its own first line. Exit 77: shellcheck is missing.
set -eu
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")/../.."

command -v shellcheck > /dev/null || exit 77

set --
for file in $(find scripts tests packaging .ci -type f ! -path 'tests/fuzz/corpus/*' 2>/dev/null | sort); do
	case $(head -n 1 "$file" | tr -d '\0') in
	'#!/bin/sh'* | '#!/bin/bash'* | '#!/usr/bin/env sh'* | '#!/usr/bin/env bash'*) set -- "$@" "$file" ;;
	*) case $file in *.sh) set -- "$@" "$file" ;; esac ;;
	esac
done

[ $# -eq 0 ] || shellcheck -x -P SCRIPTDIR -f gcc "$@"

# The end-to-end tests are one program: a second function of a name would take the place of the first.
twice=$(cat tests/e2e/lib/*.sh tests/e2e/tests/*.sh | sed -n 's/^\([a-z_0-9]*\)().*/\1/p' | sort | uniq -d)
if [ -n "$twice" ]; then
	echo "tests/e2e: defined twice: $twice"
	exit 1
fi
