/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "apart.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform.h"

enum { MODE = 1, FAMILY, VARIANT, SIZE, OPS, QUICK, ARGS };

static const char READY[] = "ready\n";

bool
bench_apart_works(char *program)
{
	static const char *const nothing[] = { NULL };
	char mode[] = BENCH_APART, answer[64];
	char *args[] = { program, mode, NULL };

	return bench_run_self(args, nothing, answer, sizeof answer) == 0 &&
	       strcmp(answer, READY) == 0;
}

static void
take_line(struct bench_batch *b, char *line)
{
	char *value = strchr(line, ' ');

	if (!value)
		return;
	*value++ = '\0';
	if (strcmp(line, "ops") == 0) {
		b->ops = strtoull(value, NULL, 10);
	} else if (strcmp(line, "starts") == 0) {
		b->starts = strtoull(value, NULL, 10);
	} else if (strcmp(line, "elapsed") == 0) {
		b->elapsed = strtoull(value, NULL, 10);
	} else if (strcmp(line, "absent") == 0) {
		bench_absent(b, value);
	} else if (strcmp(line, "failed") == 0) {
		snprintf(b->result->failed, sizeof b->result->failed, "%s", value);
	} else if (strcmp(line, "metric") == 0) {
		char *number = strchr(value, ' ');
		if (!number)
			return;
		*number++ = '\0';
		bench_metric(b, value, strtod(number, NULL));
	}
}

void
bench_apart_run(struct bench_batch *b, char *program, const char *family, const char *variant,
                const char *const *environment)
{
	char mode[] = BENCH_APART, size[32], ops[32], quick[] = { b->quick ? '1' : '0', '\0' };
	char family_name[64], variant_name[64], out[4096];
	char *args[] = { program, mode, family_name, variant_name, size, ops, quick, NULL };

	snprintf(family_name, sizeof family_name, "%s", family);
	snprintf(variant_name, sizeof variant_name, "%s", variant);
	snprintf(size, sizeof size, "%" PRIu64, b->size);
	snprintf(ops, sizeof ops, "%" PRIu64, b->ops);
	int status = bench_run_self(args, environment, out, sizeof out);
	if (status != 0) {
		snprintf(size, sizeof size, "ended with %d", status);
		bench_failed(b, "its process", size);
		return;
	}
	for (char *line = out, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		*end = '\0';
		take_line(b, line);
	}
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

static void
print_result(const struct bench_batch *b)
{
	const struct bench_result *r = b->result;

	if (r->absent[0])
		printf("absent %s\n", r->absent);
	if (r->failed[0])
		printf("failed %s\n", r->failed);
	printf("ops %" PRIu64 "\nstarts %" PRIu64 "\nelapsed %" PRIu64 "\n", b->ops, b->starts,
	       b->elapsed);
	for (size_t i = 0; i < r->metrics; i++)
		for (size_t k = 0; k < r->metric[i].n; k++)
			printf("metric %s %.17g\n", r->metric[i].name, r->metric[i].samples[k]);
}

int
bench_apart_main(int argc, char **argv, const struct bench_family *const *families)
{
	static struct bench_result result = { .measuring = true };

	if (argc == MODE + 1) {
		fputs(READY, stdout);
		return 0;
	}
	const struct bench_variant *v =
		argc == ARGS ? find(families, argv[FAMILY], argv[VARIANT]) : NULL;
	if (!v)
		return 2;
	struct bench_batch b = {
		.ops = strtoull(argv[OPS], NULL, 10),
		.size = strtoull(argv[SIZE], NULL, 10),
		.quick = argv[QUICK][0] == '1',
		.arg = v->arg,
		.result = &result,
	};
	v->run(&b);
	print_result(&b);
	return 0;
}
