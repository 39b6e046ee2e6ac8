# shellcheck shell=sh disable=SC2154,SC2086
# SPDX-License-Identifier: Apache-2.0
# IPComp within a child (RFC 7296 2.22).
mutant ipcomp-offered-unwanted src/pluto/sa/child_sa.c \
	's/return child->connection->def->config.compress;/return true;/'
mutant ipcomp-across-families src/pluto/sa/child_sa.c \
	's/if (child->ts_local.items\[i\].range.start.family != child->local.family)/if (0)/'
mutant ipcomp-never-answered $x/ipcomp.c \
	's/is_answer ? child_is_compressed(child) : /is_answer ? false : /'
mutant ipcomp-any-number-is-a-cpi $x/ipcomp.c 's/if (cpi >= CPI_MIN \&\& cpi <= CPI_MAX)/if (1)/'
mutant ipcomp-cpi-kept-though-refused $x/ipcomp.c 's/^\tcore_kernel(r->core, 0, 0, &batch);$/\tkernel_batch_free(\&batch);/'
mutant ipcomp-state-left-inbound src/pluto/sa/install.c \
	's/if (inbound ? child->cpi_in != 0 : child_is_compressed(child))/if (!inbound \&\& child_is_compressed(child))/'
mutant ipcomp-state-left-outbound src/pluto/sa/install.c \
	's/if (inbound ? child->cpi_in != 0 : child_is_compressed(child))/if (inbound \&\& child->cpi_in)/'
mutant ipcomp-missing-in-policy src/pluto/sa/install.c \
	's/p->compress = child_is_compressed(child);/p->compress = false;/'
mutant ipcomp-outer-state-a-tunnel-too src/pluto/sa/install.c \
	's/s->tunnel = child->is_tunnel \&\& !child_is_compressed(child);/s->tunnel = child->is_tunnel;/'
mutant ipcomp-spi-for-cpi src/pluto/sa/install.c \
	's/s->spi = inbound ? child->cpi_in : child->cpi_out;/s->spi = inbound ? child->cpi_out : child->cpi_in;/'
mutant ipcomp-stays-behind-when-moved src/pluto/sa/install.c \
	's/^\trenew_comp(child, &old, false, b);$//'
mutant ipcomp-old-state-stays-when-moved src/pluto/sa/install.c \
	's/^\trenew_comp(child, &old, true, b);$//'
mutant ipcomp-beside-one-of-the-same-name src/pluto/sa/install.c 's/^\t\tif (is_over == is_beside(child, old, inbound))$/\t\tif (is_over)/'
mutant case-64-cpi-of-another-peer $x/ipcomp.c 's/^\t} else if (is_used(r->core, child)) {$/\t} else if (false) {/'
