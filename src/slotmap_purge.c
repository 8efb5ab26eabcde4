/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Giving memory back. A unit of slots that are all free loses its pages: values, words
 * and births, where they are whole pages those of blocks too. The generations go with the
 * words, so the unit keeps the highest of them, from which all its slots go on; a word of 0 is
 * free, and stale handles miss it.
 *
 * While a unit is purged all its bits are taken, so nobody else has any of its slots;
 * readers may look at the words, and find them gone, or zero.
 */
#include "core.h"
#include "slotmap.h"

uint64_t
vbuf_slotmap_highest(const struct vbuf_slotmap *m, size_t first, size_t end, uint64_t floor)
{
	for (size_t i = first; i < end; i++) {
		uint64_t generation = vbuf_load_relaxed_(&m->words_[i]) & m->gen_mask_;
		if (generation > floor)
			floor = generation;
	}
	return floor;
}

bool
vbuf_slotmap_too_old(const struct vbuf_slotmap *m, uint64_t generation)
{
	return generation > m->gen_mask_ / 2;
}

void
vbuf_slotmap_destroy_kept(struct vbuf_slotmap *m, size_t first, size_t end)
{
	const struct vbuf_slotmap_control *k = m->control_;

	if (!k->keep)
		return;
	for (size_t i = first; i < end; i++) {
		if (vbuf_load_relaxed_(&m->births_[i]) == 0)
			continue;
		vbuf_store_relaxed_(&m->births_[i], 0);
		if (k->destroy)
			k->destroy(vbuf_slotmap_value(m, i), k->destroy_arg);
	}
}

static bool
take_unit(struct vbuf_slotmap *m, size_t unit)
{
	size_t first = vbuf_slotmap_unit_first(m, unit) / 64,
	       end = vbuf_slotmap_unit_first(m, unit + 1) / 64, w;
	uint64_t bits = VBUF_SLOTMAP_ALL;

	for (w = first; w < end && bits == VBUF_SLOTMAP_ALL; w++)
		/* [take] pairs with [free]. */
		bits = vbuf_exchange_acquire_(&m->free_[w], 0);
	if (bits == VBUF_SLOTMAP_ALL)
		return true;
	w--; /* the one that somebody has slots of: those that come back are counted anew */
	if (bits)
		vbuf_slotmap_set_free(m, w, bits);
	while (w-- > first)
		vbuf_slotmap_put_back(m, w);
	return false;
}

static void
return_unit(struct vbuf_slotmap *m, size_t unit)
{
	size_t end = vbuf_slotmap_unit_first(m, unit + 1) / 64;

	for (size_t w = vbuf_slotmap_unit_first(m, unit) / 64; w < end; w++)
		vbuf_slotmap_put_back(m, w);
}

/* Empty part of an array, of which nobody has anything. Without this memory the slots
 * cannot be used: false. */
static bool
empty(struct vbuf_slotmap *m, const void *first, size_t size)
{
	struct vbuf *buf = &m->control_->buf;
	size_t offset = (size_t)((const unsigned char *)first - buf->base);

	return vbuf_purge_rw(buf, offset, size) == VBUF_OK ||
	       vbuf_commit(buf, offset, size) == VBUF_OK;
}

void
vbuf_slotmap_purge_unit(struct vbuf_slotmap *m, size_t unit)
{
	struct vbuf_slotmap_control *c = m->control_;
	struct vbuf_slotmap_unit *u = &c->units[unit];
	size_t first = vbuf_slotmap_unit_first(m, unit);
	size_t size = vbuf_slotmap_unit_first(m, unit + 1) - first;
	bool good = true;

	vbuf_slotmap_not_warm(m, u);
	if (!take_unit(m, unit))
		return;
	if (vbuf_load_relaxed_(&u->purged)) { /* by somebody who saw the same */
		return_unit(m, unit);
		return;
	}
	vbuf_slotmap_destroy_kept(m, first, first + size);
	if (c->seamless || !m->plain_) /* whose readers have no pins */
		good = empty(m, vbuf_slotmap_value(m, first), size * m->elem_size_);
	uint64_t floor =
		vbuf_slotmap_highest(m, first, first + size, vbuf_load_relaxed_(&u->floor));
	if (c->seamless && !vbuf_slotmap_too_old(m, floor)) {
		vbuf_store_relaxed_(&u->floor, floor);
		good &= empty(m, &m->words_[first], size * sizeof(uint64_t));
		good &= empty(m, &m->births_[first], size * sizeof(uint64_t));
		/* Nor is any element the first in its slot: those to come have births. */
		size_t before = first / 64 * sizeof(uint64_t),
		       blocks = size / 64 * sizeof(uint64_t);
		if ((before | blocks) % vbuf_page_size() == 0) /* else pages are of several units */
			good &= empty(m, &c->block_births[first / 64], blocks);
	}
	vbuf_store_relaxed_(&u->purged, 1);
	if (!good) { /* nobody's, until a trim commits it again */
		vbuf_store_relaxed_(&c->lost, true);
		return;
	}
	return_unit(m, unit);
}

/* As elements become fewer, so do the units that are kept. */
static bool
too_many_warm(const struct vbuf_slotmap *m)
{
	size_t keep = vbuf_slotmap_len(m) / 8 / vbuf_slotmap_unit_size(m);

	return vbuf_load_relaxed_(&m->control_->warm) > keep;
}

static void
purge_warm_ones(struct vbuf_slotmap *m, size_t unit)
{
	const struct vbuf_slotmap_control *c = m->control_;

	vbuf_slotmap_purge_unit(m, unit);
	/* Those above first, as the lower ones are taken first. */
	for (size_t u = vbuf_slotmap_unit_of(m, vbuf_slotmap_slots(m));
	     u-- > 0 && too_many_warm(m);)
		if (vbuf_load_relaxed_(&c->units[u].full) == vbuf_slotmap_unit_size(m) / 64 &&
		    !vbuf_load_relaxed_(&c->units[u].purged))
			vbuf_slotmap_purge_unit(m, u);
}

/* One thread at a time, as there are slots beside the maximum for one unit that is out of
 * everybody's reach. Who finds one at work lets it look again; what that should miss all the
 * same, the next finds. */
void
vbuf_slotmap_unit_free(struct vbuf_slotmap *m, size_t unit)
{
	struct vbuf_slotmap_control *c = m->control_;
	uint32_t busy;

	if (!too_many_warm(m) ||
	    vbuf_exchange_relaxed_(&c->purger, VBUF_SLOTMAP_ASKED) != VBUF_SLOTMAP_NOBODY)
		return;
	do {
		vbuf_store_relaxed_(&c->purger, VBUF_SLOTMAP_BUSY);
		if (too_many_warm(m))
			purge_warm_ones(m, unit);
		busy = VBUF_SLOTMAP_BUSY;
	} while (!vbuf_cas_relaxed_(&c->purger, &busy, VBUF_SLOTMAP_NOBODY));
}
