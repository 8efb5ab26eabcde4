/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * A reference model of a concurrent vector in one thread: an array and what stands at each
 * index, by the contract of cvec_engine.h alone. A string of bytes is read as a string of
 * operations; each is done to the real one and to the model, and the two are compared:
 * results, indices, states, elements, and which elements were destroyed.
 */
#ifndef VBUF_TESTS_CVEC_MODEL_H
#define VBUF_TESTS_CVEC_MODEL_H

#include <stddef.h>

/* Run the operations that the bytes spell. */
void cvec_model_run(const unsigned char *bytes, size_t size);

/* What the program that links the model does when the two differ; does not return. */
_Noreturn void cvec_model_fail(const char *file, int line, const char *what);

#endif
