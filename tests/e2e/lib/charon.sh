# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# strongSwan as one of the peers: see peers.sh.

# charon_words ike|esp PROPOSALS: pluto's words for algorithms in strongSwan's.
charon_words()
{
	local what word one='' all=''

	while read -r what word; do
		case $what.$word in
		encr.aes_gcm_*_*) word=${word#aes_gcm_} word=aes${word#*_}gcm${word%_*} ;;
		encr.aes_gcm*) word=aes${word#aes_gcm}gcm16 ;;
		encr.aes_ccm_*_*) word=${word#aes_ccm_} word=aes${word#*_}ccm${word%_*} ;;
		encr.aes_ctr*) word=aes${word#aes_ctr}ctr ;;
		encr.chacha20*) word=chacha20poly1305 ;;
		*.sha2_*) word=sha${word#sha2_} ;;
		*.aes_xcbc) word=aesxcbc ;;
		*.aes_cmac) word=aescmac ;;
		group.dh14) word=modp2048 ;;
		group.dh15) word=modp3072 ;;
		group.dh16) word=modp4096 ;;
		group.dh19) word=ecp256 ;;
		group.dh20) word=ecp384 ;;
		group.dh21) word=ecp521 ;;
		group.dh31 | group.x25519) word=curve25519 ;;
		next.)
			all+=,${one#-} one=''
			continue
			;;
		esac
		if [ "$what" = prf ]; then
			word=prf$word
		fi
		one+=-$word
	done < <(alg_parts "$2")
	echo "${all#,}"
}

charon_conf() # HOST
{
	local esp mine=${net[mine]} theirs=${net[theirs]} esn=noesn group='' lines=''

	if [ "${net[mode]}" = transport ]; then
		mine=dynamic theirs=dynamic
	fi
	if [ "${net[pfs]}" != no ]; then
		group=-${net[pfs]}
	fi
	if [ "${net[esn]}" = yes ]; then
		esn=esn
	fi
	esp=$(charon_words esp "${net[esp]//,/$group,}$group")
	esp="esp_proposals = ${esp//,/-$esn,}-$esn"
	if [ -n "${net[ah]}" ]; then
		esp="ah_proposals = ${net[ah]/sha2_/sha}-$esn"
	fi
	if [ -n "${net[also]}" ]; then
		net['peer_id']=%any theirs+=,${net[also]#* }
	fi
	case ${net[cp]} in
	client) lines=$'vips = 0.0.0.0, ::\n' mine=dynamic ;;
	server) lines=$'pools = four, six\n' theirs=dynamic ;;
	esac
	swan_conf "$1" <<-END
		connections {
			net {
				version = 2
				local_addrs = ${net[me]}
				remote_addrs = ${net[peer]}
				proposals = $(charon_words ike "${net[ike]}")
				$([ -z "${net[ike_life]}" ] || echo "rekey_time = ${net[ike_life]}s")
				$([ "${net[dpd]}" = no ] || echo "dpd_delay = ${net[dpd]}s")
				local { $(charon_auth "${net[auth]}" local)
					id = ${net[id]} }
				remote { $(charon_auth "${net[peer_auth]}" remote)
					id = ${net[peer_id]} }
				$lines
				$([ -z "${net[ppk]}" ] || printf 'ppk_id = one\nppk_required = yes')
				${net[lines]}
				children {
					net {
						local_ts = $mine
						remote_ts = $theirs
						mode = ${net[mode]}
						$esp
						$([ -z "${net[child_life]}" ] ||
							echo "rekey_time = ${net[child_life]}s")
						${net[child_lines]}
					}
				}
			}
		}
		secrets {
			ike-1 { secret = "${net[secret]}" }
			$([ -z "${net[ppk]}" ] || printf 'ppk-1 { id-1 = one\nsecret = "%s" }' "${net[ppk]}")
		}
		$([ "${net[cp]}" != server ] || charon_pools)
		${net[setup]}
	END
}

# charon_auth psk|cert|raw local|remote: what stands in the section of that end.
charon_auth()
{
	case $1.$2 in
	psk.*) echo 'auth = psk' ;;
	cert.local)
		printf 'auth = pubkey%s\ncerts = %s.pem\n' "${net[scheme]:+-${net[scheme]}}" "${net[key]}"
		;;
	raw.local)
		printf 'auth = pubkey%s\npubkeys = %s.pub\n' "${net[scheme]:+-${net[scheme]}}" "${net[key]}"
		;;
	raw.remote) printf 'auth = pubkey\npubkeys = %s.pub\n' "${net[peer_key]}" ;;
	*) echo 'auth = pubkey' ;;
	esac
}

charon_pools()
{
	cat <<-END
		pools {
			four { addrs = 10.9.0.0/24
				dns = 10.2.0.53
				25 = corp.example }
			six { addrs = fd00:9::/120 }
		}
	END
}

charon_keys() # HOST NAME PEER_NAME ISSUER...
{
	local dir ca

	dir=$(peer_file "$1" /etc/swanctl)
	rm -f "$dir"/{x509,x509ca,private,pubkey}/*
	cp "$AUTH_PKI/$2.pem" "$dir/x509/"
	cp "$AUTH_PKI/$2.key" "$dir/private/"
	cp "$AUTH_PKI/$2.pub" "$AUTH_PKI/$3.pub" "$dir/pubkey/"
	for ca in "${@:4}"; do
		case $ca in
		sub*) cp "$AUTH_PKI/$ca.pem" "$dir/x509/" ;;
		*) cp "$AUTH_PKI/$ca.pem" "$dir/x509ca/" ;;
		esac
	done
}

charon_up() # HOST [SECONDS]
{
	swan_initiate "$1" net "${2:-10}"
}

charon_up_fails() # HOST
{
	local out

	if out=$(swan "$1" --initiate --child net --timeout 5 2>&1); then
		printf '%s\n' "$out"
		fail "strongSwan on $1 initiated, and must not"
	fi
	printf '%s\n' "$out"
	if grep -q 'timed out\|timeout' <<<"$out"; then
		fail "strongSwan on $1 got no answer"
	fi
}

charon_down()
{
	swan_terminate "$1"
}

charon_down_child()
{
	swan "$1" --terminate --child net --timeout 5
}

charon_ikes_up()
{
	swan_sas "$1" | grep -c 'state=ESTABLISHED' || true
}

charon_dump()
{
	on_peer "$1" timeout 5 swanctl --list-sas
	on_peer "$1" timeout 5 swanctl --list-conns
}

charon_start()
{
	swan_start "$1" "${E2E_NO_COOKIE[@]}" "${@:2}"
}

charon_reset()
{
	swan_reset "$1"
}

charon_stop()
{
	swan_stop "$1"
}

charon_kernel_clean() # HOST
{
	xfrm_is_empty "$1"
}

# What one that was killed left, so that the next start is not taken for it.
charon_swept() # HOST
{
	rm -f "$(host_file "$1" /run/charon.vici)" "$(host_file "$1" /run/charon.pid)"
}

charon_rekey_child() # HOST
{
	swan "$1" --rekey --child net
}

charon_rekey_ike() # HOST
{
	swan "$1" --rekey --ike net
}
