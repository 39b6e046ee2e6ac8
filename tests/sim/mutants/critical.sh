# shellcheck shell=sh disable=SC2154,SC2086
# SPDX-License-Identifier: Apache-2.0
# Unknown and critical payloads and notifies, Deletes (cases 66 to 72, 149, 150).
mutant case-66-critical-not-answered $c/demux.c 's/^\tif (type) {$/\tif (0) {/'
mutant case-66-critical-closes-the-sa $c/demux.c \
	's/^\t\t\tsend_error_reply(c, ike, m, N_UNSUPPORTED_CRITICAL_PAYLOAD,$/\t\t\t*reason = "critical", &/'
mutant case-67-critical-in-init-makes-state $c/demux.c 's/^\tif (m\.critical_unknown) {$/\tif (0) {/'
mutant case-69-critical-known-payload src/pluto/wire/message.c 's/^\t\tif (!is_known(type)) {$/\t\tif (critical || !is_known(type)) {/'
mutant case-149-delete-of-the-wrong-end $x/informational.c \
	's/child = ike_child_by_spi_in(r->ike, spi_at(d, i));/;/'
mutant case-148-150-delete-ike-loses-to-esp $x/informational.c 's/^\t\t\twhole = true;$/\t\t\twhole = r->m->delete_count == 1;/'
