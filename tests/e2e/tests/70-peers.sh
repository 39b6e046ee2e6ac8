# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# The same features against every peer, in both roles.  A feature is declared
# once; 79-matrix.sh makes a test of it for each peer and role, whose name is
# peer.PEER.FEATURE.ROLE, and tests/e2e/matrix makes doc/PEERS.md of the results.
# West runs pluto and east the peer; the tests of a peer share both daemons, and
# each leaves them without an SA.

FEATURES=()
declare -A FEATURE_TEXT FEATURE_CALL FEATURE_SETUP FEATURE_LIMIT

# feature [-t SECONDS] [-s SETUP|-] NAME TEXT FUNCTION [ARG]...: FUNCTION is called
# with PEER, the beginner (west is pluto, east the peer), and ARGs.  SETUP makes
# the hosts, with PEER as argument, and is shared by consecutive features that
# name the same; "-" is none, then FUNCTION does it itself.
# shellcheck disable=SC2034 # 79-matrix.sh reads them
feature()
{
	local setup=peer_pair limit=60

	while [[ $1 == -? ]]; do
		case $1 in
		-t) limit=$2 ;;
		-s) setup=$2 ;;
		esac
		shift 2
	done
	FEATURES+=("$1")
	FEATURE_TEXT[$1]=$2
	FEATURE_SETUP[$1]=$setup
	FEATURE_LIMIT[$1]=$limit
	FEATURE_CALL[$1]=$(printf ' %q' "${@:3}")
}

# peer_case PEER FUNCTION ARG...: what 79-matrix.sh makes a test of.
peer_case()
{
	PEER_TESTED=$1
	"$2" "$1" "${@:3}"
}

# lacks PATTERN REASON: for peers whose name matches, the feature of the test that
# calls it is not there; the table shows why.
lacks()
{
	# shellcheck disable=SC2053
	if [[ $PEER_TESTED == $1 ]]; then
		skip "$2"
	fi
}

# lacks_in BEGINNER ROLE PATTERN REASON: the same for one role.
lacks_in()
{
	if [ "$1" = "$2" ]; then
		lacks "$3" "$4"
	fi
}

# peer_pair PEER [ARG...]: both gateways and their networks; ARGs are of the peer's start.
peer_pair()
{
	topo_pair
	pluto_ready west
	peer_start east "$@"
}

# both_ends KEY=VALUE... [-- ARG...]: the connection on both ends, from one
# description (see peer_conf); ARGs are whack's beside it. "net_pluto west
# "${E2E_BOTH[@]}"" defines the same once more.
both_ends()
{
	local pair args=() more=()
	local -A it=([mode]=tunnel [outer]=4 [inner]=4 [ike]=$E2E_IKE_ALG [esp]=$E2E_ESP_ALG
		[pfs]=no [esn]=no)

	it[esp]=$(peer_esp east)
	args=("esp=${it[esp]}")
	while [ $# -gt 0 ]; do
		if [ "$1" = -- ]; then
			more=("${@:2}")
			break
		fi
		args+=("$1")
		it[${1%%=*}]=${1#*=}
		shift
	done
	peers_clean
	if [ "${it[pfs]}" = no ]; then
		case " ${more[*]} " in *' --pfs'*) ;; *) more+=(--pfs=no) ;; esac
	else
		more+=(--pfs)
		it[esp]=${it[esp]//,/-${it[pfs]},}-${it[pfs]}
	fi
	case " ${more[*]} " in *' --ike '*) ;; *) more+=(--ike "${it[ike]}") ;; esac
	case " ${more[*]} " in *' --esp '*) ;; *) more+=(--esp "${it[esp]}") ;; esac
	E2E_BOTH=("${it[mode]}" "${it[outer]}" "${it[inner]}" "--esn=${it[esn]}" "${more[@]}")
	net_pluto west "${E2E_BOTH[@]}"
	peer_conf east ${args[@]+"${args[@]}"}
}

both_clean()
{
	assert_xfrm_empty west
	assert_peer_clean east
}

# peers_clean: whatever an earlier test left.
peers_clean()
{
	whack_on west --name west-east --delete >/dev/null 2>&1 || true
	peer_reset east >/dev/null 2>&1 || true
}

begin() # west|east
{
	if [ "$1" = west ]; then
		whack_on west --name west-east --initiate
	else
		peer_up east
	fi
}

finish_by() # west|east
{
	if [ "$1" = west ]; then
		whack_on west --name west-east --terminate
	else
		peer_down east
	fi
	both_clean
	wait_for 3 no_ikes
}

no_ikes()
{
	[ "$(peer_ikes east)" -eq 0 ] && ! whack_on west --showstates | grep -q '#[0-9]'
}

# net_lacks ESP ESN OUTER INNER IKE: what a peer's kernel interface cannot do.
net_lacks()
{
	case $1 in
	*gcm* | chacha*) lacks 'openiked*' 'PF_KEY of Linux has no AEAD' ;;
	*sha2_256) lacks 'openiked*' 'PF_KEY of Linux cuts HMAC_SHA2_256 at 96 bits' ;;
	esac
	if [ "$3" != "$4" ]; then
		lacks 'openiked*' 'PF_KEY of Linux has no state for another family than its own'
	fi
	case $5 in
	chacha*) lacks 'openiked*' 'it has no CHACHA20_POLY1305 in IKE' ;;
	esac
	if [ "$2" = yes ]; then
		lacks 'openiked*' 'PF_KEY of Linux has no extended sequence numbers'
	fi
}

# A connection with traffic both ways that is only ESP on the wire.
t_peer_net() # PEER BEGINNER [KEY=VALUE]...
{
	local -A it=([mode]=tunnel [outer]=4 [inner]=4)
	local pair from to back

	for pair in "${@:3}"; do
		it[${pair%%=*}]=${pair#*=}
	done
	net_lacks "${it[esp]:-}" "${it[esn]:-}" "${it[outer]}" "${it[inner]}" "${it[ike]:-}"
	read -r from to < <(from_to "${it[mode]}" "${it[outer]}" "${it[inner]}")
	both_ends "${@:3}"
	capture_start wire
	begin "$2"
	ping_ok "$from" "$to"
	back=${from}${to##*[a-z]}
	ping_ok "${to%6}" "$back"
	capture_stop wire
	assert_only_esp "$TESTLOG/wire.pcap"
	[ "$(xfrm_count west)" -eq 2 ] || fail 'not two states on west'
	expect "mode ${it[mode]}" on_net west ip xfrm state
	if [ "${it[esn]:-no}" = yes ]; then
		expect 'flag.*esn' on_net west ip xfrm state
	fi
	assert_no_xfrm_errors west
	assert_no_xfrm_errors east
	finish_by "$2"
}

# The other end ends it: first the child alone, then the whole.
t_peer_delete() # PEER BEGINNER
{
	local other=west

	lacks_in "$2" east 'libreswan*' 'it begins again at once when the other end deletes'
	if [ "$2" = west ]; then
		other=east
	fi
	both_ends
	begin "$2"
	ping_ok sunset sunrise 1
	finish_by "$other"
	begin "$2"
	if [ "$other" = east ]; then
		peer_down_child east
	else
		# Until one child alone can be ended by name.
		whack_on west --name west-east --terminate
	fi
	wait_for 3 states_are west 0
	wait_for 3 states_are east 0
	peers_clean
	both_clean
}

# One thing does not fit: who began hears of it at once, and nothing stays.
t_peer_refused() # PEER BEGINNER WHAT
{
	local said=NO_PROPOSAL_CHOSEN

	case $3 in
	psk)
		said=AUTHENTICATION_FAILED
		both_ends 'secret=quite another secret'
		;;
	ike) both_ends ike=aes128-sha2_384-dh14 -- --ike "$E2E_IKE_ALG" ;;
	esp) both_ends esp=aes128-sha1 -- --esp aes256-sha2_512 ;;
	selectors)
		said='TS_UNACCEPTABLE'
		if [[ $1 == openiked* ]]; then
			# It answers with its own selectors, whatever was offered.
			said+='|not what we offered'
		fi
		both_ends mine=10.99.0.0/24
		;;
	identity)
		said=AUTHENTICATION_FAILED
		both_ends peer_id=@nobody
		;;
	esac
	if [ "$2" = west ]; then
		whack_rc fail 5 "$said" west --name west-east --initiate
	else
		peer_up_fails east
	fi
	pluto_wait_log west 3 "$said|$(refusal_words "$3")"
	peers_clean
	both_clean
}

# What pluto says when it is the one that refuses.
refusal_words()
{
	case $1 in
	psk) echo PSK ;;
	ike | esp) echo proposal ;;
	selectors) echo 'selectors do not match' ;;
	identity) echo 'AUTHENTICATION_FAILED|nobody|@east' ;;
	esac
}

# The beginner's first group is not the one that the other end takes.
t_peer_invalid_ke() # PEER BEGINNER
{
	local two=aes_gcm256-sha2_256-dh31,aes_gcm256-sha2_256-dh20 one=aes_gcm256-sha2_256-dh20

	if [ "$2" = west ]; then
		both_ends "ike=$one" -- --ike aes_gcm256-sha2_256-dh31+dh20
	else
		both_ends "ike=$two" -- --ike "$one"
	fi
	begin "$2"
	ping_ok sunset sunrise 1
	pluto_wait_log west 1 'INVALID_KE|[Gg]roup|ECP_384'
	finish_by "$2"
}

# The peer is killed with SAs up and started again: the new one comes up at once,
# whoever begins, and the old one does not stay.
t_peer_restart() # PEER BEGINNER
{
	peer_pair "$1"
	both_ends
	begin "$2"
	ping_ok sunset sunrise 1
	peer_crash east
	on_net east ip xfrm state flush
	on_net east ip xfrm policy flush
	peer_again east
	peer_conf east "esp=$(peer_esp east)"
	if [ "$2" = west ]; then
		# Nobody tells pluto: an admin does.
		whack_on west --name west-east --terminate || true
	fi
	begin "$2"
	ping_ok sunset sunrise 2
	case $2.$1 in
	east.libreswan* | east.openiked*)
		# Without INITIAL_CONTACT the old SA is as good as the new one until
		# somebody asks whether it lives.
		expect 'authenticated\([12]\)' whack_on west --briefstatus
		whack_on west --name west-east --terminate
		;;
	*)
		wait_for 5 states_are west 2
		expect 'authenticated\(1\)' whack_on west --briefstatus
		finish_by "$2"
		;;
	esac
	peer_stop east || true
	pluto_stop west
}

# The peer ends as its admin's stop does it: pluto hears of it and cleans up.
t_peer_stops() # PEER BEGINNER
{
	peer_pair "$1"
	lacks 'openiked*' 'it ends without a word to its peers'
	both_ends
	begin "$2"
	ping_ok sunset sunrise 1
	peer_stop east || true
	wait_for 5 states_are west 0
	assert_xfrm_empty west
	pluto_stop west
}

# What can be compressed is: of a long ping of zeroes little is left on the wire, and short ones, which
# gain nothing, pass as they are. Each end replaces the child, and it is so still.
t_peer_ipcomp() # PEER BEGINNER MODE
{
	local from=sunset to=sunrise keys=("mode=$3")

	need_kernel deflate
	lacks 'openiked*' 'its PF_KEY interface of Linux knows no IPComp'
	case $(peer_kind east) in
	charon) keys+=('child_lines=ipcomp = yes') ;;
	libreswan) keys+=('lines=compress=yes') ;;
	esac
	if [ "$3" = transport ]; then
		from=west to=east
	fi
	both_ends "${keys[@]}" -- --compress --dontrekey
	begin "$2"
	ipcomp_flows "$from" "$to"
	spis west >"$TESTLOG/spis"
	whack_on west --name west-east --rekey-child
	wait_for 5 other_spis west "$TESTLOG/spis"
	wait_for 5 comp_states_are west 2
	ipcomp_flows "$from" "$to"
	spis west >"$TESTLOG/spis"
	peer_rekey_child east
	wait_for 5 other_spis west "$TESTLOG/spis"
	wait_for 5 comp_states_are west 2
	ipcomp_flows "$from" "$to"
	assert_no_xfrm_errors west XfrmInNoStates
	finish_by "$2"
}

comp_states_are() # HOST COUNT
{
	[ "$(xfrm_count "$1" COMP)" -eq "$2" ] && [ "$(xfrm_count "$1")" -eq "$2" ]
}

ipcomp_flows() # FROM TO
{
	comp_states_are west 2 || fail 'not two states of IPComp on west'
	expect 'proto comp' on_net west ip xfrm policy
	capture_start wire
	ping_ok "$1" "$2" 3 -s 1200 -p 00
	ping_ok "$1" "$2" 3 -s 8
	capture_stop wire
	assert_only_esp "$TESTLOG/wire.pcap"
	[ "$(pcap_count "$TESTLOG/wire.pcap" 'ip proto 50 and greater 400')" -eq 0 ] ||
		fail 'a long packet was not compressed'
	[ "$(pcap_count "$TESTLOG/wire.pcap" 'ip proto 50')" -ge 12 ] || fail 'not every ping was ESP'
}

# A PPK that both insist on, and traffic under the keys made with it.
t_peer_ppk() # PEER BEGINNER
{
	lacks 'openiked*' 'it has no PPK (RFC 8784)'
	both_ends 'ppk=a value that both know' -- --ppk=insist
	printf '%s\n' '@west @east : PSK "not much of a secret"' \
		'@west @east : PPKS "one" "a value that both know"' | pluto_secrets west
	begin "$2"
	pluto_wait_log west 3 'PPK "one" is in the keys'
	ping_ok sunset sunrise 2
	finish_by "$2"
	pluto_secrets west <<<'@west @east : PSK "not much of a secret"'
}

feature tunnel_4in4 'tunnel, IPv4 in IPv4' t_peer_net
feature tunnel_6in6 'tunnel, IPv6 in IPv6' t_peer_net outer=6 inner=6
feature tunnel_4in6 'tunnel, IPv4 in IPv6' t_peer_net outer=6 inner=4
feature tunnel_6in4 'tunnel, IPv6 in IPv4' t_peer_net outer=4 inner=6
feature transport_4 'transport mode, IPv4' t_peer_net mode=transport
feature transport_6 'transport mode, IPv6' t_peer_net mode=transport outer=6 inner=6
feature ike_cbc 'IKE: AES_CBC_128, HMAC_SHA2_256, MODP_2048' t_peer_net ike=aes128-sha2_256-dh14
feature ike_sha512 'IKE: AES_CBC_256, HMAC_SHA2_512, ECP_521' t_peer_net ike=aes256-sha2_512-dh21
feature ike_chacha 'IKE: CHACHA20_POLY1305, HMAC_SHA2_256, X25519' \
	t_peer_net ike=chacha20_poly1305-sha2_256-dh31
feature ike_gcm128 'IKE: AES_GCM_16_128, HMAC_SHA2_384, ECP_384' \
	t_peer_net ike=aes_gcm128-sha2_384-dh20
feature esp_gcm128 'ESP: AES_GCM_16_128' t_peer_net esp=aes_gcm128
feature esp_chacha 'ESP: CHACHA20_POLY1305' t_peer_net esp=chacha20_poly1305
feature esp_cbc 'ESP: AES_CBC_128, HMAC_SHA2_256' t_peer_net esp=aes128-sha2_256
feature esp_sha1 'ESP: AES_CBC_256, HMAC_SHA1' t_peer_net esp=aes256-sha1
feature esp_esn 'ESP: extended sequence numbers' t_peer_net esn=yes
feature invalid_ke 'another group asked for (INVALID_KE_PAYLOAD)' t_peer_invalid_ke
feature delete 'delete by the end that did not begin: all, then a child' t_peer_delete
feature ipcomp 'IPComp, tunnel mode, kept by rekeys of both ends' t_peer_ipcomp tunnel
feature ipcomp_transport 'the same, transport mode' t_peer_ipcomp transport
feature ppk 'post-quantum preshared key (RFC 8784)' t_peer_ppk
feature refused_psk 'refused: another secret' t_peer_refused psk
feature refused_ike 'refused: no common IKE proposal' t_peer_refused ike
feature refused_esp 'refused: no common ESP proposal' t_peer_refused esp
feature refused_selectors 'refused: selectors that do not meet' t_peer_refused selectors
feature refused_identity 'refused: another identity' t_peer_refused identity
feature -t 120 -s - restart 'the peer is killed and started again' t_peer_restart
feature -t 90 -s - stop 'the peer is stopped by its admin' t_peer_stops
