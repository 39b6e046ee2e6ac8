# shellcheck shell=sh disable=SC2154,SC2086
# SPDX-License-Identifier: Apache-2.0
# Cookies, half-open limits, penalties, answers that do not grow (cases 36 to 51, 193).
mutant case-36-cookie-asked-always $c/cookie.c 's/^\treturn c->half_open >= c->settings\.cookie_threshold ||/\treturn 1 ||/'
mutant case-37-cookie-threshold-ignored $c/cookie.c 's/^\treturn c->half_open >= c->settings\.cookie_threshold ||/\treturn/'
mutant case-37-cookie-source-ignored $c/cookie.c \
	's/half_open_of_source(c, source) >= c->settings\.cookie_per_source;/0;/'
mutant case-39-cookie-not-checked $c/cookie.c 's/^\t       slice_eq_ct(cookie, SLICE_OF(expect));/\t       1;/'
mutant case-40-cookie-one-secret $c/cookie.c 's/c->cookie_version - version > 1)/c->cookie_version != version)/'
mutant case-42-cookie-rounds-without-end $x/ike_sa_init.c '0,/init_rounds >= MAX_ROUNDS/s//init_rounds >= 200/'
mutant case-37-ddos-mode-ignored $c/cookie.c 's/^\tif (c->ddos_mode != DDOS_AUTO)$/\tif (0)/'
mutant case-45-half-open-without-cap $c/demux.c 's/^\t\thalf_open_make_room(c);$/\t\t;/'
mutant case-45-half-open-newest-evicted $c/half_open.c \
	's/list_append(&c->half_opens, &ike->half_open_node);/list_append(c->half_opens.next, \&ike->half_open_node);/'
mutant case-49-penalty-forgotten $c/ike.c 's/^\t\tpenalty_note(c, &ike->remote\.address);$/\t\t;/'
mutant case-49-penalty-for-everybody $c/half_open.c \
	's/return s \&\& s->blocked_until_usec > c->now_usec;/return c->offender_count > 0;/'
mutant case-49-penalty-too-soon $c/half_open.c 's/^#define FAILURES_MAX 20$/#define FAILURES_MAX 19/'
mutant case-49-penalty-for-ever $c/half_open.c \
	's/s->blocked_until_usec = c->now_usec + s->penalty_usec;/s->blocked_until_usec = USEC_NEVER;/'
mutant case-48-answer-may-grow $c/guard.h 's/return answer_len \* 2 <= request_len \* 3;/return 1;/'
mutant case-193-peer-lines-without-limit $c/report.c 's/c->peer_lines < PEER_LINES_PER_SEC/1/'
mutant case-7-token-for-a-living-sa $c/qcd.c 's/bool lives = ike_by_spi(c, h->spi_i) || ike_by_spi(c, h->spi_r);/bool lives = false;/'
mutant case-7-164-token-not-compared $c/qcd.c 's/if (slice_eq_ct(n->data, bytes_slice(&ike->peer_token)))/if (n->data.len == 0)/'
mutant case-146-contact-from-anybody $c/unique.c \
	's/other->established_usec <= ike->created_usec/1/'
mutant case-146-162-contact-ignored $c/unique.c 's/^\tif (ike->peer_features & FEATURE_INITIAL_CONTACT) {$/\tif (0) {/'
mutant case-147-uniqueids-keep-lets-in $c/unique.c 's/c->settings\.uniqueids != UNIQUE_KEEP ||/1 ||/'
mutant case-147-uniqueids-does-not-replace $c/unique.c 's/if (c->settings\.uniqueids != UNIQUE_REPLACE)/if (1)/'
mutant case-146-147-uniqueids-never-follows-contact $c/unique.c 's/c->settings\.uniqueids == UNIQUE_NEVER ||/0 ||/'
mutant case-43-variants-forgotten $x/ike_sa_init.c 's/^\ttake_variant(r, ike->suite\.ke);$/\t;/'
mutant case-43-message-of-the-newest $x/ike_sa_init.c \
	's/^\tr->ike->first_message = v->message;$/\tr->ike->first_message = (struct bytes){ 0 };\n\tbytes_copy(bytes_slice(\&r->ike->request.out.wire), \&r->ike->first_message);\n\tbytes_free(\&v->message);/'
mutant case-43-cookie-never-doubted $c/intent.c 's/^\tif (conn->doubts_cookies || !ike->cookie\.data || .*$/\tif (1 ||/'
mutant case-43-cookie-at-once-all-the-same $x/ike_sa_init.c 's/^\tif (r->ike->connection->doubts_cookies) {$/\tif (0) {/'
mutant case-43-doubted-for-ever $c/intent.c 's/^\tif (conn->doubts_cookies || !ike->cookie/\tif (!ike->cookie/'
mutant case-43-cookie-of-a-phase-that-is-over $c/ike.c 's/ike->cookie_waits \&\& ike->phase == IKE_STARTING/ike->cookie_waits/'
mutant case-38-good-cookie-is-no-proof $c/cookie.c 's/if (g\.cookie\.data && is_good(/if (0 \&\& is_good(/'
mutant case-41-empty-cookie-taken $x/ike_sa_init.c 's/^\tif (n->data\.len == 0 || n->data\.len > 64 ||$/\tif (n->data.len > 64 ||/'
mutant case-44-cookie-lost-with-the-group $x/ike_sa_init.c 's/^\tif (!keep_variant(r))$/\tbytes_free(\&r->ike->cookie);\n&/'
mutant case-47-shared-secret-at-once $x/all.c 's/ke_generated_step, init_reply_step },/ke_generated_step, derive_shared_step, init_reply_step },/'
mutant case-50-70-unknown-notify-is-a-fault src/pluto/wire/payload_parse.c \
	's/^\tif (m->notify_count < MESSAGE_MAX_NOTIFIES)$/\tif (!name_find(\&notify_names, one.type))\n\t\treturn cursor_fail(c, "notify type");\n&/'
mutant case-52-other-group-not-tried $x/ike_sa_init.c 's/^\treturn exchange_jump(r, &start_ike_sa_init);$/\treturn STEP_DROP;/'
mutant case-194-idle-streams-stay src/pluto/io/tcp.c 's/t->link_count < t->most || make_room(t)/t->link_count < t->most/'
mutant case-194-known-streams-go src/pluto/io/tcp.c 's/l->is_ours || (l->owner \&\& t->needed(t->context, l->owner)))/l->is_ours)/'
mutant case-194-no-descriptor-for-a-stream src/pluto/io/tcp.c 's/^\tif (make_room(t) \&\& (fd = accept_one/\tif (false \&\& (fd = accept_one/'
mutant case-38-cookie-for-any-address $c/cookie.c \
	'/^static bool is_good/,/^}/s/cookie_make(c, version, h->spi_i, nonce, source, expect)/cookie_make(c, version, h->spi_i, nonce, \&(struct address){ .family = FAMILY_IPV4, .bytes = { 192, 0, 2, source->bytes[3] \& 0xfe } }, expect)/'
mutant case-38-cookie-without-the-spi $c/cookie.c 's/^\twriter_u64(&s, spi_i);$/\twriter_u64(\&s, spi_i \& ~1ull);/'
mutant case-38-cookie-without-the-nonce $c/cookie.c 's/^\tparts\[0\] = nonce;$/\tparts[0] = slice(nonce.data + 1, nonce.len - 1);/'
mutant case-37-each-address-is-a-source $c/half_open.c '/^static struct address source_key/,/^}/s/memset(.*$/;/'
mutant case-46-no-limit $c/demux.c 's/^#define MAX_BAD_AUTHS 8$/#define MAX_BAD_AUTHS 200/'
mutant case-46-limit-too-small $c/demux.c 's/^#define MAX_BAD_AUTHS 8$/#define MAX_BAD_AUTHS 7/'
mutant case-41-long-cookie-taken $x/ike_sa_init.c '/^static enum step answer_cookie/,/^}/s/n->data\.len > 64/n->data.len > 300/'
mutant case-41-longest-cookie-refused $x/ike_sa_init.c '/^static enum step answer_cookie/,/^}/s/n->data\.len > 64/n->data.len > 63/'
mutant case-41-cookie-beside-others-taken $x/ike_sa_init.c \
	'/^static enum step answer_cookie/,/^}/s/(r->m->have & ~PAYLOAD_BIT(PAYLOAD_NOTIFY) & ~PAYLOAD_BIT(PAYLOAD_VENDOR))/0/'
mutant case-25-own-nonce-taken-back $x/ike_sa_init.c 's/^\tif (slice_eq(m->nonce, bytes_slice(&ike->nonce)))$/\tif (0)/'
mutant case-25-own-nonce-taken-back-for-a-child $x/create_child_sa.c 's/^\tif (slice_eq(r->m->nonce, bytes_slice(&s->ni)))$/\tif (0)/'
mutant case-25-short-nonce-of-ours $x/ike_sa_init.c 's/^#define NONCE_LEN 32$/#define NONCE_LEN 16/'
mutant case-52-new-nonce-with-another-group $x/ike_sa_init.c \
	's/^\tif (!r->ike->nonce\.data && !make_nonce(&r->ike->nonce))$/\tbytes_free(\&r->ike->nonce);\n&/'
mutant case-57-zero-secret-used src/lib/crypto/ke.c \
	'/^static enum verdict derive/,/^}/s/^\t\treturn VERDICT_BAD;$/\t\treturn memset(out->data, 0, out->len), VERDICT_OK;/;s/^\treturn is_zero(out) ? VERDICT_BAD : VERDICT_OK;$/\treturn VERDICT_OK;/'
