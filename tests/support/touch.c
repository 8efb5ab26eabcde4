/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "touch.h"

#include <stdint.h>
#include <string.h>

/* A sanitizer would look at its own shadow of the byte first, and die there. */
#if defined(__clang__)
#define NO_SANITIZE __attribute__((no_sanitize("address", "thread", "memory", "undefined")))
#else
#define NO_SANITIZE __attribute__((no_sanitize_address, no_sanitize_thread, no_sanitize_undefined))
#endif

NO_SANITIZE void
touch(const volatile void *p, enum access how)
{
	volatile unsigned char *byte = (volatile unsigned char *)(uintptr_t)p;
	unsigned char old;
	void (*code)(void);

	switch (how) {
	case ACCESS_READ:
		(void)*byte;
		break;
	case ACCESS_WRITE:
		old = *byte;
		(void)__atomic_compare_exchange_n(byte, &old, old, false, __ATOMIC_RELAXED,
		                                  __ATOMIC_RELAXED);
		break;
	case ACCESS_EXEC:
		memcpy(&code, &p, sizeof code);
		code();
		break;
	}
}

/* Little-endian instructions are written byte by byte; s390x has bytes anyway. */
#if defined(__x86_64__) || defined(__i386__)
static const unsigned char instruction[] = { 0xc3 };
#elif defined(__aarch64__)
static const unsigned char instruction[] = { 0xc0, 0x03, 0x5f, 0xd6 };
#elif defined(__arm__)
static const unsigned char instruction[] = { 0x1e, 0xff, 0x2f, 0xe1 };
#elif defined(__riscv)
static const unsigned char instruction[] = { 0x67, 0x80, 0x00, 0x00 };
#elif defined(__s390x__)
static const unsigned char instruction[] = { 0x07, 0xfe };
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
static const unsigned char instruction[] = { 0x20, 0x00, 0x80, 0x4e };
#else
static const unsigned char instruction[] = { 0 };
#define UNKNOWN_PROCESSOR 1
#endif

bool
put_return(void *p)
{
#if defined(UNKNOWN_PROCESSOR)
	(void)p;
	(void)instruction;
	return false;
#else
	char *to = p;

	memcpy(to, instruction, sizeof instruction);
	__builtin___clear_cache(to, to + sizeof instruction);
	return true;
#endif
}
