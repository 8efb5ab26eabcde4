/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stddef.h>

#include "cvec.h"

int
main(int argc, char **argv)
{
	static const struct bench_family *const families[] = {
		&cvec_push_1,   &cvec_push_2, &cvec_push_n_1,      &cvec_push_n_2, &cvec_append_1,
		&cvec_append_2, &cvec_reads,  &cvec_during_growth, NULL,
	};

	return bench_main(argc, argv, "cvec", families);
}
