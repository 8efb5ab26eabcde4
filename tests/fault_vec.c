/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Every failure of the system at every point of every operation of a vector: the Nth
 * call through os.h fails, for N = 1, 2, ... until none is left to fail. After each
 * the vector must be what it was, or what a success would have made of it; it must
 * work on, and its end must leave no reservation behind.
 */
#include <vbuf/vec.h>

#include "../src/vec.h"
#include "access.h"
#include "fault.h"
#include "test.h"

VBUF_VEC(longs, int64_t);

static const int errors[] = { VBUF_ENOADDR, VBUF_ECOMMIT, VBUF_EMAPS,
	                      VBUF_ERLIMIT, VBUF_ELOCKED, VBUF_ESYS };

/* Reservations alive, counted at the door. */
static long alive;

static void
tally(void)
{
	const char *failed = fault_name();

	alive += (long)fault_count(FAULT_OS, "reserve") - (long)fault_count(FAULT_OS, "unreserve");
	if (failed && strcmp(failed, "reserve") == 0)
		alive--;
	if (failed && strcmp(failed, "unreserve") == 0)
		alive++;
	fault_arm(FAULT_OS, 0, 0);
}

/* A vector to begin with. */
enum start { NOTHING, SMALL, FULL, ROOMY, PROMISED, WITH_OPTIONS, STARTS };

static void
grow_far(struct longs *v)
{
	while (longs_capacity(v) < 160000)
		assert_ok(longs_resize(v, longs_capacity(v) + 1));
}

/* The least length of which popping one element does not yet give memory back. */
static size_t
edge_of(struct longs *v)
{
	grow_far(v);
	size_t capacity = longs_capacity(v);
	while (longs_capacity(v) == capacity)
		assert_ok(longs_pop(v, NULL));
	return v->len + 1;
}

static struct longs
begin(enum start start)
{
	struct longs v = { 0 };
	const struct vbuf_vec_options o = { .size = sizeof o,
		                            .max = MIB,
		                            .align = 1 << 14,
		                            .header_size = 48,
		                            .header_align = 16,
		                            .huge = VBUF_HUGE_NEVER,
		                            .no_dump = true,
		                            .name = "fault" };
	/* what goes back breaks a promise, which is to be kept again */
	const struct vbuf_vec_options promised = { .size = sizeof promised, .no_dump = true };
	size_t n = 10;

	if (start == NOTHING)
		return v;
	if (start != SMALL) /* which may be a recycled one */
		assert_ok(vbuf_vec_cache_trim());
	assert_ok(longs_init(&v, start == WITH_OPTIONS ? &o
	                         : start == PROMISED   ? &promised
	                                               : NULL));
	if (start == FULL)
		n = longs_capacity(&v);
	if (start == ROOMY || start == PROMISED) {
		/* The next element less gives memory back. */
		n = edge_of(&v);
		assert_ok(longs_fini(&v));
		assert_ok(vbuf_vec_cache_trim());
		assert_ok(longs_init(&v, start == ROOMY ? NULL : &promised));
		grow_far(&v);
		while (v.len > n) /* in the same steps */
			assert_ok(longs_pop(&v, NULL));
	}
	assert_ok(longs_resize(&v, n));
	for (size_t i = 0; i < n; i++)
		v.data[i] = (int64_t)(i * i);
	return v;
}

/* The operations. Each leaves what it makes beside the vector in other. */
static struct longs other;
static const int64_t many[5000];

static int
push(struct longs *v)
{
	return longs_push(v, 1);
}

static int
push_n(struct longs *v)
{
	return longs_push_n(v, many, COUNT(many));
}

static int
append_itself(struct longs *v)
{
	return longs_append(v, v);
}

static int
prepare(struct longs *v)
{
	int64_t *room = v->data;
	int err = longs_prepare(v, 5000, &room);

	assert_true(err == VBUF_OK ? room == v->data + v->len : room == NULL);
	return err;
}

static int
insert(struct longs *v)
{
	return longs_insert(v, v->len / 2, 1);
}

static int
insert_n(struct longs *v)
{
	return longs_insert_n(v, v->len / 2, many, COUNT(many));
}

static int
resize_up(struct longs *v)
{
	return longs_resize(v, v->len + 5000);
}

static int
resize_fill(struct longs *v)
{
	return longs_resize_fill(v, v->len + 5000, 3);
}

static int
reserve(struct longs *v)
{
	return longs_reserve(v, v->len + 300000);
}

static int
reserve_exact(struct longs *v)
{
	return longs_reserve_exact(v, v->len + 300000);
}

static int
prefault(struct longs *v)
{
	return longs_prefault(v, v->len + 5000);
}

static int
pop(struct longs *v)
{
	return v->len ? longs_pop(v, NULL) : VBUF_OK;
}

static int
remove_one(struct longs *v)
{
	return v->len ? longs_remove(v, 0) : VBUF_OK;
}

static int
remove_n(struct longs *v)
{
	return longs_remove_n(v, 0, v->len / 2);
}

static int
swap_remove(struct longs *v)
{
	return v->len ? longs_swap_remove(v, 0) : VBUF_OK;
}

static int
truncate(struct longs *v)
{
	return longs_truncate(v, 3);
}

static int
clear(struct longs *v)
{
	return longs_clear(v);
}

static int
resize_down(struct longs *v)
{
	return longs_resize(v, v->len / 2);
}

static int
shrink_to_fit(struct longs *v)
{
	return longs_shrink_to_fit(v);
}

static int
split_off(struct longs *v)
{
	return longs_split_off(v, v->len / 2, &other);
}

static int
clone(struct longs *v)
{
	return longs_clone(v, &other);
}

static int
freeze(struct longs *v)
{
	return v->control_ ? longs_freeze(v) : VBUF_OK;
}

static int
fini(struct longs *v)
{
	return longs_fini(v);
}

static const struct operation {
	const char *name;
	int (*run)(struct longs *v);
	bool partial; /* after a failure the capacity may be another */
} operations[] = {
	{ "push", push, false },
	{ "push_n", push_n, false },
	{ "append_itself", append_itself, false },
	{ "prepare", prepare, false },
	{ "insert", insert, false },
	{ "insert_n", insert_n, false },
	{ "resize_up", resize_up, false },
	{ "resize_fill", resize_fill, false },
	{ "reserve", reserve, false },
	{ "reserve_exact", reserve_exact, false },
	{ "prefault", prefault, true },
	{ "pop", pop, false },
	{ "remove", remove_one, false },
	{ "remove_n", remove_n, false },
	{ "swap_remove", swap_remove, false },
	{ "truncate", truncate, false },
	{ "clear", clear, false },
	{ "resize_down", resize_down, false },
	{ "shrink_to_fit", shrink_to_fit, true },
	{ "split_off", split_off, false },
	{ "clone", clone, false },
	{ "freeze", freeze, false },
};

/* What a vector was. */
struct image {
	struct longs v;
	size_t capacity;
	int64_t *data;
};

static struct image
image_of(const struct longs *v)
{
	struct image i = { *v, longs_capacity(v), malloc(v->len * sizeof *v->data + 1) };

	assert_non_null(i.data);
	if (v->len)
		memcpy(i.data, v->data, v->len * sizeof *v->data);
	return i;
}

static void
assert_same_elements(const struct longs *v, const struct image *i)
{
	assert_int_equal(v->len, i->v.len);
	assert_true(v->len == 0 || memcmp(v->data, i->data, v->len * sizeof *v->data) == 0);
}

static void
assert_works_and_ends(struct longs *v, bool frozen)
{
	size_t n = v->len;

	if (frozen) {
		assert_result(longs_push(v, 1), VBUF_EPERM);
	} else {
		for (int i = 0; i < 3000; i++)
			assert_ok(longs_push(v, i));
		for (int i = 0; i < 3000; i++)
			assert_int_equal(v->data[n + (size_t)i], i);
		assert_ok(longs_truncate(v, n / 2));
		assert_ok(longs_shrink_to_fit(v));
		assert_ok(longs_push(v, 1));
	}
	assert_ok(longs_fini(v));
}

/* One operation, one start, one failure. False once there was none left to fail. */
static bool
fails_at(const struct operation *op, enum start start, unsigned nth, int error,
         const struct image *success, const struct image *success_other)
{
	struct longs v = begin(start);
	struct image before = image_of(&v);

	other = (struct longs){ 0 };
	tally();
	fault_arm(FAULT_OS, nth, error);
	int err = op->run(&v);
	bool hit = fault_disarm();
	const char *failed = fault_name();
	tally();
	assert_true(hit || err == VBUF_OK);
	if (err == VBUF_OK) {
		if (success) {
			assert_same_elements(&v, success);
			assert_same_elements(&other, success_other);
		}
	} else {
		/* Memory given back whose options could not be set anew: see vbuf_decommit(). */
		bool gone = op->run == shrink_to_fit && strcmp(failed, "advise") == 0;
		assert_result(err, gone ? VBUF_ESYS : error);
		if (gone)
			assert_true(longs_capacity(&v) < before.capacity);
		bool made = op->run == prefault && !before.v.control_; /* room, not resident */
		assert_true(made || v.data == before.v.data);
		assert_true(made || v.control_ == before.v.control_);
		if (!op->partial)
			assert_int_equal(longs_capacity(&v), before.capacity);
		assert_same_elements(&v, &before);
		assert_all((const unsigned char *)&other, sizeof other, 0);
	}
	if (v.control_ && start == WITH_OPTIONS)
		assert_all(longs_header(&v), 48, 0);
	assert_works_and_ends(&v, op->run == freeze && err == VBUF_OK && before.v.control_);
	assert_works_and_ends(&other, false);
	assert_ok(vbuf_vec_cache_trim());
	tally();
	if (alive != 0)
		fail_msg("%ld reservations left", alive);
	free(before.data);
	return hit;
}

static void
every_failure_of_every_operation_leaves_a_whole_vector(void **state)
{
	(void)state;
	assert_ok(vbuf_vec_cache_trim());
	tally();
	alive = 0;
	for (size_t o = 0; o < COUNT(operations); o++) {
		const struct operation *op = &operations[o];
		unsigned most = 0;
		for (enum start start = NOTHING; start < STARTS; start++) {
			struct longs v = begin(start);
			other = (struct longs){ 0 };
			assert_ok(op->run(&v));
			struct image success = image_of(&v), success_other = image_of(&other);
			assert_ok(longs_fini(&v));
			assert_ok(longs_fini(&other));
			for (size_t e = 0; e < COUNT(errors); e++) {
				unsigned nth = 1;
				while (fails_at(op, start, nth, errors[e], &success,
				                &success_other))
					nth++;
				most = nth > most ? nth : most;
			}
			free(success.data);
			free(success_other.data);
		}
		fprintf(stderr, "%s: up to %u failures\n", op->name, most - 1);
		if (op->run == push || op->run == reserve || op->run == clone ||
		    op->run == shrink_to_fit || op->run == truncate || op->run == freeze ||
		    op->run == pop || op->run == remove_one || op->run == swap_remove)
			assert_true(most > 1); /* or nothing was tested */
	}
}

static void
an_init_that_fails_anywhere_leaves_nothing(void **state)
{
	const struct vbuf_vec_options o = { .size = sizeof o,
		                            .max = 100000,
		                            .initial = 50000,
		                            .align = 1 << 20,
		                            .header_size = 16,
		                            .no_dump = true,
		                            .name = "fault" };

	(void)state;
	assert_ok(vbuf_vec_cache_trim());
	tally();
	alive = 0;
	for (int with = 0; with < 2; with++) {
		for (size_t e = 0; e < COUNT(errors); e++) {
			bool hit = true;
			for (unsigned n = 1; hit; n++) {
				struct longs v;
				memset(&v, 0x55, sizeof v);
				fault_arm(FAULT_OS, n, errors[e]);
				int err = longs_init(&v, with ? &o : NULL);
				hit = fault_disarm();
				tally();
				if (err == VBUF_OK) { /* without a name, or at the second try */
					assert_works_and_ends(&v, false);
				} else {
					assert_true(err == errors[e]);
					assert_all((const unsigned char *)&v, sizeof v, 0);
				}
				assert_ok(vbuf_vec_cache_trim());
				tally();
				assert_int_equal(alive, 0);
			}
		}
	}
}

static void
an_init_that_can_have_less_addresses_takes_a_quarter_of_those(void **state)
{
	struct vbuf_vec_stats whole, less;
	struct longs v;

	(void)state;
	assert_ok(vbuf_vec_cache_trim());
	assert_ok(longs_init(&v, NULL));
	assert_ok(longs_stats(&v, &whole));
	assert_ok(longs_fini(&v));
	assert_ok(vbuf_vec_cache_trim());
	fault_arm(FAULT_OS, 1, VBUF_ENOADDR);
	assert_ok(longs_init(&v, NULL));
	assert_true(fault_disarm());
	assert_ok(longs_stats(&v, &less));
	assert_int_equal(less.reserved, whole.reserved / 16);
	assert_int_equal(less.max, longs_max(&v));
	assert_true(less.max * sizeof(int64_t) <= less.reserved);
	assert_works_and_ends(&v, false);
	assert_ok(vbuf_vec_cache_trim());

	fault_always(FAULT_OS, "reserve", VBUF_ENOADDR);
	assert_result(longs_init(&v, NULL), VBUF_ENOADDR);
	assert_true(fault_disarm());
	assert_null(v.control_);
}

/* Nothing works any more from some call on: what the new vector had got cannot be given back
 * either. It is not the caller's, who was told that there is none. */
static void
a_copy_that_fails_is_empty_even_if_its_memory_does_not_go(void **state)
{
	int (*const makers[])(struct longs * v) = { clone, split_off };

	(void)state;
	for (int i = 0; i < 2; i++) {
		bool hit = true, stayed = false;
		for (unsigned n = 1; hit; n++) {
			struct longs v = begin(PROMISED);
			struct image before = image_of(&v);
			long reservations = fault_reservations;
			memset(&other, 0x55, sizeof other);
			fault_arm_from(FAULT_OS, n, VBUF_ECOMMIT, NULL);
			int err = makers[i](&v);
			hit = fault_disarm();
			if (err != VBUF_OK) {
				assert_true(hit);
				assert_all((const unsigned char *)&other, sizeof other, 0);
				assert_same_elements(&v, &before);
			}
			stayed |= err != VBUF_OK && fault_reservations > reservations;
			free(before.data);
			assert_ok(longs_fini(&other));
			assert_ok(longs_fini(&v));
		}
		assert_true(stayed); /* or nothing was tested */
	}
}

/* Where it cannot be known what is left, the vector must at least stay usable. */
static void
an_end_that_fails_keeps_the_memory_and_can_be_repeated(void **state)
{
	(void)state;
	for (int with = 0; with < 2; with++) {
		struct longs v = begin(with ? WITH_OPTIONS : SMALL);
		assert_ok(vbuf_vec_cache_limit(0));
		fault_always(FAULT_OS, "unreserve", VBUF_EMAPS);
		assert_result(longs_fini(&v), VBUF_EMAPS);
		assert_true(fault_disarm());
		assert_int_equal(v.len, 0);
		assert_non_null(v.control_);
		for (int i = 0; i < 100000; i++)
			assert_ok(longs_push(&v, i));
		assert_int_equal(v.data[99999], 99999);
		assert_ok(longs_fini(&v));
		assert_null(v.control_);
		assert_ok(vbuf_vec_cache_limit(MIB));
	}
}

/* The memory is gone, its options are not set: it does not count as there any more, and
 * is taken anew. */
static void
memory_that_is_gone_without_its_options_is_not_counted(void **state)
{
	(void)state;
	for (int way = 0; way < 4; way++) {
		struct longs v = begin(PROMISED);
		size_t n = v.len, capacity = longs_capacity(&v);
		fault_always(FAULT_OS, "advise", VBUF_ENOTSUP);
		int err = way == 0   ? longs_shrink_to_fit(&v)
		          : way == 1 ? longs_pop(&v, NULL)
		          : way == 2 ? longs_truncate(&v, 10)
		                     : longs_remove_n(&v, 0, n - 10);
		unsigned given = fault_count(FAULT_OS, "decommit");
		if (!fault_disarm()) { /* the system keeps promises by itself */
			assert_ok(longs_fini(&v));
			skip();
		}
		assert_result(err, way == 0 ? VBUF_ESYS : VBUF_OK);
		assert_int_equal(given, 1);
		assert_true(longs_capacity(&v) < capacity);
		for (size_t i = way == 3 ? 10 : 0; i < v.len; i++)
			assert_int_equal(v.data[i], i * i);
		while (v.len < capacity) /* all of it can be written */
			assert_ok(longs_push(&v, 1));
		assert_ok(longs_fini(&v));
	}
}

/* What the system will not have back is not offered at each pop. */
static void
a_refused_shrink_is_not_tried_at_each_pop(void **state)
{
	struct longs v = begin(ROOMY);
	size_t capacity = longs_capacity(&v);

	(void)state;
	fault_always(FAULT_OS, "decommit", VBUF_EMAPS);
	while (v.len > 0)
		assert_ok(longs_pop(&v, NULL));
	unsigned tries = fault_count(FAULT_OS, "decommit");
	assert_true(fault_disarm());
	assert_true(tries > 1 && tries < 32); /* at each half of the length */
	assert_int_equal(longs_capacity(&v), capacity);
	assert_works_and_ends(&v, false);
}

static void
a_trim_that_fails_keeps_what_it_could_not_give_back(void **state)
{
	struct vbuf_vec_cache cache;
	struct longs v = begin(SMALL);

	(void)state;
	assert_ok(vbuf_vec_cache_trim());
	assert_ok(longs_fini(&v));
	fault_always(FAULT_OS, "unreserve", VBUF_EMAPS);
	assert_result(vbuf_vec_cache_trim(), VBUF_EMAPS);
	assert_result(vbuf_vec_cache_limit(0), VBUF_EMAPS);
	assert_true(fault_disarm());
	assert_ok(vbuf_vec_cache_get_stats(&cache, sizeof cache));
	assert_int_equal(cache.used, 1);
	assert_ok(vbuf_vec_cache_limit(MIB));
	assert_ok(vbuf_vec_cache_get_stats(&cache, sizeof cache));
	assert_int_equal(cache.used, 0);
}

static void
where_memory_is_short_a_push_takes_no_more_than_it_must(void **state)
{
	struct longs v = begin(FULL);
	size_t capacity = longs_capacity(&v);

	(void)state;
	fault_arm(FAULT_OS, 1, VBUF_ECOMMIT);
	assert_ok(longs_push(&v, 1));
	assert_true(fault_disarm());
	assert_true(longs_capacity(&v) <= capacity + PAGE / sizeof(int64_t));
	assert_works_and_ends(&v, false);
}

static void
a_freeze_that_fails_leaves_a_vector_that_can_be_written(void **state)
{
	(void)state;
	for (enum start start = SMALL; start < STARTS; start++) {
		struct longs v = begin(start);
		fault_always(FAULT_OS, "protect", VBUF_EMAPS);
		assert_result(longs_freeze(&v), VBUF_EMAPS);
		assert_true(fault_disarm());
		v.data[0] = 7;
		assert_ok(longs_push(&v, 8));
		assert_ok(longs_freeze(&v));
		assert_true(access_faults(v.data, ACCESS_WRITE));
		assert_ok(longs_fini(&v));
	}
}

/* The page that a freeze which then fails has protected already: that of the control block. */
static struct vbuf of_the_block;
static size_t block_page;

static void
protect_the_block(void)
{
	assert_ok(vbuf_protect(&of_the_block, block_page, PAGE, VBUF_PROT_RO));
}

/* A buffer for the vector's memory that is not in its memory. */
static void
look_at_block(const struct longs *v)
{
	of_the_block = v->control_->buf;
	block_page = (size_t)((unsigned char *)v->control_ - of_the_block.base) / PAGE * PAGE;
}

static void
a_freeze_that_fails_half_way_is_undone(void **state)
{
	(void)state;
	for (enum start start = SMALL; start < STARTS; start++) {
		struct longs v = begin(start);
		int64_t first = v.data[0];
		look_at_block(&v);
		fault_after("protect", protect_the_block);
		fault_arm(FAULT_OS, 1, VBUF_EMAPS);
		assert_result(longs_freeze(&v), VBUF_EMAPS);
		assert_true(fault_disarm());
		assert_string_equal(fault_name(), "protect");
		assert_int_equal(v.data[0], first);
		assert_works_and_ends(&v, false);
	}
}

/* Nobody knows which pages can be written: then no call tries. */
static void
a_freeze_that_fails_and_cannot_be_undone_leaves_a_frozen_vector(void **state)
{
	(void)state;
	for (int half = 0; half < 2; half++) {
		for (enum start start = SMALL; start < STARTS; start++) {
			struct longs v = begin(start);
			struct image before = image_of(&v);
			look_at_block(&v);
			if (half)
				fault_after("commit", protect_the_block);
			fault_arm(FAULT_OS, 1, VBUF_EMAPS);
			fault_also(FAULT_OS, "commit", VBUF_ECOMMIT);
			assert_result(longs_freeze(&v), VBUF_EMAPS);
			assert_true(fault_disarm());
			assert_same_elements(&v, &before);
			assert_result(longs_push(&v, 1), VBUF_EPERM);
			assert_result(longs_pop(&v, NULL), VBUF_EPERM);
			assert_result(longs_freeze(&v), VBUF_EPERM);
			assert_ok(longs_clone(&v, &other));
			assert_same_elements(&other, &before);
			assert_works_and_ends(&other, false);
			assert_works_and_ends(&v, true);
			free(before.data);
		}
	}
}

/* Of a large first commit a huge page's rest can be done without. */
static void
where_memory_is_short_an_init_takes_no_more_than_it_must(void **state)
{
	const size_t n = 1000003;
	const struct vbuf_vec_options o = { .size = sizeof o, .initial = n };
	struct longs v;
	bool hit = true, commit = false;

	(void)state;
	assert_ok(vbuf_vec_cache_trim());
	for (unsigned nth = 1; hit; nth++) {
		fault_arm(FAULT_OS, nth, VBUF_ECOMMIT);
		int err = longs_init(&v, &o);
		hit = fault_disarm();
		if (!hit || strcmp(fault_name(), "commit") != 0) {
			assert_ok(err == VBUF_ECOMMIT ? VBUF_OK : longs_fini(&v));
			continue;
		}
		commit = true;
		assert_ok(err);
		assert_true(longs_capacity(&v) >= n);
		assert_true(longs_capacity(&v) <= n + PAGE / sizeof(int64_t));
		assert_ok(longs_resize(&v, n));
		assert_works_and_ends(&v, false);
	}
	assert_true(commit);
}

/* No room is left before the elements, for huge pages that there are no addresses for. */
static void
where_addresses_are_short_all_of_them_are_for_elements(void **state)
{
	(void)state;
	assert_ok(vbuf_vec_cache_trim());
	for (size_t most = 64 * KIB; most < 64 * MIB; most *= 4) {
		struct vbuf_vec_stats stats;
		struct longs v;
		fault_reserve_limit = most;
		int err = longs_init(&v, NULL);
		fault_reserve_limit = SIZE_MAX;
		if (err == VBUF_ENOADDR && most < MIB) /* that is none at all */
			continue;
		assert_ok(err);
		assert_ok(longs_stats(&v, &stats));
		assert_true(stats.reserved <= most / 4);
		assert_true(stats.max * sizeof(int64_t) + PAGE >= stats.reserved);
		while (v.len < stats.max)
			assert_ok(longs_push(&v, (int64_t)v.len));
		assert_result(longs_push(&v, 1), VBUF_ERANGE);
		for (size_t i = 0; i < v.len; i++)
			assert_int_equal(v.data[i], i);
		assert_ok(longs_fini(&v));
	}
}

static void
a_piece_of_the_work_ahead_that_fails_is_done_later(void **state)
{
	struct longs v = begin(SMALL);
	struct vbuf_vec_ahead ahead;

	(void)state;
	assert_ok(longs_ahead_begin(&ahead, &v, 8 * MIB));
	fault_always(FAULT_OS, "commit", VBUF_ECOMMIT);
	assert_result(vbuf_vec_ahead_step(&ahead), VBUF_ECOMMIT);
	fault_always(FAULT_OS, "populate", VBUF_ECOMMIT);
	fault_also(FAULT_OS, "touch", VBUF_EACCES);
	assert_true(vbuf_vec_ahead_step(&ahead) < 0);
	assert_true(fault_disarm());
	for (int i = 0; i < 100000; i++)
		assert_ok(longs_push(&v, i));
	while (vbuf_vec_ahead_step(&ahead) > 0)
		;
	assert_int_equal(vbuf_vec_ahead_step(&ahead), 0);
	assert_ok(vbuf_vec_ahead_end(&ahead));
	assert_works_and_ends(&v, false);
}

/* What no system sees. */
static void
misuse_and_small_work_never_reach_the_system(void **state)
{
	struct longs v = begin(SMALL), bad;
	const struct vbuf_vec_options o = { .size = sizeof o, .align = 3 };
	int64_t *room;

	(void)state;
	assert_ok(longs_reserve(&v, 1000));
	fault_arm(FAULT_OS, 1, VBUF_ESYS);
	assert_result(longs_init(&bad, &o), VBUF_EINVAL);
	assert_result(longs_reserve(&v, SIZE_MAX), VBUF_ERANGE);
	assert_result(longs_prepare(&v, SIZE_MAX, &room), VBUF_ERANGE);
	assert_result(longs_remove(&v, 10), VBUF_ERANGE);
	assert_result(longs_publish(&v, SIZE_MAX), VBUF_ERANGE);
	assert_result(longs_split_off(&v, 11, &bad), VBUF_ERANGE);
	for (int i = 0; i < 900; i++)
		assert_ok(longs_push(&v, i));
	for (int i = 0; i < 900; i++)
		assert_ok(longs_pop(&v, NULL));
	assert_ok(longs_insert_n(&v, 5, many, 900));
	assert_ok(longs_remove_n(&v, 5, 900));
	assert_ok(longs_clear(&v));
	assert_false(fault_disarm());
	assert_ok(longs_fini(&v));
}

static void
an_end_without_the_cache_fails_or_is_one(void **state)
{
	(void)state;
	assert_ok(vbuf_vec_cache_limit(0));
	for (enum start start = NOTHING; start < STARTS; start++) {
		for (size_t e = 0; e < COUNT(errors); e++) {
			unsigned nth = 1;
			const struct operation op = { "fini", fini, true };
			for (bool hit = true; hit; nth++) {
				struct longs v = begin(start);
				tally();
				fault_arm(FAULT_OS, nth, errors[e]);
				int err = op.run(&v);
				hit = fault_disarm();
				assert_true(err == (hit ? errors[e] : VBUF_OK));
				assert_int_equal(v.len, 0);
				assert_ok(longs_fini(&v));
			}
		}
	}
	assert_ok(vbuf_vec_cache_limit(MIB));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_failure_of_every_operation_leaves_a_whole_vector),
		cmocka_unit_test(an_init_that_fails_anywhere_leaves_nothing),
		cmocka_unit_test(an_init_that_can_have_less_addresses_takes_a_quarter_of_those),
		cmocka_unit_test(a_copy_that_fails_is_empty_even_if_its_memory_does_not_go),
		cmocka_unit_test(an_end_that_fails_keeps_the_memory_and_can_be_repeated),
		cmocka_unit_test(memory_that_is_gone_without_its_options_is_not_counted),
		cmocka_unit_test(a_refused_shrink_is_not_tried_at_each_pop),
		cmocka_unit_test(an_end_without_the_cache_fails_or_is_one),
		cmocka_unit_test(a_trim_that_fails_keeps_what_it_could_not_give_back),
		cmocka_unit_test(where_memory_is_short_a_push_takes_no_more_than_it_must),
		cmocka_unit_test(a_freeze_that_fails_leaves_a_vector_that_can_be_written),
		cmocka_unit_test(a_freeze_that_fails_half_way_is_undone),
		cmocka_unit_test(a_freeze_that_fails_and_cannot_be_undone_leaves_a_frozen_vector),
		cmocka_unit_test(where_memory_is_short_an_init_takes_no_more_than_it_must),
		cmocka_unit_test(where_addresses_are_short_all_of_them_are_for_elements),
		cmocka_unit_test(a_piece_of_the_work_ahead_that_fails_is_done_later),
		cmocka_unit_test(misuse_and_small_work_never_reach_the_system),
	};

	return run_group("fault_vec", tests);
}
