/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal: entries in a table and a list, lines in a file that is written anew when most of its
 * lines are of the past. The file is trusted no more than to name candidates: xfrm.c looks at a
 * policy's owner before it removes what a former run left.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crypto/random.h"
#include "kernel/journal_text.h"

#define REWRITE_LINES 4096u /* no rewriting below this many */

struct journal {
	int fd;
	char path[256];
	struct table table;
	struct list all;
	size_t lines; /* in the file */
};

struct journal *journal_open(const char *path, struct error *e)
{
	struct journal *j = calloc(1, sizeof(*j));
	uint8_t key[16];

	if (!j || !random_bytes(key, sizeof(key)) || !text_copy(j->path, sizeof(j->path), path)) {
		error_set(e, "cannot begin the journal %s", path);
		free(j);
		return NULL;
	}
	table_init(&j->table, key);
	list_init(&j->all);
	j->fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (j->fd < 0) {
		error_set(e, "cannot open %s: %s", path, strerror(errno));
		free(j);
		return NULL;
	}
	return j;
}

/* The reqid is left out, so that all owners of a policy stand under one hash. */
static uint64_t hash_of(struct journal *j, const struct journal_name *name)
{
	struct {
		uint8_t kind, dir, proto;
		struct address dst;
		uint32_t spi, if_id, mark;
		struct xfrm_selector selector;
		char iface[KERNEL_IFACE_LEN];
	} key;

	memset(&key, 0, sizeof(key));
	key.kind = name->kind;
	key.dir = name->dir;
	key.proto = name->proto;
	key.dst = name->dst;
	key.spi = name->spi;
	key.if_id = name->if_id;
	key.mark = name->mark;
	memcpy(key.iface, name->iface, sizeof(key.iface));
	memcpy(&key.selector, &name->selector, sizeof(key.selector));
	return table_hash(&j->table, slice(&key, sizeof(key)));
}

static bool same_thing(const struct journal_name *a, const struct journal_name *b)
{
	return a->kind == b->kind && a->dir == b->dir && a->proto == b->proto && a->spi == b->spi &&
	       address_eq(&a->dst, &b->dst) && a->if_id == b->if_id && a->mark == b->mark &&
	       a->mark_mask == b->mark_mask && memcmp(a->iface, b->iface, sizeof(a->iface)) == 0 &&
	       memcmp(&a->selector, &b->selector, sizeof(a->selector)) == 0;
}

static struct journal_entry *look_up(struct journal *j, const struct journal_name *name, bool ours)
{
	uint64_t hash = hash_of(j, name);
	struct table_node *n;

	for (n = table_first(&j->table, hash); n; n = table_next(n, hash)) {
		struct journal_entry *entry = container_of(n, struct journal_entry, node);

		if (same_thing(&entry->name, name) && (entry->name.reqid == name->reqid) == ours)
			return entry;
	}
	return NULL;
}

struct journal_entry *journal_find(struct journal *j, const struct journal_name *name)
{
	return look_up(j, name, true);
}

struct journal_entry *journal_other_owner(struct journal *j, const struct journal_name *name)
{
	return look_up(j, name, false);
}

struct journal_entry *journal_first(struct journal *j)
{
	return list_first(&j->all, struct journal_entry, all);
}

struct journal_entry *journal_next(struct journal *j, const struct journal_entry *entry)
{
	return entry->all.next == &j->all ? NULL
					  : list_entry(entry->all.next, struct journal_entry, all);
}

static bool write_line(struct journal *j, int fd, const struct journal_name *name, bool is_add)
{
	char line[JOURNAL_LINE_LEN];
	struct text t = TEXT_OVER(line);
	ssize_t n;

	journal_line_format(name, is_add, &t);
	n = write(fd, line, t.len);
	if (n == (ssize_t)t.len) {
		j->lines++;
		return true;
	}
	if (n >= 0)
		errno = ENOSPC;
	return false;
}

static struct journal_entry *insert(struct journal *j, const struct journal_name *name)
{
	struct journal_entry *entry = calloc(1, sizeof(*entry));

	if (!entry)
		return NULL;
	entry->name = *name;
	if (!table_insert(&j->table, &entry->node, hash_of(j, name))) {
		free(entry);
		return NULL;
	}
	list_append(&j->all, &entry->all);
	return entry;
}

static void forget(struct journal *j, struct journal_entry *entry)
{
	table_remove(&j->table, &entry->node);
	list_remove(&entry->all);
	free(entry);
}

/* On failure the long file stays, which costs room and nothing else. */
static void rewrite(struct journal *j)
{
	struct journal_entry *entry;
	char path[sizeof(j->path) + 8];
	size_t before = j->lines;
	bool good = true;
	int fd;

	snprintf(path, sizeof(path), "%s.new", j->path);
	fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return;
	j->lines = 0;
	list_each (entry, &j->all, struct journal_entry, all)
		good = good && write_line(j, fd, &entry->name, true);
	if (!good || rename(path, j->path) < 0) {
		j->lines = before;
		close(fd);
		unlink(path);
		return;
	}
	close(j->fd);
	j->fd = fd;
}

struct journal_entry *journal_add(struct journal *j, const struct journal_name *name)
{
	struct journal_entry *entry = journal_find(j, name);
	int err;

	if (entry)
		return entry;
	if (!(entry = insert(j, name))) {
		errno = ENOMEM;
		return NULL;
	}
	if (write_line(j, j->fd, name, true))
		return entry;
	err = errno;
	forget(j, entry);
	errno = err;
	return NULL;
}

bool journal_set_stays(struct journal *j, struct journal_entry *entry, bool stays)
{
	if (entry->name.stays == stays)
		return true;
	entry->name.stays = stays;
	return write_line(j, j->fd, &entry->name, true);
}

void journal_remove(struct journal *j, struct journal_entry *entry)
{
	/* a lost line costs the next run one vain request */
	(void)write_line(j, j->fd, &entry->name, false);
	forget(j, entry);
	if (list_is_empty(&j->all))
		journal_clear(j);
	else if (j->lines > REWRITE_LINES && j->lines > 4 * j->table.count)
		rewrite(j);
}

bool journal_load(struct journal *j, struct error *e)
{
	char line[JOURNAL_LINE_LEN];
	int copy = dup(j->fd);
	FILE *f = copy < 0 ? NULL : fdopen(copy, "r");

	if (!f) {
		if (copy >= 0)
			close(copy);
		return error_set(e, "cannot read %s: %s", j->path, strerror(errno));
	}
	rewind(f);
	while (fgets(line, sizeof(line), f)) {
		struct journal_entry *entry;
		struct journal_name name;
		bool is_add;

		j->lines++;
		/* without a newline the write was cut short, so the kernel was not asked */
		if (!strchr(line, '\n') || !journal_line_parse(line, &name, &is_add))
			continue;
		entry = journal_find(j, &name);
		if (is_add && entry)
			entry->name.stays = name.stays;
		else if (is_add)
			(void)insert(j, &name);
		else if (!is_add && entry)
			forget(j, entry);
	}
	fclose(f);
	return true;
}

void journal_clear(struct journal *j)
{
	struct journal_entry *entry;

	while ((entry = journal_first(j)))
		forget(j, entry);
	if (ftruncate(j->fd, 0) == 0)
		j->lines = 0;
}

void journal_close(struct journal *j)
{
	struct journal_entry *entry;

	if (!j)
		return;
	while ((entry = journal_first(j)))
		forget(j, entry);
	table_fini(&j->table);
	close(j->fd);
	free(j);
}
