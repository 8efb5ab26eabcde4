/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "smaps.h"

#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

#include "child.h"
#include "test.h"

/* Not by stdio, which may take the very addresses that are asked about for its buffer. */
struct lines {
	int fd;
	size_t at, end;
	char buf[65536];
};

static struct lines *
open_or_skip(const char *path)
{
	static struct lines lines;

	lines.fd = open(path, O_RDONLY | O_CLOEXEC);
	lines.at = lines.end = 0;
	if (lines.fd < 0)
		skip_here();
	return &lines;
}

/* The next line, cut to size; false at the end. */
static bool
next_line(struct lines *f, char *line, size_t size)
{
	size_t n = 0;

	for (;;) {
		if (f->at == f->end) {
			ssize_t got = read(f->fd, f->buf, sizeof f->buf);
			if (got <= 0)
				break;
			f->at = 0;
			f->end = (size_t)got;
		}
		char c = f->buf[f->at++];
		if (n + 1 < size)
			line[n++] = c;
		if (c == '\n')
			break;
	}
	line[n] = '\0';
	return n > 0;
}

struct smaps
smaps_of(const void *p, size_t size, const char *flag)
{
	uintptr_t first = (uintptr_t)p, end = first + size;
	unsigned long long from, to, at, kib;
	size_t in_range = 0; /* bytes of the mapping that the lines are about */
	bool any_flags = false;
	char line[512], perms[8], *flags;
	struct smaps all = { 0 };
	struct lines *f = open_or_skip("/proc/self/smaps");

	while (next_line(f, line, sizeof line)) {
		if (sscanf(line, "%llx-%llx %4s %llx", &from, &to, perms, &at) == 4) {
			from = from > first ? from : first;
			to = to < end ? to : end;
			in_range = from < to ? (size_t)(to - from) : 0;
			all.mappings += in_range != 0;
			all.bytes += in_range;
		} else if (in_range && sscanf(line, "Rss: %llu kB", &kib) == 1) {
			all.resident += (size_t)kib * 1024;
		} else if (in_range && sscanf(line, "AnonHugePages: %llu kB", &kib) == 1) {
			all.huge += (size_t)kib * 1024;
		} else if (in_range && sscanf(line, "LazyFree: %llu kB", &kib) == 1) {
			all.lazy += (size_t)kib * 1024;
		} else if (strncmp(line, "VmFlags:", 8) == 0) {
			any_flags = true;
			for (flags = strtok(line + 8, " \n"); flags; flags = strtok(NULL, " \n"))
				if (strcmp(flags, flag) == 0)
					all.flagged += in_range;
		}
	}
	close(f->fd);
	if (!any_flags)
		skip_here();
	return all;
}

size_t
count_mappings(void)
{
	size_t lines = 0;
	ssize_t n;
	struct lines *f = open_or_skip("/proc/self/maps");

	while ((n = read(f->fd, f->buf, sizeof f->buf)) > 0)
		for (ssize_t i = 0; i < n; i++)
			lines += f->buf[i] == '\n';
	close(f->fd);
	return lines;
}

static uint64_t
keyed(const char *path, const char *key)
{
	char line[256];
	unsigned long long kib = 0;
	bool found = false;
	struct lines *f = open_or_skip(path);

	while (!found && next_line(f, line, sizeof line))
		found = strncmp(line, key, strlen(key)) == 0 &&
		        sscanf(line + strlen(key), "%llu", &kib) == 1;
	close(f->fd);
	if (!found)
		skip_here();
	return (uint64_t)kib * 1024;
}

uint64_t
status_bytes(const char *key)
{
	return keyed("/proc/self/status", key);
}

uint64_t
meminfo_bytes(const char *key)
{
	return keyed("/proc/meminfo", key);
}

uint64_t
number_in(const char *path)
{
	unsigned long long n = 0;
	char line[64];
	struct lines *f = open_or_skip(path);
	bool found = next_line(f, line, sizeof line) && sscanf(line, "%llu", &n) == 1;

	close(f->fd);
	if (!found)
		skip_here();
	return n;
}
