# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What people and programs see: health, tables, JSON by its schemas, events, metrics, why, what-if, map,
# doctor, barf.

# on_terminal HOST WORD...: the command with a terminal of 80 columns for its output.
on_terminal()
{
	local host=$1

	shift
	on "$host" env "IPSEC_EXECDIR=$BUILD" TERM=xterm COLUMNS=80 LC_ALL=C.UTF-8 PYTHONUNBUFFERED=1 timeout 40 \
		python3 -c 'import os, pty, sys
status = pty.spawn(sys.argv[1:])
sys.exit(os.waitstatus_to_exitcode(status))' \
		sh "$BUILD/ipsec" --rundir "$PLUTO_RUN" "$@" </dev/null | tr -d '\r'
}

# columns_fit: no line of standard input is wider than 80 columns.
columns_fit()
{
	python3 -c 'import re, sys
for line in sys.stdin.buffer.read().decode().splitlines():
    bare = re.sub("\x1b\\[[0-9;]*m", "", line)
    if len(bare) > 80:
        sys.exit("wider than 80 columns: " + bare)'
}

# has PATTERN: what stands in $seen.
has()
{
	grep -Eq -- "$1" <<<"$seen" || fail "no '$1' in: $seen"
}

lacks_text()
{
	! grep -Eq -- "$1" <<<"$seen" || fail "'$1' in: $seen"
}

valid_json() # HOST SCHEMA WORD...
{
	local host=$1 schema=$2

	shift 2
	ipsec_on "$host" "$@" --json | "$E2E_HERE/schema-check" "$BUILD/schemas/$schema.schema.json" >/dev/null ||
		fail "not as its schema says: $*"
}

# Both ends by strongSwan and us; a second connection whose peer is not there, a third of a hostile identity.
face_pair()
{
	pair_ready swan
	net_both tunnel 4 4
	# shellcheck disable=SC2016
	whack_on west --name nobody --psk --encrypt --retransmit-timeout 1s --keyingtries 1 --id @west \
		--host 192.0.2.1 --client 10.1.0.0/24 --to --id '@$(id)"x\<b>' --host 192.0.2.77 --client 10.77.0.0/16
}

t_face_views()
{
	local rc

	face_pair
	seen=$(ipsec_on west) && rc=0 || rc=$?
	[ $rc -eq 0 ] || fail "health says $rc before anything is wanted"
	net_up west
	seen=$(ipsec_on west) || fail 'health is bad'
	has '^[^ ]+ 1 up  0 connecting  0 failed'
	ping_ok sunset sunrise
	seen=$(on_terminal west status)
	has 'NAME.*PEER.*NETWORKS.*IN'
	has '32m.*10.1.0.0/24 [^ ]+ 10.2.0.0/24 +[1-9][0-9.]*K? +[1-9]'
	columns_fit <<<"$seen"
	seen=$(on west env NO_COLOR=1 "IPSEC_EXECDIR=$BUILD" TERM=xterm python3 -c 'import pty, sys
pty.spawn(sys.argv[1:])' sh "$BUILD/ipsec" --rundir "$PLUTO_RUN" status </dev/null)
	lacks_text $'\033'
	# a pipe and the old spellings get the frozen lines, on a terminal too
	for words in 'auto --status' 'whack --status'; do
		# shellcheck disable=SC2086
		seen=$(on_terminal west $words)
		has '^000 #[0-9]+: ".*":[0-9]+ STATE_V2_ESTABLISHED_CHILD_SA'
	done
	seen=$(ipsec_on west status)
	has '^000 Total IPsec connections: loaded 2, active 1'
	seen=$(ipsec_on west what-if 10.1.0.10 10.2.0.10 tcp 443)
	has 'the packet goes out protected by this SA'
	has 'Child SA #[0-9]+, SPI [0-9a-f]{8}, peer 192.0.2.2'
	seen=$(ipsec_on west what-if 10.1.0.10 10.99.0.1)
	has 'in clear: no connection holds it'
	seen=$(ipsec_on west up nobody) && rc=0 || rc=$?
	[ $rc -eq 51 ] || fail "up of nobody ended with $rc"
	seen=$(ipsec_on west why nobody)
	has 'no response to IKE_SA_INIT from 192.0.2.77'
	has 'next step: '
	seen=$(ipsec_on west) && rc=0 || rc=$?
	[ $rc -eq 2 ] || fail "health says $rc after a failure"
	seen=$(on_terminal west up nobody) || true
	has 'ms .* IKE_SA_INIT to 192.0.2.77'
	has 'next step'
	columns_fit <<<"$seen"
	seen=$(on_terminal west map)
	has '192.0.2.1 .*═'
	columns_fit <<<"$seen"
	seen=$(ipsec_on west map --html)
	has 'default-src .none'
	lacks_text '<b>|<script'
	seen=$(ipsec_on west map --dot)
	has '^graph ipsec'
	pluto_stop west
	seen=$(ipsec_on west 2>&1) && rc=0 || rc=$?
	[ $rc -eq 2 ] || fail "health says $rc without pluto"
	has 'Pluto is not running'
	seen=$(ipsec_on west status 2>&1) && rc=0 || rc=$?
	[ $rc -eq 1 ] || fail "status says $rc without pluto"
}
test_add -t 120 face_views t_face_views

t_face_json()
{
	local verb lines

	face_pair
	net_up west
	whack_on west --name nobody --initiate || true
	for verb in trafficstatus briefstatus addresspoolstatus connectionstatus showstates shuntstatus \
		listpubkeys checkpubkeys listcerts listcacerts listcrls listpsks listall why metrics \
		listevents processstatus briefconnectionstatus fipsstatus; do
		valid_json west $verb $verb
	done
	valid_json west status status
	valid_json west what-if what-if 10.1.0.10 10.2.0.10
	lines=$(ipsec_on west log --last 20 --json |
		"$E2E_HERE/schema-check" --lines "$BUILD/schemas/event.schema.json") || fail 'an event is not valid'
	[ "$lines" -eq 20 ] || fail "$lines events, not 20"
	seen=$(ipsec_on west doctor --json || true)
	has '"schema": "cygnet.doctor/1"'
	python3 -c 'import json, sys; json.load(sys.stdin)' <<<"$seen"
}
test_add -t 120 face_json t_face_json

t_face_monitor()
{
	local cursor

	face_pair
	on west env "IPSEC_EXECDIR=$BUILD" timeout 40 sh "$BUILD/ipsec" --rundir "$PLUTO_RUN" monitor --json \
		>"$TESTLOG/events" &
	record_pid $!
	sleep 0.5
	net_up west
	wait_for 5 grep -q '"event":"child-up"' "$TESTLOG/events"
	"$E2E_HERE/schema-check" --lines "$BUILD/schemas/event.schema.json" <"$TESTLOG/events"
	# to go on behind the one that was read last
	cursor=$(sed -n 's/.*"cursor":"\([^"]*\)".*"event":"ike-up".*/\1/p' "$TESTLOG/events" | head -n 1)
	[ -n "$cursor" ] || fail 'no cursor'
	seen=$(ipsec_on west log --cursor "$cursor" --last 1000)
	has 'child-up'
	lacks_text ' ike-up '
	whack_on west --shutdown
	wait_for 5 grep -q '"event":"shutdown"' "$TESTLOG/events"
}
test_add face_monitor t_face_monitor

t_face_metrics()
{
	face_pair
	net_up west
	ping_ok sunset sunrise
	whack_on west --name nobody --initiate || true
	"$E2E_HERE/openmetrics" --selftest
	seen=$(ipsec_on west metrics | "$E2E_HERE/openmetrics") || fail 'not OpenMetrics'
	has '^cygnet_connections\{state="up"\} 1'
	has '^cygnet_connection_up\{connection="nobody",peer="192.0.2.77"\} 0'
	has '^cygnet_failures_total\{cause="no-response"\} 1'
	has '^cygnet_connection_received_bytes_total\{connection="[^"]*",peer="192.0.2.2"\} [1-9]'
	# over HTTP, as the socket's unit starts it
	seen=$(printf 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n' |
		on west env "IPSEC_EXECDIR=$BUILD" "IPSEC_CTLSOCKET=$PLUTO_RUN/pluto.ctl" "$BUILD/metrics-http")
	has 'HTTP/1.1 200 OK'
	has 'application/openmetrics-text; version=1.0.0'
	sed '1,/^\r$/d' <<<"$seen" | "$E2E_HERE/openmetrics" >/dev/null || fail 'not OpenMetrics over HTTP'
	seen=$(printf 'POST /metrics HTTP/1.1\r\n\r\n' | on west env "IPSEC_EXECDIR=$BUILD" "$BUILD/metrics-http")
	has '^HTTP/1.1 405'
	seen=$(printf 'GET /../etc/passwd HTTP/1.1\r\n\r\n' | on west env "IPSEC_EXECDIR=$BUILD" "$BUILD/metrics-http")
	has '^HTTP/1.1 404'
	pluto_stop west
	seen=$(printf 'GET /metrics HTTP/1.1\r\n\r\n' |
		on west env "IPSEC_EXECDIR=$BUILD" "IPSEC_CTLSOCKET=$PLUTO_RUN/pluto.ctl" "$BUILD/metrics-http")
	has '^HTTP/1.1 503'
}
test_add face_metrics t_face_metrics

t_face_doctor()
{
	face_pair
	on west sysctl -qw net.ipv4.ip_forward=0
	seen=$(ipsec_on west doctor) || true
	has ' 4 .*does not forward'
	has 'fix: sysctl -w net.ipv4.ip_forward=1'
	on west sysctl -qw net.ipv4.ip_forward=1
	seen=$(ipsec_on west doctor) || true
	lacks_text 'does not forward'
	whack_on west --name lost --psk --encrypt --host 203.0.113.5 --to --host 203.0.113.6
	seen=$(ipsec_on west doctor) || true
	has ' 3 .*"lost": neither'
	has 'fix: left=%defaultroute, or one of: .*192.0.2.1'
	# another daemon on port 500 of an address that pluto does not use
	on west python3 -c 'import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.2", 500))
time.sleep(20)' &
	record_pid $!
	sleep 1
	seen=$(ipsec_on west doctor) || true
	has '12 .*python3 \(process [0-9]+\) has UDP port 500'
}
test_add face_doctor t_face_doctor

# No octet of a secret, key or password is in the bundle.
t_face_barf()
{
	local canary

	face_pair
	whack_on west --debug all
	net_up west
	pluto_secrets west <<-'END'
		@west @east : PSK "CANARYone two"
		@a: PSK CANARYtwo
		10.0.0.1 %any : PSK 0sQ0FOQVJZdGhyZWU=
		@x :PSK "CANARYfour"
		: XAUTH "CANARYfive"
		@user : XAUTH "CANARYsix"
		@long :
		   PSK "CANARYseven"
		: PPKS "id" "CANARYeight"
		: RSA west.key "CANARYnine"
		: PSK 0x43414e4152597465
	END
	printf 'conn x\n\tx-password = CANARYten\n' >>"$(host_file west /etc/ipsec.conf)"
	seen=$(on west env "IPSEC_EXECDIR=$BUILD" timeout 50 sh "$BUILD/ipsec" --rundir "$PLUTO_RUN" barf)
	has 'STATE_V2_ESTABLISHED_CHILD_SA'
	has '======== ip -s xfrm state'
	has '@west @east : PSK \[masked\]'
	for canary in CANARY Q0FOQVJZ 43414e415259; do
		lacks_text $canary
	done
	# of the kernel's states no key is left
	on west ip xfrm state | grep -Eo '0x[0-9a-f]{32,}' | while read -r key; do
		grep -q "$key" <<<"$seen" && fail "a key of the kernel's: $key"
		true
	done
}
test_add -t 90 face_barf t_face_barf
