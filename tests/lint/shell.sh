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
for file in $(find scripts tests .ci -type f ! -path 'tests/fuzz/corpus/*' 2>/dev/null | sort); do
	case $(head -n 1 "$file" | tr -d '\0') in
	'#!/bin/sh'* | '#!/bin/bash'* | '#!/usr/bin/env sh'* | '#!/usr/bin/env bash'*) set -- "$@" "$file" ;;
	*) case $file in *.sh) set -- "$@" "$file" ;; esac ;;
	esac
done

[ $# -eq 0 ] || shellcheck -x -P SCRIPTDIR -f gcc "$@"
