# shellcheck shell=sh disable=SC2154,SC2086
# SPDX-License-Identifier: Apache-2.0
# Message IDs, kept answers, tombstones (cases 8 to 15, 26 to 35).
mutant case-10-future-ids-accepted $c/demux.c \
	's/if (h->message_id != ike->expected_message_id)/if (h->message_id < ike->expected_message_id)/'
mutant case-11-bad-icv-uses-the-id $c/demux.c \
	's/^\tif (result == OPEN_DROP)$/\tif (result == OPEN_DROP \&\& slot == \&ike->theirs \&\& ++ike->expected_message_id)/'
mutant case-9-answer-not-kept $c/send.c \
	's/^\toutgoing_send(c, ike, &ike->reply, &slot->to, &slot->from, slot->natt);$/&\n\toutgoing_free(\&ike->reply);/'
mutant case-9-answer-kept-for-ever $c/send.c \
	's/ike->reply_drop_usec = c->now_usec + REPLY_KEPT_USEC;/ike->reply_drop_usec = USEC_NEVER;/'
mutant case-14-ids-wrap $c/exchange.c 's/ike->next_message_id >= LAST_MESSAGE_ID/0/'
mutant case-32-tombstone-missing $c/ike.c 's/^\ttombstone_add(c, ike);$/\t;/'
mutant case-32-tombstone-for-ever $c/tombstone.c 's/t->expires_usec <= c->now_usec/0/'
mutant case-32-tombstone-without-limit $c/tombstone.c 's/if (t->answers < ANSWERS_PER_SEC/if (1/'
mutant tombstone-answers-anything $c/tombstone.c \
	's/ || h->message_id != t->message_id)/)/;s/(h->flags & FLAG_RESPONSE)/0/'
mutant case-29-early-request-lost $c/demux.c 's/^\tif (request_hold(c, ike, e))$/\tif (0)/'
mutant case-29-early-request-of-anybody $c/held.c 's/ike->keys\.all\.data \&\& !request_is_intact(ike, e->datagram)/0/'
mutant case-29-any-number-waits $c/held.c 's/^#define WHOLE_MAX 4 /#define WHOLE_MAX 400 /'
mutant case-29-copies-wait $c/held.c 's/ || has_copy(ike, e->datagram) ||$/ ||/'
mutant case-29-turn-never-comes $c/exchange.c 's/^\tdemux_held(c, ike);$/\t;/'
mutant case-15-two-requests-at-once $c/exchange.c \
	's/^\t       !ike->request\.out\.wire\.data && (w = next_want(c, ike))) {$/\t       (w = next_want(c, ike))) {/'
mutant case-27-older-variant-again $c/send.c \
	'/^bool send_plain_request/,/^}/s/^\toutgoing_free(&ike->request\.out);$/\tif (ike->request.out.wire.data) {\n\t\tcore_send(c, \&ike->local, \&ike->remote, ike->natt, message);\n\t\treturn true;\n\t}/'
mutant case-31-copy-of-a-response-taken $c/demux.c 's/^\tif (ike->ours\.row)$/\tif (0)/'
mutant case-34-errors-left-in-the-queue src/pluto/io/udp_errors.c 's/for (int i = 0; i < AT_ONCE \&\& /for (int i = 0; i < 0 \&\& /'
mutant case-34-errors-not-told src/pluto/io/udp_errors.c 's/^\t\tlog_error(&e, &to, local);$/\t\t;/'
mutant case-35-answer-sent-twice $c/send.c \
	's/^\toutgoing_send(c, ike, &ike->reply, &slot->to, &slot->from, slot->natt);$/&\n&/'
mutant case-12-48-kept-answer-for-anybody $c/demux.c 's/^\t\tif (may_ask_again(ike, e))$/\t\tif (true)/'
mutant case-12-peer-that-moved-not-answered $c/demux.c 's/(ike->keys.all.data \&\& request_is_intact(ike, e->datagram))/false/'
