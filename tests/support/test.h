/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What every test includes: CMocka, the library, and the words of our assertions. */
#ifndef VBUF_TESTS_SUPPORT_TEST_H
#define VBUF_TESTS_SUPPORT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vbuf/vbuf.h>

#define KIB ((size_t)1 << 10)
#define MIB ((size_t)1 << 20)
#define GIB ((uint64_t)1 << 30)
#define TIB ((uint64_t)1 << 40)

/* Bytes that the largest test reservation may have here; see meson_options.txt. */
#ifndef TEST_RESERVE_LIMIT
#error "the build sets TEST_RESERVE_LIMIT"
#endif

#define PAGE (vbuf_page_size())

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Compare two results by name, so that a failure reads "VBUF_EMAPS != VBUF_OK". */
#define assert_result(call, expected) check_result((call), (expected), #call, __FILE__, __LINE__)
#define assert_ok(call) assert_result(call, VBUF_OK)

void check_result(int got, int expected, const char *call, const char *file, int line);

/*
 * Run an array of tests. In place of cmocka_run_group_tests(), because of skip():
 * CMocka's TAP calls a skipped test "not ok", and Meson takes that for a failure.
 */
#define run_group(name, tests) run_group_of((name), (tests), sizeof(tests) / sizeof *(tests))
int run_group_of(const char *name, const struct CMUnitTest *tests, size_t count);

#undef skip
#define skip() skip_because("")
_Noreturn void skip_because(const char *why);

/* How to skip where this is not the process that runs the tests; it does not return. */
extern void (*skip_elsewhere)(void);

/* Every byte of the range is value? */
void assert_all(const unsigned char *p, size_t size, unsigned char value);

/* The state of the page at offset, as vbuf_query() tells; skips the test where it
 * cannot. */
enum vbuf_state state_at(const struct vbuf *v, size_t offset);

size_t resident_in(const struct vbuf *v, size_t offset, size_t size);

/* A number that differs from run to run, printed so that a failure can be repeated:
 * TEST_SEED in the environment sets it. */
uint64_t test_seed(void);

/* The next of a sequence (splitmix64). */
uint64_t next_random(uint64_t *state);

#endif
