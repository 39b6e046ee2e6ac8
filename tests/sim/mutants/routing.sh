# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# Mutants of routing: traps, shunts, acquires. Sourced by ../mutants.sh.
# shellcheck disable=SC2154,SC2086
mutant trap-goes-with-the-child $c/child.c 's/!next \&\& !twin \&\& !held \&\& !route, /!next \&\& !twin \&\& !held, /'
mutant trap-not-put-again $c/child.c 's/^\t\troute_batch(conn, &batch);$/\t\t;/;s/!next \&\& !twin \&\& !held \&\& !route, /!next \&\& !twin \&\& !held, /'
mutant acquire-of-any-reqid $c/route.c \
	's/conn->is_deleted || !waits_with(conn, \&k->src, \&k->dst)/conn->is_deleted/'
mutant acquire-not-ended src/pluto/sa/install.c 's/^\tend_acquire(child, b);$/\t(void)end_acquire;/'
mutant held-packet-asks-nothing $c/route.c 's/^\t\tif (holds(held, src, dst))$/\t\tif (0)/'
mutant failure-shunt-for-ever $c/route.c 's/intent_retry_at(c, conn, opportunistic_shunt_end(c));/;/'
mutant failed-route-stays $c/route.c 's/^\tgive_up(c, conn, CAUSE_SCRIPT, reason);$/\t;/'
mutant script-route-twice $x/child_steps.c 's/return route \&\& route->is_up;/return 0;/'
mutant unroute-forgotten $c/child.c 's/^\t\tif (!route)$/\t\tif (0)/'
mutant fail-passes src/pluto/conn/routing.c 's/failure_shunt == FAILURE_DROP ? SHUNT_DROP/failure_shunt == FAILURE_DROP ? SHUNT_PASS/'
mutant nego-passes src/pluto/conn/routing.c 's/negotiation_shunt == NEGOTIATION_PASS ? SHUNT_PASS : SHUNT_TRAP/negotiation_shunt == NEGOTIATION_PASS ? SHUNT_TRAP : SHUNT_PASS/'
mutant shunt-initiated $c/intent.c 's/if (conn_type_is_shunt(conn->def->config.type)) {/if (0) {/'
mutant narrow-child-takes-the-traps-reqid $c/child.c 's/^\tis_taken |= conn->route != NULL;$/\t;/'
mutant old-one-goes-first $c/command_sa.c 's/if (was_up \&\& conn->kind == CONNECTION_PERMANENT \&\&/if (0 \&\&/'
mutant replaced-route-forgotten $c/command_sa.c 's/^\t\ttake_route(c, old, conn);$/\t\t;/'
mutant replaced-one-stays $c/child.c 's/^\t\tconnection_retire_soon(c, conn);$/\t\t;/'
# opportunistic groups
mutant oe-instance-stays src/pluto/core/route.c 's/event != ROUTING_ROUTE \&\& opportunistic_is_passing(conn))/0)/'
mutant oe-any-network src/pluto/conn/connection.c 's/if (!range_has(\&list->items\[i\].range, host))/if (0)/'
mutant oe-shunt-beside-the-child $c/opportunistic.c 's/if (shunt \&\& shunt != conn \&\& list_is_empty(\&shunt->children))/if (0)/'
mutant oe-many-hosts $c/opportunistic.c 's/ || !is_host_of_others(c, host))/)/'
mutant oe-shunt-for-ever $c/route.c 's/(conn->route->shunt != SHUNT_TRAP || opportunistic_is_passing(conn)))/0)/'
mutant oe-life-not-set $c/opportunistic.c 's/c->settings.shunt_lifetime_usec ? c->settings.shunt_lifetime_usec/0 ? 0/'
mutant oe-shunts-stay-behind $c/core.c 's/^\t\t\topportunistic_unroute(c, conn);$/\t\t\t;/'
mutant group-not-routed-later $c/policy_groups.c 's/^\t\tg->is_routed = true;$/\t\t;/'
mutant group-fault-is-fine $c/policy_groups.c 's/client->has_fault ? RC_WHACK : RC_OK/RC_OK/'
mutant group-outlives-its-definition $c/transaction.c 's/^\t\t\tpolicy_group_forget(c, d->name);$/\t\t;/'
# scripts: shared routes, and what a script needs to be started for
mutant shared-route-is-unmade $c/route_owner.c 's/^\treturn !other_owner(u->c, u->conn, &remote->range);$/\treturn true;/'
mutant shared-route-not-restored $c/route_owner.c 's/^\t\tif (routed)$/\t\tif (0)/'
mutant handed-route-is-nobodys $c/command_sa.c 's/^\t\troutes_own(c, conn->route);$/\t\t;/'
mutant needs-not-heard src/pluto/io/updown_needs.c 's/^\tif (!n || n->state != NEEDS_KNOWN)$/\tif (1)/'
mutant needs-of-any-verb src/pluto/io/updown_needs.c "s/return len == verb_len || verb\[len\] == '-';/return true;/"
mutant lane-out-of-order src/pluto/io/updown.c 's/^\tif (list_is_empty(&lane->entries))$/\tif (1)/'
mutant case-182-output-without-end src/pluto/io/spawner_job.c 's/if (j->output < OUTPUT_MAX) {/if (1) {/'
mutant case-182-pipe-decides src/pluto/io/spawner_job.c 's/^\tclose_pipe(j);\n\tj->used/XX/;/^void job_end/,/^}/s/^\tspawner_send(socket, j->id, SPAWNER_DONE, value, sizeof(value));$/\tif (j->pipe < 0)\n\t\tspawner_send(socket, j->id, SPAWNER_DONE, value, sizeof(value));/'
mutant case-183-any-value src/pluto/port/updown_job.c 's/ || !value_is_safe(entry + start))/)/'
mutant case-183-any-length src/pluto/port/updown_job.c 's/len > VALUE_MAX_LEN/len > 9999/'
mutant case-178-ah-removed-by-others src/pluto/kernel/xfrm_events.c 's/return xfrm_protocol(id.proto, &out->protocol) &&/return id.proto == IPPROTO_ESP \&\&/'
mutant case-177-message-beyond-the-datagram src/pluto/kernel/xfrm_events.c 's/ || h->nlmsg_len > left->len)/)/'
