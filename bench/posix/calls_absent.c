/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Where nobody counts the system calls of another process, it runs all the same. */
#include <stddef.h>
#include <unistd.h>

#include "../platform.h"

void
bench_mark(void)
{
}

int
bench_count_calls(char *const *args, uint64_t *ret_calls, bool *ret_told)
{
	*ret_calls = 0;
	*ret_told = false;
	execv("/proc/self/exe", args);
	return BENCH_RUN_IMPOSSIBLE;
}
