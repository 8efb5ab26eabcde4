/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The operations of <vbuf/atomic.h> by shorter names: the underscore tells programs to
 * keep away, and the sources of the library need no telling.
 */
#ifndef VBUF_SRC_ATOMIC_H
#define VBUF_SRC_ATOMIC_H

#include <vbuf/atomic.h>

#define vbuf_load_relaxed vbuf_load_relaxed_
#define vbuf_load_acquire vbuf_load_acquire_
#define vbuf_load_seq_cst vbuf_load_seq_cst_

#define vbuf_store_relaxed vbuf_store_relaxed_
#define vbuf_store_release vbuf_store_release_
#define vbuf_store_seq_cst vbuf_store_seq_cst_

#define vbuf_exchange_relaxed vbuf_exchange_relaxed_
#define vbuf_exchange_acquire vbuf_exchange_acquire_
#define vbuf_exchange_release vbuf_exchange_release_
#define vbuf_exchange_acq_rel vbuf_exchange_acq_rel_
#define vbuf_exchange_seq_cst vbuf_exchange_seq_cst_

#define vbuf_fetch_add_relaxed vbuf_fetch_add_relaxed_
#define vbuf_fetch_add_acquire vbuf_fetch_add_acquire_
#define vbuf_fetch_add_release vbuf_fetch_add_release_
#define vbuf_fetch_add_acq_rel vbuf_fetch_add_acq_rel_
#define vbuf_fetch_add_seq_cst vbuf_fetch_add_seq_cst_

#define vbuf_fetch_or_relaxed vbuf_fetch_or_relaxed_
#define vbuf_fetch_or_acquire vbuf_fetch_or_acquire_
#define vbuf_fetch_or_release vbuf_fetch_or_release_
#define vbuf_fetch_or_acq_rel vbuf_fetch_or_acq_rel_
#define vbuf_fetch_or_seq_cst vbuf_fetch_or_seq_cst_

#define vbuf_fetch_and_relaxed vbuf_fetch_and_relaxed_
#define vbuf_fetch_and_acquire vbuf_fetch_and_acquire_
#define vbuf_fetch_and_release vbuf_fetch_and_release_
#define vbuf_fetch_and_acq_rel vbuf_fetch_and_acq_rel_
#define vbuf_fetch_and_seq_cst vbuf_fetch_and_seq_cst_

#define vbuf_cas_relaxed vbuf_cas_relaxed_
#define vbuf_cas_acquire vbuf_cas_acquire_
#define vbuf_cas_release vbuf_cas_release_
#define vbuf_cas_acq_rel vbuf_cas_acq_rel_
#define vbuf_cas_seq_cst vbuf_cas_seq_cst_

#define vbuf_light vbuf_light_
#define vbuf_heavy vbuf_heavy_
#define vbuf_spin vbuf_spin_
#define vbuf_plain_read vbuf_plain_read_
#define vbuf_plain_write vbuf_plain_write_

/*
 * Write to the byte what it holds, atomically. Where the exchange fails somebody
 * else wrote, which is as good. Not a fetch_or of 0: clang turns that into a fence
 * that never touches the byte.
 */
static inline void
vbuf_rewrite_byte(volatile unsigned char *p)
{
	unsigned char byte = vbuf_load_relaxed(p);

	(void)vbuf_cas_relaxed(p, &byte, byte);
}

#endif
