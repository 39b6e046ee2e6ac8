# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# ipsec.conf and the ipsec command: west is run as an admin does, by its files.

# ipsec_on HOST WORD...: the command, with what stands in its file.
ipsec_on()
{
	on "$1" env "IPSEC_EXECDIR=$BUILD" timeout 40 sh "$BUILD/ipsec" --rundir "$PLUTO_RUN" "${@:2}"
}

# ipsec_conf HOST: the file from standard input, with what the tests' daemons need.
ipsec_conf()
{
	{
		printf 'config setup\n\tlogfile=/var/log/pluto.log\n\tuniqueids=yes\n'
		cat
	} >"$(host_file "$1" /etc/ipsec.conf)"
}

# The plain connection, as most people write it.
west_conf()
{
	ipsec_conf west <<-END
		conn %default
		  authby=secret
		  ike=$E2E_IKE_ALG
		  esp=$E2E_ESP_ALG
		  pfs=no
		conn west-east
		  also=ends
		  auto=${1:-start}
		  ${2:-x-none=}
		conn ends
		  left=192.0.2.1
		  leftid=@west
		  leftsubnet=10.1.0.0/24
		  right=192.0.2.2
		  rightid=@east
		  rightsubnet=10.2.0.0/24
	END
}

west_status_has()
{
	ipsec_on west status | grep -Eq -- "$1"
}

ipsec_pair()
{
	topo_pair
	swan_start east "${E2E_NO_COOKIE[@]}"
	net_swan tunnel 4 4
	pluto_secrets west <<<'@west @east : PSK "not much of a secret"'
}

west_stop()
{
	ipsec_on west stop
	fails_with 3 'IPsec stopped' ipsec_on west setup status
	assert_xfrm_empty west
}

t_ipsec_start()
{
	ipsec_pair
	west_conf
	ipsec_on west start
	wait_until 15 west_status_has '#[0-9]+: "west-east".*IPsec SA established.*newest IPSEC'
	ping_ok sunset sunrise
	west_status_has 'Total IPsec connections: loaded 1, (routed [0-9]+, )?active 1'
	west_status_has '^000 #[0-9]+: "west-east":500 STATE_V2_ESTABLISHED_IKE_SA .*newest ISAKMP'
	# Every dialect.
	ipsec_on west auto --status | grep -q '"west-east"'
	ipsec_on west --status | grep -q '"west-east"'
	ipsec_on west whack --trafficstatus | grep -Eq '.* "([^"]+)"[^,]*, .*inBytes=[0-9]+, outBytes=[0-9]+'
	ipsec_on west auto --down west-east
	wait_until 10 swan_has_none
	ipsec_on west auto --asynchronous --up west-east
	wait_until 15 west_status_has 'IPsec SA established'
	west_stop
}

t_ipsec_reload()
{
	local before after

	ipsec_pair
	west_conf
	ipsec_on west start
	wait_until 15 west_status_has 'IPsec SA established'
	before=$(ipsec_on west status | sed -n 's/^000 #\([0-9]*\): .*newest IPSEC.*/\1/p')
	ipsec_on west reload
	after=$(ipsec_on west status | sed -n 's/^000 #\([0-9]*\): .*newest IPSEC.*/\1/p')
	if [ -z "$before" ] || [ "$before" != "$after" ]; then
		fail "the SA was #$before, now it is #$after"
	fi
	ping_ok sunset sunrise
	# A file with an error changes nothing.
	west_conf start 'rigtid=@nobody'
	fails_with 3 'did you mean rightid' ipsec_on west reload
	ping_ok sunset sunrise
	west_stop
}

t_ipsec_errors()
{
	topo_pair bare
	west_conf ignore 'ike=aes257-sha3'
	fails_with 5 'ipsec.conf:[0-9]+' ipsec_on west checkconfig
	fails_with 3 . ipsec_on west start
	fails_with 1 'Pluto is not running' ipsec_on west status
	fails_with 1 'Pluto is not running' ipsec_on west auto --ready
	fails_with 2 'unknown command' ipsec_on west frobnicate
	fails_with 2 'give the name' ipsec_on west up
	west_conf ignore
	ipsec_on west start
	fails_with 21 'is not in' ipsec_on west auto --add nobody
	fails_with 21 . ipsec_on west up nobody
	ipsec_on west add west-east
	# From standard input, without a final newline, as NetworkManager does.
	printf 'conn from-stdin\n left=192.0.2.1\n right=192.0.2.9\n authby=secret' |
		ipsec_on west auto --replace --config - from-stdin
	west_status_has '"from-stdin"'
	west_stop
}

test_add -t 120 ipsec_start t_ipsec_start
test_add -t 120 ipsec_reload t_ipsec_reload

# more_conf: the plain connection, which must go on, and others as given.
more_conf()
{
	west_conf
	printf '%s\n' "$@" >>"$(host_file west /etc/ipsec.conf)"
}

# The file changes beside a connection that carries traffic: told first, then done, and no more.
t_ipsec_diff()
{
	local before after spare=(left=192.0.2.1 right=192.0.2.77 auto=add)

	ipsec_pair
	more_conf 'conn old' "${spare[@]/#/	}" 'conn other' "${spare[@]/#/	}"
	ipsec_on west start
	wait_until 15 west_status_has 'IPsec SA established'
	ipsec_on west diff
	# Added by whack, it is none of the file's.
	whack_on west --name own --psk --encrypt --host 192.0.2.1 --to --host 192.0.2.78
	more_conf 'conn other' "${spare[@]/#/	}" '	rightid=@spare' 'conn new' "${spare[@]/#/	}"
	fails_with 4 '^~ other$' ipsec_on west diff
	fails_with 4 '^    rightid: \(none\) -> @spare$' ipsec_on west diff
	fails_with 4 '^\+ new$' ipsec_on west diff
	fails_with 4 '^- old$' ipsec_on west diff
	west_status_has '"old"' || fail 'a preview deleted something'
	before=$(ipsec_on west trafficstatus)
	ipsec_on west reload | grep -x -- '- old' || fail 'the reload does not tell'
	ping_ok sunset sunrise
	after=$(ipsec_on west trafficstatus)
	[ "${before%%,*}" = "${after%%,*}" ] || fail "the SA was $before, now it is $after"
	west_status_has '"own"' || fail 'a connection of whack went with a reload of the file'
	west_status_has '"new"' || fail 'a new connection is not there'
	! west_status_has '"old"' || fail 'a connection that left the file is still there'
	ipsec_on west diff
	west_stop
}

# A site's own program: one transaction from standard input, all or none.
t_whack_batch()
{
	topo_pair bare
	pluto_start west
	printf -- '# two\n--name a --psk --encrypt --host 192.0.2.1 --to --host 192.0.2.61\n%s\n' \
		"--name b --psk --encrypt --host 192.0.2.1 --id '@b c' --to --host 192.0.2.62" |
		whack_on west --batch - --source site
	whack_on west --status | grep -q '"b": .*@b c' || fail 'a quoted value is lost'
	fails_with 33 ':2: .*no --to' whack_on west --batch - --source site <<-END
		--name c --psk --encrypt --host 192.0.2.1 --to --host 192.0.2.63
		--name d --host 192.0.2.1
	END
	! whack_on west --status | grep -q '"c"' || fail 'a part of a batch was added'
	echo '--name a --psk --encrypt --host 192.0.2.1 --to --host 192.0.2.61' |
		whack_on west --batch - --source site --changes | grep -x -- '- b' ||
		fail 'what the site does not name any more is not deleted'
	! whack_on west --status | grep -q '"b"' || fail 'b is still there'
}

test_add -t 120 ipsec_diff t_ipsec_diff
test_add whack_batch t_whack_batch
test_add -t 120 ipsec_errors t_ipsec_errors

# The programs are run with what stands before their names: --dry-run shows how.
t_ipsec_programs()
{
	local out

	host_make west
	dry() # WANTED WORD...
	{
		out=$(on west env "IPSEC_EXECDIR=$BUILD" sh "$BUILD/ipsec" --dry-run "${@:2}")
		echo "$* -> $out"
		[ "$out" = "$BUILD/$1" ] || fail "ipsec ${*:2} would run: $out"
	}
	dry 'whack --status' whack --status
	dry 'whack --ctlsocket /x/pluto.ctl --status' --rundir /x whack --status
	dry 'whack --ctlsocket /y --status' --rundir=/x --ctlsocket=/y whack --status
	dry 'pluto --nofork' pluto --nofork
	dry 'pluto --rundir /x --nofork' --rundir /x pluto --nofork
}
test_add ipsec_programs t_ipsec_programs

# What `ipsec pair` wrote, copied where it says, is a tunnel.
t_pair() # KEY
{
	local host

	topo_pair bare
	on west env "IPSEC_EXECDIR=$BUILD" sh "$BUILD/ipsec" pair west@192.0.2.1=10.1.0.0/24 \
		east@192.0.2.2=10.2.0.0/24 --key "$1" --here west --out /var/log/pair >"$TESTLOG/said"
	cat "$TESTLOG/said"
	expect 'ipsec up west-east' cat "$TESTLOG/said"
	fails_with 1 'exists: nothing was written' on west env "IPSEC_EXECDIR=$BUILD" sh "$BUILD/ipsec" pair \
		west@192.0.2.1 east@192.0.2.2 --here west --out /var/log/pair
	fails_with 3 'nothing was written' on west env "IPSEC_EXECDIR=$BUILD" sh "$BUILD/ipsec" pair \
		a@192.0.2.1=10.1.0.0/33 b@192.0.2.2 --out /var/log/pair
	# shellcheck disable=SC2016
	fails_with 2 'the name may have' on west env "IPSEC_EXECDIR=$BUILD" sh "$BUILD/ipsec" pair \
		'a$(id)@192.0.2.1' b@192.0.2.2 --out /var/log/pair
	mkdir -p "$(host_file east /etc/ipsec.d)"
	cp -R "$(host_log west)/pair/east/." "$(host_file east /etc/ipsec.d)/"
	[ "$(find "$(host_file west /etc/ipsec.d)" -name 'west-east*' -type f -perm /077 | wc -l)" -eq 0 ] ||
		fail 'others can read what was written'
	for host in west east; do
		ipsec_conf $host <<<'include /etc/ipsec.d/*.conf'
		echo 'include /etc/ipsec.d/*.secrets' >"$(host_file $host /etc/ipsec.secrets)"
		ipsec_on $host start
	done
	ipsec_on west up west-east
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
	for host in west east; do
		ipsec_on $host stop
	done
}
test_add -t 120 ipsec_pair_psk t_pair psk
test_add -t 120 ipsec_pair_keys t_pair ed25519
test_add -t 120 ipsec_pair_ecdsa t_pair ecdsa
test_add -t 120 ipsec_pair_rsa t_pair rsa

# The demo goes through this kernel's ESP, behind a NAT with certificates and an address that is given too.
t_demo() # OPTION...
{
	host_make west light
	on west env "IPSEC_EXECDIR=$BUILD" timeout 100 sh "$BUILD/ipsec" demo "$@" >"$TESTLOG/said" 2>&1 || {
		cat "$TESTLOG/said"
		fail 'the demo failed'
	}
	cat "$TESTLOG/said"
	expect '3 received' cat "$TESTLOG/said"
	expect 'inBytes=[1-9]' cat "$TESTLOG/said"
	expect '^Done' cat "$TESTLOG/said"
}
test_add -t 120 ipsec_demo t_demo
test_add -t 120 ipsec_demo_all t_demo --nat --cert --roadwarrior

# says PATTERN WORD...: ipsec WORD... on west succeeds and prints that.
says()
{
	local pattern=$1 out

	shift
	out=$(ipsec_on west "$@" 2>&1) || fail "exit status $? of: ipsec $*: $out"
	grep -Eq -- "$pattern" <<<"$out" || fail "no '$pattern' of: ipsec $*: $out"
}

# Commands against a daemon that has one connection and no peer.
t_ipsec_words()
{
	local before

	topo_pair bare
	pluto_secrets west <<<'@west @east : PSK "not much of a secret"'
	west_conf add
	ipsec_on west pluto --config /etc/ipsec.conf --rundir "$PLUTO_RUN" --logfile /var/log/words.log --nhelpers 1 \
		--virtual-private %v4:10.0.0.0/8 --keep-alive 30 --uniqueids
	wait_until 10 west_status_has 'Total IPsec connections: loaded 0'
	[ -s "$(host_file west /var/log/words.log)" ] || fail '--logfile: nothing is logged there'
	says '^Libreswan 4\.[0-9]+ compatible: Cygnet' --version
	says '^Cygnet' pluto --version
	says '^west-east( |$)' addconn --config /etc/ipsec.conf --listadd
	says . listen
	says '' auto --ready
	ipsec_on west replace west-east
	says '"west-east": 10.1.0.0/24===.*unrouted' connectionstatus west-east
	says '' route west-east
	says '"west-east": .*prospective erouted' connectionstatus
	before=$(on west ip xfrm policy | grep -c 10.2.0.0/24 || true)
	[ "$before" -gt 0 ] || fail 'route installed no policy'
	says '' unroute west-east
	says '"west-east": .*unrouted' connectionstatus
	! on west ip xfrm policy | grep -q 10.2.0.0/24 || fail 'unroute left a policy'
	says 'loading|reread|secrets' rereadsecrets
	says '' secrets
	says '' rereadgroups
	# of nothing a list has no line
	says '' listcerts
	says '' listcacerts
	says '' listcrls
	says '' listpubkeys
	says '@west' listall
	says '@west.*@east|@east.*@west' listpsks
	says 'Bare Shunt|shunt' shuntstatus
	says '' showstates
	says '"west-east": 10.1.0.0/24===.*unrouted' briefconnectionstatus
	[ "$(ipsec_on west briefconnectionstatus | wc -l)" -eq 1 ] || fail 'more than a line'
	says '' listevents
	says '' processstatus
	says '^000 FIPS mode (dis|en)abled$' whack --fipsstatus
	says '' clearstats
	says 'total.event.connection-added=0' globalstatus
	says '' delete west-east
	! west_status_has '"west-east"' || fail 'delete left the connection'
	fails_with 21 . ipsec_on west delete west-east
	before=$(cat "$(host_file west "$PLUTO_RUN/pluto.pid")")
	ipsec_on west restart
	[ "$(cat "$(host_file west "$PLUTO_RUN/pluto.pid")")" != "$before" ] || fail 'restart left the daemon'
	west_status_has '"west-east"' || fail 'restart did not load the file'
	west_stop
}
test_add -t 60 ipsec_words t_ipsec_words
