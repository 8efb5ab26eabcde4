/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Claims of the concurrent vector: indices are claimed by an addition first, and whether there is
 * memory is looked at then. Where there is none the claim is taken back, while others claim behind
 * it, and while memory may come all the same.
 *
 * Of the sources: vbuf_cvec_claim_() in include/vbuf/cvec_inline.h; vbuf_cvec_claim_slowly_() and
 * vbuf_cvec_settle_claim_() in src/cvec.c; vbuf_cvec_grow_to() in src/cvec_life.c.
 *
 * Three threads claim one or two indices each, of three there can be. There is memory for one at
 * first. The system gives more as it pleases, exactly that or all. Any claim
 * may go the slow way, not only those that must. Left out: states and elements, the prefix, what
 * an appender gives back. That all this ends, where nobody's turn fails to come, is not looked at.
 *
 * holds: each index below the count has one owner and memory, once all are done
 * holds STAYS_OPEN: that nothing is open while claims are taken back is for progress alone
 * fails BROKEN_LEAVE: a claim that fails and is not taken back is lost
 * fails BROKEN_STORE: a claim taken back by a store takes others along
 * fails BROKEN_SUBTRACT: a claim taken back by a subtraction takes those behind it
 * fails BROKEN_RAISE_FIRST: who raises the count before there is memory lets others claim none
 */

#define CELLS 3
#define RESERVED 0
#define OPEN 1
#define COMMITTED 2

#define THREADS 3
#define BUFFER 4

#define MAX 3

#include "tso.pml"

byte given;   /* indices that have an owner, as bits */
byte backed;  /* how many have memory */
byte done;
bool ready;

/* As the system does; ok: it did. */
inline commit()
{
	if
	:: d_step {
		ok = true;
		if
		:: backed < target -> backed = target
		:: else
		fi
	   }
	:: ok = false
	fi
}

inline raise()
{
	do
	:: have >= target -> break
	:: else ->
		was = have;
		cas(COMMITTED, was, target); /* [raise] */
		if
		:: was == have -> have = target
		:: else -> have = was
		fi
	od;
	was = 0
}

/* Memory for all below end; ok: there is. */
inline grow_to(end)
{
	load(COMMITTED, have); /* [have] */
	ok = end <= MAX;
	if
	:: ok && end > have ->
		if
		:: target = end
		:: target = MAX
		fi;
#ifdef BROKEN_RAISE_FIRST
		raise();
		commit();
#else
		commit();
		if
		:: ok -> raise()
		:: else
		fi;
#endif
		target = 0
	:: else
	fi;
	if
	:: ok ->
		load(RESERVED, was);
		if
		:: was < have -> store(OPEN, have) /* [opened] */
		:: else
		fi;
		was = 0
	:: else
	fi;
	have = 0
}

/* [first, first + n) is claimed beyond what was open; ok: it has memory now. */
inline settle()
{
	do
	:: grow_to(first + n);
		if
		:: ok -> break
		:: else
		fi;
#ifndef STAYS_OPEN
		store(OPEN, 0);
#endif
		do
		:: load(COMMITTED, have);
			if
			:: have >= first + n -> break
			:: else
			fi;
			have = 0;
			was = first + n;
#ifdef BROKEN_LEAVE
			goto end_of_claim;
#elif defined(BROKEN_STORE)
			store(RESERVED, first);
			goto end_of_claim;
#elif defined(BROKEN_SUBTRACT)
			fetch_add(RESERVED, 256 - n, was);
			goto end_of_claim;
#else
			cas(RESERVED, was, first);
			if
			:: was == first + n -> goto end_of_claim
			:: else
			fi;
			was = 0
#endif
		od
	od
}

inline claim_slowly()
{
	load(RESERVED, first);
	do
	:: first + n > MAX ->
		ok = false;
		break
	:: else ->
		grow_to(first + n);
		if
		:: !ok -> break
		:: else
		fi;
		was = first;
		cas(RESERVED, was, first + n);
		if
		:: was == first -> break
		:: else -> first = was
		fi
	od
}

active [THREADS] proctype claimer()
{
	byte n, first, open, have, target, was;
	bool ok;

	ready;
	if
	:: n = 1
	:: n = 2
	fi;
	load(OPEN, open); /* [open] */
	if
	:: open != 0 ->
		fetch_add(RESERVED, n, first);
		if
		:: first + n > open ->
			open = 0;
			settle()
		:: else ->
			open = 0;
			ok = true
		fi
	:: open = 0;
		claim_slowly()
	fi;
end_of_claim:
	if
	:: ok ->
		d_step {
			assert(first + n <= backed);
			assert((given & ((1 << first + n) - (1 << first))) == 0);
			given = given | ((1 << first + n) - (1 << first))
		}
	:: else
	fi;
	d_step { /* states that differ in nothing that matters are one */
		n = 0;
		first = 0;
		have = 0;
		was = 0;
		ok = false;
		done++
	}
}

active proctype creation()
{
	d_step {
		memory[OPEN] = 1;
		memory[COMMITTED] = 1;
		backed = 1;
		ready = true
	};
	done == THREADS && WAITING == 0;
	assert(given == (1 << memory[RESERVED]) - 1)
}
