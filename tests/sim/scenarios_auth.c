/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios of authentication by signatures, certificates and nothing (RFC 7427, RFC 4945, RFC 7619):
 * what goes through, and each way in which it must not.
 */
#include "scenario.h"

#define LISTEN_BOTH LISTEN(WEST), LISTEN(EAST)
#define CRED(h, what_, name_) { .op = OP_CREDENTIAL, .host = (h), .text = (what_), .more = (name_) }
#define CAS CRED(WEST, "ca", NULL), CRED(EAST, "ca", NULL)
#define ENDS(west_, east_)                                                                     \
	"--keyingtries=1 --host=192.0.2.1 --id=@west --client=10.1.0.0/16 " west_ " --to "     \
	"--host=192.0.2.2 --id=@east --client=10.2.0.0/16 " east_
#define OTHER(west_, east_)                                                                    \
	"--keyingtries=1 --host=192.0.2.1 --id=@west --client=10.3.0.0/16 " west_ " --to "     \
	"--host=192.0.2.2 --id=@east --client=10.4.0.0/16 " east_
/* Both connections are alike; each end has its good certificate. */
#define CERTS CAS, CRED(WEST, "good", "west"), CRED(EAST, "good", "east")
#define CONNS(words_) ADD(WEST, NET, words_), ADD(EAST, NET, words_), LISTEN_BOTH
#define SIGNED "--auth=signature"
#define BY_CERT ENDS(SIGNED, SIGNED)
/* Either end begins, and the other one refuses with a reason in its log. */
#define REFUSED_BY(h, words_)                                                                  \
	UP(WEST, NET, FAILS), LOGGED(h, words_), REST, RUN_MS(60000), CLEAN(WEST), CLEAN(EAST), \
	UP(EAST, NET, FAILS), LOGGED(h, words_), REST, RUN_MS(60000), CLEAN(WEST), CLEAN(EAST)
#define GOES UP(WEST, NET, RC_OK), REST, BOTH(COUNT_CHILDREN, 1), DOWN(WEST, NET, RC_OK), REST, \
	UP(EAST, NET, RC_OK), REST, BOTH(COUNT_CHILDREN, 1)

static const struct scenario rows[] = {
	{ .name = "certificates at both ends", .cases = "92", .steps = { CERTS, CONNS(BY_CERT), GOES,
		LOGGED(WEST, "ECDSA with SHA2-256, certificate") } },
	{ .name = "certificates, through cookies (case 92)", .cases = "92",
	  .settings = { .always_cookie = true }, .steps = { CERTS, CONNS(BY_CERT), GOES } },
	{ .name = "certificates, the key exchange guessed wrong (case 92)", .cases = "92", .steps = {
		CERTS, ADD(WEST, NET, "--ike=aes256-sha2_256-dh31+dh19 " BY_CERT),
		ADD(EAST, NET, "--ike=aes256-sha2_256-dh19 " BY_CERT), LISTEN_BOTH,
		UP(WEST, NET, RC_OK), REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "a PSK at one end, a certificate at the other", .cases = "91", .steps = { CERTS,
		PSK(WEST, "@west @east", "psk"), PSK(EAST, "@west @east", "psk"),
		CONNS(ENDS("--auth=secret", SIGNED)), GOES } },
	{ .name = "nobody authenticates", .cases = "91", .steps = {
		CONNS(ENDS("--auth=null", "--auth=null")), GOES, LOGGED(WEST, "NULL") } },
	{ .name = "an IKE SA without a proof is not used for a child that wants one", .cases = "91 99",
	  .steps = { CERTS, CONNS(ENDS("--auth=null", "--auth=null")),
		ADD(WEST, "n2", OTHER(SIGNED, SIGNED)), ADD(EAST, "n2", OTHER("--auth=null", "--auth=null")),
		UP(WEST, NET, RC_OK), REST, UP(WEST, "n2", FAILS), REST, CHILDREN(WEST, 1) } },
	{ .name = "one end is anonymous", .cases = "91", .steps = { CRED(WEST, "ca", NULL),
		CRED(EAST, "good", "east"), CONNS(ENDS("--auth=null", SIGNED)), GOES } },
	{ .name = "nothing where a certificate is wanted (case 91)", .cases = "91", .steps = { CERTS,
		ADD(WEST, NET, ENDS("--auth=null", SIGNED)), ADD(EAST, NET, BY_CERT), LISTEN_BOTH,
		UP(WEST, NET, FAILS), REST, RUN_MS(60000), CLEAN(WEST), CLEAN(EAST),
		LOGGED(EAST, "authenticate otherwise") } },
	{ .name = "a PSK where a certificate is wanted (case 91)", .cases = "91", .steps = { CERTS,
		PSK(WEST, "@west @east", "psk"), PSK(EAST, "@west @east", "psk"),
		ADD(WEST, NET, ENDS("--auth=secret", SIGNED)), ADD(EAST, NET, BY_CERT), LISTEN_BOTH,
		UP(WEST, NET, FAILS), REST, RUN_MS(60000), CLEAN(WEST), CLEAN(EAST),
		LOGGED(EAST, "authenticate otherwise") } },
	{ .name = "a certificate where a PSK is wanted (case 91)", .cases = "91", .steps = { CERTS,
		PSK(WEST, "@west @east", "psk"), PSK(EAST, "@west @east", "psk"),
		ADD(WEST, NET, ENDS(SIGNED, "--auth=secret")),
		ADD(EAST, NET, ENDS("--auth=secret", "--auth=secret")), LISTEN_BOTH,
		UP(WEST, NET, FAILS), REST, RUN_MS(60000), CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "a hash that is not allowed (cases 91, 98)", .cases = "91 98", .steps = { CERTS,
		ADD(WEST, NET, BY_CERT), ADD(EAST, NET, ENDS("--auth=ecdsa-sha2_384", SIGNED)),
		LISTEN_BOTH, UP(WEST, NET, FAILS), REST, RUN_MS(60000), CLEAN(WEST), CLEAN(EAST),
		LOGGED(EAST, "does not allow") } },
	{ .name = "another CA (case 97)", .cases = "97", .steps = { CAS, CRED(WEST, "good", "west"),
		CRED(EAST, "other", "east"), CONNS(BY_CERT), REFUSED_BY(WEST, "issuer is not known") } },
	{ .name = "the name is not in the certificate (case 97)", .cases = "97", .steps = { CAS,
		CRED(WEST, "good", "west"), CRED(EAST, "good", "west"),
		ADD(WEST, NET, BY_CERT), ADD(EAST, NET, ENDS(SIGNED, "--cert=west " SIGNED)),
		LISTEN_BOTH, REFUSED_BY(WEST, "does not bear the identity") } },
	{ .name = "the certificate has no names (case 97)", .cases = "97", .steps = { CAS,
		CRED(WEST, "good", "west"), CRED(EAST, "nameless", "east"),
		ADD(WEST, NET, BY_CERT), ADD(EAST, NET, ENDS(SIGNED, "--cert=east " SIGNED)),
		LISTEN_BOTH, REFUSED_BY(WEST, "does not bear the identity") } },
	{ .name = "the certificate has no names, which is allowed", .cases = "97", .steps = { CAS,
		CRED(WEST, "good", "west"), CRED(EAST, "nameless", "east"),
		ADD(WEST, NET, "--allow-cert-without-san-id " BY_CERT),
		ADD(EAST, NET, ENDS(SIGNED, "--cert=east " SIGNED)), LISTEN_BOTH, GOES } },
	{ .name = "the certificate has expired (case 97)", .cases = "97", .steps = { CAS,
		CRED(WEST, "good", "west"), CRED(EAST, "expired", "east"), CONNS(BY_CERT),
		REFUSED_BY(WEST, "has expired") } },
	{ .name = "the certificate is not valid yet (case 97)", .cases = "97", .steps = { CAS,
		CRED(WEST, "good", "west"), CRED(EAST, "early", "east"), CONNS(BY_CERT),
		REFUSED_BY(WEST, "not valid yet") } },
	{ .name = "the certificate may not sign (case 97)", .cases = "97", .steps = { CAS,
		CRED(WEST, "good", "west"), CRED(EAST, "usage", "east"), CONNS(BY_CERT),
		REFUSED_BY(WEST, "digitalSignature") } },
	{ .name = "the certificate is revoked", .cases = "97", .steps = { CERTS,
		CRED(WEST, "crl", NULL), CONNS(BY_CERT), REFUSED_BY(WEST, "is revoked") } },
	{ .name = "our own certificate is not there (case 93)", .cases = "93", .steps = { CAS,
		CRED(EAST, "good", "east"), CONNS(BY_CERT), UP(WEST, NET, RC_NO_KEY), REST,
		RUN_MS(60000), CLEAN(WEST), CLEAN(EAST), UP(EAST, NET, FAILS),
		LOGGED(WEST, "no certificate or key"), REST, RUN_MS(60000), CLEAN(WEST),
		CLEAN(EAST) } },
	{ .name = "the peer sends no certificate (case 97)", .cases = "97", .steps = { CERTS,
		ADD(WEST, NET, BY_CERT), ADD(EAST, NET, ENDS(SIGNED, "--sendcert=never " SIGNED)),
		LISTEN_BOTH, REFUSED_BY(WEST, "sent no certificate") } },
	{ .name = "another CA is wanted in the chain", .cases = "97", .steps = { CERTS,
		ADD(WEST, NET, ENDS(SIGNED, "--ca=O=Elsewhere,CN=ca " SIGNED)), ADD(EAST, NET, BY_CERT),
		LISTEN_BOTH, REFUSED_BY(WEST, "wants it issued under") } },
	{ .name = "an answer that takes long to be believed is not asked for again", .cases = "26",
	  .steps = { CERTS, CONNS(BY_CERT), SET(WEST, KNOB_WORK_DELAY, 2000), UP(WEST, NET, RC_OK),
		NEVER_LOGGED(WEST, "request sent again"), REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "the peer's CA is that of our certificate", .cases = "97", .steps = { CERTS,
		CONNS(ENDS("--ca=%same " SIGNED, "--ca=%same " SIGNED)), GOES } },
	{ .name = "the peer's CA is not that of our certificate", .cases = "97", .steps = { CAS,
		CRED(WEST, "other", NULL), CRED(WEST, "good", "west"), CRED(EAST, "other", "east"),
		ADD(WEST, NET, ENDS(SIGNED, "--ca=%same " SIGNED)), ADD(EAST, NET, BY_CERT),
		LISTEN_BOTH, REFUSED_BY(WEST, "wants it issued under O=Cygnet, CN=ca") } },
	{ .name = "of our certificates the one whose key may sign", .cases = "93", .steps = { CERTS,
		CRED(WEST, "good ed25519", "west"), ADD(WEST, NET, ENDS("--auth=eddsa", SIGNED)),
		ADD(EAST, NET, BY_CERT), LISTEN_BOTH, GOES,
		LOGGED(EAST, "by Ed25519, certificate") } },
	{ .name = "of our certificates the one that the peer's CERTREQ wants", .cases = "93", .steps = {
		CRED(WEST, "ca", NULL), CRED(WEST, "other", NULL), CRED(EAST, "other", NULL),
		CRED(WEST, "good", "west"), CRED(WEST, "other", "west"), CRED(EAST, "good", "east"),
		CONNS(BY_CERT), GOES } },
	{ .name = "of our certificates the one of the CA that the connection names", .cases = "93",
	  .steps = { CRED(WEST, "ca", NULL), CRED(WEST, "other", NULL), CRED(EAST, "other", NULL),
		CRED(EAST, "ca", NULL), CRED(WEST, "good", "west"), CRED(WEST, "other", "west"),
		CRED(EAST, "good", "east"),
		ADD(WEST, NET, ENDS("--ca=O=Cygnet,CN=other " SIGNED, SIGNED)),
		ADD(EAST, NET, ENDS("--ca=O=Cygnet,CN=other " SIGNED, SIGNED)), LISTEN_BOTH, GOES } },
};

/* West asks for OCSP answers within IKE and takes nobody without one. */
#define STAPLED CERTS, CRED(WEST, "ocsp strict", NULL)
#define ASKS_OCSP "--ocsp-staple=request " BY_CERT

static const struct scenario stapled_rows[] = {
	{ .name = "no OCSP answer, where one is wanted", .cases = "97", .steps = { STAPLED,
		CONNS(BY_CERT), REFUSED_BY(WEST, "names no OCSP responder, and ocsp-strict is set") } },
	{ .name = "an OCSP answer within IKE", .cases = "97", .steps = { STAPLED,
		CRED(EAST, "ocsp good", NULL), ADD(WEST, NET, ASKS_OCSP), ADD(EAST, NET, BY_CERT),
		LISTEN_BOTH, GOES } },
	{ .name = "an OCSP answer within IKE that nobody asked for is not sent", .cases = "97",
	  .steps = { STAPLED, CRED(EAST, "ocsp good", NULL), CONNS(BY_CERT),
		REFUSED_BY(WEST, "names no OCSP responder") } },
	{ .name = "an OCSP answer within IKE that is not sent by policy", .cases = "97", .steps = {
		STAPLED, CRED(EAST, "ocsp good", NULL), ADD(WEST, NET, ASKS_OCSP),
		ADD(EAST, NET, "--ocsp-staple=never " BY_CERT), LISTEN_BOTH,
		REFUSED_BY(WEST, "names no OCSP responder") } },
	{ .name = "an OCSP answer within IKE: revoked", .cases = "97", .steps = { CERTS,
		CRED(EAST, "ocsp revoked", NULL), ADD(WEST, NET, ASKS_OCSP), ADD(EAST, NET, BY_CERT),
		LISTEN_BOTH, REFUSED_BY(WEST, "it is revoked, its OCSP responder says") } },
	{ .name = "an OCSP answer within IKE from before the certificate was revoked", .cases = "97",
	  .steps = { CERTS, CRED(WEST, "ocsp revoked", NULL), CRED(EAST, "ocsp good", NULL),
		ADD(WEST, NET, ASKS_OCSP), ADD(EAST, NET, BY_CERT), LISTEN_BOTH,
		REFUSED_BY(WEST, "it is revoked, its OCSP responder says") } },
};

/* West could use either of two certificates; east takes one kind only (RFC 9593). */
#define TWO_KINDS CERTS, CRED(WEST, "good ed25519", "west")
#define TELLS "--send-supported-auth-methods=yes "

static const struct scenario announced_rows[] = {
	{ .name = "what the peer takes is not known", .cases = "91", .steps = { TWO_KINDS,
		ADD(WEST, NET, BY_CERT), ADD(EAST, NET, ENDS("--auth=eddsa", SIGNED)), LISTEN_BOTH,
		UP(WEST, NET, FAILS), LOGGED(EAST, "does not allow"), REST, RUN_MS(60000), CLEAN(WEST),
		CLEAN(EAST) } },
	{ .name = "the peer says what it takes", .cases = "91", .steps = { TWO_KINDS,
		ADD(WEST, NET, BY_CERT), ADD(EAST, NET, TELLS ENDS("--auth=eddsa", SIGNED)), LISTEN_BOTH,
		GOES, LOGGED(EAST, "by Ed25519, certificate") } },
	{ .name = "both say what they take", .cases = "91", .steps = { TWO_KINDS,
		CRED(EAST, "good ed25519", "east"), ADD(WEST, NET, TELLS ENDS(SIGNED, "--auth=ecdsa")),
		ADD(EAST, NET, TELLS ENDS("--auth=eddsa", SIGNED)), LISTEN_BOTH, GOES,
		LOGGED(EAST, "by Ed25519, certificate"), LOGGED(WEST, "by ECDSA with SHA2-256, certificate") } },
	{ .name = "the peer says that it takes a PSK alone", .cases = "91", .steps = { CERTS,
		PSK(WEST, "@west @east", "psk"), PSK(EAST, "@west @east", "psk"),
		ADD(WEST, NET, ENDS("--auth=secret,ecdsa", SIGNED)),
		ADD(EAST, NET, TELLS ENDS("--auth=secret", SIGNED)), LISTEN_BOTH, GOES,
		LOGGED(EAST, "authenticated peer @west by PSK") } },
	{ .name = "the peer says that it takes nothing of what we have", .cases = "93", .steps = { CERTS,
		PSK(WEST, "@west @east", "psk"), PSK(EAST, "@west @east", "psk"),
		ADD(WEST, NET, ENDS("--auth=secret", SIGNED)),
		ADD(EAST, NET, TELLS ENDS("--auth=ecdsa", SIGNED)), LISTEN_BOTH, UP(WEST, NET, RC_NO_KEY),
		REASON(WEST, "the peer announces that it takes no way of authentication"), REST,
		RUN_MS(60000), CLEAN(WEST), CLEAN(EAST) } },
};

const struct scenario_list scenarios_announced = { announced_rows, ARRAY_LEN(announced_rows) };
const struct scenario_list scenarios_stapled = { stapled_rows, ARRAY_LEN(stapled_rows) };
const struct scenario_list scenarios_auth = { rows, ARRAY_LEN(rows) };
