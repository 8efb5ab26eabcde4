/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
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

static void
collect(int fd, char *ret, size_t ret_size)
{
	char rest[512];
	size_t len = 0;

	for (;;) { /* what does not fit is read all the same, so that the other can end */
		bool fits = len + 1 < ret_size;
		ssize_t got =
			read(fd, fits ? ret + len : rest, fits ? ret_size - 1 - len : sizeof rest);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		if (fits)
			len += (size_t)got;
	}
	ret[len] = '\0';
}

int
bench_run_self(char *const *args, const char *const *environment, char *ret, size_t ret_size)
{
	posix_spawn_file_actions_t actions;
	int ends[2], status = -1, err;
	char **all = joined(environment);
	pid_t pid;

	if (!all || posix_spawn_file_actions_init(&actions) != 0)
		goto out;
	if (pipe(ends) != 0) {
		posix_spawn_file_actions_destroy(&actions);
		goto out;
	}
	err = posix_spawn_file_actions_addclose(&actions, ends[0]);
	if (err == 0)
		err = posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	if (err == 0)
		err = posix_spawn_file_actions_addclose(&actions, ends[1]);
	if (err == 0)
		err = posix_spawn(&pid, "/proc/self/exe", &actions, NULL, args, all);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	if (err == 0) {
		collect(ends[0], ret, ret_size);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		status = WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
	}
	close(ends[0]);
out:
	free(all);
	return status;
}
