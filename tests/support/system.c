/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "system.h"

#include "test.h"

void
needs(enum system_answer about)
{
	static const char *const without[] = {
		[SYSTEM_RESIDENCY] = "this system does not tell what is resident",
		[SYSTEM_ADVICE] = "this system takes advice and does not follow it",
		[SYSTEM_EXEC] = "this system does not tell what can be executed",
		[SYSTEM_ADDRESSES] = "this system tells the addresses of others as ours",
		[SYSTEM_LIMIT] = "this system sets a limit and does not keep it",
	};

	if (!system_answers(about))
		skip_because(without[about]);
}
