/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Memory that grows where it is: reserved once, committed as it fills. */
#ifndef LINEDEX_GROW_H
#define LINEDEX_GROW_H

#include <vbuf/vbuf.h>

struct grow {
	struct vbuf v;
	size_t used;      /* [0, used) holds something */
	size_t committed; /* [0, committed) may be touched; a multiple of the page */
	unsigned steps;   /* how often committed went up */
};

/* Reserve at least size bytes. On failure *g is empty, and grow_fini() accepts it. */
VBUF_NODISCARD int grow_init(struct grow *g, size_t size, const char *name, enum vbuf_huge huge);
void grow_fini(struct grow *g);

/* Make at least size bytes behind the used ones touchable. VBUF_ERANGE: the
 * reservation has not so many. Whatever fails, what is used stays as it is. */
VBUF_NODISCARD int grow_room(struct grow *g, size_t size);

/* Give back what is committed and not used. */
int grow_trim(struct grow *g);

/*
 * How many bytes of address space there are to take, up to wish. Found out by taking
 * them and giving them back: a wish may well be too much on a 32-bit system, under
 * ulimit -v or in Valgrind. *ret is 0 on failure.
 */
VBUF_NODISCARD int grow_fits(size_t wish, size_t *ret);

#endif
