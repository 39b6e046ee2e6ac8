#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# ipsec convert, with files as they are in the field: what comes out passes ipsec checkconfig, says what
# it left out, and nothing of a secret is told.
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

samples=$HERE/samples

# convert NAME WORD...: into o/NAME; what it said is in $seen.
convert()
{
	into=$1
	shift
	seen=$(ipsec convert --out "o/$into" "$@" 2>&1) || fail "convert $*: exit status $?: $seen"
	lacks 'hush|0sFpZ'
	[ "$(stat -c %a "o/$into/ipsec.secrets")" = 600 ] || fail 'others can read the secrets'
}

# holds FILE LINE: of what was written.
holds()
{
	grep -Fxq -- "$2" "o/$1" || fail "no line \"$2\" in: $(cat "o/$1")"
}

tells()
{
	printf '%s\n' "$seen" | grep -Eq -- "$1" || fail "no note '$1' in: $seen"
}

# passes NAME: with the certificates there.
passes()
{
	mkdir -p d/certs d/private d/cacerts
	make_cert moon "/C=CH/O=strongSwan/CN=moon"
	make_cert ca "/C=CH/O=strongSwan/CN=ca"
	cp moon.pem d/certs/
	cp -p moon.key d/private/
	cp ca.pem d/cacerts/
	{
		printf 'config setup\n\tipsecdir=%s/d\n\tsecretsfile=%s/o/%s/ipsec.secrets\n' "$DIR" "$DIR" "$1"
		cat "o/$1/ipsec.conf"
	} > check.conf
	expect 0 '' ipsec --config "$DIR/check.conf" checkconfig
	lacks error
}

mkdir -p in/conf.d
cp "$samples/swanctl.conf" in/swanctl.conf
cp "$samples/swanctl-included.conf" in/conf.d/spoke.conf
convert swanctl in/swanctl.conf
tells 'note: not spoken here, left out of .*modp1024: modp1024|: modp1024$'
tells 'note: net-net: updown = '
tells 'note: net-net: rekey_bytes = 500000000 has no equivalent'
tells 'note: old: left out: IKEv1 is not spoken here'
tells 'note: phones: left out: auth = eap-mschapv2'
tells 'note: empty has no children'
tells 'note: the secret eap-carol has no equivalent'
tells 'note: authority strongswan: copy its CA'
c=swanctl/ipsec.conf
holds $c 'conn net-net'
holds $c '	left=127.0.0.1'
holds $c '	leftid=moon.strongswan.org'
holds $c '	authby=secret'
holds $c '	ike=aes128+aes256-sha256+sha512-x25519,aes_gcm256-prfsha384-dh20'
holds $c '	rightsubnet=10.2.0.0/16,10.3.0.0/16/tcp/443'
holds $c '	leftsubnet=10.1.0.0/16,10.1.0.0/16/tcp'
holds $c '	auto=route'
holds $c '	dpddelay=30s'
holds $c '	reauth=yes'
holds $c '	ipsec-lifetime=5940s'
holds $c '	type=transport'
holds $c '	rightaddresspool=10.9.0.0/24,fd00:9::/112'
holds $c '	leftmodecfgserver=yes'
holds $c '	ipsec-interface=7'
holds $c '	leftid="C=CH, O=strongSwan, CN=moon"'
holds $c '#conn old'
# of the file that is included
holds $c 'conn spoke'
holds $c '	leftid=@[spoke]'
holds $c '	leftsourceip=%config'
holds $c '	keyingtries=%forever'
holds $c '	mark-out=7/0xff'
holds $c '	rekeymargin=120s'
holds swanctl/ipsec.secrets 'moon.strongswan.org sun.strongswan.org : PSK 0sFpZAZqEN6Ti9sqt4ZP5EWcqx'
holds swanctl/ipsec.secrets ': PSK 0x6974277320612022687573682220776f7264'
passes swanctl

convert strongswan --secrets "$samples/strongswan.secrets" "$samples/strongswan.conf"
tells 'note: conn net-net: closeaction=restart has no equivalent'
tells 'note: conn legacy: left out: IKEv1'
tells 'note: conn phones: left out: auth eap-mschapv2'
tells 'note: conn hidden: left out: type=transport_proxy'
tells 'note: the secrets have a EAP entry'
c=strongswan/ipsec.conf
holds $c '	ike=aes256-sha2_256-modp2048'
holds $c '	authby=secret'
holds $c '	esp=aes_gcm128'
holds $c '	pfs=no'
holds $c '	rekeymargin=2m'
holds $c '	rightaddresspool=10.9.0.0/24'
holds $c '	modecfgdns=10.1.0.53'
holds $c '	authby=signature'
holds $c '#conn phones'
holds strongswan/ipsec.secrets '@moon.strongswan.org @sun.strongswan.org : PSK "hush"'
passes strongswan

convert openswan --secrets "$samples/openswan.secrets" "$samples/openswan.conf"
tells 'note: conn l2tp: left out: IKEv1'
tells 'note: conn xauth: left out: aggressive mode|note: conn xauth: left out: leftxauthclient'
tells 'note: conn byhand: left out: keys set by hand'
tells 'note: the secrets have a RSA entry'
tells 'note: the secrets have a XAUTH entry'
c=openswan/ipsec.conf
holds $c '	rightsubnets={ 10.2.0.0/24 10.3.0.0/24 }'
holds $c '	ike=aes256-sha2_256-modp2048'
holds $c '	esp=aes128-sha1-modp2048'
holds $c '	phase2=ah'
holds $c '	ah=sha1'
holds $c '	logfile=/var/log/pluto.log'
holds $c '	keyingtries=%forever'
holds $c '#conn byhand'
! grep -q hush o/openswan/ipsec.conf || fail 'a secret is in ipsec.conf'
sed -i '/^config setup/d' o/openswan/ipsec.conf
passes openswan

# what is there already stays; a file with an error comes to nothing
expect 1 'is there already' ipsec convert --out o/swanctl in/swanctl.conf
printf 'connections {\n a {\n  version = 2\n' > bad.conf
expect 3 'bad.conf:3: error: a section does not end: 2 braces' ipsec convert --out o/bad bad.conf
[ ! -e o/bad/ipsec.conf ] || fail 'a file with an error was converted in part'
printf 'connections {\n}\n}\n' > bad.conf
expect 3 'bad.conf:3: error: a brace closes' ipsec convert --out o/bad bad.conf
printf 'secrets {\n ike { secret = "hush\n}\n}\n' > bad.conf
expect 3 'bad.conf:2: error: a quote does not close' ipsec convert --out o/bad bad.conf
lacks hush
printf 'conn a\n\tleft 192.0.2.1\n' > bad.conf
expect 3 'bad.conf:2: error: no = in the line' ipsec convert --out o/bad bad.conf
expect 1 'cannot be read' ipsec convert --out o/bad none.conf
expect 2 'unknown option' ipsec convert --frmo x none.conf
expect 2 'is not known' ipsec convert --from racoon bad.conf
expect 0 'usage: ipsec convert' ipsec convert --help
