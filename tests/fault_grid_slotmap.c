/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The grid of a slotmap, and of the domain it stands on: whatever the options are and
 * whatever fails, all handles name what they named, a call that fails works when it is
 * repeated, and nothing is lost in the end: no reservation, and no element, each of which is
 * destroyed once.
 */
#include "../src/slotmap.h"
#include "fault_grid.h"
#include "system.h"

enum {
	SIZE,
	HUGE_PAGES,
	FORM,
	OWN,
	KIND,
	TAGS,
	GARBAGE,
	INITIAL,
	ALIGN,
	NAME,
	IDLE,
	THREADS,
	FACTORS
};

_Static_assert((int)FACTORS <= (int)GRID_FACTORS, "the array has so many columns");

static const struct {
	size_t size, align;
} elements[] = { { 3, 1 }, { 8, 8 }, { 24, 8 }, { 192, 64 } };

/* Units of 8192 slots where there are no huge pages: two of them and some slots. */
enum { MAX = 20000, LARGE_LEN = 2 * 8192 + 400 };

/* What begin() made, and what operations make beside it. */
static struct vbuf_slotmap *m, *other;
static struct vbuf_domain *domain, *other_domain; /* NULL: the map's own, or none */
static struct vbuf_record *r, *idle;

static struct vbuf_slotmap_options options;

/* Elements by number: handle, whether it names one, and of what kind. */
static vbuf_handle handles[2 * MAX];
static bool live[2 * MAX];
static size_t count; /* of the numbers in use */

static unsigned char
kind_of(size_t i)
{
	return grid_kind_at(i);
}

static struct vbuf_slotmap_options
options_of(unsigned row)
{
	unsigned kind = grid_level(row, KIND, 4), tags = grid_level(row, TAGS, 3);

	return (struct vbuf_slotmap_options){
		.size = sizeof options,
		.max = MAX,
		.initial = grid_level(row, INITIAL, 2) ? 3000 : 0,
		.align = grid_level(row, ALIGN, 2) ? 128 : 0,
		.destroy = kind == 1 || kind == 2 ? grid_destroy : NULL,
		.destroy_arg = &grid_elements,
		.keep = kind == 2,
		.plain = kind == 3,
		.name = grid_level(row, NAME, 2) ? "grid" : NULL,
		.huge = (enum vbuf_huge)grid_level(row, HUGE_PAGES, 3),
		.tag_bits = tags == 1 ? 8 : 0,
		.map_bits = tags == 2 ? 4 : 0,
		.map_tag = tags == 2 ? 9 : 0,
		.garbage = grid_level(row, GARBAGE, 2) ? 2048 : 0,
	};
}

static int
create_domain(struct vbuf_domain **ret)
{
	static const enum vbuf_fence fences[] = { VBUF_FENCE_AUTO, VBUF_FENCE_SYMMETRIC,
		                                  VBUF_FENCE_AUTO };
	struct vbuf_domain_options o = {
		.size = sizeof o,
		.threads = grid_level(grid_now.row, THREADS, 2) ? 8 : 40,
		.fence = fences[grid_level(grid_now.row, FORM, 3)],
		.garbage_max = grid_level(grid_now.row, GARBAGE, 2) ? 2 * MAX : 0,
	};

	return vbuf_domain_create(ret, &o);
}

static int
create(struct vbuf_slotmap **ret)
{
	unsigned kind = grid_level(grid_now.row, SIZE, COUNT(elements));

	return vbuf_slotmap_create(ret, elements[kind].size, elements[kind].align, &options);
}

static const void *
element(size_t i)
{
	static unsigned char bytes[GRID_WIDEST];

	grid_write(bytes, kind_of(i));
	return bytes;
}

/* The next element, whatever the result. */
static int
insert(void)
{
	int err = vbuf_slotmap_insert(m, r, element(count), &handles[count]);

	assert_true((err == VBUF_OK) == (handles[count] != 0));
	if (err == VBUF_OK) {
		grid_elements.born[kind_of(count)]++;
		live[count++] = true;
	}
	return err;
}

/* A map to begin with: of a few elements, without room for one more, so large that its
 * memory is worth giving back; the same with slots that are only claimed, and with elements
 * most of which are removed. */
enum start { FEW, FULL, LARGE, CLAIMED, REMOVED };

static void
remove_from(size_t from)
{
	for (size_t i = from; i < count; i++) {
		assert_ok(vbuf_slotmap_remove(m, r, handles[i]));
		live[i] = false;
	}
}

static void
begin(enum start start)
{
	struct vbuf_slotmap_stats s;

	assert_int_equal(fault_reservations, 0);
	memset(&grid_elements, 0, sizeof grid_elements);
	grid_elements.size = elements[grid_level(grid_now.row, SIZE, COUNT(elements))].size;
	memset(live, 0, sizeof live);
	count = 0;
	other = NULL;
	other_domain = domain = NULL;
	options = options_of(grid_now.row);
	if (grid_level(grid_now.row, OWN, 2) == 0) {
		assert_ok(create_domain(&domain));
		options.domain = domain;
	}
	assert_ok(create(&m));
	idle = NULL;
	r = vbuf_slotmap_exclusive(m);
	if (grid_level(grid_now.row, FORM, 3) != 2) {
		assert_ok(vbuf_domain_attach(vbuf_slotmap_domain(m), &r));
		if (grid_level(grid_now.row, IDLE, 2))
			assert_ok(vbuf_domain_attach(vbuf_slotmap_domain(m), &idle));
	}
	assert_ok(vbuf_slotmap_get_stats(m, &s, sizeof s));
	size_t n = start == FEW ? 40 : start == FULL ? s.capacity - 1 : LARGE_LEN;
	for (size_t i = 0; i < n; i++)
		if (start == CLAIMED && !options.plain)
			assert_ok(vbuf_slotmap_claim(m, r, 0, &handles[count++], NULL));
		else
			assert_ok(insert());
	if (start != REMOVED)
		return;
	if (idle) /* so that what is removed waits */
		vbuf_pin(idle);
	remove_from(300);
	if (idle)
		vbuf_unpin(idle);
}

static void
leave(void)
{
	if (r && r->index_ != 0)
		assert_ok(vbuf_domain_detach(&r));
	assert_ok(vbuf_domain_detach(&idle));
}

static void
end(void)
{
	if (m)
		leave();
	assert_ok(vbuf_slotmap_destroy(&m));
	assert_ok(vbuf_slotmap_destroy(&other));
	assert_ok(vbuf_domain_destroy(&domain));
	assert_ok(vbuf_domain_destroy(&other_domain));
	assert_int_equal(fault_reservations, 0);
	if (options.destroy)
		assert_memory_equal(grid_elements.born, grid_elements.died,
		                    sizeof grid_elements.born);
}

/* --- the operations --- */

static int
run_insert(void)
{
	return insert();
}

static int
run_insert_n(void)
{
	enum { N = 100 };
	static unsigned char from[N * 192];
	size_t done = 0;

	for (size_t i = 0; i < N; i++)
		grid_write(from + i * grid_elements.size, kind_of(count + i));
	int err = vbuf_slotmap_insert_n(m, r, from, N, &handles[count], &done);
	assert_true((err == VBUF_OK) == (done == N));
	for (size_t i = 0; i < N; i++) {
		assert_true((i < done) == (handles[count + i] != 0));
		live[count + i] = i < done;
		if (i < done)
			grid_elements.born[kind_of(count + i)]++;
	}
	count += done;
	if (err != VBUF_OK) { /* which changed something, by contract */
		for (; done > 0; done--) {
			count--;
			assert_ok(vbuf_slotmap_remove(m, r, handles[count]));
			live[count] = false;
		}
	}
	return err;
}

static int
claim(bool publish)
{
	bool used = true;
	vbuf_handle h = 1;
	int err = vbuf_slotmap_claim(m, r, options.tag_bits ? 200 : 0, &h, &used);

	if (options.plain) {
		assert_result(err, VBUF_EPERM);
		return VBUF_OK;
	}
	if (err != VBUF_OK) {
		assert_true(h == 0 && !used);
		return err;
	}
	assert_false(used || vbuf_slotmap_contains(m, h));
	if (publish) {
		grid_write(vbuf_slotmap_slot(m, h), kind_of(count));
		vbuf_slotmap_publish(m, r, h);
		grid_elements.born[kind_of(count)]++;
		live[count] = true;
		handles[count++] = h;
	} else {
		vbuf_slotmap_abandon(m, r, h);
	}
	return err;
}

static int
run_publish(void)
{
	return claim(true);
}

static int
run_claim(void)
{
	return claim(false);
}

/* What was only claimed, or is an element where nothing can be claimed. */
static int
run_abandon(void)
{
	if (options.plain)
		remove_from(0);
	for (size_t i = 0; i < count && !options.plain; i++)
		vbuf_slotmap_abandon(m, r, handles[i]);
	return VBUF_OK;
}

static int
run_remove(void)
{
	remove_from(300);
	return VBUF_OK;
}

static int
run_remove_n(void)
{
	assert_int_equal(vbuf_slotmap_remove_n(m, r, handles + 300, count - 300), count - 300);
	memset(live + 300, 0, count - 300);
	return VBUF_OK;
}

static int
run_remove_in_two_steps(void)
{
	for (size_t i = 0; i < count; i++)
		assert_ok(vbuf_slotmap_invalidate(m, r, handles[i]));
	for (size_t i = 0; i < count; i++) {
		assert_ok(vbuf_slotmap_remove_invalidated(m, r, handles[i]));
		live[i] = false;
	}
	return VBUF_OK;
}

static int
run_take(void)
{
	static unsigned char out[GRID_WIDEST];

	for (size_t i = 0; i < count; i++) {
		assert_ok(vbuf_slotmap_take(m, handles[i], out));
		assert_int_equal(grid_kind(out), kind_of(i));
		grid_elements.died[kind_of(i)]++; /* ours now */
		live[i] = false;
	}
	return VBUF_OK;
}

static int
run_reclaim(void)
{
	(void)vbuf_slotmap_reclaim(m, r, 100);
	(void)vbuf_slotmap_reclaim(m, r, 0);
	return VBUF_OK;
}

static int
run_clear(void)
{
	memset(live, 0, sizeof live);
	return vbuf_slotmap_clear(m);
}

static int
run_trim(void)
{
	return vbuf_slotmap_trim(m);
}

static int
run_get_stats(void)
{
	struct vbuf_slotmap_stats s;
	int err = vbuf_slotmap_get_stats(m, &s, sizeof s);

	assert_int_equal(s.len, count);
	assert_true(s.resident <= s.committed);
	return err;
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
	if (r->index_ != 0 && vbuf_slotmap_domain(m))
		leave();
	r = vbuf_slotmap_exclusive(m);
	memset(live, 0, sizeof live);
	return vbuf_slotmap_destroy(&m);
}

static int
run_domain_create(void)
{
	other_domain = (void *)&other_domain;
	return create_domain(&other_domain);
}

static int
run_domain_self(void)
{
	struct vbuf_record *self = (void *)&self, *again;
	struct vbuf_domain *d = vbuf_slotmap_domain(m);
	int err = vbuf_domain_self(d, &self);

	if (err != VBUF_OK) {
		assert_null(self);
		return err;
	}
	assert_ok(vbuf_domain_self(d, &again));
	assert_ptr_equal(again, self);
	return VBUF_OK;
}

static size_t reclaimed;

static void
count_reclaimed(struct vbuf_retired *object, void *arg)
{
	assert_ptr_equal(arg, &reclaimed);
	assert_non_null(object);
	reclaimed++;
}

enum { OBJECTS = 200 };

/* All objects are reclaimed in the end, each once. */
static int
run_retire(void)
{
	static struct vbuf_retired objects[OBJECTS];
	struct vbuf_domain *d = vbuf_slotmap_domain(m);
	struct vbuf_record *own;

	reclaimed = 0;
	assert_ok(vbuf_domain_attach(d, &own));
	for (size_t i = 0; i < OBJECTS; i++)
		vbuf_retire(own, &objects[i], vbuf_birth(d), count_reclaimed, &reclaimed);
	(void)vbuf_reclaim(own, 10);
	(void)vbuf_reclaim(own, 0);
	(void)fault_disarm(); /* it says again what failed */
	while (vbuf_reclaim(own, 0) > 0)
		;
	assert_int_equal(reclaimed, OBJECTS);
	assert_ok(vbuf_domain_detach(&own));
	return VBUF_OK;
}

/* Of a domain without a map. */
static int
run_domain_destroy(void)
{
	return vbuf_domain_destroy(&other_domain);
}

enum { NEVER_FAILS = 1, MAKES_DOMAIN = 2, BY_BARRIER = 4 };

static const struct operation {
	const char *function;
	int (*run)(void);
	enum start start;
	int is;
} operations[] = {
	DRIVES(vbuf_slotmap_insert, run_insert, FULL, 0),
	DRIVES(vbuf_slotmap_insert_n, run_insert_n, FULL, 0),
	DRIVES(vbuf_slotmap_claim, run_publish, FULL, 0),
	DRIVES(vbuf_slotmap_claim, run_claim, FULL, 0),
	DRIVES(vbuf_slotmap_abandon, run_abandon, CLAIMED, NEVER_FAILS),
	DRIVES(vbuf_slotmap_remove, run_remove, LARGE, NEVER_FAILS),
	DRIVES(vbuf_slotmap_remove_n, run_remove_n, LARGE, NEVER_FAILS),
	DRIVES(vbuf_slotmap_remove_invalidated, run_remove_in_two_steps, LARGE, NEVER_FAILS),
	DRIVES(vbuf_slotmap_take, run_take, LARGE, NEVER_FAILS),
	DRIVES(vbuf_slotmap_reclaim, run_reclaim, REMOVED, NEVER_FAILS),
	DRIVES(vbuf_slotmap_clear, run_clear, LARGE, NEVER_FAILS),
	DRIVES(vbuf_slotmap_trim, run_trim, REMOVED, 0),
	DRIVES(vbuf_slotmap_get_stats, run_get_stats, FEW, NEVER_FAILS),
	DRIVES(vbuf_slotmap_create, run_create, FEW, 0),
	DRIVES(vbuf_slotmap_destroy, run_destroy, FEW, 0),
	DRIVES(vbuf_domain_create, run_domain_create, FEW, 0),
	DRIVES(vbuf_domain_self, run_domain_self, FEW, 0),
	DRIVES(vbuf_domain_destroy, run_domain_destroy, FEW, MAKES_DOMAIN),
	DRIVES(vbuf_retire, run_retire, FEW, NEVER_FAILS | BY_BARRIER),
	DRIVES(vbuf_reclaim, run_retire, FEW, NEVER_FAILS | BY_BARRIER),
};

/* --- what is compared --- */

/* Each handle names its element, or none. */
static void
assert_holds(void)
{
	size_t n = 0;

	vbuf_pin(r);
	for (size_t i = 0; i < count; i++) {
		const void *p = vbuf_slotmap_get(m, r, handles[i]);
		assert_int_equal(p != NULL, live[i]);
		if (p)
			assert_int_equal(grid_kind(p), kind_of(i));
		n += live[i];
	}
	vbuf_unpin(r);
	assert_int_equal(vbuf_slotmap_len(m), n);
}

/* A destroy that failed: no element is left, and perhaps no domain. */
static void
assert_empty(void)
{
	assert_non_null(m);
	if (options.destroy)
		assert_memory_equal(grid_elements.born, grid_elements.died,
		                    sizeof grid_elements.born);
	if (!vbuf_slotmap_domain(m))
		return;
	assert_holds();
	count = 0;
	assert_ok(insert());
}

static void
begin_for(const struct operation *o)
{
	begin(o->start);
	if (o->is & MAKES_DOMAIN)
		assert_ok(create_domain(&other_domain));
}

/* Is there much memory that can be given back, and be missing where all calls fail? */
static bool
is_worth_much(const struct operation *o)
{
	return o->start >= LARGE && (grid_now.how == GRID_REST || grid_now.how == GRID_HALVES);
}

static bool
one(void)
{
	const struct operation *o = &operations[grid_now.operation];

	begin_for(o);
	grid_arm();
	int err = o->run();
	bool hit = fault_disarm();
	if (err != VBUF_OK) {
		assert_true(hit && !(o->is & NEVER_FAILS));
		grid_check_error(err);
		assert_null(other);
		if (o->run == run_destroy)
			assert_empty();
		else
			assert_holds();
		assert_true((other_domain != NULL) == (o->run == run_domain_destroy));
		assert_ok(o->run());
	}
	if (m) {
		assert_holds();
		/* in slots that lost their memory, too, if such can be had */
		size_t n = hit && is_worth_much(o) ? LARGE_LEN : vbuf_slotmap_len(m) + 1;
		while (vbuf_slotmap_len(m) < n)
			assert_ok(insert());
		assert_holds();
	}
	end();
	return hit;
}

/* Does the system have the heavy barrier, of which all failures of some operations are? */
static bool
has_barrier(void)
{
	struct vbuf_domain_stats s;
	struct vbuf_domain *d;

	assert_ok(vbuf_domain_create(&d, NULL));
	assert_ok(vbuf_domain_get_stats(d, &s, sizeof s));
	assert_ok(vbuf_domain_destroy(&d));
	return !s.symmetric;
}

static void
whatever_fails_a_slotmap_of_any_options_is_whole(void **state)
{
	(void)state;
	for (size_t o = 0; o < COUNT(operations); o++) {
		unsigned failures = 0;
		for (unsigned row = 0; row < GRID_ROWS; row += TEST_GRID_STEP) {
			grid_now.row = row;
			/* which take time, and purge nothing where there are huge pages */
			if (operations[o].start >= LARGE &&
			    row / TEST_GRID_STEP %
			                    (options_of(row).huge == VBUF_HUGE_NEVER ? 3 : 11) !=
			            0)
				continue;
			failures += grid_cases(operations[o].function, o, row, one);
		}
		fprintf(stderr, "%s: %u failures\n", operations[o].function, failures);
		if (TEST_GRID_STEP == 1 && failures < GRID_ROWS / 8 &&
		    (has_barrier() || !(operations[o].is & BY_BARRIER)))
			fail_msg("too few to be true");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(whatever_fails_a_slotmap_of_any_options_is_whole,
		                          grid_teardown),
	};

	return run_group("fault_grid_slotmap", tests);
}
