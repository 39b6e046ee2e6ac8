/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verbs about keys, certificates and CRLs: reading again, fetching, lists, public keys. What is known
 * lives behind the keystore, so each is a work item whose owner is the client, and its answer ends
 * the request.
 */
#include <stdlib.h>
#include <string.h>

#include "core/commands.h"
#include "ctl/records.h"

void command_reread_certs(struct core *c, struct request_run *r)
{
	r->client->waits_for = WAITS_SECRETS;
	core_action(c, ACTION_REREAD_SECRETS);
}

/* An item for this client; NULL: it was told that memory is short. */
static struct work *client_work(struct core *c, struct request_run *r, enum work_kind kind)
{
	struct work *w = work_new(kind, r->client->id, 0);

	if (w)
		r->client->waits_for = WAITS_WORK;
	else
		client_answer(c, r->client, RC_INTERNAL, "out of memory");
	return w;
}

void command_fetchcrls(struct core *c, struct request_run *r)
{
	struct work *w = client_work(c, r, WORK_FETCH);

	if (!w)
		return;
	w->auth->all_crls = true;
	core_work(c, w);
}

void command_purgeocsp(struct core *c, struct request_run *r)
{
	struct work *w = client_work(c, r, WORK_PURGE_OCSP);

	if (w)
		core_work(c, w);
}

static const struct {
	uint16_t verb;
	uint32_t kinds;
} lists[] = {
	{ VERB_LISTPUBKEYS, 1u << TRUST_KEYS | 1u << TRUST_CERTS },
	{ VERB_CHECKPUBKEYS, 1u << TRUST_KEYS | 1u << TRUST_CERTS | 1u << TRUST_CAS },
	{ VERB_LISTCERTS, 1u << TRUST_CERTS },
	{ VERB_LISTCACERTS, 1u << TRUST_CAS },
	{ VERB_LISTCRLS, 1u << TRUST_CRLS },
	{ VERB_LISTPSKS, 1u << TRUST_PSKS },
	{ VERB_LISTALL, (1u << TRUST_KINDS) - 1 },
};

void command_list(struct core *c, struct request_run *r)
{
	struct work *w = client_work(c, r, WORK_LIST);

	if (!w)
		return;
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		if (lists[i].verb == r->client->verb)
			w->auth->kinds = lists[i].kinds;
	core_work(c, w);
}

static bool read_key(struct request_run *r, struct work *w, struct error *e)
{
	struct ctl_attribute a;
	char id[512], text[4096];
	struct bytes spki = { 0 };
	struct public_key *key;
	bool ok;

	if (!ctl_find(r->message, CTL_ATTR_KEYID, &a) || !ctl_value_text(&a, id, sizeof(id)))
		return error_set(e, "--keyid is missing: say whose the key is");
	if (!ctl_find(r->message, CTL_ATTR_PUBKEY, &a) || !ctl_value_text(&a, text, sizeof(text)))
		return error_set(e, "--pubkeyrsa is missing: give the key");
	if (!identity_parse(id, &w->auth->peer_id, e))
		return error_prefix(e, "--keyid: ");
	key = public_key_of_text(text, e);
	if (!key)
		return error_prefix(e, "the key is wrong: it is ");
	ok = public_key_spki(key, &spki) &&
	     auth_work_bytes(w->auth, bytes_slice(&spki), &w->auth->peer.key);
	bytes_free(&spki);
	public_key_free(key);
	w->auth->adds = ctl_find(r->message, CTL_ATTR_ADDKEY, &a);
	return ok || error_set(e, "out of memory");
}

void command_addkey(struct core *c, struct request_run *r)
{
	struct work *w = client_work(c, r, WORK_ADD_KEY);
	struct error e = { 0 };

	if (!w)
		return;
	if (read_key(r, w, &e)) {
		core_work(c, w);
		return;
	}
	work_free(w);
	client_answer(c, r->client, RC_WHACK, "%s", e.text);
}

static const struct {
	uint16_t verb;
	uint8_t kind;  /* enum work_kind */
	uint8_t tells; /* enum told */
} tellers[] = {
	{ VERB_ADDSECRET, WORK_TELL, TELLS_SECRETS },
	{ VERB_DELSECRET, WORK_FORGET, TELLS_SECRETS },
	{ VERB_ADDCERT, WORK_TELL, TELLS_CERT },
	{ VERB_ADDCACERT, WORK_TELL, TELLS_CA },
	{ VERB_DELCERT, WORK_FORGET, TELLS_CERT },
};

static bool fill_told(struct request_run *r, struct auth_work *a, struct error *e)
{
	struct ctl_attribute at;
	char name[1000];

	if (ctl_find(r->message, CTL_ATTR_VALUE, &at) &&
	    (!ctl_value_text(&at, name, sizeof(name)) || !auth_work_text(a, name, &a->name)))
		return error_set(e, "the name is too long, or memory is short");
	if (a->tells != TELLS_SECRETS && (!a->name || !a->name[0]))
		return error_set(e, "a name is missing: it is what --cert and --delcert use");
	if (ctl_find(r->message, CTL_ATTR_CONTENT, &at) && !secret_copy(at.value, &a->content))
		return error_set(e, "out of memory");
	return true;
}

/* Secrets, certificates and keys one by one. A secret is copied out of the request and nowhere else. */
void command_tell(struct core *c, struct request_run *r)
{
	struct error e = { 0 };
	struct work *w = NULL;

	for (size_t i = 0; i < ARRAY_LEN(tellers) && !w; i++) {
		if (tellers[i].verb != r->client->verb)
			continue;
		w = client_work(c, r, (enum work_kind)tellers[i].kind);
		if (!w)
			return;
		w->auth->tells = tellers[i].tells;
	}
	if (w && fill_told(r, w->auth, &e)) {
		core_work(c, w);
		return;
	}
	work_free(w);
	client_answer(c, r->client, RC_WHACK, "%s", e.text);
}

static void told_done(struct core *c, struct core_client *client, const struct work *w)
{
	struct auth_work *a = w->auth;
	char why[400];

	/* what a CERTREQ names is what there is now */
	if (a->ca_hashes.data) {
		bytes_free(&c->ca_hashes);
		c->ca_hashes = a->ca_hashes;
		a->ca_hashes = (struct bytes){ 0 };
	}
	if (w->verdict == VERDICT_OK) {
		client_answer(c, client, RC_OK, "%s",
			      w->kind == WORK_FORGET ? "forgotten" : a->said);
		return;
	}
	error_format(&a->error, why, sizeof(why));
	client_answer(c, client, RC_NO_KEY, "nothing is changed: %s", why);
}

static const char *state_of(const struct core *c, const struct trust_item *item)
{
	if (!item->until_sec)
		return NULL;
	if (item->until_sec <= c->wall_sec)
		return "expired";
	if (item->from_sec > c->wall_sec)
		return "not yet valid";
	return item->until_sec <= c->wall_sec + EXPIRY_WARN_SEC ? "expires soon" : "ok";
}

static bool is_shown(const struct core *c, const struct core_client *client,
		     const struct trust_item *item)
{
	return client->verb != VERB_CHECKPUBKEYS ||
	       (item->until_sec && item->until_sec <= c->wall_sec + EXPIRY_WARN_SEC);
}

static void put_text(struct record_builder *b, uint16_t field, const char *text)
{
	if (text && text[0])
		ctl_record_put_text(b, field, text);
}

/* For status only: without memory it shows none. */
void command_expiring(struct core *c, const struct event *e)
{
	free(c->expiring);
	c->expiring_count = 0;
	c->expiring = e->item_count ? calloc(e->item_count, sizeof(*c->expiring)) : NULL;
	if (!c->expiring)
		return;
	memcpy(c->expiring, e->items, e->item_count * sizeof(*c->expiring));
	c->expiring_count = e->item_count;
}

bool report_credential(struct core *c, struct core_client *client, const struct trust_item *item)
{
	static const enum record_kind kinds[TRUST_KINDS] = {
		[TRUST_KEYS] = RECORD_PUBKEY, [TRUST_CERTS] = RECORD_CERT,
		[TRUST_CAS] = RECORD_CACERT,  [TRUST_CRLS] = RECORD_CRL,
		[TRUST_PSKS] = RECORD_PSK,
	};
	enum record_kind kind = kinds[item->kind];
	uint8_t buffer[4096];
	struct record_builder b;
	struct slice frame;

	if (client->verb == VERB_LISTPUBKEYS || client->verb == VERB_CHECKPUBKEYS)
		kind = RECORD_PUBKEY;
	b = ctl_record_begin(buffer, sizeof(buffer), client->sequence, kind);
	put_text(&b, CREDENTIAL_NAME,
		 kind == RECORD_PUBKEY && item->subject[0] ? item->subject : item->name);
	put_text(&b, CREDENTIAL_SUBJECT, item->subject);
	put_text(&b, CREDENTIAL_ISSUER, item->issuer);
	put_text(&b, CREDENTIAL_SERIAL, item->serial);
	put_text(&b, CREDENTIAL_KEY, item->key);
	put_text(&b, CREDENTIAL_CKAID, item->ckaid);
	put_text(&b, CREDENTIAL_STATE, state_of(c, item));
	ctl_record_put_bool(&b, CREDENTIAL_PRIVATE, item->has_private);
	if (item->from_sec)
		ctl_record_put_u64(&b, CREDENTIAL_FROM, item->from_sec);
	if (item->until_sec)
		ctl_record_put_u64(&b, CREDENTIAL_UNTIL, item->until_sec);
	if (item->kind == TRUST_CRLS)
		ctl_record_put_u64(&b, CREDENTIAL_REVOKED, item->revoked);
	if (!ctl_record_finish(&b, &frame))
		return false;
	client_frame(c, client, frame);
	return true;
}

static void show_list(struct core *c, struct core_client *client, const struct work *w)
{
	bool ok = w->verdict == VERDICT_OK;

	for (size_t i = 0; ok && i < w->auth->item_count; i++)
		if (is_shown(c, client, &w->auth->items[i]))
			ok = report_credential(c, client, &w->auth->items[i]);
	if (ok)
		client_finish(c, client, RC_OK);
	else
		client_answer(c, client, RC_INTERNAL, "the list could not be made");
}

void command_work_done(struct core *c, const struct work *w)
{
	struct core_client *client = client_find(c, w->owner);
	bool ok = w->verdict == VERDICT_OK;

	/* by the clock: nobody waits for it */
	if (w->kind == WORK_FETCH && w->auth->all_crls)
		core_log(c, ok ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING, "%zu CRLs asked for%s%.390s",
			 w->auth->item_count, ok ? "" : ": ", w->auth->fetch_errors);
	if (!client || client->waits_for != WAITS_WORK)
		return;
	switch (w->kind) {
	case WORK_LIST:
		show_list(c, client, w);
		break;
	case WORK_FETCH:
		client_answer(c, client, ok ? RC_OK : RC_FATAL, "%zu CRLs asked for%s%.390s",
			      w->auth->item_count, ok ? "" : ": ", w->auth->fetch_errors);
		break;
	case WORK_TELL:
	case WORK_FORGET:
		told_done(c, client, w);
		break;
	case WORK_PURGE_OCSP:
		client_answer(c, client, RC_OK, "OCSP answers are forgotten");
		break;
	default:
		client_answer(c, client, ok ? RC_OK : RC_INTERNAL,
			      ok ? "public key added" : "the key is not added: memory is short");
	}
}
