/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../platform.h"

extern char **environ;

static bool
same_name(const char *a, const char *b)
{
	size_t n = strcspn(a, "=");

	return strncmp(a, b, n + 1) == 0;
}

/* What is wanted, then what there is under other names. */
static char **
joined(const char *const *wanted)
{
	size_t n = 0, have = 0;

	while (wanted[n])
		n++;
	while (environ[have])
		have++;
	char **all = malloc((n + have + 1) * sizeof *all);
	if (!all)
		return NULL;
	memcpy(all, wanted, n * sizeof *all);
	size_t len = n;
	for (char **e = environ; *e; e++) {
		bool hidden = false;
		for (size_t i = 0; i < n; i++)
			hidden = hidden || same_name(wanted[i], *e);
		if (!hidden)
			all[len++] = *e;
	}
	all[len] = NULL;
	return all;
}

/* To a process that is to read at once: it fits in the pipe. */
static void
give(int fd, const char *text)
{
	void (*before)(int) = signal(SIGPIPE, SIG_IGN); /* it need not want it */
	size_t len = strlen(text);

	while (len > 0) {
		ssize_t n = write(fd, text, len);
		if (n < 0 && errno != EINTR)
			break;
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
	}
	signal(SIGPIPE, before);
}

/* What it prints until it closes the pipe; false: that was not in time. */
static bool
collect(int fd, uint64_t until, char *ret, size_t ret_size)
{
	char rest[512];
	size_t len = 0;

	ret[0] = '\0';
	for (;;) { /* what does not fit is read all the same, so that the other can end */
		struct pollfd p = { .fd = fd, .events = POLLIN };
		uint64_t now = bench_now();
		bool fits = len + 1 < ret_size;

		if (now >= until)
			return false;
		if (poll(&p, 1, (int)((until - now) / 1000000 + 1)) <= 0)
			continue;
		ssize_t got =
			read(fd, fits ? ret + len : rest, fits ? ret_size - 1 - len : sizeof rest);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return true;
		if (fits)
			ret[len += (size_t)got] = '\0';
	}
}

/* One that prints no more, but does not end either, is given the rest of its time. */
static int
end_of(pid_t pid, bool in_time, uint64_t until)
{
	const struct timespec nap = { .tv_nsec = 200000 };
	int status = 0;

	for (;;) {
		pid_t got = waitpid(pid, &status, in_time ? WNOHANG : 0);
		if (got == pid)
			break;
		if (got < 0 && errno != EINTR)
			return BENCH_RUN_IMPOSSIBLE;
		if (!in_time)
			continue;
		if (bench_now() < until) {
			nanosleep(&nap, NULL);
			continue;
		}
		kill(pid, SIGKILL);
		in_time = false;
	}
	if (!in_time)
		return BENCH_RUN_HUNG;
	return WIFEXITED(status) ? WEXITSTATUS(status) : BENCH_RUN_KILLED + WTERMSIG(status);
}

/* text: what it reads, or NULL: as we do. A process that has a text gets a group of its
 * own, as it may be a shell with others beneath. */
static int
run(const char *path, char *const *args, char *const *environment, const char *text,
    uint64_t patience_ms, char *ret, size_t ret_size)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int in[2] = { -1, -1 }, out[2], status = BENCH_RUN_IMPOSSIBLE;
	pid_t pid;

	ret[0] = '\0';
	if (pipe(out) != 0)
		return status;
	if (text && pipe(in) != 0) {
		close(out[0]);
		close(out[1]);
		return status;
	}
	for (int i = 0; i < 2; i++) { /* no other child is to keep them open */
		fcntl(out[i], F_SETFD, FD_CLOEXEC);
		if (text)
			fcntl(in[i], F_SETFD, FD_CLOEXEC);
	}
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
	if (text) {
		posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
		posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
	}
	int err = posix_spawn(&pid, path, &actions, &attributes, args, environment);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	close(out[1]);
	if (text)
		close(in[0]);
	if (err == 0) {
		const uint64_t until = bench_now() + patience_ms * 1000000;

		if (text)
			give(in[1], text);
		if (text)
			close(in[1]);
		bool in_time = collect(out[0], until, ret, ret_size);
		if (!in_time)
			kill(text ? -pid : pid, SIGKILL);
		status = end_of(pid, in_time, until);
	} else if (text) {
		close(in[1]);
	}
	close(out[0]);
	return status;
}

int
bench_run_self(char *const *args, const char *const *environment, uint64_t patience_ms, char *ret,
               size_t ret_size)
{
	char **all = joined(environment);
	int status = BENCH_RUN_IMPOSSIBLE;

	if (all)
		status = run("/proc/self/exe", args, all, NULL, patience_ms, ret, ret_size);
	free(all);
	return status;
}

int
bench_run_peer(const char *command, const char *text, uint64_t patience_ms, char *ret,
               size_t ret_size)
{
	char name[] = "sh", option[] = "-c";
	size_t size = strlen(command) + sizeof "exec ";
	char *line = malloc(size);
	char *args[] = { name, option, line, NULL };
	int status = BENCH_RUN_IMPOSSIBLE;

	if (line) {
		snprintf(line, size, "exec %s", command);
		status = run("/bin/sh", args, environ, text, patience_ms, ret, ret_size);
	}
	free(line);
	return status;
}
