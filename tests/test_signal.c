/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Signals that interrupt system calls are nobody's error. */
#include <errno.h>
#include <signal.h>
#include <sys/time.h>

#include "system.h"
#include "test.h"

static volatile sig_atomic_t signals;

static void
count(int number)
{
	(void)number;
	signals++;
}

/* A timer without SA_RESTART, so that what can be interrupted is. */
static void
rain(suseconds_t microseconds)
{
	struct sigaction action = { .sa_handler = count };
	const struct itimerval each = { { 0, microseconds }, { 0, microseconds } };

	assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &each, NULL), 0);
}

static int
dry_up(void **state)
{
	const struct itimerval none = { { 0, 0 }, { 0, 0 } };

	(void)state;
	return setitimer(ITIMER_REAL, &none, NULL);
}

static void
calls_in_a_rain_of_signals_succeed(void **state)
{
	const struct vbuf_options o = {
		.size = sizeof o,
		.fork = fork_if_known(VBUF_FORK_WIPE),
		.no_dump = true,
	};
	const size_t size = 8 * MIB;
	struct vbuf_limits limits;
	struct vbuf v;
	size_t done;

	(void)state;
	signals = 0;
	rain(50);
	for (int i = 0; i < 1000 && (signals < 2000 || i < 20); i++) {
		assert_ok(vbuf_reserve(&v, size, &o));
		assert_ok(vbuf_commit(&v, 0, size));
		v.base[PAGE] = 7;
		assert_ok(vbuf_prefault(&v, 0, size, &done));
		assert_int_equal(done, size);
		assert_int_equal(resident_in(&v, 0, size), size);
		if (system_answers(BACKEND_STATES))
			assert_int_equal(state_at(&v, 0), VBUF_STATE_RW);
		assert_ok(vbuf_get_limits(&limits, sizeof limits));
		assert_true(limits.maps > 0 || limits.maps_limit == VBUF_UNLIMITED);
		int err = vbuf_lock(&v, 0, 16 * PAGE);
		assert_true(err == VBUF_OK || err == VBUF_ELOCKED || err == VBUF_EPERM);
		assert_ok(vbuf_unlock(&v, 0, 16 * PAGE));
		assert_int_equal(v.base[PAGE], 7);
		assert_ok(vbuf_purge(&v, 0, size / 2));
		assert_ok(vbuf_decommit(&v, 0, size));
		assert_ok(vbuf_unreserve(&v));
	}
	assert_int_equal(dry_up(NULL), 0);
	assert_true(signals > 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(calls_in_a_rain_of_signals_succeed, dry_up),
	};

	return run_group("signal", tests);
}
