/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What becomes of removed elements when nobody can read them any more. */
#include "slotmap.h"

static uint64_t
next_of(void *owner, uint64_t id)
{
	const struct vbuf_slotmap *m = ((struct vbuf_slotmap_hands *)owner)->m;

	return vbuf_load_relaxed_(&m->words_[id]) & m->mask_;
}

static void
link_to(void *owner, uint64_t id, uint64_t next)
{
	const struct vbuf_slotmap *m = ((struct vbuf_slotmap_hands *)owner)->m;
	uint64_t word = vbuf_load_relaxed_(&m->words_[id]);

	vbuf_store_relaxed_(&m->words_[id], (word & ~m->mask_) | next);
}

static uint64_t
birth_of(void *owner, uint64_t id)
{
	const struct vbuf_slotmap *m = ((struct vbuf_slotmap_hands *)owner)->m;
	uint64_t birth = vbuf_load_relaxed_(&m->births_[id]);

	/* The first element of a slot has none of its own. */
	return birth ? birth : vbuf_load_relaxed_(&m->control_->block_births[id / 64]);
}

void
vbuf_slotmap_wear_out(struct vbuf_slotmap *m, struct vbuf_slotmap_cache *c, size_t i)
{
	vbuf_store_relaxed_(&m->words_[i], m->mask_);
	if (m->control_->keep)
		vbuf_store_relaxed_(&m->births_[i], 0);
	vbuf_store_relaxed_(&c->worn, c->worn + 1);
}

void
vbuf_slotmap_bury(struct vbuf_slotmap *m, struct vbuf_slotmap_cache *c, size_t i)
{
	const struct vbuf_slotmap_control *k = m->control_;
	bool worn = (vbuf_load_relaxed_(&m->words_[i]) & m->gen_mask_) == 0;

	if (k->destroy && (!k->keep || worn))
		k->destroy(vbuf_slotmap_value(m, i), k->destroy_arg);
	if (worn)
		vbuf_slotmap_wear_out(m, c, i);
	else
		vbuf_slotmap_push(m, c, i);
}

/* The whole bag at once, where nothing is to be done for each. */
static void
splice(struct vbuf_slotmap_hands *o, struct vbuf_bag *bag)
{
	link_to(o, bag->tail, o->c->hand.listed_ ? o->c->hand.list_ : o->m->mask_);
	o->c->hand.list_ = bag->head;
	o->c->hand.listed_ += bag->count;
	bag->count = 0;
}

static void
release(void *owner, struct vbuf_bag *bag, size_t max)
{
	struct vbuf_slotmap_hands *o = owner;
	const struct vbuf_slotmap_control *k = o->m->control_;

	if ((!k->destroy || k->keep) && !o->c->wears && max >= bag->count)
		splice(o, bag);
	for (; max > 0 && bag->count > 0; max--) {
		size_t i = (size_t)bag->head;
		bag->head = next_of(o, i);
		bag->count--;
		vbuf_slotmap_bury(o->m, o->c, i);
	}
	vbuf_slotmap_spill(o->m, o->c);
}

/* pass_least is of each map: see vbuf_slotmap_create(). */
const struct vbuf_bags_kind vbuf_slotmap_kind = {
	.next = next_of,
	.link = link_to,
	.birth = birth_of,
	.release = release,
};

size_t
vbuf_slotmap_adopt(struct vbuf_slotmap *m, struct vbuf_record *r, size_t max)
{
	struct vbuf_domain *d = m->domain_;
	struct vbuf_slotmap_cache *own = vbuf_slotmap_cache_at(m, r->index_);
	size_t left = max;

	if (own->bags.busy) /* called by a destructor: further up somebody is at it */
		return 0;
	own->bags.busy = true;
	for (uint32_t i = 0; i <= vbuf_load_relaxed_(&d->used) && left > 0; i++) {
		struct vbuf_slotmap_cache *c = vbuf_slotmap_cache_at(m, i);
		struct vbuf_slotmap_hands o = { m, c };
		if (i == r->index_ || !vbuf_domain_adopt(d, i))
			continue;
		left -= vbuf_bags_reclaim(&c->bags, &m->control_->kind, &o, d, r, left);
		vbuf_slotmap_let_go(m, c);
		vbuf_domain_give_up(d, i);
	}
	own->bags.busy = false;
	return max - left;
}

size_t
vbuf_slotmap_reclaim(struct vbuf_slotmap *m, struct vbuf_record *r, size_t budget)
{
	if (!m || !r || r->domain_ != m->domain_)
		return 0;
	struct vbuf_slotmap_hands o = { m, vbuf_slotmap_cache_at(m, r->index_) };
	size_t max = budget ? budget : SIZE_MAX;
	size_t done = vbuf_bags_reclaim(&o.c->bags, &m->control_->kind, &o, m->domain_, r, max);
	done += vbuf_slotmap_adopt(m, r, max - done);
	vbuf_slotmap_let_go(m, o.c);
	return done;
}

void
vbuf_slotmap_collect(struct vbuf_slotmap *m)
{
	bool more;

	do { /* as destructors may remove others, and insert */
		more = false;
		for (uint32_t i = 0; i <= vbuf_load_relaxed_(&m->domain_->used); i++) {
			struct vbuf_slotmap_hands o = { m, vbuf_slotmap_cache_at(m, i) };
			more |= vbuf_bags_total(&o.c->bags) > 0 || !vbuf_slotmap_empty_handed(o.c);
			vbuf_bags_drain(&o.c->bags, &m->control_->kind, &o, m->domain_);
			vbuf_slotmap_let_go(m, o.c);
		}
	} while (more);
}
