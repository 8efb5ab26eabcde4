/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The free slots of a map: words of bits, and over them a tree of bits that say which words have
 * any. None of it is changed together with the rest. Does the tree lead to every free slot?
 *
 * Of the sources: src/slotmap_free.c, mark(), unmark(), vbuf_slotmap_set_free(), take_word(),
 * vbuf_slotmap_take_free().
 *
 * Words of two bits in three levels: two words of slots, a word above each, one at the top.
 * Three threads have one slot each, two of them of the same word. Each lets its slots be free,
 * takes what it finds, and lets that be free, too. All that is stored is so by locked
 * instructions: store buffers have nothing to do here, the order of steps has. Left out: words
 * that are full, which are counted for purges, and words that are taken without the tree.
 *
 * holds: the tree leads to every free slot once all are done
 * fails BROKEN_NO_LOOK: who clears a bit and does not look again loses what came between
 * fails BROKEN_LOOK_FIRST: who looks again before the bit is cleared loses what comes then
 * fails BROKEN_MARK_FIRST: who sets the bit first and frees the slots then loses them
 */

/* Level 0, words 0 and 2; level 1, words 0 and 1; level 2, word 0. */
#define CELLS 6
#define CELL(level, word) (3 * ((level) > 0) + 2 * ((level) > 1) + (word))
#define LEVELS 3

#define THREADS 3
#define BUFFER 1

#include "tso.pml"

byte done;

inline mark(first_level, first_word)
{
	up = first_level;
	at = first_word;
	do
	:: up == LEVELS -> break
	:: else ->
		fetch_or(CELL(up, at / 2), 1 << at % 2, before); /* [mark] */
		if
		:: before != 0 -> break
		:: else
		fi;
		up++;
		at = at / 2
	od;
	up = 0;
	at = 0;
	before = 0
}

/* The word of the level below was seen empty. */
inline unmark(first_level, first_word)
{
	level = first_level;
	word = first_word;
	do
	:: level == LEVELS -> break
	:: else ->
#ifdef BROKEN_LOOK_FIRST
		load(CELL(level - 1, word), below);
#endif
		fetch_and(CELL(level, word / 2), ~(1 << word % 2), left); /* [unmark] */
		left = left & ~(1 << word % 2);
#if !defined(BROKEN_NO_LOOK) && !defined(BROKEN_LOOK_FIRST)
		load(CELL(level - 1, word), below);
#endif
		if
		:: below != 0 ->
			mark(level, word);
			break
		:: else
		fi;
		if
		:: left != 0 -> break
		:: else
		fi;
		level++;
		word = word / 2
	od;
	level = 0;
	word = 0;
	left = 0;
	below = 0
}

/* Let those in hand be free. */
inline set_free()
{
#ifdef BROKEN_MARK_FIRST
	mark(1, mine);
	fetch_or(CELL(0, mine), bits, before);
	before = 0;
#else
	fetch_or(CELL(0, mine), bits, before); /* [free] */
	if
	:: before == 0 -> mark(1, mine)
	:: else -> before = 0
	fi;
#endif
	bits = 0;
	mine = 0
}

/* The slots of the lowest word there is, in hand; none, where the top says so. */
inline take_free()
{
	do
	:: bits != 0 -> break
	:: else ->
		mine = 0;
		down = LEVELS - 1;
		do
		:: load(CELL(down, mine), bits);
			if
			:: bits == 0 || down == 0 -> break
			:: else ->
				mine = mine * 2 + 1 - (bits & 1); /* the lower one */
				down--
			fi
		od;
		if
		:: bits == 0 && down == LEVELS - 1 -> break
		:: bits == 0 && down != LEVELS - 1 -> unmark(down + 1, mine)
		:: bits != 0 ->
			exchange(CELL(0, mine), 0, bits); /* [take] */
			unmark(1, mine)
		fi
	od;
	down = 0
}

active [THREADS] proctype user()
{
	byte bits = 1, mine, down, level, word, left, below, up, at, before;

	/* Slots 0 and 1 of word 0, slot 0 of word 2. */
	if
	:: ME == 0
	:: ME == 1 -> bits = 2
	:: ME == 2 -> mine = 2
	fi;
	set_free();
	take_free();
	if
	:: bits != 0 -> set_free()
	:: else
	fi;
	done++
}

active proctype end_of_all()
{
	done == THREADS;
	assert(memory[CELL(0, 0)] == 3 && memory[CELL(0, 2)] == 1); /* no slot is lost */
	assert(memory[CELL(1, 0)] & 1 && memory[CELL(1, 1)] & 1);
	assert(memory[CELL(2, 0)] == 3)
}
