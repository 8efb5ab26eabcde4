/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A program that loads the library, lets threads use a domain's own records, and unloads
 * it before they end. The library is the first argument. */
#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>

#include <vbuf/slotmap.h>

#include "test.h"

enum { THREADS = 4 };

static const char *path;
static int (*attach_self)(struct vbuf_domain *d, struct vbuf_record **ret);
static struct vbuf_domain *domain;
static unsigned ready;
static bool closed;

static void *
end_after_the_library(void *arg)
{
	struct vbuf_record *r;
	int *err = arg;

	*err = attach_self(domain, &r);
	__atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
	while (!__atomic_load_n(&closed, __ATOMIC_SEQ_CST))
		sched_yield();
	return NULL;
}

static void
threads_end_after_the_library_was_unloaded(void **state)
{
	int (*create)(struct vbuf_domain * *ret, const struct vbuf_domain_options *options);
	pthread_t thread[THREADS];
	int err[THREADS];

	(void)state;
	if (!path)
		skip();
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	assert_non_null(library);
	*(void **)(void *)&create = dlsym(library, "vbuf_domain_create");
	*(void **)(void *)&attach_self = dlsym(library, "vbuf_domain_self");
	assert_true(create && attach_self);
	assert_ok(create(&domain, NULL));
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, end_after_the_library, &err[i]),
		                 0);
	while (__atomic_load_n(&ready, __ATOMIC_SEQ_CST) < THREADS)
		sched_yield();
	assert_int_equal(dlclose(library), 0);
	__atomic_store_n(&closed, true, __ATOMIC_SEQ_CST);
	for (int i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(thread[i], NULL), 0);
		assert_ok(err[i]);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_end_after_the_library_was_unloaded),
	};

	if (argc > 1)
		path = argv[1];
	return run_group("test_dlclose", tests);
}
