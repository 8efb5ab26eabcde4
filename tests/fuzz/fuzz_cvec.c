/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The reference model, driven by libFuzzer. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "../model/cvec_model.h"

_Noreturn void
cvec_model_fail(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: %s\n", file, line, what);
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cvec_model_run(data, size < 4096 ? size : 4096);
	return 0;
}
