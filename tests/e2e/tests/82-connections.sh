# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Several peers through one template: east serves west (pluto), north
# (strongSwan) and south (pluto), each with a network of its own, 10.N.0.0/24.

star_peer() # NAME ADDRESS NET
{
	host_make "$1"
	cables "$1" eth1 wire "$1"
	host_ip wire <<-END
		link set $1 master br0 up
	END
	host_ip "$1" <<-END
		link add eth0 type dummy
		link set eth0 up
		link set eth1 up
		addr add 10.$3.0.1/24 dev eth0
		addr add $2/24 dev eth1
		route add default via 192.0.2.2
	END
}

topo_star()
{
	host_make wire light
	host_ip wire <<-END
		link add br0 type bridge forward_delay 0 mcast_snooping 0
		link set br0 up
	END
	host_make east
	cables east eth1 wire east
	host_ip wire <<-END
		link set east master br0 up
	END
	host_ip east <<-END
		link add eth0 type dummy
		link set eth0 up
		link set eth1 up
		addr add 10.2.0.1/24 dev eth0
		addr add 192.0.2.2/24 dev eth1
		route add 10.1.0.0/24 via 192.0.2.1
		route add 10.3.0.0/24 via 192.0.2.3
		route add 10.4.0.0/24 via 192.0.2.4
	END
	star_peer west 192.0.2.1 1
	star_peer north 192.0.2.3 3
	star_peer south 192.0.2.4 4
}

star_pluto() # HOST ADDRESS NET
{
	pluto_secrets "$1" <<<"@$1 @east : PSK \"secret of $1\""
	pluto_start "$1"
	whack_on "$1" --name net --psk --encrypt --tunnel --ike "$E2E_IKE_ALG" --esp "$E2E_ESP_ALG" \
		--pfs=no --host "$2" --id "@$1" --client "10.$3.0.0/24" \
		--to --host 192.0.2.2 --id @east --client 10.2.0.0/24
	whack_on "$1" --listen
}

star_swan() # HOST ADDRESS NET
{
	swan_start "$1" "${E2E_NO_COOKIE[@]}"
	swan_conf "$1" <<-END
		connections {
			net {
				version = 2
				local_addrs = $2
				remote_addrs = 192.0.2.2
				proposals = $E2E_SWAN_IKE
				local { auth = psk
					id = @$1 }
				remote { auth = psk
					id = @east }
				children {
					net {
						local_ts = 10.$3.0.0/24
						remote_ts = 10.2.0.0/24
						esp_proposals = $E2E_SWAN_ESP
					}
				}
			}
		}
		secrets {
			ike-1 { secret = "secret of $1" }
		}
	END
}

star_ready()
{
	[ -x "$BUILD/pluto" ] || skip "no $BUILD/pluto"
	topo_star
	pluto_secrets east <<-'END'
		@west @east : PSK "secret of west"
		@north @east : PSK "secret of north"
		@south @east : PSK "secret of south"
	END
	pluto_start east
	whack_on east --name road --psk --encrypt --tunnel --ike "$E2E_IKE_ALG" \
		--esp "$E2E_ESP_ALG" --pfs=no --host 192.0.2.2 --id @east --client 10.2.0.0/24 \
		--to --host %any --id %any --client 10.0.0.0/8
	whack_on east --listen
	star_pluto west 192.0.2.1 1
	star_swan north 192.0.2.3 3
	star_pluto south 192.0.2.4 4
}

t_star()
{
	star_ready
	whack_on west --asynchronous --name net --initiate
	whack_on south --asynchronous --name net --initiate
	swan_initiate north net
	capture_start wire
	wait_for 40 on west ping -n -q -c 1 -W 1 -I 10.1.0.1 10.2.0.1
	wait_for 40 on south ping -n -q -c 1 -W 1 -I 10.4.0.1 10.2.0.1
	ping_ok west 10.2.0.1 3 -I 10.1.0.1
	ping_ok north 10.2.0.1 3 -I 10.3.0.1
	ping_ok south 10.2.0.1 3 -I 10.4.0.1
	ping_ok east 10.3.0.1 3 -I 10.2.0.1
	capture_stop wire
	assert_only_esp "$TESTLOG/wire.pcap"
	[ "$(xfrm_count east)" -eq 6 ] || fail "east has $(xfrm_count east) states, not 6"
	expect '"road"\[[123]\] 192\.0\.2\.3:4?500 STATE_V2_ESTABLISHED_CHILD_SA' \
		whack_on east --status
	expect '"road"\[[123]\] 192\.0\.2\.1, type=ESP.*id=.@west' whack_on east --trafficstatus
	# one leaves, the others stay
	swan_terminate north
	wait_for 5 east_has 4
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
	ping_ok south 10.2.0.1 1 -I 10.4.0.1
	# and comes again
	swan_initiate north net
	ping_ok north 10.2.0.1 1 -I 10.3.0.1
	whack_on east --name road --terminate
	wait_for 5 east_has 0
	expect_not '"road"\[' whack_on east --status
	[ "$(xfrm_policies east)" -eq 0 ] || fail 'policies are left on east'
}
east_has() # STATES
{
	[ "$(xfrm_count east)" -eq "$1" ]
}
test_add -t 240 conns_template_three_peers t_star

# A template is called towards the host that the admin names.
t_remote_host()
{
	pair_ready swan bare
	net_swan tunnel 4 4
	whack_on west --name any --psk --encrypt --tunnel --ike "$E2E_IKE_ALG" --esp "$E2E_ESP_ALG" \
		--pfs=no --host 192.0.2.1 --id @west --client 10.1.0.0/24 \
		--to --host %any --id @east --client 10.2.0.0/24
	whack_rc 31 5 'remote-host' west --name any --initiate
	whack_on west --name any --remote-host 192.0.2.2 --initiate
	ping_ok west 10.2.0.1 2 -I 10.1.0.1
	expect '"any"\[1\] 192\.0\.2\.2' whack_on west --trafficstatus
	whack_on west --name any --delete
	kernels_empty
}
test_add -t 180 conns_remote_host t_remote_host

# Our address goes and comes back: sockets and orientation follow by themselves.
t_address()
{
	pair_ready swan bare
	net_both tunnel 4 4
	net_up west
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
	echo 'addr del 192.0.2.1/24 dev eth1' | host_ip west
	wait_for 5 not_oriented
	host_ip west <<-END
		addr add 192.0.2.1/24 dev eth1
		route replace default via 192.0.2.2
	END
	wait_for 5 oriented
	swan_reset east
	whack_on west --name west-east --terminate
	net_up west
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
}
not_oriented()
{
	whack_on west --connectionstatus | grep -q unoriented
}
oriented()
{
	! not_oriented
}
test_add -t 180 conns_address_flap t_address

# One definition, two networks of ours, each with a child of its own at the peer.
t_subnets()
{
	pair_ready swan bare
	net_swan tunnel 4 4
	whack_on west --name nets --connalias all --psk --encrypt --tunnel --ike "$E2E_IKE_ALG" \
		--esp "$E2E_ESP_ALG" --pfs=no --host 192.0.2.1 --id @west \
		--subnets 10.1.0.0/25,10.1.0.128/25 --to --host 192.0.2.2 --id @east --client 10.2.0.0/24
	whack_on west --name nets --initiate
	[ "$(xfrm_count west)" -eq 4 ] || fail "$(xfrm_count west) states on west, not 4"
	expect '"nets/1x0", type=ESP' whack_on west --trafficstatus
	expect '"nets/2x0", type=ESP' whack_on west --trafficstatus
	ping_ok west 10.2.0.1 2 -I 10.1.0.1
	whack_on west --name nets/2x0 --terminate
	[ "$(xfrm_count west)" -eq 2 ] || fail "$(xfrm_count west) states on west, not 2"
	whack_on west --name all --delete
	whack_rc 21 5 'no connection' west --name nets --initiate
	kernels_empty
}
test_add -t 180 conns_subnets t_subnets

# The first address of the peer is dead, the second one serves.
t_failover()
{
	pair_ready swan bare
	net_swan tunnel 4 4
	whack_on west --name gws --psk --encrypt --tunnel --ike "$E2E_IKE_ALG" --esp "$E2E_ESP_ALG" \
		--pfs=no --retransmit-timeout 4 --host 192.0.2.1 --id @west --client 10.1.0.0/24 \
		--to --host 192.0.2.9,192.0.2.2 --id @east --client 10.2.0.0/24
	whack_on west --name gws --route
	wait_for 40 on west ping -n -q -c 1 -W 1 -I 10.1.0.1 10.2.0.1
	expect '192\.0\.2\.9 does not serve us' cat "$(host_log west)/pluto.log"
	ping_ok west 10.2.0.1 2 -I 10.1.0.1
	whack_on west --name gws --delete
	# what the kernel remembers of its own question is no state
	[ "$(xfrm_policies west)" -eq 0 ] || fail 'policies are left on west'
}
test_add -t 180 conns_failover t_failover
