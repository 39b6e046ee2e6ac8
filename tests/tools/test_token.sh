#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Keys and certificates in a token, by PKCS#11 URIs: SoftHSM through OpenSSL's pkcs11-provider. Where
# either is missing (as on Debian 12, which has no provider) nothing is tested, and it says so.
# PKCS11_PROVIDER may name the provider's module.
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

skip()
{
	echo "skipped: $*"
	exit 0
}

softhsm=
for f in /usr/lib/softhsm/libsofthsm2.so /usr/lib/*/softhsm/libsofthsm2.so /usr/lib*/libsofthsm2.so; do
	[ ! -e "$f" ] || softhsm=$f
done
provider=${PKCS11_PROVIDER:-$(openssl version -m | sed 's/.*"\(.*\)"/\1/')/pkcs11.so}
[ -n "$softhsm" ] || skip 'no SoftHSM (softhsm2)'
[ -e "$provider" ] || skip 'no provider of PKCS#11 for OpenSSL (pkcs11-provider)'
command -v pkcs11-tool > tool.path || skip 'no pkcs11-tool (opensc)'

# ---- a token with an EC key, its certificate, and an RSA key

make_cert ca /CN=ca
make_cert west /CN=west.example -CA ca.pem -CAkey ca.key \
	-addext subjectAltName=DNS:west.example -addext basicConstraints=CA:FALSE
openssl x509 -in west.pem -outform der -out west.der
openssl pkcs8 -topk8 -nocrypt -in west.key -out west.p8
mkdir tokens
printf 'directories.tokendir = %s/tokens\nobjectstore.backend = file\n' "$DIR" > softhsm2.conf
SOFTHSM2_CONF=$DIR/softhsm2.conf
export SOFTHSM2_CONF
in_token()
{
	pkcs11-tool --module "$softhsm" --token-label west --login --pin 1234 "$@"
}
expect 0 '' softhsm2-util --init-token --free --label west --pin 1234 --so-pin 5678
expect 0 '' softhsm2-util --import west.p8 --token west --label west --id 01 --pin 1234
expect 0 '' in_token --write-object west.der --type cert --label west --id 01
expect 0 '' in_token --keypairgen --key-type rsa:2048 --label rsa --id 02

cat > openssl.cnf << END
openssl_conf = init
[init]
providers = providers_sect
[providers_sect]
default = default_sect
pkcs11 = pkcs11_sect
[default_sect]
activate = 1
[pkcs11_sect]
module = $provider
pkcs11-module-path = $softhsm
pkcs11-module-token-pin = 1234
pkcs11-module-quirks = no-deinit
activate = 1
END
OPENSSL_CONF=$DIR/openssl.cnf
export OPENSSL_CONF

# ---- what is in it serves as what stands in files does

mkdir -m 0755 d d/cacerts
cp ca.pem d/cacerts
key='pkcs11:token=west;object=west;type=private'
rsa='pkcs11:token=west;object=rsa;type=private'
printf ': RSA %s\n: RSA %s\n' "$key" "$rsa" > secrets
chmod 600 secrets
cat > conf << END
config setup
	ipsecdir=$DIR/d
	secretsfile=$DIR/secrets
conn a
	left=127.0.0.1
	right=192.0.2.77
	leftid=@west.example
	leftcert=pkcs11:token=west;object=west;type=cert
	rightid=@east
	authby=ecdsa
END
expect 0 '^$' ipsec --config "$DIR/conf" checkconfig
sed 's/object=west;type=cert/object=other;type=cert/' conf > other
expect 7 'object=other;type=cert.*the token has nothing of that name' ipsec --config "$DIR/other" checkconfig

# ---- and signs
if [ -x "$BUILD/tests/unit/crypto/test_token" ]; then
	TOKEN_KEYS="$key $rsa"
	export TOKEN_KEYS
	expect 0 'PASSED.*1 test' "$BUILD/tests/unit/crypto/test_token"
fi
