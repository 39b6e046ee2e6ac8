#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# ipsec checkconfig: one exit status for each class of error, the first of them when there are several,
# and the same as JSON by its schema.
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

mkdir -p d/certs d/private d/cacerts

# conf: a file of standard input behind config setup.
conf()
{
	{
		printf 'config setup\n\tipsecdir=%s/d\n\tsecretsfile=%s/secrets\n' "$DIR" "$DIR"
		cat
	} > conf
	printf '%s\n' '127.0.0.1 192.0.2.77 : PSK "hush"' > secrets
	chmod 600 secrets
}

check()
{
	ipsec --config "$DIR/conf" checkconfig "$@"
}

# json CODE CLASS: the same errors, as a program reads them.
json()
{
	rc=0
	check --json > json || rc=$?
	[ "$rc" -eq "$1" ] || fail "with --json the exit status is $rc, not $1"
	[ ! -x "$(command -v python3)" ] ||
		"$HERE/../e2e/schema-check" "$BUILD/schemas/checkconfig.schema.json" < json > /dev/null ||
		fail 'not as its schema says'
	grep -q '"schema": "cygnet.checkconfig/1"' json || fail 'no schema is named'
	grep -q "\"code\": $1" json || fail "no code $1 in: $(cat json)"
	[ -z "${2:-}" ] || grep -q "\"class\": \"$2\"" json || fail "no class $2 in: $(cat json)"
}

both() # CODE CLASS PATTERN
{
	expect "$1" "$3" check
	json "$1" "$2"
}

# nothing is wrong: this machine is the loopback address
ends='left=127.0.0.1
 right=192.0.2.77'
conf << END
conn good
 $ends
 authby=secret
 auto=add
END
expect 0 '^$' check
expect 0 'conf: 1 connections, no errors' check --verbose
json 0
grep -q '"good": true' json || fail 'a good file is not called so'

conf << END
conn a
 rigt=192.0.2.77
END
both 3 syntax 'conf:5:2: error: .*did you mean right'
expect 3 'cannot be read: No such file' ipsec --config "$DIR/none" checkconfig
expect 3 'conf:5:2: error' "$BUILD/addconn" --config conf --checkconfig

conf << END
conn a
 $ends
 authby=secret
 ike=aes257-sha3
END
both 5 semantic 'aes257.*no encryption'
# of old there is one number for a bad configuration
expect 3 'aes257' "$BUILD/addconn" --config conf --checkconfig

conf << END
conn a
 left=127.0.0.1
 right=192.0.2.78
 authby=secret
END
both 6 secrets 'no preshared key for 127.0.0.1 and 192.0.2.78 in .*/secrets'
lacks hush
# peers' tools check the file alone: a start does not depend on a secret that comes later
expect 0 '' "$BUILD/addconn" --config conf --checkconfig
printf '%s\n' ': PSK hush hush' > secrets
both 6 secrets 'secrets:1:12: error: there is text after the value'
lacks hush

conf << END
conn a
 $ends
 leftcert=west.pem
END
both 7 files 'certificate "west.pem" cannot be read: No such file'
make_cert west /CN=west
cp west.pem d/certs/
both 7 files 'no private key for our certificate "west.pem"'
cp -p west.key d/private/
both 7 files 'nothing tells whether the peer is who it says'
cp west.pem d/cacerts/ca.pem
expect 0 '' check
conf << END
conn a
 $ends
 leftcert=west.pem
 rightca="CN=nobody"
END
both 7 files 'there is no CA "CN=nobody"'

# out of date, and soon so
make_cert west /CN=west -days 3
cp west.pem d/certs/
cp -p west.key d/private/
conf << END
conn a
 $ends
 leftcert=west.pem
END
expect 0 'warning: conn a: the certificate CN=west ends in [23] days' check
mkdir ca
: > ca/index
echo 01 > ca/serial
cat > ca.conf << END
[ca]
default_ca=x
[x]
database=ca/index
serial=ca/serial
new_certs_dir=ca
policy=p
default_md=sha256
[p]
commonName=supplied
END
openssl req -new -key west.key -subj /CN=west -out west.csr 2> openssl.log
openssl ca -batch -config ca.conf -selfsign -keyfile west.key -in west.csr -out west.pem -notext \
	-startdate 20200101000000Z -enddate 20210101000000Z 2> openssl.log || fail "$(cat openssl.log)"
cp west.pem d/certs/
both 8 certificates 'conf:7:11: error: conn a: the certificate CN=west ended [0-9]+ days ago'

rm -f d/*/*

# two peers for one traffic: an error only when neither waits for an admin
nets='leftsubnet=10.1.0.0/24
 rightsubnet=10.2.0.0/24'
two()
{
	conf << END
conn a
 $ends
 $nets
 authby=secret
 auto=start
conn b
 left=127.0.0.1
 right=192.0.2.78
 $nets
 authby=secret
 ${1}
END
	printf '%s\n' ': PSK "hush"' > secrets
}
two auto=route
both 9 selectors 'conn b: 10.1.0.0/24 with 10.2.0.0/24 is what conn a of line 4 wants too'
two auto=add
expect 0 'warning: conn b: .*only one of them can be up' check
two 'auto=route
 mark=7'
expect 0 '^$' check

# of several classes the first decides, and all are told
conf << END
conn a
 left=127.0.0.1
 right=192.0.2.78
 authby=secret
conn b
 $ends
 authby=secret
 esp=none
END
both 5 semantic 'no preshared key for 127.0.0.1 and 192.0.2.78'
expect 2 'takes no name' check a
