# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What is not pluto's stays; what a killed pluto left goes.

# foreign_add HOST: states and policies that an admin made by hand.
foreign_add()
{
	host_ip "$1" <<-END
		xfrm state add src 203.0.113.1 dst 203.0.113.2 proto esp spi 0x777 mode tunnel reqid 16385 aead rfc4106(gcm(aes)) $(key_of 160) 128
		xfrm policy add src 10.77.0.0/24 dst 10.78.0.0/24 dir out priority 100 tmpl src 203.0.113.1 dst 203.0.113.2 proto esp reqid 16385 mode tunnel
		xfrm policy add src 10.78.0.0/24 dst 10.77.0.0/24 dir in priority 100 action block
	END
}

foreign_print() # HOST
{
	on_net "$1" ip xfrm state
	on_net "$1" ip xfrm policy | grep -A 3 '^src 10\.7[78]'
}

only_foreign() # HOST
{
	[ "$(xfrm_count "$1")" -eq 1 ] && [ "$(xfrm_policies "$1")" -eq 2 ] &&
		on_net "$1" ip xfrm state | grep -q 'spi 0x00000777'
}

t_foreign()
{
	topo_pair bare
	foreign_add west
	foreign_print west >"$TESTLOG/before"
	pluto_ready west
	swan_start east
	net_both tunnel 4 4
	net_up west
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
	net_down west
	wait_for 3 only_foreign west
	net_up west
	pluto_stop west
	wait_for 3 only_foreign west
	foreign_print west >"$TESTLOG/after"
	cmp "$TESTLOG/before" "$TESTLOG/after" || fail 'what was there is not as it was'
}
test_add kernel_foreign_stays t_foreign

# A policy that is there already is not taken over: the child fails, it stays.
t_foreign_clash()
{
	pair_ready swan bare
	echo 'xfrm policy add src 10.1.0.0/24 dst 10.2.0.0/24 dir out priority 1 action block' |
		host_ip west
	net_both tunnel 4 4
	whack_rc 25 5 "another program's" west --name west-east --initiate
	whack_on west --name west-east --terminate
	expect 'action block' on_net west ip xfrm policy
	pluto_stop west
	expect 'action block' on_net west ip xfrm policy
	[ "$(xfrm_policies west)" -eq 1 ] || fail 'policies are left'
	assert_xfrm_empty east
}
test_add kernel_foreign_same_selector t_foreign_clash

# SIGKILL, then a new start: exactly ours goes, by the journal.
t_crash()
{
	topo_pair bare
	foreign_add west
	foreign_print west >"$TESTLOG/before"
	pluto_ready west
	swan_start east
	net_both tunnel 4 4
	net_up west
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
	pluto_crash west
	[ "$(xfrm_count west)" -eq 3 ] || fail 'the states went with the process'
	# The traffic goes on as long as nobody starts it again.
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
	pluto_start west --no-hot-restart
	wait_for 3 only_foreign west
	foreign_print west >"$TESTLOG/after"
	cmp "$TESTLOG/before" "$TESTLOG/after" || fail 'what was there is not as it was'
	whack_on west --listen
	net_pluto west tunnel 4 4
	net_up west
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
	pluto_stop west
	wait_for 3 only_foreign west
}
test_add kernel_crash_and_restart t_crash

# A second pluto of the same run directory is refused and harms nothing.
t_two()
{
	local rc=0

	pair_ready swan bare
	net_both tunnel 4 4
	net_up west
	on west timeout 10 "$BUILD/pluto" --nofork --stderrlog --rundir "$PLUTO_RUN" \
		--secretsfile /etc/ipsec.secrets >"$TESTLOG/second" 2>&1 || rc=$?
	cat "$TESTLOG/second"
	case $rc in
	0 | 124) fail "the second pluto's status is $rc" ;;
	esac
	grep -Eiq 'already|running|lock' "$TESTLOG/second" || fail 'it does not say why'
	whack_rc 0 2 'west-east' west --status
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
	net_down west
	kernels_empty
	pair_stop
}
test_add two_instances t_two

# The kernel refuses: whack is told, nothing is left.
t_kernel_refuses()
{
	pair_ready swan bare
	net_both tunnel 4 4
	net_up west
	# States that vanish behind pluto's back: the tunnel can be ended and made anew.
	on_net west ip xfrm state flush
	on_net west ip xfrm policy flush
	net_down west
	kernels_empty
	net_up west
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
	net_down west
	kernels_empty
	pair_stop
}
test_add kernel_flushed_by_another t_kernel_refuses
