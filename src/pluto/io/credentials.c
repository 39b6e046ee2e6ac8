/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets, keys, certificates and CRLs for the daemon: reading them from the disk when the core asks,
 * fetching from the net on threads of their own, and the daily look at what is about to expire.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/duration.h"
#include "conf/secrets.h"
#include "crypto/credentials.h"
#include "log.h"
#include "loop_state.h"

#define CA_HASHES_MAX 32 /* that a CERTREQ holds */

static void warn(void *context, const char *text)
{
	(void)context;
	log_line(LOG_LEVEL_WARNING, text);
}

static size_t count(struct keystore *k, enum trust_kind kind)
{
	struct trust_item item;
	size_t n = 0;

	while (trust_item(k, kind, n, &item))
		n++;
	return n;
}

static void tell_counts(struct loop *l, struct text *t)
{
	struct key_ref key;
	char origin[300];
	size_t keys = 0;

	while (keystore_key_at(l->keystore, keys, &key, origin, sizeof(origin)))
		keys++;
	text_add(t,
		 "%zu secrets in %s; %zu private keys, %zu certificates, %zu CAs and %zu CRLs "
		 "in %s",
		 keystore_psk_count(l->keystore), l->settings.secrets_file, keys,
		 count(l->keystore, TRUST_CERTS), count(l->keystore, TRUST_CAS),
		 count(l->keystore, TRUST_CRLS), l->settings.ipsecdir);
}

static void tell_expiring(const struct trust_item *item, uint64_t wall_sec)
{
	time_t until = (time_t)item->until_sec;
	char when[32] = "";
	struct tm tm;
	const char *what = "certificate";

	if (item->kind == TRUST_CRLS)
		what = "the CRL of";
	else if (item->kind == TRUST_CAS)
		what = "CA certificate";
	else if (item->has_private)
		what = "our certificate";
	if (gmtime_r(&until, &tm))
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M UTC", &tm);
	log_printf(LOG_LEVEL_WARNING, "%s %.200s (%.200s) %s %s: renew it, then ipsec whack --%s",
		   what, item->kind == TRUST_CRLS ? item->issuer : item->subject, item->name,
		   item->until_sec <= wall_sec ? "has expired" : "expires soon:", when,
		   item->kind == TRUST_CRLS ? "rereadcerts or --fetchcrls" : "rereadcerts");
}

#define EXPIRING_MAX 32 /* that are told one by one */

static void look_at_expiry(struct loop *l)
{
	uint64_t wall_sec = (uint64_t)time(NULL);
	struct trust_item *items = calloc(EXPIRING_MAX, sizeof(*items));
	struct event e = { .kind = EVENT_EXPIRING, .items = items };

	if (!items)
		return;
	e.item_count = trust_expiring(l->keystore, wall_sec, items, EXPIRING_MAX);
	for (size_t i = 0; i < e.item_count; i++)
		tell_expiring(&items[i], wall_sec);
	if (e.item_count == EXPIRING_MAX)
		log_line(LOG_LEVEL_WARNING,
			 "there may be more that expire: ipsec whack --checkpubkeys");
	loop_event(l, &e);
	free(items);
}

void loop_load_credentials(struct loop *l)
{
	char text[1000];
	struct text t = TEXT_OVER(text);
	struct error error = { 0 };
	struct event e = { .kind = EVENT_SECRETS_LOADED, .text = text };
	cleanup(bytes_cleanup) struct bytes hashes = { 0 }, responder = { 0 };

	e.ok = secrets_load_all(l->keystore, l->settings.secrets_file, l->settings.creddirs, warn,
				l, &error);
	credentials_load_certs(l->keystore, l->settings.creddirs, warn, l);
	look_at_expiry(l);
	if (e.ok)
		tell_counts(l, &t);
	else
		error_format(&error, text, sizeof(text));
	if (trust_ca_hashes(keystore_trust(l->keystore), NULL, CA_HASHES_MAX, &hashes))
		e.ca_hashes = bytes_slice(&hashes);
	if (trust_responder_hash(keystore_trust(l->keystore), &responder))
		e.responder_hash = bytes_slice(&responder);
	loop_event(l, &e);
}

void loop_load_cert(struct loop *l, const char *name)
{
	struct error e = { 0 };

	if (!credentials_load_named(l->keystore, l->settings.creddirs, name, &e))
		log_line(LOG_LEVEL_WARNING, e.text);
}

void loop_keep_credentials(struct loop *l, uint64_t now_usec)
{
	struct work *w;

	if (now_usec >= l->expiry_usec) {
		l->expiry_usec = now_usec + EXPIRY_CHECK_USEC;
		look_at_expiry(l);
	}
	if (now_usec < l->crls_usec)
		return;
	l->crls_usec = now_usec + l->settings.crl_check_sec * USEC_PER_SEC;
	w = work_new(WORK_FETCH, 0, 0);
	if (!w)
		return;
	w->auth->all_crls = true;
	if (!workers_submit(l->fetchers, w))
		work_free(w);
}

#define ALL_CRLS_MAX 1000u

static bool is_asked_before(struct trust *t, size_t i, const char *url)
{
	char before[FETCH_URL_MAX];

	for (size_t j = 0; j < i && trust_crl_url(t, j, before, sizeof(before)); j++)
		if (strcmp(before, url) == 0)
			return true;
	return false;
}

static void fetch_all(struct work *w, struct keystore *k, struct text *t)
{
	struct trust *trust = keystore_trust(k);
	struct fetch f = { .kind = FETCH_CRL };

	for (size_t i = 0; i < ALL_CRLS_MAX && trust_crl_url(trust, i, f.url, sizeof(f.url)); i++) {
		struct error e = { 0 };

		if (is_asked_before(trust, i, f.url))
			continue;
		w->auth->item_count++;
		if (credentials_fetch(k, &f, &e))
			continue;
		w->verdict = VERDICT_BAD;
		text_add(t, "%s%s", t->len ? "; " : "", e.text);
	}
}

void fetch_run(struct work *w, struct keystore *k)
{
	struct auth_work *a = w->auth;
	struct text t = TEXT_OVER(a->fetch_errors);

	w->verdict = VERDICT_OK;
	if (a->all_crls)
		fetch_all(w, k, &t);
	for (uint8_t i = 0; i < a->fetch_count; i++) {
		struct error e = { 0 };

		if (credentials_fetch(k, &a->fetches[i], &e))
			continue;
		w->verdict = VERDICT_BAD;
		text_add(&t, "%s%s", t.len ? "; " : "", e.text);
	}
}
