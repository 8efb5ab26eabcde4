/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "../os.h"
#include "api.h"

static uint32_t
address_bits(void)
{
	SYSTEM_INFO info;

	GetSystemInfo(&info);
	uint64_t top = (uintptr_t)info.lpMaximumApplicationAddress;
	return 64 - (uint32_t)__builtin_clzll(top);
}

/* Windows lets a process lock about as much as its working set never goes below. */
static uint64_t
locked_limit(void)
{
	SIZE_T min, max;

	return GetProcessWorkingSetSize(GetCurrentProcess(), &min, &max) ? min : VBUF_UNLIMITED;
}

/* Of the innermost job, the only one a process may ask about. */
static uint64_t
job_limit(void)
{
	JOBOBJECT_EXTENDED_LIMIT_INFORMATION job;
	uint64_t least = VBUF_UNLIMITED;

	if (!QueryInformationJobObject(NULL, JobObjectExtendedLimitInformation, &job, sizeof job,
	                               NULL))
		return least;
	DWORD flags = job.BasicLimitInformation.LimitFlags;
	if (flags & JOB_OBJECT_LIMIT_PROCESS_MEMORY)
		least = job.ProcessMemoryLimit;
	if ((flags & JOB_OBJECT_LIMIT_JOB_MEMORY) && job.JobMemoryLimit < least)
		least = job.JobMemoryLimit;
	return least;
}

/* As of now: the system may let its page file grow. */
static uint64_t
commit_headroom(void)
{
	MEMORYSTATUSEX status = { .dwLength = sizeof status };

	return GlobalMemoryStatusEx(&status) ? status.ullAvailPageFile : VBUF_UNLIMITED;
}

void
vbuf_os_limits(struct vbuf_limits *ret)
{
	ret->address_bits = address_bits();
	ret->overcommit = 2;
	ret->address_space_limit = VBUF_UNLIMITED;
	ret->data_limit = VBUF_UNLIMITED;
	ret->locked_limit = locked_limit();
	ret->memory_limit = job_limit();
	ret->maps = 0;
	ret->maps_limit = VBUF_UNLIMITED;
	ret->commit_headroom = commit_headroom();
}
