/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The threads, as coroutines of one real thread: which one goes on is chosen before each
 * of their operations. All begin when setup() is done, and check() runs when all have
 * ended.
 */
#include "machine.h"
#include "sanitizer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

enum { STACK = 128 * 1024 };

struct machine machine;

static ucontext_t home;
static ucontext_t context[THREADS];
static _Alignas(16) unsigned char stack[THREADS][STACK];
static unsigned preemptions;

void
sched_leave(enum outcome outcome)
{
	machine.outcome = outcome;
	if (machine.current != 0)
		stack_leave(NULL, 0);
	setcontext(&home);
	abort();
}

void
model_broken(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(machine.why, sizeof machine.why, format, arguments);
	va_end(arguments);
	if (!machine.test) {
		fprintf(stderr, "model: outside a test: %s\n", machine.why);
		abort();
	}
	sched_leave(BROKEN);
}

void
model_check_(bool holds, const char *condition, const char *file, int line)
{
	const char *base = strrchr(file, '/');

	if (!holds)
		model_broken("%s:%d: %s does not hold", base ? base + 1 : file, line, condition);
}

static bool
can_run(unsigned i)
{
	const struct thread *t = &machine.thread[i];

	return t->condition == READY || (t->condition == SPINNING && memory_can_advance(t));
}

/* All that decides how it goes on: what each thread has seen, the stores, who runs. */
static uint64_t
state_hash(bool preempts)
{
	uint64_t hash = memory_hash();

	for (unsigned i = 1; i <= machine.threads; i++)
		hash += mix(machine.thread[i].history, i + 1);
	return mix(hash, preempts ? machine.current : 0);
}

/* Choose who goes on. A switch away from a thread that could go on is a preemption. */
static unsigned
choose(bool preempts)
{
	uint8_t may[THREADS];
	unsigned count = 0;
	int bound = machine.test->preemptions;

	if (explore_seen(state_hash(preempts), preemptions))
		sched_leave(PRUNED);
	if (preempts)
		may[count++] = (uint8_t)machine.current;
	if (!preempts || bound < 0 || preemptions < (unsigned)bound)
		for (unsigned i = 1; i <= machine.threads; i++)
			if (!(preempts && i == machine.current) && can_run(i))
				may[count++] = (uint8_t)i;
	if (count == 0)
		return 0;
	unsigned next = explore_choose_thread(may, count);

	if (preempts && next != machine.current)
		preemptions++;
	return next;
}

static void
switch_to(unsigned next)
{
	unsigned from = machine.current;

	machine.current = next;
	machine.thread[next].condition = READY;
	if (next == from)
		return;
	stack_leave(stack[next], STACK);
	swapcontext(&context[from], &context[next]);
	stack_arrive();
}

static _Noreturn void
stuck(void)
{
	for (unsigned i = 1; i <= machine.threads; i++)
		if (machine.thread[i].condition == SPINNING)
			model_broken("thread %u waits for a store that never comes", i);
	sched_leave(ENDED);
}

void
sched_point(bool waits)
{
	if (machine.current == 0)
		return;
	machine.thread[machine.current].condition = waits ? SPINNING : READY;
	unsigned next = choose(!waits);

	if (next == 0)
		stuck();
	switch_to(next);
}

static void
body(void)
{
	stack_arrive();
	machine.test->threads[machine.current - 1]();
	machine.thread[machine.current].condition = DONE;
	machine.thread[machine.current].history =
		mix(machine.thread[machine.current].history, DONE);
	unsigned next = choose(false);

	if (next == 0)
		stuck();
	machine.current = next;
	machine.thread[next].condition = READY;
	stack_leave(stack[next], STACK);
	setcontext(&context[next]);
}

static void
start(unsigned i)
{
	struct thread *t = &machine.thread[i];

	memset(t, 0, sizeof *t);
	t->now = machine.thread[0].now;
	t->lit = t->now;
	stack_clean(stack[i], STACK);
	getcontext(&context[i]);
	context[i].uc_stack.ss_sp = stack[i];
	context[i].uc_stack.ss_size = STACK;
	context[i].uc_link = NULL;
	makecontext(&context[i], body, 0);
}

static void
run_threads(void)
{
	for (unsigned i = 1; i <= machine.threads; i++)
		start(i);
	unsigned first = choose(false);

	machine.current = first;
	stack_leave(stack[first], STACK);
	setcontext(&context[first]);
}

/* One context at home serves both for the end of the threads and for leaving early. */
void
sched_run(const struct model_test *test)
{
	volatile bool threads_ran = false;

	machine.test = test;
	machine.threads = 0;
	while (machine.threads < MODEL_THREADS && test->threads[machine.threads])
		machine.threads++;
	machine.current = 0;
	machine.outcome = RUNNING;
	preemptions = 0;
	memset(&machine.thread[0], 0, sizeof machine.thread[0]);
	memory_reset();

	getcontext(&home);
	if (machine.current != 0)
		stack_arrive();
	if (machine.outcome == RUNNING && !threads_ran) {
		threads_ran = true;
		if (test->setup)
			test->setup();
		run_threads();
	} else if (machine.outcome == ENDED && machine.current != 0) {
		machine.current = 0;
		for (unsigned i = 1; i <= machine.threads; i++)
			memory_join(&machine.thread[0].now, &machine.thread[i].now);
		if (test->check)
			test->check();
	}
	machine.current = 0;
	machine.test = NULL;
}
