# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Hot restart: the next pluto goes on with the SAs of the one before it. A steady flow runs all the
# while, and what is on the wire is looked at: no packet lost, none in clear, no IKE_SA_INIT.

# hot_end HOST kill|leave: pluto ends there, and the peer hears nothing of it.
hot_end()
{
	if [ "$2" = kill ]; then
		pluto_crash "$1"
		return
	fi
	whack_on "$1" --shutdown --leave-state
	wait_for 5 test -e "$(host_file "$1" /run/pluto.test.status)"
	rm -f "$(host_file "$1" /run/pluto.test.pid)"
	pluto_check_log "$1"
}

# hot_restart kill|leave [PLUTO_ARG...]: west's, a second later; it adopts what stood.
hot_restart()
{
	hot_end west "$1"
	sleep 1
	pluto_start west "${@:2}"
	net_pluto west "${E2E_BOTH[@]}"
	whack_on west --listen
}

# No IKE_SA_INIT on the wire.
assert_no_init() # FILE
{
	local n

	n=$(pcap_count "$1" '(udp port 500 and udp[26] = 34) or
		(udp port 4500 and udp[4:2] > 12 and udp[8:4] = 0 and udp[30] = 34)')
	[ "$n" -eq 0 ] || fail "$n IKE_SA_INIT messages on the wire"
}

t_peer_hot() # PEER BEGINNER kill|leave
{
	local before

	both_ends
	begin "$2"
	before=$(spis west)
	capture_start wire
	flow_start
	hot_restart "$3"
	pluto_wait_log west 3 'adopted 1 IKE SAs and 1 child SAs'
	[ "$(spis west)" = "$before" ] || fail "other SPIs than before: $(spis west)"
	sleep 0.5
	flow_stop
	# what it took over is its own
	whack_on west --name west-east --rekey-child
	wait_for 5 states_are west 2
	whack_on west --name west-east --rekey-ike
	ping_ok sunset sunrise
	capture_stop wire
	assert_only_esp "$TESTLOG/wire.pcap"
	assert_no_init "$TESTLOG/wire.pcap"
	[ "$(spis west)" != "$before" ] || fail 'nothing was rekeyed'
	finish_by "$2"
	both_clean
}
feature -t 120 hot_killed 'a killed pluto goes on with its SAs, under steady traffic' \
	t_peer_hot kill
feature -t 120 hot_left 'a pluto that was restarted goes on with its SAs, under steady traffic' \
	t_peer_hot leave

# The peer rekeys and deletes what the next run took over.
t_peer_hot_delete() # PEER BEGINNER
{
	both_ends
	begin "$2"
	hot_restart kill
	ping_ok sunset sunrise
	peer_down east
	wait_for 5 xfrm_is_empty west
	both_clean
}
feature -t 120 hot_delete 'the peer deletes what a killed pluto goes on with' \
	t_peer_hot_delete
