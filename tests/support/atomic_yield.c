/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "atomic_yield.h"

#include <sched.h>
#include <stdint.h>

/* Each thread has a sequence of its own (xorshift); which one, is by chance anyway. */
static _Thread_local uint32_t sequence;
static uint32_t sequences;

void
yield_now(void)
{
	(void)sched_yield();
}

void
yield_at_random(void)
{
	if (sequence == 0)
		sequence = __atomic_add_fetch(&sequences, 1, __ATOMIC_RELAXED) * 2654435761u | 1;
	sequence ^= sequence << 13;
	sequence ^= sequence >> 17;
	sequence ^= sequence << 5;
	if (sequence % 8 == 0) {
		for (uint32_t i = sequence >> 8 & 63; i > 0; i--)
			__atomic_signal_fence(__ATOMIC_SEQ_CST);
	} else if (sequence % 32 == 1) {
		yield_now();
	} else if (sequence % 1024 == 2) { /* as if the system had taken the processor */
		for (int i = 0; i < 50; i++)
			yield_now();
	}
}
