/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of words separated by spaces: see ctl/words.h. The verb table, the keyword table and the
 * client's own options are searched through here.
 */
#include "ctl/words.h"

#include <string.h>

bool words_next(const char **list, struct slice *out)
{
	*list += strspn(*list, " ");
	*out = slice(*list, strcspn(*list, " "));
	*list += out->len;
	return out->len > 0;
}

bool words_have(const char *list, const char *word)
{
	struct slice want = slice_str(word);
	struct slice have;

	while (words_next(&list, &have))
		if (slice_eq(have, want))
			return true;
	return false;
}
