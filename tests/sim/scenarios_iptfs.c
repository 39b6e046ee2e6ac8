/* SPDX-License-Identifier: Apache-2.0 */
/* IP-TFS (RFC 9347): of both ends or of none, in every child, and what an end says about fragments. */
#include "scenario.h"

#define ENDS PSK(WEST, "", "secret"), PSK(EAST, "", "secret")
#define NETS "--host=192.0.2.1 --client=10.1.0.0/16 --to --host=192.0.2.2 --client=10.2.0.0/16"
#define LISTEN_BOTH LISTEN(WEST), LISTEN(EAST)
#define TFS(h, count) HAS(h, COUNT_IPTFS, count)

static const struct scenario rows[] = {
	{ .name = "iptfs: both want it, and keep it when the child is rekeyed", .cases = "", .steps = {
		SETUP("--iptfs"), UP(WEST, NET, RC_OK), REST, TFS(WEST, 2), TFS(EAST, 2),
		LOGGED(WEST, ", IP-TFS"), FLOW(20), ASK(EAST, VERB_REKEY_CHILD, NET),
		WAIT(EAST, RC_OK), RUN_MS(2000), FLOW(0), REST, TFS(WEST, 2), TFS(EAST, 2),
		DOWN(WEST, NET, RC_OK), REST, CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "iptfs: the responder does not want it", .cases = "", .steps = { ENDS,
		ADD(WEST, NET, "--iptfs " NETS), ADD(EAST, NET, NETS), LISTEN_BOTH,
		UP(WEST, NET, RC_OK), REST, TFS(WEST, 0), TFS(EAST, 0),
		LOGGED(WEST, "the peer does not take IP-TFS"), FLOW(20), RUN_MS(500), FLOW(0) } },
	{ .name = "iptfs: the initiator does not want it", .cases = "", .steps = { ENDS,
		ADD(WEST, NET, NETS), ADD(EAST, NET, "--iptfs " NETS), LISTEN_BOTH,
		UP(WEST, NET, RC_OK), REST, TFS(WEST, 0), TFS(EAST, 0), FLOW(20), RUN_MS(500),
		FLOW(0) } },
	{ .name = "iptfs: the responder takes no fragments", .cases = "", .steps = { ENDS,
		ADD(WEST, NET, "--iptfs " NETS), ADD(EAST, NET, "--iptfs --iptfs-fragmentation=no " NETS),
		LISTEN_BOTH, UP(WEST, NET, RC_OK), REST, TFS(WEST, 2), HAS(WEST, COUNT_UNCUT, 1),
		HAS(EAST, COUNT_UNCUT, 1) } },
	{ .name = "iptfs: the initiator takes no fragments", .cases = "", .steps = { ENDS,
		ADD(WEST, NET, "--iptfs --iptfs-fragmentation=no " NETS), ADD(EAST, NET, "--iptfs " NETS),
		LISTEN_BOTH, UP(WEST, NET, RC_OK), REST, TFS(EAST, 2), HAS(WEST, COUNT_UNCUT, 1),
		HAS(EAST, COUNT_UNCUT, 1) } },
	{ .name = "iptfs: both cut", .cases = "", .steps = { SETUP("--iptfs"), UP(WEST, NET, RC_OK),
		REST, BOTH(COUNT_UNCUT, 0) } },
};

const struct scenario_list scenarios_iptfs = { rows, ARRAY_LEN(rows) };
