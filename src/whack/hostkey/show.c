/* SPDX-License-Identifier: Apache-2.0 */
/* The public halves of the private keys that pluto would load, in the forms that peers want. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/paths.h"
#include "base/text.h"
#include "conf/secrets.h"
#include "crypto/credentials.h"
#include "hostkey.h"

static void note(void *context, const char *text)
{
	const struct hostkey_arguments *a = context;

	if (!a->quiet)
		fprintf(stderr, "ipsec: %s\n", text);
}

static const char *kind_word(const struct public_key *k)
{
	return public_key_kind(k) == KEY_RSA     ? "rsasigkey"
	       : public_key_kind(k) == KEY_ECDSA ? "ecdsakey"
						 : "eddsakey";
}

static void show(const struct hostkey_arguments *a, const struct public_key *k, const char *origin,
		 size_t number)
{
	struct bytes text cleanup(bytes_cleanup) = { 0 };
	struct bytes pem cleanup(bytes_cleanup) = { 0 };
	char ckaid[48], name[40];

	hostkey_ckaid(k, ckaid);
	if (!hostkey_text(k, &text) || !hostkey_pem(k, &pem))
		return;
	if (a->list)
		printf("< %zu> %s keyid: %.9s ckaid: %s (%s)\n", number,
		       public_key_name(k, name, sizeof(name)), (const char *)text.data, ckaid,
		       origin);
	if (a->pem)
		fwrite(pem.data, 1, pem.len, stdout);
	if (a->left || a->right) {
		printf("\t# %s ckaid=%s\n\t%s%s=0s%.*s\n", public_key_name(k, name, sizeof(name)),
		       ckaid, a->left ? "left" : "right", kind_word(k), (int)text.len,
		       (const char *)text.data);
	}
	/* RFC 4025 2: gateway type 0 is none, 1 IPv4, 2 IPv6, 3 a name; algorithm 2 is RSA */
	if (a->ipseckey)
		printf("    IN    IPSECKEY  %s %d %d %s %.*s\n",
		       a->precedence ? a->precedence : "10",
		       !a->gateway                                               ? 0
		       : strchr(a->gateway, ':')                                 ? 2
		       : strspn(a->gateway, "0123456789.") == strlen(a->gateway) ? 1
										 : 3,
		       public_key_kind(k) == KEY_RSA ? 2 : 4, a->gateway ? a->gateway : ".",
		       (int)text.len, (const char *)text.data);
}

static bool is_meant(const struct hostkey_arguments *a, const struct public_key *k)
{
	char ckaid[48];

	hostkey_ckaid(k, ckaid);
	return !a->ckaid || (*a->ckaid && strncasecmp(ckaid, a->ckaid, strlen(a->ckaid)) == 0);
}

int hostkey_show(const struct hostkey_arguments *a)
{
	struct hostkey_arguments own = *a;
	struct keystore *k = keystore_new();
	struct error e = { 0 };
	struct key_ref ref;
	char origin[600], dirs[1024];
	size_t shown = 0;
	/* what goes into a file for a peer must be one key */
	bool is_one = a->left || a->right || a->ipseckey || a->pem;

	if (!k)
		return EXIT_FAILED;
	own.list = a->list || !is_one;
	own.left = a->left;
	/* passphrases of key files */
	if (!secrets_load(k, IPSEC_SYSCONFDIR "/ipsec.secrets", NULL, NULL, &e) && !a->quiet)
		fprintf(stderr, "ipsec: %s\n", e.text);
	snprintf(dirs, sizeof(dirs), "%s%s%s", a->ipsecdir, a->nss ? ":" : "",
		 a->nss ? a->nss : "");
	credentials_load_keys(k, dirs, note, &own);
	for (size_t i = 0; keystore_key_at(k, i, &ref, origin, sizeof(origin)); i++) {
		struct public_key *key = hostkey_public(k, &ref);

		if (key && is_meant(a, key) && !(is_one && shown > 0)) {
			show(&own, key, origin, i + 1);
			shown++;
		} else if (key && is_meant(a, key) && is_one) {
			shown++;
		}
		public_key_free(key);
	}
	keystore_free(k);
	if (is_one && shown > 1 && !a->quiet)
		fprintf(stderr,
			"ipsec: the first of %zu keys is shown: choose one by --ckaid, see "
			"ipsec showhostkey --list\n",
			shown);
	if (shown > 0)
		return EXIT_DONE;
	fprintf(stderr,
		a->ckaid ? "ipsec: no private key of this CKAID is in %s/private\n"
			 : "ipsec: no private key is in %s/private: ipsec newhostkey "
			   "makes one\n",
		a->ipsecdir);
	return EXIT_NO_KEY;
}
