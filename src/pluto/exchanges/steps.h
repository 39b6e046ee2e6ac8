/* SPDX-License-Identifier: Apache-2.0 */
/* The steps that rows are made of; each file of this folder owns those of its exchange. */
#ifndef EXCHANGES_STEPS_H
#define EXCHANGES_STEPS_H

#include "core/exchange.h"

/* STEP_CLOSE with a formatted reason and an exit code for those who wait. */
enum step close_with(struct run *r, uint32_t code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* ke_steps.c: key exchange of any exchange */
step_fn ke_generate_step;  /* asks for a key pair of scratch.group; WAIT, or NEXT without a group */
step_fn ke_generated_step; /* takes it */
step_fn ke_shared_step;    /* asks for the shared secret */
step_fn ke_shared_done_step;
step_fn ke_respond_step; /* responder: own value and shared secret in one, of scratch.ke_peer */
step_fn ke_responded_step;
void ke_forget(struct scratch *s); /* the key exchange is over, or another comes */

/* ike_sa_init.c */
step_fn init_group_step, init_send_step, init_response_step, init_choose_step, init_reply_step;
step_fn derive_shared_step, derive_keys_step;

/* redirect.c */
step_fn redirect_auth_step; /* initiator: IKE_AUTH's answer may send us elsewhere */
step_fn redirect_send_step; /* responder: sends a live peer away */
/* Of an IKE_SA_INIT answer; of a peer's INFORMATIONAL request, after our answer to it. */
enum step redirect_init(struct run *r, const struct notify *n);
void redirect_informational(struct run *r);
/* Responder: is the peer sent away in IKE_AUTH? Decided once. */
bool redirect_auth_is_wanted(struct run *r);
void redirect_put_auth(struct run *r, struct builder *b);
bool redirect_is_offered(struct run *r);
void redirect_put_offer(struct run *r, struct builder *b);
bool redirect_was_sent_here(struct run *r);
void redirect_put_from(struct run *r, struct builder *b);

/* ike_followup_ke.c */
step_fn followup_step; /* initiator: the shared secret is there; another key exchange may follow */
step_fn followup_send_step, followup_response_step;
step_fn followup_offer_step, followup_request_step, followup_advance_step, followup_recheck_step;
bool followup_is_for_ike(const struct ike_sa *ike, const struct message *m);
void followup_put(struct run *r, struct builder *b); /* KE of the round */

/* ike_intermediate.c */
step_fn inter_begin_step; /* the keys of IKE_SA_INIT stand: goes on with a round, or IKE_AUTH */
step_fn inter_group_step, inter_send_step, inter_response_step, inter_keys_step;
step_fn inter_allowed_step, inter_request_step, inter_reply_step, inter_done_step;
bool inter_is_offered(struct run *r);
void inter_put(struct run *r, struct builder *b);

/* ike_auth.c */
step_fn auth_child_step, auth_send_step, auth_response_step, auth_verify_step;
step_fn auth_open_step, auth_choose_step, auth_check_step, auth_accept_step, auth_reply_step;
step_fn auth_config_step, auth_unique_step;

/* ppk.c: before IKE_SA_INIT, around our own AUTH, and before the peer's is checked */
step_fn ppk_find_step, ppk_found_step, ppk_mix_step, ppk_mixed_step, ppk_again_step;
step_fn ppk_answer_step, ppk_answered_step;
/* Initiator: does the answer agree about the PPK? Goes back to the keys without it if both may. */
bool ppk_take_answer(struct run *r);
/* Rows of extensions.c. */
bool ppk_is_offered(struct run *r);
bool ppk_is_needed(struct run *r);
bool ppk_is_used(struct run *r);
bool ppk_is_optional(struct run *r);
void ppk_put_use(struct run *r, struct builder *b);
void ppk_put_identity(struct run *r, struct builder *b);
void ppk_put_plain_auth(struct run *r, struct builder *b);

/* auth_choose.c: of the connections that fit, the first whose selectors meet the offer, else the
 * first; NULL: none, and why says what each wants. */
struct connection *auth_choose_connection(struct run *r, struct text *why);
/* Does the connection fit what the peer says of itself, or has proven, and of us? Else why not. */
bool auth_connection_fits(const struct run *r, const struct connection *conn, struct text *why);
/* What of the selectors in r->m the connection may have; the caller frees the lists. *is_cut: it is
 * less than could be allowed. False with why. */
bool auth_selectors_meet_lists(const struct run *r, const struct connection *conn,
			       const struct selectors *ours, const struct selectors *theirs,
			       struct selectors *local, struct selectors *remote, bool *is_cut,
			       struct text *why);
bool auth_selectors_meet(const struct run *r, const struct connection *conn,
			 struct selectors *local, struct selectors *remote, bool *is_cut,
			 struct text *why);
/* The peer has proven its identity: from a template the IKE SA goes on under the peer's instance.
 * False: out of memory. */
bool auth_take_instance(struct run *r);

/* child_choose.c: what the child is agreed to be */
step_fn child_choose_step, child_accept_step;
/* The payloads of the child: SA, [nonce, KE], TSi, TSr, transport mode. is_answer: ours is chosen. */
void child_put(struct run *r, struct builder *b, bool is_answer, bool with_ke);

/* child_steps.c: from the agreed proposal to a child that is up */
step_fn child_alloc_step, child_alloced_step, child_alone_step, child_keys_step;
step_fn child_install_step, child_installed_step, child_prepare_step, child_route_step;
step_fn child_up_step, child_up_done_step, child_finish_step;
/* Gives up the child being made: undone here, told to who waits; the IKE SA lives. */
void child_fail(struct run *r, uint16_t notify, uint32_t code, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* The same for a child that the peer may believe to stand: our Delete goes out for it. */
enum step child_undo(struct run *r, uint32_t code, const char *reason);

/* create_child_sa.c */
step_fn create_start_step, create_send_step, create_check_step, create_reply_step;
step_fn create_response_step, create_busy_step;

/* rekey_child.c */
step_fn rekey_child_check_step, rekey_child_recheck_step;
/* A request that names a child to be replaced? */
bool rekey_child_is_asked(const struct ike_sa *ike, const struct message *m);
/* The child that the exchange replaces, or NULL. */
struct child_sa *rekey_old_child(const struct run *r);
void rekey_child_put_notify(const struct run *r, struct builder *b);
/* Of two crossing replacements: is the one we began to go (RFC 7296 2.8.1)? */
bool rekey_child_is_redundant(const struct run *r);
/* The new child stands: which stays, which goes. */
void rekey_child_finish(struct run *r, struct child_sa *child);
/* Our exchange made no new child; scratch.child_error is what the peer answered. */
void rekey_child_failed(struct run *r, uint32_t code, const char *reason);
/* The peer deleted a child that we are replacing: true when it waits for the outcome. */
bool rekey_child_vacate(struct core *c, struct ike_sa *ike, struct child_sa *child);

/* ike_session_resume.c */
step_fn resume_send_step, resume_response_step; /* initiator */
step_fn resume_ask_step, resume_reply_step;     /* responder */
step_fn resume_identity_step; /* responder: IKE_AUTH names the identities of the ticket */
step_fn resume_prove_step;    /* our AUTH, by the keys alone */
bool resume_peer_is_proven(struct run *r, char *reason, size_t size);
/* Initiator: IKE_AUTH was answered with an error, or with nothing of use (type 0): it goes on with the other
 * form of AUTH, or in full. */
void resume_refused(struct run *r, uint16_t type);

/* ticket.c */
step_fn ticket_ask_step, ticket_asked_step; /* gateway: what a ticket needs, if it is asked for */
step_fn tell_send_step;
bool ticket_is_asked_of_us(struct run *r);
void ticket_put(struct run *r, struct builder *b); /* a ticket, or TICKET_NACK */
bool ticket_is_wanted(struct run *r);              /* client */
void ticket_take(struct run *r, const struct notify *n);
void ticket_take_ack(struct run *r, const struct notify *n);
/* A successor of an IKE SA stands: what has to be said to the peer in an exchange of its own. */
void tell_after_rekey(struct core *c, struct ike_sa *heir);
/* The same in the peer's INFORMATIONAL, and in the answer to ours. */
void tell_answer(struct run *r, struct builder *b);
void tell_answered(struct run *r);

/* mobike.c */
step_fn update_send_step, routability_send_step;

/* crossing.c: the child of IKE_AUTH stands */
void crossing_settle(struct run *r, struct connection *conn);
void reauth_take_over(struct run *r);

/* rekey_ike_sa.c */
step_fn rekey_ike_start_step, rekey_ike_send_step, rekey_ike_response_step, rekey_ike_finish_step;
step_fn rekey_ike_check_step, rekey_ike_reply_step;
bool rekey_ike_is_asked(const struct ike_sa *ike, const struct message *m);
bool rekey_ike_is_answered(const struct ike_sa *ike, const struct message *m);
/* Ours was refused by a notify, or could not be begun: it is tried again. */
enum step rekey_ike_failed(struct run *r, uint16_t type, const char *reason);
/* SA, nonce and KE of the slot's rekey. */
void rekey_ike_put(const struct run *r, struct builder *b, bool is_answer);
/* The key exchange of the slot's rekey of the IKE SA failed. */
enum step rekey_ike_ke_failed(struct run *r, bool is_peers_fault, const char *reason);

/* informational.c */
step_fn info_request_step, info_response_step, delete_child_send_step, delete_ike_send_step;
step_fn delete_ike_done_step, probe_send_step;

/* What a step of ours needs is not there, for want of memory mostly, and nothing was asked of the peer: the
 * child fails alone; where there is none, or no IKE SA yet, all does. */
enum step unasked_failed(struct run *r, const char *reason);

#endif
