/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/**
 * @file
 * A concurrent vector: any number of threads push and read while it grows, and
 * nothing ever moves.
 *
 * Elements are a plain array in one reservation. Beside each lies one byte that says
 * whether it is *published*: complete, and to be read. A push claims the next index,
 * writes the element, and publishes it; as the claims of several threads are
 * written at the same time, they may be published in another order. The *prefix* is
 * the number of elements before the first that is not published: [0, prefix) is an
 * array without holes, and only ever grows.
 *
 * @verbatim
 *                  prefix        reserved     capacity         max
 *                    v               v            v             v
 *   +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+-- - - - --+
 *   | published      | some published | free     | addresses    |
 *   +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+-- - - - --+
 * @endverbatim
 *
 * Which calls may run beside which, on one vector:
 *
 * @verbatim
 *                 pushing   reading   exclusive
 *   pushing         yes       yes        no
 *   reading         yes       yes        no
 *   exclusive       no        no         no
 *
 *   pushing     push, push_n, claim, publish and abandon of what the caller claimed,
 *               reserve, reserve_exact, prefault; init, push and fini of an appender, which one
 * thread at a time has reading     get, slot, state, prefix, prefix_seen, len, next, prev,
 * capacity, max, header, get_stats exclusive   push_exclusive, push_n_exclusive, clear, freeze,
 * destroy; create has no vector yet
 * @endverbatim
 *
 * Exclusive means that all other calls happen before or after it, by a lock, say, or the
 * end of a thread. An element that is published belongs to the program: who writes to it
 * beside readers needs atomic operations or a lock of his own; so does the header.
 *
 * - **Ordering.** Publishing an element happens before any call that finds it
 *   published: what the publisher wrote, to the element and elsewhere, before, is
 *   seen after. This holds for get, state, next and prev, and for each index below a
 *   result of prefix or prefix_seen, whoever published it. Between elements there is no
 *   other order: that index 5 is found says nothing of index 4. The prefix never goes back:
 *   what one thread obtained, another that hears of it obtains at least. len, capacity and
 *   the claims themselves order nothing.
 *
 * Progress of each operation:
 *
 * @verbatim
 *   get, slot, state, prefix_seen, len,      wait-free, in constant time
 *   capacity, max, header, appender_init
 *   publish, abandon                         wait-free, in the number of elements
 *   prefix, next, prev                       wait-free, in the number of elements looked at
 *   push, push_n, claim, appender_push,      lock-free while there is room: one addition,
 *   appender_fini                            and the elements. Without room, as reserve
 *   reserve, reserve_exact, prefault         no locks of its own; blocks as long as the system
 *                                            takes to give memory
 *   get_stats                                as prefix, and asks the system
 *   push_exclusive, push_n_exclusive         no atomic read-modify-write; may grow
 *   create, destroy, clear, freeze           as the system takes, and the elements destroyed
 * @endverbatim
 *
 * - **What holds up what.** A claim that is never published holds up the prefix, and
 *   nothing else. A push that gets no memory takes back its claim, for which it may have to
 *   wait until those that claimed behind it have taken back theirs, or got memory.
 * - **Near the end.** A push that fails holds its claim for a moment, and pushes beside
 *   it fail too, though each alone might have fitted: with VBUF_ERANGE next to a
 *   push_n() or claim() of more elements than are left, and with VBUF_ECOMMIT and its
 *   like next to one that asks for more memory. Where all claim one index at a time,
 *   exactly the maximum succeeds. Indices that an appender holds are taken.
 * - **Signals.** The calls that read, get_stats apart, may be made in a signal handler, whatever
 *   it interrupts but exclusive calls. System calls that a signal interrupts fail no call.
 * - **Units.** Lengths, capacities, indices and counts are elements.
 * - **Results.** VBUF_OK or a negative enum vbuf_err. A failed call consumes no
 *   index and changes nothing, but that the capacity may be larger. VBUF_EINVAL: a
 *   NULL vector, or options that make no sense; VBUF_EPERM: a change to a frozen
 *   vector. Calls that need room: VBUF_ERANGE (the maximum would be passed),
 *   VBUF_ECOMMIT, VBUF_ERLIMIT, VBUF_EMAPS (as vbuf_commit()).
 * - **Stability.** An element keeps its address until the vector is destroyed.
 *
 * This is the engine, which knows the size of an element only, and is what other
 * languages bind to. <vbuf/cvec.h> makes a typed vector of it.
 */
#ifndef VBUF_CVEC_ENGINE_H
#define VBUF_CVEC_ENGINE_H

#include <vbuf/atomic.h>
#include <vbuf/vbuf.h>

VBUF_BEGIN_DECLS

/** What stands at an index; a byte each. */
enum vbuf_cvec_state {
	VBUF_CVEC_ABSENT = 0,    /**< not claimed, or claimed and not published */
	VBUF_CVEC_PUBLISHED = 1, /**< to be read */
	VBUF_CVEC_ABANDONED = 2, /**< claimed and given up: published, and filled */
};

/** Indices that an appender claims at a time, unless told otherwise. */
#define VBUF_CVEC_BLOCK 256

/** How to make a concurrent vector; as struct vbuf_options with regard to its size. */
struct vbuf_cvec_options {
	size_t size;         /**< sizeof(struct vbuf_cvec_options) */
	size_t max;          /**< elements it can ever have; must be given */
	size_t initial;      /**< capacity to begin with; at most max */
	size_t align;        /**< of element 0: a power of two; 0: that of the type */
	size_t header_size;  /**< bytes right before element 0 that are the caller's, zero at first
	                      */
	size_t header_align; /**< of the header: a power of two that divides its size; 0 means 1 */
	size_t growth; /**< elements to grow by; 0: doubling up to a huge page, then an eighth */
	void (*destroy)(void *element, void *arg); /**< runs once for each published element, at
	                                                clear and destroy; NULL: none */
	void *destroy_arg;                         /**< passed on to it */
	const void *fill; /**< an element: what abandoned ones are filled with. Its bytes are
	                       copied; NULL: zeros. No destructor sees the copies */
	const char *name; /**< as vbuf_options.name */
	/** DEFAULT: prefer huge pages of at most 4 MiB. Where they are preferred, and max is many,
	 * elements beyond 1 MiB and states beyond 512 Ki take whole ones. */
	enum vbuf_huge huge;
	enum vbuf_fork fork; /**< as vbuf_options.fork. With DROP or WIPE a child has no vector: all
	                          it may do is forget the pointer. With INHERIT it has a copy, in
	                          which what other threads had claimed and not published holds up
	                          the prefix for good */
	bool no_dump;        /**< as vbuf_options.no_dump */
	unsigned char zero_[7]; /**< must be zero */
};

/**
 * A concurrent vector. It lies in its own reservation, before the elements. All
 * members are private; they are here for the inline calls. What is written often
 * stands on lines of its own.
 */
struct vbuf_cvec {
	unsigned char *data_;  /* element 0 */
	unsigned char *state_; /* byte i: enum vbuf_cvec_state of element i */
	size_t elem_size_;
	size_t max_;
	struct vbuf_cvec_control *control_;
	unsigned char apart0_[128 - 5 * sizeof(size_t)];
	size_t reserved_; /* indices claimed; every push writes it */
	unsigned char apart1_[128 - sizeof(size_t)];
	size_t committed_; /* elements with memory: the capacity; seldom written */
	size_t open_;      /* up to here claims need not ask for memory; 0: all must ask */
	unsigned char apart2_[128 - 2 * sizeof(size_t)];
	size_t prefix_; /* at most the true prefix; pushed on by who looks */
	unsigned char apart3_[128 - sizeof(size_t)];
};

/** What vbuf_cvec_get_stats() tells. */
struct vbuf_cvec_stats {
	size_t len;       /**< indices claimed */
	size_t prefix;    /**< elements before the first that is not published */
	size_t capacity;  /**< elements that fit before the next commit */
	size_t max;       /**< elements that can ever fit */
	size_t reserved;  /**< bytes of address space */
	size_t committed; /**< bytes of it committed */
	size_t resident;  /**< bytes of it in memory; 0 where the system does not tell */
};

/** A thread's own block of claimed indices; see vbuf_cvec_appender_init(). */
struct vbuf_cvec_appender {
	struct vbuf_cvec *v; /**< the vector */
	size_t next;         /**< the index of the next push */
	size_t end;          /**< behind the last index claimed */
	size_t block;        /**< how many are claimed at a time */
};

/**
 * Make a vector and reserve its addresses: those of options->max elements, and as
 * many bytes.
 *
 * @param ret receives the vector; NULL on failure
 *
 * Errors as vbuf_vec_init().
 */
VBUF_NODISCARD VBUF_API int vbuf_cvec_create(struct vbuf_cvec **ret, size_t elem_size,
                                             size_t elem_align,
                                             const struct vbuf_cvec_options *options);

/**
 * Run the destructor on each published element and give the memory back. Exclusive.
 * *v is then NULL; NULL is accepted, and so is a pointer to NULL. On failure the
 * elements are gone, and the vector is there, without any.
 */
VBUF_API int vbuf_cvec_destroy(struct vbuf_cvec **v);

/** @name Pushing */
/**@{*/

/**
 * Append one element by value.
 *
 * @param ret_index receives its index; may be NULL. Not written on failure
 */
VBUF_NODISCARD VBUF_API int vbuf_cvec_push(struct vbuf_cvec *v, const void *element,
                                           size_t *ret_index);

/** Append @p n elements, at neighbouring indices from *ret_index on. n 0 is legal. */
VBUF_NODISCARD VBUF_API int vbuf_cvec_push_n(struct vbuf_cvec *v, const void *elements, size_t n,
                                             size_t *ret_index);

/**
 * Claim @p n neighbouring indices, to be written in place: at vbuf_cvec_slot(), where
 * all bytes are zero. Then call vbuf_cvec_publish() or vbuf_cvec_abandon() for each;
 * until then they hold up the prefix. n 0 is VBUF_EINVAL.
 */
VBUF_NODISCARD VBUF_API int vbuf_cvec_claim(struct vbuf_cvec *v, size_t n, size_t *ret_index);

/** The address of an element claimed by the caller; also that of any published one.
 * Nothing is checked. */
VBUF_NODISCARD VBUF_API void *vbuf_cvec_slot(const struct vbuf_cvec *v, size_t i);

/** Publish @p n elements from index @p i on, which the caller claimed and wrote. */
VBUF_API void vbuf_cvec_publish(struct vbuf_cvec *v, size_t i, size_t n);

/**
 * Give up @p n indices that the caller claimed. They are filled, with the element of
 * the options or with zeros, and marked VBUF_CVEC_ABANDONED: the prefix goes on over them,
 * iteration passes them by, no destructor sees them.
 */
VBUF_API void vbuf_cvec_abandon(struct vbuf_cvec *v, size_t i, size_t n);

/** Let @p n elements in all fit. Any thread; the largest of concurrent requests wins. */
VBUF_NODISCARD VBUF_API int vbuf_cvec_reserve(struct vbuf_cvec *v, size_t n);

/** As vbuf_cvec_reserve(), with no more beyond than the page gives (and the huge page,
 * where there are huge pages). */
VBUF_NODISCARD VBUF_API int vbuf_cvec_reserve_exact(struct vbuf_cvec *v, size_t n);

/**
 * Let @p n elements in all fit and make their memory resident, so that no push of them
 * faults, or waits while another thread's does. Any thread, beside pushes too.
 *
 * The one partial failure: the capacity may be there, as by vbuf_cvec_reserve(), and
 * not all of it resident (VBUF_ECOMMIT, VBUF_ESYS).
 */
VBUF_NODISCARD VBUF_API int vbuf_cvec_prefault(struct vbuf_cvec *v, size_t n);

/** Append one element; exclusive, and without an atomic read-modify-write. */
VBUF_NODISCARD VBUF_API int vbuf_cvec_push_exclusive(struct vbuf_cvec *v, const void *element,
                                                     size_t *ret_index);

/** The same for @p n elements, at neighbouring indices from *ret_index on. n 0 is legal. */
VBUF_NODISCARD VBUF_API int vbuf_cvec_push_n_exclusive(struct vbuf_cvec *v, const void *elements,
                                                       size_t n, size_t *ret_index);

/**
 * Begin to append through a block of indices that one thread claims at once, so that
 * the shared count is touched once a block. An appender is for one thread.
 *
 * Elements pushed are published at once; the rest of the block holds up the prefix
 * until it is used, or vbuf_cvec_appender_fini() gives it back. It does so before any
 * exclusive call but those that push.
 *
 * @param block indices to claim at a time; 0 means VBUF_CVEC_BLOCK. Fewer, where there
 *              is no room for them
 */
VBUF_API int vbuf_cvec_appender_init(struct vbuf_cvec_appender *ret, struct vbuf_cvec *v,
                                     size_t block);

/** Append one element by value. */
VBUF_NODISCARD VBUF_API int vbuf_cvec_appender_push(struct vbuf_cvec_appender *a,
                                                    const void *element, size_t *ret_index);

/**
 * End: the rest of the block is given back where nobody has claimed behind it, and
 * abandoned otherwise.
 */
VBUF_API void vbuf_cvec_appender_fini(struct vbuf_cvec_appender *a);
/**@}*/

/** @name Reading */
/**@{*/

/** The address of element @p i if it is published or abandoned, else NULL. Any i. */
VBUF_NODISCARD VBUF_API void *vbuf_cvec_get(const struct vbuf_cvec *v, size_t i);

/** What stands at index @p i; any i. */
VBUF_NODISCARD VBUF_API enum vbuf_cvec_state vbuf_cvec_state(const struct vbuf_cvec *v, size_t i);

/**
 * The prefix: [0, n) of the array at vbuf_cvec_slot(v, 0) is published, without holes.
 * The work is proportional to what was published since anybody last looked.
 */
VBUF_NODISCARD VBUF_API size_t vbuf_cvec_prefix(struct vbuf_cvec *v);

/** The prefix as it was when somebody last looked; one load. */
VBUF_NODISCARD VBUF_API size_t vbuf_cvec_prefix_seen(const struct vbuf_cvec *v);

/** Indices claimed, published or not. */
VBUF_NODISCARD VBUF_API size_t vbuf_cvec_len(const struct vbuf_cvec *v);

/** The first published index from @p i on; SIZE_MAX when there is none. The typed calls
 * are fastest below vbuf_cvec_prefix_seen(). */
VBUF_NODISCARD VBUF_API size_t vbuf_cvec_next(const struct vbuf_cvec *v, size_t i);

/** The last published index before @p i; SIZE_MAX when there is none. */
VBUF_NODISCARD VBUF_API size_t vbuf_cvec_prev(const struct vbuf_cvec *v, size_t i);

/** Elements that fit before more memory is committed. */
VBUF_NODISCARD VBUF_API size_t vbuf_cvec_capacity(const struct vbuf_cvec *v);

/** Elements that can ever fit. */
VBUF_NODISCARD VBUF_API size_t vbuf_cvec_max(const struct vbuf_cvec *v);

/** The header, of the size given in the options; NULL without one. */
VBUF_NODISCARD VBUF_API void *vbuf_cvec_header(const struct vbuf_cvec *v);

/** Tell what the vector has. @p ret_size is sizeof(struct vbuf_cvec_stats). */
VBUF_NODISCARD VBUF_API int vbuf_cvec_get_stats(struct vbuf_cvec *v, struct vbuf_cvec_stats *ret,
                                                size_t ret_size);
/**@}*/

/** @name Exclusive */
/**@{*/

/**
 * Destroy all elements and begin again at index 0. Claims not published end with it.
 * Memory that is worth it goes back; the capacity stays, unless the system, having
 * taken memory back, does not give it again: then it is 0, and grows.
 *
 * On failure, other than by VBUF_EPERM, the elements are gone, and there is no room for
 * others: the vector can only be destroyed.
 */
VBUF_API int vbuf_cvec_clear(struct vbuf_cvec *v);

/**
 * Make the elements read-only for good, the header included; every change is VBUF_EPERM
 * from then on. Destructors then run on read-only elements. Claims not published can
 * still be published, and not be written or abandoned.
 *
 * Errors as vbuf_protect(); the vector is then as it was, or, where the system does not
 * even make the elements writable again, frozen all the same.
 */
VBUF_NODISCARD VBUF_API int vbuf_cvec_freeze(struct vbuf_cvec *v);
/**@}*/

VBUF_END_DECLS

#endif
