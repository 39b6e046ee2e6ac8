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

static const struct name type_rows[] = {
	{ CONN_TUNNEL, "tunnel" },
	{ CONN_TRANSPORT, "transport" },
	{ CONN_PASSTHROUGH, "passthrough" },
	{ CONN_PASSTHROUGH, "pass" },
	{ CONN_DROP, "drop" },
	{ CONN_REJECT, "reject" },
};
static const struct names types = NAMES("type", type_rows);

static const struct name negotiation_rows[] = {
	{ NEGOTIATION_HOLD, "hold" },
	{ NEGOTIATION_HOLD, "drop" },
	{ NEGOTIATION_PASS, "passthrough" },
	{ NEGOTIATION_PASS, "pass" },
};
static const struct names negotiations = NAMES("negotiationshunt", negotiation_rows);

static const struct name failure_rows[] = {
	{ FAILURE_NONE, "none" }, { FAILURE_PASS, "passthrough" }, { FAILURE_PASS, "pass" },
	{ FAILURE_DROP, "drop" }, { FAILURE_DROP, "reject" },      { FAILURE_DROP, "hold" },
};
static const struct names failures = NAMES("failureshunt", failure_rows);

static const struct name phase2_rows[] = { { PHASE2_ESP, "esp" }, { PHASE2_AH, "ah" } };
static const struct names phase2s = NAMES("phase2", phase2_rows);

static const struct name offload_rows[] = { { NIC_OFFLOAD_NO, "no" },
					    { NIC_OFFLOAD_CRYPTO, "crypto" },
					    { NIC_OFFLOAD_PACKET, "packet" } };
static const struct names offloads = NAMES("nic-offload", offload_rows);

static const struct name esn_rows[] = { { ESN_EITHER, "either" },
					{ ESN_POLICY_YES, "yes" },
					{ ESN_POLICY_NO, "no" } };
static const struct names esns = NAMES("esn", esn_rows);

static const struct name encap_rows[] = { { ENCAP_AUTO, "auto" },
					  { ENCAP_YES, "yes" },
					  { ENCAP_NO, "no" } };
static const struct names encaps = NAMES("encapsulation", encap_rows);

/* Openswan's word for two of the three. */
static const struct name force_rows[] = { { ENCAP_YES, "yes" }, { ENCAP_AUTO, "no" } };
static const struct names forces = NAMES("forceencaps", force_rows);
static const struct name ppk_rows[] = { { PPK_NEVER, "never" },
					{ PPK_NEVER, "no" },
					{ PPK_PROPOSE, "propose" },
					{ PPK_PROPOSE, "yes" },
					{ PPK_INSIST, "insist" } };
static const struct names ppks = NAMES("ppk", ppk_rows);

static const struct name redirect_rows[] = { { REDIRECT_NO, "no" },
					     { REDIRECT_YES, "yes" },
					     { REDIRECT_AUTO, "auto" } };
static const struct names redirects = NAMES("redirect", redirect_rows);

static const struct name childless_rows[] = { { CHILDLESS_ALLOW, "allow" },
					      { CHILDLESS_PREFER, "prefer" },
					      { CHILDLESS_FORCE, "force" },
					      { CHILDLESS_NEVER, "never" } };
static const struct names childless_policies = NAMES("childless", childless_rows);

static const struct name tcp_rows[] = { { TCP_NO, "no" },
					{ TCP_YES, "yes" },
					{ TCP_FALLBACK, "fallback" } };
static const struct names tcps = NAMES("enable-tcp", tcp_rows);

static const struct name fragmentation_rows[] = { { FRAGMENTATION_YES, "yes" },
						  { FRAGMENTATION_NO, "no" },
						  { FRAGMENTATION_FORCE, "force" } };
static const struct names fragmentations = NAMES("fragmentation", fragmentation_rows);

static const struct name family_rows[] = { { FAMILY_NONE, "any" },
					   { FAMILY_IPV4, "ipv4" },
					   { FAMILY_IPV6, "ipv6" } };
static const struct names families = NAMES("family", family_rows);

/* One word a line: what a name stands for may hold what others do; the widest come first. */
static const struct name auth_rows[] = {
	{ ALLOW_RSA_SHA2 | ALLOW_ECDSA | ALLOW_EDDSA, "signature" },
	{ ALLOW_RSA_SHA2, "rsasig" },
	{ ALLOW_RSA_SHA2, "rsa-sha2" },
	{ ALLOW_RSA_SHA2, "rsa" },
	{ ALLOW_RSA_SHA2_256, "rsa-sha2_256" },
	{ ALLOW_RSA_SHA2_384, "rsa-sha2_384" },
	{ ALLOW_RSA_SHA2_512, "rsa-sha2_512" },
	{ ALLOW_RSA_SHA2 | ALLOW_RSA_PKCS1, "rsa-pkcs1" },
	{ ALLOW_RSA_SHA1, "rsa-sha1" },
	{ ALLOW_ECDSA, "ecdsa" },
	{ ALLOW_ECDSA, "ecdsa-sha2" },
	{ ALLOW_ECDSA_SHA2_256, "ecdsa-sha2_256" },
	{ ALLOW_ECDSA_SHA2_384, "ecdsa-sha2_384" },
	{ ALLOW_ECDSA_SHA2_512, "ecdsa-sha2_512" },
	{ ALLOW_EDDSA, "eddsa" },
	{ ALLOW_PSK, "secret" },
	{ ALLOW_PSK, "psk" },
	{ ALLOW_NULL, "null" },
	{ ALLOW_RSA_PKCS1, "pkcs1" },
};
static const struct names auths = NAMES("authby", auth_rows);

static const struct name send_cert_rows[] = {
	{ SEND_CERT_ALWAYS, "always" },    { SEND_CERT_ALWAYS, "alwayssend" },
	{ SEND_CERT_ALWAYS, "yes" },       { SEND_CERT_IF_ASKED, "sendifasked" },
	{ SEND_CERT_IF_ASKED, "ifasked" }, { SEND_CERT_NEVER, "never" },
	{ SEND_CERT_NEVER, "no" },
};
static const struct names send_certs = NAMES("sendcert", send_cert_rows);

static const struct name send_ca_rows[] = { { SEND_CA_NONE, "none" },
					    { SEND_CA_ISSUER, "issuer" },
					    { SEND_CA_ALL, "all" } };
static const struct names send_cas = NAMES("sendca", send_ca_rows);

static const struct name ocsp_staple_rows[] = { { OCSP_STAPLE_NEVER, "never" },
						{ OCSP_STAPLE_REPLY, "reply" },
						{ OCSP_STAPLE_REQUEST, "request" },
						{ OCSP_STAPLE_BOTH, "both" } };
static const struct names ocsp_staples = NAMES("ocsp-staple", ocsp_staple_rows);

static const struct name forever_rows[] = { { 0, "%forever" } };
static const struct names forever = NAMES("keyingtries", forever_rows);

static const struct name dpd_action_rows[] = { { DPD_HOLD, "hold" },
					       { DPD_CLEAR, "clear" },
					       { DPD_RESTART, "restart" },
					       { DPD_RESTART, "restart_by_peer" } };
static const struct names dpd_actions = NAMES("dpdaction", dpd_action_rows);

static const struct name revive_rows[] = { { REVIVE_WANTED, "wanted" },
					   { REVIVE_KEEP, "keep" },
					   { REVIVE_NO, "no" } };
static const struct names revives = NAMES("revive", revive_rows);

#define CONN(member) offsetof(struct conn_config, member)
#define END(member) offsetof(struct end_config, member)

#define END_STRING(id_, conf_, whack_, member, fallback_, help_)                                 \
	{                                                                                        \
		.id = (id_), .conf = (conf_), .whack = (whack_), .type = VALUE_STRING,           \
		.per_end = true, .offset = END(member), .fallback = (fallback_), .help = (help_) \
	}
#define STRING(id_, word, whack_, member, fallback_, help_)                           \
	{                                                                             \
		.id = (id_), .conf = (word), .whack = (whack_), .type = VALUE_STRING, \
		.offset = CONN(member), .fallback = (fallback_), .help = (help_)      \
	}
#define BOOL(id_, conf_, whack_, member, fallback_, help_)                           \
	{                                                                            \
		.id = (id_), .conf = (conf_), .whack = (whack_), .type = VALUE_BOOL, \
		.offset = CONN(member), .fallback = (fallback_), .help = (help_)     \
	}
#define END_BOOL(id_, conf_, whack_, member, help_)                                       \
	{                                                                                 \
		.id = (id_), .conf = (conf_), .whack = (whack_), .type = VALUE_BOOL,      \
		.per_end = true, .offset = END(member), .fallback = "no", .help = (help_) \
	}
#define RANGED(type_, id_, conf_, whack_, member, min_, max_, fallback_, help_)                \
	{                                                                                      \
		.id = (id_), .conf = (conf_), .whack = (whack_), .type = (type_),              \
		.offset = CONN(member), .min = (min_), .max = (max_), .fallback = (fallback_), \
		.help = (help_)                                                                \
	}
#define ENUM(id_, conf_, whack_, member, names_, fallback_, help_)                   \
	{                                                                            \
		.id = (id_), .conf = (conf_), .whack = (whack_), .type = VALUE_ENUM, \
		.offset = CONN(member), .names = (names_), .fallback = (fallback_),  \
		.help = (help_)                                                      \
	}
#define FLAG(id_, whack_, member, value, help_)                                             \
	{                                                                                   \
		.id = (id_), .whack = (whack_), .type = VALUE_FLAG, .offset = CONN(member), \
		.flag_value = (value), .help = (help_)                                      \
	}
#define SET(id_, conf_, whack_, member, fallback_, help_)                                         \
	{                                                                                         \
		.id = (id_), .conf = (conf_), .whack = (whack_), .type = VALUE_SET,               \
		.offset = CONN(member), .names = &auths, .fallback = (fallback_), .help = (help_) \
	}
#define BIT(id_, whack_, value, help_)                                                     \
	{                                                                                  \
		.id = (id_), .whack = (whack_), .type = VALUE_BIT, .offset = CONN(authby), \
		.flag_value = (value), .help = (help_)                                     \
	}
#define REFUSED(conf_, whack_, why)                                                      \
	{                                                                                \
		.conf = (conf_), .whack = (whack_), .type = VALUE_REFUSED, .help = (why) \
	}
#define REFUSED_END(conf_, whack_, why)                                                     \
	{                                                                                   \
		.conf = (conf_), .whack = (whack_), .type = VALUE_REFUSED, .per_end = true, \
		.help = (why)                                                               \
	}

/* Why an option is refused: each text goes on from "option --x: " and ends in what to do. */
#define NO_CERTS "has no function here: leave it out"
#define NO_V1 "belongs to IKEv1, which is not spoken here: leave it out and use IKEv2"
#define NO_LABELS "security labels are not there: leave it out"
#define NOT_YET "has no function here yet: leave it out"

const struct keyword keywords[] = {
	/* each end */
	END_STRING(1, "", "host", host, NULL,
		   "address or name of this end, or %any; of a peer several, tried in turn"),
	END_STRING(2, "id", "id", id, NULL, "identity; without it the address of the end"),
	END_STRING(3, "subnet", "client subnet", client, NULL,
		   "network behind this end; without it the end itself"),
	END_STRING(350, "subnets", "subnets", subnets, NULL,
		   "networks behind this end, a connection NAME/1x1 and so on for each pair"),
	END_STRING(4, "protoport", "clientprotoport", protoport, NULL,
		   "protocol/port of the traffic, as in 17/1701 or tcp/%any"),
	END_STRING(5, "nexthop", "nexthop", nexthop, NULL, "gateway towards the other end"),
	END_STRING(6, "sourceip", "srcip sourceip", srcip, NULL,
		   "address this host uses towards the other client; %config: what it is given"),
	END_STRING(7, "updown", "updown", updown, NULL,
		   "command run when the connection changes; %disabled for none"),
	{ .id = 8,
	  .conf = "ikeport",
	  .whack = "ikeport",
	  .type = VALUE_NUMBER,
	  .per_end = true,
	  .offset = END(ikeport),
	  .max = UINT16_MAX,
	  .fallback = "0",
	  .help = "UDP port of IKE and ESP, with the marker of NAT traversal; 0 for 500 and 4500" },
	END_STRING(80, "cert", "cert", cert, NULL,
		   "certificate: a file in ipsec.d/certs, a nickname, a subject or a URI"),
	END_STRING(81, "ca", "ca", ca, NULL,
		   "name of the CA the certificate must come from; %same as the other end's"),
	END_STRING(82, "ckaid", "ckaid", ckaid, NULL, "CKAID in hex: which of the keys at hand"),
	END_STRING(83, "pubkey rsasigkey ecdsakey eddsakey", "pubkey rsasigkey ecdsakey eddsakey",
		   pubkey, NULL,
		   "raw public key, 0s base64 or 0x hex; %cert for the certificate's"),
	{ .id = 84,
	  .conf = "sendcert",
	  .whack = "sendcert",
	  .type = VALUE_ENUM,
	  .per_end = true,
	  .offset = END(send_cert),
	  .names = &send_certs,
	  .fallback = "always",
	  .help = "when the certificate is sent" },
	{ .id = 85,
	  .conf = "auth",
	  .whack = "auth authby",
	  .type = VALUE_SET,
	  .per_end = true,
	  .offset = END(auth),
	  .names = &auths,
	  .help = "how this end proves itself, when not as the other: secret, rsasig, ecdsa, null" },

	/* the connection */
	STRING(351, "connalias", "connalias", connalias, NULL,
	       "further names, under which several connections are one"),
	ENUM(32, "type", NULL, type, &types, "tunnel", "what the SA carries: packets or payloads"),
	FLAG(33, "tunnel", type, CONN_TUNNEL, "tunnel mode"),
	FLAG(34, "transport", type, CONN_TRANSPORT, "transport mode"),
	ENUM(35, "hostaddrfamily", NULL, host_family, &families, "any", "family of the ends"),
	FLAG(36, "ipv4", host_family, FAMILY_IPV4, "the ends are IPv4"),
	FLAG(37, "ipv6", host_family, FAMILY_IPV6, "the ends are IPv6"),
	ENUM(38, "clientaddrfamily", NULL, client_family, &families, "any",
	     "family of the clients"),
	FLAG(39, "tunnelipv4", client_family, FAMILY_IPV4, "the clients are IPv4"),
	FLAG(40, "tunnelipv6", client_family, FAMILY_IPV6, "the clients are IPv6"),
	BIT(41, "psk", ALLOW_PSK, "authenticate by the pre-shared key of ipsec.secrets"),
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
	RANGED(VALUE_NUMBER, 64, "ipsec-max-bytes", "ipsec-max-bytes", ipsec_max_bytes, 0,
	       INT64_MAX, "0",
	       "octets after which a child SA is not used any more; 0 for no limit"),
	RANGED(VALUE_NUMBER, 65, "ipsec-max-packets", "ipsec-max-packets", ipsec_max_packets, 0,
	       INT64_MAX, "0",
	       "packets after which a child SA is not used any more; 0 for no limit"),
	BOOL(66, "reauth", "reauth", reauth, "no",
	     "authenticate anew at the end of the IKE SA's life, instead of rekeying it"),
	RANGED(VALUE_PERCENT, 53, "rekeyfuzz", "rekeyfuzz", rekey_fuzz_percent, 0, 1000, "100%",
	       "how much the margin is randomly stretched"),
	{ .id = 54,
	  .conf = "keyingtries",
	  .whack = "keyingtries",
	  .type = VALUE_NUMBER,
	  .offset = CONN(keyingtries),
	  .names = &forever,
	  .max = 1000000,
	  .fallback = "3",
	  .help = "attempts to negotiate; 0 or %forever for no limit" },
	BOOL(55, "rekey", NULL, rekey, "yes", "replace SAs before they expire"),
	FLAG(56, "dontrekey", rekey, false, "let SAs expire"),
	RANGED(VALUE_SECONDS, 57, "retransmit-timeout", "retransmit-timeout",
	       retransmit_timeout_usec, USEC_PER_SEC, DAY, "30s",
	       "when an unanswered request fails"),
	RANGED(VALUE_MSEC, 58, "retransmit-interval", "retransmit-interval",
	       retransmit_interval_usec, USEC_PER_MSEC, 60 * USEC_PER_SEC, "500ms",
	       "wait before a request is sent again; it doubles each time"),
	RANGED(VALUE_NUMBER, 59, "metric", "metric", metric, 0, INT32_MAX, "0", "metric of routes"),
	RANGED(VALUE_NUMBER, 60, "mtu", "mtu", mtu, 0, UINT16_MAX, "0",
	       "MTU of routes; 0 for none"),
	RANGED(VALUE_NUMBER, 61, "priority", "priority", priority, 0, UINT32_MAX, "0",
	       "priority of the kernel's policies; 0 for automatic"),
	RANGED(VALUE_NUMBER, 62, "reqid", "reqid", reqid, 0, 16379, "0",
	       "reqid of the kernel's policies; 0 for automatic"),

	FLAG(29, "ikev2 ikev2-allow ikev2-propose", ike_version, 2,
	     "IKEv2, which is the only version spoken"),

	/* liveness */
	RANGED(VALUE_SECONDS, 200, "dpddelay", "dpddelay", dpd_delay_usec, 0, DAY, "0",
	       "silence until the peer is asked whether it lives; 0 for never"),
	RANGED(VALUE_SECONDS, 201, "dpdtimeout", "dpdtimeout", dpd_timeout_usec, 0, DAY, "0",
	       "how long it may take to answer that; 0 for --retransmit-timeout"),
	ENUM(202, "dpdaction", "dpdaction", dpd_action, &dpd_actions, "hold",
	     "what becomes of the traffic of a dead peer"),
	BOOL(204, "initial-contact", "initial-contact initialcontact", initial_contact, "yes",
	     "say so when the peer's other SAs with us must be dead"),
	ENUM(203, "revive", "revive", revive, &revives, "wanted",
	     "what is brought up again by itself: what was initiated, all (keep), nothing (no)"),
	BOOL(184, "session-resumption", "session-resumption", session_resumption, "no",
	     "tickets (RFC 5723): an IKE SA that was lost or suspended comes up again without a new "
	     "key exchange and without authenticating anew"),
	/* NAT and paths */
	ENUM(120, "encapsulation", "encapsulation encaps", encapsulation, &encaps, "auto",
	     "ESP in UDP: when a NAT is detected, always or never"),
	ENUM(121, "forceencaps", "forceencaps", encapsulation, &forces, "no",
	     "the same as encapsulation=yes"),
	BOOL(122, "nat-keepalive", "nat-keepalive", nat_keepalive, "yes",
	     "keep the mapping of a NAT before us alive when nothing is sent"),
	FLAG(123, "no-nat-keepalive no-nat_keepalive", nat_keepalive, false, "no keepalives"),
	ENUM(124, "fragmentation", "fragmentation", fragmentation, &fragmentations, "yes",
	     "long IKE messages in fragments; force for the smallest at once"),
	ENUM(128, "enable-tcp", "tcp", tcp, &tcps, "no",
	     "begin IKE over TCP: always, or as a fallback when UDP stays silent"),
	RANGED(VALUE_NUMBER, 129, "tcp-remoteport", "tcp-remote-port", tcp_port, 1, UINT16_MAX,
	       "4500", "TCP port of the peer"),
	BOOL(127, "mobike", "mobike", mobike, "no",
	     "move the SAs when an address changes; those of transport mode begin anew"),
	FLAG(125, "ikefrag-allow", fragmentation, FRAGMENTATION_YES,
	     "the same as fragmentation=yes"),
	FLAG(126, "ikefrag-force", fragmentation, FRAGMENTATION_FORCE,
	     "the same as fragmentation=force"),
	/* addresses handed out (RFC 7296 2.19) */
	END_STRING(141, "addresspool", "addresspool", addresspool, NULL,
		   "ranges this end is given an address of, as 10.9.0.0/24,fd00:9::/64"),
	END_BOOL(142, "modecfgserver", "modecfgserver modeconfigserver", modecfgserver,
		 "this end hands out addresses"),
	END_BOOL(143, "modecfgclient", "modecfgclient modeconfigclient", modecfgclient,
		 "this end asks for an address"),
	STRING(144, "modecfgdns", "modecfgdns", modecfgdns, NULL,
	       "addresses of name servers pushed to the peer"),
	STRING(145, "modecfgdomains", "modecfgdomains", modecfgdomains, NULL,
	       "domains these servers are for, pushed to the peer"),
	STRING(146, "modecfgbanner", "modecfgbanner", modecfgbanner, NULL,
	       "greeting pushed to the peer"),
	BOOL(147, "share-lease", "share-lease", share_lease, "yes",
	     "two SAs of one identity have one address"),
	FLAG(148, "dont-share-lease", share_lease, false, "each SA has an address of its own"),
	BOOL(149, "ignore-peer-dns", "ignore-peer-dns", ignore_peer_dns, "no",
	     "do not use the name servers that the peer pushes"),
	BOOL(163, "nm-configured", "nm-configured nm_configured", nm_configured, "no",
	     "NetworkManager owns the name servers: scripts are told, and leave resolv.conf alone"),
	STRING(150, "modecfgdns1", "modecfgdns1", modecfgdns1, NULL, "the first of --modecfgdns"),
	STRING(151, "modecfgdns2", "modecfgdns2", modecfgdns2, NULL, "the second of --modecfgdns"),
	STRING(152, "modecfgwins1", "modecfgwins1", modecfgwins1, NULL,
	       "address of a NetBIOS name server pushed to the peer"),
	STRING(153, "modecfgwins2", "modecfgwins2", modecfgwins2, NULL, "the second of these"),
	/* what protects the traffic */
	FLAG(154, "authenticate", phase2, PHASE2_AH, "protect the traffic with AH: no secrecy"),
	STRING(155, "ah", "ah", ah, NULL, "proposals for AH, as sha2_256;dh19"),
	ENUM(157, "phase2", NULL, phase2, &phase2s, "esp", "what protects the traffic"),
	RANGED(VALUE_NUMBER, 158, "tfc", "tfc", tfc, 0, UINT16_MAX, "0",
	       "octets that packets of a tunnel are padded to, to hide their length; 0 for none"),
	BOOL(159, "send-esp-tfc-padding-not-supported",
	     "send-esp-tfc-padding-not-supported send-no-esp-tfc", send_no_tfc, "no",
	     "ask the peer not to pad its packets"),
	BOOL(160, "decap-dscp", "decap-dscp", decap_dscp, "no",
	     "the inner packet has the outer's DSCP when it comes out"),
	BOOL(161, "encap-dscp", "encap-dscp", encap_dscp, "yes",
	     "the outer packet has the inner's DSCP"),
	BOOL(162, "nopmtudisc", "nopmtudisc", nopmtudisc, "no",
	     "no path MTU discovery: the outer packet may be fragmented"),
	BOOL(290, "compress", "compress", compress, "no",
	     "compress packets by IPComp (DEFLATE), when the peer does too"),
	/* interfaces and marks */
	STRING(291, "ipsec-interface", "ipsec-interface", ipsec_interface, "no",
	       "the XFRM interface ipsecN that the traffic goes through: N, yes for 1, or no"),
	END_STRING(292, "interface-ip", "interface-ip interfaceip", interface_ip, NULL,
		   "address of this end on that interface, as 10.9.0.1/24"),
	STRING(293, "mark", "conn-mark", mark, NULL,
	       "mark of packets in both directions, VALUE/MASK; -1 for one of its own"),
	STRING(294, "mark-in", "conn-mark-in", mark_in, NULL, "mark of packets from the peer"),
	STRING(295, "mark-out", "conn-mark-out", mark_out, NULL, "mark of packets to the peer"),
	STRING(296, "vti-interface", "vti-interface vti-iface", vti_interface, NULL,
	       "name of the VTI interface that the script makes; it needs a mark"),
	BOOL(297, "vti-routing", "vti-routing", vti_routing, "yes",
	     "route the peer's clients through the VTI interface"),
	BOOL(298, "vti-shared", "vti-shared", vti_shared, "no",
	     "the VTI interface is used by others too and stays"),
	END_STRING(299, "vti", "vti vtiip", vti, NULL,
		   "address of this end on the VTI interface, as 10.9.0.1/24"),
	RANGED(VALUE_NUMBER, 300, "nflog-group nflog", "nflog-group", nflog_group, 0, UINT16_MAX,
	       "0", "NFLOG group that the script shows the clear text to; 0 for none"),
	ENUM(301, "nic-offload", "nic-offload", nic_offload, &offloads, "no",
	     "let the network card do the cryptography, or all of ESP (packet)"),
	/* IP-TFS */
	BOOL(302, "iptfs", "iptfs", iptfs, "no",
	     "aggregate and cut packets by IP-TFS, when the peer does too and the kernel can"),
	BOOL(303, "iptfs-fragmentation", "iptfs-fragmentation", iptfs_fragmentation, "yes",
	     "a packet may be in several outer ones"),
	RANGED(VALUE_NUMBER, 304, "iptfs-packet-size", "iptfs-packet-size", iptfs_packet_size, 0,
	       UINT16_MAX, "0", "size of the outer packets; 0 for the path's MTU"),
	RANGED(VALUE_NUMBER, 305, "iptfs-max-queue-size", "iptfs-max-queue-size",
	       iptfs_max_queue_size, 0, UINT32_MAX, "1000000", "octets that may wait to be sent"),
	RANGED(VALUE_SECONDS, 306, "iptfs-init-delay", "iptfs-init-delay", iptfs_init_delay_usec, 0,
	       10 * USEC_PER_SEC, "0", "how long a packet waits for others to go with it"),
	RANGED(VALUE_NUMBER, 307, "iptfs-reorder-window", "iptfs-reorder-window",
	       iptfs_reorder_window, 0, UINT16_MAX, "3", "outer packets that may be out of order"),
	RANGED(VALUE_SECONDS, 308, "iptfs-drop-time", "iptfs-drop-time", iptfs_drop_time_usec, 0,
	       60 * USEC_PER_SEC, "1s", "how long a missing outer packet is waited for"),
	BOOL(140, "narrowing", "narrowing allow-narrowing", narrowing, "no",
	     "take a child whose selectors are part of the clients only"),
	/* extensions of IKEv2 */
	ENUM(180, "ppk", "ppk", ppk, &ppks, "never",
	     "mix a post-quantum preshared key of ipsec.secrets into the keys"),
	STRING(181, "ppk-ids", "ppk-ids", ppk_ids, NULL,
	       "names of the PPKs that may be used, the preferred first"),
	ENUM(182, "childless", "childless", childless, &childless_policies, "allow",
	     "make the IKE SA first, with its address, and the child after it"),
	ENUM(185, "send-redirect", "send-redirect", send_redirect, &redirects, "no",
	     "send peers that prove who they are to --redirect-to: never, always, under load"),
	BOOL(186, "accept-redirect", "accept-redirect", accept_redirect, "no",
	     "follow a gateway that sends us to another"),
	STRING(187, "redirect-to", "redirect-to", redirect_to, NULL,
	       "addresses of the gateways that peers are sent to"),
	STRING(188, "accept-redirect-to", "accept-redirect-to", accept_redirect_to, NULL,
	       "addresses that we may be sent to; without it all"),
	BOOL(183, "intermediate", "intermediate", intermediate, "no",
	     "take IKE_INTERMEDIATE; ike= with additional key exchanges does so anyway"),

	/* routing and shunts */
	FLAG(220, "pass", type, CONN_PASSTHROUGH,
	     "never negotiate: when routed the traffic passes in clear"),
	FLAG(221, "drop", type, CONN_DROP, "never negotiate: when routed the traffic is dropped"),
	FLAG(222, "reject", type, CONN_REJECT, "the same as --drop"),
	ENUM(223, "failureshunt", NULL, failure_shunt, &failures, "none",
	     "what a routed connection's traffic meets after a failed negotiation"),
	FLAG(224, "failnone", failure_shunt, FAILURE_NONE,
	     "after a failure wait for packets again"),
	FLAG(225, "failpass", failure_shunt, FAILURE_PASS, "after a failure pass in clear"),
	FLAG(226, "faildrop", failure_shunt, FAILURE_DROP, "after a failure drop"),
	FLAG(227, "failreject", failure_shunt, FAILURE_DROP, "the same as --faildrop"),
	FLAG(228, "failhold", failure_shunt, FAILURE_DROP, "the same as --faildrop"),
	ENUM(229, "negotiationshunt", NULL, negotiation_shunt, &negotiations, "hold",
	     "what a routed connection's traffic meets while it is negotiated"),
	FLAG(230, "negopass", negotiation_shunt, NEGOTIATION_PASS,
	     "while negotiating pass in clear"),
	FLAG(231, "negodrop", negotiation_shunt, NEGOTIATION_HOLD, "while negotiating drop"),
	FLAG(232, "negohold", negotiation_shunt, NEGOTIATION_HOLD, "the same as --negodrop"),
	BOOL(233, "fail-closed", "fail-closed", fail_closed, "no",
	     "the policies of a routed connection stay when pluto stops, so that nothing goes in "
	     "clear until it is routed again or pluto listens anew"),
	BOOL(234, NULL, "auth-never", never, "no",
	     "never negotiate: with --pass, --drop, --reject"),

	/* authentication */
	SET(86, "authby", NULL, authby, NULL,
	    "how both ends prove themselves: secret, rsasig, null"),
	BIT(87, "rsasig", ALLOW_RSA_SHA2, "authenticate by RSA with SHA-2"),
	BIT(88, "rsa-sha2", ALLOW_RSA_SHA2, "the same"),
	BIT(89, "rsa-sha2_256", ALLOW_RSA_SHA2_256, "authenticate by RSA with SHA2-256"),
	BIT(90, "rsa-sha2_384", ALLOW_RSA_SHA2_384, "authenticate by RSA with SHA2-384"),
	BIT(91, "rsa-sha2_512", ALLOW_RSA_SHA2_512, "authenticate by RSA with SHA2-512"),
	BIT(92, "rsa-pkcs1", ALLOW_RSA_SHA2 | ALLOW_RSA_PKCS1,
	    "sign with PKCS#1 v1.5 padding, for peers without RSA-PSS"),
	BIT(93, "rsa-sha1", ALLOW_RSA_SHA1, "allow RSA with SHA-1, for peers without RFC 7427"),
	BIT(94, "ecdsa", ALLOW_ECDSA, "authenticate by ECDSA"),
	BIT(95, "ecdsa-sha2", ALLOW_ECDSA, "the same"),
	BIT(96, "ecdsa-sha2_256", ALLOW_ECDSA_SHA2_256, "authenticate by ECDSA with SHA2-256"),
	BIT(97, "ecdsa-sha2_384", ALLOW_ECDSA_SHA2_384, "authenticate by ECDSA with SHA2-384"),
	BIT(98, "ecdsa-sha2_512", ALLOW_ECDSA_SHA2_512, "authenticate by ECDSA with SHA2-512"),
	BIT(99, "eddsa", ALLOW_EDDSA, "authenticate by Ed25519 or Ed448"),
	BIT(100, "auth-null", ALLOW_NULL, "authenticate nobody: any peer is let in"),
	ENUM(101, "sendca", "sendca", send_ca, &send_cas, "all",
	     "which issuers are sent with the certificate"),
	ENUM(320, "ocsp-staple", "ocsp-staple", ocsp_staple, &ocsp_staples, "reply",
	     "OCSP answers within IKE: send ours when asked (reply), ask for the peer's (request)"),
	BOOL(321, "send-supported-auth-methods", "send-supported-auth-methods", announce_auth, "no",
	     "tell the peer how it may authenticate, so that it chooses well (RFC 9593)"),
	BOOL(102, "require-id-on-certificate", NULL, needs_id, "yes",
	     "a certificate must bear the identity"),
	FLAG(103, "allow-cert-without-san-id", needs_id, false,
	     "a certificate need not bear the identity"),

	/* each end, refused */
	REFUSED_END("groups", "groups", NO_CERTS),
	REFUSED_END(NULL, "certtype", NO_CERTS),
	REFUSED_END(NULL, "dnskeyondemand", NO_CERTS),
	REFUSED_END("autheap", "autheap", "EAP is not there: leave it out and use --psk"),
	REFUSED_END("xauthserver", "xauthserver xauth", NO_V1),
	REFUSED_END("xauthclient", "xauthclient", NO_V1),
	REFUSED_END("username", "username", NO_V1),
	REFUSED_END("subnetwithin", "clientwithin", "has no function here yet: give --client"),
	REFUSED_END(NULL, "tundev",
		    "names a device of another kernel stack: use --ipsec-interface"),
	REFUSED_END("cat", "cat", "address translation is not there: leave it out, use a NAT rule"),

	/* connection, refused */
	REFUSED("overlapip", "overlapip", NOT_YET),
	REFUSED("policy-label", "policylabel policy-label", NO_LABELS),
	REFUSED(NULL, "labeledipsec", NO_LABELS),
	REFUSED("loopback", "loopback", NO_LABELS),
	REFUSED(NULL, "disablearrivalcheck",
		"traffic outside the policy is never let in: leave it out"),
	REFUSED(NULL, "ikev1 ikev1-allow", NO_V1),

	/* authentication, refused */
	REFUSED("dns-match-id", "dns-match-id", NO_CERTS),

	/* cryptography, refused */
	REFUSED(NULL, "pfsgroup",
		"is no option any more: put the group into --esp, as in aes256;dh19"),
	REFUSED("ms-dh-downgrade", "ms-dh-downgrade", "weakens rekeying: leave it out"),
	REFUSED("pfs-rekey-workaround", "pfs-rekey-workaround", NOT_YET),

	/* lifetimes, refused */

	/* NAT, TCP: refused */
	REFUSED("nat-ikev1-method", "ikev1-natt ikev1_natt", NO_V1),
	REFUSED(NULL, "firstmsgid", "is a quirk of old peers: leave it out"),
	REFUSED("ikepad", "ikepad", NO_V1),
	REFUSED("reject-simultaneous-ike-auth", "reject-simultaneous-ike-auth", NOT_YET),

	REFUSED(NULL, "initiateontraffic", "is no option any more: use --route"),

	/* kernel, refused */
	REFUSED("clones", NULL, NOT_YET),

	/* IKEv1 and Cisco, redirection: refused */
	REFUSED("aggressive", "aggressive aggrmode", NO_V1),
	REFUSED("modecfgpull", "modecfgpull", NO_V1),
	REFUSED("remote-peer-type", "remote_peer_type remote-peer-type", NO_V1),
	REFUSED("xauthby", "xauthby", NO_V1),
	REFUSED("xauthfail", "xauthfail", NO_V1),
	REFUSED("cisco-unity", "cisco-unity cisco_unity", NO_V1),
	REFUSED("fake-strongswan", "fake-strongswan", NOT_YET),
};

const size_t keyword_count = ARRAY_LEN(keywords);

static bool same_char(char a, char b)
{
	return a == b || (a == '_' && b == '-') || (a == '-' && b == '_');
}

bool keyword_is_listed(const char *list, const char *word)
{
	while (list) {
		size_t i = 0;

		while (word[i] && word[i] != ' ' && same_char(list[i], word[i]))
			i++;
		if (!word[i] && (list[i] == ' ' || !list[i]))
			return true;
		list = strchr(list, ' ');
		list = list ? list + 1 : NULL;
	}
	return false;
}

const struct keyword *keyword_by_id(uint16_t id)
{
	uint16_t plain = id & (uint16_t)~KEYWORD_RIGHT;

	for (size_t i = 0; plain && i < keyword_count; i++) {
		if (keywords[i].id == plain)
			return id == plain || keywords[i].per_end ? &keywords[i] : NULL;
	}
	return NULL;
}

const struct keyword *keyword_by_whack(const char *option)
{
	for (size_t i = 0; *option && i < keyword_count; i++) {
		if (keyword_is_listed(keywords[i].whack, option))
			return &keywords[i];
	}
	return NULL;
}

const struct keyword *keyword_by_conf(const char *word)
{
	for (size_t i = 0; i < keyword_count; i++) {
		if (keyword_is_listed(keywords[i].conf, word))
			return &keywords[i];
	}
	return NULL;
}
