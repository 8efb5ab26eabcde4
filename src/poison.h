/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Telling a memory checker that runs with the program, AddressSanitizer or Valgrind,
 * which bytes of a container nobody may touch. Asked at run time, so it works whether
 * the program, the library or both are instrumented.
 */
#ifndef VBUF_SRC_POISON_H
#define VBUF_SRC_POISON_H

#include <stdbool.h>
#include <stddef.h>

/* Is there one? Constant for the life of the process. */
bool vbuf_poison_active(void);

void vbuf_poison(const void *p, size_t size);
void vbuf_unpoison(const void *p, size_t size);

/*
 * For a leak checker (LeakSanitizer), which looks for pointers in the heap and in what
 * the program was loaded with, and not in mappings: the readable pages of this range,
 * too, may hold the only pointer to something. Remove takes the range that was added.
 */
void vbuf_root_add(const void *p, size_t size);
void vbuf_root_remove(const void *p, size_t size);

#endif
