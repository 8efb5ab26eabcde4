/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The slotmap: looking things up, and what a handle says. */
#include <string.h>

#include "slotmap.h"
#include "text.h"

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
		len += vbuf_load_relaxed_(&vbuf_slotmap_cache_at(m, i)->hand.live_);
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

/* --- handles --- */

size_t
vbuf_slotmap_index(const struct vbuf_slotmap *m, vbuf_handle h)
{
	return (size_t)(h & m->mask_);
}

uint64_t
vbuf_slotmap_generation(const struct vbuf_slotmap *m, vbuf_handle h)
{
	return (h & m->gen_mask_) / m->control_->gen_one;
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
