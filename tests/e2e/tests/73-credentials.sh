# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Where keys and certificates come from, which of several is taken, what is sent of a chain, and what
# revocation says when its sources are there, away or slow. strongSwan is the peer.

: "${EAST:?}"

# cred_swan: strongSwan's side with its certificate.
cred_swan()
{
	auth_swan "auth = pubkey
		certs = east.pem
		id = ${CRED_EAST_ID:-east.example}" 'auth = pubkey
		id = west.example'
}

# cred_begin WEST EAST: certificates of these names under the CA, and strongSwan's side.
cred_begin()
{
	auth_west "$1" ca
	auth_east "$2" ca
	cred_swan
}

# west_only FILE...: in west's folders are these of the PKI, as FOLDER/NAME=FILE.
west_only()
{
	local dir pair

	dir=$(host_file west /etc/ipsec.d)
	rm -f "$dir"/{certs,private,crls}/*
	for pair; do
		(umask 077; cp "$AUTH_PKI/${pair#*=}" "$dir/${pair%%=*}")
	done
	pluto_secrets west </dev/null >/dev/null
	whack_on west --rereadall
}

cred_up()
{
	net_up west
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
	net_down west
	kernels_empty
}

# A certificate and its key from a URI that OpenSSL's stores open, outside of the folders.
t_uri() # FILE SECRETS NAME
{
	cred_begin west-p256 east-p256
	west_only
	(umask 077; cp "$AUTH_PKI/$1" "$(host_file west /etc/)$1")
	pluto_secrets west <<<"$2"
	auth_pluto --id @west.example --cert "$3" -- --id @east.example
	auth_works
	whack_on west --rereadall
	expect 'has private key' whack_on west --listcerts
	cred_up
	# It is gone: an admin is told when the connection is added again.
	rm "$(host_file west /etc/)$1"
	whack_on west --rereadall
	pluto_wait_log west 2 "$1.*(cannot be read|nothing in it can be used): .*No such file"
}

# Of two certificates of one name the one that --ckaid tells.
t_ckaid()
{
	local ckaid

	cred_begin west-p256 east-p256
	west_only certs/a.pem=west-p256.pem private/a.key=west-p256.key \
		certs/b.pem=west-rsa.pem private/b.key=west-rsa.key
	ckaid=$(whack_on west --listcerts | sed -n 's/.*RSA 2048.* ckaid: \([0-9a-f]*\).*/\1/p')
	[ ${#ckaid} -eq 40 ] || fail "no CKAID of the RSA key: '$ckaid'"
	auth_pluto --id @west.example --ckaid "$ckaid" -- --id @east.example
	net_up west
	pluto_wait_log west 1 'IKE_AUTH sent as @west.example \(RSA'
	net_down west
	kernels_empty
	auth_pluto --id @west.example --ckaid 00112233445566778899aabbccddeeff00112233 -- --id @east.example
	whack_rc fail 5 'no key with the CKAID 0011' west --name west-east --initiate
	kernels_empty
}

# Of two certificates of one name the one of the CA that the peer asks for.
t_certreq()
{
	cred_begin west-p256 east-p256
	auth_east east-p256 other
	swan_load east
	west_only certs/a.pem=west-p256.pem private/a.key=west-p256.key \
		certs/b.pem=west-other.pem certs/ca.pem=other.pem
	auth_pluto --id @west.example -- --id @east.example
	net_up west
	swan_wait_log east 2 'received end entity cert "C=XX, O=Other, CN=west.example"'
	net_down west
	kernels_empty
	auth_east east-p256 ca
	swan_load east
	net_up west
	swan_wait_log east 2 'received end entity cert "C=XX, O=Cygnet, CN=west.example"'
	net_down west
	kernels_empty
}

# A chain of four: what is sent of it is what --sendca says, and the peer must know the rest.
t_sendca() # POLICY SENT
{
	local dir

	auth_west west-deep ca
	auth_east east-deep ca
	for dir in "$(host_file west /etc/ipsec.d)/certs" "$(host_file east /etc/swanctl)/x509"; do
		cp "$AUTH_PKI"/sub.pem "$AUTH_PKI"/sub2.pem "$dir"
	done
	whack_on west --rereadcerts
	cred_swan
	auth_pluto --id @west.example --cert west.pem -- --id @east.example -- --sendca "$1"
	# strongSwan knows the intermediates itself here: what was sent is to be seen in its log.
	net_up west
	net_down west
	kernels_empty
	expect "$2" issuers_sent
	if [ "$1" = all ]; then
		rm "$(host_file east /etc/swanctl)"/x509/sub*.pem
		swan_stop east
		swan_start east "${E2E_NO_COOKIE[@]}"
		cp "$AUTH_PKI"/sub*.pem "$(host_file east /etc/swanctl)/x509"
		auth_works
	fi
}

issuers_sent()
{
	echo "sent $(swan_log east | grep -c 'received issuer cert')"
}

# The kinds of subjectAltName, and the subject with any value of a part.
t_san() # ID SWAN_ID
{
	cred_begin west-p256 east-address
	CRED_EAST_ID=$2 cred_swan
	auth_pluto --id @west.example --cert west.pem -- --id "$1"
	auth_works
}

# The peer's certificate must come from our own CA.
t_same_ca()
{
	cred_begin west-p256 east-p256
	cp "$AUTH_PKI/other.pem" "$(host_file west /etc/ipsec.d)/cacerts/other.pem"
	whack_on west --rereadcerts
	# What scripts are told of it.
	cat >"$(host_file west /etc/tell)" <<-'END'
		#!/bin/sh
		[ "$PLUTO_VERB" = up-client ] && echo "CA=$PLUTO_PEER_CA cisco=$PLUTO_IS_PEER_CISCO"
		exit 0
	END
	chmod 755 "$(host_file west /etc/tell)"
	auth_pluto --id @west.example --cert west.pem --updown /etc/tell -- --id @east.example --ca %same
	auth_works
	pluto_wait_log west 1 'CA=C=XX, O=Cygnet, CN=Test CA cisco=0'
	auth_east east-other ca
	cp "$AUTH_PKI/other.pem" "$(host_file east /etc/swanctl)/x509ca/other.pem"
	cred_swan
	refused 'wants it issued under C=XX, O=Cygnet, CN=Test CA'
}

# The verbs that show and renew, on a daemon that lives.
t_lists()
{
	local dir

	cred_begin west-soon east-p256
	dir=$(host_file west /etc/ipsec.d)
	pluto_wait_log west 2 'our certificate .*CN=west.example.* expires soon: '
	expect 'CN=west.example|expires soon' whack_on west --status
	expect 'not after: .*\(expires soon\)' whack_on west --listcerts
	expect 'subject: C=XX, O=Cygnet, CN=Test CA' whack_on west --listcacerts
	expect 'ECDSA.*has private key, expires soon' whack_on west --checkpubkeys
	expect_not 'Test CA' whack_on west --checkpubkeys
	expect '"state": ?"expires soon"' whack_on west --listcerts --json
	pluto_secrets west <<<'@west @east : PSK "not much of a secret"'
	expect 'PSK @west @east in .*secrets:1' whack_on west --listpsks
	expect_not 'not much' whack_on west --listall
	expect_not 'issuer' whack_on west --listcrls
	cp "$AUTH_PKI/ca-old.crl" "$dir/crls/"
	sleep 1
	whack_on west --rereadcerts
	pluto_wait_log west 2 'the CRL of C=XX, O=Cygnet, CN=Test CA .*has expired'
	expect 'issuer: C=XX, O=Cygnet, CN=Test CA' whack_on west --listcrls
	expect '\(expired\)' whack_on west --listcrls
	# A DER file beside the PEM one, and one that is no CRL.
	cp "$AUTH_PKI/web/ca.crl" "$dir/crls/der.crl"
	echo nonsense >"$dir/crls/bad.crl"
	whack_on west --rereadcerts
	pluto_wait_log west 2 'bad.crl: nothing in it can be used'
	expect 'revoked certificates: 3' whack_on west --listcrls
	for word in 'PSK @west' 'Test CA' 'revoked certificates' 'CN=west.example'; do
		expect "$word" whack_on west --listall
	done
	whack_on west --purgeocsp
	expect '0 CRLs asked for' whack_on west --fetchcrls
	rm -f "$dir"/crls/*
	auth_west west-p256 ca
	expect_not 'expires soon' whack_on west --status
	expect_not 'issuer' whack_on west --listcrls
}

# Certificate, key, CA and CRL from a database of NSS, as programs that keep them there fill it; nothing
# is in the folders.
t_nss()
{
	local db

	command -v pk12util sqlite3 >/dev/null || skip 'no libnss3-tools, or no sqlite3'
	cred_begin west-rsa east-rsa
	west_only
	rm -f "$(host_file west /etc/ipsec.d)"/cacerts/*
	# its files want locks, which not every folder of a host has
	db=$(mktemp -d /dev/shm/nss.XXXXXX)
	certutil -N -d "sql:$db" --empty-password
	openssl pkcs12 -export -name 'west of the site' -in "$AUTH_PKI/west-rsa.pem" -inkey "$AUTH_PKI/west-rsa.key" \
		-passout pass: -out "$db/west.p12"
	pk12util -i "$db/west.p12" -d "sql:$db" -W '' -K ''
	rm "$db/west.p12"
	certutil -A -n 'site CA' -t CT,, -d "sql:$db" -a -i "$AUTH_PKI/ca.pem"
	printf 'config setup\n\tnssdir=%s\n' "$db" >"$(host_file west /etc/ipsec.conf)"
	ipsec_on west rereadall
	expect 'has private key' whack_on west --listcerts
	auth_pluto --id @west.example --cert 'west of the site' -- --id @east.example
	auth_works
	pluto_wait_log west 1 'authenticated peer @east.example by RSA.*, certificate'
	# the CA is trusted no more
	certutil -M -n 'site CA' -t ,, -d "sql:$db"
	touch "$db/cert9.db"
	sleep 1
	touch "$db/cert9.db"
	ipsec_on west rereadall
	whack_on west --name west-east --initiate --asynchronous
	pluto_wait_log west 10 'certificate.*(not trusted|issuer|no CA)'
	whack_on west --name west-east --terminate
	rm -rf "$db"
	ipsec_on west rereadall
	[ ! -e "$(host_file west "$PLUTO_RUN")/nss" ] || fail 'what the database had is left'
}

group_begin credentials auth_pair
test_add -t 90 credentials_nss t_nss
test_add cred_uri_file t_uri west-bundle.pem '' file:/etc/west-bundle.pem
test_add cred_uri_p12 t_uri west.p12 ': P12 file:/etc/west.p12 "sesame"' file:/etc/west.p12
test_add cred_path_of_bundle t_uri west-bundle.pem '' /etc/west-bundle.pem
test_add cred_ckaid t_ckaid
test_add cred_certreq t_certreq
test_add cred_sendca_none t_sendca none 'sent 0'
test_add cred_sendca_issuer t_sendca issuer 'sent 1'
test_add cred_sendca_all t_sendca all 'sent 2'
test_add cred_san_email t_san east@example east@example
test_add cred_san_address t_san 192.0.2.2 192.0.2.2
test_add cred_same_ca t_same_ca
test_add cred_lists t_lists
group_end

# ---- revocation: the daemons of these tests have policies of their own --------

# strict_begin EAST PLUTO_OPTION...: pluto with these options, and strongSwan with that certificate.
strict_begin()
{
	local east=$1

	shift
	topo_pair bare
	auth_pki
	pluto_start west "$@"
	whack_on west --listen
	swan_start east "${E2E_NO_COOKIE[@]}"
	cred_begin west-p256 "$east"
	auth_pluto --id @west.example --cert west.pem -- --id @east.example
}

strict_end()
{
	pluto_stop west
	swan_stop east
}

# web_serve [silent]: the directory of CRLs, at east's port 8889 (22B9).
web_serve()
{
	# shellcheck disable=SC2016
	on_net east sh -c 'echo $$ >"$0"; exec "$@"' "$E2E_STATE/web" \
		"$E2E_HERE/web" "$AUTH_PKI/web" 192.0.2.2 8889 "$@" </dev/null >>"$TESTLOG/web.log" 2>&1 &
	record_pid $!
	wait_for 30 grep -q ':22B9 [0:]* 0A' "/proc/$(host_pid east)/net/tcp"
}

web_stop()
{
	local pid

	read -r pid <"$E2E_STATE/web"
	kill -TERM "$pid" 2>/dev/null || true
	wait_until 3 gone "$pid" || true
}

# With crl-strict the CRL is fetched before the peer is let in; without a source nobody is.
t_crl_strict()
{
	strict_begin east-crl-good --crl-strict --crl-timeout 3
	# The fetch alone takes its three seconds.
	refused 'no current CRL|CRL .*crl-strict' 15
	web_serve
	net_up west
	pluto_wait_log west 1 'asking http://192.0.2.2:8889/ca.crl'
	net_down west
	expect 'from: http://192.0.2.2:8889/ca.crl, revoked certificates: 3' whack_on west --listcrls
	web_stop
	# It is kept, a reload included; and who is on it gets no further.
	whack_on west --rereadcerts
	net_up west
	net_down west
	kernels_empty
	auth_east east-crl-gone ca
	cred_swan
	refused 'is revoked'
	# A file does as well as the net.
	auth_east east-p256 ca
	cred_swan
	net_up west
	net_down west
	strict_end
}

# A source that never answers: the peer is refused in time, and meanwhile all else goes on.
t_crl_tarpit()
{
	strict_begin east-crl-good --crl-strict --crl-timeout 10
	web_serve silent
	whack_on west --name west-east --initiate --asynchronous
	pluto_wait_log west 10 'asking http://192.0.2.2:8889/ca.crl'
	# The daemon answers at once, and another tunnel comes up while it waits.
	whack_rc 0 4 'west-east' west --status
	pluto_secrets west <<<'@w2 @e2 : PSK "not much of a secret"'
	swan_conf east <<-END
		connections {
			other {
				version = 2
				local_addrs = $EAST
				remote_addrs = $WEST
				proposals = $E2E_SWAN_IKE
				local { auth = psk
					id = @e2 }
				remote { auth = psk
					id = @w2 }
				children { other {
						local_ts = 10.77.0.0/24
						remote_ts = 10.1.0.0/24
						esp_proposals = $E2E_SWAN_ESP
					} }
			}
		}
		secrets {
			ike-1 { secret = "not much of a secret" }
		}
	END
	whack_on west --name other --psk --encrypt --tunnel --pfs=no --ike "$E2E_IKE_ALG" \
		--esp "$E2E_ESP_ALG" --host "$WEST" --id @w2 --client 10.1.0.0/24 --to --host "$EAST" \
		--id @e2 --client 10.77.0.0/24
	whack_on west --name other --initiate
	expect_not 'is refused' pluto_log west
	whack_on west --name other --terminate
	pluto_wait_log west 25 'certificate .* is refused'
	kernels_empty
	web_stop
	strict_end
}

# Without crl-strict nobody waits; --fetchcrls gets the CRLs of those who were seen, and then they count.
t_crl_lenient()
{
	strict_begin east-crl-gone
	net_up west
	net_down west
	web_serve
	expect '1 CRLs asked for' whack_on west --fetchcrls
	refused 'is revoked'
	web_stop
	whack_rc fail 15 'CRLs asked for: CRL from http' west --fetchcrls
	strict_end
}

# An OCSP responder that is not there: strict refuses, lenient does not.
t_ocsp_away() # strict|lenient
{
	local options=(--ocsp-enable --ocsp-timeout 2)

	if [ "$1" = strict ]; then
		options+=(--ocsp-strict)
	fi
	strict_begin east-ocsp "${options[@]}"
	if [ "$1" = strict ]; then
		refused 'gave no usable answer, and ocsp-strict is set'
		auth_east east-p256 ca
		cred_swan
		refused 'names no OCSP responder, and ocsp-strict is set'
	else
		net_up west
		pluto_wait_log west 1 'OCSP answer from http://192.0.2.2:8888/'
		net_down west
	fi
	strict_end
}

test_add -t 150 revocation_crl_strict t_crl_strict
test_add -t 150 revocation_crl_tarpit t_crl_tarpit
test_add -t 150 revocation_crl_lenient t_crl_lenient
test_add revocation_ocsp_away_strict t_ocsp_away strict
test_add revocation_ocsp_away_lenient t_ocsp_away lenient

# OCSP answers within IKE (RFC 4806), of which strongSwan has both ends since 6.0.
t_staple() # BEGINNER
{
	topo_pair bare
	auth_pki
	pluto_start west --ocsp-enable --ocsp-strict
	whack_on west --listen
	# Its fetcher is a plugin of its own.
	SWAN_PLUGINS="$SWAN_PLUGINS curl" peer_start east strongswan6 "${E2E_NO_COOKIE[@]}"
	auth_west west-ocsp ca
	auth_east east-ocsp ca
	auth_swan 'auth = pubkey
		certs = east.pem
		id = east.example' 'auth = pubkey
		id = west.example
		revocation = strict' 'ocsp = both'
	auth_pluto --id @west.example --cert west.pem -- --id @east.example -- --ocsp-staple both
	ocsp_serve index.good
	net_up "$1"
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
	# What we sent came from the responder by us, and what we got came within IKE.
	expect 'asking http://192.0.2.2:8888/ about our certificate' pluto_log west
	expect_not 'about certificate' pluto_log west
	swan_wait_log east 1 'received OCSP response issued by "C=XX, O=Cygnet, CN=Test CA"'
	swan_wait_log east 1 'sending OCSP status for certificate'
	net_down "$1"
	kernels_empty
	ocsp_stop
	# Our answer is kept; theirs too.
	net_up "$1"
	net_down "$1"
	pluto_stop west
	swan_stop east
}
test_add revocation_staple_pluto_begins t_staple west
test_add revocation_staple_swan_begins t_staple east
