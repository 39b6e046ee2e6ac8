/* SPDX-License-Identifier: Apache-2.0 */
/* THE table of causes of failure. */
#include "ctl/causes.h"

const struct cause_row cause_rows[CAUSE_COUNT] = {
	[CAUSE_NONE] = { "none", "no failure", NULL },
	[CAUSE_NO_RESPONSE] = { "no-response", "the peer did not answer",
				"see that the peer runs and that UDP ports 500 and 4500 pass both ways: "
				"ping it, look at its log, and run ipsec doctor here" },
	[CAUSE_PROPOSAL] = { "no-proposal", "the ends agree on no algorithms",
			     "give both ends an ike= (or esp=) that they have in common; the "
			     "detail shows what was offered" },
	[CAUSE_AUTHENTICATION] = { "authentication", "an end could not prove who it is",
				   "compare leftid=, rightid= and the secret or certificate of both "
				   "ends: a wrong identity looks the same as a wrong PSK" },
	[CAUSE_SELECTORS] = { "selectors", "the ends do not agree on the traffic to protect",
			      "make leftsubnet= and rightsubnet= of both ends mirror each other" },
	[CAUSE_NO_KEY] = { "no-key", "a secret or private key is missing here",
			   "put it into ipsec.secrets or ipsec.d/private and run ipsec rereadsecrets" },
	[CAUSE_ADDRESS] = { "address-gone", "our own address has gone",
			    "bring the interface up, or set mobike=yes on both ends" },
	[CAUSE_NAME] = { "name", "a host name could not be looked up",
			 "look it up by hand: getent hosts NAME; or give an address" },
	[CAUSE_ORIENTATION] = { "orientation", "neither end is an address of this machine",
				"set left=%defaultroute, or the address that ip address shows" },
	[CAUSE_LISTENING] = { "not-listening", "the IKE sockets are not open", "run ipsec listen" },
	[CAUSE_LEASE] = { "no-address", "there was no inner address to give",
			  "make rightaddresspool= larger; ipsec addresspoolstatus shows who has which" },
	[CAUSE_KERNEL] = { "kernel", "the kernel refused a state or policy",
			   "run ipsec doctor: a module or an algorithm may be missing, or another "
			   "program has a policy in the way (ip xfrm policy)" },
	[CAUSE_SCRIPT] = { "script", "the updown script failed",
			   "read its output in ipsec log CONN; leftupdown= names the script" },
	[CAUSE_PEER_REFUSED] = { "peer-refused", "the peer refused",
				 "the peer's own log says why" },
	[CAUSE_PEER_DELETED] = { "peer-deleted", "the peer ended it",
				 "the peer's own log says why; auto=keep brings it up again" },
	[CAUSE_REDIRECT] = { "redirect", "the peer sends us elsewhere",
			     "see redirect-to= of the peer and accept-redirect= here" },
	[CAUSE_ADMIN] = { "admin", "an admin here ended it", NULL },
	[CAUSE_PROTOCOL] = { "protocol", "the peer's message breaks the protocol",
			     "ipsec whack --name CONN --debug packet shows it; tell both vendors" },
	[CAUSE_INTERNAL] = { "internal", "a fault or a lack of memory here",
			     "collect ipsec barf and report it" },
};
