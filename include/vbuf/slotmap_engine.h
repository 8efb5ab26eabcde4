/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/**
 * @file
 * A concurrent slotmap: elements in slots that never move, named by handles that never
 * come to mean another element.
 *
 * A handle is 8 bytes: the index of a slot and a generation, which counts the elements
 * that the slot has had. Looking a handle up is one comparison with the slot's own
 * word. When an element is removed its handle misses from then on, for ever: a slot
 * whose generations are used up is never used again. Threads insert, look up, remove
 * and iterate at the same time; a reader that is pinned (see <vbuf/reclaim.h>) keeps
 * what it found, also when others remove it.
 *
 * @verbatim
 *   63                                           k        0
 *   +--------------------+---------+------------+----------+
 *   | generation         | map tag | user's tag | index    |   0: no handle
 *   +--------------------+---------+------------+----------+
 * @endverbatim
 *
 * Which calls may run beside which, on one map:
 *
 * @verbatim
 *                         get, copy,   insert, claim,     exclusive: with the
 *                         iterate,     publish, remove,   exclusive record; clear,
 *                         contains ..  reclaim ..         trim, destroy
 *   get, copy, iterate ..    yes           yes              no
 *   insert, remove ..        yes           yes              no
 *   exclusive                no            no               no
 * @endverbatim
 *
 * - **Records.** Each call takes the record of the thread in the map's domain. With
 *   vbuf_slotmap_exclusive() in its place a call needs no atomic read-modify-write and no
 *   pin, and slots are free at once: then nobody else may be in any call on the map, or
 *   have a pointer into it. Which of the two a program uses may change from moment to
 *   moment.
 * - **Pins.** A pointer from get or iteration is valid while the record stays pinned.
 *   Those calls need a pin, but for the exclusive record; inserting, removing, contains and
 *   copy do not. To use a value that is being removed: pin, get, remove, use, unpin. What is
 *   found may be removed while iterating. A thread's own pin too holds up what it removes.
 *   vbuf_repin() ends an iteration.
 * - **Elements.** The map orders publishing, finding and the end of an element; what threads
 *   change in it in between is theirs to synchronise.
 * - **When destructors run.** In a later remove of the same record, when a bag of 64 is full
 *   and readers have gone on; where another record is attached and idle, when as many wait as
 *   options.garbage says; in vbuf_slotmap_reclaim(); and for a detached record in that of any
 *   other. Where slots are short or garbage is, in an insert or a claim, too: hold no lock
 *   then that a destructor takes. A thread that removes a few elements and goes idle keeps
 *   them till then, and whatever their destructors remove: sockets and the like are to be
 *   closed before, or reclaimed at once. A destructor is to return.
 * - **Ordering.** Publishing an element happens before any call that finds it: what the
 *   inserter wrote before is seen after. Whatever a reader did with an element happens
 *   before its destructor, and before its slot is used again.
 * - **Progress.** get, contains and copy are wait-free. Inserting and removing are
 *   lock-free, but for the system calls of growth, and for what they reclaim on the
 *   way. Iteration is wait-free per element; it takes time in proportion to the elements
 *   and a 64th of the slots.
 * - **Signals.** A signal handler may pin, get, contains, copy, iterate and unpin, whatever it
 *   interrupts but exclusive calls, with a record that what it interrupts does not use: attach
 *   one for it before. Where the processor has no 64-bit atomics it may not.
 * - **Iterating** sees an element that is there all the time exactly once, and one that
 *   comes or goes meanwhile at most once: also one whose removal has not returned yet, or
 *   began a few thousand slots before it came by. Where that matters, vbuf_slotmap_contains()
 *   tells. With the exclusive record it sees none that is gone.
 * - **Memory.** Resident are 8.4 bytes beside each value that is the first in its slot, and
 *   16.4 elsewhere, by whole pages: beside all values of a map that is plain or keeps what is
 *   removed, and in blocks of 64 slots that a thread had in hand and gave back, as by
 *   vbuf_slotmap_reclaim(). 16.4 are committed in any case. Where a map may be large, and
 *   huge pages are preferred, more than a quarter of a huge page of handles takes whole ones:
 *   up to one of handles and one of values are there before their slots are used.
 * - **Giving back.** What empties goes back to the system by itself, values and all but three
 *   bits of the rest, in units of 8192 slots or a huge page of handles, while an eighth of the
 *   elements, and the first unit and the last, stay warm. On Windows the rest stays.
 * - **Stalled readers.** A reader that stalls while pinned holds up what was there when it last
 *   found something, or was claimed by then, plus, per thread, VBUF_SLOTMAP_IN_HAND elements
 *   and a quarter of that again, however much is replaced in the meantime.
 * - **Forged handles.** Any 64 bits may be passed as a handle: they miss, or name an
 *   element of this map.
 * - **Results.** VBUF_OK or a negative enum vbuf_err; a failed call changed nothing, unless
 *   said otherwise. VBUF_EINVAL: a NULL, options that make no sense, a record of another
 *   domain (insert, remove and what is like them check it; reads do not). VBUF_ESTALE: the
 *   handle names no element. Calls that need room: VBUF_ERANGE (the map is full),
 *   VBUF_EBUSY (the domain's limit of garbage is passed: readers stall; or the map is
 *   being destroyed), VBUF_ECOMMIT, VBUF_ERLIMIT, VBUF_EMAPS (as vbuf_commit()).
 *
 * This is the engine, which knows the size of an element only, and is what other
 * languages bind to. <vbuf/slotmap.h> makes a typed map of it.
 */
#ifndef VBUF_SLOTMAP_ENGINE_H
#define VBUF_SLOTMAP_ENGINE_H

#include <vbuf/reclaim.h>
#include <vbuf/vbuf.h>

VBUF_BEGIN_DECLS

/** Names an element; 0 names none. Ordered and compared as a number. */
typedef uint64_t vbuf_handle;

/** The most that vbuf_slotmap_options.max can be. */
#define VBUF_SLOTMAP_MAX UINT32_C(0xffffff00)

/** Bits of the generation that tags must leave. */
#define VBUF_SLOTMAP_GENERATION_BITS 24

/** Slots that a thread may hold back: free ones in hand, and removed ones that wait. */
#define VBUF_SLOTMAP_IN_HAND 4608

/** How to make a slotmap; as struct vbuf_options with regard to its size. */
struct vbuf_slotmap_options {
	size_t size;    /**< sizeof(struct vbuf_slotmap_options) */
	size_t max;     /**< elements that always fit, while no reader stalls; must be given. More
	                     do: slots that threads can hold back are reserved beside, at most
	                     VBUF_SLOTMAP_IN_HAND for each thread of the domain, and in a large
	                     map those whose memory is just given back. Where those would be
	                     beyond VBUF_SLOTMAP_MAX there are none beside */
	size_t initial; /**< elements to commit memory for; at most max */
	size_t align;   /**< of the first element; 0: that of the type */
	struct vbuf_domain *domain; /**< NULL: one of its own, with default options */
	void (*destroy)(void *element, void *arg); /**< runs once for each element, when nobody can
	                                                read it any more: in any call that inserts,
	                                                removes, reclaims or trims, or clear or
	                                                destroy. It may insert and remove. NULL:
	                                                none */
	void *destroy_arg;                         /**< passed on to it */
	const char *name;                          /**< as vbuf_options.name */
	enum vbuf_huge huge; /**< DEFAULT: prefer huge pages of at most 4 MiB */
	uint32_t tag_bits;   /**< bits of a handle that are the user's */
	uint32_t map_bits;   /**< bits of a handle that say which map it is of */
	uint32_t map_tag;    /**< those bits: handles of a map with others miss */
	uint32_t garbage;    /**< removed elements of a record that make it call the heavy barrier;
	                          at most 4096; 0: so many, or a MiB of large ones */
	bool plain;          /**< elements are bytes that nobody changes once they are in: then
	                          vbuf_slotmap_copy() needs no pin. No destructor, no claim */
	bool keep;           /**< a removed element stays as it is in its slot until the slot is
	                          used again (vbuf_slotmap_claim() says so) or its memory is
	                          given back, or something is inserted there by value: only
	                          then the destructor runs. An object cache */
	unsigned char zero_[26]; /**< must be zero */
};

/**
 * A slotmap. It lies in its own reservation. All members are private; they are here for
 * the inline calls.
 */
struct vbuf_slotmap {
	vbuf_atomic_u64_ *words_; /* word i is the handle of the element in slot i, if any */
	unsigned char *values_;
	uint64_t mask_;     /* of the index in a handle */
	uint64_t gen_mask_; /* of the generation */
	uint64_t map_tag_;  /* in place */
	size_t committed_;  /* slots with memory; seldom written */
	struct vbuf_domain *domain_;
	size_t elem_size_;
	vbuf_atomic_u64_ *births_; /* eras of elements; 0: that of the block, or never was one */
	vbuf_atomic_u64_ *free_;   /* a bit for each free slot */
	const vbuf_atomic_u64_ *era_;
	unsigned char *caches_; /* what each record has in hand */
	struct vbuf_slotmap_control *control_;
	bool plain_;
	bool by_call_; /* inserting is more than to write into a slot in hand */
	unsigned char apart0_[128 - (3 * 8 + 10 * sizeof(size_t) + 2)];
	size_t virgin_; /* slots that were in use ever */
	unsigned char apart1_[128 - sizeof(size_t)];
};

/** What a record has in hand of a map, for the inline claim; private. */
struct vbuf_slotmap_hand_ {
	vbuf_handle fresh_, fresh_end_; /* of slots that were never used */
	size_t listed_;                 /* free slots that come first: they are warm */
	uint64_t list_;                 /* linked */
	size_t live_; /* claimed less removed, modulo the word: others add them up */
};

/** From the hand of a record to that of the next; private. */
#define VBUF_SLOTMAP_HAND_SIZE_ 384

/** What of a map never changes, for look-ups; private. A copy whose address nobody has lives in
 * registers, where the map's own would be read again behind each atomic load. */
struct vbuf_slotmap_fixed_ {
	vbuf_atomic_u64_ *words_;
	unsigned char *values_;
	uint64_t mask_;
	const vbuf_atomic_u64_ *era_;
};

/** What vbuf_slotmap_get_stats() tells. */
struct vbuf_slotmap_stats {
	size_t len;          /**< elements; exact when nobody inserts or removes */
	size_t retired;      /**< elements removed, whose slots wait for readers */
	size_t worn;         /**< slots that will never be used again */
	size_t slots;        /**< slots that have been in use, from the first on */
	size_t capacity;     /**< slots that have memory committed */
	size_t max;          /**< slots in all */
	uint64_t oldest_pin; /**< as vbuf_domain_stats */
	size_t reserved;     /**< bytes of address space */
	size_t committed;    /**< bytes of it committed */
	size_t resident;     /**< bytes of it in memory; 0 where the system does not tell */
};

/**
 * Make a slotmap.
 *
 * @param ret receives the map; NULL on failure
 *
 * VBUF_ERANGE: max is beyond VBUF_SLOTMAP_MAX, tags leave the generation too few bits, or
 * it is larger than all addresses. Else as vbuf_vec_init() and vbuf_domain_create().
 */
VBUF_NODISCARD VBUF_API int vbuf_slotmap_create(struct vbuf_slotmap **ret, size_t elem_size,
                                                size_t elem_align,
                                                const struct vbuf_slotmap_options *options);

/**
 * Reclaim all that was removed, destroy all elements, give the memory back. Exclusive;
 * destructors that insert get VBUF_EBUSY. *m is then NULL; NULL is accepted, and so is a
 * pointer to NULL. On failure the elements are gone, and the map is empty; one with a
 * domain of its own can only be destroyed again.
 *
 * Records of a domain of its own must be detached before, those of vbuf_domain_self() apart,
 * as for vbuf_domain_destroy(): VBUF_EBUSY otherwise, and nothing happened, unless it is a
 * destructor that attached one.
 */
VBUF_API int vbuf_slotmap_destroy(struct vbuf_slotmap **m);

/** The domain of the map: given in the options, or its own. */
VBUF_NODISCARD VBUF_API struct vbuf_domain *vbuf_slotmap_domain(const struct vbuf_slotmap *m);

/** What to pass for a record when nobody else is in any call on the map: to calls on this map,
 * to pin and to unpin, and to no others. */
VBUF_NODISCARD VBUF_API struct vbuf_record *vbuf_slotmap_exclusive(const struct vbuf_slotmap *m);

/** @name Inserting */
/**@{*/

/** Insert an element by value; *ret_handle is 0 on failure. */
VBUF_NODISCARD VBUF_API int vbuf_slotmap_insert(struct vbuf_slotmap *m, struct vbuf_record *r,
                                                const void *element, vbuf_handle *ret_handle);

/**
 * Take a slot, to build an element in place at vbuf_slotmap_slot() with its handle known.
 * The handle misses until vbuf_slotmap_publish(). If building fails:
 * vbuf_slotmap_abandon(). One of the two must follow, with the same record.
 *
 * @param tag      the user's bits of the handle; VBUF_EINVAL if they are too many
 * @param ret_used true: the slot holds a removed element, as it was; in maps with
 *                 options.keep only. May be NULL
 *
 * The bytes of a slot that is not used are undefined. VBUF_EPERM: the map is plain.
 */
VBUF_NODISCARD VBUF_API int vbuf_slotmap_claim(struct vbuf_slotmap *m, struct vbuf_record *r,
                                               uint32_t tag, vbuf_handle *ret_handle,
                                               bool *ret_used);

/** Where the element of a handle claimed by the caller is, or is to be. */
VBUF_NODISCARD VBUF_API void *vbuf_slotmap_slot(const struct vbuf_slotmap *m, vbuf_handle h);

/** From now on the handle names the element. */
VBUF_API void vbuf_slotmap_publish(struct vbuf_slotmap *m, struct vbuf_record *r, vbuf_handle h);

/** Give a claimed slot up. The handle never names anything. A used slot's element must
 * be as it was. */
VBUF_API void vbuf_slotmap_abandon(struct vbuf_slotmap *m, struct vbuf_record *r, vbuf_handle h);

/**
 * Insert @p n elements.
 *
 * @param ret_handles receives a handle for each; 0 for those that did not fit
 * @param ret_done    receives how many did; may be NULL
 */
VBUF_NODISCARD VBUF_API int vbuf_slotmap_insert_n(struct vbuf_slotmap *m, struct vbuf_record *r,
                                                  const void *elements, size_t n,
                                                  vbuf_handle *ret_handles, size_t *ret_done);
/**@}*/

/** @name Reading */
/**@{*/

/** The element, or NULL. Needs a pin; valid until it ends. */
VBUF_NODISCARD VBUF_API void *vbuf_slotmap_get(const struct vbuf_slotmap *m, struct vbuf_record *r,
                                               vbuf_handle h);

/** Whether the handle names an element; no pin needed. */
VBUF_NODISCARD VBUF_API bool vbuf_slotmap_contains(const struct vbuf_slotmap *m, vbuf_handle h);

/**
 * Copy an element of a map with options.plain out; no pin and no record needed.
 *
 * VBUF_EPERM: the map is not plain; VBUF_ESTALE: *ret is undefined.
 */
VBUF_NODISCARD VBUF_API int vbuf_slotmap_copy(const struct vbuf_slotmap *m, vbuf_handle h,
                                              void *ret);

/**
 * Get several elements that are to be changed together. Exclusive. VBUF_ESTALE: a
 * handle names none; VBUF_EINVAL: two are the same. The pointers are then NULL.
 */
VBUF_NODISCARD VBUF_API int vbuf_slotmap_get_disjoint(const struct vbuf_slotmap *m,
                                                      const vbuf_handle *handles, size_t n,
                                                      void **ret);

/** Elements: exact when nobody inserts or removes. Looks at each record. */
VBUF_NODISCARD VBUF_API size_t vbuf_slotmap_len(const struct vbuf_slotmap *m);

/** The handle of the element in slot @p i, or 0. Any i; below vbuf_slotmap_slots() some are. */
VBUF_NODISCARD VBUF_API vbuf_handle vbuf_slotmap_at(const struct vbuf_slotmap *m, size_t i);

/** One more than the largest index in use, or somewhat above. */
VBUF_NODISCARD VBUF_API size_t vbuf_slotmap_slots(const struct vbuf_slotmap *m);

/** Tell what the map has. */
VBUF_NODISCARD VBUF_API int vbuf_slotmap_get_stats(const struct vbuf_slotmap *m,
                                                   struct vbuf_slotmap_stats *ret, size_t ret_size);

/** Slots of an iteration that lie apart, in the order of their numbers; private. */
struct vbuf_slotmap_list {
	uint16_t from_base_[128];
};

/** Where an iteration is; private. */
struct vbuf_slotmap_cursor {
	size_t next_;          /* 64 blocks of 64 slots, behind those in some_ */
	size_t end_;           /* behind the last slot */
	uint64_t some_;        /* blocks that have slots in use, and are to come */
	size_t base_;          /* the first slot of the 64 blocks that those are among */
	size_t at_;            /* slots side by side that are next, up to */
	size_t stop_;          /* there */
	size_t sure_;          /* up to there no era need be asked for; dense_: all are elements */
	uint64_t base_handle_; /* what their handles have beside the index, if one thing; else 0 */
	unsigned listed_;      /* instead of those: slots of the list, from base_ on */
	unsigned done_;        /* of which these are behind us */
	bool with_handles_;    /* that is asked for */
	bool dense_;           /* look for blocks full of elements, whose words nobody need look at;
	                        * exclusively each must be: no pin keeps what goes */
};

/** Elements side by side: the one that came last, and the last that is to come; private. */
struct vbuf_slotmap_run_ {
	unsigned char *value_, *last_;
};

/** An iteration; private, but for the handle. It may be dropped at any time. */
struct vbuf_slotmap_iter {
	vbuf_handle handle; /**< of the element that came last from vbuf_slotmap_iter_next() */
	const struct vbuf_slotmap *m_;
	struct vbuf_record *r_;
	struct vbuf_slotmap_fixed_ fixed_;
	unsigned char *at_value_;                   /* the element of slot at_ of the cursor */
	struct vbuf_slotmap_run_ values_, handles_; /* before it, without and with handles */
	vbuf_handle last_handle_;                   /* of the latter */
	struct vbuf_slotmap_cursor cursor_;
	struct vbuf_slotmap_list list_;
};

/** Begin. The record is to be pinned all the while. */
VBUF_API void vbuf_slotmap_iter_init(struct vbuf_slotmap_iter *ret, const struct vbuf_slotmap *m,
                                     struct vbuf_record *r);

/** The next element, with its handle in @c it->handle; NULL: there are no more. */
VBUF_NODISCARD VBUF_API void *vbuf_slotmap_iter_next(struct vbuf_slotmap_iter *it);

/**
 * The next elements that lie side by side, for loops as fast as over an array. With the
 * exclusive record they are there until one is removed.
 *
 * @param ret_n   receives how many: with handles 1 to 64, else any number; 0 at the end
 * @param handles receives the handle of each; room for 64. NULL: they are not wanted
 */
VBUF_NODISCARD VBUF_API void *vbuf_slotmap_iter_run(struct vbuf_slotmap_iter *it, size_t *ret_n,
                                                    vbuf_handle *handles);
/**@}*/

/** @name Removing */
/**@{*/

/**
 * Remove an element: its handle misses from now on. Readers that have it keep it until
 * they unpin. Never fails for lack of memory. Of several threads that remove an
 * element one succeeds; the others get VBUF_ESTALE.
 */
VBUF_API int vbuf_slotmap_remove(struct vbuf_slotmap *m, struct vbuf_record *r, vbuf_handle h);

/** Remove an element and copy it to *ret; no destructor runs. Exclusive. */
VBUF_NODISCARD VBUF_API int vbuf_slotmap_take(struct vbuf_slotmap *m, vbuf_handle h, void *ret);

/**
 * The first half of a removal: the handle misses from now on, and the element stays in
 * its slot until vbuf_slotmap_remove_invalidated().
 */
VBUF_API int vbuf_slotmap_invalidate(struct vbuf_slotmap *m, struct vbuf_record *r, vbuf_handle h);

/** The second half; with the handle that was invalidated, once. */
VBUF_API int vbuf_slotmap_remove_invalidated(struct vbuf_slotmap *m, struct vbuf_record *r,
                                             vbuf_handle h);

/** Remove @p n elements; returns how many there were. */
VBUF_API size_t vbuf_slotmap_remove_n(struct vbuf_slotmap *m, struct vbuf_record *r,
                                      const vbuf_handle *handles, size_t n);

/**
 * Reclaim what was removed by this record, and by ones that are detached: at most @p budget
 * elements; 0 means all. Free slots that the record has in hand go back to the map, so
 * that memory that is empty can go. Calls the heavy barrier (see <vbuf/reclaim.h>).
 *
 * @return how many were reclaimed
 */
VBUF_API size_t vbuf_slotmap_reclaim(struct vbuf_slotmap *m, struct vbuf_record *r, size_t budget);

/** Remove all elements; what destructors insert meanwhile may stay. Exclusive. */
VBUF_API int vbuf_slotmap_clear(struct vbuf_slotmap *m);

/**
 * Give back all memory that no element needs, and behind the last one the commit charge too.
 * Exclusive. What threads have in hand is collected; after a fork, in the child, also what
 * others had, and after a failure of the system what was lost by that: so no claim may be open,
 * but of threads that are not there. Destructors of kept elements that insert get VBUF_EBUSY.
 */
VBUF_API int vbuf_slotmap_trim(struct vbuf_slotmap *m);
/**@}*/

/** @name Handles */
/**@{*/

/** The index in a handle. */
VBUF_NODISCARD VBUF_API size_t vbuf_slotmap_index(const struct vbuf_slotmap *m, vbuf_handle h);

/** The generation in a handle; from 1 on. */
VBUF_NODISCARD VBUF_API uint64_t vbuf_slotmap_generation(const struct vbuf_slotmap *m,
                                                         vbuf_handle h);

/** The user's tag in a handle. */
VBUF_NODISCARD VBUF_API uint32_t vbuf_slotmap_tag(const struct vbuf_slotmap *m, vbuf_handle h);

/** A well mixed number of a handle, for hash tables. */
VBUF_NODISCARD VBUF_API uint64_t vbuf_handle_hash(vbuf_handle h);

/**
 * Write a handle for a log, index and generation: "3v1". At most @p size bytes, the
 * terminating NUL included; a longer text is cut.
 *
 * @return the length written, without the NUL
 */
VBUF_API size_t vbuf_slotmap_text(const struct vbuf_slotmap *m, vbuf_handle h, char *buf,
                                  size_t size);
/**@}*/

VBUF_END_DECLS

#endif
