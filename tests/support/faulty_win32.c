/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The system calls of src/win32 that can fail, each with a fault in front. The build
 * renames them there, in the sources and in the headers those include alike. */
#include <string.h>

#define PSAPI_VERSION 2
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <psapi.h>

#include "fault.h"

/* Sets the last error to the code of the fault; true when the call is to fail. */
static bool
faulty(const char *name)
{
	int code;
	bool now = fault_now(FAULT_SYSTEM, name, &code);

	if (now)
		SetLastError((DWORD)code);
	return now;
}

#define FAULTY(type, failure, name, params, args)                                                  \
	type WINAPI faulty_##name params;                                                          \
	type WINAPI faulty_##name params                                                           \
	{                                                                                          \
		return faulty(#name) ? (failure) : name args;                                      \
	}

FAULTY(void *, NULL, VirtualAlloc, (void *p, SIZE_T n, DWORD type, DWORD protection),
       (p, n, type, protection))
FAULTY(BOOL, FALSE, VirtualFree, (void *p, SIZE_T n, DWORD type), (p, n, type))
FAULTY(BOOL, FALSE, VirtualLock, (void *p, SIZE_T n), (p, n))
FAULTY(BOOL, FALSE, VirtualUnlock, (void *p, SIZE_T n), (p, n))
FAULTY(BOOL, FALSE, VirtualProtect, (void *p, SIZE_T n, DWORD protection, DWORD *old),
       (p, n, protection, old))
FAULTY(SIZE_T, 0, VirtualQuery, (const void *p, MEMORY_BASIC_INFORMATION *info, SIZE_T n),
       (p, info, n))

/* Wine sees no locks. A fault named LOCKED lets the first page asked about have one. */
BOOL WINAPI faulty_K32QueryWorkingSetEx(HANDLE process, void *pages, DWORD size);
BOOL WINAPI
faulty_K32QueryWorkingSetEx(HANDLE process, void *pages, DWORD size)
{
	PSAPI_WORKING_SET_EX_INFORMATION *first = pages;

	if (faulty("K32QueryWorkingSetEx") || !QueryWorkingSetEx(process, pages, size))
		return FALSE;
	if (faulty("LOCKED"))
		first->VirtualAttributes.Valid = first->VirtualAttributes.Locked = 1;
	return TRUE;
}

FAULTY(BOOL, FALSE, GlobalMemoryStatusEx, (MEMORYSTATUSEX * status), (status))
FAULTY(DWORD, FLS_OUT_OF_INDEXES, FlsAlloc, (PFLS_CALLBACK_FUNCTION at_exit), (at_exit))
FAULTY(BOOL, FALSE, FlsSetValue, (DWORD key, void *value), (key, value))

/* Wine keeps no limits of jobs. A fault named JOB_LIMIT sets both, of 2 and 1 GiB. */
BOOL WINAPI faulty_QueryInformationJobObject(HANDLE job, JOBOBJECTINFOCLASS kind, void *info,
                                             DWORD size, DWORD *ret_size);
BOOL WINAPI
faulty_QueryInformationJobObject(HANDLE job, JOBOBJECTINFOCLASS kind, void *info, DWORD size,
                                 DWORD *ret_size)
{
	JOBOBJECT_EXTENDED_LIMIT_INFORMATION *limits = info;

	if (faulty("QueryInformationJobObject") ||
	    !QueryInformationJobObject(job, kind, info, size, ret_size))
		return FALSE;
	if (faulty("JOB_LIMIT")) {
		limits->BasicLimitInformation.LimitFlags =
			JOB_OBJECT_LIMIT_PROCESS_MEMORY | JOB_OBJECT_LIMIT_JOB_MEMORY;
		limits->ProcessMemoryLimit = (SIZE_T)2 << 30;
		limits->JobMemoryLimit = (SIZE_T)1 << 30;
	}
	return TRUE;
}

/*
 * Wine 8 lacks this one. What stands in for it does what the real one may do at most:
 * other contents at once, and only where they can be written.
 */
static DWORD WINAPI
discard_virtual_memory(void *p, SIZE_T n)
{
	MEMORY_BASIC_INFORMATION info;

	if (faulty("DiscardVirtualMemory"))
		return GetLastError();
	if (!VirtualQuery(p, &info, sizeof info) || info.Protect != PAGE_READWRITE ||
	    info.RegionSize < n)
		return ERROR_INVALID_PARAMETER;
	memset(p, 0, n);
	return ERROR_SUCCESS;
}

FARPROC WINAPI faulty_GetProcAddress(HMODULE module, const char *name);
FARPROC WINAPI
faulty_GetProcAddress(HMODULE module, const char *name)
{
	if (faulty("GetProcAddress"))
		return NULL;
	if (strcmp(name, "DiscardVirtualMemory") == 0)
		return (FARPROC)(void (*)(void))discard_virtual_memory;
	return GetProcAddress(module, name);
}

const int fault_codes[FAULT_CODES] = {
	ERROR_NOT_ENOUGH_MEMORY, ERROR_COMMITMENT_LIMIT, ERROR_INVALID_PARAMETER,
	ERROR_ACCESS_DENIED,     ERROR_NOT_ENOUGH_QUOTA, ERROR_NO_SYSTEM_RESOURCES,
	ERROR_NOT_SUPPORTED,     ERROR_GEN_FAILURE,
};

const bool fault_codes_stay = false;
