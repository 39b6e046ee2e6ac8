#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Every word of tests/interfaces.txt has its row in doc/INTERFACES.md, and every test that a row names uses
# the word. New tests of a word may wait for the next `make interfaces`. Exit 77: python3 is missing.
set -eu
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")/../.."

command -v python3 > /dev/null || exit 77
python3 tests/interfaces.py --check doc/INTERFACES.md
