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
t_nat_road() # ROAD EAST BEGINNER
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

test_add nat_pluto_behind_begins t_nat_road pluto swan road
test_add nat_swan_behind_begins t_nat_road swan pluto road
test_add nat_pluto_behind_is_called t_nat_road pluto swan east
test_add nat_swan_behind_is_called t_nat_road swan pluto east
test_add nat_both_pluto t_nat_road pluto pluto road

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

# Two clients behind the same NAT, of two kinds, and one gateway.
t_two_clients() # EAST
{
	road_topo
	host_make north
	cables nat eth2 north eth0
	host_ip nat <<-END
		link set eth2 up
		addr add 192.168.2.1/24 dev eth2
	END
	host_ip north <<-END
		link set eth0 up
		addr add 192.168.2.2/24 dev eth0
		route add default via 192.168.2.1
		link add eth1 type dummy
		link set eth1 up
		addr add 10.3.0.1/24 dev eth1
	END
	pluto_ready road
	road_pluto road $ROAD "$EAST"
	swan_start north "${E2E_NO_COOKIE[@]}"
	road_swan north 192.168.2.2 "$EAST" @north @east 10.3.0.0/24 10.2.0.0/24
	if [ "$1" = pluto ]; then
		pluto_secrets east <<-END
			@west @east : PSK "not much of a secret"
			@north @east : PSK "not much of a secret"
		END
		pluto_start east
		whack_on east --listen
		road_pluto east %any "$EAST"
		whack_on east --name north --psk --encrypt --tunnel --ike "$E2E_IKE_ALG" \
			--esp "$E2E_ESP_ALG" --pfs=no --host %any --id @north --client 10.3.0.0/24 \
			--to --host "$EAST" --id @east --client 10.2.0.0/24
	else
		swan_start east "${E2E_NO_COOKIE[@]}"
		road_swan east "$EAST" 0.0.0.0/0 @east %any 10.2.0.0/24 '10.1.0.0/24,10.3.0.0/24'
	fi
	road_up road
	swan_initiate north net 10
	ping_ok road 10.2.0.10 5 -I 10.1.0.1
	ping_ok north 10.2.0.10 5 -I 10.3.0.1
	ping_ok sunrise 10.1.0.1 3
	ping_ok sunrise 10.3.0.1 3
	[ "$(xfrm_count east)" -eq 4 ] || fail 'not four states on east'
	whack_on road --name net --terminate
	ping_ok north 10.2.0.10 3 -I 10.3.0.1
	swan_stop north
	road_stop
}

test_add nat_two_clients_of_pluto t_two_clients pluto
test_add nat_two_clients_of_swan t_two_clients swan

# Transport mode through a NAT: each end has the addresses that it sees.
t_nat_transport() # ROAD EAST
{
	road_ready "$1" "$2"
	if [ "$1" = swan ]; then
		road_swan road $ROAD "$EAST" @west @east dynamic dynamic '' 'mode = transport'
		whack_on east --name net --psk --encrypt --transport --ike "$E2E_IKE_ALG" \
			--esp "$E2E_ESP_ALG" --pfs=no --host %any --id @west --to --host "$EAST" --id @east
	else
		road_swan east "$EAST" 0.0.0.0/0 @east @west dynamic dynamic '' 'mode = transport'
		whack_on road --name net --psk --encrypt --transport --ike "$E2E_IKE_ALG" \
			--esp "$E2E_ESP_ALG" --pfs=no --host "$ROAD" --id @west --to \
			--host "$EAST" --id @east
	fi
	capture_start wire
	road_up road
	ping_ok road "$EAST" 5
	capture_stop wire
	assert_udp_esp "$TESTLOG/wire.pcap" 10
	expect 'mode transport' on_net road ip xfrm state
	expect 'mode transport' on_net east ip xfrm state
	road_stop
}

# Two clients behind one NAT in transport mode: nothing of the one may go to the other (RFC 3948 5.2).
t_nat_transport_two()
{
	road_topo
	host_make north
	cables nat eth2 north eth0
	host_ip nat <<-END
		link set eth2 up
		addr add 192.168.2.1/24 dev eth2
	END
	host_ip north <<-END
		link set eth0 up
		addr add 192.168.2.2/24 dev eth0
		route add default via 192.168.2.1
	END
	swan_start road "${E2E_NO_COOKIE[@]}"
	road_swan road $ROAD "$EAST" @west @east dynamic dynamic '' 'mode = transport'
	pluto_ready north
	pluto_secrets north <<<'@north @east : PSK "not much of a secret"'
	whack_on north --name net --psk --encrypt --transport --ike "$E2E_IKE_ALG" --esp "$E2E_ESP_ALG" \
		--pfs=no --keyingtries 1 --host 192.168.2.2 --id @north --to --host "$EAST" --id @east
	pluto_secrets east <<-END
		@west @east : PSK "not much of a secret"
		@north @east : PSK "not much of a secret"
	END
	pluto_start east
	whack_on east --listen
	whack_on east --name net --psk --encrypt --transport --ike "$E2E_IKE_ALG" \
		--esp "$E2E_ESP_ALG" --pfs=no --host %any --to --host "$EAST" --id @east
	road_up road
	ping_ok road "$EAST" 3
	whack_rc fail 10 'TS_UNACCEPTABLE' north --name net --initiate
	expect 'in transport mode @west behind the same NAT has this traffic already' pluto_log east
	[ "$(xfrm_count east)" -eq 2 ] || fail 'not two states on east'
	ping_ok road "$EAST" 3
	# The first goes: now the second may come.
	swan_terminate road
	whack_on north --name net --initiate
	ping_ok north "$EAST" 3
	pluto_stop north
	road_stop
}
test_add nat_transport_two_clients t_nat_transport_two
test_add nat_transport_pluto_behind t_nat_transport pluto swan
test_add nat_transport_swan_behind t_nat_transport swan pluto

# Ports of our own: of a connection, and of the daemon.
t_ports() # BEGINNER
{
	local end

	topo_pair bare
	pluto_ready west
	pluto_secrets east <<<'@west @east : PSK "not much of a secret"'
	pluto_start east --ikeport 1500 --natikeport 14500
	whack_on east --listen
	expect ':1500 ' on_net east ss -nuap
	for end in west east; do
		whack_on $end --name west-east --psk --encrypt --tunnel \
			--ike "$E2E_IKE_ALG" --esp "$E2E_ESP_ALG" --pfs=no \
			--host "$WEST" --id @west --client 10.1.0.0/24 --ikeport 5500 --to \
			--host "$EAST" --id @east --client 10.2.0.0/24 --ikeport 14500
	done
	capture_start wire
	net_up "$1"
	ping_ok west 10.2.0.1 3 -I 10.1.0.1
	ping_ok east 10.1.0.1 3 -I 10.2.0.1
	capture_stop wire
	[ -n "$(tcpdump -n -r "$TESTLOG/wire.pcap" 'udp port 5500 and udp port 14500' 2>/dev/null)" ] ||
		fail 'nothing on these ports'
	[ -z "$(tcpdump -n -r "$TESTLOG/wire.pcap" 'udp port 500 or udp port 4500' 2>/dev/null)" ] ||
		fail 'something on the usual ports'
	net_down "$1"
	pair_stop
	kernels_empty
}

test_add ports_of_both_west_begins t_ports west
test_add ports_of_both_east_begins t_ports east

# The peer's ports are its own: pluto is told where they are.
t_ports_swan() # BEGINNER
{
	topo_pair bare
	pluto_ready west
	swan_start east "${E2E_NO_COOKIE[@]}" 'port = 1500' 'port_nat_t = 14500'
	net_swan tunnel 4 4 '' '' '' 'encap = yes
		remote_port = 5500
		local_port = 14500'
	whack_on west --name west-east --psk --encrypt --tunnel \
		--ike "$E2E_IKE_ALG" --esp "$E2E_ESP_ALG" --pfs=no \
		--host "$WEST" --id @west --client 10.1.0.0/24 --ikeport 5500 --to \
		--host "$EAST" --id @east --client 10.2.0.0/24 --ikeport 14500
	capture_start wire
	net_up "$1"
	ping_ok west 10.2.0.1 3 -I 10.1.0.1
	ping_ok east 10.1.0.1 3 -I 10.2.0.1
	capture_stop wire
	[ -n "$(tcpdump -n -r "$TESTLOG/wire.pcap" 'udp port 5500 and udp port 14500' 2>/dev/null)" ] ||
		fail 'nothing on these ports'
	[ -z "$(tcpdump -n -r "$TESTLOG/wire.pcap" 'udp port 500 or udp port 4500' 2>/dev/null)" ] ||
		fail 'something on the usual ports'
	net_down "$1"
	pair_stop
	kernels_empty
}

test_add ports_of_swan_pluto_begins t_ports_swan west
test_add ports_of_swan_swan_begins t_ports_swan east

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

# The kernel's own states between IPComp and IP are named by their addresses.
mobike_spis()
{
	on_net west ip xfrm state | sed -nE 's/.*proto (esp|comp) spi (0x[0-9a-f]*).*/\2/p' | sort | tr '\n' ' '
}

# An address goes and another is there: ESP goes on within the same SAs.
t_mobike() # PEER BEGINNER MOVER [WORD]
{
	local old=192.0.2.1 new=192.0.2.11 received spi

	topo_pair bare
	pluto_ready west
	if [ "$1" = swan ]; then
		swan_start east "${E2E_NO_COOKIE[@]}"
		net_swan tunnel 4 4 '' '' '' 'mobike = yes'
	else
		pluto_ready east
		net_pluto east tunnel 4 4 --mobike ${4:+"$4"}
	fi
	net_pluto west tunnel 4 4 --mobike ${4:+"$4"}
	if [ "$3" = east ]; then
		old=192.0.2.2 new=192.0.2.22
	fi
	# Over IPv6 the old path would be as good as the new one.
	on_net east ip -6 addr flush dev eth1
	echo "addr add $new/25 dev eth1" | host_ip "$3"
	# Who listens learns of the second address first.
	sleep 1
	net_up "$2"
	ping_ok west 10.2.0.1 3 -I 10.1.0.1
	spi=$(mobike_spis)
	# long enough to be compressed
	on west ping -n -q -s 600 -c 100 -i 0.05 -W 1 -I 10.1.0.1 10.2.0.1 >"$TESTLOG/ping" 2>&1 &
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
	[ "$spi" = "$(mobike_spis)" ] ||
		fail 'these are other SAs'
	net_down "$2"
	kernels_empty
	pair_stop
}

test_add mobike_swan_pluto_begins_and_moves t_mobike swan west west
test_add mobike_swan_swan_begins_and_moves t_mobike swan east east
test_add mobike_pluto_begins_and_moves t_mobike pluto west west
test_add mobike_pluto_responder_moves t_mobike pluto east west
test_add mobike_ipcomp t_mobike pluto west west --compress

# From a path without a NAT to one through a NAT: the states get their encapsulation where they are;
# back again the kernel cannot take it away, and a new child comes.
t_mobike_into_nat() # PEER
{
	local spi

	if [ "$1" = swan ]; then
		road_ready pluto swan
		road_swan east "$EAST" 0.0.0.0/0 @east @west 10.2.0.0/24 10.1.0.0/24 'mobike = yes'
	else
		road_ready pluto pluto
		road_pluto east %any "$EAST" --mobike
	fi
	# A cable of its own to the wire, which is pulled later.
	cables wire road road eth2
	host_ip wire <<-END
		link set road master br0 up
	END
	host_ip road <<-END
		link set eth2 up
		addr add 192.0.2.5/24 dev eth2
	END
	road_pluto road 192.0.2.5 "$EAST" --mobike
	sleep 1
	road_up road
	ping_ok road 10.2.0.10 2 -I 10.1.0.1
	expect_not espinudp on_net road ip xfrm state
	spi=$(road_spis)
	host_ip road <<-END
		addr del 192.0.2.5/24 dev eth2
	END
	ping_soon_from road 10.1.0.1 10.2.0.10
	encapsulated road
	encapsulated east
	[ "$spi" = "$(road_spis)" ] || fail 'these are other SAs'
	road_stop
}

road_spis()
{
	on_net road ip xfrm state | sed -n 's/.*spi \(0x[0-9a-f]*\).*/\1/p' | sort | tr '\n' ' '
}
test_add mobike_into_nat_swan t_mobike_into_nat swan
test_add mobike_into_nat_pluto t_mobike_into_nat pluto

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

# A path that bears less than the first size that is tried, and says nothing about it: chains of
# certificates come through all the same.
t_fragments_search() # BEGINNER MTU SAYS
{
	local dir

	topo_pair bare
	auth_pki
	pluto_ready west
	swan_start east "${E2E_NO_COOKIE[@]}" "fragment_size = $2"
	auth_west west-deep ca
	auth_east east-deep ca
	dir=$(host_file west /etc/ipsec.d)/certs
	cp "$AUTH_PKI"/sub.pem "$AUTH_PKI"/sub2.pem "$dir"
	cp "$AUTH_PKI"/sub.pem "$AUTH_PKI"/sub2.pem "$(host_file east /etc/swanctl)/x509"
	whack_on west --rereadcerts
	auth_swan 'auth = pubkey
		certs = east.pem
		id = east.example' 'auth = pubkey
		id = west.example' 'fragmentation = yes'
	auth_pluto --id @west.example --cert west.pem -- --id @east.example
	# A bridge drops what does not fit, and no one is told.
	on_net wire ip link set west mtu "$2"
	on_net wire ip link set east mtu "$2"
	on_net wire ip link set br0 mtu "$2"
	net_up "$1"
	ping_ok west 10.2.0.1 3 -I 10.1.0.1 -s 200
	if [ -n "$3" ]; then
		expect "$3" pluto_log west
	else
		expect_not 'the path may not carry it' pluto_log west
	fi
	net_down "$1"
	kernels_empty
	pair_stop
}

test_add fragments_mtu_576_pluto_begins t_fragments_search west 576 'the request goes in [0-9]+ fragments of 576 bytes'
test_add fragments_mtu_900_pluto_begins t_fragments_search west 900 'the request goes in [0-9]+ fragments of 768 bytes'
test_add fragments_mtu_1400_pluto_begins t_fragments_search west 1400 ''
test_add fragments_mtu_576_swan_begins t_fragments_search east 576 ''
test_add fragments_mtu_1400_swan_begins t_fragments_search east 1400 ''

# ---- TCP ----------------------------------------------------------------------

# no_udp: only TCP passes the wire.
no_udp()
{
	on wire nft add table bridge e2e || skip 'no nft for bridges in this kernel'
	on wire nft 'add chain bridge e2e forward { type filter hook forward priority 0; }'
	on wire nft 'add rule bridge e2e forward ip protocol udp drop'
}

# IKE over TCP, end to end between two plutos, without the kernel's IPsec: 85-tcp.sh
# has it with ESP.
t_tcp() # POLICY
{
	local host

	topo_pair bare
	for host in west east; do
		pluto_ready $host --protostack none --listen-tcp
		net_pluto $host tunnel 4 4 --tcp="$1"
	done
	no_udp
	capture_start wire
	net_up west
	if [ "$1" = fallback ]; then
		pluto_wait_log west 2 'nobody answers over UDP: IKE goes over TCP'
	fi
	expect 'established\(1\)|authenticated\(1\)' whack_on east --briefstatus
	# The connection breaks: the next request makes another.
	on west ss -K dst "$EAST" >/dev/null 2>&1 || true
	net_down west
	wait_for 10 expect 'IKE SAs: total\(0\)' whack_on east --briefstatus
	capture_stop wire
	[ -n "$(tcpdump -n -r "$TESTLOG/wire.pcap" 'tcp port 4500' 2>/dev/null)" ] ||
		fail 'nothing over TCP'
	pair_stop
}

test_add tcp_from_the_start t_tcp yes
test_add tcp_as_a_fallback t_tcp fallback

# Where the kernel has no ESP in TCP a child over it is refused with the reason, and nothing is left.
t_tcp_esp()
{
	if kernel_has espintcp; then
		skip 'this kernel has ESP in TCP'
	fi
	topo_pair bare
	pluto_ready west
	pluto_ready east --listen-tcp
	net_pluto west tunnel 4 4 --tcp=yes
	net_pluto east tunnel 4 4
	whack_rc fail 10 'child SA failed' west --name west-east --initiate
	expect 'the kernel has no ESP in TCP' pluto_log east
	wait_for 10 kernels_empty
	pair_stop
}

test_add tcp_no_esp t_tcp_esp

# Nobody listens there: the ICMP error is in the log, and ends nothing.
t_icmp()
{
	topo_pair bare
	pluto_ready west
	net_pluto west tunnel 4 4
	whack_on west --name west-east --initiate --asynchronous
	pluto_wait_log west 5 'ICMP says of a datagram from 192.0.2.1:500 to 192.0.2.2:500: Connection refused'
	pluto_wait_log west 5 'request sent again \(try 3\)'
	swan_start east "${E2E_NO_COOKIE[@]}"
	net_swan tunnel 4 4
	pluto_wait_log west 30 'tunnel established'
	pluto_stop west
	swan_stop east
}

test_add icmp_is_a_hint t_icmp
