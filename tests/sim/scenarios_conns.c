/* SPDX-License-Identifier: Apache-2.0 */
/* Connections: templates and their instances, several peers at once, choice by identity. */
#include "scenario.h"

#define ROAD "road"
/* East serves anybody who has the secret; west and north each have a network of their own. */
#define ROAD_EAST ADD(EAST, ROAD, "--host=192.0.2.2 --id=@east --client=10.2.0.0/16 --to --host=%any --id=%any --client=10.0.0.0/8")
#define ROAD_WEST ADD(WEST, NET, "--host=192.0.2.1 --id=@west --client=10.1.0.0/16 --to --host=192.0.2.2 --id=@east --client=10.2.0.0/16")
#define ROAD_NORTH ADD(NORTH, NET, "--host=192.0.2.3 --id=@north --client=10.3.0.0/16 --to --host=192.0.2.2 --id=@east --client=10.2.0.0/16")
#define ROAD_PSKS PSK(WEST, "@west @east", "one of west"), PSK(EAST, "@west @east", "one of west"), \
	PSK(NORTH, "@north @east", "one of north"), PSK(EAST, "@north @east", "one of north")
#define ROAD_ALL ROAD_PSKS, ROAD_EAST, ROAD_WEST, ROAD_NORTH, LISTEN(EAST), LISTEN(WEST), LISTEN(NORTH)

static const struct scenario rows[] = {
	{ .name = "one template serves two peers at once", .cases = "99", .steps = { ROAD_ALL,
		UP(WEST, NET, RC_OK), UP(NORTH, NET, RC_OK), REST, CHILDREN(EAST, 2),
		HAS(EAST, COUNT_CONNECTIONS, 3), HAS(EAST, COUNT_STATES, 4),
		HAS(EAST, COUNT_POLICIES, 4),
		LOGGED(EAST, "\"road\"[1] 192.0.2.1 #"), LOGGED(EAST, "\"road\"[2] 192.0.2.3 #"),
		DOWN(WEST, NET, RC_OK), REST, HAS(EAST, COUNT_CONNECTIONS, 2), CHILDREN(EAST, 1),
		HAS(EAST, COUNT_POLICIES, 2), CHILDREN(NORTH, 1),
		DOWN(NORTH, NET, RC_OK), REST, HAS(EAST, COUNT_CONNECTIONS, 1), CLEAN(EAST) } },
	{ .name = "two peers at once through one template", .cases = "28 99", .steps = { ROAD_ALL,
		START(WEST, NET), START(NORTH, NET), REST, CHILDREN(EAST, 2), CHILDREN(WEST, 1),
		CHILDREN(NORTH, 1), HAS(EAST, COUNT_CONNECTIONS, 3) } },
	{ .name = "taking a template down takes every instance down", .cases = "", .steps = { ROAD_ALL,
		UP(WEST, NET, RC_OK), UP(NORTH, NET, RC_OK), DOWN(EAST, ROAD, RC_OK), CHILDREN(EAST, 0),
		REST, HAS(EAST, COUNT_CONNECTIONS, 1), CLEAN(EAST), CLEAN(WEST), CLEAN(NORTH) } },
	{ .name = "deleting a template deletes every instance", .cases = "188", .steps = { ROAD_ALL,
		UP(WEST, NET, RC_OK), UP(NORTH, NET, RC_OK), DELETE(EAST, ROAD, RC_OK), CHILDREN(EAST, 0),
		REST, HAS(EAST, COUNT_CONNECTIONS, 0), CLEAN(EAST), CLEAN(WEST), CLEAN(NORTH),
		UP(WEST, NET, RC_FATAL) } },
	{ .name = "a peer that comes again finds its instance", .cases = "162", .is_loose = true,
	  .steps = { ROAD_ALL, UP(WEST, NET, RC_OK), DELETE(WEST, NET, RC_OK), ROAD_WEST,
		UP(WEST, NET, RC_OK), REST, LOGGED(EAST, "\"road\"[1] 192.0.2.1"),
		HAS(EAST, COUNT_CONNECTIONS, 2), HAS(EAST, COUNT_POLICIES, 2) } },
	{ .name = "a peer with another's secret gets no instance", .cases = "99", .steps = {
		PSK(WEST, "@west @east", "one of west"), PSK(EAST, "@west @east", "another"), ROAD_EAST,
		ROAD_WEST, LISTEN(EAST), LISTEN(WEST), UP(WEST, NET, RC_FATAL), REST,
		HAS(EAST, COUNT_CONNECTIONS, 1), CLEAN(EAST) } },
	{ .name = "the connection for the identity goes before the template", .cases = "99",
	  .steps = { ROAD_ALL,
		ADD(EAST, "own", "--host=192.0.2.2 --id=@east --client=10.2.0.0/16 --to --host=%any --id=@north --client=10.3.0.0/16"),
		UP(WEST, NET, RC_OK), UP(NORTH, NET, RC_OK), REST,
		LOGGED(EAST, "\"own\"[1] 192.0.2.3 #"), LOGGED(EAST, "\"road\"[1] 192.0.2.1 #") } },
	{ .name = "the address goes before the identity", .cases = "99", .steps = { ROAD_ALL,
		ADD(EAST, "own", "--host=192.0.2.2 --id=@east --client=10.2.0.0/16 --to --host=192.0.2.3 --id=@north --client=10.3.0.0/16"),
		UP(NORTH, NET, RC_OK), REST, LOGGED(EAST, "\"own\" #"), HAS(EAST, COUNT_CONNECTIONS, 2) } },
	{ .name = "another IDr than ours fits no connection", .cases = "99", .steps = { ROAD_PSKS,
		PSK(WEST, "@west @other", "x"), ROAD_EAST,
		ADD(WEST, NET, "--host=192.0.2.1 --id=@west --client=10.1.0.0/16 --to --host=192.0.2.2 --id=@other --client=10.2.0.0/16"),
		LISTEN(EAST), LISTEN(WEST), UP(WEST, NET, RC_FATAL), REST, CLEAN(EAST),
		LOGGED(EAST, "is @east here, the peer wants @other"), HAS(EAST, COUNT_CONNECTIONS, 1) } },
	{ .name = "a further child of the peer through a second template", .cases = "99",
	  .steps = { ROAD_ALL,
		ADD(EAST, "more", "--host=192.0.2.2 --id=@east --client=10.4.0.0/16 --to --host=%any --id=%any --client=10.0.0.0/8"),
		ADD(WEST, "two", "--host=192.0.2.1 --id=@west --client=10.1.0.0/16 --to --host=192.0.2.2 --id=@east --client=10.4.0.0/16"),
		UP(WEST, NET, RC_OK), UP(WEST, "two", RC_OK), REST, IKES(WEST, 1), CHILDREN(EAST, 2),
		LOGGED(EAST, "\"more\"[1] 192.0.2.1 #"), HAS(EAST, COUNT_CONNECTIONS, 4) } },
	{ .name = "a template can be initiated towards a host", .cases = "", .steps = { ROAD_PSKS,
		PSK(EAST, "@east", "one of west"),
		ADD(WEST, NET, "--host=192.0.2.1 --id=@west --client=10.1.0.0/16 --to --host=%any --id=@east --client=10.2.0.0/16"),
		ROAD_EAST, LISTEN(EAST), LISTEN(WEST),
		UP(WEST, NET, RC_WILDCARD), HAS(WEST, COUNT_CONNECTIONS, 1),
		ASK_WITH(WEST, VERB_INITIATE, NET, "--remote-host=192.0.2.2"), WAIT(WEST, RC_OK), REST,
		LOGGED(WEST, "\"net\"[1] 192.0.2.2 #"), HAS(WEST, COUNT_CONNECTIONS, 2),
		DOWN(WEST, NET, RC_OK), REST, HAS(WEST, COUNT_CONNECTIONS, 1), CLEAN(WEST),
		HAS(EAST, COUNT_CONNECTIONS, 1) } },
	{ .name = "an instance that cannot be initiated is gone again", .cases = "", .steps = {
		ROAD_PSKS,
		ADD(WEST, NET, "--host=192.0.2.1 --id=@west --client=10.1.0.0/16 --keyingtries=1 --to --host=%any --id=@east --client=10.2.0.0/16"),
		LISTEN(WEST), SET(WEST, KNOB_PARTITION, 1),
		ASK_WITH(WEST, VERB_INITIATE, NET, "--remote-host=192.0.2.2"), WAIT(WEST, RC_NO_RESPONSE), REST,
		HAS(WEST, COUNT_CONNECTIONS, 1), CLEAN(WEST) } },
	{ .name = "--remote-host is an address of our family", .cases = "", .steps = { SETUP(""),
		ADD(EAST, ROAD, "--host=192.0.2.2 --client=10.4.0.0/16 --to --host=%any"),
		ASK_WITH(WEST, VERB_INITIATE, NET, "--remote-host=192.0.2.2"), WAIT(WEST, RC_WHACK),
		ASK_WITH(EAST, VERB_INITIATE, ROAD, "--remote-host=fd00::1"), WAIT(EAST, RC_WHACK),
		ASK_WITH(EAST, VERB_INITIATE, ROAD, "--remote-host=west"), WAIT(EAST, RC_WHACK),
		HAS(EAST, COUNT_CONNECTIONS, 2) } },
};

const struct scenario_list scenarios_conns = { rows, ARRAY_LEN(rows) };
