/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stddef.h>

#include "cvec.h"

const struct cvec_peer cvec_mutex = { .absent = "built without C++" };
const struct cvec_peer cvec_rwlock = { .absent = "built without C++" };

const char *
cvec_std_version(void)
{
	return NULL;
}
