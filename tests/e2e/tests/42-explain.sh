# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What an admin is told when strongSwan and pluto do not agree: by whack, who waits for it, when
# pluto begins, and in the log in either role.

: "${WEST:?}" "${EAST:?}"

# told TEXT PATTERN...: each is in it.
told()
{
	local text=$1 pattern

	shift
	for pattern; do
		grep -Eq -- "$pattern" <<<"$text" || fail "nothing says '$pattern'"
	done
}

# fails_up ROLE PATTERN...: that end begins in vain, and pluto says all of that.
fails_up()
{
	local role=$1 out rc=0

	shift
	if [ "$role" = pluto_begins ]; then
		out=$(whack_on west --name west-east --initiate 2>&1) || rc=$?
		printf '%s\n' "$out"
		case $rc in 0 | 124) fail "whack exit status $rc" ;; esac
		told "$out" "$@"
	else
		swan east --initiate --child net --timeout 6 >/dev/null 2>&1 &&
			fail 'strongSwan got in, and must not'
		sleep 0.3
	fi
	out=$(pluto_log west)
	printf '%s\n' "$out"
	told "$out" "$@"
	swan_reset east
	kernels_empty
}

t_explain() # WHAT ROLE PATTERN...
{
	broken "$1"
	shift
	fails_up "$@"
}

# The IKE SA stands, its child is to be replaced, and the two disagree about PFS.
t_explain_pfs() # ROLE PATTERN...
{
	local role=$1 out

	shift
	whack_on west --name west-east --delete >/dev/null 2>&1 || true
	swan_reset east
	net_pluto west tunnel 4 4 --esp 'aes_gcm256;dh19' --pfs=yes
	net_swan tunnel 4 4
	net_up west
	if [ "$role" = pluto_begins ]; then
		out=$(whack_on west --name west-east --rekey-child 2>&1) && fail 'it was rekeyed'
		printf '%s\n' "$out"
		told "$out" "$@"
	else
		swan east --rekey --child net >/dev/null 2>&1 || true
		pluto_wait_log west 5 'key exchange'
	fi
	told "$(pluto_log west)" "$@"
	# What stands goes on.
	ping_ok west 10.2.0.1 2 -I 10.1.0.1
	net_down west
	kernels_empty
}

# Of two hosts, for a network has no transport mode.
t_explain_mode() # ROLE PATTERN...
{
	whack_on west --name west-east --delete >/dev/null 2>&1 || true
	swan_reset east
	pluto_secrets west <<<'@west @east : PSK "not much of a secret"'
	whack_on west --name west-east --psk --encrypt --tunnel --pfs=no --ike "$E2E_IKE_ALG" \
		--esp "$E2E_ESP_ALG" --host "$WEST" --id @west --to --host "$EAST" --id @east
	net_swan transport 4 4
	fails_up "$@"
}

t_explain_no_connection() # ROLE PATTERN...
{
	broken nothing
	if [ "$1" = pluto_begins ]; then
		swan_conf east <<-END
			connections {
				net {
					version = 2
					local_addrs = $EAST
					remote_addrs = 192.0.2.77
					local { auth = psk }
					remote { auth = psk }
				}
			}
		END
	else
		whack_on west --name west-east --delete
		whack_on west --name far --psk --encrypt --tunnel --host "$WEST" --id @west \
			--to --host 192.0.2.77 --id @east
	fi
	fails_up "$@"
	whack_on west --name far --delete >/dev/null 2>&1 || true
}

t_explain_certificate() # WEST EAST ROLE PATTERN...
{
	local west=$1 east=$2

	auth_pki
	shift 2
	auth_west "$west" ca
	auth_east "$east" ca
	cp "$AUTH_PKI/other.pem" "$(host_file west /etc/ipsec.d)/certs/other.pem"
	whack_on west --rereadcerts
	auth_swan 'auth = pubkey
		certs = east.pem
		id = east.example' 'auth = pubkey
		id = west.example'
	auth_pluto --id @west.example --cert west.pem -- --id @east.example
	fails_up "$@"
}

group_begin explain negative_pair
test_add explain_psk_pluto t_explain psk pluto_begins \
	'we are @west to the peer, and asked for @east' 'stands in .*ipsec.secrets:1' \
	'the peer answered AUTHENTICATION_FAILED: it does not know @west, is not @east, or has another PSK'
test_add explain_psk_swan t_explain psk swan_begins \
	'the AUTH of @east is wrong: the two ends have different PSKs \(ours stands in .*ipsec.secrets:1\)'
test_add explain_id_pluto t_explain identity pluto_begins \
	'asked for @nobody \(--id of either end\)|the peer says it is @east, but the connection wants @nobody'
test_add explain_id_swan t_explain identity swan_begins \
	'"west-east" wants the peer to be @nobody, it is @east'
test_add explain_ike_pluto t_explain ike pluto_begins \
	'we proposed ike=AES_GCM_16_256-HMAC_SHA2_256-ECP_256' \
	'connection between 192.0.2.1 \(us\) and 192.0.2.2 \(it\)' 'NO_PROPOSAL_CHOSEN'
test_add explain_ike_swan t_explain ike swan_begins \
	'"west-east": the peer.s proposal 1 is nearest to our ike= proposal 1, and differs in encryption: it offers AES_CBC_128, here it is AES_GCM_16_256' \
	'key exchange: it offers MODP2048, here it is ECP_256'
test_add explain_esp_pluto t_explain esp pluto_begins \
	'we proposed esp=AES_GCM_16_256' 'tunnel mode, pfs=yes' 'NO_PROPOSAL_CHOSEN'
test_add explain_esp_swan t_explain esp swan_begins \
	'"west-east": the peer.s proposal 1 is nearest to our esp= proposal 1, and differs in encryption: it offers AES_CBC_128, here it is AES_GCM_16_256; integrity'
test_add explain_selectors_pluto t_explain selectors pluto_begins \
	'we asked for 10.1.0.0/24 here and 10.2.0.0/24 there' 'TS_UNACCEPTABLE' \
	"look at the peer's selectors"
test_add explain_selectors_swan t_explain selectors swan_begins \
	'of its own end the peer offers 10.99.0.0/24, here it is 10.2.0.0/24: other addresses'
test_add explain_mode_swan t_explain_mode swan_begins \
	'the peer wants transport mode'
test_add explain_pfs_pluto t_explain_pfs pluto_begins \
	'we proposed esp=AES_GCM_16_256-ECP_256' 'pfs=yes' 'stays in use'
test_add explain_pfs_swan t_explain_pfs swan_begins \
	'key exchange: it offers none, here it is ECP_256'
test_add explain_no_connection_pluto t_explain_no_connection pluto_begins \
	'look at the peer for a connection between 192.0.2.1 \(us\) and 192.0.2.2 \(it\)'
test_add explain_no_connection_swan t_explain_no_connection swan_begins \
	'"far": is for a peer at 192.0.2.77, this one comes from 192.0.2.2'
test_add explain_expired_pluto t_explain_certificate west-gone east-p256 pluto_begins \
	'our certificate has expired [0-9]+ days ago: renew it' 'what we authenticated with is ECDSA'
test_add explain_expired_swan t_explain_certificate west-p256 east-expired swan_begins \
	'certificate .*CN=east.example is refused: it has expired'
test_add explain_ca_pluto t_explain_certificate west-other east-p256 pluto_begins \
	'the issuer of our certificate, C=XX, O=Other, CN=Other CA, is not among them'
test_add explain_ca_swan t_explain_certificate west-p256 east-other swan_begins \
	'certificate .* is refused: its (issuer is not known|root CA is not trusted) here: put .* into ipsec.d/cacerts'
group_end
