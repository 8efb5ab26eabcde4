/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The checker on random programs: what it says can come out must be what the axioms of the
 * memory model say, no less and no more. TEST_PROGRAMS sets how many of each kind.
 */
#include "model/axioms.h"
#include "model/model.h"
#include "test.h"

enum { OUTCOMES = 4096 };

struct list {
	struct outcome all[OUTCOMES];
	int count;
};

static struct program program;
static int place[PROGRAM_PLACES];
static struct outcome result;
static struct list modelled, expected;
static struct model_site sites[PROGRAM_THREADS][PROGRAM_STEPS]; /* outlive their executions */

static void
add_to(struct list *l, const struct outcome *o)
{
	for (int i = 0; i < l->count; i++)
		if (memcmp(&l->all[i], o, sizeof *o) == 0)
			return;
	assert_true(l->count < OUTCOMES);
	l->all[l->count++] = *o;
}

static void
expect(const struct outcome *o)
{
	add_to(&expected, o);
}

/* --- the program, under the model ------------------------------------------------------ */

static void
run_program(int thread)
{
	for (int i = 0; i < program.steps; i++) {
		const struct step *s = &program.step[thread][i];
		struct model_site *site = &sites[thread][i];
		int *at = &place[s->where], *got = &result.got[thread][i];
		int value = s->value;

		*site = (struct model_site){ .file = "program",
			                     .object = s->where ? "y" : "x",
			                     .line = i,
			                     .op = s->op,
			                     .order = s->order,
			                     .failure = s->failure };
		*got = 0;
		if (s->op == MODEL_LOAD)
			model_load(site, at, got, sizeof *at);
		else if (s->op == MODEL_STORE)
			model_store(site, at, &value, sizeof *at);
		else if (s->op == MODEL_CAS)
			(void)model_cas(site, at, got, &value, sizeof *at);
		else {
			model_update(site, at, &value, sizeof *at);
			*got = value;
		}
	}
}

static void
thread_0(void)
{
	run_program(0);
}

static void
thread_1(void)
{
	run_program(1);
}

static void
thread_2(void)
{
	run_program(2);
}

static void
start(void)
{
	memset(place, 0, sizeof place);
	memset(&result, 0, sizeof result);
}

static void
note(void)
{
	memcpy(result.last, place, sizeof place);
	add_to(&modelled, &result);
}

/* --- random programs ---------------------------------------------------------------------- */

static void
make_program(uint64_t *seed, int threads, bool seq_cst)
{
	static const uint8_t ops[] = { MODEL_LOAD,  MODEL_STORE,     MODEL_LOAD,
		                       MODEL_STORE, MODEL_FETCH_ADD, MODEL_CAS };
	static const uint8_t loads[] = { MODEL_RELAXED, MODEL_ACQUIRE, MODEL_SEQ_CST };
	static const uint8_t stores[] = { MODEL_RELAXED, MODEL_RELEASE, MODEL_SEQ_CST };
	static const uint8_t updates[] = { MODEL_RELAXED, MODEL_ACQUIRE, MODEL_RELEASE,
		                           MODEL_ACQ_REL, MODEL_SEQ_CST };

	memset(&program, 0, sizeof program);
	program.threads = threads;
	program.steps = PROGRAM_EVENTS / threads;
	for (int i = 0; i < PROGRAM_EVENTS; i++) {
		struct step *s = &program.step[i / program.steps][i % program.steps];
		uint64_t r = next_random(seed);

		s->op = ops[r % 6];
		s->where = (int)(r >> 8 & 1);
		s->value = i + 1;
		s->order = s->op == MODEL_LOAD    ? loads[(r >> 16) % 3]
		           : s->op == MODEL_STORE ? stores[(r >> 16) % 3]
		                                  : updates[(r >> 16) % 5];
		if (seq_cst)
			s->order = MODEL_SEQ_CST;
		s->failure = s->order == MODEL_SEQ_CST ? s->order : s->order & MODEL_ACQUIRE;
	}
}

static void
print_program(void)
{
	static const char *const names[] = {
		"load", "store", "exchange", "add", "or", "and", "cas"
	};
	static const char *const orders[] = { "relaxed", "acquire", "release", "acq_rel",
		                              "",        "",        "",        "seq_cst" };

	for (int t = 0; t < program.threads; t++)
		for (int i = 0; i < program.steps; i++) {
			const struct step *s = &program.step[t][i];

			fprintf(stderr, "thread %d: %s %s %c, %d\n", t, names[s->op],
			        orders[s->order], s->where ? 'y' : 'x', s->value);
		}
}

static void
print_missing(const struct list *in, const struct list *from, const char *what)
{
	struct list known = *from;

	for (int i = 0; i < in->count; i++) {
		int before = known.count;

		add_to(&known, &in->all[i]);
		if (known.count == before)
			continue;
		fprintf(stderr, "%s: x %d y %d, found", what, in->all[i].last[0],
		        in->all[i].last[1]);
		for (int t = 0; t < program.threads; t++)
			for (int s = 0; s < program.steps; s++)
				fprintf(stderr, " %d", in->all[i].got[t][s]);
		fprintf(stderr, "\n");
	}
}

static void
compare_programs(int threads, bool seq_cst,
                 void (*oracle)(const struct program *, outcome_function *))
{
	static struct model_result r;
	const struct model_test test = {
		.name = "random program",
		.setup = start,
		.threads = { thread_0, thread_1, threads == 3 ? thread_2 : NULL },
		.check = note,
		.preemptions = -1,
	};
	const char *wanted = getenv("TEST_PROGRAMS");
	int programs = wanted ? atoi(wanted) : 300;
	uint64_t seed = 1;

	for (int n = 0; n < programs; n++) {
		make_program(&seed, threads, seq_cst);
		modelled.count = expected.count = 0;
		model_run(&test, NULL, &r);
		assert_true(r.complete);
		oracle(&program, expect);
		int count = modelled.count;

		for (int i = 0; i < expected.count; i++)
			add_to(&modelled, &expected.all[i]);
		if (count == expected.count && modelled.count == count)
			continue;
		modelled.count = count;
		print_program();
		print_missing(&modelled, &expected, "the model only");
		print_missing(&expected, &modelled, "the oracle only");
		fail();
	}
}

static void
two_threads_do_what_the_axioms_allow(void **state)
{
	(void)state;
	compare_programs(2, false, axioms_run);
}

static void
three_threads_do_what_the_axioms_allow(void **state)
{
	(void)state;
	compare_programs(3, false, axioms_run);
}

static void
seq_cst_alone_does_what_interleavings_do(void **state)
{
	(void)state;
	compare_programs(2, true, interleavings_run);
	compare_programs(3, true, interleavings_run);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_threads_do_what_the_axioms_allow),
		cmocka_unit_test(three_threads_do_what_the_axioms_allow),
		cmocka_unit_test(seq_cst_alone_does_what_interleavings_do),
	};

	return run_group("random", tests);
}
