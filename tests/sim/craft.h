/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages that no core sends: forged copies of an IKE_SA_INIT request, and protected messages made
 * with the keys of a peer's IKE SA, each wrong in one way.
 */
#ifndef SIM_CRAFT_H
#define SIM_CRAFT_H

#include "sim.h"
#include "wire/builder.h"

/* What is done to a copy of the first IKE_SA_INIT request before it is sent again. */
enum mangle {
	MANGLE_NONE,
	MANGLE_SPI_I_ZERO,
	MANGLE_SPI_R,
	MANGLE_MESSAGE_ID,
	MANGLE_NO_INITIATOR,
	MANGLE_MAJOR_3,
	MANGLE_MAJOR_3_RESPONSE,
	MANGLE_MAJOR_1,
	MANGLE_MINOR,
	MANGLE_SHORT,
	MANGLE_LENGTH_LONG,
	MANGLE_LENGTH_SHORT,
	MANGLE_TRAILER,
	MANGLE_EXCHANGE,
	MANGLE_PAYLOAD_LENGTH_0,
	MANGLE_CHAIN_END,
	MANGLE_CRITICAL,
	MANGLE_UNKNOWN,
	MANGLE_TWO_KE,
	MANGLE_NO_NONCE,
	MANGLE_NONCE_15,
	MANGLE_NONCE_16,
	MANGLE_NONCE_256,
	MANGLE_NONCE_257,
	MANGLE_KE_SHORT,
	MANGLE_KE_GROUP,
	MANGLE_PAYLOADS_65,
	MANGLE_VENDORS_60,
	MANGLE_NOTIFY_SPI,
	MANGLE_KNOWN_CRITICAL,
	MANGLE_PUZZLE,
	MANGLE_NEW_NONCE,
	MANGLE_RESERVED,
	MANGLE_TINY,
	MANGLE_FAKE_SK,
	MANGLE_FAKE_SK_LONG,
	MANGLE_WRONG_COOKIE,
	/* a cookie that the host made itself, for this request or for one that differs in one thing */
	MANGLE_COOKIE,
	MANGLE_COOKIE_OTHER_SPI,
	MANGLE_COOKIE_OTHER_NONCE,
	MANGLE_COOKIE_OTHER_SOURCE,
};

/* What a protected message holds. With CRAFT_RESPONSE added it answers the host's own request. */
enum craft {
	CRAFT_EMPTY,
	CRAFT_CRITICAL,
	CRAFT_UNKNOWN,
	CRAFT_KNOWN_CRITICAL,
	CRAFT_BAD_ICV,
	CRAFT_LENGTH_0,
	CRAFT_CHAIN_END,
	CRAFT_TRAILER,
	CRAFT_PAYLOADS_65,
	CRAFT_PAYLOADS_63,
	CRAFT_TWO_IDS,
	CRAFT_UNKNOWN_ERROR,
	CRAFT_UNKNOWN_STATUS,
	CRAFT_NOTIFY_SPI,
	CRAFT_WINDOW_0,
	CRAFT_WINDOW_1,
	CRAFT_WINDOW_5,
	CRAFT_WINDOW_MAX,
	CRAFT_WINDOW_SHORT,
	CRAFT_OLD,
	CRAFT_FUTURE,
	CRAFT_TURNED_FLAG,
	CRAFT_OTHER_SPI,
	CRAFT_OUTER_DELETE,
	CRAFT_DELETE_SIZE,
	CRAFT_DELETE_COUNT,
	CRAFT_DELETE_PROTOCOL,
	CRAFT_DELETE_IKE_SPI,
	CRAFT_DELETE_MANY,
	CRAFT_DELETE_OUR_SIDE,
	CRAFT_DELETE_BOTH,
	CRAFT_DELETE_UNKNOWN,
	CRAFT_DELETE_NEWEST,
	CRAFT_INITIAL_CONTACT,
	CRAFT_SAME_ID_AGAIN,
	CRAFT_RESERVED,
	CRAFT_NOT_COUNTED,
	CRAFT_SAME_ID_FORGED, /* from another address, with a bad ICV */
	CRAFT_SAME_ID_MOVED,  /* the same with a good one */
	CRAFT_REFUSED,        /* AUTHENTICATION_FAILED */
	CRAFT_AGAIN, /* the peer's latest request of that exchange once more, as the next one */
	CRAFT_REDIRECT_NORTH,  /* by its name */
	CRAFT_REDIRECT_GW,     /* a name of east and north */
	CRAFT_REDIRECT_NOBODY, /* by a name that is none */
	CRAFT_REDIRECT_ODD,    /* by what could be no name */
	CRAFT_FRAGMENT_OUTER,  /* the only one, with a Delete before it */
	CRAFT_FRAGMENT_OF_TWO, /* the first of two */
	CRAFT_RESPONSE = 64,
};

/* What becomes of the payloads of a type in a protected message on its way. */
enum rewrite {
	REWRITE_OMIT,
	REWRITE_EMPTY,
	REWRITE_TWICE,
	REWRITE_FLIP_LAST,  /* a bit of the last octet */
	REWRITE_FLIP_FIRST, /* a high bit of the first one */
	REWRITE_ADD,        /* one more at the end, of eight octets */
	REWRITE_ADD_CRITICAL,
	REWRITE_MANY,      /* forty more */
	REWRITE_SAY,       /* one more notify, whose type is the number of the payload */
	REWRITE_SPI_AGAIN, /* of SA: the SPI of the sender's first child */
	/* of an IKE_SA_INIT too, which nothing protects; the length stays */
	REWRITE_ECHO, /* of a nonce: that of the other end */
	REWRITE_ZERO, /* of a KE: a value of zero */
};
/* An empty message as a fragment, in the builder's buffer, which has its header. */
struct slice craft_fragment(struct ike_sa *peer, struct builder *b, bool of_two);
/* Changes the datagram of the host as the fault says; false: it cannot be opened. */
bool rewrite(struct sim *s, uint8_t from, const struct fault *f, struct bytes *data);
/* The sender's IKE SA of a datagram, or NULL. */
struct ike_sa *craft_owner(struct sim *s, uint8_t host, struct slice datagram);
/* The nonce that the other end gave, or is about to use, in the exchange of the sender's datagram. */
struct slice craft_other_nonce(struct sim *s, uint8_t from, struct slice datagram);

/* The copy comes to the host from the address it came from, or with own_source from others. */
void craft_init(struct sim *s, uint8_t host, enum mangle how);
enum flood { FLOOD_FROM_MANY, FLOOD_FROM_SAME, FLOOD_FROM_PREFIX /* of 64 bits, IPv6 */ };
/* count copies with new SPIs, from as many addresses as that says. */
void craft_flood(struct sim *s, uint8_t host, unsigned count, enum flood from_where);
/* To the host under the keys of its peer's IKE SA; the peer counts it as its own. */
void craft_protected(struct sim *s, uint8_t host, uint8_t exchange, unsigned how);
size_t craft_last_len(struct sim *s, uint8_t host);
void craft_reflect(struct sim *s, uint8_t host);
/* The host's next request on its IKE SA has this message ID, and its peer expects it. */
void craft_message_id(struct sim *s, uint8_t host, uint32_t id);
/* Does the latest datagram of the host hold a notify of this type? 0: it must hold no error and no COOKIE. */
bool craft_last_has(struct sim *s, uint8_t host, uint16_t notify);

#endif
