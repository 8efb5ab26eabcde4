/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * A reference model of a vector: an array from malloc() that does everything the slow
 * and simple way, by the contract of vec.h alone. A string of bytes is read as a string
 * of operations on three vectors; each is done to the real ones and to the model, and
 * the two are compared: results, elements, and which elements were destroyed.
 */
#ifndef VBUF_TESTS_VEC_MODEL_H
#define VBUF_TESTS_VEC_MODEL_H

#include <stddef.h>

/* Run the operations that the bytes spell. */
void vec_model_run(const unsigned char *bytes, size_t size);

/* What the program that links the model does when the two differ; does not return. */
_Noreturn void vec_model_fail(const char *file, int line, const char *what);

#endif
