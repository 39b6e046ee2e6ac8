/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenarios of redirection (RFC 5685, case 161): west is the client; east and north are two gateways of
 * one identity. In IKE_SA_INIT, IKE_AUTH and a live SA; loops, refusals, fallback and forgeries.
 */
#include "scenario.h"

#define SECRET(h) PSK(h, "@west @gw", "psk")
#define CLIENT(words_)                                                                           \
	ADD(WEST, NET, "--host=192.0.2.1 --id=@west --client=10.1.0.0/16 " words_                \
		       " --to --host=192.0.2.2 --id=@gw --client=10.2.0.0/16")
#define GATEWAY(h, host, words_)                                                                 \
	ADD(h, NET, "--host=192.0.2.1 --id=@west --client=10.1.0.0/16 " words_ " --to --host=" host \
		    " --id=@gw --client=10.2.0.0/16")
#define WORLD(west_, east_, north_)                                                              \
	SECRET(WEST), SECRET(EAST), SECRET(NORTH), CLIENT(west_), GATEWAY(EAST, "192.0.2.2", east_), \
		GATEWAY(NORTH, "192.0.2.3", north_), LISTEN(WEST), LISTEN(EAST), LISTEN(NORTH)
#define ALL_TO(h, where)                                                                         \
	ASK_WITH(h, VERB_GLOBAL_REDIRECT_TO, NULL, "--global-redirect-to=" where), WAIT(h, RC_OK), \
		ASK_WITH(h, VERB_GLOBAL_REDIRECT, NULL, "--global-redirect=yes"), WAIT(h, RC_OK)
#define AT_NORTH REST, IKES(WEST, 1), CHILDREN(WEST, 1), CHILDREN(NORTH, 1), IKES(EAST, 0), CLEAN(EAST)
#define AT_EAST REST, IKES(WEST, 1), CHILDREN(WEST, 1), CHILDREN(EAST, 1), IKES(NORTH, 0), CLEAN(NORTH)
#define NOBODY RUN_MS(40000), REST, CLEAN(WEST), CLEAN(EAST), CLEAN(NORTH)

static const struct scenario rows[] = {
	{ .name = "redirected in IKE_SA_INIT", .cases = "161", .steps = {
		WORLD("--accept-redirect=yes", "", ""), ALL_TO(EAST, "192.0.2.3"), MARK,
		UP(WEST, NET, RC_OK), SENT(6), LOGGED(WEST, "sends us to 192.0.2.3"), AT_NORTH,
		DOWN(WEST, NET, RC_OK), NOBODY } },
	{ .name = "redirected in IKE_SA_INIT, with a cookie", .cases = "161",
	  .settings = { .always_cookie = true }, .steps = {
		WORLD("--accept-redirect=yes", "", ""), ALL_TO(EAST, "192.0.2.3"),
		UP(WEST, NET, RC_OK), AT_NORTH } },
	{ .name = "not redirected without leave", .cases = "161", .steps = {
		WORLD("", "", ""), ALL_TO(EAST, "192.0.2.3"), UP(WEST, NET, RC_OK), AT_EAST } },
	{ .name = "not redirected to the gateway itself, nor when it is off", .cases = "161",
	  .steps = { WORLD("--accept-redirect=yes", "", ""), ALL_TO(EAST, "192.0.2.2"),
		UP(WEST, NET, RC_OK), AT_EAST, DOWN(WEST, NET, RC_OK), REST,
		ALL_TO(EAST, "192.0.2.3"), ASK_WITH(EAST, VERB_GLOBAL_REDIRECT, NULL,
						    "--global-redirect=no"), WAIT(EAST, RC_OK),
		UP(WEST, NET, RC_OK), AT_EAST } },
	{ .name = "global-redirect=auto without load", .cases = "161", .steps = {
		WORLD("--accept-redirect=yes", "", ""), ALL_TO(EAST, "192.0.2.3"),
		ASK_WITH(EAST, VERB_GLOBAL_REDIRECT, NULL, "--global-redirect=auto"),
		WAIT(EAST, RC_OK), UP(WEST, NET, RC_OK), AT_EAST } },
	{ .name = "redirected to ourselves", .cases = "161", .steps = {
		WORLD("--accept-redirect=yes --keyingtries=1", "", ""), ALL_TO(EAST, "192.0.2.1"),
		UP(WEST, NET, FAILS), LOGGED(WEST, "where we come from"), NOBODY } },
	{ .name = "redirected to where accept-redirect-to does not have it", .cases = "161",
	  .steps = { WORLD("--accept-redirect=yes --accept-redirect-to=192.0.2.9 --keyingtries=1",
			   "", ""), ALL_TO(EAST, "192.0.2.3"),
		UP(WEST, NET, FAILS), LOGGED(WEST, "accept-redirect-to does not have it"), NOBODY } },
	{ .name = "accept-redirect-to has it", .cases = "161", .steps = {
		WORLD("--accept-redirect=yes --accept-redirect-to=192.0.2.9,192.0.2.3", "", ""),
		ALL_TO(EAST, "192.0.2.3"), UP(WEST, NET, RC_OK), AT_NORTH } },
	/* each sends on to the other; back to where the client comes from is no redirection */
	{ .name = "two gateways that send us to each other", .cases = "161", .steps = {
		WORLD("--accept-redirect=yes --keyingtries=1", "", ""), ALL_TO(EAST, "192.0.2.3"),
		ALL_TO(NORTH, "192.0.2.2"), UP(WEST, NET, RC_OK), AT_NORTH } },
	{ .name = "redirected too often", .cases = "161", .steps = {
		WORLD("--accept-redirect=yes --keyingtries=1", "--send-redirect=yes "
		      "--redirect-to=192.0.2.3", "--send-redirect=yes --redirect-to=192.0.2.2"),
		UP(WEST, NET, FAILS), LOGGED(WEST, "redirected 5 times in 300 s already"), NOBODY } },
	{ .name = "the other gateway is dead: back to the first", .cases = "161", .steps = {
		WORLD("--accept-redirect=yes --keyingtries=1 --retransmit-timeout=4s", "", ""),
		ALL_TO(EAST, "192.0.2.9"), START(WEST, NET), RUN_MS(2000),
		ASK_WITH(EAST, VERB_GLOBAL_REDIRECT, NULL, "--global-redirect=no"), WAIT(EAST, RC_OK),
		RUN_MS(4000), LOGGED(WEST, "back to the first"), AT_EAST } },
	{ .name = "the other gateway refuses us: back to the first, which sends us on", .cases = "161",
	  .steps = { WORLD("--accept-redirect=yes --keyingtries=1", "", "--ike=aes256-sha2_256-dh20"),
		DELETE(NORTH, NET, RC_OK), ALL_TO(EAST, "192.0.2.3"), UP(WEST, NET, FAILS),
		LOGGED(WEST, "redirected 5 times"), NOBODY } },
	{ .name = "forged REDIRECT without our nonce", .cases = "161", .steps = {
		WORLD("--accept-redirect=yes", "", ""), SET(EAST, KNOB_WORK_DELAY, 100),
		START(WEST, NET), RUN_MS(60), FORGE(WEST, EXCHANGE_IKE_SA_INIT, N_REDIRECT, true),
		WAIT(WEST, RC_OK), AT_EAST } },
	{ .name = "forged REDIRECT in INFORMATIONAL", .cases = "161", .steps = {
		WORLD("--accept-redirect=yes", "", ""), UP(WEST, NET, RC_OK), REST,
		FORGE(WEST, EXCHANGE_INFORMATIONAL, N_REDIRECT, false), AT_EAST } },
	{ .name = "redirected to a name in IKE_SA_INIT", .cases = "161", .steps = {
		WORLD("--accept-redirect=yes", "", ""), SET(EAST, KNOB_WORK_DELAY, 100),
		START(WEST, NET), RUN_MS(60), FORGE_REDIRECT(WEST, "north"), WAIT(WEST, RC_OK),
		LOGGED(WEST, "north is 192.0.2.3: we go there"), RUN_MS(60000), REST, CHILDREN(WEST, 1),
		CHILDREN(NORTH, 1), CHILDREN(EAST, 0) } },
	{ .name = "redirected to a name that is looked up slowly, and another attempt meanwhile",
	  .cases = "161", .steps = {
		WORLD("--accept-redirect=yes", "", ""), SET(EAST, KNOB_WORK_DELAY, 100),
		SET(WEST, KNOB_RESOLVE_DELAY, 3000), START(WEST, NET), RUN_MS(60),
		FORGE_REDIRECT(WEST, "north"), RUN_MS(1000), IKES(WEST, 0), UP(WEST, NET, RC_OK),
		LOGGED(WEST, "north is 192.0.2.3: we go there"), CHILDREN(WEST, 1), CHILDREN(NORTH, 1) } },
	{ .name = "redirected to a name, and given up while it is looked up", .cases = "161", .steps = {
		WORLD("--accept-redirect=yes", "", ""), SET(EAST, KNOB_WORK_DELAY, 100),
		SET(WEST, KNOB_RESOLVE_DELAY, 3000), START(WEST, NET), RUN_MS(60),
		FORGE_REDIRECT(WEST, "north"), RUN_MS(1000), DOWN(WEST, NET, RC_OK), NOBODY } },
	{ .name = "redirected to a name, and the connection is deleted while it is looked up",
	  .cases = "161", .steps = {
		WORLD("--accept-redirect=yes", "", ""), SET(EAST, KNOB_WORK_DELAY, 100),
		SET(WEST, KNOB_RESOLVE_DELAY, 3000), START(WEST, NET), RUN_MS(60),
		FORGE_REDIRECT(WEST, "north"), RUN_MS(1000), DELETE(WEST, NET, RC_OK), NOBODY } },
	{ .name = "redirected to a name that nobody has", .cases = "161", .steps = {
		WORLD("--accept-redirect=yes --keyingtries=1", "", ""), SET(EAST, KNOB_WORK_DELAY, 100),
		START(WEST, NET), RUN_MS(60), FORGE_REDIRECT(WEST, "none"), WAIT(WEST, FAILS),
		LOGGED(WEST, "not followed, there is no such name"), NOBODY } },
	{ .name = "redirected to a name of the gateway itself", .cases = "161", .steps = {
		WORLD("--accept-redirect=yes --keyingtries=1", "", ""), SET(EAST, KNOB_WORK_DELAY, 100),
		START(WEST, NET), RUN_MS(60), FORGE_REDIRECT(WEST, "east"), WAIT(WEST, FAILS),
		LOGGED(WEST, "that is where we come from"), NOBODY } },
	{ .name = "redirected to a name whose address accept-redirect-to does not have",
	  .cases = "161", .steps = {
		WORLD("--accept-redirect=yes --accept-redirect-to=192.0.2.9 --keyingtries=1", "", ""),
		SET(EAST, KNOB_WORK_DELAY, 100), START(WEST, NET), RUN_MS(60),
		FORGE_REDIRECT(WEST, "north"), WAIT(WEST, FAILS),
		LOGGED(WEST, "accept-redirect-to does not have it"), NOBODY } },
	/* one of its addresses is where we are */
	{ .name = "a live client is sent to a name of several gateways", .cases = "161", .steps = {
		WORLD("--accept-redirect=yes", "", ""), UP(WEST, NET, RC_OK), REST,
		CRAFT(WEST, INFORMATIONAL, CRAFT_REDIRECT_GW), RUN_MS(1000), AT_NORTH } },
	{ .name = "a live client is sent to a name", .cases = "161", .steps = {
		WORLD("--accept-redirect=yes", "", ""), UP(WEST, NET, RC_OK), REST,
		SET(WEST, KNOB_RESOLVE_DELAY, 3000), CRAFT(WEST, INFORMATIONAL, CRAFT_REDIRECT_NORTH),
		RUN_MS(2000), CHILDREN(WEST, 1), CHILDREN(EAST, 1), RUN_MS(3000), AT_NORTH } },
	{ .name = "a live client is sent to a name that nobody has and stays", .cases = "161", .steps = {
		WORLD("--accept-redirect=yes", "", ""), UP(WEST, NET, RC_OK), REST,
		CRAFT(WEST, INFORMATIONAL, CRAFT_REDIRECT_NOBODY), RUN_MS(1000),
		LOGGED(WEST, "stays here"), AT_EAST } },
	{ .name = "a live client is sent to what is no name and stays", .cases = "161", .steps = {
		WORLD("--accept-redirect=yes", "", ""), UP(WEST, NET, RC_OK), REST,
		CRAFT(WEST, INFORMATIONAL, CRAFT_REDIRECT_ODD), RUN_MS(1000), AT_EAST } },
	{ .name = "redirected in IKE_AUTH", .cases = "161", .steps = {
		WORLD("--accept-redirect=yes", "--send-redirect=yes --redirect-to=192.0.2.3", ""),
		UP(WEST, NET, RC_OK), LOGGED(EAST, "sends the peer to 192.0.2.3"), AT_NORTH } },
	{ .name = "in IKE_AUTH a client that does not follow is served", .cases = "161", .steps = {
		WORLD("", "--send-redirect=yes --redirect-to=192.0.2.3", ""), UP(WEST, NET, RC_OK),
		AT_EAST } },
	{ .name = "a live client is sent away", .cases = "161", .steps = {
		WORLD("--accept-redirect=yes", "", ""), UP(WEST, NET, RC_OK), AT_EAST,
		ASK_WITH(EAST, VERB_REDIRECT, NET, "--redirect=192.0.2.3"), WAIT(EAST, RC_OK),
		REASON(EAST, "1 peers"), RUN_MS(1000), AT_NORTH } },
	{ .name = "a live client is sent away after a rekey", .cases = "161", .steps = {
		WORLD("--accept-redirect=yes", "", ""), UP(WEST, NET, RC_OK), AT_EAST,
		ASK(EAST, VERB_REKEY_IKE, NET), WAIT(EAST, RC_OK), REST,
		ASK_WITH(EAST, VERB_REDIRECT, NET, "--redirect=192.0.2.3"), WAIT(EAST, RC_OK),
		REASON(EAST, "1 peers"), RUN_MS(1000), AT_NORTH } },
	{ .name = "a live client that does not follow stays", .cases = "161", .steps = {
		WORLD("", "", ""), UP(WEST, NET, RC_OK),
		ASK_WITH(EAST, VERB_REDIRECT, NULL, "--redirect=192.0.2.3"), WAIT(EAST, RC_OK),
		REASON(EAST, "0 peers"), RUN_MS(1000), AT_EAST } },
	{ .name = "a live client is sent to a dead gateway and stays", .cases = "161", .steps = {
		WORLD("--accept-redirect=yes --retransmit-timeout=4s", "", ""), UP(WEST, NET, RC_OK),
		ASK_WITH(EAST, VERB_REDIRECT, NULL, "--redirect=192.0.2.9"), WAIT(EAST, RC_OK),
		RUN_MS(8000), LOGGED(WEST, "stays here"), AT_EAST } },
	{ .name = "redirection: datagram lost, number", .cases = "161", .from = 1, .to = 6, .steps = {
		WORLD("--accept-redirect=yes", "", ""), ALL_TO(EAST, "192.0.2.3"),
		EACH(FAULT_DROP, K, 1, 0), UP(WEST, NET, RC_OK), AT_NORTH } },
	{ .name = "redirection: datagram twice, number", .cases = "161", .from = 1, .to = 6, .steps = {
		WORLD("--accept-redirect=yes", "", ""), ALL_TO(EAST, "192.0.2.3"),
		EACH(FAULT_DUPLICATE, K, 1, 4), UP(WEST, NET, RC_OK), RUN_MS(40000), AT_NORTH } },
	{ .name = "redirection of a live client: datagram lost, number", .cases = "161", .from = 1,
	  .to = 8, .steps = { WORLD("--accept-redirect=yes", "", ""), UP(WEST, NET, RC_OK), REST,
		EACH(FAULT_DROP, K, 1, 0),
		ASK_WITH(EAST, VERB_REDIRECT, NET, "--redirect=192.0.2.3"), WAIT(EAST, RC_OK),
		RUN_MS(5000), AT_NORTH } },
};

const struct scenario_list scenarios_redirect = { rows, ARRAY_LEN(rows) };
