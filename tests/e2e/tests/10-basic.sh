# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# A plain tunnel: begun and ended by either end, against strongSwan and against
# another pluto.

t_plain() # PEER BEGINNER ENDER
{
	pair_ready "$1"
	net_both tunnel 4 4
	capture_start wire
	net_up "$2"
	ping_ok sunset sunrise 5
	ping_ok sunrise sunset 5
	capture_stop wire
	assert_only_esp "$TESTLOG/wire.pcap"
	[ "$(esp_count "$TESTLOG/wire.pcap")" -ge 20 ] || fail 'not every ping was ESP'
	[ "$(xfrm_count west)" -eq 2 ] || fail 'not two states on west'
	[ "$(xfrm_policies west)" -eq 3 ] || fail 'not three policies on west'
	[ "$(xfrm_bytes west "$WEST")" -ge 840 ] || fail 'west counts too little sent'
	[ "$(xfrm_bytes west "$EAST")" -ge 840 ] || fail 'west counts too little received'
	expect 'inBytes=840, outBytes=840' whack_on west --trafficstatus
	expect 'west-east' whack_on west --status
	expect 'IKE SAs: total\(1\), half-open\(0\).*authenticated\(1\)' whack_on west --briefstatus
	assert_no_xfrm_errors west
	assert_no_xfrm_errors east
	net_down "$3"
	kernels_empty
	expect_not '#[0-9]' whack_on west --trafficstatus
	# And again, by the same daemons.
	net_up "$2"
	ping_ok sunset sunrise
	pair_stop
	kernels_empty
	expect_not '^[[:space:]]*dir ' on_net west ip xfrm policy
}

test_add plain_swan_pluto_begins t_plain swan west west
test_add plain_swan_pluto_begins_swan_ends t_plain swan west east
test_add plain_swan_swan_begins t_plain swan east east
test_add plain_swan_swan_begins_pluto_ends t_plain swan east west
test_add plain_pluto_both t_plain pluto west east

# Nothing named but the ends: the default proposals of both.
t_defaults() # BEGINNER
{
	pair_ready swan bare
	whack_on west --name west-east --psk --encrypt --tunnel \
		--host "$WEST" --id @west --client 10.1.0.0/24 --to \
		--host "$EAST" --id @east --client 10.2.0.0/24
	net_swan tunnel 4 4 default default
	net_up "$1"
	ping_ok west 10.2.0.1 3 -I 10.1.0.1
	whack_on west --status
	net_down "$1"
	kernels_empty
	pair_stop
}
test_add defaults_pluto_begins t_defaults west
test_add defaults_swan_begins t_defaults east

# pluto ends with SAs up: its peer is told, its kernel is clean, and the status is 0.
t_shutdown()
{
	pair_ready swan bare
	net_both tunnel 4 4
	net_up west
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
	pluto_stop west
	kernels_empty
	[ -z "$(swan_ikes east)" ] || fail 'strongSwan still has the SA'
	swan_stop east
}
test_add shutdown_tells_the_peer t_shutdown
