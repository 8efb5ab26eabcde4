/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The grid of a concurrent vector: whatever its options are and whatever fails, a call that
 * fails has consumed no index and changed no element, works when it is repeated, and nothing
 * is lost in the end: no reservation, and no element, each of which is destroyed once.
 */
#include <vbuf/cvec.h>

#include "../src/cvec.h"
#include "fault_grid.h"
#include "system.h"

enum {
	SIZE,
	HUGE_PAGES,
	FORK,
	DUMP,
	ALIGN,
	HEADER,
	GROWTH,
	NAME,
	DESTROY,
	INITIAL,
	FILL,
	GAPS,
	FACTORS
};

_Static_assert((int)FACTORS <= (int)GRID_FACTORS, "the array has so many columns");

static const struct {
	size_t size, align;
} elements[] = { { 3, 1 }, { 8, 8 }, { 24, 8 }, { GRID_WIDEST, 64 } };

/* What begin() made, and what operations make beside it. */
static struct vbuf_cvec *v, *other;

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

enum { FILLING = 255 };

static unsigned char filling[GRID_WIDEST];

static struct vbuf_cvec_options options;

static bool
destroys(void)
{
	return options.destroy != NULL;
}

static struct vbuf_cvec_options
options_of(unsigned row)
{
	static const size_t headers[][2] = { { 0, 0 }, { 48, 16 }, { 5000, 1 } };
	unsigned header = grid_level(row, HEADER, 3);

	return (struct vbuf_cvec_options){
		.size = sizeof options,
		.max = in_bytes(4 * MIB),
		.initial = grid_level(row, INITIAL, 2) ? in_bytes(100000) : 0,
		.align = (size_t[]){ 0, 128, (size_t)1 << 17 }[grid_level(row, ALIGN, 3)],
		.header_size = headers[header][0],
		.header_align = headers[header][1],
		.growth = grid_level(row, GROWTH, 2) ? in_bytes(30000) : 0,
		.huge = (enum vbuf_huge)grid_level(row, HUGE_PAGES, 3),
		.destroy = grid_level(row, DESTROY, 2) ? grid_destroy : NULL,
		.destroy_arg = &grid_elements,
		.fill = grid_level(row, FILL, 2) ? filling : NULL,
		.name = grid_level(row, NAME, 2) ? "grid" : NULL,
		.fork = fork_if_known((enum vbuf_fork)grid_level(row, FORK, 3)),
		.no_dump = grid_level(row, DUMP, 2),
	};
}

static int
create(struct vbuf_cvec **ret)
{
	unsigned kind = grid_level(grid_now.row, SIZE, COUNT(elements));

	return vbuf_cvec_create(ret, elements[kind].size, elements[kind].align, &options);
}

/* n elements in place. */
static void
add(size_t n)
{
	size_t first;

	if (n == 0)
		return;
	assert_ok(vbuf_cvec_claim(v, n, &first));
	for (size_t i = first; i < first + n; i++) {
		grid_write(vbuf_cvec_slot(v, i), grid_kind_at(i));
		grid_elements.born[grid_kind_at(i)]++;
	}
	vbuf_cvec_publish(v, first, n);
}

/* A vector to begin with: of a few elements, without room for one more, or so large that
 * its memory is worth giving back. */
enum start { FEW, FULL, LARGE };

static void
begin(enum start start)
{
	size_t gap;

	assert_int_equal(fault_reservations, 0);
	memset(&grid_elements, 0, sizeof grid_elements);
	grid_elements.size = elements[grid_level(grid_now.row, SIZE, COUNT(elements))].size;
	grid_write(filling, FILLING);
	options = options_of(grid_now.row);
	other = NULL;
	assert_ok(create(&v));
	if (options.header_size)
		memset(vbuf_cvec_header(v), 0x5a, options.header_size);
	if (grid_level(grid_now.row, GAPS, 2)) {
		assert_ok(vbuf_cvec_claim(v, 1, &gap));
		vbuf_cvec_abandon(v, gap, 1);
	}
	size_t n =
		start == FULL ? vbuf_cvec_capacity(v) : in_bytes(start == FEW ? 5000 : 300 * KIB);
	add(n - vbuf_cvec_len(v));
}

static void
end(void)
{
	assert_ok(vbuf_cvec_destroy(&v));
	assert_null(v);
	assert_ok(vbuf_cvec_destroy(&other));
	assert_int_equal(fault_reservations, 0);
	if (destroys())
		assert_memory_equal(grid_elements.born, grid_elements.died,
		                    sizeof grid_elements.born);
}

/* --- the operations --- */

static unsigned char source[70 * KIB];

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

static int
run_push(void)
{
	return born(vbuf_cvec_push(v, some(1), NULL), 1);
}

static int
run_push_n(void)
{
	return born(vbuf_cvec_push_n(v, some(many()), many(), NULL), many());
}

static int
run_push_exclusive(void)
{
	return born(vbuf_cvec_push_exclusive(v, some(1), NULL), 1);
}

static int
run_push_n_exclusive(void)
{
	return born(vbuf_cvec_push_n_exclusive(v, some(many()), many(), NULL), many());
}

/* n indices: those that are written are published, the last is given up. */
static int
claim(size_t n)
{
	size_t first;
	int err = vbuf_cvec_claim(v, n, &first);

	if (err != VBUF_OK)
		return err;
	for (size_t i = 0; i < n - 1; i++)
		grid_write(vbuf_cvec_slot(v, first + i), grid_kind_at(3 * i));
	vbuf_cvec_publish(v, first, n - 1);
	vbuf_cvec_abandon(v, first + n - 1, 1);
	return born(err, n - 1);
}

static int
run_claim(void)
{
	return claim(5);
}

static int
run_claim_many(void)
{
	return claim(in_bytes(250 * KIB)); /* of small ones more than one addition may claim */
}

static int
append(size_t block)
{
	struct vbuf_cvec_appender a;

	assert_ok(vbuf_cvec_appender_init(&a, v, block));
	int err = born(vbuf_cvec_appender_push(&a, some(1), NULL), 1);
	vbuf_cvec_appender_fini(&a);
	return err;
}

static int
run_append(void)
{
	return append(1);
}

static int
run_append_to_block(void)
{
	return append(64);
}

static int
run_reserve(void)
{
	return vbuf_cvec_reserve(v, vbuf_cvec_len(v) + in_bytes(400 * KIB));
}

static int
run_reserve_exact(void)
{
	return vbuf_cvec_reserve_exact(v, vbuf_cvec_len(v) + in_bytes(400 * KIB));
}

static int
run_prefault(void)
{
	return vbuf_cvec_prefault(v, vbuf_cvec_len(v) + many());
}

static int
run_clear(void)
{
	return vbuf_cvec_clear(v);
}

static int
run_freeze(void)
{
	return vbuf_cvec_freeze(v);
}

static int
run_create(void)
{
	other = (void *)&other;
	return create(&other);
}

static int
run_destroy(void)
{
	return vbuf_cvec_destroy(&v);
}

static int
run_destroy_frozen(void)
{
	return run_destroy(); /* see begin_for() */
}

static int
run_get_stats(void)
{
	struct vbuf_cvec_stats stats;
	int err = vbuf_cvec_get_stats(v, &stats, sizeof stats);

	assert_int_equal(stats.len, vbuf_cvec_len(v));
	assert_int_equal(stats.capacity, vbuf_cvec_capacity(v));
	assert_true(stats.resident <= stats.committed);
	return err;
}

static const struct operation {
	const char *function;
	int (*run)(void);
	enum start start;
	bool never_fails;
} operations[] = {
	DRIVES(vbuf_cvec_push, run_push, FULL, false),
	DRIVES(vbuf_cvec_push_n, run_push_n, FULL, false),
	DRIVES(vbuf_cvec_push_exclusive, run_push_exclusive, FULL, false),
	DRIVES(vbuf_cvec_push_n_exclusive, run_push_n_exclusive, FULL, false),
	DRIVES(vbuf_cvec_claim, run_claim, FULL, false),
	DRIVES(vbuf_cvec_claim, run_claim_many, FEW, false),
	DRIVES(vbuf_cvec_appender_push, run_append, FULL, false),
	DRIVES(vbuf_cvec_appender_push, run_append_to_block, FULL, false),
	DRIVES(vbuf_cvec_reserve, run_reserve, FEW, false),
	DRIVES(vbuf_cvec_reserve_exact, run_reserve_exact, FEW, false),
	DRIVES(vbuf_cvec_prefault, run_prefault, FEW, false),
	DRIVES(vbuf_cvec_clear, run_clear, LARGE, false),
	DRIVES(vbuf_cvec_freeze, run_freeze, FEW, false),
	DRIVES(vbuf_cvec_create, run_create, FEW, false),
	DRIVES(vbuf_cvec_destroy, run_destroy, LARGE, false),
	DRIVES(vbuf_cvec_destroy, run_destroy_frozen, LARGE, false),
	DRIVES(vbuf_cvec_get_stats, run_get_stats, FEW, true),
};

/* --- what is compared --- */

struct image {
	size_t len;
	unsigned char *states, *bytes;
};

static struct image
image_of_v(void)
{
	size_t n = v ? vbuf_cvec_len(v) : 0;
	struct image i = { n, malloc(n + 1), malloc(n * grid_elements.size + 1) };

	assert_true(i.states && i.bytes);
	for (size_t k = 0; k < n; k++)
		i.states[k] = (unsigned char)vbuf_cvec_state(v, k);
	if (n)
		memcpy(i.bytes, vbuf_cvec_slot(v, 0), n * grid_elements.size);
	return i;
}

static void
forget(struct image *i)
{
	free(i->states);
	free(i->bytes);
}

static void
assert_is(const struct image *i)
{
	size_t n = v ? vbuf_cvec_len(v) : 0;

	assert_int_equal(n, i->len);
	if (n == 0)
		return;
	assert_int_equal(vbuf_cvec_prefix(v), n);
	for (size_t k = 0; k < n; k++)
		if (vbuf_cvec_state(v, k) != (enum vbuf_cvec_state)i->states[k])
			fail_msg("state of index %zu", k);
	assert_memory_equal(vbuf_cvec_slot(v, 0), i->bytes, n * grid_elements.size);
	assert_null(vbuf_cvec_get(v, n));
}

/* What is claimed after a failure is as zero as ever. */
static void
assert_zero_behind(void)
{
	size_t n = vbuf_cvec_len(v), rest = vbuf_cvec_capacity(v) - n;

	if (rest > 4096)
		rest = 4096;
	assert_all(vbuf_cvec_slot(v, n), rest * grid_elements.size, 0);
}

static struct image success;

/* The elements are gone: all have died. */
static void
assert_empty(void)
{
	assert_non_null(v);
	assert_int_equal(vbuf_cvec_len(v), 0);
	assert_null(vbuf_cvec_get(v, 0));
	if (destroys())
		assert_memory_equal(grid_elements.born, grid_elements.died,
		                    sizeof grid_elements.born);
}

/* A clear that failed leaves no room. */
static void
assert_is_over(void)
{
	assert_empty();
	assert_result(run_push(), VBUF_ERANGE);
	assert_result(run_reserve(), VBUF_ERANGE);
	assert_ok(vbuf_cvec_clear(v));
}

static void
assert_unchanged(const struct image *image, size_t capacity)
{
	assert_is(image);
	assert_true(vbuf_cvec_capacity(v) >= capacity);
	assert_zero_behind();
	assert_null(other);
}

static void
begin_for(const struct operation *o)
{
	begin(o->start);
	if (o->run == run_destroy_frozen)
		assert_ok(vbuf_cvec_freeze(v));
}

static bool
one(void)
{
	const struct operation *o = &operations[grid_now.operation];

	begin_for(o);
	struct image image = image_of_v();
	size_t capacity = vbuf_cvec_capacity(v);
	long died[256];
	memcpy(died, grid_elements.died, sizeof died);

	grid_arm();
	int err = o->run();
	bool hit = fault_disarm();
	bool repeats = err != VBUF_OK;
	if (err != VBUF_OK) {
		assert_true(hit && !o->never_fails);
		grid_check_error(err);
		if (o->run == run_clear) {
			assert_is_over();
			repeats = false;
		} else if (o->run == run_destroy || o->run == run_destroy_frozen) {
			assert_empty();
		} else {
			assert_unchanged(&image, capacity);
			assert_memory_equal(died, grid_elements.died, sizeof died);
		}
	}
	/* Where not even that could be undone, see vbuf_cvec_freeze(). */
	bool stays = o->run == run_freeze && repeats && v->control_->frozen;
	if (repeats)
		assert_result(o->run(), stays ? VBUF_EPERM : VBUF_OK);
	assert_is(&success);
	if (v && options.header_size)
		assert_all(vbuf_cvec_header(v), options.header_size, 0x5a);
	forget(&image);
	end();
	return hit;
}

static void
whatever_fails_a_concurrent_vector_of_any_options_is_whole(void **state)
{
	(void)state;
	for (size_t o = 0; o < COUNT(operations); o++) {
		unsigned failures = 0;
		for (unsigned row = 0; row < GRID_ROWS; row += TEST_GRID_STEP) {
			grid_now = (struct grid_case){ .function = operations[o].function,
				                       .operation = o,
				                       .row = row };
			begin_for(&operations[o]);
			assert_ok(operations[o].run());
			success = image_of_v();
			end();
			failures += grid_cases(operations[o].function, o, row, one);
			forget(&success);
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
		cmocka_unit_test_teardown(
			whatever_fails_a_concurrent_vector_of_any_options_is_whole, grid_teardown),
	};

	return run_group("fault_grid_cvec", tests);
}
