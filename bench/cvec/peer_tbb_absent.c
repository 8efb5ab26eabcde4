/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stddef.h>

#include "cvec.h"

const struct cvec_peer cvec_tbb = { .absent = "built without TBB" };

const char *
cvec_tbb_version(void)
{
	return NULL;
}
