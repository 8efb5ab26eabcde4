/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Records that come while somebody scans: who is missed by the scan must have come so late that
 * it finds nothing of what is reclaimed.
 *
 * Of the sources: take_seat(), raise_used(), find_seat(), attach(), leave_seat() in
 * src/reclaim.c; close_open(), floor_of(), reach_of() in src/reclaim_bags.c; vbuf_pin_(),
 * vbuf_unpin_() in include/vbuf/reclaim.h.
 *
 * Two seats and two threads, each of which attaches in a seat that is free, be it one that the
 * other has left, pins once, and detaches. One slot, whose element is there at first, and goes:
 * so hi and births play no part, which pin.pml has. Left out: seats that are adopted.
 *
 * holds: who attaches beside a scan reads no slot that is used again
 * holds SYMMETRIC: who attaches beside a scan in a symmetric domain reads none either
 * holds ATTACH_ERA_FIRST: on such a processor attach may read its era first, as a pin reads it anew
 * fails BROKEN_STATE: a seat that is taken by a store which nobody sees yet is missed
 * fails BROKEN_USED: a seat is missed if the count is raised by a store which nobody sees yet
 * fails BROKEN_USED_LATE: a seat is missed if it is pinned before the count is raised
 * fails BROKEN_FLOOR: a scan that does not begin with the era speaks of what is retired later, too
 * fails BROKEN_HEAVY: without the barrier a pin in a seat that is known is missed
 */

/* The slot's word: 0 while the element is there, then 1. The era, from 0; how many seats are in
 * use. Then the seats: the state, 1 when attached, and lo, as in pin.pml. */
#define CELLS 7
#define WORD 0
#define ERA 1
#define USED 2
#define STATE(seat) (1 + 2 * (seat))
#define LO(seat) (2 + 2 * (seat))

#define THREADS 3
#define BUFFER 5

#include "tso.pml"

bool used_again; /* the slot's memory */

/* In a seat that nobody has. */
inline attach()
{
#ifdef BROKEN_STATE
	seat = ME + 1;
	store(STATE(seat), 1);
#else
	do
	:: was = 0;
		cas(STATE(seat), was, 1); /* [attach] */
		if
		:: was == 0 -> break
		:: else -> seat = 3 - seat
		fi
	od;
#endif
#ifndef BROKEN_USED_LATE
	raise_used();
#endif
#ifndef ATTACH_ERA_FIRST
	load(ERA, era); /* [attach-era] */
#endif
	lo = era * 2;
	store(LO(seat), lo)
}

inline raise_used()
{
	load(USED, used); /* [attach-used] */
	do
	:: used >= seat -> break
	:: else ->
#ifdef BROKEN_USED
		store(USED, seat);
		break
#else
		was = used;
		cas(USED, was, seat); /* [attach-used] */
		if
		:: was == used -> break
		:: else -> used = was
		fi
#endif
	od;
	used = 0;
	was = 0
}

inline pin_and_look()
{
	load(ERA, era); /* [pin-era] */
	lo = era * 2 + 1;
	store(LO(seat), lo); /* [pin], [pin-light] */
#ifdef SYMMETRIC
	fence();
#endif
	load(WORD, gone); /* [look] */
#ifdef BROKEN_USED_LATE
	raise_used();
#endif
	assert(gone || !used_again); /* it reads what it found */
	assert(gone || !used_again);
	gone = 0;
	store(LO(seat), lo - 1) /* [unpin] */
}

active [2] proctype reader()
{
	byte seat = 1, was, used, era, lo, gone;

#ifdef ATTACH_ERA_FIRST
	load(ERA, era);
#endif
	attach();
	pin_and_look();
	store(STATE(seat), 0) /* [detach] */
}

/* What is retired before this era nobody can have; known without a barrier. */
inline floor_of()
{
#ifdef BROKEN_FLOOR
	floor = 255;
#else
	load(ERA, floor);
#endif
	load(USED, used); /* [scan-used] */
	seat = 1;
	do
	:: seat > used -> break
	:: else ->
		load(STATE(seat), state); /* [scan-state] */
		if
		:: state ->
			load(LO(seat), lo); /* [scan-era] */
			if
			:: lo / 2 < floor -> floor = lo / 2
			:: else
			fi
		:: else
		fi;
		seat++
	od;
	seat = 0;
	used = 0;
	state = 0;
	lo = 0
}

/* Whether a pinned reader may have it; after a barrier. */
inline reach_of()
{
	held = false;
	load(USED, used); /* [scan-used] */
	seat = 1;
	do
	:: seat > used -> break
	:: else ->
		load(STATE(seat), state); /* [scan-state] */
		if
		:: state ->
			load(LO(seat), lo); /* [scan] */
			held = held || ((lo & 1) && lo / 2 <= retired)
		:: else
		fi;
		seat++
	od;
	seat = 0;
	used = 0;
	state = 0;
	lo = 0
}

inline retire()
{
	was = 0;
	cas(WORD, was, 1); /* [retire] */
	fetch_add(ERA, 1, retired) /* [retire-era] */
}

/* The element's owner removes it, and waits until its slot can be used again. */
active proctype owner()
{
	byte was, retired, floor, used, seat, state, lo, todo;
	bool held;

	/* A scan may have destructors run, which retire more: then the scan came first. */
	if
	:: floor_of();
		retire()
	:: retire();
		floor_of()
	fi;
	do
	:: retired < floor -> break
	:: else ->
		if
		:: floor_of()
		::
#if !defined(SYMMETRIC) && !defined(BROKEN_HEAVY)
			heavy(todo);
#endif
			reach_of();
			if
			:: held
			:: else -> break
			fi
		fi
	od;
	used_again = true
}
