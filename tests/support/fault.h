/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Faults on demand. A program linked with the faulty library has two doors at
 * which calls are counted, and can be made to fail:
 *
 *   FAULT_OS      the functions of os.h, which then return the error given
 *   FAULT_SYSTEM  the system calls behind them, which then fail with the code given
 *
 * Usage: for (n = 1;; n++) { fault_arm(door, n, err); operation; if (!fault_disarm()) break; }:
 * every call the operation makes fails once, until there is none left.
 */
#ifndef VBUF_TESTS_SUPPORT_FAULT_H
#define VBUF_TESTS_SUPPORT_FAULT_H

#include <stdbool.h>
#include <stddef.h>

enum fault_door { FAULT_OS, FAULT_SYSTEM, FAULT_DOORS };

/* Let the nth call through the door, counted from now, fail with err. */
void fault_arm(enum fault_door door, unsigned nth, int err);

/* The same, and every call after it: what is tried in its place fails, too. But not calls of the
 * name given: to give back what a failed call leaves should work. */
void fault_arm_from(enum fault_door door, unsigned nth, int err, const char *spared);

/* Let every call of this name fail from now on, until fault_disarm(). */
void fault_always(enum fault_door door, const char *name, int err);

/* And every call of this name too; up to three names at a door in all. */
void fault_also(enum fault_door door, const char *name, int err);

/*
 * Run the function once, right after the next call of this name at FAULT_OS (any but
 * reserve and touch), failed or not, and before its caller goes on: it plays the other
 * threads. What it calls goes through the doors.
 */
void fault_after(const char *name, void (*then)(void));
/* Let one in n calls of this name fail from now on, whoever makes them; in no pattern that
 * an operation of several calls could never get through. */
void fault_often(enum fault_door door, const char *name, unsigned n, int err);

/* End it. Did a call fail since fault_arm()? */
bool fault_disarm(void);

/* The name of the call that failed last; NULL: none. */
const char *fault_name(void);

/* Calls of this name since the last fault_arm() or fault_always(). */
unsigned fault_count(enum fault_door door, const char *name);

/* Larger reservations fail with VBUF_ENOADDR at FAULT_OS, uncounted. SIZE_MAX at first. */
extern size_t fault_reserve_limit;

/* Calls that fail at FAULT_OS have done the first half of the range before, where os.h says that
 * a prefix or a part may be done on failure. */
extern bool fault_halfway;

/* Reservations that there are, as FAULT_OS has let them pass. */
extern long fault_reservations;

/* Codes that a system call may fail with, for FAULT_SYSTEM. */
enum { FAULT_CODES = 8 };
extern const int fault_codes[FAULT_CODES];

/* Whether the code of the first that fails is what the user is told; on Windows one call may
 * be tried in place of another, and has its own. */
extern const bool fault_codes_stay;

/* For the doors themselves: is the call to fail now? *ret_err says how. */
bool fault_now(enum fault_door door, const char *name, int *ret_err);

/* And, when it is done: is there a function to run? */
void fault_done(const char *name);

#endif
