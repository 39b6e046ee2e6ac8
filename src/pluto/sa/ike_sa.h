/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An IKE SA: a phase and two slots, `ours` and `theirs`: the exchange in flight each way with its
 * message-ID window entry (RFC 7296 2.2, 2.3; window 1) and its scratch, which dies with it.
 */
#ifndef SA_IKE_SA_H
#define SA_IKE_SA_H

#include "base/heap.h"
#include "sa/auth_scratch.h"
#include "sa/child_sa.h"
#include "wire/fragment.h"
#include "sa/ike_config.h"

enum ike_phase {
	IKE_STARTING,       /* initiator: IKE_SA_INIT not answered */
	IKE_HALF_OPEN,      /* responder: IKE_SA_INIT answered, nobody proved anything */
	IKE_AUTHENTICATING, /* initiator: IKE_AUTH sent */
	IKE_ESTABLISHED,
	IKE_REPLACED, /* another has its children; it waits for the Delete of one of the ends */
	IKE_DELETING, /* our Delete is under way */
	IKE_DEAD,     /* freed at the end of the event */
};

/* What the peer said it can do or wants: bits of ike_sa.peer_features (exchanges/extensions.c). */
enum ike_feature {
	FEATURE_INITIAL_CONTACT = 1u << 0,
	FEATURE_QCD = 1u << 19,
	FEATURE_NAT_SOURCE = 1u << 1,
	FEATURE_NAT_DESTINATION = 1u << 2,
	FEATURE_FRAGMENTATION = 1u << 3,
	FEATURE_MOBIKE = 1u << 4,
	FEATURE_PPK = 1u << 5,
	FEATURE_CHILDLESS = 1u << 6,
	FEATURE_INTERMEDIATE = 1u << 7,
	FEATURE_REDIRECT = 1u << 8,
	FEATURE_TICKET = 1u << 9, /* it gives tickets */
};

/* A post-quantum preshared key on its way into the keys (exchanges/ppk.c). */
struct ppk_use {
	bool is_offered;   /* responder: we said USE_PPK */
	bool is_mixed;     /* the IKE SA's keys hold the PPK */
	struct bytes name; /* PPK_ID without its type; empty: none is used */
	/* SK_d, SK_pi, SK_pr of the other kind than the IKE SA's: mixed or plain */
	struct secret other;
	struct bytes plain_auth; /* initiator: our AUTH without the PPK, for NO_PPK_AUTH */
};

/* What an exchange is for, from its first step to its last; decides what may cross it (2.25). */
enum purpose {
	PURPOSE_OTHER, /* none, or one that nothing collides with */
	PURPOSE_CREATE_CHILD,
	PURPOSE_REKEY_CHILD,
	PURPOSE_DELETE_CHILD,
	PURPOSE_REKEY_IKE,
	PURPOSE_DELETE_IKE,
};

/* What an exchange needs while it runs. */
struct scratch {
	uint8_t purpose;  /* enum purpose */
	bool is_update;   /* tells of our path */
	bool has_cookie2; /* the answer must echo ike->cookie2 */
	uint32_t path_version;
	uint8_t tries;       /* of ours that were answered TEMPORARY_FAILURE, in a row */
	uint32_t old_serial; /* child that the child being made replaces; 0: none */
	bool old_is_unknown; /* to the peer: the child is made without REKEY_SA */
	/* REKEY_*: what a crossing exchange of the peer made of the same SA (RFC 7296 2.8.1) */
	uint32_t rival_serial;           /* child; 0: none */
	uint64_t rival_spi;              /* our SPI of the IKE SA; 0: none */
	struct bytes rival_ni, rival_nr; /* that exchange's nonces */
	/* REKEY_IKE: the SPIs and the suite of the new IKE SA */
	uint64_t new_spi, peer_new_spi;
	struct suite ike_suite;
	const struct alg *group; /* of the key exchange */
	struct bytes ni, nr;     /* CREATE_CHILD_SA */
	struct secret ke_private;
	struct bytes ke_public, ke_peer;
	struct secret ke_shared;
	struct child_sa *child; /* being made; owned by the IKE SA's list */
	struct ppk_use ppk;
	struct auth_scratch *auth; /* IKE_AUTH; NULL: none yet */
	bool is_refused;           /* no connection fits the identities: fail after the same work */
	char refusal[100];         /* what else than that; "": nothing */
	uint8_t ke_rounds;         /* INVALID_KE_PAYLOAD answers to CREATE_CHILD_SA */
	uint16_t child_error;      /* notify type for a refused child; 0: none */
	bool has_more_ts;          /* the answer says ADDITIONAL_TS_POSSIBLE */
	bool has_digest;           /* the peer is to be given a ticket, with this: */
	uint8_t credentials[16];
	struct child_keys child_keys;
	uint32_t
		gone_spis[4]; /* deleted by the peer before its answer told us of them (case 129) */
	uint8_t gone_count;
	/* additional key exchanges (exchanges/ike_followup_ke.c) */
	uint8_t addkes_done;
	struct secret first_shared, more_shared; /* SK(0); SK(1) | SK(2) ... */
	struct bytes link;                       /* initiator: the peer's name for it */
};

/* A CREATE_CHILD_SA of the peer's that waits for its additional key exchanges. */
struct followup {
	uint8_t link[16]; /* our name for it */
	uint64_t expires_usec;
	struct scratch scratch; /* its child is in the IKE SA's list */
};

struct exchange_row;

/* A message of ours as it goes out: one datagram, or fragments one after the other. */
struct outgoing {
	struct bytes wire;  /* NULL: none */
	struct bytes text;  /* its inner chain, kept when it may have to be cut smaller */
	uint8_t inner_type; /* of the chain's first payload */
	uint16_t size;      /* of the IP datagrams it was made for */
};

struct held { /* a request that waits (core/held.h) */
	struct held *next;
	bool is_fragment;
	struct bytes datagram;
	struct endpoint local, remote;
	bool natt;
};

struct slot {
	const struct exchange_row *row; /* whose steps run; NULL: idle */
	uint8_t step;
	uint32_t ticket;          /* of the answer waited for; 0: none */
	struct bytes datagram;    /* the message at work, opened in place */
	struct endpoint from, to; /* the path it came by */
	bool natt;
	struct arena arena;
	struct message message;
	struct fragments *fragments; /* that are not whole yet; NULL: none */
	struct scratch scratch;
};

#define INIT_GROUPS_MAX 4
/* An IKE_SA_INIT request of ours that the peer may still answer: the newest with this group. */
struct init_variant {
	const struct alg *group;
	struct secret ke_private;
	struct bytes ke_public, message;
};

struct request {             /* our request in flight */
	struct outgoing out; /* its wire is NULL: none */
	uint8_t exchange;
	uint32_t message_id;
	uint64_t first_usec, next_usec;
	uint64_t wait_usec; /* the current interval */
	uint8_t tries;
	bool is_probe; /* asks only whether the peer lives */
};

enum want_kind {
	WANT_CHILD,
	WANT_REKEY_CHILD,
	WANT_RENEW_CHILD, /* the peer has lost it: made anew in place of it */
	WANT_DELETE_CHILD,
	WANT_REKEY_IKE,
	WANT_DELETE_IKE,
	WANT_PROBE,
	WANT_UPDATE,      /* the peer is told of our path and addresses (RFC 4555) */
	WANT_ROUTABILITY, /* is the peer where it says it has moved to? */
	WANT_REDIRECT,
	WANT_TELL, /* what a rekey or a TICKET_ACK left to be said: token, request for a ticket */
};
struct want { /* a request to be made when the slot is free */
	struct list node;
	struct list conn_node; /* in connection.wants */
	struct ike_sa *ike;
	uint8_t kind;
	struct connection *connection;  /* of what makes a child; else NULL */
	struct selectors local, remote; /* WANT_CHILD: what to offer; empty: the clients */
	bool is_further;                /* the connection is up without it */
	uint32_t child_serial;          /* of the old child */
	uint64_t when_usec;             /* not before that */
	uint8_t tries;                  /* that were answered TEMPORARY_FAILURE */
};

struct ike_sa {
	struct table_node by_spi; /* our SPI */
	struct table_node by_serial;
	struct table_node by_init; /* responder: address and SPI of its IKE_SA_INIT request */
	struct table_node by_peer; /* the peer's proven identity */
	struct table_node by_ends; /* addresses and its connection's identities */
	uint8_t init_digest[32];   /* of that request, to know it again */
	struct list node;
	struct list conn_node; /* in connection.ike_sas */
	struct list kicked;    /* in the core's list */
	struct list touched;   /* the same: something of it may have changed (core/keep.c) */
	uint64_t kept[5];      /* what of its parts was kept last, by hash; 0: nothing */
	bool is_adopted;       /* a former run's, and nobody listens yet */
	struct heap_node timer;
	uint32_t serial;
	uint8_t phase; /* enum ike_phase */
	bool is_initiator;
	bool natt;                   /* talks with the marker */
	bool nat_here, nat_there;    /* who is behind a NAT (sa/nat.h) */
	struct endpoint init_remote; /* where its IKE_SA_INIT request came from */
	uint64_t spi_i, spi_r;
	struct endpoint local, remote;
	struct connection *connection;
	struct identity peer_id;
	char *peer_ca;          /* who issued its certificate; NULL: it has none */
	uint32_t peer_features; /* enum ike_feature */
	uint16_t peer_hashes;   /* HASH_BITs it listed (RFC 7427); 0: none, classic methods only */
	bool peer_is_anonymous; /* it proved nothing (RFC 7619): its identity means nothing */
	struct peer_methods peer_methods; /* of authentication, that it announced */
	bool peer_asks_ocsp;              /* it sent a CERTREQ for an OCSP answer (RFC 4806), */
	bool peer_asks_cert;              /* it sent a CERTREQ, */
	struct bytes peer_certreq; /* for certificates of these CAs (until AUTH is verified) */
	struct suite suite;
	struct ike_keys keys;
	uint64_t send_counter; /* of sk_seal */
	struct slot ours, theirs;
	struct request request;
	uint32_t next_message_id;     /* of ours */
	uint32_t expected_message_id; /* of theirs */
	struct outgoing reply;        /* cached: message ID expected - 1 */
	uint64_t reply_drop_usec;     /* until then */
	struct endpoint reply_to;     /* where its request came from */
	uint16_t reply_total;         /* fragments of its request; 0: it was whole */
	uint16_t fragment_size; /* of IP datagrams, as the path was found to bear; 0: default */
	struct held *held;      /* the first that came is the first */
	size_t held_bytes, held_count;
	bool is_serving_held;
	size_t fragment_bytes;      /* of its sets and what is held, as counted in the core's sum */
	uint64_t reply_credit_usec; /* resends are limited (case 30) */
	uint8_t replies_resent;
	struct list children, wants;
	uint8_t further_asked;     /* children for what an answer left out (RFC 7296 2.9) */
	struct ike_config *config; /* NULL: none; a successor of this IKE SA takes it over */
	/* IKE_SA_INIT, until AUTH is verified: first messages byte for byte (2.15) */
	struct bytes first_message, peer_first_message;
	struct bytes nonce, peer_nonce;
	/* IKE_INTERMEDIATE: what both sent, for AUTH; how much of it was done (ike_intermediate.c) */
	struct bytes int_auth;
	uint8_t int_rounds, addkes_done;
	bool int_is_offered;
	struct followup *followup; /* NULL: none */
	bool is_unwanted;          /* an admin ended the attempt */
	/* redirection */
	bool redirect_is_offered;   /* we said that we follow */
	bool is_redirected;         /* the peer has sent us away from here */
	struct address redirect_to; /* where the peer is to go */
	struct bytes cookie;
	uint8_t init_rounds;
	bool cookie_waits; /* for the next retransmission, as its word is doubted */
	bool was_refused;  /* by a protected AUTHENTICATION_FAILED */
	struct init_variant variants[INIT_GROUPS_MAX];
	uint8_t variant_count;
	uint8_t bad_auths; /* case 46 */
	uint8_t cause;     /* enum cause of the end to come; 0: not known yet */
	bool is_half_open_counted;
	struct list half_open_node;
	struct address half_open_source;
	bool is_proven_address; /* it sent a cookie of ours */
	uint64_t established_wall_sec;
	bool is_deleted_by_peer;
	uint16_t refusal;        /* an unprotected error that answered IKE_SA_INIT; 0: none */
	struct bytes peer_token; /* RFC 6290 */
	/* session resumption (RFC 5723) */
	struct session *session; /* that it resumes, until it stands; NULL: none */
	bool is_resumed;         /* it came up by a ticket */
	uint8_t tickets_asked;   /* that were answered TICKET_ACK */
	bool is_lost;            /* it ends by nobody's wish: tickets of it stay good */
	bool resumption_failed;  /* the attempt is to be begun anew, in full */
	struct identity own_id;  /* who we have proven to be */
	uint64_t
		authenticated_sec; /* wall clock: when the peer last proved itself without a ticket */
	uint64_t proof_until_sec;  /* how long that proof is good, by certificates; 0: no limit */
	uint64_t ticket_until_sec; /* gateway: the end of the tickets given for it; 0: none were */
	uint64_t created_usec, established_usec;
	struct bytes init_low;    /* the lower nonce of its IKE_SA_INIT (case 139) */
	uint32_t reauthenticates; /* serial of the IKE SA that goes when this one stands; 0: none */
	/* replacement (RFC 7296 2.8) */
	bool is_replaced;           /* another has its children */
	uint64_t replaces_spi;      /* our SPI of the IKE SA that it was rekeyed from; 0: none */
	uint64_t rekey_usec;        /* when it is to be replaced; USEC_NEVER: not */
	const struct alg *ke_group; /* that the peer asked for at a rekey; NULL: none */
	uint8_t refusals;           /* of its replacement, in a row */
	/* liveness (core/liveness.h) */
	uint64_t heard_usec;  /* the peer's last fresh message */
	uint64_t look_usec;   /* when liveness is looked at; USEC_NEVER: not */
	uint64_t hint_usec;   /* when a hint last led to a probe */
	uint32_t look_ticket; /* of the counters asked for; 0: none */
	/* paths (core/path.c, RFC 4555) */
	bool began; /* the first of the series of rekeyed SAs was ours to begin (RFC 4555 1.1) */
	struct address peer_addresses[8]; /* where the peer is to be found besides */
	uint8_t peer_address_count;
	uint8_t paths_tried;     /* in vain, since the peer was heard */
	uint8_t update_refusals; /* in a row */
	uint32_t path_version;   /* counts moves: an answer to an older one is stale */
	uint8_t cookie2[16];     /* of the request in flight */
	uint64_t mapping_usec;   /* when the kernel's word last moved it */
	/* keepalives (core/keepalive.c) */
	uint64_t last_sent_usec;   /* anything that keeps a NAT's mapping alive */
	uint64_t counted_usec;     /* when the children's counters were last read for that */
	uint32_t keepalive_ticket; /* of the counters asked for; 0: none */
	uint64_t expires_usec;     /* lifetime, half-open timeout, or delete grace */
};

/* The addresses that its connection names. It may have moved since (RFC 4555), been redirected or be
 * beyond a NAT, of which another connection of the same hosts does not know; what the connection
 * leaves open is where the SA is now. */
static inline const struct address *ike_home_local(const struct ike_sa *ike)
{
	const struct address *host = &ike->connection->us->host;

	return host->family != FAMILY_NONE ? host : &ike->local.address;
}

static inline const struct address *ike_home_remote(const struct ike_sa *ike)
{
	const struct address *host = &ike->connection->peer->host;

	return host->family != FAMILY_NONE ? host : &ike->remote.address;
}

static inline uint64_t ike_our_spi(const struct ike_sa *ike)
{
	return ike->is_initiator ? ike->spi_i : ike->spi_r;
}
/* The handle that events carry: our SPI is random and never used twice, so a stale one finds none. */
static inline uint64_t ike_handle(const struct ike_sa *ike)
{
	return ike_our_spi(ike);
}

/* Empty and IKE_STARTING; NULL when memory is short. */
struct ike_sa *ike_sa_new(uint32_t serial, struct connection *c, bool is_initiator);
/* Frees with children (no kernel action), slots, keys. Must be off all tables and lists. */
void ike_sa_free(struct ike_sa *ike);
/* Lets go of the message and the row, keeps the scratch; slot_reset lets go of all. */
void slot_forget_message(struct slot *s);
void slot_reset(struct slot *s);
void outgoing_free(struct outgoing *o);
void held_free(struct held *h);
void init_variants_free(struct ike_sa *ike);
/* Frees it; its child stays. */
void followup_free(struct ike_sa *ike);
struct child_sa *ike_child_by_serial(struct ike_sa *ike, uint32_t serial);
/* By the peer's name for it: its inbound SPI, our outbound one. */
struct child_sa *ike_child_by_spi_out(struct ike_sa *ike, uint32_t spi);
/* The addresses that were given are the successor's, whether there are children or not. */
void ike_sa_take_config(struct ike_sa *ike, struct ike_sa *from);
/* Puts a child on its list, or takes it over from another IKE SA, with what was given there. */
void ike_sa_adopt(struct ike_sa *ike, struct child_sa *child);
/* Only core/ike.c calls it: look-ups depend on the connection. */
void ike_sa_set_connection(struct ike_sa *ike, struct connection *c);
struct child_sa *ike_child_by_spi_in(struct ike_sa *ike, uint32_t spi);
bool ike_want(struct ike_sa *ike, enum want_kind kind, struct connection *c, uint32_t child_serial);
/* A child with selectors of its own; takes them over, false: not. */
bool ike_want_child(struct ike_sa *ike, struct connection *c, struct selectors *local,
		    struct selectors *remote);
/* The first want of the kind (of the child, unless 0), or NULL. */
struct want *ike_find_want(struct ike_sa *ike, enum want_kind kind, uint32_t child_serial);
/* Is there nothing on it, and nothing to come? */
bool ike_is_empty(const struct ike_sa *ike);
void want_free(struct want *w);

#endif
