# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# The kernel's side: states, policies, counters, and which algorithms it has.

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

# assert_xfrm_empty HOST: neither state nor policy is left within 12 s; what another child
# replaced is kept for 5 s (core/linger.c).
assert_xfrm_empty()
{
	wait_until 12 xfrm_is_empty "$1" || {
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
# that name, and key size, can be added; or of xfrm-interface, vti, espintcp,
# iptfs, netdevsim whether there is such a thing.  The answer is kept.
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
	xfrm-interface) args='link add x type xfrm if_id 1' ;;
	vti) args='link add v type vti local 192.0.2.1 remote 192.0.2.2 key 1' ;;
	espintcp) args='ulp espintcp' ;;
	netdevsim) args='module netdevsim' ;;
	iptfs) args='module xfrm_iptfs' ;;
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
	link*)
		unshare --net ip "${args[@]}" 2>/dev/null
		return ;;
	ulp*)
		grep -qw "${args[1]}" /proc/sys/net/ipv4/tcp_available_ulp
		return ;;
	module*)
		modprobe -d /run/e2e "${args[1]}" 2>/dev/null || modprobe "${args[1]}" 2>/dev/null
		return ;;
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
