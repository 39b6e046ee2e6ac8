# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Extensions of IKEv2: post-quantum preshared keys (RFC 8784) and childless IKE
# SAs (RFC 6023), against strongSwan in both roles.

# A PSK, and a PPK of the name "one" with that value.
ppk_secrets() # VALUE
{
	printf '%s\n' '@west @east : PSK "not much of a secret"' "@west @east : PPKS \"one\" \"$1\""
}

# What net_swan takes as its secret: the PSK, and the PPK after it.
ppk_swan_secret() # VALUE
{
	printf 'not much of a secret" }\nppk-1 { id-1 = one\nsecret = "%s' "$1"
}

# ppk_both POLICY SWAN_LINES EAST_VALUE [ARG...]: EAST_VALUE empty: none.
ppk_both()
{
	pair_ready swan bare
	ppk_secrets 'a value that both know' | pluto_secrets west
	net_pluto west tunnel 4 4 "--ppk=$1" "${@:4}"
	net_swan tunnel 4 4 '' '' '' "$2" "${3:+$(ppk_swan_secret "$3")}"
}

tunnel_works()
{
	ping_ok west 10.2.0.1 3 -I 10.1.0.1
	[ "$(xfrm_packets west "$EAST")" -ge 3 ] || fail 'the pings were not ESP'
}

t_ppk() # BEGINNER POLICY SWAN_REQUIRED
{
	ppk_both "$2" $'ppk_id = one\nppk_required = '"$3" 'a value that both know'
	net_up "$1"
	tunnel_works
	pluto_wait_log west 3 'PPK "one" is in the keys'
	swan_wait_log east 3 'using PPK for PPK_ID'
	net_down "$1"
	kernels_empty
	pair_stop
}
test_add ppk_pluto_begins t_ppk west propose no
test_add ppk_pluto_begins_both_insist t_ppk west insist yes
test_add ppk_swan_begins t_ppk east propose no
test_add ppk_swan_begins_both_insist t_ppk east insist yes

# One end does not know the other's PPK, and both may do without.
t_ppk_fallback() # BEGINNER
{
	if [ "$1" = west ]; then
		ppk_both propose '' ''
	else
		ppk_both propose 'ppk_id = one' 'a value that both know' --ppk-ids two
	fi
	net_up "$1"
	tunnel_works
	expect_not 'is in the keys' pluto_log west
	net_down "$1"
	pair_stop
}
test_add ppk_fallback_pluto_begins t_ppk_fallback west
test_add ppk_fallback_swan_begins t_ppk_fallback east

# Another value under the same name is no way in.
t_ppk_wrong() # BEGINNER
{
	ppk_both insist $'ppk_id = one\nppk_required = yes' 'another value altogether' --keyingtries 1
	if [ "$1" = west ]; then
		whack_rc fail 10 'AUTHENTICATION_FAILED' west --name west-east --initiate
	else
		expect_not 'initiate completed successfully' \
			swan east --initiate --child net --timeout 8
		pluto_wait_log west 3 'AUTH of @east is wrong'
	fi
	kernels_empty
}
test_add ppk_wrong_pluto_begins t_ppk_wrong west
test_add ppk_wrong_swan_begins t_ppk_wrong east

# The child comes by CREATE_CHILD_SA.
t_childless() # BEGINNER
{
	pair_ready swan bare
	net_pluto west tunnel 4 4 "--childless=$(if [ "$1" = west ]; then echo force; else echo allow; fi)"
	net_swan tunnel 4 4 '' '' '' 'childless = force'
	net_up "$1"
	tunnel_works
	if [ "$1" = west ]; then
		expect 'CREATE_CHILD_SA sent' pluto_log west
	else
		expect 'asks for no child yet' pluto_log west
	fi
	net_down "$1"
	kernels_empty
	pair_stop
}
test_add childless_pluto_begins t_childless west
test_add childless_swan_begins t_childless east

# ---- additional key exchanges (RFC 9370) in IKE_INTERMEDIATE (RFC 9242) --------

# KE as pluto and strongSwan write it; strongSwan 6.0 is from Debian 13.
t_addke() # BEGINNER PLUTO_KE SWAN_KE ROUNDS
{
	topo_pair bare
	pluto_ready west
	peer_start east strongswan6
	net_pluto west tunnel 4 4 --ike "$E2E_IKE_ALG$2"
	net_swan tunnel 4 4 "$E2E_SWAN_IKE$3"
	net_up "$1"
	tunnel_works
	[ "$(pluto_log west | grep -c 'additional key exchange [1-7]:')" -eq "$4" ] ||
		fail "not $4 additional key exchanges"
	net_down "$1"
	kernels_empty
}
for begin in west east; do
	test_add "addke_one_$begin" t_addke $begin +ke1=ecp384 -ke1_ecp384 1
	test_add "addke_three_$begin" t_addke $begin \
		+ke1=ecp384+ke2=x25519+ke4=ecp521 -ke1_ecp384-ke2_x25519-ke4_ecp521 3
	test_add "addke_large_$begin" t_addke $begin +ke1=modp8192 -ke1_modp8192 1
	test_add "addke_optional_$begin" t_addke $begin +ke1=ecp384+none -ke1_none 0
done

# strongSwan 5.9 has none of it: refused, unless they are optional.
t_addke_not_there() # OPTIONAL
{
	pair_ready swan bare
	net_pluto west tunnel 4 4 --keyingtries 1 --ike "$E2E_IKE_ALG+ke1=ecp384$1"
	net_swan tunnel 4 4
	if [ -n "$1" ]; then
		net_up west
		tunnel_works
		net_down west
	else
		whack_rc fail 5 'NO_PROPOSAL_CHOSEN' west --name west-east --initiate
	fi
	kernels_empty
}
test_add addke_refused_by_old_peer t_addke_not_there ''
# What cannot be done without a proposal of its own: an old peer knows no type 6.
test_add addke_second_proposal t_addke_not_there ",$E2E_IKE_ALG"

# ---- and in rekeys, by IKE_FOLLOWUP_KE -----------------------------------------

t_followup() # BEGINNER REKEYER
{
	local spi

	topo_pair bare
	pluto_ready west
	peer_start east strongswan6
	net_pluto west tunnel 4 4 --ike "$E2E_IKE_ALG+ke1=ecp384" --pfs \
		--esp "$E2E_ESP_ALG-x25519+ke1=ecp384+ke2=ecp521"
	net_swan tunnel 4 4 "$E2E_SWAN_IKE-ke1_ecp384" \
		"$E2E_SWAN_ESP-x25519-ke1_ecp384-ke2_ecp521"
	net_up "$1"
	tunnel_works
	spi=$(on_net west ip xfrm state | grep -m 1 spi)
	if [ "$2" = west ]; then
		whack_on west --name west-east --rekey-child
	else
		swan east --rekey --child net
	fi
	pluto_wait_log west 10 'replaced|rekeyed|supersedes|successor'
	sleep 1
	tunnel_works
	[ "$(on_net west ip xfrm state | grep -m 1 spi)" != "$spi" ] || fail 'the child was not rekeyed'
	if [ "$2" = west ]; then
		whack_on west --name west-east --rekey-ike
	else
		swan east --rekey --ike net
	fi
	pluto_wait_log west 10 'established IKE SA, rekeyed from'
	sleep 1
	tunnel_works
	# and a child once more, of the new IKE SA's keys
	if [ "$2" = west ]; then
		swan east --rekey --child net
	else
		whack_on west --name west-east --rekey-child
	fi
	sleep 2
	tunnel_works
	assert_no_xfrm_errors east
	net_down "$1"
	kernels_empty
}
for begin in west east; do
	test_add -t 90 "followup_${begin}_begins_west_rekeys" t_followup $begin west
	test_add -t 90 "followup_${begin}_begins_east_rekeys" t_followup $begin east
done

# ---- redirection (RFC 5685) ----------------------------------------------------

# Another address of a gateway, to which it sends its clients.
second_address() # HOST ADDRESS
{
	on_net "$1" ip address add "$2/32" dev "$(on_net "$1" ip -o route get 192.0.2.9 |
		sed 's/.* dev \([^ ]*\) .*/\1/')"
}

redirect_pluto() # HOST WEST_HOST EAST_HOST [ARG...]
{
	whack_on "$1" --name west-east --psk --encrypt --tunnel --pfs=no \
		--ike "$E2E_IKE_ALG" --esp "$E2E_ESP_ALG" "${@:4}" \
		--host "$2" --id @west --client 10.1.0.0/24 --to \
		--host "$3" --id @east --client 10.2.0.0/24
}

# pluto is the gateway, and has strongSwan come to its other address.
t_redirect_swan() # when: init auth live
{
	topo_pair bare
	second_address west 192.0.2.7
	pluto_ready west
	swan_start east "${E2E_NO_COOKIE[@]}"
	whack_on west --name second --psk --encrypt --tunnel --pfs=no \
		--ike "$E2E_IKE_ALG" --esp "$E2E_ESP_ALG" \
		--host 192.0.2.7 --id @west --client 10.1.0.0/24 --to \
		--host "$EAST" --id @east --client 10.2.0.0/24
	case $1 in
	auth) redirect_pluto west "$WEST" "$EAST" --send-redirect=yes --redirect-to 192.0.2.7 ;;
	*) redirect_pluto west "$WEST" "$EAST" ;;
	esac
	net_swan tunnel 4 4
	if [ "$1" = init ]; then
		whack_on west --global-redirect-to 192.0.2.7
		whack_on west --global-redirect yes
	fi
	if [ "$1" = auth ]; then
		# 5.9 believes us and starts anew, but then never sends its request
		swan east --initiate --child net --timeout 5 || true
		swan_wait_log east 5 'redirected to 192.0.2.7'
		swan_wait_log east 5 'initiating IKE_SA .* to 192.0.2.7'
		expect_not '"west-east"' whack_on west --trafficstatus
		return
	fi
	net_up east
	if [ "$1" = live ]; then
		ping_ok west 10.2.0.1 2 -I 10.1.0.1
		expect '1 peers' whack_on west --name west-east --redirect-to 192.0.2.7
	fi
	wait_for 15 second_stands
	ping_ok west 10.2.0.1 3 -I 10.1.0.1
	expect_not '"west-east"' whack_on west --trafficstatus
}
second_stands()
{
	whack_on west --trafficstatus | grep -q second &&
		on_net east ip xfrm state | grep -q 192.0.2.7
}
test_add redirect_swan_in_init t_redirect_swan init
test_add redirect_swan_in_auth t_redirect_swan auth
test_add redirect_swan_live t_redirect_swan live

# strongSwan is the gateway; it can send a live client away, and no other: to an address, or to a name
# that is looked up in the client's /etc/hosts (section 5).
t_redirect_pluto() # GATEWAY
{
	topo_pair bare
	second_address east 192.0.2.8
	echo '192.0.2.8 other.example.net' >>"$(host_file west /etc/hosts)"
	pluto_ready west
	swan_start east "${E2E_NO_COOKIE[@]}"
	redirect_pluto west "$WEST" "$EAST" --accept-redirect=yes
	net_swan tunnel 4 4
	sed -i "s/local_addrs = 192.0.2.2/local_addrs = 192.0.2.2, 192.0.2.8/" \
		"$(host_file east /etc/swanctl/swanctl.conf)"
	swan_load east
	net_up west
	ping_ok west 10.2.0.1 2 -I 10.1.0.1
	swan east --redirect --peer-ip "$WEST" --gateway "$1"
	pluto_wait_log west 5 "sends us to $1"
	wait_for 10 west_is_at_192_0_2_8
	ping_ok west 10.2.0.1 3 -I 10.1.0.1
	net_down west
	kernels_empty
}
west_is_at_192_0_2_8()
{
	[ "$(on_net west ip xfrm state | grep -c 192.0.2.8)" -eq 2 ] &&
		[ "$(xfrm_count west)" -eq 2 ]
}
test_add redirect_pluto_live t_redirect_pluto 192.0.2.8
test_add redirect_pluto_name t_redirect_pluto other.example.net
