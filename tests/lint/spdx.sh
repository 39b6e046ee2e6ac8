#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Each source names its licence: C in its first line, a script below its first line.
set -eu
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")/../.."

bad=0
for file in $(find src include tests -name '*.[ch]' 2>/dev/null | sort); do
	IFS= read -r first < "$file" || true
	if [ "$first" != '/* SPDX-License-Identifier: Apache-2.0 */' ]; then
		echo "$file:1: the first line is not /* SPDX-License-Identifier: Apache-2.0 */"
		bad=1
	fi
done

for file in $(find scripts tests packaging .ci -type f ! -path 'tests/fuzz/corpus/*' 2>/dev/null | sort); do
	case $(head -n 1 "$file" | tr -d '\0') in
	'#!'*) ;;
	*) continue ;;
	esac
	if ! sed -n 2,3p "$file" | grep -qxF '# SPDX-License-Identifier: Apache-2.0'; then
		echo "$file:2: no line # SPDX-License-Identifier: Apache-2.0"
		bad=1
	fi
done
exit $bad
