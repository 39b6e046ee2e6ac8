/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Offering, choosing and accepting proposals (RFC 7296 2.7, 3.3). The way of a choice: each offered
 * proposal in turn, each of ours in turn, each transform type by our preference.
 */
#include "sa/suite.h"

#include <stdio.h>

struct rules { /* what a protocol's proposal consists of */
	uint8_t protocol;
	enum suite_ke ke;
};

static bool is_addke(unsigned type)
{
	return type >= TRANSFORM_ADDKE1 && type <= TRANSFORM_ADDKE7;
}

static bool type_is_used(const struct rules *r, unsigned type)
{
	switch (type) {
	case TRANSFORM_ENCR:
		return r->protocol != PROTOCOL_AH;
	case TRANSFORM_INTEG:
		return true;
	case TRANSFORM_PRF:
		return r->protocol == PROTOCOL_IKE;
	case TRANSFORM_KE:
		return r->ke != SUITE_NO_KE;
	case TRANSFORM_ESN:
		return r->protocol != PROTOCOL_IKE;
	}
	return is_addke(type) && r->ke == SUITE_ALL_KE;
}

static bool choice_is_usable(const struct alg_choice *c, const struct rules *r)
{
	if (r->protocol != PROTOCOL_IKE && c->alg->type != TRANSFORM_KE)
		return true;
	return alg_is_available(c->alg);
}

/* The usable alternatives of a type; counts nothing for INTEG of an AEAD proposal. */
static unsigned usable_count(const struct proposal_conf *p, unsigned type, const struct rules *r)
{
	unsigned n = 0;

	for (unsigned i = 0; i < p->counts[type]; i++)
		n += choice_is_usable(&p->choices[type][i], r);
	return n;
}

static bool is_aead(const struct proposal_conf *p)
{
	return p->counts[TRANSFORM_ENCR] > 0 &&
	       (p->choices[TRANSFORM_ENCR][0].alg->flags & ALG_AEAD);
}

static bool is_complete(const struct proposal_conf *p, const struct rules *r)
{
	for (unsigned type = 1; type < TRANSFORM_TYPES; type++) {
		if (!type_is_used(r, type) || (type == TRANSFORM_INTEG && is_aead(p)) ||
		    p->counts[type] == 0)
			continue;
		if (usable_count(p, type, r) == 0)
			return false;
	}
	return true;
}

void suite_offer(struct builder *b, const struct proposals *ours, uint8_t protocol,
		 struct slice spi, enum suite_ke ke)
{
	struct rules r = { protocol, ke };
	uint8_t number = 0;

	builder_payload(b, PAYLOAD_SA);
	for (unsigned i = 0; i < ours->count; i++) {
		const struct proposal_conf *p = &ours->list[i];

		if (!is_complete(p, &r))
			continue;
		builder_proposal(b, ++number, protocol, spi);
		for (unsigned type = 1; type < TRANSFORM_TYPES; type++) {
			if (!type_is_used(&r, type))
				continue;
			for (unsigned k = 0; k < p->counts[type]; k++) {
				const struct alg_choice *c = &p->choices[type][k];

				/* INTEG NONE is left out beside AEAD: old peers choke on it. */
				if (choice_is_usable(c, &r) &&
				    !(type == TRANSFORM_INTEG && c->alg->id == INTEG_NONE))
					builder_transform(b, (uint8_t)type, c->alg->id,
							  c->key_bits);
			}
		}
	}
}

void suite_answer(struct builder *b, const struct suite *s, struct slice spi)
{
	builder_payload(b, PAYLOAD_SA);
	builder_proposal(b, s->number, s->protocol, spi);
	if (s->encr)
		builder_transform(b, TRANSFORM_ENCR, s->encr->id, s->key_bits);
	if (s->prf)
		builder_transform(b, TRANSFORM_PRF, s->prf->id, 0);
	if (s->integ || s->says_integ_none)
		builder_transform(b, TRANSFORM_INTEG, s->integ ? s->integ->id : INTEG_NONE, 0);
	if (s->ke || s->says_ke_none)
		builder_transform(b, TRANSFORM_KE, s->ke ? s->ke->id : KE_NONE, 0);
	for (unsigned i = 0; i < ADDKE_MAX; i++)
		if (s->addke[i] || (s->says_addke_none & 1u << i))
			builder_transform(b, (uint8_t)(TRANSFORM_ADDKE1 + i),
					  s->addke[i] ? s->addke[i]->id : KE_NONE, 0);
	if (s->protocol != PROTOCOL_IKE)
		builder_transform(b, TRANSFORM_ESN, s->esn ? ESN_YES : ESN_NO, 0);
}

static bool offers(const struct proposal *p, unsigned type, uint16_t id, uint16_t key_bits)
{
	for (unsigned i = 0; i < p->count; i++) {
		const struct transform *t = &p->transforms[i];

		if (t->is_usable && t->type == type && t->id == id && t->key_bits == key_bits)
			return true;
	}
	return false;
}

static bool offers_type(const struct proposal *p, unsigned type)
{
	for (unsigned i = 0; i < p->count; i++)
		if (p->transforms[i].type == type)
			return true;
	return false;
}

/* Our most preferred alternative that the proposal offers; NULL: none. */
static const struct alg_choice *common(const struct proposal_conf *ours, const struct proposal *p,
				       unsigned type, const struct rules *r, uint16_t prefer)
{
	const struct alg_choice *first = NULL;

	for (unsigned i = 0; i < ours->counts[type]; i++) {
		const struct alg_choice *c = &ours->choices[type][i];

		if (!choice_is_usable(c, r) || !offers(p, type, c->alg->id, c->key_bits))
			continue;
		if (prefer == 0 || c->alg->id == prefer)
			return c;
		if (!first)
			first = c;
	}
	return first;
}

const char *suite_type_name(unsigned type)
{
	static const char *const names[TRANSFORM_TYPES] = {
		"",
		"encryption",
		"PRF",
		"integrity",
		"key exchange",
		"ESN",
		"additional key exchange 1",
		"additional key exchange 2",
		"additional key exchange 3",
		"additional key exchange 4",
		"additional key exchange 5",
		"additional key exchange 6",
		"additional key exchange 7",
	};

	return names[type];
}

/* Integrity beside AEAD must be NONE or absent; without AEAD it must not be. */
static bool match_integ(const struct proposal_conf *ours, const struct proposal *p,
			const struct rules *r, struct suite *out)
{
	const struct alg_choice *c;

	if (is_aead(ours)) {
		out->says_integ_none = offers(p, TRANSFORM_INTEG, INTEG_NONE, 0);
		return !offers_type(p, TRANSFORM_INTEG) || out->says_integ_none;
	}
	c = common(ours, p, TRANSFORM_INTEG, r, 0);
	out->integ = c ? c->alg : NULL;
	return c != NULL;
}

/* ESN is mandatory: a proposal without it is not acceptable (RFC 7296 3.3.3, 3.3.6). */
static bool match_esn(const struct proposal_conf *ours, const struct proposal *p,
		      const struct rules *r, struct suite *out)
{
	const struct alg_choice *c = common(ours, p, TRANSFORM_ESN, r, 0);

	out->esn = c && c->alg->id == ESN_YES;
	return c != NULL;
}

/* A group both have; none at all only where neither asks for one. */
static bool match_ke(const struct proposal_conf *ours, const struct proposal *p,
		     const struct rules *r, uint16_t prefer, struct suite *out)
{
	const struct alg_choice *c;

	if (ours->counts[TRANSFORM_KE] == 0) {
		out->says_ke_none = offers(p, TRANSFORM_KE, KE_NONE, 0);
		return !offers_type(p, TRANSFORM_KE) || out->says_ke_none;
	}
	c = common(ours, p, TRANSFORM_KE, r, prefer);
	out->ke = c ? c->alg : NULL;
	return c != NULL;
}

static bool is_taken(const struct suite *s, const struct alg *method)
{
	for (unsigned i = 0; i < ADDKE_MAX; i++)
		if (s->addke[i] == method)
			return true;
	return s->ke == method;
}

/* One additional key exchange: what is not offered is as if NONE were (RFC 9370 2.2.1). */
static bool match_addke(const struct proposal_conf *ours, const struct proposal *p,
			const struct rules *r, unsigned index, struct suite *out)
{
	unsigned type = TRANSFORM_ADDKE1 + index;
	bool is_offered = r->ke == SUITE_ALL_KE && offers_type(p, type);
	bool may_be_none = !is_offered || offers(p, type, KE_NONE, 0);
	unsigned i;

	for (i = 0; i < ours->counts[type]; i++) {
		const struct alg *a = ours->choices[type][i].alg;

		if (a->id == KE_NONE && may_be_none)
			break;
		if (a->id == KE_NONE || !is_offered ||
		    !choice_is_usable(&ours->choices[type][i], r) || !offers(p, type, a->id, 0) ||
		    is_taken(out, a))
			continue;
		out->addke[index] = a;
		return true;
	}
	/* none of ours, and NONE is not among them; or the offer has no NONE */
	if ((ours->counts[type] > 0 && i == ours->counts[type]) || !may_be_none)
		return false;
	if (is_offered)
		out->says_addke_none |= (uint8_t)(1u << index);
	return true;
}

/* The first type that does not match, 0 when all do. */
static unsigned match_one(const struct proposal_conf *ours, const struct proposal *p,
			  const struct rules *r, uint16_t prefer, struct suite *out)
{
	bool has_encr = type_is_used(r, TRANSFORM_ENCR);
	const struct alg_choice *c = has_encr ? common(ours, p, TRANSFORM_ENCR, r, 0) : NULL;

	*out = (struct suite){ .protocol = r->protocol, .number = p->number };
	if (has_encr && !c)
		return TRANSFORM_ENCR;
	out->encr = c ? c->alg : NULL;
	out->key_bits = c ? c->key_bits : 0;
	if (r->protocol == PROTOCOL_IKE) {
		c = common(ours, p, TRANSFORM_PRF, r, 0);
		if (!c)
			return TRANSFORM_PRF;
		out->prf = c->alg;
	}
	if (!match_integ(ours, p, r, out))
		return TRANSFORM_INTEG;
	if (r->ke != SUITE_NO_KE && !match_ke(ours, p, r, prefer, out))
		return TRANSFORM_KE;
	for (unsigned i = 0; i < ADDKE_MAX && r->ke != SUITE_NO_KE; i++)
		if (!match_addke(ours, p, r, i, out))
			return TRANSFORM_ADDKE1 + i;
	if (r->protocol != PROTOCOL_IKE && !match_esn(ours, p, r, out))
		return TRANSFORM_ESN;
	return 0;
}

uint16_t suite_differences(const struct proposal_conf *ours, const struct proposal *p,
			   uint8_t protocol, bool with_ke)
{
	struct rules r = { protocol, with_ke ? SUITE_ALL_KE : SUITE_NO_KE };
	struct suite unused = { 0 };
	uint16_t mask = 0;

	for (unsigned type = 1; type < TRANSFORM_TYPES; type++) {
		bool ok = true;

		if (!type_is_used(&r, type))
			continue;
		if (type == TRANSFORM_INTEG)
			ok = match_integ(ours, p, &r, &unused);
		else if (type == TRANSFORM_ESN)
			ok = match_esn(ours, p, &r, &unused);
		else if (type == TRANSFORM_KE)
			ok = match_ke(ours, p, &r, 0, &unused);
		else if (is_addke(type))
			ok = match_addke(ours, p, &r, type - TRANSFORM_ADDKE1, &unused);
		else
			ok = common(ours, p, type, &r, 0) != NULL;
		if (!ok)
			mask |= (uint16_t)(1u << type);
	}
	return mask;
}

/* The names of what an offer holds of one type, for the admin. */
static void say_offer(struct text *why, const struct proposal *p, unsigned type)
{
	bool any = false;

	for (unsigned i = 0; i < p->count; i++) {
		const struct transform *t = &p->transforms[i];
		const struct alg *a;

		if (t->type != type)
			continue;
		a = alg_find(is_addke(type) ? TRANSFORM_KE : (enum transform_type)type, t->id);
		text_put(why, any ? "," : " ");
		if (a)
			text_put(why, a->name);
		else
			text_add(why, "#%u", t->id);
		if (t->key_bits)
			text_add(why, "_%u", t->key_bits);
		any = true;
	}
	if (!any)
		text_put(why, " none");
}

static void say_difference(struct text *why, const struct proposal *p,
			   const struct proposal_conf *ours, unsigned type)
{
	text_add(why, "%sproposal %u: %s offered", why->len ? "; " : "", p->number,
		 suite_type_name(type));
	say_offer(why, p, type);
	text_put(why, ", allowed here");
	if (ours->counts[type] == 0)
		text_put(why, " none");
	for (unsigned i = 0; i < ours->counts[type]; i++) {
		const struct alg_choice *c = &ours->choices[type][i];

		text_add(why, "%s%s", i ? "," : " ", c->alg->name);
		if (c->key_bits)
			text_add(why, "_%u", c->key_bits);
	}
}

static bool spi_is_ok(const struct proposal *p, uint8_t protocol, size_t spi_len)
{
	/* SPIs 0 to 255 are reserved (RFC 4303 2.1), of IKE only 0 (RFC 7296 3.1). */
	size_t decisive = protocol == PROTOCOL_IKE || spi_len == 0 ? spi_len : spi_len - 1;

	if (p->protocol != protocol || p->spi.len != spi_len)
		return false;
	for (size_t i = 0; i < decisive; i++)
		if (p->spi.data[i])
			return true;
	return spi_len == 0;
}

/*
 * A type that is not of this protocol, of which the answer would have to hold one, makes the whole
 * proposal unacceptable (RFC 7296 2.7, 3.3.6). KE beside an exchange without one is only ignored.
 */
static bool types_are_known(const struct proposal *p, const struct rules *r, struct text *why)
{
	for (unsigned i = 0; i < p->count; i++) {
		uint8_t type = p->transforms[i].type;

		if (type_is_used(r, type) || type == TRANSFORM_KE ||
		    (is_addke(type) && r->ke == SUITE_NO_KE))
			continue;
		text_add(why, "%sproposal %u: transform type %u is not known here",
			 why->len ? "; " : "", p->number, type);
		return false;
	}
	return true;
}

bool suite_choose(const struct proposals *ours, const struct message *m, uint8_t protocol,
		  size_t spi_len, enum suite_ke ke, uint16_t prefer_group, struct suite *out,
		  struct slice *spi, struct text *why)
{
	struct rules r = { protocol, ke };

	for (unsigned i = 0; i < m->sa.count; i++) {
		const struct proposal *p = &m->sa.proposals[i];
		const struct proposal_conf *nearest = NULL;
		unsigned furthest = 0;

		if (!spi_is_ok(p, protocol, spi_len) || !types_are_known(p, &r, why))
			continue;
		for (unsigned k = 0; k < ours->count; k++) {
			unsigned type = match_one(&ours->list[k], p, &r, prefer_group, out);

			if (type == 0) {
				*spi = p->spi;
				return true;
			}
			if (!nearest || type > furthest) {
				nearest = &ours->list[k];
				furthest = type;
			}
		}
		if (nearest)
			say_difference(why, p, nearest, furthest);
	}
	if (why->len == 0)
		text_put(why, "the peer offers no proposal of this protocol and SPI size");
	return false;
}

/* Each type once, and no group where none was offered. */
static bool one_of_each(const struct proposal *p, const struct rules *r)
{
	unsigned seen[TRANSFORM_TYPES] = { 0 };

	for (unsigned i = 0; i < p->count; i++) {
		const struct transform *t = &p->transforms[i];

		if (!t->is_usable || t->type >= TRANSFORM_TYPES || ++seen[t->type] > 1 ||
		    (is_addke(t->type) && r->ke != SUITE_ALL_KE) ||
		    (t->type == TRANSFORM_KE && r->ke == SUITE_NO_KE && t->id != KE_NONE))
			return false;
	}
	return true;
}

/* The proposal that suite_offer sent under this number. */
static const struct proposal_conf *offered(const struct proposals *ours, uint8_t number,
					   const struct rules *r)
{
	uint8_t sent = 0;

	for (unsigned i = 0; i < ours->count; i++)
		if (is_complete(&ours->list[i], r) && ++sent == number)
			return &ours->list[i];
	return NULL;
}

bool suite_accept(const struct proposals *ours, const struct message *m, uint8_t protocol,
		  size_t spi_len, enum suite_ke ke, struct suite *out, struct slice *spi,
		  struct text *why)
{
	struct rules r = { protocol, ke };
	const struct proposal *p = m->sa.proposals;
	const struct proposal_conf *sent;
	unsigned type;

	if (m->sa.count != 1 || !one_of_each(p, &r)) {
		text_put(why, "the answer is not one proposal with one transform of each type");
		return false;
	}
	if (!spi_is_ok(p, protocol, spi_len)) {
		text_put(why, "the answer has another protocol or SPI");
		return false;
	}
	if (!types_are_known(p, &r, why))
		return false;
	sent = offered(ours, p->number, &r);
	if (!sent) {
		text_add(why, "the answer has number %u, which was not offered", p->number);
		return false;
	}
	type = match_one(sent, p, &r, 0, out);
	if (type) {
		say_difference(why, p, sent, type);
		return false;
	}
	*spi = p->spi;
	return true;
}

const char *suite_format(const struct suite *s, char *buf, size_t size)
{
	struct text t = text_over(buf, size);

	if (s->encr)
		text_put(&t, s->encr->name);
	if (s->key_bits)
		text_add(&t, "_%u", s->key_bits);
	if (s->integ)
		text_add(&t, "%s%s", s->encr ? "-" : "", s->integ->name);
	if (s->prf)
		text_add(&t, "-%s", s->prf->name);
	if (s->ke)
		text_add(&t, "-%s", s->ke->name);
	for (unsigned i = 0; i < ADDKE_MAX; i++)
		if (s->addke[i])
			text_add(&t, "-KE%u=%s", i + 1, s->addke[i]->name);
	if (s->protocol != PROTOCOL_IKE)
		text_put(&t, s->esn ? "-ESN" : "-NO_ESN");
	return buf;
}

struct sk_cipher suite_cipher(const struct suite *s)
{
	return (struct sk_cipher){ .encr = s->encr, .key_bits = s->key_bits, .integ = s->integ };
}

const struct alg *suite_first_group(const struct proposals *ours)
{
	for (unsigned i = 0; i < ours->count; i++)
		for (unsigned k = 0; k < ours->list[i].counts[TRANSFORM_KE]; k++)
			if (alg_is_available(ours->list[i].choices[TRANSFORM_KE][k].alg))
				return ours->list[i].choices[TRANSFORM_KE][k].alg;
	return NULL;
}

bool suite_has_group(const struct proposals *ours, uint16_t group)
{
	for (unsigned i = 0; i < ours->count; i++)
		for (unsigned k = 0; k < ours->list[i].counts[TRANSFORM_KE]; k++)
			if (ours->list[i].choices[TRANSFORM_KE][k].alg->id == group)
				return alg_is_available(ours->list[i].choices[TRANSFORM_KE][k].alg);
	return false;
}

bool suite_offers_addke(const struct proposals *ours)
{
	for (unsigned i = 0; i < ours->count; i++)
		for (unsigned k = 0; k < ADDKE_MAX; k++)
			if (ours->list[i].counts[TRANSFORM_ADDKE1 + k] > 0)
				return true;
	return false;
}

unsigned suite_next_addke(const struct suite *s, unsigned from)
{
	while (from < ADDKE_MAX && !s->addke[from])
		from++;
	return from;
}

bool suite_has_addke(const struct suite *s)
{
	return suite_next_addke(s, 0) < ADDKE_MAX;
}

/* The same additional key exchanges, none where the proposal has none or may do without. */
static bool allows_addkes(const struct proposal_conf *p, const struct suite *s)
{
	const struct alg *none = alg_no_addke();

	for (unsigned i = 0; i < ADDKE_MAX; i++) {
		unsigned type = TRANSFORM_ADDKE1 + i;
		bool found = !s->addke[i] && p->counts[type] == 0;

		for (unsigned k = 0; k < p->counts[type]; k++)
			found |= p->choices[type][k].alg == (s->addke[i] ? s->addke[i] : none);
		if (!found)
			return false;
	}
	return true;
}

static bool has_choice(const struct proposal_conf *p, unsigned type, const struct alg *a,
		       uint16_t key_bits)
{
	for (unsigned i = 0; a && i < p->counts[type]; i++)
		if (p->choices[type][i].alg == a && p->choices[type][i].key_bits == key_bits)
			return true;
	return a == NULL;
}

bool suite_is_allowed(const struct proposals *ours, const struct suite *s)
{
	for (unsigned i = 0; i < ours->count; i++) {
		const struct proposal_conf *p = &ours->list[i];

		if (has_choice(p, TRANSFORM_ENCR, s->encr, s->key_bits) &&
		    has_choice(p, TRANSFORM_PRF, s->prf, 0) &&
		    has_choice(p, TRANSFORM_INTEG, s->integ, 0) &&
		    has_choice(p, TRANSFORM_KE, s->ke, 0) && allows_addkes(p, s))
			return true;
	}
	return false;
}
