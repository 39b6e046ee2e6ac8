/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions: all or none, what a source does not name any more goes, previews change nothing. */
#include "scenario.h"

#define TO(peer) "--psk --encrypt --host=192.0.2.1 --client=10.1.0.0/16 --to --host=192.0.2." peer
#define BEGIN(h, words_) ASK_WITH(h, VERB_BEGIN, NULL, words_), WAIT(h, RC_OK)
#define PUT(h, name_, words_) MORE(h, VERB_ADD, name_, words_)
#define COMMIT(h, words_) MORE(h, VERB_COMMIT, NULL, words_)
#define THREE(h) BEGIN(h, "--source=db"), PUT(h, "a", TO("11")), PUT(h, "b", TO("12")), \
	PUT(h, "c", TO("13")), COMMIT(h, NULL)

static const struct scenario rows[] = {
	{ .name = "nothing of a transaction stands before its commit", .cases = "190", .steps = {
		BEGIN(WEST, NULL), PUT(WEST, "a", TO("11")), PUT(WEST, "b", TO("12")),
		HAS(WEST, COUNT_CONNECTIONS, 0), COMMIT(WEST, NULL), HAS(WEST, COUNT_CONNECTIONS, 2) } },
	{ .name = "a source's connections that it does not name any more go", .cases = "",
	  .steps = { THREE(WEST), ADD(WEST, "mine", "--host=192.0.2.1 --to --host=192.0.2.14"),
		HAS(WEST, COUNT_CONNECTIONS, 4), BEGIN(WEST, "--source=db"), PUT(WEST, "a", TO("11")),
		PUT(WEST, "d", TO("15")), COMMIT(WEST, NULL),
		REASON(WEST, "connections: 1 added, 0 replaced, 2 deleted"),
		HAS(WEST, COUNT_CONNECTIONS, 3), DELETE(WEST, "b", RC_UNKNOWN_NAME),
		DELETE(WEST, "mine", RC_OK), DELETE(WEST, "a", RC_OK), DELETE(WEST, "d", RC_OK) } },
	{ .name = "another source's connections stay", .cases = "", .steps = { THREE(WEST),
		BEGIN(WEST, "--source=file"), PUT(WEST, "x", TO("16")), COMMIT(WEST, NULL),
		HAS(WEST, COUNT_CONNECTIONS, 4), BEGIN(WEST, "--source=file"), COMMIT(WEST, NULL),
		HAS(WEST, COUNT_CONNECTIONS, 3) } },
	{ .name = "who names another's connection takes it over", .cases = "", .steps = { THREE(WEST),
		BEGIN(WEST, "--source=file"), PUT(WEST, "a", TO("11")), COMMIT(WEST, NULL),
		BEGIN(WEST, "--source=db"), COMMIT(WEST, NULL), HAS(WEST, COUNT_CONNECTIONS, 1),
		DELETE(WEST, "a", RC_OK) } },
	{ .name = "a connection replaced alone stays its source's", .cases = "", .steps = { THREE(WEST),
		ADD(WEST, "a", "--host=192.0.2.1 --to --host=192.0.2.17"),
		BEGIN(WEST, "--source=db"), COMMIT(WEST, NULL), HAS(WEST, COUNT_CONNECTIONS, 0) } },
	{ .name = "a preview changes nothing", .cases = "", .steps = { THREE(WEST),
		BEGIN(WEST, "--source=db"), PUT(WEST, "a", TO("19")), PUT(WEST, "d", TO("15")),
		COMMIT(WEST, "--preview"), HAS(WEST, COUNT_CONNECTIONS, 3), DELETE(WEST, "b", RC_OK),
		ASK(WEST, VERB_COMMIT, NULL), WAIT(WEST, RC_WHACK), DELETE(WEST, "c", RC_OK) } },
	{ .name = "--existing renews what is there and makes nothing", .cases = "", .steps = {
		THREE(WEST), BEGIN(WEST, NULL), PUT(WEST, "a", TO("11") " --existing"),
		PUT(WEST, "z", TO("18") " --existing"), COMMIT(WEST, NULL),
		HAS(WEST, COUNT_CONNECTIONS, 3), DELETE(WEST, "z", RC_UNKNOWN_NAME) } },
	{ .name = "one refusal and none of the transaction stands", .cases = "190", .steps = {
		BEGIN(WEST, "--source=db"), PUT(WEST, "a", TO("11")),
		{ .op = OP_AGAIN, .host = WEST, .what = VERB_ADD, .text = "bad",
		  .more = "--psk --encrypt --host=192.0.2.1 --to --host=192.0.2.2 --ike=nothing" },
		WAIT(WEST, FAILS), { .op = OP_AGAIN, .host = WEST, .what = VERB_COMMIT },
		WAIT(WEST, RC_WHACK), HAS(WEST, COUNT_CONNECTIONS, 0) } },
	{ .name = "what goes with a commit says good-bye to its peer", .cases = "", .steps = { SETUP(""),
		BEGIN(WEST, "--source=db"),
		PUT(WEST, NET, "--psk --encrypt --host=192.0.2.1 --client=10.1.0.0/16 --to --host=192.0.2.2 --client=10.2.0.0/16"),
		COMMIT(WEST, NULL), UP(WEST, NET, RC_OK), REST, BOTH(COUNT_CHILDREN, 1),
		BEGIN(WEST, "--source=db"), COMMIT(WEST, NULL), REST, BOTH(COUNT_CHILDREN, 0),
		HAS(WEST, COUNT_CONNECTIONS, 0), CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "an unchanged connection stays up through a commit", .cases = "", .steps = { SETUP(""),
		UP(WEST, NET, RC_OK), REST, MARK, BEGIN(WEST, "--source=db"),
		PUT(WEST, NET, "--psk --encrypt --host=192.0.2.1 --client=10.1.0.0/16 --to --host=192.0.2.2 --client=10.2.0.0/16"),
		COMMIT(WEST, NULL), REST, SENT(0), BOTH(COUNT_CHILDREN, 1) } },
};

const struct scenario_list scenarios_transaction = { rows, ARRAY_LEN(rows) };
