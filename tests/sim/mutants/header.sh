# shellcheck shell=sh disable=SC2154,SC2086
# SPDX-License-Identifier: Apache-2.0
# Headers and payloads (cases 1 to 6, 16 to 25).
mutant case-2-length-beyond-datagram src/pluto/wire/message.c \
	's/h->length <= datagram\.len/1/'
mutant case-2-trailer-refused src/pluto/wire/message.c \
	's/h->length <= datagram\.len/h->length == datagram.len/'
mutant case-3-major-answered-as-response $c/demux.c \
	's/^\t\tif (!(h\.flags & FLAG_RESPONSE) && plain_budget(c))$/\t\tif (plain_budget(c))/'
mutant case-3-major-not-answered $c/demux.c \
	's/send_plain_notify(c, e, &h, N_INVALID_MAJOR_VERSION, SLICE_EMPTY);/;/'
mutant case-4-init-spis-not-looked-at $c/demux.c \
	's/if (h->spi_i == 0 || h->spi_r != 0 || h->message_id != 0 ||/if (0 \&\&/'
mutant case-17-no-limit-of-payloads src/pluto/wire/message.c \
	's/if (++count > MESSAGE_MAX_PAYLOADS)/if (++count > 1000)/'
mutant case-18-outer-payloads-trusted src/pluto/wire/message.c \
	's/^\t\*m = (struct message){ \.header = outer\.header,$/\t*m = (struct message){ .deletes = outer.deletes, .delete_count = outer.delete_count, .header = outer.header,/'
mutant case-16-bytes-after-the-last-payload src/pluto/wire/message.c \
	's/^\tif (cursor_left(c) > 0)$/\tif (0)/'
mutant case-16-syntax-error-keeps-the-sa $c/demux.c \
	's/^\t\t\*reason = m->error;$/\t\t*reason = NULL;/'
mutant case-22-auth-on-an-established-sa $c/demux.c \
	's/h->exchange == EXCHANGE_IKE_AUTH))$/0))/'
mutant case-23-unknown-exchange-unanswered $c/demux.c \
	's/^\tif (!row \&\& ike->phase != IKE_ESTABLISHED)$/\tif (!row)/'
mutant case-25-nonce-of-any-length $c/cookie.c \
	's/return g->nonce\.len >= NONCE_MIN_LEN \&\& g->nonce\.len <= NONCE_MAX_LEN;/return g->nonce.len > 0;/;s/^static bool is_wanted/&/'
mutant case-1-short-header-read src/pluto/wire/message.c \
	's/return cursor_ok(&c) \&\& h->length >= IKE_HEADER_LEN/return !cursor_ok(\&c) || h->length >= IKE_HEADER_LEN/'
mutant case-5-either-spi-will-do $c/demux.c \
	's/ike_by_spi(c, from_initiator ? h->spi_r : h->spi_i);$/ike_by_spi(c, ike_by_spi(c, h->spi_i) ? h->spi_i : h->spi_r);/;s/if (ike->is_initiator == from_initiator || !spis_fit(ike, h))/if (0)/'
mutant case-6-answer-to-a-response $c/demux.c \
	's/^\tif (!(h->flags & FLAG_RESPONSE) \&\& plain_budget(c))$/\tif (plain_budget(c))/'
mutant case-3-plain-answers-without-limit $c/demux.c 's/^\treturn c->plain_sent++ < PLAIN_PER_SEC;$/\treturn true;/'
mutant case-19-reserved-bits-are-the-critical-bit src/pluto/wire/message.c 's/\*critical = flags & 0x80;/*critical = flags;/'
mutant case-20-singletons-twice src/pluto/wire/payload_parse.c 's/if (parsers\[i\]\.once && /if (0 \&\& /'
mutant case-24-another-nonce-is-the-same $c/demux.c \
	's/^\t\t    memcmp(digest, ike->init_digest, sizeof(digest)) != 0)$/\t\t    0)/'
mutant case-28-init-not-known-again $c/demux.c 's/^\tif (is_known_init(c, e, h))$/\tif (0)/'
