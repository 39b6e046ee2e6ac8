#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# newhostkey, showhostkey, rsasigkey, ecdsasigkey, eddsasigkey, import, initnss, checknss: what they make
# is what a connection takes, in the words that scripts look for.
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

d=$DIR/ipsec.d
mkdir -m 0755 "$d"

# ckaid: the seventh word
ckaid()
{
	printf '%s\n' "$seen" | awk '/^Generated/ { print $7 }'
}

# a pair of raw keys, each shown to the other, loads
two_ends() # WORD LINE
{
	cat > conf << END
config setup
	ipsecdir=$d
	secretsfile=$DIR/secrets
conn a
	left=127.0.0.1
	right=192.0.2.77
	leftid=@west
	rightid=@east
$2
$(printf '%s\n' "$2" | sed 's/left/right/')
END
	: > secrets
	chmod 600 secrets
	expect 0 '^$' ipsec --config "$DIR/conf" checkconfig
}

for kind in rsa ecdsa eddsa; do
	bits=''
	[ $kind != rsa ] || bits='--bits 2048'
	# shellcheck disable=SC2086
	expect 0 "^Generated $(echo $kind | tr '[:lower:]' '[:upper:]') key pair with CKAID [0-9a-f]{40} was stored in " \
		ipsec newhostkey --ipsecdir "$d" --keytype $kind $bits
	id=$(ckaid)
	file=$d/private/host-$(echo "$id" | cut -c 1-16).key
	[ "$(stat -c %a "$file")" = 600 ] || fail "others can read $file"
	openssl pkey -in "$file" -noout || fail "openssl cannot read $file"
	expect 0 "ckaid: $id" ipsec showhostkey --ipsecdir "$d" --list
	expect 0 "left(rsasig|ecdsa|eddsa)key=0s[A-Za-z0-9+/=]+$" ipsec showhostkey --ipsecdir "$d" --left --ckaid "$id"
	two_ends $kind "$(printf '%s\n' "$seen" | grep key=)"
	expect 0 'right(rsasig|ecdsa|eddsa)key=0s' ipsec showhostkey --ipsecdir "$d" --right --ckaid "$(echo "$id" | cut -c 1-8)"
	expect 0 'IN +IPSECKEY +10 1 [24] 192.0.2.1 ' \
		ipsec showhostkey --ipsecdir "$d" --ipseckey --gateway 192.0.2.1 --ckaid "$id"
	ipsec showhostkey --ipsecdir "$d" --pem --ckaid "$id" > pub
	openssl pkey -in "$file" -pubout | cmp - pub || fail 'the PEM is another key'
done
[ "$(ipsec showhostkey --ipsecdir "$d" --list | wc -l)" -eq 3 ] || fail 'not three keys are listed'
expect 0 'the first of 3 keys is shown' ipsec showhostkey --ipsecdir "$d" --left
expect 4 'no private key of this CKAID' ipsec showhostkey --ipsecdir "$d" --left --ckaid 0000
expect 4 'ipsec newhostkey makes one' ipsec showhostkey --ipsecdir "$DIR" --list

# the old commands, and a file of one's own that is never written over
expect 0 '^Generated RSA' ipsec rsasigkey --ipsecdir "$d" --output "$DIR/own.key" 2048
expect 1 'own.key cannot be written: File exists' ipsec rsasigkey --output "$DIR/own.key" 2048
expect 0 '^Generated ECDSA' ipsec ecdsasigkey --ipsecdir "$d" --curvename secp384r1
expect 0 '^$' ipsec eddsasigkey --ipsecdir "$d" --curvename ed448 --quiet
expect 1 'has 2048 to 16384 bits' ipsec rsasigkey 1024
expect 1 'no curve "secp112r1"' ipsec ecdsasigkey --curvename secp112r1
expect 1 'no kind of key "dsa"' ipsec newhostkey --keytype dsa
expect 2 'unknown option' ipsec newhostkey --frob
expect 2 'not a number of bits' ipsec rsasigkey many
expect 0 'usage: ipsec COMMAND' ipsec newhostkey --help

# a PKCS#12 file, as a CA hands it out
make_cert gw /CN=gw
openssl pkcs12 -export -in gw.pem -inkey gw.key -name gateway -passout pass:hush -out gw.p12
expect 1 'nothing in it can be used' ipsec import --ipsecdir "$d" --password wrong gw.p12
[ ! -e "$d/private/gw.p12" ] || fail 'a file that does not open was kept'
expect 0 'imported the certificate of CN=gw, "gateway"' ipsec import --ipsecdir "$d" --password hush gw.p12
lacks hush
[ "$(stat -c %a "$d/private/gw.p12" "$d/gw.p12.secrets" | sort -u)" = 600 ] || fail 'others can read what was imported'
expect 1 'cannot be written: File exists' ipsec import --ipsecdir "$d" --password hush gw.p12
echo hush > pass
openssl pkcs12 -export -in gw.pem -inkey gw.key -name again -passout pass:hush -out two.p12
sh "$BUILD/ipsec" import --ipsecdir "$d" two.p12 < pass | grep -q 'imported a private key with CKAID' ||
	fail 'a password from standard input is not taken'
printf 'include %s/*.secrets\n' "$d" > both
chmod 600 both
cp gw.pem ca.pem
mkdir -p "$d/cacerts"
cp ca.pem "$d/cacerts/"
cat > conf << END
config setup
	ipsecdir=$d
	secretsfile=$DIR/both
conn a
	left=127.0.0.1
	right=192.0.2.77
	leftcert=gateway
END
expect 0 '^$' ipsec --config "$DIR/conf" checkconfig
expect 1 'cannot be read' ipsec import --ipsecdir "$d" --password x none.p12
expect 2 'no file is named' ipsec import --ipsecdir "$d"

# the database of NSS: made where certutil is, no error where it is not
if command -v certutil > /dev/null; then
	expect 0 '^Initializing NSS database$' ipsec initnss --nssdir "$DIR/nss"
	[ -e nss/cert9.db ] || fail 'there is no database'
	expect 42 'has a database already' ipsec initnss --nssdir "$DIR/nss"
	expect 0 '^$' ipsec --checknss --nssdir "$DIR/nss"
else
	expect 0 'NSS is not installed: keys and certificates are files' ipsec initnss --nssdir "$DIR/nss"
	expect 0 '^$' ipsec checknss --nssdir "$DIR/nss"
fi
expect 2 'unknown option' ipsec initnss --frob
