/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What holds of every message that parsed, for the fuzz targets of the codec: each borrowed run
 * lies within the input and can be read to its end, and no list is longer than its cap.
 */
#ifndef FUZZ_WIRE_CHECK_H
#define FUZZ_WIRE_CHECK_H

#include <stdlib.h>

#include "wire/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void check(bool holds)
{
	if (!holds)
		abort();
}

static inline void check_slice(struct slice part, struct slice whole)
{
	volatile uint8_t sum = 0;

	if (part.len == 0)
		return;
	check(part.data >= whole.data && part.len <= whole.len &&
	      (size_t)(part.data - whole.data) <= whole.len - part.len);
	for (size_t i = 0; i < part.len; i++)
		sum = (uint8_t)(sum ^ part.data[i]);
}

static inline void check_sa(const struct message *m, struct slice whole)
{
	unsigned transforms = 0;

	check(m->sa.count <= PROPOSALS_MAX);
	for (unsigned i = 0; i < m->sa.count; i++) {
		const struct proposal *p = &m->sa.proposals[i];

		check_slice(p->spi, whole);
		check(p->count == 0 || p->transforms != NULL);
		transforms += p->count;
	}
	check(transforms <= TRANSFORMS_MAX);
}

static inline void check_selectors(const struct ts_payload *ts)
{
	check(ts->count <= ts->declared && ts->declared <= SELECTORS_MAX);
	for (unsigned i = 0; i < ts->count; i++)
		check(selector_is_valid(&ts->selectors[i]));
}

static inline void check_lists(const struct message *m, struct slice whole)
{
	check(m->notify_count <= MESSAGE_MAX_NOTIFIES && m->delete_count <= MESSAGE_MAX_DELETES);
	for (unsigned i = 0; i < m->notify_count; i++) {
		check_slice(m->notifies[i].spi, whole);
		check_slice(m->notifies[i].data, whole);
		check(message_notify(m, m->notifies[i].type) != NULL);
	}
	for (unsigned i = 0; i < m->delete_count; i++) {
		const struct delete_payload *d = &m->deletes[i];

		check_slice(d->spis, whole);
		check(d->spis.len == (size_t)d->count * d->spi_len);
		check(d->spi_len == (d->protocol == PROTOCOL_IKE ? 0 : 4));
	}
}

/* Stops the program when something is not within whole, or over its cap. */
static inline void wire_check(const struct message *m, struct slice whole)
{
	check_sa(m, whole);
	check_lists(m, whole);
	check_selectors(&m->ts_i);
	check_selectors(&m->ts_r);
	check(m->cp.count <= CP_ATTRIBUTES_MAX);
	for (unsigned i = 0; i < m->cp.count; i++)
		check_slice(m->cp.attributes[i].value, whole);
	check_slice(m->ke.value, whole);
	check_slice(m->id_i.whole, whole);
	check_slice(m->id_i.body, whole);
	check_slice(m->id_r.whole, whole);
	check_slice(m->id_r.body, whole);
	check_slice(m->auth.data, whole);
	check_slice(m->nonce, whole);
	check(m->nonce.len == 0 ||
	      (m->nonce.len >= NONCE_MIN_LEN && m->nonce.len <= NONCE_MAX_LEN));
}

#endif
