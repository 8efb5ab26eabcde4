/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the virtual-memory layer tells the containers beyond its public contract. */
#ifndef VBUF_SRC_CORE_H
#define VBUF_SRC_CORE_H

#include <vbuf/vbuf.h>

/* Whether others may read pages while vbuf_purge() is at them: the old bytes, or zeros. */
bool vbuf_purge_is_seamless(void);

#endif
