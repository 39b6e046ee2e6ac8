# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Every peer: who proves by what who he is. Both ends have keys and certificates of the
# same CA, made by "pki"; the peer signs, pluto checks, and the other way round.

keys_pair() # PEER
{
	peer_pair "$1"
	auth_pki
}

# both_sign KIND ISSUER... [-- LEFT... -- RIGHT... -- CONNECTION...]: keys of that kind on both
# ends; what follows is as auth_pluto has it. With KEYS_RAW=yes the raw keys are known to the ends,
# with PEER_CONF the peer is told more.
both_sign()
{
	local kind=$1 issuers=() how=cert E2E_ESP_ALG=$E2E_ESP_ALG

	shift
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		issuers+=("$1")
		shift
	done
	E2E_ESP_ALG=$(peer_esp east)
	peers_clean
	auth_west "west-$kind" "${issuers[@]}"
	peer_keys east "east-$kind" "west-$kind" "${issuers[@]}"
	if [ ${#issuers[@]} -eq 0 ]; then
		how=raw
	fi
	auth_pluto --id @west.example "${@:2}"
	peer_conf east auth=$how "key=east-$kind" "peer_key=west-$kind" id=@east.example \
		peer_id=@west.example "esp=$E2E_ESP_ALG" "scheme=$(peer_scheme "$kind")" \
		${PEER_CONF[@]+"${PEER_CONF[@]}"}
}

# What a peer's configuration calls the signature of a key of that kind.
peer_scheme() # KIND
{
	case $(peer_kind east).$1 in
	libreswan.rsa* | libreswan.big) echo rsa-sha2 ;;
	libreswan.*) echo ecdsa ;;
	iked.*) echo rfc7427 ;;
	esac
}

# sign_works BEGINNER: up with traffic, and down.
sign_works()
{
	begin "$1"
	ping_ok sunset sunrise 2
	finish_by "$1"
}

no_ed25519()
{
	lacks 'libreswan*' 'its key database takes no Ed25519 key'
	lacks 'openiked*' 'it has no Ed25519'
}

# Certificates of one CA: what the signatures are made with is as the peer has it.
t_peer_cert() # PEER BEGINNER KIND SAYS [WHACK_ARG]...
{
	if [ "$3" = ed25519 ]; then
		no_ed25519
	fi
	both_sign "$3" ca -- --cert west.pem -- --id @east.example -- "${@:5}"
	sign_works "$2"
	pluto_wait_log west 1 "authenticated peer @east.example by $4.*, certificate .*CN=east.example"
}

t_peer_cert_pss() # PEER BEGINNER
{
	local PEER_CONF=()

	lacks 'openiked*' 'its RSA signatures are PKCS#1 alone'
	case $1 in
	strongswan*) PEER_CONF=(scheme=rsa/pss-sha256) ;;
	esac
	t_peer_cert "$1" "$2" rsa RSA-PSS
}

t_peer_cert_pkcs1() # PEER BEGINNER
{
	lacks 'libreswan*' 'its RSA signatures with SHA-2 are PSS alone'
	t_peer_cert "$1" "$2" rsa 'RSA with SHA2' --rsa-pkcs1
}

# Raw public keys, which each end was told of the other.
t_peer_raw() # PEER BEGINNER KIND SAYS [WHACK_ARG]...
{
	local west_key east_key

	if [ "$3" = ed25519 ]; then
		no_ed25519
	fi
	west_key=0s$(grep -v -- ----- "$AUTH_PKI/west-$3.pub" | tr -d '\n')
	east_key=0s$(grep -v -- ----- "$AUTH_PKI/east-$3.pub" | tr -d '\n')
	both_sign "$3" -- --pubkey "$west_key" -- --id @east.example --pubkey "$east_key" -- "${@:5}"
	rm -f "$(host_file west /etc/ipsec.d)"/certs/*
	whack_on west --rereadall
	sign_works "$2"
	pluto_wait_log west 1 "authenticated peer @east.example by $4.* and its raw key"
}

# Nobody proves anything: encrypted, and no more (RFC 7619).
t_peer_null() # PEER BEGINNER
{
	lacks 'strongswan*' 'it has no NULL authentication'
	lacks 'openiked*' 'it has no NULL authentication'
	peers_clean
	whack_on west --name west-east --auth-null --encrypt --tunnel --pfs=no \
		--ike "$E2E_IKE_ALG" --esp "$E2E_ESP_ALG" \
		--host "$WEST" --id %null --client 10.1.0.0/24 --to \
		--host "$EAST" --id %null --client 10.2.0.0/24
	peer_conf east auth=null id=%null peer_id=%null
	sign_works "$2"
}

# Pluto has a secret, the peer a certificate.
t_peer_asymmetric() # PEER BEGINNER
{
	local E2E_ESP_ALG=$E2E_ESP_ALG

	lacks 'openiked*' 'it has one method for both ends'
	E2E_ESP_ALG=$(peer_esp east)
	peers_clean
	auth_west west-p256 ca
	peer_keys east east-p256 west-p256 ca
	pluto_secrets west <<<'@west @east.example : PSK "not much of a secret"'
	auth_pluto --id @west --auth secret -- --id @east.example --auth ecdsa
	peer_conf east auth=cert peer_auth=psk key=east-p256 id=@east.example peer_id=@west \
		scheme="$(peer_scheme p256)"
	sign_works "$2"
}

# The peer's certificate is of a CA that pluto does not know.
t_peer_unknown_ca() # PEER BEGINNER
{
	local E2E_ESP_ALG=$E2E_ESP_ALG

	E2E_ESP_ALG=$(peer_esp east)
	peers_clean
	auth_west west-p256 ca
	peer_keys east east-other west-p256 ca other
	auth_pluto --id @west.example --cert west.pem -- --id @east.example
	peer_conf east auth=cert key=east-other peer_key=west-p256 id=@east.example \
		peer_id=@west.example "esp=$E2E_ESP_ALG" "scheme=$(peer_scheme p256)"
	if [ "$2" = west ]; then
		whack_rc fail 8 'issuer is not known|not trusted|AUTHENTICATION_FAILED' west \
			--name west-east --initiate
	else
		peer_up_fails east
		pluto_wait_log west 3 'issuer is not known|not trusted'
	fi
	peers_clean
	both_clean
}

# Both ends send an intermediate CA along, and with it more than one datagram holds.
t_peer_chain() # PEER BEGINNER
{
	local PEER_CONF=()

	lacks 'openiked*' 'it does not send intermediate certificates'
	peers_clean
	case $1 in
	libreswan*) PEER_CONF=('lines=sendca=all') ;;
	esac
	auth_west west-big ca
	cp "$AUTH_PKI/sub.pem" "$(host_file west /etc/ipsec.d)/certs/sub.pem"
	both_sign big ca sub -- --cert west.pem -- --id @east.example -- --sendca=issuer
	capture_start wire
	begin "$2"
	ping_ok sunset sunrise 2
	capture_stop wire
	[ "$(fragments_from "$WEST")" -ge 2 ] || fail 'pluto sent no fragments'
	[ "$(fragments_from "$EAST")" -ge 2 ] || fail 'the peer sent no fragments'
	pluto_wait_log west 1 'authenticated peer @east.example by .*, certificate .*OU=big'
	finish_by "$2"
}

# fragments_from ADDRESS: how many fragments of IKE (payload 53) it put on the wire.
fragments_from()
{
	tcpdump -n -r "$TESTLOG/wire.pcap" "src host $1 and
		((udp port 500 and udp[24] == 53) or (udp port 4500 and udp[28] == 53))" 2>/dev/null | wc -l
}

feature -s keys_pair cert_pss 'X.509: RSA-PSS' t_peer_cert_pss
feature -s keys_pair cert_pkcs1 'X.509: RSA, PKCS#1 v1.5 with SHA-2' t_peer_cert_pkcs1
feature -s keys_pair cert_p256 'X.509: ECDSA P-256' t_peer_cert p256 'ECDSA with SHA2-'
feature -s keys_pair cert_p384 'X.509: ECDSA P-384' t_peer_cert p384 'ECDSA with SHA2-'
feature -s keys_pair cert_ed25519 'X.509: Ed25519' t_peer_cert ed25519 Ed25519
feature -s keys_pair cert_chain 'X.509: an intermediate CA, the chain in fragments' t_peer_chain
feature -s keys_pair cert_unknown_ca 'refused: a certificate of an unknown CA' t_peer_unknown_ca
feature -s keys_pair raw_rsa 'raw public keys: RSA' t_peer_raw rsa RSA
feature -s keys_pair raw_p256 'raw public keys: ECDSA P-256' t_peer_raw p256 ECDSA
feature -s keys_pair asymmetric 'pluto by a secret, the peer by a certificate' t_peer_asymmetric
feature -s keys_pair null 'NULL authentication (RFC 7619)' t_peer_null
