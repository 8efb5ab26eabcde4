/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Who takes part, and what each is given. */
#include <stddef.h>

#include "cvec.h"

static const char *const huge[] = { "GLIBC_TUNABLES=glibc.malloc.hugetlb=1", NULL };

const struct cvec_how cvec_how_vbuf = { &cvec_vbuf, NULL };
const struct cvec_how cvec_how_array = { &cvec_array, NULL };
const struct cvec_how cvec_how_tbb = { &cvec_tbb, NULL };
const struct cvec_how cvec_how_tbb_huge = { &cvec_tbb, huge };
const struct cvec_how cvec_how_mutex = { &cvec_mutex, NULL };
const struct cvec_how cvec_how_mutex_huge = { &cvec_mutex, huge };
const struct cvec_how cvec_how_rwlock = { &cvec_rwlock, NULL };

const char *const *
cvec_environment(const void *how)
{
	static const char *const nothing[] = { NULL };
	const struct cvec_how *h = how;

	return h && h->environment && !BENCH_SANITIZED ? h->environment : nothing;
}

bool
cvec_may(struct bench_batch *b, const struct cvec_how *how, bool able)
{
	if (how->peer->absent)
		bench_absent(b, how->peer->absent);
	else if (how->environment && BENCH_SANITIZED)
		bench_absent(b, "the sanitizer is the allocator");
	else if (!able)
		bench_absent(b, "has no such call");
	else
		return true;
	return false;
}
