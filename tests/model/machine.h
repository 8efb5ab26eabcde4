/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The inside of the model. explore.c makes the choices, sched.c runs the threads,
 * memory.c is what they see, order.c the order of the seq_cst operations, races.c watches
 * the plain accesses, report.c tells what happened, sites.c knows the places.
 */
#ifndef VBUF_TESTS_MACHINE_H
#define VBUF_TESTS_MACHINE_H

#include "atomic_model.h"
#include "model.h"

enum {
	THREADS = 1 + MODEL_THREADS, /* thread 0 sets up and checks */
	LOCATIONS = 192,
	STORES = 2048,
	STORES_EACH = 512, /* to one location */
	EVENTS = 4096,
	WATCHED = 32,
};

/* Per location the newest store known of: 0 is the first value. Stores of one location
 * are compared by their position. */
struct view {
	uint16_t seen[LOCATIONS];
};

/* What happened before a point: the number of events of each thread, and their stores. */
struct knowledge {
	uint32_t clock[THREADS];
	struct view view;
};

struct store {
	uint64_t value;
	uint32_t event; /* index into the events */
	uint32_t nth;   /* of the thread's events */
	uint16_t location;
	uint16_t position; /* in the modification order */
	uint8_t thread;
	bool update;   /* of an atomic read-modify-write: directly follows what it read */
	bool releases; /* ... what is in released */
	struct knowledge released;
};

struct location {
	const volatile void *object; /* NULL: gone, plainly written over */
	uint64_t hash;               /* of the order */
	uint32_t size;
	uint16_t count;
	uint16_t order[STORES_EACH];                  /* the modification order */
	uint32_t read_at[THREADS], write_at[THREADS]; /* the last events that did */
};

enum outcome { RUNNING, ENDED, BROKEN, PRUNED };

enum condition { READY, SPINNING, DONE };

struct watched { /* a load that a waiting loop depends on */
	uint16_t location, store;
};

struct thread {
	struct knowledge now;
	struct knowledge lit;     /* at its last light fence */
	struct knowledge pending; /* comes from a heavy fence, arrives at the next light one */
	struct view floor;        /* a waiting loop reads nothing older again */
	uint64_t history;         /* hash of its events: with it, its local state is known */
	struct watched watched[WATCHED];
	unsigned watching;
	enum condition condition;
};

struct event {
	const struct model_site *site; /* NULL for those without */
	const char *text, *file;
	uint64_t value;  /* written, or for a load read */
	uint64_t found;  /* by a read-modify-write */
	uint32_t newest; /* at that time: the event that wrote it */
	int line;
	uint16_t location, read, written; /* stores; 0: none */
	uint16_t before;                  /* the store that the written one goes before */
	uint8_t thread, op, order;
	bool success, stale;
};

struct machine {
	const struct model_test *test;
	unsigned threads, current; /* current: who runs now */
	enum outcome outcome;
	struct thread thread[THREADS];
	struct location location[LOCATIONS];
	struct store store[STORES]; /* from 1 */
	struct event event[EVENTS];
	struct knowledge fence; /* what heavy fences have carried so far */
	uint64_t fence_hash;
	unsigned locations, stores, events;
	char why[512];
};

extern struct machine machine;

/* explore.c: every choice of an execution is made here. 0 is the plainest. */
enum choice { CHOOSE_STORE, CHOOSE_PLACE, CHOOSE_OTHER };
unsigned explore_choose(unsigned count, enum choice what);
unsigned explore_choose_thread(const uint8_t *threads, unsigned count);
bool explore_seen(uint64_t state, unsigned preemptions); /* and explored from there on? */

/* sched.c */
void sched_run(const struct model_test *test); /* one execution */
void sched_point(bool waits);                  /* before each operation: another may run */
_Noreturn void sched_leave(enum outcome outcome);
_Noreturn void model_broken(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* memory.c */
void memory_reset(void);
void memory_forget(const volatile void *object, size_t size); /* plainly written over */
bool memory_can_advance(const struct thread *t);              /* a watched load is outdated */
void memory_join(struct knowledge *into, const struct knowledge *from);
struct event *memory_event(uint8_t op, uint8_t order, const struct model_site *site);
uint64_t memory_hash(void);
uint64_t mix(uint64_t hash, uint64_t value);

/* order.c: of the seq_cst operations. A place is between the stores of a location: 4p + 2
 * reads the one at position p, 4p - 1 writes a new one before it. */
void order_reset(void);
bool order_allows(unsigned location, int place);
void order_add(unsigned location, int place, unsigned store, bool read, const uint32_t *clock);

/* races.c */
void races_reset(void);
void races_atomic(const struct location *l, bool write);

/* report.c */
void report_execution(char *buffer, size_t size);

/* sites.c */
void sites_prepare(const struct model_test *test, bool must_hold);
void sites_done(void);
void sites_reached(struct model_site *site);
bool sites_mutated(void);            /* a mutant is running */
bool sites_wanted(const char *name); /* is this one of the tests that were asked for? */

#endif
