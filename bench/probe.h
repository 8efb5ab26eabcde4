/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * A closer look at one batch, which is not among those that count: what its timed parts
 * ask of the system. It has a process of its own, under another that counts the calls.
 */
#ifndef BENCH_PROBE_H
#define BENCH_PROBE_H

#include "platform.h"
#include "result.h"

struct bench_probe {
	bool began, ended, told;    /* the first timed part */
	struct bench_memory before; /* it; and what it has added */
	double mappings, charge, resident;
	uint64_t minor, major; /* at the start of this part */
	double minors, majors; /* of all parts */
	bool faults_told;
};

void bench_probe_start(struct bench_probe *p);
void bench_probe_stop(struct bench_probe *p);

/* Put the figures where those of the process are. */
void bench_probe_tell(const struct bench_probe *p, struct bench_figures *ret);

/* Those that grow with the number of operations. */
bool bench_probe_per_operation(const char *name);

#endif
