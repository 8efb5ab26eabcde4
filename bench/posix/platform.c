/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "../platform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

uint64_t
bench_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* The bytes that [start, end) and [from, to) share. */
static uint64_t
common(uintptr_t start, uintptr_t end, uintptr_t from, uintptr_t to)
{
	uintptr_t first = start > from ? start : from;
	uintptr_t last = end < to ? end : to;

	return last > first ? last - first : 0;
}

/*
 * The flag "ac" of smaps is the kernel's own mark of a mapping whose every page
 * is charged: its size is the charge, exact, and of this range alone.
 */
bool
bench_memory_of(const void *p, size_t size, struct bench_memory *ret)
{
	FILE *f = fopen("/proc/self/smaps", "re");
	uintptr_t from = (uintptr_t)p, to = from + size;
	uint64_t inside = 0;
	bool told = false;
	char line[512];

	*ret = (struct bench_memory){ 0 };
	if (!f)
		return false;
	while (fgets(line, sizeof line, f)) {
		unsigned long long start, end, kib;

		if (sscanf(line, "%llx-%llx ", &start, &end) == 2) {
			inside = common((uintptr_t)start, (uintptr_t)end, from, to);
			ret->mappings += inside > 0;
		} else if (inside == 0) {
			continue;
		} else if (sscanf(line, "Anonymous: %llu kB", &kib) == 1) {
			ret->resident += kib * 1024;
		} else if (sscanf(line, "AnonHugePages: %llu kB", &kib) == 1) {
			ret->huge += kib * 1024;
		} else if (strncmp(line, "VmFlags:", 8) == 0) {
			told = true;
			if (strstr(line, " ac"))
				ret->charge += inside;
		}
	}
	fclose(f);
	return told;
}

/* The number behind key in a file of lines "key: number kB". */
static bool
keyed_kib(const char *path, const char *key, uint64_t *ret)
{
	FILE *f = fopen(path, "re");
	size_t len = strlen(key);
	bool found = false;
	char line[256];

	if (!f)
		return false;
	while (!found && fgets(line, sizeof line, f)) {
		if (strncmp(line, key, len) != 0 || line[len] != ':')
			continue;
		*ret = strtoull(line + len + 1, NULL, 10) * 1024;
		found = true;
	}
	fclose(f);
	return found;
}

bool
bench_system_charge(uint64_t *ret)
{
	return keyed_kib("/proc/meminfo", "Committed_AS", ret);
}

uint64_t
bench_faults(void)
{
	struct rusage u;

	if (getrusage(RUSAGE_SELF, &u) != 0)
		return 0;
	return (uint64_t)u.ru_minflt + (uint64_t)u.ru_majflt;
}

bool
bench_resident(uint64_t *ret_peak, uint64_t *ret_now)
{
	return keyed_kib("/proc/self/status", "VmHWM", ret_peak) &&
	       keyed_kib("/proc/self/status", "VmRSS", ret_now);
}

uint64_t
bench_available(void)
{
	uint64_t bytes;

	return keyed_kib("/proc/meminfo", "MemAvailable", &bytes) ? bytes : 0;
}

/* The first line of a file as a member, null if there is none. */
static void
line_of(struct bench_json *j, const char *key, const char *path)
{
	char line[256] = "";
	FILE *f = fopen(path, "re");

	if (f && fgets(line, sizeof line, f))
		line[strcspn(line, "\n")] = '\0';
	bench_json_text(j, key, line[0] ? line : NULL);
	if (f)
		fclose(f);
}

/* The kernel lists all modes and puts brackets around the one in force. */
static void
mode_of(struct bench_json *j, const char *key, const char *path)
{
	char line[256] = "";
	FILE *f = fopen(path, "re");
	char *mode = NULL;

	if (f && fgets(line, sizeof line, f))
		mode = strchr(line, '[');
	if (mode) {
		mode++;
		mode[strcspn(mode, "]")] = '\0';
	}
	bench_json_text(j, key, mode);
	if (f)
		fclose(f);
}

static void
cpu_model(struct bench_json *j)
{
	FILE *f = fopen("/proc/cpuinfo", "re");
	char line[256];
	char *model = NULL;

	while (f && !model && fgets(line, sizeof line, f)) {
		char *colon = strchr(line, ':');
		if (!colon || (strncmp(line, "model name", 10) != 0 &&
		               strncmp(line, "Model", 5) != 0 && strncmp(line, "cpu\t", 4) != 0))
			continue;
		model = colon + 1 + strspn(colon + 1, " \t");
		model[strcspn(model, "\n")] = '\0';
	}
	bench_json_text(j, "cpu", model);
	if (f)
		fclose(f);
}

void
bench_environment(struct bench_json *j)
{
	struct utsname u;
	uint64_t memory;
	double load;

	if (uname(&u) == 0) {
		bench_json_text(j, "system", u.sysname);
		bench_json_text(j, "kernel", u.release);
		bench_json_text(j, "machine", u.machine);
	}
	cpu_model(j);
	bench_json_count(j, "cpus", (uint64_t)sysconf(_SC_NPROCESSORS_ONLN));
	if (keyed_kib("/proc/meminfo", "MemTotal", &memory))
		bench_json_count(j, "memory", memory);
	mode_of(j, "thp", "/sys/kernel/mm/transparent_hugepage/enabled");
	mode_of(j, "thp_defrag", "/sys/kernel/mm/transparent_hugepage/defrag");
	line_of(j, "overcommit", "/proc/sys/vm/overcommit_memory");
	if (getloadavg(&load, 1) == 1)
		bench_json_real(j, "load", load);
}
