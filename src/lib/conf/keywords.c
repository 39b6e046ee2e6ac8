/* SPDX-License-Identifier: Apache-2.0 */
/*
 * THE keyword table. A row with a function says where its value lives, how it is read and what it
 * defaults to; a refused row says why and what to do instead, so that no option of the field is
 * unknown here and none is stored and ignored. Ids go over the control socket: never reuse one.
 * keyword_value.c reads and writes the members; whack and conn.c walk the table.
 */
#include "conf/keywords.h"

#include <string.h>

#define DAY (86400 * USEC_PER_SEC)

static const struct name type_rows[] = { { CONN_TUNNEL, "tunnel" }, { CONN_TRANSPORT, "transport" } };
static const struct names types = NAMES("type", type_rows);

static const struct name esn_rows[] = { { ESN_EITHER, "either" },
					{ ESN_POLICY_YES, "yes" },
					{ ESN_POLICY_NO, "no" } };
static const struct names esns = NAMES("esn", esn_rows);

static const struct name family_rows[] = { { FAMILY_NONE, "any" },
					   { FAMILY_IPV4, "ipv4" },
					   { FAMILY_IPV6, "ipv6" } };
static const struct names families = NAMES("family", family_rows);

static const struct name forever_rows[] = { { 0, "%forever" } };
static const struct names forever = NAMES("keyingtries", forever_rows);

#define CONN(member) offsetof(struct conn_config, member)
#define END(member) offsetof(struct end_config, member)

#define END_STRING(id_, conf_, whack_, member, fallback_, help_)                              \
	{ .id = (id_), .conf = (conf_), .whack = (whack_), .type = VALUE_STRING, .per_end = true, \
	  .offset = END(member), .fallback = (fallback_), .help = (help_) }
#define STRING(id_, word, whack_, member, fallback_, help_)                              \
	{ .id = (id_), .conf = (word), .whack = (whack_), .type = VALUE_STRING,         \
	  .offset = CONN(member), .fallback = (fallback_), .help = (help_) }
#define BOOL(id_, conf_, whack_, member, fallback_, help_)                             \
	{ .id = (id_), .conf = (conf_), .whack = (whack_), .type = VALUE_BOOL,        \
	  .offset = CONN(member), .fallback = (fallback_), .help = (help_) }
#define RANGED(type_, id_, conf_, whack_, member, min_, max_, fallback_, help_)             \
	{ .id = (id_), .conf = (conf_), .whack = (whack_), .type = (type_),                \
	  .offset = CONN(member), .min = (min_), .max = (max_), .fallback = (fallback_), \
	  .help = (help_) }
#define ENUM(id_, conf_, whack_, member, names_, fallback_, help_)                          \
	{ .id = (id_), .conf = (conf_), .whack = (whack_), .type = VALUE_ENUM,             \
	  .offset = CONN(member), .names = (names_), .fallback = (fallback_), .help = (help_) }
#define FLAG(id_, whack_, member, value, help_)                                        \
	{ .id = (id_), .whack = (whack_), .type = VALUE_FLAG, .offset = CONN(member), \
	  .flag_value = (value), .help = (help_) }
#define REFUSED(conf_, whack_, why) \
	{ .conf = (conf_), .whack = (whack_), .type = VALUE_REFUSED, .help = (why) }
#define REFUSED_END(conf_, whack_, why)                                                          \
	{ .conf = (conf_), .whack = (whack_), .type = VALUE_REFUSED, .per_end = true, .help = (why) }

/* Why an option is refused: each text goes on from "option --x: " and ends in what to do. */
#define NO_CERTS "only pre-shared keys authenticate here: leave it out and use --psk"
#define NO_V1 "belongs to IKEv1, which is not spoken here: leave it out and use IKEv2"
#define NO_CP "addresses are not handed out here: leave it out and give the peer a fixed --client"
#define NO_AH "AH and IPComp are not there: leave it out and use --encrypt"
#define NO_LABELS "security labels are not there: leave it out"
#define NO_SHUNT "shunt policies are not there: leave it out and use a firewall rule"
#define NO_LIVENESS "liveness checks cannot be set here yet: leave it out"
#define NO_NAT "encapsulation follows NAT detection and cannot be set here yet: leave it out"
#define NO_TCP "IKE over TCP is not there: leave it out and open UDP 500 and 4500"
#define NO_MARK "marks and virtual interfaces are not there: leave it out and use policies"
#define NO_REDIRECT "redirection is not there: leave it out"
#define NO_IPTFS "IP-TFS and traffic padding are not there: leave it out"
#define NO_VOLUME "volume limits are not there: leave it out and use --ipsec-lifetime"
#define NOT_YET "has no function here yet: leave it out"

const struct keyword keywords[] = {
	/* each end */
	END_STRING(1, "", "host", host, NULL, "address of this end, %any or %defaultroute"),
	END_STRING(2, "id", "id", id, NULL, "identity; without it the address of the end"),
	END_STRING(3, "subnet", "client subnet", client, NULL,
		   "network behind this end; without it the end itself"),
	END_STRING(4, "protoport", "clientprotoport", protoport, NULL,
		   "protocol/port of the traffic, as in 17/1701 or tcp/%any"),
	END_STRING(5, "nexthop", "nexthop", nexthop, NULL, "gateway towards the other end"),
	END_STRING(6, "sourceip", "srcip sourceip", srcip, NULL,
		   "address this host uses towards the other client"),
	END_STRING(7, "updown", "updown", updown, NULL,
		   "command run when the connection changes; %disabled for none"),
	{ .id = 8, .conf = "ikeport", .whack = "ikeport", .type = VALUE_NUMBER, .per_end = true,
	  .offset = END(ikeport), .max = UINT16_MAX, .fallback = "0",
	  .help = "UDP port of IKE; 0 for 500" },

	/* the connection */
	ENUM(32, "type", NULL, type, &types, "tunnel", "what the SA carries: packets or payloads"),
	FLAG(33, "tunnel", type, CONN_TUNNEL, "tunnel mode"),
	FLAG(34, "transport", type, CONN_TRANSPORT, "transport mode"),
	ENUM(35, "hostaddrfamily", NULL, host_family, &families, "any", "family of the ends"),
	FLAG(36, "ipv4", host_family, FAMILY_IPV4, "the ends are IPv4"),
	FLAG(37, "ipv6", host_family, FAMILY_IPV6, "the ends are IPv6"),
	ENUM(38, "clientaddrfamily", NULL, client_family, &families, "any", "family of the clients"),
	FLAG(39, "tunnelipv4", client_family, FAMILY_IPV4, "the clients are IPv4"),
	FLAG(40, "tunnelipv6", client_family, FAMILY_IPV6, "the clients are IPv6"),
	BOOL(41, NULL, "psk", psk, "no", "authenticate by the pre-shared key of ipsec.secrets"),
	BOOL(42, NULL, "encrypt", encrypt, "no", "protect the traffic with ESP"),
	STRING(43, "ike", "ike ikealg", ike, NULL, "proposals for IKE"),
	STRING(44, "esp", "esp", esp, NULL, "proposals for ESP"),
	BOOL(45, "pfs", "pfs", pfs, "yes", "a fresh key exchange for each child SA"),
	ENUM(46, "esn", "esn", esn, &esns, "either", "extended sequence numbers"),
	FLAG(47, "no-esn", esn, ESN_POLICY_NO, "no extended sequence numbers"),
	RANGED(VALUE_NUMBER, 48, "replay-window", "replay-window", replay_window, 0, 4096, "128",
	       "packets the replay check looks back; 0 for none"),
	BOOL(49, "sha2-truncbug", "sha2_truncbug sha2-truncbug", sha2_truncbug, "no",
	     "cut HMAC-SHA2-256 in ESP to 96 bits, for old peers"),
	RANGED(VALUE_SECONDS, 50, "ikelifetime", "ikelifetime", ike_lifetime_usec,
	       10 * USEC_PER_SEC, 30 * DAY, "8h", "life of the IKE SA"),
	RANGED(VALUE_SECONDS, 51, "ipsec-lifetime", "ipseclifetime ipsec-lifetime",
	       ipsec_lifetime_usec, 10 * USEC_PER_SEC, 30 * DAY, "8h", "life of a child SA"),
	RANGED(VALUE_SECONDS, 52, "rekeymargin", "rekeymargin rekeywindow", rekey_margin_usec, 0,
	       DAY, "9m", "how long before its end an SA is replaced"),
	RANGED(VALUE_PERCENT, 53, "rekeyfuzz", "rekeyfuzz", rekey_fuzz_percent, 0, 1000, "100%",
	       "how much the margin is randomly stretched"),
	{ .id = 54, .conf = "keyingtries", .whack = "keyingtries", .type = VALUE_NUMBER,
	  .offset = CONN(keyingtries), .names = &forever, .max = 1000000, .fallback = "3",
	  .help = "attempts to negotiate; 0 or %forever for no limit" },
	BOOL(55, "rekey", NULL, rekey, "yes", "replace SAs before they expire"),
	FLAG(56, "dontrekey", rekey, false, "let SAs expire"),
	RANGED(VALUE_SECONDS, 57, "retransmit-timeout", "retransmit-timeout",
	       retransmit_timeout_usec, USEC_PER_SEC, DAY, "30s", "when an unanswered request fails"),
	RANGED(VALUE_MSEC, 58, "retransmit-interval", "retransmit-interval",
	       retransmit_interval_usec, USEC_PER_MSEC, 60 * USEC_PER_SEC, "500ms",
	       "wait before a request is sent again; it doubles each time"),
	RANGED(VALUE_NUMBER, 59, "metric", "metric", metric, 0, INT32_MAX, "0", "metric of routes"),
	RANGED(VALUE_NUMBER, 60, "mtu", "mtu", mtu, 0, UINT16_MAX, "0", "MTU of routes; 0 for none"),
	RANGED(VALUE_NUMBER, 61, "priority", "priority", priority, 0, UINT32_MAX, "0",
	       "priority of the kernel's policies; 0 for automatic"),
	RANGED(VALUE_NUMBER, 62, "reqid", "reqid", reqid, 0, 16379, "0",
	       "reqid of the kernel's policies; 0 for automatic"),

