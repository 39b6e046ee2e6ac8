/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records as the classic lines. Their form is frozen: monitoring and network managers read them by
 * regular expression, down to the order of the words in parentheses. What is new goes to JSON, or
 * at the end of a line.
 */
#include "ctl/render.h"

#include "ctl/codes.h"
#include "render_classic.h"

#define TEXT_MAX 2048

/* A field as text that cannot break a line or steer a terminal. */
static void put_field(struct text *out, const struct ctl_message *m, uint16_t field)
{
	char buf[TEXT_MAX];

	record_text(m, field, buf, sizeof(buf));
	for (char *p = buf; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	text_put(out, buf);
}

static bool has(const struct ctl_message *m, uint16_t field)
{
	struct ctl_attribute a;

	return ctl_find(m, field, &a) && a.value.len > 0;
}

static void put_u64(struct text *out, const struct ctl_message *m, uint16_t field)
{
	text_add(out, "%llu", (unsigned long long)record_u64(m, field, 0));
}

static void put_if(struct text *out, const struct ctl_message *m, uint16_t field, const char *words)
{
	if (record_bool(m, field))
		text_put(out, words);
}

static void put_pair(struct text *out, const char *before, const struct ctl_message *m,
		     uint16_t field, const char *after)
{
	if (!has(m, field))
		return;
	text_put(out, before);
	put_field(out, m, field);
	text_put(out, after);
}

void render_pair(struct text *out, const char *before, const struct ctl_message *m, uint16_t field,
		 const char *after)
{
	put_pair(out, before, m, field, after);
}

static void render_log(const struct ctl_message *m, struct text *out)
{
	text_add(out, "%03llu ", (unsigned long long)record_u64(m, LOG_CODE, 0) % 1000);
	put_field(out, m, LOG_TEXT);
	text_put(out, "\n");
}

/* host<host>, with [id] when the identity is not the host's own address */
static void put_host(struct text *out, const struct ctl_message *m, uint16_t host, uint16_t id)
{
	char host_text[TEXT_MAX], id_text[TEXT_MAX];

	record_text(m, host, host_text, sizeof(host_text));
	record_text(m, id, id_text, sizeof(id_text));
	put_field(out, m, host);
	text_put(out, "<");
	put_field(out, m, host);
	text_put(out, ">");
	if (!slice_eq(slice_str(host_text), slice_str(id_text)))
		put_pair(out, "[", m, id, "]");
}

/* "west" or, of an instance, "west"[2] 192.0.2.7 */
static void put_name(struct text *out, const struct ctl_message *m, uint16_t name,
		     uint16_t instance, uint16_t peer)
{
	text_put(out, "\"");
	put_field(out, m, name);
	text_put(out, "\"");
	if (!has(m, instance))
		return;
	text_put(out, "[");
	put_u64(out, m, instance);
	text_put(out, "]");
	if (peer)
		put_pair(out, " ", m, peer, "");
}

static void put_connection(struct text *out, const struct ctl_message *m, const char *after)
{
	text_put(out, "000 ");
	put_name(out, m, CONNECTION_NAME, CONNECTION_NUMBER, 0);
	text_put(out, ":");
	text_put(out, after);
}

static void render_details(const struct ctl_message *m, struct text *out)
{
	put_connection(out, m, "     ");
	text_put(out, record_bool(m, CONNECTION_ORIENTED) ? "oriented;" : "unoriented;");
	put_pair(out, " mode: ", m, CONNECTION_MODE, ";");
	put_pair(out, " auth: ", m, CONNECTION_AUTH, ";");
	text_put(out, "\n");
	put_connection(out, m, "   ike_life: ");
	put_u64(out, m, CONNECTION_IKE_LIFETIME);
	text_put(out, "s; ipsec_life: ");
	put_u64(out, m, CONNECTION_IPSEC_LIFETIME);
	text_put(out, "s; rekey_margin: ");
	put_u64(out, m, CONNECTION_REKEY_MARGIN);
	text_put(out, "s; rekey_fuzz: ");
	put_u64(out, m, CONNECTION_REKEY_FUZZ);
	text_put(out, "%; keyingtries: ");
	put_u64(out, m, CONNECTION_KEYINGTRIES);
	text_put(out, "\n");
	put_connection(out, m, "   newest IKE SA: #");
	put_u64(out, m, CONNECTION_NEWEST_IKE);
	text_put(out, "; newest IPsec SA: #");
	put_u64(out, m, CONNECTION_NEWEST_CHILD);
	text_put(out, ";\n");
	if (has(m, CONNECTION_TICKET)) {
		put_connection(out, m, "   session resume ticket: expires-in: ");
		put_u64(out, m, CONNECTION_TICKET);
		text_put(out, "s;\n");
	}
	if (has(m, CONNECTION_IKE)) {
		put_connection(out, m, "   IKE algorithms: ");
		put_pair(out, "", m, CONNECTION_IKE, "\n");
	}
	if (has(m, CONNECTION_ESP)) {
		put_connection(out, m, "   ");
		put_field(out, m, CONNECTION_TYPE);
		put_pair(out, " algorithms: ", m, CONNECTION_ESP, "\n");
	}
}

static void render_connection(const struct ctl_message *m, struct text *out)
{
	put_connection(out, m, " ");
	put_pair(out, "", m, CONNECTION_OUR_CLIENT, "===");
	put_host(out, m, CONNECTION_OUR_HOST, CONNECTION_OUR_ID);
	put_pair(out, "---", m, CONNECTION_OUR_NEXTHOP, "");
	text_put(out, "...");
	put_pair(out, "", m, CONNECTION_PEER_NEXTHOP, "---");
	put_host(out, m, CONNECTION_PEER_HOST, CONNECTION_PEER_ID);
	put_pair(out, "===", m, CONNECTION_PEER_CLIENT, "");
	text_put(out, "; ");
	put_field(out, m, CONNECTION_ROUTING);
	text_put(out, "; eroute owner: #");
	put_u64(out, m, CONNECTION_OWNER);
	text_put(out, "\n");
	if (has(m, CONNECTION_IKE_LIFETIME))
		render_details(m, out);
}

static void render_ike_sa(const struct ctl_message *m, struct text *out)
{
	text_put(out, "000 #");
	put_u64(out, m, IKE_SA_SERIAL);
	text_put(out, ": ");
	put_name(out, m, IKE_SA_CONNECTION, IKE_SA_INSTANCE, IKE_SA_PEER);
	text_put(out, ":");
	put_u64(out, m, IKE_SA_PEER_PORT);
	put_pair(out, " ", m, IKE_SA_STATE, "");
	put_pair(out, " (", m, IKE_SA_STORY, ")");
	put_if(out, m, IKE_SA_ESTABLISHED, " (ISAKMP SA established)");
	text_put(out, ";");
	if (has(m, IKE_SA_EVENT)) {
		put_pair(out, " ", m, IKE_SA_EVENT, " in ");
		put_u64(out, m, IKE_SA_EVENT_IN);
		text_put(out, "s;");
	}
	put_if(out, m, IKE_SA_NEWEST, " newest ISAKMP;");
	put_if(out, m, IKE_SA_IDLE, " idle;");
	text_put(out, "\n");
}

/* An SPI or a CPI, and whose it is. */
static void put_sa(struct text *out, const struct ctl_message *m, const char *what, uint16_t spi,
		   uint16_t address)
{
	text_put(out, what);
	if (spi)
		put_field(out, m, spi);
	text_put(out, "@");
	put_field(out, m, address);
}

static void put_both(struct text *out, const struct ctl_message *m, const char *what,
		     uint16_t peer_spi, uint16_t our_spi)
{
	put_sa(out, m, what, peer_spi, CHILD_SA_PEER);
	put_sa(out, m, what, our_spi, CHILD_SA_OUR);
}

static bool is_ah(const struct ctl_message *m)
{
	struct ctl_attribute a;

	return ctl_find(m, CHILD_SA_TYPE, &a) && slice_eq(a.value, slice_str("AH"));
}

static void render_child_traffic(const struct ctl_message *m, struct text *out)
{
	text_put(out, "000 #");
	put_u64(out, m, CHILD_SA_SERIAL);
	text_put(out, ": ");
	put_name(out, m, CHILD_SA_CONNECTION, CHILD_SA_INSTANCE, CHILD_SA_PEER);
	put_both(out, m, is_ah(m) ? " ah." : " esp.", CHILD_SA_PEER_SPI, CHILD_SA_OUR_SPI);
	if (has(m, CHILD_SA_OUR_CPI))
		put_both(out, m, " comp.", CHILD_SA_PEER_CPI, CHILD_SA_OUR_CPI);
	if (record_bool(m, CHILD_SA_TUNNEL))
		put_both(out, m, " tun.0", 0, 0);
	put_pair(out, " Traffic: ", m, CHILD_SA_TYPE, "in=");
	put_u64(out, m, CHILD_SA_IN_BYTES);
	put_pair(out, "B ", m, CHILD_SA_TYPE, "out=");
	put_u64(out, m, CHILD_SA_OUT_BYTES);
	put_pair(out, "B ", m, CHILD_SA_TYPE, "max=");
	put_u64(out, m, CHILD_SA_MAX_BYTES);
	text_put(out, "B\n");
}

static void render_child_sa(const struct ctl_message *m, struct text *out)
{
	text_put(out, "000 #");
	put_u64(out, m, CHILD_SA_SERIAL);
	text_put(out, ": ");
	put_name(out, m, CHILD_SA_CONNECTION, CHILD_SA_INSTANCE, CHILD_SA_PEER);
	text_put(out, ":");
	put_u64(out, m, CHILD_SA_PEER_PORT);
	put_pair(out, " ", m, CHILD_SA_STATE, "");
	put_pair(out, " (", m, CHILD_SA_STORY, ")");
	put_if(out, m, CHILD_SA_ESTABLISHED, " (IPsec SA established)");
	text_put(out, ";");
	if (has(m, CHILD_SA_EVENT)) {
		put_pair(out, " ", m, CHILD_SA_EVENT, " in ");
		put_u64(out, m, CHILD_SA_EVENT_IN);
		text_put(out, "s;");
	}
	put_if(out, m, CHILD_SA_NEWEST, " newest IPSEC;");
	put_if(out, m, CHILD_SA_OWNER, " eroute owner;");
	if (has(m, CHILD_SA_IKE_SERIAL)) {
		text_put(out, " isakmp#");
		put_u64(out, m, CHILD_SA_IKE_SERIAL);
		text_put(out, ";");
	}
	put_if(out, m, CHILD_SA_IDLE, " idle;");
	text_put(out, "\n");
	if (has(m, CHILD_SA_OUR_SPI))
		render_child_traffic(m, out);
}

static void render_traffic(const struct ctl_message *m, struct text *out)
{
	text_put(out, "006 #");
	put_u64(out, m, TRAFFIC_SERIAL);
	text_put(out, ": ");
	put_name(out, m, TRAFFIC_CONNECTION, TRAFFIC_INSTANCE, TRAFFIC_PEER);
	text_put(out, ", type=");
	put_field(out, m, TRAFFIC_TYPE);
	text_put(out, ", add_time=");
	put_u64(out, m, TRAFFIC_ADD_TIME);
	text_put(out, ", inBytes=");
	put_u64(out, m, TRAFFIC_IN_BYTES);
	text_put(out, ", outBytes=");
	put_u64(out, m, TRAFFIC_OUT_BYTES);
	text_put(out, ", maxBytes=2^63B");
	put_pair(out, ", id='", m, TRAFFIC_PEER_ID, "'");
	text_put(out, "\n");
}

static void render_totals(const struct ctl_message *m, struct text *out)
{
	uint64_t half = record_u64(m, TOTALS_IKE_HALF_OPEN, 0);
	uint64_t established = record_u64(m, TOTALS_IKE_ESTABLISHED, 0);
	uint64_t total = record_u64(m, TOTALS_IKE, 0);
	uint64_t open = total > half + established ? total - half - established : 0;
	unsigned long long child = record_u64(m, TOTALS_CHILD, 0);

	text_put(out, "000 Total IPsec connections: loaded ");
	put_u64(out, m, TOTALS_LOADED);
	text_put(out, ", active ");
	put_u64(out, m, TOTALS_ACTIVE);
	text_add(out,
		 "\n000 IKE SAs: total(%llu), half-open(%llu), open(%llu), authenticated(%llu), "
		 "anonymous(0)\n",
		 (unsigned long long)total, (unsigned long long)half, (unsigned long long)open,
		 (unsigned long long)established);
	text_add(out, "000 IPsec SAs: total(%llu), authenticated(%llu), anonymous(0)\n", child,
		 child);
}

static void render_pool(const struct ctl_message *m, struct text *out)
{
	uint64_t size = record_u64(m, POOL_SIZE, 0), used = record_u64(m, POOL_IN_USE, 0);
	uint64_t waiting = record_u64(m, POOL_WAITING, 0);

	put_pair(out, "000 address pool ", m, POOL_RANGE, ": ");
	text_add(out, "%llu addresses, %llu leases in-use, %llu free, %llu reusable\n",
		 (unsigned long long)size, (unsigned long long)used,
		 (unsigned long long)(size > used ? size - used : 0), (unsigned long long)waiting);
}

static void render_lease(const struct ctl_message *m, struct text *out)
{
	put_pair(out, "000   lease ", m, LEASE_ADDRESS, "");
	put_pair(out, " to ", m, LEASE_PEER_ID, "");
	text_put(out, record_u64(m, LEASE_HOLDERS, 0) ? ", in use\n" : ", reusable\n");
}

static void render_daemon(const struct ctl_message *m, struct text *out)
{
	put_pair(out, "000 using kernel interface: ", m, DAEMON_STACK, "\n");
	put_pair(out, "000 interface ", m, DAEMON_INTERFACE, "\n");
	if (has(m, DAEMON_VERSION)) {
		put_pair(out, "000 pluto: Cygnet ", m, DAEMON_VERSION, ", pid ");
		put_u64(out, m, DAEMON_PID);
		text_add(out, ", %s", record_bool(m, DAEMON_LISTENING) ? "listening" : "deaf");
		text_put(out, ", up ");
		put_u64(out, m, DAEMON_UPTIME);
		text_put(out, "s\n");
	}
	put_pair(out, "000 debug ", m, DAEMON_DEBUG, "\n");
	if (has(m, DAEMON_FIPS))
		text_add(out, "000 FIPS mode %s\n",
			 record_bool(m, DAEMON_FIPS) ? "enabled" : "disabled");
}

static void render_timer(const struct ctl_message *m, struct text *out)
{
	text_put(out, "000 ");
	if (has(m, TIMER_SERIAL)) {
		text_put(out, "#");
		put_u64(out, m, TIMER_SERIAL);
		text_put(out, ": ");
	}
	put_name(out, m, TIMER_CONNECTION, TIMER_INSTANCE, 0);
	put_pair(out, " ", m, TIMER_WHAT, " in ");
	put_u64(out, m, TIMER_IN);
	text_put(out, "s\n");
}

static void render_script(const struct ctl_message *m, struct text *out)
{
	text_put(out, "000 ");
	put_name(out, m, SCRIPT_CONNECTION, 0, 0);
	put_pair(out, " updown ", m, SCRIPT_VERB, ", for ");
	put_u64(out, m, SCRIPT_AGE);
	text_put(out, "s\n");
}

static void render_shunt(const struct ctl_message *m, struct text *out)
{
	text_put(out, "000 ");
	put_name(out, m, SHUNT_FIELD_CONNECTION, 0, 0);
	put_pair(out, ": ", m, SHUNT_FIELD_OUR_TS, " -> ");
	put_field(out, m, SHUNT_FIELD_PEER_TS);
	put_pair(out, " => %", m, SHUNT_FIELD_WHAT, "");
	put_pair(out, "; ", m, SHUNT_FIELD_STATE, "; acquires: ");
	put_u64(out, m, SHUNT_FIELD_ACQUIRES);
	put_pair(out, "; ", m, SHUNT_FIELD_REASON, "");
	text_put(out, "\n");
}

static void put_value_or(struct text *out, const struct ctl_message *m, uint16_t field)
{
	if (has(m, field))
		put_field(out, m, field);
	else
		text_put(out, "(none)");
}

static void render_change(const struct ctl_message *m, struct text *out)
{
	char what[16];

	if (has(m, CHANGE_OPTION)) {
		put_pair(out, "    ", m, CHANGE_OPTION, ": ");
		put_value_or(out, m, CHANGE_OLD);
		text_put(out, " -> ");
		put_value_or(out, m, CHANGE_NEW);
	} else {
		record_text(m, CHANGE_WHAT, what, sizeof(what));
		text_put(out, what[0] == 'a' ? "+ " : what[0] == 'd' ? "- " : "~ ");
		put_field(out, m, CHANGE_NAME);
	}
	text_put(out, "\n");
}

void render_classic(const struct ctl_message *m, const struct record_row *row, struct text *out)
{
	static void (*const renderers[])(const struct ctl_message *, struct text *) = {
		[RECORD_LOG] = render_log,         [RECORD_CONNECTION] = render_connection,
		[RECORD_IKE_SA] = render_ike_sa,   [RECORD_CHILD_SA] = render_child_sa,
		[RECORD_TRAFFIC] = render_traffic, [RECORD_TOTALS] = render_totals,
		[RECORD_DAEMON] = render_daemon,   [RECORD_SHUNT] = render_shunt,
		[RECORD_POOL] = render_pool,       [RECORD_LEASE] = render_lease,
		[RECORD_PUBKEY] = render_pubkey,   [RECORD_CERT] = render_cert,
		[RECORD_CACERT] = render_cert,     [RECORD_CRL] = render_crl,
		[RECORD_PSK] = render_psk,         [RECORD_EVENT] = render_event,
		[RECORD_FAILURE] = render_failure, [RECORD_WHAT_IF] = render_what_if,
		[RECORD_CHANGE] = render_change,   [RECORD_TIMER] = render_timer,
		[RECORD_SCRIPT] = render_script,
	};

	if (row->kind < ARRAY_LEN(renderers) && renderers[row->kind])
		renderers[row->kind](m, out);
	else if (row->kind != RECORD_ALIVE)
		render_by_table(m, row, out);
}
