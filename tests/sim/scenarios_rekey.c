/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios of SAs that are replaced before their end: rekeying of children and IKE SAs without a
 * collision, refusals, lifetimes. Traffic flows all the time and no packet may be lost.
 */
#include "scenario.h"

#define SECRETS PSK(WEST, "192.0.2.1 192.0.2.2", "psk"), PSK(EAST, "192.0.2.1 192.0.2.2", "psk")
/* West rekeys a child after 50 to 55 s, east never. */
#define WEST_OFTEN "--ipsec-lifetime=60s --rekeymargin=5s --rekeyfuzz=100% "
#define UP_WITH(west, east)                                                                  \
	SECRETS, ADD(WEST, NET, west), ADD(EAST, NET, east), LISTEN(WEST), LISTEN(EAST),     \
		UP(WEST, NET, RC_OK), REST, BOTH(COUNT_CHILDREN, 1)
#define REKEY_CHILD(h) ASK(h, VERB_REKEY_CHILD, NET), WAIT(h, RC_OK)
#define ONE BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_STATES, 2), \
	BOTH(COUNT_POLICIES, 2)

#define IKE_OFTEN "--ikelifetime=60s --rekeymargin=5s --rekeyfuzz=100% "
#define ENDS2 "--host=192.0.2.1 --client=10.3.0.0/16 --to --host=192.0.2.2 --client=10.4.0.0/16"

static const char *const groups[] = { "--ike=aes256-sha2_256-dh31", "--ike=aes_gcm_16_256-sha2_512-dh19",
				      "--ike=aes256-sha2_256-dh19+dh31", NULL };
static const char *const pfs[] = { "--pfs=yes", "--pfs=no", "--esp=aes_gcm_16_256;dh19",
				   "--esp=aes128-sha2_256;dh14", NULL };

static const struct scenario rows[] = {
	{ .name = "case 110 child rekey by the initiator of the IKE SA, %s", .cases = "109 110 117",
	  .words = pfs, .steps = { SECRETS, ADD(WEST, NET, WEST_OFTEN "%s"), ADD(EAST, NET, "%s"),
		LISTEN(WEST), LISTEN(EAST), UP(WEST, NET, RC_OK), REST, FLOW(20), RUN_MS(57000),
		FLOW(0), REST, ONE, LOGGED(WEST, "replaced by"), LOGGED(EAST, "replaced by"),
		FLOW(20), RUN_MS(400000), FLOW(0), REST, ONE,
		RAN(WEST, "prepare route up "), RAN(EAST, "prepare route up ") } },
	{ .name = "case 109 child rekey by the responder of the IKE SA, %s", .cases = "109 110",
	  .words = pfs, .steps = { SECRETS, ADD(WEST, NET, "%s"), ADD(EAST, NET, WEST_OFTEN "%s"),
		LISTEN(WEST), LISTEN(EAST), UP(WEST, NET, RC_OK), REST, FLOW(20), RUN_MS(59000),
		FLOW(0), REST, ONE, LOGGED(WEST, "replaced by"), LOGGED(EAST, "replaced by"),
		RAN(WEST, "prepare route up "), RAN(EAST, "prepare route up ") } },
	{ .name = "case 114 IKE SA rekey by its initiator, %s", .cases = "114 117", .words = groups,
	  .steps = { SECRETS, ADD(WEST, NET, IKE_OFTEN "%s"), ADD(EAST, NET, "%s"), LISTEN(WEST),
		LISTEN(EAST), UP(WEST, NET, RC_OK), REST, DUMP(WEST), DUMP(EAST), FLOW(20),
		RUN_MS(57000), FLOW(0), REST, ONE, SAME(WEST), SAME(EAST),
		LOGGED(WEST, "rekeyed from #1 by us"), LOGGED(EAST, "rekeyed from #1 by the peer"),
		LOGGED(EAST, "replaced IKE SA is gone: deleted by the peer"), RUN_MS(400000), REST, ONE,
		SAME(WEST), SAME(EAST), RAN(WEST, "prepare route up "), DOWN(EAST, NET, RC_OK), REST,
		CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "case 114 IKE SA rekey by its responder, %s", .cases = "114 117", .words = groups,
	  .steps = { SECRETS, ADD(WEST, NET, "%s"), ADD(EAST, NET, IKE_OFTEN "%s"), LISTEN(WEST),
		LISTEN(EAST), UP(WEST, NET, RC_OK), REST, DUMP(WEST), DUMP(EAST),
		RUN_MS(59000), REST, ONE, SAME(WEST), SAME(EAST), LOGGED(EAST, "rekeyed from #1 by us"),
		RUN_MS(400000), REST, ONE, DOWN(WEST, NET, RC_OK), REST, CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "case 114 several children move, and one is rekeyed on the new IKE SA",
	  .cases = "114", .steps = { SECRETS, ADD(WEST, NET, ""), ADD(EAST, NET, ""),
		ADD(WEST, "n2", ENDS2), ADD(EAST, "n2", ENDS2), LISTEN(WEST), LISTEN(EAST),
		UP(WEST, NET, RC_OK), UP(WEST, "n2", RC_OK), REST, FLOW(20),
		ASK(EAST, VERB_REKEY_IKE, NET), WAIT(EAST, RC_OK), BOTH(COUNT_CHILDREN, 2), REST,
		BOTH(COUNT_IKES, 1), ASK(WEST, VERB_REKEY_CHILD, "n2"), WAIT(WEST, RC_OK),
		ASK(WEST, VERB_REKEY_IKE, "n2"), WAIT(WEST, RC_OK), FLOW(0), REST,
		BOTH(COUNT_CHILDREN, 2), BOTH(COUNT_STATES, 4), BOTH(COUNT_IKES, 1) } },
	{ .name = "case 110 packets that the Delete overtakes", .cases = "109 110", .steps = {
		UP_WITH("", ""), SET(0, KNOB_JITTER, 400), FLOW(5), REKEY_CHILD(WEST), RUN_MS(9000), ONE,
		REKEY_CHILD(EAST), RUN_MS(9000), ONE, FLOW(0) } },
	{ .name = "case 54 the group of a refused guess is remembered", .cases = "54", .steps = {
		SECRETS, ADD(WEST, NET, "--esp=aes256-sha2_256;dh31+dh19"),
		ADD(EAST, NET, "--esp=aes256-sha2_256;dh19"), LISTEN(WEST), LISTEN(EAST),
		UP(WEST, NET, RC_OK), REST, MARK, REKEY_CHILD(WEST), REST, SENT(6), MARK, REKEY_CHILD(WEST), REST,
		SENT(4), ONE } },
	{ .name = "case 55 PFS at one end only: refused, the old child stays", .cases = "55 112", .steps = {
		UP_WITH("--pfs=yes --esp=aes256-sha2_256;dh31", "--pfs=no --esp=aes256-sha2_256"),
		DUMP(WEST), DUMP(EAST), ASK(WEST, VERB_REKEY_CHILD, NET), WAIT(WEST, RC_FATAL),
		REASON(WEST, "NO_PROPOSAL_CHOSEN"), LOGGED(EAST, "key exchange offered"), REST, SAME(WEST), SAME(EAST), ONE } },
	{ .name = "case 107 the old child's selectors are kept", .cases = "107", .steps = { SECRETS,
		ADD(WEST, NET, "--narrowing=yes --host=192.0.2.1 --client=10.1.0.0/16 --to "
			"--host=192.0.2.2 --client=10.2.0.0/16"),
		ADD(EAST, NET, "--narrowing=yes --host=192.0.2.1 --client=10.1.5.0/24 --to "
			"--host=192.0.2.2 --client=10.2.0.0/16"), LISTEN(WEST), LISTEN(EAST),
		UP(WEST, NET, RC_OK), REST, FLOW(20), REKEY_CHILD(WEST), REKEY_CHILD(EAST), FLOW(0), REST,
		LOGGED(WEST, "established: 10.1.5.0/24 === 10.2.0.0/16"), ONE } },
	{ .name = "case 112 refused until the hard lifetime, then all anew", .cases = "112", .steps = {
		UP_WITH("--ipsec-lifetime=120s --rekeymargin=60s --rekeyfuzz=0% --pfs=yes "
			"--esp=aes256-sha2_256;dh31", "--pfs=no --esp=aes256-sha2_256"), FLOW(20),
		RUN_MS(110000), FLOW(0), LOGGED(WEST, "is not replaced and stays in use"), ONE,
		RUN_MS(14000), LOGGED(WEST, "negotiating anew"), REST, ONE,
		HAS(WEST, COUNT_UNENDED, 0) } },
	{ .name = "case 113 the initiator's kernel refuses the new child, operation", .cases = "113",
	  .from = 2, .to = 5, .steps = { UP_WITH("", ""), DUMP(WEST), DUMP(EAST), FLOW(20),
		SET(WEST, KNOB_KERNEL_FAIL, K), ASK(WEST, VERB_REKEY_CHILD, NET), WAIT(WEST, FAILS),
		RUN_MS(3000), FLOW(0), REST, SAME(WEST), SAME(EAST), ONE, REKEY_CHILD(WEST), REST, ONE } },
	{ .name = "case 113 the responder's kernel refuses the new child, operation", .cases = "113",
	  .from = 1, .to = 4, .steps = { UP_WITH("", ""), DUMP(WEST), DUMP(EAST), FLOW(20),
		SET(EAST, KNOB_KERNEL_FAIL, K), ASK(WEST, VERB_REKEY_CHILD, NET), RUN_MS(900),
		SAME(WEST), SAME(EAST), WAIT(WEST, RC_OK), FLOW(0), REST, ONE,
		LOGGED(WEST, "TEMPORARY_FAILURE") } },
	{ .name = "case 116 the answer to an IKE SA rekey is lost for good", .cases = "116", .steps = {
		UP_WITH("--keyingtries=0", "--dpddelay=10s --dpdtimeout=20s --dpdaction=clear"),
		LOSE(EAST, EXCHANGE_CREATE_CHILD_SA, WHICH_RESPONSES, 1, 100),
		ASK(WEST, VERB_REKEY_IKE, NET), WAIT(WEST, RC_NO_RESPONSE), RUN_MS(120000), REST, ONE } },
	{ .name = "case 118 reauthentication: the new one first", .cases = "118", .steps = { SECRETS,
		ADD(WEST, NET, "--reauth=yes " IKE_OFTEN), ADD(EAST, NET, ""),
		ADD(WEST, "n2", ENDS2), ADD(EAST, "n2", ENDS2), LISTEN(WEST), LISTEN(EAST),
		UP(WEST, NET, RC_OK), UP(WEST, "n2", RC_OK), REST, FLOW(20), RUN_MS(59000), FLOW(0), REST,
		BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 2), BOTH(COUNT_STATES, 4),
		LOGGED(WEST, "is authenticated anew by"), NEVER_LOGGED(WEST, "rekeyed"),
		RAN(WEST, "prepare route up prepare route up "),
		RAN(EAST, "prepare route up prepare route up ") } },
	{ .name = "case 118 a reauthentication that stands for a rekey fails: who asked is told", .cases = "118", .is_loose = true,
	  .steps = { UP_WITH("--reauth=yes --keyingtries=1 --retransmit-timeout=2s", ""),
		ASK(EAST, VERB_REKEY_CHILD, NET), ASK(WEST, VERB_REKEY_IKE, NET), RUN_MS(100),
		LOGGED(WEST, "TEMPORARY_FAILURE"), SET(WEST, KNOB_PARTITION, 1), WAIT(WEST, FAILS),
		REASON(WEST, "stays in use"), SET(WEST, KNOB_PARTITION, 0), BOTH(COUNT_IKES, 1),
		BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "case 118 authenticated anew, and the child does not follow: tried again", .cases = "118",
	  .is_loose = true, .steps = {
		UP_WITH("--reauth=yes --ikelifetime=200s --rekeymargin=100s --rekeyfuzz=0%", ""), RUN_MS(98000),
		SET(WEST, KNOB_KERNEL_FAIL, 2), RUN_MS(5000), LOGGED(WEST, "could not be authenticated anew"),
		BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1), RUN_MS(80000), REST, BOTH(COUNT_IKES, 1),
		LOGGED(WEST, "#1: IKE SA is down: deleted by us"), BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "case 118 reauthentication fails: the old one stays", .cases = "118", .steps = {
		UP_WITH("--reauth=yes --ikelifetime=200s --rekeymargin=100s --rekeyfuzz=0%", ""),
		DUMP(WEST), LOSE(WEST, EXCHANGE_IKE_SA_INIT, WHICH_ANY, 1, 7), FLOW(20),
		RUN_MS(140000), SAME(WEST), LOGGED(WEST, "could not be authenticated anew"),
		RUN_MS(70000), FLOW(0), REST, ONE } },
	{ .name = "a limit of packets leads to a rekey, west's", .cases = "", .steps = {
		UP_WITH("--ipsec-max-packets=1000", ""), FLOW(10), RUN_MS(8500), FLOW(0), REST, ONE,
		LOGGED(WEST, "replaced by"), FLOW(10), RUN_MS(60000), FLOW(0), REST, ONE,
		NEVER_LOGGED(WEST, "limit of its") } },
	{ .name = "a limit of octets leads to a rekey, east's", .cases = "", .steps = {
		UP_WITH("", "--ipsec-max-bytes=100000"), FLOW(10), RUN_MS(9800), FLOW(0), REST, ONE,
		LOGGED(EAST, "replaced by"), FLOW(10), RUN_MS(60000), FLOW(0), REST, ONE,
		NEVER_LOGGED(EAST, "limit of its") } },
	{ .name = "case 14 the IKE SA is rekeyed when its message IDs run high", .cases = "14", .steps = {
		UP_WITH("", ""), SET(WEST, KNOB_MESSAGE_ID, 0x80000000), ASK(WEST, VERB_REKEY_CHILD, NET),
		WAIT(WEST, RC_OK), REST, LOGGED(WEST, "rekeyed from #1"), ONE } },
	{ .name = "one SA at a time: delete-child, it comes again", .cases = "", .steps = {
		UP_WITH("", ""), ASK(WEST, VERB_DELETE_CHILD, NET), WAIT(WEST, RC_OK), CHILDREN(WEST, 0),
		RUN_MS(20000), REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "one SA at a time: down-child, it stays away", .cases = "", .steps = {
		UP_WITH("", ""), ASK(WEST, VERB_DOWN_CHILD, NET), WAIT(WEST, RC_OK), RUN_MS(60000), REST,
		CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "one SA at a time: delete-ike, it comes again", .cases = "", .steps = {
		UP_WITH("", ""), ASK(WEST, VERB_DELETE_IKE, NET), WAIT(WEST, RC_OK), RUN_MS(20000), REST,
		ONE } },
	{ .name = "one SA at a time: down-ike, it stays away", .cases = "", .steps = {
		UP_WITH("", ""), ASK(WEST, VERB_DOWN_IKE, NET), WAIT(WEST, RC_OK), RUN_MS(60000), REST,
		CLEAN(WEST), CLEAN(EAST), ASK(WEST, VERB_REKEY_IKE, NET), WAIT(WEST, RC_UNKNOWN_NAME) } },
};

const struct scenario_list scenarios_rekey = { rows, ARRAY_LEN(rows) };
