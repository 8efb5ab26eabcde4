/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "../platform.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sched.h>
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
bench_fault_kinds(uint64_t *ret_minor, uint64_t *ret_major)
{
	struct rusage u;

	if (getrusage(RUSAGE_SELF, &u) != 0)
		return false;
	*ret_minor = (uint64_t)u.ru_minflt;
	*ret_major = (uint64_t)u.ru_majflt;
	return true;
}

static uint64_t
time_of(int whose)
{
	struct rusage u;

	if (getrusage(whose, &u) != 0)
		return 0;
	return ((uint64_t)u.ru_utime.tv_sec + (uint64_t)u.ru_stime.tv_sec) * 1000000000 +
	       ((uint64_t)u.ru_utime.tv_usec + (uint64_t)u.ru_stime.tv_usec) * 1000;
}

uint64_t
bench_cpu_time(void)
{
	return time_of(RUSAGE_SELF) + time_of(RUSAGE_CHILDREN);
}

int
bench_waited_open(void)
{
	return open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
}

/* Its second number. */
bool
bench_waited(int handle, uint64_t *ret)
{
	char text[80];
	ssize_t n = handle < 0 ? 0 : pread(handle, text, sizeof text - 1, 0);

	*ret = 0;
	if (n <= 0)
		return false;
	text[n] = '\0';
	char *space = strchr(text, ' ');
	if (space)
		*ret = strtoull(space, NULL, 10);
	return space != NULL;
}

void
bench_waited_close(int handle)
{
	if (handle >= 0)
		close(handle);
}

#ifdef CPU_COUNT

/* Asked once, before any thread stays where it is. */
static const cpu_set_t *
processors(void)
{
	static cpu_set_t all;

	return CPU_COUNT(&all) > 0 || sched_getaffinity(0, sizeof all, &all) == 0 ? &all : NULL;
}

unsigned
bench_cpus(void)
{
	return processors() ? (unsigned)CPU_COUNT(processors()) : 1;
}

void
bench_stay_on(unsigned nth)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	for (int cpu = 0; processors() && cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, processors()) && nth-- == 0)
			CPU_SET(cpu, &one);
	if (CPU_COUNT(&one) == 1)
		sched_setaffinity(0, sizeof one, &one);
}

void
bench_roam(void)
{
	if (processors())
		sched_setaffinity(0, sizeof *processors(), processors());
}

#else

unsigned
bench_cpus(void)
{
	long all = sysconf(_SC_NPROCESSORS_ONLN);

	return all > 0 ? (unsigned)all : 1;
}

void
bench_stay_on(unsigned nth)
{
	(void)nth;
}

void
bench_roam(void)
{
}

#endif

void *
bench_symbol(const char *name)
{
	return dlsym(RTLD_DEFAULT, name);
}

bool
bench_resident(uint64_t *ret_peak, uint64_t *ret_now)
{
	if (!keyed_kib("/proc/self/status", "VmHWM", ret_peak) ||
	    !keyed_kib("/proc/self/status", "VmRSS", ret_now))
		return false;
	if (*ret_peak < *ret_now) /* the kernel finds the peak when it looks, now and then */
		*ret_peak = *ret_now;
	return true;
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

/* "L1d 32K, L2 512K", of the first processor; as the kernel tells them. */
static void
caches(struct bench_json *j)
{
	char all[160] = "";

	for (int i = 0; i < 8; i++) {
		static const char *const files[] = { "level", "type", "size" };
		char what[3][32] = { "", "", "" }, path[96];

		for (int k = 0; k < 3; k++) {
			snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/%s",
			         i, files[k]);
			FILE *f = fopen(path, "re");
			if (f && fgets(what[k], sizeof what[k], f))
				what[k][strcspn(what[k], "\n")] = '\0';
			if (f)
				fclose(f);
		}
		size_t len = strlen(all);
		if (what[2][0])
			snprintf(all + len, sizeof all - len, "%sL%s%s %s", len ? ", " : "",
			         what[0],
			         what[1][0] == 'D'   ? "d"
			         : what[1][0] == 'I' ? "i"
			                             : "",
			         what[2]);
	}
	bench_json_text(j, "caches", all[0] ? all : NULL);
}

/* A core of the first processor has so many threads: "0-1", "0,8". */
static void
core_threads(struct bench_json *j)
{
	line_of(j, "threads_of_core_0",
	        "/sys/devices/system/cpu/cpu0/topology/thread_siblings_list");
}

static void
today(struct bench_json *j)
{
	char text[32] = "";
	time_t now = time(NULL);
	struct tm utc;

	if (gmtime_r(&now, &utc))
		strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
	bench_json_text(j, "began", text[0] ? text : NULL);
}

void
bench_environment(struct bench_json *j)
{
	struct utsname u;
	uint64_t memory;
	double load;

	today(j);
	if (uname(&u) == 0) {
		bench_json_text(j, "system", u.sysname);
		bench_json_text(j, "kernel", u.release);
		bench_json_text(j, "machine", u.machine);
	}
	cpu_model(j);
	bench_json_count(j, "cpus", bench_cpus());
	core_threads(j);
	caches(j);
	if (keyed_kib("/proc/meminfo", "MemTotal", &memory))
		bench_json_count(j, "memory", memory);
	mode_of(j, "thp", "/sys/kernel/mm/transparent_hugepage/enabled");
	mode_of(j, "thp_defrag", "/sys/kernel/mm/transparent_hugepage/defrag");
	line_of(j, "overcommit", "/proc/sys/vm/overcommit_memory");
	bench_json_count(j, "available", bench_available());
	if (getloadavg(&load, 1) == 1)
		bench_json_real(j, "load", load);
}
