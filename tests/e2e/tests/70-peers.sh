# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# The same features against every peer, in both roles.  A feature is declared
# once; 79-matrix.sh makes a test of it for each peer and role, whose name is
# peer.PEER.FEATURE.ROLE, and tests/e2e/matrix makes doc/PEERS.md of the results.
# West runs pluto and east the peer; the tests of a peer share both daemons, and
# each leaves them without an SA.

FEATURES=()
declare -A FEATURE_TEXT FEATURE_CALL FEATURE_SETUP FEATURE_LIMIT

# feature [-t SECONDS] [-s SETUP|-] NAME TEXT FUNCTION [ARG]...: FUNCTION is called
# with PEER, the beginner (west is pluto, east the peer), and ARGs.  SETUP makes
# the hosts, with PEER as argument, and is shared by consecutive features that
# name the same; "-" is none, then FUNCTION does it itself.
# shellcheck disable=SC2034 # 79-matrix.sh reads them
feature()
{
	local setup=peer_pair limit=60

	while [[ $1 == -? ]]; do
		case $1 in
		-t) limit=$2 ;;
		-s) setup=$2 ;;
		esac
		shift 2
	done
	FEATURES+=("$1")
	FEATURE_TEXT[$1]=$2
	FEATURE_SETUP[$1]=$setup
	FEATURE_LIMIT[$1]=$limit
	FEATURE_CALL[$1]=${*:3}
}

# lacks PATTERN REASON: for peers whose name matches, the feature of the test that
# calls it is not there; the table shows why.
lacks()
{
	# shellcheck disable=SC2053
	if [[ $(peer_name east) == $1 ]]; then
		skip "$2"
	fi
}

# lacks_in BEGINNER ROLE PATTERN REASON: the same for one role.
lacks_in()
{
	if [ "$1" = "$2" ]; then
		lacks "$3" "$4"
	fi
}

peer_pair() # PEER
{
	topo_pair
	pluto_ready west
	peer_start east "$1"
}

# both_ends KEY=VALUE... [-- ARG...]: the connection on both ends, from one
# description (see peer_conf); ARGs are whack's beside it.
both_ends()
{
	local pair args=() more=()
	local -A it=([mode]=tunnel [outer]=4 [inner]=4 [ike]=$E2E_IKE_ALG [esp]=$E2E_ESP_ALG
		[pfs]=no [esn]=no)

	while [ $# -gt 0 ]; do
		if [ "$1" = -- ]; then
			more=("${@:2}")
			break
		fi
		args+=("$1")
		it[${1%%=*}]=${1#*=}
		shift
	done
	peers_clean
	if [ "${it[pfs]}" = no ]; then
		more+=(--pfs=no)
	else
		more+=(--pfs)
		it[esp]=${it[esp]//,/-${it[pfs]},}-${it[pfs]}
	fi
	net_pluto west "${it[mode]}" "${it[outer]}" "${it[inner]}" --ike "${it[ike]}" \
		--esp "${it[esp]}" "--esn=${it[esn]}" "${more[@]}"
	peer_conf east ${args[@]+"${args[@]}"}
}

both_clean()
{
	assert_xfrm_empty west
	assert_peer_clean east
}

# peers_clean: whatever an earlier test left.
peers_clean()
{
	whack_on west --name west-east --delete >/dev/null 2>&1 || true
	peer_reset east >/dev/null 2>&1 || true
}

begin() # west|east
{
	if [ "$1" = west ]; then
		whack_on west --name west-east --initiate
	else
		peer_up east
	fi
}

finish_by() # west|east
{
	if [ "$1" = west ]; then
		whack_on west --name west-east --terminate
	else
		peer_down east
	fi
	both_clean
	wait_for 3 no_ikes
}

no_ikes()
{
	[ "$(peer_ikes east)" -eq 0 ] && ! whack_on west --showstates | grep -q '#[0-9]'
}

# A connection with traffic both ways that is only ESP on the wire.
t_peer_net() # PEER BEGINNER [KEY=VALUE]...
{
	local -A it=([mode]=tunnel [outer]=4 [inner]=4)
	local pair from to back

	for pair in "${@:3}"; do
		it[${pair%%=*}]=${pair#*=}
	done
	read -r from to < <(from_to "${it[mode]}" "${it[outer]}" "${it[inner]}")
	both_ends "${@:3}"
	capture_start wire
	begin "$2"
	ping_ok "$from" "$to"
	back=${from}${to##*[a-z]}
	ping_ok "${to%6}" "$back"
	capture_stop wire
	assert_only_esp "$TESTLOG/wire.pcap"
	[ "$(xfrm_count west)" -eq 2 ] || fail 'not two states on west'
	expect "mode ${it[mode]}" on_net west ip xfrm state
	assert_no_xfrm_errors west
	assert_no_xfrm_errors east
	finish_by "$2"
}

# The other end ends it: first the child alone, then the whole.
t_peer_delete() # PEER BEGINNER
{
	local other=west

	if [ "$2" = west ]; then
		other=east
	fi
	both_ends
	begin "$2"
	ping_ok sunset sunrise 1
	finish_by "$other"
	begin "$2"
	if [ "$other" = east ]; then
		peer_down_child east
	else
		whack_on west --name west-east --down-child
	fi
	wait_for 3 states_are west 0
	wait_for 3 states_are east 0
	peers_clean
	both_clean
}

# One thing does not fit: both hear of it at once, and nothing stays.
t_peer_refused() # PEER BEGINNER WHAT
{
	local said

	case $3 in
	psk) both_ends 'secret=quite another secret' said=AUTHENTICATION_FAILED ;;
	esac
	if [ "$2" = west ]; then
		whack_rc fail 5 "$said" west --name west-east --initiate
	else
		peer_up_fails east
	fi
	peers_clean
	both_clean
}

feature tunnel_4in4 'tunnel, IPv4 in IPv4' t_peer_net
feature tunnel_6in6 'tunnel, IPv6 in IPv6' t_peer_net outer=6 inner=6
