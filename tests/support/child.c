/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "child.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

enum { SKIPPED = 77 };

static bool is_child;

/* CMocka's way back from a failed assertion leads into the parent's copy of the
 * runner, and would run the other tests once more; so it aborts instead. */
static _Noreturn void
run_and_end(void (*body)(void *), void *arg)
{
	struct rlimit core;

	is_child = true;
	skip_elsewhere = skip_here;
	signal(SIGSEGV, SIG_DFL);
	signal(SIGBUS, SIG_DFL);
	signal(SIGSYS, SIG_DFL);
	signal(SIGABRT, SIG_DFL);
	getrlimit(RLIMIT_CORE, &core);
	core.rlim_cur = 0; /* no core file for a failed assertion */
	setrlimit(RLIMIT_CORE, &core);
	body(arg);
	_exit(0);
}

pid_t
start_child(void (*body)(void *), void *arg)
{
	/* Before the fork: the memory that it takes might else be where a buffer was. */
	setenv("CMOCKA_TEST_ABORT", "1", 1);
	pid_t child = fork();

	if (child == 0)
		run_and_end(body, arg);
	if (!is_child)
		unsetenv("CMOCKA_TEST_ABORT");
	assert_true(child > 0);
	return child;
}

int
end_of_child(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) < 0)
		assert_int_equal(errno, EINTR);
	return status;
}

void
in_child(void (*body)(void *), void *arg)
{
	int status = end_of_child(start_child(body, arg));

	if (WIFSIGNALED(status))
		fail_msg("the child ended by signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status) == SKIPPED)
		skip_here();
	assert_int_equal(WEXITSTATUS(status), 0);
}

void
skip_here(void)
{
	if (is_child)
		_exit(SKIPPED);
	skip();
}
