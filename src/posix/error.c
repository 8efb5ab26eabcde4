/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "../os.h"

uint32_t
vbuf_os_error(void)
{
	return (uint32_t)errno;
}

void
vbuf_os_set_error(uint32_t code)
{
	errno = (int)code;
}
