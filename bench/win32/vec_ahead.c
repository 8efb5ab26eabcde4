/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "../vec/ahead.h"

#include <windows.h>

static DWORD WINAPI
run(void *arg)
{
	struct vec_ahead_worker *w = arg;

	while (!__atomic_load_n(&w->stop, __ATOMIC_ACQUIRE))
		if (vbuf_vec_ahead_step(&w->ahead) <= 0)
			Sleep(0);
	return 0;
}

bool
vec_ahead_start(struct vec_ahead_worker *w)
{
	w->stop = 0;
	w->thread = CreateThread(NULL, 0, run, w, 0, NULL);
	return w->thread != NULL;
}

void
vec_ahead_stop(struct vec_ahead_worker *w)
{
	__atomic_store_n(&w->stop, 1, __ATOMIC_RELEASE);
	WaitForSingleObject(w->thread, INFINITE);
	CloseHandle(w->thread);
}
