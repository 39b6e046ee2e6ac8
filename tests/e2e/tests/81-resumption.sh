# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Session resumption (RFC 5723) between two of ours: suspended, crashed, changed.
# Against Libreswan it is a feature of 70-peers.sh.

RESUMED='authenticated peer @(west|east) by its ticket'

# resume_pair WEST_ARGS...: both ends, west up and east a gateway that gives tickets.
resume_pair()
{
	pair_ready pluto bare
	net_pluto west tunnel 4 4 --session-resumption=yes "$@"
	net_pluto east tunnel 4 4 --session-resumption=yes
	net_up west
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
}

resumed_times() # COUNT
{
	[ "$(pluto_log west | grep -cE "$RESUMED")" -eq "$1" ] &&
		[ "$(pluto_log east | grep -cE "$RESUMED")" -eq "$1" ]
}

t_resume()
{
	local round

	resume_pair
	expect 'session resume ticket: expires-in: [0-9]+s' whack_on west --connectionstatus
	for round in 1 2; do
		whack_rc 0 5 'is suspended' west --name west-east --suspend
		assert_xfrm_empty west
		capture_start "again$round"
		net_up west
		ping_ok west 10.2.0.1 2 -I 10.1.0.1
		capture_stop "again$round"
		assert_only_esp "$TESTLOG/again$round.pcap"
		wait_for 3 resumed_times "$round"
		# what comes in by the old one is taken for some seconds more
		wait_for 9 states_are west 2
		wait_for 9 states_are east 2
	done
	expect '"resumed": *true' whack_on east --showstates --json
	[ "$(pluto_log east | grep -c 'IKE SA keys agreed')" -eq 1 ] || fail 'a key exchange was made'
	net_down west
	kernels_empty
	whack_rc fail 5 'no established IKE SA' west --name west-east --suspend
	net_up west
	expect_not 'beginning anew' pluto_log west
	resumed_times 2 || fail 'resumed after it was deleted'
	pair_stop
}
test_add resume_suspended t_resume

# The gateway is killed and started again: its key and what is spent are in a file.
t_resume_crashed()
{
	resume_pair --dpddelay 2s --dpdtimeout 4s --dpdaction restart
	pluto_crash east
	expect '600 root' on east stat -c '%a %U' /var/lib/ipsec/tickets
	pluto_start east --no-hot-restart
	whack_on east --listen
	net_pluto east tunnel 4 4 --session-resumption=yes
	pluto_wait_log west 20 "$RESUMED"
	ping_ok west 10.2.0.1 3 -I 10.1.0.1
	wait_for 3 resumed_times 1
	net_down west
	kernels_empty
	pair_stop
}
test_add resume_gateway_crashed t_resume_crashed

# What was said by secrets has changed: nothing but the full exchange will do.
t_resume_changed()
{
	resume_pair
	whack_on west --name west-east --suspend
	printf '%s\n' '@west @east : PSK "not much of a secret"' \
		'@north @east : PSK "of somebody else"' | pluto_secrets east
	net_up west
	pluto_wait_log east 2 'secrets or certificates have changed'
	pluto_wait_log west 2 'beginning anew'
	ping_ok west 10.2.0.1 2 -I 10.1.0.1
	resumed_times 0 || fail 'resumed all the same'
	wait_for 9 states_are east 2
	net_down west
	kernels_empty
	pair_stop
}
test_add resume_secrets_changed t_resume_changed

# Only a packet calls: a routed connection is resumed by it.
t_resume_routed()
{
	resume_pair
	whack_on west --name west-east --route
	whack_on west --name west-east --suspend
	ping_soon_from west 10.1.0.1 10.2.0.1
	wait_for 3 resumed_times 1
	pair_stop
}
test_add resume_routed t_resume_routed
