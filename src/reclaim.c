/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Domains, their records, and what others than our containers retire. */
#include "reclaim.h"

#include <string.h>

#include "options.h"

enum { MAX_THREADS = 65536 };

/* Yields to wait for a seat that is adopted: by the caller's own thread, perhaps, whose
 * destructor attaches. */
enum { PATIENCE = 1000 };

/* Objects that make a heavy barrier worth it. Tests make it smaller. */
#ifndef VBUF_RETIRED_GARBAGE
#define VBUF_RETIRED_GARBAGE 4096
#endif

_Static_assert(sizeof(struct vbuf_seat) % 128 == 0, "a seat stands on lines of its own");

void
vbuf_pin_slowly_(struct vbuf_record *r)
{
	/* [pin-era] pairs with [retire-era], as in vbuf_pin_(). */
	uint64_t era = vbuf_load_acquire_(r->era_);
	uint64_t symmetric = r->lo_ & VBUF_SYMMETRIC_;

	if (r->lo_ & VBUF_PINNED_) {
		r->depth_++;
		return;
	}
	vbuf_store_relaxed_(&r->hi_, era);
	uint64_t lo = era << VBUF_ERA_SHIFT_ | symmetric | VBUF_PINNED_;
	if (symmetric) {
		/* [pin] pairs with [scan]: the pin is seen, or what is out is seen. */
		vbuf_store_seq_cst_(&r->lo_, lo);
		return;
	}
	/* [repin] pairs with [scan-era], as in vbuf_pin_(). */
	vbuf_store_release_(&r->lo_, lo);
	vbuf_light_(); /* [pin-light] pairs with [heavy] */
}

/* The pin covers this era from now on; what was found before is to be looked at again. */
static void
cover(struct vbuf_record *r, uint64_t era)
{
	if (r->lo_ & VBUF_SYMMETRIC_) {
		/* [cover] pairs with [scan], as [pin]. */
		vbuf_store_seq_cst_(&r->hi_, era);
		return;
	}
	vbuf_store_relaxed_(&r->hi_, era);
	vbuf_light_(); /* [cover-light] pairs with [heavy] */
}

void(vbuf_pin)(struct vbuf_record *r)
{
	vbuf_pin_(r);
}

void(vbuf_unpin)(struct vbuf_record *r)
{
	vbuf_unpin_(r);
}

bool
vbuf_repin(struct vbuf_record *r)
{
	if (!(r->lo_ & VBUF_PINNED_) || r->depth_ != 0)
		return false;
	vbuf_unpin_(r);
	vbuf_pin_(r);
	return true;
}

bool
vbuf_covered(struct vbuf_record *r)
{
	/* The caller acquired what he found, so this is not before its birth. */
	uint64_t era = vbuf_load_relaxed_(r->era_);

	if (era == r->hi_)
		return true;
	cover(r, era);
	return false;
}

static bool
valid_options(const struct vbuf_domain_options *o)
{
	return o->threads <= MAX_THREADS && (unsigned)o->fence <= VBUF_FENCE_SYMMETRIC &&
	       vbuf_is_zero(o->zero_, sizeof o->zero_);
}

static int
choose_fence(enum vbuf_fence asked, bool *ret_symmetric)
{
	int err = asked == VBUF_FENCE_SYMMETRIC ? VBUF_ENOTSUP : vbuf_sync_register();

	*ret_symmetric = err != VBUF_OK;
	return asked == VBUF_FENCE_ASYMMETRIC ? err : VBUF_OK;
}

int
vbuf_domain_create(struct vbuf_domain **ret, const struct vbuf_domain_options *options)
{
	struct vbuf_domain_options o;
	bool symmetric;
	struct vbuf buf;

	if (!ret)
		return VBUF_EINVAL;
	*ret = NULL;
	int err = vbuf_read_options(options, sizeof o, &o);
	if (err == VBUF_OK && !valid_options(&o))
		err = VBUF_EINVAL;
	if (err == VBUF_OK)
		err = choose_fence(o.fence, &symmetric);
	if (err != VBUF_OK)
		return err;
	uint32_t threads = o.threads ? o.threads : VBUF_DOMAIN_THREADS;
	size_t front = vbuf_align_up(sizeof(struct vbuf_domain), 128);
	size_t size = front + ((size_t)threads + 1) * sizeof(struct vbuf_seat);
	size = vbuf_align_up(size, vbuf_page_size());
	err = vbuf_reserve(&buf, size,
	                   &(struct vbuf_options){ .size = sizeof(struct vbuf_options),
	                                           .name = "vbuf domain" });
	if (err != VBUF_OK)
		return err;
	err = vbuf_commit(&buf, 0, size);
	if (err != VBUF_OK) {
		(void)vbuf_unreserve(&buf);
		return err;
	}
	struct vbuf_domain *d = (struct vbuf_domain *)(void *)buf.base;
	d->era = 1;
	d->seats = (struct vbuf_seat *)(void *)(buf.base + front);
	d->threads = threads;
	d->garbage_max = o.garbage_max;
	d->symmetric = symmetric;
	d->buf = buf;
	*ret = d;
	return VBUF_OK;
}

/* --- attaching --- */

static void
raise_used(struct vbuf_domain *d, uint32_t index)
{
	/* [attach-used] pairs with [scan-used]: seq_cst also where another has raised it, or
	 * a scan might miss that, and our load of the era what that scan counted up. */
	uint32_t used = vbuf_load_seq_cst_(&d->used);

	while (used < index)
		/* [attach-used] pairs with [scan-used]. */
		if (vbuf_cas_seq_cst_(&d->used, &used, index))
			break;
}

static bool
take_seat(struct vbuf_seat *p, uint32_t state)
{
	uint32_t free = VBUF_SEAT_FREE;

	if (vbuf_load_relaxed_(&p->state) != VBUF_SEAT_FREE)
		return false;
	/* [attach] pairs with [detach] and [scan-state]: the bags are as the last owner left
	 * them; and a scan that misses us has counted the era up before we read it. */
	return vbuf_cas_seq_cst_(&p->state, &free, state);
}

static void
leave_seat(struct vbuf_seat *p)
{
	/* [detach] pairs with [attach] and [scan-state]. */
	vbuf_store_release_(&p->state, (uint32_t)VBUF_SEAT_FREE);
}

bool
vbuf_domain_adopt(struct vbuf_domain *d, uint32_t index)
{
	return take_seat(&d->seats[index], VBUF_SEAT_ADOPTED);
}

void
vbuf_domain_give_up(struct vbuf_domain *d, uint32_t index)
{
	leave_seat(&d->seats[index]);
}

static struct vbuf_seat *
find_seat(struct vbuf_domain *d)
{
	bool adopted, again;
	int patience = PATIENCE;

	do {
		adopted = again = false;
		for (uint32_t i = 1; i <= d->threads; i++) {
			struct vbuf_seat *p = &d->seats[i];
			if (take_seat(p, VBUF_SEAT_ATTACHED)) {
				raise_used(d, i);
				p->record.index_ = i;
				return p;
			}
			uint32_t state = vbuf_load_relaxed_(&p->state);
			adopted |= state == VBUF_SEAT_ADOPTED; /* for a moment only */
			again |= state == VBUF_SEAT_FREE;      /* that was over meanwhile */
		}
		if (adopted)
			vbuf_sync_yield();
	} while ((adopted && patience-- > 0) || again);
	return NULL;
}

static int
attach(struct vbuf_domain *d, struct vbuf_record **ret, bool self)
{
	struct vbuf_seat *p = find_seat(d);

	if (!p)
		return VBUF_EBUSY;
	struct vbuf_record *r = &p->record;
	p->self = self;
	r->era_ = &d->era;
	r->domain_ = d;
	r->depth_ = 0;
	/* [attach-era] pairs with [retire-era]: after the two above, so that a scan that
	 * missed them counted up an era that is read here. */
	uint64_t era = vbuf_load_seq_cst_(&d->era);
	vbuf_store_relaxed_(&r->hi_, era);
	/* [repin] pairs with [scan-era], as in a pin. */
	vbuf_store_release_(&r->lo_, era << VBUF_ERA_SHIFT_ | (d->symmetric ? VBUF_SYMMETRIC_ : 0));
	*ret = r;
	return VBUF_OK;
}

int
vbuf_domain_attach(struct vbuf_domain *d, struct vbuf_record **ret)
{
	if (!ret)
		return VBUF_EINVAL;
	*ret = NULL;
	return d ? attach(d, ret, false) : VBUF_EINVAL;
}

int
vbuf_domain_detach(struct vbuf_record **r)
{
	if (!r || !*r)
		return VBUF_OK;
	if ((*r)->index_ == 0) /* exclusive: it has no seat */
		return VBUF_EINVAL;
	if ((*r)->lo_ & VBUF_PINNED_)
		return VBUF_EBUSY;
	struct vbuf_seat *p = (struct vbuf_seat *)(void *)*r;
	p->self = false;
	leave_seat(p);
	*r = NULL;
	return VBUF_OK;
}

/* A thread that ends while pinned has no pointers any more. */
static void VBUF_SYNC_EXIT
thread_ends(void *value)
{
	struct vbuf_record *r = value;

	if (!r)
		return;
	r->depth_ = 0;
	vbuf_unpin_(r);
	(void)vbuf_domain_detach(&r);
}

static int
self_key(struct vbuf_domain *d, vbuf_sync_key *ret)
{
	/* [key] pairs with [key-made]. */
	uintptr_t known = vbuf_load_acquire_(&d->self_key);

	if (known == 0) {
		int err = vbuf_sync_key_create(ret, thread_ends);
		if (err != VBUF_OK)
			return err;
		/* [key-made] pairs with [key]: the system made it before others use it. */
		if (vbuf_cas_acq_rel_(&d->self_key, &known, *ret + 1))
			return VBUF_OK;
		vbuf_sync_key_delete(*ret);
	}
	*ret = known - 1;
	return VBUF_OK;
}

int
vbuf_domain_self(struct vbuf_domain *d, struct vbuf_record **ret)
{
	vbuf_sync_key key;

	if (!ret)
		return VBUF_EINVAL;
	*ret = NULL;
	if (!d)
		return VBUF_EINVAL;
	int err = self_key(d, &key);
	if (err != VBUF_OK)
		return err;
	*ret = vbuf_sync_key_get(key);
	if (*ret)
		return VBUF_OK;
	err = attach(d, ret, true);
	if (err != VBUF_OK)
		return err;
	err = vbuf_sync_key_set(key, *ret);
	if (err != VBUF_OK)
		(void)vbuf_domain_detach(ret);
	return err;
}

/* --- containers --- */

static void
lock(struct vbuf_domain *d)
{
	/* [lock] pairs with [unlock]. */
	while (vbuf_exchange_acquire_(&d->lock, 1) != 0)
		vbuf_sync_yield();
}

static void
unlock(struct vbuf_domain *d)
{
	/* [unlock] pairs with [lock]. */
	vbuf_store_release_(&d->lock, 0);
}

void
vbuf_domain_join(struct vbuf_domain *d, struct vbuf_domain_user *user)
{
	lock(d);
	vbuf_plain_write_(&d->users, sizeof d->users);
	user->next = d->users;
	d->users = user;
	unlock(d);
}

void
vbuf_domain_leave(struct vbuf_domain *d, struct vbuf_domain_user *user)
{
	lock(d);
	vbuf_plain_write_(&d->users, sizeof d->users);
	struct vbuf_domain_user **at = &d->users;
	while (*at != user)
		at = &(*at)->next;
	*at = user->next;
	unlock(d);
}

bool
vbuf_domain_full(const struct vbuf_domain *d)
{
	size_t garbage = vbuf_load_relaxed_(&d->garbage);

	/* After a fork it may have been counted down for a bag that was not counted up. */
	return d->garbage_max != 0 && garbage > d->garbage_max && garbage <= SIZE_MAX / 2;
}

/* --- retiring --- */

static struct vbuf_retired *
retired_at(uint64_t id)
{
	return (struct vbuf_retired *)(uintptr_t)id;
}

static uint64_t
next_of(void *owner, uint64_t id)
{
	(void)owner;
	return (uintptr_t)retired_at(id)->next_;
}

static void
link_to(void *owner, uint64_t id, uint64_t next)
{
	(void)owner;
	retired_at(id)->next_ = retired_at(next);
}

static uint64_t
birth_of(void *owner, uint64_t id)
{
	(void)owner;
	return retired_at(id)->birth_;
}

static void
release_some(void *owner, struct vbuf_bag *bag, size_t max)
{
	(void)owner;
	for (; max > 0 && bag->count > 0; max--) {
		struct vbuf_retired *object = retired_at(bag->head);
		vbuf_plain_read_(object, sizeof *object);
		bag->head = (uintptr_t)object->next_;
		bag->count--;
		object->reclaim_(object, object->arg_);
	}
}

static const struct vbuf_bags_kind retired_kind = { .next = next_of,
	                                            .link = link_to,
	                                            .birth = birth_of,
	                                            .release = release_some,
	                                            .pass_least = VBUF_RETIRED_GARBAGE };

uint64_t
vbuf_birth(const struct vbuf_domain *d)
{
	/* The caller publishes the object after this, with release. */
	return vbuf_load_relaxed_(&d->era);
}

void
vbuf_retire(struct vbuf_record *r, struct vbuf_retired *object, uint64_t birth,
            void (*reclaim)(struct vbuf_retired *object, void *arg), void *arg)
{
	struct vbuf_bags *b = &((struct vbuf_seat *)(void *)r)->bags;

	vbuf_plain_write_(object, sizeof *object);
	object->birth_ = birth;
	object->reclaim_ = reclaim;
	object->arg_ = arg;
	object->next_ = retired_at(b->open.head);
	if (vbuf_bags_add(b, (uintptr_t)object))
		vbuf_bags_close(b, &retired_kind, b, r->domain_, r);
}

size_t
vbuf_reclaim(struct vbuf_record *r, size_t budget)
{
	struct vbuf_domain *d = r->domain_;
	size_t max = budget ? budget : SIZE_MAX, left = max;
	struct vbuf_seat *own = (struct vbuf_seat *)(void *)r;

	if (own->bags.busy) /* called by a callback: further up somebody is at it */
		return 0;
	left -= vbuf_bags_reclaim(&own->bags, &retired_kind, own, d, r, left);
	own->bags.busy = true;
	for (uint32_t i = 1; i <= vbuf_load_relaxed_(&d->used) && left > 0; i++) {
		struct vbuf_seat *p = &d->seats[i];
		if (vbuf_bags_total(&p->bags) == 0 || !vbuf_domain_adopt(d, i))
			continue;
		left -= vbuf_bags_reclaim(&p->bags, &retired_kind, p, d, r, left);
		vbuf_domain_give_up(d, i);
	}
	own->bags.busy = false;
	return max - left;
}

/* --- the end, and what is told --- */

bool
vbuf_domain_idle(const struct vbuf_domain *d)
{
	for (uint32_t i = 1; i <= d->used; i++) {
		const struct vbuf_seat *p = &d->seats[i];
		if (p->state == VBUF_SEAT_ATTACHED && (!p->self || p->record.lo_ & VBUF_PINNED_))
			return false;
	}
	return true;
}

/* Until nothing is left, as one record's objects may retire others into another's bags. */
static void
drain(struct vbuf_domain *d)
{
	bool more;

	do {
		more = false;
		for (uint32_t i = 1; i <= d->used; i++) {
			struct vbuf_seat *p = &d->seats[i];
			more |= vbuf_bags_total(&p->bags) > 0;
			vbuf_bags_drain(&p->bags, &retired_kind, p, d);
		}
	} while (more);
}

int
vbuf_domain_destroy(struct vbuf_domain **d)
{
	if (!d || !*d)
		return VBUF_OK;
	struct vbuf_domain *dead = *d;
	if (dead->users || !vbuf_domain_idle(dead))
		return VBUF_EBUSY;
	drain(dead); /* which may still ask for its own record */
	if (dead->self_key)
		vbuf_sync_key_delete(dead->self_key - 1);
	dead->self_key = 0;
	for (uint32_t i = 1; i <= dead->used; i++)
		vbuf_store_relaxed_(&dead->seats[i].state, (uint32_t)VBUF_SEAT_FREE);
	struct vbuf buf = dead->buf;
	int err = vbuf_unreserve(&buf);
	if (err == VBUF_OK)
		*d = NULL;
	return err;
}

int
vbuf_domain_get_stats(struct vbuf_domain *d, struct vbuf_domain_stats *ret, size_t ret_size)
{
	if (!d || !ret || ret_size < sizeof *ret)
		return VBUF_EINVAL;
	memset(ret, 0, ret_size);
	ret->era = vbuf_load_relaxed_(&d->era);
	ret->threads = d->threads;
	ret->heavy = vbuf_load_relaxed_(&d->heavy);
	ret->heavy_failed = vbuf_load_relaxed_(&d->heavy_failed);
	ret->symmetric = d->symmetric;
	uint32_t used = vbuf_load_relaxed_(&d->used);
	for (uint32_t i = 1; i <= used; i++) {
		const struct vbuf_seat *p = &d->seats[i];
		uint64_t lo = vbuf_load_relaxed_(&p->record.lo_);
		ret->garbage += vbuf_bags_total(&p->bags);
		if (vbuf_load_relaxed_(&p->state) != VBUF_SEAT_ATTACHED)
			continue;
		ret->attached++;
		if (!(lo & VBUF_PINNED_))
			continue;
		ret->pinned++;
		if (ret->oldest_pin == 0 || lo >> VBUF_ERA_SHIFT_ < ret->oldest_pin)
			ret->oldest_pin = lo >> VBUF_ERA_SHIFT_;
	}
	return VBUF_OK;
}

/* --- fork --- */

void
vbuf_domain_fork_prepare(struct vbuf_domain *d)
{
	lock(d);
}

void
vbuf_domain_fork_parent(struct vbuf_domain *d)
{
	unlock(d);
}

void
vbuf_domain_fork_child(struct vbuf_domain *d, struct vbuf_record *own)
{
	const struct vbuf_record *self = d->self_key ? vbuf_sync_key_get(d->self_key - 1) : NULL;

	/* Somebody may have adopted what is nobody's, and been in the middle of it. */
	for (uint32_t i = 0; i <= d->threads; i++) {
		struct vbuf_seat *p = &d->seats[i];
		if (&p->record == own || &p->record == self || p->state == VBUF_SEAT_FREE)
			continue;
		/* Its thread may have been anywhere: its lists are not to be trusted. */
		d->garbage -= p->bags.closed;
		memset(&p->bags, 0, sizeof p->bags);
		for (struct vbuf_domain_user *u = d->users; u; u = u->next)
			d->garbage -= u->lost(u, i);
		p->record.depth_ = 0;
		vbuf_store_relaxed_(&p->record.lo_, p->record.lo_ & ~VBUF_PINNED_);
		vbuf_store_relaxed_(&p->state, (uint32_t)VBUF_SEAT_FREE);
	}
	unlock(d);
}
