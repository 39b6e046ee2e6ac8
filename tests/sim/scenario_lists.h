/* SPDX-License-Identifier: Apache-2.0 */
/* THE list of the lists of scenarios; one a line. No guard: it is read for each use. */
LIST(scenarios_up)
LIST(scenarios_refuse)
LIST(scenarios_loss)
LIST(scenarios_children)
LIST(scenarios_undo)
LIST(scenarios_retry)
LIST(scenarios_forge)
LIST(scenarios_conns)
LIST(scenarios_liveness)
LIST(scenarios_selectors)
LIST(scenarios_kernel)
LIST(scenarios_ppk)
