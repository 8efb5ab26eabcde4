/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "../platform.h"

#include <windows.h>

#include <psapi.h>

uint64_t
bench_now(void)
{
	LARGE_INTEGER frequency, now;

	QueryPerformanceFrequency(&frequency);
	QueryPerformanceCounter(&now);
	uint64_t hz = (uint64_t)frequency.QuadPart, n = (uint64_t)now.QuadPart;
	return n / hz * 1000000000 + n % hz * 1000000000 / hz;
}

/* Bytes of [p, p + size) in the working set. One page a call: the list that a call
 * takes is as long as the range, and this is no timed code. */
static uint64_t
resident(unsigned char *p, uint64_t size)
{
	SYSTEM_INFO info;
	uint64_t sum = 0;

	GetSystemInfo(&info);
	for (uint64_t at = 0; at < size; at += info.dwPageSize) {
		PSAPI_WORKING_SET_EX_INFORMATION page = { .VirtualAddress = p + at };
		if (K32QueryWorkingSetEx(GetCurrentProcess(), &page, sizeof page) &&
		    page.VirtualAttributes.Valid)
			sum += info.dwPageSize;
	}
	return sum;
}

/* Windows charges committed pages, all of them and nothing else. Neighbours that
 * differ only in what they were before (so says Wine) count as one. */
bool
bench_memory_of(const void *p, size_t size, struct bench_memory *ret)
{
	unsigned char *at = (unsigned char *)(uintptr_t)p;
	unsigned char *end = at + size;
	DWORD state = 0, protect = 0;

	*ret = (struct bench_memory){ 0 };
	while (at < end) {
		MEMORY_BASIC_INFORMATION run;
		if (VirtualQuery(at, &run, sizeof run) != sizeof run)
			return false;
		unsigned char *next = (unsigned char *)run.BaseAddress + run.RegionSize;
		uint64_t n = (uint64_t)((next < end ? next : end) - at);
		bool committed = run.State == MEM_COMMIT;
		if (run.State != state || (committed && run.Protect != protect))
			ret->mappings++;
		state = run.State;
		protect = run.Protect;
		if (committed) {
			ret->charge += n;
			ret->resident += resident(at, n);
		}
		at = next;
	}
	return true;
}

bool
bench_system_charge(uint64_t *ret)
{
	PERFORMANCE_INFORMATION info;

	if (!K32GetPerformanceInfo(&info, sizeof info))
		return false;
	*ret = (uint64_t)info.CommitTotal * info.PageSize;
	return true;
}

uint64_t
bench_faults(void)
{
	PROCESS_MEMORY_COUNTERS counters;

	if (!K32GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters))
		return 0;
	return counters.PageFaultCount;
}

static void
registry_text(struct bench_json *j, const char *key, const char *path, const char *value)
{
	char text[256];
	DWORD size = sizeof text;

	if (RegGetValueA(HKEY_LOCAL_MACHINE, path, value, RRF_RT_REG_SZ, NULL, text, &size) != 0)
		text[0] = '\0';
	bench_json_text(j, key, text[0] ? text : NULL);
}

void
bench_environment(struct bench_json *j)
{
	SYSTEM_INFO info;
	MEMORYSTATUSEX memory = { .dwLength = sizeof memory };

	GetSystemInfo(&info);
	bench_json_text(j, "system",
	                GetProcAddress(GetModuleHandleA("ntdll.dll"), "wine_get_version")
	                        ? "Windows (Wine)"
	                        : "Windows");
	registry_text(j, "kernel", "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion",
	              "CurrentBuildNumber");
	bench_json_text(j, "machine", sizeof(void *) == 8 ? "64 bit" : "32 bit");
	registry_text(j, "cpu", "HARDWARE\\DESCRIPTION\\System\\CentralProcessor\\0",
	              "ProcessorNameString");
	bench_json_count(j, "cpus", info.dwNumberOfProcessors);
	if (GlobalMemoryStatusEx(&memory))
		bench_json_count(j, "memory", memory.ullTotalPhys);
}

bool
bench_resident(uint64_t *ret_peak, uint64_t *ret_now)
{
	PROCESS_MEMORY_COUNTERS now;

	if (!K32GetProcessMemoryInfo(GetCurrentProcess(), &now, sizeof now))
		return false;
	*ret_peak = now.PeakWorkingSetSize;
	*ret_now = now.WorkingSetSize;
	return true;
}

uint64_t
bench_available(void)
{
	MEMORYSTATUSEX now = { .dwLength = sizeof now };

	return GlobalMemoryStatusEx(&now) ? now.ullAvailPhys : 0;
}

bool
bench_fault_kinds(uint64_t *ret_minor, uint64_t *ret_major)
{
	(void)ret_minor;
	(void)ret_major;
	return false; /* one number for both */
}

static uint64_t
ns_of(FILETIME t)
{
	return ((uint64_t)t.dwHighDateTime << 32 | t.dwLowDateTime) * 100;
}

uint64_t
bench_cpu_time(void)
{
	FILETIME began, ended, kernel, user;

	if (!GetProcessTimes(GetCurrentProcess(), &began, &ended, &kernel, &user))
		return 0;
	return ns_of(kernel) + ns_of(user);
}

int
bench_waited_open(void)
{
	return -1;
}

bool
bench_waited(int handle, uint64_t *ret)
{
	(void)handle;
	*ret = 0;
	return false;
}

void
bench_waited_close(int handle)
{
	(void)handle;
}

unsigned
bench_cpus(void)
{
	SYSTEM_INFO info;

	GetSystemInfo(&info);
	return info.dwNumberOfProcessors;
}

void
bench_stay_on(unsigned nth)
{
	DWORD_PTR all, system;

	if (!GetProcessAffinityMask(GetCurrentProcess(), &all, &system))
		return;
	while (nth-- > 0)
		all &= all - 1;
	if (all)
		SetThreadAffinityMask(GetCurrentThread(), all & (~all + 1));
}

void
bench_roam(void)
{
	DWORD_PTR all, system;

	if (GetProcessAffinityMask(GetCurrentProcess(), &all, &system))
		SetThreadAffinityMask(GetCurrentThread(), all);
}

void *
bench_symbol(const char *name)
{
	(void)name;
	return NULL;
}

/* Nothing here wants an environment of its own, and the heap gives large blocks back. */
int
bench_run_self(char *const *args, const char *const *environment, uint64_t patience_ms, char *ret,
               size_t ret_size)
{
	(void)args;
	(void)environment;
	(void)patience_ms;
	(void)ret;
	(void)ret_size;
	return BENCH_RUN_IMPOSSIBLE;
}

int
bench_run_peer(const char *command, const char *text, uint64_t patience_ms, char *ret,
               size_t ret_size)
{
	(void)command;
	(void)text;
	(void)patience_ms;
	(void)ret;
	(void)ret_size;
	return BENCH_RUN_IMPOSSIBLE;
}

int
bench_count_calls(char *const *args, uint64_t *ret_calls, bool *ret_told)
{
	(void)args;
	*ret_calls = 0;
	*ret_told = false;
	return BENCH_RUN_IMPOSSIBLE;
}

void
bench_mark(void)
{
}
