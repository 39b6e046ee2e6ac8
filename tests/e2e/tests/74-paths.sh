# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Paths: NATs between, whoever is behind them. "road" (192.168.1.2, seen as
# 192.0.2.9) is behind the NAT, "east" is not; one of them runs pluto and the
# other strongSwan, or both pluto.

ROAD=192.168.1.2
: "${EAST:?}"
OUTER=192.0.2.9

# road_swan HOST MINE PEER MY_ID PEER_ID MY_NET PEER_NET [CONNECTION [CHILD]]:
# strongSwan's connection there.
road_swan()
{
	swan_conf "$1" <<-END
		connections {
			net {
				version = 2
				local_addrs = $2
				remote_addrs = $3
				proposals = $E2E_SWAN_IKE
				local { auth = psk
					id = $4 }
				remote { auth = psk
					id = $5 }
				mobike = no
				${8:-}
				children {
					net {
						local_ts = $6
						remote_ts = $7
						esp_proposals = $E2E_SWAN_ESP
						${9:-}
					}
				}
			}
		}
		secrets {
			ike-1 { secret = "not much of a secret" }
		}
	END
}

# road_topo: the NAT, and a network behind road (10.1.0.1 on a dummy).
road_topo()
{
	topo_nat
	host_ip road <<-END
		link add eth1 type dummy
		link set eth1 up
		addr add 10.1.0.1/24 dev eth1
	END
}

# road_pluto HOST HERE THERE [ARG...]: pluto's connection on road or east.
road_pluto()
{
	local host=$1 road=$2 east=$3

	shift 3
	case " $* " in *' --esp '*) ;; *) set -- --esp "$E2E_ESP_ALG" "$@" ;; esac
	whack_on "$host" --name net --psk --encrypt --tunnel \
		--ike "$E2E_IKE_ALG" --pfs=no "$@" \
		--host "$road" --id @west --client 10.1.0.0/24 --to \
		--host "$east" --id @east --client 10.2.0.0/24
}

# road_ready ROAD EAST: which daemon runs where: pluto or swan.
road_ready()
{
	local host

	road_topo
	for host in road east; do
		if [ "$1" = pluto ]; then
			pluto_ready $host
		else
			swan_start $host "${E2E_NO_COOKIE[@]}"
		fi
		shift
	done
}

runs_swan() # HOST
{
	[ -S "$(host_file "$1" /run/charon.vici)" ]
}

road_up() # HOST
{
	if runs_swan "$1"; then
		swan_initiate "$1" net 10
	else
		whack_on "$1" --name net --initiate
	fi
}

road_stop()
{
	local host

	for host in road east; do
		if runs_swan $host; then
			swan_stop $host
		else
			pluto_stop $host
		fi
	done
	assert_xfrm_empty road
	assert_xfrm_empty east
}

# encapsulated HOST: its ESP states are in UDP, and there are some.
encapsulated()
{
	expect 'encap type espinudp' on_net "$1" ip xfrm state
}

# forward_to_road: what comes to the NAT's IKE ports goes to road.
forward_to_road()
{
	local port

	for port in 500 4500; do
		on nat iptables-legacy -w -t nat -A PREROUTING -i eth1 -p udp --dport $port \
			-j DNAT --to-destination "$ROAD:$port" || skip 'no DNAT in this kernel'
	done
}

# A NAT in the middle. The one behind it begins, or the one before it through a
# port that is forwarded.
t_nat() # ROAD EAST BEGINNER
{
	local peer=%any

	road_ready "$1" "$2"
	if [ "$3" = east ]; then
		forward_to_road
		peer=$OUTER
	fi
	if [ "$1" = swan ]; then
		road_swan road $ROAD "$EAST" @west @east 10.1.0.0/24 10.2.0.0/24
	else
		road_pluto road $ROAD "$EAST"
	fi
	if [ "$2" = swan ]; then
		road_swan east "$EAST" "${peer/\%any/0.0.0.0/0}" @east @west 10.2.0.0/24 10.1.0.0/24
	else
		road_pluto east "$peer" "$EAST"
	fi
	capture_start wire
	road_up "$3"
	encapsulated road
	encapsulated east
	ping_ok road 10.2.0.10 5 -I 10.1.0.1
	ping_ok sunrise 10.1.0.1 5
	capture_stop wire
	assert_udp_esp "$TESTLOG/wire.pcap" 20
	assert_no_xfrm_errors road
	assert_no_xfrm_errors east
	if [ "$1" = pluto ]; then
		expect 'NAT detected: we are behind it' pluto_log road
	fi
	road_stop
}

# assert_udp_esp FILE COUNT: at least COUNT packets of ESP in UDP, no plain ESP,
# and nothing in clear.
assert_udp_esp()
{
	local count

	count=$(tcpdump -n -r "$1" 'udp port 4500 and udp[8:4] != 0 and udp[4:2] > 9' 2>/dev/null | wc -l)
	[ "$count" -ge "$2" ] || fail "$count packets of ESP in UDP, not $2"
	[ -z "$(tcpdump -n -r "$1" 'esp or icmp' 2>/dev/null)" ] || fail 'not all is in UDP'
}

test_add nat_pluto_behind_begins t_nat pluto swan road
test_add nat_swan_behind_begins t_nat swan pluto road
test_add nat_pluto_behind_is_called t_nat pluto swan east
test_add nat_swan_behind_is_called t_nat swan pluto east
test_add nat_both_pluto t_nat pluto pluto road

# The NAT forgets its mappings and gets another address: ESP comes from elsewhere
# then, and the end that is not behind it follows.
t_nat_mapping() # ROAD
{
	road_ready "$1" pluto
	if [ "$1" = swan ]; then
		road_swan road $ROAD "$EAST" @west @east 10.1.0.0/24 10.2.0.0/24
	else
		road_pluto road $ROAD "$EAST"
	fi
	road_pluto east %any "$EAST"
	road_up road
	ping_ok road 10.2.0.10 3 -I 10.1.0.1
	host_ip nat <<-END
		addr add 192.0.2.10/25 dev eth1
		addr del 192.0.2.9/24 dev eth1
	END
	ping_soon_from road 10.1.0.1 10.2.0.10
	expect "the peer's ESP comes from 192.0.2.10" pluto_log east
	expect 'src 192.0.2.10 dst 192.0.2.2' on_net east ip xfrm state
	expect_not 'src 192.0.2.9 ' on_net east ip xfrm state
	ping_ok sunrise 10.1.0.1 3
	# The peer was asked over the new path, and IKE goes there too.
	road_stop
}

# ping_soon_from HOST SOURCE TO: one comes back before long.
ping_soon_from()
{
	wait_for 10 on "$1" ping -n -q -c 1 -W 1 -I "$2" "$3"
}

test_add nat_mapping_swan t_nat_mapping swan
test_add nat_mapping_pluto t_nat_mapping pluto

# Encapsulation though there is no NAT, or none though there could be.
t_forced() # BEGINNER POLICY
{
	topo_pair bare
	pluto_ready west
	swan_start east "${E2E_NO_COOKIE[@]}"
	net_pluto west tunnel 4 4 --encapsulation="$2"
	net_swan tunnel 4 4
	capture_start wire
	net_up "$1"
	ping_ok west 10.2.0.1 5 -I 10.1.0.1
	ping_ok east 10.1.0.1 5 -I 10.2.0.1
	capture_stop wire
	if [ "$2" = yes ]; then
		assert_udp_esp "$TESTLOG/wire.pcap" 20
	else
		assert_only_esp "$TESTLOG/wire.pcap"
		expect_not espinudp on_net west ip xfrm state
	fi
	pair_stop
	kernels_empty
}

test_add encapsulation_yes_pluto_begins t_forced west yes
test_add encapsulation_yes_swan_begins t_forced east yes
test_add encapsulation_no_pluto_begins t_forced west no

# ---- MOBIKE -------------------------------------------------------------------

# An address goes and another is there: ESP goes on within the same SAs.
t_mobike() # PEER BEGINNER MOVER
{
	local old=192.0.2.1 new=192.0.2.11 received spi

	topo_pair bare
	pluto_ready west
	if [ "$1" = swan ]; then
		swan_start east "${E2E_NO_COOKIE[@]}"
		net_swan tunnel 4 4 '' '' '' 'mobike = yes'
	else
		pluto_ready east
		net_pluto east tunnel 4 4 --mobike
	fi
	net_pluto west tunnel 4 4 --mobike
	if [ "$3" = east ]; then
		old=192.0.2.2 new=192.0.2.22
	fi
	echo "addr add $new/25 dev eth1" | host_ip "$3"
	# Who listens learns of the second address first.
	sleep 1
	net_up "$2"
	ping_ok west 10.2.0.1 3 -I 10.1.0.1
	spi=$(on_net west ip xfrm state | sed -n 's/.*spi \(0x[0-9a-f]*\).*/\1/p' | sort | tr '\n' ' ')
	on west ping -n -q -c 100 -i 0.05 -W 1 -I 10.1.0.1 10.2.0.1 >"$TESTLOG/ping" 2>&1 &
	record_pid $!
	sleep 1
	host_ip "$3" <<-END
		addr del $old/24 dev eth1
		route replace default dev eth1
	END
	wait_for 15 grep -q received "$TESTLOG/ping"
	cat "$TESTLOG/ping"
	received=$(sed -n 's/.* \([0-9]*\) received.*/\1/p' "$TESTLOG/ping")
	[ "$received" -ge 60 ] || fail "only $received of 100 pings came back"
	expect "(src|dst) $new" on_net west ip xfrm state
	expect_not "$old " on_net west ip xfrm state
	ping_ok west 10.2.0.1 3 -I 10.1.0.1
	ping_ok east 10.1.0.1 3 -I 10.2.0.1
	[ "$spi" = "$(on_net west ip xfrm state | sed -n 's/.*spi \(0x[0-9a-f]*\).*/\1/p' | sort | tr '\n' ' ')" ] ||
		fail 'these are other SAs'
	net_down "$2"
	kernels_empty
	pair_stop
}

test_add mobike_swan_pluto_begins_and_moves t_mobike swan west west
test_add mobike_swan_swan_begins_and_moves t_mobike swan east east
test_add mobike_pluto_begins_and_moves t_mobike pluto west west
test_add mobike_pluto_responder_moves t_mobike pluto east west

# ---- fragmentation ------------------------------------------------------------

# A list of proposals so long that IKE_AUTH does not fit into small datagrams.
LONG_ESP=aes_gcm256,aes_gcm128,aes_ccm256,aes_ccm128,aes256-sha2_512,aes256-sha2_256,aes256-sha1
LONG_ESP+=,aes192-sha2_512,aes192-sha2_256,aes192-sha1,aes128-sha2_512,aes128-sha2_256,aes128-sha1
LONG_SWAN=aes256gcm16,aes128gcm16,aes256ccm16,aes128ccm16,aes256-sha512,aes256-sha256,aes256-sha1
LONG_SWAN+=,aes192-sha512,aes192-sha256,aes192-sha1,aes128-sha512,aes128-sha256,aes128-sha1

# Large messages in small fragments, both ways; with a narrow path too, where no
# datagram may be cut on its way.
t_fragments() # PEER BEGINNER [MTU]
{
	topo_pair bare
	pluto_ready west
	if [ "$1" = swan ]; then
		swan_start east "${E2E_NO_COOKIE[@]}" 'fragment_size = 576'
		net_swan tunnel 4 4 '' "$LONG_SWAN" '' 'fragmentation = yes'
	else
		pluto_ready east
		net_pluto east tunnel 4 4 --esp "$LONG_ESP" --fragmentation=force
	fi
	net_pluto west tunnel 4 4 --esp "$LONG_ESP" --fragmentation=force
	if [ -n "${3:-}" ]; then
		# IP fragments are lost on this path.
		on wire ip link set west mtu "$3"
		on wire ip link set east mtu "$3"
		on wire ip link set br0 mtu "$3"
	fi
	capture_start wire
	net_up "$2"
	ping_ok west 10.2.0.1 3 -I 10.1.0.1 -s 200
	ping_ok east 10.1.0.1 3 -I 10.2.0.1 -s 200
	capture_stop wire
	[ "$(skf_count)" -ge 2 ] || fail 'nothing was cut'
	[ -z "$(tcpdump -n -r "$TESTLOG/wire.pcap" 'udp and greater 591' 2>/dev/null)" ] ||
		fail 'a datagram is longer than 576'
	net_down "$2"
	kernels_empty
	pair_stop
}

# skf_count: how many fragments of IKE were on the wire (payload 53).
skf_count()
{
	tcpdump -n -r "$TESTLOG/wire.pcap" \
		'(udp port 500 and udp[24] == 53) or (udp port 4500 and udp[28] == 53)' 2>/dev/null |
		wc -l
}

test_add fragments_swan_pluto_begins t_fragments swan west
test_add fragments_swan_swan_begins t_fragments swan east
test_add fragments_pluto t_fragments pluto west
