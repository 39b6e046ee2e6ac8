/* SPDX-License-Identifier: Apache-2.0 */
/* Private to ctl's renderers of classic lines. */
#ifndef CTL_RENDER_CLASSIC_H
#define CTL_RENDER_CLASSIC_H

#include "ctl/render.h"

/* A field between two texts; nothing when it is not there. */
void render_pair(struct text *out, const char *before, const struct ctl_message *m, uint16_t field,
		 const char *after);

/* render_credential.c */
void render_cert(const struct ctl_message *m, struct text *out);
void render_pubkey(const struct ctl_message *m, struct text *out);
void render_crl(const struct ctl_message *m, struct text *out);
void render_psk(const struct ctl_message *m, struct text *out);

/* render_news.c */
void render_event(const struct ctl_message *m, struct text *out);
void render_failure(const struct ctl_message *m, struct text *out);
void render_what_if(const struct ctl_message *m, struct text *out);
void render_by_table(const struct ctl_message *m, const struct record_row *row, struct text *out);

#endif
