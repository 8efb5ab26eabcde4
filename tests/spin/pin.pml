/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Pins: a reader says since when it reads by plain stores, with no fence, and who removes what
 * it reads makes it pass one before he looks. May the slot be used again?
 *
 * Of the sources: vbuf_pin_(), vbuf_unpin_() in include/vbuf/reclaim.h; cover(), vbuf_covered()
 * and vbuf_pin_slowly_() in src/reclaim.c; vbuf_slotmap_get_() in slotmap_inline.h; change() in
 * src/slotmap.c; close_open(), floor_of(), heavy(), reach_of() in src/reclaim_bags.c.
 *
 * One slot, in which two elements live one after the other: the reader holds one while the
 * other has gone, or comes. One record, pinned twice, that looks as often as it likes. A bag
 * holds one element. Left out: pins within pins, records that come and go (attach.pml), bags of
 * several births, and what waits in which bag. A look finds whatever is there, so it stands for
 * one with any handle.
 *
 * holds: a pinned reader reads no slot that is used again
 * holds SYMMETRIC: a reader that pays for the fence itself reads no slot that is used again
 * holds HI_FIRST: on such a processor a scan may read hi before lo
 * fails BROKEN_PIN: a reader that does not pin reads what is used again
 * fails BROKEN_HEAVY: without the barrier a pin that is still in a store buffer is missed
 * fails BROKEN_PIN_LIGHT: a compiler that looks first, and pins then, pins too late
 * fails BROKEN_COVER: who covers a later era and does not look again may be too late
 * fails BROKEN_COVER_LIGHT: a compiler that looks again, and covers then, covers too late
 * fails BROKEN_BIRTH: a birth read after the element can be found may be too late
 * fails BROKEN_RETIRE_ERA: an era read before the element is out may be too early
 * fails BROKEN_BEYOND: a record of the bag's own era is not beyond it
 * fails SYMMETRIC BROKEN_PIN_FENCE: where there is no barrier a pin wants a fence
 * fails SYMMETRIC BROKEN_COVER_FENCE: where there is no barrier to cover wants a fence
 */

/* The slot's word: the number of the element that lives in it, or 0. The era, from 0. The
 * record's lo, the era times 2, plus 1 while pinned, and hi. */
#define CELLS 4
#define WORD 0
#define ERA 1
#define LO 2
#define HI 3

#define THREADS 3
#define BUFFER 8

#define ELEMENTS 2
#define PINS 2

#include "tso.pml"

/* Which element the slot's memory is in use for, by the contract; 0: for none. */
byte slot;

/* Look the slot up, and keep what is found, if nothing is kept. */
inline look()
{
	load(WORD, word); /* [look] */
	if
	:: word == 0
	:: else ->
		load(ERA, era);
		if
		:: era == hi
		:: else -> cover()
		fi
	fi;
	if
	:: word != 0 && kept == 0 -> kept = word
	:: else
	fi
}

inline cover()
{
	hi = era;
#ifdef BROKEN_COVER_LIGHT
	load(WORD, again);
	store(HI, hi);
#else
	store(HI, hi); /* [cover], [cover-light] */
#if defined(SYMMETRIC) && !defined(BROKEN_COVER_FENCE)
	fence();
#endif
	load(WORD, again);
#endif
#ifndef BROKEN_COVER
	if
	:: again != word -> word = 0
	:: else
	fi;
#endif
	again = 0
}

inline publish_pin()
{
#ifdef BROKEN_PIN
	skip
#else
	lo = era * 2 + 1;
	store(LO, lo); /* [pin], [pin-light] */
#if defined(SYMMETRIC) && !defined(BROKEN_PIN_FENCE)
	fence();
#endif
#endif
}

active proctype reader()
{
	byte pins, lo, hi, era, word, again, kept;

	do
	:: pins == PINS -> break
	:: pins < PINS ->
		pins++;
		load(ERA, era); /* [pin-era] */
		if
		:: lo == era * 2 /* hi is right */
		:: else ->
			hi = era;
			store(HI, hi)
		fi;
#ifdef BROKEN_PIN_LIGHT
		look();
		publish_pin();
#else
		publish_pin();
		look();
#endif
		do
		:: assert(kept == 0 || slot == kept) /* it reads what it has */
		:: look()
		:: break
		od;
		assert(kept == 0 || slot == kept);
		kept = 0;
		word = 0;
#ifndef BROKEN_PIN
		lo--;
		store(LO, lo) /* [unpin] */
#endif
	od
}

/* The element's owner: inserts it, removes it, and waits until its slot can be used again. */
active proctype owner()
{
	byte element = 1, birth, was, retired, floor, lo, hi, todo;

	do
	:: element > ELEMENTS -> break
	:: else ->
		load(ERA, birth);
		slot = element;
		store(WORD, element); /* [publish] */
#ifdef BROKEN_BIRTH
		load(ERA, birth);
#endif
#ifdef BROKEN_RETIRE_ERA
		load(ERA, retired);
#endif
		was = element;
		cas(WORD, was, 0); /* [retire] */
#ifdef BROKEN_RETIRE_ERA
		fetch_add(ERA, 1, floor);
#else
		fetch_add(ERA, 1, retired); /* [retire-era] */
#endif
		do
		:: /* by the record's era alone, with no barrier */
			load(ERA, floor);
			load(LO, lo); /* [scan-era] */
			if
#ifdef BROKEN_BEYOND
			:: retired < floor && retired <= lo / 2 -> break
#else
			:: retired < floor && retired < lo / 2 -> break
#endif
			:: else
			fi
		:: /* by what the record says after a barrier */
#if !defined(SYMMETRIC) && !defined(BROKEN_HEAVY)
			heavy(todo);
#endif
#ifdef HI_FIRST
			load(HI, hi);
			load(LO, lo);
#else
			load(LO, lo); /* [scan] */
			load(HI, hi);
#endif
			if
			:: (lo & 1) && lo / 2 <= retired && birth <= hi
			:: else -> break
			fi
		od;
		slot = 0;
		element++
	od
}

/* Whoever else closes a bag, or takes slots. */
active proctype others()
{
	byte era;

	fetch_add(ERA, 1, era)
}
