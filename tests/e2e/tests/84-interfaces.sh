# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Route-based tunnels: XFRM interfaces, VTI and marks; offload; IP-TFS.  Those called
# qemu.* need the kernel that run --stage qemu boots.

# iface_pluto [ARG]...: west-east on west, its clients and interface-ip given by
# IFACE_WEST and IFACE_EAST, ARGs at the end.
iface_pluto()
{
	whack_on west --name west-east --psk --encrypt --tunnel --host "$WEST" --id @west \
		"${IFACE_WEST[@]}" --to --host "$EAST" --id @east "${IFACE_EAST[@]}" \
		--ike "$E2E_IKE_ALG" --esp "$E2E_ESP_ALG" --pfs=no "$@"
}

iface_packets() # HOST INTERFACE rx|tx
{
	on_net "$1" cat "/sys/class/net/$2/statistics/$3_packets" 2>/dev/null ||
		on_net "$1" ip -s -s link show "$2" | awk -v want="${3^^}:" '
			$1 == want { getline; print $2; exit }'
}

no_iface() # HOST NAME
{
	! on_net "$1" ip link show "$2"
}

# The interface comes with the connection, the traffic goes through it, and it
# stays until the connection is deleted.
t_iface() # BEGINNER
{
	need_kernel xfrm-interface
	pair_ready swan
	IFACE_WEST=(--client 10.1.0.0/24 --interface-ip 10.9.0.1/24) IFACE_EAST=(--client 10.2.0.0/24)
	iface_pluto --ipsec-interface 5
	net_swan tunnel 4 4
	no_iface west ipsec5 || fail 'the interface is there before it is needed'
	net_up "$1"
	expect 'ipsec5.*UP' on_net west ip link show ipsec5
	expect '10\.9\.0\.1/24' on_net west ip addr show ipsec5
	expect 'if_id 0x5' on_net west ip xfrm state
	expect 'if_id 0x5' on_net west ip xfrm policy
	expect 'dev ipsec5' on_net west ip route get 10.2.0.10
	capture_start wire
	ping_ok sunset sunrise
	ping_ok sunrise sunset
	capture_stop wire
	assert_only_esp "$TESTLOG/wire.pcap"
	[ "$(iface_packets west ipsec5 rx)" -ge 6 ] || fail 'nothing came through ipsec5'
	[ "$(iface_packets west ipsec5 tx)" -ge 6 ] || fail 'nothing went through ipsec5'
	whack_on west --name west-east --rekey-child
	ping_ok sunset sunrise
	assert_no_xfrm_errors west
	net_down "$1"
	assert_xfrm_empty west
	expect ipsec5 on_net west ip link show ipsec5
	whack_on west --name west-east --delete
	wait_for 3 no_iface west ipsec5
	pair_stop
}
test_add qemu.iface_pluto_begins t_iface west
test_add qemu.iface_swan_begins t_iface east

# Both ends by interfaces, all traffic, to a peer that is reached by the same way;
# a trap on it; and what a crash leaves is removed by the next start.
t_iface_everything()
{
	need_kernel xfrm-interface
	pair_ready swan
	IFACE_WEST=(--client 0.0.0.0/0) IFACE_EAST=(--client 0.0.0.0/0)
	iface_pluto --ipsec-interface yes
	net_swan tunnel 4 4 '' '' 'if_id_in = 9
		if_id_out = 9'
	sed -i 's/local_ts = .*/local_ts = 0.0.0.0\/0/; s/remote_ts = .*/remote_ts = 0.0.0.0\/0/' \
		"$(host_file east /etc/swanctl/swanctl.conf)"
	swan_load east
	host_ip east <<-END
		link add xfrm9 type xfrm if_id 9
		link set xfrm9 up
		route add 10.1.0.0/24 dev xfrm9
	END
	whack_on west --name west-east --route
	expect 'dev ipsec1' on_net west ip route get 10.2.0.10
	expect 'dev eth1' on_net west ip route get "$EAST"
	capture_start wire
	ping_soon sunset sunrise
	ping_ok sunset sunrise
	capture_stop wire
	assert_only_esp "$TESTLOG/wire.pcap"
	expect 'if_id 0x1' on_net west ip xfrm state
	pluto_crash west
	expect ipsec1 on_net west ip link show ipsec1
	pluto_start west
	# what stood is kept until it is known that no connection comes back for it
	expect ipsec1 on_net west ip link show ipsec1
	whack_on west --listen
	wait_for 10 no_iface west ipsec1
	assert_xfrm_empty west
	swan_stop east
	pluto_stop west
}
test_add qemu.iface_all_traffic t_iface_everything

# One that the admin made is used and left; one of another kind is not touched.
t_iface_of_the_admin()
{
	need_kernel xfrm-interface
	pair_ready pluto
	IFACE_WEST=(--client 10.1.0.0/24) IFACE_EAST=(--client 10.2.0.0/24)
	host_ip west <<-END
		link add ipsec3 type xfrm if_id 3
		link add ipsec4 type dummy
	END
	net_pluto east tunnel 4 4
	iface_pluto --ipsec-interface 3
	net_up west
	ping_ok sunset sunrise
	whack_on west --name west-east --delete
	expect 'ipsec3' on_net west ip link show ipsec3
	iface_pluto --ipsec-interface 4 --keyingtries 1
	whack_rc fail 20 'one of that name is something else' west --name west-east --initiate
	whack_on west --name west-east --delete
	assert_xfrm_empty west
	pair_stop
}
test_add qemu.iface_of_the_admin t_iface_of_the_admin

# With ipsec-interface-managed=no the admin makes it, and pluto neither changes nor removes it.
t_iface_unmanaged()
{
	need_kernel xfrm-interface
	pair_ready swan
	pluto_stop west
	pluto_start west --no-ipsec-interface-managed
	whack_on west --listen
	IFACE_WEST=(--client 10.1.0.0/24 --interface-ip 10.9.0.1/24) IFACE_EAST=(--client 10.2.0.0/24)
	iface_pluto --ipsec-interface 6 --keyingtries 1
	net_swan tunnel 4 4
	whack_rc fail 20 'ipsec-interface-managed=no: make it yourself' west --name west-east --initiate
	host_ip west <<-END
		link add ipsec6 type xfrm if_id 6
		link set ipsec6 up
	END
	net_up west
	expect_not '10\.9\.0\.1' on_net west ip addr show ipsec6
	ping_ok sunset sunrise
	whack_on west --name west-east --delete
	expect ipsec6 on_net west ip link show ipsec6
	assert_xfrm_empty west
	pair_stop
}
test_add qemu.iface_unmanaged t_iface_unmanaged

# The next pluto takes over the interface with what goes through it: same SPIs, no packet lost.
t_iface_hot() # kill|leave
{
	local before

	need_kernel xfrm-interface
	pair_ready swan
	IFACE_WEST=(--client 10.1.0.0/24 --interface-ip 10.9.0.1/24) IFACE_EAST=(--client 10.2.0.0/24)
	iface_pluto --ipsec-interface 5
	net_swan tunnel 4 4
	net_up west
	before=$(spis west)
	flow_start
	hot_end west "$1"
	sleep 1
	pluto_start west
	iface_pluto --ipsec-interface 5
	whack_on west --listen
	pluto_wait_log west 3 'adopted 1 IKE SAs and 1 child SAs'
	[ "$(spis west)" = "$before" ] || fail "other SPIs than before: $(spis west)"
	sleep 0.5
	flow_stop
	expect '10\.9\.0\.1/24' on_net west ip addr show ipsec5
	whack_on west --name west-east --rekey-child
	ping_ok sunset sunrise
	whack_on west --name west-east --delete
	wait_for 3 no_iface west ipsec5
	assert_xfrm_empty west
	pair_stop
}
test_add qemu.iface_hot_killed t_iface_hot kill
test_add qemu.iface_hot_left t_iface_hot leave

# Where the kernel has none the connection says so.
t_iface_missing()
{
	if kernel_has xfrm-interface; then
		skip 'this kernel has XFRM interfaces'
	fi
	pair_ready pluto
	IFACE_WEST=(--client 10.1.0.0/24) IFACE_EAST=(--client 10.2.0.0/24)
	net_pluto east tunnel 4 4
	iface_pluto --ipsec-interface 3 --keyingtries 1
	whack_rc fail 20 'the kernel has no XFRM interfaces' west --name west-east --initiate
	kernels_empty
	pair_stop
}
test_add iface_missing_in_the_kernel t_iface_missing

# VTI by the script: its packets are told by the mark, which the wire never sees.
t_vti() # BEGINNER
{
	need_kernel vti
	pair_ready swan
	IFACE_WEST=(--client 0.0.0.0/0 --vti 10.9.0.1/24) IFACE_EAST=(--client 10.2.0.0/24)
	iface_pluto --conn-mark 7/0xff --vti-interface vti7
	net_swan tunnel 4 4
	sed -i 's/remote_ts = .*/remote_ts = 0.0.0.0\/0/' "$(host_file east /etc/swanctl/swanctl.conf)"
	swan_load east
	# its table 220 sends everything to west, what it has decrypted as well
	on_net east ip route add 10.2.0.0/24 dev eth0 table 220
	net_up "$1"
	expect 'mark 0x7/0xff' on_net west ip xfrm policy
	expect 'vti7.*UP' on_net west ip link show vti7
	expect '10\.9\.0\.1/24' on_net west ip addr show vti7
	expect 'dev vti7' on_net west ip route get 10.2.0.10
	capture_start wire
	ping_ok sunset sunrise
	ping_ok sunrise sunset
	capture_stop wire
	assert_only_esp "$TESTLOG/wire.pcap"
	[ "$(iface_packets west vti7 tx)" -ge 6 ] || fail 'nothing went through vti7'
	assert_no_xfrm_errors west
	net_down "$1"
	kernels_empty
	wait_for 3 no_iface west vti7
	pair_stop
}
test_add vti_pluto_begins t_vti west
test_add vti_swan_begins t_vti east

# A mark alone: only packets that bear it are protected; and the tap for the clear text.
t_mark()
{
	pair_ready pluto
	net_pluto west tunnel 4 4 --conn-mark-out 0x10/0xf0 --nflog-group 5
	net_pluto east tunnel 4 4
	net_up west
	expect 'mark 0x10/0xf0' on_net west ip xfrm policy
	capture_start wire
	on west ping -n -q -c 3 -i 0.1 -W 1 -w 3 -m 21 -I 10.1.0.1 10.2.0.10 || fail 'not protected'
	capture_stop wire
	assert_only_esp "$TESTLOG/wire.pcap"
	# User Mode Linux has no tables that the script's iptables could fill.
	if on west iptables -w -N probe 2>/dev/null; then
		expect 'NFLOG.*--nflog-group 5|nflog-group 5' on west iptables -S
	fi
	net_down west
	expect_not NFLOG on west iptables -S
	kernels_empty
	pair_stop
}
test_add mark_out t_mark

# A device that simulates offload: the states are in it; another has none, and that is said.
t_offload()
{
	local dev

	need_kernel netdevsim
	pair_ready pluto bare
	net_pluto west tunnel 4 4 --nic-offload crypto --keyingtries 1 --esn=no
	net_pluto east tunnel 4 4
	whack_rc fail 20 'the network card does not offload it' west --name west-east --initiate
	kernels_empty
	echo '7 1' >/sys/bus/netdevsim/new_device
	dev=$(ls /sys/bus/netdevsim/devices/netdevsim7/net)
	ip link set "$dev" name sim7
	dev=sim7
	ip link set "$dev" netns "$(host_pid west)"
	host_ip west <<-END
		addr del $WEST/24 dev eth1
		addr add $WEST/24 dev $dev
		link set $dev up
		addr add 192.0.2.10/24 dev eth1
	END
	# its packets go out by the wire all the same
	on_net west ip route add "$EAST/32" dev eth1 src "$WEST"
	whack_on west --listen
	net_up west
	expect "crypto offload.*$dev|dev $dev" on_net west ip xfrm state
	net_down west
	kernels_empty
	pair_stop
}
test_add qemu.offload_crypto t_offload

# IP-TFS, rekeyed by both ends; one of them takes no fragments.  Of the peers Libreswan
# 5.2 has it, but finds none in this kernel.
t_iptfs()
{
	need_kernel iptfs
	pair_ready pluto
	net_pluto west tunnel 4 4 --iptfs
	net_pluto east tunnel 4 4 --iptfs --iptfs-fragmentation=no
	net_up west
	expect 'mode (iptfs|5)' on_net west ip xfrm state
	ping_ok sunset sunrise 5
	ping_ok sunrise sunset 3 -s 1300
	whack_on west --name west-east --rekey-child
	ping_ok sunset sunrise
	whack_on east --name west-east --rekey-child
	ping_ok sunset sunrise
	net_down west
	kernels_empty
	pair_stop
}
test_add qemu.iptfs t_iptfs

# Where the kernel has none the child says so.
t_iptfs_missing()
{
	pair_ready pluto
	net_pluto west tunnel 4 4 --iptfs --keyingtries 1
	net_pluto east tunnel 4 4
	whack_rc fail 20 'the kernel has no IP-TFS' west --name west-east --initiate
	kernels_empty
	pair_stop
}
test_add iptfs_missing_in_the_kernel t_iptfs_missing
