/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whack's command line as a part of the tests: a program's own objects are in no archive.
 */
#include "../../../src/whack/check.c"
#include "../../../src/whack/general.c"
#include "../../../src/whack/help.c"
#include "../../../src/whack/options.c"
#include "../../../src/whack/request.c"
