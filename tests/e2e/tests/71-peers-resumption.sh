# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Session resumption (RFC 5723) against every peer, in both roles.

resume_lacks()
{
	lacks 'strongswan*' 'it has no session resumption (RFC 5723)'
	lacks 'openiked*' 'it has no session resumption (RFC 5723)'
	lacks libreswan4 'it has no session resumption yet (RFC 5723)'
}

# West suspends what is up and begins again: it comes up by the ticket.  Libreswan's
# --suspend says Delete, and with the IKE SA goes its ticket (RFC 5723 6.2): there west
# crashes, and Libreswan, when it finds that out, comes with the ticket by itself.
t_peer_resume() # PEER BEGINNER
{
	local args=(--esn=no --session-resumption=yes --pfs=no --ike "$E2E_IKE_ALG")

	peer_pair "$1"
	resume_lacks
	if [ "$2" = west ]; then
		both_ends 'lines=session-resumption=yes' -- --session-resumption=yes
		begin west
		ping_ok sunset sunrise 1
		whack_on west --name west-east --suspend
		assert_xfrm_empty west
		begin west
	else
		both_ends dpd=2 'lines=session-resumption=yes' -- --session-resumption=yes
		begin east
		ping_ok sunset sunrise 1
		pluto_crash west
		pluto_start west --no-hot-restart
		whack_on west --listen
		net_pluto west tunnel 4 4 "${args[@]}" --esp "$(peer_esp east)"
	fi
	pluto_wait_log west 40 'authenticated peer @east by its ticket'
	ping_soon sunset sunrise 10
	wait_for 5 states_are west 2
	whack_on west --name west-east --terminate
	peer_stop east || true
	pluto_stop west
}

feature -t 120 -s - resume 'lost or suspended, and resumed by a ticket (RFC 5723)' t_peer_resume
