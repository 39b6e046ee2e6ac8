/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario.h"
bool chaos_run(uint64_t seed, bool verbose, char *why, size_t size, uint64_t *digest)
{
	(void)seed; (void)verbose; (void)why; (void)size; *digest = 0;
	return true;
}
