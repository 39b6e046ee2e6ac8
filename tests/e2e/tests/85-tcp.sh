# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# ESP in TCP (RFC 9329): IKE and ESP in one stream, which the kernel cuts. They need
# the kernel that run --stage qemu boots.

# Nothing but the one stream is on the wire, and there is a lot of it.
assert_only_tcp() # PCAP
{
	[ -z "$(tcpdump -n -r "$1" 'udp or esp or icmp' 2>/dev/null)" ] || fail 'not all is in TCP'
	[ "$(pcap_count "$1" 'tcp port 4500')" -ge 10 ] || fail 'next to nothing in TCP'
}

tcp_streams() # HOST: established ones to or from port 4500
{
	on "$1" ss -H -t -n state established '( sport = :4500 or dport = :4500 )' | wc -l
}

t_esp_in_tcp() # POLICY
{
	need_kernel espintcp
	topo_pair
	pluto_ready west
	pluto_ready east --listen-tcp
	net_pluto west tunnel 4 4 --tcp="$1"
	net_pluto east tunnel 4 4
	no_udp
	capture_start wire
	net_up west
	ping_ok sunset sunrise
	ping_ok sunrise sunset 3 -s 1300
	capture_stop wire
	if [ "$1" = yes ]; then
		assert_only_tcp "$TESTLOG/wire.pcap"
	fi
	[ "$(tcp_streams west)" -eq 1 ] || fail 'not one stream'
	expect 'encap type (espintcp|.*7)' on_net west ip xfrm state
	whack_on west --name west-east --rekey-child
	ping_ok sunset sunrise
	whack_on east --name west-east --rekey-child
	ping_ok sunset sunrise
	whack_on east --name west-east --rekey-ike
	ping_ok sunset sunrise
	net_down east
	kernels_empty
	pair_stop
}
test_add qemu.tcp_esp t_esp_in_tcp yes
test_add qemu.tcp_esp_fallback t_esp_in_tcp fallback

# The way is cut: the stream dies unseen, and another takes its place by itself.
t_tcp_cut()
{
	need_kernel espintcp
	topo_pair
	pluto_ready west
	pluto_ready east --listen-tcp
	net_pluto west tunnel 4 4 --tcp=yes --dpddelay=3 --dpdtimeout=60
	net_pluto east tunnel 4 4
	net_up west
	ping_ok sunset sunrise
	on wire nft 'add table bridge e2e'
	on wire nft 'add chain bridge e2e forward { type filter hook forward priority 0; }'
	on wire nft 'add rule bridge e2e forward ip protocol tcp drop'
	pluto_wait_log west 40 'the TCP connection broke: making another'
	on wire nft 'delete table bridge e2e'
	ping_soon sunset sunrise 40
	ping_ok sunrise sunset
	expect 'established\(1\)|authenticated\(1\)' whack_on west --briefstatus
	net_down west
	kernels_empty
	pair_stop
}
test_add -t 90 qemu.tcp_cut t_tcp_cut

# The responder dies and comes back: a new stream, a new IKE SA, traffic again.
t_tcp_peer_restarts()
{
	need_kernel espintcp
	topo_pair
	pluto_ready west
	pluto_ready east --listen-tcp
	net_pluto west tunnel 4 4 --tcp=yes --dpddelay=2 --dpdtimeout=8 --dpdaction=restart
	net_pluto east tunnel 4 4
	net_up west
	ping_ok sunset sunrise
	pluto_crash east
	pluto_ready east --listen-tcp
	net_pluto east tunnel 4 4
	ping_soon sunset sunrise 40
	net_down west
	kernels_empty
	pair_stop
}
test_add -t 90 qemu.tcp_peer_restarts t_tcp_peer_restarts

# The same with Libreswan, which has it from both sides.
t_tcp_libreswan() # PEER BEGINNER
{
	need_kernel espintcp
	topo_pair
	if [ "$2" = west ]; then
		pluto_ready west
		peer_start east "$1" listen-tcp=yes
		net_pluto west tunnel 4 4 --tcp=yes
		peer_conf east 'lines=enable-tcp=no'
	else
		pluto_ready west --listen-tcp
		peer_start east "$1"
		net_pluto west tunnel 4 4
		peer_conf east "lines=enable-tcp=yes
tcp-remoteport=4500"
	fi
	no_udp
	capture_start wire
	begin "$2"
	ping_ok sunset sunrise
	ping_ok sunrise sunset
	capture_stop wire
	assert_only_tcp "$TESTLOG/wire.pcap"
	whack_on west --name west-east --rekey-child
	ping_ok sunset sunrise
	# who began ends it: Libreswan begins again what the other end deletes
	if [ "$2" = west ]; then
		whack_on west --name west-east --terminate
	else
		peer_down east
	fi
	assert_xfrm_empty west
	pluto_stop west
}
for peer in libreswan4 libreswan5; do
	test_add qemu.tcp_${peer}_pluto_begins t_tcp_libreswan $peer west
	test_add qemu.tcp_${peer}_peer_begins t_tcp_libreswan $peer east
done
