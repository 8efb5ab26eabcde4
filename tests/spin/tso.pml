/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Memory as an x86 processor shows it (total store order), with its store buffers told out.
 * A thread's stores wait in a buffer of its own, first in, first out, and reach memory at any
 * time later. Its own loads see them at once, those of others do not. A locked instruction and
 * a full fence wait until the buffer is empty.
 *
 * A model defines CELLS, THREADS and BUFFER, the most stores that a thread may have on their
 * way, and includes this before its threads: the active proctypes, in their order. What all
 * see alike, and at once, are ordinary variables: the model's own knowledge of what is so.
 */

typedef store_buffer {
	byte cell[BUFFER];
	byte value[BUFFER];
	byte used
}

byte memory[CELLS];
store_buffer buffer[THREADS];

byte k_; /* 0 between steps */
bool room_in_the_buffer = true;

/* Process THREADS + n is thread n, as there is a buffer's process for each before them. */
#define ME (_pid - THREADS)

active [THREADS] proctype store_buffer_of()
{
end:
	do
	:: d_step {
		buffer[_pid].used > 0 ->
		memory[buffer[_pid].cell[0]] = buffer[_pid].value[0];
		buffer[_pid].used--;
		do
		:: k_ < buffer[_pid].used ->
			buffer[_pid].cell[k_] = buffer[_pid].cell[k_ + 1];
			buffer[_pid].value[k_] = buffer[_pid].value[k_ + 1];
			k_++
		:: else -> break
		od;
		buffer[_pid].cell[k_] = 0; /* so that states which are alike look alike */
		buffer[_pid].value[k_] = 0;
		k_ = 0
	   }
	od
}

/* A processor would wait for room. Here that would hide what longer buffers show, so it is an
 * error of the model, which tests/spin/run.py knows by this name. */
inline store(to, what)
{
	d_step {
		room_in_the_buffer = buffer[ME].used < BUFFER;
		assert(room_in_the_buffer);
		buffer[ME].cell[buffer[ME].used] = to;
		buffer[ME].value[buffer[ME].used] = what;
		buffer[ME].used++
	}
}

/* The newest of one's own, else what memory has. */
inline load(from, ret)
{
	d_step {
		ret = memory[from];
		do
		:: k_ < buffer[ME].used ->
			if
			:: buffer[ME].cell[k_] == from -> ret = buffer[ME].value[k_]
			:: else
			fi;
			k_++
		:: else -> break
		od;
		k_ = 0
	}
}

/* mfence; also what ends a sequentially consistent store. */
inline fence()
{
	buffer[ME].used == 0
}

/* Locked instructions. */
inline fetch_add(at, more, ret)
{
	d_step {
		buffer[ME].used == 0 ->
		ret = memory[at];
		memory[at] = ret + more
	}
}

inline fetch_or(at, bits, ret)
{
	d_step {
		buffer[ME].used == 0 ->
		ret = memory[at];
		memory[at] = ret | (bits)
	}
}

inline fetch_and(at, bits, ret)
{
	d_step {
		buffer[ME].used == 0 ->
		ret = memory[at];
		memory[at] = ret & (bits)
	}
}

inline exchange(at, to, ret)
{
	d_step {
		buffer[ME].used == 0 ->
		ret = memory[at];
		memory[at] = to
	}
}

/* ret has what was expected, and then what was found. */
inline cas(at, ret, to)
{
	d_step {
		buffer[ME].used == 0 ->
		if
		:: memory[at] == ret -> memory[at] = to
		:: else -> ret = memory[at]
		fi
	}
}

#if THREADS > 2
#define WAITING_2 ((buffer[2].used > 0) << 2)
#else
#define WAITING_2 0
#endif
#if THREADS > 3
#define WAITING_3 ((buffer[3].used > 0) << 3)
#else
#define WAITING_3 0
#endif

/* The threads, as bits, that have stores on their way. */
#define WAITING ((buffer[0].used > 0) | ((buffer[1].used > 0) << 1) | WAITING_2 | WAITING_3)

/* membarrier: each other thread passes a full fence at some moment of the call, in any order;
 * the caller does before and after. A buffer that was empty at some moment has passed one. */
inline heavy(todo)
{
	fence();
	todo = WAITING;
	do
	:: todo == 0 -> break
	:: (todo & WAITING) != todo -> todo = todo & WAITING
	od
}
