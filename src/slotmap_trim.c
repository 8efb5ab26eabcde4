/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Exclusive: counting the free slots anew, and giving back all that no element needs. */
#include "core.h"
#include "slotmap.h"
#include "units.h"

/* Slot i holds something, or is never to hold anything again. */
static bool
is_used(const struct vbuf_slotmap *m, size_t i)
{
	uint64_t word = vbuf_load_relaxed_(&m->words_[i]);
	uint64_t index = word & m->mask_;

	if (i == 0 || index == i)
		return true;
	if ((word & m->gen_mask_) == 0)
		return word != 0; /* worn; else never used, or purged */
	return index == 0;        /* invalid */
}

/* After a fork, or a failed purge, some slots are nobody's: free is what is not in use. Nor
 * does anybody know what threads that are not there had begun or ended. */
static void
find_lost(struct vbuf_slotmap *m)
{
	struct vbuf_slotmap_cache *own = vbuf_slotmap_cache_at(m, 0);
	size_t live = 0;

	for (size_t base = 0; base < m->virgin_; base += 64) {
		uint64_t bits = 0;
		for (size_t k = 0; k < 64; k++) {
			bits |= (uint64_t)!is_used(m, base + k) << k;
			live += vbuf_slotmap_at(m, base + k) != 0;
		}
		m->free_[base / 64] = bits;
	}
	for (uint32_t i = 1; i <= vbuf_load_relaxed_(&m->domain_->used); i++)
		live -= vbuf_load_relaxed_(&vbuf_slotmap_cache_at(m, i)->hand.live_);
	vbuf_store_relaxed_(&own->hand.live_, live);
}

/* The upper levels and the counts, from level 0. */
static void
count_anew(struct vbuf_slotmap *m, size_t slots)
{
	struct vbuf_slotmap_control *c = m->control_;
	size_t words = (slots + 63) / 64, unit = vbuf_slotmap_unit_size(m);

	for (unsigned level = 1; level < c->depth; level++) {
		size_t above = (words + 63) / 64;
		for (size_t w = 0; w < above; w++) {
			uint64_t bits = 0;
			for (size_t k = 0; k < 64 && w * 64 + k < words; k++)
				bits |= (uint64_t)(c->levels[level - 1][w * 64 + k] != 0) << k;
			c->levels[level][w] = bits;
		}
		words = above;
	}
	c->warm = 0;
	for (size_t u = 0, w = 0; w * 64 < slots; u++) {
		uint32_t full = 0;
		for (size_t end = vbuf_slotmap_unit_first(m, u + 1);
		     w * 64 < vbuf_smaller(end, slots); w++)
			full += m->free_[w] == VBUF_SLOTMAP_ALL;
		c->units[u].full = full;
		if (full < unit / 64)
			c->units[u].purged = 0;
		c->units[u].warm = full == unit / 64 && !c->units[u].purged;
		c->warm += c->units[u].warm;
	}
}

/* The end of the last block that has something in use. */
static size_t
last_used(const struct vbuf_slotmap *m)
{
	size_t end = m->virgin_;

	while (end > 64 && m->free_[end / 64 - 1] == VBUF_SLOTMAP_ALL)
		end -= 64;
	return end;
}

/* The elements that are left in these slots are not of the generation any more that their
 * unit begins with. */
static void
forget_rows(const struct vbuf_slotmap *m, size_t first, size_t end)
{
	for (size_t base = first; base < end; base += 64)
		vbuf_solid_open(&m->control_->solid[base / 64]);
}

/* Units that would lose words from end on remember the generations; the end may have to
 * be later, for those that are too old for that. */
static size_t
note_generations(struct vbuf_slotmap *m, size_t end)
{
	struct vbuf_slotmap_control *c = m->control_;
	size_t top = m->virgin_;

	for (size_t u = vbuf_slotmap_unit_of(m, top - 1); end < top; u--) {
		size_t first = vbuf_slotmap_unit_first(m, u);
		size_t limit = vbuf_smaller(vbuf_slotmap_unit_first(m, u + 1), top);
		uint64_t before = vbuf_load_relaxed_(&c->units[u].floor);
		uint64_t floor = vbuf_slotmap_highest(m, first, limit, before);
		if (vbuf_slotmap_too_old(m, floor))
			return limit;
		vbuf_store_relaxed_(&c->units[u].floor, floor);
		if (floor != before)
			forget_rows(m, first, end);
		if (first <= end)
			break;
	}
	return end;
}

/* Fresh slots have no births of their own, also where their memory stays. */
static void
forget_births(const struct vbuf_slotmap *m, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++)
		if (vbuf_load_relaxed_(&m->births_[i]) != 0) /* else no page comes for it */
			vbuf_store_relaxed_(&m->births_[i], 0);
}

/* Slots from end on become virgin again, and lose their memory. */
static int
cut(struct vbuf_slotmap *m, size_t end)
{
	struct vbuf_slotmap_control *c = m->control_;
	size_t virgin = m->virgin_;
	int err = VBUF_OK;

	vbuf_slotmap_destroy_kept(m, end, virgin);
	forget_births(m, end, virgin);
	for (size_t w = end / 64; w < virgin / 64; w++)
		m->free_[w] = 0;
	count_anew(m, virgin);
	m->virgin_ = end;
	m->committed_ = end;
	for (unsigned k = 0; k < c->region_count && err == VBUF_OK; k++) {
		const struct vbuf_slotmap_region *g = &c->regions[k];
		size_t from = vbuf_slotmap_region_end(m, g, end);
		size_t to = vbuf_slotmap_region_reach(m, g);
		if (g->per > 1 || to <= from) /* units and free bits stay: they remember */
			continue;
		err = g == vbuf_slotmap_words_region(c)
		              ? vbuf_decommit_readable(&c->buf, from, to - from)
		              : vbuf_decommit(&c->buf, from, to - from);
	}
	if (err == VBUF_OK) /* else the next one tries again */
		c->reached = end;
	return err;
}

static int
shrink(struct vbuf_slotmap *m)
{
	const struct vbuf_slotmap_control *c = m->control_;
	size_t unit = vbuf_slotmap_unit_size(m);
	size_t end = note_generations(m, last_used(m));
	int err = end < c->reached ? cut(m, end) : VBUF_OK;

	for (size_t u = 0; vbuf_slotmap_unit_first(m, u + 1) <= m->virgin_ && err == VBUF_OK; u++)
		if (c->units[u].full == unit / 64 && !c->units[u].purged)
			vbuf_slotmap_purge_unit(m, u);
	return err;
}

int
vbuf_slotmap_trim(struct vbuf_slotmap *m)
{
	if (!m)
		return VBUF_EINVAL;
	struct vbuf_slotmap_control *c = m->control_;
	vbuf_slotmap_collect(m);
	if (c->lost) {
		int err = vbuf_slotmap_commit(m, 0, m->committed_);
		if (err != VBUF_OK)
			return err;
		find_lost(m);
		count_anew(m, m->virgin_);
		c->lost = false;
	}
	/* Kept elements are destroyed below: what their destructors inserted would have slots
	 * that are to go. */
	bool admitted = c->tag_end != 0;
	vbuf_slotmap_admit(m, false);
	int err = shrink(m);
	vbuf_slotmap_admit(m, admitted);
	return err;
}
