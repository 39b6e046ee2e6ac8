/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proposals as text: the form of logs and status, and the error that lists the words which would
 * have fitted. Reads the algorithm table only; called by proposal.c and by whoever prints.
 */
#include "proposal_text.h"

#include "base/text.h"

#include <string.h>

/* The first word of each row of the type; weak ones are never recommended. */
static void list_words(struct text *t, uint16_t use, enum transform_type type)
{
	const struct alg *a;

	for (size_t i = 0; (a = alg_at(i)) != NULL; i++) {
		if (a->type != type || (a->flags & use) == 0 || (a->flags & ALG_WEAK) != 0)
			continue;
		if (type == TRANSFORM_INTEG && a->id == INTEG_NONE)
			continue;
		text_add(t, " %.*s", (int)strcspn(a->words, " "), a->words);
	}
}

bool proposal_unknown_word(const char *option, uint16_t use, enum transform_type type,
			   const char *word, struct error *e)
{
	static const char *const kinds[TRANSFORM_TYPES] = {
		[TRANSFORM_ENCR] = "encryption",
		[TRANSFORM_PRF] = "PRF",
		[TRANSFORM_INTEG] = "integrity",
		[TRANSFORM_KE] = "group",
	};
	char words[500];
	char shown[4 * PROPOSAL_WORD_MAX];
	struct text fits = TEXT_OVER(words);
	struct text t = TEXT_OVER(shown);

	if (type >= TRANSFORM_ADDKE1)
		type = TRANSFORM_KE;
	text_escape(&t, slice_str(word));
	list_words(&fits, use, type);
	if (type == TRANSFORM_PRF || type == TRANSFORM_INTEG) {
		text_put(&fits, ", or a group:");
		list_words(&fits, use, TRANSFORM_KE);
	}
	return error_set(e, "%s: \"%s\" is no %s known here: use one of%s", option, shown,
			 kinds[type], words);
}

static void put_choice(struct text *t, const struct alg_choice *c)
{
	text_put(t, c->alg->name);
	if (c->key_bits)
		text_add(t, "_%u", c->key_bits);
}

const char *proposal_conf_format(const struct proposal_conf *p, char *buf, size_t size)
{
	static const uint8_t order[] = { TRANSFORM_ENCR,
					 TRANSFORM_INTEG,
					 TRANSFORM_PRF,
					 TRANSFORM_KE,
					 6,
					 7,
					 8,
					 9,
					 10,
					 11,
					 12,
					 TRANSFORM_ESN };
	struct text t = text_over(buf, size);

	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		uint8_t count = p->counts[order[i]];

		if (count && t.len)
			text_put(&t, "-");
		/* the name of an ESN row alone would only be "YES" */
		if (count && order[i] == TRANSFORM_ESN)
			text_put(&t, "ESN_");
		if (count && order[i] >= TRANSFORM_ADDKE1)
			text_add(&t, "KE%d=", order[i] - TRANSFORM_ADDKE1 + 1);
		for (uint8_t j = 0; j < count; j++) {
			if (j)
				text_put(&t, "+");
			put_choice(&t, &p->choices[order[i]][j]);
		}
	}
	return buf;
}
