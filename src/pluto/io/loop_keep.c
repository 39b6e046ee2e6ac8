/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hot restart in the loop: what the core wants kept is written before its next action is carried out,
 * and what a former run kept is given to it before there is a control socket to ask anything.
 */
#include "base/duration.h"
#include "log.h"
#include "loop_state.h"

#define AGAIN_USEC (10 * USEC_PER_SEC)

static void keep_all(struct loop *l)
{
	struct event e = { .kind = EVENT_KEEP_ALL };

	loop_event(l, &e);
}

void loop_adopt(struct loop *l)
{
	struct event e = { .kind = EVENT_ADOPT };

	if (!l->settings.state)
		return;
	e.datagram = secret_slice(l->settings.entries);
	loop_event(l, &e);
	secret_free(l->settings.entries);
}

void loop_keep(struct loop *l, struct slice entries)
{
	struct error e = { 0 };

	if (!l->settings.state)
		return;
	if (!state_file_keep(l->settings.state, entries, &e))
		log_printf(LOG_LEVEL_ERROR,
			   "%s: a restart from here would drop the SAs; trying again", e.text);
	if (state_file_is_void(l->settings.state))
		l->keep_usec = loop_now() + AGAIN_USEC;
	else if (state_file_is_long(l->settings.state) && l->keep_usec == USEC_NEVER)
		l->keep_usec = loop_now();
}

void loop_keep_timer(struct loop *l, uint64_t now_usec)
{
	if (now_usec < l->keep_usec)
		return;
	l->keep_usec = USEC_NEVER;
	if (!l->exiting)
		keep_all(l);
}
