/* SPDX-License-Identifier: Apache-2.0 */
/* Proposals as they would stand in a connection: what each comes to, or what is wrong with it. */
#include <stdio.h>
#include <string.h>

#include "addconn.h"
#include "conf/proposal.h"

static bool parse(const char *kind, size_t len, const char *text, bool pfs, struct proposals *out,
		  struct error *e)
{
	if (len == 3 && strncmp(kind, "ike", 3) == 0)
		return proposals_parse_ike(text, out, e);
	if (len == 3 && strncmp(kind, "esp", 3) == 0)
		return proposals_parse_esp(text, pfs, out, e);
	if (len == 2 && strncmp(kind, "ah", 2) == 0)
		return proposals_parse_ah(text, pfs, out, e);
	return error_set(e, "\"%.*s\" is no ike, esp or ah", (int)len, kind);
}

/* "esp=aes256-sha2_256", "esp" or "esp=" for the defaults. */
static bool tell(const char *arg, bool pfs)
{
	size_t len = strcspn(arg, "=");
	const char *text = arg[len] && arg[len + 1] ? arg + len + 1 : NULL;
	struct proposals all;
	struct error e = { 0 };
	char line[1000];

	if (!parse(arg, len, text, pfs, &all, &e)) {
		fprintf(stderr, "algparse: %s: %s\n", arg, e.text);
		return false;
	}
	printf("%s\n", arg);
	for (uint8_t i = 0; i < all.count; i++)
		printf("\t%s\n", proposal_conf_format(&all.list[i], line, sizeof(line)));
	return true;
}

int algparse(const struct arguments *a)
{
	static const char *const kinds[] = { "ike", "esp", "ah" };
	struct error e = { 0 };
	bool ok = true;

	/* which of them this machine's OpenSSL has */
	if (!crypto_self_test(&e)) {
		fprintf(stderr, "algparse: %s\n", e.text);
		return EXIT_CONFIG;
	}
	for (size_t i = 0; i < a->name_count; i++)
		ok &= tell(a->names[i], a->pfs);
	for (size_t i = 0; a->name_count == 0 && i < ARRAY_LEN(kinds); i++)
		ok &= tell(kinds[i], a->pfs);
	return ok ? 0 : EXIT_CONFIG;
}
