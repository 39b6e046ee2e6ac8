# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# Mutants of connections: templates, instances, choice. Sourced by ../mutants.sh.
# shellcheck disable=SC2154,SC2086
mutant case-99-162-instance-of-nobody $x/auth_choose.c 's/connection_instance(conn, &ike->remote.address, &ike->peer_id);/connection_instance(conn, \&conn->us->host, \&ike->peer_id);/'
mutant case-99-162-instance-before-auth $x/ike_auth.c 's/^\tif (!auth_take_instance(r))$/\tif (0)/'
mutant instance-never-freed src/pluto/conn/connection.c 's/(c->kind == CONNECTION_INSTANCE || c->is_deleted)/c->is_deleted/'
mutant case-99-idr-ignored $x/auth_choose.c 's/!identity_eq(&wanted, &conn->us->id)/0/'
mutant case-99-pattern-before-identity src/pluto/conn/lookup.c 's/stage % 2 ? NULL : w->id/stage % 2 ? w->id : NULL/'
mutant case-99-any-before-address src/pluto/conn/lookup.c 's/remote = stage < 2 ? &w->remote : &any;/remote = stage < 2 ? \&any : \&w->remote;/'
mutant template-down-leaves-instances $c/command_sa.c 's/^\t\ttake_down(c, i);$/\t\t;/'
mutant template-initiated $c/intent.c 's/conn->kind != CONNECTION_TEMPLATE || !conn->is_oriented/1/'
mutant remote-host-of-any-family $c/command_sa.c 's/if (r->conn->us->host.family != out->family) {/if (0) {/'
mutant deleted-template-is-found src/pluto/conn/connection.c 's/^\tconnection_unindex(c);\n\ttable_remove(&c->set/XX/;/^void connection_hide/,/^}/s/^\tconnection_unindex(c);$/\t;/'
# groups: aliases and subnets
mutant group-answered-by-the-first $c/report.c 's/if (--group->members == 0)/if (--group->members <= 1)/'
mutant group-forgets-the-fault $c/report.c 's/^\tif (group->code == RC_OK)$/\tif (0)/'
mutant group-members-linger $c/command_group.c 's/if (member->group == gone)/if (0)/'
mutant left-over-networks-stay $c/transaction.c 's/^\t\tif (!staged_find(t, conn->def->config.name))$/\t\tif (0)/'
mutant unchanged-networks-are-replaced $c/transaction.c 's/if (!conn || !definition_is_same(conn->def, s->def))/if (1)/'
mutant new-network-stays-down $c/transaction.c 's/^\tif (!d->is_known)$/\tif (1)/'
mutant client-is-number-one src/lib/conf/expand.c 's/end->client ? 0 : 1;/1;/'
# a peer with several addresses
mutant failover-stays $c/failover.c 's/^\tuse_host(c, conn, &next);$/\t;/'
mutant failover-never-fails $c/failover.c 's/^\treturn !is_round;$/\treturn true;/'
mutant failover-tells-at-once $c/ike.c 's/^\t} else if (failover_goes_on(c, conn, ike, reason)) {$/\t} else if (0) {/'
mutant failover-not-from-the-dead $c/intent.c 's/^\t    failover_from_dead(c, conn, &ike->remote.address)) {$/\t    0) {/'
mutant failover-forgets-the-others $c/ike.c 's/if (!is_lost || failover_goes_on(c, conn, ike, reason))/if (!is_lost)/'
mutant caller-not-followed $c/failover.c 's/^\tuse_host(c, conn, &ike->remote.address);$/\t;/'
mutant only-the-first-address-is-known src/pluto/conn/lookup.c 's/peer->host_count ? &peer->hosts\[i\] : &peer->host/\&peer->host/'
mutant own-address-of-a-list-unknown src/pluto/conn/connection.c 's/^\tuse_own_host(c, true, ours, count);$/\t;/'
mutant traffic-of-the-old-host-stays $c/route.c 's/^\tif (has_other_clients(conn, route)) {$/\tif (0) {/'
# transactions
mutant case-190-spoilt-transaction-stands $c/command_transaction.c 's/^\tif (t->has_failed)$/\tif (0)/'
mutant source-deletes-all $c/transaction.c 's/if (conn->source == t->source \&\& !is_named/if (!is_named/'
mutant source-deletes-nothing $c/command_transaction.c 's/t->is_whole = t->source != 0;/t->is_whole = false;/'
mutant source-takes-nothing-over $c/transaction.c 's/conn->source = t->source ? t->source : conn->source;/;/'
mutant source-lost-by-replacing $c/transaction.c 's/t->source || !x->old ? t->source : x->old->source/t->source/'
mutant preview-changes $c/command_transaction.c 's/^\tif (ok \&\& !previews)$/\tif (ok)/'
mutant existing-makes-new $c/command_add.c 's/ctl_find(r->message, CTL_ATTR_EXISTING, &a) \&\& !definition_next/0 \&\& !definition_next/'
