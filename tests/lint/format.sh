#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The C files are laid out as .clang-format says. Versions of clang-format differ in details, so only
# that of Debian 12 is asked.
set -u
cd "$(dirname "$0")/../.." || exit 1
case $(clang-format --version 2>/dev/null) in
*' version 14.'*) ;;
*) exit 77 ;;
esac
exec make -s format-check
