# shellcheck shell=sh disable=SC2154,SC2086
# SPDX-License-Identifier: Apache-2.0
# IP-TFS of a child (RFC 9347).
mutant iptfs-without-the-initiator $x/iptfs.c \
	's/child->iptfs = n \&\& is_wanted \&\& take(child, n);/child->iptfs = is_wanted;/'
mutant iptfs-unwanted $x/iptfs.c 's/child->iptfs = n \&\& is_wanted \&\& take(child, n);/child->iptfs = n \&\& take(child, n);/'
mutant iptfs-without-the-responder $x/iptfs.c 's/child->iptfs = n != NULL;/;/'
mutant iptfs-fragments-though-refused $x/iptfs.c \
	's/child->iptfs_no_fragments = (flags & AGGFRAG_DONT_FRAGMENT) != 0;/child->iptfs_no_fragments = false;/'
mutant iptfs-policy-of-a-plain-tunnel src/pluto/sa/install.c \
	's/p->iptfs = child->iptfs \&\& child->spi_out;/p->iptfs = false;/'
mutant iptfs-own-refusal-not-said $x/iptfs.c \
	's/config->iptfs_fragmentation ? 0 : AGGFRAG_DONT_FRAGMENT/0/'
