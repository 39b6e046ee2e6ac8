# shellcheck shell=sh disable=SC2154,SC2086
# SPDX-License-Identifier: Apache-2.0
# XFRM interfaces and marks: who makes them, who shares them, who takes them away.
mutant iface-removed-under-another src/pluto/conn/iface.c 's/if (!u || --u->count > 0)/if (!u)/'
mutant iface-never-removed src/pluto/conn/iface.c \
	's/^\t\tkernel_batch_add(b, KOP_DELETE_IFACE)->iface = i;$/\t\t;/'
mutant iface-address-never-removed src/pluto/conn/iface.c \
	's/^\t\t\tkernel_batch_add(b, KOP_DELETE_ADDRESS)->iface = i;$/\t\t\t;/'
mutant iface-counted-each-time src/pluto/conn/iface.c \
	's/if (!c->def->if_id || c->iface_end)/if (!c->def->if_id)/'
mutant iface-not-made-for-a-route $c/route.c 's/^\tchild_batch_add_iface(conn, &batch);$//'
mutant iface-not-made-for-a-child src/pluto/sa/install.c \
	's/^\tchild_batch_add_iface(child->connection, b);$//'
mutant iface-not-held-by-a-child $x/child_steps.c 's/^\tiface_hold(s->child->connection);$//'
mutant iface-policies-for-all-traffic src/pluto/sa/install.c \
	's/p->if_id = child->connection->def->if_id;/p->if_id = 0;/'
mutant mark-not-in-policies src/pluto/sa/install.c 's/p->mark_mask = m->mask;/p->mark_mask = 0;/'
mutant mark-of-the-other-direction src/pluto/sa/install.c \
	's/p->direction == KDIR_IN ? &def->mark_in : &def->mark_out;/p->direction == KDIR_IN ? \&def->mark_out : \&def->mark_in;/'
mutant mark-of-its-own-is-nothing src/pluto/sa/install.c \
	's/(m->is_own ? child->connection->reqid : m->value)/m->value/'
mutant iface-not-taken-over src/pluto/sa/install.c \
	'/name_comp(child, false, &kernel_batch_add(b, KOP_ADOPT_STATE)->state);/,/^}/s/^\tchild_batch_add_iface(child->connection, b);$//'
mutant iface-not-held-after-restart $c/adopt_child.c 's/^\tiface_hold(child->connection);$//'
mutant iface-child-always-made-anew $c/adopt_child.c \
	's/: !op->iface.is_new;/: false;/'
