/* SPDX-License-Identifier: Apache-2.0 */
/*
 * addconn: the configuration file as requests to pluto. It is one client of the control socket among
 * others and knows nothing that whack does not.
 */
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "addconn.h"
#include "base/paths.h"

static int run(struct plan *p, const struct arguments *a)
{
	switch ((enum addconn_task)a->task) {
	case TASK_LIST:
		print_names(p, a->list_autos);
		return 0;
	case TASK_CONFIGSETUP:
		print_setup(p, a);
		return 0;
	case TASK_WRITE:
		write_config(p);
		return 0;
	default:
		return load(p, a);
	}
}

int main(int argc, char **argv)
{
	struct arguments a;
	struct error e = { 0 };
	struct plan plan;
	bool is_good;
	int code;

	openlog("addconn", 0, LOG_DAEMON);
	if (!arguments_read(&a, argc, argv, &e)) {
		fprintf(stderr, "addconn: %s\n", e.text);
		return EXIT_USAGE;
	}
	if (a.task == TASK_HELP) {
		print_usage();
		return 0;
	}
	if (a.task == TASK_VERSION) {
		printf("Libreswan 4.15 compatible: Cygnet %s\n", CYGNET_VERSION);
		return 0;
	}
	if (a.task == TASK_LISTSTACK) {
		puts("xfrm");
		return 0;
	}
	if (a.task == TASK_ALGPARSE)
		return algparse(&a);
	is_good = plan_make(&plan, &a, &code);
	if (a.task == TASK_CHECK || a.task == TASK_CHECK_ALL) {
		code = check(&plan, &a, is_good);
	} else {
		plan_report(&plan, a.verbose);
		code = is_good ? run(&plan, &a) : code;
	}
	plan_free(&plan);
	if (fflush(stdout) != 0 || ferror(stdout))
		return EXIT_USAGE;
	return code;
}
