/* SPDX-License-Identifier: Apache-2.0 */
/* A state file from anybody who has not the key: none of its records is ever taken. */
#include <stdlib.h>
#include <string.h>

#include "crypto/algs.h"
#include "io/state_file.h"
#include "io/state_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t master[STATE_KEY_LEN] = { 7 };
	static bool is_ready;
	uint8_t boot_id[STATE_BOOT_ID_LEN] = "0123456789abcde";
	uint8_t *copy = malloc(size + 1);
	struct secret entries;
	struct error e = { 0 };

	if (!copy || (!is_ready && !crypto_self_test(&e)))
		abort();
	is_ready = true;
	memcpy(copy, data, size);
	if (state_records(copy, size, master, boot_id, &entries, &e) && entries.len)
		abort();
	secret_free(&entries);
	free(copy);
	return 0;
}
