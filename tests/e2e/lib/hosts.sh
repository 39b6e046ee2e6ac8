# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Hosts that are namespaces, what runs in them and what it logged.

# host_make NAME [light]: a host with nothing but a loopback, its own /etc, /var
# and /run; its /var/log is $TESTLOG/NAME.  A light one has no files of its own:
# quicker, and enough for what only sends, answers and forwards.
host_make()
{
	local name=$1 dir=$E2E_STATE/hosts/$1 fifo=$E2E_STATE/ready.$1 ready=''

	mkdir -p "$dir" "$TESTLOG/$name"
	rm -f "$fifo"
	mkfifo "$fifo"
	exec {fifo_fd}<>"$fifo"
	# shellcheck disable=SC2261
	unshare --fork --kill-child --pid --mount-proc --mount --net --uts --ipc \
		"$E2E_HERE/host-init" "$name" "$TESTLOG/$name" "${2:-}" 3>&"$fifo_fd" {fifo_fd}>&- \
		</dev/null >>"$TESTLOG/$name/host-init.log" 2>&1 &
	echo $! >"$dir/pid"
	echo "$TESTLOG/$name" >"$dir/log"
	ln -s "/proc/$!/root" "$dir/root"
	read -r -t 20 -u "$fifo_fd" ready || true
	exec {fifo_fd}>&-
	rm -f "$fifo"
	if [ "$ready" != ready ]; then
		cat "$TESTLOG/$name/host-init.log"
		fail "host $name did not come up"
	fi
}

host_pid() # NAME
{
	local pid

	read -r pid <"$E2E_STATE/hosts/$1/pid" || fail "no host $1"
	echo "$pid"
}

# host_file NAME PATH: the host's file as a path on this side, which is far
# quicker than a program in the host.
host_file()
{
	echo "$E2E_STATE/hosts/$1/root$2"
}

# host_log NAME: the directory that is /var/log in the host.
host_log()
{
	local dir

	read -r dir <"$E2E_STATE/hosts/$1/log" || fail "no host $1"
	echo "$dir"
}

# hosts: the names of all hosts there are.
hosts()
{
	local dir

	for dir in "$E2E_STATE"/hosts/*/; do
		if [ -e "$dir/pid" ]; then
			dir=${dir%/}
			echo "${dir##*/}"
		fi
	done
}

# host_kill NAME: ends the host and all that runs in it.
host_kill()
{
	local pid

	pid=$(host_pid "$1")
	kill -KILL "$pid" 2>/dev/null || true
	rm -rf "${E2E_STATE:?}/hosts/$1"
	# The parent shell's child when this is the same shell; else polls.
	wait "$pid" 2>/dev/null || true
}

# on NAME COMMAND [ARG]...: runs it in the host.  It is not bounded in time by
# itself; the test is.
on()
{
	local pid

	read -r pid <"$E2E_STATE/hosts/$1/pid" || fail "no host $1"
	shift
	nsenter --target "$pid" --mount --net --uts --ipc \
		--pid="/proc/$pid/ns/pid_for_children" -- "$@"
}

# on_net NAME COMMAND [ARG]...: in the host's network, but with this side's
# files and processes.
on_net()
{
	local pid

	read -r pid <"$E2E_STATE/hosts/$1/pid" || fail "no host $1"
	shift
	nsenter --target "$pid" --net -- "$@"
}

# link_make HOST_A IF_A HOST_B IF_B: a cable; both ends are up.
link_make()
{
	cables "$@"
	on_net "$1" ip link set "$2" up
	on_net "$3" ip link set "$4" up
}

# cables HOST_A IF_A HOST_B IF_B [the next four]...: cables, their ends down.
cables()
{
	local a b

	while [ $# -ge 4 ]; do
		a=$(host_pid "$1")
		b=$(host_pid "$3")
		echo "link add $2 netns $a type veth peer name $4 netns $b"
		shift 4
	done | ip -batch -
}

# host_ip HOST <<LINES: each line is a command of ip(8) without "ip".
host_ip()
{
	on_net "$1" ip -batch -
}

gone() # PID
{
	local stat

	# A dead process that nobody has waited for yet is gone too.
	read -r stat 2>/dev/null <"/proc/$1/stat" || return 0
	[[ $stat == *') Z '* ]]
}

# A process is recorded with its start time, for ids come again.
record_pid() # PID
{
	echo "$1 $(pid_start "$1")" >>"$E2E_STATE/pids"
}

pid_start() # PID
{
	local stat fields

	read -r stat 2>/dev/null <"/proc/$1/stat" || return 0
	read -r -a fields <<<"${stat##*) }"
	echo "${fields[19]}"
}

# daemon_stop HOST NAME SECONDS: TERM to what /run/NAME.test.pid names in the
# host, KILL after that time; 1 when it had to be killed.
daemon_stop()
{
	# shellcheck disable=SC2016
	on "$1" sh -c '
		[ -s "/run/$0.test.pid" ] || exit 0
		read -r pid <"/run/$0.test.pid"
		rm -f "/run/$0.test.pid"
		kill -TERM "$pid" 2>/dev/null || exit 0
		n=0
		while [ -e "/proc/$pid" ]; do
			n=$((n + 1))
			if [ $n -gt $(($1 * 20)) ]; then
				kill -KILL "$pid"
				exit 1
			fi
			sleep 0.05
		done' "$2" "$3"
}

log_since() # HOST FILE
{
	local file mark=0

	file=$(host_log "$1")/$2
	if [ -e "$E2E_STATE/marks/$1.$2" ]; then
		read -r mark <"$E2E_STATE/marks/$1.$2"
	fi
	tail -c "+$((mark + 1))" "$file"
}

# logs_mark: what daemons logged up to now is not this test's.
logs_mark()
{
	local host file

	mkdir -p "$E2E_STATE/marks"
	for host in $(hosts); do
		for file in "$(host_log "$host")"/*.log; do
			if [ -e "$file" ]; then
				stat -c %s "$file" >"$E2E_STATE/marks/$host.$(basename "$file")"
			fi
		done
	done
}

# hosts_dump DIRECTORY: for a look after a failure.
hosts_dump()
{
	local host

	for host in $(hosts); do
		{
			echo '== ip address'; on_net "$host" ip address
			echo '== ip route'; on_net "$host" ip route show table all
			echo '== ip xfrm policy'; on_net "$host" ip xfrm policy
			echo '== ip xfrm state'; on_net "$host" ip -s xfrm state
			echo '== xfrm_stat'; xfrm_errors "$host"
			peer_dump "$host"
			if [ -S "$(host_file "$host" "$PLUTO_RUN/pluto.ctl")" ]; then
				echo '== whack'; on "$host" timeout 5 "$BUILD/whack" \
					--ctlsocket "$PLUTO_RUN/pluto.ctl" --status
			fi
		} >"$1/$host.dump" 2>&1 || true
	done
}

# hosts_down: ends every host and every recorded process.
hosts_down()
{
	local host pid start

	for host in $(hosts); do
		host_kill "$host"
	done
	if [ -e "$E2E_STATE/pids" ]; then
		while read -r pid start; do
			if [ -n "$start" ] && [ "$(pid_start "$pid")" = "$start" ]; then
				kill -KILL "$pid" 2>/dev/null || true
			fi
		done <"$E2E_STATE/pids"
	fi
	rm -rf "$E2E_STATE/pids" "$E2E_STATE/marks" "$E2E_STATE"/capture.* "$E2E_STATE"/ready.*
}
