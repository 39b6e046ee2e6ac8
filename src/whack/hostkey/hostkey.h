/* SPDX-License-Identifier: Apache-2.0 */
/* hostkey: the commands of ipsec(8) that make, show and take over keys of this host. */
#ifndef HOSTKEY_H
#define HOSTKEY_H

#include "crypto/hostkey.h"

/* What hostkey exits with. */
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_NO_KEY = 4 };

struct hostkey_arguments {
	const char *kind, *curve, *ipsecdir, *output, *ckaid, *gateway, *precedence, *password;
	const char *file; /* of import */
	const char *nss;  /* folder of what a database of NSS has; NULL: none */
	unsigned bits;
	bool left, right, list, pem, dump, ipseckey, quiet;
};

int hostkey_new(const struct hostkey_arguments *a);
int hostkey_show(const struct hostkey_arguments *a);
int hostkey_import(const struct hostkey_arguments *a);
/* import.c: a file for its owner alone, which must not be there; says what went wrong. */
bool hostkey_write(const char *path, struct slice content);
/* The folder of private keys below ipsecdir, made when it is not there. */
bool hostkey_folder(const char *ipsecdir, char *out, size_t size);
void hostkey_ckaid(const struct public_key *k, char out[48]);

#endif
