/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The slotmap: looking things up, and what a handle says. */
#include <string.h>

#include "slotmap.h"
#include "text.h"
#include "units.h"

static bool
names(const struct vbuf_slotmap *m, vbuf_handle h)
{
	return vbuf_slotmap_hit_(m, vbuf_slotmap_fixed_of_(m), (size_t)(h & m->mask_), h);
}

bool
vbuf_slotmap_cover_(const struct vbuf_slotmap *m, struct vbuf_record *r, vbuf_handle h)
{
	return vbuf_covered(r) || names(m, h);
}

void *
vbuf_slotmap_get(const struct vbuf_slotmap *m, struct vbuf_record *r, vbuf_handle h)
{
	return m && r ? vbuf_slotmap_get_(m, vbuf_slotmap_fixed_of_(m), r, h, m->elem_size_) : NULL;
}

bool
vbuf_slotmap_contains(const struct vbuf_slotmap *m, vbuf_handle h)
{
	return m && names(m, h);
}

int
vbuf_slotmap_copy(const struct vbuf_slotmap *m, vbuf_handle h, void *ret)
{
	if (!m || !ret)
		return VBUF_EINVAL;
	if (!m->plain_)
		return VBUF_EPERM;
	if (!names(m, h))
		return VBUF_ESTALE;
	unsigned char *to = ret;
	const unsigned char *from = vbuf_slotmap_slot_(m, h, m->elem_size_);
	size_t size = m->elem_size_;
	/* With a newer word comes that the handle is gone. */
	if (vbuf_slotmap_by_words(m))
		for (size_t at = 0; at < size; at += sizeof(size_t)) {
			/* [copy] pairs with [fill]. */
			size_t word = vbuf_load_acquire_((const size_t *)(const void *)(from + at));
			memcpy(to + at, &word, sizeof word);
		}
	else
		for (size_t at = 0; at < size; at++)
			/* [copy] pairs with [fill]. */
			to[at] = vbuf_load_acquire_(&from[at]);
	return vbuf_load_relaxed_(&m->words_[h & m->mask_]) == h ? VBUF_OK : VBUF_ESTALE;
}

int
vbuf_slotmap_get_disjoint(const struct vbuf_slotmap *m, const vbuf_handle *handles, size_t n,
                          void **ret)
{
	int err = VBUF_OK;
	size_t done = 0;

	if (!m || (n > 0 && (!handles || !ret)))
		return VBUF_EINVAL;
	/* Each is invalid while we look for the next: so the same one misses. */
	for (; done < n; done++) {
		vbuf_handle h = handles[done];
		if (!names(m, h))
			break;
		ret[done] = vbuf_slotmap_value(m, (size_t)(h & m->mask_));
		vbuf_store_relaxed_(&m->words_[h & m->mask_], h & ~m->mask_);
	}
	if (done < n)
		err = VBUF_ESTALE;
	for (size_t i = 0; i < done; i++) {
		vbuf_store_relaxed_(&m->words_[handles[i] & m->mask_], handles[i]);
		if (err != VBUF_OK && handles[i] == handles[done])
			err = VBUF_EINVAL;
	}
	for (size_t i = 0; i < n && err != VBUF_OK; i++)
		ret[i] = NULL;
	return err;
}

size_t
vbuf_slotmap_len(const struct vbuf_slotmap *m)
{
	size_t len = 0;

	if (!m)
		return 0;
	for (uint32_t i = 0; i <= vbuf_load_relaxed_(&m->domain_->used); i++)
		len += vbuf_load_relaxed_(&vbuf_slotmap_cache_at(m, i)->live);
	/* A removal may be seen and its insertion not. */
	return len > m->control_->slots ? 0 : len;
}

size_t
vbuf_slotmap_slots(const struct vbuf_slotmap *m)
{
	/* [to-the-end] pairs with [virgin]: memory before the mark. */
	return m ? vbuf_load_acquire_(&m->virgin_) : 0;
}

vbuf_handle
vbuf_slotmap_at(const struct vbuf_slotmap *m, size_t i)
{
	if (i >= vbuf_slotmap_slots(m))
		return 0;
	/* [look] pairs with [publish] and [retire]. */
	uint64_t word = vbuf_load_seq_cst_(&m->words_[i]);
	return (word & m->mask_) == i ? word : 0;
}

/* --- iterating --- */

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
	size_t blocks = (end - first) / 64;
	uint64_t some = 0;

	VBUF_UNROLL
	for (size_t k = 0; k < (blocks < 64 ? blocks : 64); k++)
		some |= (uint64_t)(~vbuf_load_relaxed_(&m->free_[first / 64 + k]) != 0) << k;
	return some;
}

/* Few elements lie far from one another: let their lines come while others are visited. */
static void
prefetch(const struct vbuf_slotmap *m, size_t first, uint64_t some)
{
	for (; some; some &= some - 1) {
		size_t base = first + 64 * (size_t)__builtin_ctzll(some);
		uint64_t taken = ~vbuf_load_relaxed_(&m->free_[base / 64]);
		for (int n = 0; taken && n < 4; taken &= taken - 1, n++) {
			size_t i = base + (size_t)__builtin_ctzll(taken);
			__builtin_prefetch(&m->words_[i]);
			__builtin_prefetch(vbuf_slotmap_value(m, i));
		}
	}
}

/* Where solid blocks end that lie side by side from base_ on, which are then behind us; 0:
 * that one is not. */
static size_t
solid_run(const struct vbuf_slotmap *m, struct vbuf_record *r, struct vbuf_slotmap_cursor *c)
{
	uint64_t some = c->some_;
	size_t next = c->base_ + 64;

	if (!solid(m, c->base_) ||
	    !vbuf_covered(r)) /* a pin that is behind covers all from now on */
		return 0;
	for (; next < c->next_; next += 64, some &= some - 1)
		if (!(some >> (next - (c->next_ - 64 * 64)) / 64 & 1) ||
		    vbuf_load_relaxed_(&m->free_[next / 64]) != 0 || !solid(m, next))
			break;
	if (!vbuf_covered(r))
		return 0;
	c->some_ = some;
	return next;
}

uint64_t
vbuf_slotmap_block_(const struct vbuf_slotmap *m, struct vbuf_record *r,
                    struct vbuf_slotmap_cursor *c)
{
	uint64_t taken = 0;

	while (taken == 0) {
		while (c->some_ == 0) {
			if (c->next_ >= c->end_)
				return 0;
			c->some_ = in_use(m, c->next_, c->end_);
			if (~c->some_)
				prefetch(m, c->next_, c->some_);
			c->next_ += 64 * 64;
		}
		c->base_ = c->next_ - 64 * 64 + 64 * (size_t)__builtin_ctzll(c->some_);
		c->some_ &= c->some_ - 1;
		taken = ~vbuf_load_relaxed_(&m->free_[c->base_ / 64]);
		if (c->base_ == 0)
			taken &= ~(uint64_t)1; /* there is no element in slot 0 */
	}
	c->sure_ = taken == VBUF_SLOTMAP_ALL && c->dense_ ? solid_run(m, r, c) : 0;
	return taken;
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

void *
vbuf_slotmap_iter_run(struct vbuf_slotmap_iter *it, size_t *ret_n, vbuf_handle *handles)
{
	const struct vbuf_slotmap *m = it->m_;
	uint64_t words[64];

	while (it->at_ < it->stop_ || vbuf_slotmap_iter_more_(it)) {
		size_t first = it->at_, most = it->stop_ - first, n = most;
		if (handles || first >= it->cursor_.sure_) {
			most = vbuf_smaller(most, 64);
			n = read_run(m, it->r_, first, most, handles ? handles : words);
		}
		/* What ended the run sooner has no element: it is passed by. */
		it->at_ = first + n + (n < most);
		if (n > 0) {
			*ret_n = n;
			return vbuf_slotmap_value(m, first);
		}
	}
	*ret_n = 0;
	return NULL;
}

/* --- handles --- */

size_t
vbuf_slotmap_index(const struct vbuf_slotmap *m, vbuf_handle h)
{
	return (size_t)(h & m->mask_);
}

uint64_t
vbuf_slotmap_generation(const struct vbuf_slotmap *m, vbuf_handle h)
{
	return (h & m->control_->gen_mask) / m->control_->gen_one;
}

uint32_t
vbuf_slotmap_tag(const struct vbuf_slotmap *m, vbuf_handle h)
{
	return (uint32_t)(h >> m->control_->tag_shift) & m->control_->tag_max;
}

/* The finalizer of MurmurHash3, 64 bits (Austin Appleby, public domain): each bit of
 * the handle changes each bit of the result in half of the cases. */
uint64_t
vbuf_handle_hash(vbuf_handle h)
{
	h ^= h >> 33;
	h *= UINT64_C(0xff51afd7ed558ccd);
	h ^= h >> 33;
	h *= UINT64_C(0xc4ceb9fe1a85ec53);
	return h ^ h >> 33;
}

static size_t
decimal(uint64_t n, char *ret)
{
	char digits[20];
	size_t len = 0, at = sizeof digits;

	do
		digits[--at] = (char)('0' + n % 10);
	while (n /= 10);
	for (; at < sizeof digits; at++)
		ret[len++] = digits[at];
	return len;
}

size_t
vbuf_slotmap_text(const struct vbuf_slotmap *m, vbuf_handle h, char *buf, size_t size)
{
	char text[48];

	if (!m || !buf || size == 0)
		return 0;
	size_t len = decimal(vbuf_slotmap_index(m, h), text);
	text[len++] = 'v';
	len += decimal(vbuf_slotmap_generation(m, h), text + len);
	text[len] = '\0';
	return vbuf_copy_text(buf, size, text);
}
