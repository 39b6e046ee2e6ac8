/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files and stores of keys and certificates. OSSL_STORE reads every format there is; here is which
 * files are read, what is taken from each, and what an admin is told about those that cannot be.
 */
#include "crypto/credentials.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/err.h>
#include <openssl/store.h>
#include <openssl/ui.h>

#include "base/text.h"
#include "keyring.h"
#include "pkey.h"
#include "trust_content.h"

#define FILE_MAX (32u << 20)
#define OBJECTS_MAX 10000 /* of one file */

enum taking { TAKE_KEYS = 1, TAKE_CAS = 2, TAKE_CERTS = 4, TAKE_CRLS = 8 };

struct loader {
	struct keystore *k;
	struct trust_content *content; /* NULL: certificates go to the trust as it stands */
	unsigned takes;                /* enum taking */
	struct slice pass;
	bool pass_wanted; /* it was asked for one it does not have */
	unsigned taken;
	credentials_warn_fn *warn;
	void *context;
};

static void say(const struct loader *l, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void say(const struct loader *l, const char *format, ...)
{
	char text[PATH_MAX + 400];
	va_list ap;

	if (!l->warn)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	l->warn(l->context, text);
}

static int give_pass(char *buf, int size, int is_writing, void *context)
{
	struct loader *l = context;

	(void)is_writing;
	if (!l->pass.data) {
		l->pass_wanted = true;
		return -1;
	}
	if (l->pass.len > (size_t)size)
		return -1;
	memcpy(buf, l->pass.data, l->pass.len);
	return (int)l->pass.len;
}

static void take_cert(struct loader *l, X509 *x, const char *name)
{
	int len = 0;
	const unsigned char *alias = X509_alias_get0(x, &len);
	char nick[256];
	bool ok;

	snprintf(nick, sizeof(nick), "%.*s", alias ? len : 0, alias ? (const char *)alias : "");
	if (l->takes & TAKE_CAS)
		ok = trust_content_add_ca(l->content, x, name);
	else if (l->content)
		ok = trust_content_add_cert(l->content, x, name, nick[0] ? nick : NULL);
	else
		ok = trust_add_cert(keystore_trust(l->k), x, name, nick[0] ? nick : NULL);
	if (!ok)
		say(l, "%s: a certificate is not taken: memory is short", name);
	l->taken += ok;
}

static void take_key(struct loader *l, EVP_PKEY *pkey, const char *name)
{
	struct key_ref ref;
	struct error e = { 0 };

	if (keystore_add_key(l->k, pkey, name, &ref, &e))
		l->taken++;
	else
		say(l, "%s: not used: %s", name, e.text);
}

static void take(struct loader *l, OSSL_STORE_INFO *info, const char *name)
{
	switch (OSSL_STORE_INFO_get_type(info)) {
	case OSSL_STORE_INFO_PKEY:
		if (l->takes & TAKE_KEYS)
			take_key(l, OSSL_STORE_INFO_get0_PKEY(info), name);
		break;
	case OSSL_STORE_INFO_CERT:
		if (l->takes & (TAKE_CAS | TAKE_CERTS))
			take_cert(l, OSSL_STORE_INFO_get0_CERT(info), name);
		break;
	case OSSL_STORE_INFO_CRL:
		if ((l->takes & TAKE_CRLS) &&
		    trust_content_add_crl(l->content, OSSL_STORE_INFO_get0_CRL(info), name, false))
			l->taken++;
		break;
	}
}

static bool is_uri(const char *name)
{
	size_t scheme = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789+.-");

	return scheme > 1 && name[scheme] == ':';
}

/* False when it cannot be opened, or holds nothing that can be read; *why is set then. */
static bool read_store(struct loader *l, const char *uri, const char *name, char *why, size_t size)
{
	UI_METHOD *ui = UI_UTIL_wrap_read_pem_callback(give_pass, 0);
	OSSL_STORE_CTX *ctx = ui ? OSSL_STORE_open_ex(uri, NULL, NULL, ui, l, NULL, NULL, NULL)
				 : NULL;
	unsigned seen = 0, failures = 0;

	l->pass_wanted = false;
	l->taken = 0;
	text_copy(why, size, "");
	while (ctx && !OSSL_STORE_eof(ctx) && seen < OBJECTS_MAX && failures < 100) {
		OSSL_STORE_INFO *info = OSSL_STORE_load(ctx);

		if (info) {
			take(l, info, name);
			seen++;
			OSSL_STORE_INFO_free(info);
		} else if (OSSL_STORE_error(ctx)) {
			failures++;
		}
	}
	if (l->pass_wanted)
		text_copy(why, size,
			  "it is encrypted: add a line to ipsec.secrets, as in  : RSA FILE "
			  "\"passphrase\"");
	else if (seen == 0 && ERR_peek_error() == 0)
		text_copy(why, size,
			  is_uri(uri)
				  ? "the token has nothing of that name, or wants another PIN"
				  : "it is in no format that is known here: PEM, DER, PKCS#8 or "
				    "PKCS#12");
	else if (seen == 0 && ERR_SYSTEM_ERROR(ERR_peek_last_error()))
		text_copy(why, size, strerror(ERR_GET_REASON(ERR_peek_last_error())));
	else if (seen == 0)
		openssl_error(why, size);
	OSSL_STORE_close(ctx);
	UI_destroy_method(ui);
	ERR_clear_error();
	return seen > 0 && !l->pass_wanted;
}

static bool is_safe(const struct loader *l, const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0) {
		say(l, "%s: cannot be read: %s", path, strerror(errno));
		return false;
	}
	if (!S_ISREG(st.st_mode) || (uintmax_t)st.st_size > FILE_MAX) {
		say(l, "%s: not read: it is no file, or larger than 32 MiB", path);
		return false;
	}
	if ((l->takes & TAKE_KEYS) && (st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		say(l, "%s: others than its owner can read or change it: chmod 600", path);
	return true;
}

static void read_file(struct loader *l, const char *path)
{
	char why[200];

	if ((is_uri(path) || is_safe(l, path)) && !read_store(l, path, path, why, sizeof(why)))
		say(l, "%s: nothing in it can be used: %s", path, why);
}

/* The passphrase that ipsec.secrets has for this file, by path or by base name. */
static bool find_pass(struct keystore *k, const char *path, struct secret *pass)
{
	const char *base = strrchr(path, '/');
	char file[PATH_MAX];

	base = base ? base + 1 : path;
	for (size_t i = 0; keystore_key_file(k, i, file, sizeof(file), pass); i++) {
		if (strcmp(file, path) == 0 || strcmp(file, base) == 0)
			return true;
		secret_free(pass);
	}
	return false;
}

static void read_with_pass(struct loader *l, const char *path)
{
	struct secret pass cleanup(secret_cleanup) = { 0 };

	l->pass = SLICE_EMPTY;
	if (find_pass(l->k, path, &pass))
		l->pass = secret_slice(&pass);
	/* An entry without a passphrase is one of no characters (PKCS#12). */
	if (!l->pass.data && pass.data)
		l->pass = slice("", 0);
	read_file(l, path);
	l->pass = SLICE_EMPTY;
}

static bool is_p12(const char *name)
{
	size_t len = strlen(name);

	return len > 4 &&
	       (strcmp(name + len - 4, ".p12") == 0 || strcmp(name + len - 4, ".pfx") == 0);
}

static int visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static void read_one_folder(struct loader *l, const char *path_of_folder, bool p12_only)
{
	char path[PATH_MAX];
	struct dirent **names = NULL;
	struct stat st;
	int count = scandir(path_of_folder, &names, visible, alphasort);

	for (int i = 0; i < count; i++) {
		int n = snprintf(path, sizeof(path), "%s/%s", path_of_folder, names[i]->d_name);

		if (n < (int)sizeof(path) && stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
		    (!p12_only || is_p12(path)))
			read_with_pass(l, path);
		free(names[i]);
	}
	free(names);
}

/* The length of the first of several folders with ':' between. */
static int first_len(const char *ipsecdir)
{
	return (int)strcspn(ipsecdir, ":");
}

static void read_folder(struct loader *l, const char *ipsecdir, const char *folder, bool p12_only)
{
	char path[PATH_MAX];

	for (const char *one = ipsecdir; *one; one += first_len(one), one += *one == ':') {
		snprintf(path, sizeof(path), "%.*s/%s", first_len(one), one, folder);
		read_one_folder(l, path, p12_only);
	}
}

/* The files that ipsec.secrets names outside of the folder private. */
static void read_named_files(struct loader *l, const char *ipsecdir, bool p12_only)
{
	struct secret pass;
	char file[PATH_MAX], path[PATH_MAX];

	for (size_t i = 0; keystore_key_file(l->k, i, file, sizeof(file), &pass); i++) {
		secret_free(&pass);
		if (is_uri(file)) {
			read_with_pass(l, file);
		} else if (*file == '/' && (!p12_only || is_p12(file))) {
			read_with_pass(l, file);
		} else if (*file != '/' && !p12_only) {
			int n = snprintf(path, sizeof(path), "%.*s/private/%s", first_len(ipsecdir),
					 ipsecdir, file);
			struct stat st;

			if (n >= (int)sizeof(path) || stat(path, &st) != 0)
				say(l,
				    "ipsec.secrets names the key file %s, which is not in "
				    "%.*s/private",
				    file, first_len(ipsecdir), ipsecdir);
		}
	}
}

void credentials_load_keys(struct keystore *k, const char *ipsecdir, credentials_warn_fn *warn,
			   void *context)
{
	struct loader l = { .k = k, .takes = TAKE_KEYS, .warn = warn, .context = context };

	read_folder(&l, ipsecdir, "private", false);
	read_named_files(&l, ipsecdir, false);
}

static bool read_named(struct loader *l, const char *ipsecdir, const char *name, struct error *e)
{
	struct secret pass cleanup(secret_cleanup) = { 0 };
	char path[PATH_MAX], why[200];
	bool is_whole = *name == '/' || is_uri(name);
	int n = snprintf(path, sizeof(path), is_whole ? "%.*s%s" : "%.*s/certs/%s",
			 is_whole ? 0 : first_len(ipsecdir), ipsecdir, name);

	if (n >= (int)sizeof(path))
		return error_set(e, "certificate \"%.60s...\": the name is too long", name);
	if (find_pass(l->k, path, &pass))
		l->pass = pass.data ? secret_slice(&pass) : slice("", 0);
	if (!read_store(l, path, name, why, sizeof(why)))
		return error_set(e, "certificate \"%.200s\" cannot be read: %.160s", name, why);
	return true;
}

void credentials_load_certs(struct keystore *k, const char *ipsecdir, credentials_warn_fn *warn,
			    void *context)
{
	static const struct {
		const char *folder;
		unsigned takes;
	} folders[] = {
		{ "cacerts", TAKE_CAS },
		{ "certs", TAKE_CERTS },
		{ "ocspcerts", TAKE_CERTS },
		{ "crls", TAKE_CRLS },
	};
	struct loader l = { .k = k, .warn = warn, .context = context };
	struct trust *t = keystore_trust(k);
	struct error e = { 0 };
	char name[512];

	l.content = trust_content_new();
	if (!l.content) {
		say(&l, "certificates are not read again: memory is short");
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		l.takes = folders[i].takes;
		read_folder(&l, ipsecdir, folders[i].folder, false);
	}
	l.takes = TAKE_CERTS;
	read_folder(&l, ipsecdir, "private", true);
	read_named_files(&l, ipsecdir, true);
	l.takes = TAKE_CERTS | TAKE_KEYS;
	for (size_t i = 0; trust_asked_name(t, i, name, sizeof(name)); i++) {
		l.pass = SLICE_EMPTY;
		if (!read_named(&l, ipsecdir, name, &e))
			say(&l, "%s", e.text);
	}
	trust_replace(t, l.content);
}

bool credentials_load_named(struct keystore *k, const char *ipsecdir, const char *name,
			    struct error *e)
{
	struct loader l = { .k = k, .takes = TAKE_CERTS | TAKE_KEYS };
	struct trust *t = keystore_trust(k);

	if (trust_has_cert(t, name))
		return true;
	if (!read_named(&l, ipsecdir, name, e))
		return false;
	return trust_ask_name(t, name) || error_set(e, "memory is short: free some and try again");
}
