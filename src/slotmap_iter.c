/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The slotmap: iterating. Blocks full of elements are visited side by side; of others the
 * slots in use are listed first, many blocks at a time.
 */
#include "slotmap.h"
#include "units.h"
#include "unroll.h"

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

/* Whether all 64 slots have an element: what dense maps are made of; in a row: each is the
 * first in its slot. As vbuf_solid(). */
static unsigned
look_at_all(const struct vbuf_slotmap *m, size_t base)
{
	const vbuf_handle first = vbuf_slotmap_first_handle(m, base);
	uint64_t differs = 0;

	VBUF_UNROLL
	for (size_t k = 0; k < 64; k++)
		/* [look] pairs with [publish] and [retire]. */
		differs |= vbuf_load_seq_cst_(&m->words_[base + k]) ^ (first + k);
	if (differs == 0)
		return VBUF_SOLID_IN_A_ROW;
	return differs & m->mask_ ? 0 : VBUF_SOLID;
}

/* The same, and remembering it. */
static unsigned
solid(const struct vbuf_slotmap *m, size_t base)
{
	vbuf_atomic_u64_ *state = &m->control_->solid[base / 64];
	unsigned how = vbuf_solid(state);
	uint64_t known;

	if (how)
		return how;
	how = look_at_all(m, base);
	/* Where elements come and go most blocks are not, and nothing is written. */
	if (how && vbuf_solid_begin(state, &known))
		vbuf_solid_end(state, known, look_at_all(m, base));
	return how;
}

/* What the handles of a solid block have beside their indices, if that is asked for and is the
 * same in all; else 0. No unit that has elements is purged, and a trim forgets rows: so if the
 * pin turns out to cover these, they are of the generation that their unit begins with now. */
static uint64_t
row_of(const struct vbuf_slotmap *m, const struct vbuf_slotmap_cursor *c, size_t base, unsigned how)
{
	return c->with_handles_ && how == VBUF_SOLID_IN_A_ROW
	               ? vbuf_slotmap_first_handle(m, base) - base
	               : 0;
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

/* Where solid blocks end that lie side by side from base on, and are in a row with it or are
 * all in none; they are then behind us. 0: that one is not solid. */
static size_t
solid_run(const struct vbuf_slotmap *m, struct vbuf_record *r, struct vbuf_slotmap_cursor *c,
          size_t base)
{
	uint64_t some = c->some_, row;
	size_t next = base + 64;
	unsigned how = solid(m, base);

	if (!how)
		return 0;
	row = row_of(m, c, base, how);
	for (; next < c->base_ + GROUP; next += 64, some &= some - 1) {
		if (!(some >> (next - c->base_) / 64 & 1) ||
		    vbuf_load_relaxed_(&m->free_[next / 64]) != 0)
			break;
		how = solid(m, next);
		if (!how || row_of(m, c, next, how) != row)
			break;
	}
	/* After all of them. A pin that is behind covers what there is from now on. */
	if (!vbuf_covered(r))
		return 0;
	c->some_ = some;
	c->base_handle_ = row;
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
	const size_t elem_size = m->elem_size_;
	uint16_t *to = ret_list->from_base_;
	uint64_t some = c->some_;
	unsigned n = 0;

	for (; some && n < ENOUGH; some &= some - 1) {
		unsigned block = (unsigned)__builtin_ctzll(some), from = 64 * block;
		uint64_t taken = ~vbuf_load_relaxed_(&free[block]), rest = taken & (taken - 1);
		if (taken == VBUF_SLOTMAP_ALL)
			break;
		if (__builtin_expect(taken == 0, 0))
			continue; /* since we looked */
		/* The second, or the first again: so no line comes that nobody wants. */
		uint64_t second = rest | (taken & ((uint64_t)(rest != 0) - 1));
		size_t one = from + (unsigned)__builtin_ctzll(taken);
		size_t two = from + (unsigned)__builtin_ctzll(second);
		__builtin_prefetch(&words[one]);
		__builtin_prefetch(values + one * elem_size);
		__builtin_prefetch(&words[two]);
		__builtin_prefetch(values + two * elem_size);
		to[n] = (uint16_t)one;
		to[n + 1] = (uint16_t)two;
		n += 1 + (one != two);
		for (rest = second & (second - 1); __builtin_expect(rest != 0, 0); rest &= rest - 1)
			to[n++] = (uint16_t)(from + (unsigned)__builtin_ctzll(rest));
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
	c->base_handle_ = 0;
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
next_run(struct vbuf_slotmap_iter *it, bool with_handles, size_t *ret_first)
{
	struct vbuf_slotmap_cursor *c = &it->cursor_;
	const uint16_t *list = it->list_.from_base_;

	if (it->values_.value_ != it->values_.last_)
		vbuf_slotmap_iter_to_slots_(it, &it->values_, it->m_->elem_size_);
	if (it->handles_.value_ != it->handles_.last_)
		vbuf_slotmap_iter_to_slots_(it, &it->handles_, it->m_->elem_size_);
	if (c->done_ >= c->listed_ && c->at_ >= c->stop_) {
		c->with_handles_ = with_handles;
		if (!vbuf_slotmap_more_(it->m_, it->r_, c, &it->list_))
			return 0;
		it->at_value_ = vbuf_slotmap_value(it->m_, c->at_);
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

	while (m && (most = next_run(it, handles != NULL, &first)) > 0) {
		size_t n = most;
		bool known = first < c->sure_ && c->dense_;
		if (handles || !known)
			n = most = vbuf_smaller(most, 64);
		if (handles && known && c->base_handle_)
			for (size_t k = 0; k < n; k++)
				handles[k] = c->base_handle_ + first + k;
		else if (handles || !known)
			n = read_run(m, it->r_, first, most, handles ? handles : words);
		/* What ended the run sooner has no element: it is passed by. */
		size_t past = n + (n < most);
		if (c->done_ < c->listed_) {
			c->done_ += (unsigned)past;
		} else {
			c->at_ += past;
			it->at_value_ += past * m->elem_size_;
		}
		if (n > 0) {
			*ret_n = n;
			return vbuf_slotmap_value(m, first);
		}
	}
	*ret_n = 0;
	return NULL;
}
