/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios of remote access (RFC 7296 2.19): addresses of pools and fixed ones, name servers, an
 * identity that comes again, pools that are used up, ends that want different things.
 */
#include "scenario.h"

#define PSKS PSK(WEST, "@west @east", "one of west"), PSK(EAST, "@west @east", "one of west"), \
	PSK(NORTH, "@north @east", "one of north"), PSK(EAST, "@north @east", "one of north")
#define SERVER(words_, pool) ADD(EAST, "road", words_ " --host=192.0.2.2 --id=@east " \
	"--client=10.2.0.0/16 --to --host=%any --id=%any --addresspool=" pool)
#define CLIENT(h, words_, address, id) ADD(h, NET, words_ " --host=" address " --id=" id \
	" --modecfgclient --to --host=192.0.2.2 --id=@east --client=10.2.0.0/16")
#define WEST_CLIENT(words_) CLIENT(WEST, words_, "192.0.2.1", "@west")
#define NORTH_CLIENT(words_) CLIENT(NORTH, words_, "192.0.2.3", "@north")
#define ANON(address, id, words_) "--auth=null --host=" address " --id=" id " " words_
#define ALL_LISTEN LISTEN(EAST), LISTEN(WEST), LISTEN(NORTH)
#define WORLD(server, pool, client) PSKS, SERVER(server, pool), WEST_CLIENT(client), \
	NORTH_CLIENT(client), ALL_LISTEN
#define DOWN_ALL DOWN(WEST, NET, RC_OK), REST, CLEAN(WEST), CLEAN(EAST)

static const struct scenario rows[] = {
	{ .name = "an address of a pool", .cases = "101", .steps = { WORLD("", "10.9.0.0/29", ""),
		UP(WEST, NET, RC_OK), REST, LOGGED(EAST, "10.9.0.1 is given to @west"),
		LOGGED(WEST, "the peer gave us 10.9.0.1"), LOGGED(WEST, "10.9.0.1/32 === 10.2.0.0/16"),
		LOGGED(EAST, "10.2.0.0/16 === 10.9.0.1/32"),
		BOTH(COUNT_POLICIES, 2), UP(NORTH, NET, RC_OK), REST,
		LOGGED(NORTH, "10.9.0.2/32 === 10.2.0.0/16"), CHILDREN(EAST, 2),
		ASK(EAST, VERB_ADDRESSPOOLSTATUS, NULL), WAIT(EAST, RC_OK),
		DOWN(NORTH, NET, RC_OK), REST, CLEAN(NORTH), DOWN_ALL } },
	{ .name = "addresses of both families, with name servers and domains", .cases = "101",
	  .steps = { PSKS,
		ADD(EAST, "road", "--modecfgdns=10.2.0.53,fd00:2::53 --modecfgdomains=corp.example,lab.example "
				  "--host=192.0.2.2 --id=@east --client=10.2.0.0/16,fd00:2::/64 --to --host=%any "
				  "--id=%any --addresspool=10.9.0.0/24,fd00:9::/64"),
		ADD(WEST, NET, "--host=192.0.2.1 --id=@west --srcip=%config --to --host=192.0.2.2 --id=@east "
			       "--client=10.2.0.0/16,fd00:2::/64"), LISTEN(EAST), LISTEN(WEST),
		UP(WEST, NET, RC_OK), REST,
		LOGGED(WEST, "gave us 10.9.0.1 fd00:9::1, name servers 10.2.0.53 fd00:2::53, for "
			     "corp.example lab.example"),
		LOGGED(WEST, "10.9.0.1/32, fd00:9::1/128 === 10.2.0.0/16, fd00:2::/64"),
		BOTH(COUNT_POLICIES, 4), DOWN_ALL } },
	/* pluto as client does not: it takes no answer but what it offered */
	{ .name = "the unspecified address stands for the one that is asked for", .cases = "101",
	  .is_loose = true, .steps = { PSKS, SERVER("", "10.9.0.0/29"),
		ADD(WEST, NET, "--keyingtries=1 --host=192.0.2.1 --id=@west --client=0.0.0.0/32 --modecfgclient "
			       "--to --host=192.0.2.2 --id=@east --client=10.2.0.0/16"), LISTEN(EAST), LISTEN(WEST),
		UP(WEST, NET, FAILS), LOGGED(EAST, "10.2.0.0/16 === 10.9.0.1/32"),
		REASON(WEST, "the peer answers 10.9.0.1/32") } },
	/* what it says it is counts for nothing (RFC 7619 2.2): no lease of that name, in use or not */
	{ .name = "one that proves nothing gets no address of whom it says it is", .cases = "101",
	  .steps = { PSKS, SERVER("", "10.9.0.0/29"), ADD(EAST, "anon", ANON("192.0.2.2", "@east",
		"--client=10.2.0.0/16") " --to " ANON("%any", "%any", "--addresspool=10.9.0.0/29")),
		WEST_CLIENT(""), ADD(NORTH, NET, ANON("192.0.2.3", "@west", "--modecfgclient") " --to "
		ANON("192.0.2.2", "@east", "--client=10.2.0.0/16")), ALL_LISTEN, UP(WEST, NET, RC_OK), REST,
		LOGGED(WEST, "the peer gave us 10.9.0.1"), UP(NORTH, NET, RC_OK), REST,
		LOGGED(NORTH, "the peer gave us 10.9.0.2"), DOWN(NORTH, NET, RC_OK), DOWN(WEST, NET, RC_OK),
		REST, UP(NORTH, NET, RC_OK), REST, NEVER_LOGGED(NORTH, "10.9.0.1"),
		DOWN(NORTH, NET, RC_OK), REST, CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "ignore-peer-dns", .cases = "", .steps = {
		WORLD("--modecfgdns=10.2.0.53 --modecfgdomains=corp.example", "10.9.0.0/29",
		      "--ignore-peer-dns"), UP(WEST, NET, RC_OK), REST,
		NEVER_LOGGED(WEST, "name servers"), DOWN_ALL } },
	{ .name = "the lease survives a reconnect", .cases = "147", .steps = {
		WORLD("", "10.9.0.0/29", ""), UP(WEST, NET, RC_OK), DOWN(WEST, NET, RC_OK), REST,
		UP(NORTH, NET, RC_OK), LOGGED(NORTH, "10.9.0.2/32 ==="), UP(WEST, NET, RC_OK), REST,
		NEVER_LOGGED(EAST, "10.9.0.3"), CHILDREN(EAST, 2), DOWN(NORTH, NET, RC_OK),
		DOWN_ALL } },
	{ .name = "the lease survives a rekey of an IKE SA without a child", .cases = "",
	  .is_loose = true, .steps = { WORLD("", "10.9.0.0/29", ""), UP(WEST, NET, RC_OK), REST,
		CRAFT(WEST, INFORMATIONAL, CRAFT_DELETE_OUR_SIDE), REST, CHILDREN(WEST, 0),
		ASK(WEST, VERB_REKEY_IKE, NET), WAIT(WEST, RC_OK), REST, BOTH(COUNT_IKES, 1),
		UP(WEST, NET, RC_OK), REST, CHILDREN(WEST, 1), HAS(WEST, COUNT_POLICIES, 2) } },
	{ .name = "the pool is used up", .cases = "94", .steps = {
		WORLD("", "10.9.0.4/32", "--keyingtries=1"), UP(WEST, NET, RC_OK), REST,
		UP(NORTH, NET, FAILS), REASON(NORTH, "INTERNAL_ADDRESS_FAILURE"),
		LOGGED(EAST, "the pool 10.9.0.4/32 is used up: all 1 addresses are in use"), REST,
		CLEAN(NORTH), CHILDREN(EAST, 1), DOWN(WEST, NET, RC_OK), REST, UP(NORTH, NET, RC_OK),
		LOGGED(NORTH, "10.9.0.4/32 ==="), DOWN(NORTH, NET, RC_OK), REST, CLEAN(EAST) } },
	{ .name = "the peer does not ask for an address", .cases = "94", .steps = { PSKS,
		SERVER("", "10.9.0.0/29"),
		ADD(WEST, NET, "--keyingtries=1 --host=192.0.2.1 --id=@west --client=10.9.0.1/32 --to "
			       "--host=192.0.2.2 --id=@east --client=10.2.0.0/16"), LISTEN(EAST),
		LISTEN(WEST), UP(WEST, NET, FAILS), REASON(WEST, "FAILED_CP_REQUIRED"), REST,
		CLEAN(WEST), CLEAN(EAST) } },
	/* RFC 6023 5: asked for and given in an IKE_AUTH that makes no child */
	{ .name = "without a child an address is given, and the child is for it", .cases = "101",
	  .steps = { WORLD("", "10.9.0.0/29", "--childless=force"), UP(NORTH, NET, RC_OK),
		MARK, UP(WEST, NET, RC_OK), SENT(6), REST, LOGGED(EAST, "asks for no child yet"),
		LOGGED(EAST, "10.9.0.2 is given to @west"), LOGGED(WEST, "the peer gave us 10.9.0.2"),
		LOGGED(WEST, "10.9.0.2/32 === 10.2.0.0/16"), HAS(WEST, COUNT_POLICIES, 2),
		ASK(WEST, VERB_REKEY_IKE, NET), WAIT(WEST, RC_OK), REST, CHILDREN(WEST, 1),
		DOWN(NORTH, NET, RC_OK), REST, CLEAN(NORTH), DOWN_ALL } },
	{ .name = "without a child an address is given, datagram lost, number", .cases = "101", .from = 1,
	  .to = 6, .steps = { WORLD("", "10.9.0.0/29", "--childless=force"), EACH(FAULT_DROP, K, 1, 0),
		UP(WEST, NET, RC_OK), REST, LOGGED(WEST, "10.9.0.1/32 === 10.2.0.0/16"), CHILDREN(EAST, 1),
		DOWN_ALL } },
	{ .name = "without a child an address is refused", .cases = "94", .steps = {
		WORLD("", "10.9.0.4/32", "--keyingtries=1 --childless=force"), UP(NORTH, NET, RC_OK), REST,
		UP(WEST, NET, FAILS), REASON(WEST, "INTERNAL_ADDRESS_FAILURE"),
		LOGGED(EAST, "the pool 10.9.0.4/32 is used up"), REST, CLEAN(WEST),
		HAS(WEST, COUNT_UNENDED, 0), CHILDREN(EAST, 1), DOWN(NORTH, NET, RC_OK), REST,
		UP(WEST, NET, RC_OK), REST, LOGGED(WEST, "10.9.0.4/32 ==="), DOWN_ALL } },
	{ .name = "without a child the peer gives no address", .cases = "94", .steps = { PSKS,
		ADD(EAST, "road", "--narrowing --host=192.0.2.2 --id=@east --client=10.2.0.0/16 --to "
				  "--host=%any --id=%any --client=10.9.0.0/16"),
		WEST_CLIENT("--keyingtries=1 --childless=force"), LISTEN(EAST), LISTEN(WEST),
		UP(WEST, NET, FAILS), REASON(WEST, "has no pool for us"), REST, CLEAN(WEST),
		CLEAN(EAST) } },
	{ .name = "who begins without a child does not take another's address", .cases = "94",
	  .steps = { PSKS, SERVER("", "10.9.0.0/29"), NORTH_CLIENT(""),
		ADD(WEST, NET, "--keyingtries=1 --childless=force --host=192.0.2.1 --id=@west --client=10.9.0.1/32 "
			       "--to --host=192.0.2.2 --id=@east --client=10.2.0.0/16"), ALL_LISTEN,
		UP(NORTH, NET, RC_OK), REST, LOGGED(NORTH, "10.9.0.1/32 ==="), UP(WEST, NET, FAILS),
		REASON(WEST, "TS_UNACCEPTABLE"), LOGGED(EAST, "is for who asked for an address"), REST,
		CHILDREN(EAST, 1), DOWN(NORTH, NET, RC_OK), REST, CLEAN(NORTH), CLEAN(EAST) } },
	{ .name = "who was refused a child does not take an address of the pool later", .cases = "94",
	  .is_loose = true, .steps = { PSKS, SERVER("", "10.9.0.0/29"),
		ADD(EAST, "plain", "--host=192.0.2.2 --id=@east --client=10.4.0.0/16 --to --host=%any --id=%any "
				   "--client=10.8.0.0/24"),
		ADD(WEST, "plain", "--host=192.0.2.1 --id=@west --client=10.8.0.0/24 --to --host=192.0.2.2 "
				   "--id=@east --client=10.4.0.0/16"),
		ADD(WEST, NET, "--keyingtries=1 --host=192.0.2.1 --id=@west --client=10.9.0.1/32 "
			       "--to --host=192.0.2.2 --id=@east --client=10.2.0.0/16"), LISTEN(EAST),
		LISTEN(WEST), UP(WEST, "plain", RC_OK), UP(WEST, NET, FAILS),
		REASON(WEST, "TS_UNACCEPTABLE"), REST, CHILDREN(EAST, 1) } },
	{ .name = "the peer gives no address", .cases = "94", .steps = { PSKS,
		ADD(EAST, "road", "--narrowing --host=192.0.2.2 --id=@east --client=10.2.0.0/16 --to "
				  "--host=%any --id=%any --client=10.9.0.0/16"),
		WEST_CLIENT("--keyingtries=1"), LISTEN(EAST), LISTEN(WEST), UP(WEST, NET, FAILS),
		REASON(WEST, "has no pool for us"), REST, CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "a family that the pool has not", .cases = "94", .steps = { PSKS,
		ADD(EAST, "road", "--host=192.0.2.2 --id=@east --client=10.2.0.0/16,fd00:2::/64 --to --host=%any --id=%any "
				  "--addresspool=10.9.0.0/24,fd00:9::/64"),
		ADD(WEST, NET, "--keyingtries=1 --host=192.0.2.1 --id=@west --modecfgclient --to --host=192.0.2.2 "
			       "--id=@east --client=10.2.0.0/16"), LISTEN(EAST), LISTEN(WEST), UP(WEST, NET, RC_OK), REST,
		LOGGED(WEST, "gave us 10.9.0.1"), NEVER_LOGGED(EAST, "fd00:9::1"), DOWN_ALL } },
	{ .name = "an address that the connection fixes", .cases = "", .steps = { PSKS,
		ADD(EAST, "road", "--host=192.0.2.2 --id=@east --client=10.2.0.0/16 --modecfgserver --to "
				  "--host=%any --id=@west --client=10.9.9.9/32"),
		WEST_CLIENT(""), LISTEN(EAST), LISTEN(WEST), UP(WEST, NET, RC_OK), REST,
		LOGGED(WEST, "10.9.9.9/32 === 10.2.0.0/16"), DOWN_ALL } },
	{ .name = "everything through the tunnel", .cases = "101", .steps = { PSKS,
		ADD(EAST, "road", "--host=192.0.2.2 --id=@east --client=0.0.0.0/0 --to --host=%any --id=%any "
				  "--addresspool=10.9.0.0/24"),
		ADD(WEST, NET, "--host=192.0.2.1 --id=@west --modecfgclient --to --host=192.0.2.2 --id=@east "
			       "--client=0.0.0.0/0"), LISTEN(EAST), LISTEN(WEST),
		UP(WEST, NET, RC_OK), REST, LOGGED(WEST, "10.9.0.1/32 === 0.0.0.0/0"), DOWN_ALL } },
	{ .name = "a further child has the same address", .cases = "", .steps = {
		WORLD("", "10.9.0.0/29", ""),
		ADD(EAST, "more", "--host=192.0.2.2 --id=@east --client=10.4.0.0/16 --to --host=%any --id=%any "
				  "--addresspool=10.9.0.0/29"),
		ADD(WEST, "more", "--host=192.0.2.1 --id=@west --modecfgclient --to --host=192.0.2.2 --id=@east "
				  "--client=10.4.0.0/16"),
		UP(WEST, NET, RC_OK), UP(WEST, "more", RC_OK), REST, CHILDREN(WEST, 2), IKES(WEST, 1),
		LOGGED(WEST, "10.9.0.1/32 === 10.4.0.0/16"), NEVER_LOGGED(EAST, "10.9.0.2"),
		DOWN(WEST, "more", RC_OK), REST, DOWN_ALL } },
	{ .name = "the address is free again when the connection dies", .cases = "", .steps = {
		WORLD("", "10.9.0.4/32", "--keyingtries=1"), UP(WEST, NET, RC_OK), REST,
		DELETE(EAST, "road", RC_OK), REST, CLEAN(EAST), SERVER("", "10.9.0.4/32"),
		UP(NORTH, NET, RC_OK), LOGGED(NORTH, "10.9.0.4/32 ==="), DOWN(NORTH, NET, RC_OK),
		REST, CLEAN(EAST) } },
};

const struct scenario_list scenarios_config = { rows, ARRAY_LEN(rows) };
