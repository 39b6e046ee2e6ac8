/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The values of pluto's options that need more than a copy. Each function is named in a row of
 * options_table.c; an error names the value and what would do.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <grp.h>

#include "base/duration.h"
#include "io/udp.h"
#include "options_table.h"

bool set_listen(struct options *o, const char *value, struct error *e)
{
	char list[1024];
	char *rest = NULL;

	if (!text_copy(list, sizeof(list), value))
		return error_set(e, "--listen: too long");
	for (char *w = strtok_r(list, ", ", &rest); w; w = strtok_r(NULL, ", ", &rest)) {
		if (o->listen_count == LISTEN_MAX)
			return error_set(e, "--listen: more than %d addresses", LISTEN_MAX);
		if (!address_parse(w, &o->listen[o->listen_count]))
			return error_set(e, "--listen: \"%s\" is no IP address", w);
		o->listen_count++;
	}
	return true;
}

bool set_helpers(struct options *o, const char *value, struct error *e)
{
	uint64_t n;

	o->helpers = -1;
	if (strcmp(value, "-1") == 0)
		return true;
	if (!parse_number(value, 0, 64, &n))
		return error_set(e, "--nhelpers: \"%s\" is not -1 and not between 0 and 64", value);
	o->helpers = (int)n;
	return true;
}

bool set_debug(struct options *o, const char *value, struct error *e)
{
	size_t len = strlen(o->debug);

	if (!text_copy(o->debug + len, sizeof(o->debug) - len, len ? "," : "") ||
	    !text_copy(o->debug + strlen(o->debug), sizeof(o->debug) - strlen(o->debug), value))
		return error_set(e, "--debug: too long");
	return true;
}

bool set_debug_all(struct options *o, const char *value, struct error *e)
{
	(void)value;
	return set_debug(o, "all", e);
}

bool set_logformat(struct options *o, const char *value, struct error *e)
{
	o->log_json = strcmp(value, "json") == 0;
	return o->log_json || strcmp(value, "text") == 0 ||
	       error_set(e, "--logformat: \"%s\" is not there: use text or json", value);
}

bool set_stack(struct options *o, const char *value, struct error *e)
{
	o->no_kernel = strcmp(value, "none") == 0 || strcmp(value, "nostack") == 0;
	if (o->no_kernel || strcmp(value, "xfrm") == 0 || strcmp(value, "netkey") == 0 ||
	    strcmp(value, "auto") == 0)
		return true;
	return error_set(e, "--protostack: \"%s\" is not there: use xfrm or none", value);
}

bool set_xfrm(struct options *o, const char *value, struct error *e)
{
	(void)value;
	return set_stack(o, "xfrm", e);
}

bool set_no_stack(struct options *o, const char *value, struct error *e)
{
	(void)value;
	return set_stack(o, "none", e);
}

bool set_ctlbase(struct options *o, const char *value, struct error *e)
{
	int control = snprintf(o->control, sizeof(o->control), "%s.ctl", value);
	int pidfile = snprintf(o->pidfile, sizeof(o->pidfile), "%s.pid", value);

	if (control >= (int)sizeof(o->control) || pidfile >= (int)sizeof(o->pidfile))
		return error_set(e, "--ctlbase: too long");
	return true;
}

bool set_redirect(struct options *o, const char *value, struct error *e)
{
	static const char *const words[] = { "no", "yes", "auto" };

	for (uint8_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(value, words[i]) == 0) {
			o->core.redirect_policy = i; /* enum redirect_policy */
			return true;
		}
	return error_set(e, "--global-redirect: \"%s\" is not yes, no or auto", value);
}

bool set_redirect_to(struct options *o, const char *value, struct error *e)
{
	struct address a;
	unsigned i = 0;

	while (address_in_list(value, i, &a) == LIST_ADDRESS)
		i++;
	if (i == 0 || address_in_list(value, i, &a) != LIST_END)
		return error_set(e, "--global-redirect-to: \"%s\" is no list of addresses", value);
	/* the value may be of a file that is closed before the core begins */
	if (!text_copy(o->redirect_to, sizeof(o->redirect_to), value))
		return error_set(e, "--global-redirect-to: too long");
	o->core.redirect_to = o->redirect_to;
	return true;
}

static bool find_group(const char *option, const char *value, uint32_t *out, struct error *e)
{
	const struct group *group = getgrnam(value);
	uint64_t number;

	if (group)
		*out = group->gr_gid;
	else if (parse_number(value, 1, UINT32_MAX - 1, &number))
		*out = (uint32_t)number;
	else
		return error_set(e, "--%s: there is no group \"%s\"", option, value);
	return true;
}

bool set_ctlgroup(struct options *o, const char *value, struct error *e)
{
	return find_group("ctlgroup", value, &o->control_group, e);
}

bool set_readgroup(struct options *o, const char *value, struct error *e)
{
	return find_group("readgroup", value, &o->control_readers, e);
}

bool set_ddos_mode(struct options *o, const char *value, struct error *e)
{
	static const char *const words[] = { "auto", "busy", "unlimited" };

	if (strcmp(value, "active") == 0)
		value = "busy";
	for (uint8_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(value, words[i]) == 0) {
			o->core.ddos_mode = i; /* enum ddos_mode */
			return true;
		}
	return error_set(e, "--ddos-mode: \"%s\" is not busy, unlimited or auto", value);
}

bool set_dns_resolver(struct options *o, const char *value, struct error *e)
{
	static const char *const words[] = { "file", "systemd" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(value, words[i]) == 0) {
			o->dns_resolver = words[i];
			return true;
		}
	return error_set(e, "--dns-resolver: \"%s\" is not file or systemd", value);
}

/* Without a value it is what the word says: each identity is unique. */
bool set_uniqueids(struct options *o, const char *value, struct error *e)
{
	static const struct {
		const char *word;
		uint8_t policy;
	} words[] = { { "yes", UNIQUE_REPLACE },
		      { "replace", UNIQUE_REPLACE },
		      { "keep", UNIQUE_KEEP },
		      { "no", UNIQUE_NO },
		      { "never", UNIQUE_NEVER } };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (!value || strcmp(value, words[i].word) == 0) {
			o->core.uniqueids = words[i].policy;
			return true;
		}
	return error_set(e, "--uniqueids: \"%s\" is not replace, keep, no or never", value);
}

static bool set_number(const char *name, const char *value, uint32_t *out, struct error *e)
{
	uint64_t n;

	if (!parse_number(value, 1, 1000000, &n))
		return error_set(e, "%s: \"%s\" is not between 1 and 1000000", name, value);
	*out = (uint32_t)n;
	return true;
}

static bool set_shunt_time(const char *name, const char *value, uint64_t *out, struct error *e)
{
	return (duration_parse(value, USEC_PER_SEC, out) && *out >= USEC_PER_SEC &&
		*out <= 86400 * USEC_PER_SEC) ||
	       error_set(e, "%s: \"%s\" is no time from 1s to 1d", name, value);
}

bool set_acquire_life(struct options *o, const char *value, struct error *e)
{
	uint64_t usec;

	if (!set_shunt_time("--expire-lifetime", value, &usec, e))
		return false;
	o->acquire_sec = (uint32_t)(usec / USEC_PER_SEC);
	return true;
}

bool set_socket_buffer(struct options *o, const char *value, struct error *e)
{
	uint64_t n;

	if (!parse_number(value, 0, 1u << 30, &n) || (n && n < 4096))
		return error_set(e, "--ike-socket-bufsize: \"%s\" is neither 0 nor from 4096 to %u",
				 value, 1u << 30);
	o->udp.buffer = (uint32_t)n;
	return true;
}

bool set_socket_errors(struct options *o, const char *value, struct error *e)
{
	if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
		return error_set(e, "--ike-socket-errqueue: \"%s\" is not yes or no", value);
	o->udp.no_errors = strcmp(value, "no") == 0;
	return true;
}

bool set_shunt_lifetime(struct options *o, const char *value, struct error *e)
{
	return set_shunt_time("--shuntlifetime", value, &o->core.shunt_lifetime_usec, e);
}

bool set_shunt_check(struct options *o, const char *value, struct error *e)
{
	return set_shunt_time("--expire-shunt-interval", value, &o->core.shunt_check_usec, e);
}

bool set_keepalive(struct options *o, const char *value, struct error *e)
{
	if (duration_parse(value, USEC_PER_SEC, &o->core.keepalive_usec) &&
	    o->core.keepalive_usec >= USEC_PER_SEC && o->core.keepalive_usec <= 3600 * USEC_PER_SEC)
		return true;
	return error_set(e, "--keep-alive: \"%s\" is no time from 1s to 1h", value);
}

bool set_ddos_threshold(struct options *o, const char *value, struct error *e)
{
	return set_number("--ddos-ike-threshold", value, &o->core.cookie_threshold, e);
}

static bool set_port(const char *name, const char *value, uint16_t *out, struct error *e)
{
	uint64_t n;

	if (!parse_number(value, 1, UINT16_MAX, &n))
		return error_set(e, "%s: \"%s\" is no port", name, value);
	*out = (uint16_t)n;
	return true;
}

bool set_listen_tcp(struct options *o, const char *value, struct error *e)
{
	(void)value;
	(void)e;
	o->tcp_port = IKE_NATT_PORT;
	return true;
}

bool set_ike_port(struct options *o, const char *value, struct error *e)
{
	return set_port("--ikeport", value, &o->core.ike_port, e);
}

bool set_natt_port(struct options *o, const char *value, struct error *e)
{
	return set_port("--natikeport", value, &o->core.natt_port, e);
}

bool set_half_open(struct options *o, const char *value, struct error *e)
{
	return set_number("--max-halfopen-ike", value, &o->core.max_half_open, e);
}

bool set_per_source(struct options *o, const char *value, struct error *e)
{
	return set_number("--ddos-source-threshold", value, &o->core.cookie_per_source, e);
}

static bool set_seconds(const char *name, const char *value, uint64_t min, uint64_t max,
			uint64_t *out, struct error *e)
{
	uint64_t usec;

	if (!duration_parse(value, USEC_PER_SEC, &usec) || usec / USEC_PER_SEC < min ||
	    usec / USEC_PER_SEC > max)
		return error_set(e,
				 "%s: \"%s\" is no time from %llu to %llu seconds, as in 90s or 1h",
				 name, value, (unsigned long long)min, (unsigned long long)max);
	*out = usec / USEC_PER_SEC;
	return true;
}

static bool set_seconds32(const char *name, const char *value, uint64_t min, uint64_t max,
			  uint32_t *out, struct error *e)
{
	uint64_t sec = *out;
	bool ok = set_seconds(name, value, min, max, &sec, e);

	*out = (uint32_t)sec;
	return ok;
}

#define YEAR_SEC (366u * 86400)

bool set_crl_check(struct options *o, const char *value, struct error *e)
{
	return set_seconds("--crlcheckinterval", value, 0, YEAR_SEC, &o->crl_check_sec, e);
}

bool set_crl_timeout(struct options *o, const char *value, struct error *e)
{
	return set_seconds32("--curl-timeout", value, 1, 30, &o->revocation.crl_timeout_sec, e);
}

bool set_ocsp_timeout(struct options *o, const char *value, struct error *e)
{
	return set_seconds32("--ocsp-timeout", value, 1, 30, &o->revocation.ocsp_timeout_sec, e);
}

bool set_ocsp_cache_min(struct options *o, const char *value, struct error *e)
{
	return set_seconds32("--ocsp-cache-min-age", value, 0, YEAR_SEC,
			     &o->revocation.ocsp_cache_min_sec, e);
}

bool set_ocsp_cache_max(struct options *o, const char *value, struct error *e)
{
	return set_seconds32("--ocsp-cache-max-age", value, 0, YEAR_SEC,
			     &o->revocation.ocsp_cache_max_sec, e);
}

bool set_ocsp_method(struct options *o, const char *value, struct error *e)
{
	o->revocation.ocsp_post = text_eq_nocase(value, "post");
	return o->revocation.ocsp_post || text_eq_nocase(value, "get") ||
	       error_set(e, "--ocsp-method: \"%s\" is not get or post", value);
}

bool set_ocsp_uri(struct options *o, const char *value, struct error *e)
{
	if (strncmp(value, "http://", 7) != 0)
		return error_set(e, "--ocsp-uri: \"%s\" is no http URL", value);
	return text_copy(o->revocation.ocsp_uri, sizeof(o->revocation.ocsp_uri), value) ||
	       error_set(e, "--ocsp-uri: too long");
}

bool set_ocsp_trustname(struct options *o, const char *value, struct error *e)
{
	return text_copy(o->revocation.ocsp_trustname, sizeof(o->revocation.ocsp_trustname),
			 value) ||
	       error_set(e, "--ocsp-trustname: too long");
}

bool set_ocsp_cache_size(struct options *o, const char *value, struct error *e)
{
	return set_number("--ocsp-cache-size", value, &o->revocation.ocsp_cache_size, e);
}

bool set_version(struct options *o, const char *value, struct error *e)
{
	(void)value;
	(void)e;
	o->task = TASK_VERSION;
	return true;
}

bool set_help(struct options *o, const char *value, struct error *e)
{
	(void)value;
	(void)e;
	o->task = TASK_HELP;
	return true;
}

bool set_selftest(struct options *o, const char *value, struct error *e)
{
	(void)value;
	(void)e;
	o->task = TASK_SELFTEST;
	return true;
}
