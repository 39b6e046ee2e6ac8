/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of pluto, as values. */
#ifndef PLUTO_OPTIONS_H
#define PLUTO_OPTIONS_H

#include "base/address.h"
#include "base/error.h"
#include "io/loop.h"

enum options_task { TASK_RUN, TASK_SELFTEST, TASK_VERSION, TASK_HELP };

struct options {
	uint8_t task; /* enum options_task */
	bool nofork;
	bool stderrlog, log_no_time, log_no_append, log_json, no_audit;
	const char *dns_resolver; /* "file", "systemd"; NULL: file */
	bool no_qcd;
	bool no_hot_restart;
	bool no_kernel; /* --protostack none */
	bool has_unmanaged_ifaces;
	uint32_t acquire_sec;     /* life of an acquire in the kernel; 0: as the system has it */
	int helpers;              /* -1: by the number of CPUs */
	uint32_t control_group;   /* of the control socket; 0: none but root */
	uint32_t control_readers; /* group that may only look; 0: none */
	struct core_settings core;
	struct address listen[LISTEN_MAX];
	size_t listen_count;
	struct udp_tuning udp;
	uint16_t tcp_port;      /* 0: no IKE over TCP is served */
	char redirect_to[1024]; /* what core.redirect_to points to; so this must not move */
	char debug[512];        /* words for VERB_DEBUG; "": none */
	char legacy[512];       /* options that were accepted and do nothing */
	/* absolute paths */
	char statedir[256];
	char rundir[256], control[256], pidfile[256], journal[256];
	char config[256]; /* "": none */
	char nssdir[256]; /* the matter of ipsec alone, which starts us */
	char secrets[256], logfile[256], updown[256], ipsecdir[256];
	struct revocation_policy revocation;
	uint64_t crl_check_sec; /* between two fetches of all CRLs; 0: none by itself */
};

/* Fills in defaults and reads the command line; false with an error that names the option. */
bool options_read(struct options *o, int argc, char **argv, struct error *e);
/* Every option and what it does, on standard output. */
void options_help(void);

#endif
