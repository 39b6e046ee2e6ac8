/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios of protected messages that are right in all but one payload: missing, empty, twice, changed
 * or one too many. A request of that kind is answered as RFC 7296 2.21 says, an answer undoes what hung
 * on it.
 */
#include "scenario.h"

#define ONE_TRY "--keyingtries=1 --retransmit-timeout=3s"
#define AUTH_REQUEST(how_, payload_) \
	REWRITE(WEST, EXCHANGE_IKE_AUTH, WHICH_REQUESTS, how_, payload_)
#define AUTH_ANSWER(how_, payload_) \
	REWRITE(EAST, EXCHANGE_IKE_AUTH, WHICH_RESPONSES, how_, payload_)
#define CHILD_ANSWER(how_, payload_) \
	REWRITE(EAST, EXCHANGE_CREATE_CHILD_SA, WHICH_RESPONSES, how_, payload_)
#define ENDS2 "--host=192.0.2.1 --client=10.3.0.0/16 --to --host=192.0.2.2 --client=10.4.0.0/16"
#define SECOND ADD(WEST, "n2", "--keyingtries=1 " ENDS2), ADD(EAST, "n2", ENDS2)
#define NOTHING_LEFT RUN_MS(40000), REST, CLEAN(WEST), CLEAN(EAST)
/* The first child stands, the second left nothing behind. */
#define ONE_STANDS                                                                               \
	REST, BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_STATES, 2),               \
		BOTH(COUNT_UNENDED, 0)

static const struct scenario rows[] = {
	/* ---- IKE_AUTH, the request */
	{ .name = "IKE_AUTH without IDi", .cases = "90", .steps = { SETUP(ONE_TRY),
		AUTH_REQUEST(REWRITE_OMIT, PAYLOAD_IDi), UP(WEST, NET, RC_FATAL),
		REASON(WEST, "INVALID_SYNTAX"), NOTHING_LEFT } },
	{ .name = "IKE_AUTH with an empty IDi or AUTH", .cases = "90", .from = PAYLOAD_IDi,
	  .to = PAYLOAD_IDi, .steps = { SETUP(ONE_TRY), AUTH_REQUEST(REWRITE_EMPTY, K),
		UP(WEST, NET, RC_FATAL), REASON(WEST, "INVALID_SYNTAX"), NOTHING_LEFT } },
	{ .name = "IKE_AUTH with an empty AUTH", .cases = "90", .steps = { SETUP(ONE_TRY),
		AUTH_REQUEST(REWRITE_EMPTY, PAYLOAD_AUTH), UP(WEST, NET, RC_FATAL),
		REASON(WEST, "INVALID_SYNTAX"), NOTHING_LEFT } },
	{ .name = "IKE_AUTH without TSi or TSr, payload", .cases = "90 94", .from = PAYLOAD_TSi,
	  .to = PAYLOAD_TSr, .steps = { SETUP(ONE_TRY), AUTH_REQUEST(REWRITE_OMIT, K),
		UP(WEST, NET, RC_FATAL), LOGGED(EAST, "SA, TSi or TSr is missing"),
		LOGGED(WEST, "established IKE SA"), NOTHING_LEFT } },
	{ .name = "IKE_AUTH without SA", .cases = "90 94", .steps = { SETUP(ONE_TRY),
		AUTH_REQUEST(REWRITE_OMIT, PAYLOAD_SA), UP(WEST, NET, RC_FATAL),
		LOGGED(EAST, "SA, TSi or TSr is missing"), LOGGED(WEST, "established IKE SA"),
		NOTHING_LEFT } },
	{ .name = "IKE_AUTH without AUTH asks for EAP", .cases = "90 100", .steps = { SETUP(ONE_TRY),
		AUTH_REQUEST(REWRITE_OMIT, PAYLOAD_AUTH), UP(WEST, NET, RC_FATAL),
		REASON(WEST, "AUTHENTICATION_FAILED"), LOGGED(EAST, "it wants EAP"),
		NOTHING_LEFT } },
	{ .name = "IKE_AUTH with AUTH and EAP: EAP is not looked at", .cases = "100", .steps = {
		SETUP(ONE_TRY), AUTH_REQUEST(REWRITE_ADD, PAYLOAD_EAP), UP(WEST, NET, RC_OK), REST,
		BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "a payload twice in IKE_AUTH, payload", .cases = "20", .from = PAYLOAD_SA,
	  .to = PAYLOAD_SA, .steps = { SETUP(ONE_TRY), AUTH_REQUEST(REWRITE_TWICE, K),
		UP(WEST, NET, RC_FATAL), REASON(WEST, "INVALID_SYNTAX"), NOTHING_LEFT } },
	{ .name = "AUTH twice in IKE_AUTH", .cases = "20", .steps = { SETUP(ONE_TRY),
		AUTH_REQUEST(REWRITE_TWICE, PAYLOAD_AUTH), UP(WEST, NET, RC_FATAL),
		REASON(WEST, "INVALID_SYNTAX"), NOTHING_LEFT } },
	{ .name = "forty certificates nobody asked for", .cases = "96", .steps = { SETUP(ONE_TRY),
		AUTH_REQUEST(REWRITE_MANY, PAYLOAD_CERT), UP(WEST, NET, RC_OK), REST,
		BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "unknown critical payload in IKE_AUTH", .cases = "66", .steps = { SETUP(ONE_TRY),
		AUTH_REQUEST(REWRITE_ADD_CRITICAL, 200), UP(WEST, NET, RC_FATAL),
		REASON(WEST, "UNSUPPORTED_CRITICAL_PAYLOAD"), NOTHING_LEFT } },
	{ .name = "unknown payload in IKE_AUTH", .cases = "69", .steps = { SETUP(ONE_TRY),
		AUTH_REQUEST(REWRITE_ADD, 200), UP(WEST, NET, RC_OK), REST, BOTH(COUNT_CHILDREN, 1) } },
	/* ---- CREATE_CHILD_SA, the request */
	{ .name = "a child under an SPI that the peer uses already", .cases = "64", .steps = { SETUP(""),
		SECOND, UP(WEST, NET, RC_OK), DUMP(EAST),
		REWRITE(WEST, EXCHANGE_CREATE_CHILD_SA, WHICH_REQUESTS, REWRITE_SPI_AGAIN, PAYLOAD_SA),
		UP(WEST, "n2", RC_FATAL), LOGGED(EAST, "SPI is in use already"), SAME(EAST),
		ONE_STANDS } },
	{ .name = "unknown payload in CREATE_CHILD_SA", .cases = "69", .steps = { SETUP(""), SECOND,
		UP(WEST, NET, RC_OK),
		REWRITE(WEST, EXCHANGE_CREATE_CHILD_SA, WHICH_REQUESTS, REWRITE_ADD, 200),
		UP(WEST, "n2", RC_OK), REST, BOTH(COUNT_CHILDREN, 2) } },
	/* ---- IKE_AUTH, the answer */
	{ .name = "the responder's AUTH is wrong: it is told, and nothing stands", .cases = "89",
	  .steps = { SETUP(ONE_TRY), AUTH_ANSWER(REWRITE_FLIP_LAST, PAYLOAD_AUTH),
		UP(WEST, NET, RC_FATAL), HAS(WEST, COUNT_STATES, 0), RUN_MS(1000),
		LOGGED(EAST, "did not accept our AUTH"), IKES(EAST, 0), CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "the responder's AUTH is wrong, and its Delete comes at once", .cases = "89",
	  .steps = { SETUP(ONE_TRY), AUTH_ANSWER(REWRITE_FLIP_LAST, PAYLOAD_AUTH),
		LOSE(WEST, EXCHANGE_INFORMATIONAL, WHICH_ANY, 1, 1), UP(WEST, NET, RC_FATAL),
		CLEAN(WEST), DOWN(EAST, NET, RC_OK), REST, CLEAN(EAST) } },
	{ .name = "the answer to IKE_AUTH lacks IDr or AUTH, payload", .cases = "89", .from = PAYLOAD_IDr,
	  .to = PAYLOAD_IDr, .steps = { SETUP(ONE_TRY), AUTH_ANSWER(REWRITE_OMIT, K),
		UP(WEST, NET, RC_FATAL), REASON(WEST, "lacks IDr or AUTH"), NOTHING_LEFT } },
	{ .name = "the answer to IKE_AUTH lacks AUTH", .cases = "89 100", .steps = { SETUP(ONE_TRY),
		AUTH_ANSWER(REWRITE_OMIT, PAYLOAD_AUTH), UP(WEST, NET, RC_FATAL),
		REASON(WEST, "lacks IDr or AUTH"), NOTHING_LEFT } },
	{ .name = "the answer to IKE_AUTH lacks TSi or TSr, payload", .cases = "95", .from = PAYLOAD_TSi,
	  .to = PAYLOAD_TSr, .steps = { SETUP(ONE_TRY), AUTH_ANSWER(REWRITE_OMIT, K),
		UP(WEST, NET, RC_FATAL), LOGGED(WEST, "established IKE SA"),
		REASON(WEST, "lacks SA, TSi or TSr"), REST, LOGGED(EAST, "deleted by the peer"),
		CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "the answer to IKE_AUTH lacks SA", .cases = "95", .steps = { SETUP(ONE_TRY),
		AUTH_ANSWER(REWRITE_OMIT, PAYLOAD_SA), UP(WEST, NET, RC_FATAL),
		LOGGED(WEST, "established IKE SA"), REASON(WEST, "lacks SA, TSi or TSr"), REST,
		LOGGED(EAST, "deleted by the peer"), CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "unknown critical payload in the answer to IKE_AUTH", .cases = "68", .steps = {
		SETUP(ONE_TRY), AUTH_ANSWER(REWRITE_ADD_CRITICAL, 200), UP(WEST, NET, RC_FATAL),
		REASON(WEST, "unknown critical payload"), CLEAN(WEST) }, .is_loose = true },
	/* ---- CREATE_CHILD_SA, the answer: the peer believes that the child stands */
	{ .name = "the answer selects what was not offered: its child is deleted", .cases = "59",
	  .steps = { SETUP(""), ADD(WEST, "n2", "--keyingtries=1 --esn=no " ENDS2), ADD(EAST, "n2",
		"--esn=no " ENDS2), UP(WEST, NET, RC_OK),
		CHILD_ANSWER(REWRITE_FLIP_LAST, PAYLOAD_SA), UP(WEST, "n2", RC_FATAL),
		REASON(WEST, "not within our offer"), ONE_STANDS } },
	{ .name = "broken selectors in the answer end the IKE SA, and who waits is told",
	  .cases = "16 105", .steps = { SETUP(""), SECOND, UP(WEST, NET, RC_OK),
		CHILD_ANSWER(REWRITE_FLIP_FIRST, PAYLOAD_TSr), UP(WEST, "n2", RC_FATAL), RUN_MS(40000),
		REST, BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "the answer takes less than offered: its child is deleted", .cases = "104", .steps = {
		SETUP(""), SECOND, UP(WEST, NET, RC_OK),
		CHILD_ANSWER(REWRITE_FLIP_LAST, PAYLOAD_TSr), UP(WEST, "n2", RC_FATAL),
		REASON(WEST, "not what we offered"), ONE_STANDS } },
	{ .name = "unknown critical payload in the answer: its child is deleted", .cases = "68",
	  .steps = { SETUP(""), SECOND, UP(WEST, NET, RC_OK),
		CHILD_ANSWER(REWRITE_ADD_CRITICAL, 200), UP(WEST, "n2", RC_FATAL),
		REASON(WEST, "unknown critical payload"), ONE_STANDS } },
	{ .name = "unknown critical payload in the answer to a rekey of the IKE SA: it is closed",
	  .cases = "68", .steps = { SETUP(ONE_TRY), UP(WEST, NET, RC_OK),
		CHILD_ANSWER(REWRITE_ADD_CRITICAL, 200), ASK(WEST, VERB_REKEY_IKE, NET),
		WAIT(WEST, FAILS), LOGGED(WEST, "holds an unknown critical payload") }, .is_loose = true },
	{ .name = "the answer lacks SA, TSi or TSr: its child is deleted, payload", .cases = "95",
	  .from = PAYLOAD_TSi, .to = PAYLOAD_TSr, .steps = { SETUP(""), SECOND, UP(WEST, NET, RC_OK),
		CHILD_ANSWER(REWRITE_OMIT, K), UP(WEST, "n2", RC_FATAL),
		REASON(WEST, "lacks SA, TSi or TSr"), ONE_STANDS } },
	{ .name = "the answer lacks a nonce: its child is deleted", .cases = "59", .steps = { SETUP(""),
		SECOND, UP(WEST, NET, RC_OK), CHILD_ANSWER(REWRITE_OMIT, PAYLOAD_NONCE),
		UP(WEST, "n2", RC_FATAL), REASON(WEST, "lacks a nonce"), ONE_STANDS } },
	{ .name = "the answer lacks KE: its child is deleted", .cases = "55 59", .steps = { SETUP(""),
		SECOND, UP(WEST, NET, RC_OK), CHILD_ANSWER(REWRITE_OMIT, PAYLOAD_KE),
		UP(WEST, "n2", RC_FATAL), REASON(WEST, "does not fit the proposal"), ONE_STANDS } },
};

const struct scenario_list scenarios_rewrite = { rows, ARRAY_LEN(rows) };
