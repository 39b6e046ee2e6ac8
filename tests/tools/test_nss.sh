#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A database of NSS, filled as the programs that keep certificates there fill it: pluto has its certificates
# by nickname, its keys, CAs and CRLs, and hears of changes with the commands that those programs give.
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

for program in certutil pk12util crlutil sqlite3; do
	command -v "$program" > /dev/null || { echo "skipped: $program is not installed"; exit 0; }
done

IPSEC_CONFDIR=$DIR/etc
export IPSEC_CONFDIR
mkdir -p etc/ipsec.d run db
chmod 755 run
head -c 200 /dev/urandom > noise
: > empty

nss()
{
	"$@" > nss.log 2>&1 || fail "$*: $(cat nss.log)"
}

# certificate SERIAL NICKNAME [OPTION]...: of our CA, with its key.
certificate()
{
	serial=$1 nick=$2
	shift 2
	nss certutil -S -c 'Site CA' -n "$nick" -s "CN=$nick" -m "$serial" -t ,, -d sql:db -f empty -z noise \
		-k rsa -g 2048 -v 12 --extSAN "dns:$nick" "$@"
}

nss certutil -N -d sql:db --empty-password
printf 'y\n\ny\n' | certutil -S -x -n 'Site CA' -s 'CN=Site CA' -m 1 -t CT,, -d sql:db -f empty -z noise \
	-k rsa -g 2048 -v 12 -2 > nss.log 2>&1 || fail "the CA: $(cat nss.log)"
certificate 77 west
printf 'config setup\n\tnssdir=%s\nconn a\n\tleft=127.0.0.1\n\tleftid=@west\n\tleftcert=west\n\tright=192.0.2.2\n\tauto=add\n' \
	"$DIR/db" > ipsec.conf

ipsec_here()
{
	ipsec --config "$DIR/ipsec.conf" --rundir "$DIR/run" "$@"
}

# ---- what is taken

ipsec_here _nss
[ -s run/nss/certs/west ] || fail "the certificate: $(ls -lR run)"
[ -s run/nss/private/west.p12 ] || fail "its key: $(ls -lR run)"
[ -s 'run/nss/cacerts/Site CA.pem' ] || fail 'the CA'
[ ! -e run/nss/cacerts/west.pem ] || fail 'a certificate became a CA'
[ "$(stat -c %a run/nss run/nss/private/west.p12 | tr '\n' ' ')" = '700 600 ' ] || fail 'others can read it'
[ ! -e run/nss/password ] || fail 'a password is left'
[ ! -e run/nss.new ] || fail 'something is left'
expect 0 'west' ipsec_here showhostkey --list

# what did not change is not read again, and what did is
touch run/nss/mark
ipsec_here _nss
[ -e run/nss/mark ] || fail 'it is read again without need'
printf 'update=20261101000000Z\nnextupdate=20361101000000Z\naddcert 88 20261101000000Z\n' > crl
nss crlutil -G -c crl -n 'Site CA' -d sql:db -f empty
touch -d '1 minute' db/cert9.db
ipsec_here _nss
[ ! -e run/nss/mark ] || fail 'a change is not seen'
[ "$(openssl crl -inform DER -in run/nss/crls/*.crl -noout -text | grep -c 'Serial Number: 58')" -eq 1 ] || fail 'the CRL'

# ---- pluto uses it, started as a test of Open vSwitch starts it
cat > use <<'END'
set -eu
ip link set lo up
ip address add 192.0.2.1/32 dev lo
: > secrets
chmod 600 secrets
rm -rf run/nss
sh "$BUILD/ipsec" pluto --nofork --protostack none --rundir "$DIR/run" --ipsecdir "$DIR/etc/ipsec.d" --nssdir "$DIR/db" \
	--statedir "$DIR/run" --secretsfile "$DIR/secrets" --logfile "$DIR/log" > out 2>&1 &
for _ in $(seq 100); do
	[ ! -S run/pluto.ctl ] || break
	sleep 0.1
done
ask()
{
	sh "$BUILD/ipsec" --config "$DIR/ipsec.conf" --rundir "$DIR/run" "$@"
}
# it was there before pluto was, for the directory that pluto has
[ -s run/nss/private/west.p12 ] || { echo "not taken for pluto's own directory"; exit 1; } > out
ask auto --ready
ask add a > add.out
ask listcerts > certs
ask listcacerts > cas
ask listcrls > crls
certutil -D -d sql:db -n spare
touch -d '2 minutes' db/cert9.db
ask rereadcerts > reread
ask listcerts > later
ask whack --shutdown > /dev/null
wait
END
if unshare --user --map-root-user --net true 2> /dev/null; then
	certificate 99 spare
	sed -i 's/left=127.0.0.1/left=192.0.2.1/' ipsec.conf
	unshare --user --map-root-user --net --fork --kill-child sh ./use || fail "pluto: $(cat out log add.out)"
	grep -q 'CN=west' certs || fail "no certificate: $(cat certs log)"
	grep -q 'CN=spare' certs || fail "not all certificates: $(cat certs)"
	grep -q 'CN=Site CA' cas || fail "no CA: $(cat cas)"
	grep -q 'CN=Site CA' crls || fail "no CRL: $(cat crls)"
	! grep -q 'CN=spare' later || fail 'what was deleted is still there'
	! grep -Eq 'cannot be read|nothing in it' log || fail "pluto complains: $(cat log)"
	grep -q 'has private key\|private' certs || fail "the key is not known: $(cat certs)"
fi

# what comes by standard input is for the command alone
printf 'conn one\n\tleft=127.0.0.1\n\tright=192.0.2.2\n' > piped
rc=0
seen=$(ipsec --config - --rundir "$DIR/run" add one < piped 2>&1) || rc=$?
printf '%s\n' "$seen" | grep -q 'Pluto is not running' || fail "--config -: $rc $seen"
[ -s run/nss/private/west.p12 ] || fail 'a command with a file of its own took it away'

# ---- with a password
mkdir locked
printf 'a password\n' > password
nss certutil -N -d sql:locked -f password
nss pk12util -i run/nss/private/west.p12 -d sql:locked -k password -W ''
printf 'NSS Certificate DB:a password\n' > etc/ipsec.d/nsspassword
sed -i "s|nssdir=.*|nssdir=sql:$DIR/locked|" ipsec.conf
rm -rf run/nss
expect 0 '^$' ipsec_here _nss
[ -s run/nss/private/west.p12 ] || fail 'the key of a database with a password'
printf 'NSS Certificate DB:another\n' > etc/ipsec.d/nsspassword
rm -rf run/nss
expect 0 'the key of "west" in .*locked cannot be read' ipsec_here _nss
rm etc/ipsec.d/nsspassword

# ---- what cannot be read takes nothing away
sed -i "s|nssdir=.*|nssdir=$DIR/db|" ipsec.conf
ipsec_here _nss
cp db/cert9.db good.db
echo 'no database' > db/cert9.db
touch -d '3 minutes' db/cert9.db
expect 0 'is not read: ' ipsec_here _nss
[ -s run/nss/private/west.p12 ] || fail 'a database that cannot be read took the keys away'
cp good.db db/cert9.db
mkdir broken
printf '#!/bin/sh\necho locked >&2\nexit 1\n' > broken/sqlite3
chmod 755 broken/sqlite3
touch -d '4 minutes' db/cert9.db
rm -f run/nss/crls/*
expect 0 'is not read: its CRLs: locked' env PATH="$DIR/broken:$PATH" sh "$BUILD/ipsec" --config "$DIR/ipsec.conf" \
	--rundir "$DIR/run" _nss
[ ! -s run/nss/crls/1.crl ] || fail 'something is made by halves'
# at once, one after the other
for i in 1 2 3 4; do
	ipsec_here _nss > "at.$i" 2>&1 &
done
wait
cat at.* > together
[ ! -s together ] || fail "at once: $(cat together)"
[ -s run/nss/private/west.p12 ] || fail 'at once: no key'
[ ! -e run/nss/nss.new ] || fail 'at once: one within the other'
[ "$(find run/nss/crls -type f | wc -l)" -eq 1 ] || fail 'at once: no CRL'
sed -i 's|nssdir=.*|nssdir=db|' ipsec.conf
expect 0 'give a path from / on' ipsec_here _nss

# ---- none, and one that has gone
sed -i "s|nssdir=.*|nssdir=none|" ipsec.conf
ipsec_here _nss
[ ! -e run/nss ] || fail 'nssdir=none leaves files'
expect 0 '^$' ipsec_here _nss
