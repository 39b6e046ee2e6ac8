# shellcheck shell=sh disable=SC2154,SC2086
# SPDX-License-Identifier: Apache-2.0
# What a child carries: selectors (edge cases 101 to 108), and the addresses given for it.
mutant case-101-107-narrowing-wider-than-policy src/pluto/sa/narrow.c \
	's/!insert(out, &cut))/!insert(out, \&offer->selectors[i]))/'
mutant case-102-nothing-in-common-accepted src/pluto/sa/narrow.c \
	's/^\tif (out->count > 0)$/\tif (1)/'
mutant case-103-104-partly-protected-by-initiator $x/child_choose.c \
	's/^\tif (ok && (rekey_old_child(r) || !connection_narrows(child->connection)) &&$/\tif (0 \&\&/'
mutant case-102-103-partly-protected-by-responder $x/auth_choose.c \
	's/^\tif (ok \&\& !connection_narrows(conn) \&\&$/\tif (0 \&\&/'
mutant case-103-additional-ts-not-said $x/child_choose.c \
	's/^\ts->has_more_ts = is_cut || .*$/\ts->has_more_ts = is_cut;/'
mutant case-103-rest-not-asked-for $x/child_choose.c 's/if (message_notify(r->m, N_ADDITIONAL_TS_POSSIBLE) \&\& /if (0 \&\& /'
mutant case-103-rest-of-one-end-alone $x/child_choose.c 's/^\task_for(r, &child->ts_local, &rest);$/\t;/'
mutant case-103-refused-rest-fails-all $x/child_steps.c 's/^\tif (!is_further) {$/\tif (1) {/'
mutant case-103-rest-overlaps src/pluto/sa/narrow.c 's/neighbour(&cut.range.end, true, &right.range.start))/1)/'
mutant case-103-single-pair-not-retried $x/child_choose.c \
	's/if (n->type == N_SINGLE_PAIR_REQUIRED \&\& .*$/if (0)/'
mutant case-104-wider-answer-accepted src/pluto/sa/narrow.c \
	's/ok = selectors_contain(offered, &answer->selectors\[i\]) \&\&/ok =/'
mutant case-108-one-reqid-for-all-children $c/child.c \
	's/child->reqid = is_taken \&\& !conn->def->config\.reqid/child->reqid = 0/'
mutant case-101-policies-of-first-pair-only src/pluto/sa/install.c \
	's/while (selector_pairs_next(&pairs, &local, &remote)) {/if (selector_pairs_next(\&pairs, \&local, \&remote)) {/'
mutant rekey-with-other-selectors-shares-policies src/pluto/sa/child_sa.c \
	's/return a->connection == b->connection \&\& selectors_eq(&a->ts_local, &b->ts_local) \&\&/return a->connection == b->connection \&\&/'
mutant case-147-lease-forgets-its-identity src/pluto/conn/pool.c \
	's/struct lease \*l = id->type != ID_NONE ? lease_of(p, id, shares) : NULL;/struct lease *l = NULL;/'
mutant address-given-twice src/pluto/conn/pool.c 's/if (!lease_at(p->pools, &a))/if (1)/'
mutant case-94-address-never-let-go-of src/pluto/sa/ike_config.c \
	's/^\t\t\tlease_release(c->leases\[i\]);/\t\t\t;/'
mutant case-94-address-not-asked-for-is-no-matter $x/config.c \
	's/return N_FAILED_CP_REQUIRED;/return 0;/'
mutant case-94-client-without-an-address-goes-on $x/config.c \
	's/if (!message_has(m, PAYLOAD_CP) || m->cp\.type != CP_REPLY) {/if (0) {/'
mutant case-101-whole-pool-for-a-peer src/pluto/sa/ike_config.c \
	's/if (ike->config->is_server \&\& conn->peer->client_is_config)/if (0)/'
mutant case-94-used-up-pool-gives-on src/pluto/conn/pool.c \
	's/if (!l \&\& p->next >= p->size)$/if (!l \&\& (l = list_first(\&p->leases, struct lease, node)))\n\t\t;\n\tif (!l)/'
mutant servers-taken-although-unwanted $x/config.c \
	's/!conn->def->config\.ignore_peer_dns);/true);/'
mutant ah-with-encryption-keys src/pluto/sa/suite.c \
	's/return r->protocol != PROTOCOL_AH;/return true;/'
mutant ah-deleted-as-esp $x/informational.c \
	's/else if (d->protocol == PROTOCOL_AH)/else if (0)/'
mutant no-word-of-null-encryption $c/command_add.c 's/^\tif (is_bare)$/\tif (0)/'
mutant case-105-start-after-end src/pluto/wire/payload_parse.c 's/^\t\*known = selector_is_valid(s);$/\t*known = true;/'
mutant case-16-105-nobody-told-of-a-broken-answer $c/demux.c \
	's/^\tif (reason)$/\tslot_reset(slot);\n\tif (reason)/'
mutant case-64-spi-of-another-peer $x/child_choose.c 's/^\t       child_of_same_out(r->core, child);$/\t       false;/'
mutant case-64-answer-with-a-used-spi $x/child_choose.c 's/^\t\treturn give_up(r, "the peer.s SPI is in use already", "");$/\t\t;/'
mutant case-101-lease-of-whom-an-anonymous-peer-says-it-is src/pluto/exchanges/config.c \
	's/^\tbool has_name = !r->ike->peer_is_anonymous && /\tbool has_name = /'
mutant case-101-no-address-without-a-child $x/ike_auth.c \
	'/^enum step auth_send_step/,/^}/s/^\tconfig_put_request(r, \&b);$/\tif (r->slot->scratch.child) &/'
mutant case-94-refused-address-without-a-child-is-no-matter $x/ike_auth.c \
	'/^enum step auth_config_step/,/^}/s/^\tif (r->slot->scratch.child || config_take_reply(r, \&why))$/\tif (config_take_reply(r, \&why) || 1)/'
