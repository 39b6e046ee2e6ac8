/* SPDX-License-Identifier: Apache-2.0 */
/* Connections that come up: both roles, every group and cipher, cookies, retries of the KE. */
#include "scenario.h"

static const char *const groups[] = { "dh31", "dh19", "dh20", "dh21", "dh32", "dh14",
				      "dh15", "dh16", "dh17", "dh18", NULL };
static const char *const ike_ciphers[] = {
	"aes_gcm_16_256-sha2_256", "aes_gcm_16_128-sha2_384", "aes_gcm_12_256-sha2_512",
	"aes_gcm_8_128-sha2_256", "chacha20_poly1305-sha2_256", "aes256-sha2_512", "aes128-sha2_256",
	"aes192-sha2_384", "aes_ctr256-sha2_256", "aes_ccm_16_256-sha2_256",
	"aes_ccm_12_128-sha2_256", "aes_ccm_8_256-sha2_256", "3des-sha1", "aes128-aes_xcbc",
	"aes128-aes_cmac", NULL
};
static const char *const esp_ciphers[] = {
	"aes_gcm_16_256", "aes_gcm_16_128", "aes_gcm_12_256", "aes_gcm_8_128", "chacha20_poly1305",
	"aes256-sha2_512", "aes128-sha2_256", "aes192-sha2_384", "aes_ctr256-sha2_256",
	"aes_ccm_16_256", "3des-sha1", "null-sha2_256", NULL
};

#define UP_AND_DOWN                                                                            \
	UP(WEST, NET, RC_OK), REST, BOTH(COUNT_IKES, 1), BOTH(COUNT_CHILDREN, 1),              \
		BOTH(COUNT_STATES, 2), BOTH(COUNT_POLICIES, 2), DOWN(WEST, NET, RC_OK), REST,  \
		CLEAN(WEST), CLEAN(EAST)

static const struct scenario rows[] = {
	{ .name = "up and down, west begins and ends", .cases = "8", .steps = { SETUP(""), MARK,
		UP(WEST, NET, RC_OK), REST, SENT(4), BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_STATES, 2),
		RAN(WEST, "prepare route up "), RAN(EAST, "prepare route up "),
		DOWN(WEST, NET, RC_OK), REST, SENT(6), CLEAN(WEST), CLEAN(EAST),
		RAN(WEST, "prepare route up down unroute "),
		RAN(EAST, "prepare route up down unroute ") } },
	{ .name = "up and down, east begins, west ends", .cases = "148", .steps = { SETUP(""),
		UP(EAST, NET, RC_OK), REST, BOTH(COUNT_CHILDREN, 1), DOWN(WEST, NET, RC_OK), REST,
		CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "transport mode", .cases = "106", .steps = { SETUP("--transport"), UP_AND_DOWN } },
	{ .name = "IKE group %s", .cases = "", .words = groups, .steps = {
		SETUP("--ike=aes_gcm_16_256-sha2_256-%s"), UP_AND_DOWN } },
	{ .name = "IKE cipher %s", .cases = "60", .words = ike_ciphers, .steps = {
		SETUP("--ike=%s-dh31"), UP_AND_DOWN } },
	{ .name = "ESP cipher %s", .cases = "60 56", .words = esp_ciphers, .steps = {
		SETUP("--esp=%s"), UP_AND_DOWN } },
	{ .name = "no extended sequence numbers", .cases = "65", .steps = { SETUP("--no-esn"),
		UP_AND_DOWN } },
	{ .name = "west initiates twice: both clients end", .cases = "169", .steps = { SETUP(""),
		START(WEST, NET), RUN_MS(1), UP(WEST, NET, RC_OK), REST, BOTH(COUNT_CHILDREN, 1),
		HAS(WEST, COUNT_UNENDED, 0) } },
	{ .name = "up when it is up already", .cases = "169", .steps = { SETUP(""),
		UP(WEST, NET, RC_OK), UP(WEST, NET, RC_OK), REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "down when nothing is up", .cases = "", .steps = { SETUP(""),
		DOWN(WEST, NET, RC_OK), REST, CLEAN(WEST) } },
	{ .name = "down, up and down again", .cases = "", .steps = { SETUP(""),
		UP(WEST, NET, RC_OK), DOWN(EAST, NET, RC_OK), UP(WEST, NET, RC_OK), REST,
		BOTH(COUNT_CHILDREN, 1), DOWN(WEST, NET, RC_OK), REST, CLEAN(WEST), CLEAN(EAST) } },
	{ .name = "responder always asks for a cookie", .cases = "37 38 92",
	  .settings = { .always_cookie = true }, .steps = { SETUP(""), MARK, UP(WEST, NET, RC_OK),
		SENT(6), REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "cookie and another KE group", .cases = "44 52 92",
	  .settings = { .always_cookie = true }, .steps = {
		PSK(WEST, "192.0.2.1 192.0.2.2", "psk"), PSK(EAST, "192.0.2.1 192.0.2.2", "psk"),
		ADD(WEST, NET, "--ike=aes256-sha2_256-dh31+dh19"),
		ADD(EAST, NET, "--ike=aes256-sha2_256-dh19"), LISTEN(WEST), LISTEN(EAST), MARK,
		UP(WEST, NET, RC_OK), SENT(8), REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "the responder wants another KE group", .cases = "51 52 92", .steps = {
		PSK(WEST, "192.0.2.1 192.0.2.2", "psk"), PSK(EAST, "192.0.2.1 192.0.2.2", "psk"),
		ADD(WEST, NET, "--ike=aes256-sha2_256-dh31+dh19"),
		ADD(EAST, NET, "--ike=aes256-sha2_256-dh19"), LISTEN(WEST), LISTEN(EAST), MARK,
		UP(WEST, NET, RC_OK), SENT(6), REST, BOTH(COUNT_CHILDREN, 1) } },
	{ .name = "slow work on both ends", .cases = "29", .steps = { SETUP(""),
		SET(WEST, KNOB_WORK_DELAY, 900), SET(EAST, KNOB_WORK_DELAY, 1100),
		SET(EAST, KNOB_MAC_DELAY, 700), UP(WEST, NET, RC_OK), REST,
		BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_IKES, 1) } },
	{ .name = "slow kernel and scripts", .cases = "181", .steps = { SETUP(""),
		SET(WEST, KNOB_KERNEL_DELAY, 300), SET(EAST, KNOB_KERNEL_DELAY, 400),
		SET(EAST, KNOB_SCRIPT_DELAY, 500), UP(WEST, NET, RC_OK), REST,
		BOTH(COUNT_CHILDREN, 1), BOTH(COUNT_IKES, 1) } },
	{ .name = "both initiate at once", .cases = "139", .is_loose = true, .steps = { SETUP(""),
		START(WEST, NET), UP(EAST, NET, RC_OK), REST, HAS(WEST, COUNT_UNENDED, 0) } },
	{ .name = "not listening yet", .cases = "", .steps = {
		PSK(WEST, "192.0.2.1 192.0.2.2", "psk"), ADD(WEST, NET, ""),
		UP(WEST, NET, RC_DEAF) } },
	{ .name = "a peer of any address", .cases = "", .steps = {
		PSK(WEST, "192.0.2.1 192.0.2.2", "psk"), PSK(EAST, "192.0.2.1 192.0.2.2", "psk"),
		ADD(EAST, NET, "--host=%any --client=10.1.0.0/16 --to --host=192.0.2.2 "
			       "--client=10.2.0.0/16"),
		ADD(WEST, NET, ""), LISTEN(WEST), LISTEN(EAST), UP(EAST, NET, RC_WILDCARD) } },
	{ .name = "narrowed to the responder's smaller client", .cases = "101", .steps = {
		PSK(WEST, "192.0.2.1 192.0.2.2", "psk"), PSK(EAST, "192.0.2.1 192.0.2.2", "psk"),
		ADD(WEST, NET, "--narrowing --host=192.0.2.1 --client=10.1.0.0/16 --to "
			       "--host=192.0.2.2 --client=10.2.0.0/16"),
		ADD(EAST, NET, "--host=192.0.2.1 --client=10.1.5.0/24 --to --host=192.0.2.2 "
			       "--client=10.2.0.0/16"),
		LISTEN(WEST), LISTEN(EAST), UP_AND_DOWN } },
};

const struct scenario_list scenarios_up = { rows, ARRAY_LEN(rows) };
