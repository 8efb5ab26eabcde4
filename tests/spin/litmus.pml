/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * What tso.pml makes of the small programs that tell memories apart: each of two threads stores,
 * and loads what the other stores. Both may come too early for the other's store, unless there is
 * a fence in both, or a barrier in one that makes the other pass a fence. And what is stored in
 * order is seen in order.
 *
 * holds: of two threads that store, pass a fence and look one sees the other
 * holds BARRIER: a membarrier in one of two threads stands for a fence in both
 * holds MESSAGE: two stores of a thread are seen in their order
 * fails BROKEN_NO_FENCE: of two threads that store and look neither may see the other
 * fails BROKEN_ONE_FENCE: a fence in one of two threads is not enough
 */

#define CELLS 2
#define X 0
#define Y 1

#define THREADS 2
#define BUFFER 2

#include "tso.pml"

byte own, other[2], done;

active proctype first()
{
	store(X, 1);
#ifdef MESSAGE
	store(Y, 1);
	other[0] = 1;
#else
#if !defined(BARRIER) && !defined(BROKEN_NO_FENCE) && !defined(BROKEN_ONE_FENCE)
	fence();
#endif
	load(Y, other[0]);
#endif
	load(X, own);
	assert(own == 1); /* out of the buffer, or of memory */
	done++
}

active proctype second()
{
	byte todo;

#ifdef MESSAGE
	load(Y, other[1]);
	if
	:: other[1] -> load(X, other[1])
	:: else -> other[1] = 1
	fi;
#else
	store(Y, 1);
#ifdef BARRIER
	heavy(todo);
#elif !defined(BROKEN_NO_FENCE)
	fence();
#endif
	load(X, other[1]);
#endif
	done++
}

active proctype end_of_both()
{
	done == 2;
#ifdef MESSAGE
	assert(other[1]);
#else
	assert(other[0] || other[1]);
#endif
}
