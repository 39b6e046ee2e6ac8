/* SPDX-License-Identifier: Apache-2.0 */
/*
 * THE table of pluto's options: those of Openswan and Libreswan that have a function here, and
 * those of theirs that start-up scripts still pass. To add an option: a row.
 */
#include "options_table.h"

#define MEMBER(member) offsetof(struct options, member)
#define FLAG(name, member, help)                                    \
	{                                                           \
		name, NULL, OPTION_FLAG, MEMBER(member), NULL, help \
	}
#define PATH(name, member, help)                                      \
	{                                                             \
		name, "FILE", OPTION_PATH, MEMBER(member), NULL, help \
	}
#define CALL(name, argument, set, help)                   \
	{                                                 \
		name, argument, OPTION_CALL, 0, set, help \
	}
#define LEGACY(name)                                     \
	{                                                \
		name, NULL, OPTION_LEGACY, 0, NULL, NULL \
	}
#define LEGACY_ARG(name)                                    \
	{                                                   \
		name, "VALUE", OPTION_LEGACY, 0, NULL, NULL \
	}

const struct option_row option_rows[] = {
	FLAG("nofork", nofork, "stay in the foreground"),
	PATH("rundir", rundir, "directory of control socket, process file and journal"),
	PATH("ctlsocket", control, "control socket; default: RUNDIR/pluto.ctl"),
	CALL("ctlbase", "PATH", set_ctlbase, "control socket PATH.ctl, process file PATH.pid"),
	CALL("ctlgroup", "GROUP", set_ctlgroup,
	     "group whose members may operate: initiate and terminate, but define nothing"),
	CALL("readgroup", "GROUP", set_readgroup,
	     "group whose members may look: status and lists, events, no more"),
	PATH("config", config, "read config setup of this file; the command line wins"),
	PATH("secretsfile", secrets, "file of preshared keys and of private keys' passphrases"),
	PATH("ipsecdir", ipsecdir, "directory of certs, cacerts, private and crls"),
	PATH("foodgroupsdir", ipsecdir, NULL),
	PATH("nssdir", nssdir, "database of NSS, whose content ipsec pluto makes files of first"),
	FLAG("crl-strict", revocation.crl_strict, "refuse a certificate without a current CRL"),
	FLAG("strictcrlpolicy", revocation.crl_strict, NULL),
	CALL("crlcheckinterval", "TIME", set_crl_check, "fetch all CRLs so often; 0: never"),
	CALL("curl-timeout", "TIME", set_crl_timeout, "how long fetching a CRL may take"),
	CALL("crl-timeout", "TIME", set_crl_timeout, NULL),
	FLAG("ocsp-enable", revocation.ocsp_enable,
	     "ask OCSP responders about peers' certificates"),
	FLAG("ocsp-strict", revocation.ocsp_strict, "refuse a certificate without an OCSP answer"),
	CALL("ocsp-method", "get|post", set_ocsp_method, "how OCSP responders are asked"),
	CALL("ocsp-timeout", "TIME", set_ocsp_timeout, "how long an OCSP answer may take"),
	CALL("ocsp-uri", "URL", set_ocsp_uri, "ask this OCSP responder about all"),
	CALL("ocspuri", "URL", set_ocsp_uri, NULL),
	CALL("ocsp-trustname", "NAME", set_ocsp_trustname,
	     "a certificate whose OCSP answers are trusted for all"),
	CALL("ocsp-cache-size", "N", set_ocsp_cache_size, "OCSP answers that are kept"),
	CALL("ocsp-cache-min-age", "TIME", set_ocsp_cache_min,
	     "keep OCSP answers so long at least"),
	CALL("ocsp-cache-max-age", "TIME", set_ocsp_cache_max, "keep OCSP answers so long at most"),
	PATH("logfile", logfile, "log to a file"),
	FLAG("stderrlog", stderrlog, "log to standard error; default: syslog"),
	FLAG("log-no-time", log_no_time, "no time in log lines"),
	CALL("logformat", "text|json", set_logformat, "lines of the log file: text, JSON objects"),
	FLAG("log-no-audit", no_audit, "no records for the system's audit"),
	FLAG("log-no-append", log_no_append, "empty the log file first"),
	CALL("listen", "ADDRESS[,...]", set_listen, "use only these of our addresses"),
	CALL("ikeport", "PORT", set_ike_port, "port of IKE; default: 500"),
	CALL("natikeport", "PORT", set_natt_port,
	     "port of IKE and ESP through NATs; default: 4500"),
	CALL("listen-tcp", NULL, set_listen_tcp, "serve IKE over TCP port 4500"),
	CALL("ike-socket-bufsize", "BYTES", set_socket_buffer,
	     "of the IKE sockets' buffers; default: 1 MiB for what comes"),
	FLAG("ike-socket-no-errqueue", udp.no_errors, "do not ask for ICMP errors"),
	CALL("ike-socket-errqueue", "yes|no", set_socket_errors, NULL),
	CALL("nhelpers", "N", set_helpers, "threads for key exchange; -1: by the CPUs"),
	CALL("protostack", "xfrm|none", set_stack, "the kernel's IPsec, or IKE alone"),
	CALL("use-xfrm", NULL, set_xfrm, "the same as --protostack xfrm"),
	CALL("use-netkey", NULL, set_xfrm, NULL),
	CALL("use-auto", NULL, set_xfrm, NULL),
	CALL("use-nostack", NULL, set_no_stack, NULL),
	CALL("debug", "WORD[,...]", set_debug, "log more, as whack --debug does"),
	CALL("keep-alive", "TIME", set_keepalive, "between keepalives of a NAT mapping; 20s"),
	CALL("shuntlifetime", "TIME", set_shunt_lifetime,
	     "how long what failureshunt= asks for stands; 15m"),
	CALL("expire-shunt-interval", "TIME", set_shunt_check,
	     "between looks for such shunts that are over; 20s"),
	CALL("expire-lifetime", "TIME", set_acquire_life,
	     "how long the kernel holds packets of a trap before it asks again"),
	CALL("xfrmlifetime", "TIME", set_acquire_life, NULL),
	CALL("keep_alive", "TIME", set_keepalive, NULL),
	CALL("debug-all", NULL, set_debug_all, "log all there is"),
	CALL("global-redirect", "yes|no|auto", set_redirect,
	     "send peers that begin to other gateways (RFC 5685)"),
	CALL("global-redirect-to", "ADDRESS[,...]", set_redirect_to, "where to"),
	CALL("ddos-mode", "busy|unlimited|auto", set_ddos_mode,
	     "cookies: always, never, under load"),
	CALL("ddos-ike-threshold", "N", set_ddos_threshold, "half-open IKE SAs that count as load"),
	CALL("ddos-source-threshold", "N", set_per_source,
	     "the same for one IPv4 address or IPv6 /64"),
	CALL("max-halfopen-ike", "N", set_half_open, "half-open IKE SAs that are kept at most"),
	{ "uniqueids", "replace|keep|no|never", OPTION_MAY, 0, set_uniqueids,
	  "a peer that comes from elsewhere: its older SA goes, it is refused, both stay" },
	CALL("dns-resolver", "file|systemd", set_dns_resolver,
	     "where scripts put the name servers that a peer pushes"),
	FLAG("no-ipsec-interface-managed", has_unmanaged_ifaces,
	     "XFRM interfaces are made, addressed and removed by the admin alone"),
	FLAG("no-qcd", no_qcd, "no quick crash detection (RFC 6290)"),
	FLAG("no-hot-restart", no_hot_restart, "keep nothing for the next run to go on with"),
	PATH("statedir", statedir, "directory of what outlives a restart of the machine"),
	FLAG("force-busy", core.always_cookie, NULL),
	FLAG("force_busy", core.always_cookie, NULL),
	CALL("selftest", NULL, set_selftest, "test the cryptography and exit"),
	CALL("version", NULL, set_version, "print the version and exit"),
	CALL("help", NULL, set_help, "print this and exit"),

	LEGACY_ARG("interface"),
	LEGACY("nocrsend"),
	LEGACY("ocsprequestcert"),
	LEGACY("perpeerlog"),
	LEGACY_ARG("perpeerlogbase"),
	LEGACY("plutostderrlogtime"),
	LEGACY("noretransmits"),
	LEGACY_ARG("coredir"),
	LEGACY_ARG("dumpdir"),
	LEGACY_ARG("statsbin"),
	LEGACY("nat_traversal"),
	LEGACY("force_keepalive"),
	LEGACY("disable_port_floating"),
	LEGACY_ARG("virtual_private"),
	LEGACY_ARG("virtual-private"),
	LEGACY_ARG("secctx_attr_value"),
	LEGACY("efence-protect"),
	LEGACY("leak-detective"),
	LEGACY("logip"),
	LEGACY("log-no-ip"),
	LEGACY_ARG("audit-log"),
	LEGACY_ARG("vendorid"),
	LEGACY_ARG("seeddev"),
	LEGACY_ARG("seedbits"),
	LEGACY("ikev1-reject"),
	LEGACY("ikev1-drop"),
	LEGACY_ARG("ikev1-policy"),
	LEGACY("drop-oppo-null"),
	LEGACY_ARG("nflog-all"),
	LEGACY_ARG("seccomp"),
	LEGACY("seccomp-enabled"),
	LEGACY("seccomp-tolerant"),
	LEGACY("dnssec-disable"),
	LEGACY_ARG("dnssec-rootkey-file"),
	LEGACY_ARG("dnssec-trusted"),
	LEGACY_ARG("dnssec-enable"),
	LEGACY_ARG("curl-iface"),
	LEGACY_ARG("listen-udp"),
	LEGACY_ARG("impair"),
};

const size_t option_row_count = ARRAY_LEN(option_rows);
