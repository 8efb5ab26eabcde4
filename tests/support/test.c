/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "test.h"

#include <time.h>

#include "system.h"

void
check_result(int got, int expected, const char *call, const char *file, int line)
{
	if (got == expected)
		return;
	print_error("%s: %s, not %s (system error %u)\n", call, vbuf_errname(got),
	            vbuf_errname(expected), (unsigned)vbuf_sys_error());
	_fail(file, line);
}

void
assert_all(const unsigned char *p, size_t size, unsigned char value)
{
	for (size_t i = 0; i < size; i++)
		if (p[i] != value)
			fail_msg("byte %zu is %u, not %u", i, p[i], value);
}

enum vbuf_state
state_at(const struct vbuf *v, size_t offset)
{
	struct vbuf_run run;
	int err = vbuf_query(v, offset, &run);

	if (err == VBUF_ENOTSUP)
		skip();
	needs(SYSTEM_STATES);
	assert_ok(err);
	return run.state;
}

size_t
resident_in(const struct vbuf *v, size_t offset, size_t size)
{
	size_t bytes;
	int err = vbuf_resident(v, offset, size, &bytes);

	if (err == VBUF_ENOTSUP)
		skip();
	assert_ok(err);
	return bytes;
}

uint64_t
test_seed(void)
{
	const char *given = getenv("TEST_SEED");
	uint64_t seed = given ? strtoull(given, NULL, 0) : (uint64_t)time(NULL);

	fprintf(stderr, "TEST_SEED=%llu\n", (unsigned long long)seed);
	return seed;
}

uint64_t
next_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}
