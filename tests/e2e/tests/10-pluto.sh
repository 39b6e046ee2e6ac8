# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What the tests of pluto share.  West runs pluto; east runs strongSwan, or
# another pluto.  The connection is "west-east" for pluto and "net" for
# strongSwan, and either end can begin.

E2E_IKE_ALG=aes_gcm256-sha2_256-ecp256
E2E_ESP_ALG=aes_gcm256
E2E_SWAN_IKE=aes256gcm16-prfsha256-ecp256
E2E_SWAN_ESP=aes256gcm16
# A charon that is slow to read answers one copy of a request with a cookie and
# another with an SA, and then takes the initiator's AUTH for wrong: the protocol
# has no remedy.
E2E_NO_COOKIE=('cookie_threshold = 0' 'cookie_threshold_ip = 0')

# pluto_ready HOST [ARG...]: secrets, pluto, and its ears open.
pluto_ready()
{
	pluto_secrets "$1" <<<'@west @east : PSK "not much of a secret"'
	pluto_start "$@"
	whack_on "$1" --listen
}

# pair_ready swan|pluto [bare]: both gateways and their daemons, no connection.
pair_ready()
{
	[ -x "$BUILD/pluto" ] || skip "no $BUILD/pluto"
	topo_pair "${2:-}"
	pluto_ready west
	if [ "$1" = swan ]; then
		swan_start east "${E2E_NO_COOKIE[@]}"
	else
		pluto_ready east
	fi
}

east_is_swan()
{
	[ -S "$(host_file east /run/charon.vici)" ]
}

# nets FAMILY: the two protected networks, west's first.
nets()
{
	case $1 in
	4) echo '10.1.0.0/24 10.2.0.0/24' ;;
	6) echo 'fd00:1::/64 fd00:3::/64' ;;
	esac
}

# net_pluto HOST MODE OUTER INNER [ARG...]: defines west-east there, with ARGs
# at the end (OUTER and INNER are 4 or 6; ARGs may name --ike and --esp).
net_pluto()
{
	local host=$1 mode=$2 outer=$3 west=192.0.2.1 east=192.0.2.2 here there
	local ends=(--tunnel)

	read -r here there < <(nets "$4")
	shift 4
	if [ "$outer" = 6 ]; then
		west=$WEST6 east=$EAST6
	fi
	if [ "$mode" = transport ]; then
		ends=(--transport --host "$west" --id @west --to --host "$east" --id @east)
	else
		ends+=(--host "$west" --id @west --client "$here" --to
			--host "$east" --id @east --client "$there")
	fi
	case " $* " in *' --ike '*) ;; *) set -- "$@" --ike "$E2E_IKE_ALG" ;; esac
	# strongSwan's side has no group in its ESP proposals either.
	case " $* " in *' --pfs'*) ;; *) set -- "$@" --pfs=no ;; esac
	case " $* " in *' --esp '*) ;; *) set -- "$@" --esp "$E2E_ESP_ALG" ;; esac
	whack_on "$host" --name west-east --psk --encrypt "${ends[@]}" "$@"
}

# net_swan MODE OUTER INNER [IKE [ESP [CHILD [CONNECTION [SECRET]]]]]: the same
# for strongSwan on east; CHILD and CONNECTION are further lines of theirs.
net_swan()
{
	local mode=$1 me=192.0.2.2 peer=192.0.2.1 mine theirs

	read -r theirs mine < <(nets "$3")
	if [ "$2" = 6 ]; then
		me=$EAST6 peer=$WEST6
	fi
	if [ "$mode" = transport ]; then
		mine=dynamic theirs=dynamic
	fi
	swan_conf east <<-END
		connections {
			net {
				version = 2
				local_addrs = $me
				remote_addrs = $peer
				proposals = ${4:-$E2E_SWAN_IKE}
				local { auth = psk
					id = @east }
				remote { auth = psk
					id = @west }
				${7:-}
				children {
					net {
						local_ts = $mine
						remote_ts = $theirs
						mode = $mode
						esp_proposals = ${5:-$E2E_SWAN_ESP}
						${6:-}
					}
				}
			}
		}
		secrets {
			ike-1 { secret = "${8:-not much of a secret}" }
		}
	END
}

# net_both MODE OUTER INNER: the plain connection on both ends.
net_both()
{
	net_pluto west "$@"
	if east_is_swan; then
		net_swan "$@"
	else
		net_pluto east "$@"
	fi
}

# net_up HOST: it begins.
net_up()
{
	if [ "$1" = east ] && east_is_swan; then
		swan_initiate east net 10
	else
		whack_on "$1" --name west-east --initiate
	fi
}

# net_down HOST
net_down()
{
	if [ "$1" = east ] && east_is_swan; then
		swan_terminate east
	else
		whack_on "$1" --name west-east --terminate
	fi
}

# kernels_empty: no state or policy on either side.
kernels_empty()
{
	assert_xfrm_empty west
	assert_xfrm_empty east
}

# pair_stop: both daemons end, and end well.
pair_stop()
{
	pluto_stop west
	if east_is_swan; then
		swan_stop east
	else
		pluto_stop east
	fi
}

# whack_rc CODE SECONDS PATTERN HOST ARG...: whack there must exit with CODE (a
# number, or "fail" for any but 0 and timeout's 124) within SECONDS, and say
# PATTERN.
whack_rc()
{
	local want=$1 limit=$2 pattern=$3 host=$4 rc=0 out start=${EPOCHREALTIME/./} took

	shift 4
	out=$(whack_on "$host" "$@" 2>&1) || rc=$?
	took=$(((${EPOCHREALTIME/./} - start) / 1000))
	printf 'whack on %s exits %s after %s ms\n%s\n' "$host" $rc $took "$out"
	case $want.$rc in
	fail.0 | *.124) fail "whack exit status $rc" ;;
	fail.*) ;;
	*) [ $rc -eq "$want" ] || fail "whack exit status $rc, not $want" ;;
	esac
	[ $took -le $((limit * 1000)) ] || fail "whack took $took ms"
	grep -Eiq -- "$pattern" <<<"$out" || fail "whack did not say '$pattern'"
}
