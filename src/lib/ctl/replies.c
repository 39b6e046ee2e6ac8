/* SPDX-License-Identifier: Apache-2.0 */
/* THE table of replies. */
#include "ctl/replies.h"

const struct reply_row replies[] = {
	{ VERB_STATUS,
	  { RECORD_DAEMON, RECORD_CERT, RECORD_CACERT, RECORD_CRL, RECORD_CONNECTION, RECORD_TOTALS,
	    RECORD_IKE_SA, RECORD_CHILD_SA } },
	{ VERB_TRAFFICSTATUS, { RECORD_TRAFFIC } },
	{ VERB_BRIEFSTATUS, { RECORD_TOTALS } },
	{ VERB_ADDRESSPOOLSTATUS, { RECORD_POOL, RECORD_LEASE } },
	{ VERB_CONNECTIONSTATUS, { RECORD_CONNECTION } },
	{ VERB_SHOWSTATES, { RECORD_IKE_SA, RECORD_CHILD_SA } },
	{ VERB_SHUNTSTATUS, { RECORD_SHUNT } },
	{ VERB_LISTPUBKEYS, { RECORD_PUBKEY } },
	{ VERB_CHECKPUBKEYS, { RECORD_PUBKEY } },
	{ VERB_LISTCERTS, { RECORD_CERT } },
	{ VERB_LISTCACERTS, { RECORD_CACERT } },
	{ VERB_LISTCRLS, { RECORD_CRL } },
	{ VERB_LISTPSKS, { RECORD_PSK } },
	{ VERB_LISTALL, { RECORD_PUBKEY, RECORD_CERT, RECORD_CACERT, RECORD_CRL, RECORD_PSK } },
	{ VERB_COMMIT, { RECORD_CHANGE } },
	{ VERB_WATCH, { RECORD_EVENT } },
	{ VERB_HISTORY, { RECORD_EVENT } },
	{ VERB_WHY, { RECORD_FAILURE } },
	{ VERB_WHAT_IF, { RECORD_WHAT_IF } },
	{ VERB_LISTEVENTS, { RECORD_TIMER } },
	{ VERB_PROCESSSTATUS, { RECORD_SCRIPT } },
	{ VERB_BRIEFCONNECTIONSTATUS, { RECORD_CONNECTION } },
	{ VERB_FIPSSTATUS, { RECORD_DAEMON } },
	{ VERB_METRICS,
	  { RECORD_DAEMON, RECORD_CERT, RECORD_CACERT, RECORD_PUBKEY, RECORD_TOTALS,
	    RECORD_COUNTERS, RECORD_EVENT_COUNT, RECORD_CAUSE_COUNT, RECORD_TUNNEL } },
};

const size_t reply_count = ARRAY_LEN(replies);

const struct reply_row *reply_of(uint16_t verb)
{
	static const struct reply_row none = { 0 };

	for (size_t i = 0; i < reply_count; i++)
		if (replies[i].verb == verb)
			return &replies[i];
	return &none;
}

bool reply_has(uint16_t verb, uint32_t kind)
{
	const struct reply_row *r = reply_of(verb);

	if (kind == RECORD_LOG || kind == RECORD_ALIVE)
		return true;
	for (size_t i = 0; i < REPLY_KINDS && r->kinds[i]; i++)
		if (r->kinds[i] == kind)
			return true;
	return false;
}
