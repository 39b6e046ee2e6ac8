# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What end-to-end tests are made of: hosts that are namespaces, the links
# between them, captures, and the daemons in them.  Sourced by the runner and
# by scripts/demo, which set
#   E2E_HERE    this directory          E2E_STATE  a directory in memory
#   TESTLOG     where this test's logs go (kept)   BUILD  pluto and whack
# Every wait has an end.  Every process lives in its host's process namespace
# and ends with it, or is recorded in $E2E_STATE/pids and ended by its id.

: "${E2E_HERE:?}" "${E2E_STATE:?}" "${TESTLOG:?}"
BUILD=${BUILD:-$(realpath -m "$E2E_HERE/../../build")}

WEST=192.0.2.1 EAST=192.0.2.2 WEST6=fd00:2::1 EAST6=fd00:2::2
SUNSET=10.1.0.10 SUNRISE=10.2.0.10 SUNSET6=fd00:1::10 SUNRISE6=fd00:3::10
export WEST EAST WEST6 EAST6 SUNSET SUNRISE SUNSET6 SUNRISE6

# ---- verdicts ----------------------------------------------------------------

# fail REASON...: ends the test.
fail()
{
	echo "FAIL: $*"
	echo "$*" >"$E2E_STATE/reason"
	exit 1
}

# skip REASON...: ends the test, which counts neither way.
skip()
{
	echo "skip: $*"
	echo "$*" >"$E2E_STATE/reason"
	exit 77
}

# wait_for SECONDS COMMAND [ARG]...: runs it until it succeeds; fails the test
# when it has not by then.
wait_for()
{
	wait_until "$@" || fail "not within $1 s: ${*:2}"
}

# wait_until SECONDS COMMAND [ARG]...: the same, but returns 1.
wait_until()
{
	local end=$((SECONDS + $1 + 1))

	shift
	while ! "$@" >/dev/null 2>&1; do
		if [ $SECONDS -ge $end ]; then
			return 1
		fi
		sleep 0.05
	done
}

# expect PATTERN COMMAND [ARG]...: what it prints (shown) must match the
# extended regular expression; its exit status must be 0.
expect()
{
	local pattern=$1 out rc=0

	shift
	out=$("$@" 2>&1) || rc=$?
	printf '%s\n' "$out"
	[ $rc -eq 0 ] || fail "exit status $rc of: $*"
	grep -Eq -- "$pattern" <<<"$out" || fail "no '$pattern' from: $*"
}

# expect_not PATTERN COMMAND [ARG]...: the opposite; any exit status will do.
expect_not()
{
	local pattern=$1 out

	shift
	out=$("$@" 2>&1) || true
	printf '%s\n' "$out"
	if grep -Eq -- "$pattern" <<<"$out"; then
		fail "unwanted '$pattern' from: $*"
	fi
}

# ---- hosts and links ---------------------------------------------------------

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

# topo_pair [bare]: two gateways whose cable passes through the host "wire"
# (a bridge, br0, which is where to capture, delay and drop), and unless bare
# a protected host behind each:
#   sunset 10.1.0.10 -- west 192.0.2.1 -- wire -- east 192.0.2.2 -- sunrise 10.2.0.10
# and the same in IPv6: fd00:1::10, fd00:2::1, fd00:2::2, fd00:3::10.  On west
# and east eth0 is the protected side and eth1 the wire.  With bare, 10.1.0.1
# and 10.2.0.1 (fd00:1::1, fd00:3::1) are on the gateways' own eth0.
topo_pair()
{
	host_make wire light
	host_make west
	host_make east
	cables west eth1 wire west east eth1 wire east
	host_ip wire <<-END
		link add br0 type bridge forward_delay 0 mcast_snooping 0
		link set west master br0 up
		link set east master br0 up
		link set br0 up
	END
	if [ "${1:-}" = bare ]; then
		echo 'link add eth0 type dummy' | host_ip west
		echo 'link add eth0 type dummy' | host_ip east
	else
		host_make sunset light
		host_make sunrise light
		cables west eth0 sunset eth0 east eth0 sunrise eth0
		host_ip sunset <<-END
			link set eth0 up
			addr add 10.1.0.10/24 dev eth0
			addr add fd00:1::10/64 dev eth0 nodad
			route add default via 10.1.0.1
			route add default via fd00:1::1
		END
		host_ip sunrise <<-END
			link set eth0 up
			addr add 10.2.0.10/24 dev eth0
			addr add fd00:3::10/64 dev eth0 nodad
			route add default via 10.2.0.1
			route add default via fd00:3::1
		END
	fi
	# A default route to the peer, so that only a policy can keep clear text
	# off the wire.
	host_ip west <<-END
		link set eth0 up
		link set eth1 up
		addr add 10.1.0.1/24 dev eth0
		addr add fd00:1::1/64 dev eth0 nodad
		addr add 192.0.2.1/24 dev eth1
		addr add fd00:2::1/64 dev eth1 nodad
		route add default via 192.0.2.2
		route add default via fd00:2::2
	END
	host_ip east <<-END
		link set eth0 up
		link set eth1 up
		addr add 10.2.0.1/24 dev eth0
		addr add fd00:3::1/64 dev eth0 nodad
		addr add 192.0.2.2/24 dev eth1
		addr add fd00:2::2/64 dev eth1 nodad
		route add default via 192.0.2.1
		route add default via fd00:2::1
	END
}

# topo_nat: a road warrior behind a router that translates, and a gateway:
#   road 192.168.1.2 -- nat 192.168.1.1 | 192.0.2.9 -- wire -- east 192.0.2.2 -- sunrise
# Every interface is eth0 (inner, or road's only one) or eth1 (the wire).
topo_nat()
{
	host_make wire light
	host_make nat light
	host_make road
	host_make east
	host_make sunrise light
	cables nat eth1 wire nat east eth1 wire east road eth0 nat eth0 east eth0 sunrise eth0
	host_ip wire <<-END
		link add br0 type bridge forward_delay 0 mcast_snooping 0
		link set nat master br0 up
		link set east master br0 up
		link set br0 up
	END
	host_ip road <<-END
		link set eth0 up
		addr add 192.168.1.2/24 dev eth0
		route add default via 192.168.1.1
	END
	host_ip nat <<-END
		link set eth0 up
		link set eth1 up
		addr add 192.168.1.1/24 dev eth0
		addr add 192.0.2.9/24 dev eth1
	END
	host_ip east <<-END
		link set eth0 up
		link set eth1 up
		addr add 10.2.0.1/24 dev eth0
		addr add 192.0.2.2/24 dev eth1
		route add default via 192.0.2.9
	END
	host_ip sunrise <<-END
		link set eth0 up
		addr add 10.2.0.10/24 dev eth0
		route add default via 10.2.0.1
	END
	nat_masquerade nat eth1
}

# nat_masquerade HOST INTERFACE: what leaves by it gets its address, and ports
# from 20000 up.  Skips the test where the kernel translates in no way.
nat_masquerade()
{
	local proto

	if on "$1" nft add table ip e2e 2>/dev/null; then
		on "$1" nft 'add chain ip e2e post { type nat hook postrouting priority 100; }'
		on "$1" nft "add rule ip e2e post oifname $2 ip protocol { tcp, udp } masquerade to :20000-29999"
		return
	fi
	# User Mode Linux 6.1 of Debian has nft's bridge family alone.
	for proto in udp tcp; do
		on "$1" iptables-legacy -w -t nat -A POSTROUTING -o "$2" -p $proto \
			-j MASQUERADE --to-ports 20000-29999 ||
			skip 'no address translation in this kernel'
	done
}

# wire_netem ARG...: delay, loss and so on in both directions (tc-netem(8));
# wire_netem off ends it.
wire_netem()
{
	local dev

	for dev in $(wire_ports); do
		on_net wire tc qdisc del dev "$dev" root 2>/dev/null || true
		if [ "$1" != off ]; then
			on_net wire tc qdisc add dev "$dev" root netem "$@" ||
				skip 'no netem in this kernel'
		fi
	done
}

wire_ports()
{
	on_net wire ip -o link show master br0 | sed 's/^[0-9]*: \([^@:]*\).*/\1/'
}

# wire_cut HOST, wire_mend HOST: pulls its cable out of the wire, and puts it back.
wire_cut()
{
	on_net wire ip link set "$1" down
}
wire_mend()
{
	on_net wire ip link set "$1" up
}

# ---- traffic -----------------------------------------------------------------

# addr_of NAME[6]: a host's address by its name; anything else is returned.
addr_of()
{
	case $1 in
	west) echo $WEST ;; west6) echo $WEST6 ;;
	east) echo $EAST ;; east6) echo $EAST6 ;;
	sunset) echo $SUNSET ;; sunset6) echo $SUNSET6 ;;
	sunrise) echo $SUNRISE ;; sunrise6) echo $SUNRISE6 ;;
	*) echo "$1" ;;
	esac
}

# ping_ok FROM TO [COUNT [ARG...]]: every one of COUNT (3) pings comes back.  TO
# is an address, or a name as of addr_of.  ARGs go to ping(8).
ping_ok()
{
	local to count=${3:-3} out

	to=$(addr_of "$2")
	out=$(on "$1" ping -n -q -c "$count" -i 0.05 -W 2 -w $((count / 10 + 5)) "${@:4}" "$to" 2>&1) || {
		printf '%s\n' "$out"
		fail "no answer: ping from $1 to $to"
	}
	grep -q " $count received" <<<"$out" || {
		printf '%s\n' "$out"
		fail "lost: ping from $1 to $to"
	}
	echo "ping from $1 to $to: $count of $count"
}

# ping_soon FROM TO [SECONDS]: one ping comes back within that time (10), sent
# again and again; for tunnels that traffic makes.
ping_soon()
{
	local to

	to=$(addr_of "$2")
	wait_for "${3:-10}" on "$1" ping -n -q -c 1 -W 1 "$to"
	echo "ping from $1 to $to"
}

# ping_fails FROM TO [COUNT [ARG...]]: none of COUNT (2) comes back.
ping_fails()
{
	local to

	to=$(addr_of "$2")
	if on "$1" ping -n -q -c "${3:-2}" -i 0.1 -W 1 -w 2 "${@:4}" "$to"; then
		fail "answered, but must not: ping from $1 to $to"
	fi
}

# capture_start NAME [HOST [INTERFACE [FILTER...]]]: captures into the file
# $TESTLOG/NAME.pcap until capture_stop NAME; by default on the wire.
capture_start()
{
	local name=$1 host=${2:-wire} dev=${3:-br0} file=$TESTLOG/$1.pcap pid

	pid=$(host_pid "$host")
	nsenter --target "$pid" --net -- tcpdump -Z root -U --immediate-mode -n -s 0 \
		-i "$dev" -w "$file" "${@:4}" </dev/null >/dev/null 2>"$file.log" &
	echo $! >"$E2E_STATE/capture.$name"
	record_pid $!
	wait_for 10 has_text "$file.log"
}

# capture_stop NAME: ends it; the file is complete then.
capture_stop()
{
	local pid

	# What is on its way to tcpdump gets there first.
	sleep 0.1
	read -r pid <"$E2E_STATE/capture.$1"
	rm -f "$E2E_STATE/capture.$1"
	kill -TERM "$pid" 2>/dev/null || true
	wait_until 5 gone "$pid" || kill -KILL "$pid" 2>/dev/null || true
}

# tcpdump says that it listens, and nothing before that.
has_text() # FILE
{
	[ -s "$1" ]
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

# ESP as such, ESP in UDP (port 4500, first word not zero) and in TCP (4500).
E2E_ESP='(ip proto 50 or ip6 proto 50
	or (ip and udp port 4500 and udp[4:2] > 12 and udp[8:4] != 0)
	or (ip6 and ip6[6] = 17 and (ip6[40:2] = 4500 or ip6[42:2] = 4500)
		and ip6[44:2] > 12 and ip6[48:4] != 0)
	or (ip6[6] = 44 and ip6[40] = 50))'
E2E_IKE='(udp port 500 or udp port 4500)'
# ARP, neighbour discovery, multicast listeners, later fragments of UDP (the
# first one has the port).
E2E_LINK='(arp or (ip[6:2] & 0x1fff != 0 and ip[9] = 17) or (ip6[6] = 58 and ip6[40] >= 133 and ip6[40] <= 137)
	or (ip6[6] = 0 and ip6[40] = 58) or (ip6[6] = 58 and ip6[40] = 143)
	or (ip6[6] = 44 and ip6[40] = 17 and (ip6[42:2] & 0xfff8 != 0
		or ip6[48:2] = 500 or ip6[50:2] = 500
		or ip6[48:2] = 4500 or ip6[50:2] = 4500)))'

# pcap_count FILE [FILTER]: how many packets match.
pcap_count()
{
	tcpdump -n -r "$1" "${2:-}" 2>/dev/null | grep -c . || true
}

# esp_count FILE: how many packets are ESP in any form.
esp_count()
{
	pcap_count "$1" "$E2E_ESP"
}

# assert_only_esp FILE [ALSO]: nothing but ESP, IKE and the link's own packets
# crossed, and some ESP did.  ALSO is a filter of what else may be there.
assert_only_esp()
{
	local clear esp

	clear=$(tcpdump -n -r "$1" "not ($E2E_ESP or $E2E_IKE or $E2E_LINK${2:+ or ($2)})" 2>/dev/null)
	if [ -n "$clear" ]; then
		head -n 20 <<<"$clear"
		fail "clear packets on the wire: $(head -n 1 <<<"$clear")"
	fi
	esp=$(esp_count "$1")
	[ "$esp" -gt 0 ] || fail 'no ESP on the wire'
	echo "only ESP and IKE on the wire ($esp ESP packets)"
}

# assert_no_esp FILE: the opposite of having any.
assert_no_esp()
{
	local esp

	esp=$(esp_count "$1")
	[ "$esp" -eq 0 ] || fail "$esp ESP packets on the wire"
}

# ---- the kernel's side -------------------------------------------------------

# xfrm_bytes HOST [SOURCE]: bytes that all its states have carried, or those
# from one address.
xfrm_bytes()
{
	xfrm_sum "$1" bytes "${2:-}"
}

# xfrm_packets HOST [SOURCE]
xfrm_packets()
{
	xfrm_sum "$1" packets "${2:-}"
}

xfrm_sum() # HOST bytes|packets SOURCE
{
	on_net "$1" ip -s xfrm state | awk -v what="$2" -v source="$3" '
		/^src / { mine = source == "" || $2 == source }
		/lifetime current:/ { current = 1; next }
		current {
			current = 0
			if (mine && match($0, "[0-9]+\\(" what "\\)"))
				sum += substr($0, RSTART, RLENGTH) + 0
		}
		END { print sum + 0 }'
}

# xfrm_count HOST [ESP|AH|COMP]: how many states it has (larval ones too).
xfrm_count()
{
	local proto=${2:-ESP}

	on_net "$1" ip xfrm state | grep -c "proto ${proto,,} " || true
}

# xfrm_policies HOST: how many policies, sockets' own left out, and those that let
# IPv6 neighbour discovery pass, which pluto keeps as long as it runs.
xfrm_policies()
{
	on_net "$1" ip xfrm policy | awk '
		/^src / { discovery = /^src ::\/0 dst ::\/0 proto ipv6-icmp type 13[3-7] *$/ }
		/^[[:space:]]*dir / && !discovery { n++ }
		END { print n + 0 }'
}

# assert_xfrm_empty HOST: neither state nor policy is left within 3 s.
assert_xfrm_empty()
{
	wait_until 3 xfrm_is_empty "$1" || {
		on_net "$1" ip xfrm state
		on_net "$1" ip xfrm policy
		fail "states or policies are left on $1"
	}
}

xfrm_is_empty() # HOST
{
	[ -z "$(on_net "$1" ip xfrm state)" ] && [ "$(xfrm_policies "$1")" -eq 0 ]
}

# xfrm_errors HOST [ALLOWED...]: the error counters that are not zero, but for
# those named (XfrmOutNoStates and so on).
xfrm_errors()
{
	local pid

	# Of the namespace's own process; "self" would be this side's.
	pid=$(host_pid "$1")
	awk -v allowed=" ${*:2} " \
		'$2 > 0 && index(allowed, " " $1 " ") == 0 { print $1 "=" $2 }' "/proc/$pid/net/xfrm_stat"
}

# assert_no_xfrm_errors HOST [ALLOWED...]
assert_no_xfrm_errors()
{
	local errors

	errors=$(xfrm_errors "$@" | tr '\n' ' ')
	[ -z "$errors" ] || fail "xfrm errors on $1: $errors"
}

# kernel_has ALGORITHM [BITS]: whether a state with the kernel's algorithm of
# that name, and key size, can be added.  The answer is kept.
kernel_has()
{
	local name=$1 bits=${2:-} key args kept

	kept=$E2E_STATE/kernel_has/${name//\//_}$bits
	mkdir -p "$E2E_STATE/kernel_has"
	if [ -e "$kept" ]; then
		return "$(cat "$kept")"
	fi
	case $name in
	'rfc4106('* | 'rfc4543('*) args="aead $name $(key_of $((${bits:-128} + 32))) 128" ;;
	'rfc4309('*) args="aead $name $(key_of $((${bits:-128} + 24))) 128" ;;
	'rfc7539esp('*) args="aead $name $(key_of 288) 128" ;;
	'rfc3686('*) args="enc $name $(key_of $((${bits:-128} + 32)))" ;;
	'cbc(des)') args="enc $name $(key_of 64)" ;;
	'cbc(des3_ede)') args="enc $name $(key_of 192)" ;;
	'cbc('*) args="enc $name $(key_of "${bits:-128}")" ;;
	cipher_null | 'ecb(cipher_null)') args='enc ecb(cipher_null)' ;;
	'hmac(md5)' | 'xcbc('* | 'cmac('*) args="auth-trunc $name $(key_of 128) 96" ;;
	'hmac(sha1)' | 'hmac(rmd160)') args="auth-trunc $name $(key_of 160) 96" ;;
	'hmac(sha256)') args="auth-trunc $name $(key_of 256) 128" ;;
	'hmac(sha384)') args="auth-trunc $name $(key_of 384) 192" ;;
	'hmac(sha512)') args="auth-trunc $name $(key_of 512) 256" ;;
	deflate) args='comp deflate' ;;
	*) fail "kernel_has: no such name: $name" ;;
	esac
	key=0
	kernel_takes "$args" || key=1
	echo $key >"$kept"
	return $key
}

key_of() # BITS: a key of that size, in no way weak
{
	printf '0x'
	seq 1 $(($1 / 8)) | while read -r byte; do
		printf '%02x' $(((byte * 37 + 11) % 256))
	done
}

kernel_takes() # ARGUMENTS
{
	local args

	read -r -a args <<<"$1"
	case $1 in
	'enc ecb(cipher_null)')
		args+=('' auth-trunc 'hmac(sha256)' "$(key_of 256)" 128) ;;
	enc*) args+=(auth-trunc 'hmac(sha256)' "$(key_of 256)" 128) ;;
	auth*) args+=(enc 'cbc(aes)' "$(key_of 128)") ;;
	comp*)
		unshare --net ip xfrm state add src 192.0.2.1 dst 192.0.2.2 proto comp \
			spi 0x1000 mode tunnel "${args[@]}" 2>/dev/null
		return ;;
	esac
	unshare --net ip xfrm state add src 192.0.2.1 dst 192.0.2.2 proto esp spi 0x1000 \
		mode tunnel "${args[@]}" 2>/dev/null
}

# need_kernel ALGORITHM...: skips the test when one is not there.  A key size
# may follow a name after a colon: 'cbc(aes):256'.
need_kernel()
{
	local name

	for name; do
		case $name in
		*:*) kernel_has "${name%:*}" "${name##*:}" ;;
		*) kernel_has "$name" ;;
		esac || skip "this kernel has no $name"
	done
}

# ---- strongSwan --------------------------------------------------------------

# Every plugin of Debian's packages that adds an algorithm or a method; those
# that touch the machine's network or need hardware are left out.
SWAN_PLUGINS='random nonce openssl aes sha1 sha2 md5 mgf1 rc2 hmac kdf xcbc cmac ctr ccm gcm
	chapoly drbg curve25519 gmp gcrypt fips-prf x509 revocation constraints pubkey pkcs1 pkcs7
	pkcs8 pkcs12 pgp dnskey sshkey pem kernel-netlink socket-default attr resolve updown vici
	eap-identity eap-md5 eap-mschapv2 eap-gtc eap-tls eap-ttls eap-radius xauth-generic
	counters unity'

# swan_start HOST [LINE...]: starts charon; LINEs go into the charon section of
# its strongswan.conf.  What swan_conf left there is loaded.
swan_start()
{
	local host=$1 line pid

	shift
	# shellcheck disable=SC2086
	{
		printf 'charon {\n\tload =%s\n' "$(printf ' %s' $SWAN_PLUGINS)"
		cat <<-'END'
			filelog {
				main {
					path = /var/log/charon.log
					default = 1
					ike = 2
					cfg = 2
					knl = 2
					net = 1
					time_format = %H:%M:%S
					flush_line = yes
				}
			}
			retransmit_tries = 3
			retransmit_timeout = 1.0
			retransmit_base = 1.4
			max_ikev1_exchanges = 20
		END
		for line; do
			printf '\t%s\n' "$line"
		done
		printf '}\n'
		printf 'swanctl {\n\tload = random openssl pem pkcs1 pkcs8 pkcs12 x509 pubkey\n}\n'
	} >"$(host_file "$host" /etc/strongswan.conf)"
	rm -f "$(host_file "$host" /run/charon.vici)"
	# shellcheck disable=SC2016
	on "$host" sh -c 'echo $$ >/run/charon.test.pid; exec /usr/sbin/charon-systemd' \
		</dev/null >>"$(host_log "$host")/charon.out" 2>&1 &
	pid=$!
	record_pid $pid
	wait_until 15 swan_is_up "$host" $pid || {
		tail -n 20 "$(host_log "$host")/charon.out"
		fail "strongSwan did not start on $host"
	}
	if gone $pid; then
		tail -n 20 "$(host_log "$host")/charon.out"
		fail "strongSwan ended on $host"
	fi
	if [ -s "$(host_file "$host" /etc/swanctl/swanctl.conf)" ]; then
		swan_load "$host"
	fi
}

swan_is_up() # HOST PID
{
	[ -S "$(host_file "$1" /run/charon.vici)" ] || gone "$2"
}

# swan_stop HOST: ends charon, which deletes its SAs first.
swan_stop()
{
	daemon_stop "$1" charon 6
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

# swan_conf HOST <<END: makes it the host's swanctl.conf, and loads it when
# charon runs there.
swan_conf()
{
	cat >"$(host_file "$1" /etc/swanctl/swanctl.conf)"
	if [ -S "$(host_file "$1" /run/charon.vici)" ]; then
		swan_load "$1"
	fi
}

# swan_load HOST: reads connections, secrets and pools anew; what is no longer
# in the file is forgotten.
swan_load()
{
	local out

	out=$(swan "$1" --load-all --clear --noprompt 2>&1) || {
		printf '%s\n' "$out"
		fail "swanctl --load-all on $1: $(grep -m 1 -i fail <<<"$out")"
	}
}

# swan HOST ARG...: swanctl there, bounded to 40 s.
swan()
{
	on "$1" timeout 40 swanctl "${@:2}"
}

# swan_initiate HOST CHILD [SECONDS]: brings it up (15); shows its log when not.
swan_initiate()
{
	local out

	out=$(swan "$1" --initiate --child "$2" --timeout "${3:-15}" 2>&1) || {
		printf '%s\n' "$out"
		fail "strongSwan on $1 could not initiate $2"
	}
	echo "$1: $(tail -n 1 <<<"$out")"
}

# swan_ikes HOST: the connection names of its IKE SAs.
swan_ikes()
{
	swan "$1" --list-sas --raw 2>/dev/null | sed -n 's/^list-sa event {\([^ ]*\) {.*/\1/p' | sort -u
}

# swan_terminate HOST [IKE]: deletes that IKE SA, or every one, telling the peer.
swan_terminate()
{
	local name out

	for name in ${2:-$(swan_ikes "$1")}; do
		out=$(swan "$1" --terminate --ike "$name" --timeout 10 2>&1) || {
			printf '%s\n' "$out"
			fail "strongSwan on $1 could not terminate $name"
		}
	done
}

# swan_reset HOST: deletes every SA at once, whatever the peer says.
swan_reset()
{
	local name

	for name in $(swan_ikes "$1"); do
		swan "$1" --terminate --ike "$name" --force --timeout 1 >/dev/null 2>&1 || true
	done
}

# swan_sas HOST: the SAs, one a line, in swanctl's raw form.
swan_sas()
{
	swan "$1" --list-sas --raw
}

# swan_log HOST: what charon logged since the test began.
swan_log()
{
	log_since "$1" charon.log
}

# swan_wait_log HOST SECONDS PATTERN: waits for a line.
swan_wait_log()
{
	wait_for "$2" swan_logged "$1" "$3"
}

swan_logged() # HOST PATTERN
{
	swan_log "$1" | grep -Eq -- "$2"
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

# ---- pluto -------------------------------------------------------------------

PLUTO_RUN=/run/pluto

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
	on "$host" sh -c '
		"$@" & echo $! >/run/pluto.test.pid
		wait $!
		echo $? >/run/pluto.test.status' sh \
		env "IPSEC_EXECDIR=$BUILD" "$BUILD/pluto" --nofork --stderrlog --rundir $PLUTO_RUN \
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

pluto_is_up() # HOST [OLD_SOCKET]
{
	local now

	now=$(pluto_socket "$1")
	{ [ -n "$now" ] && [ "$now" != "${2:-}" ]; } ||
		[ -e "$(host_file "$1" /run/pluto.test.status)" ]
}

# pluto_socket HOST: what tells its control socket from one that a killed pluto left.
pluto_socket()
{
	stat -c '%i %z' "$(host_file "$1" $PLUTO_RUN/pluto.ctl)" 2>/dev/null || true
}

# pluto_stop HOST: asks it to end, and fails the test when it does not within
# 5 s, ends with a status other than 0, or a sanitizer spoke.
pluto_stop()
{
	local host=$1 status

	whack_on "$host" --shutdown || true
	if ! wait_until 5 test -e "$(host_file "$host" /run/pluto.test.status)"; then
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
	if [ -S "$(host_file "$1" $PLUTO_RUN/pluto.ctl)" ]; then
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

# ---- the end -----------------------------------------------------------------

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
			if [ -S "$(host_file "$host" /run/charon.vici)" ]; then
				echo '== swanctl'; on "$host" timeout 5 swanctl --list-sas
				on "$host" timeout 5 swanctl --list-conns
			fi
			if [ -S "$(host_file "$host" $PLUTO_RUN/pluto.ctl)" ]; then
				echo '== whack'; on "$host" timeout 5 "$BUILD/whack" \
					--ctlsocket $PLUTO_RUN/pluto.ctl --status
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
