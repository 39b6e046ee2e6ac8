# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Session resumption (RFC 5723) against every peer, in both roles.

libreswan_suspend() # HOST
{
	libreswan_whack "$1" --name net --suspend
}

# Who began suspends what is up and begins again: it comes up by the ticket.
t_peer_resume() # PEER BEGINNER
{
	lacks 'strongswan*' 'it has no session resumption (RFC 5723)'
	lacks 'openiked*' 'it has no session resumption (RFC 5723)'
	lacks libreswan4 'it has no session resumption yet (RFC 5723)'
	both_ends 'lines=session-resumption=yes' -- --session-resumption=yes
	begin "$2"
	ping_ok sunset sunrise 1
	if [ "$2" = west ]; then
		whack_on west --name west-east --suspend
		assert_xfrm_empty west
	else
		libreswan_suspend east
	fi
	begin "$2"
	pluto_wait_log west 5 'authenticated peer @east by its ticket'
	ping_ok sunset sunrise 2
	wait_for 5 states_are west 2
	finish_by "$2"
}

feature resume 'suspended, and resumed by a ticket (RFC 5723)' t_peer_resume
