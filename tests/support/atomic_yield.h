/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The operations of <vbuf/atomic.h> for real threads that give way at random before each:
 * windows of two instructions become wide. VBUF_ATOMIC_MODEL names this file.
 */
#ifndef VBUF_TESTS_ATOMIC_YIELD_H
#define VBUF_TESTS_ATOMIC_YIELD_H

/* Nothing mostly; or a moment, or a turn for others, or many turns. */
void yield_at_random(void);

/* In a loop that waits. */
void yield_now(void);

#define VBUF_LOAD_(p, order) (yield_at_random(), __atomic_load_n((p), __ATOMIC_##order))
#define VBUF_STORE_(p, v, order) (yield_at_random(), __atomic_store_n((p), (v), __ATOMIC_##order))
#define VBUF_EXCHANGE_(p, v, order)                                                                \
	(yield_at_random(), __atomic_exchange_n((p), (v), __ATOMIC_##order))
#define VBUF_FETCH_ADD_(p, v, order)                                                               \
	(yield_at_random(), __atomic_fetch_add((p), (v), __ATOMIC_##order))
#define VBUF_FETCH_OR_(p, v, order)                                                                \
	(yield_at_random(), __atomic_fetch_or((p), (v), __ATOMIC_##order))
#define VBUF_FETCH_AND_(p, v, order)                                                               \
	(yield_at_random(), __atomic_fetch_and((p), (v), __ATOMIC_##order))
#define VBUF_CAS_(p, expected, desired, order, failure)                                            \
	(yield_at_random(), __atomic_compare_exchange_n((p), (expected), (desired), false,         \
	                                                __ATOMIC_##order, __ATOMIC_##failure))
#define VBUF_LIGHT_() (yield_at_random(), __atomic_signal_fence(__ATOMIC_SEQ_CST))
#define VBUF_HEAVY_(call) (yield_at_random(), (call))
#define VBUF_SPIN_() yield_now()
#define VBUF_PLAIN_READ_(p, size) yield_at_random()
#define VBUF_PLAIN_WRITE_(p, size) yield_at_random()

#endif
