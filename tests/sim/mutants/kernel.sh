# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# Mutants of what the kernel tells by itself. Sourced by ../mutants.sh.
# shellcheck disable=SC2154,SC2086
mutant case-178-lost-states-not-replaced $c/kernel_events.c 's/^\t\tchild_lost(c, child);$/\t\t;/'
mutant lost-twice $c/child.c '/^void child_lost/,/^}/s/if (is_replaced(child))/if (0)/'
mutant expired-twice $c/child.c 's/^\tif (is_replaced(child) || child->phase != CHILD_ESTABLISHED)$/\tif (child->phase != CHILD_ESTABLISHED)/'
mutant case-178-flush-before-it-stands $c/kernel_events.c 's/child->is_stripped = true;/;/'
mutant case-167-no-delete-at-the-end $c/core.c \
	'/^void core_shut_down/,/^}/s/^\t\tike_want(ike, WANT_DELETE_IKE, NULL, 0);$/\t\tike_end(c, ike, RC_FATAL, "shutting down");\n\t\tcontinue;/'
mutant case-167-no-grace $c/core.c '/^void core_shut_down/,/^}/s/c->now_usec + SHUTDOWN_GRACE_USEC/USEC_NEVER/'
mutant case-168-replacement-not-told src/pluto/io/spawner.c 's/^\twriter_u8(&w, SPAWNER_NEW);$/\twriter_u8(\&w, SPAWNER_LINE);/'
mutant case-169-attempt-for-each-packet $c/intent.c \
	'/^uint32_t intent_on_demand/,/^}/s/^\tif (is_under_way(ike, conn) || .*$/\tif (0)/'
mutant case-171-another-ike-sa-for-a-packet $c/intent.c '/^uint32_t intent_on_demand/,/^}/s/^\tike = usable_ike(c, conn);$/\tike = NULL;/'
mutant case-173-larval-state-must-be-there src/pluto/kernel/xfrm_sa.c 's/^\tif (err == -ESRCH)$/\tif (err == -ESRCH \&\& s->direction == KDIR_OUT)/'
mutant case-174-one-spi-only src/pluto/kernel/xfrm_sa.c 's/^#define SPI_TRIES 3$/#define SPI_TRIES 1/'
mutant case-174-refused-state-is-ours src/pluto/kernel/xfrm_sa.c '/^int xfrm_sa_add/,/^}/s/^\tif (err && is_new)$/\tif (0)/'
mutant case-176-loss-not-told src/pluto/kernel/xfrm_events.c 's/^\t\t\tfn(context, &lost);$/\t\t\t;/'
mutant case-176-cut-event-taken src/pluto/kernel/xfrm_events.c 's/from.nl_pid != 0 || (h.msg_flags & MSG_TRUNC) ? -ENOBUFS : n/from.nl_pid != 0 ? -ENOBUFS : n/'
mutant case-177-answer-to-another-request src/pluto/kernel/xfrm.c 's/^\tif (h->nlmsg_seq != seq)$/\tif (0)/'
mutant case-177-answer-of-anybody src/pluto/kernel/xfrm.c 's/from.nl_pid != 0 || (h.msg_flags & MSG_TRUNC)/(h.msg_flags \& MSG_TRUNC)/'
mutant case-177-cut-answer-taken src/pluto/kernel/xfrm.c 's/from.nl_pid != 0 || (h.msg_flags & MSG_TRUNC)/from.nl_pid != 0/'
mutant case-177-waits-for-long src/pluto/kernel/xfrm.c 's/^#define ANSWER_MSEC 2000$/#define ANSWER_MSEC 60000/'
mutant case-181-never-asked src/pluto/io/spawner_job.c 's/kill(-j->pid, SIGTERM)/0/'
mutant case-181-asked-to-end-only src/pluto/io/spawner_job.c 's/kill(-j->pid, SIGKILL)/kill(-j->pid, SIGTERM)/'
mutant case-192-rights-not-looked-at src/lib/conf/secrets_io.c 's/(st.st_mode & (S_IRWXG | S_IRWXO)) != 0/0/'
