/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Reading a struct of options that may be of an older or newer version than ours. */
#ifndef VBUF_SRC_OPTIONS_H
#define VBUF_SRC_OPTIONS_H

#include <string.h>

#include <vbuf/base.h>

static inline bool
vbuf_is_zero(const void *p, size_t size)
{
	const unsigned char *bytes = p;

	for (size_t i = 0; i < size; i++)
		if (bytes[i] != 0)
			return false;
	return true;
}

static inline bool
vbuf_is_power_of_two(size_t n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

/*
 * Copy the options given, whose first field is their size, to ret, whose size is
 * known: that of the first version, so smaller there is none. NULL and all zero are
 * the defaults; a size of 0 with anything else set is a size forgotten.
 */
static inline int
vbuf_read_options(const void *given, size_t known, void *ret)
{
	size_t size = 0;

	memset(ret, 0, known);
	if (!given)
		return VBUF_OK;
	memcpy(&size, given, sizeof size);
	if (size == 0)
		return vbuf_is_zero(given, known) ? VBUF_OK : VBUF_EINVAL;
	if (size < known)
		return VBUF_EINVAL;
	if (!vbuf_is_zero((const unsigned char *)given + known, size - known))
		return VBUF_ENOTSUP;
	memcpy(ret, given, known);
	return VBUF_OK;
}

#endif
