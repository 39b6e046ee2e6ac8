/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulator's program: every scenario, then chaos over SIM_SEEDS seeds from SIM_SEED on
 * (without it the range turns with the day). Arguments: words that a scenario's name must hold, or
 * -c N for those that bear a case's number; -v shows the log of every world; -l lists. The last line
 * counts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "scenario.h"

struct tally {
	unsigned passed, failed;
	bool verbose, list;
	const char *only;
	const char *number; /* of the case; NULL: any */
};

#define LIST(name) &name,
static const struct scenario_list *const lists[] = {
#include "scenario_lists.h"
};
#undef LIST

typedef bool run_fn(const void *what, uint64_t seed, int64_t k, bool verbose, char *why,
		    size_t size, uint64_t *digest);

static bool run_scenario(const void *what, uint64_t seed, int64_t k, bool verbose, char *why,
			 size_t size, uint64_t *digest)
{
	return scenario_run(what, seed, k, verbose, why, size, digest);
}

static bool run_chaos(const void *what, uint64_t seed, int64_t k, bool verbose, char *why,
		      size_t size, uint64_t *digest)
{
	(void)what;
	(void)k;
	return chaos_run(seed, verbose, why, size, digest);
}

/* OpenSSL fills its caches in a first run: what grows is run once more and must not grow again. */
static bool run_accounted(run_fn *run, const void *what, uint64_t seed, int64_t k, bool verbose,
			  char *why, size_t size)
{
	size_t before = memory_blocks(), after;
	uint64_t digest, again;

	if (!run(what, seed, k, verbose, why, size, &digest))
		return false;
	if (memory_blocks() <= before)
		return true;
	before = memory_blocks();
	if (!run(what, seed, k, false, why, size, &again))
		return false;
	after = memory_blocks();
	if (after > before) {
		snprintf(why, size, "%zu blocks of memory were not freed", after - before);
		return false;
	}
	if (digest != again) {
		snprintf(why, size, "the same seed went another way");
		return false;
	}
	return true;
}

static void report(struct tally *t, bool ok, const char *name, uint64_t seed, const char *why)
{
	if (ok) {
		t->passed++;
		return;
	}
	t->failed++;
	printf("  FAIL    %s, SIM_SEED=%llu\n          %s\n", name, (unsigned long long)seed, why);
	fflush(stdout);
}

static bool bears(const char *cases, const char *number)
{
	size_t len = strlen(number);

	for (const char *at = cases; (at = strstr(at, number)); at += len)
		if ((at == cases || at[-1] == ' ') && (at[len] == ' ' || !at[len]))
			return true;
	return false;
}

static void run_one(struct tally *t, const struct scenario *sc, uint64_t seed, int64_t k)
{
	char name[200], why[700];
	const char *at = strstr(sc->name, "%s");

	if (at && sc->words)
		snprintf(name, sizeof(name), "%.*s%s%s", (int)(at - sc->name), sc->name,
			 sc->words[k - 1], at + 2);
	else if (sc->to > sc->from)
		snprintf(name, sizeof(name), "%s [%d]", sc->name, (int)k);
	else
		text_copy(name, sizeof(name), sc->name);
	if (sc->cases[0]) {
		size_t len = strlen(name);

		snprintf(name + len, sizeof(name) - len, " (case %s)", sc->cases);
	}
	if ((t->only && !strstr(name, t->only)) || (t->number && !bears(sc->cases, t->number)))
		return;
	if (t->list) {
		puts(name);
		return;
	}
	report(t, run_accounted(run_scenario, sc, seed, k, t->verbose, why, sizeof(why)), name,
	       seed, why);
}

static void run_lists(struct tally *t, uint64_t seed)
{
	for (size_t l = 0; l < ARRAY_LEN(lists); l++)
		for (size_t i = 0; i < lists[l]->count; i++) {
			const struct scenario *sc = &lists[l]->rows[i];

			for (int64_t k = scenario_first(sc); k <= scenario_last(sc); k++)
				run_one(t, sc, seed, k);
		}
}

/* Every seed is one test; the first few run twice and must go the same way. */
static void run_chaos_seeds(struct tally *t, uint64_t base, uint64_t count)
{
	char why[700];

	if (t->list || t->number || (t->only && !strstr("chaos", t->only)))
		return;
	for (uint64_t i = 0; i < count && t->failed < 25; i++) {
		uint64_t first, again;
		bool ok = run_accounted(run_chaos, NULL, base + i, 0, t->verbose, why, sizeof(why));

		if (ok && i < 5) {
			ok = chaos_run(base + i, false, why, sizeof(why), &first) &&
			     chaos_run(base + i, false, why, sizeof(why), &again) && first == again;
			if (!ok)
				text_copy(why, sizeof(why), "the same seed went another way");
		}
		report(t, ok, "chaos", base + i, why);
	}
}

static uint64_t number_of(const char *variable, uint64_t fallback)
{
	const char *text = getenv(variable);
	uint64_t n;

	return text && text[0] && parse_number(text, 0, UINT64_MAX / 2, &n) ? n : fallback;
}

static bool run_matrix(const void *what, uint64_t seed, int64_t k, bool verbose, char *why,
		       size_t size, uint64_t *digest)
{
	(void)what;
	(void)k;
	return matrix_run(seed, verbose, why, size, digest);
}

/* SIM_MATRIX schedules of the collision matrix ("all"), from SIM_MATRIX_AT on or turning with the day. */
static void run_matrix_part(struct tally *t, uint64_t day)
{
	const char *all = getenv("SIM_MATRIX");
	uint64_t total = matrix_count();
	uint64_t count = all && strcmp(all, "all") == 0 ? total : number_of("SIM_MATRIX", 1500);
	uint64_t at = number_of("SIM_MATRIX_AT", day * 1500);
	char name[160], why[700];
	unsigned failed = t->failed;

	if (t->list || t->number || (t->only && !strstr("matrix", t->only)))
		return;
	for (uint64_t i = 0; i < count && t->failed < failed + 25; i++) {
		uint64_t n = (at + i) % total;

		matrix_name(n, name, sizeof(name));
		report(t, run_accounted(run_matrix, NULL, n, 0, t->verbose, why, sizeof(why)), name,
		       1, why);
	}
	printf("  matrix: %llu of %llu schedules from %llu\n", (unsigned long long)count,
	       (unsigned long long)total, (unsigned long long)(at % total));
}

int main(int argc, char **argv)
{
	struct tally t = { 0 };
	struct error e = { 0 };
	uint64_t day = (uint64_t)time(NULL) / 86400;
	uint64_t base = number_of("SIM_SEED", day * 100000);
	clock_t start = clock();

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-v") == 0)
			t.verbose = true;
		else if (strcmp(argv[i], "-l") == 0)
			t.list = true;
		else if (strcmp(argv[i], "-c") == 0 && argv[i + 1])
			t.number = argv[++i];
		else
			t.only = argv[i];
	}
	setvbuf(stdout, NULL, _IOLBF, 4096);
	if (!memory_install() || !rand_install() || !crypto_self_test(&e)) {
		printf("  FAIL    crypto is not fit: %s\n0 passed, 1 failed\n", e.text);
		return 1;
	}
	run_lists(&t, number_of("SIM_SEED", 1));
	if (!t.list)
		printf("  scenarios: %u passed, %u failed\n", t.passed, t.failed);
	run_matrix_part(&t, day);
	run_chaos_seeds(&t, base, number_of("SIM_SEEDS", 100));
	if (t.list)
		return 0;
	printf("  seeds from %llu; %.1f s of processor\n", (unsigned long long)base,
	       (double)(clock() - start) / CLOCKS_PER_SEC);
	printf("%u passed, %u failed\n", t.passed, t.failed);
	return t.failed ? 1 : 0;
}
