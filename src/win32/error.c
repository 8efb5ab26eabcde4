/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "../os.h"
#include "api.h"

uint32_t
vbuf_os_error(void)
{
	return GetLastError();
}

void
vbuf_os_set_error(uint32_t code)
{
	SetLastError(code);
}
