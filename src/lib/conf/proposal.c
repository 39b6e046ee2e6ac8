/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The grammar of ike= and esp=. A proposal is cut into segments at '-', ';' and '/', a segment
 * into alternatives at '+'; the algorithm table says what a word is, and the first word of a
 * segment what the segment is. What is not written is filled in from the default words below, which
 * are read by the same code. Called by check.c; proposal_text.c prints the result.
 */
#include "conf/proposal.h"

#include "base/text.h"
#include "proposal_text.h"

#include <string.h>

#define DEFAULT_CIPHERS "aes_gcm256+aes_gcm128+chacha20_poly1305,aes256+aes128"
#define DEFAULT_HASHES "sha2_512+sha2_256+sha2_384"
#define DEFAULT_GROUPS "dh31+dh19+dh20+dh21+dh15+dh16+dh14+dh18"

struct parser {
	const char *option; /* "ike" or "esp" */
	uint16_t use;       /* ALG_IKE or ALG_ESP */
	bool pfs;           /* ESP: groups are wanted */
	bool is_default;    /* words that this OpenSSL lacks are passed over */
	bool prf_given;     /* the proposal at hand names its PRF, not only a hash */
	struct error *e;
};

static bool is_integ_none(const struct alg *a)
{
	return a->type == TRANSFORM_INTEG && a->id == INTEG_NONE;
}

static bool is_aead(const struct proposal_conf *p)
{
	return p->counts[TRANSFORM_ENCR] > 0 &&
	       (p->choices[TRANSFORM_ENCR][0].alg->flags & ALG_AEAD) != 0;
}

static bool is_addke(unsigned type)
{
	return type >= TRANSFORM_ADDKE1 && type <= TRANSFORM_ADDKE7;
}

static bool add_choice(struct parser *s, struct proposal_conf *p, enum transform_type type,
		       const struct alg *a, uint16_t key_bits)
{
	struct alg_choice *list = p->choices[type];
	uint8_t *count = &p->counts[type];

	for (uint8_t i = 0; i < *count; i++) {
		if (list[i].alg == a && list[i].key_bits == key_bits)
			return true;
	}
	if (*count == PROPOSAL_MAX_ALTERNATIVES)
		return error_set(s->e,
				 "%s: more than %u alternatives of one type: split the proposal",
				 s->option, PROPOSAL_MAX_ALTERNATIVES);
	list[(*count)++] = (struct alg_choice){ .alg = a, .key_bits = key_bits };
	return true;
}

/* A cipher without a key length stands for its two preferred ones. */
static bool add_alg(struct parser *s, struct proposal_conf *p, enum transform_type type,
		    const struct alg *a, uint16_t key_bits)
{
	if (key_bits || a->type != TRANSFORM_ENCR || (a->flags & ALG_FIXED_KEY) != 0)
		return add_choice(s, p, type, a, key_bits);
	if (!add_choice(s, p, type, a, a->key_bits[0]))
		return false;
	return a->key_bits[1] == 0 || add_choice(s, p, type, a, a->key_bits[1]);
}

static bool add_word(struct parser *s, struct proposal_conf *p, enum transform_type type,
		     const char *word)
{
	uint16_t key_bits;
	const struct alg *a = alg_by_word(is_addke(type) ? TRANSFORM_KE : type, word, &key_bits);

	if (is_addke(type) && text_eq_nocase(word, "none"))
		return add_choice(s, p, type, alg_no_addke(), 0);
	if (!a || (a->flags & s->use) == 0)
		return proposal_unknown_word(s->option, s->use, type, word, s->e);
	/* a child's key exchange is computed here too, its traffic is the kernel's */
	if ((s->use == ALG_IKE || a->type == TRANSFORM_KE) && !alg_is_available(a)) {
		if (s->is_default)
			return true;
		return error_set(s->e, "%s: %s is not in this OpenSSL: use another one", s->option,
				 a->name);
	}
	if (is_integ_none(a)) {
		if (is_aead(p))
			return true;
		return error_set(s->e,
				 "%s: \"%s\" leaves the traffic unprotected against change: "
				 "name an integrity, or use aes_gcm",
				 s->option, word);
	}
	if (type == TRANSFORM_INTEG && is_aead(p))
		return error_set(s->e, "%s: %s has its own integrity: leave out \"%s\"", s->option,
				 p->choices[TRANSFORM_ENCR][0].alg->name, word);
	if (type == TRANSFORM_ENCR && p->counts[type] && is_aead(p) != ((a->flags & ALG_AEAD) != 0))
		return error_set(s->e,
				 "%s: \"%s\" cannot share a proposal with %s: write two, with a "
				 "comma between",
				 s->option, word, p->choices[type][0].alg->name);
	return add_alg(s, p, type, a, key_bits);
}

/* Takes the next word of a list off its front; false when none is left. */
static bool next_word(struct slice *list, char separator, char *word, size_t size)
{
	const uint8_t *at = list->len ? memchr(list->data, separator, list->len) : NULL;
	size_t len = at ? (size_t)(at - list->data) : list->len;
	size_t copied = len < size ? len : size - 1;

	if (!list->data)
		return false;
	if (copied)
		memcpy(word, list->data, copied);
	/* no word is that long, and what is left of it must not look like one */
	if (copied < len)
		word[copied - 1] = '~';
	word[copied] = '\0';
	*list = at ? slice(at + 1, list->len - len - 1) : SLICE_EMPTY;
	return true;
}

/* Every word of a segment, as one type. */
static bool add_words(struct parser *s, struct proposal_conf *p, enum transform_type type,
		      struct slice list)
{
	char word[PROPOSAL_WORD_MAX];

	while (next_word(&list, '+', word, sizeof(word))) {
		if (!add_word(s, p, type, word))
			return false;
	}
	return true;
}

static bool knows(enum transform_type type, const char *word)
{
	uint16_t ignored;

	return alg_by_word(type, word, &ignored) != NULL;
}

/* A hash stands for the integrity and for the PRF; one that is named for itself goes before. */
static bool add_prf(struct parser *s, struct proposal_conf *p, struct slice list)
{
	if (s->prf_given)
		return error_set(s->e, "%s: a proposal has two PRFs: join alternatives with '+'",
				 s->option);
	s->prf_given = true;
	p->counts[TRANSFORM_PRF] = 0;
	return add_words(s, p, TRANSFORM_PRF, list);
}

static bool add_ike_hash(struct parser *s, struct proposal_conf *p, struct slice list,
			 const char *first, char separator)
{
	char word[PROPOSAL_WORD_MAX];
	uint16_t ignored;

	if (is_aead(p) && (knows(TRANSFORM_PRF, first) || !knows(TRANSFORM_INTEG, first)))
		return add_prf(s, p, list);
	if (separator == '/' || p->counts[TRANSFORM_INTEG])
		return add_prf(s, p, list);
	if (knows(TRANSFORM_PRF, first) && !knows(TRANSFORM_INTEG, first))
		return add_prf(s, p, list);
	if (!add_words(s, p, TRANSFORM_INTEG, list))
		return false;
	while (!s->prf_given && next_word(&list, '+', word, sizeof(word))) {
		const struct alg *a = alg_by_word(TRANSFORM_PRF, word, &ignored);

		if (a && !add_choice(s, p, TRANSFORM_PRF, a, 0))
			return false;
	}
	return true;
}

static bool add_group(struct parser *s, struct proposal_conf *p, struct slice list,
		      const char *first)
{
	if (s->use == ALG_ESP && !s->pfs)
		return error_set(
			s->e,
			"%s: the group \"%s\" is for PFS, which is off: add --pfs or leave "
			"the group out",
			s->option, first);
	return add_words(s, p, TRANSFORM_KE, list);
}

/* "ke3=mlkem768", "addke3_mlkem768": the number, and the length of what stands before the method;
 * 0: no such word. */
static unsigned addke_number(struct slice word, size_t *prefix_len)
{
	static const char *const prefixes[] = { "addke", "ke" };
	char copy[8];

	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
		size_t len = strlen(prefixes[i]);

		if (word.len < len + 2)
			continue;
		memcpy(copy, word.data, len);
		copy[len] = '\0';
		if (!text_eq_nocase(copy, prefixes[i]) || !strchr("=_", word.data[len + 1]) ||
		    word.data[len] < '1' || word.data[len] > '0' + ADDKE_MAX)
			continue;
		*prefix_len = len + 2;
		return (unsigned)(word.data[len] - '0');
	}
	return 0;
}

/* Where the words of additional key exchanges begin in a segment; its length: nowhere. */
static size_t addke_start(struct slice list)
{
	size_t ignored;

	for (size_t at = 0; at < list.len; at++) {
		if ((at == 0 || list.data[at - 1] == '+') &&
		    addke_number(slice(list.data + at, list.len - at), &ignored))
			return at;
	}
	return list.len;
}

static bool add_addkes(struct parser *s, struct proposal_conf *p, struct slice list)
{
	enum transform_type type = TRANSFORM_ADDKE1;
	char word[PROPOSAL_WORD_MAX];

	if (s->use == ALG_ESP && !s->pfs)
		return error_set(
			s->e,
			"%s: additional key exchanges are for PFS, which is off: add --pfs "
			"or leave ke1= out",
			s->option);
	while (next_word(&list, '+', word, sizeof(word))) {
		size_t skip = 0;
		unsigned number = addke_number(slice_str(word), &skip);

		if (number)
			type = (enum transform_type)(TRANSFORM_ADDKE1 + number - 1);
		if (!add_word(s, p, type, word + skip))
			return false;
	}
	return true;
}

static bool add_segment(struct parser *s, struct proposal_conf *p, struct slice list,
			char separator)
{
	struct slice copy = list;
	char first[PROPOSAL_WORD_MAX];
	size_t start = addke_start(list);

	if (start < list.len) {
		struct slice tail = slice(list.data + start, list.len - start);

		list.len = start > 0 ? start - 1 : 0;
		return (list.len == 0 || add_segment(s, p, list, separator)) &&
		       add_addkes(s, p, tail);
	}
	next_word(&copy, '+', first, sizeof(first));
	if (separator == ';' || knows(TRANSFORM_KE, first))
		return add_group(s, p, list, first);
	if (s->use == ALG_IKE)
		return add_ike_hash(s, p, list, first, separator);
	if (p->counts[TRANSFORM_INTEG])
		return error_set(s->e,
				 "%s: \"%s\" is a second integrity: join alternatives with '+'",
				 s->option, first);
	return add_words(s, p, TRANSFORM_INTEG, list);
}

/* The default words of a type that nothing was written for. */
static bool fill(struct parser *s, struct proposal_conf *p, enum transform_type type,
		 const char *words)
{
	bool was_default = s->is_default;
	bool ok;

	if (p->counts[type])
		return true;
	s->is_default = true;
	ok = add_words(s, p, type, slice_str(words));
	s->is_default = was_default;
	if (ok && p->counts[type] == 0)
		return error_set(s->e, "%s: this OpenSSL has none of %s: name another", s->option,
				 words);
	return ok;
}

static bool fill_all(struct parser *s, struct proposal_conf *p)
{
	if (!is_aead(p) && !fill(s, p, TRANSFORM_INTEG, DEFAULT_HASHES))
		return false;
	if (s->use == ALG_IKE && !fill(s, p, TRANSFORM_PRF, DEFAULT_HASHES))
		return false;
	return (s->use == ALG_ESP && !s->pfs) || fill(s, p, TRANSFORM_KE, DEFAULT_GROUPS);
}

/* The length of the segment at the front of text. */
static size_t segment_len(struct slice text)
{
	size_t len = 0;

	while (len < text.len && !strchr("-;/", text.data[len]))
		len++;
	return len;
}

static bool is_key_length(struct slice segment)
{
	for (size_t i = 0; i < segment.len; i++) {
		if (segment.data[i] < '0' || segment.data[i] > '9')
			return false;
	}
	return segment.len == 3;
}

/* The cipher's segment; a key length may stand in one of its own ("aes_gcm_c-256-null"). */
static bool add_ciphers(struct parser *s, struct proposal_conf *p, struct slice *text)
{
	size_t len = segment_len(*text);
	struct slice list = slice(text->data, len);
	struct slice next = SLICE_EMPTY;
	char word[PROPOSAL_WORD_MAX];
	struct text t = TEXT_OVER(word);

	if (len < text->len && text->data[len] == '-') {
		next = slice(text->data + len + 1, text->len - len - 1);
		next.len = segment_len(next);
	}
	if (!is_key_length(next)) {
		*text = slice(text->data + len, text->len - len);
		return add_words(s, p, TRANSFORM_ENCR, list);
	}
	len += 1 + next.len;
	text_add(&t, "%.*s%.*s", (int)list.len, (const char *)list.data, (int)next.len,
		 (const char *)next.data);
	if (t.cut)
		return proposal_unknown_word(s->option, s->use, TRANSFORM_ENCR, word, s->e);
	*text = slice(text->data + len, text->len - len);
	return add_words(s, p, TRANSFORM_ENCR, slice_str(word));
}

static struct slice trimmed(struct slice text)
{
	while (text.len && strchr(" \t", text.data[0]))
		text = slice(text.data + 1, text.len - 1);
	while (text.len && strchr(" \t", text.data[text.len - 1]))
		text.len--;
	return text;
}

static bool parse_proposal(struct parser *s, struct slice text, struct proposal_conf *p)
{
	*p = (struct proposal_conf){ 0 };
	s->prf_given = false;
	text = trimmed(text);
	if (text.len == 0)
		return error_set(s->e,
				 "%s: a proposal is empty: write one, as in aes256-sha2_256;dh19",
				 s->option);
	if (!add_ciphers(s, p, &text))
		return false;
	while (text.len) {
		char separator = (char)text.data[0];
		size_t len;

		text = slice(text.data + 1, text.len - 1);
		len = segment_len(text);
		if (!add_segment(s, p, slice(text.data, len), separator))
			return false;
		text = slice(text.data + len, text.len - len);
	}
	/* a default without a cipher is left out by the caller */
	return p->counts[TRANSFORM_ENCR] == 0 || fill_all(s, p);
}

static bool parse_list(struct parser *s, struct slice text, struct proposals *out)
{
	bool more = true;

	while (more) {
		const uint8_t *comma = text.len ? memchr(text.data, ',', text.len) : NULL;
		size_t len = comma ? (size_t)(comma - text.data) : text.len;

		if (out->count == PROPOSALS_CONF_MAX)
			return error_set(s->e, "%s: more than %u proposals: leave some out",
					 s->option, PROPOSALS_CONF_MAX);
		if (!parse_proposal(s, slice(text.data, len), &out->list[out->count]))
			return false;
		if (out->list[out->count].counts[TRANSFORM_ENCR])
			out->count++;
		more = comma != NULL;
		if (more)
			text = slice(comma + 1, text.len - len - 1);
	}
	if (out->count == 0)
		return error_set(s->e, "%s: this OpenSSL has no cipher of the defaults: name one",
				 s->option);
	return true;
}

static bool parse(struct parser *s, const char *text, struct proposals *out)
{
	struct slice all = trimmed(slice_str(text ? text : DEFAULT_CIPHERS));

	*out = (struct proposals){ 0 };
	s->is_default = text == NULL;
	if (all.len && all.data[all.len - 1] == '!')
		all.len--;
	if (parse_list(s, all, out))
		return true;
	*out = (struct proposals){ 0 };
	return false;
}

bool proposals_parse_ike(const char *text, struct proposals *out, struct error *e)
{
	struct parser s = { .option = "ike", .use = ALG_IKE, .e = e };

	return parse(&s, text, out);
}

bool proposals_parse_esp(const char *text, bool pfs, struct proposals *out, struct error *e)
{
	struct parser s = { .option = "esp", .use = ALG_ESP, .pfs = pfs, .e = e };

	return parse(&s, text, out);
}

/* AH's proposals are ESP's without encryption: each is read as one with NULL, which then goes. */
bool proposals_parse_ah(const char *text, bool pfs, struct proposals *out, struct error *e)
{
	struct parser s = { .option = "ah", .use = ALG_ESP, .pfs = pfs, .e = e };
	char whole[1024];
	struct text t = TEXT_OVER(whole);

	for (const char *at = text ? text : "sha2_512+sha2_256"; *at;) {
		size_t len = strcspn(at, ",");

		text_add(&t, "%snull-%.*s", t.len ? "," : "", (int)len, at);
		at += len + (at[len] == ',');
	}
	if (t.cut)
		return error_set(e, "ah: is too long: name fewer proposals");
	if (!parse(&s, whole, out))
		return false;
	for (uint8_t i = 0; i < out->count; i++)
		out->list[i].counts[TRANSFORM_ENCR] = 0;
	return true;
}
