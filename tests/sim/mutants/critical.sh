# shellcheck shell=sh disable=SC2154,SC2086
# SPDX-License-Identifier: Apache-2.0
# Unknown and critical payloads and notifies, Deletes (cases 66 to 72, 149, 150).
mutant case-66-critical-not-answered $c/demux.c 's/^\tif (type) {$/\tif (0) {/'
mutant case-66-critical-closes-the-sa $c/demux.c \
	's/^\t\t\tsend_error_reply(c, ike, m, N_UNSUPPORTED_CRITICAL_PAYLOAD,$/\t\t\t*reason = "critical", &/'
mutant case-67-critical-in-init-makes-state $c/demux.c 's/^\tif (m\.critical_unknown) {$/\tif (0) {/'
mutant case-69-critical-known-payload src/pluto/wire/message.c 's/^\t\tif (!is_known(type)) {$/\t\tif (critical || !is_known(type)) {/'
mutant case-149-delete-of-the-wrong-end $x/informational.c \
	's/child = ike_child_by_spi_in(ike, spi_at(d, i));/;/'
mutant case-148-150-delete-ike-loses-to-esp $x/informational.c 's/^\t\t\twhole = true;$/\t\t\twhole = r->m->delete_count == 1;/'
mutant case-68-critical-answer-leaves-the-child $c/demux.c \
	'/^bool slot_check/,/^}/s/^\t\t\treturn true;$/\t\t\treturn false;/'
mutant case-68-critical-answer-makes-an-ike-sa $x/rekey_ike_sa.c \
	's/^\tif (r->m->critical_unknown)$/\tif (0)/'
mutant case-70-unknown-error-is-none src/pluto/wire/message.c 's/if (m->notifies\[i\]\.type < N_FIRST_STATUS)/if (m->notifies[i].type < 60)/'
mutant case-71-long-spi-of-a-notify src/pluto/wire/payload_parse.c 's/!cursor_take(c, "notify SPI"/spi_len > 16 || &/'
mutant case-72-fewer-payloads src/pluto/wire/message.h 's/^#define MESSAGE_MAX_PAYLOADS 64/#define MESSAGE_MAX_PAYLOADS 50/'
mutant case-126-named-twice $x/informational.c 's/if (child->phase != CHILD_DELETING && count < MAX_DELETED)/if (count < MAX_DELETED)/'
mutant case-127-unknown-child-named $x/informational.c \
	's/^\t\t\tremember_gone(&ike->ours\.scratch, spi_at(d, i));$/&\n\t\t\tours[count++] = spi_at(d, i);/'
mutant case-68-informational-answer $x/informational.c 's/^\t\tr->m->notify_count = 0;$/\t\t;/'
