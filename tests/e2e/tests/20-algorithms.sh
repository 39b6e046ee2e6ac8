# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Every algorithm once in each role, each the only one proposed, between daemons
# that stay up.

algorithm_pair()
{
	pair_ready swan bare
}

# both_roles IKE ESP SWAN_IKE SWAN_ESP [ARG...]: pluto begins, then strongSwan.
both_roles()
{
	local begin

	whack_on west --name west-east --delete >/dev/null 2>&1 || true
	swan_reset east
	net_pluto west tunnel 4 4 --ike "$1" --esp "$2" "${@:5}"
	net_swan tunnel 4 4 "$3" "$4"
	for begin in west east; do
		net_up "$begin"
		ping_ok west 10.2.0.1 2 -I 10.1.0.1
		[ "$(xfrm_packets west "$EAST")" -ge 2 ] || fail 'the pings were not ESP'
		expect 'west-east' whack_on west --trafficstatus
		net_down "$begin"
		kernels_empty
	done
	assert_no_xfrm_errors west
	assert_no_xfrm_errors east
	pluto_check_log west
}

t_ike_algorithm() # IKE SWAN_IKE
{
	both_roles "$1" aes_gcm256 "$2" aes256gcm16
}

t_esp_algorithm() # ESP SWAN_ESP ESN KERNEL_ALGORITHM...
{
	local swan=$2-$3

	need_kernel "${@:4}"
	both_roles "$E2E_IKE_ALG" "$1" "$E2E_SWAN_IKE" "$swan" \
		"$(if [ "$3" = esn ]; then echo --esn=yes; else echo --esn=no; fi)"
	# What the kernel was told is what was agreed.
	net_up west
	if [ "$3" = esn ]; then
		expect 'flag.*esn' on_net west ip xfrm state
	else
		expect_not 'flag.*esn' on_net west ip xfrm state
	fi
	net_down west
}

group_begin ike_algorithms algorithm_pair
while read -r name ike swan; do
	test_add "ike_$name" t_ike_algorithm "$ike" "$swan"
done <<'END'
gcm8_128     aes_gcm_8_128-sha2_256-dh19     aes128gcm8-prfsha256-ecp256
gcm8_256     aes_gcm_8_256-sha2_256-dh19     aes256gcm8-prfsha256-ecp256
gcm12_128    aes_gcm_12_128-sha2_256-dh19    aes128gcm12-prfsha256-ecp256
gcm12_256    aes_gcm_12_256-sha2_256-dh19    aes256gcm12-prfsha256-ecp256
gcm16_128    aes_gcm_16_128-sha2_256-dh19    aes128gcm16-prfsha256-ecp256
gcm16_192    aes_gcm_16_192-sha2_256-dh19    aes192gcm16-prfsha256-ecp256
gcm16_256    aes_gcm256-sha2_512-dh31        aes256gcm16-prfsha512-x25519
chacha       chacha20_poly1305-sha2_256-dh31 chacha20poly1305-prfsha256-x25519
cbc_128      aes128-sha2_256-dh19            aes128-sha256-ecp256
cbc_192      aes192-sha2_256-dh19            aes192-sha256-ecp256
cbc_256      aes256-sha2_256-dh19            aes256-sha256-ecp256
ctr_128      aes_ctr128-sha2_256-dh19        aes128ctr-sha256-ecp256
ctr_256      aes_ctr256-sha2_256-dh19        aes256ctr-sha256-ecp256
ccm8_128     aes_ccm_8_128-sha2_256-dh19     aes128ccm8-prfsha256-ecp256
ccm12_128    aes_ccm_12_128-sha2_256-dh19    aes128ccm12-prfsha256-ecp256
ccm16_128    aes_ccm_16_128-sha2_256-dh19    aes128ccm16-prfsha256-ecp256
ccm16_256    aes_ccm_16_256-sha2_256-dh19    aes256ccm16-prfsha256-ecp256
3des         3des-sha1-dh14                  3des-sha1-modp2048
sha1         aes128-sha1-dh19                aes128-sha1-ecp256
sha384       aes128-sha2_384-dh19            aes128-sha384-ecp256
sha512       aes256-sha2_512-dh19            aes256-sha512-ecp256
xcbc         aes128-aes_xcbc-dh19            aes128-aesxcbc-prfaesxcbc-ecp256
cmac         aes128-aes_cmac-dh19            aes128-aescmac-prfaescmac-ecp256
aead_xcbc    aes_gcm128-aes_xcbc-dh19        aes128gcm16-prfaesxcbc-ecp256
prf_other    aes128-sha2_256-prfsha512-dh19  aes128-sha256-prfsha512-ecp256
dh14         aes_gcm256-sha2_256-dh14        aes256gcm16-prfsha256-modp2048
dh15         aes_gcm256-sha2_256-dh15        aes256gcm16-prfsha256-modp3072
dh16         aes_gcm256-sha2_256-dh16        aes256gcm16-prfsha256-modp4096
dh17         aes_gcm256-sha2_256-dh17        aes256gcm16-prfsha256-modp6144
dh18         aes_gcm256-sha2_256-dh18        aes256gcm16-prfsha256-modp8192
ecp384       aes_gcm256-sha2_384-dh20        aes256gcm16-prfsha384-ecp384
ecp521       aes_gcm256-sha2_512-dh21        aes256gcm16-prfsha512-ecp521
x448         aes_gcm256-sha2_512-dh32        aes256gcm16-prfsha512-x448
END
group_end

group_begin esp_algorithms algorithm_pair
while read -r name esp swan esn kernel; do
	# shellcheck disable=SC2086
	test_add "esp_$name" t_esp_algorithm "$esp" "$swan" "$esn" $kernel
done <<'END'
gcm8_128     aes_gcm_8_128      aes128gcm8       noesn rfc4106(gcm(aes))
gcm8_256     aes_gcm_8_256      aes256gcm8       esn   rfc4106(gcm(aes)):256
gcm12_128    aes_gcm_12_128     aes128gcm12      noesn rfc4106(gcm(aes))
gcm12_256    aes_gcm_12_256     aes256gcm12      noesn rfc4106(gcm(aes)):256
gcm16_128    aes_gcm_16_128     aes128gcm16      esn   rfc4106(gcm(aes))
gcm16_256    aes_gcm256         aes256gcm16      noesn rfc4106(gcm(aes)):256
chacha       chacha20_poly1305  chacha20poly1305 noesn rfc7539esp(chacha20,poly1305)
chacha_esn   chacha20_poly1305  chacha20poly1305 esn   rfc7539esp(chacha20,poly1305)
ccm8         aes_ccm_8_128      aes128ccm8       noesn rfc4309(ccm(aes))
ccm12        aes_ccm_12_128     aes128ccm12      noesn rfc4309(ccm(aes))
ccm16        aes_ccm_16_256     aes256ccm16      esn   rfc4309(ccm(aes)):256
cbc_128      aes128-sha2_256    aes128-sha256    noesn cbc(aes) hmac(sha256)
cbc_256_esn  aes256-sha2_256    aes256-sha256    esn   cbc(aes):256 hmac(sha256)
cbc_sha1     aes128-sha1        aes128-sha1      noesn cbc(aes) hmac(sha1)
cbc_sha384   aes256-sha2_384    aes256-sha384    noesn cbc(aes):256 hmac(sha384)
cbc_sha512   aes256-sha2_512    aes256-sha512    esn   cbc(aes):256 hmac(sha512)
cbc_xcbc     aes128-aes_xcbc    aes128-aesxcbc   noesn cbc(aes) xcbc(aes)
cbc_cmac     aes128-aes_cmac    aes128-aescmac   noesn cbc(aes) cmac(aes)
ctr          aes_ctr128-sha2_256 aes128ctr-sha256 noesn rfc3686(ctr(aes)) hmac(sha256)
ctr_256      aes_ctr256-sha2_512 aes256ctr-sha512 noesn rfc3686(ctr(aes)):256 hmac(sha512)
3des         3des-sha1          3des-sha1        noesn cbc(des3_ede) hmac(sha1)
null         null-sha2_256      null-sha256      noesn ecb(cipher_null) hmac(sha256)
END
group_end
