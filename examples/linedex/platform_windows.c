/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _WIN32_WINNT 0x0601 /* Windows 7: GetProcessMemoryInfo() needs no psapi.dll */
#include <windows.h>

#include <fcntl.h>
#include <io.h>
#include <limits.h>
#include <psapi.h>
#include <stdio.h>

#include "platform.h"

void
platform_init(void)
{
	(void)_setmode(_fileno(stdin), _O_BINARY);
	(void)_setmode(_fileno(stdout), _O_BINARY);
}

bool
platform_is_terminal(int fd)
{
	DWORD mode;

	/* _isatty() says yes to any character device, NUL among them. */
	return GetConsoleMode((HANDLE)_get_osfhandle(fd), &mode) != 0;
}

int
platform_open(const char *path)
{
	return _open(path, _O_RDONLY | _O_BINARY | _O_NOINHERIT);
}

ptrdiff_t
platform_read(int fd, void *to, size_t size)
{
	return _read(fd, to, size < INT_MAX ? (unsigned)size : INT_MAX);
}

void
platform_close(int fd)
{
	(void)_close(fd);
}

double
platform_seconds(void)
{
	LARGE_INTEGER now, second;

	(void)QueryPerformanceCounter(&now);
	(void)QueryPerformanceFrequency(&second);
	return (double)now.QuadPart / (double)second.QuadPart;
}

uint64_t
platform_page_faults(void)
{
	PROCESS_MEMORY_COUNTERS counters = { .cb = sizeof counters };

	if (!GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters))
		return 0;
	return counters.PageFaultCount;
}
