/* SPDX-License-Identifier: Apache-2.0 */
/* THE table of pluto's options. Only options*.c read it. */
#ifndef PLUTO_OPTIONS_TABLE_H
#define PLUTO_OPTIONS_TABLE_H

#include "options.h"

enum option_kind {
	OPTION_FLAG,   /* sets the bool at offset */
	OPTION_PATH,   /* a file or directory, into the char[256] at offset */
	OPTION_CALL,   /* set() does it */
	OPTION_MAY,    /* the same; its value may be left out, and comes after '=' only */
	OPTION_LEGACY, /* known to the field, without effect here */
};

struct option_row {
	const char *name;
	const char *argument; /* what help calls it; NULL: takes none */
	uint8_t kind;         /* enum option_kind */
	size_t offset;
	bool (*set)(struct options *o, const char *value, struct error *e);
	const char *help; /* NULL for what is not worth a line */
};

extern const struct option_row option_rows[];
extern const size_t option_row_count;

/* ---- options_set.c: what rows call */
bool set_logformat(struct options *o, const char *value, struct error *e);
bool set_listen(struct options *o, const char *value, struct error *e);
bool set_helpers(struct options *o, const char *value, struct error *e);
bool set_debug(struct options *o, const char *value, struct error *e);
bool set_debug_all(struct options *o, const char *value, struct error *e);
bool set_stack(struct options *o, const char *value, struct error *e);
bool set_xfrm(struct options *o, const char *value, struct error *e);
bool set_no_stack(struct options *o, const char *value, struct error *e);
bool set_ctlgroup(struct options *o, const char *value, struct error *e);
bool set_readgroup(struct options *o, const char *value, struct error *e);
bool set_ctlbase(struct options *o, const char *value, struct error *e);
bool set_redirect(struct options *o, const char *value, struct error *e);
bool set_redirect_to(struct options *o, const char *value, struct error *e);
bool set_ddos_mode(struct options *o, const char *value, struct error *e);
bool set_shunt_lifetime(struct options *o, const char *value, struct error *e);
bool set_acquire_life(struct options *o, const char *value, struct error *e);
bool set_socket_buffer(struct options *o, const char *value, struct error *e);
bool set_socket_errors(struct options *o, const char *value, struct error *e);
bool set_shunt_check(struct options *o, const char *value, struct error *e);
bool set_keepalive(struct options *o, const char *value, struct error *e);
bool set_ddos_threshold(struct options *o, const char *value, struct error *e);
bool set_dns_resolver(struct options *o, const char *value, struct error *e);
bool set_uniqueids(struct options *o, const char *value, struct error *e);
bool set_per_source(struct options *o, const char *value, struct error *e);
bool set_listen_tcp(struct options *o, const char *value, struct error *e);
bool set_ike_port(struct options *o, const char *value, struct error *e);
bool set_natt_port(struct options *o, const char *value, struct error *e);
bool set_half_open(struct options *o, const char *value, struct error *e);
bool set_crl_check(struct options *o, const char *value, struct error *e);
bool set_crl_timeout(struct options *o, const char *value, struct error *e);
bool set_ocsp_method(struct options *o, const char *value, struct error *e);
bool set_ocsp_timeout(struct options *o, const char *value, struct error *e);
bool set_ocsp_uri(struct options *o, const char *value, struct error *e);
bool set_ocsp_trustname(struct options *o, const char *value, struct error *e);
bool set_ocsp_cache_size(struct options *o, const char *value, struct error *e);
bool set_ocsp_cache_min(struct options *o, const char *value, struct error *e);
bool set_ocsp_cache_max(struct options *o, const char *value, struct error *e);
bool set_version(struct options *o, const char *value, struct error *e);
bool set_help(struct options *o, const char *value, struct error *e);
bool set_selftest(struct options *o, const char *value, struct error *e);

#endif
