# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# strongSwan, configured by swanctl.

# Every plugin of Debian's packages that adds an algorithm or a method; those
# that touch the machine's network or need hardware are left out.
SWAN_PLUGINS='random nonce openssl aes sha1 sha2 md5 mgf1 rc2 hmac kdf xcbc cmac ctr ccm gcm
	chapoly drbg curve25519 gmp gcrypt fips-prf x509 revocation constraints pubkey pkcs1 pkcs7
	pkcs8 pkcs12 pgp dnskey sshkey pem kernel-netlink socket-default attr resolve updown vici
	eap-identity eap-md5 eap-mschapv2 eap-gtc eap-tls eap-ttls eap-radius xauth-generic
	counters unity'

# swan_start HOST [LINE...]: starts charon; LINEs go into the charon section of
# its strongswan.conf.  What swan_conf left there is loaded.
swan_start()
{
	local host=$1 line pid

	shift
	echo charon >"$E2E_STATE/hosts/$host/kind"
	if [ -e "$E2E_STATE/hosts/$host/tree" ]; then
		on_peer "$host" mkdir -p /etc/swanctl/{conf.d,x509{,aa,ac,ca,crl,ocsp},bliss,private} \
			/etc/swanctl/{rsa,ecdsa,pkcs8,pkcs12,pubkey}
	fi
	# shellcheck disable=SC2086
	{
		printf 'charon {\n\tload =%s\n' "$(printf ' %s' $SWAN_PLUGINS)"
		cat <<-'END'
			filelog {
				main {
					path = /var/log/charon.log
					default = 1
					ike = 2
					cfg = 2
					knl = 2
					net = 1
					time_format = %H:%M:%S
					flush_line = yes
				}
			}
			retransmit_tries = 3
			retransmit_timeout = 1.0
			retransmit_base = 1.4
			max_ikev1_exchanges = 20
		END
		for line; do
			printf '\t%s\n' "$line"
		done
		printf '}\n'
		printf 'swanctl {\n\tload = random openssl pem pkcs1 pkcs8 pkcs12 x509 pubkey\n}\n'
	} >"$(peer_file "$host" /etc/strongswan.conf)"
	rm -f "$(host_file "$host" /run/charon.vici)"
	# shellcheck disable=SC2016
	on_peer "$host" sh -c 'echo $$ >/run/charon.test.pid; exec /usr/sbin/charon-systemd' \
		</dev/null >>"$(host_log "$host")/charon.out" 2>&1 &
	pid=$!
	record_pid $pid
	wait_until 15 swan_is_up "$host" $pid || {
		tail -n 20 "$(host_log "$host")/charon.out"
		fail "strongSwan did not start on $host"
	}
	if gone $pid; then
		tail -n 20 "$(host_log "$host")/charon.out"
		fail "strongSwan ended on $host"
	fi
	if [ -s "$(peer_file "$host" /etc/swanctl/swanctl.conf)" ]; then
		swan_load "$host"
	fi
}

swan_is_up() # HOST PID
{
	[ -S "$(host_file "$1" /run/charon.vici)" ] || gone "$2"
}

# swan_stop HOST: ends charon, which deletes its SAs first.
swan_stop()
{
	daemon_stop "$1" charon 6
}

# swan_conf HOST <<END: makes it the host's swanctl.conf, and loads it when
# charon runs there.
swan_conf()
{
	cat >"$(peer_file "$1" /etc/swanctl/swanctl.conf)"
	if [ -S "$(host_file "$1" /run/charon.vici)" ]; then
		swan_load "$1"
	fi
}

# swan_load HOST: reads connections, secrets and pools anew; what is no longer
# in the file is forgotten.
swan_load()
{
	local out

	out=$(swan "$1" --load-all --clear --noprompt 2>&1) || {
		printf '%s\n' "$out"
		fail "swanctl --load-all on $1: $(grep -m 1 -i fail <<<"$out")"
	}
}

# swan HOST ARG...: swanctl there, bounded to 40 s.
swan()
{
	on_peer "$1" timeout 40 swanctl "${@:2}"
}

# swan_initiate HOST CHILD [SECONDS]: brings it up (15); shows its log when not.
swan_initiate()
{
	local out

	out=$(swan "$1" --initiate --child "$2" --timeout "${3:-15}" 2>&1) || {
		printf '%s\n' "$out"
		fail "strongSwan on $1 could not initiate $2"
	}
	echo "$1: $(tail -n 1 <<<"$out")"
}

# swan_ikes HOST: the connection names of its IKE SAs.
swan_ikes()
{
	swan "$1" --list-sas --raw 2>/dev/null | sed -n 's/^list-sa event {\([^ ]*\) {.*/\1/p' | sort -u
}

# swan_terminate HOST [IKE]: deletes that IKE SA, or every one, telling the peer.
swan_terminate()
{
	local name out

	for name in ${2:-$(swan_ikes "$1")}; do
		out=$(swan "$1" --terminate --ike "$name" --timeout 10 2>&1) || {
			printf '%s\n' "$out"
			fail "strongSwan on $1 could not terminate $name"
		}
	done
}

# swan_reset HOST: deletes every SA at once, whatever the peer says.
swan_reset()
{
	local name

	for name in $(swan_ikes "$1"); do
		swan "$1" --terminate --ike "$name" --force --timeout 1 >/dev/null 2>&1 || true
	done
}

# swan_sas HOST: the SAs, one a line, in swanctl's raw form.
swan_sas()
{
	swan "$1" --list-sas --raw
}

# swan_log HOST: what charon logged since the test began.
swan_log()
{
	log_since "$1" charon.log
}

# swan_wait_log HOST SECONDS PATTERN: waits for a line.
swan_wait_log()
{
	wait_for "$2" swan_logged "$1" "$3"
}

swan_logged() # HOST PATTERN
{
	swan_log "$1" | grep -Eq -- "$2"
}
