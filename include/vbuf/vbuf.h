/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/**
 * @file
 * Virtual buffers: address space taken once and given memory page by page.
 *
 * @verbatim
 *   free --reserve--> reserved --commit--> committed --first write--> resident
 *     ^                  ^                     |                         |
 *     `---unreserve------+------decommit-------+-------------------------'
 * @endverbatim
 *
 * - **reserved**: the addresses are ours, nothing stands behind them; touching
 *   them faults.
 * - **committed**: readable and writable, reads as zero until written; the
 *   system has promised the memory (the *commit charge*).
 * - **resident**: a page of memory stands behind the address.
 *
 * True of every function below, unless its own comment says otherwise:
 *
 * - **Units.** Offsets and sizes are bytes, counted from the buffer's base, and
 *   multiples of vbuf_page_size().
 * - **Results.** VBUF_OK, or a negative enum vbuf_err. A failed call changed
 *   nothing. Out-parameters have the stated value on failure too.
 * - **Misuse** never reaches the system, in any build. VBUF_EINVAL: a NULL or
 *   empty buffer, a range of size 0 or off a page boundary, an unknown enum
 *   value. VBUF_ERANGE: a range that overflows or leaves the buffer.
 * - **Errors of the system** that any call may return: VBUF_EMAPS (Linux: the change
 *   splits a mapping and the process has as many as it may have; larger or fewer ranges
 *   help), VBUF_EPERM or VBUF_ENOTSUP (a sandbox forbids the call, or hides it),
 *   VBUF_ESYS (something no contract foresees; vbuf_sys_error() has the code).
 * - **Threads.** Calls on one buffer may run at the same time when their ranges do
 *   not overlap; vbuf_commit() and vbuf_prefault() also when they do. A call on the
 *   whole buffer, or one called *exclusive*, wants no other call on that buffer.
 *   vbuf_query(), vbuf_resident() and vbuf_get_limits() may run beside anything.
 *   Buffers share nothing but the process's limits.
 * - **Progress.** No call takes a lock or allocates; all block as long as the
 *   system call behind them does.
 *
 * The buffer is owned by whoever holds its struct vbuf. The struct may be moved
 * or copied as bytes (one copy is then the owner); the memory never moves.
 */
#ifndef VBUF_VBUF_H
#define VBUF_VBUF_H

#include <vbuf/base.h>

VBUF_BEGIN_DECLS

/** Bytes a buffer's name may have, the terminating NUL included. */
#define VBUF_NAME_SIZE 32

/** Where the buffer is to lie. */
enum vbuf_place {
	VBUF_PLACE_ANY = 0, /**< wherever the system likes */
	VBUF_PLACE_HINT,    /**< at options.addr if that is free, else anywhere */
	VBUF_PLACE_EXACT,   /**< at options.addr or not at all (VBUF_EBUSY) */
	VBUF_PLACE_NEAR,    /**< each byte less than 2 GiB from options.addr, so that
	                         code there reaches it by a signed 32-bit displacement */
};

/** What to do about huge pages. */
enum vbuf_huge {
	VBUF_HUGE_DEFAULT = 0, /**< what the system does for everybody */
	VBUF_HUGE_PREFER,      /**< wherever a whole aligned huge page is committed */
	VBUF_HUGE_NEVER,       /**< small pages only */
};

/** What a child made by fork() finds. Systems without fork have no such child. */
enum vbuf_fork {
	VBUF_FORK_INHERIT = 0, /**< a copy, as of any memory */
	VBUF_FORK_DROP,        /**< nothing: in the child call vbuf_forget() and no other */
	VBUF_FORK_WIPE,        /**< the same committed pages, reading as zero */
};

/** Who answers for committed memory that is not there when it is touched. */
enum vbuf_charge {
	VBUF_CHARGE_DEFAULT = 0, /**< commit takes the charge, by the system's own rules */
	VBUF_CHARGE_NONE,        /**< commit is never refused for lack of memory; a touch
	                              may then end the process */
};

/** What may be done to a page. No page is ever writable and executable at once. */
enum vbuf_prot {
	VBUF_PROT_NONE = 0, /**< nothing; the contents stay */
	VBUF_PROT_RO,       /**< read */
	VBUF_PROT_RW,       /**< read and write */
	VBUF_PROT_RX,       /**< read and execute; needs options.exec */
};

/** What vbuf_query() found. */
enum vbuf_state {
	VBUF_STATE_RESERVED = 0, /**< no access: not committed, or VBUF_PROT_NONE on systems
	                              that cannot tell the two apart (all but Windows) */
	VBUF_STATE_NONE,         /**< committed, protected VBUF_PROT_NONE */
	VBUF_STATE_RO,           /**< committed, readable */
	VBUF_STATE_RW,           /**< committed, readable and writable */
	VBUF_STATE_RX,           /**< committed, readable and executable */
};

/** How pages are spread over the nodes of a NUMA machine. */
enum vbuf_numa {
	VBUF_NUMA_DEFAULT = 0, /**< the thread's own policy; the node set must be 0 */
	VBUF_NUMA_BIND,        /**< only on the nodes named */
	VBUF_NUMA_INTERLEAVE,  /**< page by page over the nodes named */
};

/** Options of vbuf_reserve() that a system may lack, as bits of vbuf.unmet. */
enum vbuf_unmet {
	VBUF_UNMET_HUGE = 1,    /**< options.huge */
	VBUF_UNMET_NO_DUMP = 2, /**< options.no_dump */
	VBUF_UNMET_CHARGE = 4,  /**< options.charge: commit is charged all the same */
	VBUF_UNMET_NAME = 8,    /**< options.name */
};

/**
 * How to reserve. All bytes zero means the defaults. Otherwise @c size must be
 * sizeof(struct vbuf_options); it tells a newer library which fields an older
 * program knows. A program newer than the library gets VBUF_ENOTSUP if it uses
 * a field the library has never heard of.
 */
struct vbuf_options {
	size_t size;         /**< sizeof(struct vbuf_options) */
	size_t min_size;     /**< 0: exactly what is asked. Else as much as fits, down to this */
	size_t align;        /**< of the base: a power of two; 0 means the page */
	size_t guard_before; /**< bytes before the base that fault on any access; rounded up
	                          to the system's granularity */
	size_t guard_after;  /**< the same behind the end */
	void *addr;          /**< for options.place; NULL with VBUF_PLACE_ANY */
	const char *name;    /**< shown by the system's tools; copied, cut to VBUF_NAME_SIZE - 1 */
	enum vbuf_place place;   /**< where */
	enum vbuf_huge huge;     /**< for the whole buffer; PREFER also aligns a buffer of at least
	                              one huge page to it, unless it lies at options.addr */
	enum vbuf_fork fork;     /**< for the whole buffer */
	enum vbuf_charge charge; /**< for the whole buffer */
	bool no_dump;            /**< leave the buffer out of core dumps */
	bool exec;               /**< allow VBUF_PROT_RX */
	unsigned char zero_[6];  /**< must be zero */
};

/**
 * A buffer. All bytes zero is the empty buffer: it holds nothing, every call
 * on a range of it is VBUF_EINVAL, and vbuf_unreserve() accepts it.
 *
 * Read @c base, @c size and @c unmet; write nothing. The layout is part of the
 * binary interface.
 */
struct vbuf {
	unsigned char *base; /**< first byte; NULL when size is 0 */
	size_t size;         /**< bytes reserved; fixed until vbuf_unreserve() */
	uint32_t unmet;      /**< enum vbuf_unmet: options asked for that the system lacks */
	/* private: what the buffer is to the system, and the options it keeps */
	uint32_t attrs_;
	void *map_;
	size_t map_size_;
	uint64_t numa_nodes_;
	uint32_t failed_;
	uint32_t mended_;
	char name_[VBUF_NAME_SIZE];
	void *owner_;
	void *spare_;
};

/** What vbuf_query() tells. */
struct vbuf_run {
	size_t size;           /**< bytes from the offset asked about that are in this state */
	enum vbuf_state state; /**< of all of them */
};

/** A limit that is not there. */
#define VBUF_UNLIMITED UINT64_MAX

/** What the system allows, for vbuf_get_limits(). Bytes, unless said otherwise. */
struct vbuf_limits {
	size_t page_size;      /**< of a small page */
	size_t granularity;    /**< of the address of a reservation */
	size_t huge_page_size; /**< of a transparent huge page; 0: there are none */
	uint32_t address_bits; /**< of a user address; where the system does not tell, those
	                            of the highest that is known */
	int32_t overcommit;    /**< Linux vm.overcommit_memory 0, 1, 2; 2 on systems that never
	                            overcommit (Windows); -1: unknown */
	uint64_t address_space_limit; /**< RLIMIT_AS */
	uint64_t data_limit;          /**< RLIMIT_DATA */
	uint64_t locked_limit;        /**< RLIMIT_MEMLOCK */
	uint64_t memory_limit;        /**< of the memory cgroup, the smallest up to the root */
	uint64_t maps;                /**< mappings the process has now; 0: unknown */
	uint64_t maps_limit;          /**< mappings it may have */
	uint64_t commit_headroom;     /**< bytes that can be committed yet, where the system
	                                   keeps count (Windows, Linux mode 2; there a
	                                   reservation makes it less, by a 32nd of its
	                                   size up to vm.user_reserve_kbytes) */
};

/** The size of a page, a power of two. Never fails; cached after the first call. */
VBUF_NODISCARD VBUF_API size_t vbuf_page_size(void);

/** The size of a transparent huge page; 0 where there are none. Cached likewise. */
VBUF_NODISCARD VBUF_API size_t vbuf_huge_page_size(void);

/**
 * Round @p n up to a multiple of @p align, a power of two.
 *
 * @return the multiple; SIZE_MAX when it does not fit in a size_t or @p align is
 *         no power of two. As it is no multiple of a page, every call of this
 *         library refuses SIZE_MAX.
 */
VBUF_NODISCARD VBUF_API size_t vbuf_align_up(size_t n, size_t align);

/** Round @p n down to a multiple of @p align; SIZE_MAX when that is no power of two. */
VBUF_NODISCARD VBUF_API size_t vbuf_align_down(size_t n, size_t align);

/**
 * Reserve @p size bytes of address space. Nothing is committed.
 *
 * @param ret     receives the buffer; the empty buffer on failure. What it held
 *                before is overwritten, not released.
 * @param size    0 is legal and yields the empty buffer
 * @param options NULL means the defaults
 *
 * With options.min_size, and where @p size does not fit, each try is an eighth smaller
 * than the last, and the last is min_size itself. Where it was the process that ran
 * out of addresses, what is reserved in the end is an eighth less again than the first
 * that fits: the rest of the program needs some too. Such a search, and VBUF_PLACE_NEAR
 * in a crowded neighbourhood, may take tens of milliseconds.
 *
 * An option that only advises (huge, no_dump, charge, name) and that the system
 * lacks sets its bit in ret->unmet. Any other that it lacks is VBUF_ENOTSUP.
 *
 * VBUF_EINVAL   a size or guard off a page boundary; min_size above size; an
 *               alignment that is no power of two; an address that does not fit
 *               the place, the alignment or the system's granularity
 * VBUF_ERANGE   size, guards and alignment together overflow
 * VBUF_ENOADDR  no free run of addresses is long enough
 * VBUF_ERLIMIT  RLIMIT_AS
 * VBUF_ELOCKED  RLIMIT_MEMLOCK, after mlockall(MCL_FUTURE)
 * VBUF_EMAPS    the process has as many mappings as it may have
 * VBUF_EBUSY    VBUF_PLACE_EXACT: something else is there
 * VBUF_EPERM    VBUF_PLACE_EXACT: the system keeps those addresses for itself
 *               (VBUF_ENOADDR where no program can have them; systems that have no
 *               call for it say VBUF_EBUSY of all that they did not give)
 * VBUF_ENOTSUP  the fork behaviour is unknown to this system
 */
VBUF_NODISCARD VBUF_API int vbuf_reserve(struct vbuf *ret, size_t size,
                                         const struct vbuf_options *options);

/**
 * Give the whole buffer back, whatever state its pages are in. Exclusive.
 *
 * @p v becomes the empty buffer; on failure it stays as it was. Accepts NULL and
 * the empty buffer.
 */
VBUF_API int vbuf_unreserve(struct vbuf *v);

/**
 * Make @p v the empty buffer without a word to the system. For the child of a
 * fork() that dropped the buffer (VBUF_FORK_DROP): there the addresses may
 * belong to somebody else by now. Anywhere else it leaks the buffer.
 */
VBUF_API void vbuf_forget(struct vbuf *v);

/**
 * Make a range readable and writable. New pages read as zero; pages committed
 * already keep their bytes, so nobody need track which are.
 *
 * On these errors some pages of the range may be committed now; calling again
 * is safe, and so is vbuf_decommit():
 *
 * VBUF_ECOMMIT  the system will not promise the memory
 * VBUF_ERLIMIT  RLIMIT_DATA
 * VBUF_ELOCKED  RLIMIT_MEMLOCK, after mlockall()
 * VBUF_EPERM    the buffer is frozen
 */
VBUF_NODISCARD VBUF_API int vbuf_commit(struct vbuf *v, size_t offset, size_t size);

/**
 * Return a range to the reserved state: its contents, its memory and its commit
 * charge are gone, and touching it faults. Committed again it reads as zero.
 * Legal on pages that are not committed. Locks and huge-page advice given to the
 * range are gone too. The options of the reservation stay; but huge, name and a NUMA
 * policy are advice, and where the system does not take them again the range goes
 * without.
 *
 * VBUF_ELOCKED  RLIMIT_MEMLOCK, after mlockall(MCL_FUTURE)
 * VBUF_EPERM    the buffer is frozen
 *
 * The one partial failure: where the buffer was reserved with no_dump or a fork
 * behaviour, the system may take the range back and then fail to apply them anew
 * (VBUF_ESYS). The range is decommitted all the same, and the next vbuf_commit() of
 * any range tries again, and fails rather than hand out pages without.
 */
VBUF_API int vbuf_decommit(struct vbuf *v, size_t offset, size_t size);

/**
 * Make every page of a committed range resident and private to the process, as
 * a write to each would, so that no later access faults. The bytes stay, also
 * those that other threads write meanwhile.
 *
 * @param ret_done receives the bytes, from @p offset on, that are done: @p size
 *                 on success. May be NULL. 0 on misuse.
 *
 * VBUF_EACCES   the page at offset + *ret_done is not committed and writable. (A system
 *               that does not tell the state of pages, see vbuf_query(), cannot tell
 *               this either, unless it is Linux: the call then faults as a write would.)
 * VBUF_ECOMMIT  the system has no memory left
 * VBUF_EPERM    the buffer is frozen
 *
 * On failure later pages may be resident, too.
 *
 * Under a memory cgroup the system does not refuse: it ends a process that goes
 * beyond the limit. Ask vbuf_get_limits() before.
 */
VBUF_NODISCARD VBUF_API int vbuf_prefault(struct vbuf *v, size_t offset, size_t size,
                                          size_t *ret_done);

/**
 * Set what may be done to a range. The bytes stay. Pages not committed are
 * committed by it, unless @p prot is VBUF_PROT_NONE; the charge may be taken
 * when they first become writable. vbuf_commit() sets VBUF_PROT_RW again.
 *
 * On failure some pages of the range may have the new protection.
 *
 * VBUF_ECOMMIT, VBUF_ERLIMIT  as vbuf_commit()
 * VBUF_EPERM    the buffer is frozen; or VBUF_PROT_RX and the buffer was reserved
 *               without options.exec, or the system forbids it
 *
 * After writing code, and before running it, the caller flushes the instruction
 * cache where the processor needs that.
 */
VBUF_NODISCARD VBUF_API int vbuf_protect(struct vbuf *v, size_t offset, size_t size,
                                         enum vbuf_prot prot);

/**
 * Make a range read-only, and refuse from then on every call that would change any
 * page of the buffer, with VBUF_EPERM: commit, decommit, prefault, protect,
 * freeze, purge, discard. Pages outside the range keep the protection they have, so
 * name all that is to be safe. Only vbuf_unreserve() ends it. Exclusive.
 *
 * Errors as vbuf_protect(); the buffer is then not frozen.
 */
VBUF_NODISCARD VBUF_API int vbuf_freeze(struct vbuf *v, size_t offset, size_t size);

/**
 * Throw away the contents of a range: its memory goes back at once, committed
 * pages stay accessible and read as zero. The commit charge stays. No other
 * thread may access the range meanwhile: only Linux empties pages in place, and
 * elsewhere they are away for a moment. On failure part of the range may be purged.
 *
 * VBUF_EBUSY    pages of the range are locked, and the system cannot purge those
 * VBUF_EPERM    the buffer is frozen
 * VBUF_ECOMMIT  (not on Linux) the memory was taken back and could not be committed
 *               anew: part of the range is only reserved
 *
 * Where pages are neither emptied in place nor kept by Windows, locks of the range are
 * gone afterwards, and the failures of vbuf_decommit() and vbuf_commit() are possible.
 * If such a system does not tell the state of pages either, see vbuf_query(), the range
 * must be committed and writable: what was not is so afterwards.
 */
VBUF_NODISCARD VBUF_API int vbuf_purge(struct vbuf *v, size_t offset, size_t size);

/**
 * Tell the system that the contents of a committed range are of no interest: it
 * may take the memory back when it needs it. Cheap. What a byte reads as is undefined
 * until it is written, and may change. Safe beside readers; a byte written after the
 * call stays. On failure part of the range may be discarded.
 *
 * VBUF_EBUSY    pages of the range are locked (where the system can tell)
 * VBUF_EACCES   pages of the range are not committed (where the system can tell)
 * VBUF_EPERM    the buffer is frozen
 */
VBUF_NODISCARD VBUF_API int vbuf_discard(struct vbuf *v, size_t offset, size_t size);

/**
 * Tell the state of the page at @p offset, and how far from there it reaches.
 * A snapshot: other threads may change it at once. For diagnosis and tests, as
 * it may cost many microseconds.
 *
 * @param ret receives the run, cut at the end of the buffer; {0, RESERVED} on
 *            failure
 *
 * VBUF_ENOTSUP  the system does not tell: Linux without /proc, or a descriptor to read it; what is
 * neither Linux, Windows, macOS, FreeBSD, NetBSD nor OpenBSD
 */
VBUF_NODISCARD VBUF_API int vbuf_query(const struct vbuf *v, size_t offset, struct vbuf_run *ret);

/**
 * Count the bytes of a range that have memory behind them. A page that was only
 * ever read may count too: it stands on a page of zeros that all share. One that
 * is protected VBUF_PROT_NONE does not count on Windows, which cannot tell. Takes time
 * in proportion to the range: some 0.2 s per TiB even where it is empty.
 *
 * @param ret receives the bytes; 0 on failure
 *
 * VBUF_ENOTSUP  the system does not tell (OpenBSD)
 */
VBUF_NODISCARD VBUF_API int vbuf_resident(const struct vbuf *v, size_t offset, size_t size,
                                          size_t *ret);

/**
 * Set the huge-page policy of a range, until it is decommitted. On failure part of
 * the range may have it.
 *
 * VBUF_ENOTSUP  the system has no transparent huge pages, or does not take advice;
 *               VBUF_HUGE_DEFAULT: the system cannot take advice back
 */
VBUF_NODISCARD VBUF_API int vbuf_advise_huge(struct vbuf *v, size_t offset, size_t size,
                                             enum vbuf_huge huge);

/**
 * Gather the small pages of a range into huge pages, now: each whole aligned huge page
 * inside it that has a page resident, and is committed, with one protection, from end to end;
 * others are passed by. The bytes stay; accesses meanwhile may wait. On
 * failure part of the range may be gathered.
 *
 * VBUF_EINVAL   the range holds no whole aligned huge page
 * VBUF_ECOMMIT  no huge page is free
 * VBUF_EBUSY    pages are pinned or in motion; a later call may do
 * VBUF_EPERM    huge pages are forbidden for some of it (VBUF_HUGE_NEVER)
 * VBUF_ENOTSUP  the system cannot
 */
VBUF_NODISCARD VBUF_API int vbuf_collapse(struct vbuf *v, size_t offset, size_t size);

/**
 * Keep a committed range in memory: it becomes resident, and is never paged out
 * until unlocked, decommitted or unreserved. Not inherited by a forked child.
 *
 * VBUF_ELOCKED  RLIMIT_MEMLOCK, or on Windows the working-set minimum
 * VBUF_EPERM    the process may not lock memory at all
 * VBUF_EACCES   a page of the range is not committed (VBUF_ELOCKED where the system
 *               does not tell); pages may be locked now
 * VBUF_ECOMMIT  the system has no memory left; pages may be locked now
 */
VBUF_NODISCARD VBUF_API int vbuf_lock(struct vbuf *v, size_t offset, size_t size);

/** Undo vbuf_lock(). Locks do not nest. Legal on pages that are not locked. On failure
 * part of the range may be unlocked. */
VBUF_API int vbuf_unlock(struct vbuf *v, size_t offset, size_t size);

/**
 * Say on which NUMA nodes the buffer's future pages lie; pages resident already
 * stay where they are. Holds for the whole buffer until the next call. Exclusive.
 *
 * @param nodes bit n stands for node n
 *
 * On failure part of the buffer may have the new policy.
 *
 * VBUF_EINVAL   an empty set, or none of its nodes is the machine's
 * VBUF_ENOTSUP  the system has no such policy
 */
VBUF_NODISCARD VBUF_API int vbuf_numa(struct vbuf *v, enum vbuf_numa policy, uint64_t nodes);

/**
 * Report what the system allows this process, as of now.
 *
 * @param ret      receives the report; limits that cannot be found out are
 *                 VBUF_UNLIMITED
 * @param ret_size sizeof(struct vbuf_limits)
 *
 * Costs many microseconds: it reads several files.
 */
VBUF_NODISCARD VBUF_API int vbuf_get_limits(struct vbuf_limits *ret, size_t ret_size);

VBUF_END_DECLS

#endif
