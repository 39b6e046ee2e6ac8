# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# IPv4 and IPv6 inside and outside, in both modes and both roles.

# from_to MODE OUTER INNER: which hosts' traffic the connection is for.
from_to()
{
	case $1.$2.$3 in
	tunnel.?.4) echo 'sunset sunrise' ;;
	tunnel.?.6) echo 'sunset sunrise6' ;;
	transport.4.?) echo 'west east' ;;
	transport.6.?) echo 'west east6' ;;
	esac
}

t_family() # PEER MODE OUTER INNER
{
	local begin from to

	read -r from to < <(from_to "$2" "$3" "$4")
	pair_ready "$1"
	net_both "$2" "$3" "$4"
	for begin in west east; do
		capture_start "wire.$begin"
		net_up "$begin"
		ping_ok "$from" "$to"
		# Larger than the wire takes in one piece; IPv6's first may be lost to
		# the gateway's word on the path MTU.
		on "$from" ping -n -q -c 1 -W 1 -s 3000 "$(addr_of "$to")" || true
		ping_ok "$from" "$to" 1 -s 3000
		capture_stop "wire.$begin"
		assert_only_esp "$TESTLOG/wire.$begin.pcap" '(ip[6:2] & 0x3fff) != 0 or ip6[6] == 44'
		expect "mode $2" on_net west ip xfrm state
		net_down "$begin"
		kernels_empty
	done
	assert_no_xfrm_errors west
	pair_stop
}

for mode in 4in4 4in6 6in4 6in6; do
	test_add "family_swan_$mode" t_family swan tunnel "${mode#?in}" "${mode%in?}"
done
test_add family_swan_transport_4 t_family swan transport 4 4
test_add family_swan_transport_6 t_family swan transport 6 6
test_add family_pluto_6in4 t_family pluto tunnel 4 6
test_add family_pluto_4in6 t_family pluto tunnel 6 4
test_add family_pluto_transport_4 t_family pluto transport 4 4
test_add family_pluto_transport_6 t_family pluto transport 6 6

# A tunnel for everything must not swallow what its own packets need: the
# neighbour has to be found anew through it, and IKE has to pass beside it.
t_everything() # BEGINNER
{
	pair_ready swan
	whack_on west --name west-east --psk --encrypt --tunnel \
		--host "$WEST6" --id @west --client fd00:1::/64 --to \
		--host "$EAST6" --id @east --client ::/0 \
		--ike "$E2E_IKE_ALG" --esp "$E2E_ESP_ALG"
	swan_conf east <<-END
		connections { net {
			version = 2
			local_addrs = $EAST6
			remote_addrs = $WEST6
			proposals = $E2E_SWAN_IKE
			local { auth = psk
				id = @east }
			remote { auth = psk
				id = @west }
			children { net {
				local_ts = ::/0
				remote_ts = fd00:1::/64
				esp_proposals = $E2E_SWAN_ESP
			} }
		} }
		secrets { ike-1 { secret = "not much of a secret" } }
	END
	net_up "$1"
	on_net west ip neigh flush all
	on_net east ip neigh flush all
	ping_ok sunset sunrise6
	on_net west ip neigh flush all
	net_down "$1"
	kernels_empty
	net_up "$1"
	on_net west ip neigh flush all
	ping_ok sunset sunrise6
	pair_stop
}
test_add everything_pluto_begins t_everything west
test_add everything_swan_begins t_everything east

# The whole of west, ::/0 on both sides: its own neighbour solicitations are in
# the policy's selectors.
t_everything_both()
{
	local host

	pair_ready pluto
	for host in west east; do
		whack_on "$host" --name west-east --psk --encrypt --tunnel \
			--host "$WEST6" --id @west --client ::/0 --to \
			--host "$EAST6" --id @east --client ::/0 \
			--updown %disabled
	done
	net_up west
	on_net west ip neigh flush all
	on_net east ip neigh flush all
	sleep 0.3
	ping_ok west east6
	net_down west
	kernels_empty
	pair_stop
}
test_add everything_on_both_sides t_everything_both

# The traffic selectors may be of one protocol and port.
t_protoport() # BEGINNER
{
	pair_ready swan
	net_pluto west tunnel 4 4
	whack_on west --name west-east --delete
	whack_on west --name west-east --psk --encrypt --tunnel \
		--host "$WEST" --id @west --client 10.1.0.0/24 --clientprotoport icmp/%any --to \
		--host "$EAST" --id @east --client 10.2.0.0/24 --clientprotoport icmp/%any \
		--ike "$E2E_IKE_ALG" --esp "$E2E_ESP_ALG"
	net_swan tunnel 4 4 '' '' 'local_ts = 10.2.0.0/24[icmp]
		remote_ts = 10.1.0.0/24[icmp]'
	net_up "$1"
	capture_start wire
	ping_ok sunset sunrise
	capture_stop wire
	assert_only_esp "$TESTLOG/wire.pcap"
	expect 'proto (icmp|1)' on_net west ip xfrm policy
	net_down "$1"
	kernels_empty
	pair_stop
}
test_add protoport_pluto_begins t_protoport west
test_add protoport_swan_begins t_protoport east
