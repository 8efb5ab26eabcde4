/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What a child made by fork() finds of a buffer, by each of the three options. */
#include <sys/mman.h>

#include "access.h"
#include "child.h"
#include "smaps.h"
#include "system.h"
#include "test.h"

/* Pages of the buffers here: the first half committed and full of MARK, the rest
 * only reserved. */
enum { PAGES = 16, HALF = PAGES / 2, MARK = 0xab };

static size_t
guard(void)
{
	return 16 * PAGE;
}

static void
fill(struct vbuf *v)
{
	assert_ok(vbuf_commit(v, 0, HALF * PAGE));
	memset(v->base, MARK, HALF * PAGE);
}

/* Run the body in a child of a process that holds such a buffer, for each way of
 * getting one: with and without guards, fresh and after decommits, which must not
 * lose the option. The buffer in the parent is then as it was. */
static void
for_each_buffer(enum vbuf_fork how, void (*body)(void *v))
{
	if (how != VBUF_FORK_INHERIT)
		needs(how == VBUF_FORK_DROP ? BACKEND_DROPS : BACKEND_WIPES);
	for (int way = 0; way < 4; way++) {
		struct vbuf v;
		struct vbuf_options o = { .size = sizeof o, .fork = how };
		if (way & 1)
			o.guard_before = o.guard_after = guard();
		assert_ok(vbuf_reserve(&v, PAGES * PAGE, &o));
		fill(&v);
		if (way & 2) {
			assert_ok(vbuf_commit(&v, 0, v.size));
			assert_ok(vbuf_decommit(&v, PAGE, PAGE));
			assert_ok(vbuf_decommit(&v, 3 * PAGE, 2 * PAGE));
			assert_ok(vbuf_decommit(&v, HALF * PAGE, HALF * PAGE));
			fill(&v);
			assert_ok(vbuf_decommit(&v, 0, v.size));
			fill(&v);
		}
		in_child(body, &v);
		assert_all(v.base, HALF * PAGE, MARK);
		assert_ok(vbuf_commit(&v, 0, v.size));
		assert_all(v.base + HALF * PAGE, HALF * PAGE, 0);
		assert_ok(vbuf_unreserve(&v));
	}
}

/* In the child: does the buffer still do all that it should? It is gone then. */
static void
use_up(struct vbuf *v)
{
	assert_ok(vbuf_commit(v, 0, v->size));
	memset(v->base, 3, v->size);
	assert_ok(vbuf_decommit(v, PAGE, v->size - PAGE));
	assert_true(access_faults(v->base + PAGE, ACCESS_READ));
	assert_ok(vbuf_commit(v, 0, v->size));
	assert_all(v->base, PAGE, 3);
	assert_all(v->base + PAGE, v->size - PAGE, 0);
	assert_ok(vbuf_unreserve(v));
}

static void
find_a_copy(void *arg)
{
	struct vbuf *v = arg;

	assert_all(v->base, HALF * PAGE, MARK);
	assert_true(access_faults(v->base + HALF * PAGE, ACCESS_READ));
	use_up(v); /* and the parent looks whether it notices */
}

static void
an_inherited_buffer_is_a_copy_of_its_own(void **state)
{
	(void)state;
	for_each_buffer(VBUF_FORK_INHERIT, find_a_copy);
}

static void
find_sevens(void *arg)
{
	struct vbuf *v = arg;

	assert_all(v->base, HALF * PAGE, 7);
	memset(v->base, 8, HALF * PAGE);
}

static void
write_sevens_and_fork(void *arg)
{
	struct vbuf *v = arg;

	memset(v->base, 7, HALF * PAGE);
	in_child(find_sevens, v);
	assert_all(v->base, HALF * PAGE, 7);
}

static void
a_grandchild_inherits_what_the_child_wrote(void **state)
{
	(void)state;
	for_each_buffer(VBUF_FORK_INHERIT, write_sevens_and_fork);
}

static void
find_nothing(void *arg)
{
	struct vbuf *v = arg;

	/* with the guards, where there are any; else with what lay beside it */
	assert_int_equal(smaps_of(v->map_, v->map_size_, "").bytes, 0);
	assert_true(access_faults(v->base, ACCESS_READ));
	assert_true(access_faults(v->base + v->size - 1, ACCESS_READ));
}

static void
find_nothing_twice(void *arg)
{
	find_nothing(arg);
	in_child(find_nothing, arg);
}

static void
a_dropped_buffer_is_not_mapped_in_child_and_grandchild(void **state)
{
	(void)state;
	for_each_buffer(VBUF_FORK_DROP, find_nothing_twice);
}

/* The hazard that vbuf_forget() is there for: an unreserve in the child would take
 * away what the child put there since. */
static void
map_there_and_forget(void *arg)
{
	struct vbuf *v = arg, copy = *v;
	const struct vbuf none = { 0 };

	/* a hint, which the kernel takes when the addresses are free */
	void *own = mmap(copy.map_, copy.map_size_, PROT_READ | PROT_WRITE,
	                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_equal(own, copy.map_);
	memset(own, 0x5a, copy.map_size_);
	vbuf_forget(v);
	assert_memory_equal(v, &none, sizeof none);
	assert_ok(vbuf_unreserve(v));
	assert_all(own, copy.map_size_, 0x5a);
}

static void
forget_in_the_child_spares_what_took_the_dropped_buffers_place(void **state)
{
	(void)state;
	for_each_buffer(VBUF_FORK_DROP, map_there_and_forget);
}

static void
find_fives(void *arg)
{
	const struct vbuf *v = arg;

	assert_all(v->base, v->size, 5);
}

static void
reserve_there_and_fork(void *arg)
{
	struct vbuf *v = arg;
	struct vbuf_options o = { .size = sizeof o, .place = VBUF_PLACE_EXACT };

	o.addr = v->base;
	vbuf_forget(v);
	assert_ok(vbuf_reserve(v, HALF * PAGE, &o));
	assert_ok(vbuf_commit(v, 0, v->size));
	memset(v->base, 5, v->size);
	in_child(find_fives, v);
	assert_ok(vbuf_unreserve(v));
}

static void
the_child_may_reserve_where_the_dropped_buffer_was(void **state)
{
	(void)state;
	for_each_buffer(VBUF_FORK_DROP, reserve_there_and_fork);
}

static void
find_zeros(void *arg)
{
	struct vbuf *v = arg;

	assert_all(v->base, HALF * PAGE, 0);
	assert_false(access_faults(v->base + HALF * PAGE - 1, ACCESS_WRITE));
	assert_true(access_faults(v->base + HALF * PAGE, ACCESS_READ));
	assert_true(access_faults(v->base + v->size - 1, ACCESS_READ));
	if (v->map_size_ > v->size) {
		assert_true(access_faults(v->base - 1, ACCESS_READ));
		assert_true(access_faults(v->base + v->size, ACCESS_READ));
	}
	use_up(v);
}

static void
a_wiped_buffer_has_the_same_committed_pages_and_they_read_zero(void **state)
{
	(void)state;
	for_each_buffer(VBUF_FORK_WIPE, find_zeros);
}

static void
write_and_fork(void *arg)
{
	struct vbuf *v = arg;

	memset(v->base, 7, HALF * PAGE);
	in_child(find_zeros, v);
	assert_all(v->base, HALF * PAGE, 7);
	assert_ok(vbuf_decommit(v, 0, v->size));
	fill(v);
	in_child(find_zeros, v);
}

static void
a_child_wipes_for_its_own_children_too(void **state)
{
	(void)state;
	for_each_buffer(VBUF_FORK_WIPE, write_and_fork);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_inherited_buffer_is_a_copy_of_its_own),
		cmocka_unit_test(a_grandchild_inherits_what_the_child_wrote),
		cmocka_unit_test(a_dropped_buffer_is_not_mapped_in_child_and_grandchild),
		cmocka_unit_test(forget_in_the_child_spares_what_took_the_dropped_buffers_place),
		cmocka_unit_test(the_child_may_reserve_where_the_dropped_buffer_was),
		cmocka_unit_test(a_wiped_buffer_has_the_same_committed_pages_and_they_read_zero),
		cmocka_unit_test(a_child_wipes_for_its_own_children_too),
	};

	return run_group("fork", tests);
}
