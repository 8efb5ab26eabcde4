/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * What a small program may do, told in two other ways than the model's: by the axioms of
 * the memory model, over all ways to say which load reads which store and in which order the
 * stores of a location are; and by interleavings, for programs that are all seq_cst.
 */
#ifndef VBUF_TESTS_AXIOMS_H
#define VBUF_TESTS_AXIOMS_H

#include "atomic_model.h"

enum { PROGRAM_THREADS = 3, PROGRAM_STEPS = 3, PROGRAM_PLACES = 2, PROGRAM_EVENTS = 6 };

struct step {
	uint8_t op; /* MODEL_LOAD, MODEL_STORE, MODEL_FETCH_ADD; MODEL_CAS from 0 to the value */
	uint8_t order, failure;
	int where, value;
};

struct program {
	int threads, steps; /* of each thread */
	struct step step[PROGRAM_THREADS][PROGRAM_STEPS];
};

struct outcome {
	int got[PROGRAM_THREADS][PROGRAM_STEPS]; /* found by each step; 0 by a store */
	int last[PROGRAM_PLACES];
};

typedef void outcome_function(const struct outcome *o);

/* Report each outcome once or more. */
void axioms_run(const struct program *p, outcome_function *report);
void interleavings_run(const struct program *p, outcome_function *report);

#endif
