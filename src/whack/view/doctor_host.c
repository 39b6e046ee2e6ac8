/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of this machine: what /proc, the firewall's own tools and the clock say. */
#include <ctype.h>
#include <dirent.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "doctor.h"

long doctor_sysctl(const char *path)
{
	char whole[300];
	long value = -1;
	FILE *f;

	snprintf(whole, sizeof(whole), "/proc/sys/%s", path);
	f = fopen(whole, "re");
	if (!f)
		return -1;
	if (fscanf(f, "%ld", &value) != 1)
		value = -1;
	fclose(f);
	return value;
}

void doctor_daemon(struct doctor *d)
{
	if (!d->has_daemon)
		found(d, VERDICT_BAD, "ipsec start", "pluto does not run, or does not answer");
	else if (!d->is_listening)
		found(d, VERDICT_BAD, "ipsec listen",
		      "pluto runs, but its IKE sockets are not open");
	else
		found(d, VERDICT_GOOD, NULL, "pluto runs and listens, with %zu connections",
		      d->conn_count);
}

static bool any_up(const struct doctor *d)
{
	for (const struct doctor_conn *c = d->conns; c; c = c->next)
		if (strcmp(c->state, "up") == 0)
			return true;
	return false;
}

void doctor_policies(struct doctor *d)
{
	if (access("/proc/net/xfrm_stat", R_OK) != 0) {
		found(d, VERDICT_BAD, "modprobe xfrm_user esp4 esp6, or a kernel with CONFIG_XFRM",
		      "the kernel has no IPsec (/proc/net/xfrm_stat is missing)");
		return;
	}
	found(d, VERDICT_GOOD, NULL,
	      any_up(d)
		      ? "no interface and no route appears for a tunnel: ask ipsec what-if SRC DST, "
			"not ip route get; ipsec-interface=yes makes an interface"
		      : "the kernel has IPsec");
}

/* The first line of a command's output that holds one word and not another. */
static bool line_with(const char *command, const char *word, const char *but, char *out,
		      size_t size)
{
	char line[1000];
	bool is_found = false;
	FILE *f = popen(command, "re");

	if (!f)
		return false;
	while (fgets(line, sizeof(line), f)) {
		if (is_found || !strstr(line, word) || (but && strstr(line, but)))
			continue;
		is_found = true;
		line[strcspn(line, "\n")] = '\0';
		for (char *p = line; *p; p++)
			if (*p < ' ' || *p > '~')
				*p = ' ';
		snprintf(out, size, "%s", line + strspn(line, " "));
	}
	pclose(f);
	return is_found;
}

#define NFT "nft list ruleset 2> /dev/null"
#define NAT "iptables-save -t nat 2> /dev/null"
#define FILTER "iptables-save -t filter 2> /dev/null"

static bool check_nat(struct doctor *d)
{
	char line[300];

	if (line_with(NFT, "masquerade", "ipsec", line, sizeof(line)))
		found(d, VERDICT_WARNING,
		      "put before it: nft insert rule ip nat POSTROUTING rt ipsec exists accept",
		      "NAT rewrites what is to be protected: %s", line);
	else if (line_with(NAT, "-j MASQUERADE", "--pol", line, sizeof(line)) ||
		 line_with(NAT, "-j SNAT", "--pol", line, sizeof(line)))
		found(d, VERDICT_WARNING,
		      "put before it: iptables -t nat -I POSTROUTING -m policy --dir out --pol ipsec "
		      "-j ACCEPT",
		      "NAT rewrites what is to be protected: %s", line);
	else
		return true;
	return false;
}

static bool check_input(struct doctor *d)
{
	char line[300], rule[300];
	bool drops = line_with(FILTER, ":INPUT DROP", NULL, line, sizeof(line)) &&
		     !line_with(FILTER, "500", NULL, rule, sizeof(rule));

	drops |= line_with(NFT, "hook input", "policy accept", line, sizeof(line)) &&
		 !line_with(NFT, "500", NULL, rule, sizeof(rule));
	if (drops)
		found(d, VERDICT_WARNING,
		      "nft add rule inet filter input udp dport { 500, 4500 } accept; nft add rule "
		      "inet filter input meta l4proto esp accept",
		      "the firewall drops what comes in and names neither UDP port 500 nor 4500: %s",
		      line);
	return !drops;
}

void doctor_firewall(struct doctor *d)
{
	long filter = doctor_sysctl("net/ipv4/conf/all/rp_filter");
	bool has_nets = false, good = true;

	for (const struct doctor_conn *c = d->conns; c; c = c->next)
		has_nets |= c->our_client[0] != '\0';
	if (has_nets && doctor_sysctl("net/ipv4/ip_forward") == 0) {
		good = false;
		found(d, VERDICT_BAD, "sysctl -w net.ipv4.ip_forward=1",
		      "this machine does not forward, so the networks behind it are not reached");
	}
	if (filter == 1) {
		good = false;
		found(d, VERDICT_WARNING, "sysctl -w net.ipv4.conf.all.rp_filter=2",
		      "strict rp_filter drops packets that come out of a tunnel");
	}
	if (doctor_sysctl("net/ipv4/conf/all/send_redirects") == 1 && has_nets) {
		good = false;
		found(d, VERDICT_NOTE, "sysctl -w net.ipv4.conf.all.send_redirects=0",
		      "ICMP redirects may lead hosts around the tunnel");
	}
	good &= check_nat(d);
	good &= check_input(d);
	if (good)
		found(d, VERDICT_GOOD, NULL, "nothing in the way");
}

static const struct {
	const char *name, *meaning, *fix;
} counters[] = {
	{ "XfrmInNoStates", "ESP came for states that are not here: the peer kept old SAs",
	  "ipsec down and up the connection on one end, or set dpddelay= on the peer" },
	{ "XfrmInTmplMismatch",
	  "packets came in clear or by a wrong SA where policy wants a tunnel",
	  "ipsec what-if SRC DST tells which; look for NAT and for a second daemon" },
	{ "XfrmInStateProtoError", "ESP failed its check: keys or algorithms differ",
	  "rekey: ipsec whack --name CONN --rekey-child" },
	{ "XfrmInStateSeqError", "ESP came too late or twice: reordering, or a replay",
	  "replay-window=1024 on a fast or reordering path" },
	{ "XfrmOutNoStates", "packets left waiting for a tunnel were dropped", "ipsec why" },
};

void doctor_states(struct doctor *d)
{
	FILE *f = fopen("/proc/net/xfrm_stat", "re");
	char name[64];
	unsigned long value;
	bool good = true;

	while (f && fscanf(f, "%63s %lu", name, &value) == 2)
		for (size_t i = 0; i < ARRAY_LEN(counters); i++)
			if (value > 0 && strcmp(counters[i].name, name) == 0) {
				good = false;
				found(d, VERDICT_NOTE, counters[i].fix, "%s (%s %lu)",
				      counters[i].meaning, name, value);
			}
	if (f)
		fclose(f);
	if (good)
		found(d, VERDICT_GOOD, NULL,
		      "the kernel counts no error; tcpdump shows what comes in twice and what goes "
		      "out only as ESP: ip -s xfrm state counts both");
}

void doctor_mtu(struct doctor *d)
{
	glob_t g;
	bool good = true;

	if (doctor_sysctl("net/ipv4/ip_no_pmtu_disc") > 0) {
		good = false;
		found(d, VERDICT_WARNING, "sysctl -w net.ipv4.ip_no_pmtu_disc=0",
		      "path MTU discovery is off: big packets vanish in tunnels");
	}
	if (glob("/sys/class/net/*/mtu", 0, NULL, &g) != 0)
		g.gl_pathc = 0;
	for (size_t i = 0; i < g.gl_pathc; i++) {
		FILE *f = fopen(g.gl_pathv[i], "re");
		char name[40] = "";
		long mtu = 0;

		sscanf(g.gl_pathv[i], "/sys/class/net/%39[^/]", name);
		if (!f || fscanf(f, "%ld", &mtu) != 1)
			mtu = 0;
		if (f)
			fclose(f);
		if (mtu == 0 || mtu >= 1500 || strcmp(name, "lo") == 0)
			continue;
		good = false;
		found(d, VERDICT_NOTE, "mtu=1400 in the connection, or clamp TCP's MSS to the path",
		      "%s carries only %ld octets, and ESP takes some 80 of them", name, mtu);
	}
	globfree(&g);
	if (good)
		found(d, VERDICT_GOOD, NULL, "every interface carries 1500 octets");
}

/* Who has a socket of this inode: "charon (process 12)". */
static bool owner_of(unsigned long inode, char *out, size_t size)
{
	char wanted[40], link[40], comm[40] = "";
	glob_t g;
	int pid = 0;

	snprintf(wanted, sizeof(wanted), "socket:[%lu]", inode);
	if (glob("/proc/[0-9]*/fd/*", GLOB_NOSORT, NULL, &g) != 0)
		return false;
	for (size_t i = 0; i < g.gl_pathc && !pid; i++) {
		ssize_t n = readlink(g.gl_pathv[i], link, sizeof(link) - 1);

		if (n <= 0)
			continue;
		link[n] = '\0';
		if (strcmp(link, wanted) == 0)
			pid = atoi(g.gl_pathv[i] + 6);
	}
	globfree(&g);
	if (pid) {
		char path[40];
		FILE *f;

		snprintf(path, sizeof(path), "/proc/%d/comm", pid);
		f = fopen(path, "re");
		if (f && fscanf(f, "%39s", comm) != 1)
			comm[0] = '\0';
		if (f)
			fclose(f);
		snprintf(out, size, "%s (process %d)", comm, pid);
	}
	return pid != 0;
}

static void check_sockets(struct doctor *d, const char *path, bool *good, unsigned *ours)
{
	FILE *f = fopen(path, "re");
	char line[400], who[80];
	unsigned port;
	unsigned long inode;

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, " %*d: %*[0-9A-F]:%x %*s %*x %*s %*s %*s %*u %*d %lu", &port,
			   &inode) != 2 ||
		    (port != 500 && port != 4500) || !owner_of(inode, who, sizeof(who)))
			continue;
		if (strncmp(who, "pluto ", 6) == 0) {
			++*ours;
			continue;
		}
		if (*good)
			found(d, VERDICT_BAD,
			      "stop it: systemctl disable --now strongswan-starter strongswan iked",
			      "%s has UDP port %u: two IKE daemons fight over it", who, port);
		*good = false;
	}
	if (f)
		fclose(f);
}

void doctor_port(struct doctor *d)
{
	bool good = true;
	unsigned ours = 0;

	check_sockets(d, "/proc/net/udp", &good, &ours);
	check_sockets(d, "/proc/net/udp6", &good, &ours);
	if (good)
		found(d, VERDICT_GOOD, NULL, ours ? "pluto alone has it" : "nobody else has it");
}

static bool restarts(const char *path)
{
	FILE *f = fopen(path, "re");
	char line[500];
	bool is_found = false;

	while (f && fgets(line, sizeof(line), f))
		is_found |= line[0] != '#' && strstr(line, "restart") && strstr(line, "ipsec");
	if (f)
		fclose(f);
	return is_found;
}

void doctor_restarts(struct doctor *d)
{
	static const char *const patterns[] = { "/etc/crontab", "/etc/cron.d/*", "/etc/cron.*ly/*",
						"/var/spool/cron/crontabs/*" };
	bool good = true;

	for (size_t i = 0; i < ARRAY_LEN(patterns); i++) {
		glob_t g;

		if (glob(patterns[i], 0, NULL, &g) != 0)
			continue;
		for (size_t k = 0; k < g.gl_pathc; k++)
			if (restarts(g.gl_pathv[k])) {
				good = false;
				found(d, VERDICT_WARNING, "replace it by ipsec reload",
				      "%s restarts IPsec, which drops every tunnel", g.gl_pathv[k]);
			}
		globfree(&g);
	}
	if (good)
		found(d, VERDICT_GOOD, NULL,
		      "nothing restarts it by the clock; for changes use ipsec reload");
}

#define RELEASE_YEAR 2026

void doctor_clock(struct doctor *d)
{
	time_t now = time(NULL);
	struct tm tm;

	if (gmtime_r(&now, &tm) && tm.tm_year + 1900 < RELEASE_YEAR - 1)
		found(d, VERDICT_BAD, "set the clock: timedatectl set-ntp true",
		      "the clock says %d: certificates are not valid yet", tm.tm_year + 1900);
	else if (d->certificates[0])
		found(d, VERDICT_WARNING, "renew them, then ipsec rereadcerts", "%s",
		      d->certificates);
	else
		found(d, VERDICT_GOOD, NULL,
		      "the clock is plausible, and no certificate ends soon");
}
