/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios of what is said when a negotiation fails: which connections were candidates, in what
 * exactly the offer differs, and for a bare error which local facts matter.
 */
#include "scenario.h"

#define SECRETS PSK(WEST, "192.0.2.1 192.0.2.2", "psk"), PSK(EAST, "192.0.2.1 192.0.2.2", "psk")
#define CRED(h, what_, name_) { .op = OP_CREDENTIAL, .host = (h), .text = (what_), .more = (name_) }
#define BY_CERT                                                                                  \
	"--keyingtries=1 --host=192.0.2.1 --id=@west --auth=signature --to --host=192.0.2.2 "     \
	"--id=@east --auth=signature"
#define LISTEN_BOTH LISTEN(WEST), LISTEN(EAST)
#define ENDS(a, b, more) "--host=192.0.2.1 --client=" a " " more " --to --host=192.0.2.2 --client=" b " " more

static const struct scenario rows[] = {
	{ .name = "IKE proposals, transform by transform", .cases = "58", .steps = { SECRETS,
		ADD(WEST, NET, "--keyingtries=1 --ike=aes128-sha2_256-dh14"),
		ADD(EAST, NET, "--ike=aes256-sha2_512-dh14,aes256-sha2_256-dh31"), LISTEN_BOTH,
		UP(WEST, NET, RC_FATAL),
		LOGGED(EAST, "nearest to our ike= proposal 2, and differs in encryption: it offers "
			"AES_CBC_128, here it is AES_CBC_256; key exchange: it offers MODP2048, here "
			"it is CURVE25519"),
		REASON(WEST, "answered IKE_SA_INIT with NO_PROPOSAL_CHOSEN"),
		REASON(WEST, "we proposed ike=AES_CBC_128-HMAC_SHA2_256_128-HMAC_SHA2_256-MODP2048"),
		REASON(WEST, "between 192.0.2.1 (us) and 192.0.2.2 (it)") } },
	{ .name = "ESP proposals, transform by transform", .cases = "94", .steps = { SECRETS,
		ADD(WEST, NET, "--keyingtries=1 --no-esn --esp=aes128-sha2_256"),
		ADD(EAST, NET, "--esn=yes --esp=aes256-sha2_512"), LISTEN_BOTH,
		UP(WEST, NET, RC_FATAL),
		LOGGED(EAST, "differs in encryption: it offers AES_CBC_128, here it is AES_CBC_256; "
			"integrity: it offers HMAC_SHA2_256_128, here it is HMAC_SHA2_512_256; ESN: it "
			"offers NO, here it is YES"),
		REASON(WEST, "we proposed esp="), REASON(WEST, "tunnel mode, pfs=yes") } },
	{ .name = "AH is wanted, ESP is offered", .cases = "94", .steps = { SECRETS,
		ADD(WEST, NET, "--keyingtries=1"), ADD(EAST, NET, "--authenticate --ah=sha2_512"),
		LISTEN_BOTH, UP(WEST, NET, RC_FATAL), LOGGED(EAST, "the peer offers nothing for AH"),
		REASON(WEST, "we proposed esp=") } },
	{ .name = "AH is offered, ESP is wanted", .cases = "94", .steps = { SECRETS,
		ADD(WEST, NET, "--keyingtries=1 --authenticate --ah=sha2_512"), ADD(EAST, NET, ""),
		LISTEN_BOTH, UP(WEST, NET, RC_FATAL), LOGGED(EAST, "the peer offers nothing for ESP"),
		REASON(WEST, "we proposed ah="), REASON(WEST, "the peer's proposals for AH") } },
	{ .name = "selectors, one by one", .cases = "102", .steps = { SECRETS,
		ADD(WEST, NET, "--keyingtries=1 " ENDS("10.1.0.0/16", "10.2.0.0/16", "--clientprotoport=17/53")),
		ADD(EAST, NET, ENDS("10.9.0.0/16", "10.2.0.0/16", "--clientprotoport=6/53")),
		LISTEN_BOTH, UP(WEST, NET, RC_FATAL),
		LOGGED(EAST, "of its own end the peer offers 10.1.0.0/16/udp/53, here it is "
			"10.9.0.0/16/tcp/53: other addresses"),
		LOGGED(EAST, "of our end the peer offers 10.2.0.0/16/udp/53, here it is "
			"10.2.0.0/16/tcp/53: another protocol"),
		REASON(WEST, "we asked for 10.1.0.0/16/udp/53 here and 10.2.0.0/16/udp/53 there") } },
	{ .name = "selectors of other ports", .cases = "102", .steps = { SECRETS,
		ADD(WEST, NET, "--keyingtries=1 " ENDS("10.1.0.0/16", "10.2.0.0/16", "--clientprotoport=17/53")),
		ADD(EAST, NET, ENDS("10.1.0.0/16", "10.2.0.0/16", "--clientprotoport=17/54")),
		LISTEN_BOTH, UP(WEST, NET, RC_FATAL), LOGGED(EAST, ": other ports") } },
	{ .name = "no connection for this peer: how near the others are", .cases = "58", .steps = {
		SECRETS, ADD(WEST, NET, "--keyingtries=1"),
		ADD(EAST, "far", "--host=192.0.2.77 --to --host=192.0.2.2"),
		ADD(EAST, "away", "--host=192.0.2.78 --to --host=192.0.2.79"), LISTEN_BOTH,
		UP(WEST, NET, RC_FATAL),
		LOGGED(EAST, "\"far\": is for a peer at 192.0.2.77, this one comes from 192.0.2.1"),
		LOGGED(EAST, "\"away\": neither of its ends is an address of this machine") } },
	{ .name = "AUTHENTICATION_FAILED alone: who we said we are, and where our secret stands",
	  .cases = "88", .steps = {
		PSK(WEST, "192.0.2.1 192.0.2.2", "one"), PSK(EAST, "192.0.2.1 192.0.2.2", "two"),
		ADD(WEST, NET, "--keyingtries=1"), ADD(EAST, NET, ""), LISTEN_BOTH,
		UP(WEST, NET, RC_FATAL),
		REASON(WEST, "we are 192.0.2.1 to the peer, and asked for 192.0.2.2"),
		REASON(WEST, "stands in ipsec.secrets:1"),
		LOGGED(EAST, "different PSKs (ours stands in ipsec.secrets:1)") } },
	{ .name = "AUTHENTICATION_FAILED alone: our certificate has expired", .cases = "88", .steps = {
		CRED(WEST, "ca", NULL), CRED(EAST, "ca", NULL), CRED(WEST, "expired", "west"),
		CRED(EAST, "good", "east"), ADD(WEST, NET, BY_CERT), ADD(EAST, NET, BY_CERT), LISTEN_BOTH,
		UP(WEST, NET, RC_FATAL), REASON(WEST, "what we authenticated with is ECDSA"),
		REASON(WEST, "our certificate has expired 114 days ago: renew it"),
		REASON(WEST, "our certificate was issued by O=Cygnet, CN=ca"),
		LOGGED(EAST, "it has expired") } },
	{ .name = "AUTHENTICATION_FAILED alone: the peer trusts other CAs", .cases = "88", .steps = {
		CRED(WEST, "ca", NULL), CRED(WEST, "other", NULL), CRED(EAST, "ca", NULL),
		CRED(WEST, "other", "west"), CRED(EAST, "good", "east"), ADD(WEST, NET, BY_CERT),
		ADD(EAST, NET, BY_CERT), LISTEN_BOTH, UP(WEST, NET, RC_FATAL),
		REASON(WEST, "and the issuer of our certificate, O=Cygnet, CN=other, is not among them") } },
	{ .name = "the peer that began does not take our answer: who we said we are", .cases = "89",
	  .steps = { CRED(WEST, "ca", NULL), CRED(EAST, "ca", NULL), CRED(WEST, "good", "west"),
		CRED(EAST, "other", "east"), ADD(WEST, NET, BY_CERT), ADD(EAST, NET, BY_CERT), LISTEN_BOTH,
		UP(WEST, NET, RC_FATAL), RUN_MS(1000), LOGGED(EAST, "we are @east to the peer, and asked for @west") } },
	{ .name = "the peer wants the other mode", .cases = "106", .steps = { SECRETS,
		ADD(WEST, NET, "--keyingtries=1 --transport"),
		ADD(EAST, NET, "--tunnel --host=192.0.2.1 --to --host=192.0.2.2"), LISTEN_BOTH,
		UP(WEST, NET, RC_FATAL), REASON(WEST, "transport mode, pfs=yes"),
		LOGGED(EAST, "the peer wants transport mode, \"net\" is for tunnel: give --tunnel there, or "
			"--transport here") } },
	{ .name = "the peer wants the other mode, and other selectors", .cases = "106", .steps = { SECRETS,
		ADD(WEST, NET, "--keyingtries=1 --transport"), ADD(EAST, NET, "--tunnel"), LISTEN_BOTH,
		UP(WEST, NET, RC_FATAL), REASON(WEST, "transport mode"),
		LOGGED(EAST, "\"net\": the peer wants transport mode, here it is tunnel") } },
	{ .name = "a rekey without PFS, where it is wanted", .cases = "55", .steps = { SECRETS,
		ADD(WEST, NET, "--pfs=no"), ADD(EAST, NET, "--pfs=yes"), LISTEN_BOTH, UP(WEST, NET, RC_OK),
		ASK(WEST, VERB_REKEY_CHILD, NET), WAIT(WEST, FAILS), REASON(WEST, "pfs=no"),
		LOGGED(EAST, "key exchange: it offers none, here it is CURVE25519"), CHILDREN(WEST, 1) } },
	{ .name = "a forged NO_PROPOSAL_CHOSEN, then the true answer", .cases = "58", .steps = {
		SETUP("--keyingtries=1"), SET(EAST, KNOB_WORK_DELAY, 300), START(WEST, NET), RUN_MS(50),
		FORGE(WEST, EXCHANGE_IKE_SA_INIT, N_NO_PROPOSAL_CHOSEN, true), WAIT(WEST, RC_OK), REST,
		BOTH(COUNT_CHILDREN, 1), RUN_MS(5000), BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "a refusal ends the attempt within two seconds", .cases = "58", .steps = { SECRETS,
		ADD(WEST, NET, "--keyingtries=1"), LISTEN_BOTH, START(WEST, NET), RUN_MS(2000),
		HAS(WEST, COUNT_UNENDED, 0), CLEAN(WEST) } },
};

const struct scenario_list scenarios_explain = { rows, ARRAY_LEN(rows) };
