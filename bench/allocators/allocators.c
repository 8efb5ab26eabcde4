/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "../allocators.h"

#include <stdio.h>

#include "../platform.h"

const char *const *
bench_allocator_environment(const struct bench_allocator *a, bool huge)
{
	static const char *const nothing[] = { NULL };
	const char *const *wanted = a ? huge ? a->huge : a->environment : NULL;

	return wanted && !BENCH_SANITIZED ? wanted : nothing;
}

bool
bench_allocator_may(struct bench_batch *b, const struct bench_allocator *a, bool huge)
{
	static char why[100];

	if (!a)
		return true;
	if (BENCH_SANITIZED) {
		bench_absent(b, "the sanitizer is the allocator");
	} else if (huge && !a->huge) {
		bench_absent(b, "it has no means to have huge pages");
	} else if (!bench_symbol(a->symbol)) {
		snprintf(why, sizeof why, "%s cannot be loaded", a->library);
		bench_absent(b, why);
	} else {
		return true;
	}
	return false;
}
