/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program that uses libcygnet-ctl:
 *
 *	tunnels add berlin psk encrypt tunnel left.host=192.0.2.1 ...	(a word without = has no value)
 *	tunnels up berlin		negotiates, and shows each log line meanwhile
 *	tunnels delete berlin
 *	tunnels				the connections, and what each has carried
 *	tunnels watch [BERLIN]		events, until it is stopped
 *
 * cc -o tunnels tunnels.c $(pkg-config --cflags --libs libcygnet-ctl)
 *
 * TUNNELS_SOCKET names another control socket. The exit status is whack's.
 */
#include <cygnet/ctl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct cygnet_ctl *ctl;
static struct cygnet_error error;

static int complain(void)
{
	fprintf(stderr, "tunnels: %s\n", error.text);
	return (int)error.code;
}

/* Sends what was begun and shows each record by a function of its own. */
static int ask(void (*show)(const struct cygnet_record *))
{
	const struct cygnet_record *record;
	enum cygnet_ctl_result result = CYGNET_CTL_ERROR;

	if (cygnet_ctl_send(ctl, &error))
		while ((result = cygnet_ctl_read(ctl, &record, &error)) == CYGNET_CTL_RECORD)
			show(record);
	if (result == CYGNET_CTL_ERROR)
		return complain();
	if (cygnet_ctl_code(ctl) != CYGNET_DONE)
		fprintf(stderr, "tunnels: %s\n", cygnet_code_text(cygnet_ctl_code(ctl)));
	return (int)cygnet_ctl_code(ctl);
}

static const char *text(const struct cygnet_record *record, const char *field)
{
	const char *value = cygnet_record_text(record, field);

	return value ? value : "-";
}

static void show_line(const struct cygnet_record *record)
{
	if (strcmp(cygnet_record_kind(record), "log") == 0)
		printf("%s\n", text(record, "text"));
}

static void show_connection(const struct cygnet_record *record)
{
	if (strcmp(cygnet_record_kind(record), "connections") == 0)
		printf("%-20s %-12s %s\n", text(record, "name"), text(record, "state"),
		       text(record, "peer_host"));
}

static void show_traffic(const struct cygnet_record *record)
{
	if (strcmp(cygnet_record_kind(record), "traffic") == 0)
		printf("%-20s %" PRIu64 " octets in, %" PRIu64 " out\n",
		       text(record, "connection"), cygnet_record_number(record, "in_bytes", 0),
		       cygnet_record_number(record, "out_bytes", 0));
}

/* Whatever a record holds, as name=value. */
static void show_all(const struct cygnet_record *record)
{
	struct cygnet_field f;

	printf("%s", cygnet_record_kind(record));
	for (size_t i = 0; cygnet_record_field(record, i, &f); i++) {
		if (f.type == CYGNET_TEXT)
			printf(" %s=%s", f.name, f.text);
		else
			printf(" %s=%" PRIu64, f.name, f.number);
	}
	putchar('\n');
	fflush(stdout);
}

static int list(void)
{
	int code;

	if (!cygnet_ctl_begin(ctl, "connectionstatus", NULL, &error))
		return complain();
	code = ask(show_connection);
	if (code == CYGNET_DONE && !cygnet_ctl_begin(ctl, "trafficstatus", NULL, &error))
		return complain();
	return code == CYGNET_DONE ? ask(show_traffic) : code;
}

static int add(const char *name, char *options[])
{
	if (!cygnet_ctl_begin(ctl, "add", name, &error))
		return complain();
	for (; *options; options++) {
		char *value = strchr(*options, '=');

		if (value)
			*value++ = '\0';
		if (!cygnet_ctl_put(ctl, *options, value, &error))
			return complain();
	}
	return ask(show_line);
}

static int with_name(const char *verb, const char *name, void (*show)(const struct cygnet_record *))
{
	return cygnet_ctl_begin(ctl, verb, name, &error) ? ask(show) : complain();
}

static int run(int argc, char *argv[])
{
	if (argc == 1)
		return list();
	if (strcmp(argv[1], "watch") == 0 && argc <= 3)
		return with_name("watch", argv[2], show_all);
	if (strcmp(argv[1], "add") == 0 && argc > 2)
		return add(argv[2], argv + 3);
	if (strcmp(argv[1], "up") == 0 && argc == 3)
		return with_name("initiate", argv[2], show_line);
	if (strcmp(argv[1], "delete") == 0 && argc == 3)
		return with_name("delete", argv[2], show_line);
	fprintf(stderr, "usage: tunnels [add NAME OPTION[=VALUE]... | up NAME | delete NAME | "
			"watch [NAME]]\n");
	return CYGNET_REFUSED;
}

int main(int argc, char *argv[])
{
	int code;

	ctl = cygnet_ctl_open(getenv("TUNNELS_SOCKET"), &error);
	code = ctl ? run(argc, argv) : complain();
	cygnet_ctl_close(ctl);
	return code;
}
