/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The checker itself, on small programs whose answers are known. Of each there is a right
 * form, which must hold in every execution, and a broken one, which must be found out.
 * The letters are those of the literature: SB store buffering, MP message passing, and so on.
 */
#include "model/model.h"
#include "test.h"

#include <vbuf/atomic.h>

static int x, y, z;    /* the shared ones */
static int data;       /* shared, plain */
static int a, b, c, d; /* what one thread each found out */

static void
zero(void)
{
	x = y = z = data = 0;
	a = b = c = d = -1;
}

#define HOLDS(name_, check_, ...)                                                                  \
	static void name_(void **state)                                                            \
	{                                                                                          \
		const struct model_test t = {                                                      \
			.name = #name_, .setup = zero, .threads = { __VA_ARGS__ }, .check = check_ \
		};                                                                                 \
		(void)state;                                                                       \
		assert_model_holds(&t);                                                            \
	}

#define BREAKS(name_, why, check_, ...)                                                            \
	static void name_(void **state)                                                            \
	{                                                                                          \
		const struct model_test t = {                                                      \
			.name = #name_, .setup = zero, .threads = { __VA_ARGS__ }, .check = check_ \
		};                                                                                 \
		(void)state;                                                                       \
		assert_model_breaks(&t, why);                                                      \
	}

#define OUTCOME "does not hold" /* the outcome was seen that check() forbids */

/* --- SB: each stores one and loads the other; does one see the other's store? -------- */

static void
sb(void)
{
	model_check(a == 1 || b == 1);
}

#define SB(suffix, store, load)                                                                    \
	static void sb1_##suffix(void)                                                             \
	{                                                                                          \
		store(&x, 1);                                                                      \
		a = load(&y);                                                                      \
	}                                                                                          \
	static void sb2_##suffix(void)                                                             \
	{                                                                                          \
		store(&y, 1);                                                                      \
		b = load(&x);                                                                      \
	}

SB(relaxed, vbuf_store_relaxed_, vbuf_load_relaxed_)
SB(acq_rel, vbuf_store_release_, vbuf_load_acquire_)
SB(exchange, (void)vbuf_exchange_acq_rel_, vbuf_load_acquire_)

static void
sb1_seq_cst(void)
{
	vbuf_store_seq_cst_(&x, 1);
	a = vbuf_load_seq_cst_(&y);
}

static void
sb2_seq_cst(void)
{
	vbuf_store_seq_cst_(&y, 1);
	b = vbuf_load_seq_cst_(&x);
}

/* An update of one object by both is as good as a fence. */
static void
sb1_update(void)
{
	vbuf_store_relaxed_(&x, 1);
	(void)vbuf_fetch_add_acq_rel_(&z, 0);
	a = vbuf_load_relaxed_(&y);
}

static void
sb2_update(void)
{
	vbuf_store_relaxed_(&y, 1);
	(void)vbuf_fetch_add_acq_rel_(&z, 0);
	b = vbuf_load_relaxed_(&x);
}

static void
sb1_light(void)
{
	vbuf_store_relaxed_(&x, 1);
	vbuf_light_();
	a = vbuf_load_relaxed_(&y);
}

static void
sb2_light(void)
{
	vbuf_store_relaxed_(&y, 1);
	vbuf_light_();
	b = vbuf_load_relaxed_(&x);
}

static void
sb2_heavy(void)
{
	vbuf_store_relaxed_(&y, 1);
	(void)vbuf_heavy_(0);
	b = vbuf_load_relaxed_(&x);
}

BREAKS(store_buffering_shows_with_relaxed, OUTCOME, sb, sb1_relaxed, sb2_relaxed)
BREAKS(store_buffering_shows_with_acquire_and_release, OUTCOME, sb, sb1_acq_rel, sb2_acq_rel)
BREAKS(store_buffering_shows_with_exchanges, OUTCOME, sb, sb1_exchange, sb2_exchange)
HOLDS(store_buffering_is_forbidden_by_seq_cst, sb, sb1_seq_cst, sb2_seq_cst)
HOLDS(store_buffering_is_forbidden_by_updates_of_one_object, sb, sb1_update, sb2_update)
HOLDS(store_buffering_is_forbidden_by_light_and_heavy, sb, sb1_light, sb2_heavy)
BREAKS(store_buffering_shows_with_two_light_fences, OUTCOME, sb, sb1_light, sb2_light)
BREAKS(store_buffering_shows_without_the_light_fence, OUTCOME, sb, sb1_relaxed, sb2_heavy)

static void
store_buffering_shows_when_the_heavy_fence_fails(void **state)
{
	const struct model_test t = {
		.name = "store_buffering_shows_when_the_heavy_fence_fails",
		.setup = zero,
		.threads = { sb1_light, sb2_heavy },
		.check = sb,
		.heavy_result = VBUF_ENOTSUP,
	};

	(void)state;
	assert_model_breaks(&t, OUTCOME);
}

/* --- MP: a flag says that there is a message ------------------------------------------ */

static void
mp(void)
{
	model_check(!(a == 1 && b == 0));
}

static void
mp_send_relaxed(void)
{
	vbuf_store_relaxed_(&x, 1);
	vbuf_store_relaxed_(&y, 1);
}

static void
mp_send(void)
{
	vbuf_store_relaxed_(&x, 1);
	vbuf_store_release_(&y, 1);
}

static void
mp_receive_relaxed(void)
{
	a = vbuf_load_relaxed_(&y);
	b = vbuf_load_relaxed_(&x);
}

static void
mp_receive(void)
{
	a = vbuf_load_acquire_(&y);
	b = vbuf_load_relaxed_(&x);
}

/* seq_cst orders the seq_cst operations, and no others. */
static void
mp_send_seq_cst_first(void)
{
	vbuf_store_seq_cst_(&x, 1);
	vbuf_store_relaxed_(&y, 1);
}

static void
mp_receive_seq_cst_last(void)
{
	a = vbuf_load_relaxed_(&y);
	b = vbuf_load_seq_cst_(&x);
}

/* WRC: word of the message goes by way of a third thread. */
static void
wrc_first(void)
{
	vbuf_store_relaxed_(&z, 1);
	vbuf_store_release_(&x, 1);
}

static void
wrc_between(void)
{
	c = vbuf_load_acquire_(&x);
	vbuf_store_release_(&y, c);
}

static void
wrc_between_relaxed(void)
{
	c = vbuf_load_relaxed_(&x);
	vbuf_store_relaxed_(&y, c);
}

static void
wrc_last(void)
{
	a = vbuf_load_acquire_(&y);
	b = vbuf_load_relaxed_(&z);
}

BREAKS(message_passing_fails_with_relaxed, OUTCOME, mp, mp_send_relaxed, mp_receive_relaxed)
BREAKS(message_passing_fails_without_release, OUTCOME, mp, mp_send_relaxed, mp_receive)
BREAKS(message_passing_fails_without_acquire, OUTCOME, mp, mp_send, mp_receive_relaxed)
HOLDS(message_passing_works_with_acquire_and_release, mp, mp_send, mp_receive)
BREAKS(message_passing_fails_with_seq_cst_on_the_message_only, OUTCOME, mp, mp_send_seq_cst_first,
       mp_receive_seq_cst_last)
HOLDS(a_message_passes_through_a_third_thread, mp, wrc_first, wrc_between, wrc_last)
BREAKS(a_message_is_lost_through_a_relaxed_third_thread, OUTCOME, mp, wrc_first,
       wrc_between_relaxed, wrc_last)

/* --- coherence: one location is always in one order ----------------------------------- */

static void
write_one_two(void)
{
	vbuf_store_relaxed_(&x, 1);
	vbuf_store_relaxed_(&x, 2);
}

static void
write_one(void)
{
	vbuf_store_relaxed_(&x, 1);
}

static void
write_two(void)
{
	vbuf_store_relaxed_(&x, 2);
}

static void
read_a_b(void)
{
	a = vbuf_load_relaxed_(&x);
	b = vbuf_load_relaxed_(&x);
}

static void
read_c_d(void)
{
	c = vbuf_load_relaxed_(&x);
	d = vbuf_load_relaxed_(&x);
}

static void
read_then_write_one(void)
{
	a = vbuf_load_relaxed_(&x);
	vbuf_store_relaxed_(&x, 1);
}

static void
write_one_then_read(void)
{
	vbuf_store_relaxed_(&x, 1);
	a = vbuf_load_relaxed_(&x);
}

static void
never_backwards(void)
{
	model_check(a <= b);
}

static void
same_order_for_all(void)
{
	model_check(!(a == 1 && b == 2 && c == 2 && d == 1));
}

static void
last_is_two(void)
{
	model_check(x == 2);
}

static void
own_store_follows_what_was_read(void)
{
	model_check(!(a == 2 && x == 2));
}

static void
what_was_read_follows_own_store(void)
{
	model_check(!(a == 2 && x == 1));
}

static void
no_zero_behind(void)
{
	model_check(!(a == 1 && b == 0));
}

/* The same with two locations is no coherence. */
static void
write_x_y(void)
{
	vbuf_store_relaxed_(&x, 1);
	vbuf_store_relaxed_(&y, 1);
}

static void
read_y_x(void)
{
	a = vbuf_load_relaxed_(&y);
	b = vbuf_load_relaxed_(&x);
}

static void
saw_no_two(void)
{
	model_check(!(a == 0 && b == 2));
}

HOLDS(reads_of_one_location_never_go_back, never_backwards, write_one_two, read_a_b)
BREAKS(reads_of_two_locations_go_back, OUTCOME, no_zero_behind, write_x_y, read_y_x)
BREAKS(reads_of_one_location_may_skip, OUTCOME, saw_no_two, write_one_two, read_a_b)
HOLDS(all_see_one_location_change_in_one_order, same_order_for_all, write_one, write_two, read_a_b,
      read_c_d)
HOLDS(the_last_of_ones_own_stores_stays, last_is_two, write_one_two)
BREAKS(the_last_of_two_threads_stores_is_either, OUTCOME, last_is_two, write_one, write_two)
HOLDS(a_store_follows_what_its_thread_read, own_store_follows_what_was_read, read_then_write_one,
      write_two)
HOLDS(what_a_thread_reads_follows_its_store, what_was_read_follows_own_store, write_one_then_read,
      write_two)

/* --- IRIW: do two readers see two independent writes in one order? -------------------- */

static void
iriw(void)
{
	model_check(!(a == 1 && b == 0 && c == 1 && d == 0));
}

static void
iriw_x_release(void)
{
	vbuf_store_release_(&x, 1);
}

static void
iriw_y_release(void)
{
	vbuf_store_release_(&y, 1);
}

static void
iriw_x_y_acquire(void)
{
	a = vbuf_load_acquire_(&x);
	b = vbuf_load_acquire_(&y);
}

static void
iriw_y_x_acquire(void)
{
	c = vbuf_load_acquire_(&y);
	d = vbuf_load_acquire_(&x);
}

static void
iriw_x(void)
{
	vbuf_store_seq_cst_(&x, 1);
}

static void
iriw_y(void)
{
	vbuf_store_seq_cst_(&y, 1);
}

static void
iriw_x_y(void)
{
	a = vbuf_load_seq_cst_(&x);
	b = vbuf_load_seq_cst_(&y);
}

static void
iriw_y_x(void)
{
	c = vbuf_load_seq_cst_(&y);
	d = vbuf_load_seq_cst_(&x);
}

BREAKS(independent_writes_are_seen_in_two_orders_with_acquire, OUTCOME, iriw, iriw_x_release,
       iriw_y_release, iriw_x_y_acquire, iriw_y_x_acquire)
HOLDS(independent_writes_are_seen_in_one_order_with_seq_cst, iriw, iriw_x, iriw_y, iriw_x_y,
      iriw_y_x)

/* --- 2+2W, R and S: places in the modification order ---------------------------------- */

static void
two_two_w(void)
{
	model_check(!(x == 1 && y == 1));
}

#define TWO_TWO_W(suffix, store)                                                                   \
	static void w1_##suffix(void)                                                              \
	{                                                                                          \
		store(&x, 1);                                                                      \
		store(&y, 2);                                                                      \
	}                                                                                          \
	static void w2_##suffix(void)                                                              \
	{                                                                                          \
		store(&y, 1);                                                                      \
		store(&x, 2);                                                                      \
	}

TWO_TWO_W(relaxed, vbuf_store_relaxed_)
TWO_TWO_W(release, vbuf_store_release_)

static void
w1_seq_cst(void)
{
	vbuf_store_seq_cst_(&x, 1);
	vbuf_store_seq_cst_(&y, 2);
}

static void
w2_seq_cst(void)
{
	vbuf_store_seq_cst_(&y, 1);
	vbuf_store_seq_cst_(&x, 2);
}

static void
r_shape(void)
{
	model_check(!(y == 2 && a == 0));
}

static void
r1_release(void)
{
	vbuf_store_release_(&x, 1);
	vbuf_store_release_(&y, 1);
}

static void
r2_acquire(void)
{
	vbuf_store_release_(&y, 2);
	a = vbuf_load_acquire_(&x);
}

static void
r1_seq_cst(void)
{
	vbuf_store_seq_cst_(&x, 1);
	vbuf_store_seq_cst_(&y, 1);
}

static void
r2_seq_cst(void)
{
	vbuf_store_seq_cst_(&y, 2);
	a = vbuf_load_seq_cst_(&x);
}

static void
s_shape(void)
{
	model_check(!(a == 1 && x == 2));
}

static void
s1_relaxed(void)
{
	vbuf_store_relaxed_(&x, 2);
	vbuf_store_relaxed_(&y, 1);
}

static void
s1(void)
{
	vbuf_store_relaxed_(&x, 2);
	vbuf_store_release_(&y, 1);
}

static void
s2(void)
{
	a = vbuf_load_acquire_(&y);
	vbuf_store_relaxed_(&x, 1);
}

BREAKS(two_plus_two_writes_show_with_relaxed, OUTCOME, two_two_w, w1_relaxed, w2_relaxed)
BREAKS(two_plus_two_writes_show_with_release, OUTCOME, two_two_w, w1_release, w2_release)
HOLDS(two_plus_two_writes_are_forbidden_by_seq_cst, two_two_w, w1_seq_cst, w2_seq_cst)
BREAKS(a_load_may_miss_what_precedes_an_overtaken_store, OUTCOME, r_shape, r1_release, r2_acquire)
HOLDS(a_seq_cst_load_never_misses_what_precedes_an_overtaken_store, r_shape, r1_seq_cst, r2_seq_cst)
BREAKS(a_store_overtakes_what_was_not_released, OUTCOME, s_shape, s1_relaxed, s2)
HOLDS(a_store_never_overtakes_what_was_acquired, s_shape, s1, s2)

/* --- RWC and W+RWC: what puts operations of two threads in the order of seq_cst --------- */

static void
rwc(void)
{
	model_check(!(a == 1 && b == 0 && c == 0));
}

static void
rwc_write(void)
{
	vbuf_store_seq_cst_(&x, 1);
}

static void
rwc_read_acquire(void)
{
	a = vbuf_load_acquire_(&x);
	b = vbuf_load_seq_cst_(&y);
}

static void
rwc_read(void)
{
	a = vbuf_load_seq_cst_(&x);
	b = vbuf_load_seq_cst_(&y);
}

static void
rwc_write_read(void)
{
	vbuf_store_seq_cst_(&y, 1);
	c = vbuf_load_seq_cst_(&x);
}

static void
rwc_write_and_tell(void)
{
	vbuf_store_seq_cst_(&x, 1);
	vbuf_store_release_(&z, 1);
}

static void
rwc_hear_and_read(void)
{
	a = vbuf_load_acquire_(&z);
	b = vbuf_load_seq_cst_(&y);
}

BREAKS(a_mere_acquire_load_of_a_seq_cst_store_orders_nothing_in_cpp20, OUTCOME, rwc, rwc_write,
       rwc_read_acquire, rwc_write_read)
HOLDS(a_seq_cst_load_of_a_seq_cst_store_orders_both, rwc, rwc_write, rwc_read, rwc_write_read)
HOLDS(a_message_between_orders_seq_cst_operations, rwc, rwc_write_and_tell, rwc_hear_and_read,
      rwc_write_read)

/* --- LB: allowed by C11, and not to be seen here --------------------------------------- */

static void
lb(void)
{
	model_check(!(a == 1 && b == 1));
}

static void
lb1(void)
{
	a = vbuf_load_relaxed_(&x);
	vbuf_store_relaxed_(&y, 1);
}

static void
lb2(void)
{
	b = vbuf_load_relaxed_(&y);
	vbuf_store_relaxed_(&x, 1);
}

HOLDS(load_buffering_is_out_of_reach_of_the_model, lb, lb1, lb2)

/* --- release sequences ------------------------------------------------------------------ */

static void
sequence(void)
{
	model_check(!(a == 2 && b == 0));
}

static void
sequence_update(void)
{
	(void)vbuf_fetch_add_relaxed_(&y, 1);
}

static void
sequence_store(void)
{
	if (vbuf_load_relaxed_(&y) == 1)
		vbuf_store_relaxed_(&y, 2);
}

static void
sequence_own_store(void)
{
	vbuf_store_relaxed_(&x, 1);
	vbuf_store_release_(&y, 1);
	vbuf_store_relaxed_(&y, 2);
}

HOLDS(a_release_sequence_goes_on_through_updates, sequence, mp_send, sequence_update, mp_receive)
BREAKS(a_release_sequence_ends_at_a_store, OUTCOME, sequence, mp_send, sequence_store, mp_receive)
BREAKS(a_release_sequence_ends_at_ones_own_store, OUTCOME, sequence, sequence_own_store, mp_receive)

/* --- updates are atomic ------------------------------------------------------------------ */

static void
count_a(void)
{
	a = vbuf_fetch_add_relaxed_(&x, 1);
}

static void
count_b(void)
{
	b = vbuf_fetch_add_relaxed_(&x, 1);
}

static void
count_badly(void)
{
	a = vbuf_load_relaxed_(&x);
	vbuf_store_relaxed_(&x, a + 1);
}

static void
set_bit(void)
{
	a = vbuf_fetch_or_relaxed_(&x, 4);
}

static void
clear_bit(void)
{
	b = vbuf_fetch_and_relaxed_(&x, 3);
}

static void
claim_a(void)
{
	int none = 0;

	a = vbuf_cas_relaxed_(&x, &none, 1);
	c = none;
}

static void
claim_b(void)
{
	int none = 0;

	b = vbuf_cas_relaxed_(&x, &none, 2);
	d = none;
}

static void
counted(void)
{
	model_check(x == 2 && a + b == 1);
}

static void
counted_both(void)
{
	model_check(x == 2);
}

static void
bits(void)
{
	model_check(x == (a == 0 && b == 4 ? 0 : 4));
}

static void
claimed(void)
{
	model_check(a + b == 1 && x == (a ? 1 : 2) && (a ? d == 1 : c == 2));
}

HOLDS(updates_lose_nothing, counted, count_a, count_b)
BREAKS(a_load_and_a_store_lose_an_update, OUTCOME, counted_both, count_badly, count_b)
HOLDS(bits_are_set_and_cleared, bits, set_bit, clear_bit)
HOLDS(one_compare_and_swap_wins_and_the_other_learns_of_it, claimed, claim_a, claim_b)

/* --- plain data, and waiting -------------------------------------------------------------- */

static void
write_plainly(void)
{
	vbuf_plain_write_(&data, sizeof data);
	data = 1;
}

static void
read_plainly(void)
{
	vbuf_plain_read_(&data, sizeof data);
	b = data;
}

static void
write_atomically(void)
{
	vbuf_store_relaxed_(&data, 2);
}

static void
send_plainly(void)
{
	write_plainly();
	vbuf_store_release_(&y, 1);
}

static void
send_plainly_relaxed(void)
{
	write_plainly();
	vbuf_store_relaxed_(&y, 1);
}

static void
wait_and_read(void)
{
	while (!vbuf_load_acquire_(&y))
		vbuf_spin_();
	read_plainly();
}

static void
got_it(void)
{
	model_check(b == 1);
}

static void
lock(void)
{
	int open = 0;

	while (!vbuf_cas_acquire_(&z, &open, 1)) {
		open = 0;
		vbuf_spin_();
	}
}

static void
count_locked(void)
{
	lock();
	vbuf_plain_write_(&data, sizeof data);
	data++;
	vbuf_store_release_(&z, 0);
}

static void
count_locked_badly(void)
{
	lock();
	vbuf_plain_write_(&data, sizeof data);
	data++;
	vbuf_store_relaxed_(&z, 0);
}

static void
counted_all(void)
{
	model_check(data == 3);
}

BREAKS(two_plain_writes_race, "data race", NULL, write_plainly, write_plainly)
BREAKS(a_plain_read_and_a_plain_write_race, "data race", NULL, write_plainly, read_plainly)
BREAKS(a_plain_and_an_atomic_write_race, "data race", NULL, write_plainly, write_atomically)
BREAKS(an_atomic_write_and_a_plain_read_race, "data race", NULL, write_atomically, read_plainly)
HOLDS(two_plain_reads_are_no_race, NULL, read_plainly, read_plainly)
HOLDS(a_waiting_loop_ends_with_the_message, got_it, send_plainly, wait_and_read)
BREAKS(a_relaxed_message_is_a_data_race, "data race", got_it, send_plainly_relaxed, wait_and_read)
BREAKS(waiting_for_nothing_is_found, "waits for a store", NULL, write_plainly, wait_and_read)
HOLDS(a_lock_protects_plain_data, counted_all, count_locked, count_locked, count_locked)
BREAKS(a_lock_opened_relaxed_does_not, "data race", counted_all, count_locked_badly, count_locked)

/* --- the search ------------------------------------------------------------------------------ */

static uint64_t outcomes; /* of all executions so far; survives them */

static void
note_outcome(void)
{
	outcomes |= UINT64_C(1) << ((a + 1) + 4 * (b + 1) + 16 * (x == 1));
}

static void
search_1(void)
{
	vbuf_store_relaxed_(&x, 1);
	a = vbuf_load_acquire_(&y);
	vbuf_store_release_(&y, 2);
	a = vbuf_load_relaxed_(&x) == 2 ? 0 : a;
}

static void
search_2(void)
{
	vbuf_store_relaxed_(&y, 1);
	b = vbuf_load_acquire_(&x);
	(void)vbuf_fetch_add_acq_rel_(&x, 1);
	b = vbuf_load_relaxed_(&y) == 2 ? 2 : b;
}

static void
leaving_out_known_states_leaves_out_no_outcome(void **state)
{
	static struct model_result result;
	struct model_test t = {
		.name = "search",
		.setup = zero,
		.threads = { search_1, search_2 },
		.check = note_outcome,
	};
	uint64_t found[2], executions[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		outcomes = 0;
		t.every_path = i == 1;
		model_run(&t, NULL, &result);
		assert_true(result.complete);
		assert_false(result.found);
		found[i] = outcomes;
		executions[i] = result.executions;
	}
	assert_int_equal(found[0], found[1]);
	assert_true(executions[0] < executions[1]);
}

static void
the_random_search_finds_what_the_other_had_no_time_for(void **state)
{
	const struct model_test t = {
		.name = "the_random_search_finds_what_the_other_had_no_time_for",
		.setup = zero,
		.threads = { iriw_x_release, iriw_y_release, iriw_x_y_acquire, iriw_y_x_acquire },
		.check = iriw,
		.executions = 1,
		.samples = 20000,
	};

	(void)state;
	assert_model_breaks(&t, OUTCOME);
}

static void
a_search_cut_short_says_so(void **state)
{
	static struct model_result result;
	const struct model_test t = {
		.name = "short",
		.setup = zero,
		.threads = { sb1_seq_cst, sb2_seq_cst },
		.executions = 3,
	};

	(void)state;
	if (getenv("MODEL_LONG"))
		skip();
	model_run(&t, NULL, &result);
	assert_false(result.found);
	assert_false(result.complete);
	assert_int_equal(result.executions, 3);
}

static void
a_larger_bound_of_preemptions_allows_more(void **state)
{
	static struct model_result result;
	struct model_test t = {
		.name = "bound",
		.setup = zero,
		.threads = { search_1, search_2 },
		.every_path = true,
	};
	uint64_t before = 0;

	(void)state;
	for (t.preemptions = 1; t.preemptions < 4; t.preemptions++) {
		model_run(&t, NULL, &result);
		assert_true(result.complete);
		assert_true(result.executions > before);
		before = result.executions;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(store_buffering_shows_with_relaxed),
		cmocka_unit_test(store_buffering_shows_with_acquire_and_release),
		cmocka_unit_test(store_buffering_shows_with_exchanges),
		cmocka_unit_test(store_buffering_is_forbidden_by_seq_cst),
		cmocka_unit_test(store_buffering_is_forbidden_by_updates_of_one_object),
		cmocka_unit_test(store_buffering_is_forbidden_by_light_and_heavy),
		cmocka_unit_test(store_buffering_shows_with_two_light_fences),
		cmocka_unit_test(store_buffering_shows_without_the_light_fence),
		cmocka_unit_test(store_buffering_shows_when_the_heavy_fence_fails),
		cmocka_unit_test(message_passing_fails_with_relaxed),
		cmocka_unit_test(message_passing_fails_without_release),
		cmocka_unit_test(message_passing_fails_without_acquire),
		cmocka_unit_test(message_passing_works_with_acquire_and_release),
		cmocka_unit_test(message_passing_fails_with_seq_cst_on_the_message_only),
		cmocka_unit_test(a_message_passes_through_a_third_thread),
		cmocka_unit_test(a_message_is_lost_through_a_relaxed_third_thread),
		cmocka_unit_test(reads_of_one_location_never_go_back),
		cmocka_unit_test(reads_of_two_locations_go_back),
		cmocka_unit_test(reads_of_one_location_may_skip),
		cmocka_unit_test(all_see_one_location_change_in_one_order),
		cmocka_unit_test(the_last_of_ones_own_stores_stays),
		cmocka_unit_test(the_last_of_two_threads_stores_is_either),
		cmocka_unit_test(a_store_follows_what_its_thread_read),
		cmocka_unit_test(what_a_thread_reads_follows_its_store),
		cmocka_unit_test(independent_writes_are_seen_in_two_orders_with_acquire),
		cmocka_unit_test(independent_writes_are_seen_in_one_order_with_seq_cst),
		cmocka_unit_test(two_plus_two_writes_show_with_relaxed),
		cmocka_unit_test(two_plus_two_writes_show_with_release),
		cmocka_unit_test(two_plus_two_writes_are_forbidden_by_seq_cst),
		cmocka_unit_test(a_load_may_miss_what_precedes_an_overtaken_store),
		cmocka_unit_test(a_seq_cst_load_never_misses_what_precedes_an_overtaken_store),
		cmocka_unit_test(a_store_overtakes_what_was_not_released),
		cmocka_unit_test(a_store_never_overtakes_what_was_acquired),
		cmocka_unit_test(a_mere_acquire_load_of_a_seq_cst_store_orders_nothing_in_cpp20),
		cmocka_unit_test(a_seq_cst_load_of_a_seq_cst_store_orders_both),
		cmocka_unit_test(a_message_between_orders_seq_cst_operations),
		cmocka_unit_test(load_buffering_is_out_of_reach_of_the_model),
		cmocka_unit_test(a_release_sequence_goes_on_through_updates),
		cmocka_unit_test(a_release_sequence_ends_at_a_store),
		cmocka_unit_test(a_release_sequence_ends_at_ones_own_store),
		cmocka_unit_test(updates_lose_nothing),
		cmocka_unit_test(a_load_and_a_store_lose_an_update),
		cmocka_unit_test(bits_are_set_and_cleared),
		cmocka_unit_test(one_compare_and_swap_wins_and_the_other_learns_of_it),
		cmocka_unit_test(two_plain_writes_race),
		cmocka_unit_test(a_plain_read_and_a_plain_write_race),
		cmocka_unit_test(a_plain_and_an_atomic_write_race),
		cmocka_unit_test(an_atomic_write_and_a_plain_read_race),
		cmocka_unit_test(two_plain_reads_are_no_race),
		cmocka_unit_test(a_waiting_loop_ends_with_the_message),
		cmocka_unit_test(a_relaxed_message_is_a_data_race),
		cmocka_unit_test(waiting_for_nothing_is_found),
		cmocka_unit_test(a_lock_protects_plain_data),
		cmocka_unit_test(a_lock_opened_relaxed_does_not),
		cmocka_unit_test(leaving_out_known_states_leaves_out_no_outcome),
		cmocka_unit_test(the_random_search_finds_what_the_other_had_no_time_for),
		cmocka_unit_test(a_search_cut_short_says_so),
		cmocka_unit_test(a_larger_bound_of_preemptions_allows_more),
	};

	return run_group("litmus", tests);
}
