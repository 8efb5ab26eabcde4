/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Who takes part, and what each is given. */
#include <stddef.h>
#include <stdio.h>

#include <vbuf/vec.h>

#include "vec.h"

static const struct vbuf_vec_options small_pages = { .size = sizeof small_pages,
	                                             .huge = VBUF_HUGE_NEVER };
static const struct vbuf_vec_options doubling = { .size = sizeof doubling,
	                                          .growth = VBUF_VEC_GROW_EXPONENTIAL,
	                                          .growth_num = 2,
	                                          .growth_den = 1 };
static const struct vbuf_vec_options by_64_mib = { .size = sizeof by_64_mib,
	                                           .growth = VBUF_VEC_GROW_LINEAR,
	                                           .growth_num = 8 << 20 };

static const struct vbuf_vec_options bounded = { .size = sizeof bounded, .max = 1000 };
static const struct vbuf_vec_options no_cache = { .size = sizeof no_cache,
	                                          .recycle = VBUF_VEC_RECYCLE_NEVER };
static const struct vbuf_vec_options no_shrink = { .size = sizeof no_shrink,
	                                           .shrink = VBUF_VEC_SHRINK_NEVER };

const struct vec_how vec_bounded = { .peer = &vec_vbuf, .options = &bounded };
const struct vec_how vec_cold = { .peer = &vec_vbuf, .options = &no_cache };
const struct vec_how vec_kept = { .peer = &vec_vbuf, .options = &no_shrink };
const struct vec_how vec_default = { .peer = &vec_vbuf };
const struct vec_how vec_small = { .peer = &vec_vbuf, .options = &small_pages };
const struct vec_how vec_double = { .peer = &vec_vbuf, .options = &doubling };
const struct vec_how vec_linear = { .peer = &vec_vbuf, .options = &by_64_mib };
const struct vec_how vec_ready = { .peer = &vec_vbuf, .ready = VEC_PREFAULT };
const struct vec_how vec_ahead = { .peer = &vec_vbuf, .ready = VEC_AHEAD };

/* Each allocator has a way of its own to ask for transparent huge pages. That of
 * mimalloc also tries pages of the huge-page pool, of which there are none mostly.
 * tcmalloc 2.10 has none: it knows files on a hugetlbfs only. */
static const char *const glibc_huge[] = { "GLIBC_TUNABLES=glibc.malloc.hugetlb=1", NULL };
static const char *const je[] = { "LD_PRELOAD=libjemalloc.so.2", NULL };
static const char *const je_huge[] = { "LD_PRELOAD=libjemalloc.so.2", "MALLOC_CONF=thp:always",
	                               NULL };
static const char *const mi[] = { "LD_PRELOAD=libmimalloc.so.2", NULL };
static const char *const mi_huge[] = { "LD_PRELOAD=libmimalloc.so.2", "MIMALLOC_LARGE_OS_PAGES=1",
	                               NULL };
static const char *const tc[] = { "LD_PRELOAD=libtcmalloc_minimal.so.4", NULL };

#define BY_REALLOC(n, d) .peer = &vec_realloc, .num = (n), .den = (d)
#define GLIBC .symbol = "gnu_get_libc_version", .library = "the GNU C library"
#define JE .symbol = "mallctl", .library = "libjemalloc.so.2"
#define MI .symbol = "mi_version", .library = "libmimalloc.so.2"
#define TC .symbol = "tc_version", .library = "libtcmalloc_minimal.so.4"

const struct vec_how vec_x2 = { BY_REALLOC(2, 1) };
const struct vec_how vec_x15 = { BY_REALLOC(3, 2) };
const struct vec_how vec_x2_huge = { BY_REALLOC(2, 1), GLIBC, .environment = glibc_huge };
const struct vec_how vec_x15_huge = { BY_REALLOC(3, 2), GLIBC, .environment = glibc_huge };
const struct vec_how vec_je_x2 = { BY_REALLOC(2, 1), JE, .environment = je };
const struct vec_how vec_je_x15 = { BY_REALLOC(3, 2), JE, .environment = je };
const struct vec_how vec_je_x2_huge = { BY_REALLOC(2, 1), JE, .environment = je_huge };
const struct vec_how vec_je_x15_huge = { BY_REALLOC(3, 2), JE, .environment = je_huge };
const struct vec_how vec_mi_x2 = { BY_REALLOC(2, 1), MI, .environment = mi };
const struct vec_how vec_mi_x15 = { BY_REALLOC(3, 2), MI, .environment = mi };
const struct vec_how vec_mi_x2_huge = { BY_REALLOC(2, 1), MI, .environment = mi_huge };
const struct vec_how vec_mi_x15_huge = { BY_REALLOC(3, 2), MI, .environment = mi_huge };
const struct vec_how vec_tc_x2 = { BY_REALLOC(2, 1), TC, .environment = tc };
const struct vec_how vec_tc_x15 = { BY_REALLOC(3, 2), TC, .environment = tc };

const struct vec_how vec_cpp = { .peer = &vec_std };
const struct vec_how vec_cpp_huge = { .peer = &vec_std, GLIBC, .environment = glibc_huge };
const struct vec_how vec_cpp_reserve = { .peer = &vec_std, .reserve = true };
const struct vec_how vec_cpp_reserve_huge = {
	.peer = &vec_std, GLIBC, .reserve = true, .environment = glibc_huge
};

const struct vec_how vec_plain_map = { .peer = &vec_map };
const struct vec_how vec_huge_map = { .peer = &vec_map, .huge = true };

const char *const *
vec_environment(const void *how)
{
	static const char *const nothing[] = { NULL };
	const struct vec_how *h = how;

	return h && h->environment && !BENCH_SANITIZED ? h->environment : nothing;
}

bool
vec_may(struct bench_batch *b, const struct vec_how *how)
{
	static char why[100];

	if (how->peer->absent) {
		bench_absent(b, how->peer->absent);
		return false;
	}
	if (how->environment && BENCH_SANITIZED) {
		bench_absent(b, "the sanitizer is the allocator");
		return false;
	}
	if (how->symbol && !vec_has_symbol(how->symbol)) {
		snprintf(why, sizeof why, "%s cannot be loaded", how->library);
		bench_absent(b, why);
		return false;
	}
	return true;
}

bool
vec_ok(struct bench_batch *b, const char *what, const char *err)
{
	if (err)
		bench_failed(b, what, err);
	return err == NULL;
}
