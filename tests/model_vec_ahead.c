/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The work ahead of a vector under the model: its source, and a system whose page is one
 * element. The owner does what vec_grow.c does: takes what is ready, else commits for itself,
 * tells how far it is, and writes.
 */
#include <vbuf/atomic.h>

#include "../src/vec.h"
#include "model/model.h"
#include "test.h"

enum { ELEMENT = 8, PAGES = 8 };

static _Alignas(64) unsigned char memory[PAGES * ELEMENT];
static bool present[PAGES]; /* the lock guards it, once threads run */
static uint32_t mmap_lock;

static struct vbuf_vec_control control;
static struct vbuf_vec_ahead ahead;
static bool prefaulted_nothing; /* a page that is not there */

/* --- the system ------------------------------------------------------------------------- */

size_t
vbuf_page_size(void)
{
	return ELEMENT;
}

static void
lock(void)
{
	for (uint32_t is_free = 0; !vbuf_cas_acquire_(&mmap_lock, &is_free, 1); is_free = 0)
		vbuf_spin_();
}

static void
unlock(void)
{
	vbuf_store_release_(&mmap_lock, 0);
}

/* One at a time, and pages that are there stay as they are. */
int
vbuf_commit(struct vbuf *v, size_t offset, size_t size)
{
	model_check(size > 0 && offset + size <= v->size);
	lock();
	for (size_t i = offset / ELEMENT; i < (offset + size) / ELEMENT; i++)
		if (!present[i]) {
			vbuf_plain_write_(memory + i * ELEMENT, ELEMENT);
			present[i] = true;
		}
	unlock();
	return VBUF_OK;
}

int
vbuf_prefault(struct vbuf *v, size_t offset, size_t size, size_t *ret_done)
{
	(void)ret_done;
	model_check(size > 0 && offset + size <= v->size);
	lock();
	for (size_t i = offset / ELEMENT; i < (offset + size) / ELEMENT; i++)
		prefaulted_nothing |= !present[i];
	unlock();
	return VBUF_OK;
}

/* What concerns the owner alone. */
void
vbuf_vec_settle(struct vbuf_vec *v)
{
	(void)v;
}

void
vbuf_vec_has_grown(struct vbuf_vec_control *c, size_t before)
{
	(void)c, (void)before;
}

/* --- what the threads do ---------------------------------------------------------------- */

static void
begin(size_t pages, size_t distance)
{
	struct vbuf_vec v = { .data = memory, .control_ = &control };

	memset(present, 0, sizeof present);
	mmap_lock = 0;
	prefaulted_nothing = false;
	control = (struct vbuf_vec_control){
		.mark = VBUF_VEC_MARK,
		.buf = { .base = memory, .size = sizeof memory },
		.committed = pages * ELEMENT,
		.unit = 2 * ELEMENT,
		.small_end = 0,
		.elem_size = ELEMENT,
		.max = PAGES,
	};
	for (size_t i = 0; i < pages; i++)
		present[i] = true;
	assert_ok(vbuf_vec_ahead_begin(&ahead, &v, distance * ELEMENT));
}

static void
two_ahead(void)
{
	begin(1, 2);
}

static void
four_ahead(void)
{
	begin(2, 4);
}

static void
push_until(size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t end = (i + 1) * ELEMENT;
		if (end > control.committed)
			vbuf_vec_ahead_take(&control);
		if (end > control.committed) {
			assert_ok(vbuf_commit(&control.buf, control.committed,
			                      end - control.committed));
			control.committed = end;
		}
		vbuf_vec_ahead_tell(&control, end);
		vbuf_plain_write_(memory + i * ELEMENT, ELEMENT);
	}
}

static void
push_2(void)
{
	push_until(2);
}

static void
push_4(void)
{
	push_until(4);
}

static void
push_5(void)
{
	push_until(5);
}

static void
work_once(void)
{
	model_check(vbuf_vec_ahead_step(&ahead) >= 0);
}

static void
work_twice(void)
{
	work_once();
	work_once();
}

static void
all_that_is_ready_is_there(void)
{
	vbuf_vec_ahead_take(&control);
	for (size_t i = 0; i < control.committed / ELEMENT; i++)
		model_check(present[i]);
	model_check(!prefaulted_nothing);
}

#define HOLDS(test, set_up, ...)                                                                   \
	static void test(void **state)                                                             \
	{                                                                                          \
		const struct model_test t = {                                                      \
			.name = #test,                                                             \
			.setup = set_up,                                                           \
			.threads = { __VA_ARGS__ },                                                \
			.check = all_that_is_ready_is_there,                                       \
		};                                                                                 \
                                                                                                   \
		(void)state;                                                                       \
		assert_model_holds(&t);                                                            \
	}

HOLDS(what_is_ready_can_be_written, two_ahead, push_2, work_once)
HOLDS(an_owner_that_overtakes_leaves_no_gap, two_ahead, push_5, work_once)
HOLDS(an_owner_that_overtakes_again_leaves_no_gap, two_ahead, push_4, work_twice)
HOLDS(a_long_distance_is_taken_whole, four_ahead, push_5, work_twice)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_ready_can_be_written),
		cmocka_unit_test(an_owner_that_overtakes_leaves_no_gap),
		cmocka_unit_test(an_owner_that_overtakes_again_leaves_no_gap),
		cmocka_unit_test(a_long_distance_is_taken_whole),
	};

	return run_group("model_vec_ahead", tests);
}
