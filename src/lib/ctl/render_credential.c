/* SPDX-License-Identifier: Apache-2.0 */
/* Keys, certificates and CRLs as lines for people, times in UTC: whack --listcerts and the like. */
#include "render_classic.h"

#include <time.h>

static void put_time(struct text *out, const struct ctl_message *m, uint16_t field,
		     const char *before)
{
	time_t t = (time_t)record_u64(m, field, 0);
	char when[40];
	struct tm tm;

	if (t && gmtime_r(&t, &tm) && strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S UTC", &tm))
		text_add(out, "%s%s", before, when);
}

static void put_validity(struct text *out, const struct ctl_message *m, const char *from,
			 const char *until)
{
	text_put(out, "000        ");
	put_time(out, m, CREDENTIAL_FROM, from);
	put_time(out, m, CREDENTIAL_UNTIL, until);
	render_pair(out, " (", m, CREDENTIAL_STATE, ")");
	text_put(out, "\n");
}

static void put_private(struct text *out, const struct ctl_message *m)
{
	render_pair(out, " ckaid: ", m, CREDENTIAL_CKAID, "");
	if (record_bool(m, CREDENTIAL_PRIVATE))
		text_put(out, ", has private key");
}

void render_cert(const struct ctl_message *m, struct text *out)
{
	render_pair(out, "000 \"", m, CREDENTIAL_NAME, "\"\n");
	render_pair(out, "000        subject: ", m, CREDENTIAL_SUBJECT, "\n");
	render_pair(out, "000        issuer: ", m, CREDENTIAL_ISSUER, "\n");
	render_pair(out, "000        serial: ", m, CREDENTIAL_SERIAL, "\n");
	put_validity(out, m, "not before: ", ", not after: ");
	render_pair(out, "000        ", m, CREDENTIAL_KEY, "");
	put_private(out, m);
	text_put(out, "\n");
}

void render_pubkey(const struct ctl_message *m, struct text *out)
{
	render_pair(out, "000 ", m, CREDENTIAL_KEY, "");
	render_pair(out, " ", m, CREDENTIAL_NAME, "");
	put_private(out, m);
	render_pair(out, ", ", m, CREDENTIAL_STATE, "");
	put_time(out, m, CREDENTIAL_UNTIL, " until ");
	text_put(out, "\n");
}

void render_crl(const struct ctl_message *m, struct text *out)
{
	render_pair(out, "000 issuer: ", m, CREDENTIAL_ISSUER, "\n");
	render_pair(out, "000        from: ", m, CREDENTIAL_NAME, "");
	text_add(out, ", revoked certificates: %llu\n",
		 (unsigned long long)record_u64(m, CREDENTIAL_REVOKED, 0));
	put_validity(out, m, "this update: ", ", next update: ");
}

void render_psk(const struct ctl_message *m, struct text *out)
{
	render_pair(out, "000 PSK ", m, CREDENTIAL_SUBJECT, "");
	render_pair(out, " in ", m, CREDENTIAL_NAME, "\n");
}
