/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Capabilities by libcap-ng. The bounding set is cut as well, so that no program started later gets
 * anything back. A daemon that was started with fewer rights keeps those of its set that it has.
 */
#include "privs.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <cap-ng.h>

#include "base/bytes.h"

/* DAC_READ_SEARCH: ipsec.secrets and what it includes may belong to another user. */
static const unsigned daemon_keeps[] = {
	CAP_NET_ADMIN, CAP_NET_BIND_SERVICE, CAP_IPC_LOCK, CAP_DAC_READ_SEARCH, CAP_AUDIT_WRITE,
};
static const unsigned spawner_keeps[] = { CAP_NET_ADMIN, CAP_NET_RAW };

static bool keep(const unsigned *list, size_t count)
{
	bool held[32] = { false };
	bool may_bound;

	capng_clear(CAPNG_SELECT_BOTH);
	if (capng_get_caps_process() < 0)
		return false;
	for (size_t i = 0; i < count; i++)
		held[i] = capng_have_capability(CAPNG_PERMITTED, list[i]);
	may_bound = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP);
	capng_clear(CAPNG_SELECT_BOTH);
	for (size_t i = 0; i < count; i++)
		if (held[i] && capng_update(CAPNG_ADD,
					    (capng_type_t)(CAPNG_EFFECTIVE | CAPNG_PERMITTED |
							   CAPNG_BOUNDING_SET),
					    list[i]) < 0)
			return false;
	return capng_apply(may_bound ? CAPNG_SELECT_BOTH : CAPNG_SELECT_CAPS) == 0;
}

bool privs_drop_spawner(void)
{
	return keep(spawner_keeps, ARRAY_LEN(spawner_keeps));
}

bool privs_drop_daemon(struct error *e)
{
	struct rlimit none = { 0, 0 };

	if (!keep(daemon_keeps, ARRAY_LEN(daemon_keeps)))
		return error_set(e, "cannot give up capabilities: %s", strerror(errno));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return error_set(e, "cannot forbid new privileges: %s", strerror(errno));
/* leak checks trace the process and end where they may not */
#ifndef __SANITIZE_ADDRESS__
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return error_set(e, "cannot forbid core dumps: %s", strerror(errno));
#endif
	(void)setrlimit(RLIMIT_CORE, &none);
	return true;
}
