/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "probe.h"

#include <string.h>

static bool
whole_process(struct bench_memory *ret)
{
	return bench_memory_of(NULL, SIZE_MAX, ret);
}

void
bench_probe_start(struct bench_probe *p)
{
	if (!p->began)
		p->told = whole_process(&p->before);
	p->began = true;
	p->faults_told = bench_fault_kinds(&p->minor, &p->major);
	bench_mark();
}

void
bench_probe_stop(struct bench_probe *p)
{
	struct bench_memory after;
	uint64_t minor, major;

	bench_mark();
	if (p->faults_told && bench_fault_kinds(&minor, &major)) {
		p->minors += (double)(minor - p->minor);
		p->majors += (double)(major - p->major);
	}
	if (!p->ended && p->told && (p->told = whole_process(&after))) {
		p->mappings = (double)after.mappings - (double)p->before.mappings;
		p->charge = (double)after.charge - (double)p->before.charge;
		p->resident = (double)after.resident - (double)p->before.resident;
	}
	p->ended = true;
}

void
bench_probe_tell(const struct bench_probe *p, struct bench_figures *ret)
{
	if (p->faults_told) {
		bench_note(ret, "minor_faults", p->minors);
		bench_note(ret, "major_faults", p->majors);
	}
	if (p->ended && p->told) {
		bench_note(ret, "mappings", p->mappings);
		bench_note(ret, "charge", p->charge);
		bench_note(ret, "resident", p->resident);
	}
}

bool
bench_probe_per_operation(const char *name)
{
	return strcmp(name, "minor_faults") == 0 || strcmp(name, "major_faults") == 0 ||
	       strcmp(name, "system_calls") == 0;
}
