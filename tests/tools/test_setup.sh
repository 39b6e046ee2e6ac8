#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# config setup: every word that does something reaches pluto, which starts with it; words of old say what
# is done instead, and are no error.
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

# ---- what has no effect

for word in dumpdir= syslog= logip= statsbin= myvendorid= drop-oppo-null= listen-udp= nflog-all= curl-iface= \
	dnssec-enable= dnssec-rootkey-file= dnssec-anchors= seccomp= seedbits= seeddev= virtual-private= ikev1-policy=; do
	printf 'config setup\n\t%syes\n' "$word" > old.conf
	expect 0 "warning: config setup: ${word%=} has no effect here: [a-zA-Z]" \
		"$BUILD/addconn" --config old.conf --checkconfig --verbose
	! printf '%s\n' "$seen" | grep -q 'error:' || fail "$word is an error: $seen"
	# nothing of it is on standard error when the file is used
	[ -z "$("$BUILD/addconn" --config old.conf --listall 2>&1)" ] || fail "$word is said to who did not ask"
done

# ---- what has

cat > setup.conf <<'END'
config setup
	ddos-ike-threshold=20
	max-halfopen-ike=50
	shuntlifetime=3m
	expire-shunt-interval=5s
	global-redirect=auto
	global-redirect-to=192.0.2.9
	crl-timeout=3s
	ocsp-enable=yes
	ocsp-uri=http://127.0.0.1:1/
	ocsp-trustname=responder
	ocsp-cache-size=10
	ocsp-cache-min-age=1m
	ocsp-cache-max-age=2h
	logappend=no
	nhelpers=1
	keep-alive=30s
END
printf '%%any : PSK "a secret of sixteen"\n' > secrets
chmod 600 secrets
mkdir ipsec.d
cat > start <<'END'
set -eu
ip link set lo up
"$BUILD/pluto" --nofork --protostack none --config "$PWD/$1" --rundir "$PWD" --statedir "$PWD" \
	--ipsecdir "$PWD/ipsec.d" --secretsfile "$PWD/secrets" --logfile "$PWD/log" > out 2>&1 &
pid=$!
for _ in $(seq 100); do
	[ ! -S pluto.ctl ] || break
	kill -0 $pid 2> /dev/null || { wait $pid; exit; }
	sleep 0.1
done
"$BUILD/whack" --ctlsocket "$PWD/pluto.ctl" --listen > listen
"$BUILD/whack" --ctlsocket "$PWD/pluto.ctl" --status > status
"$BUILD/whack" --ctlsocket "$PWD/pluto.ctl" --shutdown > /dev/null
wait
END

# starts FILE: pluto with that config setup
starts()
{
	unshare --user --map-root-user --net --fork --kill-child sh ./start "$1"
}

if unshare --user --map-root-user --net true 2> /dev/null; then
	echo 'of the run before' > log
	starts setup.conf || fail "pluto does not start: $(cat out log)"
	! grep -q 'of the run before' log || fail 'logappend=no keeps what was there'
	! grep -q 'without effect' log || fail "a word has no effect: $(cat log)"
	grep -q '^000 pluto: Cygnet' status || fail 'no status'
	# each of these is read by the daemon itself
	while IFS='	' read -r _ line; do
		case $line in
		'' | logappend=* | ocsp-enable=* | ocsp-trustname=* | ocsp-uri=* | global-redirect*) continue ;;
		esac
		printf 'config setup\n\t%s=nonsense\n' "${line%%=*}" > bad.conf
		rc=0
		starts bad.conf || rc=$?
		[ $rc -ne 0 ] || fail "pluto starts with ${line%%=*}=nonsense"
		grep -q "${line%%=*}" out || fail "pluto does not name ${line%%=*}: $(cat out)"
	done < setup.conf
fi

# ---- hooks

cat > hooks.conf <<'END'
config setup
	prepluto="echo before >> hooks"
	postpluto="echo after >> hooks"
	plutoopts="--nofork --nonsense"
END
mkdir bin
# the words of pluto as it is started
# shellcheck disable=SC2016 # it is the stand-ins that expand
printf '#!/bin/sh\necho "$@" > words\n' > bin/pluto
# shellcheck disable=SC2016
printf '#!/bin/sh\necho "$@" >> asked\ncase "$*" in *--shutdown*) kill "$(cat pluto.pid)" ;; esac\n' > bin/whack
cp "$BUILD/addconn" bin/
chmod 755 bin/*
IPSEC_EXECDIR=$DIR/bin
seen=$(ipsec --config hooks.conf --rundir "$DIR" start 2>&1) || true
[ "$(cat hooks)" = before ] || fail "prepluto did not run before: $seen"
grep -q -- '--nofork --nonsense' words || fail "plutoopts are not given: $(cat words)"
sleep 60 &
echo $! > pluto.pid
ipsec --config hooks.conf --rundir "$DIR" stop > /dev/null 2>&1 || fail 'stop'
[ "$(tail -n 1 hooks)" = after ] || fail 'postpluto did not run after'
