/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The places of the atomic operations, for the mutation gate (tools/mutate-orderings):
 * MODEL_SITES=file       write a line for each place, and the tests that came by
 * MODEL_WEAKEN=place=to  run as a mutant: file:line:operation=order
 * MODEL_ONLY=a|b         run these tests alone
 */
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TESTS = 63, NO_SUCH_PLACE = 99 };

#define NOT_HOLDING (UINT64_C(1) << 63) /* a test that is to break, or only looks */

/* The linker makes these, from the section that all places are in. */
extern struct model_site *const __start_model_sites[] __attribute__((weak));
extern struct model_site *const __stop_model_sites[] __attribute__((weak));

static const char *names[TESTS];
static unsigned tests;
static uint64_t bit = NOT_HOLDING; /* of the test that runs */

static const char *const operations[] = {
	[MODEL_LOAD] = "load",         [MODEL_STORE] = "store",
	[MODEL_EXCHANGE] = "exchange", [MODEL_FETCH_ADD] = "fetch_add",
	[MODEL_FETCH_OR] = "fetch_or", [MODEL_FETCH_AND] = "fetch_and",
	[MODEL_CAS] = "cas",           [MODEL_LIGHT] = "light",
	[MODEL_HEAVY] = "heavy",
};

static const struct {
	const char *name;
	uint8_t order;
} orders[] = {
	{ "relaxed", MODEL_RELAXED }, { "acquire", MODEL_ACQUIRE }, { "release", MODEL_RELEASE },
	{ "acq_rel", MODEL_ACQ_REL }, { "seq_cst", MODEL_SEQ_CST },
};

static const char *
order_name(unsigned order)
{
	unsigned i = 0;

	while (orders[i].order != order)
		i++;
	return orders[i].name;
}

static void
write_sites(void)
{
	FILE *f = fopen(getenv("MODEL_SITES"), "a");

	if (!f) {
		perror(getenv("MODEL_SITES"));
		return;
	}
	for (struct model_site *const *p = __start_model_sites; p < __stop_model_sites; p++) {
		const struct model_site *s = *p;

		fprintf(f, "%s\t%d\t%s\t%s\t%s\t%s\t", s->file, s->line, operations[s->op],
		        order_name(s->order), order_name(s->failure), s->object);
		for (unsigned i = 0, some = 0; i < tests; i++)
			if (s->tests >> i & 1)
				fprintf(f, some++ ? "|%s" : "%s", names[i]);
		fputs(s->tests == NOT_HOLDING ? "-\n" : "\n", f);
	}
	fclose(f);
}

bool
sites_mutated(void)
{
	return getenv("MODEL_WEAKEN") != NULL;
}

bool
sites_wanted(const char *name)
{
	const char *only = getenv("MODEL_ONLY");
	size_t length = strlen(name);

	if (!only)
		return true;
	for (const char *p = only; (p = strstr(p, name)); p += length)
		if ((p == only || p[-1] == '|') && (p[length] == '\0' || p[length] == '|'))
			return true;
	return false;
}

/* file:line:operation=order; the operation is "cas-failure" for that order of a cas, and
 * the order "none" takes a fence away. */
static bool
weaken(const struct model_site *s, const char *place, size_t length)
{
	char name[512];

	snprintf(name, sizeof name, "%s:%d:%s", s->file, s->line, operations[s->op]);
	return strlen(name) == length && memcmp(name, place, length) == 0;
}

static void
weaken_all(void)
{
	const char *given = getenv("MODEL_WEAKEN");
	const char *to = strrchr(given, '=');
	size_t length = to ? (size_t)(to - given) : 0;
	static const char failing[] = "-failure";
	size_t tail = sizeof failing - 1;
	bool failure = length > tail && memcmp(to - tail, failing, tail) == 0;
	unsigned order = 0, changed = 0;

	while (to && order < sizeof orders / sizeof *orders &&
	       strcmp(orders[order].name, to + 1) != 0)
		order++;
	for (struct model_site *const *p = __start_model_sites; to && p < __stop_model_sites; p++) {
		if (!weaken(*p, given, failure ? length - tail : length))
			continue;
		changed++;
		if (strcmp(to + 1, "none") == 0)
			(*p)->dropped = true;
		else if (failure)
			(*p)->failure = orders[order].order;
		else
			(*p)->order = orders[order].order;
	}
	if (!changed) {
		fprintf(stderr, "model: there is no place %s\n", given);
		exit(NO_SUCH_PLACE);
	}
}

void
sites_prepare(const struct model_test *test, bool must_hold)
{
	static bool begun;

	if (!begun) {
		begun = true;
		if (getenv("MODEL_SITES"))
			atexit(write_sites);
		if (sites_mutated())
			weaken_all();
	}
	bit = NOT_HOLDING;
	if (must_hold && tests < TESTS) {
		names[tests] = test->name;
		bit = UINT64_C(1) << tests++;
	}
}

void
sites_done(void)
{
	bit = NOT_HOLDING;
}

void
sites_reached(struct model_site *site)
{
	site->tests |= bit;
}
