# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Traffic selectors: several in one child, protocols, ports and ICMP types,
# ranges, and narrowing, against strongSwan, begun by either end.

# sel_pluto WEST_CLIENT EAST_CLIENT [ARG]...
sel_pluto()
{
	local ours=$1 theirs=$2

	shift 2
	whack_on west --name west-east --psk --encrypt --tunnel \
		--host "$WEST" --id @west --client "$ours" --to \
		--host "$EAST" --id @east --client "$theirs" \
		--ike "$E2E_IKE_ALG" --esp "$E2E_ESP_ALG" --pfs=no "$@"
}

# sel_swan WEST_TS EAST_TS: with strongSwan's spelling.
sel_swan()
{
	net_swan tunnel 4 4 '' '' "local_ts = $2
		remote_ts = $1"
}

# Two networks of each family in one child: one pair of states for all.
t_sel_many() # BEGINNER
{
	pair_ready swan
	sel_pluto 10.1.0.0/24,fd00:1::/64,10.11.0.0/24 10.2.0.0/24,fd00:3::/64
	sel_swan 10.1.0.0/24,fd00:1::/64,10.11.0.0/24 10.2.0.0/24,fd00:3::/64
	net_up "$1"
	capture_start wire
	ping_ok sunset sunrise
	ping_ok sunset sunrise6
	ping_ok sunrise sunset6
	capture_stop wire
	assert_only_esp "$TESTLOG/wire.pcap"
	[ "$(xfrm_count west)" -eq 2 ] || fail 'not two states on west'
	[ "$(xfrm_policies west)" -eq 9 ] || fail 'not nine policies on west'
	expect '10.1.0.0/24, fd00:1::/64, 10.11.0.0/24' whack_on west --status
	assert_no_xfrm_errors west
	net_down "$1"
	kernels_empty
	pair_stop
}
test_add selectors_many_pluto_begins t_sel_many west
test_add selectors_many_swan_begins t_sel_many east

# Echo and its answer are in the policies, and nothing else is.
t_sel_icmp() # BEGINNER
{
	pair_ready swan
	sel_pluto 10.1.0.0/24/icmp/8:0,10.1.0.0/24/icmp/0:0,10.1.0.0/24/tcp/1000-2000 \
		10.2.0.0/24/icmp/8:0,10.2.0.0/24/icmp/0:0,10.2.0.0/24/tcp
	sel_swan '10.1.0.0/24[icmp/8],10.1.0.0/24[icmp/0],10.1.0.0/24[tcp/1000-2000]' \
		'10.2.0.0/24[icmp/8],10.2.0.0/24[icmp/0],10.2.0.0/24[tcp]'
	net_up "$1" || {
		swan_log east | tail -n 40
		fail 'not up'
	}
	capture_start wire
	ping_ok sunset sunrise
	capture_stop wire
	assert_only_esp "$TESTLOG/wire.pcap"
	on_net west ip xfrm policy
	expect 'proto tcp.*sport' on_net west ip xfrm policy
	expect 'proto icmp type 8' on_net west ip xfrm policy
	net_down "$1"
	kernels_empty
	pair_stop
}
test_add selectors_icmp_ports_pluto_begins t_sel_icmp west
test_add selectors_icmp_ports_swan_begins t_sel_icmp east

# A range of addresses that is no subnet: packets from inside go through, from
# outside in the clear.
t_sel_range() # BEGINNER
{
	pair_ready swan
	sel_pluto 10.1.0.5-10.1.0.20 10.2.0.0/24
	sel_swan 10.1.0.5-10.1.0.20 10.2.0.0/24
	net_up "$1"
	on_net west ip xfrm policy
	[ "$(xfrm_policies west)" -eq 15 ] || fail 'not fifteen policies on west'
	capture_start wire
	ping_ok sunset sunrise
	capture_stop wire
	assert_only_esp "$TESTLOG/wire.pcap"
	net_down "$1"
	kernels_empty
	pair_stop
}
test_add selectors_range_pluto_begins t_sel_range west
test_add selectors_range_swan_begins t_sel_range east

# The other end's policy is smaller.
t_sel_narrow() # BEGINNER
{
	pair_ready swan
	sel_pluto 10.1.0.0/16 10.2.0.0/16 --keyingtries 1
	sel_swan 10.1.0.0/24 10.2.0.0/24
	if [ "$1" = west ]; then
		whack_rc fail 15 'would go unprotected' west --name west-east --initiate
	else
		on east swanctl --initiate --child net --timeout 10 && fail 'a smaller offer was taken'
		expect 'only partly protected' pluto_log west
	fi
	wait_for 5 xfrm_is_empty west
	wait_for 5 xfrm_is_empty east
	swan_terminate east || true
	whack_on west --name west-east --delete
	sel_pluto 10.1.0.0/16 10.2.0.0/16 --narrowing=yes
	net_up "$1"
	ping_ok sunset sunrise
	expect 'src 10.1.0.0/24 dst 10.2.0.0/24' on_net west ip xfrm policy
	net_down "$1"
	kernels_empty
	pair_stop
}
test_add selectors_narrow_pluto_begins t_sel_narrow west
test_add selectors_narrow_swan_begins t_sel_narrow east

# strongSwan offers everything; policy stands.
t_sel_wide()
{
	pair_ready swan
	sel_pluto 10.1.0.0/24 10.2.0.0/24,10.12.0.0/24
	sel_swan 0.0.0.0/0 0.0.0.0/0
	net_up east
	ping_ok sunset sunrise
	[ "$(xfrm_policies west)" -eq 6 ] || fail 'not six policies on west'
	net_down east
	kernels_empty
	pair_stop
}
test_add selectors_wide_swan_begins t_sel_wide
