/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of hostkey: a command, then options in the spellings of both ancestors. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/paths.h"
#include "crypto/algs.h"
#include "hostkey.h"

enum takes { FLAG, TEXT, NUMBER, IGNORED, IGNORED_TEXT };

struct row {
	const char *words; /* spellings, separated by spaces */
	uint8_t takes;
	size_t offset;
	const char *help;
};

#define AT(member) offsetof(struct hostkey_arguments, member)

static const struct row rows[] = {
	{ "keytype", TEXT, AT(kind), "of a new key: rsa (the default), ecdsa or eddsa" },
	{ "bits", NUMBER, AT(bits), "of an RSA key, 2048 to 16384; 3072 when not given" },
	{ "curvename", TEXT, AT(curve), "secp256r1, secp384r1, secp521r1, ed25519, ed448" },
	{ "output", TEXT, AT(output), "file of a new key, instead of one in ipsec.d/private" },
	{ "list", FLAG, AT(list), "show: every private key, a line each" },
	{ "left", FLAG, AT(left), "show: as leftpubkey= of ipsec.conf" },
	{ "right", FLAG, AT(right), "show: as rightpubkey=" },
	{ "pem", FLAG, AT(pem), "show: as PEM" },
	{ "ipseckey", FLAG, AT(ipseckey), "show: as a DNS record of RFC 4025" },
	{ "gateway", TEXT, AT(gateway), "of that record" },
	{ "precedence", TEXT, AT(precedence), "of that record; 10 when not given" },
	{ "dump", FLAG, AT(list), NULL },
	{ "ckaid", TEXT, AT(ckaid),
	  "show: the key of this CKAID, of which the beginning is enough" },
	{ "password", TEXT, AT(password), "import: of the file; asked for when not given" },
	{ "ipsecdir", TEXT, AT(ipsecdir), "directory with private and certs" },
	{ "configdir", TEXT, AT(ipsecdir), NULL },
	{ "quiet", FLAG, AT(quiet), "say errors only" },
	{ "verbose", IGNORED, 0, NULL },
	{ "nssdir", IGNORED_TEXT, 0, NULL },
	{ "seeddev", IGNORED_TEXT, 0, NULL },
	{ "seedbits", IGNORED_TEXT, 0, NULL },
	{ "hostname", IGNORED_TEXT, 0, NULL },
	{ "random", IGNORED_TEXT, 0, NULL },
};

static const struct {
	const char *word, *kind;
	int (*run)(const struct hostkey_arguments *a);
	const char *help;
} commands[] = {
	{ "newhostkey", "rsa", hostkey_new, "make a key pair" },
	{ "rsasigkey", "rsa", hostkey_new, "the same, RSA; the number of bits may follow" },
	{ "ecdsasigkey", "ecdsa", hostkey_new, "the same, ECDSA" },
	{ "eddsasigkey", "eddsa", hostkey_new, "the same, Ed25519" },
	{ "showhostkey", NULL, hostkey_show, "show public keys whose private half is here" },
	{ "import", NULL, hostkey_import, "take over a PKCS#12 file" },
};

static void usage(void)
{
	puts("usage: ipsec COMMAND [option]... [FILE | BITS]\n");
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		printf("  %-13s %s\n", commands[i].word, commands[i].help);
	puts("");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].help)
			printf("  --%-12s %s\n", rows[i].words, rows[i].help);
	puts("\nExit status: 0 done, 1 failed, 2 wrong usage, 4 there is no such key");
}

static const struct row *find(const char *word, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strlen(rows[i].words) == len && strncmp(rows[i].words, word, len) == 0)
			return &rows[i];
	return NULL;
}

static bool bad(const char *what, const char *word)
{
	fprintf(stderr, "ipsec: %s%s: see ipsec showhostkey --help\n", what, word);
	return false;
}

static bool read_number(const char *value, unsigned *out)
{
	uint64_t n;

	if (!parse_number(value, 1, 1000000, &n))
		return bad("not a number of bits: ", value);
	*out = (unsigned)n;
	return true;
}

/* One option at argv[*i]; takes its value too. */
static bool option(struct hostkey_arguments *a, char **argv, int *i)
{
	const char *word = argv[*i] + 2;
	size_t len = strcspn(word, "=");
	const char *value = word[len] ? word + len + 1 : NULL;
	const struct row *r = find(word, len);

	if (!r)
		return bad("unknown option ", argv[*i]);
	if (r->takes == FLAG) {
		*(bool *)((char *)a + r->offset) = true;
		return true;
	}
	if (r->takes == IGNORED)
		return true;
	if (!value)
		value = argv[++*i];
	if (!value) {
		--*i;
		return bad("a value is missing behind ", argv[*i]);
	}
	if (r->takes == NUMBER)
		return read_number(value, &a->bits);
	if (r->takes == TEXT)
		*(const char **)((char *)a + r->offset) = value;
	return true;
}

static bool read_arguments(struct hostkey_arguments *a, int argc, char **argv, bool is_import)
{
	for (int i = 2; i < argc; i++) {
		if (strncmp(argv[i], "--", 2) == 0) {
			if (!option(a, argv, &i))
				return false;
		} else if (is_import && !a->file) {
			a->file = argv[i];
		} else if (is_import || !read_number(argv[i], &a->bits)) {
			return is_import ? bad("more than one file: ", argv[i]) : false;
		}
	}
	return !is_import || a->file || bad("import: no file is named", "");
}

int main(int argc, char **argv)
{
	struct hostkey_arguments a = { .ipsecdir = IPSEC_SYSCONFDIR "/ipsec.d",
				       .nss = getenv("IPSEC_NSS") };
	struct error e = { 0 };

	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--help") == 0) {
			usage();
			return EXIT_DONE;
		}
	for (size_t i = 0; argc > 1 && i < ARRAY_LEN(commands); i++) {
		if (strcmp(argv[1], commands[i].word) != 0)
			continue;
		a.kind = commands[i].kind;
		if (!read_arguments(&a, argc, argv, commands[i].run == hostkey_import))
			return EXIT_USAGE;
		if (!crypto_self_test(&e)) {
			fprintf(stderr, "ipsec: %s\n", e.text);
			return EXIT_FAILED;
		}
		return commands[i].run(&a);
	}
	usage();
	return EXIT_USAGE;
}
