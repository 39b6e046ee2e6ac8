/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios of post-quantum preshared keys (RFC 8784, the rows of its table 1) and of IKE SAs whose
 * child is made after IKE_AUTH (RFC 6023), with loss and duplication of each of their messages.
 */
#include "scenario.h"

#define SECRETS PSK(WEST, "192.0.2.1 192.0.2.2", "psk"), PSK(EAST, "192.0.2.1 192.0.2.2", "psk")
#define BOTH_ADD(west_, east_)                                                                   \
	SECRETS, ADD(WEST, NET, west_), ADD(EAST, NET, east_), LISTEN(WEST), LISTEN(EAST)
#define PPKS(west_value, east_value) PPK(WEST, "one", west_value), PPK(EAST, "one", east_value)
#define IN_THE_KEYS(h) LOGGED(h, "is in the keys")
#define NOT_IN_THE_KEYS(h) NEVER_LOGGED(h, "is in the keys")
#define STANDS REST, BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1)
#define USED IN_THE_KEYS(WEST), IN_THE_KEYS(EAST), STANDS
#define UNUSED NOT_IN_THE_KEYS(WEST), NOT_IN_THE_KEYS(EAST), STANDS
#define FAILED_BOTH REST, CLEAN(WEST), CLEAN(EAST)

static const struct scenario rows[] = {
	{ .name = "PPK: both propose", .cases = "", .steps = {
		BOTH_ADD("--ppk=propose", "--ppk=propose"), PPKS("v", "v"), MARK,
		UP(WEST, NET, RC_OK), SENT(4), USED } },
	{ .name = "PPK: both insist", .cases = "", .steps = {
		BOTH_ADD("--ppk=insist", "--ppk=insist"), PPKS("v", "v"), UP(WEST, NET, RC_OK),
		USED, DOWN(EAST, NET, RC_OK), UP(EAST, NET, RC_OK), USED } },
	{ .name = "PPK: only the initiator insists", .cases = "", .steps = {
		BOTH_ADD("--ppk=insist", "--ppk=propose"), PPKS("v", "v"), UP(WEST, NET, RC_OK),
		USED } },
	{ .name = "PPK: only the responder insists", .cases = "", .steps = {
		BOTH_ADD("--ppk=propose", "--ppk=insist"), PPKS("v", "v"), UP(WEST, NET, RC_OK),
		USED } },
	{ .name = "PPK: the responder does not do it", .cases = "", .steps = {
		BOTH_ADD("--ppk=propose", "--ppk=never"), PPKS("v", "v"), UP(WEST, NET, RC_OK),
		UNUSED } },
	{ .name = "PPK: the initiator does not do it", .cases = "", .steps = {
		BOTH_ADD("", "--ppk=propose"), PPKS("v", "v"), UP(WEST, NET, RC_OK), UNUSED } },
	{ .name = "PPK: the responder insists, the initiator does not do it", .cases = "", .steps = {
		BOTH_ADD("--keyingtries=1", "--ppk=insist"), PPKS("v", "v"), UP(WEST, NET, FAILS),
		LOGGED(EAST, "the peer uses no PPK"), NOT_IN_THE_KEYS(EAST), FAILED_BOTH } },
	{ .name = "PPK: a child whose connection insists begins an IKE SA with it", .cases = "99",
	  .steps = { BOTH_ADD("", "--ppk=propose"), PPKS("v", "v"),
		ADD(WEST, "n2", "--ppk=insist " ENDS2), ADD(EAST, "n2", "--ppk=propose " ENDS2),
		UP(WEST, NET, RC_OK), NOT_IN_THE_KEYS(WEST), UP(WEST, "n2", RC_OK), REST,
		IN_THE_KEYS(WEST), IN_THE_KEYS(EAST), BOTH(COUNT_IKES, 2) } },
	{ .name = "PPK: a child whose connection insists is refused without it", .cases = "99",
	  .steps = { BOTH_ADD("", "--ppk=propose"), PPKS("v", "v"),
		ADD(WEST, "n2", "--keyingtries=1 " ENDS2), ADD(EAST, "n2", "--ppk=insist " ENDS2),
		UP(WEST, NET, RC_OK), UP(WEST, "n2", FAILS), REST, CHILDREN(EAST, 1) } },
	{ .name = "PPK: the initiator insists, the responder does not do it", .cases = "", .steps = {
		BOTH_ADD("--keyingtries=1 --ppk=insist", ""), PPKS("v", "v"),
		UP(WEST, NET, RC_NO_RESPONSE), LOGGED(WEST, "lacks USE_PPK"), RUN_MS(30000),
		FAILED_BOTH } },
	{ .name = "PPK: unknown to the responder, both may do without", .cases = "", .steps = {
		BOTH_ADD("--ppk=propose", "--ppk=propose"), PPK(WEST, "one", "v"),
		UP(WEST, NET, RC_OK), LOGGED(WEST, "going on without"),
		LOGGED(EAST, "going on without"), UNUSED } },
	{ .name = "PPK: unknown to the responder, the initiator insists", .cases = "", .steps = {
		BOTH_ADD("--keyingtries=1 --ppk=insist", "--ppk=propose"), PPK(WEST, "one", "v"),
		UP(WEST, NET, FAILS), LOGGED(EAST, "the peer insists"), FAILED_BOTH } },
	{ .name = "PPK: unknown to the responder, which insists", .cases = "", .steps = {
		BOTH_ADD("--keyingtries=1 --ppk=propose", "--ppk=insist"), PPK(WEST, "one", "v"),
		UP(WEST, NET, FAILS), LOGGED(EAST, "and ppk=insist"), FAILED_BOTH } },
	{ .name = "PPK: other values under one name", .cases = "", .steps = {
		BOTH_ADD("--keyingtries=1 --ppk=propose", "--ppk=propose"), PPKS("v", "w"),
		UP(WEST, NET, FAILS), REST, CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "PPK: the initiator has none and proposes", .cases = "", .steps = {
		BOTH_ADD("--ppk=propose", "--ppk=propose"), PPK(EAST, "one", "v"),
		UP(WEST, NET, RC_OK), UNUSED } },
	{ .name = "PPK: the initiator has none and insists", .cases = "", .steps = {
		BOTH_ADD("--keyingtries=1 --ppk=insist", "--ppk=propose"), PPK(EAST, "one", "v"), MARK,
		UP(WEST, NET, RC_NO_KEY), SENT(0), FAILED_BOTH } },
	{ .name = "PPK: by ppk-ids the second", .cases = "", .steps = {
		BOTH_ADD("--ppk=insist --ppk-ids=two", "--ppk=insist --ppk-ids=none,two"),
		PPKS("v", "w"), PPK(WEST, "two", "x"), PPK(EAST, "two", "x"), UP(WEST, NET, RC_OK),
		LOGGED(EAST, "PPK \"two\""), USED } },
	{ .name = "PPK: one that ppk-ids of the responder leaves out", .cases = "", .steps = {
		BOTH_ADD("--ppk=propose", "--ppk=propose --ppk-ids=two"), PPKS("v", "v"),
		UP(WEST, NET, RC_OK), UNUSED } },
	{ .name = "PPK: a further child of an SA with PPK", .cases = "", .steps = {
		BOTH_ADD("--ppk=insist", "--ppk=insist"), PPKS("v", "v"),
		ADD(WEST, "n2", "--ppk=insist --host=192.0.2.1 --client=10.3.0.0/16 --to "
			"--host=192.0.2.2 --client=10.4.0.0/16"),
		ADD(EAST, "n2", "--ppk=insist --host=192.0.2.1 --client=10.3.0.0/16 --to "
			"--host=192.0.2.2 --client=10.4.0.0/16"),
		UP(WEST, NET, RC_OK), UP(EAST, "n2", RC_OK), REST, BOTH(COUNT_IKES, 1),
		BOTH(COUNT_CHILDREN, 2) } },
	{ .name = "PPK: datagram lost, number", .cases = "", .from = 1, .to = 4, .steps = {
		BOTH_ADD("--ppk=propose", "--ppk=propose"), PPKS("v", "v"),
		EACH(FAULT_DROP, K, 1, 0), UP(WEST, NET, RC_OK), USED } },
	{ .name = "PPK: datagram twice, number", .cases = "", .from = 1, .to = 4, .steps = {
		BOTH_ADD("--ppk=propose", "--ppk=propose"), PPKS("v", "v"),
		EACH(FAULT_DUPLICATE, K, 1, 5), UP(WEST, NET, RC_OK), USED } },
	{ .name = "PPK: another KE group and a cookie on the way", .cases = "",
	  .settings = { .always_cookie = true }, .steps = {
		BOTH_ADD("--ppk=insist --ike=aes256-sha2_256-dh31+dh19",
			 "--ppk=insist --ike=aes256-sha2_256-dh19"), PPKS("v", "v"),
		UP(WEST, NET, RC_OK), USED } },

	{ .name = "childless: the initiator prefers it", .cases = "", .steps = {
		BOTH_ADD("--childless=prefer", ""), MARK, UP(WEST, NET, RC_OK), SENT(6),
		LOGGED(EAST, "asks for no child yet"), STANDS, DOWN(WEST, NET, RC_OK),
		FAILED_BOTH } },
	{ .name = "childless: preferred, but the responder never does it", .cases = "", .steps = {
		BOTH_ADD("--childless=prefer", "--childless=never"), MARK, UP(WEST, NET, RC_OK),
		SENT(4), STANDS } },
	{ .name = "childless: both force it", .cases = "", .steps = {
		BOTH_ADD("--childless=force", "--childless=force"), MARK, UP(EAST, NET, RC_OK),
		SENT(6), STANDS } },
	{ .name = "childless: forced by the initiator, never done by the responder", .cases = "",
	  .steps = { BOTH_ADD("--childless=force --keyingtries=1", "--childless=never"),
		UP(WEST, NET, RC_NO_RESPONSE), LOGGED(WEST, "childless=force needs"), RUN_MS(30000),
		FAILED_BOTH } },
	{ .name = "childless: forced by the responder alone", .cases = "", .steps = {
		BOTH_ADD("--keyingtries=1", "--childless=force"), UP(WEST, NET, FAILS),
		REASON(WEST, "NO_ADDITIONAL_SAS"), FAILED_BOTH } },
	{ .name = "childless: terminated before the child", .cases = "", .steps = {
		BOTH_ADD("--childless=force", ""), LOSE(EAST, EXCHANGE_CREATE_CHILD_SA, WHICH_ANY, 1, 1),
		START(WEST, NET), RUN_MS(200), BOTH(COUNT_IKES, 1), CHILDREN(WEST, 0),
		DOWN(WEST, NET, RC_OK), FAILED_BOTH, HAS(WEST, COUNT_UNENDED, 0) } },
	{ .name = "childless: datagram lost, number", .cases = "", .from = 1, .to = 6, .steps = {
		BOTH_ADD("--childless=force", ""), EACH(FAULT_DROP, K, 1, 0), UP(WEST, NET, RC_OK),
		STANDS } },
	{ .name = "childless: datagram twice, number", .cases = "", .from = 1, .to = 6, .steps = {
		BOTH_ADD("--childless=force", ""), EACH(FAULT_DUPLICATE, K, 1, 5),
		UP(WEST, NET, RC_OK), STANDS } },
	{ .name = "childless with a PPK", .cases = "", .steps = {
		BOTH_ADD("--childless=force --ppk=insist", "--ppk=propose"), PPKS("v", "v"),
		UP(WEST, NET, RC_OK), USED } },
};

const struct scenario_list scenarios_ppk = { rows, ARRAY_LEN(rows) };
