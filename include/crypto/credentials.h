/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading certificates, CRLs and private keys: PEM, DER, PKCS#8, PKCS#12 files of ipsec.d, files that
 * ipsec.secrets names, and any URI an OSSL_STORE opens. Blocks on the disk or the token.
 */
#ifndef CRYPTO_CREDENTIALS_H
#define CRYPTO_CREDENTIALS_H

#include "base/error.h"
#include "crypto/keystore.h"

/* Called for each thing worth a log line. */
typedef void credentials_warn_fn(void *context, const char *text);

/*
 * ipsecdir is a folder with private, certs, cacerts, ocspcerts and crls in it, or several with ':' between,
 * the first of which is the admin's; what one of them lacks is no error.
 *
 * The private keys: of ipsecdir/private and of the files that k was told of (keystore_add_key_file;
 * relative names are in ipsecdir/private). What cannot be read is told and left out.
 */
void credentials_load_keys(struct keystore *k, const char *ipsecdir, credentials_warn_fn *warn,
			   void *context);
/*
 * The certificates and CRLs of ipsecdir/{cacerts,certs,ocspcerts,crls}, PKCS#12 files of private and
 * of ipsec.secrets, and what connections asked for by credentials_load_named. All of it takes the
 * place of what was there at once.
 */
void credentials_load_certs(struct keystore *k, const char *ipsecdir, credentials_warn_fn *warn,
			    void *context);
/*
 * What a connection calls cert: loaded already, a file (relative: in ipsecdir/certs), or a URI. False
 * with an error that names it.
 */
bool credentials_load_named(struct keystore *k, const char *ipsecdir, const char *name,
			    struct error *e);

/*
 * Fetches what a verification or an admin asked for, and gives it to the trust of k. Blocks for at
 * most timeout_sec, name look-up aside. http only; false with an error.
 */
struct fetch;
bool credentials_fetch(struct keystore *k, const struct fetch *f, struct error *e);

#endif
