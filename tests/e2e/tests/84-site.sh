# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What a site builds around pluto: many peers at once, scripts that misbehave,
# a firewall, and a database as the source of truth.

E2E_EXAMPLES=$E2E_HERE/../../doc/examples
ROAD_PEERS=20

# Twenty peers with a namespace each, through one template and an address pool.
t_road()
{
	local i

	[ -x "$BUILD/pluto" ] || skip "no $BUILD/pluto"
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
		route add 10.9.0.0/24 via 192.0.2.99
	END
	for i in $(seq $ROAD_PEERS); do
		host_make "p$i"
		cables "p$i" eth1 wire "p$i"
		echo "link set p$i master br0 up" | host_ip wire
		host_ip "p$i" <<-END
			link set eth1 up
			addr add 192.0.2.$((100 + i))/24 dev eth1
			route add default via 192.0.2.2
		END
		echo "@p$i @east : PSK \"secret of p$i\""
	done >"$TESTLOG/secrets"
	pluto_secrets east <"$TESTLOG/secrets"
	pluto_start east
	whack_on east --name road --psk --encrypt --tunnel --ike "$E2E_IKE_ALG" --esp "$E2E_ESP_ALG" \
		--pfs=no --host 192.0.2.2 --id @east --client 10.2.0.0/24 \
		--to --host %any --id %any --addresspool 10.9.0.0/24
	whack_on east --listen
	for i in $(seq $ROAD_PEERS); do
		pluto_secrets "p$i" <<<"@p$i @east : PSK \"secret of p$i\""
		pluto_start "p$i"
		whack_on "p$i" --name net --psk --encrypt --tunnel --ike "$E2E_IKE_ALG" \
			--esp "$E2E_ESP_ALG" --pfs=no --host "192.0.2.$((100 + i))" --id "@p$i" \
			--srcip %config --to --host 192.0.2.2 --id @east --client 10.2.0.0/24
		whack_on "p$i" --listen
	done
	# all at once
	for i in $(seq $ROAD_PEERS); do
		whack_on "p$i" --asynchronous --name net --initiate
	done
	wait_for 60 road_has $((2 * ROAD_PEERS))
	capture_start wire
	for i in $(seq $ROAD_PEERS); do
		wait_for 20 on "p$i" ping -n -q -c 1 -W 1 10.2.0.1
	done
	capture_stop wire
	assert_only_esp "$TESTLOG/wire.pcap"
	expect "$ROAD_PEERS leases in-use" whack_on east --addresspoolstatus
	[ "$(whack_on east --addresspoolstatus | grep -o 'lease 10[.0-9]*' | sort -u | wc -l)" -eq \
		$ROAD_PEERS ] || fail 'an address was given twice'
	[ "$(whack_on east --trafficstatus | grep -c '"road"\[')" -eq $ROAD_PEERS ] ||
		fail 'not every peer is shown'
	whack_on east --name road --terminate
	wait_for 10 road_has 0
	[ "$(xfrm_policies east)" -eq 0 ] || fail 'policies are left on east'
}
road_has() # STATES
{
	[ "$(xfrm_count east)" -eq "$1" ]
}
test_add -t 420 site_twenty_peers t_road

# A thousand peers, each with an identity and an address of its own, from one process.
t_crowd() # COUNT SECONDS
{
	local crowd count=$1

	[ -x "$BUILD/many" ] || skip "no $BUILD/many"
	host_make east
	host_make crowd
	cables east eth1 crowd eth1
	host_ip east <<-END
		link set eth1 up
		addr add 192.0.2.2/24 dev eth1
		route add 10.66.0.0/16 via 192.0.2.9
		route add 10.9.0.0/16 via 192.0.2.9
	END
	host_ip crowd <<-END
		link set eth1 up
		addr add 192.0.2.9/24 dev eth1
		route add local 10.66.0.0/16 dev lo
	END
	pluto_secrets east <<<'%any @east : PSK "many"'
	pluto_start east
	whack_on east --name road --psk --encrypt --tunnel --host 192.0.2.2 --id @east \
		--client 10.2.0.0/16 --to --host %any --id %any --addresspool 10.9.0.0/16
	whack_on east --listen
	on crowd sh -c "sleep 60 | $BUILD/many 192.0.2.2 $count" >"$TESTLOG/many" 2>&1 &
	crowd=$!
	wait_for "$2" grep -q "^$count up, 0 failed" "$TESTLOG/many"
	[ "$(xfrm_count east)" -eq $((2 * count)) ] || fail "east has $(xfrm_count east) states for $count"
	expect "$count leases in-use" whack_on east --addresspoolstatus
	whack_rc 0 1 "active $count" east --briefstatus
	wait $crowd || fail 'not all of them came up and went down'
	cat "$TESTLOG/many"
	wait_for 10 road_has 0
	[ "$(xfrm_policies east)" -eq 0 ] || fail 'policies are left on east'
}
test_add -t 240 site_fifty_peers t_crowd 50 150
test_add -t 900 soak.site_thousand_peers t_crowd 1000 600

# One connection's script hangs, another's talks without end: a hundred other
# tunnels are made and replaced meanwhile, and IKE answers at once.
t_scripts()
{
	local start

	pair_ready pluto bare
	script_put west <<-'END'
		#!/bin/sh
		trap '' TERM
		case $PLUTO_CONNECTION:$PLUTO_VERB in
		hang:up-client) while :; do sleep 1; done ;;
		chat:up-client) head -c 100000000 /dev/zero | tr '\0' 'x' ;;
		esac
	END
	site_many west ''
	site_many east ''
	site_one hang 10.1.4.0/24
	site_one chat 10.1.5.0/24
	start=$SECONDS
	whack_on west --asynchronous --name hang --initiate
	whack_on west --asynchronous --name chat --initiate
	whack_on west --asynchronous --name many --initiate
	wait_for 60 site_has 100 many
	whack_on west --name many --rekey-child
	on east "$E2E_HERE/half-open" 192.0.2.2 192.0.2.1 1 || fail 'IKE does not answer'
	[ "$(whack_on west --trafficstatus | grep -c '"many/')" -eq 100 ] || fail 'a tunnel was lost'
	pluto_wait_log west 30 'status 137'
	[ "$(wc -c <"$(host_log west)/pluto.log")" -lt 2000000 ] || fail 'the log is full of its words'
	wait_for 30 site_has 1 chat
	echo "$((SECONDS - start)) s"
	whack_on west --name many --delete
	whack_on west --name chat --delete
	whack_on west --name hang --delete
	wait_for 10 xfrm_is_empty west
}
site_many() # HOST: ten networks here, ten there
{
	local i left=10.1.0.0/28 right=10.2.0.0/28

	for i in $(seq 1 9); do
		left=$left,10.1.0.$((i * 16))/28
		right=$right,10.2.0.$((i * 16))/28
	done
	whack_on "$1" --name many --psk --encrypt --tunnel --ike "$E2E_IKE_ALG" --esp "$E2E_ESP_ALG" \
		--pfs=no --host 192.0.2.1 --id @west --subnets "$left" --updown %disabled \
		--to --host 192.0.2.2 --id @east --subnets "$right" --updown %disabled
}
site_one() # NAME NETWORK: on both hosts, with a script on west
{
	local host

	for host in west east; do
		whack_on "$host" --name "$1" --psk --encrypt --tunnel --ike "$E2E_IKE_ALG" \
			--esp "$E2E_ESP_ALG" --pfs=no --host 192.0.2.1 --id @west --client "$2" \
			--updown /etc/updown --to --host 192.0.2.2 --id @east --client 10.2.0.0/24 \
			--updown %disabled
	done
}
site_has() # COUNT NAME
{
	[ "$(whack_on west --trafficstatus | grep -c "\"$2[/\"]")" -eq "$1" ]
}
test_add -t 300 site_scripts_misbehave t_scripts

# The firewall lets in what comes out of a tunnel that is up, and nothing else.
t_nftables()
{
	local hooks

	pair_ready swan bare
	net_swan tunnel 4 4
	hooks=$(host_file west /etc/ipsec.d/updown.d)
	mkdir -p "$hooks"
	cp "$E2E_EXAMPLES/nftables/50-nftables" "$hooks/"
	chmod 755 "$hooks/50-nftables"
	on_net west nft -f "$E2E_EXAMPLES/nftables/ruleset.nft" || skip 'no nftables with sets of pairs'
	net_pluto west tunnel 4 4
	net_up west
	expect '10.2.0.0/24 . 10.1.0.0/24' on_net west nft list set inet vpn tunnels4
	ping_ok west 10.2.0.1 2 -I 10.1.0.1
	ping_ok east 10.1.0.1 2 -I 10.2.0.1
	on_net west nft flush set inet vpn tunnels4
	ping_fails east 10.1.0.1 1 -I 10.2.0.1
	net_down west
	kernels_empty
	net_up west
	ping_ok east 10.1.0.1 1 -I 10.2.0.1
	net_down west
	expect_gone '10.2.0.0' on_net west nft list set inet vpn tunnels4
	kernels_empty
}
test_add -t 180 site_nftables t_nftables

# Rows of a database become connections, change them, and take them away.
t_sqlite()
{
	[ -x /usr/bin/sqlite3 ] || skip 'no sqlite3'
	pair_ready swan bare
	net_swan tunnel 4 4
	on west sqlite3 /etc/vpn.db <"$E2E_EXAMPLES/sqlite/schema.sql"
	on west sqlite3 /etc/vpn.db <<-END
		INSERT INTO connection VALUES ('berlin', 'up');
		INSERT INTO setting VALUES
			('berlin', '', 'psk', ''), ('berlin', '', 'encrypt', ''), ('berlin', '', 'pfs', 'no'),
			('berlin', '', 'ike', '$E2E_IKE_ALG'), ('berlin', '', 'esp', '$E2E_ESP_ALG'),
			('berlin', 'left', 'host', '192.0.2.1'), ('berlin', 'left', 'id', '@west'),
			('berlin', 'left', 'client', '10.1.0.0/24'),
			('berlin', 'right', 'host', '192.0.2.2'), ('berlin', 'right', 'id', '@east'),
			('berlin', 'right', 'client', '10.2.0.0/24');
		INSERT INTO connection VALUES ('oslo', 'add');
		INSERT INTO setting VALUES ('oslo', 'left', 'host', '192.0.2.1');
	END
	expect 'no --host of the right end' site_push
	wait_for 20 site_has 1 berlin
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
	# what pluto refused is still queued, and goes when it is mended
	[ "$(on west sqlite3 /etc/vpn.db 'SELECT group_concat(DISTINCT name) FROM change')" = oslo ] ||
		fail 'the queue holds something else'
	on west sqlite3 /etc/vpn.db "PRAGMA foreign_keys = ON; DELETE FROM connection WHERE name = 'oslo'"
	site_push
	# nothing has changed
	on west sqlite3 /etc/vpn.db "UPDATE setting SET value = value"
	expect 'unchanged' site_push
	expect '#2' whack_on west --trafficstatus
	on west sqlite3 /etc/vpn.db "INSERT INTO setting VALUES ('berlin', '', 'metric', '7')"
	expect 'replaced' site_push
	wait_for 20 on west ping -n -q -c 1 -W 1 -I 10.1.0.1 10.2.0.1
	on west sqlite3 /etc/vpn.db "PRAGMA foreign_keys = ON; DELETE FROM connection"
	site_push
	kernels_empty
	[ "$(on west sqlite3 /etc/vpn.db 'SELECT count(*) FROM change')" -eq 0 ] || fail 'changes are left'
}
site_push()
{
	on west env "WHACK=$BUILD/whack --ctlsocket $PLUTO_RUN/pluto.ctl" \
		timeout 60 "$E2E_EXAMPLES/sqlite/push" /etc/vpn.db 2>&1 || true
}
test_add -t 180 site_database t_sqlite

# cygnet ARG...: the client in Python, beside west's pluto.
cygnet()
{
	on west timeout 60 python3 "$E2E_EXAMPLES/python/cygnet.py" \
		--ctlsocket "$PLUTO_RUN/pluto.ctl" --protocol "$BUILD/schemas/protocol.json" "$@"
}

# A program that has only doc/protocol.md and the tables adds a tunnel and brings it up.
t_python()
{
	[ -x /usr/bin/python3 ] || skip 'no python3'
	pair_ready swan bare
	net_swan tunnel 4 4
	cygnet add berlin psk encrypt tunnel pfs=no "ike=$E2E_IKE_ALG" "esp=$E2E_ESP_ALG" \
		left.host=192.0.2.1 left.id=@west left.client=10.1.0.0/24 \
		right.host=192.0.2.2 right.id=@east right.client=10.2.0.0/24
	expect 'tunnel established' cygnet initiate berlin
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
	expect '"record": "child_sas".*"established": true' cygnet status
	expect '"record": "traffic", .*"type": "ESP", ' cygnet trafficstatus berlin
	fails_with 21 'no connection' cygnet initiate oslo
	fails_with 33 'no option "left.hots"' cygnet add oslo left.hots=192.0.2.1
	fails_with 33 'no verb "frobnicate"' cygnet frobnicate
	fails_with 50 'needs a name' cygnet initiate
	cygnet delete berlin
	kernels_empty
	pluto_stop west
	fails_with 1 'not running' cygnet status
	swan_stop east
}
test_add site_python_client t_python

# The example of libcygnet-ctl, compiled as its first lines say, does the same.
tunnels()
{
	on west env "TUNNELS_SOCKET=$PLUTO_RUN/pluto.ctl" timeout 60 "$TESTLOG/tunnels" "$@"
}

t_library()
{
	local cc=gcc

	command -v $cc >/dev/null || skip "no $cc"
	$cc -Wall -Wextra -Werror -I"$E2E_HERE/../../include" -o "$TESTLOG/tunnels" \
		"$E2E_EXAMPLES/c/tunnels.c" -L"$BUILD" -Wl,-rpath,"$BUILD" -lcygnet-ctl
	pair_ready swan bare
	net_swan tunnel 4 4
	tunnels add berlin psk encrypt tunnel pfs=no "ike=$E2E_IKE_ALG" "esp=$E2E_ESP_ALG" \
		left.host=192.0.2.1 left.id=@west left.client=10.1.0.0/24 \
		right.host=192.0.2.2 right.id=@east right.client=10.2.0.0/24
	expect 'tunnel established' tunnels up berlin
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
	expect '^berlin +up +192.0.2.2' tunnels
	expect '^berlin +[1-9][0-9]* octets in, [1-9]' tunnels
	on west sh -c "TUNNELS_SOCKET=$PLUTO_RUN/pluto.ctl timeout 2 $TESTLOG/tunnels watch berlin" \
		>"$TESTLOG/watched" &
	sleep 0.5
	whack_on west --name berlin --terminate
	wait_for 5 grep -q '^event.* connection=berlin' "$TESTLOG/watched"
	fails_with 21 'no connection' tunnels up oslo
	fails_with 33 'no option "left.hots"' tunnels add oslo left.hots=192.0.2.1
	tunnels delete berlin
	kernels_empty
	pluto_stop west
	fails_with 1 'not running' tunnels
	swan_stop east
}
test_add site_c_library t_library

# bird_start HOST CONF
bird_start()
{
	on "$1" bird -c "$2" -s /run/bird.ctl -P /run/bird.pid || fail "no BIRD on $1"
	wait_for 5 test -s "$(host_file "$1" /run/bird.pid)"
}
bird_stop() # HOST
{
	# shellcheck disable=SC2016
	on "$1" sh -c 'kill "$(cat /run/bird.pid)"'
}
learnt() # FAMILY NETWORK
{
	on_net inside ip "$1" route show proto bird "$2" | grep -q .
}
not_learnt()
{
	! learnt "$@"
}

# The site's routers learn of a network behind a tunnel when it comes, and forget it when it goes.
t_bird()
{
	local conf

	command -v bird >/dev/null || skip 'no BIRD'
	pair_ready swan bare
	net_swan tunnel 4 4
	host_make inside
	echo 'link del eth0' | host_ip west
	cables west eth0 inside eth0
	host_ip west <<-END
		link set eth0 up
		addr add 10.1.0.1/24 dev eth0
	END
	host_ip inside <<-END
		link set eth0 up
		addr add 10.1.0.10/24 dev eth0
	END
	net_pluto west tunnel 4 4
	whack_on west --listen
	for host in west inside; do
		conf=$(host_file "$host" /etc/bird.conf)
		cp "$E2E_EXAMPLES/bird/bird.conf" "$conf"
	done
	sed -i 's/^router id .*/router id 10.1.0.10;/' "$conf"
	bird_start west /etc/bird.conf
	bird_start inside /etc/bird.conf
	net_up west
	wait_for 30 learnt -4 10.2.0.0/24
	on_net inside ping -n -q -c 2 -i 0.2 -W 2 10.2.0.1 || fail 'no way through the tunnel'
	expect 'proto 50' on_net west ip route show 10.2.0.0/24
	net_down west
	wait_for 15 not_learnt -4 10.2.0.0/24
	net_up west
	wait_for 15 learnt -4 10.2.0.0/24
	net_down west
	bird_stop west
	bird_stop inside
}
test_add -t 180 site_bird t_bird
