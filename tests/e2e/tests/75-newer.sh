# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Newer than what Debian 12 and 13 have: strongSwan 6.1, and pluto on an OpenSSL that has ML-KEM
# (FIPS 203; draft-ietf-ipsecme-ikev2-mlkem), both from a tree of Debian's next release. Without that
# tree each test is skipped, with the reason.

NEWER=forky

newer_pair()
{
	[ -x "$BUILD/pluto" ] || skip "no $BUILD/pluto"
	tree_need $NEWER
	topo_pair
	pluto_in_tree west $NEWER
	pluto_ready west
	peer_start east strongswan61
	echo "pluto runs on $(on_pluto west openssl version)"
	echo "the peer is $(on_peer east swanctl --version | head -n 1)"
}

# newer_both PLUTO_IKE SWAN_IKE [PLUTO_ESP SWAN_ESP]
newer_both()
{
	peers_clean
	if [ $# -eq 4 ]; then
		net_pluto west tunnel 4 4 --ike "$1" --pfs --esp "$3" --dontrekey
	else
		net_pluto west tunnel 4 4 --ike "$1"
	fi
	net_swan tunnel 4 4 "$2" "${4:-}"
}

# t_newer_ke BEGINNER PLUTO_IKE SWAN_IKE SAYS: up with traffic, and down.
t_newer_ke()
{
	newer_both "$E2E_IKE_ALG$2" "$E2E_SWAN_IKE$3"
	begin "$1"
	ping_ok sunset sunrise 2
	pluto_wait_log west 1 "$4"
	swan_sas east >"$TESTLOG/sas"
	finish_by "$1"
}

# ML-KEM in IKE_SA_INIT itself.
t_newer_init() # BEGINNER BITS
{
	newer_both "aes_gcm256-sha2_256-mlkem$2" "aes256gcm16-prfsha256-mlkem$2"
	begin "$1"
	ping_ok sunset sunrise 2
	pluto_wait_log west 1 "ML_KEM_$2"
	finish_by "$1"
}

# SAs are replaced, with ML-KEM beside the curve, under steady traffic.
t_newer_rekey() # REKEYER
{
	local other=west

	if [ "$1" = west ]; then
		other=east
	fi
	newer_both "$E2E_IKE_ALG+ke1=mlkem768" "$E2E_SWAN_IKE-ke1_mlkem768" \
		"$E2E_ESP_ALG-x25519+ke1=mlkem768" "$E2E_SWAN_ESP-x25519-ke1_mlkem768"
	begin "$other"
	peer_flow
	spis west >"$TESTLOG/spis"
	rekey_by CHILD "$1"
	wait_for 8 other_spis west "$TESTLOG/spis"
	wait_for 8 states_are west 2
	rekey_by IKE "$1"
	wait_for 8 more_ike_rekeys 0
	wait_for 8 states_are east 2
	peer_flow_whole
	finish_by "$other"
}

# The unit tests and vectors of crypto on that OpenSSL: what it has more, and what it wipes.
t_newer_crypto()
{
	local test count=0

	host_make west
	[ -x "$BUILD/tests/unit/crypto/test_wiping" ] || skip 'the unit tests are not built'
	pluto_in_tree west $NEWER
	cp "$(ldd "$BUILD/tests/unit/crypto/test_wiping" | sed -n 's/.*=> \(.*cmocka[^ ]*\).*/\1/p')" \
		"$(host_file west /run/pluto.lib)/"
	for test in "$BUILD"/tests/unit/crypto/test_* "$BUILD"/tests/vectors/test_*; do
		case $test in
		*/test_crypto_* | */crypto/*) ;;
		*) continue ;;
		esac
		[ -x "$test" ] || continue # what it printed
		echo "== $test"
		on_pluto west env LD_LIBRARY_PATH=/run/pluto.lib timeout 120 "$test" ||
			fail "$(basename "$test") fails on that OpenSSL"
		count=$((count + 1))
	done
	[ $count -ge 10 ] || fail "only $count tests"
}

group_begin newer newer_pair
for begin in west east; do
	for bits in 512 768 1024; do
		test_add "newer.addke_mlkem$bits.$begin" t_newer_ke $begin "+ke1=mlkem$bits" \
			"-ke1_mlkem$bits" "additional key exchange 1: ML_KEM_$bits"
	done
	test_add "newer.addke_three.$begin" t_newer_ke $begin +ke1=mlkem768+ke2=x25519+ke3=ecp521 \
		-ke1_mlkem768-ke2_x25519-ke3_ecp521 'additional key exchange 3: '
	for bits in 512 768; do
		test_add "newer.init_mlkem$bits.$begin" t_newer_init $begin $bits
	done
	test_add -t 90 "newer.rekey_mlkem768.$begin" t_newer_rekey $begin
done
group_end
test_add -t 180 newer.crypto t_newer_crypto
