/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipsec.secrets: `indices : KIND value`. An entry starts in column 0, continuation lines are indented,
 * '#' comments, `include glob` nested at most 10 deep. PSK "text", 'text', bare, 0x hex, 0s base64,
 * 0t text; PSK is also the default kind. `indices : PPKS "name" value` is a post-quantum preshared key
 * (RFC 8784). RSA, ECDSA, EDDSA, PKCS8, P12 FILE ["passphrase"] name files of private keys. PIN entries
 * are skipped with a warning, XAUTH is parsed and skipped.
 */
#ifndef CONF_SECRETS_H
#define CONF_SECRETS_H

#include "base/error.h"
#include "crypto/keystore.h"

/* Called for each thing worth a log line; never given secret bytes. */
typedef void secrets_warn_fn(void *context, const char *text);
/* Called for an include line with its pattern; false stops with *e set. */
typedef bool secrets_include_fn(void *context, const char *pattern, unsigned depth,
				struct error *e);

struct secrets_parser {
	struct keystore *keystore;
	secrets_warn_fn *warn;
	secrets_include_fn *include;
	void *context;
};

/* Pure: one file's text. Adds entries; false with file:line in *e on the first syntax error. */
bool secrets_parse(const struct secrets_parser *p, const char *file, struct slice text,
		   unsigned depth, struct error *e);
/* Files (secrets_io.c): reads file and its includes into a fresh keystore and swaps it into k only
 * when all is well. A file readable by group or others is a warning. A missing main file is no error:
 * it empties the store and warns. */
/* ipsecdir: where private keys are (crypto/credentials.h), read into the same fresh keystore; NULL: none
 * are. */
bool secrets_load_all(struct keystore *k, const char *file, const char *ipsecdir,
		      secrets_warn_fn *warn, void *context, struct error *e);
bool secrets_load(struct keystore *k, const char *file, secrets_warn_fn *warn, void *context,
		  struct error *e);

#endif
