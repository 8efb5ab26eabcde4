/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "smaps.h"

#include <stdbool.h>

#include "child.h"
#include "test.h"

static FILE *
open_or_skip(const char *path)
{
	FILE *f = fopen(path, "r");

	if (!f)
		skip_here();
	return f;
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
	FILE *f = open_or_skip("/proc/self/smaps");

	while (fgets(line, sizeof line, f)) {
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
	fclose(f);
	if (!any_flags)
		skip_here();
	return all;
}

size_t
count_mappings(void)
{
	static char buf[65536];
	size_t lines = 0, n;
	FILE *f = open_or_skip("/proc/self/maps");

	while ((n = fread(buf, 1, sizeof buf, f)) > 0)
		for (size_t i = 0; i < n; i++)
			lines += buf[i] == '\n';
	fclose(f);
	return lines;
}

static uint64_t
keyed(const char *path, const char *key)
{
	char line[256];
	unsigned long long kib = 0;
	bool found = false;
	FILE *f = open_or_skip(path);

	while (!found && fgets(line, sizeof line, f))
		found = strncmp(line, key, strlen(key)) == 0 &&
		        sscanf(line + strlen(key), "%llu", &kib) == 1;
	fclose(f);
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
	FILE *f = open_or_skip(path);
	bool found = fscanf(f, "%llu", &n) == 1;

	fclose(f);
	if (!found)
		skip_here();
	return n;
}
