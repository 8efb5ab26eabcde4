/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _XOPEN_SOURCE 700
#define _DARWIN_C_SOURCE /* which counts page faults beyond POSIX; the BSDs show that anyway */
#include <fcntl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "platform.h"

void
platform_init(void)
{
}

bool
platform_is_terminal(int fd)
{
	return isatty(fd) == 1;
}

int
platform_open(const char *path)
{
	return open(path, O_RDONLY | O_CLOEXEC);
}

ptrdiff_t
platform_read(int fd, void *to, size_t size)
{
	return read(fd, to, size);
}

void
platform_close(int fd)
{
	(void)close(fd); /* it was only read from: nothing can be lost */
}

double
platform_seconds(void)
{
	struct timespec t = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

uint64_t
platform_page_faults(void)
{
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage) != 0)
		return 0;
	return (uint64_t)usage.ru_minflt + (uint64_t)usage.ru_majflt;
}
