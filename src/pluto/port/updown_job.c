/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Jobs for updown scripts as plain memory. A value that a script could trip over (control
 * characters, great length) is left out here, so nothing later has to look at values again.
 */
#include "port/updown_job.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_LEN 64
#define VALUE_MAX_LEN 256

struct updown_job *updown_job_new(uint64_t owner, uint32_t ticket, const char *verb)
{
	struct updown_job *j = calloc(1, sizeof(*j));

	if (!j)
		return NULL;
	j->owner = owner;
	j->ticket = ticket;
	text_copy(j->verb, sizeof(j->verb), verb);
	return j;
}

void updown_job_free(struct updown_job *j)
{
	while (j) {
		struct updown_job *next = j->next;

		for (size_t i = 0; i < j->env_count; i++)
			free(j->env[i]);
		free(j->command);
		free(j);
		j = next;
	}
}

static bool value_is_safe(const char *value)
{
	for (; *value; value++)
		if ((unsigned char)*value < 0x20 || (unsigned char)*value >= 0x7f)
			return false;
	return true;
}

bool updown_job_env(struct updown_job *j, const char *name, const char *format, ...)
{
	char entry[NAME_MAX_LEN + VALUE_MAX_LEN + 2];
	struct text t = TEXT_OVER(entry);
	size_t room, start;
	va_list args;
	int len;

	if (j->env_count == UPDOWN_ENV_MAX || strlen(name) > NAME_MAX_LEN)
		return false;
	text_add(&t, "%s=", name);
	start = t.len;
	room = sizeof(entry) - start;
	va_start(args, format);
	len = vsnprintf(entry + start, room, format, args);
	va_end(args);
	if (len < 0 || len > VALUE_MAX_LEN || (size_t)len >= room || !value_is_safe(entry + start))
		return false;
	j->env[j->env_count] = strdup(entry);
	if (!j->env[j->env_count])
		return false;
	j->env_count++;
	return true;
}
