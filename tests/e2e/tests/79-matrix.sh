# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Makes a test of every feature for each peer and each role.

matrix_add() # PEER FEATURE
{
	local role beginner

	for role in pluto_begins peer_begins; do
		beginner=west
		if [ $role = peer_begins ]; then
			beginner=east
		fi
		eval "set -- \"\$1\" \"\$2\" ${FEATURE_CALL[$2]}"
		test_add -t "${FEATURE_LIMIT[$2]}" "peer.$1.$2.$role" peer_case "$1" "$3" $beginner "${@:4}"
	done
}

matrix()
{
	local peer name setup

	for peer in $(peer_names); do
		setup=''
		for name in "${FEATURES[@]}"; do
			if [ "${FEATURE_SETUP[$name]}" != "$setup" ]; then
				setup=${FEATURE_SETUP[$name]}
				group_end
				if [ "$setup" != - ]; then
					group_begin "$peer.$setup" "$setup" "$peer"
				fi
			fi
			matrix_add "$peer" "$name"
		done
		group_end
	done
}
matrix
