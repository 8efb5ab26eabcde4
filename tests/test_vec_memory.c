/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * How much memory a vector has, when it goes back, and how often the system is asked:
 * this runs on the library with faults for its count of calls, and lets none fail.
 */
#include <vbuf/vec.h>

#include "fault.h"
#include "system.h"
#include "test.h"

VBUF_VEC(longs, int64_t);
VBUF_VEC(chars, char);

static void
count_calls(void)
{
	fault_arm(FAULT_OS, 0, 0);
}

/* All that change what a vector has, since count_calls(). */
static unsigned
calls(void)
{
	const char *const names[] = { "reserve",  "unreserve", "commit", "decommit", "advise",
		                      "populate", "touch",     "purge",  "protect",  "name" };
	unsigned n = 0;

	for (size_t i = 0; i < COUNT(names); i++)
		n += fault_count(FAULT_OS, names[i]);
	return n;
}

static struct vbuf_vec_stats
stats(const struct longs *v)
{
	struct vbuf_vec_stats s;

	assert_ok(longs_stats(v, &s));
	return s;
}

static size_t
unit(void)
{
	size_t huge = vbuf_huge_page_size();

	return huge > 0 && huge <= 4 * MIB ? huge : 2 * MIB;
}

static struct longs
of_length(size_t n, const struct vbuf_vec_options *o)
{
	struct longs v;

	assert_ok(longs_init(&v, o));
	for (size_t i = 0; i < n; i++)
		assert_ok(longs_push(&v, (int64_t)i));
	return v;
}

/* The ways to become shorter. */
static void
by_pop(struct longs *v, size_t n)
{
	while (v->len > n)
		assert_ok(longs_pop(v, NULL));
}

static void
by_truncate(struct longs *v, size_t n)
{
	assert_ok(longs_truncate(v, n));
}

static void
by_resize(struct longs *v, size_t n)
{
	assert_ok(longs_resize(v, n));
}

static void
by_remove(struct longs *v, size_t n)
{
	assert_ok(longs_remove_n(v, n, v->len - n));
}

static void
by_swap_remove(struct longs *v, size_t n)
{
	while (v->len > n)
		assert_ok(longs_swap_remove(v, v->len - 1));
}

static void
by_split(struct longs *v, size_t n)
{
	struct longs tail;

	assert_ok(longs_split_off(v, n, &tail));
	assert_ok(longs_fini(&tail));
}

static void
memory_goes_back_when_a_vector_has_shrunk_far(void **state)
{
	void (*const ways[])(struct longs *, size_t) = { by_pop,    by_truncate,    by_resize,
		                                         by_remove, by_swap_remove, by_split };

	(void)state;
	for (size_t w = 0; w < COUNT(ways); w++) {
		struct longs v = of_length(2 * MIB, NULL); /* of 8 bytes */
		struct vbuf_vec_stats whole = stats(&v);
		ways[w](&v, 100);
		struct vbuf_vec_stats s = stats(&v);
		assert_true(s.committed <= 512 * KIB + 2 * PAGE);
		assert_true(s.capacity * 8 >= 256 * KIB); /* and no more than that goes */
		assert_true(s.resident <= s.committed);
		assert_int_equal(s.reserved, whole.reserved);
		for (size_t i = 0; i < 100; i++)
			assert_int_equal(v.data[i], i);
		for (size_t i = 100; i < 2 * MIB; i++)
			assert_ok(longs_push(&v, (int64_t)i));
		for (size_t i = 0; i < 2 * MIB; i++)
			if (v.data[i] != (int64_t)i)
				fail_msg("element %zu is lost", i);
		assert_ok(longs_fini(&v));
	}
}

static void
half_of_a_vector_gone_is_not_far(void **state)
{
	struct longs v = of_length(MIB, NULL);
	size_t capacity = longs_capacity(&v);

	(void)state;
	count_calls();
	by_pop(&v, capacity / 4);
	assert_int_equal(calls(), 0);
	assert_int_equal(longs_capacity(&v), capacity);
	by_pop(&v, capacity / 4 - 1);
	assert_int_equal(calls(),
	                 fault_count(FAULT_OS, "decommit") + fault_count(FAULT_OS, "advise"));
	assert_int_equal(fault_count(FAULT_OS, "decommit"), 1);
	assert_true(longs_capacity(&v) < capacity && longs_capacity(&v) >= 2 * v.len);
	assert_ok(longs_fini(&v));
}

/* Around a length where memory was just taken or given back: how often is it now? */
static void
assert_calm(struct longs *v)
{
	const size_t swings[] = { 1, 2, 511, 512, 513 };
	size_t n = v->len;

	for (size_t s = 0; s < COUNT(swings); s++) {
		size_t down = swings[s] < n ? swings[s] : n;
		count_calls();
		for (int round = 0; round < 20; round++) {
			for (size_t i = 0; i < swings[s]; i++)
				assert_ok(longs_push(v, 1));
			for (size_t i = 0; i < swings[s] + down; i++)
				assert_ok(longs_pop(v, NULL));
			for (size_t i = 0; i < down; i++)
				assert_ok(longs_push(v, 1));
		}
		if (calls() > 4)
			fail_msg("%u calls in 20 swings of %zu around %zu", calls(), swings[s], n);
	}
	assert_int_equal(v->len, n);
}

static void
no_boundary_makes_an_oscillation_call_again_and_again(void **state)
{
	const struct vbuf_vec_options options[] = {
		{ .size = 0 },
		{ .growth = VBUF_VEC_GROW_EXPONENTIAL, .growth_num = 3, .growth_den = 2 },
		{ .growth = VBUF_VEC_GROW_EXPONENTIAL, .growth_num = 1000, .growth_den = 1 },
		{ .growth = VBUF_VEC_GROW_LINEAR, .growth_num = 20000 },
		{ .max = 600000 },
		{ .initial = 100000 },
	};
	const size_t top = 500000;

	(void)state;
	for (size_t o = 0; o < COUNT(options); o++) {
		struct vbuf_vec_options opt = options[o];
		unsigned boundaries = 0;
		opt.size = sizeof opt;
		struct longs v = of_length(0, &opt);
		while (v.len < top) {
			size_t capacity = longs_capacity(&v);
			assert_ok(longs_resize(&v, capacity < top ? capacity : top));
			assert_ok(longs_push(&v, 1));
			boundaries++;
			assert_calm(&v);
		}
		for (size_t capacity = longs_capacity(&v); v.len > 0;) {
			assert_ok(longs_pop(&v, NULL));
			if (longs_capacity(&v) == capacity)
				continue;
			boundaries++;
			assert_calm(&v);
			capacity = longs_capacity(&v);
		}
		assert_true(boundaries > 2);
		assert_ok(longs_fini(&v));
	}
}

/* Of any oscillation, however wide: the calls are few for what is pushed and popped. */
static void
the_calls_of_a_wide_oscillation_are_few_for_its_width(void **state)
{
	struct longs v = of_length(0, NULL);

	(void)state;
	for (size_t width = 1000; width <= 1000000; width *= 10) {
		const int rounds = width < 1000000 ? 10 : 3;
		count_calls();
		for (int r = 0; r < rounds; r++) {
			for (size_t i = 0; i < width; i++)
				assert_ok(longs_push(&v, 1));
			by_pop(&v, 0);
		}
		assert_true(calls() <= 4 + (size_t)rounds * width * 8 / (64 * KIB));
	}
	assert_ok(longs_fini(&v));
}

static void
clear_and_refill_asks_nothing_of_the_system(void **state)
{
	struct longs v = of_length(MIB, NULL);

	(void)state;
	count_calls();
	for (int round = 0; round < 5; round++) {
		assert_ok(longs_clear(&v));
		for (size_t i = 0; i < MIB; i++)
			assert_ok(longs_push(&v, 1));
	}
	assert_int_equal(calls(), 0);
	/* a vector that has shrunk far is another matter */
	by_pop(&v, 1000);
	size_t committed = stats(&v).committed;
	assert_ok(longs_clear(&v));
	assert_true(stats(&v).committed <= committed);
	assert_ok(longs_fini(&v));
}

static void
fill_once(size_t n)
{
	struct longs v = { 0 };

	for (size_t i = 0; i < n; i++)
		assert_ok(longs_push(&v, 1));
	assert_ok(longs_fini(&v));
}

/* What programs do over and over. */
static void
clear_twice(struct longs *v)
{
	assert_ok(longs_clear(v));
	assert_ok(longs_clear(v));
}

static void
clear_one_clear(struct longs *v)
{
	assert_ok(longs_clear(v));
	assert_ok(longs_push(v, 1));
	assert_ok(longs_clear(v));
}

static void
pop_all(struct longs *v)
{
	by_pop(v, 0);
}

static void
remove_all(struct longs *v)
{
	assert_ok(longs_remove_n(v, 0, v->len));
}

static void
truncate_all(struct longs *v)
{
	assert_ok(longs_truncate(v, 0));
}

static void
no_pattern_gives_back_and_takes_again_for_ever(void **state)
{
	void (*const patterns[])(struct longs *) = { clear_twice, clear_one_clear, pop_all,
		                                     remove_all, truncate_all };
	const size_t lengths[] = { 100000, MIB };

	(void)state;
	for (size_t p = 0; p < COUNT(patterns); p++) {
		for (size_t l = 0; l < COUNT(lengths); l++) {
			struct longs v = of_length(lengths[l], NULL);
			unsigned late = 0;
			count_calls();
			for (int cycle = 0; cycle < 100; cycle++) {
				unsigned before = calls();
				patterns[p](&v);
				assert_ok(longs_resize(&v, lengths[l]));
				late += cycle >= 10 ? calls() - before : 0;
			}
			unsigned all = fault_count(FAULT_OS, "decommit");
			if (all > (p == 0 ? 0 : 24) || late > 0)
				fail_msg("pattern %zu, %zu elements: %u, %u calls after 10", p,
				         lengths[l], all, late);
			/* and forgets it */
			assert_ok(longs_shrink_to_fit(&v));
			assert_ok(longs_truncate(&v, 0));
			assert_ok(longs_resize(&v, lengths[l]));
			assert_ok(longs_truncate(&v, 0));
			assert_true(stats(&v).committed <= 256 * KIB + 2 * PAGE);
			assert_ok(longs_fini(&v));
			v = of_length(lengths[l] + unit(), NULL); /* in the same memory */
			by_pop(&v, 0);
			assert_true(stats(&v).committed <= 512 * KIB + 2 * PAGE);
			assert_ok(longs_fini(&v));
		}
	}
}

/* Only a return to what was given back counts, and each halves the length it waits for. */
static void
a_vector_waits_longer_each_time_it_takes_memory_again(void **state)
{
	struct longs v = of_length(MIB, NULL);

	(void)state;
	for (size_t part = 4; part <= 128; part *= 2) {
		size_t whole = longs_capacity(&v), low = (whole - 1) / part + 1;
		assert_ok(longs_truncate(&v, low));
		assert_int_equal(longs_capacity(&v), whole);
		assert_ok(longs_truncate(&v, low - 1));
		assert_true(longs_capacity(&v) < whole);
		assert_ok(longs_truncate(&v, 0)); /* once more: still one time */
		assert_ok(longs_resize(&v, MIB));
	}
	size_t whole = longs_capacity(&v);
	assert_ok(longs_truncate(&v, 0));
	assert_int_equal(longs_capacity(&v), whole);
	assert_ok(longs_fini(&v));
}

static void
memory_from_the_cache_stays_until_the_vector_grows(void **state)
{
	struct longs v = { 0 };

	(void)state;
	fill_once(MIB);
	assert_ok(longs_push(&v, 1));
	struct vbuf_vec_stats s = stats(&v);
	assert_true(s.committed > 512 * KIB);
	count_calls();
	assert_ok(longs_pop(&v, NULL));
	assert_ok(longs_push_n(&v, (const int64_t[]){ 1, 2, 3 }, 3));
	assert_ok(longs_remove(&v, 0));
	assert_ok(longs_truncate(&v, 1));
	assert_ok(longs_clear(&v));
	assert_int_equal(calls(), 0);
	assert_int_equal(stats(&v).committed, s.committed);
	assert_ok(longs_resize(&v, s.capacity + 1));
	assert_ok(longs_truncate(&v, 0));
	assert_true(stats(&v).committed <= 256 * KIB + 2 * PAGE);
	assert_ok(longs_fini(&v));
	/* where the first call asks for more than was there, it has grown */
	fill_once(MIB);
	assert_ok(longs_resize(&v, MIB));
	assert_ok(longs_truncate(&v, 0));
	assert_true(stats(&v).committed <= 256 * KIB + 2 * PAGE);
	assert_ok(longs_fini(&v));
}

static void
reserved_room_stays_until_shrink_to_fit(void **state)
{
	const struct vbuf_vec_options with = { .size = sizeof with, .initial = MIB };

	(void)state;
	for (int way = 0; way < 3; way++) {
		struct longs v = of_length(0, way == 2 ? &with : NULL);
		if (way < 2)
			assert_ok(way ? longs_reserve_exact(&v, MIB) : longs_reserve(&v, MIB));
		for (size_t i = 0; i < 2 * MIB; i++)
			assert_ok(longs_push(&v, 1));
		by_pop(&v, 0);
		assert_true(longs_capacity(&v) >= MIB);
		assert_ok(longs_push(&v, 1));
		assert_ok(longs_truncate(&v, 0));
		assert_ok(longs_clear(&v));
		assert_true(longs_capacity(&v) >= MIB);
		assert_ok(longs_shrink_to_fit(&v));
		assert_true(stats(&v).committed <= 64 * KIB + PAGE);
		for (size_t i = 0; i < MIB; i++)
			assert_ok(longs_push(&v, 1));
		by_pop(&v, 0);
		assert_true(longs_capacity(&v) < MIB / 8);
		assert_ok(longs_fini(&v));
	}
}

static void
a_vector_told_never_to_shrink_does_not(void **state)
{
	const struct vbuf_vec_options o = { .size = sizeof o, .shrink = VBUF_VEC_SHRINK_NEVER };
	struct longs v = of_length(MIB, &o);

	(void)state;
	count_calls();
	by_pop(&v, 0);
	assert_ok(longs_truncate(&v, 0));
	assert_int_equal(calls(), 0);
	assert_ok(longs_shrink_to_fit(&v));
	assert_true(stats(&v).committed <= 64 * KIB + PAGE);
	assert_ok(longs_fini(&v));
}

static void
a_few_large_elements_go_back_too_and_256_kib_stay(void **state)
{
	const size_t sizes[] = { 300 * KIB, MIB, 8 * MIB };

	(void)state;
	for (size_t s = 0; s < COUNT(sizes); s++) {
		for (size_t n = 2; n <= 5; n++) {
			struct vbuf_vec v;
			struct vbuf_vec_stats st;
			assert_ok(vbuf_vec_init(&v, sizes[s], 1, NULL));
			assert_ok(vbuf_vec_get_stats(&v, &st, sizeof st));
			assert_true(st.committed <= MIB + PAGE); /* of nothing, nothing */
			assert_ok(vbuf_vec_resize(&v, n));
			assert_ok(vbuf_vec_truncate(&v, 0));
			assert_ok(vbuf_vec_get_stats(&v, &st, sizeof st));
			assert_true(st.committed >= 256 * KIB);
			assert_true(st.committed <= sizes[s] + unit() + PAGE);
			assert_ok(vbuf_vec_fini(&v));
		}
	}
}

static void
room_beyond_the_length_is_an_eighth_or_a_huge_page(void **state)
{
	const size_t sizes[] = { 1, 8, 24, 4095, 100000 };

	(void)state;
	for (size_t s = 0; s < COUNT(sizes); s++) {
		struct vbuf_vec v;
		struct vbuf_vec_stats st;
		const struct vbuf_vec_options o = { .size = sizeof o,
			                            .recycle = VBUF_VEC_RECYCLE_NEVER };
		unsigned growths = 0;
		assert_ok(vbuf_vec_init(&v, sizes[s], 1, &o));
		for (size_t bytes = 0; bytes < 48 * MIB;) {
			/* from one growth to the next, by the call that a push makes */
			size_t n = vbuf_vec_capacity(&v);
			void *room;
			assert_ok(vbuf_vec_publish(&v, n - v.len));
			assert_ok(vbuf_vec_prepare(&v, 1, &room));
			assert_ok(vbuf_vec_publish(&v, 1));
			assert_ok(vbuf_vec_get_stats(&v, &st, sizeof st));
			bytes = v.len * sizes[s];
			size_t beyond = st.committed - bytes;
			size_t most = bytes / 8 > unit() ? bytes / 8 : unit();
			if (beyond > most + PAGE + sizes[s])
				fail_msg("%zu bytes beyond %zu", beyond, bytes);
			growths++;
		}
		assert_true(growths < 64); /* and not bought by calling all the time */
		assert_ok(vbuf_vec_fini(&v));
	}
}

static void
resident_memory_is_hardly_more_than_the_payload(void **state)
{
	struct longs v = of_length(0, NULL);
	size_t least = SIZE_MAX;

	(void)state;
	for (size_t mib = 1; mib <= 48; mib++) {
		while (v.len < mib * MIB / 8)
			assert_ok(longs_push(&v, 1));
		struct vbuf_vec_stats s = stats(&v);
		size_t payload = v.len * 8;
		if (s.resident == 0)
			skip();
		if (s.resident > payload + payload / 50 + 2 * MIB)
			fail_msg("%zu resident of %zu", s.resident, payload);
		least = s.resident;
	}
	assert_true(least >= 48 * MIB);
	by_truncate(&v, 10000);
	assert_true(stats(&v).resident <= 512 * KIB);
	assert_ok(longs_shrink_to_fit(&v));
	struct vbuf_vec_stats s = stats(&v);
	assert_true(s.resident <= 80000 + 2 * PAGE + 64 * KIB);
	assert_true(s.committed <= 80000 + 2 * PAGE + 64 * KIB);
	assert_ok(longs_fini(&v));
}

static size_t
cached(void)
{
	struct vbuf_vec_cache c;

	assert_ok(vbuf_vec_cache_get_stats(&c, sizeof c));
	return c.used;
}

static void
the_second_vector_asks_nothing_of_the_system(void **state)
{
	const size_t lengths[] = { 10, 1000, 100000 };

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++) {
		assert_ok(vbuf_vec_cache_trim());
		fill_once(lengths[i]);
		count_calls();
		for (int round = 0; round < 10; round++)
			fill_once(lengths[i]);
		assert_int_equal(calls(), 0);
	}
	/* another type takes the same memory */
	struct vbuf_vec v;
	assert_ok(vbuf_vec_init(&v, 24, 8, NULL));
	assert_ok(vbuf_vec_resize(&v, 30000));
	assert_all(v.data, 30000 * 24, 0);
	assert_ok(vbuf_vec_fini(&v));
	assert_int_equal(calls(), 0);
}

static void
the_cache_keeps_no_more_than_its_limit(void **state)
{
	struct vbuf_vec_cache c;
	struct longs v[20] = { { 0 } };

	(void)state;
	assert_ok(vbuf_vec_cache_limit(256 * KIB));
	assert_ok(vbuf_vec_cache_get_stats(&c, sizeof c));
	assert_int_equal(c.limit, 256 * KIB);
	assert_int_equal(c.used, 0);
	fill_once(MIB);
	assert_int_equal(cached(), 1);
	assert_ok(longs_push(&v[0], 1));
	assert_int_equal(cached(), 0);
	assert_true(stats(&v[0]).committed <= 256 * KIB);
	assert_ok(longs_fini(&v[0]));

	for (size_t i = 0; i < COUNT(v); i++)
		assert_ok(longs_push(&v[i], 1));
	count_calls();
	for (size_t i = 0; i < COUNT(v); i++)
		assert_ok(longs_fini(&v[i]));
	assert_int_equal(cached(), c.slots);
	assert_int_equal(fault_count(FAULT_OS, "unreserve"), COUNT(v) - c.slots);
	count_calls();
	assert_ok(vbuf_vec_cache_trim());
	assert_int_equal(fault_count(FAULT_OS, "unreserve"), c.slots);
	assert_int_equal(cached(), 0);
	assert_ok(vbuf_vec_cache_trim());
	assert_int_equal(fault_count(FAULT_OS, "unreserve"), c.slots);
	assert_ok(vbuf_vec_cache_limit(MIB));
}

static void
the_cache_can_be_switched_off(void **state)
{
	(void)state;
	fill_once(10);
	assert_true(cached() > 0);
	assert_ok(vbuf_vec_cache_limit(0));
	assert_int_equal(cached(), 0);
	count_calls();
	fill_once(10);
	assert_int_equal(cached(), 0);
	assert_int_equal(fault_count(FAULT_OS, "reserve"), 1);
	assert_int_equal(fault_count(FAULT_OS, "unreserve"), 1);
	assert_ok(vbuf_vec_cache_limit(SIZE_MAX)); /* all a vector has */
	fill_once(MIB);
	struct longs v = of_length(1, NULL);
	assert_true(longs_capacity(&v) >= MIB);
	assert_ok(longs_fini(&v));
	assert_ok(vbuf_vec_cache_limit(MIB));
	fill_once(10);
	assert_int_equal(cached(), 1);
}

static void
vectors_with_options_never_meet_the_cache(void **state)
{
	const struct vbuf_vec_options apart[] = {
		{ .max = 100 },
		{ .align = 65536 * 4 },
		{ .header_size = 8 },
		{ .huge = VBUF_HUGE_NEVER },
		{ .huge = VBUF_HUGE_PREFER },
		{ .name = "mine" },
		{ .fork = VBUF_FORK_WIPE },
		{ .fork = VBUF_FORK_DROP },
		{ .no_dump = true },
		{ .recycle = VBUF_VEC_RECYCLE_NEVER },
	};
	int anything;
	const struct vbuf_vec_options same[] = {
		{ .initial = 1000 },
		{ .growth = VBUF_VEC_GROW_LINEAR, .growth_num = 100 },
		{ .shrink = VBUF_VEC_SHRINK_NEVER },
		{ .destroy_arg = &anything },
	};

	(void)state;
	assert_ok(vbuf_vec_cache_trim());
	for (size_t i = 0; i < COUNT(apart); i++) {
		struct vbuf_vec_options o = apart[i];
		struct longs v;
		o.size = sizeof o;
		int err = longs_init(&v, &o);
		if (err == VBUF_ENOTSUP) /* no fork here */
			continue;
		assert_ok(err);
		assert_ok(longs_push(&v, 1));
		assert_ok(longs_fini(&v));
		if (cached() != 0)
			fail_msg("options %zu went in", i);
		fill_once(1);
		v = of_length(1, &o);
		if (cached() != 1)
			fail_msg("options %zu came out", i);
		assert_ok(longs_fini(&v));
		assert_ok(vbuf_vec_cache_trim());
	}
	for (size_t i = 0; i < COUNT(same); i++) {
		struct vbuf_vec_options o = same[i];
		o.size = sizeof o;
		struct longs v = of_length(1, &o);
		assert_ok(longs_fini(&v));
		assert_int_equal(cached(), 1);
		v = of_length(1, NULL); /* and with the options of the next only */
		assert_int_equal(cached(), 0);
		assert_ok(longs_resize(&v, MIB));
		assert_ok(longs_truncate(&v, 0));
		assert_true(longs_capacity(&v) <= 64 * KIB);
		assert_ok(longs_fini(&v));
		assert_ok(vbuf_vec_cache_trim());
	}
	/* frozen, or out of the vector's hands for a while */
	struct longs v = of_length(1, NULL);
	assert_ok(longs_freeze(&v));
	assert_ok(longs_fini(&v));
	assert_int_equal(cached(), 0);
	struct vbuf buf;
	size_t offset;
	v = of_length(1, NULL);
	assert_ok(longs_detach(&v, &buf, &offset));
	struct chars other;
	assert_result(chars_adopt(&other, &buf, offset, 1), VBUF_EINVAL);
	assert_null(other.data);
	assert_ok(longs_adopt(&v, &buf, offset, 1));
	assert_ok(longs_fini(&v));
	assert_int_equal(cached(), 0);
	/* elements aligned beyond the page */
	struct vbuf_vec aligned;
	assert_ok(vbuf_vec_init(&aligned, 1 << 20, 1 << 20, NULL));
	assert_ok(vbuf_vec_fini(&aligned));
	assert_int_equal(cached(), 0);
}

static void
the_cache_is_emptied_when_addresses_run_out(void **state)
{
	const struct vbuf_vec_options o = { .size = sizeof o, .max = 1000 };
	const int reasons[] = { VBUF_ENOADDR, VBUF_ERLIMIT, VBUF_EMAPS };
	struct longs v;

	(void)state;
	for (size_t i = 0; i < COUNT(reasons); i++) {
		fill_once(1);
		assert_true(cached() > 0);
		fault_arm(FAULT_OS, 1, reasons[i]);
		assert_ok(longs_init(&v, &o));
		assert_true(fault_disarm());
		assert_int_equal(cached(), 0);
		assert_ok(longs_fini(&v));
	}
}

static size_t
addresses(const struct longs *v)
{
	return stats(v).reserved;
}

static void
the_cache_is_emptied_before_a_vector_takes_less(void **state)
{
	struct longs whole = of_length(1, NULL), v;
	const struct vbuf_vec_options o = { .size = sizeof o, .recycle = VBUF_VEC_RECYCLE_NEVER };

	(void)state;
	fill_once(1);
	assert_true(cached() > 0);
	fault_arm(FAULT_OS, 1, VBUF_ENOADDR);
	assert_ok(longs_init(&v, &o));
	assert_true(fault_disarm());
	assert_int_equal(cached(), 0);
	assert_int_equal(addresses(&v), addresses(&whole));
	assert_ok(longs_fini(&v));
	assert_ok(longs_fini(&whole));
	assert_ok(vbuf_vec_cache_trim());
}

/* A vector that found few addresses does not hand that on. */
static void
a_small_reservation_is_not_recycled(void **state)
{
	struct longs whole = of_length(1, NULL), v = { 0 };

	(void)state;
	assert_ok(vbuf_vec_cache_trim());
	fault_arm(FAULT_OS, 1, VBUF_ENOADDR);
	assert_ok(longs_push(&v, 1));
	assert_true(fault_disarm());
	assert_true(addresses(&v) < addresses(&whole));
	assert_ok(longs_fini(&v));
	assert_int_equal(cached(), 0);
	assert_ok(longs_push(&v, 1));
	assert_int_equal(addresses(&v), addresses(&whole));
	assert_ok(longs_fini(&v));
	assert_int_equal(cached(), 1);
	assert_ok(longs_fini(&whole));
}

static void
a_copy_of_a_vector_that_ended_does_not_end_it_again(void **state)
{
	struct longs v = of_length(10, NULL), copy = v, x = { 0 }, y = { 0 };

	(void)state;
	assert_ok(vbuf_vec_cache_trim());
	assert_ok(longs_fini(&v));
	assert_result(longs_fini(&copy), VBUF_EINVAL);
	assert_int_equal(cached(), 1);
	assert_ok(longs_push(&x, 1));
	assert_ok(longs_push(&y, 2));
	assert_true(x.data != y.data);
	assert_int_equal(x.data[0], 1);
	/* nor when it was taken out */
	struct vbuf buf;
	size_t offset;
	copy = x;
	assert_ok(longs_detach(&x, &buf, &offset));
	assert_result(longs_fini(&copy), VBUF_EINVAL);
	assert_ok(longs_adopt(&x, &buf, offset, 1));
	assert_int_equal(x.data[0], 1);
	assert_ok(longs_fini(&x));
	assert_ok(longs_fini(&y));
}

static void
a_full_cache_costs_an_end_no_decommit(void **state)
{
	struct longs v[9] = { { 0 } };

	(void)state;
	for (size_t i = 0; i < COUNT(v); i++)
		assert_ok(longs_push(&v[i], 1));
	struct longs large = of_length(MIB, NULL);
	for (size_t i = 0; i < COUNT(v); i++)
		assert_ok(longs_fini(&v[i]));
	count_calls();
	assert_ok(longs_fini(&large));
	assert_int_equal(fault_count(FAULT_OS, "decommit"), 0);
	assert_int_equal(fault_count(FAULT_OS, "unreserve"), 1);
	assert_ok(vbuf_vec_cache_trim());
}

static int limit_result;

static void
switch_the_cache_off(void)
{
	limit_result = vbuf_vec_cache_limit(0);
}

static void
a_cache_switched_off_meanwhile_takes_nothing(void **state)
{
	struct longs v = of_length(MIB, NULL);

	(void)state;
	assert_ok(vbuf_vec_cache_trim());
	fault_after("decommit", switch_the_cache_off);
	assert_ok(longs_fini(&v));
	assert_ok(limit_result);
	assert_int_equal(cached(), 0);
	assert_ok(vbuf_vec_cache_limit(MIB));
}

/* Whose products of size and alignment are taken for each other: the slot's hint says
 * the same of both. */
static void
a_type_that_looks_alike_is_not(void **state)
{
	struct vbuf_vec v;
	const unsigned char one = 1;
	const uint16_t many[] = { 0x1234, 0x5678, 0x9abc };

	(void)state;
	assert_ok(vbuf_vec_cache_trim());
	assert_ok(vbuf_vec_init(&v, 1, 32, NULL));
	assert_ok(vbuf_vec_push(&v, &one));
	assert_ok(vbuf_vec_fini(&v));
	assert_int_equal(cached(), 1);
	assert_ok(vbuf_vec_init(&v, 2, 1, NULL));
	assert_ok(vbuf_vec_push_n(&v, many, 3));
	assert_memory_equal(v.data, many, sizeof many);
	assert_ok(vbuf_vec_pop(&v, NULL));
	assert_memory_equal(vbuf_vec_last(&v), &many[1], 2);
	assert_ok(vbuf_vec_fini(&v));
}

static void
the_room_that_the_last_owner_asked_for_is_not_kept(void **state)
{
	struct longs v = { 0 };

	(void)state;
	assert_ok(longs_push(&v, 1));
	assert_ok(longs_reserve(&v, MIB));
	assert_ok(longs_fini(&v));
	assert_ok(longs_push(&v, 1));
	assert_ok(longs_resize(&v, 2 * MIB));
	assert_ok(longs_truncate(&v, 0));
	assert_true(stats(&v).committed <= 256 * KIB + 2 * PAGE);
	assert_ok(longs_fini(&v));
}

static void
prefault_is_for_what_lies_behind_the_length(void **state)
{
	const struct vbuf_vec_options o = { .size = sizeof o,
		                            .initial = 2 * MIB,
		                            .huge = VBUF_HUGE_NEVER,
		                            .recycle = VBUF_VEC_RECYCLE_NEVER };
	struct longs v = of_length(1, &o);

	(void)state;
	size_t before = stats(&v).resident;
	assert_ok(longs_publish(&v, MIB)); /* and never written */
	assert_ok(longs_prefault(&v, MIB + MIB / 8));
	size_t after = stats(&v).resident;
	if (before > 0 && system_answers(SYSTEM_RESIDENCY))
		assert_true(after >= before + MIB - 2 * PAGE && after <= before + 2 * MIB);
	assert_ok(longs_fini(&v));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_goes_back_when_a_vector_has_shrunk_far),
		cmocka_unit_test(half_of_a_vector_gone_is_not_far),
		cmocka_unit_test(no_boundary_makes_an_oscillation_call_again_and_again),
		cmocka_unit_test(the_calls_of_a_wide_oscillation_are_few_for_its_width),
		cmocka_unit_test(clear_and_refill_asks_nothing_of_the_system),
		cmocka_unit_test(no_pattern_gives_back_and_takes_again_for_ever),
		cmocka_unit_test(a_vector_waits_longer_each_time_it_takes_memory_again),
		cmocka_unit_test(memory_from_the_cache_stays_until_the_vector_grows),
		cmocka_unit_test(reserved_room_stays_until_shrink_to_fit),
		cmocka_unit_test(a_vector_told_never_to_shrink_does_not),
		cmocka_unit_test(a_few_large_elements_go_back_too_and_256_kib_stay),
		cmocka_unit_test(room_beyond_the_length_is_an_eighth_or_a_huge_page),
		cmocka_unit_test(resident_memory_is_hardly_more_than_the_payload),
		cmocka_unit_test(the_second_vector_asks_nothing_of_the_system),
		cmocka_unit_test(the_cache_keeps_no_more_than_its_limit),
		cmocka_unit_test(the_cache_can_be_switched_off),
		cmocka_unit_test(vectors_with_options_never_meet_the_cache),
		cmocka_unit_test(the_cache_is_emptied_when_addresses_run_out),
		cmocka_unit_test(the_cache_is_emptied_before_a_vector_takes_less),
		cmocka_unit_test(a_small_reservation_is_not_recycled),
		cmocka_unit_test(a_copy_of_a_vector_that_ended_does_not_end_it_again),
		cmocka_unit_test(a_full_cache_costs_an_end_no_decommit),
		cmocka_unit_test(a_cache_switched_off_meanwhile_takes_nothing),
		cmocka_unit_test(a_type_that_looks_alike_is_not),
		cmocka_unit_test(the_room_that_the_last_owner_asked_for_is_not_kept),
		cmocka_unit_test(prefault_is_for_what_lies_behind_the_length),
	};

	return run_group("vec_memory", tests);
}
