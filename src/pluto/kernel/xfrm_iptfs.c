/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IP-TFS in the kernel (Linux 6.14): a mode of its own, whose states say in which direction they are.
 * The attributes are younger than the headers that this is built with.
 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include <netlink/attr.h>
#include <netlink/msg.h>

#include "kernel/xfrm.h"

enum {
	ATTRIBUTE_SA_DIR = 33,
	ATTRIBUTE_DROP_TIME = 36,
	ATTRIBUTE_REORDER_WINDOW = 37,
	ATTRIBUTE_DONT_FRAG = 38,
	ATTRIBUTE_INIT_DELAY = 39,
	ATTRIBUTE_MAX_QSIZE = 40,
	ATTRIBUTE_PKT_SIZE = 41,
};
#define DIR_IN 1
#define DIR_OUT 2

int xfrm_put_direction(struct nl_msg *m, const struct kernel_state *s)
{
	uint8_t dir = s->direction == KDIR_IN ? DIR_IN : DIR_OUT;

	return nla_put(m, ATTRIBUTE_SA_DIR, sizeof(dir), &dir) < 0 ? -ENOMEM : 0;
}

int xfrm_put_iptfs(struct nl_msg *m, const struct kernel_state *s)
{
	const struct kernel_iptfs *t = &s->iptfs;

	if (xfrm_put_direction(m, s) < 0)
		return -ENOMEM;
	if (s->direction == KDIR_IN)
		return nla_put_u32(m, ATTRIBUTE_DROP_TIME, t->drop_time_usec) < 0 ||
				       nla_put_u16(m, ATTRIBUTE_REORDER_WINDOW, t->reorder_window) <
					       0
			       ? -ENOMEM
			       : 0;
	return nla_put_u32(m, ATTRIBUTE_INIT_DELAY, t->init_delay_usec) < 0 ||
			       nla_put_u32(m, ATTRIBUTE_MAX_QSIZE, t->max_queue) < 0 ||
			       nla_put_u32(m, ATTRIBUTE_PKT_SIZE, t->packet_size) < 0 ||
			       (t->no_fragments && nla_put_flag(m, ATTRIBUTE_DONT_FRAG) < 0)
		       ? -ENOMEM
		       : 0;
}

/* A state that leads nowhere, with a key that protects nothing. */
int xfrm_probe_iptfs(struct xfrm *x)
{
	struct kernel_state probe = { .protocol = KPROTO_ESP,
				      .direction = KDIR_OUT,
				      .spi = 256,
				      .tunnel = true,
				      .iptfs.is_on = true,
				      .encr = alg_find(TRANSFORM_ENCR, ENCR_AES_GCM_16),
				      .encr_key_len = 20 };

	if (x->iptfs_err <= 0)
		return x->iptfs_err;
	address_parse("127.0.0.1", &probe.src);
	probe.dst = probe.src;
	x->iptfs_err = xfrm_sa_try(x, &probe);
	if (x->iptfs_err && x->iptfs_err != -ENOMEM)
		x->iptfs_err = -EPFNOSUPPORT;
	return x->iptfs_err;
}
