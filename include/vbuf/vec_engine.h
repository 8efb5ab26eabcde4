/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/**
 * @file
 * A vector that grows in place: its elements never move.
 *
 * The memory is a virtual buffer (vbuf.h): addresses for the largest vector are
 * reserved once, memory is committed as the vector grows and given back when it
 * has shrunk far. No growth copies anything, and a pointer to an element is good
 * until the element is removed or the vector ends.
 *
 * This is the engine, which knows the size of an element only, and is what other
 * languages bind to. <vbuf/vec.h> makes a typed vector of it.
 *
 * True of every function below, unless its own comment says otherwise:
 *
 * - **Units.** Lengths, capacities, indices and counts are elements.
 * - **Results.** VBUF_OK or a negative enum vbuf_err. A failed call leaves the
 *   vector exactly as it was, capacity included.
 * - **Errors of growth.** Any call that makes the vector longer, or its capacity
 *   larger, may return VBUF_ERANGE (the maximum would be passed; no size is too
 *   hostile to be refused so), VBUF_ECOMMIT, VBUF_ERLIMIT, VBUF_EMAPS (as
 *   vbuf_commit()), and where it is the first on a vector that is all zero the
 *   errors of vbuf_vec_init().
 * - **Misuse.** VBUF_EINVAL: a NULL vector, source or out-parameter, or a vector
 *   all zero where its type is needed; VBUF_ERANGE: an index or range outside the
 *   vector; VBUF_EPERM: a change to a frozen vector. The typed functions take their
 *   vectors and out-parameters for granted, as any inline function does (that of pop
 *   may be NULL).
 * - **Threads.** As a plain array: any number of readers, or one writer. Growing
 *   moves nothing, so readers of elements that are there already, through
 *   pointers of their own, need not mind a writer that appends.
 * - **Stability.** Elements keep their addresses, but for the calls that shift by
 *   contract: insert, insert_n, remove, remove_n, swap_remove.
 * - **Elements** are bytes: copied by memcpy, never constructed. The destructor of
 *   the options runs once for each element that leaves the vector by truncate,
 *   clear, resize, resize_fill, remove, remove_n, swap_remove or fini; not for one
 *   that is handed out by pop or split_off, and not by detach.
 *
 * A vector is owned by whoever holds its struct, which may be moved or copied as
 * bytes (one copy is then the owner).
 */
#ifndef VBUF_VEC_ENGINE_H
#define VBUF_VEC_ENGINE_H

#include <vbuf/vbuf.h>

VBUF_BEGIN_DECLS

/** How the capacity grows when it must. Requests by name (reserve_exact) aside. */
enum vbuf_vec_growth {
	VBUF_VEC_GROW_DEFAULT = 0, /**< doubling up to one huge page, then by an eighth */
	VBUF_VEC_GROW_EXPONENTIAL, /**< to capacity * growth_num / growth_den */
	VBUF_VEC_GROW_LINEAR,      /**< by growth_num elements */
};

/** When memory that a vector has shrunk away from goes back by itself. */
enum vbuf_vec_shrink {
	/**
	 * Once the length is under a quarter of a capacity of more than 512 KiB: down to
	 * twice the length, or 256 KiB. A vector that needs again what it gave back so waits
	 * for half that length the next time, and so on; after the sixth time it keeps
	 * what it has. shrink_to_fit makes it forget. Memory that a vector found in the
	 * cache stays until the vector has grown beyond it.
	 */
	VBUF_VEC_SHRINK_DEFAULT = 0,
	VBUF_VEC_SHRINK_NEVER, /**< only by shrink_to_fit and fini */
};

/** Where the memory comes from and goes to. */
enum vbuf_vec_recycle {
	VBUF_VEC_RECYCLE_DEFAULT = 0, /**< through the cache of warm reservations, see
	                                   vbuf_vec_cache_limit() */
	VBUF_VEC_RECYCLE_NEVER,       /**< from the system and back to it */
};

/**
 * How to make a vector. All bytes zero means the defaults. Otherwise @c size must
 * be sizeof(struct vbuf_vec_options), as for struct vbuf_options.
 */
struct vbuf_vec_options {
	size_t size;    /**< sizeof(struct vbuf_vec_options) */
	size_t max;     /**< elements it can ever have: addresses are reserved for as many. 0: as
	                     many as the default reservation holds, see vbuf_vec_init() */
	size_t initial; /**< capacity to begin with; at most max */
	size_t align;   /**< of element 0: a power of two, up to any size; 0: that of the type. From
	                     the size of a huge page on the first element begins one, so it
	                     costs a whole huge page of memory, unless max is less than that */
	size_t header_size;  /**< bytes right before element 0 that are the caller's, zero at first
	                      */
	size_t header_align; /**< of the header: a power of two that divides its size; 0 means 1 */
	size_t growth_num;   /**< for growth; below 2^32 if that is exponential */
	size_t growth_den;   /**< for growth; below growth_num */
	enum vbuf_vec_growth growth;   /**< how the capacity grows */
	enum vbuf_vec_shrink shrink;   /**< when memory goes back by itself */
	enum vbuf_vec_recycle recycle; /**< where memory comes from and goes to */
	enum vbuf_huge huge;           /**< DEFAULT: prefer huge pages of at most 4 MiB, for what
	                                    lies behind the first MiB; from the start where
	                                    initial or the first reserve says that it is large */
	void (*destroy)(void *element, void *arg); /**< destructor of an element; NULL: none. It
	                                                may not touch the vector */
	void *destroy_arg;                         /**< passed on to it */
	const char *name;                          /**< as vbuf_options.name */
	enum vbuf_fork fork;                       /**< as vbuf_options.fork. With DROP or WIPE
	                                                a child has no vector: all it may do is
	                                                set the struct to zero. (With WIPE it can
	                                                read the elements: they are zero) */
	bool no_dump;                              /**< as vbuf_options.no_dump */
	unsigned char zero_[3];                    /**< must be zero */
};

/** What the library keeps about a vector; lies before its header. */
struct vbuf_vec_control;

/**
 * The engine's vector. All bytes zero is the empty vector without a type.
 *
 * Read @c data and @c len; write nothing. The layout is part of the binary interface.
 */
struct vbuf_vec {
	void *data; /**< element 0; NULL while nothing is reserved */
	size_t len; /**< elements */
	/* private: the length up to which push is inline, the one from which pop is, and
	 * the rest */
	size_t limit_;
	size_t low_;
	struct vbuf_vec_control *control_;
};

/** What vbuf_vec_get_stats() tells. */
struct vbuf_vec_stats {
	size_t len;       /**< elements */
	size_t capacity;  /**< elements that fit before the next commit */
	size_t max;       /**< elements that can ever fit */
	size_t reserved;  /**< bytes of address space */
	size_t committed; /**< bytes of it committed */
	size_t resident;  /**< bytes of it in memory; 0 where the system does not tell */
};

/**
 * Make a vector and reserve its addresses.
 *
 * @param ret        receives the vector; the empty one on failure. What it held
 *                   before is overwritten, not released
 * @param elem_size  bytes of an element, not 0
 * @param elem_align its alignment: a power of two
 * @param options    NULL means the defaults
 *
 * Without options.max the reservation is 16 GiB (64 MiB where addresses have 32
 * bits). Where the process cannot have that much, it is a quarter of what it can,
 * found in steps of four: the rest of the program needs addresses too. With 32 bits
 * some 160 such vectors fit at a time: a program with more of them sets options.max.
 *
 * VBUF_EINVAL  options that make no sense together
 * VBUF_ERANGE  max elements, header and alignment do not fit in a size_t, or without max
 *              the latter two not in the reservation
 * VBUF_ENOADDR, VBUF_ERLIMIT, VBUF_ELOCKED, VBUF_EMAPS  as vbuf_reserve()
 * VBUF_ECOMMIT the first page or the initial capacity cannot be committed
 */
VBUF_NODISCARD VBUF_API int vbuf_vec_init(struct vbuf_vec *ret, size_t elem_size, size_t elem_align,
                                          const struct vbuf_vec_options *options);

/**
 * Destroy the elements and give the memory back. The vector is then empty, all
 * bytes zero. Accepts NULL and the empty vector.
 *
 * VBUF_EBUSY   a worker prefaults ahead (vbuf_vec_ahead_begin()): nothing is changed
 * VBUF_EINVAL  this is a copy of a vector that has ended or was detached; told by a mark
 *              while the memory is in the cache or detached, and only then
 *
 * On any other failure (as vbuf_unreserve(); the system was asked to split what it
 * cannot) the elements are gone and the memory is not: the vector has length 0.
 */
VBUF_API int vbuf_vec_fini(struct vbuf_vec *v);

/** @name Growing */
/**@{*/

/**
 * Append one element. vbuf_vec_prepare() and vbuf_vec_publish() do it in place.
 */
VBUF_NODISCARD VBUF_API int vbuf_vec_push(struct vbuf_vec *v, const void *element);

/**
 * Append @p n elements. @p elements may lie in the vector itself. n 0 is legal,
 * with any pointer.
 */
VBUF_NODISCARD VBUF_API int vbuf_vec_push_n(struct vbuf_vec *v, const void *elements, size_t n);

/** Append all elements of @p from, which may be @p v itself; @p from stays as it is. */
VBUF_NODISCARD VBUF_API int vbuf_vec_append(struct vbuf_vec *v, const struct vbuf_vec *from);

/** What the inline push calls when it must: room for @p n more elements, nothing else. */
VBUF_NODISCARD VBUF_API int vbuf_vec_room_(struct vbuf_vec *v, size_t n);

/**
 * Make room for @p n more elements, and point at it: the caller writes there, and
 * then calls vbuf_vec_publish() for as many as are written. Nothing is published
 * by itself, and nothing need be.
 *
 * @param ret receives the address of element v->len; NULL on failure
 */
VBUF_NODISCARD VBUF_API int vbuf_vec_prepare(struct vbuf_vec *v, size_t n, void **ret);

/**
 * Add @p n elements that the caller wrote behind the last.
 *
 * VBUF_ERANGE  there is not that much room; the caller has not prepared it
 */
VBUF_NODISCARD VBUF_API int vbuf_vec_publish(struct vbuf_vec *v, size_t n);

/** Put one element before element @p i; the rest moves up. i may be the length. */
VBUF_NODISCARD VBUF_API int vbuf_vec_insert(struct vbuf_vec *v, size_t i, const void *element);

/**
 * Put @p n elements before element @p i. @p elements may lie in the elements of the
 * vector: what is inserted is what they were before the call. They may not lie in room
 * that vbuf_vec_prepare() gave, which the insertion shifts the last elements to.
 */
VBUF_NODISCARD VBUF_API int vbuf_vec_insert_n(struct vbuf_vec *v, size_t i, const void *elements,
                                              size_t n);

/** Set the length to @p n: destroy what is behind, or add elements of zero bytes. */
VBUF_NODISCARD VBUF_API int vbuf_vec_resize(struct vbuf_vec *v, size_t n);

/** Set the length to @p n: destroy what is behind, or add copies of @p element, which
 * may lie in the part of the vector that stays. */
VBUF_NODISCARD VBUF_API int vbuf_vec_resize_fill(struct vbuf_vec *v, size_t n, const void *element);

/**
 * Let @p n elements in all fit, growing as the options say if they do not. No less
 * room than asked for goes back by itself later, only by shrink_to_fit.
 */
VBUF_NODISCARD VBUF_API int vbuf_vec_reserve(struct vbuf_vec *v, size_t n);

/** As vbuf_vec_reserve(), with no more beyond than the page gives (and the
 * huge page, where there are huge pages). */
VBUF_NODISCARD VBUF_API int vbuf_vec_reserve_exact(struct vbuf_vec *v, size_t n);

/**
 * Let @p n elements in all fit and make the memory of those that are to come resident, so
 * that writing them does not fault. See vbuf_vec_ahead for doing it beside the writer.
 *
 * The one partial failure: the capacity may be there, as by vbuf_vec_reserve(), and
 * not all of it resident (VBUF_ECOMMIT, VBUF_ESYS).
 */
VBUF_NODISCARD VBUF_API int vbuf_vec_prefault(struct vbuf_vec *v, size_t n);
/**@}*/

/** @name Shrinking */
/**@{*/

/** Remove the last element, and copy it to @p ret; NULL: nowhere. VBUF_ERANGE: none. */
VBUF_API int vbuf_vec_pop(struct vbuf_vec *v, void *ret);

/** Remove element @p i and close the gap; what is behind moves down. */
VBUF_API int vbuf_vec_remove(struct vbuf_vec *v, size_t i);

/** Remove @p n elements from element @p i on and close the gap. */
VBUF_API int vbuf_vec_remove_n(struct vbuf_vec *v, size_t i, size_t n);

/** Remove element @p i and put the last in its place. */
VBUF_API int vbuf_vec_swap_remove(struct vbuf_vec *v, size_t i);

/** Keep the first @p n elements, or all if there are not that many. */
VBUF_API int vbuf_vec_truncate(struct vbuf_vec *v, size_t n);

/**
 * Keep no element. The capacity stays, for whoever fills a vector again and again;
 * but where the vector had shrunk far already, memory goes back by that length. Use
 * vbuf_vec_shrink_to_fit() to give it back in any case.
 */
VBUF_API int vbuf_vec_clear(struct vbuf_vec *v);

/**
 * Give all memory behind the last element back to the system, but for the rest of
 * its page (and its huge page, where there are huge pages), and the first 16 KiB.
 *
 * VBUF_ESYS   as vbuf_decommit(): the capacity may be gone all the same
 * VBUF_EBUSY  a worker prefaults ahead
 */
VBUF_API int vbuf_vec_shrink_to_fit(struct vbuf_vec *v);
/**@}*/

/** @name Access */
/**@{*/

/** The address of element @p i; NULL when there is none. */
VBUF_NODISCARD VBUF_API void *vbuf_vec_at(const struct vbuf_vec *v, size_t i);

/** The address of the first element; NULL when there is none. */
VBUF_NODISCARD VBUF_API void *vbuf_vec_first(const struct vbuf_vec *v);

/** The address of the last element; NULL when there is none. */
VBUF_NODISCARD VBUF_API void *vbuf_vec_last(const struct vbuf_vec *v);

/** The number of elements; 0 for NULL. */
VBUF_NODISCARD VBUF_API size_t vbuf_vec_len(const struct vbuf_vec *v);

/** Elements that fit before more memory is committed. */
VBUF_NODISCARD VBUF_API size_t vbuf_vec_capacity(const struct vbuf_vec *v);

/** Elements that can ever fit; 0 for a vector without a reservation. */
VBUF_NODISCARD VBUF_API size_t vbuf_vec_max(const struct vbuf_vec *v);

/** The header, of the size given in the options; NULL without one. Its address is
 * as stable as that of an element. */
VBUF_NODISCARD VBUF_API void *vbuf_vec_header(const struct vbuf_vec *v);

/** Tell what the vector has; all zero for one without a reservation. */
VBUF_NODISCARD VBUF_API int vbuf_vec_get_stats(const struct vbuf_vec *v, struct vbuf_vec_stats *ret,
                                               size_t ret_size);
/**@}*/

/** @name Whole vectors */
/**@{*/

/**
 * Move the elements from @p at on to a new vector with the same options (but
 * options.initial, and without the header's contents).
 *
 * @param ret receives the new vector; the empty one on failure. Not @p v itself
 */
VBUF_NODISCARD VBUF_API int vbuf_vec_split_off(struct vbuf_vec *v, size_t at, struct vbuf_vec *ret);

/** Make a copy: same options (but options.initial), same header, same elements, byte for
 * byte. @p ret is not @p v itself. */
VBUF_NODISCARD VBUF_API int vbuf_vec_clone(const struct vbuf_vec *v, struct vbuf_vec *ret);

/**
 * Make the elements read-only for good, the header included; every call that would
 * change the vector is VBUF_EPERM from then on. Only vbuf_vec_fini() ends it. The
 * destructors then run on read-only elements. VBUF_EINVAL: a vector without a
 * reservation; VBUF_EBUSY: a worker prefaults ahead.
 *
 * Any other failure (as vbuf_protect()) is undone. Where the system refuses that, too, some
 * pages may be read-only: then the vector is frozen all the same, and says VBUF_EPERM.
 */
VBUF_NODISCARD VBUF_API int vbuf_vec_freeze(struct vbuf_vec *v);

/**
 * Take the memory out of a vector. It is then the caller's, who unreserves it, or
 * gives it to vbuf_vec_adopt(). The vector is empty, without a reservation.
 * VBUF_EINVAL: it had none; VBUF_EBUSY: a worker prefaults ahead.
 *
 * @param ret        receives the buffer that holds the elements; empty on failure
 * @param ret_offset receives the offset of element 0 in it, 0 on failure; what lies
 *                   before belongs to the library, but for the header
 */
VBUF_NODISCARD VBUF_API int vbuf_vec_detach(struct vbuf_vec *v, struct vbuf *ret,
                                            size_t *ret_offset);

/**
 * Make a vector again of what vbuf_vec_detach() gave, with @p len elements: at most as
 * many as there is committed memory for. Its options are the ones it had, but its
 * memory does not go into the cache any more. Nothing may have been decommitted or
 * protected meanwhile.
 *
 * @param ret receives the vector; @p buffer is then empty
 *
 * VBUF_EINVAL  the buffer did not come from vbuf_vec_detach(), or was unreserved or
 *              adopted; this is told by a mark, which protects against mistakes only. Of a
 *              typed vector: or its elements are of another size or alignment
 */
VBUF_NODISCARD VBUF_API int vbuf_vec_adopt(struct vbuf_vec *ret, struct vbuf *buffer, size_t offset,
                                           size_t len);

/** What a typed vector calls for it. */
VBUF_NODISCARD VBUF_API int vbuf_vec_adopt_(struct vbuf_vec *ret, size_t elem_size,
                                            size_t elem_align, struct vbuf *buffer, size_t offset,
                                            size_t len);
/**@}*/

/** @name The cache of warm reservations
 *
 * A vector that ends leaves its reservation, with memory still in it, for the next
 * one, which then need not ask the system for anything. The cache is one for the
 * process: a few slots, taken and filled by an atomic exchange each, so it holds no
 * lock, serves all threads, and a forked child has a copy that is good. It holds
 * only reservations of vectors without options that concern the reservation: max, an
 * align beyond the page, header, huge, name, fork, no_dump. The memory is not wiped:
 * as with free(), the next owner, in this process, finds what was left. Where the
 * process runs out of addresses for a new vector, the cache is emptied first; and a
 * reservation that had to be smaller than the default does not go in.
 */
/**@{*/

/** What the cache holds, and may hold. */
struct vbuf_vec_cache {
	size_t limit; /**< bytes of committed memory it may hold in each reservation */
	size_t slots; /**< reservations it may hold at most */
	size_t used;  /**< reservations it holds */
};

/**
 * Set how much committed memory the cache may keep in each of its slots, from now on:
 * a vector that has more leaves only so much. What is in the cache goes back, whatever
 * the new limit is. 0 switches the cache off. At first 1 MiB. Any thread, any time:
 * a vector that ends meanwhile leaves no more than the new limit says.
 */
VBUF_API int vbuf_vec_cache_limit(size_t bytes);

/** Give everything in the cache back to the system. Any thread, any time. */
VBUF_API int vbuf_vec_cache_trim(void);

/** Tell what the cache holds: a snapshot. */
VBUF_NODISCARD VBUF_API int vbuf_vec_cache_get_stats(struct vbuf_vec_cache *ret, size_t ret_size);
/**@}*/

/** @name Prefaulting ahead
 *
 * The first touch of a page costs far more than the write. A second thread, the
 * caller's own, can take that cost: it keeps the memory behind the last element
 * resident, a set distance ahead of a vector that grows.
 *
 * @code
 *   struct vbuf_vec_ahead ahead;
 *   vbuf_vec_ahead_begin(&ahead, &v, 64 << 20);   // owner of the vector
 *   while (!stop)                                 // the other thread
 *       if (vbuf_vec_ahead_step(&ahead) <= 0)
 *           sleep a little;
 *   vbuf_vec_ahead_end(&ahead);                   // owner, once the other has ended
 * @endcode
 *
 * Meanwhile the owner uses the vector as ever, but for fini, detach, freeze and
 * shrink_to_fit, which are VBUF_EBUSY; no memory goes back by itself.
 */
/**@{*/

/** What the two threads share. Contents private; the caller owns the storage, which may
 * not move, nor go, between begin and end. (The vector's struct may move.) */
struct vbuf_vec_ahead {
	size_t needed_;            /* by the owner: the end of what the vector has used, in bytes */
	unsigned char apart_[120]; /* private, as all of it */
	size_t ready_;             /* by the worker: committed up to here, in bytes */
	size_t done_;              /* by the worker, for itself: resident up to here */
	size_t distance_;
	struct vbuf_vec_control *control_;
};

/** Begin. @p distance is in bytes. VBUF_EINVAL: a vector without a reservation;
 * VBUF_EBUSY: it has begun already. */
VBUF_NODISCARD VBUF_API int vbuf_vec_ahead_begin(struct vbuf_vec_ahead *a, struct vbuf_vec *v,
                                                 size_t distance);

/**
 * Do a piece of the work, at most one huge page of it; for one thread at a time.
 *
 * @return 1: there may be more to do; 0: the distance is reached; or an error as of
 *         vbuf_commit() or vbuf_prefault(), after which a later call may do better:
 *         the vector itself is none the worse
 */
VBUF_NODISCARD VBUF_API int vbuf_vec_ahead_step(struct vbuf_vec_ahead *a);

/** End; no thread may be in vbuf_vec_ahead_step(). The vector keeps the memory. */
VBUF_API int vbuf_vec_ahead_end(struct vbuf_vec_ahead *a);
/**@}*/

VBUF_END_DECLS

#endif
