/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The harness: a program describes its cases in tables and calls bench_main(),
 * which times them and writes JSON lines. README.md says what a line means.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bench_allocator;

/* A batch of operations: what a variant gets, and tells the harness. */
struct bench_batch {
	uint64_t ops;    /* in: how many are wanted; out: how many were done, if not as many */
	uint64_t size;   /* of the case; 0 if its family has no sizes */
	bool smoke;      /* only to see that it runs: keep what surrounds the timed part short */
	const void *arg; /* of the variant */
	/* private */
	uint64_t started, elapsed, starts;
	struct bench_probe *probe;
	struct bench_result *result;
};

/* The clock runs between these two; call them in pairs, as often as you like. */
void bench_start(struct bench_batch *b);
void bench_stop(struct bench_batch *b);

/* One more figure of this batch; its median over the repeats is reported. The name
 * is a word of less than 40 letters. */
void bench_metric(struct bench_batch *b, const char *name, double value);

/* How something went, in the last of the rounds: one more point of the curve of that name.
 * x_name says what x counts ("elements"), and unit what y is in ("bytes"). At most 300 points
 * of two curves. */
void bench_series(struct bench_batch *b, const char *name, const char *x_name, const char *unit,
                  double x, double y);

/* The variant cannot run here: reported with the reason. Return at once. */
void bench_absent(struct bench_batch *b, const char *why);

/* The variant broke: reported, and the program exits with 1. Return at once. */
void bench_failed(struct bench_batch *b, const char *what, const char *why);

/* One contestant. run does b->ops operations or a few more. */
struct bench_variant {
	const char *name;
	void (*run)(struct bench_batch *b);
	const void *arg;
};

/*
 * What the project expects: figure of variant, divided by that of the other one
 * if there is one, lies in [at_least, at_most]. The figure is "time" or the name
 * of a metric. Zero bounds do not bind. Where there are both, a ratio and a figure
 * that is good enough by itself, either will do: or_at_most is the latter.
 */
struct bench_target {
	const char *variant, *figure, *against;
	double at_least, at_most, or_at_most;
	uint64_t min_size; /* of the cases it is about */
};

/*
 * So that large sizes do not take all the time: from a size on only the variants of these
 * names, NULL at the end, take part, in ten rounds. The others are absent, and the reason
 * is given. A table of them ends with NULL names.
 */
struct bench_few {
	uint64_t from;
	const char *const *names;
};

/* Cases that differ in their size only; their names are name/size. */
struct bench_family {
	const char *name;
	const char *op;                       /* what one operation is, for people */
	const char *baseline;                 /* the variant that others are compared with */
	const uint64_t *sizes;                /* ends with 0; NULL: one case, called name */
	uint64_t smoke_max;                   /* the largest size for --smoke; 0: all */
	uint64_t quick_max;                   /* the largest size for --quick; 0: all */
	bool full_only;                       /* nothing of it is in --quick */
	const struct bench_variant *variants; /* ends with a NULL name */
	const struct bench_target *targets;   /* ends with a NULL variant; may be NULL */
	bool counts;                          /* sizes are numbers of things, not of bytes */
	bool once;                            /* a second operation of a batch would be another
	                                         story: the first batch only warms up */
	bool slow;                            /* ten rounds are enough */
	int threads;                          /* that work at once; 0: one */
	double cost_ns;                       /* a rough guess for the plan, at an operation, or
	                                         with once at an element; 0: 10 */
	const struct bench_few *few;          /* with rising sizes; NULL: all take part */
	const char *const *quick_few;         /* the same for --quick, of any size */
	/*
	 * Not NULL: each batch runs in a process of its own, so that none finds what
	 * another left in the heap. Returns what the variant with that arg wants in its
	 * environment, "NAME=value" each, NULL at the end. Where the system cannot do
	 * so, batches run here, and those that want something are absent.
	 */
	const char *const *(*apart)(const void *arg);
};

/* A library whose version belongs to the environment. */
struct bench_library {
	const char *name;
	const char *(*version)(void);            /* NULL: it is not there */
	const struct bench_allocator *allocator; /* instead: it is asked in a process of its own */
};

struct bench_subject {
	const char *name;
	const struct bench_family *const *families; /* ends with NULL */
	const struct bench_library *libraries;      /* ends with a NULL name; may be NULL */
};

/* Returns what main() is to return. */
int bench_main(int argc, char **argv, const struct bench_subject *subject);

#endif
