# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Libreswan as a peer.  It lives in its own root directory, for its programs and
# files have the names of ours.

LIBRESWAN_EXEC=/usr/libexec/ipsec
LIBRESWAN_RUN=/run/libreswan

# libreswan_start HOST [LINE]...: with no connection; its log is /var/log/libreswan.log.
# LINEs, those that have a "=" without blanks, go into its "config setup".
libreswan_start()
{
	local host=$1 pid line lines=''

	echo libreswan >"$E2E_STATE/hosts/$host/kind"
	for line in "${@:2}"; do
		case $line in
		*' '*) ;;
		*) lines+=$line$'\n' ;;
		esac
	done
	libreswan_setup "$lines" >"$(peer_file "$host" /etc/ipsec.conf)"
	(umask 077; : >"$(peer_file "$host" /etc/ipsec.secrets)")
	# shellcheck disable=SC2016
	on_peer "$host" sh -c 'mkdir -p "$1" /var/lib/ipsec/nss
		[ -e /var/lib/ipsec/nss/cert9.db ] ||
			certutil -N -d sql:/var/lib/ipsec/nss --empty-password
		echo $$ >/run/libreswan.test.pid
		exec "$0/pluto" --config /etc/ipsec.conf --rundir "$1" --nofork --stderrlog' \
		"$LIBRESWAN_EXEC" "$LIBRESWAN_RUN" \
		</dev/null >>"$(host_log "$host")/libreswan.log" 2>&1 &
	pid=$!
	record_pid $pid
	wait_until 20 libreswan_is_up "$host" $pid || {
		tail -n 20 "$(host_log "$host")/libreswan.log"
		fail "Libreswan did not start on $host"
	}
	if gone $pid; then
		tail -n 20 "$(host_log "$host")/libreswan.log"
		fail "Libreswan ended on $host"
	fi
	wait_for 10 libreswan_whack "$host" --listen
}

libreswan_is_up() # HOST PID
{
	[ -S "$(host_file "$1" $LIBRESWAN_RUN/pluto.ctl)" ] || gone "$2"
}

libreswan_setup() # LINES
{
	cat <<-END
		config setup
		    protostack=xfrm
		    dnssec-enable=no
		    virtual-private=
		$(libreswan_lines "$1")

	END
}

# libreswan_lines TEXT: its lines, indented.
libreswan_lines()
{
	local line

	while read -r line; do
		[ -z "$line" ] || echo "    $line"
	done <<<"$1"
}

# libreswan_whack HOST ARG...: its whack, bounded to 40 s.
libreswan_whack()
{
	on_peer "$1" timeout 40 "$LIBRESWAN_EXEC/whack" --rundir "$LIBRESWAN_RUN" "${@:2}"
}

# libreswan_conf HOST: the connection that net describes.
libreswan_conf()
{
	local host=$1 out names=(net)

	if [ "${net[auth]}" = raw ]; then
		net['ckaid']=$(on_peer "$host" certutil -K -d sql:/var/lib/ipsec/nss |
			sed -nE "s/.* ([0-9a-f]{40}) +${net[key]}\$/\1/p")
		[ -n "${net[ckaid]}" ] || fail "Libreswan on $host has no key ${net[key]}"
	fi
	{
		printf '%s %s : PSK "%s"\n' "${net[id]}" "${net[peer_id]}" "${net[secret]}"
		[ -z "${net[also]}" ] ||
			printf '%s %s : PSK "%s"\n' "${net[id]}" "${net[also]% *}" "${net[secret]}"
		if [ -n "${net[ppk]}" ]; then
			printf '%s %s : PPKS "one" "%s"\n' "${net[id]}" "${net[peer_id]}" "${net[ppk]}"
		fi
	} >"$(peer_file "$host" /etc/ipsec.secrets)"
	{
		libreswan_setup "${net[setup]}"
		libreswan_conn net
		if [ -n "${net[also]}" ]; then
			names+=(other)
			net['peer_id']=${net[also]% *} net['theirs']=${net[also]#* }
			net['me']=${net[also_me]:-${net[me]}} net['lines']=${net[also_lines]}
			libreswan_conn other
		fi
	} >"$(peer_file "$host" /etc/ipsec.conf)"
	# shellcheck disable=SC2016
	out=$(on_peer "$host" timeout 40 sh -c '
		exec=$0 run=$1
		shift
		"$exec/whack" --rundir "$run" --rereadsecrets
		"$exec/whack" --rundir "$run" --name net --delete
		exec "$exec/addconn" --config /etc/ipsec.conf --ctlsocket "$run/pluto.ctl" "$@"' \
		"$LIBRESWAN_EXEC" "$LIBRESWAN_RUN" "${names[@]}" 2>&1) || {
		printf '%s\n' "$out"
		fail "Libreswan on $host refused its configuration: $(tail -n 1 <<<"$out")"
	}
	libreswan_whack "$host" --status | grep -q '"net"' || {
		printf '%s\n' "$out"
		fail "Libreswan on $host did not add the connection: $(tail -n 1 <<<"$out")"
	}
}

# libreswan_conn NAME
libreswan_conn()
{
	local esp=${net[esp]} pfs=no child mine=${net[mine]}

	if [ "${net[pfs]}" != no ]; then
		# After an AEAD only this separator is unmistakable.
		pfs=yes esp="${esp//,/;${net[pfs]},};${net[pfs]}"
	fi
	child=esp=$esp
	if [ -n "${net[ah]}" ]; then
		child=$'phase2=ah\n    ah='${net[ah]}
	fi
	cat <<-END
		conn $1
		    left=${net[me]}
		    leftid=${net[id]}
		    right=${net[peer]}
		    rightid=${net[peer_id]}
		    type=${net[mode]}
		$(libreswan_auth)
		    ike=${net[ike]}
		    $child
		    pfs=$pfs
		    esn=${net[esn]}
		    auto=ignore
		    retransmit-timeout=10s
		    leftupdown=%disabled
	END
	if [ "${net[mode]}" = tunnel ]; then
		[ "${net[cp]}" != client ] || mine=0.0.0.0/0
		echo "    leftsubnet=$mine"
		[ "${net[cp]}" = server ] || echo "    rightsubnet=${net[theirs]}"
	fi
	case ${net[cp]} in
	client) libreswan_lines $'leftmodecfgclient=yes\nrightmodecfgserver=yes\nnarrowing=yes' ;;
	server)
		libreswan_lines 'rightaddresspool=10.9.0.1-10.9.0.50
			leftmodecfgserver=yes
			rightmodecfgclient=yes
			modecfgdns=10.2.0.53
			modecfgdomains=corp.example'
		;;
	esac
	[ -z "${net[ike_life]}" ] || echo "    ikelifetime=${net[ike_life]}s"
	[ -z "${net[child_life]}" ] || echo "    salifetime=${net[child_life]}s"
	if [ "${net[dpd]}" != no ]; then
		printf '    dpddelay=%s\n    dpdtimeout=%s\n' "${net[dpd]}" $((net[dpd] * 3))
	fi
	[ -z "${net[ppk]}" ] || echo '    ppk=insist'
	libreswan_lines "${net[lines]}"
}

# libreswan_auth: how both ends prove themselves.
libreswan_auth()
{
	case ${net[auth]}.${net[peer_auth]} in
	psk.psk) libreswan_lines authby=secret ;;
	null.null) libreswan_lines authby=null ;;
	cert.psk) libreswan_lines "leftauth=${net[scheme]}
		rightauth=secret" ;;
	psk.cert) libreswan_lines "leftauth=secret
		rightauth=${net[scheme]}" ;;
	*) libreswan_lines "authby=${net[scheme]}" ;;
	esac
	if [ "${net[auth]}" = cert ]; then
		libreswan_lines "leftcert=${net[key]}
			leftsendcert=always"
	fi
	if [ "${net[auth]}" = raw ]; then
		libreswan_lines "leftckaid=${net[ckaid]}
			rightpubkey=$(grep -v -- ----- "$AUTH_PKI/${net[peer_key]}.pub" | tr -d '\n')"
	fi
}

# Its database keeps all it was ever given, by their names.
libreswan_keys() # HOST NAME PEER_NAME ISSUER...
{
	local host=$1 name=$2 ca

	shift 3
	cp "$AUTH_PKI/$name.p12" "$(peer_file "$host" /etc/own.p12)"
	for ca; do
		cp "$AUTH_PKI/$ca.pem" "$(peer_file "$host" "/etc/$ca.pem")"
	done
	# shellcheck disable=SC2016
	on_peer "$host" sh -c '
		db=sql:/var/lib/ipsec/nss name=$0
		certutil -L -d $db -n "$name" >/dev/null 2>&1 ||
			pk12util -i /etc/own.p12 -d $db -K "" -W sesame || exit 1
		for ca; do
			trust=CT,,
			case $ca in sub*) trust=,, ;; esac
			certutil -L -d $db -n "$ca" >/dev/null 2>&1 ||
				certutil -A -d $db -n "$ca" -t $trust -i "/etc/$ca.pem" || exit 1
		done' "$name" "$@" || fail "Libreswan on $host does not take the key $name"
	libreswan_whack "$host" --rereadall >/dev/null 2>&1 || true
}

libreswan_up() # HOST [SECONDS]
{
	local out

	out=$(on_peer "$1" timeout "${2:-10}" "$LIBRESWAN_EXEC/whack" --rundir "$LIBRESWAN_RUN" \
		--name net --initiate 2>&1) || true
	libreswan_has_child "$1" || {
		printf '%s\n' "$out"
		fail "Libreswan on $1 could not initiate: $(tail -n 1 <<<"$out")"
	}
	echo "$1: $(tail -n 1 <<<"$out")"
}

libreswan_has_child() # HOST
{
	libreswan_whack "$1" --trafficstatus | grep -q '"net"'
}

libreswan_up_fails() # HOST
{
	local out

	# whack waits on, for Libreswan tries again: what matters is what it hears.
	out=$(on_peer "$1" timeout 4 "$LIBRESWAN_EXEC/whack" --rundir "$LIBRESWAN_RUN" \
		--name net --initiate 2>&1) || true
	printf '%s\n' "$out"
	if libreswan_has_child "$1"; then
		fail "Libreswan on $1 has a child, and must not"
	fi
	libreswan_reset "$1"
}

libreswan_down()
{
	libreswan_whack "$1" --name net --terminate
}

# Its child by its number.
libreswan_child()
{
	libreswan_whack "$1" --trafficstatus | sed -nE '/"net"/s/.*#([0-9]+): "net".*/\1/p' | head -n 1
}

libreswan_down_child()
{
	local state

	state=$(libreswan_child "$1")
	[ -n "$state" ] || fail "Libreswan on $1 has no child to delete"
	libreswan_whack "$1" --deletestate "$state"
}

libreswan_rekey_child()
{
	local option=--rekey-child out

	if [ "$(peer_name "$1")" = libreswan4 ]; then
		option=--rekey-ipsec
	fi
	out=$(libreswan_whack "$1" --name net $option 2>&1) || true
	printf '%s\n' "$out"
}

libreswan_rekey_ike()
{
	libreswan_whack "$1" --name net --rekey-ike || true
}

libreswan_reset()
{
	libreswan_whack "$1" --name net --delete >/dev/null 2>&1 || true
	on_net "$1" ip xfrm state flush
}

libreswan_stop()
{
	libreswan_whack "$1" --shutdown >/dev/null 2>&1 || true
	daemon_stop "$1" libreswan 8
}

libreswan_ikes_up()
{
	libreswan_whack "$1" --briefstatus | sed -nE 's/.*IKE SAs: total\([0-9]+\).*authenticated\(([0-9]+)\).*/\1/p'
}

libreswan_dump()
{
	on_peer "$1" timeout 10 "$LIBRESWAN_EXEC/whack" --rundir "$LIBRESWAN_RUN" --status
}

# It leaves a trap for the selectors of what it ended (a policy without a state's
# id); what must go is what names a state.
libreswan_kernel_clean() # HOST
{
	[ -z "$(on_net "$1" ip xfrm state)" ] &&
		! on_net "$1" ip xfrm policy | grep -Eq 'proto esp.* reqid [1-9]'
}

# What one that was killed left, so that the next start is not taken for it.
libreswan_swept() # HOST
{
	rm -f "$(host_file "$1" $LIBRESWAN_RUN/pluto.ctl)" \
		"$(host_file "$1" $LIBRESWAN_RUN/pluto.pid)"
}
