/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NAT detection's arithmetic and its consequences for IKE and child SAs. Pure; the notifies are put
 * and taken in exchanges/nat.c, moves of a path are core/path.c's.
 */
#include "sa/nat.h"

#include "base/writer.h"
#include "crypto/prf.h"

bool nat_hash(uint64_t spi_i, uint64_t spi_r, const struct endpoint *e, uint8_t out[NAT_HASH_LEN])
{
	uint8_t text[8 + 8 + 16 + 2];
	struct writer w = writer_over(text, sizeof(text));
	struct slice whole;

	writer_u64(&w, spi_i);
	writer_u64(&w, spi_r);
	writer_put(&w, address_slice(&e->address));
	writer_u16(&w, e->port);
	whole = writer_slice(&w);
	return digest_sha1(&whole, 1, out);
}

bool nat_is_supported(const struct ike_sa *ike)
{
	const uint32_t both = FEATURE_NAT_SOURCE | FEATURE_NAT_DESTINATION;

	return (ike->peer_features & both) == both &&
	       ike->connection->def->config.encapsulation != ENCAP_NO;
}

bool nat_is_detected(const struct ike_sa *ike)
{
	return nat_is_supported(ike) && (ike->nat_here || ike->nat_there);
}

bool nat_encapsulates(const struct ike_sa *ike)
{
	return nat_is_detected(ike) || (nat_is_supported(ike) && ike->natt &&
					ike->connection->def->config.encapsulation == ENCAP_YES);
}

struct kernel_path nat_child_path(const struct ike_sa *ike)
{
	bool encapsulates = nat_encapsulates(ike) || ike->remote.tcp;

	return (struct kernel_path){ .src = ike->local.address,
				     .dst = ike->remote.address,
				     .src_port = encapsulates ? ike->local.port : 0,
				     .dst_port = encapsulates ? ike->remote.port : 0 };
}

void nat_set_child_path(const struct ike_sa *ike, struct child_sa *child)
{
	struct kernel_path path = nat_child_path(ike);

	child->local = path.src;
	child->remote = path.dst;
	child->local_port = path.src_port;
	child->remote_port = path.dst_port;
	child->is_in_tcp = ike->remote.tcp;
}
