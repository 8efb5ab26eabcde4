/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Random operations of one thread against the reference model; TEST_SEED repeats a run. */
#include "model/cvec_model.h"
#include "test.h"

_Noreturn void
cvec_model_fail(const char *file, int line, const char *what)
{
	print_error("%s:%d: %s\n", file, line, what);
	_fail(file, line);
	abort(); /* _fail() does not return; its header does not say so */
}

static void
random_operations_agree_with_the_model(void **state)
{
	enum { RUNS = 150, BYTES = 1500 };
	uint64_t seed = test_seed();
	unsigned char bytes[BYTES];

	(void)state;
	for (int run = 0; run < RUNS; run++) {
		for (int i = 0; i < BYTES; i++)
			bytes[i] = (unsigned char)(next_random(&seed) >> 32);
		cvec_model_run(bytes, sizeof bytes);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_operations_agree_with_the_model),
	};

	return run_group("model_cvec_alone", tests);
}
