/* SPDX-License-Identifier: Apache-2.0 */
/* Paths: fragmentation (cases 73 to 87), NAT traversal and MOBIKE (cases 151 to 160). */
#include "craft.h"
#include "scenario.h"

#define LONG_ESP                                                                                 \
	"--esp=aes_gcm256,aes_gcm128,aes_ccm256,aes_ccm128,aes256-sha2_512,aes256-sha2_256,"     \
	"aes256-sha1,aes192-sha2_512,aes192-sha2_256,aes192-sha1,aes128-sha2_512,aes128-sha2_256," \
	"aes128-sha1 "
#define CUT LONG_ESP "--fragmentation=force"
#define AUTH EXCHANGE_IKE_AUTH

#define PSKS PSK(WEST, "@west @east", "one of west"), PSK(EAST, "@west @east", "one of west"), \
	PSK(NORTH, "@north @east", "one of north"), PSK(EAST, "@north @east", "one of north")
#define ROAD_OF(h, host, id, net, words)                                                     \
	ADD(h, NET, words "--host=" host " --id=" id " --client=" net                        \
		" --to --host=192.0.2.2 --id=@east --client=10.2.0.0/16")
#define ROAD_WEST(words) ROAD_OF(WEST, "192.0.2.1", "@west", "10.1.0.0/16", words)
#define ROAD_EAST(words) ADD(EAST, "road", words "--host=192.0.2.2 --id=@east "                \
	"--client=10.2.0.0/16 --to --host=%any --id=%any --client=10.0.0.0/8")
#define LISTEN_BOTH LISTEN(EAST), LISTEN(WEST)
#define BEHIND(words) PSKS, NAT(WEST), ROAD_EAST(words), ROAD_WEST(words), LISTEN_BOTH
#define TRANSPORT(h, host, id, words)                                                             \
	ADD(h, NET, "--keyingtries=1 --transport --host=" host " --id=" id " " words " --to "        \
		"--host=192.0.2.2 --id=@east " words)
#define SAME_NAT(west_, north_, east_)                                                           \
	PSKS, NAT(WEST), NAT(NORTH), TRANSPORT(WEST, "192.0.2.1", "@west", west_),                   \
	TRANSPORT(NORTH, "192.0.2.3", "@north", north_),                                             \
	ADD(EAST, "road", "--transport --narrowing=yes " east_ "--host=192.0.2.2 --id=@east --to "   \
		"--host=%any --id=%any"), LISTEN_BOTH, LISTEN(NORTH)
#define OUT_OF_BOX "203.0.113.9:30002"
#define STAYS_UP REST, CHILDREN(WEST, 1), CHILDREN(EAST, 1)

static const struct scenario rows[] = {
	{ .name = "AH behind a NAT: refused by its own name", .cases = "152", .steps = {
		BEHIND("--authenticate --keyingtries=1 "), UP(WEST, NET, FAILS),
		REASON(WEST, "AH does not pass the NAT"), REST, CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "AH behind a NAT: as a further child", .cases = "152", .steps = {
		BEHIND(""), UP(WEST, NET, RC_OK), REST, ADD(WEST, "ah", "--authenticate "
			"--keyingtries=1 --host=192.0.2.1 --id=@west --client=10.5.0.0/16 --to "
			"--host=192.0.2.2 --id=@east --client=10.2.0.0/16"), UP(WEST, "ah", FAILS),
		REASON(WEST, "AH does not pass the NAT"), STAYS_UP } },
	/* ---- transport mode behind one NAT (RFC 3948 5.2) */
	{ .name = "two clients behind one NAT in transport mode: the second is refused", .cases = "151",
	  .steps = { SAME_NAT("", "", ""), UP(WEST, NET, RC_OK), REST, UP(NORTH, NET, FAILS),
		REASON(NORTH, "TS_UNACCEPTABLE"),
		LOGGED(EAST, "in transport mode @west behind the same NAT has this traffic already"),
		REST, CHILDREN(EAST, 1), HAS(EAST, COUNT_STATES, 2), DOWN(WEST, NET, RC_OK), REST,
		UP(NORTH, NET, RC_OK), REST, CHILDREN(EAST, 1) } },
	{ .name = "two clients behind one NAT in transport mode: other ports", .cases = "151",
	  .steps = { SAME_NAT("--clientprotoport=17/1001 ", "--clientprotoport=17/1002 ", ""),
		UP(WEST, NET, RC_OK), UP(NORTH, NET, RC_OK), REST, CHILDREN(EAST, 2),
		HAS(EAST, COUNT_STATES, 4) } },
	{ .name = "two clients behind one NAT in transport mode: overlapping ports", .cases = "151",
	  .steps = { SAME_NAT("--clientprotoport=17/1001 ", "--clientprotoport=17 ", ""),
		UP(WEST, NET, RC_OK), REST, UP(NORTH, NET, FAILS), LOGGED(EAST, "behind the same NAT"),
		REST, CHILDREN(EAST, 1) } },
	{ .name = "two clients behind one NAT in transport mode: the first is dead", .cases = "151",
	  .is_loose = true, .steps = { SAME_NAT("", "", "--retransmit-timeout=5s "), UP(WEST, NET, RC_OK),
		REST, CRASH(WEST), UP(NORTH, NET, FAILS), RUN_MS(8000), UP(NORTH, NET, RC_OK), REST,
		CHILDREN(EAST, 1) } },
	{ .name = "a client behind a NAT in transport mode comes again", .cases = "151", .steps = {
		SAME_NAT("", "", ""), UP(WEST, NET, RC_OK), REST, CRASH(WEST),
		PSK(WEST, "@west @east", "one of west"), NAT(WEST), TRANSPORT(WEST, "192.0.2.1", "@west", ""),
		LISTEN(WEST), UP(WEST, NET, RC_OK), REST, CHILDREN(EAST, 1), CHILDREN(WEST, 1) } },
	/* ---- fragmentation */
	{ .name = "case 73: a long message goes in fragments", .cases = "73", .steps = { SETUP(CUT),
		MARK, UP(WEST, NET, RC_OK), REST, FRAGMENTS(2), BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "case 73: only what is long is cut", .cases = "73", .steps = { SETUP(LONG_ESP),
		MARK, UP(WEST, NET, RC_OK), REST, FRAGMENTS(0), BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "case 74: not negotiated, nothing is cut", .cases = "74", .steps = {
		PSK(WEST, "192.0.2.1 192.0.2.2", "psk"), PSK(EAST, "192.0.2.1 192.0.2.2", "psk"),
		ADD(WEST, NET, CUT), ADD(EAST, NET, LONG_ESP "--fragmentation=no"), LISTEN_BOTH,
		MARK, UP(WEST, NET, RC_OK), REST, FRAGMENTS(0), BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "case 75: fragments out of order", .cases = "75", .steps = { SETUP(CUT),
		FAULT(FAULT_DELAY, WEST, AUTH, WHICH_REQUESTS, 1, 1, 200), MARK,
		UP(WEST, NET, RC_OK), FRAGMENTS(2), REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "case 76: every fragment twice", .cases = "76", .steps = { SETUP(CUT),
		EACH(FAULT_DUPLICATE, 1, 100, 3), UP(WEST, NET, RC_OK), REST,
		BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_IKES, 1) } },
	{ .name = "case 80: a fragment is lost: the retransmission fills the gap", .cases = "80",
	  .from = 1, .to = 2, .steps = { SETUP(CUT), LOSE(WEST, AUTH, WHICH_REQUESTS, K, 1), MARK,
		UP(WEST, NET, RC_OK), FRAGMENTS(4), REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "case 80: a set that is never whole goes after 30 s", .cases = "80 87",
	  .is_loose = true, .steps = { SETUP(CUT), LOSE(WEST, AUTH, WHICH_REQUESTS, 2, 1), START(WEST, NET),
		RUN_MS(100), SET(WEST, KNOB_PARTITION, 1), RUN_MS(60000), IKES(EAST, 0), NO_SETS(EAST) } },
	{ .name = "case 81: of one corrupt fragment only that one is lost", .cases = "81",
	  .steps = { SETUP(CUT), FAULT(FAULT_CORRUPT, WEST, AUTH, WHICH_REQUESTS, 2, 1, 0),
		LOSE(WEST, AUTH, WHICH_REQUESTS, 3, 1), MARK, UP(WEST, NET, RC_OK), FRAGMENTS(4), REST,
		BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "case 83 84: an answered request comes again in fragments", .cases = "83 84",
	  .steps = { SETUP(CUT), LOSE(EAST, AUTH, WHICH_RESPONSES, 1, 1), MARK,
		UP(WEST, NET, RC_OK), SENT(8), REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "case 85: big messages are lost: smaller fragments under the same ID", .cases = "85",
	  .steps = { SETUP(LONG_ESP), SET(WEST, KNOB_MTU, 800), MARK, UP(WEST, NET, RC_OK),
		FRAGMENTS(2), LOGGED(WEST, "2 fragments of 768 bytes"), REST,
		BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "case 85: they are lost too: smaller ones, and more of them (case 78)", .cases = "78 85",
	  .steps = { SETUP(LONG_ESP), SET(WEST, KNOB_MTU, 600), MARK, UP(WEST, NET, RC_OK),
		FRAGMENTS(5), LOGGED(WEST, "2 fragments of 768 bytes"),
		LOGGED(WEST, "3 fragments of 448 bytes"), REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "case 33: a datagram that is too long is cut at once", .cases = "33 85", .steps = {
		SETUP(LONG_ESP), SET(WEST, KNOB_MTU, 600), SET(WEST, KNOB_TOO_LONG, 1), MARK,
		UP(WEST, NET, RC_OK), FRAGMENTS(5), SENT(9), REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "case 86: IKE_SA_INIT is never cut", .cases = "86", .steps = {
		SETUP("--fragmentation=force --ike=aes256-sha2_256-dh17"), MARK, UP(WEST, NET, RC_OK),
		FRAGMENTS(0), REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "case 86: payloads before a fragment are not looked at", .cases = "86",
	  .is_loose = true, .steps = { SETUP("--fragmentation=force"), UP(WEST, NET, RC_OK), REST, MARK,
		CRAFT(EAST, INFORMATIONAL, CRAFT_FRAGMENT_OUTER), SENT(1), SAYS(EAST, 0), IKES(EAST, 1),
		CHILDREN(EAST, 1), NO_SETS(EAST) } },
	{ .name = "case 82: the whole message under the ID of a set that is not whole", .cases = "82",
	  .is_loose = true, .steps = { SETUP("--fragmentation=force"), UP(WEST, NET, RC_OK), REST,
		CRAFT(EAST, INFORMATIONAL, CRAFT_FRAGMENT_OF_TWO), HAS(EAST, COUNT_SETS, 1), MARK,
		CRAFT(EAST, INFORMATIONAL, CRAFT_EMPTY), SENT(1), HAS(EAST, COUNT_SETS, 0),
		NO_SETS(EAST), IKES(EAST, 1), CHILDREN(EAST, 1) } },
	{ .name = "case 87: fragments that come before the keys wait for them", .cases = "87 29",
	  .steps = { SETUP(CUT), SET(EAST, KNOB_WORK_DELAY, 300), MARK, UP(WEST, NET, RC_OK),
		FRAGMENTS(2), REST, BOTH(COUNT_CHILDREN, 1) } },
	/* ---- NAT traversal */
	{ .name = "case 151: a NAT before the initiator: port 4500, and the answer goes to the box",
	  .cases = "151", .steps = { BEHIND(""), UP(WEST, NET, RC_OK), REST,
		LOGGED(WEST, "NAT detected: we are behind it"),
		LOGGED(EAST, "NAT detected: the peer is behind it"), PATH(EAST, OUT_OF_BOX),
		PATH(WEST, "192.0.2.2:4500"), DOWN(EAST, "road", RC_OK), REST, CLEAN(WEST) } },
	{ .name = "case 151: a NAT before the responder, which forwards", .cases = "151", .steps = {
		PSKS, NAT_OPEN(WEST), ROAD_WEST(""),
		ADD(EAST, NET, "--host=192.0.2.2 --id=@east --client=10.2.0.0/16 --to "
			       "--host=203.0.113.9 --id=@west --client=10.1.0.0/16"),
		LISTEN_BOTH, UP(EAST, NET, RC_OK), REST,
		LOGGED(WEST, "NAT detected: we are behind it"), PATH(EAST, "203.0.113.9:4500"),
		PATH(WEST, "192.0.2.2:4500") } },
	{ .name = "case 152: one end without NAT detection: no float, no encapsulation",
	  .cases = "152", .steps = { PSKS, ROAD_EAST("--encapsulation=no "), ROAD_WEST(""),
		LISTEN_BOTH, UP(WEST, NET, RC_OK), REST, PATH(EAST, "-192.0.2.1:500"),
		PATH(WEST, "-192.0.2.2:500") } },
	{ .name = "encapsulation=yes at one end: both do it", .cases = "151", .steps = {
		PSKS, ROAD_EAST(""), ROAD_WEST("--encapsulation=yes "), LISTEN_BOTH,
		UP(WEST, NET, RC_OK), REST, PATH(EAST, "192.0.2.1:4500"),
		PATH(WEST, "192.0.2.2:4500") } },
	{ .name = "case 153: the mapping changes: a new request is followed", .cases = "153",
	  .steps = { PSKS, NAT(WEST), ROAD_EAST(""), ROAD_WEST("--dpddelay=5 "), LISTEN_BOTH,
		UP(WEST, NET, RC_OK), REST, REMAP, RUN_MS(10000), PATH(EAST, "203.0.113.9:30003"),
		STAYS_UP } },
	{ .name = "case 153: the box gets another address", .cases = "153", .steps = {
		PSKS, NAT(WEST), ROAD_EAST(""), ROAD_WEST("--dpddelay=5 "), LISTEN_BOTH,
		UP(WEST, NET, RC_OK), REST, REMAP_MOVED, RUN_MS(10000),
		PATH(EAST, "203.0.113.10:30003"), STAYS_UP } },
	{ .name = "case 153: the box gets another address: transport mode begins anew for it",
	  .cases = "153", .steps = { PSKS, NAT(WEST),
		ADD(EAST, "road", "--transport --host=192.0.2.2 --id=@east --to --host=%any --id=%any"),
		ADD(WEST, NET, "--dpddelay=5 --transport --host=192.0.2.1 --id=@west --to --host=192.0.2.2 "
			       "--id=@east"), LISTEN_BOTH, UP(WEST, NET, RC_OK), REST,
		REMAP_MOVED, RUN_MS(10000), PATH(EAST, "203.0.113.10:30003"),
		LOGGED(EAST, "192.0.2.2/32 === 203.0.113.10/32"), STAYS_UP } },
	{ .name = "case 153: a replayed request is not followed", .cases = "153", .steps = {
		BEHIND("--dpddelay=5 "), UP(WEST, NET, RC_OK), RUN_MS(20000), REPLAY(0),
		PATH(EAST, OUT_OF_BOX), STAYS_UP } },
	{ .name = "case 154: who is behind a NAT follows nobody, and answers all the same",
	  .cases = "154 151", .steps = { PSKS, NAT(WEST), NAT_OPEN(EAST),
		ADD(WEST, NET, "--host=192.0.2.1 --id=@west --client=10.1.0.0/16 --to "
			       "--host=203.0.113.9 --id=@east --client=10.2.0.0/16"),
		ROAD_EAST("--dpddelay=5 "), LISTEN_BOTH, UP(WEST, NET, RC_OK), REST, NAT(EAST),
		RUN_MS(60000), PATH(WEST, "203.0.113.9:4500"),
		NEVER_LOGGED(EAST, "no answer from"), STAYS_UP } },
	{ .name = "case 155: keepalives every 20 s from behind the NAT, only when silent",
	  .cases = "155", .steps = { BEHIND(""), UP(WEST, NET, RC_OK), REST, KEEPALIVES(0),
		RUN_MS(61000), KEEPALIVES(3), STAYS_UP } },
	{ .name = "case 155: no keepalives without a NAT, nor when they are off", .cases = "155",
	  .steps = { PSKS, ROAD_EAST(""), ROAD_WEST("--encapsulation=yes --no-nat-keepalive "),
		LISTEN_BOTH, UP(WEST, NET, RC_OK), REST, RUN_MS(61000), KEEPALIVES(0) } },
	{ .name = "case 155: ESP that goes out is no silence", .cases = "155", .steps = { BEHIND(""),
		UP(WEST, NET, RC_OK), REST, SET(WEST, KNOB_TRAFFIC_OUT, 1), KEEPALIVES(0),
		RUN_MS(61000), KEEPALIVES(0), SET(WEST, KNOB_TRAFFIC_OUT, 0), RUN_MS(20000),
		KEEPALIVES(1), RUN_MS(40000), KEEPALIVES(2), STAYS_UP } },
	{ .name = "case 155: ESP that comes in keeps no mapping", .cases = "155", .steps = { BEHIND(""),
		UP(WEST, NET, RC_OK), REST, SET(WEST, KNOB_TRAFFIC_IN, 1), KEEPALIVES(0),
		RUN_MS(61000), KEEPALIVES(3), STAYS_UP } },
	{ .name = "case 155: the kernel does not tell its counters", .cases = "155", .steps = {
		BEHIND(""), UP(WEST, NET, RC_OK), REST, KEEPALIVES(0), SET(WEST, KNOB_KERNEL_FAIL, 1),
		RUN_MS(61000), KEEPALIVES(3), STAYS_UP } },
	{ .name = "case 155: keepalives hold the mapping", .cases = "155", .steps = { BEHIND(""),
		SET(WEST, KNOB_NAT_LIFE, 30000), UP(WEST, NET, RC_OK), REST, RUN_MS(120000),
		DOWN(EAST, "road", RC_OK), REST, CLEAN(WEST) } },
	{ .name = "case 156: the kernel's word of a mapping moves the path, the peer is asked",
	  .cases = "156", .steps = { BEHIND(""), UP(WEST, NET, RC_OK), REST, REMAP, MARK,
		MAPPED(EAST, WEST), REST, SENT(2), PATH(EAST, "203.0.113.9:30003"), STAYS_UP } },
	{ .name = "case 156: a storm of it is one move", .cases = "156", .steps = { BEHIND(""),
		UP(WEST, NET, RC_OK), REST, REMAP, MAPPED(EAST, WEST), REMAP, MAPPED(EAST, WEST), REMAP,
		MAPPED(EAST, WEST), RUN_MS(500), PATH(EAST, "203.0.113.9:30003") }, .is_loose = true },
	{ .name = "two clients behind one NAT", .cases = "151", .steps = { BEHIND(""), NAT(NORTH),
		ROAD_OF(NORTH, "192.0.2.3", "@north", "10.3.0.0/16", ""), LISTEN(NORTH),
		UP(WEST, NET, RC_OK), UP(NORTH, NET, RC_OK), REST, CHILDREN(EAST, 2),
		HAS(EAST, COUNT_STATES, 4), DOWN(WEST, NET, RC_OK), REST, CHILDREN(NORTH, 1),
		CHILDREN(EAST, 1) } },
	/* ---- MOBIKE */
	{ .name = "case 157: the initiator's address goes: the SAs move", .cases = "157", .steps = {
		SETUP("--mobike"), SET_ADDRESSES(WEST, "192.0.2.1 192.0.2.11"), UP(WEST, NET, RC_OK),
		REST, DUMP(NORTH), SET_ADDRESSES(WEST, "192.0.2.11"), REST,
		PATH(EAST, "-192.0.2.11:4500"), PATH(WEST, "-192.0.2.2:4500"), STAYS_UP } },
	{ .name = "case 157: the address comes later", .cases = "157", .steps = {
		SETUP("--mobike"), UP(WEST, NET, RC_OK), REST, SET_ADDRESSES(WEST, ""), RUN_MS(3000),
		IKES(WEST, 1), SET_ADDRESSES(WEST, "192.0.2.11"), REST,
		PATH(EAST, "-192.0.2.11:4500"), STAYS_UP } },
	{ .name = "case 157: a request in flight goes on from the new address", .cases = "157",
	  .steps = { SETUP("--mobike --dpddelay=5 "), UP(WEST, NET, RC_OK), REST,
		SET(WEST, KNOB_PARTITION, 1), RUN_MS(8000), SET(WEST, KNOB_PARTITION, 0),
		SET_ADDRESSES(WEST, "192.0.2.11"), REST, PATH(EAST, "-192.0.2.11:4500"), STAYS_UP } },
	{ .name = "case 157: the responder's address goes: the initiator follows", .cases = "157",
	  .steps = { SETUP("--mobike"), SET_ADDRESSES(EAST, "192.0.2.2 192.0.2.22"),
		UP(WEST, NET, RC_OK), REST, SET_ADDRESSES(EAST, "192.0.2.22"), REST,
		PATH(WEST, "-192.0.2.22:4500"), PATH(EAST, "-192.0.2.1:4500"), STAYS_UP } },
	{ .name = "case 157: another connection of the same hosts is found where the SA has moved to",
	  .cases = "157", .steps = { SETUP("--mobike"), ADD(WEST, "n2", "--mobike " ENDS2),
		ADD(EAST, "n2", "--mobike " ENDS2), SET_ADDRESSES(EAST, "192.0.2.2 192.0.2.22"),
		UP(WEST, NET, RC_OK), REST, LOSE(WEST, EXCHANGE_CREATE_CHILD_SA, WHICH_REQUESTS, 1, 3),
		ASK(WEST, VERB_REKEY_IKE, NET), WAIT(WEST, RC_OK), REST,
		PATH(WEST, "-192.0.2.22:4500"), UP(EAST, "n2", RC_OK), REST, BOTH(COUNT_IKES, 1),
		BOTH(COUNT_CHILDREN, 2) } },
	{ .name = "case 157: our address goes while our answer to a rekey of the IKE SA is lost",
	  .cases = "141 157", .steps = { SETUP("--mobike"), UP(WEST, NET, RC_OK), REST,
		LOSE(WEST, EXCHANGE_CREATE_CHILD_SA, WHICH_RESPONSES, 1, 1),
		ASK(EAST, VERB_REKEY_IKE, NET), RUN_MS(25), SET_ADDRESSES(WEST, "192.0.2.11"),
		WAIT(EAST, RC_OK), REST, PATH(EAST, "-192.0.2.11:4500"), BOTH(COUNT_IKES, 1),
		BOTH(COUNT_CHILDREN, 1), STAYS_UP } },
	{ .name = "case 157: transport mode holds the address: its SA ends instead of moving",
	  .cases = "157", .is_loose = true, .steps = { SETUP("--mobike --transport"), UP(WEST, NET, RC_OK),
		REST, SET_ADDRESSES(WEST, "192.0.2.11"), REST, LOGGED(WEST, "transport mode holds it"),
		IKES(WEST, 0), HAS(WEST, COUNT_STATES, 0) } },
	{ .name = "case 157: from an open network to one behind a NAT", .cases = "157", .steps = {
		SETUP("--mobike"), UP(WEST, NET, RC_OK), REST, NAT(WEST), SET_ADDRESSES(WEST, ""),
		RUN_MS(100), SET_ADDRESSES(WEST, "192.0.2.1"), REST } , .is_loose = true },
	{ .name = "case 158: not agreed: the SA on a lost address ends", .cases = "158 196",
	  .is_loose = true, .steps = { SETUP(""), UP(WEST, NET, RC_OK), REST,
		SET_ADDRESSES(WEST, "192.0.2.11"), REST, LOGGED(WEST, "there is no MOBIKE"),
		IKES(WEST, 0), HAS(WEST, COUNT_STATES, 0) } },
	{ .name = "case 158: one end alone has MOBIKE: it is not agreed", .cases = "158",
	  .is_loose = true, .steps = { PSKS, ROAD_EAST(""), ROAD_WEST("--mobike "), LISTEN_BOTH,
		UP(WEST, NET, RC_OK), REST, SET_ADDRESSES(WEST, "192.0.2.11"), RUN_MS(1000),
		LOGGED(WEST, "there is no MOBIKE") } },
	{ .name = "case 158: an answer without our COOKIE2 ends the SA", .cases = "158",
	  .is_loose = true, .steps = { SETUP("--mobike"), UP(WEST, NET, RC_OK), REST,
		LOSE(WEST, EXCHANGE_INFORMATIONAL, WHICH_RESPONSES, 1, 9),
		SET_ADDRESSES(WEST, "192.0.2.11"), RUN_MS(100),
		CRAFT(EAST, INFORMATIONAL, CRAFT_EMPTY + CRAFT_RESPONSE),
		LOGGED(EAST, "COOKIE2 is not ours"), IKES(EAST, 0), HAS(EAST, COUNT_STATES, 0) } },
	{ .name = "case 159: a NAT where none is allowed: addresses are kept", .cases = "159",
	  .is_loose = true, .steps = { SETUP("--mobike --encapsulation=no"), UP(WEST, NET, RC_OK),
		REST, PATH(EAST, "-192.0.2.1:500"), NAT(WEST),
		SET_ADDRESSES(WEST, "192.0.2.1 192.0.2.11"), SET_ADDRESSES(WEST, "192.0.2.11"),
		RUN_MS(5000), LOGGED(WEST, "sees a NAT on the path"), PATH(EAST, "-192.0.2.1:500") } },
	{ .name = "case 160: addresses flap: the last one wins", .cases = "160", .steps = {
		SETUP("--mobike"), UP(WEST, NET, RC_OK), REST, MARK, SET_ADDRESSES(WEST, "192.0.2.11"),
		RUN_MS(5), SET_ADDRESSES(WEST, "192.0.2.12"), RUN_MS(5), SET_ADDRESSES(WEST, "192.0.2.13"),
		RUN_MS(5), SET_ADDRESSES(WEST, "192.0.2.12"), RUN_MS(5),
		SET_ADDRESSES(WEST, "192.0.2.14"), REST, PATH(EAST, "-192.0.2.14:4500"),
		STAYS_UP } },
	{ .name = "case 160: the kernel refuses the move: a new child on the new path", .cases = "160 157",
	  .steps = { SETUP("--mobike"), UP(WEST, NET, RC_OK), REST, SET(WEST, KNOB_KERNEL_FAIL, 1),
		SET_ADDRESSES(WEST, "192.0.2.11"), RUN_MS(15000), REST,
		LOGGED(WEST, "a new child takes its place"), PATH(EAST, "-192.0.2.11:4500"),
		STAYS_UP } },
	{ .name = "case 160: the kernel refuses the move of a child that ends meanwhile", .cases = "160 175",
	  .steps = { SETUP("--mobike"), UP(WEST, NET, RC_OK), REST, SET(WEST, KNOB_KERNEL_FAIL, 1),
		SET(WEST, KNOB_KERNEL_DELAY, 50), SET_ADDRESSES(WEST, "192.0.2.11"), RUN_MS(5),
		DOWN(WEST, NET, RC_OK), REST, CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "case 160: the kernel refuses two moves, one begun before the other was answered",
	  .cases = "160 175", .steps = { SETUP("--mobike"), UP(WEST, NET, RC_OK), REST,
		SET(WEST, KNOB_KERNEL_FAIL, 1), SET(WEST, KNOB_KERNEL_DELAY, 50),
		SET_ADDRESSES(WEST, "192.0.2.11"), RUN_MS(10), SET_ADDRESSES(WEST, "192.0.2.12"),
		RUN_MS(15000), REST, LOGGED(WEST, "a new child takes its place"),
		PATH(EAST, "-192.0.2.12:4500"), STAYS_UP } },
	/* ---- IKE over TCP (RFC 9329) */
	{ .name = "IKE over TCP from the start", .cases = "", .steps = {
		PSK(WEST, "192.0.2.1 192.0.2.2", "psk"), PSK(EAST, "192.0.2.1 192.0.2.2", "psk"),
		ADD(WEST, NET, "--tcp=yes"), ADD(EAST, NET, ""), LISTEN_BOTH, SET(WEST, KNOB_NO_UDP, 1),
		UP(WEST, NET, RC_OK), REST, BOTH(COUNT_CHILDREN, 1), DOWN(EAST, NET, RC_OK), REST,
		CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "UDP stays silent: IKE over TCP", .cases = "", .steps = {
		PSK(WEST, "192.0.2.1 192.0.2.2", "psk"), PSK(EAST, "192.0.2.1 192.0.2.2", "psk"),
		ADD(WEST, NET, "--tcp=fallback"), ADD(EAST, NET, ""), LISTEN_BOTH,
		SET(WEST, KNOB_NO_UDP, 1), UP(WEST, NET, RC_OK), LOGGED(WEST, "IKE goes over TCP"),
		REST, BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_IKES, 1) } },
	{ .name = "the TCP connection breaks: a request makes another", .cases = "", .steps = {
		PSK(WEST, "192.0.2.1 192.0.2.2", "psk"), PSK(EAST, "192.0.2.1 192.0.2.2", "psk"),
		ADD(WEST, NET, "--tcp=yes"), ADD(EAST, NET, ""), LISTEN_BOTH,
		UP(WEST, NET, RC_OK), REST, MARK, STREAM_LOST(WEST), REST, SENT(2),
		LOGGED(WEST, "the TCP connection broke"), BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "a broken TCP connection of an IKE SA over UDP is nobody's", .cases = "", .steps = {
		SETUP(""), UP(WEST, NET, RC_OK), REST, MARK, STREAM_LOST(WEST), REST, SENT(0) } },
	{ .name = "UDP passes: no TCP", .cases = "", .steps = { SETUP("--tcp=fallback"),
		UP(WEST, NET, RC_OK), REST, PATH(WEST, "-192.0.2.2:500"), BOTH(COUNT_CHILDREN, 1) } },
};

const struct scenario_list scenarios_path = { rows, ARRAY_LEN(rows) };
