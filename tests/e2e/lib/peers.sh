# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Any peer by one set of names.  What a kind of peer is told, and how, is in its
# own file: KIND_start, KIND_conf and so on; here are the table of peers, their
# root directories, and the neutral description of a connection that each kind
# turns into its own configuration.

E2E_PEERS=${E2E_PEERS:-/var/cache/cygnet-peers}

# Name, kind, and the Debian release whose tree it comes from (see peers-fetch);
# "-" is what is installed on this machine.
PEER_TABLE='strongswan5 charon    -
strongswan6  charon    trixie
libreswan4   libreswan bookworm
libreswan5   libreswan trixie
openiked7    iked      bookworm'
# Those of the tests "newer.*" alone: not in the matrix of features.
PEER_NEWER='strongswan61 charon forky'

peer_names()
{
	cut -d ' ' -f 1 <<<"$PEER_TABLE"
}

# peer_field NAME 2|3: its kind, or its release.
peer_field()
{
	awk -v name="$1" -v n="$2" '$1 == name { print $n }' <<<"$PEER_TABLE"$'\n'"$PEER_NEWER"
}

# peer_kind HOST: which kind of peer runs there; nothing when none does.
peer_kind()
{
	local kind=''

	read -r kind 2>/dev/null <"$E2E_STATE/hosts/$1/kind" || true
	echo "$kind"
}

# peer_name HOST: its name in the table.
peer_name()
{
	local name=''

	read -r name 2>/dev/null <"$E2E_STATE/hosts/$1/peer" || true
	echo "$name"
}

# ---- root directories ----------------------------------------------------------

# tree_need RELEASE: skips the test when its tree is not there.
tree_need()
{
	local reason

	if [ -s "$E2E_PEERS/$1/.versions" ]; then
		return
	fi
	reason=$(head -n 1 "$E2E_PEERS/$1.reason" 2>/dev/null || true)
	skip "no tree of Debian $1: ${reason:-run tests/e2e/peers-fetch}"
}

# tree_enter HOST RELEASE: a root directory of that release in the host, with the
# host's /run, /var/log, processes and devices; the rest can be written and ends
# with the host.  From then on on_peer and peer_file mean it.
tree_enter()
{
	tree_need "$2"
	# shellcheck disable=SC2016
	on "$1" sh -c '
		tree=$0 root=/run/peer
		mkdir -p $root /run/.peer/upper /run/.peer/work
		if ! mount -t overlay -o "lowerdir=$tree,upperdir=/run/.peer/upper,workdir=/run/.peer/work" \
			peer $root 2>/dev/null; then
			# No further overlay here: the tree itself, and copies of what changes.
			mount --bind "$tree" $root
			for dir in etc var tmp; do
				mkdir -p /run/.peer/$dir
				cp -a $root/$dir/. /run/.peer/$dir/
				mount --bind /run/.peer/$dir $root/$dir
			done
		fi
		cat >/run/.peer/fstab <<-END
			/proc $root/proc none rbind
			/sys $root/sys none rbind
			/dev $root/dev none rbind
			/run $root/run none bind
			/var/log $root/var/log none bind
		END
		exec mount -a -T /run/.peer/fstab' "$E2E_PEERS/$2" || fail "no root of $2 on $1"
	echo "$2" >"$E2E_STATE/hosts/$1/tree"
}

# peer_root HOST: its root directory as a path on this side.
peer_root()
{
	local root=$E2E_STATE/hosts/$1/root

	if [ -e "$E2E_STATE/hosts/$1/tree" ]; then
		root+=/run/peer
	fi
	echo "$root"
}

# peer_file HOST PATH: the peer's file as a path on this side.
peer_file()
{
	echo "$(peer_root "$1")$2"
}

# on_peer HOST COMMAND [ARG]...: like on, in the peer's root directory.
on_peer()
{
	local pid root

	read -r pid <"$E2E_STATE/hosts/$1/pid" || fail "no host $1"
	root=$(peer_root "$1")
	shift
	nsenter --target "$pid" --mount --net --uts --ipc \
		--pid="/proc/$pid/ns/pid_for_children" --root="$root/" --wd="$root/" -- "$@"
}

# ---- the daemon ----------------------------------------------------------------

# peer_start HOST NAME [ARG...]: starts that peer; ARGs are its kind's.
peer_start()
{
	local host=$1 name=$2 kind release

	kind=$(peer_field "$name" 2)
	release=$(peer_field "$name" 3)
	[ -n "$kind" ] || fail "no such peer: $name"
	if [ "$release" != - ]; then
		tree_enter "$host" "$release"
	fi
	echo "$name" >"$E2E_STATE/hosts/$host/peer"
	echo "$kind" >"$E2E_STATE/hosts/$host/kind"
	"${kind}_start" "$host" "${@:3}"
}

# peer_again HOST: starts it anew after peer_stop or peer_crash, with no connection.
peer_again()
{
	"$(peer_kind "$1")_start" "$1"
}

# peer_conf HOST [KEY=VALUE]...: gives the peer the connection "net" and its
# secret, forgetting what it had.  KEYs, all with a default:
#   mode=tunnel|transport   outer=4|6   inner=4|6
#   ike=aes_gcm256-sha2_256-dh19   esp=aes_gcm256   pfs=GROUP|no   esn=yes|no
#   secret=TEXT   id=@east   peer_id=@west   mine=SELECTOR   theirs=SELECTOR
#   ike_life=SECONDS   child_life=SECONDS   dpd=SECONDS|no
#   auth=psk|cert|raw|null  how it proves itself; peer_auth=, how pluto must (the same)
#   key=NAME   peer_key=NAME   of the keys that peer_keys gave it: its own, the other end's
#   scheme=TEXT             the scheme of its signature, in the kind's own word
#   also='ID SELECTOR'       a second connection like it, for that peer and its network
#   also_me=ADDRESS   also_lines=TEXT   what is other in it, for Libreswan
#   cp=no|client|server     whether addresses are handed out: it asks, or it has the pool
#   ppk=TEXT                the value of the PPK "one", which it insists on
#   lines=TEXT              lines of the kind's own for the connection
#   child_lines=TEXT        the same for the child, where the kind has such
#   setup=TEXT              the same for what stands outside the connection
#   ah=ALGORITHM            AH with it instead of ESP
#   proto=NAME              for OpenIKED, whose ports need it
# Algorithms are written in pluto's words, encryption[-integrity][-prf][-group], and additional
# key exchanges after them: -ke1=ecp384.
peer_conf()
{
	local host=$1 pair
	# The kinds read it.
	local -A net=([mode]=tunnel [outer]=4 [inner]=4 [ike]=$E2E_IKE_ALG [esp]=$E2E_ESP_ALG
		[pfs]=no [esn]=no [secret]='not much of a secret' [id]=@$host [peer_id]=@west
		[auth]=psk [peer_auth]='' [key]='' [peer_key]='' [scheme]='' [ike_life]='' [child_life]='' [dpd]=no [cp]=no [also]='' [also_me]='' [also_lines]='' [ah]='' [proto]=''
		[lines]='' [child_lines]='' [setup]='' [ppk]='')

	shift
	if [ "$host" = west ]; then
		net[peer_id]=@east
	fi
	for pair; do
		net[${pair%%=*}]=${pair#*=}
	done
	: "${net[peer_auth]:=${net[auth]}}"
	peer_ends "$host"
	"$(peer_kind "$host")_conf" "$host"
}

# peer_keys HOST NAME PEER_NAME ISSUER...: its private key and certificate (for auth=cert),
# the other end's raw key (auth=raw), and CAs or intermediates, of those that auth_pki made.
peer_keys()
{
	"$(peer_kind "$1")_keys" "$@"
}

# peer_ends HOST: addresses and selectors, where they were not given.
peer_ends()
{
	# shellcheck disable=SC2153
	local west=$WEST east=$EAST behind_west=10.1.0.0/24 behind_east=10.2.0.0/24

	if [ "${net[outer]}" = 6 ]; then
		west=$WEST6 east=$EAST6
	fi
	if [ "${net[inner]}" = 6 ]; then
		behind_west=fd00:1::/64 behind_east=fd00:3::/64
	fi
	if [ "$1" = west ]; then
		: "${net[me]:=$west}" "${net[peer]:=$east}"
		: "${net[mine]:=$behind_west}" "${net[theirs]:=$behind_east}"
	else
		: "${net[me]:=$east}" "${net[peer]:=$west}"
		: "${net[mine]:=$behind_east}" "${net[theirs]:=$behind_west}"
	fi
}

# peer_esp HOST: the ESP algorithms to use with it where a test is not about them.
peer_esp()
{
	case $(peer_kind "$1") in
	# PF_KEY of Linux has no AEAD, and HMAC_SHA2_256 with 96 bits.
	iked) echo aes256-sha2_512 ;;
	*) echo "$E2E_ESP_ALG" ;;
	esac
}

# peer_up HOST [SECONDS]: it begins; fails the test when the child is not there
# within that time (10).
peer_up()
{
	"$(peer_kind "$1")_up" "$@"
}

# peer_up_fails HOST: it begins and must hear soon that this cannot be.
peer_up_fails()
{
	"$(peer_kind "$1")_up_fails" "$@"
}

# peer_down HOST: it ends the IKE SA, telling the other end.
peer_down()
{
	"$(peer_kind "$1")_down" "$@"
}

# peer_down_child HOST: it deletes the child alone, telling the other end.
peer_down_child()
{
	"$(peer_kind "$1")_down_child" "$@"
}

# peer_rekey_child HOST, peer_rekey_ike HOST: it replaces that SA now.
peer_rekey_child()
{
	"$(peer_kind "$1")_rekey_child" "$@"
}
peer_rekey_ike()
{
	"$(peer_kind "$1")_rekey_ike" "$@"
}

# peer_reset HOST: it forgets every SA, whatever the other end says.
peer_reset()
{
	"$(peer_kind "$1")_reset" "$@"
}

# peer_stop HOST: it ends as it does when an admin stops it.
peer_stop()
{
	"$(peer_kind "$1")_stop" "$@"
}

# peer_crash HOST: it ends with no chance to clean up.
peer_crash()
{
	local pid

	pid=$(cat "$(host_file "$1" "/run/$(peer_kind "$1").test.pid")")
	# Helper processes die with it or, where they do not, are its children.
	# shellcheck disable=SC2016
	on "$1" sh -c 'children=$(cat "/proc/$0/task/$0/children" 2>/dev/null)
		kill -KILL "$0" && for child in $children; do
			kill -KILL "$child" 2>/dev/null || true
		done' "$pid"
	wait_until 5 test ! -e "$E2E_STATE/hosts/$1/root/proc/$pid" || true
	"$(peer_kind "$1")_swept" "$1"
}

# peer_ikes HOST: how many IKE SAs it has that are up.
peer_ikes()
{
	"$(peer_kind "$1")_ikes_up" "$@"
}

# assert_peer_clean HOST: within 3 s nothing of an SA is left in its kernel.
assert_peer_clean()
{
	wait_until 3 "$(peer_kind "$1")_kernel_clean" "$1" || {
		on_net "$1" ip xfrm state
		on_net "$1" ip xfrm policy | grep -v -A 1 '^src ::/0 dst ::/0'
		fail "states or policies are left on $1"
	}
}

# peer_log HOST: what it logged since the test began.
peer_log()
{
	log_since "$1" "$(peer_kind "$1").log"
}

# peer_wait_log HOST SECONDS PATTERN
peer_wait_log()
{
	wait_for "$2" peer_logged "$1" "$3"
}

peer_logged() # HOST PATTERN
{
	peer_log "$1" | grep -Eq -- "$2"
}

# peer_dump HOST: for a look after a failure.
peer_dump()
{
	local kind

	kind=$(peer_kind "$1")
	if [ -n "$kind" ]; then
		echo "== $kind"
		"${kind}_dump" "$1"
	fi
}

# alg_parts PROPOSAL: its words one a line, each after what it is:
# "encr aes_gcm256", "integ sha2_256", "prf sha2_256", "group dh19", in that order
# and "addke ke1_ecp384", for each proposal of a comma separated list, with a line "next" between.
alg_parts()
{
	local proposal word integ prf group encr more

	while read -r -d , proposal; do
		encr='' integ='' prf='' group='' more=''
		while read -r -d - word; do
			case $word in
			dh* | ecp* | modp* | x25519 | x448) group=$word ;;
			prf*) prf=${word#prf} ;;
			ke[1-7]=*) more+=" ${word/=/_}" ;;
			*)
				if [ -z "$encr" ]; then
					encr=$word
				else
					integ=$word
				fi
				;;
			esac
		done <<<"$proposal-"
		echo "encr $encr"
		case $encr in
		*gcm* | *ccm* | chacha20*) [ -z "$integ$prf" ] || echo "prf ${prf:-$integ}" ;;
		*)
			[ -z "$integ" ] || echo "integ $integ"
			[ -z "$prf" ] || echo "prf $prf"
			;;
		esac
		[ -z "$group" ] || echo "group $group"
		for word in $more; do
			echo "addke $word"
		done
		echo next
	done <<<"$1,"
}
