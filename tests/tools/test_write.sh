#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What tells how words are understood: readwriteconf, whose output is the same connections again, and
# algparse; look, as far as a machine without IPsec has something to show.
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

# ---- readwriteconf

cat > a.conf <<'END'
config setup
	plutodebug="base control"
	uniqueids=no
include d/*.conf
conn %default
	keyingtries=%forever
	authby=ecdsa-sha2_256,rsa-sha2_512
conn shared
	also=deep
	ike=aes256-sha2_256;modp3072,aes_gcm256-sha2_512;dh19
	phase2alg=aes_gcm256
	leftid="C=DE, O=A Site, CN=#1 (west)"
conn office
	also=shared
	left=192.0.2.1
	leftsubnets={ 10.1.0.0/24 10.3.0.0/24 }
	right=192.0.2.2
	rightid=@east
	rightsubnet=10.2.0.0/24
	salifetime=1h
	auto=ondemand
conn odd
	phase2=ah
	forceencaps=yes
	leftupdown="/usr/libexec/ipsec/_updown --route yes"
	left=%defaultroute
	right=%any
	leftprotoport=17/1701
	rightprotoport=17/%any
	authby=never
	type=passthrough
	auto=keep
conn old
	left=192.0.2.1
	right=192.0.2.9
	keyexchange=ikev1
END
mkdir d
printf 'conn deep\n\trekeymargin=5m\n\tmark=5/0xff\n' > d/x.conf

expect 0 '^conn office$' ipsec readwriteconf --config a.conf
printf '%s\n' "$seen" > once.conf
for line in 'plutodebug="base control"' 'uniqueids=no' 'keyingtries=%forever' 'mark=5/0xff' 'rekeymargin=5m' \
	'esp=aes_gcm256' 'ipsec-lifetime=1h' 'auto=route' 'phase2=ah' 'authby=never' 'keyexchange=ikev1' \
	'encapsulation=yes' 'leftid="C=DE, O=A Site, CN=#1 (west)"' 'left=%defaultroute' \
	'leftupdown="/usr/libexec/ipsec/_updown --route yes"' 'auto=keep' 'leftsubnets=" 10.1.0.0/24 10.3.0.0/24 "'; do
	grep -Fqx "	$line" once.conf || fail "readwriteconf lacks: $line: $(cat once.conf)"
done
! grep -Eq 'also|include|%default$' once.conf || fail 'readwriteconf leaves something to resolve'
ipsec --config once.conf readwriteconf > twice.conf || fail 'what readwriteconf prints cannot be read'
cmp -s once.conf twice.conf || fail "read again it is another: $(diff once.conf twice.conf)"

# every configuration that is shipped or documented comes through it
for file in "$HERE"/../../packaging/ipsec.conf "$HERE"/../../doc/examples/*.conf "$HERE"/samples/openswan.conf; do
	[ -e "$file" ] || continue
	ipsec readwriteconf --config "$file" > once.conf || fail "$file cannot be written"
	ipsec readwriteconf --config once.conf > twice.conf || fail "$file cannot be read again"
	cmp -s once.conf twice.conf || fail "$file: $(diff once.conf twice.conf)"
done

# the same connections for pluto, where it can run alone
cat > compare <<'END'
set -eu
ip link set lo up
ip address add 192.0.2.1/32 dev lo
printf '%%any : PSK "a secret of sixteen"\n' > secrets
chmod 600 secrets
mkdir ipsec.d
"$BUILD/pluto" --nofork --protostack none --rundir "$PWD" --statedir "$PWD" --ipsecdir "$PWD/ipsec.d" \
	--secretsfile "$PWD/secrets" --logfile "$PWD/log" > pluto.out 2>&1 &
for _ in $(seq 100); do
	[ ! -S pluto.ctl ] || break
	sleep 0.1
done
"$BUILD/addconn" --ctlsocket "$PWD/pluto.ctl" --config same.conf --autoall > add.out 2>&1
"$BUILD/addconn" --ctlsocket "$PWD/pluto.ctl" --config written.conf --diff > same.diff || echo "differs: $?" >> same.diff
sed -i 's/aes_gcm256/aes256/' written.conf
"$BUILD/addconn" --ctlsocket "$PWD/pluto.ctl" --config written.conf --diff > other.diff || true
"$BUILD/whack" --ctlsocket "$PWD/pluto.ctl" --shutdown > /dev/null
wait
END
if unshare --user --map-root-user --net true 2> /dev/null; then
	sed '/^conn odd/,$d' a.conf > same.conf
	ipsec readwriteconf --config same.conf > written.conf || fail 'same.conf'
	unshare --user --map-root-user --net --fork --kill-child sh ./compare || fail "pluto: $(cat add.out log)"
	! grep -Eq '^[~+-]|differs' same.diff || fail "pluto sees other connections: $(cat same.diff)"
	grep -q '^~.*office' other.diff || fail "a change is not seen: $(cat other.diff)"
fi

printf 'conn x\n\tleft=192.0.2.1\n\tfoo=1\n' > bad.conf
expect 3 'bad.conf:3:2: error: .*unknown word "foo"' ipsec readwriteconf --config bad.conf
! printf '%s\n' "$seen" | grep -q '^conn' || fail 'a file with errors is printed'
expect 3 'unknown word' ipsec readwriteconf --config bad.conf --checkconfig
expect 0 '' ipsec readwriteconf --config a.conf --checkconfig
! printf '%s\n' "$seen" | grep -q '^conn' || fail 'a check prints the file'
expect 2 'usage: ipsec readwriteconf' ipsec readwriteconf --nonsense

# ---- algparse

expect 0 'AES_CBC_256-HMAC_SHA2_256_128-HMAC_SHA2_256-MODP3072' ipsec algparse 'ike=aes256-sha2_256;modp3072'
expect 0 'AES_GCM_16_256$' ipsec algparse esp=aes_gcm256
expect 0 'AES_GCM_16_256-CURVE25519' ipsec algparse -v -pfs esp=aes_gcm256
expect 0 'HMAC_SHA2_256_128$' ipsec algparse ah=sha2_256
expect 0 'HMAC_SHA2_256-MODP2048' ipsec algparse 'aes128-sha2_256;modp2048'
expect 0 '^ah$' ipsec algparse
[ "$(printf '%s\n' "$seen" | grep -c '^[a-z]')" -eq 3 ] || fail 'the defaults are not three'
expect 3 '"foo" is no encryption known here: use one of .*aes_gcm' ipsec algparse esp=aes_gcm256 esp=foo
printf '%s\n' "$seen" | grep -q 'AES_GCM_16_256' || fail 'the good one is not told'
expect 3 '"isakmp" is no ike, esp or ah' ipsec algparse isakmp=aes
expect 2 'usage: ipsec algparse' ipsec algparse --nonsense

# ---- look

expect 0 '^XFRM policy:$' ipsec --rundir "$DIR" look
printf '%s\n' "$seen" | grep -q 'ROUTING TABLES' || fail 'no routes'
printf '%s\n' "$seen" | grep -q 'Pluto is not running' || fail 'that pluto is not there is not said'
expect 2 'usage: ipsec look' ipsec look --nonsense
