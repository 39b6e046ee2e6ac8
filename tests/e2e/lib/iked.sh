# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# OpenIKED as a peer, in a root directory of its own.  It has no command that
# begins a connection: one that is "active" is begun when the configuration is
# read, so peer_up and peer_down read it again.  It programs the kernel by PF_KEY.

# iked_start HOST [...]: with no connection; its log is /var/log/iked.log.
iked_start()
{
	local host=$1 pid

	echo iked >"$E2E_STATE/hosts/$host/kind"
	iked_write "$host" </dev/null
	# shellcheck disable=SC2016
	on_peer "$host" sh -c 'mkdir -p /var/empty
		[ -e /etc/iked/private/local.key ] || {
			openssl ecparam -genkey -name prime256v1 -noout -out /etc/iked/private/local.key
			openssl ec -in /etc/iked/private/local.key -pubout -out /etc/iked/local.pub
		} 2>/dev/null
		echo $$ >/run/iked.test.pid
		exec /usr/sbin/iked -d -v -v -f /etc/iked.conf' \
		</dev/null >>"$(host_log "$host")/iked.log" 2>&1 &
	pid=$!
	record_pid $pid
	wait_until 15 iked_is_up "$host" $pid || {
		tail -n 20 "$(host_log "$host")/iked.log"
		fail "OpenIKED did not start on $host"
	}
	if gone $pid; then
		tail -n 20 "$(host_log "$host")/iked.log"
		fail "OpenIKED ended on $host: $(tail -n 1 "$(host_log "$host")/iked.log")"
	fi
}

iked_is_up() # HOST PID
{
	[ -S "$(host_file "$1" /run/iked.sock)" ] || gone "$2"
}

iked_write() # HOST <<END
{
	(umask 077; cat >"$(peer_file "$1" /etc/iked.conf)")
}

iked_ctl() # HOST ARG...
{
	on_peer "$1" timeout 20 ikectl "${@:2}"
}

# iked_words PROPOSALS KEYWORD [MORE]: "KEYWORD enc ... prf ... group ... MORE" for each
# proposal, pluto's words in OpenIKED's.
iked_words()
{
	local what word one=$2 all=''

	while read -r what word; do
		case $what.$word in
		encr.aes_gcm_12_*) one+=" enc aes-${word##*_}-gcm-12" ;;
		encr.aes_gcm*) one+=" enc aes-${word#aes_gcm}-gcm" ;;
		encr.aes_ctr*) one+=" enc aes-${word#aes_ctr}-ctr" ;;
		encr.chacha20*) one+=' enc chacha20-poly1305' ;;
		encr.aes*) one+=" enc aes-${word#aes}" ;;
		encr.*) one+=" enc $word" ;;
		integ.*)
			one+=" auth hmac-${word/_/-}"
			one=${one/sha2-_/sha2-}
			if [ "$2" = ikesa ]; then
				one+=" prf hmac-${word/_/-}"
			fi
			;;
		prf.*) one+=" prf hmac-${word/_/-}" ;;
		group.dh14) one+=' group modp2048' ;;
		group.dh15) one+=' group modp3072' ;;
		group.dh16) one+=' group modp4096' ;;
		group.dh19) one+=' group ecp256' ;;
		group.dh20) one+=' group ecp384' ;;
		group.dh21) one+=' group ecp521' ;;
		group.dh31 | group.x25519) one+=' group curve25519' ;;
		group.*) one+=" group $word" ;;
		next.)
			all+=" $one${3:+ $3}" one=$2
			;;
		esac
	done < <(alg_parts "$1")
	echo "${all# }"
}

iked_conf() # HOST
{
	iked_policy passive | iked_write "$1"
	iked_reload "$1"
}

# iked_policy active|passive: the connection that net describes.
iked_policy()
{
	local esn=noesn esp=${net[esp]} from=${net[mine]} to=${net[theirs]} peer=${net[peer]/#%any/any}
	local auth=${net[scheme]} more=''

	if [ "${net[esn]}" = yes ]; then
		esn=esn
	fi
	if [ "${net[pfs]}" != no ]; then
		esp=${esp//,/-${net[pfs]},}-${net[pfs]}
	fi
	if [ "${net[mode]}" = transport ]; then
		from=${net[me]} to=${net[peer]}
	fi
	case ${net[cp]} in
	client) from=dynamic more='request address any iface eth1' ;;
	server)
		to=dynamic
		more='config address 10.9.0.0/24 config name-server 10.2.0.53'
		;;
	esac
	if [ "${net[auth]}" = psk ]; then
		auth="psk \"${net[secret]}\""
	fi
	echo "${net[setup]}"
	iked_rule net "$1" "$from" "$to" "${net[peer_id]}"
	if [ -n "${net[also]}" ]; then
		iked_rule other "$1" "$from" "${net[also]#* }" "${net[also]% *}"
	fi
}

# iked_rule NAME active|passive FROM TO PEER_ID: with what iked_policy made of the rest.
iked_rule()
{
	cat <<-END
		ikev2 "$1" $2 ${net[mode]} $([ -z "${net[ah]}" ] && echo esp || echo ah) \\
			${net[proto]:+proto ${net[proto]}} from $3 to $4 \\
			local ${net[me]} peer $peer \\
			$(iked_words "${net[ike]}" ikesa) \\
			$(iked_child "$esp" "$esn") \\
			srcid ${net[id]#@} dstid ${5#@} \\
			$([ -z "${net[ike_life]}" ] || echo "ikelifetime ${net[ike_life]}") \\
			$([ -z "${net[child_life]}" ] || echo "lifetime ${net[child_life]}") \\
			$auth $more ${net[lines]}
	END
}

iked_child() # ESP ESN
{
	if [ -n "${net[ah]}" ]; then
		echo "childsa auth hmac-${net[ah]/_/-} $2"
	else
		iked_words "$1" childsa "$2"
	fi
}

# It reads its keys when it starts.
iked_keys() # HOST NAME PEER_NAME ISSUER...
{
	local dir ca

	dir=$(peer_file "$1" /etc/iked)
	mkdir -p "$dir"/{certs,ca,private} "$dir/pubkeys/fqdn"
	rm -f "$dir"/{certs,ca}/* "$dir/pubkeys/fqdn"/*
	cp "$AUTH_PKI/$2.key" "$dir/private/local.key"
	cp "$AUTH_PKI/$2.pub" "$dir/local.pub"
	if [ $# -eq 3 ]; then
		cp "$AUTH_PKI/$3.pub" "$dir/pubkeys/fqdn/${3%%-*}.example"
	else
		cp "$AUTH_PKI/$2.pem" "$dir/certs/$2.crt"
	fi
	for ca in "${@:4}"; do
		case $ca in
		sub*) cp "$AUTH_PKI/$ca.pem" "$dir/certs/$ca.crt" ;;
		*) cp "$AUTH_PKI/$ca.pem" "$dir/ca/$ca.crt" ;;
		esac
	done
	# All but the private key is read by a process that has no rights.
	find "$dir" -type d -exec chmod 755 {} +
	find "$dir" -type f ! -name local.key -exec chmod 644 {} +
	iked_stop "$1" || true
	iked_start "$1"
}

iked_reload() # HOST
{
	local before out

	before=$(grep -c 'config_getpolicy: received policy' "$(host_log "$1")/iked.log" || true)
	out=$(iked_ctl "$1" reload 2>&1) || {
		printf '%s\n' "$out"
		fail "OpenIKED on $1 did not read its configuration"
	}
	wait_until 30 iked_read "$1" "$before" || {
		tail -n 5 "$(host_log "$1")/iked.log"
		fail "OpenIKED on $1 refused its configuration"
	}
}

iked_read() # HOST BEFORE
{
	[ "$(grep -c 'config_getpolicy: received policy' "$(host_log "$1")/iked.log")" -gt "$2" ]
}

# iked_make HOST active|passive
iked_make()
{
	local file

	file=$(peer_file "$1" /etc/iked)
	# Reading it again costs a second or two, and is what begins an "active" one.
	if [ "$2" = passive ] && grep -q '^ikev2 "net" passive ' "$file.conf"; then
		return
	fi
	sed -i "s/^ikev2 \"net\" [a-z]* /ikev2 \"net\" $2 /" "$file.conf"
	iked_reload "$1"
}

iked_up() # HOST [SECONDS]
{
	iked_make "$1" active
	wait_until "${2:-10}" iked_has_child "$1" || {
		iked_ctl "$1" show sa
		fail "OpenIKED on $1 did not bring the connection up"
	}
	echo "$1: up"
}

iked_has_child() # HOST
{
	# Allocated SPIs are states too, but have no key.
	[ "$(on_net "$1" ip xfrm state | grep -c '^[[:space:]]*enc ')" -ge 2 ]
}

iked_up_fails() # HOST
{
	iked_make "$1" active
	wait_for 8 peer_logged "$1" 'send IKE_SA_INIT req'
	sleep 1
	if iked_has_child "$1"; then
		fail "OpenIKED on $1 has states, and must not"
	fi
	iked_make "$1" passive
}

iked_down() # HOST
{
	iked_make "$1" passive
	iked_ctl "$1" reset id "FQDN/$(sed -n 's/.* dstid \([^ ]*\) .*/\1/p' \
		"$(peer_file "$1" /etc/iked.conf)")"
}

iked_reset() # HOST
{
	if [ -s "$(peer_file "$1" /etc/iked.conf)" ]; then
		iked_make "$1" passive
	fi
	iked_ctl "$1" reset sa
}

iked_rekey_child()
{
	skip 'ikectl has no command that rekeys'
}

iked_rekey_ike()
{
	skip 'ikectl has no command that rekeys'
}

iked_down_child()
{
	skip 'ikectl has no command that deletes a child alone'
}

iked_stop()
{
	daemon_stop "$1" iked 6
}

iked_ikes_up()
{
	iked_ctl "$1" show sa | grep -c '^iked_sas:.*ESTABLISHED' || true
}

iked_dump()
{
	iked_ctl "$1" show sa
	cat "$(peer_file "$1" /etc/iked.conf)"
}

# SPIs that it allocated and did not use stay until the kernel forgets them.
iked_kernel_clean() # HOST
{
	! on_net "$1" ip xfrm state | grep -Eq '^[[:space:]]*(enc|aead) ' &&
		[ "$(xfrm_policies "$1")" -eq 0 ]
}

# What one that was killed left, so that the next start is not taken for it.
iked_swept() # HOST
{
	rm -f "$(host_file "$1" /run/iked.sock)"
}
