/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios of IKE_INTERMEDIATE (RFC 9242) and of additional key exchanges (RFC 9370): how many rounds
 * there are, loss, duplication and delay in each, and ends that do not agree about them.
 */
#include "scenario.h"

#define SECRETS PSK(WEST, "192.0.2.1 192.0.2.2", "psk"), PSK(EAST, "192.0.2.1 192.0.2.2", "psk")
#define BOTH_ADD(west_, east_)                                                                   \
	SECRETS, ADD(WEST, NET, west_), ADD(EAST, NET, east_), LISTEN(WEST), LISTEN(EAST)
#define IKE "--ike=aes_gcm256-sha2_256-x25519"
#define ONE IKE "+ke1=ecp384"
#define TWO ONE "+ke2=ecp256"
#define SEVEN TWO "+ke3=ecp521+ke4=x448+ke5=modp2048+ke6=modp3072+ke7=modp4096"
#define ESP_ONE "--esp=aes_gcm256-x25519+ke1=ecp384"
#define REKEY_CHILD(h) ASK(h, VERB_REKEY_CHILD, NET), WAIT(h, RC_OK), REST
#define REKEY_IKE(h) ASK(h, VERB_REKEY_IKE, NET), WAIT(h, RC_OK), REST
#define STANDS REST, BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1)
#define FAILED_BOTH RUN_MS(31000), REST, CLEAN(WEST), CLEAN(EAST)

static const struct scenario rows[] = {
	{ .name = "one additional key exchange", .cases = "", .steps = { SETUP(ONE), MARK,
		UP(WEST, NET, RC_OK), SENT(6), LOGGED(WEST, "additional key exchange 1: ECP_384"),
		LOGGED(EAST, "additional key exchange 1: ECP_384"), STANDS, DOWN(WEST, NET, RC_OK),
		UP(EAST, NET, RC_OK), STANDS } },
	{ .name = "two additional key exchanges", .cases = "", .steps = { SETUP(TWO), MARK,
		UP(WEST, NET, RC_OK), SENT(8), STANDS } },
	{ .name = "seven additional key exchanges", .cases = "", .steps = { SETUP(SEVEN), MARK,
		UP(WEST, NET, RC_OK), SENT(18), STANDS } },
	{ .name = "numbers that are not consecutive", .cases = "", .steps = {
		SETUP(IKE "+ke2=ecp384+ke6=ecp521"), MARK, UP(WEST, NET, RC_OK), SENT(8),
		LOGGED(EAST, "additional key exchange 6: ECP_521"), STANDS } },
	{ .name = "additional key exchange with AES-CBC", .cases = "", .steps = {
		SETUP("--ike=aes256-sha2_512-x25519+ke1=ecp384+ke2=ecp256"), UP(WEST, NET, RC_OK),
		STANDS } },
	{ .name = "optional, and the responder has none", .cases = "", .steps = {
		BOTH_ADD(IKE "+ke1=ecp384+none", IKE), MARK, UP(WEST, NET, RC_OK), SENT(4), STANDS } },
	{ .name = "optional at the responder, and the initiator has none", .cases = "", .steps = {
		BOTH_ADD(IKE, IKE "+ke1=ecp384+none"), MARK, UP(WEST, NET, RC_OK), SENT(4), STANDS } },
	{ .name = "optional at both", .cases = "", .steps = {
		SETUP(IKE "+ke1=ecp384+none"), MARK, UP(WEST, NET, RC_OK), SENT(6), STANDS } },
	{ .name = "insisted upon by the initiator only", .cases = "", .steps = {
		BOTH_ADD(ONE " --keyingtries=1", IKE), UP(WEST, NET, FAILS),
		LOGGED(EAST, "additional key exchange 1: it offers ECP_384, here it is none"),
		REASON(WEST, "NO_PROPOSAL_CHOSEN"), FAILED_BOTH } },
	{ .name = "insisted upon by the responder only", .cases = "", .steps = {
		BOTH_ADD(IKE " --keyingtries=1", ONE), UP(WEST, NET, FAILS),
		REASON(WEST, "NO_PROPOSAL_CHOSEN"), FAILED_BOTH } },
	{ .name = "intermediate=yes alone adds no round", .cases = "", .steps = {
		SETUP("--intermediate=yes"), MARK, UP(WEST, NET, RC_OK), SENT(4), STANDS } },
	{ .name = "additional key exchange, cookie and another first group", .cases = "",
	  .settings = { .always_cookie = true }, .steps = {
		BOTH_ADD("--ike=aes256-sha2_256-dh31+dh19+ke1=ecp384",
			 "--ike=aes256-sha2_256-dh19+ke1=ecp384"), UP(WEST, NET, RC_OK), STANDS } },
	{ .name = "additional key exchange with a PPK, childless", .cases = "", .steps = {
		PPK(WEST, "one", "v"), PPK(EAST, "one", "v"),
		SETUP(TWO " --ppk=insist --childless=force"), UP(WEST, NET, RC_OK),
		LOGGED(WEST, "is in the keys"), STANDS } },
	{ .name = "additional key exchanges: datagram lost, number", .cases = "", .from = 1, .to = 8,
	  .steps = { SETUP(TWO), EACH(FAULT_DROP, K, 1, 0), UP(WEST, NET, RC_OK), STANDS } },
	{ .name = "additional key exchanges: datagram twice, number", .cases = "", .from = 1, .to = 8,
	  .steps = { SETUP(TWO), EACH(FAULT_DUPLICATE, K, 1, 3), UP(WEST, NET, RC_OK), STANDS } },
	{ .name = "additional key exchanges: datagram again a second later, number", .cases = "",
	  .from = 1, .to = 8,
	  .steps = { SETUP(TWO), EACH(FAULT_DUPLICATE, K, 1, 1000), UP(WEST, NET, RC_OK), RUN_MS(2000),
		STANDS } },
	{ .name = "additional key exchanges: datagram late, number", .cases = "", .from = 1, .to = 8,
	  .steps = { SETUP(TWO), EACH(FAULT_DELAY, K, 1, 1500), UP(WEST, NET, RC_OK), STANDS } },
	{ .name = "additional key exchanges: datagram corrupted, number", .cases = "", .from = 3,
	  .to = 8, .steps = { SETUP(TWO), EACH(FAULT_CORRUPT, K, 1, 0), UP(WEST, NET, RC_OK), STANDS } },
	{ .name = "additional key exchanges: all that was sent comes again", .cases = "", .steps = {
		SETUP(TWO), UP(WEST, NET, RC_OK), REST, DUMP(WEST), DUMP(EAST), REPLAY(0),
		RUN_MS(3000), SAME(WEST), SAME(EAST), STANDS } },
	{ .name = "additional key exchanges with slow work", .cases = "", .steps = { SETUP(TWO),
		SET(WEST, KNOB_WORK_DELAY, 900), SET(EAST, KNOB_WORK_DELAY, 1100),
		UP(WEST, NET, RC_OK), STANDS } },
	{ .name = "additional key exchange in fragments", .cases = "", .steps = {
		SETUP(IKE "+ke1=modp4096+ke2=ecp384 --fragmentation=force"), MARK,
		UP(WEST, NET, RC_OK), SENT(10), STANDS } },
	{ .name = "additional key exchange in fragments: datagram lost, number", .cases = "",
	  .from = 3, .to = 10, .steps = {
		SETUP(IKE "+ke1=modp4096+ke2=ecp384 --fragmentation=force"),
		EACH(FAULT_DROP, K, 1, 0), UP(WEST, NET, RC_OK), STANDS } },
	{ .name = "additional key exchange in fragments: datagram twice, number", .cases = "",
	  .from = 3, .to = 10, .steps = {
		SETUP(IKE "+ke1=modp4096+ke2=ecp384 --fragmentation=force"),
		EACH(FAULT_DUPLICATE, K, 1, 700), UP(WEST, NET, RC_OK), RUN_MS(1500), STANDS } },
	{ .name = "ML-KEM-768 beside X25519", .cases = "", .needs = "mlkem768", .steps = {
		SETUP(IKE "+ke1=mlkem768"), MARK, UP(WEST, NET, RC_OK), SENT(6), STANDS,
		LOGGED(EAST, "ML_KEM_768"), DOWN(WEST, NET, RC_OK), UP(EAST, NET, RC_OK), STANDS } },
	{ .name = "ML-KEM-512 and ML-KEM-1024 together, in rekeys too", .cases = "", .needs = "mlkem512",
	  .steps = { SETUP(IKE "+ke1=mlkem512+ke2=mlkem1024 "
			       "--esp=aes_gcm256-x25519+ke1=mlkem1024"), UP(WEST, NET, RC_OK), REST,
		REKEY_CHILD(EAST), STANDS, REKEY_IKE(WEST), STANDS, REKEY_IKE(EAST), STANDS,
		REKEY_CHILD(WEST), STANDS } },
	{ .name = "ML-KEM-768 alone, in IKE_SA_INIT and CREATE_CHILD_SA", .cases = "",
	  .needs = "mlkem768", .steps = { SETUP("--ike=aes_gcm256-sha2_256-mlkem768 "
						"--esp=aes_gcm256-mlkem512"), MARK,
		UP(WEST, NET, RC_OK), SENT(4), STANDS, REKEY_CHILD(WEST), STANDS, REKEY_IKE(EAST),
		STANDS } },
	{ .name = "ML-KEM-768: datagram lost, number", .cases = "", .needs = "mlkem768", .from = 1,
	  .to = 8, .steps = { SETUP(IKE "+ke1=mlkem768 --fragmentation=force"),
		EACH(FAULT_DROP, K, 1, 0), UP(WEST, NET, RC_OK), STANDS } },
	{ .name = "no answer to IKE_INTERMEDIATE", .cases = "", .steps = {
		SETUP(ONE " --keyingtries=1"),
		LOSE(EAST, EXCHANGE_IKE_INTERMEDIATE, WHICH_ANY, 1, 100), UP(WEST, NET, RC_NO_RESPONSE),
		FAILED_BOTH } },
	{ .name = "terminated between the rounds", .cases = "", .steps = { SETUP(TWO),
		LOSE(EAST, EXCHANGE_IKE_INTERMEDIATE, WHICH_ANY, 2, 100), START(WEST, NET),
		RUN_MS(300), DOWN(WEST, NET, RC_OK), FAILED_BOTH, HAS(WEST, COUNT_UNENDED, 0) } },
	{ .name = "forged refusal of IKE_INTERMEDIATE", .cases = "7", .steps = { SETUP(ONE),
		SET(EAST, KNOB_WORK_DELAY, 100), START(WEST, NET), RUN_MS(150),
		FORGE(WEST, EXCHANGE_IKE_INTERMEDIATE, N_NO_PROPOSAL_CHOSEN, true),
		FORGE(EAST, EXCHANGE_IKE_INTERMEDIATE, N_INVALID_SYNTAX, false), WAIT(WEST, RC_OK),
		STANDS } },
};

static const struct scenario followups[] = {
	{ .name = "rekey of a child with an additional key exchange", .cases = "", .steps = {
		SETUP(ESP_ONE), UP(WEST, NET, RC_OK), REST, MARK, REKEY_CHILD(WEST), SENT(6), STANDS,
		REKEY_CHILD(EAST), STANDS } },
	{ .name = "rekey of a child with three key exchanges", .cases = "", .steps = {
		SETUP(ESP_ONE "+ke3=ecp521"), UP(WEST, NET, RC_OK), REST, MARK, REKEY_CHILD(WEST),
		SENT(8), STANDS } },
	{ .name = "rekey of a child, optional: the peer has none", .cases = "", .steps = {
		BOTH_ADD("--esp=aes_gcm256-x25519+ke1=ecp384+none", "--esp=aes_gcm256-x25519"),
		UP(WEST, NET, RC_OK), REST, MARK, REKEY_CHILD(WEST), SENT(4), STANDS } },
	{ .name = "a further child with an additional key exchange", .cases = "", .steps = {
		SETUP(ESP_ONE), ADD(WEST, "n2", ESP_ONE " --host=192.0.2.1 --client=10.3.0.0/16 --to "
			"--host=192.0.2.2 --client=10.4.0.0/16"),
		ADD(EAST, "n2", ESP_ONE " --host=192.0.2.1 --client=10.3.0.0/16 --to "
			"--host=192.0.2.2 --client=10.4.0.0/16"),
		UP(WEST, NET, RC_OK), REST, UP(EAST, "n2", RC_OK), REST, BOTH(COUNT_IKES, 1),
		BOTH(COUNT_CHILDREN, 2), DOWN(WEST, "n2", RC_OK), STANDS } },
	{ .name = "rekey of the IKE SA with additional key exchanges", .cases = "", .steps = {
		SETUP(TWO), UP(WEST, NET, RC_OK), REST, MARK, REKEY_IKE(WEST), REST, SENT(8), STANDS,
		REKEY_IKE(EAST), STANDS, REKEY_CHILD(WEST), STANDS, DOWN(EAST, NET, RC_OK), REST,
		CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "rekey of a child: datagram lost, number", .cases = "", .from = 1, .to = 6,
	  .steps = { SETUP(ESP_ONE), UP(WEST, NET, RC_OK), REST, EACH(FAULT_DROP, K, 1, 0),
		REKEY_CHILD(WEST), STANDS } },
	{ .name = "rekey of a child: datagram twice, number", .cases = "", .from = 1, .to = 6,
	  .steps = { SETUP(ESP_ONE), UP(WEST, NET, RC_OK), REST, EACH(FAULT_DUPLICATE, K, 1, 700),
		REKEY_CHILD(WEST), RUN_MS(2000), STANDS } },
	{ .name = "rekey of the IKE SA: datagram lost, number", .cases = "", .from = 1, .to = 8,
	  .steps = { SETUP(TWO), UP(WEST, NET, RC_OK), REST, EACH(FAULT_DROP, K, 1, 0),
		REKEY_IKE(WEST), STANDS } },
	{ .name = "rekey of the IKE SA: datagram twice, number", .cases = "", .from = 1, .to = 8,
	  .steps = { SETUP(TWO), UP(WEST, NET, RC_OK), REST, EACH(FAULT_DUPLICATE, K, 1, 700),
		REKEY_IKE(WEST), RUN_MS(2000), STANDS } },
	{ .name = "both rekey the child at once, with an additional key exchange", .cases = "",
	  .steps = { SETUP(ESP_ONE), UP(WEST, NET, RC_OK), REST, ASK(WEST, VERB_REKEY_CHILD, NET),
		ASK(EAST, VERB_REKEY_CHILD, NET), RUN_MS(40000), STANDS,
		HAS(WEST, COUNT_UNENDED, 0), HAS(EAST, COUNT_UNENDED, 0) } },
	{ .name = "both rekey the IKE SA at once, with additional key exchanges", .cases = "",
	  .steps = { SETUP(TWO), UP(WEST, NET, RC_OK), REST, ASK(WEST, VERB_REKEY_IKE, NET),
		ASK(EAST, VERB_REKEY_IKE, NET), RUN_MS(90000), STANDS } },
	{ .name = "the additional key exchange of a rekey does not come", .cases = "", .is_loose = true,
	  .steps = { SETUP(ESP_ONE " --retransmit-timeout=60s --keyingtries=1"), UP(WEST, NET, RC_OK),
		REST, LOSE(WEST, EXCHANGE_IKE_FOLLOWUP_KE, WHICH_ANY, 1, 100),
		ASK(WEST, VERB_REKEY_CHILD, NET), RUN_MS(40000), CHILDREN(EAST, 1),
		LOGGED(EAST, "additional key exchange did not come") } },
	{ .name = "an additional key exchange under another's link, number", .cases = "", .from = 1,
	  .to = 2, .steps = { SETUP(TWO " " ESP_ONE), UP(WEST, NET, RC_OK), REST,
		REWRITE(WEST, EXCHANGE_IKE_FOLLOWUP_KE, WHICH_REQUESTS, REWRITE_FLIP_LAST, PAYLOAD_NOTIFY),
		ASK(WEST, VERB_REKEY_IKE, NET), RUN_MS(2000), LOGGED(WEST, "STATE_NOT_FOUND"),
		NEVER_LOGGED(EAST, "rekeyed from"), NEVER_LOGGED(WEST, "rekeyed from"), RUN_MS(90000),
		LOGGED(WEST, "rekeyed from"), STANDS } },
	{ .name = "an additional key exchange of a child under another's link", .cases = "", .steps = {
		SETUP(ESP_ONE), UP(WEST, NET, RC_OK), REST,
		REWRITE(WEST, EXCHANGE_IKE_FOLLOWUP_KE, WHICH_REQUESTS, REWRITE_FLIP_LAST, PAYLOAD_NOTIFY),
		ASK(WEST, VERB_REKEY_CHILD, NET), RUN_MS(2000), LOGGED(WEST, "STATE_NOT_FOUND"),
		RUN_MS(90000), STANDS } },
	{ .name = "rekeys with slow work", .cases = "", .steps = { SETUP(TWO " " ESP_ONE),
		UP(WEST, NET, RC_OK), REST, SET(WEST, KNOB_WORK_DELAY, 700),
		SET(EAST, KNOB_WORK_DELAY, 900), REKEY_CHILD(WEST), STANDS, REKEY_IKE(EAST), STANDS } },
};

const struct scenario_list scenarios_followup = { followups, ARRAY_LEN(followups) };
const struct scenario_list scenarios_addke = { rows, ARRAY_LEN(rows) };
