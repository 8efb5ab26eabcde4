/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * When may what was retired be used again? The whole argument is in docs/design.md,
 * "Reclamation"; the labels are explained there.
 *
 * A bag is closed with r, the era of that moment. A record whose published era is
 * beyond r read the era after that, so its owner sees that the objects are out, and needs
 * no barrier to be believed. Only for records that lag behind, or are idle, the heavy
 * barrier is called, when there is enough that waits.
 */
#include "reclaim.h"

static const struct vbuf_bag empty;

/* The later one goes before the other, so that only its end need be known. */
static void
append(struct vbuf_bag *to, struct vbuf_bag more, const struct vbuf_bags_kind *kind, void *owner)
{
	if (more.count == 0)
		return;
	if (to->count == 0) {
		*to = more;
		return;
	}
	kind->link(owner, more.tail, to->head);
	to->head = more.head;
	to->count += more.count;
	if (to->era < more.era)
		to->era = more.era;
}

/* What is retired before this era no reader can have; known without a barrier. */
static uint64_t
floor_of(struct vbuf_domain *d, const struct vbuf_record *self)
{
	/* What is retired later, by a destructor below us, this does not speak of. */
	uint64_t floor = vbuf_load_relaxed_(&d->era);
	/* [scan-used] pairs with [attach-used]: who is missed here reads a later era. */
	uint32_t used = vbuf_load_seq_cst_(&d->used);

	if (self && self->lo_ & VBUF_PINNED_ && self->lo_ >> VBUF_ERA_SHIFT_ < floor)
		floor = self->lo_ >> VBUF_ERA_SHIFT_;
	for (uint32_t i = 1; i <= used; i++) {
		struct vbuf_seat *p = &d->seats[i];
		/* [scan-state] pairs with [attach] and [detach]. */
		if (&p->record == self || vbuf_load_seq_cst_(&p->state) != VBUF_SEAT_ATTACHED)
			continue;
		/* [scan-era] pairs with [repin] and [unpin]: reads end before reuse. */
		uint64_t era = vbuf_load_acquire_(&p->record.lo_) >> VBUF_ERA_SHIFT_;
		if (era < floor)
			floor = era;
	}
	return floor;
}

/* After a heavy barrier: what was retired in that era, and born after what this
 * returns, no reader can have. 0: nothing of that era. */
static uint64_t
reach_of(struct vbuf_domain *d, const struct vbuf_record *self, uint64_t retired)
{
	uint64_t reach = 0;
	/* [scan-used] pairs with [attach-used]: as above. */
	uint32_t used = vbuf_load_seq_cst_(&d->used);

	if (self && self->lo_ & VBUF_PINNED_ && self->lo_ >> VBUF_ERA_SHIFT_ <= retired)
		reach = self->hi_;
	for (uint32_t i = 1; i <= used; i++) {
		struct vbuf_seat *p = &d->seats[i];
		/* [scan-state] pairs with [attach] and [detach]. */
		if (&p->record == self || vbuf_load_seq_cst_(&p->state) != VBUF_SEAT_ATTACHED)
			continue;
		/* [scan] pairs with [pin], [cover] and [unpin]. First lo, then hi: a later
		 * pin writes them the other way round. */
		uint64_t lo = vbuf_load_seq_cst_(&p->record.lo_);
		uint64_t hi = vbuf_load_seq_cst_(&p->record.hi_);
		if (lo & VBUF_PINNED_ && lo >> VBUF_ERA_SHIFT_ <= retired && hi > reach)
			reach = hi;
	}
	return reach;
}

static bool
heavy(struct vbuf_domain *d)
{
	if (d->symmetric)
		return true;
	/* [heavy] pairs with [pin-light] and [cover-light]: after it a pin is seen, or
	 * the reader sees that the object is out. */
	bool done = vbuf_heavy_(vbuf_sync_heavy()) == VBUF_OK;
	(void)vbuf_fetch_add_relaxed_(done ? &d->heavy : &d->heavy_failed, 1);
	return done;
}

/* Free those of a bag, at most *max; what is left of it goes back to its place. */
static void
release(struct vbuf_bags *b, struct vbuf_bag *bag, const struct vbuf_bags_kind *kind, void *owner,
        struct vbuf_domain *d, size_t *max)
{
	struct vbuf_bag now = *bag;
	size_t before = now.count;

	*bag = empty; /* what is retired meanwhile may be put here */
	if (before == 0)
		return;
	kind->release(owner, &now, *max);
	size_t done = before - now.count;
	*max -= done;
	vbuf_store_relaxed_(&b->closed, b->closed - done);
	if (d->garbage_max)
		(void)vbuf_fetch_add_relaxed_(&d->garbage, (size_t)0 - done);
	append(bag, now, kind, owner);
}

/* Keep of a bag those born no later than reach; free the others, at most *max. */
static void
filter(struct vbuf_bags *b, struct vbuf_bag *bag, uint64_t reach, const struct vbuf_bags_kind *kind,
       void *owner, struct vbuf_domain *d, size_t *max)
{
	struct vbuf_bag from = *bag, kept = empty, freed = empty;

	*bag = empty;
	for (uint64_t id = from.head, next; from.count > 0; id = next, from.count--) {
		struct vbuf_bag one = { .head = id, .tail = id, .era = from.era, .count = 1 };
		next = from.count > 1 ? kind->next(owner, id) : 0;
		append(kind->birth(owner, id) <= reach ? &kept : &freed, one, kind, owner);
	}
	append(bag, kept, kind, owner);
	struct vbuf_bag rest = freed;
	release(b, &rest, kind, owner, d, max);
	append(bag, rest, kind, owner);
}

/* One of the bags that wait, after a heavy barrier. */
static void
pass_over(struct vbuf_bags *b, struct vbuf_bag *bag, uint64_t reach,
          const struct vbuf_bags_kind *kind, void *owner, struct vbuf_domain *d, size_t *max)
{
	if (reach == 0)
		release(b, bag, kind, owner, d, max);
	else
		filter(b, bag, reach, kind, owner, d, max);
}

/* With a heavy barrier: free what can be, at most max; returns what is left of that.
 * What is still held up when it comes by again, a reader that stays has; it goes to
 * those that are not looked at before that reader moves. */
static size_t
pass(struct vbuf_bags *b, const struct vbuf_bags_kind *kind, void *owner, struct vbuf_domain *d,
     const struct vbuf_record *self, size_t max)
{
	size_t left = b->closed;

	if (heavy(d)) {
		/* What destructors retire from here on the barrier came too early for: it
		 * goes into the bags that we leave empty. */
		struct vbuf_bag old = b->old, young = b->young;
		b->old = b->young = empty;
		uint64_t reach = reach_of(d, self, b->held.era);
		if (reach < b->held_reach) {
			b->held_reach = reach;
			pass_over(b, &b->held, reach, kind, owner, d, &max);
		}
		reach = reach_of(d, self, old.era);
		pass_over(b, &old, reach, kind, owner, d, &max);
		append(&b->held, old, kind, owner);
		if (old.count && reach > b->held_reach)
			b->held_reach = reach;
		pass_over(b, &young, reach_of(d, self, young.era), kind, owner, d, &max);
		append(&b->young, young, kind, owner);
		if (max == 0) { /* among the held some may be free, and of the rest who knows */
			b->held_reach = UINT64_MAX;
			return 0;
		}
		left = b->held.count + young.count;
	}
	size_t least = d->symmetric ? VBUF_BAG_SIZE : kind->pass_least;
	b->pass_at = left + (left / 4 > least ? left / 4 : least);
	return max;
}

static void
close_open(struct vbuf_bags *b, const struct vbuf_bags_kind *kind, void *owner,
           struct vbuf_domain *d)
{
	if (b->open.count == 0)
		return;
	vbuf_plain_read_(&b->open.head, sizeof b->open.head);
	struct vbuf_bag closed = b->open;
	vbuf_store_relaxed_(&b->closed, b->closed + closed.count);
	vbuf_store_relaxed_(&b->open.count, 0);
	/* [retire-era] pairs with [pin-era] and [attach-era]: what is out is out before the
	 * era goes on. */
	closed.era = vbuf_fetch_add_seq_cst_(&d->era, 1);
	if (d->garbage_max)
		(void)vbuf_fetch_add_relaxed_(&d->garbage, closed.count);
	if (b->old.count == 0) {
		b->old = b->young;
		b->young = empty;
	}
	append(&b->young, closed, kind, owner);
}

/* What no reader of its time can have any more, by their eras alone. */
static void
release_passed(struct vbuf_bags *b, const struct vbuf_bags_kind *kind, void *owner,
               struct vbuf_domain *d, const struct vbuf_record *self)
{
	size_t max = SIZE_MAX;
	uint64_t floor = floor_of(d, self);

	if (b->held.count > 0 && b->held.era < floor) /* the reader that stayed has gone */
		release(b, &b->held, kind, owner, d, &max);
	if (b->old.era < floor)
		release(b, &b->old, kind, owner, d, &max);
	if (b->old.count == 0 && b->young.era < floor)
		release(b, &b->young, kind, owner, d, &max);
}

void
vbuf_bags_close(struct vbuf_bags *b, const struct vbuf_bags_kind *kind, void *owner,
                struct vbuf_domain *d, const struct vbuf_record *self)
{
	if (b->busy) {
		close_open(b, kind, owner, d);
		return;
	}
	vbuf_plain_write_(&b->busy, sizeof b->busy);
	b->busy = true;
	/* Before the open bag joins the younger one: with it the caller's own pin would hold
	 * up all of that. */
	if (b->closed + b->open.count >= b->pass_at)
		(void)pass(b, kind, owner, d, self, SIZE_MAX);
	close_open(b, kind, owner, d);
	release_passed(b, kind, owner, d, self);
	b->busy = false;
}

size_t
vbuf_bags_reclaim(struct vbuf_bags *b, const struct vbuf_bags_kind *kind, void *owner,
                  struct vbuf_domain *d, const struct vbuf_record *self, size_t max)
{
	if (b->busy || vbuf_bags_total(b) == 0)
		return 0;
	vbuf_plain_write_(&b->busy, sizeof b->busy);
	b->busy = true;
	close_open(b, kind, owner, d);
	size_t left = pass(b, kind, owner, d, self, max);
	b->busy = false;
	return max - left;
}

void
vbuf_bags_drain(struct vbuf_bags *b, const struct vbuf_bags_kind *kind, void *owner,
                struct vbuf_domain *d)
{
	if (b->busy)
		return;
	vbuf_plain_write_(&b->busy, sizeof b->busy);
	b->busy = true;
	while (vbuf_bags_total(b) > 0) {
		size_t max = SIZE_MAX;
		close_open(b, kind, owner, d);
		release(b, &b->held, kind, owner, d, &max);
		release(b, &b->old, kind, owner, d, &max);
		release(b, &b->young, kind, owner, d, &max);
	}
	b->busy = false;
}
