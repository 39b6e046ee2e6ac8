# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# The programs that drive this daemon on other people's machines, by what they send and what they make of the
# answers: command sequences, standard input, exit statuses, regular expressions. What needs IKEv1 goes up to
# the add, which must be refused by name.

# client CODE WORD...: ipsec there must exit with CODE; what it said is in $seen, and on standard error $told.
client()
{
	local code=$1 rc=0

	shift
	seen=$(ipsec_on west "$@" 2>"$TESTLOG/told") || rc=$?
	told=$(cat "$TESTLOG/told")
	printf '%s\n' "ipsec $* -> $rc" "$seen" "$told"
	[ $rc -eq "$code" ] || fail "exit status $rc, not $code, of ipsec $*"
}

# client_in CODE WORD... <<END: the same with standard input.
client_in()
{
	local code=$1 rc=0

	shift
	seen=$(ipsec_on west "$@" 2>"$TESTLOG/told") || rc=$?
	told=$(cat "$TESTLOG/told")
	[ $rc -eq "$code" ] || fail "exit status $rc, not $code, of ipsec $*: $seen $told"
}

# matches REGEX: Python's, as these programs have it, somewhere in a line of $seen.
matches()
{
	python3 -c 'import re, sys
sys.exit(not any(re.search(sys.argv[1], line) for line in sys.stdin.read().splitlines()))' "$1" <<<"$seen" ||
		fail "no line matches $1 in: $seen"
}

silent()
{
	[ -z "$told" ] || fail "standard error has: $told"
}

# strongSwan at the other end, a pluto that started as these programs start it, with what they all have there.
clients_setup()
{
	pair_ready swan bare
	net_swan tunnel 4 4
	pluto_stop west
	ipsec_conf west <<<''
	pluto_secrets west <<<'@west @east: PSK "not much of a secret"'
}

# NetworkManager-libreswan, over IKEv2: the connection comes on standard input without a final newline, and is
# brought up on a terminal of its own.
t_networkmanager()
{
	client 1 auto --status
	client 1 auto --ready
	client 0 _stackmanager start
	client 0 --checknss
	on west env "IPSEC_EXECDIR=$BUILD" "$BUILD/pluto" --config /etc/ipsec.conf --leak-detective ||
		fail 'pluto does not fork'
	client 0 auto --ready
	client 0 auto --status
	client_in 0 auto --replace --config - 6f1e-uuid < <(printf 'conn 6f1e-uuid\n %s\n %s\n %s\n %s' \
		"ikev2=insist
 left=192.0.2.1
 leftid=@west
 leftsubnet=10.1.0.0/24
 right=192.0.2.2
 rightid=@east
 rightsubnet=10.2.0.0/24
 authby=secret
 ike=$E2E_IKE_ALG
 phase2alg=$E2E_ESP_ALG" 'pfs=no
 narrowing=no
 fragmentation=yes
 mobike=no
 rekey=yes' 'leftsendcert=always
 require-id-on-certificate=yes' 'nm-configured=yes
 auto=add')
	silent
	# the daemon's own words on a terminal, and no prompt where nothing is to be asked
	seen=$(on west env "IPSEC_EXECDIR=$BUILD" TERM=dumb timeout 40 python3 -c 'import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' \
		sh "$BUILD/ipsec" auto --up 6f1e-uuid </dev/null) || fail "auto --up: $seen"
	matches 'established'
	! grep -q 'passphrase' <<<"$seen" || fail 'asked for a passphrase'
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
	client 0 auto --delete 6f1e-uuid
	client 21 auto --up 6f1e-uuid
	kernels_empty
	# IKEv1 with XAUTH: up to the add, which says why
	client_in 33 auto --replace --config - old-uuid <<-END
		conn old-uuid
		 aggrmode=yes
		 authby=secret
		 left=%defaultroute
		 leftid=@[group]
		 leftxauthclient=yes
		 leftxauthusername=joe
		 leftmodecfgclient=yes
		 right=192.0.2.2
		 rightxauthserver=yes
		 rightmodecfgserver=yes
		 modecfgpull=yes
		 remote_peer_type=cisco
		 ike=aes256-sha1;modp1024
		 phase2alg=aes256-sha1
	END
	grep -q 'belongs to IKEv1' <<<"$seen$told" || fail "not refused by name: $seen $told"
}

# Open vSwitch (ovs-monitor-ipsec 3.1 and main): its own files, both spellings, its regular expressions.
t_openvswitch()
{
	local ctl=$PLUTO_RUN/pluto.ctl conf=/etc/ovs.conf

	client 0 --version
	matches '^Libreswan v?(4.*)$'
	client 0 restart
	cat >"$(host_file west $conf)" <<-END
		config setup
		    uniqueids=yes
		conn %default
		    keyingtries=%forever
		    type=tunnel
		    auto=route
		    ike=$E2E_IKE_ALG
		    esp=$E2E_ESP_ALG
		    ikev2=insist
		conn ovs-1
		    left=192.0.2.1
		    leftid=@west
		    leftsubnet=10.1.0.0/24
		    right=192.0.2.2
		    rightid=@east
		    rightsubnet=10.2.0.0/24
		    authby=secret
		    pfs=no
	END
	client 0 auto --ctlsocket "$ctl" --config $conf --rereadsecrets
	client 0 auto --config $conf --ctlsocket "$ctl" --start --asynchronous ovs-1
	! grep -Eq '[Ff]ailed to initiate connection|need --listen' <<<"$seen" || fail "a failure in: $seen"
	silent
	wait_for 10 west_status_has '#[0-9]+: "ovs-1".*established Child SA'
	client 0 status --ctlsocket "$ctl"
	matches '#\d+: "(.*)".*'
	matches '#\d+: .*"(.*)".*esp[.:][0-9a-f]+@.*'
	matches '"(.*)": [0-9a-f]+.*(===|\.\.\.).*'
	matches 'Total IPsec connections:.*loaded 1.*active 1'
	client 0 --config $conf --ctlsocket "$ctl" --up --asynchronous ovs-1
	client 0 auto --ctlsocket "$ctl" --config $conf --delete --asynchronous ovs-1
	silent
	kernels_empty
	# what the cluster's node agents do beside it
	client 0 addconn --config $conf --checkconfig
	client 0 --stopnflog
	client 0 --checknflog
	client 0 whack --trafficstatus
	[ -z "$seen" ] || fail "a line without an SA: $seen"
	ipsec_on west stop
}

# OpenStack's neutron-vpnaas and Submariner: whack itself, one command each, and what they read.
t_whack_clients()
{
	client 1 whack --status
	on west env "IPSEC_EXECDIR=$BUILD" "$BUILD/pluto" --use-xfrm --uniqueids --nat_traversal --perpeerlog \
		--perpeerlogbase /var/log/peer --secretsfile /etc/ipsec.secrets || fail 'pluto'
	client 0 whack --status
	client 0 whack --listen
	client 0 whack --debug base
	client 0 whack --psk --encrypt --forceencaps --name 6a1b-sub/1 --ipv4 --ike "$E2E_IKE_ALG" --esp "$E2E_ESP_ALG" \
		--pfs=no --id @west --host 192.0.2.1 --client 10.1.0.0/24 --ikeport 500 --to --id @east \
		--host 192.0.2.2 --client 10.2.0.0/24 --ikeport 500 --dpdaction=hold --dpddelay 30
	client 0 whack --route --name 6a1b-sub/1
	client 0 whack --status
	matches '\d\d\d "([a-f0-9\-]+).* (unrouted|erouted|prospective erouted);'
	client 0 whack --initiate --asynchronous --name 6a1b-sub/1
	wait_for 10 west_status_has '6a1b-sub/1".*established Child SA'
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
	client 0 whack --status
	matches '\d{3} #\d+: "([a-f0-9\-\/x]+).*established.*newest'
	# netdata, OpenWrt, the exporters, mackerel
	matches '[0-9]+ #[0-9]+: ".*IPsec SA established.*newest IPSEC'
	matches '; isakmp#[0-9]+'
	matches 'STATE_V2_ESTABLISHED_CHILD_SA'
	matches 'ESPin=[1-9][0-9]*B'
	matches 'loaded (\d+), active (\d+)'
	matches 'IKE SAs: total\(\d+\), half-open\(\d+\), open\(\d+\), authenticated\(\d+\), anonymous\(\d+\)'
	matches '\(IPsec SA established\); EVENT_SA_REPLACE in \d+s'
	client 0 whack --trafficstatus
	matches '.* "([^"]+)"[^,]*, .*inBytes=(\d+), outBytes=(\d+).*'
	matches 'add_time=\d+, inBytes='
	client 0 --trafficstatus
	[ "$(awk -F'["":/]' '{print $3}' <<<"$seen" | head -n 1)" = '6a1b-sub' ] || fail "OpenWrt reads another name: $seen"
	# munin: one '=' a line, dotted keys
	client 0 whack --globalstatus
	matches '^current\.child_sas=1$'
	! grep -vE '^[a-z_.-]+=[0-9]+$' <<<"$seen" || fail 'a line that is no key=value'
	client 0 whack --name 6a1b-sub/1 --terminate
	client 0 whack --delete --name 6a1b-sub/1
	client 21 whack --delete --name 6a1b-sub/1
	client 0 whack --shutdown
	wait_for 5 eval '! on west test -e /run/pluto/pluto.ctl'
	client 1 whack --status
	grep -q 'Pluto is not running' <<<"$seen$told" || fail 'puppet and Webmin look for other words'
	kernels_empty
}

# NetworkManager-l2tp, hwdsl2, crypto-policies, mugen, sos: single commands, names before options.
t_single_commands()
{
	client 1 status
	client 0 --help
	matches '\tauto(\t|$)'
	client 0 restart
	cat >"$(host_file west /etc/l2tp.conf)" <<-END
		version 2.0
		conn l2tp
		  authby=secret
		  left=192.0.2.1
		  leftid=@west
		  leftprotoport=udp/l2tp
		  right=192.0.2.2
		  rightid=@east
		  rightprotoport=17/1701
		  type=transport
		  ikev2=yes
		  encapsulation=yes
		  compress=no
		  auto=add
	END
	client 0 add l2tp --config /etc/l2tp.conf --verbose
	client 0 auto --config /etc/l2tp.conf --verbose --add l2tp
	client 0 status
	matches '"l2tp": '
	client 0 whack --delete --name l2tp
	client 21 auto --delete l2tp
	client 0 whack --listall
	# its exit status is what it found on this machine
	seen=$(ipsec_on west verify --plain) || true
	matches 'who has UDP port 500'
	client 0 fips
	matches '^FIPS mode (dis|en)abled$'
	client 0 shuntstatus
	matches 'Bare Shunt list'
	client 0 --directory
	client 0 auto --showonly --up net
	matches 'whack .*--name net --initiate'
	client 0 crls
	client 0 auto --rereadall
	client 0 auto --rereadgroups
	client 0 purgeocsp
	client 0 setup --status
	matches 'IPsec running'
	client 2 frobnicate
	client 2 auto --up
	client 0 stop
	client 3 setup status
}

group_begin clients clients_setup
test_add -t 90 clients_networkmanager t_networkmanager
test_add -t 90 clients_openvswitch t_openvswitch
test_add -t 90 clients_whack t_whack_clients
test_add -t 90 clients_single t_single_commands
group_end
