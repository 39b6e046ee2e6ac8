# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# SAs are replaced while a steady flow of datagrams goes through the tunnel, far
# below what it could carry: not one may be lost, and no error counter move.

FLOW_PORT=7007

# flow_start: west's network asks, east's answers, 100 datagrams a second.
flow_start()
{
	on east "$E2E_HERE/steady" echo 10.2.0.1 $FLOW_PORT </dev/null >/dev/null 2>&1 &
	record_pid $!
	wait_for 5 flow_answers
	on west sh -c 'echo $$ >/run/flow.test.pid; exec "$@"' sh \
		"$E2E_HERE/steady" flow 10.1.0.1 10.2.0.1 $FLOW_PORT 10 \
		</dev/null >"$TESTLOG/flow" 2>&1 &
	record_pid $!
	sleep 1
}

flow_answers()
{
	on_net east ss -Hlnu "sport = $FLOW_PORT" | grep -q .
}

# flow_stop [MAX [COUNTER]]: nothing was lost; or at most MAX, all of them counted
# on west by COUNTER.
flow_stop()
{
	local sent lost again

	daemon_stop west flow 5
	wait_for 3 has_text "$TESTLOG/flow"
	cat "$TESTLOG/flow"
	read -r _ sent _ lost _ again <"$TESTLOG/flow"
	[ "$sent" -ge 100 ] || fail "the flow sent $sent"
	if [ "$lost" -gt "${1:-0}" ] || [ "$again" -ne 0 ]; then
		fail "the flow: $(cat "$TESTLOG/flow")"
	fi
	assert_no_xfrm_errors west "${@:2}"
	assert_no_xfrm_errors east
}

spis() # HOST: of its ESP states
{
	on_net "$1" ip xfrm state | sed -n 's/.*proto esp spi \(0x[0-9a-f]*\).*/\1/p' | sort
}

# rekey_pair PFS: both gateways, connected; both ends rekey on request alone.
rekey_pair()
{
	local alg=$E2E_ESP_ALG esp=$E2E_SWAN_ESP pfs=--pfs=no

	pair_ready swan bare
	if [ "$1" = pfs ]; then
		alg=$E2E_ESP_ALG-dh31 esp=$E2E_SWAN_ESP-x25519 pfs=--pfs=yes
	fi
	net_pluto west tunnel 4 4 "$pfs" --esp "$alg"
	net_swan tunnel 4 4 '' "$esp"
}

# rekey_child BY: the peer's exchange is over when this returns, ours as well.
rekey_child()
{
	if [ "$1" = west ]; then
		whack_on west --name west-east --rekey-child
	else
		swan east --rekey --child net
	fi
}

other_spis() # HOST FILE
{
	[ "$(spis "$1")" != "$(cat "$2")" ]
}

# t_rekey_child BEGINNER REKEYER PFS: three times in a row.
t_rekey_child()
{
	local round

	rekey_pair "$3"
	net_up "$1"
	flow_start
	on_net west ip xfrm policy >"$TESTLOG/policies"
	for round in 1 2 3; do
		spis west >"$TESTLOG/spis"
		rekey_child "$2"
		wait_for 5 other_spis west "$TESTLOG/spis"
		wait_for 9 states_are west 2
		wait_for 9 states_are east 2
		[ -z "$(comm -12 <(spis west) "$TESTLOG/spis")" ] || fail 'an old state is left'
		echo "round $round"
	done
	flow_stop
	[ "$(spis west)" = "$(spis east)" ] || fail 'the ends hold different states'
	on_net west ip xfrm policy | cmp - "$TESTLOG/policies" || fail 'the policies changed'
	if [ "$3" = pfs ]; then
		swan_wait_log east 1 'CREATE_CHILD_SA (request|response) .*N\(REKEY_SA\).*KE|CREATE_CHILD_SA response.*KE'
	fi
	net_down "$1"
	kernels_empty
	pair_stop
}
test_add -t 120 rekey_child_by_pluto t_rekey_child west west no
test_add -t 120 rekey_child_by_swan t_rekey_child west east no
test_add -t 120 rekey_child_pfs_by_pluto t_rekey_child east west pfs
test_add -t 120 rekey_child_pfs_by_swan t_rekey_child east east pfs

# Without a rekey the flow is whole too: what the tests above show is the rekey's.
t_flow_control()
{
	rekey_pair no
	net_up west
	flow_start
	sleep 15
	flow_stop
	net_down west
	pair_stop
}
test_add rekey_control_run t_flow_control

# rekey_ike BY
rekey_ike()
{
	if [ "$1" = west ]; then
		whack_on west --name west-east --rekey-ike
	else
		swan east --rekey --ike net
	fi
}

ike_spis()
{
	swan_sas east | grep -o 'initiator-spi=[0-9a-f]*' | sort
}

one_ike_sa()
{
	[ "$(swan_sas east | grep -c 'initiator-spi=')" -eq 1 ] &&
		whack_on west --briefstatus | grep -Eq 'total\(1\)'
}

# t_rekey_ike BEGINNER REKEYER: three times in a row; the child's states stay, and
# it can be rekeyed and deleted on the IKE SA of another generation.
t_rekey_ike()
{
	local round before

	rekey_pair no
	net_up "$1"
	flow_start
	spis west >"$TESTLOG/spis"
	for round in 1 2 3; do
		before=$(ike_spis)
		rekey_ike "$2"
		wait_for 5 one_ike_sa
		[ "$before" != "$(ike_spis)" ] || fail 'the same IKE SA as before'
		[ "$(spis west)" = "$(cat "$TESTLOG/spis")" ] || fail 'other states'
		echo "round $round"
	done
	rekey_child "$2"
	wait_for 9 states_are west 2
	[ -z "$(comm -12 <(spis west) "$TESTLOG/spis")" ] || fail 'an old state is left'
	rekey_ike "$1"
	wait_for 5 one_ike_sa
	flow_stop
	net_down "$2"
	kernels_empty
	pair_stop
}
test_add -t 120 rekey_ike_by_pluto t_rekey_ike west west
test_add -t 120 rekey_ike_by_swan t_rekey_ike west east
test_add -t 120 rekey_ike_by_pluto_the_responder t_rekey_ike east west

# t_limit PACKETS|BYTES: the kernel's soft limit leads to a rekey by pluto.
t_limit()
{
	pair_ready swan bare
	net_pluto west tunnel 4 4 "$@"
	net_swan tunnel 4 4
	net_up west
	spis west >"$TESTLOG/spis"
	flow_start
	wait_for 20 other_spis west "$TESTLOG/spis"
	sleep 2
	flow_stop
	pluto_wait_log west 1 'replaced by'
	[ "$(pluto_log west | grep -c 'limit of its')" -eq 0 ] || fail 'the hard limit was reached'
	wait_for 9 states_are west 2
	net_down west
	kernels_empty
	pair_stop
}
test_add -t 120 rekey_by_packets t_limit --ipsec-max-packets=900
test_add -t 120 rekey_by_bytes t_limit --ipsec-max-bytes=200000

# Reauthentication by pluto: the new IKE SA and its child stand before the old goes.
# strongSwan, as the responder, sends by the new child at once; what reaches west
# before the answer to IKE_AUTH does finds a state without keys, and that alone may
# be lost: nothing after it, and nothing in clear.
t_reauth()
{
	local before

	pair_ready swan bare
	net_pluto west tunnel 4 4 --reauth=yes --ikelifetime=14s --rekeymargin=7s --rekeyfuzz=0%
	net_swan tunnel 4 4 '' '' '' 'unique = never'
	net_up west
	before=$(ike_spis)
	flow_start
	pluto_wait_log west 12 'is authenticated anew'
	wait_for 8 one_ike_sa
	[ "$before" != "$(ike_spis)" ] || fail 'the same IKE SA as before'
	sleep 2
	flow_stop 20 XfrmAcquireError
	if pluto_log west | grep -q 'rekeyed from'; then
		fail 'it was rekeyed'
	fi
	net_down west
	# the inbound state that was replaced last stays for what is under way
	wait_for 9 xfrm_is_empty west
	kernels_empty
	pair_stop
}
test_add -t 120 reauth_by_pluto t_reauth
