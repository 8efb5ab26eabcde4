/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * System calls, counted by tracing: the kernel stops the other process at each, and tells
 * us. It is slow, so a batch is run for that alone. The other marks where counting begins
 * and ends by a signal to itself, which nobody but us ever sees.
 */
#include <errno.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../platform.h"

#define MARK SIGURG                    /* ignored where nobody traces */
#define CALL_STOP (SIGTRAP | 0x80)     /* PTRACE_O_TRACESYSGOOD has it so */
enum { OF_A_MARK = 3, MOST = 200000 }; /* calls; beyond so many it takes too long */

void
bench_mark(void)
{
	syscall(SYS_tgkill, syscall(SYS_getpid), syscall(SYS_gettid), MARK);
}

struct trace {
	bool counting, over;
	uint64_t calls;
};

/* What the process is to receive of the signal that it was stopped for. */
static long
stopped(struct trace *t, pid_t who, int status)
{
	struct __ptrace_syscall_info info;
	int sig = WSTOPSIG(status);

	if (status >> 16 != 0) /* an event: a thread, or exec */
		return 0;
	if (sig == MARK) {
		t->counting = !t->counting;
		if (!t->counting)
			t->calls -= OF_A_MARK;
		return 0;
	}
	if (sig != CALL_STOP)
		return sig == SIGSTOP ? 0 : sig; /* a new thread begins with that */
	if (!t->counting)
		return 0;
	if (ptrace(PTRACE_GET_SYSCALL_INFO, who, sizeof info, &info) <= 0)
		t->over = true; /* Linux before 5.3 */
	else if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
		t->over = ++t->calls > MOST;
	return 0;
}

/* Returns the status that it ended with. */
static int
follow(struct trace *t, pid_t pid)
{
	int status;

	for (;;) {
		pid_t who = waitpid(-1, &status, __WALL);

		if (who < 0 && errno == EINTR)
			continue;
		if (who < 0)
			return -1;
		if (!WIFSTOPPED(status)) {
			if (who == pid)
				return status;
			continue;
		}
		long sig = stopped(t, who, status);
		ptrace(t->over ? PTRACE_DETACH : PTRACE_SYSCALL, who, NULL, sig);
	}
}

static void
begin(char *const *args)
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0)
		raise(SIGSTOP); /* until the other one is ready */
	execv("/proc/self/exe", args);
	_exit(127);
}

int
bench_count_calls(char *const *args, uint64_t *ret_calls, bool *ret_told)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |
	                     PTRACE_O_EXITKILL;
	struct trace t = { .counting = false };
	pid_t pid = fork();
	int status;

	*ret_told = false;
	if (pid < 0)
		return BENCH_RUN_IMPOSSIBLE;
	if (pid == 0)
		begin(args);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return BENCH_RUN_IMPOSSIBLE;
	if (WIFSTOPPED(status)) { /* or nobody may trace here, and it has run by itself */
		t.over = ptrace(PTRACE_SETOPTIONS, pid, NULL, options) != 0;
		ptrace(t.over ? PTRACE_DETACH : PTRACE_SYSCALL, pid, NULL, NULL);
		status = follow(&t, pid);
		*ret_told = !t.over;
	}
	*ret_calls = t.calls;
	return WIFEXITED(status) ? WEXITSTATUS(status) : BENCH_RUN_KILLED + WTERMSIG(status);
}
