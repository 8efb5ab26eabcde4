/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Who takes part, and what each is given. */
#include <stddef.h>

#include "../allocators.h"
#include "cvec.h"

const struct cvec_how cvec_how_vbuf = { &cvec_vbuf, NULL, false };
const struct cvec_how cvec_how_array = { &cvec_array, NULL, false };
const struct cvec_how cvec_how_array_huge = { &cvec_array, &bench_glibc, true };
const struct cvec_how cvec_how_counter = { &cvec_counter, NULL, false };
const struct cvec_how cvec_how_counter_huge = { &cvec_counter, &bench_glibc, true };
const struct cvec_how cvec_how_tbb = { &cvec_tbb, NULL, false };
const struct cvec_how cvec_how_tbb_huge = { &cvec_tbb, &bench_glibc, true };
const struct cvec_how cvec_how_mutex = { &cvec_mutex, NULL, false };
const struct cvec_how cvec_how_mutex_huge = { &cvec_mutex, &bench_glibc, true };
const struct cvec_how cvec_how_rwlock = { &cvec_rwlock, NULL, false };
const struct cvec_how cvec_how_rwlock_huge = { &cvec_rwlock, &bench_glibc, true };

const char *const *
cvec_environment(const void *how)
{
	const struct cvec_how *h = how;

	return bench_allocator_environment(h ? h->allocator : NULL, h && h->huge);
}

bool
cvec_may(struct bench_batch *b, const struct cvec_how *how, bool able)
{
	if (how->peer->absent)
		bench_absent(b, how->peer->absent);
	else if (!able)
		bench_absent(b, "has no such call");
	else
		return bench_allocator_may(b, how->allocator, how->huge);
	return false;
}
