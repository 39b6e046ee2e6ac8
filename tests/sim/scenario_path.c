/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of scenarios that are about paths: NATs, addresses that come and go, narrow links. */
#include <stdlib.h>
#include <string.h>

#include "scenario.h"

void host_addresses(struct sim *s, uint8_t host, const char *text)
{
	struct host *h = &s->hosts[host];
	char words[200], *word, *save = NULL;

	text_copy(words, sizeof(words), text);
	h->address_count = 0;
	for (word = strtok_r(words, " ", &save); word && h->address_count < HOST_ADDRESSES;
	     word = strtok_r(NULL, " ", &save))
		if (!address_parse(word, &h->addresses[h->address_count++]))
			sim_fail(s, "%s is no address", word);
	if (h->is_listening)
		sim_post(s, host, EVENT_ADDRESSES, 0);
}

/* The kernel of the host has seen ESP of its peer's first child from where the NAT sends it now. */
static void mapped(struct sim *s, uint8_t host, uint8_t peer)
{
	struct mock_kernel *k = &s->hosts[host].kernel;
	struct endpoint inner = { .address = s->hosts[peer].address, .port = IKE_NATT_PORT };

	for (size_t i = 0; i < k->state_count; i++) {
		const struct kernel_state *st = &k->states[i].state;

		if (st->direction != KDIR_IN || k->states[i].is_larval ||
		    st->protocol == KPROTO_COMP)
			continue;
		mock_tell(s, host,
			  &(struct kernel_event){ .kind = KERNEL_MAPPING,
						  .state_dst = st->dst,
						  .spi = st->spi,
						  .mapped = nat_out(s, peer, &inner) });
		return;
	}
	sim_fail(s, "%s has no inbound state", s->hosts[host].name);
}

/* IKE and every outbound state go there; "-" before the endpoint: ESP is not in UDP. */
static void expect_path(struct sim *s, uint8_t host, const char *text)
{
	struct host *h = &s->hosts[host];
	bool plain = text[0] == '-';
	char buf[ENDPOINT_TEXT_LEN], esp[ENDPOINT_TEXT_LEN];
	struct ike_sa *ike;

	text += plain;
	list_each (ike, &h->core->ike_sas, struct ike_sa, node)
		if (ike->phase == IKE_ESTABLISHED &&
		    strcmp(endpoint_format(&ike->remote, buf, sizeof(buf)), text) != 0)
			sim_fail(s, "%s talks to %s, not to %s", h->name, buf, text);
	for (size_t i = 0; i < h->kernel.state_count; i++) {
		const struct kernel_state *st = &h->kernel.states[i].state;
		struct endpoint e = { .address = st->dst, .port = st->dst_port };

		if (st->direction != KDIR_OUT || st->protocol == KPROTO_COMP)
			continue;
		endpoint_format(&e, esp, sizeof(esp));
		if (plain && st->dst_port == 0)
			text_copy(esp, sizeof(esp), text);
		if (strcmp(esp, text) != 0)
			sim_fail(s, "%s sends ESP to %s, not to %s", h->name, esp, text);
	}
}

static void expect_fragments(struct sim *s, size_t mark, int64_t want)
{
	int64_t count = 0;

	for (size_t i = mark; i < s->net.capture_count; i++)
		count += s->net.captures[i].data.data[16] == PAYLOAD_SKF;
	if (want < 0 ? count == 0 : count != want)
		sim_fail(s, "%d fragments were sent, not %d", (int)count, (int)want);
}

void scenario_path_step(struct sim *s, const struct sim_step *st, size_t mark, int64_t n)
{
	switch ((enum op)st->op) {
	case OP_NAT:
		nat_put_behind(s, st->host, n != 0);
		break;
	case OP_REMAP:
		nat_remap(s, n != 0);
		break;
	case OP_ADDRESSES:
		host_addresses(s, st->host, st->text);
		break;
	case OP_MAPPED:
		mapped(s, st->host, st->what);
		break;
	case OP_PATH:
		expect_path(s, st->host, st->text);
		break;
	case OP_FRAGMENTS:
		expect_fragments(s, mark, n);
		break;
	case OP_NO_SETS:
		if (s->hosts[st->host].core->fragment_bytes)
			sim_fail(s, "%zu bytes of fragments are kept",
				 s->hosts[st->host].core->fragment_bytes);
		break;
	case OP_STREAM_LOST:
		sim_post(s, st->host, EVENT_STREAM_LOST, 0)->event.owner =
			ike_handle(list_first(&s->hosts[st->host].core->ike_sas, struct ike_sa, node));
		break;
	case OP_KEEPALIVES:
		if (s->net.keepalives != (unsigned)n)
			sim_fail(s, "%u keepalives were sent, not %d", s->net.keepalives, (int)n);
		s->net.keepalives = 0;
		break;
	default:
		break;
	}
}
