# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What end-to-end tests are made of: hosts that are namespaces, the links
# between them, captures, and the daemons in them.  Sourced by the runner and
# by scripts/demo, which set
#   E2E_HERE    this directory          E2E_STATE  a directory in memory
#   TESTLOG     where this test's logs go (kept)   BUILD  pluto and whack
# Every wait has an end.  Every process lives in its host's process namespace
# and ends with it, or is recorded in $E2E_STATE/pids and ended by its id.

: "${E2E_HERE:?}" "${E2E_STATE:?}" "${TESTLOG:?}"
BUILD=${BUILD:-$(realpath -m "$E2E_HERE/../../build")}

WEST=192.0.2.1 EAST=192.0.2.2 WEST6=fd00:2::1 EAST6=fd00:2::2
SUNSET=10.1.0.10 SUNRISE=10.2.0.10 SUNSET6=fd00:1::10 SUNRISE6=fd00:3::10
export WEST EAST WEST6 EAST6 SUNSET SUNRISE SUNSET6 SUNRISE6

for part in verdicts hosts topology traffic capture xfrm pluto peers strongswan charon libreswan iked; do
	# shellcheck disable=SC1090
	. "$E2E_HERE/lib/$part.sh"
done
