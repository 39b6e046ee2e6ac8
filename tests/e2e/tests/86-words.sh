# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Words that admins know, each seen to do what it says on a real kernel and against a peer that is not
# ours: SA actions, encapsulation, shunts, packets thought of.

# The SA is gone and stays so (--down-*), or what is wanted comes again (--delete-*).
t_words_sas()
{
	local before

	pair_ready swan bare
	net_swan tunnel 4 4
	net_pluto west tunnel 4 4
	net_up west
	before=$(spis west)
	whack_on west --name west-east --delete-child
	wait_for 10 words_other_spis "$before"
	before=$(spis west)
	whack_on west --name west-east --delete-ike
	wait_for 10 words_other_spis "$before"
	ping_soon_from west 10.1.0.1 10.2.0.1
	whack_on west --name west-east --down-child
	wait_for 5 xfrm_is_empty west
	whack_on west --listall --utc
	sleep 2
	[ "$(xfrm_count west)" -eq 0 ] || fail 'a child came again that was brought down'
	net_up west
	whack_on west --name west-east --down-ike
	wait_for 5 xfrm_is_empty west
	sleep 2
	[ "$(xfrm_count west)" -eq 0 ] || fail 'an IKE SA came again that was brought down'
	whack_rc 21 5 'no established' west --name west-east --down-ike
	kernels_empty
}
words_other_spis() # BEFORE
{
	[ "$(xfrm_count west)" -eq 2 ] && [ "$(spis west)" != "$1" ]
}
test_add -t 180 words_sas t_words_sas

# ESP in UDP without any NAT, and no keepalives for a mapping that nobody needs.
t_words_encapsulation()
{
	pair_ready swan bare
	net_swan tunnel 4 4
	net_pluto west tunnel 4 4 --forceencaps --nat-keepalive=no --encap-dscp=no --initial-contact
	net_up west
	expect 'espinudp' on_net west ip xfrm state
	capture_start wire
	ping_ok west 10.2.0.1 2 -I 10.1.0.1
	capture_stop wire
	[ "$(pcap_count "$TESTLOG/wire.pcap" 'udp port 4500')" -ge 4 ] || fail 'no ESP in UDP'
	[ "$(pcap_count "$TESTLOG/wire.pcap" 'esp')" -eq 0 ] || fail 'bare ESP'
	net_down west
	kernels_empty
}
test_add -t 120 words_encapsulation t_words_encapsulation

# A connection that rejects, one that holds its traffic after a failure, and what would become of a
# packet.
t_words_shunts()
{
	pair_ready swan bare
	net_swan tunnel 4 4
	whack_on west --name closed --reject --host "$WEST" --client 10.1.0.0/24 --to \
		--host 192.0.2.77 --client 10.77.0.0/16
	whack_on west --name closed --route
	expect '%drop|%reject' whack_on west --shuntstatus
	net_pluto west tunnel 4 4 --tunnelipv4 --failreject
	whack_rc 33 33 'use --route' west --name other --initiateontraffic --host "$WEST" --to --host "$EAST"
	whack_on west --name west-east --route
	capture_start wire
	on west ping -n -q -c 1 -W 1 -I 10.1.0.1 10.77.0.1 && fail 'a rejected packet got an answer'
	expect 'west-east' whack_on west --what-if --oppohere 10.1.0.1 --oppothere 10.2.0.1 \
		--oppoproto 17 --opposport 1000 --oppodport 53
	expect 'closed' whack_on west --what-if --oppohere 10.1.0.1 --oppothere 10.77.0.9
	ping_soon_from west 10.1.0.1 10.2.0.1
	capture_stop wire
	assert_only_esp "$TESTLOG/wire.pcap"
	whack_on west --name closed --delete
	whack_on west --name west-east --delete
	assert_xfrm_empty west
}
test_add -t 120 words_shunts t_words_shunts

# A gateway on the way, IPv6 in and out, and where whack asks.
t_words_paths()
{
	pair_ready swan bare
	net_swan tunnel 6 6
	net_pluto west tunnel 6 6 --ipv6 --tunnelipv6
	net_up west
	expect '"west-east".*established Child SA' on west "$BUILD/whack" --ctlbase "$PLUTO_RUN/pluto" --status
	expect 'src fd00:[0-9a-f:/]* dst fd00:' on_net west ip xfrm policy
	net_down west
	whack_on west --name west-east --delete
	whack_on west --debug-none
	whack_on west --name by --psk --encrypt --host "$WEST" --nexthop 192.0.2.254 --client 10.1.0.0/24 --to \
		--host 192.0.2.99 --client 10.99.0.0/24
	expect '"by": 10.1.0.0/24===192.0.2.1<192.0.2.1>---192.0.2.254\.\.\.' whack_on west --connectionstatus
	whack_on west --name by --delete
	kernels_empty
}
test_add -t 120 words_paths t_words_paths
