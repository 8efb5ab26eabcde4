/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* ASan wants to know which stack is in use, and forgets none of what was on one before. */
#ifndef VBUF_TESTS_SANITIZER_H
#define VBUF_TESTS_SANITIZER_H

#include <stddef.h>

#if defined(MODEL_ASAN)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>

static const void *home_stack;
static size_t home_size;

/* stack NULL: to where the first call came from. */
static void
stack_leave(const void *stack, size_t size)
{
	void *unused;

	__sanitizer_start_switch_fiber(&unused, stack ? stack : home_stack,
	                               stack ? size : home_size);
}

static void
stack_arrive(void)
{
	const void *from;
	size_t size;

	__sanitizer_finish_switch_fiber(NULL, &from, &size);
	if (!home_stack) {
		home_stack = from;
		home_size = size;
	}
}

static void
stack_clean(void *stack, size_t size)
{
	ASAN_UNPOISON_MEMORY_REGION(stack, size);
}
#else
#define stack_leave(stack, size) ((void)0)
#define stack_arrive() ((void)0)
#define stack_clean(stack, size) ((void)0)
#endif

#endif
