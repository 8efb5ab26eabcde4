/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The inside of a reclamation domain, for the containers that use one. A domain lies in
 * its own reservation: the struct, and behind it a seat for each record.
 */
#ifndef VBUF_SRC_RECLAIM_H
#define VBUF_SRC_RECLAIM_H

#include <vbuf/reclaim.h>
#include <vbuf/vbuf.h>

#include "sync.h"

/* Objects are retired into the open bag of their owner, a bag is closed when it is
 * full, and it is bags that wait. Tests make it smaller. */
#ifndef VBUF_BAG_SIZE
#define VBUF_BAG_SIZE 64
#endif

/*
 * A list of retired objects; what an id is, and where the link to the next one is, the
 * owner knows. All are of the era, or before.
 */
struct vbuf_bag {
	uint64_t head;
	uint64_t tail; /* its link means nothing: the count tells the end */
	uint64_t era;
	size_t count;
};

/*
 * The bags of one owner: one being filled, two that wait for the readers of their time
 * to go on, and what a pinned reader holds up. Two wait, so that the older one's era
 * stays what it is while more comes.
 */
struct vbuf_bags {
	struct vbuf_bag open, young, old, held;
	uint64_t held_reach; /* held are those born no later */
	size_t closed;       /* objects in all bags but the open one */
	size_t pass_at;      /* the total that makes a heavy barrier worth it */
	bool busy;           /* somebody further down the stack reclaims */
};

/* What bags need to know of their objects. */
struct vbuf_bags_kind {
	uint64_t (*next)(void *owner, uint64_t id);
	void (*link)(void *owner, uint64_t id, uint64_t next);
	uint64_t (*birth)(void *owner, uint64_t id);
	/* Use up to max objects again; the bag has what is left. May retire others. */
	void (*release)(void *owner, struct vbuf_bag *bag, size_t max);
	size_t pass_least; /* objects that make a heavy barrier worth it */
};

enum { VBUF_SEAT_FREE = 0, VBUF_SEAT_ATTACHED, VBUF_SEAT_ADOPTED };

/* A record, and what is its owner's alone. */
struct vbuf_seat {
	struct vbuf_record record;
	uint32_t state;        /* of the enum above */
	bool self;             /* attached by vbuf_domain_self() */
	struct vbuf_bags bags; /* of vbuf_retire() */
	unsigned char apart_[384 - sizeof(struct vbuf_record) - 8 - sizeof(struct vbuf_bags)];
};

/* A container that uses the domain. */
struct vbuf_domain_user {
	struct vbuf_domain_user *next;
	/* In the child of a fork: what is kept for that record may be half done. Returns how
	 * many objects in closed bags are nobody's now. */
	size_t (*lost)(struct vbuf_domain_user *user, uint32_t index);
};

struct vbuf_domain {
	vbuf_atomic_u64_ era;
	unsigned char apart0_[128 - 8];
	size_t garbage; /* counted only where there is a limit */
	unsigned char apart1_[128 - sizeof(size_t)];
	struct vbuf_seat *seats; /* [0] is nobody's: where containers keep what is exclusive */
	uint32_t used;           /* seats that are attached, or have been */
	uint32_t threads;        /* seats in all, without [0] */
	size_t garbage_max;
	bool symmetric;
	uint32_t lock; /* of the users */
	struct vbuf_domain_user *users;
	uintptr_t self_key; /* plus one; 0: none yet */
	size_t heavy, heavy_failed;
	struct vbuf buf;
};

/* Add a container, or take it out. */
void vbuf_domain_join(struct vbuf_domain *d, struct vbuf_domain_user *user);
void vbuf_domain_leave(struct vbuf_domain *d, struct vbuf_domain_user *user);

/* Whether nobody is attached, so that it could be destroyed. */
bool vbuf_domain_idle(const struct vbuf_domain *d);

/* Whether more is retired and not reclaimed than the limit allows. */
bool vbuf_domain_full(const struct vbuf_domain *d);

/*
 * Take over a seat that nobody is attached to, so that its bags and slots can be put
 * to use; false if somebody is. While it is adopted nobody can attach to it.
 */
bool vbuf_domain_adopt(struct vbuf_domain *d, uint32_t index);
void vbuf_domain_give_up(struct vbuf_domain *d, uint32_t index);

/* An object joins the open bag; its link was written, to bags->open.head. True: the bag
 * is full, and to be closed. */
static inline bool
vbuf_bags_add(struct vbuf_bags *b, uint64_t id)
{
	size_t count = b->open.count;

	vbuf_plain_write_(&b->open.head, sizeof b->open.head);
	if (count == 0)
		b->open.tail = id;
	b->open.head = id;
	vbuf_store_relaxed_(&b->open.count, count + 1);
	return count + 1 >= VBUF_BAG_SIZE;
}

/* Objects that wait; any thread may ask. */
static inline size_t
vbuf_bags_total(const struct vbuf_bags *b)
{
	return vbuf_load_relaxed_(&b->closed) + vbuf_load_relaxed_(&b->open.count);
}

/*
 * Close the open bag and reclaim what nobody can have any more. self is the caller's
 * own record, whose pin is known without a barrier; NULL: he has none.
 */
void vbuf_bags_close(struct vbuf_bags *b, const struct vbuf_bags_kind *kind, void *owner,
                     struct vbuf_domain *d, const struct vbuf_record *self);

/* Reclaim with a heavy barrier, whatever there is: at most max. Returns how many. */
size_t vbuf_bags_reclaim(struct vbuf_bags *b, const struct vbuf_bags_kind *kind, void *owner,
                         struct vbuf_domain *d, const struct vbuf_record *self, size_t max);

/* Reclaim all: there are no readers. */
void vbuf_bags_drain(struct vbuf_bags *b, const struct vbuf_bags_kind *kind, void *owner,
                     struct vbuf_domain *d);

#endif
