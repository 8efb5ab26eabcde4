/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * A reference model of a slotmap: a list of all elements that ever were, by the contract of
 * slotmap_engine.h alone. A string of bytes is read as a string of operations on one map,
 * by several records or the exclusive one; each is done to the real one and to the model,
 * and the two are compared: results, handles, elements, and which were destroyed.
 */
#ifndef VBUF_TESTS_SLOTMAP_MODEL_H
#define VBUF_TESTS_SLOTMAP_MODEL_H

#include <stddef.h>

/* Run the operations that the bytes spell. */
void slotmap_model_run(const unsigned char *bytes, size_t size);

/* What the program that links the model does when the two differ; does not return. */
_Noreturn void slotmap_model_fail(const char *file, int line, const char *what);

#endif
