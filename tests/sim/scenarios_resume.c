/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios of session resumption (RFC 5723): west is the client, east the gateway that gives tickets.
 */
#include "scenario.h"

#define SECRETS PSK(WEST, "192.0.2.1 192.0.2.2", "psk"), PSK(EAST, "192.0.2.1 192.0.2.2", "psk")
#define ON "--session-resumption=yes "
#define PAIR_OF(west_, east_)                                                                    \
	SECRETS, ADD(WEST, NET, ON west_), ADD(EAST, NET, ON east_), LISTEN(WEST), LISTEN(EAST)
#define PAIR PAIR_OF("", "")
#define SUSPEND(code) ASK(WEST, VERB_SUSPEND, NET), WAIT(WEST, code)
#define READY UP(WEST, NET, RC_OK), REST, SUSPEND(RC_OK), CLEAN(WEST)
#define RESUMED LOGGED(WEST, "by its ticket"), LOGGED(EAST, "by its ticket"), LOGGED(EAST, "resumed as")
#define ONE_UP REST, BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_STATES, 2), BOTH(COUNT_POLICIES, 2)
#define IN_FULL(why_) LOGGED(EAST, why_), LOGGED(WEST, "beginning anew"), \
	NEVER_LOGGED(EAST, "by its ticket"), LOGGED(EAST, "started anew")
#define NULL_ENDS                                                                                \
	"--host=192.0.2.1 --client=10.1.0.0/16 --auth=null --to --host=192.0.2.2 "                \
	"--client=10.2.0.0/16 --auth=null"
#define RESUME EXCHANGE_IKE_SESSION_RESUME
/* In both of the client's attempts, which differ in what AUTH covers. */
#define REWRITE_TWICE_OF(payload_)                                                               \
	{ .op = OP_REWRITE, .n = (payload_),                                                     \
	  .fault = { .kind = FAULT_REWRITE, .from = WEST, .exchange = EXCHANGE_IKE_AUTH,          \
		     .which = WHICH_REQUESTS, .count = 2, .how = REWRITE_FLIP_LAST } }

#define OTHER_ROAD(h, host, words_)                                                              \
	ADD(h, NET, ON words_ "--host=" host " --id=@west --client=10.1.0.0/16 --to "             \
		    "--host=192.0.2.2 --id=@east --client=10.2.0.0/16")
#define ROAD(words_)                                                                             \
	PSK(WEST, "@west @east", "psk"), PSK(EAST, "@west @east", "psk"),                         \
		OTHER_ROAD(WEST, "192.0.2.1", words_),                                            \
		ADD(EAST, "road", ON words_ "--host=192.0.2.2 --id=@east --client=10.2.0.0/16 "    \
				  "--to --host=%any --id=%any --client=10.1.0.0/16"),             \
		LISTEN(WEST), LISTEN(EAST)
#define LEASE                                                                                    \
	PSK(WEST, "@west @east", "psk"), PSK(EAST, "@west @east", "psk"),                         \
		ADD(EAST, "road", ON "--host=192.0.2.2 --id=@east --client=10.2.0.0/16 --to "      \
				  "--host=%any --id=%any --addresspool=10.9.0.0/29"),             \
		ADD(WEST, NET, ON "--host=192.0.2.1 --id=@west --modecfgclient --to "              \
			       "--host=192.0.2.2 --id=@east --client=10.2.0.0/16"),               \
		LISTEN(EAST), LISTEN(WEST)
#define CRED(h, what_, name_) { .op = OP_CREDENTIAL, .host = (h), .text = (what_), .more = (name_) }
#define CERT_ENDS "--host=192.0.2.1 --id=@west --client=10.1.0.0/16 --auth=signature --to "      \
		  "--host=192.0.2.2 --id=@east --client=10.2.0.0/16 --auth=signature"
#define CERTS                                                                                    \
	CRED(WEST, "ca", NULL), CRED(EAST, "ca", NULL), CRED(WEST, "good", "west"),               \
		CRED(EAST, "good", "east"), ADD(WEST, NET, ON CERT_ENDS),                         \
		ADD(EAST, NET, ON CERT_ENDS), LISTEN(WEST), LISTEN(EAST)
#define OTHER_CLIENT                                                                             \
	PSK(NORTH, "@north @east", "psk"), PSK(EAST, "@north @east", "psk"),                      \
		ADD(NORTH, "n3", ON "--host=192.0.2.3 --id=@north --client=10.3.0.0/16 --to "      \
				 "--host=192.0.2.2 --id=@east --client=10.2.0.0/16"),             \
		ADD(EAST, "n3", ON "--host=192.0.2.3 --id=@north --client=10.3.0.0/16 --to "       \
				"--host=192.0.2.2 --id=@east --client=10.2.0.0/16"), LISTEN(NORTH)
#define READY_ROUTED UP(WEST, NET, RC_OK), REST, SUSPEND(RC_OK), IKES(WEST, 0)
#define DPD "--dpddelay=5s --retransmit-timeout=12s --dpdaction=restart "
#define QCD { .has_qcd_secret = true, .qcd_secret = { 1, 2, 3 } }

static const char *const modes[] = { "--esp=aes256-sha2_256 ", "--ike=aes128-sha1-dh14 ",
				     "--ike=aes256-sha2_512-dh20 ", "--childless=prefer ",
				     "--pfs=no ", "--mobike ", "--ppk=propose ", NULL };

static const struct scenario rows[] = {
	{ .name = "suspended and resumed", .cases = "", .steps = { PAIR, READY, IKES(EAST, 1), MARK,
		UP(WEST, NET, RC_OK), SENT(4), RESUMED, ONE_UP, HAS(EAST, COUNT_SHARED, 1),
		DOWN(WEST, NET, RC_OK), REST, CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "resumed again and again", .cases = "", .steps = { PAIR, READY, UP(WEST, NET, RC_OK),
		REST, SUSPEND(RC_OK), UP(WEST, NET, RC_OK), REST, SUSPEND(RC_OK),
		UP(WEST, NET, RC_OK), RESUMED, ONE_UP, HAS(EAST, COUNT_SHARED, 1) } },
	{ .name = "resumed, with %s", .cases = "", .words = modes, .steps = { SECRETS,
		ADD(WEST, NET, ON "%s"), ADD(EAST, NET, ON "%s"), LISTEN(WEST), LISTEN(EAST), READY,
		UP(WEST, NET, RC_OK), RESUMED, REST, BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1),
		DOWN(EAST, NET, RC_OK), REST, CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "resumed through cookies", .cases = "", .settings = { .always_cookie = true },
	  .steps = { PAIR, READY, MARK, UP(WEST, NET, RC_OK), SENT(6), RESUMED, ONE_UP } },
	{ .name = "resumption: datagram lost, number", .cases = "", .from = 1, .to = 4, .steps = { PAIR,
		READY, EACH(FAULT_DROP, K, 1, 0), UP(WEST, NET, RC_OK), RESUMED, ONE_UP } },
	{ .name = "resumption: datagram twice, number", .cases = "", .from = 1, .to = 4, .steps = {
		PAIR, READY, EACH(FAULT_DUPLICATE, K, 1, 30), UP(WEST, NET, RC_OK), RESUMED, RUN_MS(500),
		ONE_UP } },
	{ .name = "resumption: datagram late, number", .cases = "", .from = 1, .to = 4, .steps = {
		PAIR, READY, EACH(FAULT_DELAY, K, 1, 3000), UP(WEST, NET, RC_OK), RESUMED, RUN_MS(5000),
		ONE_UP } },
	{ .name = "the gateway gives no tickets", .cases = "", .steps = { SECRETS, ADD(WEST, NET, ON),
		ADD(EAST, NET, ""), LISTEN(WEST), LISTEN(EAST), UP(WEST, NET, RC_OK), REST,
		SUSPEND(RC_FATAL), REASON(WEST, "has no ticket"), ONE_UP } },
	{ .name = "the client asks for none", .cases = "", .steps = { SECRETS, ADD(WEST, NET, ""),
		ADD(EAST, NET, ON), LISTEN(WEST), LISTEN(EAST), UP(WEST, NET, RC_OK), REST,
		SUSPEND(RC_FATAL), ONE_UP, NEVER_LOGGED(EAST, "ticket") } },
	{ .name = "who proved nothing gets no ticket", .cases = "", .steps = {
		ADD(WEST, NET, ON NULL_ENDS), ADD(EAST, NET, ON NULL_ENDS),
		LISTEN(WEST), LISTEN(EAST), UP(WEST, NET, RC_OK), REST, SUSPEND(RC_FATAL) } },
	{ .name = "the gateway itself has nothing to suspend", .cases = "", .steps = { PAIR,
		UP(WEST, NET, RC_OK), REST, ASK(EAST, VERB_SUSPEND, NET), WAIT(EAST, RC_FATAL), ONE_UP } },
	{ .name = "nothing is up: nothing to suspend", .cases = "", .steps = { PAIR, SUSPEND(RC_FATAL),
		REASON(WEST, "no established IKE SA") } },
	{ .name = "not suspended while others are carried", .cases = "", .steps = { PAIR,
		ADD(WEST, "n2", ON "--host=192.0.2.1 --client=10.3.0.0/16 --to --host=192.0.2.2 --client=10.4.0.0/16"),
		ADD(EAST, "n2", ON "--host=192.0.2.1 --client=10.3.0.0/16 --to --host=192.0.2.2 --client=10.4.0.0/16"),
		UP(WEST, NET, RC_OK), UP(WEST, "n2", RC_OK), REST, SUSPEND(RC_FATAL),
		REASON(WEST, "of other connections"), BOTH(COUNT_CHILDREN, 2) } },
	{ .name = "deleted by the client: no ticket is left", .cases = "", .steps = { PAIR,
		UP(WEST, NET, RC_OK), REST, DOWN(WEST, NET, RC_OK), REST, UP(WEST, NET, RC_OK), ONE_UP,
		NEVER_LOGGED(WEST, "IKE_SESSION_RESUME"), HAS(EAST, COUNT_SHARED, 2) } },
	{ .name = "deleted by the gateway: no ticket is left", .cases = "", .steps = { PAIR,
		UP(WEST, NET, RC_OK), REST, DOWN(EAST, NET, RC_OK), REST, UP(WEST, NET, RC_OK), ONE_UP,
		NEVER_LOGGED(WEST, "IKE_SESSION_RESUME") } },
	{ .name = "deleted by the client, who kept the ticket all the same", .cases = "", .steps = {
		PAIR, UP(WEST, NET, RC_OK), REST, SESSION(WEST, SESSION_SAVE, 0), DOWN(WEST, NET, RC_OK),
		REST, SESSION(WEST, SESSION_RESTORE, 0), UP(WEST, NET, RC_OK),
		LOGGED(EAST, "was deleted or rekeyed"), LOGGED(WEST, "TICKET_NACK"), ONE_UP,
		NEVER_LOGGED(EAST, "by its ticket") } },
	{ .name = "deleted at the gateway while suspended", .cases = "", .steps = { PAIR, READY,
		SET(0, KNOB_PARTITION, 1), DOWN(EAST, NET, RC_OK), SET(0, KNOB_PARTITION, 0),
		UP(WEST, NET, RC_OK), LOGGED(EAST, "was deleted or rekeyed"),
		LOGGED(WEST, "beginning anew"), ONE_UP, NEVER_LOGGED(EAST, "by its ticket") } },
	{ .name = "a ticket is used twice", .cases = "", .steps = { PAIR, READY,
		SESSION(WEST, SESSION_SAVE, 0), UP(WEST, NET, RC_OK), REST, SUSPEND(RC_OK),
		SESSION(WEST, SESSION_RESTORE, 0), UP(WEST, NET, RC_OK), LOGGED(EAST, "it was used"),
		ONE_UP, HAS(EAST, COUNT_SHARED, 2) } },
	{ .name = "a ticket is used twice, and the gateway was restarted between", .cases = "",
	  .steps = { PAIR, READY, SESSION(WEST, SESSION_SAVE, 0), UP(WEST, NET, RC_OK), REST,
		SUSPEND(RC_OK), CRASH(EAST), ADD(EAST, NET, ON), LISTEN(EAST),
		SESSION(WEST, SESSION_RESTORE, 0), UP(WEST, NET, RC_OK), LOGGED(EAST, "it was used"),
		ONE_UP } },
	{ .name = "a ticket is used twice after the gateway forgot what it was made for", .cases = "",
	  .steps = { PAIR, READY, SESSION(WEST, SESSION_SAVE, 0), CRASH(EAST), ADD(EAST, NET, ON),
		LISTEN(EAST), UP(WEST, NET, RC_OK), REST, LOGGED(EAST, "by its ticket"), SUSPEND(RC_OK),
		SESSION(WEST, SESSION_RESTORE, 0), UP(WEST, NET, RC_OK), LOGGED(EAST, "it was used"),
		ONE_UP } },
	{ .name = "the request is replayed after the end", .cases = "", .steps = { PAIR, READY, MARK,
		UP(WEST, NET, RC_OK), REST, DOWN(WEST, NET, RC_OK), REST, REPLAY(0), RUN_MS(40000),
		CLEAN(EAST), CLEAN(WEST), LOGGED(EAST, "was deleted or rekeyed") } },
	{ .name = "the request is replayed while it is at work", .cases = "", .steps = { PAIR, READY,
		SET(EAST, KNOB_MAC_DELAY, 50), START(WEST, NET), RUN_MS(30), STORM(5, 5),
		WAIT(WEST, RC_OK), RESUMED, RUN_MS(40000), ONE_UP } },
	{ .name = "byte K of the ticket is tampered with", .cases = "", .from = 0, .to = 150, .steps = {
		PAIR, READY, SESSION(WEST, SESSION_TAMPER, K), UP(WEST, NET, RC_OK),
		LOGGED(EAST, "its ticket is refused"), LOGGED(WEST, "TICKET_NACK"), ONE_UP,
		NEVER_LOGGED(EAST, "by its ticket"), LOGGED(EAST, "started anew") } },
	{ .name = "the ticket has expired, as the client knows", .cases = "", .steps = {
		PAIR_OF("", "--ikelifetime=900s --rekeymargin=60s "), READY, RUN_MS(901000), UP(WEST, NET, RC_OK),
		NEVER_LOGGED(WEST, "IKE_SESSION_RESUME"), ONE_UP } },
	{ .name = "the ticket has expired, and the client does not care", .cases = "", .steps = {
		PAIR_OF("", "--ikelifetime=900s --dontrekey "), UP(WEST, NET, RC_OK), REST,
		SESSION(WEST, SESSION_LIES, 0), SUSPEND(RC_OK), RUN_MS(901000), UP(WEST, NET, RC_OK),
		LOGGED(EAST, "it has expired"), ONE_UP, NEVER_LOGGED(EAST, "by its ticket") } },
	{ .name = "a day later another key, and the ticket is good still", .cases = "", .steps = {
		PAIR_OF("--ikelifetime=24h ", "--ikelifetime=24h "), OTHER_CLIENT, UP(WEST, NET, RC_OK), REST, DOWN(WEST, NET, RC_OK),
		REST, RUN_MS(80000000), READY, RUN_MS(7200000), UP(NORTH, "n3", RC_OK), LOGGED(EAST, "a new key"),
		UP(WEST, NET, RC_OK), RESUMED } , .is_loose = true },
	{ .name = "the gateway's connection was changed", .cases = "", .steps = { PAIR, READY,
		ADD(EAST, NET, ON "--replay-window=64 "), REST, UP(WEST, NET, RC_OK),
		LOGGED(EAST, "has changed"), LOGGED(WEST, "beginning anew"), ONE_UP,
		NEVER_LOGGED(EAST, "by its ticket") } },
	{ .name = "the gateway's connection was deleted and added as it was", .cases = "", .steps = {
		PAIR, READY, SET(0, KNOB_PARTITION, 1), DELETE(EAST, NET, RC_OK), RUN_MS(10000),
		SET(0, KNOB_PARTITION, 0), ADD(EAST, NET, ON), UP(WEST, NET, RC_OK),
		LOGGED(EAST, "was deleted or rekeyed"), ONE_UP } },
	{ .name = "the client's connection was changed", .cases = "", .steps = { PAIR, READY,
		ADD(WEST, NET, ON "--replay-window=64 "), UP(WEST, NET, RC_OK),
		NEVER_LOGGED(WEST, "IKE_SESSION_RESUME"), ONE_UP } },
	{ .name = "the gateway's secrets were changed", .cases = "", .steps = { PAIR, READY,
		PSK(EAST, "192.0.2.3 192.0.2.2", "of somebody else"), UP(WEST, NET, RC_OK),
		LOGGED(EAST, "secrets or certificates have changed"), LOGGED(WEST, "beginning anew"),
		ONE_UP, NEVER_LOGGED(EAST, "by its ticket") } },
	{ .name = "the client's secret was taken away at the gateway", .cases = "", .steps = { PAIR, READY,
		{ .op = OP_PSK_FORGET, .host = EAST }, START(WEST, NET), RUN_MS(1000),
		LOGGED(EAST, "secrets or certificates have changed"), NEVER_LOGGED(EAST, "by its ticket") },
	  .is_loose = true },
	{ .name = "resumed, with certificates at both ends", .cases = "", .steps = { CERTS, READY, MARK,
		UP(WEST, NET, RC_OK), SENT(4), RESUMED, REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "with certificates, and something known has changed", .cases = "", .steps = { CERTS,
		READY, CRED(EAST, "other ca", NULL), UP(WEST, NET, RC_OK),
		LOGGED(EAST, "secrets or certificates have changed"), REST, BOTH(COUNT_CHILDREN, 1),
		NEVER_LOGGED(EAST, "by its ticket") } },
	{ .name = "the gateway crashed: resumed with its stored key", .cases = "", .settings = QCD,
	  .steps = { PAIR_OF(DPD, ""), UP(WEST, NET, RC_OK), REST, CRASH(EAST), ADD(EAST, NET, ON),
		LISTEN(EAST), RUN_MS(10000), LOGGED(WEST, "by its token"), LOGGED(WEST, "by its ticket"),
		ONE_UP, HAS(EAST, COUNT_SHARED, 1) } },
	{ .name = "the gateway crashed and its store was lost", .cases = "", .settings = QCD, .steps = {
		PAIR_OF(DPD, ""), UP(WEST, NET, RC_OK), REST, SESSION(EAST, SESSION_STORE_LOST, 0),
		CRASH(EAST), ADD(EAST, NET, ON), LISTEN(EAST), RUN_MS(10000),
		LOGGED(EAST, "its key is not here"), LOGGED(WEST, "beginning anew"), ONE_UP,
		NEVER_LOGGED(WEST, "by its ticket") } },
	{ .name = "nobody answered for a while: resumed, not begun anew", .cases = "", .steps = {
		PAIR_OF(DPD, ""), UP(WEST, NET, RC_OK), REST, SET(0, KNOB_PARTITION, 1), RUN_MS(19500),
		IKES(WEST, 1), SET(0, KNOB_PARTITION, 0), RUN_MS(2000), LOGGED(WEST, "no response"),
		RESUMED, ONE_UP, HAS(EAST, COUNT_SHARED, 1) } },
	{ .name = "nobody answers at all: the ticket is good for the next time", .cases = "", .steps = {
		PAIR_OF("--keyingtries=1 ", ""), READY, SET(0, KNOB_PARTITION, 1), UP(WEST, NET, FAILS),
		LOGGED(WEST, "beginning anew"), SET(0, KNOB_PARTITION, 0), UP(WEST, NET, RC_OK), RESUMED,
		ONE_UP } },
	{ .name = "the gateway does not know the exchange: in full after 8 s", .cases = "", .steps = {
		PAIR, READY, LOSE(WEST, RESUME, WHICH_REQUESTS, 1, 1000), START(WEST, NET),
		RUN_MS(9000), WAIT(WEST, RC_OK), LOGGED(WEST, "beginning anew"), ONE_UP,
		NEVER_LOGGED(EAST, "by its ticket") } },
	{ .name = "IKE_AUTH of the resumption is never answered: in full", .cases = "", .steps = {
		PAIR_OF("--retransmit-timeout=4s ", ""), READY,
		LOSE(EAST, EXCHANGE_IKE_AUTH, WHICH_RESPONSES, 1, 4), UP(WEST, NET, RC_OK),
		LOGGED(WEST, "beginning anew"), ONE_UP } },
	{ .name = "the gateway wants AUTH over the message alone", .cases = "",
	  .settings = { .short_resume = true }, .steps = { PAIR, READY, UP(WEST, NET, RC_OK),
		LOGGED(WEST, "over the message alone"), RESUMED, ONE_UP, HAS(EAST, COUNT_SHARED, 1),
		SUSPEND(RC_OK), MARK, UP(WEST, NET, RC_OK), SENT(4), ONE_UP,
		NEVER_LOGGED(WEST, "beginning anew"), HAS(EAST, COUNT_SHARED, 1) } },
	{ .name = "the client's AUTH is not of the session", .cases = "", .steps = { PAIR, READY,
		REWRITE_TWICE_OF(PAYLOAD_AUTH),
		UP(WEST, NET, RC_OK), LOGGED(EAST, "not of the session"), LOGGED(WEST, "beginning anew"),
		ONE_UP, NEVER_LOGGED(EAST, "by its ticket") } },
	{ .name = "the gateway's AUTH is not of the session", .cases = "", .steps = { PAIR, READY,
		REWRITE(EAST, EXCHANGE_IKE_AUTH, WHICH_RESPONSES, REWRITE_FLIP_LAST, PAYLOAD_AUTH),
		UP(WEST, NET, RC_OK), LOGGED(WEST, "not of the session"), LOGGED(WEST, "beginning anew"),
		RUN_MS(1000), ONE_UP, NEVER_LOGGED(WEST, "by its ticket") } },
	{ .name = "another identity than in the ticket, of the client's payload", .cases = "",
	  .from = PAYLOAD_IDi, .to = PAYLOAD_IDr, .steps = { PAIR, READY,
		REWRITE_TWICE_OF(K),
		UP(WEST, NET, RC_OK), LOGGED(EAST, "other identities than in the ticket"),
		LOGGED(WEST, "beginning anew"), ONE_UP, NEVER_LOGGED(EAST, "by its ticket") } },
	{ .name = "the gateway has another identity", .cases = "", .steps = { PAIR, READY,
		REWRITE(EAST, EXCHANGE_IKE_AUTH, WHICH_RESPONSES, REWRITE_FLIP_LAST, PAYLOAD_IDr),
		UP(WEST, NET, RC_OK), LOGGED(WEST, "beginning anew"), RUN_MS(1000), ONE_UP,
		NEVER_LOGGED(WEST, "by its ticket") } },
	{ .name = "the answer says nothing of a ticket", .cases = "", .steps = { PAIR,
		REWRITE(EAST, EXCHANGE_IKE_AUTH, WHICH_RESPONSES, REWRITE_OMIT, PAYLOAD_NOTIFY),
		UP(WEST, NET, RC_OK), REST, SUSPEND(RC_FATAL), ONE_UP } },
	{ .name = "a forged TICKET_NACK costs no more than the full exchange", .cases = "", .steps = {
		PAIR, READY, LOSE(EAST, RESUME, WHICH_RESPONSES, 1, 1), START(WEST, NET), RUN_MS(15),
		FORGE(WEST, RESUME, N_TICKET_NACK, true), WAIT(WEST, RC_OK),
		LOGGED(WEST, "beginning anew"), RUN_MS(40000), ONE_UP } },
	{ .name = "terminated while it is resumed: nothing is begun anew", .cases = "", .steps = { PAIR,
		READY, SET(0, KNOB_PARTITION, 1), START(WEST, NET), RUN_MS(1000), DOWN(WEST, NET, RC_OK),
		SET(0, KNOB_PARTITION, 0), RUN_MS(60000), CLEAN(WEST),
		NEVER_LOGGED(WEST, "beginning anew") }, .is_loose = true },
	{ .name = "after a rekey by the client", .cases = "", .steps = { PAIR, UP(WEST, NET, RC_OK), REST,
		SESSION(WEST, SESSION_SAVE, 0), ASK(WEST, VERB_REKEY_IKE, NET), WAIT(WEST, RC_OK), REST,
		SUSPEND(RC_OK), UP(WEST, NET, RC_OK), RESUMED, ONE_UP } },
	{ .name = "after a rekey by the gateway", .cases = "", .steps = { PAIR, UP(WEST, NET, RC_OK),
		REST, ASK(EAST, VERB_REKEY_IKE, NET), WAIT(EAST, RC_OK), REST, SUSPEND(RC_OK),
		UP(WEST, NET, RC_OK), RESUMED, ONE_UP } },
	{ .name = "after a rekey the old ticket is no good", .cases = "", .steps = { PAIR,
		UP(WEST, NET, RC_OK), REST, SESSION(WEST, SESSION_SAVE, 0),
		ASK(WEST, VERB_REKEY_IKE, NET), WAIT(WEST, RC_OK), REST, SUSPEND(RC_OK),
		SESSION(WEST, SESSION_RESTORE, 0), UP(WEST, NET, RC_OK),
		LOGGED(EAST, "was deleted or rekeyed"), ONE_UP, NEVER_LOGGED(EAST, "by its ticket") } },
	{ .name = "behind a NAT: found anew", .cases = "", .steps = { NAT(WEST), ROAD(""), READY, REMAP,
		UP(WEST, NET, RC_OK), LOGGED(EAST, "by its ticket"), REST, BOTH(COUNT_IKES, 1),
		BOTH(COUNT_CHILDREN, 1), PATH(EAST, "203.0.113.9:30004") } },
	{ .name = "from another address, where the peer may be anywhere", .cases = "", .steps = {
		NAT(WEST), ROAD(""), READY, REMAP_MOVED, UP(WEST, NET, RC_OK),
		LOGGED(EAST, "by its ticket"), REST, BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "from another address, and the connection is for one alone", .cases = "", .steps = {
		NAT(WEST), PSK(WEST, "@west @east", "psk"), PSK(EAST, "@west @east", "psk"),
		OTHER_ROAD(WEST, "192.0.2.1", ""), ADD(EAST, "road", ON "--host=192.0.2.2 --id=@east "
			"--client=10.2.0.0/16 --to --host=203.0.113.9 --id=@west --client=10.1.0.0/16"),
		LISTEN(WEST), LISTEN(EAST), READY, REMAP_MOVED, START(WEST, NET), RUN_MS(1000),
		LOGGED(EAST, "is for other addresses"), LOGGED(WEST, "beginning anew") },
	  .is_loose = true },
	{ .name = "the client lost its address for a while: resumed", .cases = "158", .steps = { PAIR,
		UP(WEST, NET, RC_OK), REST, SET_ADDRESSES(WEST, "192.0.2.11"), RUN_MS(1000), IKES(WEST, 0),
		LOGGED(WEST, "there is no MOBIKE"), SET_ADDRESSES(WEST, "192.0.2.1"), RUN_MS(1000),
		UP(WEST, NET, RC_OK), RESUMED, ONE_UP } },
	{ .name = "the lease is had again", .cases = "", .steps = { LEASE, READY, UP(WEST, NET, RC_OK),
		LOGGED(EAST, "by its ticket"), REST, LOGGED(WEST, "10.9.0.1/32 === 10.2.0.0/16"),
		NEVER_LOGGED(EAST, "10.9.0.2"), BOTH(COUNT_CHILDREN, 1), DOWN(WEST, NET, RC_OK), REST,
		CLEAN(EAST), CLEAN(WEST) } },
	{ .name = "uniqueids=keep does not keep the peer from resuming", .cases = "147",
	  .settings = { .uniqueids = UNIQUE_KEEP }, .steps = { PAIR_OF("--initial-contact=no ", ""), READY,
		UP(WEST, NET, RC_OK), RESUMED, ONE_UP } },
	{ .name = "routed: a packet resumes", .cases = "", .steps = { PAIR, ROUTE(WEST, NET, RC_OK), READY_ROUTED,
		PACKET(WEST, "10.1.0.1 10.2.0.1", "wait"), RUN_MS(1000), RESUMED, REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "routed when it was up: a packet resumes", .cases = "", .steps = { PAIR,
		UP(WEST, NET, RC_OK), REST, ROUTE(WEST, NET, RC_OK), SUSPEND(RC_OK), IKES(WEST, 0),
		PACKET(WEST, "10.1.0.1 10.2.0.1", "wait"), RUN_MS(1000), RESUMED, REST,
		BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "fragments are agreed upon anew", .cases = "", .steps = {
		PAIR_OF("--fragmentation=force ", "--fragmentation=force "), READY, MARK,
		UP(WEST, NET, RC_OK), RESUMED, ONE_UP } },
	{ .name = "many presented tickets stay within the limits", .cases = "45", .settings = { .max_half_open = 1 },
	  .steps = { PAIR, READY, LOSE(WEST, EXCHANGE_IKE_AUTH, WHICH_REQUESTS, 1, 2),
		UP(WEST, NET, RC_OK), REST, HAS(EAST, COUNT_HALF_OPEN, 0), BOTH(COUNT_CHILDREN, 1) } },
};

const struct scenario_list scenarios_resume = { rows, ARRAY_LEN(rows) };
