# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Every peer: paths. Datagrams that must be small, NATs in the middle, ends that move, TCP.

: "${WEST:?}" "${EAST:?}"

# Everything in small fragments, over a path that carries no datagram above 576 octets: pluto finds
# that out, and the peer is told or has an interface of that size. Libreswan stays with the number of
# fragments that it saw first, so that pluto has to begin with small ones.
t_peer_mtu() # PEER BEGINNER
{
	local host more=()
	local PEER_CONF=()

	lacks 'openiked*' 'it does not send intermediate certificates'
	topo_pair
	pluto_ready west
	peer_start east "$1" 'fragment_size = 576'
	auth_pki
	case $1 in
	libreswan*)
		# shellcheck disable=SC2034 # both_sign reads it
		PEER_CONF=($'lines=sendca=all\nfragmentation=force')
		on_net east ip link set eth1 mtu 576
		more=(--fragmentation=force)
		;;
	esac
	for host in west east br0; do
		on_net wire ip link set $host mtu 576
	done
	# What is lost here is lost without a word.
	both_sign big ca sub -- --cert west.pem -- --id @east.example -- --sendca=issuer \
		${more[@]+"${more[@]}"}
	cp "$AUTH_PKI/sub.pem" "$(host_file west /etc/ipsec.d)/certs/sub.pem"
	whack_on west --rereadcerts
	capture_start wire
	if [ "$2" = west ]; then
		whack_on west --name west-east --initiate
	else
		peer_up east 30
	fi
	ping_ok sunset sunrise 2 -s 200
	capture_stop wire
	[ "$(fragments_from "$WEST")" -ge 4 ] || fail 'pluto sent no small fragments'
	[ -z "$(tcpdump -n -r "$TESTLOG/wire.pcap" 'udp and greater 591' 2>/dev/null)" ] ||
		fail 'a datagram is longer than 576'
	finish_by "$2"
}

# The address of the end that began goes, another comes, and ESP goes on in the same SAs.
t_peer_mobike() # PEER BEGINNER
{
	local old=$WEST new=192.0.2.11 spi conf=()

	lacks_in "$2" east 'openiked*' 'as an initiator it does not move'
	lacks 'openiked*' 'by PF_KEY it cannot move the states of Linux: "failed to update sa"'
	peer_pair "$1"
	case $1 in
	# The end that stays has to have the other one as %any, or it does not take MOBIKE.
	libreswan*) conf=('lines=mobike=yes' peer=%any) ;;
	esac
	if [ "$2" = east ]; then
		old=$EAST new=192.0.2.22
		case $1 in
		libreswan*) conf=('lines=mobike=yes' me=%defaultroute) ;;
		esac
	fi
	both_ends ${conf[@]+"${conf[@]}"} -- --mobike
	# Over IPv6 the old path would be as good as the new one.
	on_net east ip -6 addr flush dev eth1
	echo "addr add $new/25 dev eth1" | host_ip "$2"
	sleep 1
	begin "$2"
	ping_ok sunset sunrise 2
	spi=$(spis west)
	on sunset ping -n -q -c 100 -i 0.05 -W 1 "$SUNRISE" >"$TESTLOG/ping" 2>&1 &
	record_pid $!
	sleep 1
	host_ip "$2" <<-END
		addr del $old/24 dev eth1
		route replace default dev eth1
	END
	wait_for 15 grep -q received "$TESTLOG/ping"
	cat "$TESTLOG/ping"
	[ "$(sed -n 's/.* \([0-9]*\) received.*/\1/p' "$TESTLOG/ping")" -ge 50 ] ||
		fail 'too few pings came back'
	expect "(src|dst) $new" on_net west ip xfrm state
	expect_not "$old " on_net west ip xfrm state
	ping_ok sunset sunrise 3
	ping_ok sunrise sunset 3
	[ "$spi" = "$(spis west)" ] || fail 'these are other SAs'
	peer_stop east || true
	pluto_stop west
}

# nat_ends PEER ROAD_RUNS [MODE]: road, behind the NAT, runs pluto (west) or the peer (east).
nat_ends()
{
	local mode=${3:-tunnel}

	road_topo
	if [ "$2" = west ]; then
		pluto_ready road
		peer_start east "$1"
	else
		pluto_ready east
		peer_start road "$1"
	fi
	NAT_PLUTO=$(if [ "$2" = west ]; then echo road; else echo east; fi)
	NAT_PEER=$(if [ "$2" = west ]; then echo east; else echo road; fi)
	NAT_MODE=$mode
}

# nat_conf ROAD_SEEN: the connection on both; the end that is not behind the NAT knows road by that
# address, or as %any.
nat_conf()
{
	local esp

	esp=$(peer_esp "$NAT_PEER")
	if [ "$NAT_PLUTO" = road ]; then
		nat_pluto road "$ROAD" "$EAST" "$esp"
		peer_conf east "mode=$NAT_MODE" "peer=$1" "esp=$esp"
	else
		nat_pluto east "$1" "$EAST" "$esp"
		peer_conf road "mode=$NAT_MODE" me="$ROAD" peer="$EAST" id=@west peer_id=@east \
			mine=10.1.0.0/24 theirs=10.2.0.0/24 "esp=$esp"
	fi
}

nat_pluto() # HOST ROAD EAST ESP
{
	local west=(--client 10.1.0.0/24) east=(--client 10.2.0.0/24)

	if [ "$NAT_MODE" = transport ]; then
		west=() east=()
	fi
	whack_on "$1" --name net --psk --encrypt "--$NAT_MODE" --ike "$E2E_IKE_ALG" --esp "$4" \
		--pfs=no --host "$2" --id @west ${west[@]+"${west[@]}"} --to \
		--host "$3" --id @east ${east[@]+"${east[@]}"}
}

nat_begin() # HOST
{
	if [ "$1" = "$NAT_PLUTO" ]; then
		whack_on "$1" --name net --initiate
	else
		peer_up "$1"
	fi
}

# nat_proof: what was captured is ESP in UDP alone, and both kernels know that.
nat_proof()
{
	capture_stop wire
	assert_only_esp "$TESTLOG/wire.pcap"
	[ "$(pcap_count "$TESTLOG/wire.pcap" 'ip proto 50')" -eq 0 ] || fail 'ESP is not in UDP'
	encapsulated road
	encapsulated east
	assert_no_xfrm_errors road
	assert_no_xfrm_errors east
}

nat_end() # ENDER
{
	if [ "$1" = "$NAT_PLUTO" ]; then
		whack_on "$1" --name net --terminate
	else
		peer_down "$1"
	fi
	assert_xfrm_empty "$NAT_PLUTO"
	assert_peer_clean "$NAT_PEER"
}

# A NAT in the middle; who is behind it begins.
t_peer_nat() # PEER BEGINNER
{
	nat_ends "$1" "$2"
	nat_conf %any
	capture_start wire
	nat_begin road
	ping_ok road 10.2.0.1 3 -I 10.1.0.1
	ping_ok sunrise 10.1.0.1 2
	nat_proof
	nat_end road
}

# The same, and the one before it begins, through ports that are forwarded.
t_peer_nat_called() # PEER BEGINNER
{
	if [ "$2" = west ]; then
		nat_ends "$1" east
	else
		nat_ends "$1" west
	fi
	forward_to_road
	nat_conf "$OUTER"
	capture_start wire
	nat_begin east
	ping_ok road 10.2.0.1 3 -I 10.1.0.1
	ping_ok sunrise 10.1.0.1 2
	nat_proof
	nat_end east
}

# Transport mode through a NAT: each end has the addresses that it sees.
t_peer_nat_transport() # PEER BEGINNER
{
	lacks 'openiked*' 'it offers the addresses behind the NAT as they are'
	lacks 'libreswan*' 'it does not put the outer addresses into selectors (RFC 7296 2.23.1)'
	nat_ends "$1" "$2" transport
	nat_conf %any
	capture_start wire
	nat_begin road
	ping_ok road "$EAST" 3
	nat_proof
	expect 'mode transport' on_net road ip xfrm state
	nat_end road
}

# north_topo: another client behind the NAT, with a network of its own.
north_topo()
{
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
}

# north_pluto HOST NORTH EAST ESP
north_pluto()
{
	pluto_secrets "$1" <<-END
		@west @east : PSK "not much of a secret"
		@north @east : PSK "not much of a secret"
	END
	whack_on "$1" --name north --psk --encrypt --tunnel --ike "$E2E_IKE_ALG" --esp "$4" --pfs=no \
		--host "$2" --id @north --client 10.3.0.0/24 --to \
		--host "$3" --id @east --client 10.2.0.0/24
}

# Two clients behind one NAT. Both are pluto and the peer is the gateway; or pluto is that, and one
# client is the peer.
t_peer_two_clients() # PEER BEGINNER
{
	local esp NAT_MODE=tunnel

	lacks_in "$2" west 'openiked*' \
		'its policies in the kernel have no reqid: all to one address goes by the newest SA'
	road_topo
	north_topo
	pluto_ready road
	if [ "$2" = west ]; then
		peer_start east "$1"
		esp=$(peer_esp east)
		peer_conf east peer=%any "esp=$esp" 'also=@north 10.3.0.0/24'
		pluto_ready north
		north_pluto north 192.168.2.2 "$EAST" "$esp"
	else
		peer_start north "$1"
		esp=$(peer_esp north)
		pluto_ready east
		nat_pluto east %any "$EAST" "$esp"
		north_pluto east %any "$EAST" "$esp"
		peer_conf north me=192.168.2.2 peer="$EAST" id=@north peer_id=@east mine=10.3.0.0/24 \
			theirs=10.2.0.0/24 "esp=$esp"
	fi
	nat_pluto road "$ROAD" "$EAST" "$esp"
	whack_on road --name net --initiate
	if [ "$2" = west ]; then
		whack_on north --name north --initiate
	else
		peer_up north
	fi
	ping_ok road 10.2.0.10 3 -I 10.1.0.1
	ping_ok north 10.2.0.10 3 -I 10.3.0.1
	ping_ok sunrise 10.1.0.1 2
	ping_ok sunrise 10.3.0.1 2
	[ "$(xfrm_count east)" -eq 4 ] || fail 'not four states on east'
	whack_on road --name net --terminate
	ping_ok north 10.2.0.10 2 -I 10.3.0.1
}

# ESP in UDP though there is no NAT.
t_peer_encap() # PEER BEGINNER
{
	local conf=()

	lacks_in "$2" east 'openiked*' 'it encapsulates when it sees a NAT, not when it is told'
	case $2.$1 in
	east.libreswan*) conf=('lines=encapsulation=yes') ;;
	east.strongswan*) conf=('lines=encap = yes') ;;
	esac
	if [ "$2" = west ]; then
		both_ends -- --encapsulation=yes
	else
		both_ends ${conf[@]+"${conf[@]}"}
	fi
	capture_start wire
	begin "$2"
	ping_ok sunset sunrise 3
	ping_ok sunrise sunset 3
	capture_stop wire
	assert_only_esp "$TESTLOG/wire.pcap"
	[ "$(pcap_count "$TESTLOG/wire.pcap" 'ip proto 50')" -eq 0 ] || fail 'ESP is not in UDP'
	encapsulated west
	finish_by "$2"
}

# IKE over TCP (RFC 9329), where no UDP passes. pluto refuses the child, for it has no ESP in TCP.
# Libreswan has its kernel do the framing of TCP even for IKE.
t_peer_tcp() # PEER BEGINNER
{
	lacks 'strongswan*' 'it has no IKE over TCP'
	lacks 'openiked*' 'it has no IKE over TCP'
	topo_pair
	has_espintcp || skip 'it needs ESP in TCP of the kernel (espintcp), and this one has none'
	pluto_secrets west <<<'@west @east : PSK "not much of a secret"'
	pluto_start west --listen-tcp
	whack_on west --listen
	# It opens its TCP port when it starts only.
	peer_start east "$1" listen-tcp=yes
	both_ends 'lines=enable-tcp=yes' 'setup=listen-tcp=yes' -- --tcp=yes
	no_udp
	capture_start wire
	if [ "$2" = west ]; then
		whack_on west --name west-east --initiate || true
	else
		on_peer east timeout 10 "$LIBRESWAN_EXEC/whack" --rundir "$LIBRESWAN_RUN" \
			--name net --initiate || true
	fi
	pluto_wait_log west 5 'authenticated peer @east'
	capture_stop wire
	[ "$(pcap_count "$TESTLOG/wire.pcap" udp)" -eq 0 ] || fail 'not all is TCP'
}

# A kernel without it does not know the name (ENOENT).
has_espintcp()
{
	on_net west python3 -c '
import errno, socket, sys
try:
    socket.socket().setsockopt(socket.IPPROTO_TCP, 31, b"espintcp")
except OSError as error:
    sys.exit(error.errno == errno.ENOENT)'
}

feature encap 'ESP in UDP without a NAT, because one end wants it' t_peer_encap
feature -t 90 -s - mtu 'a path of 576 octets, certificates in fragments' t_peer_mtu
feature -t 90 -s - mobike 'who began gets another address under traffic (MOBIKE)' t_peer_mobike
feature -t 90 -s - nat 'a NAT in the middle, who is behind it begins' t_peer_nat
feature -t 90 -s - nat_called 'a NAT in the middle, who is before it begins' t_peer_nat_called
feature -t 90 -s - nat_transport 'transport mode, who is behind a NAT begins' t_peer_nat_transport
feature -t 90 -s - two_clients 'two clients behind one NAT; the gateway is the peer, or pluto' \
	t_peer_two_clients
feature -t 90 -s - tcp 'IKE over TCP (RFC 9329)' t_peer_tcp
