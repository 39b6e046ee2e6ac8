# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Every peer: SAs are replaced by one end and by the other, under a steady flow of
# datagrams far below what the tunnel could carry. Not one may be lost, and no error
# counter of the kernel may move; the flow without a rekey shows that this can be.

# counters HOST: the errors counted by its kernel, which go on over the tests that share it.
counters()
{
	xfrm_errors "$1" | tr '\n' ' '
}

# peer_flow: flow_start, beside what the counters say.
peer_flow()
{
	COUNTED_WEST=$(counters west) COUNTED_EAST=$(counters east)
	flow_start
}

# peer_flow_whole: it ends, nothing was lost or came twice, and the counters are as before.
peer_flow_whole()
{
	peer_flow_end
	[ "$FLOW_LOST" -eq 0 ] || fail "$FLOW_LOST of $FLOW_SENT lost"
	[ "$(counters west)" = "$COUNTED_WEST" ] ||
		fail "errors on west: $(counters west), before: $COUNTED_WEST"
	[ "$(counters east)" = "$COUNTED_EAST" ] ||
		fail "errors on east: $(counters east), before: $COUNTED_EAST"
}

# In FLOW_SENT and FLOW_LOST: datagrams.
peer_flow_end()
{
	local again

	daemon_stop west flow 5
	wait_for 3 has_text "$TESTLOG/flow"
	cat "$TESTLOG/flow"
	read -r _ FLOW_SENT _ FLOW_LOST _ again <"$TESTLOG/flow"
	[ "$FLOW_SENT" -ge 100 ] || fail "too few datagrams: $FLOW_SENT"
	[ "$again" -eq 0 ] || fail "$again came twice"
}

# peer_flow_lost MAX HOST:COUNTER...: datagrams may be lost where a peer has no care, but each is one
# that these counters of the kernels saw, and no other counter moved.
peer_flow_lost()
{
	local max=$1 known=0 each

	shift
	peer_flow_end
	for each; do
		known=$((known + $(counted "$each" "$(counters_of "$each")") - $(counted "$each" "$(before "$each")")))
	done
	[ "$FLOW_LOST" -le "$known" ] || fail "$FLOW_LOST lost, $known of them by $*"
	[ "$FLOW_LOST" -le "$max" ] || fail "$FLOW_LOST lost"
	[ "$(others west "$(counters west)" "$@")" = "$(others west "$COUNTED_WEST" "$@")" ] ||
		fail "errors on west: $(counters west), before: $COUNTED_WEST"
	[ "$(others east "$(counters east)" "$@")" = "$(others east "$COUNTED_EAST" "$@")" ] ||
		fail "errors on east: $(counters east), before: $COUNTED_EAST"
}

counters_of() # HOST:COUNTER
{
	counters "${1%:*}"
}

before() # HOST:COUNTER
{
	[[ $1 == west:* ]] && echo "$COUNTED_WEST" || echo "$COUNTED_EAST"
}

counted() # HOST:COUNTER COUNTERS
{
	sed -n "s/.*${1#*:}=\([0-9]*\).*/\1/p" <<<"$2" | grep . || echo 0
}

# others HOST COUNTERS HOST:COUNTER...: without those of the host.
others()
{
	local names

	names=$(printf '%s\n' "${@:3}" | sed -n "s/^$1:\(.*\)/^\1=/p")
	tr ' ' '\n' <<<"$2" | grep -v -e "${names:-^$}" || true
}

# flow_over_rekey PEER REKEYER: the peer's peculiarity aside, nothing is lost. Libreswan and OpenIKED
# answer a rekey after they sent by the new SA, before our end can have its keys; OpenIKED answers before
# its own kernel has them, too, and takes the old state away before our end can know.
flow_over_rekey()
{
	case $2.$1 in
	west.libreswan*) peer_flow_lost 10 west:XfrmAcquireError ;;
	*.openiked*)
		peer_flow_lost 4 west:XfrmAcquireError east:XfrmAcquireError east:XfrmInNoStates
		;;
	*) peer_flow_whole ;;
	esac
}

# rekey_by CHILD|IKE END: now; OpenIKED, which has no command, does so when a life ends.
rekey_by()
{
	if [ "$2" = west ]; then
		whack_on west --name west-east "--rekey-${1,,}"
	else
		"peer_rekey_${1,,}" east
	fi
}

t_peer_flow() # PEER BEGINNER
{
	both_ends
	begin "$2"
	peer_flow
	sleep 3
	peer_flow_whole
	finish_by "$2"
}

# One end replaces the child twice.
t_peer_rekey_child() # PEER REKEYER [PFS_GROUP]
{
	local other=west round life=''

	if [ "$2" = west ]; then
		other=east
	elif [[ $1 == openiked* ]]; then
		life=12
	fi
	both_ends "pfs=${3:-no}" "child_life=$life" -- --dontrekey
	begin "$other"
	peer_flow
	for round in 1 2; do
		spis west >"$TESTLOG/spis"
		[ -n "$life" ] || rekey_by CHILD "$2"
		wait_for $((life + 5)) other_spis west "$TESTLOG/spis"
		wait_for 5 states_are west 2
		wait_for 5 states_are east 2
		echo "rekeyed, round $round"
		[ -z "$life" ] || break
	done
	flow_over_rekey "$1" "$2"
	finish_by "$other"
}

# How often pluto's IKE SA was replaced since the test began.
ike_rekeys()
{
	pluto_log west | grep -c 'established IKE SA, rekeyed from' || true
}

more_ike_rekeys() # COUNT
{
	[ "$(ike_rekeys)" -gt "$1" ]
}

# One end replaces the IKE SA, twice: the child's states stay as they are, and are replaced
# and deleted by the new one.
t_peer_rekey_ike() # PEER REKEYER flow|idle
{
	local other=west round before life=''

	if [ "$2" = west ]; then
		other=east
	elif [[ $1 == openiked* ]]; then
		life=5
	fi
	both_ends "ike_life=$life" -- --dontrekey
	begin "$other"
	[ "$3" = idle ] || peer_flow
	spis west >"$TESTLOG/spis"
	for round in 1 2; do
		before=$(ike_rekeys)
		[ -n "$life" ] || rekey_by IKE "$2"
		wait_for $((life + 6)) more_ike_rekeys "$before"
		[ "$(spis west)" = "$(cat "$TESTLOG/spis")" ] || fail 'the child has other states'
		echo "rekeyed, round $round"
	done
	wait_for 5 one_ike
	if [ "$2" = west ]; then
		rekey_by CHILD west
		wait_for 5 other_spis west "$TESTLOG/spis"
		wait_for 5 states_are west 2
	fi
	if [ "$3" = idle ]; then
		ping_ok sunset sunrise 2
	else
		flow_over_rekey "$1" "$2"
	fi
	finish_by "$other"
}

one_ike()
{
	[ "$(peer_ikes east)" -eq 1 ] && whack_on west --briefstatus | grep -Eq 'total\(1\)'
}

# Authenticated anew by one end: the new IKE SA and its child stand before the old go, where the
# peer can do it so; what is lost came before there could be keys for it.
t_peer_reauth() # PEER BEGINNER
{
	local args=(--dontrekey) conf=() again

	lacks 'openiked*' 'it does not reauthenticate'
	lacks_in "$2" east 'libreswan*' 'it takes its SAs down before it begins anew'
	peer_pair "$1" 'make_before_break = yes'
	if [ "$2" = west ]; then
		args=(--reauth=yes --ikelifetime=12s --rekeymargin=6s --rekeyfuzz=0%)
	fi
	case $2.$1 in
	west.strongswan*) conf=('lines=unique = never') ;;
	east.strongswan*) conf=($'lines=reauth_time = 5s\nover_time = 20s\nrand_time = 0s') ;;
	esac
	both_ends ${conf[@]+"${conf[@]}"} -- "${args[@]}"
	begin "$2"
	spis west >"$TESTLOG/spis"
	peer_flow
	wait_for 14 other_spis west "$TESTLOG/spis"
	sleep 2
	again=$(pluto_log west | grep -c 'authenticated peer')
	[ "$again" -ge 2 ] || fail 'it was not authenticated anew'
	expect_not 'rekeyed from' pluto_log west
	peer_flow_lost 40 west:XfrmAcquireError
	ping_ok sunset sunrise 2
	pluto_stop west
	peer_stop east || true
}

feature flow_control 'steady traffic without a rekey: no loss, no counter moves' t_peer_flow
feature -t 90 rekey_child 'a child is replaced under steady traffic, no PFS (by pluto / by the peer)' \
	t_peer_rekey_child
feature -t 90 rekey_child_pfs 'the same with PFS' t_peer_rekey_child dh19
feature -t 90 rekey_ike 'the IKE SA is replaced under steady traffic' t_peer_rekey_ike flow
feature -t 90 rekey_ike_idle 'the IKE SA is replaced without traffic' t_peer_rekey_ike idle
feature -t 90 -s - reauth 'authenticated anew under steady traffic' t_peer_reauth
