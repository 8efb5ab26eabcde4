/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Who takes part, and what each is given. */
#include <stddef.h>

#include <vbuf/vec.h>

#include "../allocators.h"
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
const struct vec_how vec_steps = { .peer = &vec_vbuf, .ready = VEC_STEPS, .step = VEC_STEP };
const struct vec_how vec_ahead = { .peer = &vec_vbuf, .ready = VEC_AHEAD };

#define BY_REALLOC(n, d) .peer = &vec_realloc, .num = (n), .den = (d)
#define OF(name) .allocator = &bench_##name
#define HUGE .huge = true

const struct vec_how vec_x2 = { BY_REALLOC(2, 1) };
const struct vec_how vec_x15 = { BY_REALLOC(3, 2) };
const struct vec_how vec_x2_huge = { BY_REALLOC(2, 1), OF(glibc), HUGE };
const struct vec_how vec_x15_huge = { BY_REALLOC(3, 2), OF(glibc), HUGE };
const struct vec_how vec_je_x2 = { BY_REALLOC(2, 1), OF(jemalloc) };
const struct vec_how vec_je_x15 = { BY_REALLOC(3, 2), OF(jemalloc) };
const struct vec_how vec_je_x2_huge = { BY_REALLOC(2, 1), OF(jemalloc), HUGE };
const struct vec_how vec_je_x15_huge = { BY_REALLOC(3, 2), OF(jemalloc), HUGE };
const struct vec_how vec_mi_x2 = { BY_REALLOC(2, 1), OF(mimalloc) };
const struct vec_how vec_mi_x15 = { BY_REALLOC(3, 2), OF(mimalloc) };
const struct vec_how vec_mi_x2_huge = { BY_REALLOC(2, 1), OF(mimalloc), HUGE };
const struct vec_how vec_mi_x15_huge = { BY_REALLOC(3, 2), OF(mimalloc), HUGE };
const struct vec_how vec_tc_x2 = { BY_REALLOC(2, 1), OF(tcmalloc) };
const struct vec_how vec_tc_x15 = { BY_REALLOC(3, 2), OF(tcmalloc) };
const struct vec_how vec_tc_x2_huge = { BY_REALLOC(2, 1), OF(tcmalloc), HUGE };

const struct vec_how vec_cpp = { .peer = &vec_std };
const struct vec_how vec_cpp_huge = { .peer = &vec_std, OF(glibc), HUGE };
const struct vec_how vec_cpp_reserve = { .peer = &vec_std, .reserve = true };
const struct vec_how vec_cpp_reserve_huge = { .peer = &vec_std, OF(glibc), HUGE, .reserve = true };
const struct vec_how vec_cpp_deque = { .peer = &vec_deque };
const struct vec_how vec_cpp_deque_huge = { .peer = &vec_deque, OF(glibc), HUGE };

const struct vec_how vec_plain_map = { .peer = &vec_map };
const struct vec_how vec_huge_map = { .peer = &vec_map, HUGE };

const char *const *
vec_environment(const void *how)
{
	const struct vec_how *h = how;

	return bench_allocator_environment(h ? h->allocator : NULL, h && h->huge);
}

bool
vec_may(struct bench_batch *b, const struct vec_how *how)
{
	if (how->peer->absent) {
		bench_absent(b, how->peer->absent);
		return false;
	}
	return bench_allocator_may(b, how->allocator, how->huge);
}

bool
vec_ok(struct bench_batch *b, const char *what, const char *err)
{
	if (err)
		bench_failed(b, what, err);
	return err == NULL;
}
