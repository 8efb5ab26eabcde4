/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Is it the kernel that was wanted? So that nobody takes another for it. */
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "test.h"
#include "throwaway.h"

static const char *
wanted(const char *what)
{
	const char *value = getenv(what);

	if (!value)
		skip_because("nothing in particular was wanted");
	return value;
}

static void
the_page_is_as_large_as_was_wanted(void **state)
{
	(void)state;
	assert_int_equal(sysconf(_SC_PAGESIZE), strtol(wanted("WANT_PAGE"), NULL, 10));
	assert_int_equal(vbuf_page_size(), sysconf(_SC_PAGESIZE));
}

static void
the_kernel_knows_to_populate_or_not_as_was_wanted(void **state)
{
	(void)state;
	bool knows = madvise(NULL, 0, 23) == 0; /* MADV_POPULATE_WRITE */
	assert_int_equal(knows, wanted("WANT_POPULATE")[0] == '1');
}

static void
the_kernel_has_the_version_that_was_wanted(void **state)
{
	struct utsname name;
	const char *version = wanted("WANT_VERSION");

	(void)state;
	assert_int_equal(uname(&name), 0);
	if (strncmp(name.release, version, strlen(version)) != 0)
		fail_msg("it is %s", name.release);
}

static void
prefault_works_with_it(void **state)
{
	struct vbuf v;
	size_t done;

	(void)state;
	assert_ok(vbuf_reserve(&v, 64 * PAGE, NULL));
	assert_ok(vbuf_commit(&v, 0, 32 * PAGE));
	assert_ok(vbuf_prefault(&v, 0, 32 * PAGE, &done));
	assert_int_equal(resident_in(&v, 0, v.size), 32 * PAGE);
	assert_result(vbuf_prefault(&v, 16 * PAGE, 32 * PAGE, &done), VBUF_EACCES);
	assert_int_equal(done, 16 * PAGE);
	assert_ok(vbuf_unreserve(&v));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_page_is_as_large_as_was_wanted),
		cmocka_unit_test(the_kernel_knows_to_populate_or_not_as_was_wanted),
		cmocka_unit_test(the_kernel_has_the_version_that_was_wanted),
		cmocka_unit_test(prefault_works_with_it),
	};

	return kernel_is_ours() ? run_group("kernel", tests) : 77;
}
