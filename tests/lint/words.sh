#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# No path of one developer's machine and no merge marker in any text file of the tree.
set -eu
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")/../.."

set --
for top in Makefile README.md .clang-format .editorconfig .gitignore .ci include src scripts tests doc packaging; do
	[ ! -e "$top" ] || set -- "$@" "$top"
done

if grep -rnIE '(^|[^[:alnum:]_.}])/(work|farm)/|^(<<<<<<<|[|]{7}|>>>>>>>)( |$)' "$@"; then
	exit 1
fi
