/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection as an admin defines it: plain data, filled through the keyword table of
 * conf/keywords.h from whack's attributes or from ipsec.conf. Text fields are as written;
 * conn_def_resolve resolves them.
 */
#ifndef CONF_CONN_H
#define CONF_CONN_H

#include "base/duration.h"
#include "base/error.h"
#include "base/selector.h"
#include "conf/proposal_pool.h"
#include "crypto/identity.h"
#include "crypto/sign.h"
#include "crypto/trust.h"

#define CONN_NAME_LEN 128
#define CONN_ALIAS_SEPARATORS ", \t" /* between the names of --connalias */

enum send_cert { SEND_CERT_ALWAYS = 0, SEND_CERT_IF_ASKED = 1, SEND_CERT_NEVER = 2 };
enum conn_type {
	CONN_TUNNEL = 0,
	CONN_TRANSPORT = 1,
	/* never negotiated: its traffic is only passed or dropped, when it is routed */
	CONN_PASSTHROUGH = 2,
	CONN_DROP = 3,
	CONN_REJECT = 4, /* as drop */
};
static inline bool conn_type_is_shunt(uint64_t type)
{
	return type >= CONN_PASSTHROUGH;
}
/* What stands for a routed connection while it is negotiated, and after that has failed. */
enum negotiation_shunt { NEGOTIATION_HOLD = 0, NEGOTIATION_PASS = 1 };
enum failure_shunt { FAILURE_NONE = 0, FAILURE_PASS = 1, FAILURE_DROP = 2 };
/* What becomes of a connection whose peer does not answer any more. */
enum dpd_action { DPD_HOLD = 0, DPD_CLEAR = 1, DPD_RESTART = 2 };
/* When a connection that stood is brought up again by itself. */
enum revive_policy {
	REVIVE_WANTED = 0, /* one that an admin initiated, after the peer's silence or a failure */
	REVIVE_KEEP = 1,   /* any, after the peer's Delete too (auto=keep) */
	REVIVE_NO = 2,
};
/* UDP encapsulation of ESP: by NAT detection; always; never, and no NAT detection (RFC 3948). */
enum encap_policy { ENCAP_AUTO = 0, ENCAP_YES = 1, ENCAP_NO = 2 };
/* May, shall, must the keys hold a post-quantum preshared key (RFC 8784)? */
enum ppk_policy { PPK_NEVER = 0, PPK_PROPOSE = 1, PPK_INSIST = 2 };
/* Are peers sent to another gateway (RFC 5685)? auto: under load. */
enum redirect_policy { REDIRECT_NO = 0, REDIRECT_YES = 1, REDIRECT_AUTO = 2 };
/* The IKE SA without a child first (RFC 6023): taken when a peer asks; asked for when the peer can;
 * the only way. */
enum childless_policy {
	CHILDLESS_ALLOW = 0,
	CHILDLESS_PREFER = 1,
	CHILDLESS_FORCE = 2,
	CHILDLESS_NEVER = 3,
};
/* IKE fragmentation (RFC 7383): when a message is long; never; in the smallest pieces at once. */
enum fragmentation_policy { FRAGMENTATION_YES = 0, FRAGMENTATION_NO = 1, FRAGMENTATION_FORCE = 2 };
/* IKE over TCP (RFC 9329): never begun; from the start; when nobody answers over UDP. */
enum tcp_policy { TCP_NO = 0, TCP_YES = 1, TCP_FALLBACK = 2 };
/* ESP done by the network card: its cryptography; all of it. */
enum nic_offload { NIC_OFFLOAD_NO = 0, NIC_OFFLOAD_CRYPTO = 1, NIC_OFFLOAD_PACKET = 2 };
enum phase2 { PHASE2_ESP = 0, PHASE2_AH = 1 };
enum esn_policy { ESN_EITHER = 0, ESN_POLICY_YES = 1, ESN_POLICY_NO = 2 };

/* One side. Strings are heap owned by the conn_config, NULL when not given. */
struct end_config {
	char *host;      /* address or %any; several for a peer that is tried at each */
	char *id;        /* identity; default: the host's address */
	char *client;    /* subnets with protocol and port; default: the host itself */
	char *subnets;   /* one connection for each: conf/expand.h */
	char *protoport; /* "proto/port", "17/%any": of clients that name none */
	char *nexthop;
	char *addresspool;  /* ranges of addresses that this end is given one of */
	char *srcip;        /* or %config: what the other end hands out */
	char *interface_ip; /* address with its prefix on the XFRM interface */
	char *vti;          /* the same on the VTI interface */
	bool modecfgserver, modecfgclient;
	char *updown;       /* command; "" or "%disabled": none; NULL: the default script */
	uint64_t ikeport;   /* 0: 500 */
	char *cert;         /* file, nickname, subject or URI of its certificate */
	char *ca;           /* DN of the CA its certificate must come from; "%same" */
	char *ckaid;        /* hex: which key */
	char *pubkey;       /* its raw public key; "%cert" */
	uint64_t auth;      /* enum auth_allow; 0: as authby says */
	uint64_t send_cert; /* enum send_cert */
};

struct cursor;
struct writer;

struct conn_config {
	char *name;
	char *base;      /* name of the definition that it was expanded from; NULL: none */
	char *connalias; /* further names, of groups of connections; spaces or commas between */
	struct end_config left, right;
	uint64_t type;        /* enum conn_type */
	uint64_t ike_version; /* 2 when --ikev2 says so, which changes nothing */
	uint64_t authby;      /* enum auth_allow; 0: any signature */
	uint64_t send_ca;     /* enum send_ca */
	uint64_t ocsp_staple; /* enum ocsp_staple */
	bool announce_auth;   /* SUPPORTED_AUTH_METHODS is sent */
	bool needs_id;        /* a certificate must bear the identity; default true */
	bool encrypt;
	bool pfs;  /* default true */
	char *ike; /* proposals as written; NULL: defaults */
	char *esp;
	uint64_t esn;           /* enum esn_policy */
	uint64_t replay_window; /* packets; default 128 */
	bool sha2_truncbug;
	uint64_t ike_lifetime_usec;        /* default 8 h */
	uint64_t ipsec_lifetime_usec;      /* default 8 h */
	uint64_t rekey_margin_usec;        /* default 9 m */
	uint64_t rekey_fuzz_percent;       /* default 100 */
	uint64_t ipsec_max_bytes;          /* of a child SA, each way; 0: no limit */
	uint64_t ipsec_max_packets;        /* the same */
	bool reauth;                       /* authenticate anew instead of rekeying the IKE SA */
	uint64_t keyingtries;              /* default 3; 0: for ever */
	bool rekey;                        /* default true */
	uint64_t retransmit_timeout_usec;  /* default 30 s */
	uint64_t retransmit_interval_usec; /* default 500 ms */
	uint64_t metric;
	uint64_t mtu;
	uint64_t priority;
	uint64_t reqid;
	char *modecfgdns; /* pushed to the peer: addresses of servers, domains, a greeting */
	char *modecfgdns1, *modecfgdns2, *modecfgwins1, *modecfgwins2;
	char *modecfgdomains;
	char *modecfgbanner;
	bool share_lease; /* default true */
	bool ignore_peer_dns;
	bool nm_configured; /* who owns the name servers: told to the scripts */
	uint64_t phase2;    /* enum phase2 */
	char *ah;           /* proposals as written; NULL: defaults */
	uint64_t tfc;       /* octets that packets are padded to; 0: none */
	bool send_no_tfc;
	bool compress;
	char *ipsec_interface;           /* "no", "yes" or N: the XFRM interface ipsecN */
	char *mark, *mark_in, *mark_out; /* VALUE/MASK; -1 for one of its own */
	char *vti_interface;
	bool vti_routing, vti_shared;
	bool iptfs, iptfs_fragmentation; /* IP-TFS (RFC 9347) */
	uint64_t iptfs_packet_size;      /* octets of the outer packet; 0: the path's MTU */
	uint64_t iptfs_max_queue_size;   /* octets that wait to be sent */
	uint64_t iptfs_init_delay_usec;  /* a packet waits for others so long */
	uint64_t iptfs_reorder_window;   /* packets */
	uint64_t iptfs_drop_time_usec;   /* a missing packet is waited for so long */
	uint64_t nflog_group;            /* 0: none */
	uint64_t nic_offload;            /* enum nic_offload */
	bool decap_dscp, encap_dscp, nopmtudisc;
	bool narrowing;            /* less than the clients is enough; default false */
	uint64_t host_family;      /* enum family: what --ipv4 and --ipv6 insist on; NONE: either */
	uint64_t dpd_delay_usec;   /* silence until the peer is asked whether it lives; 0: never */
	uint64_t dpd_timeout_usec; /* until an unanswered probe fails; 0: retransmit_timeout */
	uint64_t dpd_action;       /* enum dpd_action */
	uint64_t revive;           /* enum revive_policy */
	bool initial_contact;
	uint64_t negotiation_shunt; /* enum negotiation_shunt */
	uint64_t failure_shunt;     /* enum failure_shunt */
	bool never;                 /* --auth-never: goes with pass, drop and reject */
	bool fail_closed;           /* its policies outlive pluto; default false */
	uint64_t client_family;     /* the same for the clients: --tunnelipv4, --tunnelipv6 */
	/* NAT and paths */
	uint64_t encapsulation; /* enum encap_policy */
	bool nat_keepalive;     /* default true */
	uint64_t tcp;           /* enum tcp_policy */
	uint64_t tcp_port;      /* the peer's; default 4500 */
	bool mobike;            /* default false */
	uint64_t fragmentation; /* enum fragmentation_policy */

	/* extensions of IKEv2 */
	uint64_t ppk;       /* enum ppk_policy */
	char *ppk_ids;      /* names of PPKs in order of preference, commas between; NULL: any */
	uint64_t childless; /* enum childless_policy */
	bool accept_redirect;
	char *accept_redirect_to; /* addresses, commas between; NULL, %any: every one */
	uint64_t send_redirect;   /* enum redirect_policy */
	char *redirect_to;        /* addresses, commas between: where peers are sent */
	bool session_resumption;  /* tickets are asked for and given (RFC 5723); default false */
	bool intermediate;        /* IKE_INTERMEDIATE, without additional key exchanges too */
};

/* What a host is written as. All but addresses have none until they are looked up. */
enum host_kind {
	HOST_ADDRESS,
	HOST_ANY,
	HOST_OPPORTUNISTIC, /* any host of the client, called when there is traffic for it:
			     * %opportunistic, %opportunisticgroup, %group */
	HOST_DEFAULTROUTE,  /* the source address of the route towards the peer */
	HOST_IFACE,         /* %eth0: the interface's own address */
	HOST_NAME,          /* in the DNS, alone or in a list of several */
};
#define HOSTS_MAX 16 /* addresses of one end */
/* Of a list with commas between its hosts the next one, copied into out. False: no more, or it is too long. */
#define HOST_TEXT_LEN 256
bool host_list_next(const char **list, char out[HOST_TEXT_LEN]);
static inline bool host_kind_is_looked_up(uint8_t kind)
{
	return kind >= HOST_DEFAULTROUTE;
}

/* What the daemon uses: every text parsed, defaults filled, proposals resolved. Owns its memory. */
struct conn_end {
	struct address host;   /* family NONE: %any, or not looked up yet */
	struct address *hosts; /* all it may be at, host among them; NULL: only there */
	uint8_t host_count;    /* of these; 0 with NULL */
	uint8_t host_kind;     /* enum host_kind */
	bool id_is_host, nexthop_is_route;
	uint16_t ikeport;
	struct identity id;            /* NONE: %any */
	struct selectors clients;      /* at least one */
	struct selectors pools;        /* its ranges are pools that this end gets an address of */
	bool wants_config;             /* it asks the other end for an address */
	bool gives_config;             /* it hands out addresses */
	bool client_is_config;         /* no --client: the selector is the address handed out */
	bool client_is_host;           /* no --client: the selector is the host itself */
	struct address nexthop, srcip; /* NONE: not given */
	struct subnet interface_ip,
		vti;         /* an address and the length of its prefix; NONE: not given */
	char *updown;        /* as in end_config */
	uint32_t auth;       /* enum auth_allow */
	bool id_from_cert;   /* the identity is the subject of its certificate */
	struct bytes pubkey; /* SubjectPublicKeyInfo; empty: none named */
};

/* What packets are told apart by, beside their addresses: of a mask of 0 there is none. */
struct conn_mark {
	uint32_t value, mask;
	bool is_own; /* a value of the connection's own: its reqid */
};

#define CONN_IFACE_LEN 16
#define CONN_SERVERS_MAX 8
struct conn_push { /* what is pushed to a peer with its address */
	struct address dns[CONN_SERVERS_MAX], wins[2];
	uint8_t dns_count, wins_count;
};

struct conn_def {
	struct conn_config config; /* as given, for status and for comparing */
	struct conn_end left, right;
	struct conn_push *push;            /* NULL: nothing */
	const struct proposals *ike, *esp; /* shared: conf/proposal_pool.h */
	struct conn_mark mark_in, mark_out;
	uint32_t if_id;             /* of the XFRM interface; 0: none */
	char iface[CONN_IFACE_LEN]; /* its name */
};

/* Sets the defaults. The config owns every string put in later; conn_config_free frees them. */
void conn_config_init(struct conn_config *c);
void conn_config_free(struct conn_config *c);
/* False: memory is short, out is empty. */
bool conn_config_copy(const struct conn_config *from, struct conn_config *out);
/*
 * Checks and resolves (conf/check.c: one small function for each rule): hosts and families agree,
 * ids parse, proposals resolve, psk and encrypt given, lifetimes sane. Takes config over (moves it
 * into out, leaving it empty) on success; on failure out is empty, config untouched, and e names the
 * option and what to do. Equal proposals of one pool are one in memory; pool NULL: nothing is shared.
 */
bool conn_def_resolve(struct conn_config *config, struct proposal_pool *pool, struct conn_def *out,
		      struct error *e);
void conn_def_free(struct conn_def *d);
/* The host of an end has been looked up (or is not there any more: family NONE), and with it what
 * follows from it: identity, client, next hop. False: out of memory, nothing changed. */
bool conn_end_set_host(struct conn_end *end, const struct address *host,
		       const struct address *nexthop);
/* All that it may be at; one or none is the same as no list. False: out of memory, nothing changed. */
bool conn_end_set_hosts(struct conn_end *end, const struct address *list, uint8_t count);
bool conn_end_has_host(const struct conn_end *end, const struct address *host);
/* True when replacing one by the other would change nothing. */
bool conn_config_eq(const struct conn_config *a, const struct conn_config *b);
/* As bytes, and from them: of what is in them nothing is trusted. False with c->error: out is empty. */
void conn_config_write(const struct conn_config *c, struct writer *w);
bool conn_config_read(struct cursor *c, struct conn_config *out);
/* SHA-256 over all of it: equal for those that conn_config_eq calls equal, in another process too.
 * False when OpenSSL fails. */
bool conn_config_digest(const struct conn_config *c, uint8_t out[32]);

struct keyword;
struct conn_difference { /* zeroed before the first call */
	size_t next;
	const struct keyword *keyword;
	bool right; /* of a keyword per end */
};
/* The next option that differs, names apart; false: no more. */
bool conn_config_differ(const struct conn_config *a, const struct conn_config *b,
			struct conn_difference *d);

#endif
