/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "apart.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocators.h"
#include "answer.h"
#include "platform.h"
#include "probe.h"

/* Of the other process. What follows SMOKE is there in a probe only. */
enum { MODE = 1, FAMILY, VARIANT, SIZE, OPS, SMOKE, HOW };

/* How a probe runs: it counts the calls of another one, which looks at itself. */
static const char COUNTING[] = "counting", COUNTED[] = "counted";

static const char VERSION[] = "version", READY[] = "ready\n";

/* Of a batch. A hung one must not stop the whole run. */
#define PATIENCE_MS (600 * 1000)

static const char *const nothing[] = { NULL };

bool
bench_apart_works(char *program)
{
	char mode[] = BENCH_APART, answer[64];
	char *args[] = { program, mode, NULL };

	return bench_run_self(args, nothing, PATIENCE_MS, answer, sizeof answer) == 0 &&
	       strcmp(answer, READY) == 0;
}

void
bench_apart_run(struct bench_batch *b, char *program, const char *family, const char *variant,
                const char *const *environment, bool probe)
{
	static char out[BENCH_ANSWER_MAX];
	char mode[] = BENCH_APART, size[32], ops[32], smoke[] = { b->smoke ? '1' : '0', '\0' };
	char family_name[64], variant_name[64], how[sizeof COUNTING];
	char *args[] = { program, mode,  family_name,        variant_name, size,
		         ops,     smoke, probe ? how : NULL, NULL };

	snprintf(family_name, sizeof family_name, "%s", family);
	snprintf(variant_name, sizeof variant_name, "%s", variant);
	snprintf(size, sizeof size, "%" PRIu64, b->size);
	snprintf(ops, sizeof ops, "%" PRIu64, b->ops);
	snprintf(how, sizeof how, "%s", COUNTING);
	int status = bench_run_self(args, environment, PATIENCE_MS, out, sizeof out);
	if (status != 0)
		bench_failed(b, "its process", bench_run_ended(status));
	else
		bench_answer_read(b, out);
}

static const struct bench_variant *
find(const struct bench_family *const *families, const char *family, const char *variant)
{
	for (; *families; families++) {
		const struct bench_variant *v = (*families)->variants;
		for (; v->name && strcmp((*families)->name, family) == 0; v++)
			if (strcmp(v->name, variant) == 0)
				return v;
	}
	return NULL;
}

/* What is left and what was used at most, when all is done. */
static void
tell_memory(struct bench_figures *ret)
{
	uint64_t peak, now;

	if (!bench_resident(&peak, &now))
		return;
	bench_note(ret, "peak_rss", (double)peak);
	bench_note(ret, "final_rss", (double)now);
}

static int
count(char **argv)
{
	char counted[sizeof COUNTED];
	uint64_t calls;
	bool told;

	snprintf(counted, sizeof counted, "%s", COUNTED);
	argv[HOW] = counted;
	int status = bench_count_calls(argv, &calls, &told);
	if (status == 0 && told)
		printf("{\"process\": {\"system_calls\": %" PRIu64 "}}\n", calls);
	return status == 0 ? 0 : 1;
}

static int
tell_version(const char *name, const struct bench_library *l)
{
	for (; l && l->name; l++) {
		const char *version = NULL;
		if (l->allocator && strcmp(l->name, name) == 0)
			version = l->allocator->version();
		if (version)
			fputs(version, stdout);
	}
	return 0;
}

bool
bench_apart_version(char *program, const struct bench_library *library, char *ret, size_t size)
{
	char mode[] = BENCH_APART, what[sizeof VERSION], name[64];
	char *args[] = { program, mode, what, name, NULL };

	if (!library->allocator) {
		const char *version = library->version();
		snprintf(ret, size, "%s", version ? version : "");
	} else {
		snprintf(what, sizeof what, "%s", VERSION);
		snprintf(name, sizeof name, "%s", library->name);
		if (bench_run_self(args, bench_allocator_environment(library->allocator, false),
		                   PATIENCE_MS, ret, size) != 0)
			ret[0] = '\0';
	}
	return ret[0] != '\0';
}

int
bench_apart_main(int argc, char **argv, const struct bench_subject *subject)
{
	static struct bench_result result = { .measuring = true };
	static struct bench_probe probe;

	if (argc == MODE + 1) {
		fputs(READY, stdout);
		return 0;
	}
	if (argc == VARIANT + 1 && strcmp(argv[FAMILY], VERSION) == 0)
		return tell_version(argv[VARIANT], subject->libraries);
	const struct bench_variant *v =
		argc == SMOKE + 1 || argc == HOW + 1
			? find(subject->families, argv[FAMILY], argv[VARIANT])
			: NULL;
	if (!v)
		return 2;
	if (argc == HOW + 1 && strcmp(argv[HOW], COUNTING) == 0)
		return count(argv);
	struct bench_batch b = {
		.ops = strtoull(argv[OPS], NULL, 10),
		.size = strtoull(argv[SIZE], NULL, 10),
		.smoke = argv[SMOKE][0] == '1',
		.arg = v->arg,
		.probe = argc == HOW + 1 ? &probe : NULL,
		.result = &result,
	};
	v->run(&b);
	tell_memory(&result.process);
	if (b.probe)
		bench_probe_tell(b.probe, &result.process);
	bench_answer_write(stdout, &b);
	return 0;
}
