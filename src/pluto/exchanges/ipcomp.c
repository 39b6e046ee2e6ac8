/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IPComp (RFC 7296 2.22): each end names the CPI it wants compressed packets with (RFC 3173 3.3), in
 * each exchange that makes a child, a rekeyed one too. DEFLATE alone: nobody has the others. It is
 * never more than a wish: without it the child is made all the same.
 */
#include "exchanges/ipcomp.h"

#include "ctl/codes.h"

#define IPCOMP_DEFLATE 2
#define CPI_MIN 256u /* below are well-known numbers (RFC 3173 3.3), above are private ones */
#define CPI_MAX 61439u

void ipcomp_put(struct builder *b, const struct child_sa *child, bool is_answer)
{
	uint8_t data[3] = { (uint8_t)(child->cpi_in >> 8), (uint8_t)child->cpi_in, IPCOMP_DEFLATE };

	if (is_answer ? child_is_compressed(child) : child->cpi_in != 0)
		builder_notify(b, PROTOCOL_NONE, SLICE_EMPTY, N_IPCOMP_SUPPORTED, SLICE_OF(data));
}

/* The CPI of the first DEFLATE among the peer's notifies; 0: there is none. */
static uint16_t peer_cpi(const struct message *m)
{
	for (uint16_t i = 0; i < m->notify_count; i++) {
		const struct notify *n = &m->notifies[i];
		uint32_t cpi;

		if (n->type != N_IPCOMP_SUPPORTED || n->data.len != 3 ||
		    n->data.data[2] != IPCOMP_DEFLATE)
			continue;
		cpi = (uint32_t)n->data.data[0] << 8 | n->data.data[1];
		if (cpi >= CPI_MIN && cpi <= CPI_MAX)
			return (uint16_t)cpi;
	}
	return 0;
}

/* Two states under one CPI and address cannot be: clients behind one NAT do not know of each other's. */
static bool is_used(struct core *c, const struct child_sa *child)
{
	const struct child_sa *other;
	struct ike_sa *ike;

	list_each (ike, &c->ike_sas, struct ike_sa, node)
		list_each (other, &ike->children, struct child_sa, node)
			if (other != child && other->cpi_out == child->cpi_out &&
			    address_eq(&other->remote, &child->remote))
				return true;
	return false;
}

void ipcomp_take_offer(struct run *r, struct child_sa *child)
{
	child->may_compress = false;
	if (!message_notify(r->m, N_IPCOMP_SUPPORTED))
		return;
	if (!child_may_compress(child)) {
		sa_log(r->core, r->ike, child, LOG_LEVEL_INFO, LINE_LOG,
		       child->connection->def->config.compress
			       ? "no IPComp: the selectors are of another family than the path"
			       : "the peer offers IPComp, which is not wanted (--compress)");
		return;
	}
	child->cpi_out = peer_cpi(r->m);
	if (!child->cpi_out) {
		sa_log(r->core, r->ike, child, LOG_LEVEL_INFO, LINE_LOG,
		       "no IPComp: the peer does not offer DEFLATE with a valid CPI");
	} else if (is_used(r->core, child)) {
		sa_log(r->core, r->ike, child, LOG_LEVEL_INFO, LINE_LOG,
		       "no IPComp: another child has the peer's CPI 0x%04x at that address",
		       child->cpi_out);
		child->cpi_out = 0;
	}
	child->may_compress = child->cpi_out != 0;
}

bool ipcomp_take_answer(struct run *r, struct child_sa *child, struct text *why)
{
	struct kernel_batch batch;

	if (message_notify(r->m, N_IPCOMP_SUPPORTED)) {
		child->cpi_out = child->cpi_in ? peer_cpi(r->m) : 0;
		if (child->cpi_out && is_used(r->core, child)) {
			text_put(why, "its CPI is in use already");
			child->cpi_out = 0;
			return false;
		}
		if (!child->cpi_out)
			text_put(why, child->cpi_in ? "its IPComp is not DEFLATE with a valid CPI"
						    : "it answers with IPComp");
		return child->cpi_out != 0;
	}
	if (!child->cpi_in)
		return true;
	sa_log(r->core, r->ike, child, LOG_LEVEL_INFO, LINE_LOG,
	       "the peer does not take IPComp: nothing is compressed");
	child_batch_drop_cpi(child, &batch);
	child->cpi_in = 0;
	core_kernel(r->core, 0, 0, &batch);
	return true;
}

void ipcomp_take_cpi(struct run *r, struct child_sa *child)
{
	if (!child->may_compress || r->batch->count < 2)
		return;
	child->cpi_in = (uint16_t)r->batch->ops[1].spi;
	if (!child->cpi_in)
		sa_log(r->core, r->ike, child, LOG_LEVEL_WARNING, LINE_LOG,
		       "no IPComp, nothing is compressed: %s", r->batch->failed_text);
}
