/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/**
 * @file
 * The atomic operations that all concurrent code of libvbuf goes through, named by
 * the order they give. Not for programs: the underscore at the end says so. It is
 * public because the inline functions of the containers need it.
 *
 * They work on plain objects of 1, 4 or 8 bytes and on pointers, so that a header can
 * be read by C++ too. The value is a second argument, compare-and-swap takes
 * (object, pointer to the expected value, desired value), is never spurious, and
 * stores what it found when it fails. It fails with the acquiring half of its order.
 *
 * A build that defines VBUF_ATOMIC_MODEL as the name of a file gets the operations
 * from that file instead, unchanged sources and all: see docs/proof.md.
 */
#ifndef VBUF_ATOMIC_H
#define VBUF_ATOMIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 1 where the operations exist. Elsewhere headers declare functions instead. (A test has the
 * headers as a compiler without them does.) */
#if (defined(__GNUC__) || defined(__clang__)) && !defined(VBUF_WITHOUT_ATOMICS_)
#define VBUF_HAS_ATOMICS_ 1
#else
#define VBUF_HAS_ATOMICS_ 0
#endif

/* Eight bytes that are one object also where a processor of 32 bits aligns them to 4. */
#if VBUF_HAS_ATOMICS_
typedef uint64_t vbuf_atomic_u64_ __attribute__((aligned(8)));
#else
typedef uint64_t vbuf_atomic_u64_;
#endif

#if defined(VBUF_ATOMIC_MODEL)
#include VBUF_ATOMIC_MODEL
#elif VBUF_HAS_ATOMICS_
#define VBUF_LOAD_(p, order) __atomic_load_n((p), __ATOMIC_##order)
#define VBUF_STORE_(p, v, order) __atomic_store_n((p), (v), __ATOMIC_##order)
#define VBUF_EXCHANGE_(p, v, order) __atomic_exchange_n((p), (v), __ATOMIC_##order)
#define VBUF_FETCH_ADD_(p, v, order) __atomic_fetch_add((p), (v), __ATOMIC_##order)
#define VBUF_FETCH_OR_(p, v, order) __atomic_fetch_or((p), (v), __ATOMIC_##order)
#define VBUF_FETCH_AND_(p, v, order) __atomic_fetch_and((p), (v), __ATOMIC_##order)
#define VBUF_CAS_(p, expected, desired, order, failure)                                            \
	__atomic_compare_exchange_n((p), (expected), (desired), false, __ATOMIC_##order,           \
	                            __ATOMIC_##failure)
#define VBUF_LIGHT_() __atomic_signal_fence(__ATOMIC_SEQ_CST)
#define VBUF_HEAVY_(call) (call)
#define VBUF_PLAIN_READ_(p, size) ((void)0)
#define VBUF_PLAIN_WRITE_(p, size) ((void)0)
#if defined(__x86_64__) || defined(__i386__)
#define VBUF_SPIN_() __builtin_ia32_pause()
#elif defined(__aarch64__)
#define VBUF_SPIN_() __asm__ __volatile__("yield" ::: "memory")
#else
#define VBUF_SPIN_() VBUF_LIGHT_()
#endif
#else
#define VBUF_PLAIN_READ_(p, size) ((void)0)
#define VBUF_PLAIN_WRITE_(p, size) ((void)0)
#endif

#define vbuf_load_relaxed_(p) VBUF_LOAD_(p, RELAXED)
#define vbuf_load_acquire_(p) VBUF_LOAD_(p, ACQUIRE)
#define vbuf_load_seq_cst_(p) VBUF_LOAD_(p, SEQ_CST)

#define vbuf_store_relaxed_(p, v) VBUF_STORE_(p, v, RELAXED)
#define vbuf_store_release_(p, v) VBUF_STORE_(p, v, RELEASE)
#define vbuf_store_seq_cst_(p, v) VBUF_STORE_(p, v, SEQ_CST)

#define vbuf_exchange_relaxed_(p, v) VBUF_EXCHANGE_(p, v, RELAXED)
#define vbuf_exchange_acquire_(p, v) VBUF_EXCHANGE_(p, v, ACQUIRE)
#define vbuf_exchange_release_(p, v) VBUF_EXCHANGE_(p, v, RELEASE)
#define vbuf_exchange_acq_rel_(p, v) VBUF_EXCHANGE_(p, v, ACQ_REL)
#define vbuf_exchange_seq_cst_(p, v) VBUF_EXCHANGE_(p, v, SEQ_CST)

#define vbuf_fetch_add_relaxed_(p, v) VBUF_FETCH_ADD_(p, v, RELAXED)
#define vbuf_fetch_add_acquire_(p, v) VBUF_FETCH_ADD_(p, v, ACQUIRE)
#define vbuf_fetch_add_release_(p, v) VBUF_FETCH_ADD_(p, v, RELEASE)
#define vbuf_fetch_add_acq_rel_(p, v) VBUF_FETCH_ADD_(p, v, ACQ_REL)
#define vbuf_fetch_add_seq_cst_(p, v) VBUF_FETCH_ADD_(p, v, SEQ_CST)

#define vbuf_fetch_or_relaxed_(p, v) VBUF_FETCH_OR_(p, v, RELAXED)
#define vbuf_fetch_or_acquire_(p, v) VBUF_FETCH_OR_(p, v, ACQUIRE)
#define vbuf_fetch_or_release_(p, v) VBUF_FETCH_OR_(p, v, RELEASE)
#define vbuf_fetch_or_acq_rel_(p, v) VBUF_FETCH_OR_(p, v, ACQ_REL)
#define vbuf_fetch_or_seq_cst_(p, v) VBUF_FETCH_OR_(p, v, SEQ_CST)

#define vbuf_fetch_and_relaxed_(p, v) VBUF_FETCH_AND_(p, v, RELAXED)
#define vbuf_fetch_and_acquire_(p, v) VBUF_FETCH_AND_(p, v, ACQUIRE)
#define vbuf_fetch_and_release_(p, v) VBUF_FETCH_AND_(p, v, RELEASE)
#define vbuf_fetch_and_acq_rel_(p, v) VBUF_FETCH_AND_(p, v, ACQ_REL)
#define vbuf_fetch_and_seq_cst_(p, v) VBUF_FETCH_AND_(p, v, SEQ_CST)

#define vbuf_cas_relaxed_(p, expected, desired) VBUF_CAS_(p, expected, desired, RELAXED, RELAXED)
#define vbuf_cas_acquire_(p, expected, desired) VBUF_CAS_(p, expected, desired, ACQUIRE, ACQUIRE)
#define vbuf_cas_release_(p, expected, desired) VBUF_CAS_(p, expected, desired, RELEASE, RELAXED)
#define vbuf_cas_acq_rel_(p, expected, desired) VBUF_CAS_(p, expected, desired, ACQ_REL, ACQUIRE)
#define vbuf_cas_seq_cst_(p, expected, desired) VBUF_CAS_(p, expected, desired, SEQ_CST, SEQ_CST)

/*
 * The two halves of an asymmetric fence. Light holds the compiler back and costs
 * nothing; heavy takes the call that makes every other thread of the process pass a
 * full fence (membarrier), and yields its result: the call is named at the place, as it
 * is behind a door of the library.
 */
#define vbuf_light_() VBUF_LIGHT_()
#define vbuf_heavy_(call) VBUF_HEAVY_(call)

/* In a loop that waits for another thread, once a round. */
#define vbuf_spin_() VBUF_SPIN_()

/*
 * Just before size bytes at p are read or written without an atomic operation. The
 * model checks these accesses for races; elsewhere they are nothing.
 */
#define vbuf_plain_read_(p, size) VBUF_PLAIN_READ_(p, size)
#define vbuf_plain_write_(p, size) VBUF_PLAIN_WRITE_(p, size)

#endif
