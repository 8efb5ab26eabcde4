/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * Reclamation under the model. Objects stand in cells that threads put others into; who
 * takes one out retires it, and to reclaim it is to write over it: a reader that still has
 * it is a data race. A bag holds one object, so that each retirement goes all the way; in
 * another program two, so that some are reclaimed out of a bag that is not full.
 */
#include <vbuf/reclaim.h>

#include "../src/reclaim.h"
#include "model/model.h"
#include "test.h"

enum { SIZE = 8192, PAGE_SIZE = 128, THREADS = 3, OBJECTS = 8, CELLS = 2 };

/* --- the system ------------------------------------------------------------------------- */

static _Alignas(128) unsigned char memory[SIZE];

size_t
vbuf_page_size(void)
{
	return PAGE_SIZE;
}

int
vbuf_reserve(struct vbuf *ret, size_t size, const struct vbuf_options *options)
{
	(void)options;
	assert_true(size <= SIZE);
	memset(memory, 0, size);
	*ret = (struct vbuf){ .base = memory, .size = size };
	return VBUF_OK;
}

int
vbuf_commit(struct vbuf *v, size_t offset, size_t size)
{
	(void)v, (void)offset, (void)size;
	return VBUF_OK;
}

int
vbuf_unreserve(struct vbuf *v)
{
	*v = (struct vbuf){ 0 };
	return VBUF_OK;
}

int
vbuf_resident(const struct vbuf *v, size_t offset, size_t size, size_t *ret)
{
	(void)v, (void)offset, (void)size, (void)ret;
	return VBUF_ESYS;
}

int
vbuf_sync_register(void)
{
	return VBUF_OK;
}

int
vbuf_sync_heavy(void)
{
	return VBUF_OK; /* the model does it */
}

void
vbuf_sync_yield(void)
{
	vbuf_spin_();
}

/* Keys: whoever uses one knows that it was made. No thread finds a value of its own. */
static uint32_t keys;
static int made[8];

int
vbuf_sync_key_create(vbuf_sync_key *ret, void(VBUF_SYNC_EXIT *at_exit)(void *value))
{
	(void)at_exit;
	*ret = vbuf_fetch_add_relaxed_(&keys, 1);
	vbuf_plain_write_(&made[*ret], sizeof made[*ret]);
	made[*ret] = 1;
	return VBUF_OK;
}

void
vbuf_sync_key_delete(vbuf_sync_key key)
{
	vbuf_plain_write_(&made[key], sizeof made[key]);
	model_check(made[key] == 1);
	made[key] = 0;
}

void *
vbuf_sync_key_get(vbuf_sync_key key)
{
	vbuf_plain_read_(&made[key], sizeof made[key]);
	model_check(made[key] == 1);
	return NULL;
}

int
vbuf_sync_key_set(vbuf_sync_key key, void *value)
{
	(void)value;
	vbuf_plain_read_(&made[key], sizeof made[key]);
	model_check(made[key] == 1);
	return VBUF_OK;
}

/* --- what the threads do ---------------------------------------------------------------- */

enum { ALIVE = 7, DEAD = -1 };

struct object {
	struct vbuf_retired retired;
	uint64_t birth;
	int payload;
	int reclaimed;          /* times */
	struct object *cascade; /* its end takes the object of the second cell out */
};

static struct vbuf_domain *domain;
static struct vbuf_record *record[THREADS];
static struct object object[OBJECTS];
static uint32_t cell[CELLS]; /* number of an object, plus one; 0: none */
static bool knows_births, in_order;

static void
reclaim(struct vbuf_retired *r, void *arg)
{
	struct object *o = (struct object *)(void *)r;

	(void)arg;
	vbuf_plain_write_(&o->payload, sizeof o->payload + sizeof o->reclaimed);
	o->payload = DEAD;
	o->reclaimed++;
}

static void
put_first(unsigned where, unsigned number)
{
	object[number].birth = vbuf_birth(domain);
	cell[where] = number + 1;
}

static void
make(enum vbuf_fence fence, bool births, unsigned attached)
{
	struct vbuf_domain_options o = { .size = sizeof o, .threads = THREADS, .fence = fence };

	assert_ok(vbuf_domain_create(&domain, &o));
	keys = 0;
	memset(made, 0, sizeof made);
	memset(record, 0, sizeof record);
	for (unsigned i = 0; i < attached; i++)
		assert_ok(vbuf_domain_attach(domain, &record[i]));
	memset(object, 0, sizeof object);
	for (unsigned i = 0; i < OBJECTS; i++)
		object[i].payload = ALIVE;
	knows_births = births;
	in_order = fence == VBUF_FENCE_SYMMETRIC;
	put_first(0, 0);
	put_first(1, 1);
}

static void
asymmetric(void)
{
	make(VBUF_FENCE_ASYMMETRIC, false, THREADS);
}

static void
symmetric(void)
{
	make(VBUF_FENCE_SYMMETRIC, false, THREADS);
}

static void
asymmetric_with_births(void)
{
	make(VBUF_FENCE_ASYMMETRIC, true, THREADS);
}

static void
symmetric_with_births(void)
{
	make(VBUF_FENCE_SYMMETRIC, true, THREADS);
}

static void
first_attached(void)
{
	make(VBUF_FENCE_ASYMMETRIC, true, 1);
}

static void
first_attached_symmetric(void)
{
	make(VBUF_FENCE_SYMMETRIC, true, 1);
}

/* In a symmetric domain the cells are read and changed in the same order as the pins;
 * else a release and an acquire do. */
static uint32_t
swap(unsigned where, uint32_t number)
{
	return in_order ? vbuf_exchange_seq_cst_(&cell[where], number)
	                : vbuf_exchange_acq_rel_(&cell[where], number);
}

/* The object in the cell, covered by the pin. */
static struct object *
find(struct vbuf_record *r, unsigned where)
{
	uint32_t number;

	do /* [find] pairs with [swap] */
		number = in_order ? vbuf_load_seq_cst_(&cell[where])
		                  : vbuf_load_acquire_(&cell[where]);
	while (knows_births && !vbuf_covered(r));
	return number ? &object[number - 1] : NULL;
}

static void
use(const struct object *o)
{
	if (!o)
		return;
	vbuf_plain_read_(&o->payload, sizeof o->payload);
	model_check(o->payload == ALIVE);
}

static void
read_cell(struct vbuf_record *r, unsigned where)
{
	vbuf_pin(r);
	use(find(r, where));
	vbuf_unpin(r);
}

static void
retire(struct vbuf_record *r, uint32_t number)
{
	struct object *o = &object[number - 1];

	vbuf_plain_read_(&o->birth, sizeof o->birth);
	vbuf_retire(r, &o->retired, knows_births ? o->birth : 0, reclaim, NULL);
}

/* A new object, number, takes the place of what was there, which is retired. */
static void
replace(struct vbuf_record *r, unsigned where, unsigned number)
{
	struct object *o = &object[number];

	vbuf_plain_write_(&o->birth, sizeof o->birth);
	o->birth = vbuf_birth(domain);
	vbuf_plain_write_(&o->payload, sizeof o->payload);
	o->payload = ALIVE;
	uint32_t old = swap(where, number + 1);
	if (old)
		retire(r, old);
}

static void
take_out(struct vbuf_record *r, unsigned where)
{
	uint32_t old = swap(where, 0);

	if (old)
		retire(r, old);
}

/* All that was retired is reclaimed once, what stands in a cell is not. */
static void
each_once(void)
{
	for (unsigned i = 0; i < THREADS; i++)
		model_check(vbuf_domain_detach(&record[i]) == VBUF_OK);
	model_check(vbuf_domain_destroy(&domain) == VBUF_OK);
	struct object *in[CELLS]; /* now, as destructors may take out more */
	for (unsigned c = 0; c < CELLS; c++)
		in[c] = cell[c] ? &object[cell[c] - 1] : NULL;
	for (unsigned i = 0; i < OBJECTS; i++) {
		bool there = &object[i] == in[0] || &object[i] == in[1];
		bool used = object[i].birth != 0;
		model_check(object[i].reclaimed == (used && !there));
	}
}

/* Threads 1 read, 2 replace. */

static void
read_1(void)
{
	read_cell(record[0], 0);
}

static void
read_twice_1(void)
{
	read_1();
	read_1();
}

/* A scan may see the last pin alone. */
static void
read_and_pin_twice_1(void)
{
	read_1();
	vbuf_pin(record[0]);
	vbuf_unpin(record[0]);
	vbuf_pin(record[0]);
	vbuf_unpin(record[0]);
}

static void
read_3(void)
{
	read_cell(record[2], 0);
}

/* Both objects within one pin: the second is younger than the pin. */
static void
read_both_1(void)
{
	struct vbuf_record *r = record[0];

	vbuf_pin(r);
	struct object *first = find(r, 0), *second = find(r, 1);
	use(first);
	use(second);
	vbuf_unpin(r);
}

static void
repin_1(void)
{
	struct vbuf_record *r = record[0];

	vbuf_pin(r);
	use(find(r, 0));
	model_check(vbuf_repin(r));
	use(find(r, 0));
	vbuf_unpin(r);
}

static void
nest_1(void)
{
	struct vbuf_record *r = record[0];

	vbuf_pin(r);
	struct object *o = find(r, 0);
	vbuf_pin(r);
	model_check(!vbuf_repin(r));
	vbuf_unpin(r);
	use(o);
	vbuf_unpin(r);
}

static void
replace_2(void)
{
	replace(record[1], 0, 2);
}

static void
replace_twice_2(void)
{
	replace(record[1], 0, 2);
	replace(record[1], 0, 3);
}

/* The era goes on for other reasons too; then the first is younger than a pin, and gone
 * while that lasts. */
static void
age_and_replace_twice_2(void)
{
	(void)vbuf_fetch_add_relaxed_(&domain->era, 1);
	replace_twice_2();
}

static void
age_replace_twice_and_reclaim_2(void)
{
	age_and_replace_twice_2();
	(void)vbuf_reclaim(record[1], 0);
}

static void
replace_once_and_reclaim_2(void)
{
	replace(record[1], 0, 2);
	(void)vbuf_reclaim(record[1], 0);
}

static void
replace_both_2(void)
{
	replace(record[1], 0, 2);
	replace(record[1], 1, 3);
}

static void
replace_4_times_2(void)
{
	replace_twice_2();
	replace(record[1], 0, 4);
	replace(record[1], 1, 5);
}

static void
replace_and_reclaim_2(void)
{
	replace_twice_2();
	(void)vbuf_reclaim(record[1], 0);
}

static void
replace_3(void)
{
	replace(record[2], 0, 6);
}

static void
take_out_3(void)
{
	take_out(record[2], 0);
}

/* What it has found itself it keeps too. */
static void
keep_what_it_removes_2(void)
{
	struct vbuf_record *r = record[1];

	vbuf_pin(r);
	struct object *o = find(r, 0);
	replace(r, 0, 2);
	replace(r, 1, 3);
	use(o);
	vbuf_unpin(r);
}

/* Threads that come and go */

static void
attach_and_read(unsigned i)
{
	model_check(vbuf_domain_attach(domain, &record[i]) == VBUF_OK);
	read_cell(record[i], 0);
}

static void
attach_and_read_2(void)
{
	attach_and_read(1);
}

static void
attach_and_read_3(void)
{
	attach_and_read(2);
}

static void
read_and_change_records_2(void)
{
	read_cell(record[1], 0);
	model_check(vbuf_domain_detach(&record[1]) == VBUF_OK);
	model_check(vbuf_domain_attach(domain, &record[1]) == VBUF_OK);
}

static void
attach_read_and_detach_2(void)
{
	attach_and_read(1);
	model_check(vbuf_domain_detach(&record[1]) == VBUF_OK);
}

static void
replace_twice_1(void)
{
	replace(record[0], 0, 2);
	replace(record[0], 0, 3);
}

static void
replace_and_reclaim_1(void)
{
	replace(record[0], 0, 2);
	(void)vbuf_reclaim(record[0], 0);
}

static void
replace_1(void)
{
	replace(record[0], 0, 2);
}

static void
replace_and_detach_1(void)
{
	replace(record[0], 0, 2);
	model_check(vbuf_domain_detach(&record[0]) == VBUF_OK);
}

static void
pinned_replace_and_detach_1(void)
{
	struct vbuf_record *r = record[0];

	vbuf_pin(r);
	struct object *o = find(r, 0);
	replace(r, 0, 2);
	use(o);
	vbuf_unpin(r);
	model_check(vbuf_domain_detach(&record[0]) == VBUF_OK);
}

/* It may get the seat, and the bags, of the one that goes. */
static void
attach_replace_2(void)
{
	model_check(vbuf_domain_attach(domain, &record[1]) == VBUF_OK);
	replace(record[1], 0, 4);
}

static void
adopt_2(void)
{
	(void)vbuf_reclaim(record[1], 0);
}

static void
adopt_3(void)
{
	(void)vbuf_reclaim(record[2], 0);
}

/* Destructors that retire more */

static struct vbuf_record *cascading;

static void
reclaim_and_take_out(struct vbuf_retired *r, void *arg)
{
	reclaim(r, arg);
	take_out(cascading, 1);
}

static void
replace_with_cascade_2(void)
{
	uint32_t old = swap(0, 0);

	cascading = record[1];
	if (old)
		vbuf_retire(record[1], &object[old - 1].retired, object[old - 1].birth,
		            reclaim_and_take_out, NULL);
}

static void
read_second_1(void)
{
	read_cell(record[0], 1);
}

static void
attach_and_read_second_3(void)
{
	model_check(vbuf_domain_attach(domain, &record[2]) == VBUF_OK);
	read_cell(record[2], 1);
}

static void
two_attached(void)
{
	make(VBUF_FENCE_ASYMMETRIC, true, 2);
}

static void
two_attached_symmetric(void)
{
	make(VBUF_FENCE_SYMMETRIC, true, 2);
}

/* Its seat was somebody's before, and is counted. */
static void
second_was_there(void)
{
	make(VBUF_FENCE_ASYMMETRIC, true, 2);
	assert_ok(vbuf_domain_detach(&record[1]));
}

static void
second_was_there_symmetric(void)
{
	make(VBUF_FENCE_SYMMETRIC, true, 2);
	assert_ok(vbuf_domain_detach(&record[1]));
}

/* What the third seat retired is there to be adopted. */
static void
two_attached_one_left(void)
{
	make(VBUF_FENCE_ASYMMETRIC, true, THREADS);
	vbuf_pin(record[0]);
	object[7].birth = vbuf_birth(domain);
	vbuf_retire(record[2], &object[7].retired, object[7].birth, reclaim, NULL);
	vbuf_unpin(record[0]);
	assert_ok(vbuf_domain_detach(&record[2]));
}

/* Nobody but the record of thread 2. */
static void
only_the_second(void)
{
	make(VBUF_FENCE_ASYMMETRIC, true, 2);
	assert_ok(vbuf_domain_detach(&record[0]));
}

static void
leave_waiting(unsigned number, void (*end)(struct vbuf_retired *r, void *arg))
{
	object[number].birth = vbuf_birth(domain);
	vbuf_retire(record[1], &object[number].retired, object[number].birth, end, NULL);
}

/* The one that takes out another waits for a reader who has gone meanwhile. */
static void
one_waits(void)
{
	make(VBUF_FENCE_ASYMMETRIC, true, THREADS);
	cascading = record[1];
	vbuf_pin(record[2]);
	leave_waiting(7, reclaim_and_take_out);
	vbuf_unpin(record[2]);
}

/* And so long that it is among the held; nobody else is left. */
static void
one_is_held(void)
{
	make(VBUF_FENCE_ASYMMETRIC, true, THREADS);
	cascading = record[1];
	vbuf_pin(record[2]);
	leave_waiting(7, reclaim_and_take_out);
	leave_waiting(6, reclaim);
	vbuf_unpin(record[2]);
	assert_ok(vbuf_domain_detach(&record[2]));
	assert_ok(vbuf_domain_detach(&record[0]));
}

/* What else a domain has */

static struct vbuf_domain_user user[THREADS];

static void
nobody_attached(void)
{
	make(VBUF_FENCE_ASYMMETRIC, true, 0);
}

static void
one_has_joined(void)
{
	nobody_attached();
	vbuf_domain_join(domain, &user[0]);
}

static void
leave_and_join_1(void)
{
	vbuf_domain_leave(domain, &user[0]);
	vbuf_domain_join(domain, &user[1]);
}

static void
fork_and_join_2(void)
{
	vbuf_domain_fork_prepare(domain);
	vbuf_domain_fork_parent(domain);
	vbuf_domain_join(domain, &user[2]);
}

static void
two_have_joined(void)
{
	bool first = domain->users == &user[1];

	model_check(first || domain->users == &user[2]);
	model_check(domain->users->next == (first ? &user[2] : &user[1]));
	model_check(domain->users->next->next == NULL);
}

static void
self_1(void)
{
	model_check(vbuf_domain_self(domain, &record[0]) == VBUF_OK);
}

static void
self_2(void)
{
	model_check(vbuf_domain_self(domain, &record[1]) == VBUF_OK);
}

static void
one_key_is_left(void)
{
	model_check(record[0] && record[1] && record[0] != record[1]);
	model_check(made[0] + made[1] == 1 && made[domain->self_key - 1] == 1);
}

/* --- the tests -------------------------------------------------------------------------- */

#define HOLDS(name_, ...)                                                                          \
	static void name_(void **state)                                                            \
	{                                                                                          \
		struct model_test t = { .name = #name_, __VA_ARGS__ };                             \
		(void)state;                                                                       \
		if (!t.check)                                                                      \
			t.check = each_once;                                                       \
		assert_model_holds(&t);                                                            \
	}
#define A_PART .executions = 5000, .samples = 1000 /* of the search; then random ones */

HOLDS(a_reader_keeps_what_it_found, .setup = asymmetric, .threads = { read_1, replace_twice_2 })
HOLDS(a_reader_keeps_what_it_found_symmetric, .setup = symmetric,
      .threads = { read_1, replace_twice_2 })
HOLDS(a_reader_keeps_what_it_covers, .setup = asymmetric_with_births, .preemptions = 2,
      .threads = { read_1, age_replace_twice_and_reclaim_2 })
HOLDS(a_reader_keeps_what_it_covers_symmetric, .setup = symmetric_with_births, .preemptions = 2,
      .threads = { read_1, age_replace_twice_and_reclaim_2 }, .executions = 20000, .samples = 1000)
HOLDS(a_reader_keeps_two, .setup = asymmetric_with_births, .preemptions = 2,
      .threads = { read_both_1, replace_both_2 })
HOLDS(a_pin_that_is_renewed, .setup = asymmetric, .preemptions = 2,
      .threads = { repin_1, replace_twice_2 })
HOLDS(a_pin_after_a_pin_symmetric, .setup = symmetric, .preemptions = 2,
      .threads = { read_twice_1, replace_2 })
HOLDS(a_pin_within_a_pin, .setup = asymmetric, .preemptions = 2,
      .threads = { nest_1, replace_twice_2 })
HOLDS(to_reclaim_beside_a_reader, .setup = asymmetric, .threads = { read_1, replace_and_reclaim_2 })
HOLDS(to_reclaim_beside_a_reader_symmetric, .setup = two_attached_symmetric, .preemptions = 2,
      .threads = { read_1, replace_once_and_reclaim_2 })
HOLDS(a_remover_keeps_what_it_found, .setup = asymmetric_with_births, .preemptions = 2,
      .threads = { read_1, keep_what_it_removes_2 })

HOLDS(without_a_barrier_the_era_alone_frees, .setup = two_attached, .preemptions = 2,
      .threads = { read_twice_1, replace_twice_2 }, .heavy_result = VBUF_ESYS)
HOLDS(without_a_barrier_the_last_pin_is_enough, .setup = two_attached, .preemptions = 2,
      .threads = { read_and_pin_twice_1, replace_twice_2 }, .heavy_result = VBUF_ESYS)
HOLDS(without_a_barrier_a_new_record_is_enough, .setup = two_attached, .preemptions = 2,
      .threads = { replace_twice_1, read_and_change_records_2 }, .heavy_result = VBUF_ESYS)

HOLDS(a_record_that_comes_during_a_scan, .setup = first_attached, .preemptions = 2,
      .threads = { replace_twice_1, attach_and_read_2 })
HOLDS(a_record_that_comes_during_a_scan_symmetric, .setup = first_attached_symmetric,
      .threads = { replace_1, attach_and_read_2 })
HOLDS(a_record_that_comes_again, .setup = second_was_there, .preemptions = 2,
      .threads = { replace_1, attach_and_read_2 }, .heavy_result = VBUF_ESYS)
HOLDS(a_record_that_comes_again_before_a_reclaim, .setup = second_was_there_symmetric,
      .preemptions = 2, .threads = { replace_and_reclaim_1, attach_and_read_2 })
HOLDS(a_record_that_comes_before_a_reclaim, .setup = first_attached_symmetric, .preemptions = 2,
      .threads = { replace_and_reclaim_1, attach_and_read_2 })
HOLDS(a_record_that_comes_and_goes, .setup = first_attached, .preemptions = 2,
      .threads = { replace_twice_1, attach_read_and_detach_2 })
HOLDS(a_record_that_comes_without_a_barrier, .setup = first_attached,
      .threads = { replace_twice_1, attach_and_read_2 }, .heavy_result = VBUF_ESYS)
HOLDS(two_records_that_come_during_a_scan, .setup = first_attached, .preemptions = 2,
      .threads = { replace_1, attach_and_read_2, attach_and_read_3 }, .heavy_result = VBUF_ESYS)
HOLDS(what_a_record_leaves_is_adopted, .setup = two_attached,
      .threads = { replace_and_detach_1, adopt_2 })
HOLDS(a_seat_is_adopted_and_taken, .setup = two_attached_one_left,
      .threads = { adopt_2, attach_and_read_3 })
HOLDS(a_seat_is_handed_on, .setup = first_attached,
      .threads = { pinned_replace_and_detach_1, attach_replace_2 }, A_PART)

HOLDS(what_a_destructor_retires_waits_for_readers, .setup = two_attached,
      .threads = { read_second_1, replace_with_cascade_2 })
HOLDS(what_a_destructor_retires_waits_for_readers_behind_others, .setup = one_waits,
      .preemptions = 2, .threads = { read_second_1, replace_2 })
HOLDS(what_a_destructor_retires_waits_for_records_that_come_later, .setup = one_is_held,
      .preemptions = 2, .threads = { attach_and_read_second_3, replace_2 })
HOLDS(what_a_destructor_retires_waits_for_records_that_come, .setup = only_the_second,
      .threads = { attach_and_read_second_3, replace_with_cascade_2 })

HOLDS(a_reader_beside_4_replacements, .setup = asymmetric_with_births,
      .threads = { read_twice_1, replace_4_times_2 }, A_PART)
HOLDS(two_replace_beside_a_reader, .setup = asymmetric_with_births,
      .threads = { read_1, replace_2, replace_3 }, A_PART)
HOLDS(two_replace_beside_a_reader_symmetric, .setup = symmetric_with_births,
      .threads = { read_1, replace_2, replace_3 }, A_PART)
HOLDS(two_readers, .setup = asymmetric_with_births, .threads = { read_1, replace_2, read_3 },
      A_PART)
HOLDS(what_one_puts_another_takes_out, .setup = asymmetric_with_births,
      .threads = { read_1, replace_2, take_out_3 }, A_PART)
HOLDS(what_a_record_leaves_is_adopted_once, .setup = asymmetric_with_births,
      .threads = { replace_and_detach_1, adopt_2, adopt_3 }, A_PART)

HOLDS(containers_come_and_go, .setup = one_has_joined,
      .threads = { leave_and_join_1, fork_and_join_2 }, .check = two_have_joined)
HOLDS(two_threads_make_a_key, .setup = nobody_attached, .threads = { self_1, self_2 },
      .check = one_key_is_left)

/* The checks can fail. */

static void
read_without_cover_1(void)
{
	struct vbuf_record *r = record[0];

	vbuf_pin(r);
	uint32_t number = vbuf_load_seq_cst_(&cell[0]);
	use(number ? &object[number - 1] : NULL);
	vbuf_unpin(r);
}

static void
read_with_acquire_1(void)
{
	struct vbuf_record *r = record[0];

	vbuf_pin(r);
	uint32_t number = vbuf_load_acquire_(&cell[0]);
	use(number ? &object[number - 1] : NULL);
	vbuf_unpin(r);
}

static void
use_after_unpin_1(void)
{
	struct vbuf_record *r = record[0];

	vbuf_pin(r);
	struct object *o = find(r, 0);
	vbuf_unpin(r);
	use(o);
}

#define BREAKS(name_, ...)                                                                         \
	static void name_(void **state)                                                            \
	{                                                                                          \
		const struct model_test t = { .name = #name_, .check = each_once, __VA_ARGS__ };   \
		(void)state;                                                                       \
		assert_model_breaks(&t, "data race");                                              \
	}

BREAKS(a_pin_that_does_not_cover_is_not_enough, .setup = asymmetric_with_births,
       .threads = { read_without_cover_1, age_replace_twice_and_reclaim_2 })
BREAKS(a_symmetric_pin_wants_loads_in_the_same_order, .setup = symmetric,
       .threads = { read_with_acquire_1, replace_once_and_reclaim_2 })
BREAKS(after_a_pin_nothing_is_kept, .setup = asymmetric,
       .threads = { use_after_unpin_1, replace_once_and_reclaim_2 })

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reader_keeps_what_it_found),
		cmocka_unit_test(a_reader_keeps_what_it_found_symmetric),
		cmocka_unit_test(a_reader_keeps_what_it_covers),
		cmocka_unit_test(a_reader_keeps_what_it_covers_symmetric),
		cmocka_unit_test(a_reader_keeps_two),
		cmocka_unit_test(a_pin_that_is_renewed),
		cmocka_unit_test(a_pin_after_a_pin_symmetric),
		cmocka_unit_test(a_pin_within_a_pin),
		cmocka_unit_test(to_reclaim_beside_a_reader),
		cmocka_unit_test(to_reclaim_beside_a_reader_symmetric),
		cmocka_unit_test(a_remover_keeps_what_it_found),
		cmocka_unit_test(without_a_barrier_the_era_alone_frees),
		cmocka_unit_test(without_a_barrier_the_last_pin_is_enough),
		cmocka_unit_test(without_a_barrier_a_new_record_is_enough),
		cmocka_unit_test(a_record_that_comes_during_a_scan),
		cmocka_unit_test(a_record_that_comes_during_a_scan_symmetric),
		cmocka_unit_test(a_record_that_comes_again),
		cmocka_unit_test(a_record_that_comes_again_before_a_reclaim),
		cmocka_unit_test(a_record_that_comes_before_a_reclaim),
		cmocka_unit_test(a_record_that_comes_and_goes),
		cmocka_unit_test(a_record_that_comes_without_a_barrier),
		cmocka_unit_test(two_records_that_come_during_a_scan),
		cmocka_unit_test(what_a_record_leaves_is_adopted),
		cmocka_unit_test(a_seat_is_adopted_and_taken),
		cmocka_unit_test(a_seat_is_handed_on),
		cmocka_unit_test(what_a_destructor_retires_waits_for_readers),
		cmocka_unit_test(what_a_destructor_retires_waits_for_readers_behind_others),
		cmocka_unit_test(what_a_destructor_retires_waits_for_records_that_come_later),
		cmocka_unit_test(what_a_destructor_retires_waits_for_records_that_come),
		cmocka_unit_test(a_reader_beside_4_replacements),
		cmocka_unit_test(two_replace_beside_a_reader),
		cmocka_unit_test(two_replace_beside_a_reader_symmetric),
		cmocka_unit_test(two_readers),
		cmocka_unit_test(what_one_puts_another_takes_out),
		cmocka_unit_test(what_a_record_leaves_is_adopted_once),
		cmocka_unit_test(containers_come_and_go),
		cmocka_unit_test(two_threads_make_a_key),
		cmocka_unit_test(a_pin_that_does_not_cover_is_not_enough),
		cmocka_unit_test(a_symmetric_pin_wants_loads_in_the_same_order),
		cmocka_unit_test(after_a_pin_nothing_is_kept),
	};

	return run_group("model_reclaim", tests);
}
