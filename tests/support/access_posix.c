/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "touch.h"

/* No handler of a sanitizer or of CMocka, no core file, no exit handlers: the child
 * says by the way it ends what happened, and nothing else. */
static _Noreturn void
touch_and_end(const volatile void *p, enum access how)
{
	const struct rlimit none = { 0, 0 };
	sigset_t faults;

	signal(SIGSEGV, SIG_DFL);
	signal(SIGBUS, SIG_DFL);
	sigemptyset(&faults);
	sigaddset(&faults, SIGSEGV);
	sigaddset(&faults, SIGBUS);
	sigprocmask(SIG_UNBLOCK, &faults, NULL);
	setrlimit(RLIMIT_CORE, &none);
	touch(p, how);
	_exit(0);
}

bool
access_faults(const volatile void *p, enum access how)
{
	int status;
	pid_t child = fork();

	if (child == 0)
		touch_and_end(p, how);
	while (child > 0 && waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			child = -1;
	if (child > 0 && WIFSIGNALED(status) &&
	    (WTERMSIG(status) == SIGSEGV || WTERMSIG(status) == SIGBUS))
		return true;
	if (child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return false;
	fprintf(stderr, "access_faults: the child ended in an unforeseen way\n");
	abort();
}
