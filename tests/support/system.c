/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "system.h"

#include "test.h"

bool
system_answers(enum system_answer about)
{
	static const bool backend[] = {
		[BACKEND_DROPS] = TEST_BACKEND_DROPS,   [BACKEND_WIPES] = TEST_BACKEND_WIPES,
		[BACKEND_STATES] = TEST_BACKEND_STATES, [BACKEND_IN_PLACE] = TEST_BACKEND_IN_PLACE,
		[BACKEND_LINUX] = TEST_BACKEND_LINUX,
	};

	return about >= BACKEND_DROPS ? backend[about] : system_answers_itself(about);
}

void
needs(enum system_answer about)
{
	static const char *const without[] = {
		[SYSTEM_RESIDENCY] = "this system does not tell what is resident",
		[SYSTEM_ADVICE] = "this system takes advice and does not follow it",
		[SYSTEM_EXEC] = "this system does not tell what can be executed",
		[SYSTEM_ADDRESSES] = "this system tells the addresses of others as ours",
		[SYSTEM_STATES] = "this system tells the state of others' pages as ours",
		[SYSTEM_LIMIT] = "this system sets a limit and does not keep it",
		[BACKEND_DROPS] = "this backend cannot drop memory at fork",
		[BACKEND_WIPES] = "this backend cannot wipe memory at fork",
		[BACKEND_STATES] = "this backend does not know what state a page is in",
		[BACKEND_IN_PLACE] = "this backend cannot empty pages in place",
		[BACKEND_LINUX] = "this backend is not Linux's",
	};

	if (!system_answers(about))
		skip_because(without[about]);
}

enum vbuf_fork
fork_if_known(enum vbuf_fork how)
{
	bool known = how == VBUF_FORK_DROP   ? system_answers(BACKEND_DROPS)
	             : how == VBUF_FORK_WIPE ? system_answers(BACKEND_WIPES)
	                                     : true;

	return known ? how : VBUF_FORK_INHERIT;
}
