/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The grid of a vector: whatever its options are and whatever fails, a call that fails has
 * changed nothing, works when it is repeated, and nothing is lost in the end: no reservation,
 * and no element, each of which is destroyed once.
 */
#include <vbuf/vec.h>

#include "../src/vec.h"
#include "fault_grid.h"
#include "system.h"

enum {
	SIZE,
	HUGE_PAGES,
	FORK,
	DUMP,
	ALIGN,
	HEADER,
	MOST,
	GROWTH,
	RECYCLE,
	NAME,
	DESTROY,
	INITIAL,
	FACTORS
};

_Static_assert((int)FACTORS <= (int)GRID_FACTORS, "the array has so many columns");

static const struct {
	size_t size, align;
} elements[] = { { 3, 1 }, { 8, 8 }, { 24, 8 }, { GRID_WIDEST, 64 } };

/* What begin() made, and what operations leave beside it. */
static struct vbuf_vec v, other;

/* Elements that take this many bytes, and one more. */
static size_t
in_bytes(size_t bytes)
{
	return bytes / grid_elements.size + 1;
}

static size_t
many(void)
{
	return in_bytes(60 * KIB);
}

static struct vbuf_vec_options
options_of(unsigned row)
{
	static const size_t headers[][2] = { { 0, 0 }, { 48, 16 }, { 5000, 1 } };
	unsigned header = grid_level(row, HEADER, 3), growth = grid_level(row, GROWTH, 4);
	struct vbuf_vec_options o = {
		.size = sizeof o,
		.max = (size_t[]){ 0, in_bytes(2 * MIB),
		                   in_bytes(48 * MIB) }[grid_level(row, MOST, 3)],
		.initial = grid_level(row, INITIAL, 2) ? in_bytes(40000) : 0,
		.align = (size_t[]){ 0, 128, (size_t)1 << 17 }[grid_level(row, ALIGN, 3)],
		.header_size = headers[header][0],
		.header_align = headers[header][1],
		.shrink = growth == 3 ? VBUF_VEC_SHRINK_NEVER : VBUF_VEC_SHRINK_DEFAULT,
		.recycle = grid_level(row, RECYCLE, 3) == 2 ? VBUF_VEC_RECYCLE_NEVER
		                                            : VBUF_VEC_RECYCLE_DEFAULT,
		.huge = (enum vbuf_huge)grid_level(row, HUGE_PAGES, 3),
		.destroy = grid_level(row, DESTROY, 2) ? grid_destroy : NULL,
		.destroy_arg = &grid_elements,
		.name = grid_level(row, NAME, 2) ? "grid" : NULL,
		.fork = fork_if_known((enum vbuf_fork)grid_level(row, FORK, 3)),
		.no_dump = grid_level(row, DUMP, 2),
	};

	if (growth == 1) {
		o.growth = VBUF_VEC_GROW_EXPONENTIAL;
		o.growth_num = 3;
		o.growth_den = 2;
	} else if (growth == 2) {
		o.growth = VBUF_VEC_GROW_LINEAR;
		o.growth_num = in_bytes(30000);
	}
	return o;
}

static struct vbuf_vec_options options;

static bool
destroys(void)
{
	return options.destroy != NULL;
}

/* n elements behind the last, for which there is room. */
static void
add(struct vbuf_vec *to, size_t n)
{
	for (size_t i = to->len; i < to->len + n; i++) {
		grid_write((unsigned char *)to->data + i * grid_elements.size, grid_kind_at(i));
		grid_elements.born[grid_kind_at(i)]++;
	}
	assert_ok(vbuf_vec_publish(to, n));
}

static int
init(struct vbuf_vec *ret)
{
	unsigned kind = grid_level(grid_now.row, SIZE, COUNT(elements));

	return vbuf_vec_init(ret, elements[kind].size, elements[kind].align, &options);
}

/* In the cache there is what a vector of the same type left, made without options. */
static void
warm(void)
{
	unsigned kind = grid_level(grid_now.row, SIZE, COUNT(elements));
	struct vbuf_vec w;

	assert_ok(vbuf_vec_init(&w, elements[kind].size, elements[kind].align, NULL));
	assert_ok(vbuf_vec_fini(&w));
}

/* A vector to begin with: of a few elements, without room for one more, such that the next
 * one less gives memory back, or of a few elements for which there is far too much. */
enum start { FEW, FULL, ROOMY, WIDE };

static void
begin_with(enum start start)
{
	void *room;

	assert_ok(vbuf_vec_cache_trim());
	assert_int_equal(fault_reservations, 0);
	memset(&grid_elements, 0, sizeof grid_elements);
	grid_elements.size = elements[grid_level(grid_now.row, SIZE, COUNT(elements))].size;
	options = options_of(grid_now.row);
	other = (struct vbuf_vec){ 0 };
	if (grid_level(grid_now.row, RECYCLE, 3) == 1)
		warm();
	assert_ok(init(&v));
	if (options.header_size)
		memset(vbuf_vec_header(&v), 0x5a, options.header_size);
	size_t n = start == FULL ? vbuf_vec_capacity(&v) : in_bytes(10 * KIB);
	if (start == ROOMY || start == WIDE)
		assert_ok(vbuf_vec_prepare(&v, in_bytes(600 * KIB), &room));
	if (start == ROOMY && v.control_->low > n)
		n = v.control_->low;
	assert_ok(vbuf_vec_prepare(&v, n, &room));
	add(&v, n);
}

/* Whatever happened, all is given back, and all that was born has died. */
static void
end(void)
{
	assert_ok(vbuf_vec_fini(&v));
	assert_ok(vbuf_vec_fini(&other));
	assert_ok(vbuf_vec_cache_limit(MIB)); /* and trim */
	assert_int_equal(fault_reservations, 0);
	if (destroys())
		assert_memory_equal(grid_elements.born, grid_elements.died,
		                    sizeof grid_elements.born);
}

/* --- the operations --- */

static unsigned char source[70 * KIB];

/* n elements to be put in. */
static const void *
some(size_t n)
{
	for (size_t i = 0; i < n; i++)
		grid_write(source + i * grid_elements.size, grid_kind_at(3 * i));
	return source;
}

static int
born(int err, size_t n)
{
	for (size_t i = 0; i < n && err == VBUF_OK; i++)
		grid_elements.born[grid_kind_at(3 * i)]++;
	return err;
}

/* Another one of each element of a vector. */
static int
born_again(int err, const struct vbuf_vec *from, size_t n)
{
	for (size_t i = 0; i < n && err == VBUF_OK; i++)
		grid_elements.born[grid_kind(vbuf_vec_at(from, i))]++;
	return err;
}

static int
run_push(void)
{
	return born(vbuf_vec_push(&v, some(1)), 1);
}

static int
run_push_n(void)
{
	return born(vbuf_vec_push_n(&v, some(many()), many()), many());
}

static int
run_append(void)
{
	size_t n = v.len;

	return born_again(vbuf_vec_append(&v, &v), &v, n);
}

static int
run_room(void)
{
	return vbuf_vec_room_(&v, many());
}

static int
run_prepare(void)
{
	void *room = &room;
	int err = vbuf_vec_prepare(&v, many(), &room);

	assert_ptr_equal(room, err == VBUF_OK ? (unsigned char *)v.data + v.len * grid_elements.size
	                                      : NULL);
	return err;
}

static int
run_insert(void)
{
	return born(vbuf_vec_insert(&v, v.len / 2, some(1)), 1);
}

static int
run_insert_n(void)
{
	return born(vbuf_vec_insert_n(&v, v.len / 3, some(many()), many()), many());
}

static int
run_resize_up(void)
{
	int err = vbuf_vec_resize(&v, v.len + many());

	if (err == VBUF_OK)
		grid_elements.born[0] += (long)many();
	return err;
}

static int
run_resize_fill(void)
{
	int err = vbuf_vec_resize_fill(&v, v.len + many(), some(1));

	if (err == VBUF_OK)
		grid_elements.born[grid_kind_at(0)] += (long)many();
	return err;
}

static int
run_reserve(void)
{
	return vbuf_vec_reserve(&v, v.len + in_bytes(400 * KIB));
}

static int
run_reserve_exact(void)
{
	return vbuf_vec_reserve_exact(&v, v.len + in_bytes(400 * KIB));
}

static int
run_prefault(void)
{
	return vbuf_vec_prefault(&v, v.len + many());
}

static int
run_pop(void)
{
	static unsigned char out[GRID_WIDEST];
	int err = vbuf_vec_pop(&v, out);

	if (err == VBUF_OK && destroys())
		grid_destroy(out, &grid_elements); /* ours now */
	return err;
}

static int
run_remove(void)
{
	return vbuf_vec_remove(&v, v.len / 2);
}

static int
run_remove_n(void)
{
	return vbuf_vec_remove_n(&v, 1, v.len / 2);
}

static int
run_swap_remove(void)
{
	return vbuf_vec_swap_remove(&v, 0);
}

static int
run_truncate(void)
{
	return vbuf_vec_truncate(&v, v.len / 3);
}

static int
run_clear(void)
{
	return vbuf_vec_clear(&v);
}

static int
run_resize_down(void)
{
	return vbuf_vec_resize(&v, v.len / 2);
}

static int
run_resize_fill_down(void)
{
	return vbuf_vec_resize_fill(&v, 2, some(1));
}

static int
run_shrink_to_fit(void)
{
	return vbuf_vec_shrink_to_fit(&v);
}

static int
run_split_off(void)
{
	return vbuf_vec_split_off(&v, v.len / 3, &other);
}

static int
run_clone(void)
{
	int err = vbuf_vec_clone(&v, &other);

	return born_again(err, &v, v.len);
}

static int
run_freeze(void)
{
	return vbuf_vec_freeze(&v);
}

static int
run_init(void)
{
	memset(&other, 0x55, sizeof other);
	return init(&other);
}

static int
run_init_without_options(void)
{
	unsigned kind = grid_level(grid_now.row, SIZE, COUNT(elements));

	memset(&other, 0x55, sizeof other);
	return vbuf_vec_init(&other, elements[kind].size, elements[kind].align, NULL);
}

static int
run_fini(void)
{
	return vbuf_vec_fini(&v);
}

static int
run_ahead(void)
{
	struct vbuf_vec_ahead ahead;
	int done = 1;

	assert_ok(vbuf_vec_ahead_begin(&ahead, &v, 300 * KIB));
	for (int i = 0; done > 0 && i < 4; i++)
		done = vbuf_vec_ahead_step(&ahead);
	assert_ok(vbuf_vec_ahead_end(&ahead));
	return done < 0 ? done : VBUF_OK;
}

static int
run_cache_trim(void)
{
	return vbuf_vec_cache_trim();
}

static int
run_cache_limit(void)
{
	return vbuf_vec_cache_limit(64 * KIB);
}

static int
run_get_stats(void)
{
	struct vbuf_vec_stats stats;
	int err = vbuf_vec_get_stats(&v, &stats, sizeof stats);

	assert_int_equal(stats.len, v.len);
	assert_int_equal(stats.capacity, vbuf_vec_capacity(&v));
	assert_true(stats.resident <= stats.committed);
	return err;
}

/* What an operation may do beside succeed or fail, and with what it begins. */
enum { SHRINKS = 1, ROOM_MAY_COME = 2, ENDS = 4, NEVER_FAILS = 8, CACHES = 16 };

static const struct operation {
	const char *function;
	int (*run)(void);
	enum start start;
	int is;
} operations[] = {
	DRIVES(vbuf_vec_push, run_push, FULL, 0),
	DRIVES(vbuf_vec_push_n, run_push_n, FULL, 0),
	DRIVES(vbuf_vec_append, run_append, FULL, 0),
	DRIVES(vbuf_vec_room_, run_room, FULL, 0),
	DRIVES(vbuf_vec_prepare, run_prepare, FULL, 0),
	DRIVES(vbuf_vec_insert, run_insert, FULL, 0),
	DRIVES(vbuf_vec_insert_n, run_insert_n, FEW, 0),
	DRIVES(vbuf_vec_resize, run_resize_up, FULL, 0),
	DRIVES(vbuf_vec_resize_fill, run_resize_fill, FULL, 0),
	DRIVES(vbuf_vec_reserve, run_reserve, FEW, 0),
	DRIVES(vbuf_vec_reserve_exact, run_reserve_exact, FEW, 0),
	DRIVES(vbuf_vec_prefault, run_prefault, FEW, ROOM_MAY_COME),
	DRIVES(vbuf_vec_pop, run_pop, ROOMY, NEVER_FAILS),
	DRIVES(vbuf_vec_remove, run_remove, ROOMY, NEVER_FAILS),
	DRIVES(vbuf_vec_remove_n, run_remove_n, ROOMY, NEVER_FAILS),
	DRIVES(vbuf_vec_swap_remove, run_swap_remove, ROOMY, NEVER_FAILS),
	DRIVES(vbuf_vec_truncate, run_truncate, ROOMY, NEVER_FAILS),
	DRIVES(vbuf_vec_clear, run_clear, WIDE, NEVER_FAILS),
	DRIVES(vbuf_vec_resize, run_resize_down, ROOMY, NEVER_FAILS),
	DRIVES(vbuf_vec_resize_fill, run_resize_fill_down, ROOMY, NEVER_FAILS),
	DRIVES(vbuf_vec_shrink_to_fit, run_shrink_to_fit, ROOMY, SHRINKS),
	DRIVES(vbuf_vec_split_off, run_split_off, ROOMY, 0),
	DRIVES(vbuf_vec_clone, run_clone, FEW, 0),
	DRIVES(vbuf_vec_freeze, run_freeze, FEW, 0),
	DRIVES(vbuf_vec_init, run_init, FEW, 0),
	DRIVES(vbuf_vec_init, run_init_without_options, FEW, 0),
	DRIVES(vbuf_vec_fini, run_fini, ROOMY, ENDS),
	DRIVES(vbuf_vec_ahead_step, run_ahead, FEW, ROOM_MAY_COME),
	DRIVES(vbuf_vec_cache_trim, run_cache_trim, FEW, CACHES),
	DRIVES(vbuf_vec_cache_limit, run_cache_limit, FEW, CACHES),
	DRIVES(vbuf_vec_get_stats, run_get_stats, FEW, NEVER_FAILS),
};

/* --- what is compared --- */

struct image {
	size_t len;
	unsigned char *bytes;
};

static struct image
image_of(const struct vbuf_vec *of)
{
	struct image i = { of->len, malloc(of->len * grid_elements.size + 1) };

	assert_non_null(i.bytes);
	if (of->len)
		memcpy(i.bytes, of->data, of->len * grid_elements.size);
	return i;
}

static void
assert_is(const struct vbuf_vec *of, const struct image *i)
{
	assert_int_equal(of->len, i->len);
	assert_true(i->len == 0 || memcmp(of->data, i->bytes, i->len * grid_elements.size) == 0);
}

static struct image success, success_other;

/* The vector is what it was before the call that failed. */
static void
assert_unchanged(const struct operation *o, const struct vbuf_vec *before,
                 const struct image *image, size_t capacity)
{
	assert_ptr_equal(v.data, before->data);
	assert_ptr_equal(v.control_, before->control_);
	assert_is(&v, image);
	if (o->is & SHRINKS)
		assert_true(vbuf_vec_capacity(&v) <= capacity);
	else if (o->is & ROOM_MAY_COME)
		assert_true(vbuf_vec_capacity(&v) >= capacity);
	else
		assert_int_equal(vbuf_vec_capacity(&v), capacity);
	assert_all((const unsigned char *)&other, sizeof other, 0);
}

static void
assert_fini_failed(const struct vbuf_vec *before)
{
	assert_ptr_equal(v.data, before->data);
	assert_int_equal(v.len, 0);
	if (destroys())
		assert_memory_equal(grid_elements.born, grid_elements.died,
		                    sizeof grid_elements.born);
	assert_ok(run_push());
}

static void
begin(const struct operation *o)
{
	begin_with(o->start);
	for (int i = 0; i < 2 && o->is & CACHES; i++)
		warm();
}

static bool
one(void)
{
	const struct operation *o = &operations[grid_now.operation];

	begin(o);
	struct vbuf_vec before = v;
	struct image image = image_of(&v);
	size_t capacity = vbuf_vec_capacity(&v);
	long died[256];
	memcpy(died, grid_elements.died, sizeof died);

	grid_arm();
	int err = o->run();
	bool hit = fault_disarm();
	if (err != VBUF_OK) {
		assert_true(hit && !(o->is & NEVER_FAILS));
		grid_check_error(err);
		if (o->is & ENDS) {
			assert_fini_failed(&before);
		} else {
			assert_unchanged(o, &before, &image, capacity);
			assert_memory_equal(died, grid_elements.died, sizeof died);
		}
		/* Where not even that could be undone, see vbuf_vec_freeze(). */
		bool stays = o->run == run_freeze && v.control_->frozen;
		assert_result(o->run(), stays ? VBUF_EPERM : VBUF_OK);
	}
	assert_is(&v, &success);
	assert_is(&other, &success_other);
	if (v.control_ && options.header_size)
		assert_all(vbuf_vec_header(&v), options.header_size, 0x5a);
	free(image.bytes);
	end();
	return hit;
}

static void
whatever_fails_a_vector_of_any_options_is_whole(void **state)
{
	(void)state;
	for (size_t o = 0; o < COUNT(operations); o++) {
		unsigned failures = 0;
		for (unsigned row = 0; row < GRID_ROWS; row += TEST_GRID_STEP) {
			grid_now = (struct grid_case){ .function = operations[o].function,
				                       .operation = o,
				                       .row = row };
			begin(&operations[o]);
			assert_ok(operations[o].run());
			success = image_of(&v);
			success_other = image_of(&other);
			end();
			failures += grid_cases(operations[o].function, o, row, one);
			free(success.bytes);
			free(success_other.bytes);
		}
		fprintf(stderr, "%s: %u failures\n", operations[o].function, failures);
		if (failures < GRID_ROWS / TEST_GRID_STEP / 4)
			fail_msg("too few to be true");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(whatever_fails_a_vector_of_any_options_is_whole,
		                          grid_teardown),
	};

	return run_group("fault_grid_vec", tests);
}
