/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the exchange, payload and notify tables (IANA "IKEv2 Parameters"). */
#include "wire/payloads.h"

static const struct name exchange_rows[] = {
	{ EXCHANGE_IKE_SA_INIT, "IKE_SA_INIT" },
	{ EXCHANGE_IKE_AUTH, "IKE_AUTH" },
	{ EXCHANGE_CREATE_CHILD_SA, "CREATE_CHILD_SA" },
	{ EXCHANGE_INFORMATIONAL, "INFORMATIONAL" },
};
const struct names exchange_names = NAMES("exchange", exchange_rows);

static const struct name payload_rows[] = {
	{ PAYLOAD_SA, "SA" },     { PAYLOAD_KE, "KE" },       { PAYLOAD_IDi, "IDi" },
	{ PAYLOAD_IDr, "IDr" },   { PAYLOAD_CERT, "CERT" },   { PAYLOAD_CERTREQ, "CERTREQ" },
	{ PAYLOAD_AUTH, "AUTH" }, { PAYLOAD_NONCE, "NONCE" }, { PAYLOAD_NOTIFY, "N" },
	{ PAYLOAD_DELETE, "D" },  { PAYLOAD_VENDOR, "V" },    { PAYLOAD_TSi, "TSi" },
	{ PAYLOAD_TSr, "TSr" },   { PAYLOAD_SK, "SK" },       { PAYLOAD_CP, "CP" },
	{ PAYLOAD_EAP, "EAP" },   { PAYLOAD_SKF, "SKF" },
};
const struct names payload_names = NAMES("payload", payload_rows);

static const struct name notify_rows[] = {
	{ N_UNSUPPORTED_CRITICAL_PAYLOAD, "UNSUPPORTED_CRITICAL_PAYLOAD" },
	{ N_INVALID_IKE_SPI, "INVALID_IKE_SPI" },
	{ N_INVALID_MAJOR_VERSION, "INVALID_MAJOR_VERSION" },
	{ N_INVALID_SYNTAX, "INVALID_SYNTAX" },
	{ N_INVALID_MESSAGE_ID, "INVALID_MESSAGE_ID" },
	{ N_INVALID_SPI, "INVALID_SPI" },
	{ N_NO_PROPOSAL_CHOSEN, "NO_PROPOSAL_CHOSEN" },
	{ N_INVALID_KE_PAYLOAD, "INVALID_KE_PAYLOAD" },
	{ N_AUTHENTICATION_FAILED, "AUTHENTICATION_FAILED" },
	{ N_SINGLE_PAIR_REQUIRED, "SINGLE_PAIR_REQUIRED" },
	{ N_NO_ADDITIONAL_SAS, "NO_ADDITIONAL_SAS" },
	{ N_INTERNAL_ADDRESS_FAILURE, "INTERNAL_ADDRESS_FAILURE" },
	{ N_FAILED_CP_REQUIRED, "FAILED_CP_REQUIRED" },
	{ N_TS_UNACCEPTABLE, "TS_UNACCEPTABLE" },
	{ N_INVALID_SELECTORS, "INVALID_SELECTORS" },
	{ N_TEMPORARY_FAILURE, "TEMPORARY_FAILURE" },
	{ N_CHILD_SA_NOT_FOUND, "CHILD_SA_NOT_FOUND" },
	{ N_INITIAL_CONTACT, "INITIAL_CONTACT" },
	{ N_SET_WINDOW_SIZE, "SET_WINDOW_SIZE" },
	{ N_ADDITIONAL_TS_POSSIBLE, "ADDITIONAL_TS_POSSIBLE" },
	{ N_IPCOMP_SUPPORTED, "IPCOMP_SUPPORTED" },
	{ N_NAT_DETECTION_SOURCE_IP, "NAT_DETECTION_SOURCE_IP" },
	{ N_NAT_DETECTION_DESTINATION_IP, "NAT_DETECTION_DESTINATION_IP" },
	{ N_COOKIE, "COOKIE" },
	{ N_USE_TRANSPORT_MODE, "USE_TRANSPORT_MODE" },
	{ N_HTTP_CERT_LOOKUP_SUPPORTED, "HTTP_CERT_LOOKUP_SUPPORTED" },
	{ N_REKEY_SA, "REKEY_SA" },
	{ N_ESP_TFC_PADDING_NOT_SUPPORTED, "ESP_TFC_PADDING_NOT_SUPPORTED" },
	{ N_NON_FIRST_FRAGMENTS_ALSO, "NON_FIRST_FRAGMENTS_ALSO" },
	{ N_FRAGMENTATION_SUPPORTED, "IKEV2_FRAGMENTATION_SUPPORTED" },
	{ N_SIGNATURE_HASH_ALGORITHMS, "SIGNATURE_HASH_ALGORITHMS" },
};
const struct names notify_names = NAMES("notify", notify_rows);

static const struct name protocol_rows[] = {
	{ PROTOCOL_NONE, "none" },
	{ PROTOCOL_IKE, "IKE" },
	{ PROTOCOL_AH, "AH" },
	{ PROTOCOL_ESP, "ESP" },
};
const struct names protocol_names = NAMES("protocol", protocol_rows);

static const struct name auth_rows[] = {
	{ AUTH_RSA_SIGNATURE, "RSA signature" },
	{ AUTH_SHARED_KEY, "shared key" },
	{ AUTH_DIGITAL_SIGNATURE, "digital signature" },
};
const struct names auth_method_names = NAMES("authentication method", auth_rows);
