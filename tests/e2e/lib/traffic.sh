# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Pings.

# addr_of NAME[6]: a host's address by its name; anything else is returned.
addr_of()
{
	case $1 in
	west) echo "$WEST" ;; west6) echo "$WEST6" ;;
	east) echo "$EAST" ;; east6) echo "$EAST6" ;;
	sunset) echo "$SUNSET" ;; sunset6) echo "$SUNSET6" ;;
	sunrise) echo "$SUNRISE" ;; sunrise6) echo "$SUNRISE6" ;;
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
