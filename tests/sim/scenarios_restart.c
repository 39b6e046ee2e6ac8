/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hot restart: the next run goes on where the one before it ended, wherever that was. Beside what each
 * scenario says, every world checks that no message ID has two texts, no IV two messages and no key
 * two states, and that what is kept is always what is.
 */
#include "scenario.h"

#define AGAIN(h, words_) ADD(h, NET, words_), LISTEN(h)
#define HOUR "--ikelifetime=1h --ipsec-lifetime=1h"
/* Replaces the child, then the IKE SA, as either end, after a restart. */
#define REKEY_ALL(h) \
	ASK(h, VERB_REKEY_CHILD, NET), WAIT(h, 0), ASK(h, VERB_REKEY_IKE, NET), WAIT(h, 0)

/* Either end is killed before each of its actions, while kernel and work take their time: the same IKE
 * SA goes on, and in the end both have the same. east_: what east asks for at the same time. */
#define KILLED_ONE(h, story, west_, east_, words_, most)                                           \
	{ .name = "SIGKILL of " #h " before each action while " story, .cases = "163", .from = 1, \
	  .to = (most),                                                                            \
	  .steps = { SETUP(words_), UP(WEST, NET, 0), SET(WEST, KNOB_KERNEL_DELAY, 3),             \
		     SET(EAST, KNOB_KERNEL_DELAY, 3), RUN_MS(100), MARK, KILL_AT(h, K),            \
		     ASK(WEST, west_, NET), ASK(EAST, east_, NET), RUN_MS(400), REVIVE(h, words_), \
		     RUN_MS(30000), NO_INIT, REST, BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1) } }
#define KILLED(story, west_, east_, words_, most)           \
	KILLED_ONE(WEST, story, west_, east_, words_, most), \
		KILLED_ONE(EAST, story, west_, east_, words_, most)

static const char *const gcm_and_cbc[] = { "--ike=aes_gcm256-sha2_512-ecp256",
					   "--ike=aes256-sha2_256-modp2048", NULL };

static const struct scenario rows[] = {
	{ .name = "a clean restart under traffic: nobody notices, and rekeying goes on (%s)",
	  .cases = "163", .words = gcm_and_cbc,
	  .steps = { SETUP("%s"), UP(WEST, NET, 0), FLOW(5), RUN_MS(100), MARK, DUMP(WEST),
		     LEAVE(WEST), RUN_MS(3000), RESTART(WEST), SAME(WEST), AGAIN(WEST, "%s"),
		     RUN_MS(500), SAME(WEST), NO_INIT, BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1),
		     LOGGED(WEST, "adopted 1 IKE SAs and 1 child SAs"), REKEY_ALL(WEST),
		     REKEY_ALL(EAST), RUN_MS(8000), FLOW(0), NO_INIT, DOWN(EAST, NET, 0),
		     BOTH(COUNT_IKES, 0) } },
	{ .name = "a child through an XFRM interface goes on, and both go with the connection",
	  .cases = "163", .steps = { SETUP("--ipsec-interface=7"), UP(WEST, NET, 0), MARK,
		     HAS(WEST, COUNT_IFACES, 1), DUMP(WEST), RESTART(WEST),
		     AGAIN(WEST, "--ipsec-interface=7"), RUN_MS(500), SAME(WEST), NO_INIT,
		     HAS(WEST, COUNT_IFACES, 1), BOTH(COUNT_CHILDREN, 1), REKEY_ALL(WEST),
		     DELETE(WEST, NET, 0), REST, HAS(WEST, COUNT_IFACES, 0) } },
	{ .name = "an XFRM interface goes with what nobody adds again", .cases = "164",
	  .steps = { SETUP("--ipsec-interface=7"), UP(WEST, NET, 0), RESTART(WEST), LISTEN(WEST),
		     RUN_MS(1000), BOTH(COUNT_IKES, 0), HAS(WEST, COUNT_IFACES, 0) } },
	{ .name = "SIGKILL of the responder under traffic", .cases = "163",
	  .steps = { SETUP(""), UP(WEST, NET, 0), FLOW(5), RUN_MS(100), MARK, DUMP(EAST),
		     RESTART(EAST), RUN_MS(2000), AGAIN(EAST, ""), RUN_MS(500), SAME(EAST), NO_INIT,
		     REKEY_ALL(EAST), REKEY_ALL(WEST), RUN_MS(8000), FLOW(0), NO_INIT,
		     DOWN(WEST, NET, 0), BOTH(COUNT_IKES, 0) } },
	{ .name = "restarts one after the other, without a message in between", .cases = "163",
	  .steps = { SETUP(""), UP(WEST, NET, 0), MARK, RESTART(WEST), RESTART(WEST), RESTART(WEST),
		     AGAIN(WEST, ""), RUN_MS(100), RESTART(WEST), AGAIN(WEST, ""), RUN_MS(1000),
		     NO_INIT, REKEY_ALL(EAST), DOWN(WEST, NET, 0), REST,
		     BOTH(COUNT_IKES, 0) } },
	{ .name = "both ends are restarted at once", .cases = "163",
	  .steps = { SETUP(""), UP(WEST, NET, 0), FLOW(5), RUN_MS(100), MARK, RESTART(WEST),
		     RESTART(EAST), RUN_MS(2000), AGAIN(WEST, ""), AGAIN(EAST, ""), RUN_MS(3000),
		     NO_INIT, REKEY_ALL(EAST), RUN_MS(8000), FLOW(0), NO_INIT } },
	{ .name = "what nobody adds again is deleted, and the peer hears of it", .cases = "164",
	  .steps = { SETUP(""), UP(WEST, NET, 0), RESTART(WEST), LISTEN(WEST), RUN_MS(1000),
		     LOGGED(WEST, "nobody has added it again"), BOTH(COUNT_IKES, 0),
		     LOGGED(EAST, "deleted by the peer"), HAS(WEST, COUNT_STATES, 0),
		     HAS(WEST, COUNT_POLICIES, 0) } },
	{ .name = "a changed connection replaces the one before, new before old", .cases = "163",
	  .steps = { SETUP(""), UP(WEST, NET, 0), FLOW(5), RUN_MS(100), RESTART(WEST),
		     ADD(WEST, NET, "--metric=7"), RUN_MS(500), CHILDREN(WEST, 1), LISTEN(WEST),
		     RUN_MS(3000), BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1), FLOW(0),
		     LOGGED(WEST, "#2: child SA is down: deleted by us") } },
	{ .name = "what waits for its turn is done by the next run", .cases = "163",
	  .steps = { SETUP(""), UP(WEST, NET, 0), REST, SET(WEST, KNOB_PARTITION, 1),
		     ASK(WEST, VERB_REKEY_IKE, NET), RUN_MS(100), ASK(WEST, VERB_REKEY_CHILD, NET),
		     RUN_MS(100), RESTART(WEST), SET(WEST, KNOB_PARTITION, 0), AGAIN(WEST, ""),
		     RUN_MS(8000), REST, BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1),
		     LOGGED(WEST, "#2: child SA is down: deleted by us") } },
	{ .name = "what was begun and not sent is begun again by the next run", .cases = "163",
	  .steps = { SETUP(""), UP(WEST, NET, 0), REST, SET(WEST, KNOB_WORK_DELAY, 500),
		     ASK(WEST, VERB_REKEY_CHILD, NET), RUN_MS(100), RESTART(WEST),
		     SET(WEST, KNOB_WORK_DELAY, 10), AGAIN(WEST, ""), RUN_MS(8000), REST,
		     BOTH(COUNT_CHILDREN, 1), LOGGED(WEST, "#2: child SA is down: deleted by us") } },
	{ .name = "a changed connection that is routed waits with its policies", .cases = "163",
	  .steps = { SETUP(""), ROUTE(WEST, NET, 0), UP(WEST, NET, 0), FLOW(5), RUN_MS(100),
		     RESTART(WEST), ADD(WEST, NET, "--metric=7"), ROUTE(WEST, NET, 0), RUN_MS(500),
		     CHILDREN(WEST, 1), LISTEN(WEST), RUN_MS(3000), BOTH(COUNT_IKES, 1),
		     BOTH(COUNT_CHILDREN, 1), FLOW(0), PACKET(WEST, "10.1.0.1 10.2.0.1", "protect"),
		     DOWN(WEST, NET, 0), PACKET(WEST, "10.1.0.1 10.2.0.1", "wait"), REST } },
	{ .name = "a trap stands from before the end until the next run puts it again", .cases = "163",
	  .steps = { SETUP(""), ROUTE(WEST, NET, 0), PACKET(WEST, "10.1.0.1 10.2.0.1", "wait"), REST,
		     DOWN(WEST, NET, 0), RESTART(WEST), PACKET(WEST, "10.1.0.1 10.2.0.1", "wait"),
		     RUN_MS(100), AGAIN(WEST, ""), PACKET(WEST, "10.1.0.1 10.2.0.1", "wait"), REST,
		     PACKET(WEST, "10.1.0.1 10.2.0.1", "protect"), UNROUTE(WEST, NET, 0),
		     DOWN(WEST, NET, 0), PACKET(WEST, "10.1.0.1 10.2.0.1", "clear") } },
	{ .name = "a routed connection that nobody adds again goes when pluto listens",
	  .cases = "163",
	  .steps = { SETUP(""), ROUTE(WEST, NET, 0), RESTART(WEST), HAS(WEST, COUNT_POLICIES, 2),
		     LISTEN(WEST), RUN_MS(10), HAS(WEST, COUNT_POLICIES, 0) } },
	{ .name = "states that vanished meanwhile are negotiated anew", .cases = "178",
	  .steps = { SETUP(""), UP(WEST, NET, 0), RESTART(WEST), FLUSH(WEST, 0), RESTART(WEST),
		     AGAIN(WEST, ""), RUN_MS(3000), BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "what is missing waits for the sockets, however long", .cases = "163 178",
	  .steps = { SETUP(""), UP(WEST, NET, 0), RESTART(WEST), FLUSH(WEST, 0), RESTART(WEST), MARK,
		     RUN_MS(120000), SENT(0), AGAIN(WEST, ""), RUN_MS(3000), NO_INIT,
		     BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "the peer's retransmission in the gap is answered", .cases = "30",
	  .steps = { SETUP(""), UP(WEST, NET, 0), RESTART(EAST), ASK(WEST, VERB_REKEY_CHILD, NET),
		     RUN_MS(1200), AGAIN(EAST, ""), WAIT(WEST, 0), REST, MARK, NO_INIT,
		     BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "an answer that was lost is sent again by the next run", .cases = "30",
	  .steps = { SETUP(""), UP(WEST, NET, 0), LOSE(EAST, EXCHANGE_CREATE_CHILD_SA, WHICH_RESPONSES, 1, 1),
		     ASK(WEST, VERB_REKEY_IKE, NET), RUN_MS(300), MARK, RESTART(EAST), AGAIN(EAST, ""),
		     WAIT(WEST, 0), REST, NO_INIT, BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "the peer is gone when the next run comes: it finds out", .cases = "164",
	  .steps = { SETUP("--dpdaction=clear --retransmit-timeout=5s"), UP(WEST, NET, 0), CRASH(EAST),
		     RESTART(WEST), AGAIN(WEST, "--dpdaction=clear --retransmit-timeout=5s"),
		     RUN_MS(20000), IKES(WEST, 0), CLEAN(WEST) } },
	KILLED("a child is rekeyed", VERB_REKEY_CHILD, VERB_STATUS, "", 18),
	KILLED("the IKE SA is rekeyed", VERB_REKEY_IKE, VERB_STATUS, "", 18),
	KILLED("both ends rekey a child", VERB_REKEY_CHILD, VERB_REKEY_CHILD, "", 24),
	KILLED("both ends rekey the IKE SA", VERB_REKEY_IKE, VERB_REKEY_IKE, "", 24),
	KILLED("one end rekeys a child and the other the IKE SA", VERB_REKEY_CHILD, VERB_REKEY_IKE,
	       "", 24),
	{ .name = "the wall clock goes ten years back, on, and past 2038: nothing happens",
	  .cases = "165",
	  .steps = { SETUP(HOUR), UP(WEST, NET, 0), REST, MARK,
		     WALL_YEARS(-10), RUN_MS(60000), WALL_YEARS(10), RUN_MS(60000), WALL_YEARS(20),
		     RUN_MS(60000), SENT(0), BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1),
		     ASK(WEST, VERB_REKEY_CHILD, NET), WAIT(WEST, 0), WALL_YEARS(-30),
		     ASK(WEST, VERB_REKEY_IKE, NET), WAIT(WEST, 0), RESTART(WEST),
		     AGAIN(WEST, HOUR), RUN_MS(1000), NO_INIT,
		     BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "after three hours of sleep what is over is deleted, not rekeyed", .cases = "166",
	  .steps = { SETUP(HOUR), UP(WEST, NET, 0), REST, CRASH(EAST), ADD(EAST, NET, HOUR),
		     LISTEN(EAST), SLEEP(180), RUN_MS(20000),
		     LOGGED(WEST, "IKE SA lifetime is over"),
		     NEVER_LOGGED(WEST, "to rekey the IKE SA"), BOTH(COUNT_IKES, 1),
		     BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "a file that was tampered with is not taken over [%d]", .cases = "163",
	  .from = 0, .to = 40,
	  .steps = { SETUP(""), UP(WEST, NET, 0), LEAVE(WEST), KEPT_BROKEN(WEST, K), RESTART(WEST),
		     AGAIN(WEST, ""), UP(WEST, NET, 0), RUN_MS(1000), CHILDREN(WEST, 1) },
	  .is_loose = true },
};

const struct scenario_list scenarios_restart = { rows, ARRAY_LEN(rows) };
