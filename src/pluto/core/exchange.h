/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exchanges as rows: who may receive what in which phase, and the steps that handle it. One driver
 * runs the steps and commits every outcome. The rows stand in exchanges/all.c.
 */
#ifndef CORE_EXCHANGE_H
#define CORE_EXCHANGE_H

#include "core/internal.h"

enum step {
	STEP_NEXT,  /* go on with the next step */
	STEP_WAIT,  /* an action was sent; its answer resumes at the next step */
	STEP_DONE,  /* the exchange is over; slot and scratch are free again */
	STEP_DROP,  /* the message counts as never received; the scratch stays */
	STEP_CLOSE, /* the IKE SA ends now, without a Delete; the reason is in run->reason */
};

/* One run of the steps: what a step may see and say. */
struct run {
	struct core *core;
	struct ike_sa *ike;
	struct slot *slot;
	struct message *m; /* the message at work; NULL in a start row */
	char reason[300];  /* for STEP_CLOSE and logs */
	uint32_t code;     /* exit code for waiting clients when it fails */
	uint8_t cause;     /* enum cause of the failure; 0: what the code says */
	/* the answer that resumed it */
	struct work *work;
	struct kernel_batch *batch;
	struct updown_job *job;
};

typedef enum step step_fn(struct run *r);
#define EXCHANGE_MAX_STEPS 40

struct exchange_row {
	const char *story;
	uint8_t exchange;   /* enum exchange_type */
	uint8_t phase;      /* enum ike_phase it is legal in */
	bool is_start;      /* begins our own exchange: no message yet */
	bool is_response;   /* the message is a response to ours */
	bool keeps_scratch; /* the scratch lives on into the exchange's next message */
	bool before_keys;   /* the message is not under SK, or is opened by a step of the row */
	uint8_t purpose;    /* enum purpose, set in the scratch when the row runs */
	uint64_t need;      /* payloads that must be there (PAYLOAD_BIT); inside SK */
	/* NULL: any message of this exchange and phase; else the row goes before that one */
	bool (*is_for)(const struct ike_sa *ike, const struct message *m);
	step_fn *steps[EXCHANGE_MAX_STEPS]; /* NULL ends */
};

extern const struct exchange_row exchange_rows[];
extern const size_t exchange_row_count;
/* Rows that begin our own exchanges. */
extern const struct exchange_row start_ike_intermediate, start_redirect, start_followup_ke;
extern const struct exchange_row start_ike_sa_init, start_init_again, start_ike_auth,
	start_create_child, start_rekey_child, start_delete_child, start_rekey_ike,
	start_delete_ike, start_probe, start_update, start_routability, start_session_resume,
	start_tell;

/* The row for a message in a phase, or NULL. */
const struct exchange_row *exchange_find(uint8_t exchange, uint8_t phase, bool is_response);
/* The row that an opened message is for: one of the same exchange and phase, or the row itself. */
const struct exchange_row *exchange_refine(const struct exchange_row *row, const struct ike_sa *ike,
					   const struct message *m);
/* Runs the steps of row in the slot from the first. The slot holds the message already. */
void exchange_run(struct core *c, struct ike_sa *ike, struct slot *slot,
		  const struct exchange_row *row);
/* Goes on after an answer; r holds core, ike, slot and the answer. */
void exchange_resume(struct run *r);
/* From inside a step: goes on with the first step of another row; the message is let go of. */
enum step exchange_jump(struct run *r, const struct exchange_row *row);
/* Starts the next of the IKE SA's wants when its slot is free. */
void exchange_start_wants(struct core *c, struct ike_sa *ike);

#endif
