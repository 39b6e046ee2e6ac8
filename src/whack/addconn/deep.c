/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of a check that reads secrets, keys and certificates, by the code that pluto reads them
 * with: has each connection what it proves itself and its peer by, is that in date? Which end is this
 * machine is told by its addresses; where that is not known, as of a file for another machine, what
 * only that machine has is not asked for.
 */
#include "deep.h"

#include <errno.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/paths.h"
#include "claims.h"
#include "conf/secrets.h"
#include "crypto/credentials.h"
#include "crypto/trust.h"

#define ALL_HASHES 0x3eu
#define EXPIRING_MAX 200

struct deep {
	struct conf_file *file;
	struct keystore *keystore;
	char creddirs[1024]; /* ipsecdir, and others with the same folders */
	const char *ipsecdir, *secrets;
	struct ifaddrs *addresses;
	uint64_t now_sec;
	bool has_secrets; /* false: they are not ours to read */
	struct claims claims;
};

static void note(void *context, const char *text)
{
	struct deep *d = context;
	struct conf_place nowhere = { 0 };

	problem_add(&d->file->problems, true, &nowhere, "%s", text);
}

/* The class of the problems from here on. */
static void about(struct deep *d, enum problem_class class_)
{
	d->file->problems.class_ = (uint8_t)class_;
}

static const char *setting_of(const struct conf_file *f, const char *word, const char *fallback)
{
	const char *value = fallback;

	for (size_t i = 0; f->setup && i < f->setup->count; i++)
		if (strcmp(f->setup->settings[i].word, word) == 0 && *f->setup->settings[i].value)
			value = f->setup->settings[i].value;
	return value;
}

static void load_secrets(struct deep *d)
{
	struct conf_place at = { 0 };
	struct error e = { 0 };

	about(d, PROBLEM_SECRETS);
	d->has_secrets = access(d->secrets, R_OK) == 0 || errno != EACCES;
	if (!d->has_secrets) {
		note(d, "the secrets are not checked: only root may read them");
		return;
	}
	if (secrets_load(d->keystore, d->secrets, note, d, &e))
		return;
	if (e.file[0])
		at.file = arena_str(&d->file->arena, slice_str(e.file));
	at.line = e.line;
	at.column = e.column;
	problem_add(&d->file->problems, false, &at, "%s", e.text);
}

struct deep *deep_new(struct plan *p)
{
	struct deep *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->file = &p->file;
	d->keystore = keystore_new();
	d->ipsecdir = setting_of(d->file, "ipsecdir", IPSEC_SYSCONFDIR "/ipsec.d");
	/* with what ipsec made of a database of NSS */
	snprintf(d->creddirs, sizeof(d->creddirs), "%s:%s", d->ipsecdir,
		 getenv("IPSEC_NSS") ? getenv("IPSEC_NSS") : IPSEC_RUNDIR "/nss");
	d->secrets = setting_of(d->file, "secretsfile", IPSEC_SYSCONFDIR "/ipsec.secrets");
	d->now_sec = (uint64_t)time(NULL);
	if (!d->keystore) {
		free(d);
		return NULL;
	}
	if (getifaddrs(&d->addresses) != 0)
		d->addresses = NULL;
	load_secrets(d);
	about(d, PROBLEM_FILES);
	if (d->has_secrets)
		credentials_load_keys(d->keystore, d->creddirs, note, d);
	credentials_load_certs(d->keystore, d->creddirs, note, d);
	about(d, PROBLEM_SYNTAX);
	return d;
}

void deep_free(struct deep *d)
{
	if (!d)
		return;
	if (d->addresses)
		freeifaddrs(d->addresses);
	claims_free(&d->claims);
	keystore_free(d->keystore);
	free(d);
}

static bool address_of(const struct ifaddrs *i, struct address *out)
{
	const struct sockaddr_in *v4 = (const void *)i->ifa_addr;
	const struct sockaddr_in6 *v6 = (const void *)i->ifa_addr;

	if (i->ifa_addr && i->ifa_addr->sa_family == AF_INET)
		return address_from(slice(&v4->sin_addr, 4), out);
	return i->ifa_addr && i->ifa_addr->sa_family == AF_INET6 &&
	       address_from(slice(&v6->sin6_addr, 16), out);
}

static bool is_local(const struct deep *d, const struct conn_end *end)
{
	struct address a;

	if (end->host_kind == HOST_DEFAULTROUTE || end->host_kind == HOST_IFACE)
		return true;
	for (struct ifaddrs *i = d->addresses; i; i = i->ifa_next)
		if (address_of(i, &a) && conn_end_has_host(end, &a))
			return true;
	return false;
}

struct check {
	struct deep *d;
	const struct conf_options *options;
	const struct conn_def *def;
	const struct conn_end *ours, *theirs;
	const struct end_config *our_config, *their_config;
	bool is_known; /* which end is this machine */
};

static void orient(struct check *c)
{
	const struct conn_def *def = c->def;
	bool left = is_local(c->d, &def->left) || def->right.host_kind == HOST_ANY ||
		    def->right.host_kind == HOST_OPPORTUNISTIC;
	bool right = is_local(c->d, &def->right) || def->left.host_kind == HOST_ANY ||
		     def->left.host_kind == HOST_OPPORTUNISTIC;

	c->is_known = left != right;
	right = right && !left;
	c->ours = right ? &def->right : &def->left;
	c->theirs = right ? &def->left : &def->right;
	c->our_config = right ? &def->config.right : &def->config.left;
	c->their_config = right ? &def->config.left : &def->config.right;
}

static void complain(struct check *c, enum problem_class class_, bool is_warning, const char *word,
		     bool is_ours, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* At the setting of that word of the end, or where the connection begins. */
static void complain(struct check *c, enum problem_class class_, bool is_warning, const char *word,
		     bool is_ours, const char *format, ...)
{
	bool is_right = (is_ours ? c->ours : c->theirs) == &c->def->right;
	const struct conf_option *o = word ? conf_option_find(c->options, word, is_right) : NULL;
	struct conf_place at = conf_find(c->d->file, c->options->name)->at;
	char text[700];
	va_list ap;

	if (o) {
		at = o->at;
		at.column = o->value_column;
	}
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	about(c->d, class_);
	c->d->file->problems.conn = c->options->name;
	problem_add(&c->d->file->problems, is_warning, &at, "conn %s: %s", c->options->name, text);
	c->d->file->problems.conn = NULL;
	about(c->d, PROBLEM_SYNTAX);
}

static bool has_psk(struct deep *d, const struct identity *local, const struct identity *remote,
		    const struct address *local_address)
{
	struct psk_query q = { .local_id = local, .remote_id = remote, .local = *local_address };
	bool ambiguous = false;
	char origin[300];

	return keystore_find_psk(d->keystore, &q, origin, sizeof(origin), &ambiguous) == VERDICT_OK;
}

/* An end whose identity is its address, which is not known yet, may have any of this machine's. */
static bool has_psk_of_some_address(struct check *c)
{
	struct identity id;
	struct address a;
	bool found = false;

	for (struct ifaddrs *i = c->d->addresses; i && !found; i = i->ifa_next) {
		if (!address_of(i, &a) || !identity_of_address(&a, &id))
			continue;
		found = has_psk(c->d, &id, &c->theirs->id, &a);
		identity_free(&id);
	}
	return found;
}

static void check_psk(struct check *c)
{
	const struct identity *local = &c->ours->id, *remote = &c->theirs->id;
	char us[IDENTITY_TEXT_LEN], them[IDENTITY_TEXT_LEN];
	struct address none = { 0 };
	bool found;

	if (!c->d->has_secrets)
		return;
	/* who comes from anywhere is known by its identity only when it comes */
	if (keystore_psk_count(c->d->keystore) > 0 &&
	    (remote->type == ID_NONE || c->theirs->id_from_cert || c->ours->id_from_cert ||
	     identity_is_pattern(remote)))
		return;
	found = has_psk(c->d, local, remote, &none) ||
		(local->type == ID_NONE && has_psk_of_some_address(c));
	if (found)
		return;
	complain(c, PROBLEM_SECRETS, false, NULL, true,
		 "no preshared key for %s and %s in %s: add a line there, as in %s %s : PSK "
		 "\"secret\"",
		 identity_format(local, us, sizeof(us)),
		 identity_format(remote, them, sizeof(them)), c->d->secrets, us, them);
}

static void check_dates(struct check *c, bool is_ours, const char *name, uint64_t from_sec,
			uint64_t until_sec)
{
	uint64_t now = c->d->now_sec;

	if (until_sec && until_sec <= now)
		complain(c, PROBLEM_DATES, false, "cert", is_ours,
			 "the certificate %.200s ended %llu days ago: renew it", name,
			 (unsigned long long)(now - until_sec) / 86400);
	else if (from_sec > now)
		complain(c, PROBLEM_DATES, false, "cert", is_ours,
			 "the certificate %.200s is not valid for another %llu hours: is the clock "
			 "right?",
			 name, (unsigned long long)(from_sec - now) / 3600 + 1);
	else if (until_sec && until_sec < now + EXPIRY_WARN_SEC)
		complain(c, PROBLEM_DATES, true, "cert", is_ours,
			 "the certificate %.200s ends in %llu days: renew it", name,
			 (unsigned long long)(until_sec - now) / 86400);
}

static const char *ca_of(const struct end_config *end)
{
	return end->ca && end->ca[0] != '%' ? end->ca : NULL;
}

static bool load_named(struct check *c, const struct end_config *end, bool is_ours)
{
	struct error e = { 0 };

	if (!end->cert || credentials_load_named(c->d->keystore, c->d->creddirs, end->cert, &e))
		return true;
	complain(c, PROBLEM_FILES, false, "cert", is_ours, "%s", e.text);
	return false;
}

static void check_own_key(struct check *c)
{
	struct credential_query q = { .allow = c->ours->auth,
				      .hashes = ALL_HASHES,
				      .cert = c->our_config->cert,
				      .ckaid = c->our_config->ckaid,
				      .ca = ca_of(c->our_config),
				      .key = bytes_slice(&c->ours->pubkey),
				      .id = c->ours->id,
				      .wall_sec = c->d->now_sec };
	struct credential found;
	struct error e = { 0 };

	if (!c->is_known || !c->d->has_secrets || !load_named(c, c->our_config, true))
		return;
	if (!credential_choose(c->d->keystore, &q, &found, &e)) {
		complain(c, PROBLEM_FILES, false, "cert", true, "%s", e.text);
		return;
	}
	if (found.cert_count)
		check_dates(c, true, found.name, found.from_sec, found.until_sec);
	credential_free(&found);
}

static bool has_trust(struct keystore *k)
{
	struct trust_item *item = calloc(1, sizeof(*item));
	bool found = item &&
		     (trust_item(k, TRUST_CAS, 0, item) || trust_item(k, TRUST_KEYS, 0, item));

	free(item);
	return found;
}

static void check_peer_key(struct check *c)
{
	struct trust *t = keystore_trust(c->d->keystore);
	const char *ca = ca_of(c->their_config);
	struct bytes hashes = { 0 };
	uint64_t from_sec, until_sec;

	if (!load_named(c, c->their_config, false))
		return;
	if (c->their_config->cert &&
	    trust_cert_dates(t, c->their_config->cert, &from_sec, &until_sec))
		check_dates(c, false, c->their_config->cert, from_sec, until_sec);
	if (ca && (!trust_ca_hashes(t, ca, 1, &hashes) || hashes.len == 0))
		complain(c, PROBLEM_FILES, false, "ca", false,
			 "there is no CA \"%.200s\": put its certificate into %s/cacerts", ca,
			 c->d->ipsecdir);
	bytes_free(&hashes);
	if (!c->their_config->cert && !ca && c->theirs->pubkey.len == 0 &&
	    !has_trust(c->d->keystore))
		complain(c, PROBLEM_FILES, false, NULL, false,
			 "nothing tells whether the peer is who it says: put the certificate of "
			 "its CA into %s/cacerts, or give its public key",
			 c->d->ipsecdir);
}

void deep_conn(struct deep *d, const struct conf_options *o, const struct conn_def *def)
{
	struct check c = { .d = d, .options = o, .def = def };

	orient(&c);
	if (!claims_add(&d->claims, o, def, c.ours, c.theirs))
		d->file->problems.is_short_of_memory = true;
	if (conn_type_is_shunt(def->config.type))
		return;
	if (!c.is_known)
		complain(&c, PROBLEM_SEMANTIC, true, NULL, true,
			 "neither end is an address of this machine, or both are: what only this "
			 "machine has to have is not checked");
	if (c.ours->auth == ALLOW_PSK || c.theirs->auth == ALLOW_PSK)
		check_psk(&c);
	if (c.ours->auth & ALLOW_ANY_SIGNATURE && !(c.ours->auth & (ALLOW_PSK | ALLOW_NULL)))
		check_own_key(&c);
	if (c.theirs->auth & ALLOW_ANY_SIGNATURE && !(c.theirs->auth & (ALLOW_PSK | ALLOW_NULL)))
		check_peer_key(&c);
}

/* Those of the folders, whoever uses them. */
static void warn_of_expiring(struct deep *d)
{
	struct trust_item *items = calloc(EXPIRING_MAX, sizeof(*items));
	size_t count = items ? trust_expiring(d->keystore, d->now_sec, items, EXPIRING_MAX) : 0;
	struct conf_place nowhere = { 0 };

	about(d, PROBLEM_DATES);
	for (size_t i = 0; i < count; i++)
		problem_add(&d->file->problems, true, &nowhere, "%s: the %s of %s %s: renew it",
			    items[i].name, items[i].kind == TRUST_CRLS ? "CRL" : "certificate",
			    items[i].kind == TRUST_CRLS ? items[i].issuer : items[i].subject,
			    items[i].until_sec <= d->now_sec ? "is out of date" : "ends soon");
	about(d, PROBLEM_SYNTAX);
	free(items);
}

void deep_finish(struct deep *d)
{
	warn_of_expiring(d);
	about(d, PROBLEM_SELECTORS);
	claims_report(&d->claims, d->file);
	about(d, PROBLEM_SYNTAX);
}
