/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * What a library of read-side critical sections can be compared in: pins, and the look-up
 * of a handle between them, in a table that is as small as can be. The file that
 * includes this one has defined
 *
 *   guard_thread                what a thread needs
 *   guard_open(), guard_enter(&g), guard_leave(&g), guard_pin(&g), guard_unpin(&g)
 */
#include <stdlib.h>

#include "smap.h"

struct guarded_slot {
	struct smap_value value;
	uint64_t handle;
};

static struct guarded_slot *table;
static uint64_t table_len, table_max;

typedef struct {
	guard_thread guard;
	const struct guarded_slot *slots;
	uint64_t len;
} smap_thread;

static bool
guarded_open(const struct smap_how *how, uint64_t max)
{
	(void)how;
	table = malloc((size_t)max * sizeof *table);
	table_max = max;
	table_len = 0;
	return table != NULL && guard_open();
}

static void
guarded_close(void)
{
	free(table);
}

static bool
smap_enter(smap_thread *t)
{
	t->slots = table;
	t->len = table_len;
	return guard_enter(&t->guard);
}

static void
smap_leave(smap_thread *t)
{
	guard_leave(&t->guard);
}

static inline void
smap_pin(smap_thread *t)
{
	guard_pin(&t->guard);
}

static inline void
smap_unpin(smap_thread *t)
{
	guard_unpin(&t->guard);
}

#define smap_begin(t) ((void)(t))
#define smap_end(t) ((void)(t))

static inline const struct smap_value *
smap_get(smap_thread *t, uint64_t h)
{
	uint64_t i = h & UINT32_MAX;

	if (i >= t->len || __atomic_load_n(&t->slots[i].handle, __ATOMIC_ACQUIRE) != h)
		return NULL;
	return &t->slots[i].value;
}

static inline bool
smap_insert(smap_thread *t, struct smap_value v, uint64_t *ret)
{
	(void)t;
	if (table_len == table_max)
		return false;
	*ret = (uint64_t)1 << 32 | table_len;
	table[table_len++] = (struct guarded_slot){ v, *ret };
	return true;
}

#include "loops_read.h"

#define GUARDED_PEER                                                                               \
	{                                                                                          \
		.open = guarded_open, .close = guarded_close, .pins = loop_pins,                   \
		.get_each = loop_get_each, .get_hot = loop_get_hot, .get_all = loop_get_all,       \
		.fill = loop_fill,                                                                 \
	}
