/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a conn_config: defaults, comparison and freeing, all by walking the keyword table, so
 * that a new row needs nothing here. Called by whack, the control socket and the connection store.
 */
#include "conf/conn.h"

#include "base/writer.h"
#include "conf/keywords.h"
#include "crypto/prf.h"

#include <stdlib.h>
#include <string.h>

/* A flag shares the member of a value row, and a refused row has none. */
static bool has_own_member(const struct keyword *k)
{
	return k->type != VALUE_FLAG && k->type != VALUE_BIT && k->type != VALUE_REFUSED;
}

static const void *member_of(const struct keyword *k, const struct conn_config *c, bool right)
{
	const void *base = c;

	if (k->per_end)
		base = right ? &c->right : &c->left;
	return (const char *)base + k->offset;
}

void conn_config_init(struct conn_config *c)
{
	struct error ignored; /* the unit test reads every fallback */

	*c = (struct conn_config){ 0 };
	for (size_t i = 0; i < keyword_count; i++) {
		const struct keyword *k = &keywords[i];

		if (!has_own_member(k) || k->type == VALUE_STRING || !k->fallback)
			continue;
		keyword_set(k, c, false, k->fallback, &ignored);
		if (k->per_end)
			keyword_set(k, c, true, k->fallback, &ignored);
	}
}

void conn_config_free(struct conn_config *c)
{
	for (size_t i = 0; i < keyword_count; i++) {
		const struct keyword *k = &keywords[i];

		if (k->type != VALUE_STRING)
			continue;
		free(*(char *const *)member_of(k, c, false));
		if (k->per_end)
			free(*(char *const *)member_of(k, c, true));
	}
	free(c->name);
	free(c->base);
	*c = (struct conn_config){ 0 };
}

static bool copy_text(char **member)
{
	if (*member)
		*member = strdup(*member);
	return *member != NULL;
}

bool conn_config_copy(const struct conn_config *from, struct conn_config *out)
{
	struct conn_config copy = *from;
	bool ok = copy_text(&copy.name);

	ok &= copy_text(&copy.base) || !from->base;
	for (size_t i = 0; i < keyword_count; i++) {
		const struct keyword *k = &keywords[i];

		if (k->type != VALUE_STRING)
			continue;
		for (int right = 0; right < (k->per_end ? 2 : 1); right++) {
			char **member = (char **)member_of(k, &copy, right != 0);
			bool is_given = *member != NULL;

			ok &= copy_text(member) || !is_given;
		}
	}
	*out = copy;
	if (!ok)
		conn_config_free(out);
	return ok;
}

static bool text_eq(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool member_eq(const struct keyword *k, const void *a, const void *b)
{
	if (k->type == VALUE_STRING)
		return text_eq(*(char *const *)a, *(char *const *)b);
	if (k->type == VALUE_BOOL)
		return *(const bool *)a == *(const bool *)b;
	return *(const uint64_t *)a == *(const uint64_t *)b;
}

bool conn_config_differ(const struct conn_config *a, const struct conn_config *b,
			struct conn_difference *d)
{
	for (; d->next < 2 * keyword_count; d->next++) {
		const struct keyword *k = &keywords[d->next / 2];
		bool right = d->next % 2;

		if (!has_own_member(k) || (right && !k->per_end) ||
		    member_eq(k, member_of(k, a, right), member_of(k, b, right)))
			continue;
		d->keyword = k;
		d->right = right;
		d->next++;
		return true;
	}
	return false;
}

bool conn_config_eq(const struct conn_config *a, const struct conn_config *b)
{
	struct conn_difference d = { 0 };

	return text_eq(a->name, b->name) && text_eq(a->base, b->base) &&
	       !conn_config_differ(a, b, &d);
}

/* Of each member its row's id, and its number or its length and text. */
static bool digest_member(const struct keyword *k, const struct conn_config *c, bool right,
			  uint8_t state[32])
{
	const void *member = member_of(k, c, right);
	const char *text = k->type == VALUE_STRING ? *(char *const *)member : NULL;
	uint64_t number = k->type == VALUE_STRING ? (text ? strlen(text) : UINT64_MAX)
			  : k->type == VALUE_BOOL ? *(const bool *)member
						  : *(const uint64_t *)member;
	uint8_t head[2 + 8];
	struct writer w = writer_over(head, sizeof(head));
	struct slice parts[3] = { slice(state, 32), SLICE_EMPTY,
				  text ? slice_str(text) : SLICE_EMPTY };

	writer_u16(&w, right ? k->id | KEYWORD_RIGHT : k->id);
	writer_u64(&w, number);
	parts[1] = writer_slice(&w);
	return digest_sha256(parts, 3, state);
}

bool conn_config_digest(const struct conn_config *c, uint8_t out[32])
{
	struct slice name = slice_str(c->name ? c->name : "");
	bool ok = digest_sha256(&name, 1, out);

	for (size_t i = 0; ok && i < keyword_count; i++) {
		const struct keyword *k = &keywords[i];

		if (!has_own_member(k))
			continue;
		ok = digest_member(k, c, false, out) &&
		     (!k->per_end || digest_member(k, c, true, out));
	}
	return ok;
}

static void end_free(struct conn_end *end)
{
	identity_free(&end->id);
	selectors_free(&end->clients);
	selectors_free(&end->pools);
	free(end->updown);
	free(end->hosts);
	bytes_free(&end->pubkey);
}

bool host_list_next(const char **list, char out[HOST_TEXT_LEN])
{
	const char *at = *list + strspn(*list, ", \t");
	size_t len = strcspn(at, ",");

	*list = at + len;
	while (len > 0 && (at[len - 1] == ' ' || at[len - 1] == '\t'))
		len--;
	if (len == 0 || len >= HOST_TEXT_LEN)
		return false;
	memcpy(out, at, len);
	out[len] = '\0';
	return true;
}

bool conn_end_has_host(const struct conn_end *end, const struct address *host)
{
	for (uint8_t i = 0; i < end->host_count; i++)
		if (address_eq(&end->hosts[i], host))
			return true;
	return address_eq(&end->host, host);
}

bool conn_end_set_hosts(struct conn_end *end, const struct address *list, uint8_t count)
{
	struct address *copy = NULL;

	if (count > 1) {
		copy = malloc(count * sizeof(*copy));
		if (!copy)
			return false;
		memcpy(copy, list, count * sizeof(*copy));
	}
	free(end->hosts);
	end->hosts = copy;
	end->host_count = copy ? count : 0;
	return true;
}

bool conn_end_set_host(struct conn_end *end, const struct address *host,
		       const struct address *nexthop)
{
	struct identity id = { 0 };

	if (end->id_is_host && host->family && !identity_of_address(host, &id))
		return false;
	if (end->id_is_host) {
		identity_free(&end->id);
		end->id = id;
	}
	end->host = *host;
	if (end->client_is_host)
		for (uint8_t i = 0; i < end->clients.count; i++)
			end->clients.items[i].range = (struct range){ *host, *host };
	if (end->nexthop_is_route)
		end->nexthop = *nexthop;
	return true;
}

void conn_def_free(struct conn_def *d)
{
	end_free(&d->left);
	end_free(&d->right);
	free(d->push);
	proposals_release(d->ike);
	proposals_release(d->esp);
	conn_config_free(&d->config);
	*d = (struct conn_def){ 0 };
}
