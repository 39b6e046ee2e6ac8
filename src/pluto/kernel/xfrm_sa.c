/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ESP states: reserving an SPI, adding, removing, reading counters. Every attribute of a state is
 * set in this one file. SPIs are drawn here and not by the kernel, so that the journal can name
 * them before the kernel knows them.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/udp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <netlink/attr.h>
#include <netlink/msg.h>

#include "crypto/random.h"
#include "kernel/xfrm.h"

#define SPI_MIN 256u   /* RFC 4303 2.1, RFC 3173 3.3 */
#define CPI_END 61440u /* above are private numbers */
#define SPI_TRIES 3
#define SMALL_WINDOW 32u
#define WINDOW_MAX 4096u

static const struct xfrm_lifetime_cfg no_limit = {
	.soft_byte_limit = XFRM_INF,
	.hard_byte_limit = XFRM_INF,
	.soft_packet_limit = XFRM_INF,
	.hard_packet_limit = XFRM_INF,
};

/* Of a transport mode state: exactly, if it is one; else its hosts, and the policies do the rest. */
static int fill_selector(const struct kernel_state *s, struct xfrm_usersa_info *p)
{
	struct selector src = s->src_selector, dst = s->dst_selector;
	struct xfrm_selector *list;
	size_t count;
	int err = xfrm_selectors_of(&src, &dst, &list, &count);

	if (!err && count > 1) {
		free(list);
		src.protocol = dst.protocol = 0;
		src.start_port = dst.start_port = 0;
		src.end_port = dst.end_port = UINT16_MAX;
		err = xfrm_selectors_of(&src, &dst, &list, &count);
	}
	if (err)
		return err;
	p->sel = list[0];
	free(list);
	return count == 1 ? 0 : -EOPNOTSUPP;
}

/* Fills what names a state and how it is used; 0 or -errno. */
static int fill_state(const struct kernel_state *s, struct xfrm_usersa_info *p)
{
	xfrm_address(&s->src, &p->saddr);
	xfrm_address(&s->dst, &p->id.daddr);
	p->id.spi = htonl(s->spi);
	p->id.proto = xfrm_proto(s->protocol);
	p->family = (__u16)xfrm_family(&s->dst);
	p->mode = s->iptfs.is_on ? XFRM_MODE_IPTFS
		  : s->tunnel    ? XFRM_MODE_TUNNEL
				 : XFRM_MODE_TRANSPORT;
	p->reqid = s->reqid;
	p->lft = no_limit;
	if (s->hard_bytes) {
		p->lft.soft_byte_limit = s->soft_bytes;
		p->lft.hard_byte_limit = s->hard_bytes;
	}
	if (s->hard_packets) {
		p->lft.soft_packet_limit = s->soft_packets;
		p->lft.hard_packet_limit = s->hard_packets;
	}
	if (p->family == AF_UNSPEC)
		return -EINVAL;
	if (s->tunnel) {
		/* it carries whatever the policies send through it, of either family */
		p->flags |= XFRM_STATE_AF_UNSPEC;
		return 0;
	}
	if (s->carries_tunnel)
		return 0;
	return fill_selector(s, p);
}

uint8_t xfrm_proto(uint8_t protocol)
{
	static const uint8_t protos[] = {
		[KPROTO_ESP] = IPPROTO_ESP, [KPROTO_AH] = IPPROTO_AH, [KPROTO_COMP] = IPPROTO_COMP
	};

	return protos[protocol];
}

bool xfrm_protocol(uint8_t proto, uint8_t *protocol)
{
	for (*protocol = KPROTO_ESP; *protocol <= KPROTO_COMP; (*protocol)++)
		if (xfrm_proto(*protocol) == proto)
			return true;
	return false;
}

void xfrm_name_outer(const struct journal_entry *entry, struct kernel_event *e)
{
	if (entry->name.proto != IPPROTO_COMP)
		return;
	e->protocol = entry->outer;
	e->spi = entry->outer_spi;
}

void xfrm_state_name(uint8_t proto, const struct address *dst, uint32_t spi,
		     struct journal_name *name)
{
	memset(name, 0, sizeof(*name));
	name->kind = JOURNAL_STATE;
	name->dst = *dst;
	name->proto = proto == IPPROTO_ESP ? 0 : proto;
	name->spi = spi;
}

/* The entry, and in *is_new whether it has to go when the kernel refuses. */
static struct journal_entry *note(struct xfrm *x, const struct kernel_state *s, uint32_t spi,
				  bool *is_new)
{
	struct journal_name name;

	xfrm_state_name(xfrm_proto(s->protocol), &s->dst, spi, &name);
	*is_new = !journal_find(x->journal, &name);
	return journal_add(x->journal, &name);
}

static int send_delete(struct xfrm *x, uint8_t proto, const struct address *dst, uint32_t spi)
{
	struct xfrm_usersa_id *p;
	struct nl_msg *m = xfrm_message(XFRM_MSG_DELSA, sizeof(*p), &p);

	if (!m)
		return -ENOMEM;
	xfrm_address(dst, &p->daddr);
	p->spi = htonl(spi);
	p->family = (__u16)xfrm_family(dst);
	p->proto = proto;
	return xfrm_talk(x, m, NULL, NULL);
}

static int alloc_one(struct xfrm *x, const struct kernel_state *s, uint32_t spi)
{
	struct xfrm_userspi_info *p;
	struct nl_msg *m = xfrm_message(XFRM_MSG_ALLOCSPI, sizeof(*p), &p);
	struct kernel_state bare = *s;
	int err;

	if (!m)
		return -ENOMEM;
	/* the larval state carries no selector: it matches nothing until it is whole */
	bare.tunnel = true;
	err = fill_state(&bare, &p->info);
	if (err) {
		nlmsg_free(m);
		return err;
	}
	if ((s->if_id && nla_put(m, XFRMA_IF_ID, sizeof(s->if_id), &s->if_id) < 0) ||
	    (s->iptfs.is_on && xfrm_put_direction(m, s) < 0)) {
		nlmsg_free(m);
		return -ENOMEM;
	}
	p->info.mode = s->tunnel ? XFRM_MODE_TUNNEL : XFRM_MODE_TRANSPORT;
	p->info.flags = 0;
	p->info.id.spi = 0;
	p->min = p->max = spi;
	return xfrm_talk(x, m, NULL, NULL);
}

int xfrm_sa_end_acquire(struct xfrm *x, const struct kernel_state *s)
{
	uint64_t drawn;
	uint32_t spi;
	int err;

	/* it has no SPI to be deleted by, but one can be asked for it; what is then deleted may as
	 * well have been made by the asking */
	if (!random_below(UINT32_MAX - SPI_MIN, &drawn))
		return -EIO;
	spi = (uint32_t)drawn + SPI_MIN;
	err = alloc_one(x, s, spi);
	return err ? err : send_delete(x, xfrm_proto(s->protocol), &s->dst, spi);
}

/* Room for an attribute whose struct ends in len more bytes; NULL when the message is full. */
static void *reserve(struct nl_msg *m, int attribute, size_t fixed, size_t len)
{
	struct nlattr *a = nla_reserve(m, attribute, (int)(fixed + len));

	return a ? memset(nla_data(a), 0, fixed + len) : NULL;
}

static int put_aead(struct nl_msg *m, const struct kernel_state *s)
{
	struct xfrm_algo_aead *a = reserve(m, XFRMA_ALG_AEAD, sizeof(*a), s->encr_key_len);

	if (!a)
		return -ENOMEM;
	text_copy(a->alg_name, sizeof(a->alg_name), s->encr->xfrm);
	a->alg_key_len = s->encr_key_len * 8u;
	a->alg_icv_len = s->encr->icv_len * 8u;
	memcpy(a->alg_key, s->encr_key, s->encr_key_len);
	return 0;
}

static int put_crypt(struct nl_msg *m, const struct kernel_state *s)
{
	struct xfrm_algo *a = reserve(m, XFRMA_ALG_CRYPT, sizeof(*a), s->encr_key_len);

	if (!a)
		return -ENOMEM;
	text_copy(a->alg_name, sizeof(a->alg_name), s->encr->xfrm);
	a->alg_key_len = s->encr_key_len * 8u;
	memcpy(a->alg_key, s->encr_key, s->encr_key_len);
	return 0;
}

static int put_auth(struct nl_msg *m, const struct kernel_state *s)
{
	struct xfrm_algo_auth *a = reserve(m, XFRMA_ALG_AUTH_TRUNC, sizeof(*a), s->integ_key_len);

	if (!a)
		return -ENOMEM;
	text_copy(a->alg_name, sizeof(a->alg_name), s->integ->xfrm);
	a->alg_key_len = s->integ_key_len * 8u;
	a->alg_trunc_len = s->integ_trunc_bits ? s->integ_trunc_bits : s->integ->icv_len * 8u;
	memcpy(a->alg_key, s->integ_key, s->integ_key_len);
	return 0;
}

static int put_comp(struct nl_msg *m)
{
	struct xfrm_algo a = { .alg_name = "deflate" };

	return nla_put(m, XFRMA_ALG_COMP, sizeof(a), &a) < 0 ? -ENOMEM : 0;
}

static int put_algorithms(struct nl_msg *m, const struct kernel_state *s)
{
	int err;

	if (s->protocol == KPROTO_COMP)
		return put_comp(m);
	if (s->protocol == KPROTO_AH)
		return !s->integ || !s->integ->xfrm || s->integ_key_len == 0 ||
				       s->integ_key_len > sizeof(s->integ_key)
			       ? -EINVAL
			       : put_auth(m, s);
	if (!s->encr || !s->encr->xfrm || s->encr_key_len > sizeof(s->encr_key) ||
	    s->integ_key_len > sizeof(s->integ_key))
		return -EINVAL;
	if (s->encr->flags & ALG_AEAD)
		return put_aead(m, s) < 0 ? -ENOMEM : 0;
	/* ESP without integrity is never installed (RFC 8221 4) */
	if (!s->integ || !s->integ->xfrm || s->integ_key_len == 0)
		return -EINVAL;
	err = put_crypt(m, s);
	if (err == 0)
		err = put_auth(m, s);
	return err < 0 ? -ENOMEM : 0;
}

/* An outbound state has no window, but the kernel wants one where sequence numbers are extended. */
static int put_replay(struct nl_msg *m, const struct kernel_state *s, struct xfrm_usersa_info *p)
{
	uint32_t window = s->direction == KDIR_IN ? s->replay_window : 0;
	struct xfrm_replay_state_esn *esn;
	size_t words;

	if (window > WINDOW_MAX)
		window = WINDOW_MAX;
	if (s->esn)
		p->flags |= XFRM_STATE_ESN;
	if (!s->esn && window <= SMALL_WINDOW) {
		p->replay_window = (__u8)window;
		return 0;
	}
	if (window == 0 && !s->iptfs.is_on)
		window = SMALL_WINDOW;
	words = (window + 31) / 32;
	esn = reserve(m, XFRMA_REPLAY_ESN_VAL, sizeof(*esn), words * sizeof(uint32_t));
	if (!esn)
		return -ENOMEM;
	esn->bmp_len = (__u32)words;
	esn->replay_window = window;
	return 0;
}

static int put_encap(struct nl_msg *m, const struct kernel_state *s)
{
	struct xfrm_encap_tmpl *t;

	/* the kernel must own the connection (TCP_ULP "espintcp"), whose ports are known then */
	if (s->tcp && (!s->src_port || !s->dst_port))
		return -EPROTOTYPE;
	if (!s->src_port)
		return 0;
	t = reserve(m, XFRMA_ENCAP, sizeof(*t), 0);
	if (!t)
		return -ENOMEM;
	t->encap_type = s->tcp ? TCP_ENCAP_ESPINTCP : UDP_ENCAP_ESPINUDP;
	t->encap_sport = htons(s->src_port);
	t->encap_dport = htons(s->dst_port);
	return 0;
}

/* A socket that leads nowhere is handed to it: the system's list is not in every network namespace. */
bool xfrm_has_esp_in_tcp(void)
{
	static const char name[] = "espintcp";
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool is_there = fd >= 0 &&
			(setsockopt(fd, IPPROTO_TCP, TCP_ULP, name, sizeof(name) - 1) == 0 ||
			 (errno != ENOENT && errno != ENOPROTOOPT));

	if (fd >= 0)
		close(fd);
	return is_there;
}

/* What goes with a state beside its keys. */
static int put_extras(struct nl_msg *m, const struct kernel_state *s, struct xfrm_usersa_info *p)
{
	uint32_t flags = XFRM_SA_XFLAG_DONT_ENCAP_DSCP;
	bool with_in = !s->iptfs.is_on || s->direction == KDIR_IN;
	bool with_out = !s->iptfs.is_on || s->direction == KDIR_OUT;

	/* AH ends at a multiple of 32 bits in IPv4; the kernel takes 64 if it is not told (RFC 4302
	 * 3.3.3.2.1) */
	if (s->protocol == KPROTO_AH && s->dst.family == FAMILY_IPV4)
		p->flags |= XFRM_STATE_ALIGN4;
	/* a state that says its direction takes the flags of that one alone */
	if (s->decap_dscp && with_in)
		p->flags |= XFRM_STATE_DECAP_DSCP;
	if (s->nopmtudisc && with_out)
		p->flags |= XFRM_STATE_NOPMTUDISC;
	if (s->if_id && nla_put(m, XFRMA_IF_ID, sizeof(s->if_id), &s->if_id) < 0)
		return -ENOMEM;
	if (s->no_encap_dscp && with_out &&
	    nla_put(m, XFRMA_SA_EXTRA_FLAGS, sizeof(flags), &flags) < 0)
		return -ENOMEM;
	/* AH has no padding, and the kernel refuses it there */
	if (s->tfc_pad && s->protocol == KPROTO_ESP &&
	    nla_put(m, XFRMA_TFCPAD, sizeof(s->tfc_pad), &s->tfc_pad) < 0)
		return -ENOMEM;
	if (s->iptfs.is_on)
		return xfrm_put_iptfs(m, s);
	if (s->offload)
		return xfrm_put_offload(m, s->direction == KDIR_IN ? &s->dst : &s->src,
					s->direction == KDIR_IN, s->offload);
	return 0;
}

static int send_state(struct xfrm *x, const struct kernel_state *s, uint16_t type)
{
	struct xfrm_usersa_info *p;
	struct nl_msg *m = xfrm_message(type, sizeof(*p), &p);
	int err;

	if (!m)
		return -ENOMEM;
	if ((err = fill_state(s, p)) || (err = put_algorithms(m, s)) ||
	    (err = put_replay(m, s, p)) || (err = put_encap(m, s)) || (err = put_extras(m, s, p))) {
		wipe(nlmsg_data(nlmsg_hdr(m)), (size_t)nlmsg_datalen(nlmsg_hdr(m)));
		nlmsg_free(m);
		return err;
	}
	return xfrm_talk(x, m, NULL, NULL);
}

int xfrm_sa_try(struct xfrm *x, const struct kernel_state *s)
{
	int err = send_state(x, s, XFRM_MSG_NEWSA);

	if (err == 0)
		(void)send_delete(x, xfrm_proto(s->protocol), &s->dst, s->spi);
	return err;
}

/* Whether the kernel has IPComp is seen by a state that it takes, which leads nowhere. */
static int probe_comp(struct xfrm *x)
{
	struct kernel_state probe = {
		.protocol = KPROTO_COMP, .direction = KDIR_OUT, .spi = SPI_MIN, .tunnel = true
	};

	if (x->comp_err <= 0)
		return x->comp_err;
	address_parse("127.0.0.1", &probe.src);
	probe.dst = probe.src;
	x->comp_err = xfrm_sa_try(x, &probe);
	if (x->comp_err && x->comp_err != -ENOMEM)
		x->comp_err = -EPROTONOSUPPORT;
	return x->comp_err;
}

int xfrm_sa_alloc_spi(struct xfrm *x, const struct kernel_state *s, uint32_t *spi)
{
	uint32_t end = s->protocol == KPROTO_COMP ? CPI_END : UINT32_MAX;
	int err = s->protocol == KPROTO_COMP ? probe_comp(x) : 0;

	if (!err && s->iptfs.is_on)
		err = xfrm_probe_iptfs(x);
	if (err)
		return err;
	err = -EEXIST;
	for (int i = 0; i < SPI_TRIES && (err == -EEXIST || err == -ENOENT); i++) {
		struct journal_entry *entry;
		uint64_t drawn;
		bool is_new;

		if (!random_below(end - SPI_MIN, &drawn))
			return -EIO;
		*spi = (uint32_t)drawn + SPI_MIN;
		entry = note(x, s, *spi, &is_new);
		if (!entry)
			return -errno;
		err = is_new ? alloc_one(x, s, *spi) : -EEXIST;
		if (err && is_new)
			journal_remove(x->journal, entry);
	}
	return err;
}

int xfrm_sa_add(struct xfrm *x, const struct kernel_state *s)
{
	bool is_new;
	struct journal_entry *entry = note(x, s, s->spi, &is_new);
	int err = -ESRCH;

	if (!entry)
		return -errno;
	if (s->direction == KDIR_IN)
		err = send_state(x, s, XFRM_MSG_UPDSA);
	/* outbound, or the larval state has expired meanwhile */
	if (err == -ESRCH)
		err = send_state(x, s, XFRM_MSG_NEWSA);
	if (!err && s->offload && !xfrm_is_offloaded(x, s)) {
		(void)xfrm_sa_delete(x, xfrm_proto(s->protocol), &s->dst, s->spi);
		return -EINVAL;
	}
	if (err && is_new)
		journal_remove(x->journal, entry);
	else if (s->protocol == KPROTO_COMP)
		journal_set_outer(entry, s->outer, s->outer_spi);
	return err;
}

int xfrm_sa_delete(struct xfrm *x, uint8_t proto, const struct address *dst, uint32_t spi)
{
	struct journal_entry *entry;
	struct journal_name name;
	int err = send_delete(x, proto, dst, spi);

	xfrm_state_name(proto, dst, spi, &name);
	entry = journal_find(x->journal, &name);
	if (entry && (err == 0 || err == -ESRCH))
		journal_remove(x->journal, entry);
	return err;
}

struct counters {
	uint64_t *bytes, *packets;
	bool found;
};

static void read_counters(void *context, const struct nlmsghdr *h)
{
	struct counters *c = context;
	const struct xfrm_usersa_info *p = NLMSG_DATA(h);

	if (h->nlmsg_type != XFRM_MSG_NEWSA || h->nlmsg_len < NLMSG_LENGTH(sizeof(*p)))
		return;
	*c->bytes = p->curlft.bytes;
	*c->packets = p->curlft.packets;
	c->found = true;
}

int xfrm_sa_counters(struct xfrm *x, const struct kernel_state *s, uint64_t *bytes,
		     uint64_t *packets)
{
	struct counters c = { .bytes = bytes, .packets = packets };
	struct xfrm_usersa_id *p;
	struct nl_msg *m = xfrm_message(XFRM_MSG_GETSA, sizeof(*p), &p);
	int err;

	if (!m)
		return -ENOMEM;
	xfrm_address(&s->dst, &p->daddr);
	p->spi = htonl(s->spi);
	p->family = (__u16)xfrm_family(&s->dst);
	p->proto = xfrm_proto(s->protocol);
	err = xfrm_talk(x, m, read_counters, &c);
	return err == 0 && !c.found ? -ESRCH : err;
}

int xfrm_sa_adopt(struct xfrm *x, const struct kernel_state *s, uint64_t *bytes, uint64_t *packets)
{
	struct journal_entry *entry;
	bool is_new;
	int err = xfrm_sa_counters(x, s, bytes, packets);

	if (err)
		return err;
	entry = note(x, s, s->spi, &is_new);
	if (!entry)
		return -errno;
	entry->is_orphan = false;
	return 0;
}
