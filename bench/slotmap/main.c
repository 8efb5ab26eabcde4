/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stddef.h>

#include "../allocators.h"
#include "smap.h"

int
main(int argc, char **argv)
{
	static const struct bench_family *const families[] = {
		&smap_case_pin,           &smap_case_get,
		&smap_case_get_2,         &smap_case_get_4,
		&smap_case_get_10,        &smap_case_get_pinned,
		&smap_case_get_random,    &smap_case_churn,
		&smap_case_churn_2,       &smap_case_churn_4,
		&smap_case_churn_10,      &smap_case_fresh,
		&smap_case_walk,          &smap_case_sparse,
		&smap_case_occupancy,     &smap_case_memory,
		&smap_case_stalled,       &smap_case_latency,
		&smap_case_latency_fresh, NULL,
	};

	static const struct bench_library libraries[] = {
		{ "glibc", NULL, &bench_glibc },
		{ "C++ library", smap_std_version, NULL },
		{ "liburcu", smap_urcu_version, NULL },
		{ "Concurrency Kit", smap_ck_version, NULL },
		{ NULL, NULL, NULL },
	};
	static const struct bench_subject slotmap = { "slotmap", families, libraries };

	return bench_main(argc, argv, &slotmap);
}
