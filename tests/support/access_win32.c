/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stdint.h>

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include "touch.h"

/*
 * One probe at a time. The handler continues where RtlCaptureContext() returned,
 * as if it returned a second time: the system unwinds its own frames, and no
 * longjmp() has to leave an exception handler.
 */
static SRWLOCK one_probe = SRWLOCK_INIT;
static volatile DWORD prober;
static volatile uintptr_t probed;
static volatile bool faulted;
static CONTEXT before;

static LONG CALLBACK
on_exception(EXCEPTION_POINTERS *e)
{
	const EXCEPTION_RECORD *record = e->ExceptionRecord;

	if (prober != GetCurrentThreadId() || record->ExceptionCode != EXCEPTION_ACCESS_VIOLATION ||
	    record->ExceptionInformation[1] != probed)
		return EXCEPTION_CONTINUE_SEARCH;
	faulted = true;
	*e->ContextRecord = before;
	return EXCEPTION_CONTINUE_EXECUTION;
}

bool
access_faults(const volatile void *p, enum access how)
{
	AcquireSRWLockExclusive(&one_probe);
	void *volatile handler = AddVectoredExceptionHandler(1, on_exception);
	probed = (uintptr_t)p;
	prober = GetCurrentThreadId();
	faulted = false;
	RtlCaptureContext(&before);
	if (!faulted)
		touch(p, how);
	bool result = faulted;
	prober = 0;
	RemoveVectoredExceptionHandler(handler);
	ReleaseSRWLockExclusive(&one_probe);
	return result;
}
