/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Run each path under callgrind, which is told when to count by the requests of its header. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <valgrind/callgrind.h>

#include "paths.h"

/*
 * Our own, a word at a time, in the place of the C library's: that one asks the processor which
 * of its copies to take, and is another one next year.
 */
void *
memcpy(void *restrict to, const void *restrict from, size_t n)
{
	unsigned char *t = to;
	const unsigned char *f = from;

	for (; n >= sizeof(size_t); n -= sizeof(size_t)) {
		size_t word;
		__builtin_memcpy(&word, f, sizeof word);
		__builtin_memcpy(t, &word, sizeof word);
		/* so that the compiler does not see a memcpy() in the loop */
		__asm__ volatile("" : "+r"(t), "+r"(f) : : "memory");
		t += sizeof word;
		f += sizeof word;
	}
	while (n-- > 0) {
		*t++ = *f++;
		__asm__ volatile("" : "+r"(t), "+r"(f) : : "memory");
	}
	return to;
}

static bool
run(const struct path *path, size_t ops)
{
	char label[80];

	(void)snprintf(label, sizeof label, "%s %zu", path->name, ops);
	if (!path->prepare(ops)) {
		(void)fprintf(stderr, "%s: this system has not what it takes\n", path->name);
		exit(77);
	}
	CALLGRIND_ZERO_STATS;
	bool good = path->run(ops);
	CALLGRIND_DUMP_STATS_AT(label);
	path->finish();
	if (!good)
		(void)fprintf(stderr, "%s: an operation failed\n", path->name);
	return good;
}

int
main(void)
{
	const struct path *const tables[] = { vec_paths, cvec_paths, slotmap_paths, vm_paths };
	bool good = true;

	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		for (const struct path *p = tables[i]; p->name; p++)
			/* The first time is for what happens at a first call; the second, under
			 * the same label, is taken for it. */
			good &= run(p, p->ops) && run(p, p->ops) && run(p, 2 * p->ops);
	return good ? 0 : 1;
}
