/* SPDX-License-Identifier: Apache-2.0 */
/* New keys and keys from elsewhere, into the folder that pluto reads. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/text.h"
#include "crypto/credentials.h"
#include "crypto/trust.h"
#include "hostkey.h"

#define FILE_MAX (1u << 20)
#define PATH_LEN 1024
#define PASSWORD_LEN 256

void hostkey_ckaid(const struct public_key *k, char out[48])
{
	struct text t = text_over(out, 48);

	text_hex(&t, slice(public_key_ckaid(k), 20));
}

bool hostkey_folder(const char *ipsecdir, char *out, size_t size)
{
	if (snprintf(out, size, "%s/private", ipsecdir) >= (int)size)
		return false;
	if (mkdir(out, 0700) == 0 || errno == EEXIST)
		return true;
	fprintf(stderr, "ipsec: %s cannot be made: %s\n", out, strerror(errno));
	return false;
}

bool hostkey_write(const char *path, struct slice content)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	const uint8_t *at = content.data;
	size_t left = content.len;
	bool ok = fd >= 0;

	while (ok && left > 0) {
		ssize_t n = write(fd, at, left);

		ok = n > 0 || (n < 0 && errno == EINTR);
		at += n > 0 ? n : 0;
		left -= n > 0 ? (size_t)n : 0;
	}
	if (ok)
		ok = fsync(fd) == 0;
	if (!ok)
		fprintf(stderr, "ipsec: %s cannot be written: %s\n", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	if (fd >= 0 && !ok)
		unlink(path);
	return ok;
}

int hostkey_new(const struct hostkey_arguments *a)
{
	char folder[PATH_LEN], path[PATH_LEN + 80], ckaid[48], name[40];
	struct secret pem cleanup(secret_cleanup) = { 0 };
	struct public_key *k = NULL;
	struct error e = { 0 };
	bool ok = false;

	if (!hostkey_make(a->kind, a->bits, a->curve, &pem, &k, &e)) {
		fprintf(stderr, "ipsec: %s\n", e.text);
		return EXIT_FAILED;
	}
	hostkey_ckaid(k, ckaid);
	if (a->output) {
		ok = hostkey_write(a->output, secret_slice(&pem));
	} else if (hostkey_folder(a->ipsecdir, folder, sizeof(folder))) {
		snprintf(path, sizeof(path), "%s/host-%.16s.key", folder, ckaid);
		ok = hostkey_write(path, secret_slice(&pem));
	}
	if (ok && !a->quiet) {
		/* scripts take the seventh word */
		printf("Generated %s key pair with CKAID %s was stored in %s\n",
		       public_key_kind(k) == KEY_RSA     ? "RSA"
		       : public_key_kind(k) == KEY_ECDSA ? "ECDSA"
							 : "EDDSA",
		       ckaid, a->output ? a->output : path);
		printf("The public key (%s) can be displayed using: ipsec showhostkey --left "
		       "--ckaid %s\n",
		       public_key_name(k, name, sizeof(name)), ckaid);
	}
	public_key_free(k);
	return ok ? EXIT_DONE : EXIT_FAILED;
}

/* From the terminal without echo, or a line of standard input. */
static bool ask_password(char out[PASSWORD_LEN])
{
	bool is_terminal = isatty(STDIN_FILENO);
	struct termios old, quiet;

	if (is_terminal && tcgetattr(STDIN_FILENO, &old) == 0) {
		quiet = old;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		fputs("Enter password for PKCS12 file: ", stderr);
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	}
	out[0] = '\0';
	if (!fgets(out, PASSWORD_LEN, stdin))
		out[0] = '\0';
	out[strcspn(out, "\r\n")] = '\0';
	if (is_terminal) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
		fputc('\n', stderr);
	}
	return !strpbrk(out, "\"");
}

static bool read_file(const char *path, struct secret *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	bool ok = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
		  st.st_size <= FILE_MAX && secret_alloc((size_t)st.st_size, out) &&
		  read(fd, out->data, out->len) == (ssize_t)out->len;

	if (!ok)
		fprintf(stderr, "ipsec: %s cannot be read: %s\n", path,
			errno ? strerror(errno) : "it is no file of less than 1 MiB");
	if (fd >= 0)
		close(fd);
	return ok;
}

static void note(void *context, const char *text)
{
	(void)context;
	fprintf(stderr, "ipsec: %s\n", text);
}

/* Can it be opened, and what is in it? False: nothing that is of use. */
static bool look(const char *path, const char *password, bool is_quiet)
{
	struct keystore *k = keystore_new();
	struct trust_item *item = calloc(1, sizeof(*item));
	struct public_key *key = NULL;
	struct key_ref ref;
	char origin[PATH_LEN], ckaid[48];
	bool ok = k && item && keystore_add_key_file(k, path, slice_str(password));

	if (ok) {
		credentials_load_keys(k, "/nonexistent", note, NULL);
		credentials_load_certs(k, "/nonexistent", note, NULL);
		ok = keystore_key_at(k, 0, &ref, origin, sizeof(origin)) &&
		     (key = hostkey_public(k, &ref)) != NULL;
	}
	if (ok && !is_quiet) {
		hostkey_ckaid(key, ckaid);
		printf("imported a private key with CKAID %s\n", ckaid);
		for (size_t i = 0; trust_item(k, TRUST_CERTS, i, item); i++)
			printf("imported the certificate of %s, \"%s\"\n", item->subject,
			       item->name);
	}
	public_key_free(key);
	free(item);
	keystore_free(k);
	return ok;
}

/* The line of secrets by which pluto opens it, in a file that ipsec.secrets includes. */
static bool write_secret(const char *ipsecdir, const char *path, const char *base,
			 const char *password)
{
	char file[PATH_LEN + 300], line[PATH_MAX + PASSWORD_LEN + 400];
	int len;
	bool ok;

	snprintf(file, sizeof(file), "%s/%.200s.secrets", ipsecdir, base);
	len = snprintf(line, sizeof(line), ": P12 \"%s\" \"%s\"\n", path, password);
	ok = hostkey_write(file, slice(line, (size_t)len));
	wipe(line, sizeof(line));
	return ok;
}

int hostkey_import(const struct hostkey_arguments *a)
{
	const char *base = strrchr(a->file, '/');
	char folder[PATH_LEN], path[PATH_MAX + 260], password[PASSWORD_LEN] = "", whole[PATH_MAX];
	struct secret content cleanup(secret_cleanup) = { 0 };
	int code = EXIT_FAILED;

	base = base ? base + 1 : a->file;
	if (strlen(base) > 200 || (a->password && strlen(a->password) >= PASSWORD_LEN)) {
		fputs("ipsec: the name or the password is too long\n", stderr);
		return EXIT_USAGE;
	}
	if (!read_file(a->file, &content) || !hostkey_folder(a->ipsecdir, folder, sizeof(folder)))
		return EXIT_FAILED;
	if (a->password)
		text_copy(password, sizeof(password), a->password);
	else if (!ask_password(password)) {
		fputs("ipsec: a password with a quote cannot be kept in ipsec.secrets: make the "
		      "file anew with another\n",
		      stderr);
		return EXIT_FAILED;
	}
	/* a line of secrets may be read from anywhere */
	if (!realpath(folder, whole))
		return EXIT_FAILED;
	snprintf(path, sizeof(path), "%s/%s", whole, base);
	if (hostkey_write(path, secret_slice(&content))) {
		if (look(path, password, a->quiet) &&
		    write_secret(a->ipsecdir, path, base, password))
			code = EXIT_DONE;
		else
			unlink(path);
	}
	wipe(password, sizeof(password));
	if (code == EXIT_DONE && !a->quiet)
		puts("ipsec rereadall makes it known to the daemon; its CA goes into "
		     "ipsec.d/cacerts");
	return code;
}
