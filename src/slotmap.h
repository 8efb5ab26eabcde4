/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The inside of a slotmap. One reservation holds it all:
 *
 *   | struct vbuf_slotmap, control, caches | regions, each growing from its own start:
 *     units | free bits, level 0, 1, ... | births of blocks | solid blocks | words | births |
 *     values |
 *
 * At any time a slot is of exactly one owner:
 *
 *   virgin     at virgin_ or above; never in use since the memory was fresh
 *   free       its bit in level 0 is set: the map's
 *   in hand    in a cache's list, fresh, or a bit of its block: a record's
 *   claimed    somebody builds an element in it
 *   live       its word is its handle
 *   invalid    the handle misses already; remove_invalidated() is to come
 *   retired    in a bag of a cache: readers may still look at it
 *   worn       no generations left: nobody's, for good
 *
 * The word of a slot has the generation of the element, or of the next one. Its index
 * field is the slot's own index if and only if the element is live: else it is 0 (invalid;
 * with generation 0: the word was never used, or purged), or the link of a list, which
 * never leads to the slot itself, or NIL, all ones. There is no element in slot 0.
 */
#ifndef VBUF_SRC_SLOTMAP_H
#define VBUF_SRC_SLOTMAP_H

#include <stddef.h>

#include <vbuf/slotmap_inline.h>

#include "reclaim.h"
#include "slotmap_solid.h"

/* Free slots that a record keeps in hand at most; half of them are given back when
 * there are more. */
#ifndef VBUF_SLOTMAP_LIST
#define VBUF_SLOTMAP_LIST 256
#endif

/* All slots of a block of 64. */
#define VBUF_SLOTMAP_ALL (~(uint64_t)0)

/* Levels of the free bits: each bit of one says whether a word of the one below has any. */
enum { VBUF_SLOTMAP_LEVELS = 6, VBUF_SLOTMAP_REGIONS = VBUF_SLOTMAP_LEVELS + 6 };

/* What a record has in hand, of one map. Of fresh slots and bits it has one or the other. */
struct vbuf_slotmap_cache {
	struct vbuf_slotmap_hand_ hand;
	struct vbuf_bags bags;
	uint64_t bits; /* free slots of the block at base */
	size_t base;
	size_t worn;
	bool wears; /* one of the bags has a slot that is worn out, or had */
};

/* They lie apart, each on lines of its own. */
_Static_assert(sizeof(struct vbuf_slotmap_cache) <= VBUF_SLOTMAP_HAND_SIZE_,
               "the inline claim finds the hand of a record by this size");
_Static_assert(sizeof(struct vbuf_slotmap) == 256 && offsetof(struct vbuf_slotmap, virgin_) == 128,
               "what is written by many shares no lines with what all read");

/* Slots that are purged together. */
struct vbuf_slotmap_unit {
	vbuf_atomic_u64_ floor; /* a word of 0 is of this generation, in place */
	uint32_t full;          /* words of level 0 that have all bits; a hint */
	unsigned char purged;
	unsigned char warm; /* it is one of those that warm counts */
};

/* Memory in proportion to the slots: each bytes for per slots, of which the first have lack
 * less. Up to small bytes are committed by pages, more by units. */
struct vbuf_slotmap_region {
	size_t offset, end; /* in the reservation */
	size_t per, each, lack, small;
};

struct vbuf_slotmap_control {
	/* read by every insert and remove */
	uint64_t gen_one; /* of a handle's generation, in place */
	uint64_t tag_end; /* the largest tag plus one; 0: inserts are refused */
	uint32_t tag_max;
	unsigned tag_shift;
	unsigned unit_shift; /* slots of a unit, as a power of two */
	size_t unit_lack;    /* so many less has the first */
	bool keep, seamless;
	void (*destroy)(void *element, void *arg);
	void *destroy_arg;
	struct vbuf_slotmap_unit *units;
	vbuf_atomic_u64_ *levels[VBUF_SLOTMAP_LEVELS];
	vbuf_atomic_u64_ *solid;        /* of each block of 64 slots: slotmap_solid.h */
	vbuf_atomic_u64_ *block_births; /* the era when a block of fresh slots was taken */
	unsigned depth;                 /* levels there are */
	size_t slots;
	struct vbuf_bags_kind kind;

	struct vbuf buf;
	struct vbuf_slotmap_region regions[VBUF_SLOTMAP_REGIONS];
	unsigned region_count;
	size_t unit_bytes; /* commits are of so many, where there is much */
	/* Slots for which memory may be committed, at least those of committed_: also what a
	 * growth got that then failed, or a trim could not give back. And those for which units
	 * and free bits are, which a trim leaves. */
	size_t reached, noted;
	bool own_domain;
	bool lost; /* after a fork: slots of other threads are nobody's */
	struct vbuf_domain_user user;
	struct vbuf_record exclusive;
	struct vbuf_slotmap_options options;
	unsigned char apart_[128];
	size_t warm;     /* units that are free and not purged */
	uint32_t purger; /* who purges units */
};

enum { VBUF_SLOTMAP_NOBODY, VBUF_SLOTMAP_BUSY, VBUF_SLOTMAP_ASKED /* to look again */ };

/* The owner of bags. */
struct vbuf_slotmap_hands {
	struct vbuf_slotmap *m;
	struct vbuf_slotmap_cache *c;
};

static inline const struct vbuf_slotmap_region *
vbuf_slotmap_words_region(const struct vbuf_slotmap_control *c)
{
	return &c->regions[c->region_count - 3];
}

static inline struct vbuf_slotmap_cache *
vbuf_slotmap_cache_at(const struct vbuf_slotmap *m, uint32_t index)
{
	return (struct vbuf_slotmap_cache *)(void *)(m->caches_ + index * VBUF_SLOTMAP_HAND_SIZE_);
}

static inline void *
vbuf_slotmap_value(const struct vbuf_slotmap *m, size_t i)
{
	return m->values_ + i * m->elem_size_;
}

/* Elements of plain maps are copied in and out by words, else by bytes: by both sides alike. */
static inline bool
vbuf_slotmap_by_words(const struct vbuf_slotmap *m)
{
	return m->elem_size_ % sizeof(size_t) == 0 && (uintptr_t)m->values_ % sizeof(size_t) == 0;
}

static inline size_t
vbuf_slotmap_unit_size(const struct vbuf_slotmap *m)
{
	return (size_t)1 << m->control_->unit_shift;
}

static inline size_t
vbuf_slotmap_unit_of(const struct vbuf_slotmap *m, size_t i)
{
	return (i + m->control_->unit_lack) >> m->control_->unit_shift;
}

/* The first slot of a unit. */
static inline size_t
vbuf_slotmap_unit_first(const struct vbuf_slotmap *m, size_t unit)
{
	return unit == 0 ? 0 : (unit << m->control_->unit_shift) - m->control_->unit_lack;
}

/* The handle of the first element in a slot whose word is 0. */
static inline vbuf_handle
vbuf_slotmap_first_handle(const struct vbuf_slotmap *m, size_t i)
{
	const struct vbuf_slotmap_control *c = m->control_;

	return (vbuf_load_relaxed_(&c->units[vbuf_slotmap_unit_of(m, i)].floor) + c->gen_one) |
	       m->map_tag_ | i;
}

/* In place; 0: there is none. */
static inline uint64_t
vbuf_slotmap_next_generation(const struct vbuf_slotmap *m, uint64_t word)
{
	return (word & m->gen_mask_) + m->control_->gen_one;
}

/* --- slotmap_free.c: the free bits --- */

/* Let the slots of these bits of a word of level 0 be free. */
void vbuf_slotmap_set_free(struct vbuf_slotmap *m, size_t word, uint64_t bits);
/* The 64 slots of a word that was taken with all its bits, and not counted. */
void vbuf_slotmap_put_back(struct vbuf_slotmap *m, size_t word);
/* Take all free slots of some word, the lowest there is. 0: there are none. */
uint64_t vbuf_slotmap_take_free(struct vbuf_slotmap *m, size_t *ret_word);
/* The same by looking at each word: some bits above may be about to be set. */
uint64_t vbuf_slotmap_find_free(struct vbuf_slotmap *m, size_t *ret_word);
/* The unit is not one of the free ones that have their memory, or not any more. */
void vbuf_slotmap_not_warm(struct vbuf_slotmap *m, struct vbuf_slotmap_unit *u);
/* A slot joins the list. */
void vbuf_slotmap_push(struct vbuf_slotmap *m, struct vbuf_slotmap_cache *c, size_t i);
/* Make slots of the list free, until so many are left. */
void vbuf_slotmap_flush(struct vbuf_slotmap *m, struct vbuf_slotmap_cache *c, size_t left);
/* All that is in hand becomes free. */
void vbuf_slotmap_let_go(struct vbuf_slotmap *m, struct vbuf_slotmap_cache *c);

static inline bool
vbuf_slotmap_empty_handed(const struct vbuf_slotmap_cache *c)
{
	return c->hand.listed_ == 0 && c->hand.fresh_ == c->hand.fresh_end_ && c->bits == 0;
}

/* Half of the list becomes free, if there is more in it than a record keeps. */
static inline void
vbuf_slotmap_spill(struct vbuf_slotmap *m, struct vbuf_slotmap_cache *c)
{
	if (__builtin_expect(c->hand.listed_ > VBUF_SLOTMAP_LIST, 0))
		vbuf_slotmap_flush(m, c, VBUF_SLOTMAP_LIST / 2);
}

/* --- slotmap_life.c --- */

/* Whether inserts are let in; else they get VBUF_EBUSY. Exclusive. */
void vbuf_slotmap_admit(struct vbuf_slotmap *m, bool inserts);

/* --- slotmap_grow.c --- */

/* How far so many slots reach in a region: whole pages. */
size_t vbuf_slotmap_region_end(const struct vbuf_slotmap *m, const struct vbuf_slotmap_region *g,
                               size_t slots);
/* How far a region is committed. */
size_t vbuf_slotmap_region_reach(const struct vbuf_slotmap *m, const struct vbuf_slotmap_region *g);
/* Commit what slots from have on take. */
int vbuf_slotmap_commit(struct vbuf_slotmap *m, size_t have, size_t slots);
/* Let so many slots have memory, whoever else grows meanwhile. */
int vbuf_slotmap_grow_to(struct vbuf_slotmap *m, size_t slots);
/* Take 64 slots that were never used, or what is left of those. */
int vbuf_slotmap_take_virgin(struct vbuf_slotmap *m, size_t *ret_base, uint64_t *ret_bits);

/* --- slotmap_purge.c --- */

/* A unit has become free: give its memory back, if there are enough warm ones. */
void vbuf_slotmap_unit_free(struct vbuf_slotmap *m, size_t unit);
/* Give its memory back, if it is free still. */
void vbuf_slotmap_purge_unit(struct vbuf_slotmap *m, size_t unit);
/* The highest generation of these slots, and at least floor. */
uint64_t vbuf_slotmap_highest(const struct vbuf_slotmap *m, size_t first, size_t end,
                              uint64_t floor);
/* Slots that lose their words inherit the highest generation among them: not if that is
 * more than half of what they can reach. */
bool vbuf_slotmap_too_old(const struct vbuf_slotmap *m, uint64_t generation);
/* Destroy what removed elements left in free slots. */
void vbuf_slotmap_destroy_kept(struct vbuf_slotmap *m, size_t first, size_t end);

/* --- slotmap_reclaim.c --- */

extern const struct vbuf_bags_kind vbuf_slotmap_kind;
/* Reclaim and collect what records that nobody is attached to have; at most max. */
size_t vbuf_slotmap_adopt(struct vbuf_slotmap *m, struct vbuf_record *r, size_t max);
/* Exclusive: reclaim all, and let all caches go. */
void vbuf_slotmap_collect(struct vbuf_slotmap *m);
/* A slot whose generations are used up is nobody's. */
void vbuf_slotmap_wear_out(struct vbuf_slotmap *m, struct vbuf_slotmap_cache *c, size_t i);
/* The end of an element: its destructor, and its slot becomes the cache's. */
void vbuf_slotmap_bury(struct vbuf_slotmap *m, struct vbuf_slotmap_cache *c, size_t i);

#endif
