/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the system knows of our pages: by runs of pages alike, and page by page. */
#ifndef VBUF_SRC_WIN32_RUNS_H
#define VBUF_SRC_WIN32_RUNS_H

#include <stdbool.h>
#include <stddef.h>

#include "api.h"

struct vbuf_pages {
	size_t size; /* never 0 */
	bool committed;
	DWORD protection; /* when committed: a PAGE_ value */
};

/* The run that begins at p, cut at p + size. False: GetLastError() says why. */
bool vbuf_pages_at(void *p, size_t size, struct vbuf_pages *ret);

enum vbuf_pages_kind { VBUF_PAGES_RESIDENT, VBUF_PAGES_LOCKED };

/* The bytes of [p, p + size) of this kind. False as above. */
bool vbuf_pages_count(void *p, size_t size, enum vbuf_pages_kind kind, size_t *ret);

#endif
