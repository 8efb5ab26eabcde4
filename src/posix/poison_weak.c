/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* AddressSanitizer and LeakSanitizer by weak symbols, which their runtimes make strong; Valgrind by
 * the requests of its own header, where the build has it. */
#include "../poison.h"

#include <pthread.h>

#include "../atomic.h"
#include "valgrind.h"

__attribute__((weak)) void __asan_poison_memory_region(const volatile void *p, size_t size);
__attribute__((weak)) void __asan_unpoison_memory_region(const volatile void *p, size_t size);
__attribute__((weak)) void __lsan_register_root_region(const void *p, size_t size);
__attribute__((weak)) void __lsan_unregister_root_region(const void *p, size_t size);

bool
vbuf_poison_active(void)
{
	static unsigned char cached; /* 1: no, 2: yes, 0: not asked yet */
	unsigned char active = vbuf_load_relaxed_(&cached);

	if (active == 0) {
		active = __asan_poison_memory_region || vbuf_on_valgrind() ? 2 : 1;
		vbuf_store_relaxed_(&cached, active);
	}
	return active == 2;
}

void
vbuf_poison(const void *p, size_t size)
{
	if (__asan_poison_memory_region)
		__asan_poison_memory_region(p, size);
	else
		vbuf_valgrind_forbid(p, size);
}

void
vbuf_unpoison(const void *p, size_t size)
{
	if (__asan_unpoison_memory_region)
		__asan_unpoison_memory_region(p, size);
	else
		vbuf_valgrind_allow(p, size);
}

/* LeakSanitizer before LLVM 18 does not hold its own lock across a fork: a child made while
 * another thread was announcing a root would wait for that thread for ever. */
static pthread_mutex_t announcing = PTHREAD_MUTEX_INITIALIZER;

static void
before_fork(void)
{
	(void)pthread_mutex_lock(&announcing);
}

static void
after_fork(void)
{
	(void)pthread_mutex_unlock(&announcing);
}

/* Before the program has handlers of its own: so theirs run first, and this lock is the last
 * to be taken, as it is by whoever makes a container under a lock of the program's. */
static __attribute__((constructor)) void
mind_forks(void)
{
	if (__lsan_register_root_region)
		(void)pthread_atfork(before_fork, after_fork, after_fork);
}

static void
announce(void (*how)(const void *, size_t), const void *p, size_t size)
{
	if (!how)
		return;
	(void)pthread_mutex_lock(&announcing);
	how(p, size);
	(void)pthread_mutex_unlock(&announcing);
}

void
vbuf_root_add(const void *p, size_t size)
{
	announce(__lsan_register_root_region, p, size);
}

void
vbuf_root_remove(const void *p, size_t size)
{
	announce(__lsan_unregister_root_region, p, size);
}
