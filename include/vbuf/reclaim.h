/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/**
 * @file
 * Safe reclamation: when may memory that other threads may still be reading be used
 * again? The slotmap stands on it, and so can other lock-free structures.
 *
 * A *domain* joins the threads that share structures. Each thread has a *record* in
 * it. A reader *pins* its record while it holds pointers it found. Who takes an object
 * out of a structure *retires* it; it is *reclaimed* once every reader that may have
 * found it has unpinned. Pinning is two plain stores: no fence, no atomic
 * read-modify-write, no shared line written.
 *
 * The method is interval-based reclamation (Wen, Izraelevitz, Cai, Beadle, Scott:
 * "Interval-based memory reclamation", PPoPP 2018, the variant with two global-epoch
 * bounds) with an asymmetric fence on the reader's side. The *era* is a count that
 * goes up now and then. An object lives from its birth era to its retire era, and a
 * reader publishes the interval of eras in which it found things: only objects whose
 * life meets the interval of a pinned reader wait. So a reader that stalls for ever
 * holds up what was alive while it looked, and nothing born later.
 *
 * @verbatim
 *   era      1     2     3     4     5     6     7
 *   reader         |= pinned, found in 2..3 ===========....
 *   object A   born |------- retired 3                    waits for the reader
 *   object B               born 4 |----- retired 5        reclaimed
 * @endverbatim
 *
 * - **Threads.** The calls on a domain may run beside each other in any number of
 *   threads, but for create and destroy. A record is for one thread at a time, whichever:
 *   it can be handed on, to a fiber on another thread for example, like any object.
 * - **Progress.** Pinning and unpinning are wait-free. Retiring is wait-free but for
 *   what it reclaims on the way. Attaching is lock-free.
 * - **Asymmetric and symmetric.** Where the system can make all threads of the process
 *   pass a fence (membarrier on Linux 4.14 and newer, FlushProcessWriteBuffers on
 *   Windows), readers pay nothing and those who reclaim call it now and then. Where it
 *   cannot, or by request, a pin is a sequentially consistent store. Which it is, is
 *   settled when the domain is created. Registering for membarrier takes some
 *   milliseconds, once, in a process that has threads already: create domains early.
 * - **Results.** VBUF_OK or a negative enum vbuf_err. A failed call changed nothing.
 */
#ifndef VBUF_RECLAIM_H
#define VBUF_RECLAIM_H

#include <vbuf/atomic.h>
#include <vbuf/base.h>

VBUF_BEGIN_DECLS

/** Records of a domain, unless told otherwise. */
#define VBUF_DOMAIN_THREADS 128

/** How readers and reclaimers of a domain agree. */
enum vbuf_fence {
	VBUF_FENCE_AUTO = 0,   /**< asymmetric where the system can, else symmetric */
	VBUF_FENCE_ASYMMETRIC, /**< VBUF_ENOTSUP where it cannot */
	VBUF_FENCE_SYMMETRIC,  /**< never interrupt other threads: for real-time cores */
};

/** How to make a domain; all zero means the defaults, as struct vbuf_options. */
struct vbuf_domain_options {
	size_t size;             /**< sizeof(struct vbuf_domain_options) */
	size_t garbage_max;      /**< objects retired and not reclaimed, beyond which inserts into
	                              the maps of the domain are refused (VBUF_EBUSY); 0: no limit */
	uint32_t threads;        /**< records that can be attached at a time; at most 65536;
	                              0: VBUF_DOMAIN_THREADS */
	enum vbuf_fence fence;   /**< how readers and reclaimers agree */
	unsigned char zero_[24]; /**< must be zero */
};

/** A domain. Opaque. */
struct vbuf_domain;

/**
 * A thread's place in a domain. All members are private; they are here for the inline
 * calls. It stands on lines of its own.
 */
struct vbuf_record {
	vbuf_atomic_u64_ lo_;         /* the era of the pin, times 4, plus 1 while pinned */
	vbuf_atomic_u64_ hi_;         /* the latest era in which the owner found something */
	const vbuf_atomic_u64_ *era_; /* of the domain */
	size_t depth_;                /* pins within the outermost one */
	struct vbuf_domain *domain_;
	uint32_t index_;
};

/** An object that can be retired: a member of it. All private. */
struct vbuf_retired {
	struct vbuf_retired *next_;
	uint64_t birth_;
	void (*reclaim_)(struct vbuf_retired *object, void *arg); /**< private */
	void *arg_;
};

/** What vbuf_domain_get_stats() tells. */
struct vbuf_domain_stats {
	uint64_t era;        /**< now */
	uint64_t oldest_pin; /**< the earliest era a reader is pinned in; 0: none is */
	size_t attached;     /**< records attached */
	size_t pinned;       /**< of those, pinned */
	size_t threads;      /**< records that can be attached at a time */
	size_t garbage;      /**< objects given to vbuf_retire() and not reclaimed */
	size_t heavy;        /**< times the reclaimers made all threads pass a fence */
	size_t heavy_failed; /**< times the system refused, and nothing was reclaimed */
	bool symmetric;      /**< readers pay for the fence */
};

/** @name Domains */
/**@{*/

/**
 * Make a domain. *ret is NULL on failure.
 *
 * VBUF_EINVAL, VBUF_ENOTSUP (also: an asymmetric fence is asked for, and there is
 * none), and what vbuf_reserve() and vbuf_commit() meet.
 */
VBUF_NODISCARD VBUF_API int vbuf_domain_create(struct vbuf_domain **ret,
                                               const struct vbuf_domain_options *options);

/**
 * Reclaim what is left and give the domain back. Exclusive. *d is then NULL; NULL is
 * accepted, and so is a pointer to NULL.
 *
 * VBUF_EBUSY: a record is attached, or a map uses the domain. Records of
 * vbuf_domain_self() do not count, unless they are pinned; their threads are not to end
 * meanwhile.
 *
 * On any other failure (as vbuf_unreserve()) what was retired is reclaimed and no record is
 * attached any more; the domain can be used, or destroyed again.
 */
VBUF_API int vbuf_domain_destroy(struct vbuf_domain **d);

/**
 * Take part in a domain. The record is the caller's until vbuf_domain_detach().
 *
 * VBUF_EBUSY: as many are attached as can be, or the last ones are being taken over.
 */
VBUF_NODISCARD VBUF_API int vbuf_domain_attach(struct vbuf_domain *d, struct vbuf_record **ret);

/**
 * End it. What the record retired, and slots it had in hand, others take over. *r is
 * then NULL; NULL is accepted, and so is a pointer to NULL. VBUF_EBUSY: it is pinned.
 * VBUF_EINVAL: nobody attached it, as it is a map's for exclusive use.
 */
VBUF_API int vbuf_domain_detach(struct vbuf_record **r);

/**
 * The calling thread's own record, attached at its first call and detached when the
 * thread ends. Do not detach it. For code that cannot pass a record along; it costs a
 * look-up of a thread-local value.
 *
 * VBUF_EBUSY as vbuf_domain_attach(); VBUF_ERLIMIT: the system has no thread-local
 * storage left.
 */
VBUF_NODISCARD VBUF_API int vbuf_domain_self(struct vbuf_domain *d, struct vbuf_record **ret);

/** Tell what goes on. */
VBUF_NODISCARD VBUF_API int vbuf_domain_get_stats(struct vbuf_domain *d,
                                                  struct vbuf_domain_stats *ret, size_t ret_size);
/**@}*/

/** @name Retiring objects of your own
 *
 * Containers of this library do it by themselves. In a symmetric domain an object is to be
 * looked for, and taken out, by sequentially consistent operations: a reader's look and its
 * pin must not be late both.
 */
/**@{*/

/** The birth era of an object: ask before others can find it. */
VBUF_NODISCARD VBUF_API uint64_t vbuf_birth(const struct vbuf_domain *d);

/**
 * Reclaim @p object when no reader can have it any more: call @p reclaim, once, in
 * whatever thread retires, reclaims, or destroys the domain; never in vbuf_unpin(). It may
 * retire in its turn. Nobody must be able to find the object from now on. Never fails
 * and takes no memory: @p object lies in what is retired.
 *
 * @param birth from vbuf_birth(); 0: unknown, then any reader pinned now may delay it
 */
VBUF_API void vbuf_retire(struct vbuf_record *r, struct vbuf_retired *object, uint64_t birth,
                          void (*reclaim)(struct vbuf_retired *object, void *arg), void *arg);

/**
 * Reclaim what can be of what was retired with vbuf_retire() by this record and by
 * detached ones: at most @p budget objects; 0 means all.
 *
 * @return how many were reclaimed
 */
VBUF_API size_t vbuf_reclaim(struct vbuf_record *r, size_t budget);
/**@}*/

/** @name fork()
 *
 * A child has only the thread that called fork(); the records of the others would seem
 * pinned for ever. The three suit pthread_atfork(). Other threads may be doing anything
 * while fork() runs, but exclusive calls on a map. Without the three, the child may pin and
 * read, and no more.
 */
/**@{*/

/** Before fork(). */
VBUF_API void vbuf_domain_fork_prepare(struct vbuf_domain *d);

/** After fork(), in the parent; also when fork() failed. */
VBUF_API void vbuf_domain_fork_parent(struct vbuf_domain *d);

/**
 * After fork(), in the child. All records but @p own (NULL: none) and that of the calling
 * thread from vbuf_domain_self() are detached, pinned or not. What those had retired is
 * not reclaimed in the child; maps get their slots back with vbuf_slotmap_trim().
 */
VBUF_API void vbuf_domain_fork_child(struct vbuf_domain *d, struct vbuf_record *own);
/**@}*/

/** @name Pinning */
/**@{*/

/**
 * Begin to read: what the thread finds from now on stays until vbuf_unpin(). May be
 * called again while pinned; the outermost pair counts.
 */
VBUF_API void vbuf_pin(struct vbuf_record *r);

/** End what vbuf_pin() began. Pointers found since mean nothing any more. */
VBUF_API void vbuf_unpin(struct vbuf_record *r);

/**
 * In a long read: let go of all that was found since the pin, and stay pinned. Only
 * the outermost pin may; within another it does nothing, and returns false.
 */
VBUF_API bool vbuf_repin(struct vbuf_record *r);

/**
 * For structures of your own that give a birth to vbuf_retire(): after reading a
 * pointer from shared memory, and before following it.
 *
 * @return true: the pin covers the present era. False: it did not, and does now; read
 *         the pointer again, as the object may have been retired in between
 */
VBUF_NODISCARD VBUF_API bool vbuf_covered(struct vbuf_record *r);
/**@}*/

/** What an inline pin calls when it is not as the last one was. */
VBUF_API void vbuf_pin_slowly_(struct vbuf_record *r);

#if VBUF_HAS_ATOMICS_

/* In lo_, below the era. */
#define VBUF_PINNED_ UINT64_C(1)
#define VBUF_SYMMETRIC_ UINT64_C(2)
#define VBUF_ERA_SHIFT_ 2

static inline void
vbuf_pin_(struct vbuf_record *r)
{
	/* [pin-era] pairs with [retire-era]: whoever pins after a retirement was counted
	 * sees that the object is out. */
	uint64_t era = vbuf_load_acquire_(r->era_);

	/* The last pin was of the same era, so hi_ is right; there is none now; and nothing
	 * but the compiler needs to be held back. */
	if (__builtin_expect(r->lo_ != era << VBUF_ERA_SHIFT_, 0)) {
		vbuf_pin_slowly_(r);
		return;
	}
	/* [repin] pairs with [scan-era]: a scanner that sees this pin and not the one
	 * before has what the reader did in that one behind it. */
	vbuf_store_release_(&r->lo_, era << VBUF_ERA_SHIFT_ | VBUF_PINNED_);
	vbuf_light_(); /* [pin-light] pairs with [heavy] */
}

static inline void
vbuf_unpin_(struct vbuf_record *r)
{
	/* The depth is not counted for the outermost pin: going up and down, it would be the
	 * longest chain of instructions from one pin to the next. */
	if (__builtin_expect(r->depth_ != 0, 0)) {
		r->depth_--;
		return;
	}
	/* [unpin] pairs with [scan] and [scan-era]: reads end before memory is used again. */
	vbuf_store_release_(&r->lo_, r->lo_ & ~VBUF_PINNED_);
}

/* Programs get the inline ones; the functions are there for other languages. */
#define vbuf_pin(r) vbuf_pin_(r)
#define vbuf_unpin(r) vbuf_unpin_(r)

#endif

VBUF_END_DECLS

#endif
