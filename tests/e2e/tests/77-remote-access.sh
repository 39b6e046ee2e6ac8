# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Remote access: addresses of pools handed to strongSwan, and pluto as the client
# of strongSwan's pools, with name servers, split and full tunnels.

RA_SECRET='not much of a secret'

# ra_server: west hands out addresses.
ra_server()
{
	whack_on west --name road --psk --encrypt --tunnel \
		--host "$WEST" --id @west --client 10.1.0.0/24,fd00:1::/64 --to \
		--host %any --id @east --addresspool 10.9.0.0/24,fd00:9::/64 \
		--modecfgdns 10.1.0.53,fd00:1::53 --modecfgdomains corp.example \
		--ike "$E2E_IKE_ALG" --esp "$E2E_ESP_ALG" --pfs=no
}

# ra_swan_client [LINE]: strongSwan asks for addresses.
ra_swan_client()
{
	swan_conf east <<-END
		connections { net {
			version = 2
			${1:-}
			local_addrs = $EAST
			remote_addrs = $WEST
			vips = 0.0.0.0, ::
			proposals = $E2E_SWAN_IKE
			local { auth = psk
				id = @east }
			remote { auth = psk
				id = @west }
			children { net {
				remote_ts = 10.1.0.0/24,fd00:1::/64
				esp_proposals = $E2E_SWAN_ESP
			} }
		} }
		secrets { ike-1 { secret = "$RA_SECRET" } }
	END
}

t_ra_server()
{
	pair_ready swan
	ra_server
	ra_swan_client
	net_up east
	expect 'inet 10.9.0.1/32' on_net east ip addr
	expect 'inet6 fd00:9::1/128' on_net east ip addr
	capture_start wire
	ping_ok east sunset 3 -I 10.9.0.1
	ping_ok east sunset6 3 -I fd00:9::1
	capture_stop wire
	assert_only_esp "$TESTLOG/wire.pcap"
	expect 'CPRP\(ADDR ADDR6 DNS DNS6' swan_log east
	expect 'address pool 10.9.0.0/24: 254 addresses, 1 leases in-use, 253 free' \
		whack_on west --addresspoolstatus
	expect 'lease 10.9.0.1 to @?east, in use' whack_on west --addresspoolstatus
	assert_no_xfrm_errors west
	swan_terminate east
	kernels_empty
	expect 'lease 10.9.0.1 to @?east, reusable' whack_on west --addresspoolstatus
	# It comes back to the same address.
	net_up east
	expect 'inet 10.9.0.1/32' on_net east ip addr
	ping_ok east sunset 1 -I 10.9.0.1
	swan_terminate east
	kernels_empty
	pair_stop
}
test_add remote_access_server t_ra_server

# IKE_AUTH without a child gives the addresses; the child follows (RFC 6023 5).
t_ra_server_childless()
{
	pair_ready swan
	ra_server
	ra_swan_client 'childless = force'
	net_up east
	expect 'asks for no child yet' pluto_log west
	expect 'inet 10.9.0.1/32' on_net east ip addr
	expect 'inet6 fd00:9::1/128' on_net east ip addr
	ping_ok east sunset 3 -I 10.9.0.1
	ping_ok east sunset6 3 -I fd00:9::1
	expect 'CPRP\(ADDR ADDR6 DNS DNS6' swan_log east
	expect 'generating CREATE_CHILD_SA request' swan_log east
	assert_no_xfrm_errors west
	swan_terminate east
	kernels_empty
	pair_stop
}
test_add remote_access_childless_server t_ra_server_childless

# What cannot be given is said, and the other family is given.
t_ra_used_up()
{
	pair_ready swan
	whack_on west --name road --psk --encrypt --tunnel \
		--host "$WEST" --id @west --client 10.1.0.0/24,fd00:1::/64 --to \
		--host %any --id @east --addresspool fd00:9::7/128 \
		--ike "$E2E_IKE_ALG" --esp "$E2E_ESP_ALG" --pfs=no && fail 'the families do not meet'
	whack_on west --name road --psk --encrypt --tunnel \
		--host "$WEST" --id @west --client fd00:1::/64 --to \
		--host %any --id @east --addresspool fd00:9::7/128 \
		--ike "$E2E_IKE_ALG" --esp "$E2E_ESP_ALG" --pfs=no
	ra_swan_client
	net_up east
	expect 'inet6 fd00:9::7/128' on_net east ip addr
	ping_ok east sunset6 2 -I fd00:9::7
	swan_terminate east
	kernels_empty
	pair_stop
}
test_add remote_access_one_family t_ra_used_up

# ra_swan_server TS [LINE]: strongSwan hands out addresses, for these networks.
ra_swan_server()
{
	swan_conf east <<-END
		connections { net {
			version = 2
			${2:-}
			local_addrs = $EAST
			remote_addrs = $WEST
			pools = four, six
			proposals = $E2E_SWAN_IKE
			local { auth = psk
				id = @east }
			remote { auth = psk
				id = @west }
			children { net {
				local_ts = $1
				esp_proposals = $E2E_SWAN_ESP
			} }
		} }
		pools {
			four { addrs = 10.9.0.0/24
				dns = 10.2.0.53, 10.2.0.54
				25 = corp.example }
			six { addrs = fd00:9::/120 }
		}
		secrets { ike-1 { secret = "$RA_SECRET" } }
	END
}

# ra_client CLIENT [ARG]...: west asks for addresses to reach these networks.
ra_client()
{
	local there=$1

	shift
	whack_on west --name west-east --psk --encrypt --tunnel \
		--host "$WEST" --id @west --srcip %config --to \
		--host "$EAST" --id @east --client "$there" \
		--ike "$E2E_IKE_ALG" --esp "$E2E_ESP_ALG" --pfs=no "$@"
}

t_ra_client()
{
	local resolv

	pair_ready swan
	resolv=$(host_file west /etc/resolv.conf)
	printf 'nameserver 192.0.2.99\nsearch home.example\n' >"$resolv"
	ra_swan_server 10.2.0.0/24,fd00:3::/64
	ra_client 10.2.0.0/24,fd00:3::/64
	net_up west
	expect 'inet 10.9.0.1/32' on_net west ip addr show dev lo
	expect 'inet6 fd00:9::1/128' on_net west ip addr show dev lo
	expect 'src 10.9.0.1' on_net west ip route get 10.2.0.10
	cat "$resolv"
	head -n 3 "$resolv" | grep -q '^nameserver 10.2.0.53$' || fail 'not the first name server'
	grep -q '^search corp.example home.example$' "$resolv" || fail 'no search domain'
	grep -q '^nameserver 192.0.2.99$' "$resolv" || fail 'the old name server is gone'
	capture_start wire
	ping_ok west sunrise
	ping_ok west sunrise6
	capture_stop wire
	assert_only_esp "$TESTLOG/wire.pcap"
	net_down west
	kernels_empty
	expect_gone 'inet6? (10.9.0.1|fd00:9::1)' on_net west ip addr show dev lo
	expect_gone 10.2.0.53 cat "$resolv"
	[ "$(cat "$resolv")" = "$(printf 'nameserver 192.0.2.99\nsearch home.example\n')" ] ||
		fail 'resolv.conf is not as before'
	pair_stop
}
test_add remote_access_client t_ra_client

t_ra_client_childless()
{
	pair_ready swan
	ra_swan_server 10.2.0.0/24 'childless = allow'
	ra_client 10.2.0.0/24 --childless=force
	net_up west
	expect 'the peer gave us 10.9.0.1' pluto_log west
	expect 'inet 10.9.0.1/32' on_net west ip addr show dev lo
	expect 'parsed CREATE_CHILD_SA request' swan_log east
	ping_ok west sunrise
	net_down west
	kernels_empty
	pair_stop
}
test_add remote_access_childless_client t_ra_client_childless

# Everything goes through the tunnel, but IKE and ESP themselves.
t_ra_full()
{
	pair_ready swan
	ra_swan_server 0.0.0.0/0
	ra_client 0.0.0.0/0
	net_up west
	expect '^0.0.0.0/1 .*src 10.9.0.1' on_net west ip route
	capture_start wire
	ping_ok west sunrise
	capture_stop wire
	assert_only_esp "$TESTLOG/wire.pcap"
	net_down west
	kernels_empty
	expect_gone '10.9.0.1' on_net west ip route
	pair_stop
}
test_add remote_access_full_tunnel t_ra_full

# systemd-resolved is told, and told to forget.
t_ra_resolved()
{
	local dir real

	[ -x "$BUILD/pluto" ] || skip "no $BUILD/pluto"
	topo_pair
	pluto_ready west --dns-resolver systemd
	swan_start east "${E2E_NO_COOKIE[@]}"
	real=$(realpath "$BUILD/_updown")
	dir=$(host_file west /run)
	mkdir -p "$dir/bin"
	printf '#!/bin/sh\necho "$*" >>/var/log/resolvectl.log\n' >"$dir/bin/resolvectl"
	# shellcheck disable=SC2016 # it is the script that expands
	printf '#!/bin/sh\nPATH=/run/bin:$PATH exec %s "$@"\n' "$real" >"$dir/updown"
	chmod 755 "$dir/bin/resolvectl" "$dir/updown"
	ra_swan_server 10.2.0.0/24
	whack_on west --name west-east --psk --encrypt --tunnel \
		--host "$WEST" --id @west --srcip %config --updown /run/updown --to \
		--host "$EAST" --id @east --client 10.2.0.0/24 \
		--ike "$E2E_IKE_ALG" --esp "$E2E_ESP_ALG" --pfs=no
	net_up west
	expect '^dns eth1 10.2.0.53 10.2.0.54$' cat "$(host_log west)/resolvectl.log"
	expect '^domain eth1 corp.example$' cat "$(host_log west)/resolvectl.log"
	expect_not '^revert' cat "$(host_log west)/resolvectl.log"
	net_down west
	kernels_empty
	wait_for 5 grep -q '^revert eth1$' "$(host_log west)/resolvectl.log"
	pair_stop
}
test_add remote_access_resolved t_ra_resolved

# Two plutos: pool and client are both ours.
t_ra_pluto()
{
	pair_ready pluto
	ra_server
	whack_on east --name east-west --psk --encrypt --tunnel \
		--host "$EAST" --id @east --modecfgclient --to \
		--host "$WEST" --id @west --client 10.1.0.0/24,fd00:1::/64 \
		--ike "$E2E_IKE_ALG" --esp "$E2E_ESP_ALG" --pfs=no
	whack_on east --name east-west --initiate
	expect 'inet 10.9.0.1/32' on_net east ip addr show dev lo
	ping_ok east sunset 3
	ping_ok east sunset6 3
	whack_on east --name east-west --terminate
	kernels_empty
	pair_stop
}
test_add remote_access_pluto_both t_ra_pluto

# What else the gateway says reaches the client's script, and of one identity each SA has an address of its own.
t_ra_words()
{
	local script

	pair_ready pluto
	whack_on west --name road --psk --encrypt --tunnel --host "$WEST" --id @west --client 10.1.0.0/24 \
		--modecfgbanner 'mind the gap' --share-lease=no --to --host %any --id @east --addresspool 10.9.0.0/24 \
		--ike "$E2E_IKE_ALG" --esp "$E2E_ESP_ALG" --pfs=no
	script=$(host_file east /etc/)said
	# shellcheck disable=SC2016 # it is the script that expands
	printf '#!/bin/sh\necho "$PLUTO_VERB $PLUTO_PEER_BANNER" >> /var/log/said.log\n' >"$script"
	chmod 755 "$script"
	whack_on east --name east-west --psk --encrypt --tunnel --host "$EAST" --id @east --modecfgclient \
		--updown /etc/said --to --host "$WEST" --id @west --client 10.1.0.0/24 \
		--ike "$E2E_IKE_ALG" --esp "$E2E_ESP_ALG" --pfs=no
	whack_on east --name east-west --initiate
	expect '^up-client mind the gap$' cat "$(host_log east)/said.log"
	expect 'lease 10.9.0.1 to @?east, in use' whack_on west --addresspoolstatus
	whack_on east --name east-west --terminate
	kernels_empty
	pair_stop
}
test_add remote_access_words t_ra_words
