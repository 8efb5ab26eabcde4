/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "os.h"

const char *
vbuf_strerror(int err)
{
	switch (err) {
	case VBUF_OK:
		return "success";
#define TEXT(name, value, text)                                                                    \
	case name:                                                                                 \
		return text;
		VBUF_ERRORS(TEXT)
#undef TEXT
	default:
		return "unknown error";
	}
}

const char *
vbuf_errname(int err)
{
	switch (err) {
	case VBUF_OK:
		return "VBUF_OK";
#define NAME(name, value, text)                                                                    \
	case name:                                                                                 \
		return #name;
		VBUF_ERRORS(NAME)
#undef NAME
	default:
		return "VBUF_E?";
	}
}

uint32_t
vbuf_sys_error(void)
{
	return vbuf_os_error();
}

size_t
vbuf_sys_strerror(uint32_t code, char *buf, size_t size)
{
	return buf && size ? vbuf_os_strerror(code, buf, size) : 0;
}

const char *
vbuf_version(void)
{
	return VBUF_VERSION_STRING;
}
