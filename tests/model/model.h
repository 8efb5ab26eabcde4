/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* How a test is run under the model. docs/proof.md says what is modelled. */
#ifndef VBUF_TESTS_MODEL_H
#define VBUF_TESTS_MODEL_H

#include <stdbool.h>
#include <stdint.h>

enum { MODEL_THREADS = 4 };

/*
 * A test is run thousands of times, so setup() makes all shared objects anew, in
 * memory that keeps its addresses. The threads talk through atomic operations and marked
 * plain accesses only; what they find out goes into variables of their own, and check()
 * compares these after all have ended.
 */
struct model_test {
	const char *name;
	void (*setup)(void);
	void (*threads[MODEL_THREADS])(void);
	void (*check)(void);
	int preemptions; /* of running threads, at most; 0: MODEL_PREEMPTIONS, < 0: any number */
	uint64_t executions; /* at most, of the exhaustive search; 0: MODEL_EXECUTIONS */
	uint64_t samples;    /* > 0: what the search did not finish, this many random ones go on */
	bool every_path;     /* also those that lead to a state seen before: slow */
	int heavy_result;    /* other than 0: the heavy fence fails with it, and does nothing */
};

enum {
	MODEL_PREEMPTIONS = 3,
	MODEL_EXECUTIONS = 300000,
};

struct model_result {
	bool found;    /* an execution that breaks a promise */
	bool complete; /* the search saw all there is within the bound */
	uint64_t executions, states;
	double seconds;
	char why[512];
	char replay[2048];     /* the choices that lead there */
	char listing[1 << 16]; /* the execution, for reading */
};

/* Run a test; replay, if given, is the choices of one execution, which alone is run. */
void model_run(const struct model_test *test, const char *replay, struct model_result *ret);

/* A promise, in a thread or in check(). Breaking it ends the execution. */
#define model_check(condition) model_check_((condition), #condition, __FILE__, __LINE__)
void model_check_(bool holds, const char *condition, const char *file, int line);

/* Assertions of CMocka: no execution breaks the test; or one does, for this reason. */
void assert_model_holds(const struct model_test *test);
void assert_model_breaks(const struct model_test *test, const char *why);

#endif
