/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Random operations against the reference model; TEST_SEED repeats a run. */
#include "model/vbuf_model.h"
#include "system.h"
#include "test.h"

_Noreturn void
vbuf_model_fail(const char *file, int line, const char *what)
{
	print_error("%s:%d: %s\n", file, line, what);
	_fail(file, line);
	abort(); /* _fail() does not return; its header does not say so */
}

static void
random_operations_agree_with_the_model(void **state)
{
	enum { RUNS = 60, BYTES = 900 };
	uint64_t seed = test_seed();
	unsigned char bytes[BYTES];

	(void)state;
	needs(SYSTEM_RESIDENCY); /* the model asks after each operation */
	for (int run = 0; run < RUNS; run++) {
		for (int i = 0; i < BYTES; i++)
			bytes[i] = (unsigned char)(next_random(&seed) >> 32);
		vbuf_model_run(bytes, sizeof bytes);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_operations_agree_with_the_model),
	};

	return run_group("model", tests);
}
