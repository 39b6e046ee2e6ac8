/* SPDX-License-Identifier: Apache-2.0 */
#include "conn/session.h"

#include <stdlib.h>

void session_free(struct session *s)
{
	if (!s)
		return;
	secret_free(&s->sk_d);
	identity_free(&s->id_i);
	identity_free(&s->id_r);
	bytes_free(&s->ticket);
	free(s->peer_ca);
	wipe(s->digest_key, sizeof(s->digest_key));
	free(s);
}
