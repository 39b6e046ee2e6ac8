/* SPDX-License-Identifier: Apache-2.0 */
/* Soft lifetimes. Pure; called when an IKE SA or a child is established. */
#include "sa/lifetime.h"

#define STEPS 1024

uint64_t lifetime_soft_usec(uint64_t lifetime_usec, const struct conn_config *config,
			    bool is_initiator, uint64_t random)
{
	uint64_t percent = config->rekey_fuzz_percent * (random % (STEPS + 1)) / STEPS;
	uint64_t margin = config->rekey_margin_usec + config->rekey_margin_usec * percent / 100;

	if (!is_initiator)
		margin /= 2;
	if (margin > lifetime_usec / 2)
		margin = lifetime_usec / 2;
	return lifetime_usec - margin;
}

uint64_t lifetime_soft_count(uint64_t limit, const struct conn_config *config, bool is_initiator,
			     uint64_t random)
{
	uint64_t least = is_initiator ? 700 : 820, per_mille = least + random % 101;

	if (!config->rekey)
		return limit;
	/* in this order a limit of any size fits, and a small one is not rounded away */
	return limit < 1000000 ? limit * per_mille / 1000 : limit / 1000 * per_mille;
}
