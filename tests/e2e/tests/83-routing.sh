# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Traps and acquires, shunts, and that nothing goes in clear where policy protects.

# route_both: the plain connection on both ends, west's is routed.
route_both() # [OPTION...]
{
	net_swan tunnel 4 4
	net_pluto west tunnel 4 4 "$@"
	whack_on west --name west-east --route
}

# In either role: the first packet of west, then of east, makes the tunnel.
t_trap() # swan|pluto
{
	pair_ready "$1" bare
	if [ "$1" = swan ]; then
		route_both
	else
		net_both tunnel 4 4
		whack_on west --name west-east --route
		whack_on east --name west-east --ondemand
	fi
	expect 'prospective erouted' whack_on west --connectionstatus
	expect 'trap' whack_on west --shuntstatus
	capture_start wire
	wait_for 40 on west ping -n -q -c 1 -W 1 -I 10.1.0.1 10.2.0.1
	ping_ok west 10.2.0.1 3 -I 10.1.0.1
	expect 'erouted; eroute owner: #[1-9]' whack_on west --connectionstatus
	whack_on west --name west-east --terminate
	if [ "$1" = pluto ]; then
		wait_for 40 on east ping -n -q -c 1 -W 1 -I 10.2.0.1 10.1.0.1
		whack_on east --name west-east --terminate
	fi
	# the trap is there again
	wait_for 40 on west ping -n -q -c 1 -W 1 -I 10.1.0.1 10.2.0.1
	capture_stop wire
	assert_only_esp "$TESTLOG/wire.pcap"
	whack_on west --name west-east --unroute
	whack_on west --name west-east --terminate
	wait_for 5 xfrm_is_empty west
}
test_add -t 240 routing_trap_swan t_trap swan
test_add -t 240 routing_trap_pluto t_trap pluto

# flows HOST SOURCE NETWORK COUNT: so many datagrams at once, each to another address and port of
# the /16 that begins with NETWORK.
flows()
{
	on "$1" python3 -c '
import socket, sys
source, net, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setblocking(False)
s.bind((source, 0))
for i in range(count):
    try:
        s.sendto(b"x", ("%s.%d.%d" % (net, i // 250, 1 + i % 250), 2000 + i))
    except OSError:
        pass' "$2" "$3" "$4"
}

# pluto_kib HOST: resident memory of its pluto.
pluto_kib()
{
	# shellcheck disable=SC2016
	on "$1" sh -c 'awk "/^VmRSS/ { print \$2 }" /proc/$(cat /run/pluto.test.pid)/status'
}

# 10,000 flows at once are one negotiation, and cost no memory.
t_storm()
{
	local before after

	pair_ready swan bare
	net_swan tunnel 4 4
	sed -i 's/remote_ts = .*/remote_ts = 10.1.0.0\/24/; s/local_ts = .*/local_ts = 10.2.0.0\/16/' \
		"$(host_file east /etc/swanctl/swanctl.conf)"
	swan_load east
	net_pluto west tunnel 4 4
	whack_on west --name west-east --delete
	whack_on west --name west-east --psk --encrypt --tunnel --pfs=no --ike "$E2E_IKE_ALG" \
		--esp "$E2E_ESP_ALG" --host "$WEST" --id @west --client 10.1.0.0/24 --to \
		--host "$EAST" --id @east --client 10.2.0.0/16
	whack_on west --name west-east --route
	before=$(pluto_kib west)
	flows west 10.1.0.1 10.2 10000
	wait_for 40 on west ping -n -q -c 1 -W 1 -I 10.1.0.1 10.2.0.1
	[ "$(grep -c 'IKE_SA_INIT to' "$(host_log west)/pluto.log")" -eq 1 ] ||
		fail 'more than one negotiation'
	[ "$(xfrm_count west)" -eq 2 ] || fail "$(xfrm_count west) states on west"
	after=$(pluto_kib west)
	[ $((after - before)) -lt 3072 ] || fail "from $before to $after KiB"
}
test_add -t 180 routing_storm t_storm

# 5,000 hosts that nobody answers for, by opportunistic policy: all are negotiated with, whack is answered meanwhile, a host that does answer gets its tunnel, and all ends with the
# group.
t_storm_hosts()
{
	local file begun answered

	pair_ready pluto
	file=$(host_file west /etc/ipsec.d/policies/private)
	mkdir -p "${file%/*}"
	printf '10.66.0.0/16\n%s/32\n' "$EAST" >"$file"
	host_ip west <<<'route add 10.66.0.0/16 via 192.0.2.9'
	host_ip west <<<'neigh replace 192.0.2.9 lladdr 02:00:00:00:00:99 dev eth1'
	whack_on west --name private --encrypt --auth-null --faildrop --retransmit-timeout 5 \
		--host "$WEST" --to --host %opportunisticgroup
	whack_on east --name clear-or-private --encrypt --auth-null --host "$EAST" --to --host %any
	whack_on west --name private --route
	flows west "$WEST" 10.66 5000
	begun=$(date +%s%N)
	whack_on west --rereadsecrets >/dev/null
	answered=$((($(date +%s%N) - begun) / 1000000))
	[ "$answered" -lt 3000 ] || fail "whack waited $answered ms"
	capture_start wire
	wait_for 60 on west ping -n -q -c 1 -W 1 "$EAST"
	capture_stop wire
	assert_only_esp "$TESTLOG/wire.pcap"
	whack_on west --name private --delete
	[ "$(grep -c 'IKE_SA_INIT to 10.66' "$(host_log west)/pluto.log")" -ge 4800 ] ||
		fail "only $(grep -c 'IKE_SA_INIT to 10.66' "$(host_log west)/pluto.log") hosts"
}
test_add -t 180 routing_storm_hosts t_storm_hosts

# Connections that only pass or drop go before a wider tunnel.
t_shunts()
{
	pair_ready swan bare
	net_both tunnel 4 4
	net_up west
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
	whack_on west --name no --drop --host 192.0.2.1 --client 10.1.0.0/24 \
		--to --host 192.0.2.2 --client 10.2.0.1/32
	whack_on west --name no --route
	expect 'action block' on_net west ip xfrm policy
	ping_fails west 10.2.0.1 1 -I 10.1.0.1
	whack_rc 30 5 'passes or drops' west --name no --initiate
	whack_on west --name no --unroute
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
	whack_on west --name yes --pass --host 192.0.2.1 --client 10.1.0.0/24 \
		--to --host 192.0.2.2 --client 10.2.0.1/32
	whack_on west --name yes --route
	capture_start wire
	on west ping -n -q -c 2 -i 0.2 -W 1 -I 10.1.0.1 10.2.0.1 || true
	capture_stop wire
	assert_no_esp "$TESTLOG/wire.pcap"
	whack_on west --name yes --delete
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
}
test_add -t 180 routing_pass_and_drop t_shunts

# Somebody flushes the kernel: policies and states stand again, nothing leaks for long.
t_flush()
{
	pair_ready swan bare
	route_both
	net_up west
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
	on_net west ip xfrm state flush
	wait_for 40 on west ping -n -q -c 1 -W 1 -I 10.1.0.1 10.2.0.1
	expect 'somebody removed its states' cat "$(host_log west)/pluto.log"
	on_net west ip xfrm policy flush
	wait_for 2 policies_are 3
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
	expect 'policies from the kernel: they stand again' cat "$(host_log west)/pluto.log"
}
policies_are() # COUNT
{
	[ "$(xfrm_policies west)" -eq "$1" ]
}
test_add -t 180 routing_flush t_flush

# What failure leaves: the trap, a drop, a pass.
t_failure() # OPTION VERDICT
{
	pair_ready swan bare
	net_pluto west tunnel 4 4 --retransmit-timeout 2 "$1"
	whack_on west --name west-east --route
	swan_stop east
	capture_start wire
	on west ping -n -q -c 1 -W 4 -I 10.1.0.1 10.2.0.1 || true
	wait_for 5 failed_is "$2"
	on west ping -n -q -c 2 -i 0.2 -W 1 -I 10.1.0.1 10.2.0.1 || true
	capture_stop wire
	if [ "$2" = pass ]; then
		[ "$(pcap_count "$TESTLOG/wire.pcap" "icmp[icmptype] == icmp-echo")" -gt 0 ] || fail 'nothing passed'
	else
		[ "$(pcap_count "$TESTLOG/wire.pcap" "icmp[icmptype] == icmp-echo")" -eq 0 ] || fail 'clear packets'
	fi
}
failed_is() # WORD
{
	whack_on west --shuntstatus | grep -q "%$1; fail erouted"
}
test_add -t 180 routing_failure_none t_failure --failnone trap
test_add -t 180 routing_failure_drop t_failure --faildrop drop
test_add -t 180 routing_failure_pass t_failure --failpass pass

# SIGKILL and restart under traffic: not one clear packet, because the connection says so.
t_restart() # [PLUTO_ARG]
{
	local traffic

	pair_ready swan bare
	route_both --fail-closed
	net_up west
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
	capture_start wire
	on west ping -n -q -i 0.02 -w 12 -I 10.1.0.1 10.2.0.1 >"$TESTLOG/ping" 2>&1 &
	traffic=$!
	sleep 0.5
	pluto_crash west
	sleep 0.5
	pluto_start west "$@"
	sleep 0.5
	net_pluto west tunnel 4 4 --fail-closed
	whack_on west --name west-east --route
	whack_on west --listen
	wait_for 40 on west ping -n -q -c 1 -W 1 -I 10.1.0.1 10.2.0.1
	# a clean stop keeps them too
	pluto_stop west
	sleep 0.3
	pluto_start west
	net_pluto west tunnel 4 4 --fail-closed
	whack_on west --name west-east --route
	whack_on west --listen
	wait $traffic || true
	capture_stop wire
	assert_only_esp "$TESTLOG/wire.pcap"
	# what is not routed anew goes when pluto listens
	pluto_stop west
	[ "$(xfrm_policies west)" -gt 0 ] || fail 'nothing stayed'
	pluto_start west
	[ "$(xfrm_policies west)" -gt 0 ] || fail 'it went before pluto listens'
	whack_on west --listen
	# what a packet asked for while nobody listened the kernel forgets after 30 s
	wait_for 35 xfrm_is_empty west
}
test_add -t 240 routing_restart_fail_closed t_restart
test_add -t 240 routing_cold_restart_fail_closed t_restart --no-hot-restart

# A changed definition takes the place of the old one while traffic flows.
t_replace() # swan|pluto
{
	local traffic

	pair_ready "$1" bare
	net_both tunnel 4 4
	whack_on west --name west-east --route
	net_up west
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
	capture_start wire
	on west ping -n -q -i 0.02 -w 10 -I 10.1.0.1 10.2.0.1 >"$TESTLOG/ping" 2>&1 &
	traffic=$!
	net_pluto west tunnel 4 4 --metric 5
	wait_for 30 replaced
	wait_for 30 on west ping -n -q -c 1 -W 1 -I 10.1.0.1 10.2.0.1
	wait $traffic || true
	capture_stop wire
	cat "$TESTLOG/ping"
	assert_only_esp "$TESTLOG/wire.pcap"
	expect 'unchanged' net_pluto west tunnel 4 4 --metric 5
	whack_on west --name west-east --delete
	wait_for 5 xfrm_is_empty west
}
replaced() # one established child, and it is not the first
{
	[ "$(whack_on west --trafficstatus | wc -l)" -eq 1 ] && [ "$(xfrm_count west)" -eq 2 ] &&
		! whack_on west --trafficstatus | grep -q '#2:'
}
test_add -t 180 routing_replace_swan t_replace swan
test_add -t 180 routing_replace_pluto t_replace pluto

# A group of networks: who can speak IPsec is protected, who cannot is spoken to in clear.
t_group()
{
	local file

	pair_ready pluto bare
	file=$(host_file west /etc/ipsec.d/policies/private-or-clear)
	mkdir -p "${file%/*}"
	echo '192.0.2.0/28 # the neighbours' >"$file"
	whack_on west --name private-or-clear --encrypt --auth-null --failpass \
		--retransmit-timeout 2 --host 192.0.2.1 --to --host %opportunisticgroup
	whack_on west --name private-or-clear --route
	expect "private-or-clear#192.0.2.0/28" whack_on west --shuntstatus
	whack_on east --name any --encrypt --auth-null --host 192.0.2.2 --to --host %any
	capture_start wire
	wait_for 40 on west ping -n -q -c 1 -W 1 192.0.2.2
	ping_ok west 192.0.2.2 3
	capture_stop wire
	assert_only_esp "$TESTLOG/wire.pcap"
	expect '"private-or-clear#192.0.2.0/28"\[1\] 192.0.2.2' whack_on west --trafficstatus
	# now nobody answers there
	whack_on west --name private-or-clear --terminate
	whack_on east --name any --delete
	on west ping -n -q -c 1 -W 1 192.0.2.2 || true
	wait_for 20 group_passes
	on west ping -n -q -c 2 -i 0.2 -W 1 192.0.2.2
	# another network in the file, and this one gone
	echo '198.51.100.0/24' >"$file"
	expect '1 networks: 1 added, 0 replaced, 1 removed' whack_on west --rereadgroups
	expect 'private-or-clear#198.51.100.0/24' whack_on west --shuntstatus
	echo '198.51.100.0' >"$file.new" && echo 'ten' >>"$file.new" && mv "$file.new" "$file"
	whack_rc 33 5 'private-or-clear:2:1: "ten" is no network' west --rereadgroups
	whack_on west --name private-or-clear --delete
	[ "$(xfrm_policies west)" -eq 0 ] || fail 'policies are left on west'
}
group_passes()
{
	whack_on west --shuntstatus | grep -q '%pass; fail erouted'
}
test_add -t 240 routing_group t_group
