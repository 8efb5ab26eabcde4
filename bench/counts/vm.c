/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The virtual-memory layer: what is done outside the kernel. */
#include <vbuf/vbuf.h>

#include "paths.h"

enum { OPS = 64, SIZE = 64 << 10 };

static struct vbuf buffer;

static bool
reserved(size_t ops)
{
	(void)ops;
	return vbuf_reserve(&buffer, SIZE, NULL) == VBUF_OK;
}

static bool
commit_decommit(size_t ops)
{
	bool good = true;

	for (size_t i = 0; i < ops && good; i++)
		good = vbuf_commit(&buffer, 0, SIZE) == VBUF_OK &&
		       vbuf_decommit(&buffer, 0, SIZE) == VBUF_OK;
	return good;
}

static void
end(void)
{
	(void)vbuf_unreserve(&buffer);
}

static bool
nothing(size_t ops)
{
	(void)ops;
	return true;
}

static bool
reserve_unreserve(size_t ops)
{
	bool good = true;

	for (size_t i = 0; i < ops && good; i++)
		good = reserved(i) && vbuf_unreserve(&buffer) == VBUF_OK;
	return good;
}

static void
no_end(void)
{
}

const struct path vm_paths[] = {
	{ "vm/commit+decommit", OPS, reserved, commit_decommit, end },
	{ "vm/reserve+unreserve", OPS, nothing, reserve_unreserve, no_end },
	{ 0 },
};
