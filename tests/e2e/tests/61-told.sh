# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Secrets, certificates and keys that whack gives, replaces and takes away one by one, without any file,
# on a daemon that has tunnels with strongSwan.

told_begin()
{
	topo_pair bare
	pluto_secrets west </dev/null
	pluto_start west
	whack_on west --listen
	swan_start east "${E2E_NO_COOKIE[@]}"
}

# give SECRET: for the two ends, by standard input.
give()
{
	printf '@west @east : PSK "%s"\n' "$1" | whack_on west --addsecret
}

t_told_secrets()
{
	told_begin
	net_both tunnel 4 4
	whack_rc 28 5 'no PSK for @west and @east' west --name west-east --initiate
	give 'not much of a secret'
	net_up west
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
	expect 'PSK @west @east in whack' whack_on west --listpsks
	# A reload of the file is not its end, and what stands goes on.
	whack_on west --rereadsecrets
	give 'quite another secret'
	ping_ok west 10.2.0.1 1 -I 10.1.0.1
	net_down west
	whack_rc fail 8 'AUTHENTICATION_FAILED' west --name west-east --initiate
	swan_reset east
	# By another file descriptor.
	on west sh -c 'printf "@west @east : PSK \"not much of a secret\"" >/run/line'
	on west sh -c 'exec "$@" 7</run/line' sh "$BUILD/whack" --ctlsocket "$PLUTO_RUN/pluto.ctl" \
		--addsecret --from-fd 7
	net_up east
	net_down west
	printf '@west @east : PSK "never closed\n' >"$TESTLOG/bad"
	whack_on west --addsecret <"$TESTLOG/bad" && fail 'a bad line was taken'
	net_up west
	net_down west
	whack_on west --delsecret '@east @west'
	whack_rc 28 5 'no PSK for @west and @east' west --name west-east --initiate
	whack_rc 28 5 'no preshared key was given' west --delsecret '@east @west'
	kernels_empty
	pair_stop
	# None of it is in the log.
	! grep -q 'much of a\|quite another' "$(host_log west)/pluto.log" || fail 'a secret is in the log'
}
test_add told_secrets t_told_secrets

t_told_certificates()
{
	told_begin
	auth_pki
	auth_east east-p256 ca
	auth_swan 'auth = pubkey
		certs = east.pem
		id = east.example' 'auth = pubkey
		id = west.example'
	cat "$AUTH_PKI/west-p256.pem" "$AUTH_PKI/west-p256.key" | whack_on west --addcert west
	whack_on west --addcacert root <"$AUTH_PKI/ca.pem"
	expect 'has private key' whack_on west --listcerts
	expect 'CN=Test CA' whack_on west --listcacerts
	auth_pluto --id @west.example --cert west -- --id @east.example
	auth_works
	whack_on west --rereadall
	auth_works
	# A renewed one, of another kind, under the same name.
	cat "$AUTH_PKI/west-rsa.pem" "$AUTH_PKI/west-rsa.key" | whack_on west --addcert west
	net_up west
	pluto_wait_log west 1 'IKE_AUTH sent as @west.example \(RSA'
	net_down west
	kernels_empty
	whack_on west --delcert root
	whack_rc fail 8 'because no CA is trusted here' west --name west-east --initiate
	swan_reset east
	whack_on west --delcert west
	expect_not 'CN=west.example' whack_on west --listcerts
	whack_rc 28 5 'nothing was given under that name' west --delcert west
	kernels_empty
	pair_stop
}
test_add told_certificates t_told_certificates
