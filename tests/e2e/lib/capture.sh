# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What was on the wire.

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
