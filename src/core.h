/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the virtual-memory layer tells the containers beyond its public contract. */
#ifndef VBUF_SRC_CORE_H
#define VBUF_SRC_CORE_H

#include <vbuf/vbuf.h>

/* Whether others may read pages while vbuf_purge() is at them: the old bytes, or zeros. */
bool vbuf_purge_is_seamless(void);

/* vbuf_purge() of pages that the caller knows to be readable and writable. The system is not
 * asked what they are: on some it takes long, and in a sandbox may end the process. */
int vbuf_purge_rw(struct vbuf *v, size_t offset, size_t size);

/* vbuf_decommit(), also of what was never committed, and with VBUF_READS_UNCOMMITTED_ at no
 * moment is there a page that cannot be read: from then on it is zeros. */
int vbuf_decommit_readable(struct vbuf *v, size_t offset, size_t size);

#endif
