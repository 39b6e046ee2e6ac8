# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What pluto does to the host: updown scripts, the kernel's states and policies,
# and what is left of them after a crash.

# script_put HOST <<END: the host's /etc/updown.
script_put()
{
	cat >"$(host_file "$1" /etc/updown)"
	chmod 755 "$(host_file "$1" /etc/updown)"
}

# The default script: a route with the source address, gone again afterwards.
t_updown_default()
{
	pair_ready swan
	net_swan tunnel 4 4
	whack_on west --name west-east --psk --encrypt --tunnel \
		--host "$WEST" --id @west --client 10.1.0.0/24 --srcip 10.1.0.1 --to \
		--host "$EAST" --id @east --client 10.2.0.0/24 --mtu 1400 --metric 7
	net_up west
	expect '10\.2\.0\.0/24 .*dev eth1 .*src 10\.1\.0\.1 .*metric 7' on_net west ip route
	expect 'mtu 1400' on_net west ip route
	# The gateway itself reaches the other net by its source address.
	ping_ok west sunrise
	ping_ok sunset sunrise
	net_down west
	kernels_empty
	expect_gone '10\.2\.0\.0/24' on_net west ip route
	# The same as the responder, and when the peer ends it.
	net_up east
	expect '10\.2\.0\.0/24 .*src 10\.1\.0\.1' on_net west ip route
	net_down east
	kernels_empty
	wait_for 3 eval '! on_net west ip route | grep -q 10.2.0.0/24'
	pair_stop
}
test_add updown_default_script t_updown_default

# A custom script: verbs in their order, and what it is told.
t_updown_custom()
{
	pair_ready swan bare
	net_swan tunnel 4 4
	script_put west <<-'END'
		#!/bin/sh
		echo "$PLUTO_VERB" >>/var/log/verbs
		env >"/var/log/env.$PLUTO_VERB"
		echo "words of the script"
	END
	net_pluto west tunnel 4 4 --metric 5
	whack_on west --name west-east --delete
	whack_on west --name west-east --psk --encrypt --tunnel --host "$WEST" --id @west \
		--client 10.1.0.0/24 --updown /etc/updown --to \
		--host "$EAST" --id @east --client 10.2.0.0/24
	net_up west
	net_down west
	kernels_empty
	cat "$TESTLOG/west/verbs"
	[ "$(tr '\n' ' ' <"$TESTLOG/west/verbs")" = \
		'prepare-client route-client up-client down-client unroute-client ' ] ||
		fail 'other verbs, or another order'
	for line in PLUTO_CONNECTION=west-east PLUTO_ME="$WEST" PLUTO_PEER="$EAST" \
		PLUTO_INTERFACE=eth1 PLUTO_MY_ID=@west PLUTO_PEER_ID=@east PLUTO_MY_CLIENT=10.1.0.0/24 \
		PLUTO_PEER_CLIENT=10.2.0.0/24 PLUTO_MY_CLIENT_NET=10.1.0.0 \
		PLUTO_PEER_CLIENT_MASK=255.255.255.0; do
		grep -qxF "$line" "$TESTLOG/west/env.up-client" || fail "not told: $line"
	done
	pluto_wait_log west 2 'words of the script'
	pair_stop
}
test_add updown_custom_script t_updown_custom

# A script that fails for route or up: the child is undone, on both sides.
t_updown_fails() # VERB BEGINNER
{
	pair_ready swan bare
	net_swan tunnel 4 4
	script_put west <<-END
		#!/bin/sh
		case \$PLUTO_VERB in $1-client) exit 3 ;; esac
	END
	whack_on west --name west-east --psk --encrypt --tunnel --host "$WEST" --id @west \
		--client 10.1.0.0/24 --updown /etc/updown --to \
		--host "$EAST" --id @east --client 10.2.0.0/24
	if [ "$2" = west ]; then
		whack_rc fail 5 "updown.* $1|$1.*updown" west --name west-east --initiate
	elif swan east --initiate --child net --timeout 5; then
		fail 'strongSwan was told success'
	fi
	pluto_wait_log west 2 'status 3'
	kernels_empty
	pair_stop
}
test_add updown_fails_up t_updown_fails up west
test_add updown_fails_route t_updown_fails route west
test_add updown_fails_up_as_responder t_updown_fails up east

# A script that hangs is ended by its time limit; IKE answers meanwhile.
t_updown_hangs()
{
	local start

	pair_ready swan bare
	net_swan tunnel 4 4
	script_put west <<-'END'
		#!/bin/sh
		trap '' TERM
		case $PLUTO_VERB in up-client) while :; do sleep 1; done ;; esac
	END
	whack_on west --name west-east --psk --encrypt --tunnel --host "$WEST" --id @west \
		--client 10.1.0.0/24 --updown /etc/updown --to \
		--host "$EAST" --id @east --client 10.2.0.0/24
	whack_on west --name other --psk --encrypt --tunnel --host "$WEST" --id @west \
		--client 10.3.0.0/24 --updown %disabled --to \
		--host "$EAST" --id @east --client 10.2.0.0/24
	start=$SECONDS
	whack_on west --name west-east --initiate >"$TESTLOG/whack" 2>&1 &
	pluto_wait_log west 3 'IKE_AUTH sent'
	whack_rc 0 1 'west-east' west --status
	on west "$E2E_HERE/half-open" "$WEST" "$WEST" 1 2>/dev/null ||
		on east "$E2E_HERE/half-open" "$EAST" "$WEST" 1 || fail 'IKE does not answer'
	if wait $!; then
		cat "$TESTLOG/whack"
		fail 'whack was told success'
	fi
	cat "$TESTLOG/whack"
	[ $((SECONDS - start)) -le 20 ] || fail "ended only after $((SECONDS - start)) s"
	kernels_empty
	expect_not '/etc/updown' on west ps ax
	pair_stop
}
test_add updown_hangs t_updown_hangs
