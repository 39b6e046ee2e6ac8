# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Detours of the exchanges: COOKIE, another group, further children, deletes
# from each side, lost packets, and no peer at all.

# The peer wants a cookie of every initiator.
t_cookie()
{
	topo_pair bare
	pluto_ready west
	swan_start east 'cookie_threshold = 1' 'cookie_threshold_ip = 0' 'block_threshold = 100'
	net_both tunnel 4 4
	# strongSwan takes every cookie for too old until it has run for ten seconds on
	# a machine that has just been started.
	sleep 11
	# Half-open SAs of others are over the threshold.
	on west "$E2E_HERE/half-open" "$WEST" "$EAST" 2
	net_up west
	pluto_wait_log west 1 '[Cc]ookie|COOKIE'
	swan_wait_log east 1 'COOKIE'
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
	net_down west
	kernels_empty
	pluto_stop west
}
test_add cookie_as_initiator t_cookie

# The first group of the offer is not what the peer takes.
t_invalid_ke() # BEGINNER
{
	pair_ready swan bare
	if [ "$1" = west ]; then
		net_pluto west tunnel 4 4 --ike aes_gcm256-sha2_256-dh31+dh20
		net_swan tunnel 4 4 aes256gcm16-prfsha256-ecp384
	else
		net_pluto west tunnel 4 4 --ike aes_gcm256-sha2_256-dh20
		net_swan tunnel 4 4 aes256gcm16-prfsha256-x25519-ecp384
	fi
	net_up "$1"
	swan_wait_log east 1 'INVAL_KE'
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
	net_down "$1"
	kernels_empty
	pair_stop
}
test_add invalid_ke_pluto_begins t_invalid_ke west
test_add invalid_ke_swan_begins t_invalid_ke east

# two_children PFS: a second connection, 10.3 behind west, over the same IKE SA.
two_children()
{
	local esp=$E2E_SWAN_ESP pfs=--pfs=no alg=$E2E_ESP_ALG

	if [ "$1" = pfs ]; then
		esp=$E2E_SWAN_ESP-$2 pfs=--pfs alg=$E2E_ESP_ALG-$3
	fi
	echo 'addr add 10.3.0.1/24 dev eth0' | host_ip west
	net_pluto west tunnel 4 4 "$pfs" --esp "$alg"
	whack_on west --name second --psk --encrypt --tunnel \
		--host "$WEST" --id @west --client 10.3.0.0/24 --to \
		--host "$EAST" --id @east --client 10.2.0.0/24 \
		--ike "$E2E_IKE_ALG" --esp "$alg" "$pfs"
	net_swan tunnel 4 4 '' "$esp" "}
		second {
			local_ts = 10.2.0.0/24
			remote_ts = 10.3.0.0/24
			esp_proposals = $esp"
}

t_second_child() # BEGINNER PFS [SWAN_GROUP PLUTO_GROUP]
{
	pair_ready swan bare
	two_children "${@:2}"
	net_up "$1"
	if [ "$1" = west ]; then
		whack_on west --name second --initiate
	else
		swan_initiate east second
	fi
	ping_ok west 10.2.0.1 2 -I 10.1.0.1
	ping_ok west 10.2.0.1 2 -I 10.3.0.1
	[ "$(xfrm_count west)" -eq 4 ] || fail 'not four states on west'
	[ "$(swan_sas east | grep -c 'state=ESTABLISHED')" -eq 1 ] || fail 'not one IKE SA'
	expect 'authenticated\(1\)' whack_on west --briefstatus
	if [ "$2" = pfs ]; then
		swan_wait_log east 1 'CREATE_CHILD_SA (request|response) .*KE'
	fi
	# One child goes, by the end that did not begin it; the other stays.
	if [ "$1" = west ]; then
		swan east --terminate --child second --timeout 5
	else
		whack_on west --name second --terminate
	fi
	wait_for 3 states_are west 2
	wait_for 3 states_are east 2
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
	net_down "$1"
	kernels_empty
	pair_stop
}

swan_has_none()
{
	[ -z "$(swan_ikes east)" ]
}

states_are() # HOST NUMBER
{
	[ "$(xfrm_count "$1")" -eq "$2" ]
}

test_add second_child_pluto_begins t_second_child west no
test_add second_child_swan_begins t_second_child east no
test_add second_child_pfs_pluto_begins t_second_child west pfs x25519 dh31
test_add second_child_pfs_swan_begins t_second_child east pfs ecp384 dh20

# The delete of the only child, and then of the IKE SA, from each side.
t_delete() # BEGINNER ENDER
{
	pair_ready swan bare
	# The second child comes by CREATE_CHILD_SA, where strongSwan has no group.
	net_pluto west tunnel 4 4 --pfs=no
	net_swan tunnel 4 4
	net_up "$1"
	if [ "$2" = east ]; then
		swan east --terminate --child net --timeout 5
	else
		whack_on west --name west-east --terminate
	fi
	wait_for 3 xfrm_is_empty west
	wait_for 3 xfrm_is_empty east
	# After strongSwan deleted the child alone a new one comes over what is left.
	net_up west
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
	net_down "$2"
	kernels_empty
	wait_for 3 swan_has_none
	pair_stop
}
test_add delete_by_pluto t_delete west west
test_add delete_by_swan t_delete west east
test_add delete_by_swan_that_began t_delete east east
test_add delete_by_pluto_that_did_not_begin t_delete east west

# One packet in seven is lost: retransmission, and answers sent again.
t_loss() # BEGINNER
{
	local round

	topo_pair bare
	pluto_ready west
	# Its own limit, of four tries in all, would be reached now and then.
	swan_start east 'retransmit_tries = 12' 'retransmit_timeout = 0.5' 'retransmit_base = 1.2' \
		"${E2E_NO_COOKIE[@]}"
	net_pluto west tunnel 4 4 --retransmit-interval 200ms --retransmit-timeout 30s
	net_swan tunnel 4 4
	wire_netem loss 15%
	for round in 1 2 3; do
		if [ "$1" = west ]; then
			net_up west
		else
			swan_initiate east net 30
		fi
		wait_for 5 states_are west 2
		wire_netem off
		ping_ok west 10.2.0.1 1 -I 10.1.0.1
		wire_netem loss 15%
		net_down "$1"
		echo "round $round"
	done
	wire_netem off
	pair_stop
}
test_add -t 120 lost_packets_pluto_begins t_loss west
test_add -t 120 lost_packets_swan_begins t_loss east

# Nobody answers: no hang, and whack says so.
t_absent()
{
	topo_pair bare
	pluto_ready west
	net_pluto west tunnel 4 4 --retransmit-timeout 4s --keyingtries 1
	whack_rc 51 8 'answer|response|retransmi|timeout' west --name west-east --initiate
	wire_cut east
	whack_rc 51 8 'answer|response|retransmi|timeout' west --name west-east --initiate
	assert_xfrm_empty west
	wire_mend east
	# Interrupted by --terminate from another whack.
	whack_on west --name west-east --initiate >"$TESTLOG/whack" 2>&1 &
	pluto_wait_log west 2 'IKE_SA_INIT'
	whack_rc 0 2 '' west --name west-east --terminate
	if wait $!; then
		fail 'the whack that waited was told success'
	fi
	cat "$TESTLOG/whack"
	assert_xfrm_empty west
	pluto_stop west
}
test_add peer_absent t_absent
