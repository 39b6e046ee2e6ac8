# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Hosts with cables between them, and what can be done to the wire.

# topo_pair [bare]: two gateways whose cable passes through the host "wire"
# (a bridge, br0, which is where to capture, delay and drop), and unless bare
# a protected host behind each:
#   sunset 10.1.0.10 -- west 192.0.2.1 -- wire -- east 192.0.2.2 -- sunrise 10.2.0.10
# and the same in IPv6: fd00:1::10, fd00:2::1, fd00:2::2, fd00:3::10.  On west
# and east eth0 is the protected side and eth1 the wire.  With bare, 10.1.0.1
# and 10.2.0.1 (fd00:1::1, fd00:3::1) are on the gateways' own eth0.
topo_pair()
{
	host_make wire light
	host_make west
	host_make east
	cables west eth1 wire west east eth1 wire east
	host_ip wire <<-END
		link add br0 type bridge forward_delay 0 mcast_snooping 0
		link set west master br0 up
		link set east master br0 up
		link set br0 up
	END
	if [ "${1:-}" = bare ]; then
		echo 'link add eth0 type dummy' | host_ip west
		echo 'link add eth0 type dummy' | host_ip east
	else
		host_make sunset light
		host_make sunrise light
		cables west eth0 sunset eth0 east eth0 sunrise eth0
		host_ip sunset <<-END
			link set eth0 up
			addr add 10.1.0.10/24 dev eth0
			addr add fd00:1::10/64 dev eth0 nodad
			route add default via 10.1.0.1
			route add default via fd00:1::1
		END
		host_ip sunrise <<-END
			link set eth0 up
			addr add 10.2.0.10/24 dev eth0
			addr add fd00:3::10/64 dev eth0 nodad
			route add default via 10.2.0.1
			route add default via fd00:3::1
		END
	fi
	# A default route to the peer, so that only a policy can keep clear text
	# off the wire.
	host_ip west <<-END
		link set eth0 up
		link set eth1 up
		addr add 10.1.0.1/24 dev eth0
		addr add fd00:1::1/64 dev eth0 nodad
		addr add 192.0.2.1/24 dev eth1
		addr add fd00:2::1/64 dev eth1 nodad
		route add default via 192.0.2.2
		route add default via fd00:2::2
	END
	host_ip east <<-END
		link set eth0 up
		link set eth1 up
		addr add 10.2.0.1/24 dev eth0
		addr add fd00:3::1/64 dev eth0 nodad
		addr add 192.0.2.2/24 dev eth1
		addr add fd00:2::2/64 dev eth1 nodad
		route add default via 192.0.2.1
		route add default via fd00:2::1
	END
}

# topo_nat: a road warrior behind a router that translates, and a gateway:
#   road 192.168.1.2 -- nat 192.168.1.1 | 192.0.2.9 -- wire -- east 192.0.2.2 -- sunrise
# Every interface is eth0 (inner, or road's only one) or eth1 (the wire).
topo_nat()
{
	host_make wire light
	host_make nat light
	host_make road
	host_make east
	host_make sunrise light
	cables nat eth1 wire nat east eth1 wire east road eth0 nat eth0 east eth0 sunrise eth0
	host_ip wire <<-END
		link add br0 type bridge forward_delay 0 mcast_snooping 0
		link set nat master br0 up
		link set east master br0 up
		link set br0 up
	END
	host_ip road <<-END
		link set eth0 up
		addr add 192.168.1.2/24 dev eth0
		route add default via 192.168.1.1
	END
	host_ip nat <<-END
		link set eth0 up
		link set eth1 up
		addr add 192.168.1.1/24 dev eth0
		addr add 192.0.2.9/24 dev eth1
	END
	host_ip east <<-END
		link set eth0 up
		link set eth1 up
		addr add 10.2.0.1/24 dev eth0
		addr add 192.0.2.2/24 dev eth1
		route add default via 192.0.2.9
	END
	host_ip sunrise <<-END
		link set eth0 up
		addr add 10.2.0.10/24 dev eth0
		route add default via 10.2.0.1
	END
	nat_masquerade nat eth1
}

# nat_masquerade HOST INTERFACE: what leaves by it gets its address, and ports
# from 20000 up.  Skips the test where the kernel translates in no way.
nat_masquerade()
{
	local proto

	if on "$1" nft add table ip e2e 2>/dev/null; then
		on "$1" nft 'add chain ip e2e post { type nat hook postrouting priority 100; }'
		on "$1" nft "add rule ip e2e post oifname $2 ip protocol { tcp, udp } masquerade to :20000-29999"
		return
	fi
	# User Mode Linux 6.1 of Debian has nft's bridge family alone.
	for proto in udp tcp; do
		on "$1" iptables-legacy -w -t nat -A POSTROUTING -o "$2" -p $proto \
			-j MASQUERADE --to-ports 20000-29999 ||
			skip 'no address translation in this kernel'
	done
}

# wire_netem ARG...: delay, loss and so on in both directions (tc-netem(8));
# wire_netem off ends it.
wire_netem()
{
	local dev

	for dev in $(wire_ports); do
		on_net wire tc qdisc del dev "$dev" root 2>/dev/null || true
		if [ "$1" != off ]; then
			on_net wire tc qdisc add dev "$dev" root netem "$@" ||
				skip 'no netem in this kernel'
		fi
	done
}

wire_ports()
{
	on_net wire ip -o link show master br0 | sed 's/^[0-9]*: \([^@:]*\).*/\1/'
}

# wire_cut HOST, wire_mend HOST: pulls its cable out of the wire, and puts it back.
wire_cut()
{
	on_net wire ip link set "$1" down
}
wire_mend()
{
	on_net wire ip link set "$1" up
}
