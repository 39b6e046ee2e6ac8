# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Peers that die, come again and come from elsewhere; liveness checks from either
# side; cookies; and what is said when a negotiation fails.

LIVENESS=(--dpddelay 2s --dpdtimeout 3s)

# live_pair SWAN_CONNECTION_LINES ARG...: west with ARGs, east strongSwan.
live_pair()
{
	local lines=$1

	shift
	pair_ready swan
	net_pluto west tunnel 4 4 "$@"
	net_swan tunnel 4 4 '' '' '' "$lines"
}

# swan_returns: a new charon on east, with the same configuration.
swan_returns()
{
	swan_start east "${E2E_NO_COOKIE[@]}"
}

# swan_count HOST: how many IKE SAs it has.
swan_count()
{
	swan "$1" --list-sas --raw 2>/dev/null | grep -c '^list-sa event' || true
}

swan_has() # HOST COUNT
{
	[ "$(swan_count "$1")" -eq "$2" ]
}

t_dead_peer() # ACTION BEGINNER
{
	live_pair '' "${LIVENESS[@]}" --dpdaction "$1"
	net_up "$2"
	ping_ok sunset sunrise
	peer_crash east
	case $1 in
	clear)
		pluto_wait_log west 20 'dpdaction=clear'
		assert_xfrm_empty west
		expect_not '#[0-9]' whack_on west --showstates
		;;
	hold)
		pluto_wait_log west 20 'its traffic is held'
		# The policies are there, no state is: nothing goes in clear.
		[ "$(xfrm_policies west)" -ge 2 ] || fail 'the policies are gone'
		capture_start held
		ping_fails sunset sunrise
		capture_stop held
		assert_no_esp "$TESTLOG/held.pcap"
		[ "$(pcap_count "$TESTLOG/held.pcap" 'icmp and net 10.0.0.0/8')" -eq 0 ] ||
			fail 'held traffic went in clear'
		;;
	restart)
		pluto_wait_log west 20 'dpdaction=restart'
		[ "$(pluto_log west | grep -c 'dpdaction=restart')" -eq 1 ] || fail 'not exactly once'
		;;
	esac
	on_net east ip xfrm state flush
	on_net east ip xfrm policy flush
	if [ "$1" != clear ]; then
		swan_returns
		ping_soon sunset sunrise 30
		pair_stop
		kernels_empty
	else
		pluto_stop west
	fi
}
test_add -t 90 liveness_dead_clear_pluto_began t_dead_peer clear west
test_add -t 90 liveness_dead_clear_swan_began t_dead_peer clear east
test_add -t 90 liveness_dead_hold t_dead_peer hold west
test_add -t 90 liveness_dead_restart_pluto_began t_dead_peer restart west
test_add -t 90 liveness_dead_restart_swan_began t_dead_peer restart east

# While ESP comes in there is no probe; when it ends there is.
t_suppressed()
{
	local pings

	live_pair '' --dpddelay 2s
	net_up west
	on sunset ping -n -q -i 0.2 -c 60 "$SUNRISE" >/dev/null &
	pings=$!
	record_pid "$pings"
	sleep 1
	capture_start busy
	sleep 6
	capture_stop busy
	wait "$pings"
	[ "$(pcap_count "$TESTLOG/busy.pcap" "$E2E_IKE")" -eq 0 ] || fail 'a probe beside traffic'
	capture_start idle
	sleep 6
	capture_stop idle
	[ "$(pcap_count "$TESTLOG/idle.pcap" "$E2E_IKE")" -ge 2 ] || fail 'no probe of an idle SA'
	expect 'established' whack_on west --showstates
	ping_ok sunset sunrise
	pair_stop
}
test_add liveness_suppressed_by_traffic t_suppressed

# The peer's own probes are answered, and it keeps the SA.
t_answered() # BEGINNER
{
	live_pair 'dpd_delay = 1s'
	net_up "$1"
	sleep 5
	swan_wait_log east 5 'sending DPD request'
	expect_not 'peer not responding|giving up' swan_log east
	[ "$(swan_count east)" -eq 1 ] || fail 'strongSwan gave it up'
	ping_ok sunset sunrise
	pair_stop
}
test_add liveness_swan_asks_pluto_began t_answered west
test_add liveness_swan_asks_swan_began t_answered east

# pluto is killed and starts anew: its INITIAL_CONTACT clears the peer.
t_pluto_returns()
{
	live_pair ''
	net_up west
	pluto_crash west
	pluto_start west --no-hot-restart
	whack_on west --listen
	net_pluto west tunnel 4 4
	net_up west
	ping_ok sunset sunrise
	wait_for 5 swan_has east 1
	pair_stop
	kernels_empty
}
test_add contact_pluto_is_killed t_pluto_returns

# strongSwan is killed, starts anew and begins: its INITIAL_CONTACT clears ours.
t_swan_returns()
{
	local old

	live_pair ''
	net_up west
	old=$(on_net west ip xfrm state | sed -n 's/.* spi \(0x[0-9a-f]*\).*/\1/p' | head -n 1)
	peer_crash east
	on_net east ip xfrm state flush
	on_net east ip xfrm policy flush
	swan_returns
	net_up east
	ping_ok sunset sunrise
	pluto_wait_log west 5 'INITIAL_CONTACT'
	[ "$(whack_on west --showstates | grep -c 'IKE SA')" -le 1 ] || fail 'the old IKE SA is left'
	expect_not "$old" on_net west ip xfrm state
	pair_stop
	kernels_empty
}
test_add contact_swan_is_killed t_swan_returns

# A peer that was killed proves by its token that it lost the SA (RFC 6290).
t_token()
{
	pair_ready pluto
	net_pluto west tunnel 4 4 --dpddelay 1s --dpdaction restart
	net_pluto east tunnel 4 4
	net_up west
	pluto_crash east
	pluto_start east --no-hot-restart
	whack_on east --listen
	net_pluto east tunnel 4 4
	pluto_wait_log west 10 'proved so by its token'
	ping_soon sunset sunrise 20
	pair_stop
	kernels_empty
}
test_add contact_crash_is_proven_by_token t_token

# revive=keep: the peer's Delete is not the end.
t_keep()
{
	live_pair '' --revive keep
	net_up west
	swan_terminate east
	pluto_wait_log west 10 'brought up again by itself'
	ping_soon sunset sunrise 20
	pair_stop
}
test_add revive_keep t_keep

# The same identity from a second address: by uniqueids its older SA goes, stays, or
# bars the newcomer.
t_uniqueids() # POLICY
{
	local rc=0

	[ -x "$BUILD/pluto" ] || skip "no $BUILD/pluto"
	topo_pair
	pluto_ready west "--uniqueids=$1"
	swan_start east "${E2E_NO_COOKIE[@]}"
	on_net east ip address add 192.0.2.22/24 dev "$(on_net east ip -o route get "$WEST" | sed 's/.* dev \([^ ]*\).*/\1/')"
	net_pluto west tunnel 4 4
	whack_on west --name second --psk --encrypt --tunnel --pfs=no --host "$WEST" --id @west \
		--client 10.1.0.0/24 --to --host 192.0.2.22 --id @east --client 10.22.0.0/24 \
		--ike "$E2E_IKE_ALG" --esp "$E2E_ESP_ALG"
	net_swan tunnel 4 4 '' '' '' 'unique = never'
	sed 's/^\(\t*\)net {$/\1second {/;s/local_addrs = .*/local_addrs = 192.0.2.22/;s/10\.2\.0\.0/10.22.0.0/' \
		"$(host_file east /etc/swanctl/swanctl.conf)" | sed '/secrets {/,$d' |
		cat - "$(host_file east /etc/swanctl/swanctl.conf)" >"$TESTLOG/both.conf"
	swan_conf east <"$TESTLOG/both.conf"
	swan_initiate east net 10
	swan east --initiate --child second --timeout 5 || rc=$?
	case $1 in
	replace)
		[ $rc -eq 0 ] || fail 'the second one does not come up'
		pluto_wait_log west 5 'uniqueids'
		wait_for 5 swan_has east 1
		;;
	keep)
		[ $rc -ne 0 ] || fail 'the second one came up'
		pluto_wait_log west 5 'uniqueids=keep'
		;;
	no)
		[ $rc -eq 0 ] || fail 'the second one does not come up'
		[ "$(swan_count east)" -eq 2 ] || fail 'one of the two is gone'
		;;
	esac
	pair_stop
	kernels_empty
}
test_add uniqueids_replace t_uniqueids replace
test_add uniqueids_keep t_uniqueids keep
test_add uniqueids_no t_uniqueids no

# Cookies in both roles.
t_cookies()
{
	topo_pair
	pluto_ready west --ddos-mode busy
	swan_start east 'cookie_threshold = 1' 'cookie_threshold_ip = 1'
	net_both tunnel 4 4
	swan_initiate east net 10
	swan_wait_log east 3 'COOKIE'
	ping_ok sunset sunrise
	swan_terminate east
	whack_rc 0 3 'ddos-mode: auto' west --ddos-mode auto
	whack_rc 0 3 'ddos-mode: unlimited' west --ddos-unlimited
	whack_rc 33 3 'busy, auto or unlimited' west --ddos-mode sometimes
	pair_stop
}
test_add cookies_asked_of_swan t_cookies

# An admin knows that the peer was rebooted: all with it goes without a word, and
# nothing with anybody else; the next attempt finds a peer that knows of nothing.
t_whack_crash()
{
	live_pair '' --dpdaction clear
	net_up west
	ping_ok sunset sunrise
	peer_crash east
	on_net east ip xfrm state flush
	on_net east ip xfrm policy flush
	whack_rc 0 5 '0 IKE SAs with 192.0.2.9' west --crash 192.0.2.9
	expect 'authenticated\(1\)' whack_on west --briefstatus
	capture_start crash
	whack_rc 0 5 "1 IKE SAs with $EAST" west --crash "$EAST"
	capture_stop crash
	[ "$(pcap_count "$TESTLOG/crash.pcap" "$E2E_IKE")" -eq 0 ] || fail 'it was told to the peer'
	assert_xfrm_empty west
	swan_returns
	net_up west
	ping_ok sunset sunrise
	expect 'authenticated\(1\)' whack_on west --briefstatus
	net_down west
	kernels_empty
	pair_stop
}
test_add -t 90 whack_crash t_whack_crash

# One SA by its number: the child goes at both ends, and what is wanted comes again.
t_whack_deletestate()
{
	local number

	live_pair ''
	net_up west
	ping_ok sunset sunrise
	number=$(whack_on west --trafficstatus | sed -nE 's/.*#([0-9]+): "west-east".*/\1/p' | head -n 1)
	[ -n "$number" ] || fail 'no child has a number'
	whack_on west --deletestate "$number"
	swan_wait_log east 5 'received DELETE for'
	expect_not "#$number:" whack_on west --trafficstatus
	ping_soon sunset sunrise 15
	whack_rc fail 5 "no SA has the number $number" west --deletestate "$number"
	net_down west
	kernels_empty
	pair_stop
}
test_add -t 90 whack_deletestate t_whack_deletestate
