# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Who is who, against strongSwan: signatures by every kind of key and by certificates, in both
# roles, and everything that must be refused, with a reason that says why.

# "run" has them made on the real machine, where it is quick.
AUTH_PKI=${E2E_PKI:-$E2E_STATE/pki}

# auth_pki: keys and certificates of this run, made once.
auth_pki()
{
	if [ -n "${E2E_PKI:-}" ]; then
		wait_for 100 test -e "$AUTH_PKI/done"
	elif [ ! -e "$AUTH_PKI/done" ]; then
		"$E2E_HERE/pki" "$AUTH_PKI" >"$TESTLOG/pki.log" 2>&1 || {
			tail -n 5 "$TESTLOG/pki.log"
			fail 'the certificates could not be made'
		}
		touch "$AUTH_PKI/done"
	fi
}

# auth_west NAME [CA...]: its certificate and key, and the CAs, for pluto.
auth_west()
{
	local dir name=$1 ca

	dir=$(host_file west /etc/ipsec.d)
	rm -f "$dir"/{certs,private,cacerts,crls}/*
	cp "$AUTH_PKI/$name.pem" "$dir/certs/west.pem"
	(umask 077; cp "$AUTH_PKI/$name.key" "$dir/private/west.key")
	shift
	for ca; do
		cp "$AUTH_PKI/$ca.pem" "$dir/cacerts/$ca.pem"
	done
	pluto_secrets west </dev/null >/dev/null
	whack_on west --rereadsecrets
}

# auth_east NAME [CA...]: the same for strongSwan.
auth_east()
{
	local dir name=$1 ca

	dir=$(peer_file east /etc/swanctl)
	rm -f "$dir"/{x509,x509ca,x509crl,private,pubkey}/*
	cp "$AUTH_PKI/$name.pem" "$dir/x509/east.pem"
	cp "$AUTH_PKI/$name.key" "$dir/private/east.key"
	shift
	for ca; do
		cp "$AUTH_PKI/$ca.pem" "$dir/x509ca/$ca.pem"
	done
}

# auth_swan LOCAL REMOTE [CONNECTION]: strongSwan's side; LOCAL and REMOTE are the lines of its two ends.
auth_swan()
{
	swan_conf east <<-END
		connections {
			net {
				version = 2
				local_addrs = $EAST
				remote_addrs = $WEST
				proposals = $E2E_SWAN_IKE
				${3:-}
				local { $1
				}
				remote { $2
				}
				children {
					net {
						local_ts = 10.2.0.0/24
						remote_ts = 10.1.0.0/24
						esp_proposals = $E2E_SWAN_ESP
					}
				}
			}
		}
		secrets {
			${AUTH_SWAN_SECRETS:-}
		}
	END
}

# auth_pluto LEFT... -- RIGHT... [-- CONNECTION...]: pluto's side.
auth_pluto()
{
	local left=() right=() rest=() part=0 word

	for word; do
		if [ "$word" = -- ]; then
			part=$((part + 1))
			continue
		fi
		case $part in
		0) left+=("$word") ;;
		1) right+=("$word") ;;
		*) rest+=("$word") ;;
		esac
	done
	whack_on west --name west-east --delete >/dev/null 2>&1 || true
	whack_on west --name west-east --encrypt --tunnel --pfs=no \
		--ike "$E2E_IKE_ALG" --esp "$E2E_ESP_ALG" "${rest[@]}" \
		--host "$WEST" --client 10.1.0.0/24 "${left[@]}" --to \
		--host "$EAST" --client 10.2.0.0/24 "${right[@]}"
}

# auth_works: up and down by each end, with traffic.
auth_works()
{
	local end

	for end in west east; do
		net_up "$end"
		ping_ok west 10.2.0.1 1 -I 10.1.0.1
		net_down "$end"
		kernels_empty
	done
}

auth_pair()
{
	pair_ready swan bare
	auth_pki
}

# Certificates: a kind of key, and what pluto says of the peer's signature.
t_cert() # KIND SAYS [SWAN_AUTH]
{
	auth_west "west-$1" ca
	auth_east "east-$1" ca
	auth_swan "auth = pubkey${3:+-$3}
		certs = east.pem
		id = east.example" 'auth = pubkey
		id = west.example'
	auth_pluto --id @west.example --cert west.pem -- --id @east.example
	auth_works
	pluto_wait_log west 1 "authenticated peer @east.example by $2, certificate .*CN=east.example"
}

# The methods of RFC 7296 and RFC 4754, with a peer that knows no other.
t_classic() # KIND SAYS [WHACK...]
{
	local kind=$1 says=$2

	shift 2
	swan_stop east
	swan_start east "${E2E_NO_COOKIE[@]}" 'signature_authentication = no'
	auth_west "west-$kind" ca
	auth_east "east-$kind" ca
	auth_swan 'auth = pubkey
		certs = east.pem
		id = east.example' 'auth = pubkey
		id = west.example'
	auth_pluto --id @west.example --cert west.pem -- --id @east.example -- "$@"
	auth_works
	pluto_wait_log west 1 "authenticated peer @east.example by $says, certificate"
	swan_stop east
	swan_start east "${E2E_NO_COOKIE[@]}"
}

# Both certificates are under an intermediate CA that each end sends along.
t_intermediate()
{
	local dir

	auth_west west-sub ca
	auth_east east-sub ca
	cp "$AUTH_PKI/sub.pem" "$(host_file west /etc/ipsec.d)/certs/sub.pem"
	dir=$(host_file east /etc/swanctl)
	cp "$AUTH_PKI/sub.pem" "$dir/x509/sub.pem"
	whack_on west --rereadcerts
	auth_swan 'auth = pubkey
		certs = east.pem
		id = east.example' 'auth = pubkey
		id = west.example'
	auth_pluto --id @west.example --cert west.pem -- --id @east.example
	auth_works
}

# Identities are the subjects of the certificates; the peer's is a pattern.
t_subject()
{
	auth_west west-p256 ca
	auth_east east-p256 ca
	auth_swan 'auth = pubkey
		certs = east.pem
		id = "C=XX, O=Cygnet, CN=east.example"' 'auth = pubkey
		id = "C=XX, O=Cygnet, CN=west.example"'
	auth_pluto --id %fromcert --cert west.pem -- --id 'C=XX, O=Cygnet, CN=*'
	net_up west
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
	net_down west
	kernels_empty
}

# Raw public keys at both ends, no certificate.
t_raw() # KIND SAYS
{
	local dir west_key east_key

	auth_west "west-$1"
	rm -f "$(host_file west /etc/ipsec.d)"/certs/*
	whack_on west --rereadall
	dir=$(host_file east /etc/swanctl)
	rm -f "$dir"/{x509,x509ca,private,pubkey}/*
	cp "$AUTH_PKI/east-$1.key" "$dir/private/east.key"
	cp "$AUTH_PKI/east-$1.pub" "$dir/pubkey/east.pub"
	cp "$AUTH_PKI/west-$1.pub" "$dir/pubkey/west.pub"
	west_key=0s$(grep -v -- ----- "$AUTH_PKI/west-$1.pub" | tr -d '\n')
	east_key=0s$(grep -v -- ----- "$AUTH_PKI/east-$1.pub" | tr -d '\n')
	auth_swan 'auth = pubkey
		pubkeys = east.pub
		id = @east' 'auth = pubkey
		pubkeys = west.pub
		id = @west'
	auth_pluto --id @west --pubkey "$west_key" -- --id @east --pubkey "$east_key"
	auth_works
	pluto_wait_log west 1 "authenticated peer @east by $2 and its raw key"
	# The same by whack --keyid, as ipsec auto has always told them.
	whack_on west --keyid @west --addkey --pubkeyrsa "$west_key"
	whack_on west --keyid @east --addkey --pubkeyrsa "$east_key"
	expect '@east' whack_on west --listpubkeys
	auth_pluto --id @west -- --id @east
	auth_works
}

# One end proves itself by a PSK, the other by a certificate.
t_asymmetric()
{
	auth_west west-p256 ca
	auth_east east-p256 ca
	AUTH_SWAN_SECRETS='ike-1 { secret = "not much of a secret" }' auth_swan 'auth = pubkey
		certs = east.pem
		id = east.example' 'auth = psk
		id = @west'
	pluto_secrets west <<<'@west @east.example : PSK "not much of a secret"'
	auth_pluto --id @west --auth secret -- --id @east.example --auth ecdsa
	auth_works
}

# The private key in the ways an admin may have it.
t_formats() # WHAT
{
	local dir

	auth_west west-p256 ca
	auth_east east-p256 ca
	dir=$(host_file west /etc/ipsec.d)
	rm -f "$dir"/private/* "$dir"/certs/*
	case $1 in
	encrypted)
		cp "$AUTH_PKI/west-encrypted.key" "$dir/private/west.key"
		cp "$AUTH_PKI/west-p256.pem" "$dir/certs/west.pem"
		pluto_secrets west <<<': ECDSA west.key "sesame"'
		set -- west.pem
		;;
	p12)
		cp "$AUTH_PKI/west.p12" "$dir/private/west.p12"
		pluto_secrets west <<<': P12 west.p12 "sesame"'
		set -- 'west in a bag'
		;;
	der)
		cp "$AUTH_PKI/west-der.key" "$dir/private/west.key"
		cp "$AUTH_PKI/west-der.pem" "$dir/certs/west.pem"
		whack_on west --rereadall
		set -- west
		;;
	esac
	auth_swan 'auth = pubkey
		certs = east.pem
		id = east.example' 'auth = pubkey
		id = west.example'
	auth_pluto --id @west.example --cert "$1" -- --id @east.example
	net_up west
	net_down west
}

# What must be refused by pluto: soon, with a reason, and with nothing left.
refused() # SAYS [SECONDS]
{
	whack_rc fail "${2:-6}" "$1" west --name west-east --initiate
	if swan east --initiate --child net --timeout "${2:-6}" >/dev/null 2>&1; then
		fail 'strongSwan got in, and must not'
	fi
	pluto_wait_log west 3 "$1"
	swan_wait_log east 3 'AUTH_FAILED|AUTHENTICATION_FAILED'
	swan_reset east
	kernels_empty
}

t_refused() # CERTIFICATE SAYS
{
	auth_west west-p256 ca
	auth_east "$1" ca
	cp "$AUTH_PKI/other.pem" "$(host_file east /etc/swanctl)/x509ca/other.pem"
	auth_swan 'auth = pubkey
		certs = east.pem
		id = east.example' 'auth = pubkey
		id = west.example'
	if [ "$1" = east-name ]; then
		auth_swan 'auth = pubkey
			certs = east.pem
			id = "C=XX, O=Cygnet, CN=somebody"' 'auth = pubkey
			id = west.example'
	fi
	auth_pluto --id @west.example --cert west.pem -- --id "${3:-@east.example}"
	refused "$2"
}

t_crl()
{
	auth_west west-p256 ca
	auth_east east-revoked ca
	auth_swan 'auth = pubkey
		certs = east.pem
		id = east.example' 'auth = pubkey
		id = west.example'
	auth_pluto --id @west.example --cert west.pem -- --id @east.example
	net_up west
	net_down west
	cp "$AUTH_PKI/ca.crl" "$(host_file west /etc/ipsec.d)/crls/ca.crl"
	whack_on west --rereadcerts
	expect 'revoked certificates: 3' whack_on west --listcrls
	refused 'is revoked'
}

group_begin auth auth_pair
test_add auth_cert_rsa t_cert rsa 'RSA with SHA2-256'
test_add auth_cert_rsa_pss t_cert rsa 'RSA-PSS with SHA2-512' 'rsa/pss-sha512'
test_add auth_cert_p256 t_cert p256 'ECDSA with SHA2-256'
test_add auth_cert_p384 t_cert p384 'ECDSA with SHA2-384'
test_add auth_cert_p521 t_cert p521 'ECDSA with SHA2-512'
test_add auth_cert_ed25519 t_cert ed25519 Ed25519
test_add auth_cert_ed448 t_cert ed448 Ed448
test_add auth_intermediate t_intermediate
test_add auth_subject t_subject
test_add auth_raw_rsa t_raw rsa 'RSA with SHA2-256'
test_add auth_raw_p256 t_raw p256 'ECDSA with SHA2-256'
test_add auth_raw_ed25519 t_raw ed25519 Ed25519
test_add auth_asymmetric t_asymmetric
test_add auth_key_encrypted t_formats encrypted
test_add auth_key_p12 t_formats p12
test_add auth_key_der t_formats der
test_add auth_refused_ca t_refused east-other 'issuer is not known|not trusted'
test_add auth_refused_name t_refused east-name 'somebody|AUTHENTICATION_FAILED'
test_add auth_refused_usage t_refused east-usage 'digitalSignature'
test_add auth_refused_expired t_refused east-expired 'has expired'
test_add auth_crl t_crl
test_add auth_classic_p256 t_classic p256 'ECDSA with SHA2-256'
test_add auth_classic_rsa t_classic rsa 'RSA with SHA-1' --rsa-sha1
group_end

# An OCSP responder is asked before the peer is let in, and again when its answer is forgotten.
t_ocsp() # PLUTO_OPTION...
{
	local dir

	topo_pair bare
	auth_pki
	dir=$(host_file west /etc/ipsec.d)
	pluto_start west --ocsp-enable "$@"
	whack_on west --listen
	swan_start east "${E2E_NO_COOKIE[@]}"
	auth_west west-p256 ca
	auth_east east-ocsp ca
	auth_swan 'auth = pubkey
		certs = east.pem
		id = east.example' 'auth = pubkey
		id = west.example'
	auth_pluto --id @west.example --cert west.pem -- --id @east.example
	ocsp_serve index.good
	net_up west
	pluto_wait_log west 1 'asking http://192.0.2.2:8888/'
	net_down west
	ocsp_stop
	# The answer is kept: nobody is asked.
	net_up west
	net_down west
	whack_on west --purgeocsp
	ocsp_serve index
	refused 'is revoked, its OCSP responder says'
	ocsp_stop
	pluto_stop west
	swan_stop east
}

ocsp_serve() # INDEX
{
	# The responder's own process, which is not the one that enters the namespace.
	# shellcheck disable=SC2016
	on_net east sh -c 'echo $$ >"$0"; exec "$@"' "$E2E_STATE/ocsp" \
		openssl ocsp -port 8888 -index "$AUTH_PKI/db/$1" -CA "$AUTH_PKI/ca.pem" \
		-rsigner "$AUTH_PKI/ca.pem" -rkey "$AUTH_PKI/ca.key" -nmin 60 \
		</dev/null >>"$TESTLOG/ocsp.log" 2>&1 &
	record_pid $!
	wait_for 10 ocsp_listens
}

# openssl says so only when its output is flushed: look at the port (8888 is 22B8).
ocsp_listens()
{
	grep -q ':22B8 [0:]* 0A' "/proc/$(host_pid east)/net/tcp" "/proc/$(host_pid east)/net/tcp6"
}

ocsp_stop()
{
	local pid

	read -r pid <"$E2E_STATE/ocsp"
	kill -TERM "$pid" 2>/dev/null || true
	wait_until 3 gone "$pid" || true
	: >"$TESTLOG/ocsp.log"
}
test_add auth_ocsp_get t_ocsp --ocsp-strict
test_add auth_ocsp_post t_ocsp --ocsp-strict --ocsp-method post
