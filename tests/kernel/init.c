/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The first and only process of a kernel that was started for some tests: it makes the
 * few places that they look at, runs each program of /tests, and turns the machine off.
 * What it says of them is for tools/in-kernel to read.
 *
 * The kernel passes on each NAME=VALUE among its parameters that it does not know: that is
 * the environment, also of the tests. TEST_CGROUP=1 puts the memory controller where it was
 * of old; else it is where version 2 has it.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECONDS_EACH = 240 };

static void
mount_at(const char *path, const char *type, const char *options)
{
	mkdir(path, 0755);
	if (mount("none", path, type, 0, options) != 0)
		printf("init: %s at %s: %s\n", type, path, strerror(errno));
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* A test that hangs is killed, with all that it started. */
static int
wait_for(pid_t child)
{
	int status = -1;

	for (int tenths = 0; tenths < SECONDS_EACH * 10; tenths++) {
		if (waitpid(child, &status, WNOHANG) == child)
			return status;
		usleep(100000);
	}
	printf("\ninit: more than %d seconds\n", SECONDS_EACH);
	kill(-child, SIGKILL);
	waitpid(child, &status, 0);
	return status;
}

static void
run(const char *name)
{
	char path[300];

	snprintf(path, sizeof path, "/tests/%s", name);
	printf("\n#begin %s\n", name);
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		setpgid(0, 0);
		execl(path, name, (char *)NULL);
		printf("init: %s: %s\n", path, strerror(errno));
		_exit(126);
	}
	int status = child > 0 ? wait_for(child) : -1;
	while (waitpid(-1, NULL, WNOHANG) > 0) /* orphans */
		;
	printf("\n#end %s %d\n", name,
	       WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	fflush(stdout);
}

int
main(void)
{
	struct dirent **names;
	const char *version = getenv("TEST_CGROUP");
	const struct rlimit none = { RLIM_INFINITY, RLIM_INFINITY };
	bool old = version && strcmp(version, "1") == 0;

	mount_at("/proc", "proc", NULL);
	mount_at("/sys", "sysfs", NULL);
	mount_at("/dev", "devtmpfs", NULL);
	mount_at("/tmp", "tmpfs", "mode=1777");
	if (old) {
		mount_at("/sys/fs/cgroup", "tmpfs", NULL);
		mount_at("/sys/fs/cgroup/memory", "cgroup", "memory");
	} else {
		mount_at("/sys/fs/cgroup", "cgroup2", NULL);
	}
	setrlimit(RLIMIT_MEMLOCK, &none); /* which the tests lower */
	setenv("CMOCKA_MESSAGE_OUTPUT", "TAP", 1);
	setenv("TEST_THROW_AWAY", "1", 1);
	setenv("TEST_CGROUP", old ? "1" : "2", 1);
	chdir("/tmp");
	int n = scandir("/tests", &names, NULL, by_name);
	for (int i = 0; i < n; i++)
		if (names[i]->d_name[0] != '.')
			run(names[i]->d_name);
	printf("\n#done\n");
	fflush(stdout);
	sync();
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}
