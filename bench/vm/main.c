/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stddef.h>

#include "vm.h"

int
main(int argc, char **argv)
{
	static const struct bench_family *const families[] = {
		&vm_reserve,  &vm_life,  &vm_commit,    &vm_commit_island,
		&vm_decommit, &vm_cycle, &vm_cycle_end, &vm_first_touch,
		&vm_prefault, &vm_empty, &vm_give_back, &vm_islands,
		NULL,
	};

	static const struct bench_subject vm = { "vm", families, NULL };

	return bench_main(argc, argv, &vm);
}
