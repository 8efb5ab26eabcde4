/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "late.h"

#include "../atomic.h"

typedef void function(void);

/* In the cache, what NULL could not say: looked for, and not there. */
static void
missing(void)
{
}

/* From a module that is in every process. All threads find the same, so it does not
 * matter which of them writes the cache. */
static function *
look_up(function **cache, const wchar_t *module, const char *name)
{
	function *found = vbuf_load_relaxed_(cache);

	if (!found) {
		DWORD before = GetLastError();
		HMODULE handle = GetModuleHandleW(module);

		found = handle ? (function *)GetProcAddress(handle, name) : NULL;
		if (!found)
			found = missing;
		vbuf_store_relaxed_(cache, found);
		SetLastError(before);
	}
	return found == missing ? NULL : found;
}

vbuf_virtual_alloc2 *
vbuf_late_virtual_alloc2(void)
{
	static function *cache;

	/* kernel32.dll does not pass this one on */
	return (vbuf_virtual_alloc2 *)look_up(&cache, L"kernelbase.dll", "VirtualAlloc2");
}

vbuf_discard_virtual_memory *
vbuf_late_discard_virtual_memory(void)
{
	static function *cache;

	return (vbuf_discard_virtual_memory *)look_up(&cache, L"kernel32.dll",
	                                              "DiscardVirtualMemory");
}

bool
vbuf_late_is_wine(void)
{
	static function *cache;

	return look_up(&cache, L"ntdll.dll", "wine_get_version") != NULL;
}
