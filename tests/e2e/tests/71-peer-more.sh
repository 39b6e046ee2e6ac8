# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Every peer: addresses handed out, dead peers, selectors, AH, and the extensions of IKEv2.

# ---- remote access ---------------------------------------------------------------

# Pluto asks for addresses of the peer's pool, or the peer of pluto's; name servers go along.
t_peer_pool() # PEER BEGINNER
{
	local esp resolv

	esp=$(peer_esp east)
	peers_clean
	if [ "$2" = west ]; then
		resolv=$(host_file west /etc/resolv.conf)
		echo 'nameserver 192.0.2.99' >"$resolv"
		whack_on west --name west-east --psk --encrypt --tunnel --host "$WEST" --id @west \
			--modecfgclient --to --host "$EAST" --id @east --client 10.2.0.0/24 \
			--ike "$E2E_IKE_ALG" --esp "$esp" --pfs=no
		peer_conf east cp=server "esp=$esp"
		begin west
		expect 'inet 10.9.0.[0-9]*/32' on_net west ip addr show dev lo
		expect 'src 10.9.0.' on_net west ip route get "$SUNRISE"
		ping_ok west sunrise 3
		head -n 3 "$resolv" | grep -q '^nameserver 10.2.0.53$' || fail 'no name server'
		finish_by west
		expect_gone 'inet 10.9.0' on_net west ip addr show dev lo
		expect_gone 10.2.0.53 cat "$resolv"
		[ "$(cat "$resolv")" = 'nameserver 192.0.2.99' ] || fail 'resolv.conf is not as before'
		return
	fi
	whack_on west --name west-east --psk --encrypt --tunnel --host "$WEST" --id @west \
		--client 10.1.0.0/24 --to --host "$EAST" --id @east --addresspool 10.9.0.0/24 \
		--modecfgdns 10.1.0.53 --ike "$E2E_IKE_ALG" --esp "$esp" --pfs=no
	peer_conf east cp=client "esp=$esp"
	begin east
	expect 'lease 10.9.0.1 to @?east, in use' whack_on west --addresspoolstatus
	pool_address
	ping_ok east sunset 3 -I 10.9.0.1
	ping_ok sunset 10.9.0.1 2
	finish_by east
	on_net east ip addr flush to 10.9.0.0/24
	expect 'lease 10.9.0.1 to @?east, reusable' whack_on west --addresspoolstatus
}

# Libreswan leaves it to its updown script, which does not run here.
pool_address()
{
	case $(peer_kind east) in
	libreswan)
		on_net east ip addr add 10.9.0.1/32 dev lo 2>/dev/null || true
		peer_log east | grep -q '10\.9\.0\.1' || fail 'the peer does not know its address'
		;;
	*) expect 'inet 10.9.0.1/32' on_net east ip addr ;;
	esac
}

# ---- dead peers ------------------------------------------------------------------

# Nothing comes from the peer any more: pluto asks, holds the traffic, and has the tunnel again
# when the peer is there again.
t_peer_silent() # PEER BEGINNER
{
	peer_pair "$1"
	both_ends -- --dpddelay 1s --dpdtimeout 2s --dpdaction hold
	begin "$2"
	ping_ok sunset sunrise 1
	wire_cut east
	pluto_wait_log west 12 'its traffic is held'
	capture_start held
	ping_fails sunset sunrise 1
	capture_stop held
	[ "$(pcap_count "$TESTLOG/held.pcap" 'icmp and net 10.0.0.0/8')" -eq 0 ] ||
		fail 'held traffic went in clear'
	wire_mend east
	ping_soon sunset sunrise 30
	pluto_stop west
	peer_stop east || true
}

# The peer asks: pluto answers, and when it does not any more the peer takes its SAs down.
t_peer_asks() # PEER BEGINNER
{
	local asked

	lacks 'openiked*' 'on Linux it does not learn when a state was last used, and so asks for nothing'
	peer_pair "$1"
	both_ends dpd=1
	begin "$2"
	ping_ok sunset sunrise 1
	capture_start wire
	sleep 5
	capture_stop wire
	asked=$(pcap_count "$TESTLOG/wire.pcap" "src host $EAST and $E2E_IKE")
	[ "$asked" -ge 1 ] || fail 'the peer asked for nothing'
	[ "$(pcap_count "$TESTLOG/wire.pcap" "src host $WEST and $E2E_IKE")" -ge "$asked" ] ||
		fail 'pluto did not answer'
	[ "$(peer_ikes east)" -eq 1 ] || fail 'the peer gave it up'
	ping_ok sunset sunrise 1
	pluto_crash west
	wait_for 25 peer_gave_up
	peer_stop east || true
}

peer_gave_up()
{
	[ "$(peer_ikes east)" -eq 0 ] && "$(peer_kind east)_kernel_clean" east
}

# ---- selectors -------------------------------------------------------------------

# Several networks in one child.
t_peer_selectors() # PEER BEGINNER
{
	local esp theirs=10.1.0.0/24,10.11.0.0/24

	lacks libreswan4 'it has one pair of selectors for a child'
	esp=$(peer_esp east)
	peers_clean
	case $1 in
	openiked*) theirs='10.1.0.0/24 from 10.2.0.0/24 to 10.11.0.0/24' ;;
	esac
	whack_on west --name west-east --psk --encrypt --tunnel --ike "$E2E_IKE_ALG" --esp "$esp" \
		--pfs=no --host "$WEST" --id @west --client 10.1.0.0/24,10.11.0.0/24 --to \
		--host "$EAST" --id @east --client 10.2.0.0/24
	peer_conf east "theirs=$theirs" "esp=$esp"
	echo 'addr add 10.11.0.1/24 dev eth0' | host_ip west
	begin "$2"
	ping_ok sunset sunrise 2
	ping_ok west sunrise 2 -I 10.11.0.1
	[ "$(xfrm_count west)" -eq 2 ] || fail 'not two states on west'
	[ "$(xfrm_policies west)" -eq 6 ] || fail 'not six policies on west'
	finish_by "$2"
	echo 'addr del 10.11.0.1/24 dev eth0' | host_ip west
}

# One protocol and port: UDP to the port of "steady" goes through, a ping does not.
t_peer_ports() # PEER BEGINNER
{
	local esp conf=()

	esp=$(peer_esp east)
	peers_clean
	case $1 in
	strongswan*) conf=("mine=10.2.0.0/24[udp/$FLOW_PORT]" 'theirs=10.1.0.0/24[udp]') ;;
	libreswan*) conf=($'lines=leftprotoport=udp/'"$FLOW_PORT"$'\nrightprotoport=udp') ;;
	openiked*) conf=(proto=udp "mine=10.2.0.0/24 port $FLOW_PORT") ;;
	esac
	whack_on west --name west-east --psk --encrypt --tunnel --ike "$E2E_IKE_ALG" --esp "$esp" \
		--pfs=no --host "$WEST" --id @west --client 10.1.0.0/24 --clientprotoport udp/%any --to \
		--host "$EAST" --id @east --client 10.2.0.0/24 --clientprotoport "udp/$FLOW_PORT"
	peer_conf east "esp=$esp" "${conf[@]}"
	begin "$2"
	expect "proto udp .*dport $FLOW_PORT" on_net west ip xfrm policy
	capture_start wire
	peer_flow
	sleep 0.5
	peer_flow_whole
	capture_stop wire
	assert_only_esp "$TESTLOG/wire.pcap"
	finish_by "$2"
}

# The other end has a part of the networks, and both may take that.
t_peer_narrow() # PEER BEGINNER
{
	local esp conf=()

	lacks_in "$2" west 'openiked*' 'it answers with all of its own selectors'
	lacks 'openiked*' 'it takes its own selectors or none'
	case $1 in
	libreswan*) conf=('lines=narrowing=yes') ;;
	esac
	esp=$(peer_esp east)
	peers_clean
	if [ "$2" = west ]; then
		conf+=(theirs=10.1.0.0/24)
		set -- "$1" "$2" 10.1.0.0/16
	else
		conf+=(theirs=10.1.0.0/16)
		set -- "$1" "$2" 10.1.0.0/24
	fi
	whack_on west --name west-east --psk --encrypt --tunnel --ike "$E2E_IKE_ALG" --esp "$esp" \
		--pfs=no --narrowing=yes --host "$WEST" --id @west --client "$3" --to \
		--host "$EAST" --id @east --client 10.2.0.0/24
	peer_conf east "esp=$esp" "${conf[@]}"
	begin "$2"
	ping_ok sunset sunrise 2
	expect 'src 10.1.0.0/24 dst 10.2.0.0/24' on_net west ip xfrm policy
	finish_by "$2"
}

# ---- AH and padding --------------------------------------------------------------

t_peer_ah() # PEER BEGINNER
{
	local ah=sha2_512

	lacks_in "$2" east 'openiked*' 'it offers encryption for AH, which RFC 7296 3.3.3 does not have'
	# By PF_KEY the kernel cannot be told of AH's alignment for IPv4 (RFC 4302 3.3.3.2.1): with 96 bits
	# there is none to tell of.
	[[ $1 != openiked* ]] || ah=sha1
	peers_clean
	peer_conf east "ah=$ah"
	whack_on west --name west-east --psk --tunnel --authenticate --ah "$ah" --pfs=no \
		--ike "$E2E_IKE_ALG" --host "$WEST" --id @west --client 10.1.0.0/24 --to \
		--host "$EAST" --id @east --client 10.2.0.0/24
	capture_start wire
	begin "$2"
	ping_ok sunset sunrise 3
	capture_stop wire
	[ "$(pcap_count "$TESTLOG/wire.pcap" 'ip proto 51')" -ge 6 ] || fail 'not every ping was AH'
	finish_by "$2"
}

t_peer_tfc() # PEER BEGINNER
{
	local conf=()

	lacks 'openiked*' 'it pads no packets'
	lacks libreswan4 'it takes tfc=, and its states in the kernel have none of it'
	case $1 in
	strongswan*) conf=('child_lines=tfc_padding = 900') ;;
	libreswan*) conf=('lines=tfc=900') ;;
	esac
	both_ends "${conf[@]}" -- --tfc 900
	begin "$2"
	capture_start wire
	ping_ok sunset sunrise 2
	capture_stop wire
	[ "$(pcap_count "$TESTLOG/wire.pcap" "src host $WEST and ip proto 50 and greater 800")" -ge 2 ] ||
		fail 'pluto does not pad'
	[ "$(pcap_count "$TESTLOG/wire.pcap" "src host $EAST and ip proto 50 and greater 800")" -ge 2 ] ||
		fail 'the peer does not pad'
	finish_by "$2"
}

# ---- extensions of IKE -----------------------------------------------------------

# An initiator is asked for a cookie, by the peer or by pluto.
t_peer_cookie() # PEER BEGINNER
{
	local args=()
	# shellcheck disable=SC2034 # charon_start reads it
	local E2E_NO_COOKIE=("${E2E_NO_COOKIE[@]}")

	lacks_in "$2" west 'openiked*' 'it asks for no cookies'
	topo_pair
	pluto_ready west
	case $2.$1 in
	west.strongswan*)
		args=('cookie_threshold = 1' 'cookie_threshold_ip = 1')
		E2E_NO_COOKIE=()
		;;
	west.libreswan*) args=(ddos-mode=busy) ;;
	esac
	peer_start east "$1" "${args[@]}"
	if [ "$2" = east ]; then
		whack_on west --ddos-mode busy
	fi
	both_ends
	case $2.$1 in
	# It asks when others are half open.
	west.strongswan*) on west "$E2E_HERE/half-open" "$WEST" "$EAST" 3 ;;
	esac
	capture_start wire
	begin "$2"
	ping_ok sunset sunrise 1
	capture_stop wire
	# Notify 16390 in an IKE_SA_INIT answer: asked twice.
	[ "$(pcap_count "$TESTLOG/wire.pcap" 'udp port 500 and udp[26] == 34')" -ge 4 ] ||
		fail 'nobody asked for a cookie'
	finish_by "$2"
}

# Additional key exchanges in IKE_INTERMEDIATE (RFC 9370, RFC 9242).
t_peer_addke() # PEER BEGINNER KE ROUNDS
{
	lacks strongswan5 'it has no IKE_INTERMEDIATE'
	lacks 'libreswan*' 'it has no additional key exchanges'
	lacks 'openiked*' 'it has no IKE_INTERMEDIATE'
	both_ends "ike=$E2E_IKE_ALG$(tr + - <<<"$3")" -- --ike "$E2E_IKE_ALG$3"
	begin "$2"
	ping_ok sunset sunrise 2
	[ "$(pluto_log west | grep -c 'additional key exchange [1-7]:')" -eq "$4" ] ||
		fail "not $4 additional key exchanges"
	finish_by "$2"
}

# The same when SAs are replaced, by IKE_FOLLOWUP_KE: a child, then the IKE SA, then a child.
t_peer_followup() # PEER REKEYER
{
	local other=west

	lacks strongswan5 'it has no IKE_FOLLOWUP_KE'
	lacks 'libreswan*' 'it has no additional key exchanges'
	lacks 'openiked*' 'it has no IKE_FOLLOWUP_KE'
	if [ "$2" = west ]; then
		other=east
	fi
	both_ends "ike=$E2E_IKE_ALG-ke1=ecp384" "esp=$E2E_ESP_ALG-x25519-ke1=ecp384-ke2=ecp521" -- \
		--ike "$E2E_IKE_ALG+ke1=ecp384" --esp "$E2E_ESP_ALG-x25519+ke1=ecp384+ke2=ecp521" \
		--dontrekey --pfs
	begin "$other"
	peer_flow
	spis west >"$TESTLOG/spis"
	rekey_by CHILD "$2"
	wait_for 8 other_spis west "$TESTLOG/spis"
	wait_for 8 states_are west 2
	rekey_by IKE "$2"
	wait_for 8 more_ike_rekeys 0
	spis west >"$TESTLOG/spis"
	rekey_by CHILD "$2"
	wait_for 8 other_spis west "$TESTLOG/spis"
	wait_for 8 states_are west 2
	wait_for 8 states_are east 2
	peer_flow_whole
	finish_by "$other"
}

# One that carries what the peer has to say.
t_peer_intermediate() # PEER BEGINNER
{
	lacks strongswan5 'it has no IKE_INTERMEDIATE'
	lacks strongswan6 'it has it for additional key exchanges alone'
	lacks 'openiked*' 'it has no IKE_INTERMEDIATE'
	lacks_in "$2" west 'libreswan*' 'it takes AUTH for wrong when none came before it (RFC 9242 3.3.2)'
	both_ends 'lines=intermediate=yes' -- --intermediate
	capture_start wire
	begin "$2"
	ping_ok sunset sunrise 2
	capture_stop wire
	[ "$(pcap_count "$TESTLOG/wire.pcap" 'udp port 500 and udp[26] == 43')" -eq 2 ] ||
		fail 'no IKE_INTERMEDIATE'
	finish_by "$2"
}

# The IKE SA comes without a child, which follows by CREATE_CHILD_SA (RFC 6023).
t_peer_childless() # PEER BEGINNER
{
	lacks 'libreswan*' 'it has no childless IKE SA'
	lacks 'openiked*' 'it has no childless IKE SA'
	both_ends 'lines=childless = force' -- \
		"--childless=$(if [ "$2" = west ]; then echo force; else echo allow; fi)"
	begin "$2"
	ping_ok sunset sunrise 2
	expect 'CREATE_CHILD_SA sent|asks for no child yet' pluto_log west
	finish_by "$2"
}

# The gateway sends the client to its other address (RFC 5685): strongSwan one that is connected,
# Libreswan with its IKE_AUTH, pluto with its IKE_SA_INIT.
t_peer_redirect() # PEER BEGINNER
{
	lacks 'openiked*' 'it has no redirection'
	peer_pair "$1"
	if [ "$2" = east ]; then
		second_address west 192.0.2.7
		whack_on west --listen
		whack_on west --name second --psk --encrypt --tunnel --pfs=no --ike "$E2E_IKE_ALG" \
			--esp "$E2E_ESP_ALG" --host 192.0.2.7 --id @west --client 10.1.0.0/24 --to \
			--host "$EAST" --id @east --client 10.2.0.0/24
		case $1 in
		libreswan*) both_ends lines=accept-redirect=yes ;;
		*) both_ends ;;
		esac
		whack_on west --global-redirect-to 192.0.2.7
		whack_on west --global-redirect yes
		case $1 in
		# What it was asked for ends; what it begins then by itself nobody waits for.
		libreswan*) libreswan_whack east --name net --initiate || true ;;
		*) peer_up east ;;
		esac
		wait_for 15 second_stands
		ping_ok sunset sunrise 2
		return
	fi
	second_address east 192.0.2.8
	case $1 in
	libreswan*)
		libreswan_whack east --listen
		both_ends $'lines=send-redirect=yes\nredirect-to=192.0.2.8' 'also=@west 10.1.0.0/24' \
			also_me=192.0.2.8 -- --accept-redirect=yes
		;;
	*) both_ends "me=$EAST, 192.0.2.8" -- --accept-redirect=yes ;;
	esac
	begin west || true
	case $1 in
	strongswan*)
		ping_ok sunset sunrise 1
		swan east --redirect --peer-ip "$WEST" --gateway 192.0.2.8
		;;
	esac
	pluto_wait_log west 8 '192.0.2.8'
	wait_for 15 west_is_at_192_0_2_8
	ping_ok sunset sunrise 2
}

feature pool 'an address from a pool and name servers: of the peer, or of pluto' t_peer_pool
feature selectors 'several networks in one child' t_peer_selectors
feature ports 'one protocol and port' t_peer_ports
feature narrow 'selectors are narrowed to what both have' t_peer_narrow
feature ah 'AH: HMAC_SHA2_512, with OpenIKED HMAC_SHA1_96' t_peer_ah
feature tfc 'packets are padded to 900 octets by both' t_peer_tfc
feature addke 'IKE_INTERMEDIATE: one additional key exchange (RFC 9370)' t_peer_addke +ke1=ecp384 1
feature addke_three 'IKE_INTERMEDIATE: three of them' \
	t_peer_addke +ke1=ecp384+ke2=x25519+ke4=ecp521 3
feature -t 90 followup 'IKE_FOLLOWUP_KE under steady traffic (by pluto / by the peer)' t_peer_followup
feature intermediate 'IKE_INTERMEDIATE without a key exchange (RFC 9242)' t_peer_intermediate
feature childless 'an IKE SA without a child (RFC 6023)' t_peer_childless
feature -s - redirect 'the gateway sends its client to another address (RFC 5685)' t_peer_redirect
feature -s - cookie 'a cookie is asked for: by the peer, or by pluto' t_peer_cookie
feature -t 120 -s - silent 'liveness: the peer falls silent, pluto holds and comes back' t_peer_silent
feature -t 90 -s - asks 'liveness: the peer asks pluto, and finds out when it is dead' t_peer_asks
