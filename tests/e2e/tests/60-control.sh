# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# whack against a pluto that is absent, silent, busy or dying: an exit code in
# any case, and no hang.

t_control_absent()
{
	[ -x "$BUILD/whack" ] || skip "no $BUILD/whack"
	host_make west
	whack_rc 1 2 'not running|No such file' west --status
	# A socket that nobody reads any more.
	on west python3 -c 'import os, socket
os.makedirs("/run/pluto", exist_ok=True)
socket.socket(socket.AF_UNIX).bind("/run/pluto/pluto.ctl")'
	whack_rc 1 2 'not running|refused' west --status
	whack_rc 1 2 'not running|refused' west --name west-east --initiate
	whack_rc 33 2 'usage|command|nothing|option' west --name west-east
}
test_add control_absent t_control_absent

# listener HOST MANNER: what is no pluto has the control socket.
listener()
{
	on "$1" mkdir -p /run/pluto
	on "$1" "$E2E_HERE/silent" /run/pluto/pluto.ctl "$2" &
	record_pid $!
	wait_for 5 test -S "$(host_file "$1" /run/pluto/pluto.ctl)"
}

t_control_strange() # MANNER PATTERN
{
	[ -x "$BUILD/whack" ] || skip "no $BUILD/whack"
	host_make west
	listener west "$1"
	whack_rc 33 3 "$2" west --status
	whack_rc 33 3 "$2" west --name west-east --terminate
}
test_add control_closes t_control_strange close pluto
test_add control_noise t_control_strange noise 'not Cygnet'

# Silence of every kind, at once, for it takes whack's time limit: no answer, the
# start of one, and a pluto that is stopped, which goes on as if nothing had been.
t_control_silent()
{
	local pid pids=()

	[ -x "$BUILD/pluto" ] || skip "no $BUILD/pluto"
	host_make west
	host_make east
	host_make sunset
	listener east nothing
	listener sunset half
	pluto_start west
	# shellcheck disable=SC2016
	on west sh -c 'kill -STOP "$(cat /run/pluto.test.pid)"'
	(whack_rc 33 35 'did not answer' east --status) &
	pids+=($!)
	(whack_rc 33 35 'did not answer' sunset --name west-east --terminate) &
	pids+=($!)
	(whack_rc 33 35 'did not answer' west --status) &
	pids+=($!)
	(whack_rc 33 35 'did not answer' east --name west-east --initiate) &
	pids+=($!)
	for pid in "${pids[@]}"; do
		wait "$pid" || fail 'a whack of four'
	done
	# shellcheck disable=SC2016
	on west sh -c 'kill -CONT "$(cat /run/pluto.test.pid)"'
	whack_rc 0 2 'deaf|listening' west --status
	pluto_stop west
}
test_add -t 90 control_silent t_control_silent

# A whack that waits long is told that pluto lives, and finds out when it does not:
# nothing else is said in this time, neither by west, whose pluto answers in the
# end, nor by east, whose pluto is stopped.
t_control_waits()
{
	local host address peer whack

	topo_pair bare
	for host in west east; do
		pluto_ready "$host"
		address=192.0.2.1 peer=@east
		[ "$host" = west ] || address=192.0.2.2 peer=@west
		whack_on "$host" --name nobody --psk --encrypt --host "$address" --id "@$host" \
			--to --host 192.0.2.9 --id $peer --keyingtries 1 \
			--retransmit-interval 36000 --retransmit-timeout 37
	done
	(whack_rc 33 35 'did not answer' east --name nobody --initiate) &
	whack=$!
	pluto_wait_log east 3 'IKE_SA_INIT'
	# shellcheck disable=SC2016
	on east sh -c 'kill -STOP "$(cat /run/pluto.test.pid)"'
	whack_rc 51 45 'no response|did not answer|retransmi' west --name nobody --initiate
	wait $whack || fail 'whack and a pluto that is stopped'
	# shellcheck disable=SC2016
	on east sh -c 'kill -CONT "$(cat /run/pluto.test.pid)"'
	pluto_stop west
	pluto_stop east
}
test_add -t 120 control_waits t_control_waits

# pluto dies, or ends, under a whack that waits.
t_control_dies() # HOW
{
	local rc=0

	topo_pair bare
	pluto_ready west
	net_pluto west tunnel 4 4
	whack_on west --name west-east --initiate >"$TESTLOG/whack" 2>&1 &
	pluto_wait_log west 3 'IKE_SA_INIT'
	if [ "$1" = killed ]; then
		pluto_crash west
	else
		pluto_stop west
	fi
	wait $! || rc=$?
	cat "$TESTLOG/whack"
	case $rc in
	0 | 124) fail "whack's status is $rc" ;;
	esac
	assert_xfrm_empty west
}
test_add control_killed t_control_dies killed
test_add control_shutdown t_control_dies shutdown

# Many at once, some of which never say a word, and one that is no frame.
t_control_busy()
{
	local i pids=()

	topo_pair bare
	pluto_ready west
	net_pluto west tunnel 4 4
	on west python3 -c '
import socket, time
kept = []
for i in range(60):
    s = socket.socket(socket.AF_UNIX)
    s.connect("/run/pluto/pluto.ctl")
    kept.append(s)
kept[0].sendall(bytes(range(256)) * 16)
kept[1].sendall(b"\xff" * 12)
time.sleep(4)' &
	record_pid $!
	sleep 0.5
	for i in 1 2 3 4 5 6 7 8; do
		whack_on west --status >"$TESTLOG/status.$i" 2>&1 &
		pids+=($!)
	done
	whack_rc 0 5 'west-east' west --status
	for i in "${pids[@]}"; do
		wait "$i" || fail "a whack of many failed"
	done
	# whack that is ended itself leaves the daemon as it was.
	on west timeout -s KILL 1 "$BUILD/whack" --ctlsocket /run/pluto/pluto.ctl \
		--name west-east --initiate || true
	whack_rc 0 2 'west-east' west --status
	whack_on west --name west-east --initiate --async
	whack_rc 0 2 '' west --name west-east --delete
	whack_rc 0 2 '' west --status
	assert_xfrm_empty west
	pluto_stop west
}
test_add control_busy t_control_busy

# Roles: root owns, the socket's group operates, and nobody else gets in.
t_control_roles()
{
	local user=(setpriv --reuid 65534 --clear-groups --regid)

	[ -x "$BUILD/pluto" ] || skip "no $BUILD/pluto"
	topo_pair bare
	pluto_secrets west <<<'@west @east : PSK "not much of a secret"'
	pluto_start west --ctlgroup 4242 --readgroup 4244
	[ "$(stat -c '%u %g %a' "$(host_file west "$PLUTO_RUN/pluto.ctl")")" = '0 4242 660' ] ||
		fail 'the socket is not of the group'
	as_user() # GROUP CODE PATTERN ARG...
	{
		local rc=0 out

		out=$(on west "${user[@]}" "$1" timeout 10 "$BUILD/whack" \
			--ctlsocket "$PLUTO_RUN/pluto.ctl" "${@:4}" 2>&1) || rc=$?
		printf '%s: %s\n%s\n' "$*" $rc "$out"
		[ $rc -eq "$2" ] || fail "whack exit status $rc, not $2"
		grep -q -- "$3" <<<"$out" || fail "whack did not say '$3'"
	}
	as_user 4242 0 'deaf' --status
	as_user 4242 0 'listening' --listen
	net_pluto west tunnel 4 4
	as_user 4242 0 '' --name west-east --initiate --asynchronous
	as_user 4242 0 '' --name west-east --terminate
	as_user 4242 35 'permission denied' --name west-east --delete
	as_user 4242 35 'permission denied' --rereadsecrets
	as_user 4242 35 'permission denied' --shutdown
	as_user 4243 33 'Permission denied' --status
	# who may only look sees all there is, and moves nothing
	as_user 4244 0 'west-east' --status
	as_user 4244 0 '' --trafficstatus
	as_user 4244 0 'west-east' --history --last 50
	as_user 4244 35 'permission denied' --name west-east --initiate
	as_user 4244 35 'permission denied' --name west-east --terminate
	as_user 4244 35 'permission denied' --listen
	as_user 4244 35 'permission denied' --listpsks
	as_user 4244 35 'permission denied' --debug-all
	whack_rc 0 2 'west-east' west --status
	pluto_stop west
}
test_add control_roles t_control_roles

# The groups by config setup, and a group that is none.
t_control_groups()
{
	local file out rc=0

	[ -x "$BUILD/pluto" ] || skip "no $BUILD/pluto"
	host_make west
	file=$(host_file west /etc/ipsec.conf)
	printf 'config setup\n\treadgroup=4244\n\tctlgroup=4242\n' >"$file"
	pluto_secrets west </dev/null
	pluto_start west --config /etc/ipsec.conf
	for group in 4242 4244; do
		on west setpriv --reuid 65534 --clear-groups --regid "$group" timeout 10 "$BUILD/whack" \
			--ctlsocket "$PLUTO_RUN/pluto.ctl" --status || fail "group $group may not look"
	done
	on west setpriv --reuid 65534 --clear-groups --regid 4244 timeout 10 "$BUILD/whack" \
		--ctlsocket "$PLUTO_RUN/pluto.ctl" --listen || rc=$?
	[ $rc -eq 35 ] || fail "who may only look opened the sockets: $rc"
	pluto_stop west
	rc=0
	out=$(on west "$BUILD/pluto" --rundir "$PLUTO_RUN" --readgroup nogroup.of.this.name 2>&1) || rc=$?
	[ $rc -ne 0 ] || fail 'pluto starts with a group that is none'
	grep -q 'readgroup: there is no group "nogroup.of.this.name"' <<<"$out" || fail "it said: $out"
}
test_add control_groups t_control_groups

# The service manager is told how it stands, and told again when that changes.
t_control_status_line()
{
	[ -x "$BUILD/pluto" ] || skip "no $BUILD/pluto"
	topo_pair bare
	swan_start east "${E2E_NO_COOKIE[@]}"
	net_swan tunnel 4 4
	pluto_secrets west <<<'@west @east : PSK "not much of a secret"'
	on west python3 -c 'import socket
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("/run/manager")
with open("/var/log/manager", "w") as f:
    while True:
        print(s.recv(4096).decode(), file=f, flush=True)' </dev/null &
	wait_for 5 on west test -S /run/manager
	NOTIFY_SOCKET=/run/manager pluto_start west
	told()
	{
		wait_for 5 grep -qx -- "$1" "$(host_log west)/manager"
	}
	told 'READY=1'
	told 'STATUS=0 tunnels up; 0 connections loaded; not listening yet'
	net_pluto west tunnel 4 4
	whack_on west --listen
	told 'STATUS=0 tunnels up; 1 connection loaded'
	net_up west
	told 'STATUS=1 tunnel up; 1 connection loaded'
	whack_on west --name west-east --terminate
	pluto_stop west
	swan_stop east
}
test_add control_status_line t_control_status_line

# Words of config setup about the kernel and the sockets do what they say.
t_setup_kernel()
{
	local file

	[ -x "$BUILD/pluto" ] || skip "no $BUILD/pluto"
	topo_pair
	file=$(host_file west /etc/ipsec.conf)
	mkdir -p "${file%/*}"
	cat >"$file" <<-END
		config setup
		 ike-socket-bufsize=65536
		 ike-socket-errqueue=no
		 xfrmlifetime=45s
		 ipsec-interface-managed=no
	END
	pluto_ready west --config /etc/ipsec.conf
	# the kernel counts twice what is asked for
	expect 'rb131072,.*tb131072' on_net west ss -uamn 'sport = 500'
	expect '^45$' on_net west cat /proc/sys/net/core/xfrm_acq_expires
	net_pluto west tunnel 4 4 --keyingtries 1 --retransmit-timeout 1s
	whack_rc fail 20 'no answer|did not answer|timeout' west --name west-east --initiate
	expect_not 'ICMP says|no effect' cat "$(host_log west)/pluto.log"
	pluto_stop west
	printf 'config setup\n ike-socket-bufsize=7\n' >"$file"
	expect "ipsec\\.conf:2:[0-9]+: .*ike-socket-bufsize: \"7\"" on_pluto west sh -c \
		"$BUILD/pluto --selftest --config /etc/ipsec.conf || true"
}
test_add setup_words_reach_the_kernel t_setup_kernel
