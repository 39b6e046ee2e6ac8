/* SPDX-License-Identifier: Apache-2.0 */
/*
 * THE list of exchanges: for each phase what may come, what it must hold, and the steps that handle
 * it, top to bottom.
 */
#include "exchanges/auth.h"
#include "exchanges/steps.h"

#define P(type) PAYLOAD_BIT(PAYLOAD_##type)

/* From what we may prove ourselves with to our AUTH payload. */
#define AUTH_OWN_STEPS \
	auth_credential_step, auth_staple_step, auth_stapled_step, auth_prove_step, auth_proof_step
/* What is to be fetched before the peer is judged. */
#define AUTH_FETCH_STEPS auth_fetch_step, auth_again_step

/* From an agreed proposal to a child that is up. */
#define CHILD_STEPS                                                                  \
	child_alone_step, child_keys_step, child_install_step, child_installed_step, \
		child_prepare_step, child_route_step, child_up_step, child_up_done_step

const struct exchange_row start_ike_sa_init = {
	.story = "start IKE_SA_INIT",
	.exchange = EXCHANGE_IKE_SA_INIT,
	.phase = IKE_STARTING,
	.is_start = true,
	.keeps_scratch = true,
	.steps = { ppk_find_step, ppk_found_step, init_group_step, ke_generate_step,
		   ke_generated_step, init_send_step },
};

const struct exchange_row start_init_again = {
	.story = "send IKE_SA_INIT with the cookie",
	.exchange = EXCHANGE_IKE_SA_INIT,
	.phase = IKE_STARTING,
	.is_start = true,
	.keeps_scratch = true,
	.steps = { init_send_step },
};

const struct exchange_row start_session_resume = {
	.story = "start IKE_SESSION_RESUME",
	.exchange = EXCHANGE_IKE_SESSION_RESUME,
	.phase = IKE_STARTING,
	.is_start = true,
	.keeps_scratch = true,
	.steps = { resume_send_step },
};

const struct exchange_row start_tell = {
	.story = "tell the peer what a rekeyed IKE SA needs",
	.exchange = EXCHANGE_INFORMATIONAL,
	.phase = IKE_ESTABLISHED,
	.is_start = true,
	.keeps_scratch = true,
	.steps = { tell_send_step },
};

const struct exchange_row start_followup_ke = {
	.story = "start IKE_FOLLOWUP_KE",
	.exchange = EXCHANGE_IKE_FOLLOWUP_KE,
	.phase = IKE_ESTABLISHED,
	.is_start = true,
	.keeps_scratch = true,
	.steps = { ke_generate_step, ke_generated_step, followup_send_step },
};

const struct exchange_row start_redirect = {
	.story = "send the peer to another gateway",
	.exchange = EXCHANGE_INFORMATIONAL,
	.phase = IKE_ESTABLISHED,
	.is_start = true,
	.keeps_scratch = true,
	.steps = { redirect_send_step },
};

const struct exchange_row start_ike_intermediate = {
	.story = "start IKE_INTERMEDIATE",
	.exchange = EXCHANGE_IKE_INTERMEDIATE,
	.phase = IKE_AUTHENTICATING,
	.is_start = true,
	.keeps_scratch = true,
	.steps = { inter_group_step, ke_generate_step, ke_generated_step, inter_send_step },
};

const struct exchange_row start_ike_auth = {
	.story = "start IKE_AUTH",
	.exchange = EXCHANGE_IKE_AUTH,
	.phase = IKE_AUTHENTICATING,
	.is_start = true,
	.keeps_scratch = true,
	.steps = { ppk_mix_step, ppk_mixed_step, AUTH_OWN_STEPS, ppk_again_step, auth_child_step,
		   child_alloc_step, child_alloced_step, auth_send_step },
};

const struct exchange_row start_create_child = {
	.story = "start CREATE_CHILD_SA",
	.exchange = EXCHANGE_CREATE_CHILD_SA,
	.phase = IKE_ESTABLISHED,
	.purpose = PURPOSE_CREATE_CHILD,
	.is_start = true,
	.keeps_scratch = true,
	.steps = { create_start_step, child_alloc_step, child_alloced_step, ke_generate_step,
		   ke_generated_step, create_send_step },
};

const struct exchange_row start_rekey_child = {
	.story = "start CREATE_CHILD_SA to rekey a child SA",
	.exchange = EXCHANGE_CREATE_CHILD_SA,
	.phase = IKE_ESTABLISHED,
	.purpose = PURPOSE_REKEY_CHILD,
	.is_start = true,
	.keeps_scratch = true,
	.steps = { create_start_step, child_alloc_step, child_alloced_step, ke_generate_step,
		   ke_generated_step, create_send_step },
};

const struct exchange_row start_rekey_ike = {
	.story = "start CREATE_CHILD_SA to rekey the IKE SA",
	.exchange = EXCHANGE_CREATE_CHILD_SA,
	.phase = IKE_ESTABLISHED,
	.purpose = PURPOSE_REKEY_IKE,
	.is_start = true,
	.keeps_scratch = true,
	.steps = { rekey_ike_start_step, ke_generate_step, ke_generated_step, rekey_ike_send_step },
};

const struct exchange_row start_delete_child = {
	.story = "delete a child SA",
	.exchange = EXCHANGE_INFORMATIONAL,
	.phase = IKE_ESTABLISHED,
	.purpose = PURPOSE_DELETE_CHILD,
	.is_start = true,
	.keeps_scratch = true,
	.steps = { delete_child_send_step },
};

const struct exchange_row start_delete_ike = {
	.story = "delete the IKE SA",
	.exchange = EXCHANGE_INFORMATIONAL,
	.phase = IKE_ESTABLISHED,
	.purpose = PURPOSE_DELETE_IKE,
	.is_start = true,
	.keeps_scratch = true,
	.steps = { delete_ike_send_step },
};

const struct exchange_row start_update = {
	.story = "tell the peer of our path",
	.exchange = EXCHANGE_INFORMATIONAL,
	.phase = IKE_ESTABLISHED,
	.is_start = true,
	.keeps_scratch = true,
	.steps = { update_send_step },
};

const struct exchange_row start_routability = {
	.story = "ask whether the peer is where it says",
	.exchange = EXCHANGE_INFORMATIONAL,
	.phase = IKE_ESTABLISHED,
	.is_start = true,
	.keeps_scratch = true,
	.steps = { routability_send_step },
};

const struct exchange_row start_probe = {
	.story = "ask whether the peer lives",
	.exchange = EXCHANGE_INFORMATIONAL,
	.phase = IKE_ESTABLISHED,
	.is_start = true,
	.keeps_scratch = true,
	.steps = { probe_send_step },
};

const struct exchange_row exchange_rows[] = {
	{
		.story = "respond to IKE_SA_INIT",
		.exchange = EXCHANGE_IKE_SA_INIT,
		.phase = IKE_HALF_OPEN,
		.before_keys = true,
		.keeps_scratch = true,
		.steps = { init_choose_step, ke_generate_step, ke_generated_step, init_reply_step },
	},
	{
		.story = "process the IKE_SA_INIT response",
		.exchange = EXCHANGE_IKE_SA_INIT,
		.phase = IKE_STARTING,
		.is_response = true,
		.before_keys = true,
		.keeps_scratch = true,
		.steps = { init_response_step, derive_shared_step, derive_keys_step,
			   inter_begin_step },
	},
	{
		.story = "respond to IKE_SESSION_RESUME",
		.exchange = EXCHANGE_IKE_SESSION_RESUME,
		.phase = IKE_HALF_OPEN,
		.before_keys = true,
		.keeps_scratch = true,
		.steps = { resume_ask_step, resume_reply_step },
	},
	{
		.story = "process the IKE_SESSION_RESUME response",
		.exchange = EXCHANGE_IKE_SESSION_RESUME,
		.phase = IKE_STARTING,
		.is_response = true,
		.before_keys = true,
		.keeps_scratch = true,
		.steps = { resume_response_step },
	},
	{
		.story = "respond to IKE_INTERMEDIATE",
		.exchange = EXCHANGE_IKE_INTERMEDIATE,
		.phase = IKE_HALF_OPEN,
		.before_keys = true,
		.keeps_scratch = true,
		.steps = { inter_allowed_step, derive_shared_step, derive_keys_step, auth_open_step,
			   inter_request_step, ke_respond_step, ke_responded_step,
			   inter_reply_step },
	},
	{
		.story = "process the IKE_INTERMEDIATE response",
		.exchange = EXCHANGE_IKE_INTERMEDIATE,
		.phase = IKE_AUTHENTICATING,
		.is_response = true,
		.keeps_scratch = true,
		.steps = { inter_response_step, ke_shared_step, ke_shared_done_step,
			   inter_keys_step },
	},
	{
		.story = "respond to IKE_AUTH",
		.exchange = EXCHANGE_IKE_AUTH,
		.phase = IKE_HALF_OPEN,
		.before_keys = true,
		.need = P(IDi) | P(AUTH),
		.steps = { derive_shared_step, derive_keys_step,    auth_open_step,
			   inter_done_step,    auth_choose_step,    ppk_answer_step,
			   ppk_answered_step,  auth_ask_about_peer, AUTH_FETCH_STEPS,
			   auth_check_step,    AUTH_OWN_STEPS,      auth_accept_step,
			   ticket_ask_step,    ticket_asked_step,   child_choose_step,
			   child_alloc_step,   child_alloced_step,  CHILD_STEPS,
			   auth_reply_step,    child_finish_step,   auth_unique_step },
	},
	{
		.story = "process the IKE_AUTH response",
		.exchange = EXCHANGE_IKE_AUTH,
		.phase = IKE_AUTHENTICATING,
		.is_response = true,
		.steps = { auth_response_step, AUTH_FETCH_STEPS, auth_verify_step,
			   redirect_auth_step, auth_config_step, child_accept_step, CHILD_STEPS,
			   child_finish_step, auth_unique_step },
	},
	{
		.story = "respond to CREATE_CHILD_SA",
		.exchange = EXCHANGE_CREATE_CHILD_SA,
		.phase = IKE_ESTABLISHED,
		.purpose = PURPOSE_CREATE_CHILD,
		.need = P(SA) | P(NONCE),
		.steps = { create_check_step, ke_generate_step, ke_generated_step, ke_shared_step,
			   ke_shared_done_step, child_alloc_step, child_alloced_step,
			   followup_offer_step, CHILD_STEPS, create_reply_step, child_finish_step },
	},
	{
		.story = "respond to CREATE_CHILD_SA that rekeys a child SA",
		.exchange = EXCHANGE_CREATE_CHILD_SA,
		.phase = IKE_ESTABLISHED,
		.purpose = PURPOSE_REKEY_CHILD,
		.is_for = rekey_child_is_asked,
		.need = P(SA) | P(NONCE),
		.steps = { rekey_child_check_step, create_check_step, ke_generate_step,
			   ke_generated_step, ke_shared_step, ke_shared_done_step, child_alloc_step,
			   child_alloced_step, followup_offer_step, CHILD_STEPS,
			   rekey_child_recheck_step, create_reply_step, child_finish_step },
	},
	{
		.story = "respond to CREATE_CHILD_SA that rekeys the IKE SA",
		.exchange = EXCHANGE_CREATE_CHILD_SA,
		.phase = IKE_ESTABLISHED,
		.purpose = PURPOSE_REKEY_IKE,
		.is_for = rekey_ike_is_asked,
		.need = P(SA) | P(NONCE) | P(KE),
		.steps = { rekey_ike_check_step, ke_generate_step, ke_generated_step,
			   ke_shared_step, ke_shared_done_step, followup_offer_step,
			   rekey_ike_reply_step },
	},
	{
		.story = "process the CREATE_CHILD_SA response that rekeys the IKE SA",
		.exchange = EXCHANGE_CREATE_CHILD_SA,
		.phase = IKE_ESTABLISHED,
		.is_response = true,
		.purpose = PURPOSE_REKEY_IKE,
		.is_for = rekey_ike_is_answered,
		.steps = { rekey_ike_response_step, ke_shared_step, ke_shared_done_step,
			   followup_step, rekey_ike_finish_step },
	},
	{
		.story = "process the CREATE_CHILD_SA response",
		.exchange = EXCHANGE_CREATE_CHILD_SA,
		.phase = IKE_ESTABLISHED,
		.is_response = true,
		.steps = { create_response_step, ke_shared_step, ke_shared_done_step, followup_step,
			   CHILD_STEPS, child_finish_step },
	},
	{
		.story = "respond to IKE_FOLLOWUP_KE of a rekey of the IKE SA",
		.exchange = EXCHANGE_IKE_FOLLOWUP_KE,
		.phase = IKE_ESTABLISHED,
		.is_for = followup_is_for_ike,
		.steps = { followup_request_step, ke_respond_step, ke_responded_step,
			   followup_advance_step, rekey_ike_reply_step },
	},
	{
		.story = "respond to IKE_FOLLOWUP_KE",
		.exchange = EXCHANGE_IKE_FOLLOWUP_KE,
		.phase = IKE_ESTABLISHED,
		.steps = { followup_request_step, ke_respond_step, ke_responded_step,
			   followup_advance_step, CHILD_STEPS, followup_recheck_step,
			   create_reply_step, child_finish_step },
	},
	{
		.story = "process the IKE_FOLLOWUP_KE response of a rekey of the IKE SA",
		.exchange = EXCHANGE_IKE_FOLLOWUP_KE,
		.phase = IKE_ESTABLISHED,
		.is_response = true,
		.is_for = rekey_ike_is_answered,
		.steps = { followup_response_step, ke_shared_step, ke_shared_done_step,
			   followup_step, rekey_ike_finish_step },
	},
	{
		.story = "process the IKE_FOLLOWUP_KE response",
		.exchange = EXCHANGE_IKE_FOLLOWUP_KE,
		.phase = IKE_ESTABLISHED,
		.is_response = true,
		.steps = { followup_response_step, ke_shared_step, ke_shared_done_step,
			   followup_step, CHILD_STEPS, child_finish_step },
	},
	{
		.story = "refuse IKE_FOLLOWUP_KE on a replaced IKE SA",
		.exchange = EXCHANGE_IKE_FOLLOWUP_KE,
		.phase = IKE_REPLACED,
		.steps = { create_busy_step },
	},
	{
		.story = "refuse IKE_FOLLOWUP_KE while the IKE SA is deleted",
		.exchange = EXCHANGE_IKE_FOLLOWUP_KE,
		.phase = IKE_DELETING,
		.steps = { create_busy_step },
	},
	{
		.story = "refuse CREATE_CHILD_SA on a replaced IKE SA",
		.exchange = EXCHANGE_CREATE_CHILD_SA,
		.phase = IKE_REPLACED,
		.steps = { create_busy_step },
	},
	{
		.story = "respond to INFORMATIONAL on a replaced IKE SA",
		.exchange = EXCHANGE_INFORMATIONAL,
		.phase = IKE_REPLACED,
		.steps = { info_request_step },
	},
	{
		.story = "process the INFORMATIONAL response on a replaced IKE SA",
		.exchange = EXCHANGE_INFORMATIONAL,
		.phase = IKE_REPLACED,
		.is_response = true,
		.steps = { info_response_step },
	},
	{
		.story = "refuse CREATE_CHILD_SA while the IKE SA is deleted",
		.exchange = EXCHANGE_CREATE_CHILD_SA,
		.phase = IKE_DELETING,
		.steps = { create_busy_step },
	},
	{
		.story = "respond to INFORMATIONAL",
		.exchange = EXCHANGE_INFORMATIONAL,
		.phase = IKE_ESTABLISHED,
		.steps = { ticket_ask_step, ticket_asked_step, info_request_step },
	},
	{
		.story = "process the INFORMATIONAL response",
		.exchange = EXCHANGE_INFORMATIONAL,
		.phase = IKE_ESTABLISHED,
		.is_response = true,
		.steps = { info_response_step },
	},
	{
		.story = "respond to INFORMATIONAL while the IKE SA is deleted",
		.exchange = EXCHANGE_INFORMATIONAL,
		.phase = IKE_DELETING,
		.steps = { info_request_step },
	},
	{
		.story = "the IKE SA's Delete is answered",
		.exchange = EXCHANGE_INFORMATIONAL,
		.phase = IKE_DELETING,
		.is_response = true,
		.steps = { delete_ike_done_step },
	},
};
const size_t exchange_row_count = ARRAY_LEN(exchange_rows);
