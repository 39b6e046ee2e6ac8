# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# The testbed tests itself: strongSwan on both sides, so that a failure of
# these is never pluto's.

# swan_pair_conf HOST IKE ESP MODE FAMILY: one end of the connection "net".
swan_pair_conf()
{
	local host=$1 ike=$2 esp=$3 mode=$4 family=$5 me peer my_net peer_net

	case $family in
	4) me=$WEST peer=$EAST my_net=10.1.0.0/24 peer_net=10.2.0.0/24 ;;
	6) me=$WEST6 peer=$EAST6 my_net=fd00:1::/64 peer_net=fd00:3::/64 ;;
	esac
	if [ "$host" = east ]; then
		set -- "$me" "$my_net"
		me=$peer my_net=$peer_net peer=$1 peer_net=$2
	fi
	if [ "$mode" = transport ]; then
		my_net=dynamic peer_net=dynamic
	fi
	swan_conf "$host" <<-END
		connections {
			net {
				version = 2
				local_addrs = $me
				remote_addrs = $peer
				proposals = $ike
				local { auth = psk
					id = @$host }
				remote { auth = psk }
				children {
					net {
						local_ts = $my_net
						remote_ts = $peer_net
						mode = $mode
						esp_proposals = $esp
					}
				}
			}
		}
		secrets {
			ike-1 { secret = "not much of a secret" }
		}
	END
}

swan_pair() # IKE ESP MODE FAMILY
{
	swan_pair_conf west "$@"
	swan_pair_conf east "$@"
}

t_testbed() # MODE FAMILY FROM TO
{
	topo_pair
	swan_start west
	swan_start east
	swan_pair aes128-sha256-curve25519 aes128gcm16 "$1" "$2"
	capture_start wire
	swan_initiate west net
	ping_ok "$3" "$4"
	capture_stop wire
	assert_only_esp "$TESTLOG/wire.pcap"
	[ "$(xfrm_bytes west)" -gt 0 ] || fail 'no bytes in the states of west'
	[ "$(xfrm_count east)" -eq 2 ] || fail 'not two states on east'
	assert_no_xfrm_errors west
	assert_no_xfrm_errors east
	swan_terminate west
	assert_xfrm_empty east
	swan_stop west
	swan_stop east
}

test_add testbed_strongswan_both t_testbed tunnel 4 sunset sunrise
test_add testbed_strongswan_ipv6 t_testbed tunnel 6 sunset sunrise6
test_add testbed_strongswan_transport t_testbed transport 4 west east
test_add testbed_strongswan_transport_ipv6 t_testbed transport 6 west east6

# Clear text on the wire must be seen, or no other test proves anything.
t_clear_is_seen()
{
	topo_pair
	capture_start wire
	ping_ok sunset sunrise
	capture_stop wire
	if (assert_only_esp "$TESTLOG/wire.pcap"); then
		fail 'clear packets were not seen'
	fi
}
test_add testbed_clear_is_seen t_clear_is_seen

t_nat()
{
	topo_nat
	swan_start road
	swan_start east
	swan_conf road <<-END
		connections {
			net {
				version = 2
				remote_addrs = $EAST
				local { auth = psk
					id = @road }
				remote { auth = psk
					id = @east }
				children { net { remote_ts = 10.2.0.0/24 } }
			}
		}
		secrets { ike-1 { secret = "not much of a secret" } }
	END
	swan_conf east <<-END
		connections {
			net {
				version = 2
				local { auth = psk
					id = @east }
				remote { auth = psk }
				children { net { local_ts = 10.2.0.0/24
					remote_ts = 192.168.1.0/24 } }
			}
		}
		secrets { ike-1 { secret = "not much of a secret" } }
	END
	capture_start wire
	swan_initiate road net
	ping_ok road sunrise
	capture_stop wire
	assert_only_esp "$TESTLOG/wire.pcap"
	[ "$(pcap_count "$TESTLOG/wire.pcap" 'ip proto 50')" -eq 0 ] ||
		fail 'ESP is not in UDP'
}
test_add testbed_strongswan_nat t_nat

# A table of algorithms, on two charons that stay up.
swan_group()
{
	topo_pair bare
	swan_start west
	swan_start east
}

t_swan_algorithm() # IKE ESP KERNEL_ALGORITHM...
{
	need_kernel "${@:3}"
	swan_reset west
	swan_pair "$1" "$2" tunnel 4
	swan_initiate west net
	ping_ok west 10.2.0.1 2 -I 10.1.0.1
	swan_sas west
	swan_terminate west
}

group_begin swan swan_group
while read -r name ike esp kernel; do
	# shellcheck disable=SC2086
	test_add "testbed_algorithm_$name" t_swan_algorithm $ike $esp $kernel
done <<'END'
gcm          aes256gcm16-prfsha384-ecp384     aes256gcm16              rfc4106(gcm(aes)):256
chacha       chacha20poly1305-prfsha256-x25519 chacha20poly1305        rfc7539esp(chacha20,poly1305)
ccm          aes128ccm8-prfsha256-ecp256      aes128ccm8               rfc4309(ccm(aes))
ctr          aes128ctr-sha256-modp2048        aes128ctr-sha256         rfc3686(ctr(aes)) hmac(sha256)
cbc_sha512   aes256-sha512-modp4096           aes256-sha512            cbc(aes):256 hmac(sha512)
cbc_xcbc     aes128-aesxcbc-prfaesxcbc-modp2048 aes128-aesxcbc         cbc(aes) xcbc(aes)
cbc_cmac     aes128-aescmac-prfaescmac-modp2048 aes128-aescmac         cbc(aes) cmac(aes)
3des_sha1    3des-sha1-modp1024               3des-sha1                cbc(des3_ede) hmac(sha1)
null         aes128-sha256-ecp256             null-sha256              ecb(cipher_null) hmac(sha256)
END
group_end
