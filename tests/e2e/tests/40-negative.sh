# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What cannot work fails soon, says why on both sides, and leaves nothing.  Each
# row breaks one thing; pluto begins, then strongSwan, on daemons that stay up.

negative_pair()
{
	pair_ready swan bare
}

# broken WHAT: both ends, with this one thing that does not fit.
broken()
{
	local secret='not much of a secret' ike=$E2E_SWAN_IKE esp=$E2E_SWAN_ESP child=
	local id=@east

	case $1 in
	psk) secret='quite another secret' ;;
	ike) ike=aes128-sha384-modp2048 ;;
	esp) esp=aes128-sha512 ;;
	selectors) child='local_ts = 10.99.0.0/24' ;;
	mode) child='mode = transport' ;;
	identity) id=@nobody ;;
	esac
	whack_on west --name west-east --delete >/dev/null 2>&1 || true
	swan_reset east
	whack_on west --name west-east --psk --encrypt --tunnel \
		--host "$WEST" --id @west --client 10.1.0.0/24 --to \
		--host "$EAST" --id "$id" --client 10.2.0.0/24 \
		--ike "$E2E_IKE_ALG" --esp "$E2E_ESP_ALG"
	pluto_secrets west <<<'@west @east @nobody : PSK "not much of a secret"'
	net_swan tunnel 4 4 "$ike" "$esp" "$child" '' "$secret"
}

t_negative() # WHAT ROLE WHACK_SAYS SWAN_LOGS PLUTO_LOGS
{
	local out

	broken "$1"
	if [ "$2" = pluto_begins ]; then
		whack_rc fail 5 "$3" west --name west-east --initiate
	elif out=$(swan east --initiate --child net --timeout 5 2>&1); then
		fail 'strongSwan initiated, and must not'
	else
		printf '%s\n' "$out"
		grep -q 'timed out\|timeout' <<<"$out" && fail 'strongSwan got no answer'
	fi
	swan_wait_log east 3 "$4"
	pluto_wait_log west 3 "$5"
	swan_reset east
	kernels_empty
	expect_not '#[0-9]' whack_on west --showstates
	# Nothing of it hinders what does work.
	broken nothing
	net_up west
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
	net_down west
	kernels_empty
}

group_begin negative negative_pair
test_add negative_psk_pluto_begins t_negative psk pluto_begins \
	'AUTHENTICATION_FAILED' 'MAC mismatched|AUTH_FAILED' 'AUTHENTICATION_FAILED'
test_add negative_psk_swan_begins t_negative psk swan_begins \
	'' 'AUTH_FAILED' 'PSK'
test_add negative_ike_pluto_begins t_negative ike pluto_begins \
	'NO_PROPOSAL_CHOSEN' 'no proposal|NO_PROP' 'NO_PROPOSAL_CHOSEN'
test_add negative_ike_swan_begins t_negative ike swan_begins \
	'' 'NO_PROP' 'proposal'
test_add negative_esp_pluto_begins t_negative esp pluto_begins \
	'NO_PROPOSAL_CHOSEN' 'no acceptable proposal|NO_PROP' 'NO_PROPOSAL_CHOSEN'
test_add negative_esp_swan_begins t_negative esp swan_begins \
	'' 'NO_PROP' 'proposal'
test_add negative_identity_pluto_begins t_negative identity pluto_begins \
	'AUTHENTICATION_FAILED|@nobody' 'no matching peer config|AUTH_FAILED' 'nobody'
test_add negative_identity_swan_begins t_negative identity swan_begins \
	'' 'AUTH_FAILED' 'nobody'
test_add negative_selectors_pluto_begins t_negative selectors pluto_begins \
	'TS_UNACCEPTABLE' 'traffic selectors.*unacceptable|TS_UNACCEPT' 'TS_UNACCEPTABLE'
test_add negative_selectors_swan_begins t_negative selectors swan_begins \
	'' 'TS_UNACCEPT' 'selectors do not match'
group_end

# whack's own refusals: no daemon of the other side is asked.
t_refusals()
{
	host_make west
	host_ip west <<-END
		link add eth1 type dummy
		link set eth1 up
		addr add $WEST/24 dev eth1
	END
	pluto_secrets west <<<'@west @other : PSK "not much of a secret"'
	pluto_start west
	net_pluto west tunnel 4 4
	whack_rc 24 2 'listen' west --name west-east --initiate
	whack_on west --listen
	whack_rc 21 2 'absent' west --name absent --initiate
	whack_rc 21 2 'absent' west --name absent --terminate
	# A name that is there already is defined anew.
	whack_rc 0 2 'west-east' west --name west-east --psk --encrypt --tunnel \
		--host "$WEST" --client 10.1.0.0/24 --to --host "$EAST"
	whack_rc 33 2 'nonsense' west --nonsense
	whack_rc 33 2 'esp' west --name bad --psk --encrypt --tunnel \
		--host "$WEST" --to --host "$EAST" --esp nonsense
	whack_on west --name far --psk --encrypt --tunnel \
		--host 198.51.100.1 --to --host 198.51.100.2
	whack_rc 22 2 'far.*address of this machine' west --name far --initiate
	xfrm_is_empty west || fail 'the kernel holds something'
	pluto_stop west
}
test_add refusals t_refusals
