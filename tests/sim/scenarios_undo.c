/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario.h"
const struct scenario_list scenarios_undo = { NULL, 0 };
