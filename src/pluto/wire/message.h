/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An IKEv2 message as typed structs (RFC 7296, section 3): parsed whole through one bounded cursor,
 * into memory of one arena, before anything acts on it. Slices borrow from the datagram (or from the
 * opened SK payload), so a message lives no longer than these.
 */
#ifndef WIRE_MESSAGE_H
#define WIRE_MESSAGE_H

#include "base/arena.h"
#include "base/selector.h"
#include "wire/payloads.h"

#define IKE_HEADER_LEN 28
#define IKE_PORT 500
#define IKE_NATT_PORT 4500
#define MESSAGE_MAX_PAYLOADS 64 /* edge case 17 */
#define MESSAGE_MAX_NOTIFIES 32
#define MESSAGE_MAX_DELETES 16
#define PROPOSALS_MAX 64
#define CP_ATTRIBUTES_MAX 64
#define TRANSFORMS_MAX 1024 /* over all proposals of a message */
#define MESSAGE_MAX_CERTS 8 /* X.509 alone (case 96) */
#define MESSAGE_MAX_CERT_BYTES 32768u
#define MESSAGE_MAX_OCSPS 4
#define MESSAGE_MAX_CERTREQS 8
#define NONCE_MIN_LEN 16
#define NONCE_MAX_LEN 256

enum header_flags { FLAG_INITIATOR = 0x08, FLAG_VERSION = 0x10, FLAG_RESPONSE = 0x20 };

struct ike_header {
	uint64_t spi_i;
	uint64_t spi_r;
	uint8_t next_payload;
	uint8_t major;
	uint8_t minor;
	uint8_t exchange; /* enum exchange_type */
	uint8_t flags;
	uint32_t message_id;
	uint32_t length;
};

struct transform {
	uint8_t type;
	uint16_t id;
	uint16_t key_bits; /* 0: the attribute is absent */
	bool is_usable;    /* false: an attribute we do not know, or key length 0 given */
};

struct proposal {
	uint8_t number;
	uint8_t protocol; /* enum protocol_id */
	struct slice spi;
	const struct transform *transforms;
	uint16_t count;
};

struct notify {
	uint8_t protocol;
	struct slice spi;
	uint16_t type; /* enum notify_type */
	struct slice data;
};

struct delete_payload {
	uint8_t protocol;
	uint8_t spi_len;
	uint16_t count;
	struct slice spis; /* count * spi_len bytes */
};

struct id_payload {
	uint8_t type;
	struct slice body;  /* identification data */
	struct slice whole; /* payload body with type and reserved bytes, as AUTH covers it */
};

struct ke_payload {
	uint16_t group;
	struct slice value;
};

struct auth_payload {
	uint8_t method;
	struct slice data;
};

/* RFC 7296 3.6 */
enum cert_encoding { CERT_X509_SIGNATURE = 4, CERT_OCSP = 14 /* RFC 4806 3 */ };

/* RFC 7296 3.7: SHA-1 hashes of CAs' keys, one after the other. */
struct certreq_payload {
	uint8_t encoding;
	struct slice hashes;
};

struct ts_payload {
	const struct selector *selectors;
	uint8_t count;    /* usable ones; those of unknown type are skipped */
	uint8_t declared; /* what the payload said */
};

struct cp_attribute {
	uint16_t type; /* enum cp_attribute_type */
	struct slice value;
};

struct cp_payload {
	uint8_t type; /* enum cp_type */
	const struct cp_attribute *attributes;
	uint8_t count; /* at most CP_ATTRIBUTES_MAX; those over it are skipped */
};

struct message {
	struct ike_header header;
	struct slice raw; /* header->length bytes */
	uint64_t have;    /* bit (1 << (type - PAYLOAD_FIRST)) for each payload type seen */
	/* Singletons: valid when the bit is set. */
	struct {
		const struct proposal *proposals;
		uint16_t count;
	} sa;
	struct ke_payload ke;
	struct id_payload id_i, id_r;
	struct auth_payload auth;
	struct slice nonce;
	struct ts_payload ts_i, ts_r;
	struct cp_payload cp;
	const struct notify *notifies;
	uint16_t notify_count;
	const struct delete_payload *deletes;
	uint16_t delete_count;
	const struct slice *certs; /* X.509, DER; the others are skipped */
	uint8_t cert_count;
	struct slice ocsps[MESSAGE_MAX_OCSPS]; /* OCSP responses, DER (RFC 4806) */
	uint8_t ocsp_count;
	uint8_t certs_skipped;
	uint32_t cert_bytes;
	const struct certreq_payload *certreqs;
	uint8_t certreq_count;
	/* The encrypted payload: where it starts (its generic header) in raw, and its first inner type. */
	size_t sk_offset;
	uint8_t sk_inner_type;
	uint16_t fragment_number, fragment_total; /* of SKF (RFC 7383 2.5) */
	struct slice sk_text; /* once opened: the payloads inside, without padding */
	/* Verdicts of the parser that are not syntax errors. */
	uint8_t critical_unknown; /* type of an unknown payload with the critical bit, else 0 */
	const char *error;        /* field that was malformed; NULL when all is well */
};

#define PAYLOAD_BIT(type) (1ull << ((type)-PAYLOAD_FIRST))
static inline bool message_has(const struct message *m, uint8_t type)
{
	return m->have & PAYLOAD_BIT(type);
}
static inline bool message_is_response(const struct message *m)
{
	return m->header.flags & FLAG_RESPONSE;
}

/* Header only; false when the datagram is too short or shorter than its Length (cases 1, 2). */
bool header_parse(struct slice datagram, struct ike_header *out);

/*
 * Header and the payloads outside SK. False, with m->error naming the field, on a syntax error.
 * An SK or SKF payload ends the walk (it must be last).
 */
bool message_parse(struct slice datagram, struct arena *arena, struct message *m);
/* The payloads inside SK: text is the decrypted chain, without padding. Adds to m. */
bool message_parse_inner(struct slice text, struct arena *arena, struct message *m);

/* The first notify of a type, or NULL. */
const struct notify *message_notify(const struct message *m, uint16_t type);
/* The n-th attribute of a type in the CP payload (from 0), or NULL. */
const struct cp_attribute *message_cp(const struct message *m, uint16_t type, unsigned n);
/* The first error notify (type below 16384), or NULL. */
const struct notify *message_error_notify(const struct message *m);

#endif
