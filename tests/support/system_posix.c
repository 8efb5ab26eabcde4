/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "system.h"

#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "residency.h"
#include "test.h"

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#endif

static unsigned char *
pages(size_t n, int prot)
{
	void *p = mmap(NULL, n * PAGE, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(p != MAP_FAILED);
	return p;
}

/* What a child does, as true or false. */
static bool
child_says(bool (*what)(void *), void *arg)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0)
		_exit(what(arg));
	assert_true(child > 0 && waitpid(child, &status, 0) == child);
	return WIFEXITED(status) && WEXITSTATUS(status) == 1;
}

static bool
is_zero(void *p)
{
	return *(volatile unsigned char *)p == 0;
}

static bool
follows_advice(void)
{
	unsigned char *p = pages(1, PROT_READ | PROT_WRITE);

	*(volatile unsigned char *)p = 1;
	bool follows = madvise(p, PAGE, MADV_WIPEONFORK) != 0 || child_says(is_zero, p);
	munmap(p, PAGE);
	return follows;
}

/* Bytes in the list of our mappings; those that hold p as *ret_flags says. */
static unsigned long long
listed(const char *path, const void *p, char ret_flags[8])
{
	unsigned long long from, to, sum = 0;
	char line[512], flags[8];
	FILE *f = fopen(path, "r");

	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "%llx-%llx %7s", &from, &to, flags) == 3) {
			sum += to - from;
			if (from <= (uintptr_t)p && (uintptr_t)p < to)
				memcpy(ret_flags, flags, sizeof flags);
		}
	if (f)
		fclose(f);
	return sum;
}

static bool
tells_exec(void)
{
	unsigned char *p = pages(2, PROT_READ);
	char flags[8] = "";

	if (mprotect(p + PAGE, PAGE, PROT_READ | PROT_EXEC) == 0)
		listed("/proc/self/maps", p + PAGE, flags);
	munmap(p, 2 * PAGE);
	return flags[2] == 'x';
}

/* The calling thread's list, which an emulator may pass on as it is. */
static bool
tells_states(void)
{
	char flags[8] = "rw";

	if (access("/proc/thread-self/maps", R_OK) != 0)
		return true; /* it has other ways */
	unsigned char *p = pages(1, PROT_READ | PROT_WRITE);
	listed("/proc/thread-self/maps", p, flags);
	bool tells = flags[0] == 'r' && flags[1] == 'w';
	if (mprotect(p, PAGE, PROT_READ) == 0)
		listed("/proc/thread-self/maps", p, flags);
	munmap(p, PAGE);
	return tells && flags[1] != 'w';
}

static bool
tells_addresses(void)
{
	unsigned long n = 0;
	char flags[8];
	FILE *f = fopen("/proc/self/statm", "r");
	bool read = f && fscanf(f, "%lu", &n) == 1;

	if (f)
		fclose(f);
	return read &&
	       n * (unsigned long long)PAGE <= listed("/proc/self/maps", NULL, flags) + 16 * MIB;
}

static bool
has_too_much(void *unused)
{
	const struct rlimit little = { 16 * MIB, 16 * MIB };

	(void)unused;
	return setrlimit(RLIMIT_AS, &little) == 0 &&
	       mmap(NULL, GIB, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

bool
system_answers_itself(enum system_answer about)
{
	switch (about) {
	case SYSTEM_RESIDENCY:
		return system_tells_residency();
	case SYSTEM_ADVICE:
		return follows_advice();
	case SYSTEM_EXEC:
		return tells_exec();
	case SYSTEM_ADDRESSES:
		return tells_addresses();
	case SYSTEM_STATES:
		return tells_states();
	case SYSTEM_LIMIT:
		return !child_says(has_too_much, NULL);
	default:
		return true;
	}
}
