/* SPDX-License-Identifier: Apache-2.0 */
/* Sealed records in a file, as state_file.h says. Main opens it, the loop writes it. */
#include "state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/text.h"
#include "base/writer.h"
#include "crypto/cipher.h"
#include "crypto/prf.h"
#include "crypto/random.h"
#include "port/keep.h"
#include "state_key.h"

#define MAGIC "CYGNETKP"
#define MAGIC_LEN 8
#define RECORD_HEADER_LEN 4
#define IV_LEN 8
#define TAG_LEN 16
#define AROUND (RECORD_HEADER_LEN + IV_LEN + TAG_LEN)
#define FILE_MAX (1u << 30)
#define RECORD_MAX (FILE_MAX / 2)
#define LONG_FACTOR 4
#define LONG_LEAST (4u << 20)

struct state_file {
	char rundir[256];
	char path[280];
	uint8_t master[STATE_KEY_LEN];
	uint8_t boot_id[STATE_BOOT_ID_LEN];
	int fd;            /* -1: void */
	struct secret key; /* of this file: key and salt of AES-GCM */
	uint64_t records;
	uint64_t len, first_len; /* of the file; with its first record */
	uint8_t *buffer;
	size_t room;
};

static struct sk_cipher cipher(void)
{
	return (struct sk_cipher){ .encr = alg_find(TRANSFORM_ENCR, ENCR_AES_GCM_16),
				   .key_bits = 256 };
}

/* Every file has a key of its own: its records count from 0, and so do their IVs. */
static bool derive(const uint8_t *master, const uint8_t *header, struct secret *key)
{
	struct slice parts[1] = { slice(header, STATE_HEADER_LEN) };
	struct sk_cipher c = cipher();

	return prf_plus(alg_find(TRANSFORM_PRF, PRF_HMAC_SHA2_256), slice(master, STATE_KEY_LEN),
			parts, 1, sk_encr_key_len(&c), key);
}

static bool read_boot_id(uint8_t out[STATE_BOOT_ID_LEN], struct error *e)
{
	char text[64] = "", digits[64];
	struct secret raw = { 0 };
	size_t n = 0;
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");
	bool ok;

	if (!f || !fgets(text, sizeof(text), f))
		text[0] = '\0';
	if (f)
		fclose(f);
	for (const char *at = text; *at; at++)
		if (*at != '-' && *at != '\n')
			digits[n++] = *at;
	ok = parse_hex(slice(digits, n), &raw) && raw.len == STATE_BOOT_ID_LEN;
	if (ok)
		memcpy(out, raw.data, STATE_BOOT_ID_LEN);
	secret_free(&raw);
	return ok || error_set(e, "/proc/sys/kernel/random/boot_id cannot be read");
}

struct state_file *state_file_open(const char *rundir, struct error *warning, struct error *e)
{
	struct state_file *f = calloc(1, sizeof(*f));
	enum state_key_place place;

	if (!f) {
		error_set(e, "out of memory");
		return NULL;
	}
	f->fd = -1;
	text_copy(f->rundir, sizeof(f->rundir), rundir);
	snprintf(f->path, sizeof(f->path), "%s/state", rundir);
	if (!read_boot_id(f->boot_id, e) || !state_key_get(rundir, f->master, &place, e)) {
		state_file_close(f);
		return NULL;
	}
	if (place == STATE_KEY_DISK_FILE)
		error_set(warning,
			  "the kernel keeps no keys and %s is no tmpfs: the key of %s is on a disk",
			  rundir, f->path);
	return f;
}

/* ---- reading */

static bool open_records(uint8_t *data, size_t len, const struct secret *key, struct secret *out,
			 struct error *e)
{
	struct sk_keys keys = { .encr = secret_slice(key) };
	struct sk_cipher c = cipher();
	size_t at = 0, got = 0;

	for (uint64_t number = 0; len - at >= AROUND; number++) {
		struct cursor head = cursor_of(slice(data + at, AROUND));
		uint64_t iv = 0;
		uint32_t text_len = 0;
		struct slice text;

		cursor_u32(&head, "length", &text_len);
		cursor_u64(&head, "number", &iv);
		if (text_len == 0 || text_len > RECORD_MAX)
			return error_set(e, "record %llu has an impossible length",
					 (unsigned long long)number);
		/* the run ended while it was written: nothing that depends on it was sent */
		if (text_len > len - at - AROUND)
			break;
		if (iv != number || sk_open(&c, &keys, data + at, RECORD_HEADER_LEN,
					    AROUND + text_len, &text) != VERDICT_OK)
			return error_set(e, "record %llu was changed, or is another run's",
					 (unsigned long long)number);
		memcpy(out->data + got, text.data, text.len);
		got += text.len;
		at += AROUND + text_len;
	}
	out->len = got;
	return true;
}

bool state_records(uint8_t *data, size_t len, const uint8_t *master,
		   const uint8_t boot_id[STATE_BOOT_ID_LEN], struct secret *entries,
		   struct error *e)
{
	struct cursor c = cursor_of(slice(data, len));
	struct secret key cleanup(secret_cleanup) = { 0 };
	struct slice magic, boot;
	uint32_t version = 0;
	size_t room;
	bool ok;

	*entries = (struct secret){ 0 };
	cursor_take(&c, "magic", MAGIC_LEN, &magic);
	cursor_u32(&c, "version", &version);
	cursor_take(&c, "boot ID", STATE_BOOT_ID_LEN, &boot);
	cursor_skip(&c, "salt", STATE_SALT_LEN);
	if (!cursor_ok(&c) || memcmp(magic.data, MAGIC, MAGIC_LEN) != 0)
		return error_set(e, "it is no state file");
	if (version != STATE_VERSION)
		return error_set(e, "it is of format %u, and this pluto reads %u", version,
				 STATE_VERSION);
	if (memcmp(boot.data, boot_id, STATE_BOOT_ID_LEN) != 0)
		return error_set(e, "the machine has been started anew since");
	room = cursor_left(&c);
	if (room < AROUND)
		return true;
	if (!derive(master, data, &key) || !secret_alloc(room, entries))
		return error_set(e, "out of memory");
	ok = open_records(data + STATE_HEADER_LEN, room, &key, entries, e);
	/* the rest of the allocation is zero: it was never written */
	if (!ok) {
		entries->len = room;
		secret_free(entries);
	}
	return ok;
}

static bool read_whole(int fd, size_t size, uint8_t *data)
{
	for (size_t got = 0; got < size;) {
		ssize_t n = read(fd, data + got, size - got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		got += (size_t)n;
	}
	return true;
}

bool state_file_load(struct state_file *f, struct secret *entries, struct error *e)
{
	int fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	uint8_t *data = NULL;
	struct stat st;
	bool ok;

	*entries = (struct secret){ 0 };
	if (fd < 0)
		return errno == ENOENT || error_set(e, "cannot open it: %s", strerror(errno));
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		ok = error_set(e, "it is no regular file");
	else if (st.st_uid != geteuid() || (st.st_mode & 077) != 0)
		ok = error_set(e, "others may have written or read it");
	else if (st.st_size > FILE_MAX || !(data = malloc((size_t)st.st_size + 1)))
		ok = error_set(e, "it is too long");
	else if (!read_whole(fd, (size_t)st.st_size, data))
		ok = error_set(e, "cannot read it: %s", strerror(errno));
	else
		ok = state_records(data, (size_t)st.st_size, f->master, f->boot_id, entries, e);
	close(fd);
	/* it was opened in place */
	if (data)
		wipe(data, (size_t)st.st_size);
	free(data);
	return ok;
}

/* ---- writing */

static bool write_whole(int fd, struct slice s)
{
	while (s.len > 0) {
		ssize_t n = write(fd, s.data, s.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		s.data += n;
		s.len -= (size_t)n;
	}
	return true;
}

static bool make_room(struct state_file *f, size_t len)
{
	uint8_t *buffer;

	if (len <= f->room)
		return true;
	buffer = malloc(len * 2);
	if (!buffer)
		return false;
	free(f->buffer);
	f->buffer = buffer;
	f->room = len * 2;
	return true;
}

static bool append(struct state_file *f, int fd, struct slice entries)
{
	struct sk_keys keys = { .encr = secret_slice(&f->key) };
	struct sk_cipher c = cipher();
	struct writer w;

	if (entries.len > RECORD_MAX || !make_room(f, entries.len + AROUND)) {
		errno = ENOMEM;
		return false;
	}
	w = writer_over(f->buffer, f->room);
	writer_u32(&w, (uint32_t)entries.len);
	writer_zero(&w, IV_LEN);
	writer_put(&w, entries);
	writer_zero(&w, TAG_LEN);
	if (sk_seal(&c, &keys, f->records, f->buffer, RECORD_HEADER_LEN, entries.len) !=
	    VERDICT_OK) {
		wipe(f->buffer, w.len);
		errno = EIO;
		return false;
	}
	f->records++;
	f->len += w.len;
	return write_whole(fd, writer_slice(&w));
}

/* The file with its first record under another name, then in the place of the old one. */
static bool begin(struct state_file *f, struct slice entries)
{
	uint8_t header[STATE_HEADER_LEN];
	struct writer w = writer_over(header, sizeof(header));
	uint8_t *salt;
	char path[300];
	int fd;

	snprintf(path, sizeof(path), "%s.new", f->path);
	writer_put(&w, slice(MAGIC, MAGIC_LEN));
	writer_u32(&w, STATE_VERSION);
	writer_put(&w, slice(f->boot_id, STATE_BOOT_ID_LEN));
	salt = writer_reserve(&w, STATE_SALT_LEN);
	secret_free(&f->key);
	if (!random_bytes(salt, STATE_SALT_LEN) || !derive(f->master, header, &f->key)) {
		errno = EIO;
		return false;
	}
	(void)unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return false;
	f->records = 0;
	f->len = STATE_HEADER_LEN;
	if (!write_whole(fd, slice(header, sizeof(header))) || !append(f, fd, entries) ||
	    rename(path, f->path) < 0) {
		int err = errno;

		close(fd);
		(void)unlink(path);
		errno = err;
		return false;
	}
	if (f->fd >= 0)
		close(f->fd);
	f->fd = fd;
	f->first_len = f->len;
	return true;
}

/* Nobody may take over what is older than what was sent. */
static void make_void(struct state_file *f)
{
	if (f->fd >= 0) {
		(void)!ftruncate(f->fd, 0);
		close(f->fd);
	}
	f->fd = -1;
	if (unlink(f->path) < 0 && errno != ENOENT)
		state_key_forget(f->rundir);
}

bool state_file_keep(struct state_file *f, struct slice entries, struct error *e)
{
	struct cursor c = cursor_of(entries);
	struct keep_entry first;
	bool is_reset = keep_next(&c, &first) && first.kind == KEEP_RESET;
	bool was_void = f->fd < 0;
	int err;

	if (entries.len > 0 &&
	    (is_reset ? begin(f, entries) : was_void || append(f, f->fd, entries)))
		return true;
	err = errno;
	make_void(f);
	if (entries.len == 0 || (was_void && !is_reset))
		return true;
	return error_set(e, "cannot write %s: %s", f->path, strerror(err));
}

bool state_file_is_long(const struct state_file *f)
{
	return f->fd >= 0 && f->len > LONG_LEAST && f->len > LONG_FACTOR * f->first_len;
}

bool state_file_is_void(const struct state_file *f)
{
	return f->fd < 0;
}

void state_file_discard(struct state_file *f)
{
	make_void(f);
}

void state_file_remove(struct state_file *f)
{
	make_void(f);
	state_key_forget(f->rundir);
}

void state_file_close(struct state_file *f)
{
	if (!f)
		return;
	if (f->fd >= 0)
		close(f->fd);
	secret_free(&f->key);
	wipe(f->master, sizeof(f->master));
	if (f->buffer)
		wipe(f->buffer, f->room);
	free(f->buffer);
	free(f);
}
