# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Our pluto and whack.

PLUTO_RUN=/run/pluto

# pluto_in_tree HOST RELEASE: pluto will run on the libraries of that Debian release, its
# OpenSSL above all; what the tree does not have is this machine's.
pluto_in_tree()
{
	local dir root

	tree_enter "$1" "$2"
	dir=$(host_file "$1" /run/pluto.lib)
	root=$(peer_root "$1")
	mkdir -p "$dir" "$root$BUILD"
	ldd "$BUILD/pluto" | sed -nE 's/.*=> (\/[^ ]+).*/\1/p' | while read -r file; do
		[ -e "$root/usr/lib/x86_64-linux-gnu/${file##*/}" ] || cp "$file" "$dir/"
	done
	# shellcheck disable=SC2016
	on "$1" sh -c 'mount --bind "$0" "/run/peer$0" && mount --bind /etc /run/peer/etc' "$BUILD"
}

# on_pluto HOST COMMAND...: in its root directory.
on_pluto()
{
	if [ -d "$(host_file "$1" /run/pluto.lib)" ]; then
		on_peer "$@"
	else
		on "$@"
	fi
}

# pluto_start HOST [ARG...]: starts pluto in the foreground of its own, its log
# in the host's /var/log/pluto.log, and waits for the control socket.  It is
# deaf until "whack_on HOST --listen".
pluto_start()
{
	local host=$1 pid old

	shift
	[ -x "$BUILD/pluto" ] || skip "no $BUILD/pluto"
	# What one that was killed left is not this one's.
	old=$(pluto_socket "$host")
	rm -f "$(host_file "$host" /run/pluto.test.status)"
	# shellcheck disable=SC2016
	on_pluto "$host" sh -c '
		"$@" & echo $! >/run/pluto.test.pid
		wait $!
		echo $? >/run/pluto.test.status' sh \
		env LD_LIBRARY_PATH=/run/pluto.lib "IPSEC_EXECDIR=$BUILD" "$BUILD/pluto" --nofork --stderrlog --rundir $PLUTO_RUN \
		--secretsfile /etc/ipsec.secrets "$@" \
		</dev/null >>"$(host_log "$host")/pluto.log" 2>&1 &
	pid=$!
	record_pid $pid
	wait_until 15 pluto_is_up "$host" "$old" || {
		tail -n 20 "$(host_log "$host")/pluto.log"
		fail "pluto did not start on $host"
	}
	if [ -e "$(host_file "$host" /run/pluto.test.status)" ]; then
		tail -n 20 "$(host_log "$host")/pluto.log"
		fail "pluto ended on $host: $(tail -n 1 "$(host_log "$host")/pluto.log")"
	fi
}

# Its socket has a name a moment before it takes clients: the kernel says when it does.
pluto_is_up() # HOST [OLD_SOCKET]
{
	local now

	now=$(pluto_socket "$1")
	{ [ -n "$now" ] && [ "$now" != "${2:-}" ] &&
		on_net "$1" grep -q " 00010000 .* $PLUTO_RUN/pluto.ctl\$" /proc/net/unix; } ||
		[ -e "$(host_file "$1" /run/pluto.test.status)" ]
}

# pluto_socket HOST: what tells its control socket from one that a killed pluto left.
pluto_socket()
{
	stat -c '%i %z' "$(host_file "$1" $PLUTO_RUN/pluto.ctl)" 2>/dev/null || true
}

# pluto_stop HOST: asks it to end, and fails the test when it does not within
# 15 s, ends with a status other than 0, or a sanitizer spoke.
pluto_stop()
{
	local host=$1 status

	whack_on "$host" --shutdown || true
	if ! wait_until 15 test -e "$(host_file "$host" /run/pluto.test.status)"; then
		daemon_stop "$host" pluto 2 || true
		fail "pluto on $host did not end"
	fi
	status=$(cat "$(host_file "$host" /run/pluto.test.status)")
	rm -f "$(host_file "$host" /run/pluto.test.pid)"
	pluto_check_log "$host"
	[ "$status" -eq 0 ] || fail "pluto on $host ended with status $status"
}

# pluto_crash HOST: ends it with no chance to clean up.
pluto_crash()
{
	# shellcheck disable=SC2016
	on "$1" sh -c 'kill -KILL "$(cat /run/pluto.test.pid)"'
	wait_until 5 test -e "$(host_file "$1" /run/pluto.test.status)" || true
	rm -f "$(host_file "$1" /run/pluto.test.pid)"
}

pluto_check_log() # HOST
{
	if grep -E -m 5 'AddressSanitizer|LeakSanitizer|runtime error:|ASSERTION|EXPECTATION' \
		"$(host_log "$1")/pluto.log"; then
		fail "pluto on $1: a check within it failed"
	fi
}

# whack_on HOST ARG...: whack there, bounded to 40 s.
whack_on()
{
	on "$1" timeout 40 "$BUILD/whack" --ctlsocket $PLUTO_RUN/pluto.ctl "${@:2}"
}

# pluto_secrets HOST <<END: makes it the host's /etc/ipsec.secrets, read anew
# when pluto runs there.
pluto_secrets()
{
	(umask 077; cat >"$(host_file "$1" /etc/ipsec.secrets)")
	# one that was killed leaves its socket
	if [ -e "$(host_file "$1" /run/pluto.test.pid)" ] &&
		[ -S "$(host_file "$1" $PLUTO_RUN/pluto.ctl)" ]; then
		whack_on "$1" --rereadsecrets
	fi
}

# pluto_conf HOST <<END: makes it the host's /etc/ipsec.conf.
pluto_conf()
{
	cat >"$(host_file "$1" /etc/ipsec.conf)"
}

# pluto_log HOST: what pluto logged since the test began.
pluto_log()
{
	log_since "$1" pluto.log
}

# pluto_wait_log HOST SECONDS PATTERN: waits for a line.
pluto_wait_log()
{
	wait_for "$2" pluto_logged "$1" "$3"
}

pluto_logged() # HOST PATTERN
{
	pluto_log "$1" | grep -Eq -- "$2"
}
