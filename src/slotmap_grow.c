/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The memory of a map's slots: how far its regions are committed. */
#include "slotmap.h"
#include "units.h"

static size_t
bytes_of(const struct vbuf_slotmap_region *g, size_t slots)
{
	return (slots + g->lack + g->per - 1) / g->per * g->each;
}

size_t
vbuf_slotmap_region_end(const struct vbuf_slotmap *m, const struct vbuf_slotmap_region *g,
                        size_t slots)
{
	size_t bytes = bytes_of(g, slots);
	size_t step = bytes <= g->small ? vbuf_page_size() : m->control_->unit_bytes;

	return vbuf_smaller(vbuf_align_up(g->offset + bytes, step), g->end);
}

size_t
vbuf_slotmap_region_reach(const struct vbuf_slotmap *m, const struct vbuf_slotmap_region *g)
{
	const struct vbuf_slotmap_control *c = m->control_;

	return vbuf_slotmap_region_end(m, g,
	                               g->per == 1 ? vbuf_load_relaxed_(&c->reached)
	                                           : vbuf_load_relaxed_(&c->noted));
}

static void
raise(size_t *reach, size_t slots)
{
	size_t seen = vbuf_load_relaxed_(reach);

	while (seen < slots)
		if (vbuf_cas_relaxed_(reach, &seen, slots))
			break;
}

/* What slots have take is committed; as overlapping commits are harmless, more may be. */
int
vbuf_slotmap_commit(struct vbuf_slotmap *m, size_t have, size_t slots)
{
	struct vbuf_slotmap_control *c = m->control_;

	raise(&c->reached, slots);
	raise(&c->noted, slots);
	for (unsigned k = 0; k < c->region_count; k++) {
		const struct vbuf_slotmap_region *g = &c->regions[k];
		size_t from = have > 0 ? vbuf_slotmap_region_end(m, g, have) : g->offset;
		size_t end = vbuf_slotmap_region_end(m, g, slots);
		int err = end > from ? vbuf_commit(&c->buf, from, end - from) : VBUF_OK;
		if (err != VBUF_OK)
			return err;
	}
	return VBUF_OK;
}

/* Doubling while it is little, then by an eighth. */
static size_t
grown(const struct vbuf_slotmap *m, size_t have, size_t slots)
{
	const struct vbuf_slotmap_control *c = m->control_;
	size_t bytes = m->elem_size_ + 16;
	size_t more = have < c->unit_bytes / bytes ? have : have / 8;

	if (slots < have + more)
		slots = have + more;
	return vbuf_smaller((slots + 63) & ~(size_t)63, c->slots);
}

int
vbuf_slotmap_grow_to(struct vbuf_slotmap *m, size_t slots)
{
	/* [have] pairs with [grown]: memory before the count. */
	size_t have = vbuf_load_acquire_(&m->committed_);

	while (have < slots) {
		size_t target = grown(m, have, slots);
		int err = vbuf_slotmap_commit(m, have, target);
		if (err != VBUF_OK && target > slots) { /* then no more than must be */
			target = slots;
			err = vbuf_slotmap_commit(m, have, target);
		}
		if (err != VBUF_OK)
			return err;
		while (have < target)
			/* [grown] pairs with [committed] and [have]: memory before the count. */
			if (vbuf_cas_acq_rel_(&m->committed_, &have, target))
				have = target;
	}
	return VBUF_OK;
}

int
vbuf_slotmap_take_virgin(struct vbuf_slotmap *m, size_t *ret_base, uint64_t *ret_bits)
{
	size_t first = vbuf_load_relaxed_(&m->virgin_);

	do {
		if (first >= m->control_->slots)
			return VBUF_ERANGE;
		int err = vbuf_slotmap_grow_to(m, first + 64);
		if (err != VBUF_OK)
			return err;
		/* [virgin] pairs with [to-the-end]: memory before the mark. */
	} while (!vbuf_cas_release_(&m->virgin_, &first, first + 64));
	*ret_base = first;
	*ret_bits = VBUF_SLOTMAP_ALL;
	return VBUF_OK;
}
