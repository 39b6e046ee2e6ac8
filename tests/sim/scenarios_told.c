/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios of secrets that whack gives, replaces and takes away one by one, while SAs stand. */
#include "scenario.h"

#define LISTEN_BOTH LISTEN(WEST), LISTEN(EAST)
#define CONNS ADD(WEST, NET, "--keyingtries=1"), ADD(EAST, NET, ""), LISTEN_BOTH
#define TELL(h, line, code) ASK_WITH(h, VERB_ADDSECRET, NULL, "--from-fd=" line), WAIT(h, code)
#define FORGET(h, ids, code) ASK_WITH(h, VERB_DELSECRET, NULL, "--delsecret=" ids), WAIT(h, code)
#define ENDS "192.0.2.1_192.0.2.2"
#define LINE(value) ENDS "_:_PSK_\"" value "\""

static const struct scenario rows[] = {
	{ .name = "secrets given by whack", .cases = "", .steps = {
		TELL(WEST, LINE("the_same_at_both_ends"), RC_OK), REASON(WEST, "1 preshared key added"),
		TELL(EAST, LINE("the_same_at_both_ends"), RC_OK), CONNS, UP(WEST, NET, RC_OK), REST,
		BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "a secret is replaced at both ends; what stands goes on", .cases = "", .steps = {
		TELL(WEST, LINE("the_same_at_both_ends"), RC_OK),
		TELL(EAST, LINE("the_same_at_both_ends"), RC_OK), CONNS, UP(WEST, NET, RC_OK), REST,
		TELL(WEST, LINE("another_at_both_ends"), RC_OK), TELL(EAST, LINE("another_at_both_ends"), RC_OK),
		ASK(WEST, VERB_REKEY_IKE, NET), WAIT(WEST, RC_OK), REST, BOTH(COUNT_CHILDREN, 1),
		DOWN(WEST, NET, RC_OK), REST, UP(EAST, NET, RC_OK), REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "a secret is replaced at one end", .cases = "88", .steps = {
		TELL(WEST, LINE("the_same_at_both_ends"), RC_OK),
		TELL(EAST, LINE("the_same_at_both_ends"), RC_OK), TELL(EAST, LINE("another_at_one_end"), RC_OK),
		CONNS, UP(WEST, NET, RC_FATAL), LOGGED(EAST, "different PSKs (ours stands in whack:1)"), REST,
		CLEAN(EAST) } },
	{ .name = "a secret is taken away", .cases = "93", .steps = {
		TELL(WEST, LINE("the_same_at_both_ends"), RC_OK),
		TELL(EAST, LINE("the_same_at_both_ends"), RC_OK), CONNS, UP(WEST, NET, RC_OK), REST,
		DOWN(WEST, NET, RC_OK), REST, FORGET(WEST, ENDS, RC_OK), UP(WEST, NET, RC_NO_KEY),
		REASON(WEST, "no PSK for 192.0.2.1 and 192.0.2.2"), FORGET(WEST, ENDS, RC_NO_KEY),
		REASON(WEST, "no preshared key was given for just these identities") } },
	{ .name = "a secret given by whack stands before the file's", .cases = "", .steps = {
		PSK(WEST, "192.0.2.1 192.0.2.2", "of the file"), PSK(EAST, "192.0.2.1 192.0.2.2", "of whack"),
		TELL(WEST, LINE("of_whack"), RC_OK), CONNS, UP(WEST, NET, RC_OK), REST, DOWN(WEST, NET, RC_OK),
		REST, FORGET(WEST, ENDS, RC_OK), UP(WEST, NET, RC_FATAL), REST, FORGET(WEST, ENDS, RC_NO_KEY),
		REASON(WEST, "it stands in ipsec.secrets:1: take it away there") } },
	{ .name = "secrets that cannot be read change nothing", .cases = "", .steps = {
		PSK(EAST, "192.0.2.1 192.0.2.2", "a good one of the file"),
		TELL(WEST, LINE("a_good_one_of_the_file"), RC_OK),
		TELL(WEST, LINE("a_bad_one") "\n@x_:_PSK_\"never_closed", RC_NO_KEY),
		REASON(WEST, "nothing is changed: whack:2"), TELL(WEST, "@x_:_RSA_x.pem", RC_NO_KEY),
		REASON(WEST, "no preshared key is in it"), TELL(WEST, "@x_:_PPKS_\"a\"_\"b\"", RC_NO_KEY),
		CONNS, UP(WEST, NET, RC_OK), REST, BOTH(COUNT_CHILDREN, 1) } },
};

const struct scenario_list scenarios_told = { rows, ARRAY_LEN(rows) };
