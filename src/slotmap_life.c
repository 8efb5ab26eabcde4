/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The slotmap: its reservation, its end, and what is told of it. */
#include <string.h>

#include "core.h"
#include "options.h"
#include "poison.h"
#include "slotmap.h"
#include "units.h"

/* Tests have slots wear out sooner. */
#ifndef VBUF_SLOTMAP_GENERATION_LIMIT
#define VBUF_SLOTMAP_GENERATION_LIMIT 64
#endif

/* Slots that are purged together, where there are no huge pages. Tests make it smaller. */
#ifndef VBUF_SLOTMAP_UNIT
#define VBUF_SLOTMAP_UNIT 8192
#endif
static const size_t SMALL_UNIT = VBUF_SLOTMAP_UNIT;

/* A heavy barrier costs as much as thousands of removals, when there are other threads;
 * so it may wait for as many, unless they are large. */
#ifndef VBUF_SLOTMAP_GARBAGE
#define VBUF_SLOTMAP_GARBAGE 4096
#endif
static const size_t GARBAGE_SLOTS = VBUF_SLOTMAP_GARBAGE;
static const size_t GARBAGE_BYTES = (size_t)1 << 20;

static bool
valid_options(const struct vbuf_slotmap_options *o)
{
	return o->max > 0 && o->initial <= o->max &&
	       (o->align == 0 || vbuf_is_power_of_two(o->align)) &&
	       (unsigned)o->huge <= VBUF_HUGE_NEVER && o->tag_bits <= 32 && o->map_bits <= 32 &&
	       (uint64_t)o->map_tag >> o->map_bits == 0 && o->garbage <= VBUF_SLOTMAP_GARBAGE &&
	       !(o->plain && (o->destroy || o->keep)) && vbuf_is_zero(o->zero_, sizeof o->zero_);
}

static unsigned
bits_of(uint64_t n)
{
	unsigned bits = 0;

	for (; n; n >>= 1)
		bits++;
	return bits;
}

/* --- laying out --- */

static int
divide_handle(struct vbuf_slotmap *m, struct vbuf_slotmap_control *c)
{
	const struct vbuf_slotmap_options *o = &c->options;
	unsigned index = bits_of(c->slots), shift = index + o->tag_bits + o->map_bits;

	if (shift + VBUF_SLOTMAP_GENERATION_BITS > 64)
		return VBUF_ERANGE;
	if (64 - shift > VBUF_SLOTMAP_GENERATION_LIMIT)
		shift = 64 - VBUF_SLOTMAP_GENERATION_LIMIT;
	m->mask_ = ((uint64_t)1 << index) - 1;
	c->tag_shift = index;
	c->tag_max = (uint32_t)(((uint64_t)1 << o->tag_bits) - 1);
	c->tag_end = (uint64_t)c->tag_max + 1;
	m->map_tag_ = (uint64_t)o->map_tag << (index + o->tag_bits);
	c->gen_one = (uint64_t)1 << shift;
	m->gen_mask_ = ~(c->gen_one - 1);
	return VBUF_OK;
}

/* The next region, behind *size; false when it is too large for any addresses. */
static bool
add_region(struct vbuf_slotmap_control *c, size_t *size, size_t per, size_t each, size_t lack)
{
	size_t page = vbuf_page_size(), offset = vbuf_align_up(*size, page);
	size_t count = (c->slots + lack + per - 1) / per;

	/* NOLINTNEXTLINE(clang-analyzer-core.DivideZero): there are slots, 64 at the least */
	if (offset > SIZE_MAX / 2 || each > SIZE_MAX / 4 / count)
		return false;
	*size = vbuf_align_up(offset + count * each, page);
	c->regions[c->region_count++] =
		(struct vbuf_slotmap_region){ offset, *size, per, each, lack, c->unit_bytes - 1 };
	return *size <= SIZE_MAX / 2;
}

/* The same, of a slot each. A huge page that is committed in part is so many small ones: where
 * there may be many, slots of the first unit lie in the end of one, and the rest in whole ones. */
static bool
add_large_region(struct vbuf_slotmap_control *c, size_t *size, size_t align, size_t each)
{
	struct vbuf_slotmap_region *g = &c->regions[c->region_count];
	size_t unit = (size_t)1 << c->unit_shift, huge = c->unit_bytes;
	bool large = c->slots >= huge / each;
	size_t first = c->unit_lack ? (unit - c->unit_lack) * each % huge : 0;

	if (!large || first % align != 0)
		first = 0;
	*size = vbuf_align_up(*size + first, large ? vbuf_larger(align, huge) : align) - first;
	if (*size > SIZE_MAX / 2 || !add_region(c, size, 1, each, 0))
		return false;
	if (large)
		*size = g->end = vbuf_align_up(g->end, huge);
	if (first > 0)
		g->small = first;
	return *size <= SIZE_MAX / 2;
}

/* The size of it all, or SIZE_MAX. Words, births and values are the last three; what there is
 * of each block of 64 slots comes before them. */
static size_t
lay_out(struct vbuf_slotmap_control *c, size_t front, size_t elem_size, size_t align)
{
	size_t size = front, per = 64;

	if (c->slots > SIZE_MAX / 32) /* words and births alone; so no sum below overflows */
		return SIZE_MAX;
	bool good = add_region(c, &size, (size_t)1 << c->unit_shift,
	                       sizeof(struct vbuf_slotmap_unit), c->unit_lack);

	for (c->depth = 0; good; per *= 64) {
		good = add_region(c, &size, per, sizeof(uint64_t), 0);
		c->depth++;
		if ((c->slots + per - 1) / per == 1)
			break;
	}
	good = good && add_region(c, &size, 64, sizeof(uint64_t), 0) &&
	       add_region(c, &size, 64, sizeof(uint64_t), 0) && add_large_region(c, &size, 1, 8);
	/* A handle's index may be any number of so many bits. */
	size += VBUF_READS_UNCOMMITTED_ ? (((size_t)1 << c->tag_shift) - c->slots) * 8 : 0;
	good = good && add_large_region(c, &size, 1, 8) &&
	       add_large_region(c, &size, align, elem_size);
	return good ? size : SIZE_MAX;
}

static void
point(struct vbuf_slotmap *m, struct vbuf_slotmap_control *c, unsigned char *base)
{
	const struct vbuf_slotmap_region *words = vbuf_slotmap_words_region(c);

	c->units = (struct vbuf_slotmap_unit *)(void *)(base + c->regions[0].offset);
	for (unsigned i = 0; i < c->depth; i++)
		c->levels[i] = (vbuf_atomic_u64_ *)(void *)(base + c->regions[1 + i].offset);
	m->free_ = c->levels[0];
	c->block_births = (vbuf_atomic_u64_ *)(void *)(base + words[-2].offset);
	c->solid = (vbuf_atomic_u64_ *)(void *)(base + words[-1].offset);
	m->words_ = (vbuf_atomic_u64_ *)(void *)(base + words->offset);
	m->births_ = (vbuf_atomic_u64_ *)(void *)(base + words[1].offset);
	m->values_ = base + words[2].offset;
}

/* The fewest slots whose words are whole pages, and whose values are: to be emptied. */
static size_t
slots_of_whole_pages(size_t elem_size)
{
	size_t each = elem_size | sizeof(uint64_t);

	return vbuf_page_size() / (each & (~each + 1));
}

/* How many slots there are, and in what portions. */
static int
size_up(struct vbuf_slotmap_control *c, size_t elem_size, size_t threads)
{
	size_t waits = vbuf_smaller(GARBAGE_BYTES / (elem_size + 16), GARBAGE_SLOTS);

	c->kind = vbuf_slotmap_kind;
	c->kind.pass_least =
		c->options.garbage ? c->options.garbage : vbuf_larger(waits, VBUF_BAG_SIZE);
	uint64_t slots = (uint64_t)c->options.max + 64 +
	                 (uint64_t)threads * (2 * VBUF_SLOTMAP_LIST + c->kind.pass_least);
	if (c->options.max > VBUF_SLOTMAP_MAX)
		return VBUF_ERANGE;
	c->unit_bytes = vbuf_unit(c->options.huge);
	size_t unit = vbuf_larger(SMALL_UNIT, slots_of_whole_pages(elem_size));
	if (vbuf_grows_by_huge_pages(c->options.huge))
		unit = c->unit_bytes / sizeof(uint64_t);
	c->unit_shift = bits_of(unit) - 1;
	if (slots >= unit) {
		slots += unit; /* one may be about to be purged */
		if (vbuf_grows_by_huge_pages(c->options.huge))
			c->unit_lack = unit / 4 * 3;
	}
	if (slots > UINT32_C(0xffffffc0))
		slots = UINT32_C(0xffffffc0);
	c->slots = ((size_t)slots + 63) & ~(size_t)63;
	return VBUF_OK;
}

/* --- life --- */

static size_t
lost(struct vbuf_domain_user *user, uint32_t index)
{
	size_t at = offsetof(struct vbuf_slotmap_control, user);
	struct vbuf_slotmap_control *c =
		(struct vbuf_slotmap_control *)(void *)((unsigned char *)user - at);
	struct vbuf_slotmap *m = (struct vbuf_slotmap *)(void *)c->buf.base;
	struct vbuf_slotmap_cache *cache = vbuf_slotmap_cache_at(m, index);
	size_t live = cache->hand.live_, worn = cache->worn, closed = cache->bags.closed;

	memset(cache, 0, sizeof *cache);
	cache->hand.live_ = live;
	cache->worn = worn;
	cache->wears = worn > 0;
	/* It may have changed a word and not the block yet, or have been looking at one. */
	for (size_t base = 0; base < m->virgin_; base += 64)
		vbuf_solid_open(&c->solid[base / 64]);
	c->lost = true;
	c->purger = VBUF_SLOTMAP_NOBODY;
	return closed;
}

static int
fill(struct vbuf_slotmap *m, struct vbuf_slotmap_control *c)
{
	int err = vbuf_slotmap_grow_to(
		m, vbuf_smaller(vbuf_larger(c->options.initial, 63) + 1, c->slots));

	if (err != VBUF_OK)
		return err;
	m->words_[0] = m->mask_; /* no handle, and no element */
	m->virgin_ = 64;
	vbuf_slotmap_set_free(m, 0, VBUF_SLOTMAP_ALL - 1);
	return VBUF_OK;
}

static size_t
values_size(const struct vbuf_slotmap *m)
{
	const struct vbuf *buf = &m->control_->buf;

	return buf->size - (size_t)(m->values_ - buf->base);
}

static int
make(struct vbuf_slotmap **ret, struct vbuf_slotmap *m, struct vbuf_slotmap_control *c,
     size_t elem_size, size_t align)
{
	size_t caches = ((size_t)m->domain_->threads + 1) * VBUF_SLOTMAP_HAND_SIZE_;
	size_t front = vbuf_align_up(sizeof *m + sizeof *c, 128);
	enum vbuf_huge policy = vbuf_huge_policy(c->options.huge);

	int err = size_up(c, elem_size, m->domain_->threads);
	if (err == VBUF_OK)
		err = divide_handle(m, c);
	if (err != VBUF_OK)
		return err;
	size_t size = lay_out(c, vbuf_align_up(front + caches, vbuf_page_size()), elem_size, align);
	if (size == SIZE_MAX)
		return VBUF_ERANGE;
	const struct vbuf_slotmap_region *words = vbuf_slotmap_words_region(c);
	struct vbuf_options o = { .size = sizeof o, .name = c->options.name, .huge = policy };
	o.align = vbuf_larger(align, vbuf_page_size());
	if (policy == VBUF_HUGE_PREFER && size >= c->unit_bytes)
		o.align = vbuf_larger(o.align, c->unit_bytes);
	err = vbuf_reserve(&c->buf, size, &o);
	if (err == VBUF_OK)
		err = vbuf_commit(&c->buf, 0, vbuf_align_up(front + caches, vbuf_page_size()));
	if (err == VBUF_OK && VBUF_READS_UNCOMMITTED_)
		err = vbuf_decommit_readable(&c->buf, words->offset,
		                             words[1].offset - words->offset);
	if (err != VBUF_OK) {
		(void)vbuf_unreserve(&c->buf);
		return err;
	}
	struct vbuf_slotmap *made = (struct vbuf_slotmap *)(void *)c->buf.base;
	struct vbuf_slotmap_control *k = (struct vbuf_slotmap_control *)(void *)(made + 1);
	point(m, c, c->buf.base);
	m->caches_ = c->buf.base + front;
	m->control_ = k;
	*k = *c;
	*made = *m;
	k->exclusive.era_ = made->era_;
	k->exclusive.domain_ = made->domain_;
	k->user.lost = lost;
	err = fill(made, k);
	if (err != VBUF_OK) {
		(void)vbuf_unreserve(&c->buf);
		return err;
	}
	vbuf_domain_join(made->domain_, &k->user);
	vbuf_root_add(made->values_, values_size(made));
	*ret = made;
	return VBUF_OK;
}

int
vbuf_slotmap_create(struct vbuf_slotmap **ret, size_t elem_size, size_t elem_align,
                    const struct vbuf_slotmap_options *options)
{
	struct vbuf_slotmap m = { .elem_size_ = elem_size };
	struct vbuf_slotmap_control c = { .depth = 0 };

	if (!ret)
		return VBUF_EINVAL;
	*ret = NULL;
	int err = vbuf_read_options(options, sizeof c.options, &c.options);
	if (err != VBUF_OK)
		return err;
	if (elem_size == 0 || !vbuf_is_power_of_two(elem_align) || !valid_options(&c.options))
		return VBUF_EINVAL;
	if (elem_size > SIZE_MAX / 4)
		return VBUF_ERANGE;
	c.keep = c.options.keep;
	c.destroy = c.options.destroy;
	c.destroy_arg = c.options.destroy_arg;
	c.seamless = vbuf_purge_is_seamless();
	c.own_domain = !c.options.domain;
	m.plain_ = c.options.plain;
	m.by_call_ = c.options.plain || c.options.keep;
	m.domain_ = c.options.domain;
	if (c.own_domain)
		err = vbuf_domain_create(&m.domain_, NULL);
	if (err != VBUF_OK)
		return err;
	m.era_ = &m.domain_->era;
	err = make(ret, &m, &c, elem_size, vbuf_larger(elem_align, c.options.align));
	if (err != VBUF_OK && c.own_domain)
		(void)vbuf_domain_destroy(&m.domain_);
	return err;
}

/* All elements of a block of 64 slots; those of them that are free then. */
static uint64_t
clear_block(struct vbuf_slotmap *m, size_t base)
{
	const struct vbuf_slotmap_control *c = m->control_;
	struct vbuf_slotmap_cache *cache = vbuf_slotmap_cache_at(m, 0);
	uint64_t freed = 0;

	vbuf_solid_open(&c->solid[base / 64]);
	for (size_t k = base == 0; k < 64; k++) {
		size_t i = base + k;
		uint64_t word = vbuf_load_relaxed_(&m->words_[i]);
		uint64_t generation = vbuf_slotmap_next_generation(m, word);
		bool invalid = (word & m->mask_) == 0 && (word & m->gen_mask_) != 0;
		if ((word & m->mask_) != i && !invalid)
			continue;
		vbuf_store_relaxed_(&m->words_[i], generation | m->mask_);
		if (c->destroy && (!c->keep || generation == 0))
			c->destroy(vbuf_slotmap_value(m, i), c->destroy_arg);
		if (generation != 0)
			freed |= (uint64_t)1 << k;
		else
			vbuf_slotmap_wear_out(m, cache, i);
		if (!invalid)
			vbuf_store_relaxed_(&cache->hand.live_, cache->hand.live_ - 1);
	}
	return freed;
}

int
vbuf_slotmap_clear(struct vbuf_slotmap *m)
{
	if (!m)
		return VBUF_EINVAL;
	vbuf_slotmap_collect(m);
	for (size_t base = 0; base < m->virgin_; base += 64) {
		uint64_t freed = vbuf_load_relaxed_(&m->free_[base / 64]) == VBUF_SLOTMAP_ALL
		                         ? 0
		                         : clear_block(m, base);
		if (freed)
			vbuf_slotmap_set_free(m, base / 64, freed);
	}
	vbuf_slotmap_collect(m); /* what destructors removed */
	return VBUF_OK;
}

void
vbuf_slotmap_admit(struct vbuf_slotmap *m, bool inserts)
{
	struct vbuf_slotmap_control *c = m->control_;

	c->tag_end = inserts ? (uint64_t)c->tag_max + 1 : 0;
	m->by_call_ = !inserts || m->plain_ || c->keep; /* as inline they look at nothing else */
}

/* All elements are destroyed, and a domain of its own goes: first, as a map without one can
 * be destroyed again, and a domain without a map nobody knows. */
static int
empty_out(struct vbuf_slotmap *m)
{
	struct vbuf_slotmap_control *c = m->control_;
	struct vbuf_domain *domain = m->domain_;

	if (c->tag_end == 0 || (c->own_domain && !vbuf_domain_idle(domain)))
		return VBUF_EBUSY;
	vbuf_slotmap_admit(m, false);
	(void)vbuf_slotmap_clear(m);
	vbuf_slotmap_destroy_kept(m, 1, m->virgin_);
	vbuf_domain_leave(domain, &c->user);
	if (!c->own_domain)
		return VBUF_OK;
	int err = vbuf_domain_destroy(&domain);
	if (err != VBUF_OK) {
		vbuf_domain_join(domain, &c->user);
		vbuf_slotmap_admit(m, true);
		return err;
	}
	m->domain_ = NULL;
	return VBUF_OK;
}

int
vbuf_slotmap_destroy(struct vbuf_slotmap **m)
{
	if (!m || !*m)
		return VBUF_OK;
	struct vbuf_slotmap *dead = *m;
	struct vbuf_slotmap_control *c = dead->control_;
	if (dead->domain_) { /* else only the reservation is left, see below */
		int err = empty_out(dead);
		if (err != VBUF_OK)
			return err;
	}
	struct vbuf buf = c->buf; /* out of the memory that goes */
	unsigned char *values = dead->values_;
	size_t size = values_size(dead);
	vbuf_root_remove(values, size);
	int err = vbuf_unreserve(&buf);
	if (err == VBUF_OK)
		*m = NULL;
	else
		vbuf_root_add(values, size);
	if (err != VBUF_OK && dead->domain_) {
		vbuf_domain_join(dead->domain_, &c->user);
		vbuf_slotmap_admit(dead, true);
	}
	return err;
}

struct vbuf_domain *
vbuf_slotmap_domain(const struct vbuf_slotmap *m)
{
	return m ? m->domain_ : NULL;
}

struct vbuf_record *
vbuf_slotmap_exclusive(const struct vbuf_slotmap *m)
{
	return m ? &m->control_->exclusive : NULL;
}

int
vbuf_slotmap_get_stats(const struct vbuf_slotmap *m, struct vbuf_slotmap_stats *ret,
                       size_t ret_size)
{
	struct vbuf_domain_stats domain;

	if (!m || !ret || ret_size < sizeof *ret)
		return VBUF_EINVAL;
	struct vbuf_slotmap_control *c = m->control_;
	memset(ret, 0, ret_size);
	ret->len = vbuf_slotmap_len(m);
	for (uint32_t i = 0; i <= vbuf_load_relaxed_(&m->domain_->used); i++) {
		const struct vbuf_slotmap_cache *cache = vbuf_slotmap_cache_at(m, i);
		ret->retired += vbuf_bags_total(&cache->bags);
		ret->worn += vbuf_load_relaxed_(&cache->worn);
	}
	if (vbuf_domain_get_stats(m->domain_, &domain, sizeof domain) == VBUF_OK)
		ret->oldest_pin = domain.oldest_pin;
	ret->slots = vbuf_slotmap_slots(m);
	/* [committed] pairs with [grown]. */
	ret->capacity = vbuf_load_acquire_(&m->committed_);
	ret->max = c->slots;
	ret->reserved = c->buf.size;
	size_t front = c->regions[0].offset, some;
	ret->committed = front;
	if (vbuf_resident(&c->buf, 0, front, &some) == VBUF_OK)
		ret->resident = some;
	for (unsigned k = 0; k < c->region_count; k++) {
		const struct vbuf_slotmap_region *g = &c->regions[k];
		size_t size = vbuf_slotmap_region_reach(m, g) - g->offset;
		ret->committed += size;
		if (size && vbuf_resident(&c->buf, g->offset, size, &some) == VBUF_OK)
			ret->resident += some;
	}
	return VBUF_OK;
}
