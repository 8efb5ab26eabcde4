/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stddef.h>

#include "vec.h"

int
main(int argc, char **argv)
{
	static const struct bench_family *const families[] = {
		&vec_push,  &vec_allocators, &vec_life,  &vec_tiny,   &vec_warm, &vec_append,
		&vec_swing, &vec_latency,    &vec_reads, &vec_memory, NULL,
	};

	return bench_main(argc, argv, "vec", families);
}
