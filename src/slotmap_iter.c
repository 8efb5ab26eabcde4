/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The slotmap: iterating. Blocks full of elements are visited side by side; of others the
 * slots in use are listed first, many blocks at a time.
 */
#include "slotmap.h"
#include "units.h"

enum {
	GROUP = 64 * 64, /* slots of 64 blocks */
	/* So many are listed, and up to 64 more. */
	ENOUGH = sizeof(struct vbuf_slotmap_list) / sizeof(uint16_t) - 64
};

void
vbuf_slotmap_iter_init(struct vbuf_slotmap_iter *ret, const struct vbuf_slotmap *m,
                       struct vbuf_record *r)
{
	vbuf_slotmap_iter_init_(ret, m, r);
}

/* GCC leaves a loop of this size as it is, at the usual level; clang does not. */
#if defined(__clang__)
#define VBUF_UNROLL
#else
#define VBUF_UNROLL _Pragma("GCC unroll 8")
#endif

/* Whether all 64 slots have an element: what dense maps are made of. */
static bool
all_live(const struct vbuf_slotmap *m, size_t base)
{
	uint64_t differs = 0;

	VBUF_UNROLL
	for (size_t k = 0; k < 64; k++)
		/* [look] pairs with [publish] and [retire]. */
		differs |= vbuf_load_seq_cst_(&m->words_[base + k]) ^ (base + k);
	return (differs & m->mask_) == 0;
}

/* The same, and remembering it. */
static bool
solid(const struct vbuf_slotmap *m, size_t base)
{
	vbuf_atomic_u64_ *state = &m->control_->solid[base / 64];
	uint64_t known;

	if (vbuf_solid(state))
		return true;
	if (!all_live(m, base)) /* as is usual where elements come and go: nothing is written */
		return false;
	if (vbuf_solid_begin(state, &known))
		vbuf_solid_end(state, known, all_live(m, base));
	return true;
}

/* Of 64 blocks, those that have slots in use: without branches, as where few elements are
 * left nobody could foretell them. */
static uint64_t
in_use(const struct vbuf_slotmap *m, size_t first, size_t end)
{
	const vbuf_atomic_u64_ *free = m->free_ + first / 64;
	size_t blocks = vbuf_smaller((end - first) / 64, 64), k = 0;
	uint64_t some = 0;

	for (; k + 8 <= blocks; k += 8) {
		unsigned eight = 0;
		VBUF_UNROLL
		for (unsigned j = 0; j < 8; j++)
			eight |= (unsigned)(~vbuf_load_relaxed_(&free[k + j]) != 0) << j;
		some |= (uint64_t)eight << k;
	}
	for (; k < blocks; k++)
		some |= (uint64_t)(~vbuf_load_relaxed_(&free[k]) != 0) << k;
	return some;
}

/* Where solid blocks end that lie side by side from base on, which are then behind us; 0:
 * that one is not. */
static size_t
solid_run(const struct vbuf_slotmap *m, struct vbuf_record *r, struct vbuf_slotmap_cursor *c,
          size_t base)
{
	uint64_t some = c->some_;
	size_t next = base + 64;

	if (!solid(m, base))
		return 0;
	for (; next < c->base_ + GROUP; next += 64, some &= some - 1)
		if (!(some >> (next - c->base_) / 64 & 1) ||
		    vbuf_load_relaxed_(&m->free_[next / 64]) != 0 || !solid(m, next))
			break;
	/* After all of them. A pin that is behind covers what there is from now on. */
	if (!vbuf_covered(r))
		return 0;
	c->some_ = some;
	return next;
}

/*
 * List the slots in use up to the next full block; how many. Most blocks of a map that is
 * nearly empty have one or two, and which have, no processor can foretell: so the first two
 * are written down in any case, and count or do not. Their lines lie far from one another,
 * and come while others are visited.
 */
static unsigned
list_slots(const struct vbuf_slotmap *m, struct vbuf_slotmap_cursor *c,
           struct vbuf_slotmap_list *ret_list)
{
	const vbuf_atomic_u64_ *words = m->words_ + c->base_, *free = m->free_ + c->base_ / 64;
	const unsigned char *values = vbuf_slotmap_value(m, c->base_);
	const uint64_t last = (uint64_t)1 << 63; /* so that there is one to count to */
	uint16_t *to = ret_list->from_base_;
	uint64_t some = c->some_;
	unsigned n = 0;

	for (; some && n < ENOUGH; some &= some - 1) {
		unsigned block = (unsigned)__builtin_ctzll(some), from = 64 * block;
		uint64_t taken = ~vbuf_load_relaxed_(&free[block]);
		if (taken == VBUF_SLOTMAP_ALL)
			break;
		for (int k = 0; k < 2; k++, taken &= taken - 1) {
			size_t slot = from + (unsigned)__builtin_ctzll(taken | last);
			__builtin_prefetch(&words[slot]);
			__builtin_prefetch(values + slot * m->elem_size_);
			to[n] = (uint16_t)slot;
			n += taken != 0;
		}
		for (; __builtin_expect(taken != 0, 0); taken &= taken - 1)
			to[n++] = (uint16_t)(from + (unsigned)__builtin_ctzll(taken));
	}
	c->some_ = some;
	return n;
}

/* Let c be at the next blocks that have slots in use; false: there are none. */
static bool
next_group(const struct vbuf_slotmap *m, struct vbuf_slotmap_cursor *c)
{
	while (c->some_ == 0) {
		if (c->next_ >= c->end_)
			return false;
		c->base_ = c->next_;
		c->some_ = in_use(m, c->base_, c->end_);
		c->next_ += GROUP;
	}
	return true;
}

bool
vbuf_slotmap_more_(const struct vbuf_slotmap *m, struct vbuf_record *r,
                   struct vbuf_slotmap_cursor *c, struct vbuf_slotmap_list *ret_list)
{
	c->listed_ = c->done_ = 0;
	c->at_ = c->stop_ = c->sure_ = 0;
	while (next_group(m, c)) {
		c->listed_ = list_slots(m, c, ret_list);
		if (c->listed_ > 0)
			return true;
		if (c->some_ == 0) /* all were freed meanwhile */
			continue;
		c->at_ = c->base_ + 64 * (size_t)__builtin_ctzll(c->some_);
		c->some_ &= c->some_ - 1;
		c->stop_ = c->at_ + 64;
		c->sure_ = c->dense_ ? solid_run(m, r, c, c->at_) : c->stop_;
		c->stop_ = vbuf_larger(c->stop_, c->sure_);
		return true;
	}
	return false;
}

void *
vbuf_slotmap_iter_next(struct vbuf_slotmap_iter *it)
{
	return it->m_ ? vbuf_slotmap_iter_next_(it, true, it->m_->elem_size_) : NULL;
}

/* The words of slots, up to the first that has no element, or, if the pin did not cover
 * what was found, not the same one any more; how many. */
static size_t
read_run(const struct vbuf_slotmap *m, struct vbuf_record *r, size_t first, size_t n,
         uint64_t *words)
{
	const vbuf_atomic_u64_ *from = &m->words_[first];
	size_t k = 0, found;

	/* Many of those may follow one another: no need to look at eight for each. */
	if ((vbuf_load_relaxed_(&from[0]) & m->mask_) != first)
		return 0;
	/* With one branch for eight. */
	for (; k + 8 <= n; k += 8) {
		uint64_t differs = 0;
		VBUF_UNROLL
		for (size_t j = 0; j < 8; j++) {
			/* [look] pairs with [publish] and [retire]. */
			words[k + j] = vbuf_load_seq_cst_(&from[k + j]);
			differs |= words[k + j] ^ (first + k + j);
		}
		if (differs & m->mask_)
			break;
	}
	for (; k < n; k++) {
		/* [look] pairs with [publish] and [retire]. */
		words[k] = vbuf_load_seq_cst_(&from[k]);
		if ((words[k] & m->mask_) != first + k)
			break;
	}
	if (vbuf_covered(r))
		return k;
	for (found = k, k = 0; k < found; k++)
		/* [look] pairs with [publish] and [retire]. */
		if (vbuf_load_seq_cst_(&from[k]) != words[k])
			break;
	return k;
}

/* Slots side by side that are next; 0: there are none. */
static size_t
next_run(struct vbuf_slotmap_iter *it, size_t *ret_first)
{
	struct vbuf_slotmap_cursor *c = &it->cursor_;
	const uint16_t *list = it->list_.from_base_;

	if (it->sure_value_ != it->sure_end_)
		vbuf_slotmap_iter_to_slots_(it, it->m_->elem_size_);
	if (c->done_ >= c->listed_ && c->at_ >= c->stop_) {
		if (!vbuf_slotmap_more_(it->m_, it->r_, c, &it->list_))
			return 0;
		it->value_ = vbuf_slotmap_value(it->m_, c->at_);
	}
	if (c->done_ >= c->listed_) {
		*ret_first = c->at_;
		return c->stop_ - c->at_;
	}
	unsigned n = 1;
	while (c->done_ + n < c->listed_ && list[c->done_ + n] == list[c->done_] + n)
		n++;
	*ret_first = c->base_ + list[c->done_];
	return n;
}

void *
vbuf_slotmap_iter_run(struct vbuf_slotmap_iter *it, size_t *ret_n, vbuf_handle *handles)
{
	const struct vbuf_slotmap *m = it->m_;
	struct vbuf_slotmap_cursor *c = &it->cursor_;
	uint64_t words[64];
	size_t first, most;

	while (m && (most = next_run(it, &first)) > 0) {
		size_t n = most;
		if (handles || first >= c->sure_ || !c->dense_) {
			most = vbuf_smaller(most, 64);
			n = read_run(m, it->r_, first, most, handles ? handles : words);
		}
		/* What ended the run sooner has no element: it is passed by. */
		size_t past = n + (n < most);
		if (c->done_ < c->listed_) {
			c->done_ += (unsigned)past;
		} else {
			c->at_ += past;
			it->value_ += past * m->elem_size_;
		}
		if (n > 0) {
			*ret_n = n;
			return vbuf_slotmap_value(m, first);
		}
	}
	*ret_n = 0;
	return NULL;
}
