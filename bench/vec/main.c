/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stddef.h>

#include "../allocators.h"
#include "vec.h"

int
main(int argc, char **argv)
{
	static const struct bench_family *const families[] = {
		&vec_push,  &vec_allocators, &vec_life,    &vec_tiny,  &vec_warm,   &vec_append,
		&vec_swing, &vec_latency,    &vec_breathe, &vec_reads, &vec_memory, NULL,
	};
	static const struct bench_library libraries[] = {
		{ "glibc", NULL, &bench_glibc },          { "jemalloc", NULL, &bench_jemalloc },
		{ "mimalloc", NULL, &bench_mimalloc },    { "tcmalloc", NULL, &bench_tcmalloc },
		{ "C++ library", vec_std_version, NULL }, { NULL, NULL, NULL },
	};
	static const struct bench_subject vec = { "vec", families, libraries };

	return bench_main(argc, argv, &vec);
}
