/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stdio.h>

#include "platform.h"

const char *
bench_run_ended(int status)
{
	static char text[64];

	if (status == BENCH_RUN_IMPOSSIBLE)
		snprintf(text, sizeof text, "could not be begun");
	else if (status >= BENCH_RUN_HUNG)
		snprintf(text, sizeof text, "did not end in its time");
	else if (status >= BENCH_RUN_KILLED)
		snprintf(text, sizeof text, "was killed by signal %d", status - BENCH_RUN_KILLED);
	else
		snprintf(text, sizeof text, "ended with %d", status);
	return text;
}
