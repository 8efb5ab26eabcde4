/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* As faulty_posix.c, for Linux, whose kernel has more to be asked. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fault_linux.h"
#include "faulty.h"

/* A fault named after the flag plays the kernel that does not know it, and takes the
 * address for a hint. */
void *faulty_mmap(void *p, size_t n, int prot, int flags, int fd, off_t at);
void *
faulty_mmap(void *p, size_t n, int prot, int flags, int fd, off_t at)
{
	if (faulty("mmap"))
		return MAP_FAILED;
	if (flags & MAP_FIXED_NOREPLACE && faulty("MAP_FIXED_NOREPLACE"))
		flags &= ~MAP_FIXED_NOREPLACE;
	return mmap(p, n, prot, flags, fd, at);
}

const char *fault_root = "";

int faulty_open(const char *path, int flags, ...);
int
faulty_open(const char *path, int flags, ...)
{
	char longer[1024];

	if (faulty("open"))
		return -1;
	snprintf(longer, sizeof longer, "%s%s", fault_root, path);
	return open(longer, flags);
}

int faulty_prctl(int option, ...);
int
faulty_prctl(int option, ...)
{
	unsigned long a[4];
	va_list list;

	va_start(list, option);
	for (int i = 0; i < 4; i++)
		a[i] = va_arg(list, unsigned long);
	va_end(list);
	return faulty("prctl") ? -1 : prctl(option, a[0], a[1], a[2], a[3]);
}

uint64_t fault_nodes;

/* The set of nodes as the kernel reads it: one bit less than it is told of. */
static uint64_t
nodes_of(const unsigned long *mask, unsigned long bits)
{
	const unsigned word = sizeof *mask * 8;
	uint64_t nodes = 0;

	for (unsigned i = 0; mask && i < 64 && i + 1 < bits; i++)
		nodes |= (uint64_t)(mask[i / word] >> i % word & 1) << i;
	return nodes;
}

/* Six words whatever the call: the callers pass at most that many. */
long faulty_syscall(long number, ...);
long
faulty_syscall(long number, ...)
{
	long a[6];
	va_list list;

	va_start(list, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(list, long);
	va_end(list);
	if (number == SYS_mbind)
		fault_nodes = nodes_of((const unsigned long *)a[3], (unsigned long)a[4]);
	return faulty("syscall") ? -1 : syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
