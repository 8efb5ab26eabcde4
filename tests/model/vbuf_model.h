/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * A reference model of one buffer: what each page is and holds, by the contract of
 * vbuf.h alone. A string of bytes is read as a string of operations; each is done
 * to a real buffer and to the model, and the two are compared, also with what the
 * system says of the mappings.
 */
#ifndef VBUF_TESTS_VBUF_MODEL_H
#define VBUF_TESTS_VBUF_MODEL_H

#include <stddef.h>

/* Run the operations that the bytes spell. */
void vbuf_model_run(const unsigned char *bytes, size_t size);

/* What the program that links the model does when the two differ; does not return. */
_Noreturn void vbuf_model_fail(const char *file, int line, const char *what);

#endif
