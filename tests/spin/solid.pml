/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Solid blocks: somebody notes that a block has nothing but elements, and a reader that trusts
 * the note reads them with no look at their words, while elements go and others come.
 *
 * Of the sources: src/slotmap_solid.h; solid(), solid_run() in src/slotmap_iter.c; change() in
 * src/slotmap.c; pins and scans as in pin.pml.
 *
 * A block of two slots, one of them free. One thread fills it, removes one of the two, and fills
 * it again. Two note, once each; the reader, who in the sources notes too, only looks: so a note
 * may come at any time, by whomever. It tries twice in one pin. Left out: runs of several blocks;
 * that a note may say more, that handles are in a row, which holds as long as the note;
 * what a reader does that was told nothing, which is to look at each word.
 *
 * holds: a block that a reader takes for solid is, and stays so while it is pinned
 * fails BROKEN_VERSION: without a version who looked before an element went notes it after another
 * fails BROKEN_BEGIN: who looks and only then says so misses what went between
 * fails BROKEN_OPEN: who removes is to open the block
 * fails BROKEN_OPEN_FIRST: who opens the block first and removes then is too early
 * fails BROKEN_COVER: a solid block may have elements that the pin does not cover
 * fails BROKEN_HEAVY: a note is trusted in a pin that nobody sees yet
 */

/* The words: the number of the element in the slot, or 0. The block's state: a version times 4,
 * and what is known. The era, from 0; the record's lo and hi, as in pin.pml. */
#define CELLS 6
#define WORD(slot) (slot)
#define STATE 2
#define ERA 3
#define LO 4
#define HI 5

#define LOOKED_AT 1
#define SOLID 2
#define BITS 3

#define THREADS 4
#define BUFFER 4

#include "tso.pml"

/* Which element each slot's memory is in use for, by the contract; 0: for none. */
byte slot[2];
bool ready;

/* Whether both words have an element. */
inline look(ret)
{
	load(WORD(0), word);
	if
	:: word == 0 -> ret = false
	:: else ->
		load(WORD(1), word);
		ret = word != 0
	fi;
	word = 0
}

active proctype reader()
{
	byte tries, hi, era, known, word, kept[2];
	bool sure;

	ready;
	load(ERA, hi); /* [pin-era] */
	store(HI, hi);
	store(LO, hi * 2 + 1); /* [pin], [pin-light] */
	do
	:: tries == 2 || sure -> break
	:: else ->
		tries++;
		load(STATE, known); /* [solid] */
		if
		:: (known & BITS) == SOLID -> sure = true
		:: else -> look(sure) /* [look] */
		fi;
		known = 0;
#ifndef BROKEN_COVER
		load(ERA, era);
		if
		:: era == hi
		:: else -> /* this covers the next try */
			hi = era;
			store(HI, hi); /* [cover], [cover-light] */
			sure = false
		fi;
		era = 0
#endif
	od;
	hi = 0;
	tries = 0;
	if
	:: sure ->
		atomic {
			kept[0] = slot[0];
			kept[1] = slot[1];
			assert(kept[0] && kept[1])
		}
		assert(slot[0] == kept[0] && slot[1] == kept[1]) /* it reads both */
	:: else
	fi
}

active [2] proctype noter()
{
	byte known, mine, word;
	bool live;

	ready;
	load(STATE, known);
	if
	:: known & BITS
	:: else ->
#ifdef BROKEN_BEGIN
		look(live);
#endif
		mine = known;
		cas(STATE, mine, known | LOOKED_AT); /* [begin] */
		if
		:: mine != known
		:: else ->
#ifndef BROKEN_BEGIN
			look(live); /* [look] */
#endif
			mine = known | LOOKED_AT;
			if
			:: live -> cas(STATE, mine, known | SOLID) /* [found] */
			:: else -> cas(STATE, mine, (known | BITS) + 1)
			fi
		fi
	fi;
	known = 0; /* here and below: states that differ in nothing that matters are one */
	mine = 0;
	live = false
}

inline insert(where)
{
	number++;
	load(ERA, birth[where]);
	slot[where] = number;
	store(WORD(where), number) /* [publish] */
}

inline open()
{
	load(STATE, known); /* [broken] */
	do
	:: (known & BITS) == 0 -> break
	:: else ->
		was = known;
#ifdef BROKEN_VERSION
		cas(STATE, was, known & ~BITS);
#else
		cas(STATE, was, (known | BITS) + 1); /* [open] */
#endif
		if
		:: was == known -> break
		:: else -> known = was
		fi
	od;
	known = 0;
	was = 0
}

/* An element goes, and its slot can be used again when the scan says so. */
inline remove(where)
{
#ifdef BROKEN_OPEN_FIRST
	open();
#endif
	was = slot[where];
	cas(WORD(where), was, 0); /* [retire] */
#if !defined(BROKEN_OPEN) && !defined(BROKEN_OPEN_FIRST)
	open();
#endif
	was = 0;
	fetch_add(ERA, 1, retired); /* [retire-era] */
	do
	:: load(ERA, floor);
		load(LO, lo); /* [scan-era] */
		if
		:: retired < floor && retired < lo / 2 -> break
		:: else
		fi;
		floor = 0;
		lo = 0
	::
#ifndef BROKEN_HEAVY
		heavy(todo);
#endif
		load(LO, lo); /* [scan] */
		load(HI, hi);
		if
		:: (lo & 1) && lo / 2 <= retired && birth[where] <= hi
		:: else -> break
		fi;
		lo = 0;
		hi = 0
	od;
	floor = 0;
	lo = 0;
	hi = 0;
	retired = 0;
	slot[where] = 0
}

active proctype owner()
{
	byte number = 1, birth[2], where, was, known, retired, floor, lo, hi, todo;

	atomic { /* slot 0 has an element, slot 1 has never had one */
		slot[0] = number;
		memory[WORD(0)] = number;
		ready = true
	}
	fetch_add(ERA, 1, was); /* as who takes slots does */
	was = 0;
	insert(1);
	if
	:: where = 0
	:: where = 1
	fi;
	remove(where);
	insert(where)
}
