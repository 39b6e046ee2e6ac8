/* SPDX-License-Identifier: Apache-2.0 */
/* The stored secret of quick crash detection (RFC 6290 5.1). */
#ifndef PLUTO_QCD_SECRET_H
#define PLUTO_QCD_SECRET_H

#include "base/error.h"

/*
 * Reads the 32 bytes of DIR/qcd.secret, or makes directory and file (0700, 0600) with random ones.
 * False with an error: there is no secret that would be the same next time.
 */
bool qcd_secret_read(const char *dir, uint8_t out[32], struct error *e);

#endif
