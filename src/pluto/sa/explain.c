/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Differences of proposals (RFC 7296 2.7), of traffic selectors (2.9) and of addresses, and what
 * stands behind an error notify that came alone (2.21, 3.10.1). See explain.h.
 */
#include "sa/explain.h"
#include "sa/child_sa.h"
#include "sa/suite.h"

#include "conf/proposal.h"

#define PEER_PROPOSALS_SHOWN 4
#define OUR_PROPOSALS_SHOWN 6
#define SELECTORS_SHOWN 6

static unsigned count_bits(uint16_t mask)
{
	unsigned n = 0;

	for (; mask; mask &= (uint16_t)(mask - 1))
		n++;
	return n;
}

static void put_peers(struct text *out, const struct proposal *p, unsigned type)
{
	bool any = false;

	for (unsigned i = 0; i < p->count; i++) {
		const struct transform *t = &p->transforms[i];
		const struct alg *a = alg_find(
			type > TRANSFORM_ESN ? TRANSFORM_KE : (enum transform_type)type, t->id);

		if (t->type != type)
			continue;
		text_put(out, any ? "," : "");
		if (a)
			text_put(out, a->name);
		else
			text_add(out, "#%u", t->id);
		if (t->key_bits)
			text_add(out, "_%u", t->key_bits);
		if (!t->is_usable)
			text_put(out, " (with an attribute that is not known here)");
		any = true;
	}
	if (!any)
		text_put(out, "none");
}

static void put_ours(struct text *out, const struct proposal_conf *p, unsigned type)
{
	if (p->counts[type] == 0)
		text_put(out, "none");
	for (unsigned i = 0; i < p->counts[type]; i++) {
		const struct alg_choice *c = &p->choices[type][i];

		text_add(out, "%s%s", i ? "," : "", c->alg->name);
		if (c->key_bits)
			text_add(out, "_%u", c->key_bits);
	}
}

static void one_proposal(struct text *out, const char *name, const char *word,
			 const struct proposals *ours, const struct proposal *p, uint8_t protocol,
			 bool with_ke)
{
	uint16_t least = UINT16_MAX;
	unsigned nearest = 0;

	for (unsigned k = 0; k < ours->count; k++) {
		uint16_t mask = suite_differences(&ours->list[k], p, protocol, with_ke);

		if (count_bits(mask) < count_bits(least)) {
			least = mask;
			nearest = k;
		}
	}
	if (ours->count == 0)
		return;
	text_add(out,
		 "\"%s\": the peer's proposal %u is nearest to our %s proposal %u, and differs in",
		 name, p->number, word, nearest + 1);
	for (unsigned type = 1, shown = 0; type < TRANSFORM_TYPES; type++) {
		if (!(least & 1u << type))
			continue;
		text_add(out, "%s %s: it offers ", shown++ ? ";" : "", suite_type_name(type));
		put_peers(out, p, type);
		text_put(out, ", here it is ");
		put_ours(out, &ours->list[nearest], type);
	}
	text_put(out, least ? "\n" : " its SPI or a transform type that is not known here\n");
}

static const char *protocol_word(uint8_t protocol)
{
	return protocol == PROTOCOL_IKE ? "IKE" : protocol == PROTOCOL_AH ? "AH" : "ESP";
}

void explain_proposals(struct text *out, const char *name, const char *word,
		       const struct proposals *ours, const struct message *m, uint8_t protocol,
		       bool with_ke)
{
	unsigned shown = 0, others = 0;

	for (unsigned i = 0; i < m->sa.count; i++) {
		if (m->sa.proposals[i].protocol != protocol || shown == PEER_PROPOSALS_SHOWN) {
			others++;
			continue;
		}
		one_proposal(out, name, word, ours, &m->sa.proposals[i], protocol, with_ke);
		shown++;
	}
	if (shown == 0)
		text_add(out, "\"%s\": the peer offers nothing for %s\n", name,
			 protocol_word(protocol));
	else if (others > 0)
		text_add(out, "\"%s\": %u further proposals of the peer do not fit either\n", name,
			 others);
}

/* Why these two have nothing in common. */
static const char *selector_difference(const struct selector *a, const struct selector *b)
{
	struct selector x = *a, y = *b, cut;

	if (a->range.start.family != b->range.start.family)
		return "another address family";
	x.protocol = y.protocol = 0;
	x.start_port = y.start_port = 0;
	x.end_port = y.end_port = UINT16_MAX;
	if (!selector_intersect(&x, &y, &cut))
		return "other addresses";
	if (a->protocol && b->protocol && a->protocol != b->protocol)
		return "another protocol";
	return "other ports";
}

void explain_selectors(struct text *out, const char *name, const char *whose,
		       const struct ts_payload *offer, const struct selectors *policy)
{
	char a[SELECTOR_TEXT_LEN], b[SELECTOR_TEXT_LEN];
	struct selector cut;
	unsigned lines = 0;

	if (offer->count == 0)
		text_add(out, "\"%s\": of %s end the peer names nothing that is known here\n", name,
			 whose);
	for (uint8_t i = 0; i < offer->count; i++)
		for (uint8_t j = 0; j < policy->count && lines < SELECTORS_SHOWN; j++) {
			const struct selector *o = &offer->selectors[i], *p = &policy->items[j];

			if (selector_intersect(o, p, &cut))
				continue;
			lines++;
			text_add(out, "\"%s\": of %s end the peer offers %s, here it is %s: %s\n",
				 name, whose, selector_format(o, a, sizeof(a)),
				 selector_format(p, b, sizeof(b)), selector_difference(o, p));
		}
}

void explain_mode(struct text *out, const struct connection *conn, bool wants_transport)
{
	bool is_transport = conn->def->config.type == CONN_TRANSPORT;

	if (is_transport != wants_transport)
		text_add(out, "\"%s\": the peer wants %s mode, here it is %s\n",
			 conn->def->config.name, wants_transport ? "transport" : "tunnel",
			 is_transport ? "transport" : "tunnel");
}

void explain_addresses(struct text *out, const struct connection *conn, const struct address *local,
		       const struct address *remote)
{
	char a[ADDRESS_TEXT_LEN], b[ADDRESS_TEXT_LEN];
	const char *name = conn->def->config.name;

	if (!conn->is_oriented)
		text_add(out, "\"%s\": neither of its ends is an address of this machine\n", name);
	else if (!address_eq(&conn->us->host, local))
		text_add(out, "\"%s\": is for our address %s, the peer came to %s\n", name,
			 address_format(&conn->us->host, a, sizeof(a)),
			 address_format(local, b, sizeof(b)));
	else if (conn->peer->host.family != FAMILY_NONE && !address_eq(&conn->peer->host, remote))
		text_add(out, "\"%s\": is for a peer at %s, this one comes from %s\n", name,
			 address_format(&conn->peer->host, a, sizeof(a)),
			 address_format(remote, b, sizeof(b)));
}

void explain_our_proposals(struct text *out, const char *word, const struct proposals *ours)
{
	char buf[600];

	for (unsigned i = 0; i < ours->count && i < OUR_PROPOSALS_SHOWN; i++) {
		proposal_conf_format(&ours->list[i], buf, sizeof(buf));
		text_add(out, "we proposed %s%s\n", word, buf);
	}
	if (ours->count > OUR_PROPOSALS_SHOWN)
		text_add(out, "and %u more of %s\n", ours->count - OUR_PROPOSALS_SHOWN, word);
}

static void say_identities(struct text *out, const struct explain_facts *f)
{
	char a[160], b[160];

	text_add(out, "we are %s to the peer, and asked for %s (--id of either end)\n",
		 identity_format(&f->conn->us->id, a, sizeof(a)),
		 identity_format(&f->conn->peer->id, b, sizeof(b)));
	if (f->credential)
		text_add(out, "what we authenticated with %s %s\n", f->own ? "is" : "stands in",
			 f->credential);
}

#define DAY_SEC 86400

/* What of our own certificate the peer may not like: its time, its issuer. */
static void say_certificate(struct text *out, const struct explain_facts *f)
{
	const struct credential *own = f->own;

	if (!own || !own->issuer[0])
		return;
	if (own->until_sec && own->until_sec <= f->wall_sec)
		text_add(out,
			 "our certificate has expired %u days ago: renew it, then ipsec whack "
			 "--rereadcerts\n",
			 (unsigned)((f->wall_sec - own->until_sec) / DAY_SEC));
	else if (own->from_sec > f->wall_sec)
		text_add(out, "our certificate is not valid for %u more days: look at this clock\n",
			 (unsigned)((own->from_sec - f->wall_sec) / DAY_SEC) + 1);
	if (f->names_cas && !own->is_requested)
		text_add(
			out,
			"the peer names the CAs it trusts, and the issuer of our certificate, "
			"%.200s, is not among them: give it that CA, or us a certificate of one of "
			"its own\n",
			own->issuer);
	else
		text_add(out, "our certificate was issued by %.200s: the peer must trust that CA\n",
			 own->issuer);
}

static void say_selectors(struct text *out, const struct explain_facts *f)
{
	char a[SELECTORS_TEXT_LEN], b[SELECTORS_TEXT_LEN];

	if (f->ts_local && f->ts_remote)
		text_add(out, "we asked for %s here and %s there (--client of either end)\n",
			 selectors_format(f->ts_local, a, sizeof(a)),
			 selectors_format(f->ts_remote, b, sizeof(b)));
}

static void say_esp(struct text *out, const struct explain_facts *f)
{
	bool is_ah = child_protocol(f->conn) == PROTOCOL_AH;

	explain_our_proposals(out, is_ah ? "ah=" : "esp=", f->conn->def->esp);
	text_add(out, "%s mode, pfs=%s\n", f->is_tunnel ? "tunnel" : "transport",
		 f->conn->def->config.pfs ? "yes" : "no");
}

static void say_addresses(struct text *out, const struct explain_facts *f)
{
	char a[ADDRESS_TEXT_LEN], b[ADDRESS_TEXT_LEN];

	text_add(out, "look at the peer for a connection between %s (us) and %s (it)\n",
		 address_format(&f->conn->us->host, a, sizeof(a)),
		 address_format(&f->conn->peer->host, b, sizeof(b)));
}

void explain_notify(struct text *out, uint16_t type, const struct explain_facts *f)
{
	switch (type) {
	case N_NO_PROPOSAL_CHOSEN:
		if (f->stage == EXPLAIN_CHILD) {
			say_esp(out, f);
			text_add(out,
				 "look at the peer's proposals for %s, its mode and its key "
				 "exchange (PFS)\n",
				 protocol_word(child_protocol(f->conn)));
			break;
		}
		explain_our_proposals(out, "ike=", f->conn->def->ike);
		say_addresses(out, f);
		text_put(out,
			 "and at its proposals for IKE: one of the above must be allowed there\n");
		break;
	case N_AUTHENTICATION_FAILED:
		say_identities(out, f);
		say_certificate(out, f);
		text_put(out,
			 "the peer does not say which it was: look there for a connection with "
			 "these two identities, for the same secret or a trusted certificate, "
			 "and into its log\n");
		break;
	case N_TS_UNACCEPTABLE:
	case N_SINGLE_PAIR_REQUIRED:
		say_selectors(out, f);
		text_put(out, "look at the peer's selectors: what it has for its own end must meet "
			      "ours for the peer's, and the other way round\n");
		break;
	case N_INTERNAL_ADDRESS_FAILURE:
		text_put(out, "the peer has no address to lend: look at its pool\n");
		break;
	case N_FAILED_CP_REQUIRED:
		text_put(out, "the peer lends addresses and wants to be asked for one\n");
		break;
	case N_NO_ADDITIONAL_SAS:
		text_put(out,
			 "the peer takes no further child over this IKE SA: it may want one IKE "
			 "SA for each\n");
		break;
	case N_INVALID_SYNTAX:
		text_put(out, "the peer could not read our message: its log knows which payload\n");
		break;
	default:
		break;
	}
}
