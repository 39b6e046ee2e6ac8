# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What protects a child beside plain ESP: AH, padding against traffic analysis,
# sequence numbers of either length, and the flags of the kernel's states.

# prot_pluto [ARG]...: west-east, with ARGs instead of --encrypt and --esp.
prot_pluto()
{
	whack_on west --name west-east --psk --host "$WEST" --id @west "${PROT_WEST[@]}" --to \
		--host "$EAST" --id @east "${PROT_EAST[@]}" --ike "$E2E_IKE_ALG" --pfs=no "$@"
}

t_ah() # MODE BEGINNER
{
	local esp="ah_proposals = sha256"

	pair_ready swan
	PROT_WEST=() PROT_EAST=()
	if [ "$1" = tunnel ]; then
		PROT_WEST=(--client 10.1.0.0/24) PROT_EAST=(--client 10.2.0.0/24)
	fi
	prot_pluto "--$1" --authenticate --ah sha2_256
	net_swan "$1" 4 4 '' '' "$esp
		esp_proposals ="
	sed -i '/esp_proposals/d' "$(host_file east /etc/swanctl/swanctl.conf)"
	swan_load east
	net_up "$2"
	expect 'proto ah spi' on_net west ip xfrm state
	expect 'proto ah reqid' on_net west ip xfrm policy
	capture_start wire
	if [ "$1" = tunnel ]; then
		ping_ok sunset sunrise 3
	else
		ping_ok west east 3
	fi
	capture_stop wire
	[ "$(pcap_count "$TESTLOG/wire.pcap" 'ip proto 51')" -ge 6 ] || fail 'not every ping was AH'
	[ "$(pcap_count "$TESTLOG/wire.pcap" 'icmp')" -eq 0 ] || fail 'a ping without AH'
	expect 'type=AH, .*inBytes=[1-9]' whack_on west --trafficstatus
	assert_no_xfrm_errors west
	net_down "$2"
	kernels_empty
	pair_stop
}
test_add ah_tunnel_pluto_begins t_ah tunnel west
test_add ah_tunnel_swan_begins t_ah tunnel east
test_add ah_transport_pluto_begins t_ah transport west

# Padding: small packets are as long as large ones; not where the peer says no.
t_tfc() # PEER_SAYS_NO
{
	local i

	pair_ready pluto
	net_pluto west tunnel 4 4 --tfc 900
	net_pluto east tunnel 4 4 "--send-esp-tfc-padding-not-supported=$1"
	net_up west
	if [ "$1" = no ]; then
		expect 'tfc pad 900|tfcpad 900|tfc 900' on_net west ip xfrm state
	fi
	capture_start wire
	ping_ok sunset sunrise 2
	capture_stop wire
	i=$(pcap_count "$TESTLOG/wire.pcap" "src host $WEST and ip proto 50 and greater 800")
	if [ "$1" = no ]; then
		[ "$i" -ge 2 ] || fail 'not padded'
	else
		[ "$i" -eq 0 ] || fail 'padded against the wish of the peer'
	fi
	net_down west
	kernels_empty
	pair_stop
}
test_add tfc_padded t_tfc no
test_add tfc_refused_by_the_peer t_tfc yes

# strongSwan says that it takes no padding only when told; it bears ours.
t_esn_choice() # PLUTO SWAN WANT
{
	pair_ready swan
	net_pluto west tunnel 4 4 --esn="$1" --replay-window 256 --decap-dscp=yes --nopmtudisc=yes
	net_swan tunnel 4 4 '' "$2"
	net_up west
	if [ "$3" = yes ]; then
		expect 'flag .*esn' on_net west ip xfrm state
	else
		expect_not 'flag .*esn' on_net west ip xfrm state
	fi
	expect 'flag .*decap-dscp' on_net west ip xfrm state
	expect 'flag .*nopmtudisc' on_net west ip xfrm state
	ping_ok sunset sunrise
	net_down west
	kernels_empty
	net_up east
	ping_ok sunset sunrise
	net_down east
	kernels_empty
	pair_stop
}
test_add esn_yes t_esn_choice yes aes256gcm16-esn-noesn yes
test_add esn_no t_esn_choice no aes256gcm16-esn-noesn no
test_add esn_either t_esn_choice either aes256gcm16-noesn no
