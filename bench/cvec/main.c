/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stddef.h>

#include "../allocators.h"
#include "cvec.h"

int
main(int argc, char **argv)
{
	static const struct bench_family *const families[] = {
		&cvec_push_1,   &cvec_push_2,    &cvec_push_4,   &cvec_push_10,
		&cvec_push_n_1, &cvec_push_n_2,  &cvec_append_1, &cvec_append_2,
		&cvec_append_4, &cvec_append_10, &cvec_reads,    &cvec_get_1,
		&cvec_get_2,    &cvec_get_4,     &cvec_get_10,   &cvec_during_growth,
		NULL,
	};
	static const struct bench_library libraries[] = {
		{ "glibc", NULL, &bench_glibc },
		{ "C++ library", cvec_std_version, NULL },
		{ "TBB", cvec_tbb_version, NULL },
		{ NULL, NULL, NULL },
	};
	static const struct bench_subject cvec = { "cvec", families, libraries };

	return bench_main(argc, argv, &cvec);
}
