/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The memory of a slotmap: that it goes back, what a stalled reader can hold, what a limit of
 * garbage does; and what other slotmaps were found to get wrong. */
#include <time.h>

#include "core.h"
#include "slotmap.h"
#include "slotmap_forms.h"

enum { BURST = 1000000 };

static struct map_handle burst[BURST];

static void
insert_burst(struct form_map *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		burst[i] = insert(f, i);
}

static void
assert_burst_misses(struct form_map *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_false(map_contains(f->x, burst[i]));
}

/* Is no more in memory than this? Where memory cannot be emptied in place, what is beside
 * the values stays: half of all, here. */
static void
assert_resident(struct form_map *f, size_t most, size_t peak)
{
	size_t resident = stats_of(f).resident; /* 0: the system does not tell */

	if (!vbuf_purge_is_seamless())
		most += peak / 2;
	if (resident > most)
		fail_msg("%zu of %zu bytes stay", resident, peak);
}

static void
after_a_burst_the_memory_goes_back_while_stale_handles_miss(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++)
		for (int huge = 0; huge < 2; huge++) {
			struct form_map f = begin_with(
				form, (struct vbuf_slotmap_options){
					      .max = BURST,
					      .huge = huge ? VBUF_HUGE_DEFAULT : VBUF_HUGE_NEVER });
			for (int round = 0; round < 2; round++) {
				insert_burst(&f, BURST);
				size_t peak = stats_of(&f).resident;
				for (size_t i = 0; i < BURST; i++)
					assert_ok(map_remove(f.x, f.r, burst[i]));
				(void)reclaim_all(&f);
				if (form == EXCLUSIVE) /* what it has in hand */
					(void)vbuf_slotmap_reclaim(f.m, f.r, 0);
				/* The first unit, of 2 MiB each of words and births and what
				 * goes with them, stays. */
				size_t rest = huge ? (size_t)(10 + 24) * MIB : peak / 20;
				assert_resident(&f, rest, peak);
				assert_burst_misses(&f, BURST);
				assert_misses(&f, burst[BURST / 2]);
			}
			end(&f);
		}
}

static void
a_few_elements_that_stay_hold_only_their_units(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f =
			begin_with(form, (struct vbuf_slotmap_options){ .max = BURST,
		                                                        .huge = VBUF_HUGE_NEVER });
		insert_burst(&f, BURST);
		size_t peak = stats_of(&f).resident;
		for (size_t i = 0; i < BURST; i++)
			if (i % (BURST / 10) != 5000)
				assert_ok(map_remove(f.x, f.r, burst[i]));
		(void)vbuf_slotmap_reclaim(f.m, f.r, 0);
		(void)reclaim_all(&f);
		assert_resident(&f, peak / 4, peak);
		for (size_t i = 5000; i < BURST; i += BURST / 10)
			assert_names(&f, burst[i], i);
		assert_int_equal(map_len(f.x), 10);
		end(&f);
	}
}

/* The last generation of each slot. */
static uint64_t newest[BURST + 65536];

static void
trim_gives_the_commit_charge_back_and_no_generation_comes_again(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f = begin(form, BURST);
		size_t empty = stats_of(&f).committed;
		memset(newest, 0, sizeof newest);
		for (int round = 0; round < 3; round++) {
			insert_burst(&f, BURST);
			size_t peak = stats_of(&f).committed;
			assert_true(peak > BURST * sizeof(struct value));
			for (size_t i = 0; i < BURST; i++) {
				size_t at = vbuf_slotmap_index(f.m, burst[i].bits);
				uint64_t g = vbuf_slotmap_generation(f.m, burst[i].bits);
				assert_true(at < COUNT(newest) && g > newest[at]);
				newest[at] = g;
				assert_ok(map_remove(f.x, f.r, burst[i]));
			}
			if (round == 1)
				(void)reclaim_all(&f);
			assert_ok(map_trim(f.x));
			assert_true(stats_of(&f).committed < empty + 8 * MIB);
			assert_true(stats_of(&f).committed < peak / 2);
			assert_int_equal(stats_of(&f).retired, 0);
			assert_burst_misses(&f, BURST);
		}
		end(&f);
	}
}

static struct form_map *to_fill; /* once, by the next destructor that runs */
static size_t fitted;

static void
fill_up(void *element, void *arg)
{
	struct form_map *f = to_fill;
	struct map_handle h;

	(void)element;
	(void)arg;
	to_fill = NULL;
	if (!f)
		return;
	while (map_insert(f->x, f->r, value_of(0), &h) == VBUF_OK)
		;
	fitted = map_len(f->x);
}

/* Kept elements are destroyed in the middle of it. */
static void
while_memory_is_given_back_as_many_elements_fit(void **state)
{
	const size_t unit = 8192, most = 4 * unit; /* whole pages, for such values */

	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f =
			begin_with(form, (struct vbuf_slotmap_options){ .max = most,
		                                                        .keep = true,
		                                                        .garbage = 64,
		                                                        .huge = VBUF_HUGE_NEVER,
		                                                        .destroy = fill_up });
		insert_burst(&f, most);
		for (size_t i = 2 * unit; i < most; i++) /* some of the last stay in hand */
			assert_ok(map_remove(f.x, f.r, burst[i]));
		fitted = 0;
		to_fill = &f;
		(void)reclaim_all(&f);
		(void)vbuf_slotmap_reclaim(f.m, f.r, 0);
		assert_null(to_fill);
		assert_true(fitted >= most);
		end(&f);
	}
}

enum { SOME = 100000 };

/* Whatever the index, and more than there are slots. */
static void
assert_is_alone(struct form_map *f, struct map_handle h)
{
	uint64_t index = vbuf_slotmap_index(f->m, h.bits);

	vbuf_pin(f->r);
	for (uint64_t i = 0; i < 4 * SOME; i++) {
		struct map_handle forged = { h.bits - index + i };
		assert_int_equal(map_get(f->x, f->r, forged) != NULL, i == index);
		assert_int_equal(map_contains(f->x, forged), i == index);
	}
	vbuf_unpin(f->r);
}

static void
handles_miss_where_there_is_no_memory_yet_or_any_more(void **state)
{
	(void)state;
	for (enum form form = SHARED; form <= EXCLUSIVE; form++) {
		struct form_map f = begin(form, SOME);
		struct map_handle first = insert(&f, 7);
		assert_is_alone(&f, first);
		insert_burst(&f, SOME - 1);
		for (size_t i = 0; i < SOME - 1; i++)
			assert_ok(map_remove(f.x, f.r, burst[i]));
		assert_ok(map_trim(f.x));
		assert_is_alone(&f, first);
		assert_burst_misses(&f, SOME - 1);
		end(&f);
	}
}

static void
trim_keeps_what_is_there(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++)
		for (size_t stay = 1; stay < BURST; stay *= 40) {
			struct form_map f =
				begin_with(form, (struct vbuf_slotmap_options){
							 .max = BURST, .huge = VBUF_HUGE_NEVER });
			insert_burst(&f, BURST / 4);
			for (size_t i = 0; i < BURST / 4; i++)
				if (i % stay != stay / 2)
					assert_ok(map_remove(f.x, f.r, burst[i]));
			for (int again = 0; again < 3; again++)
				assert_ok(map_trim(f.x));
			for (size_t i = 0; i < BURST / 4; i++)
				if (i % stay == stay / 2)
					assert_names(&f, burst[i], i);
				else
					assert_false(map_contains(f.x, burst[i]));
			insert_burst(&f, BURST / 4); /* and there is room again */
			end(&f);
		}
}

/* The era of its birth the first element of a slot has in common with its block. */
static void
a_slot_that_is_used_once_has_eight_bytes_and_a_half_beside_its_value(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f =
			begin_with(form, (struct vbuf_slotmap_options){ .max = BURST,
		                                                        .huge = VBUF_HUGE_NEVER });
		size_t empty = stats_of(&f).resident;
		insert_burst(&f, BURST);
		size_t values = BURST * sizeof(struct value), beside = BURST * 17 / 2;
		assert_resident(&f, empty + values + beside, empty + values + 2 * beside);
		for (size_t i = 0; i < BURST; i++)
			assert_ok(map_remove(f.x, f.r, burst[i]));
		(void)reclaim_all(&f);
		insert_burst(&f, BURST); /* then it has 16 and a half */
		assert_resident(&f, empty + values + 2 * beside, empty + values + 2 * beside);
		end(&f);
	}
}

static void
assert_whole_huge_pages(enum form form, size_t huge)
{
	struct form_map f = begin(form, 3 * huge / sizeof(uint64_t));
	size_t second = vbuf_slotmap_unit_first(f.m, 1);

	assert_in_range(second, 64, huge / sizeof(uint64_t) / 2);
	assert_int_equal((uintptr_t)&f.m->words_[second] % huge, 0);
	assert_int_equal((uintptr_t)&f.m->births_[second] % huge, 0);
	assert_int_equal((uintptr_t)vbuf_slotmap_value(f.m, second) % huge, 0);
	for (size_t unit = 0; unit < 3; unit++) {
		size_t first = vbuf_slotmap_unit_first(f.m, unit);
		assert_int_equal(vbuf_slotmap_unit_of(f.m, first), unit);
		assert_int_equal(vbuf_slotmap_unit_of(f.m, first + 1), unit);
		if (unit > 0)
			assert_int_equal(vbuf_slotmap_unit_of(f.m, first - 1), unit - 1);
	}
	end(&f);
}

static void
a_large_map_has_whole_huge_pages_behind_its_first_slots(void **state)
{
	(void)state;
	if (vbuf_huge_page_size() == 0 || vbuf_huge_page_size() > 4 * MIB)
		skip_because("there are no huge pages of such a size");
	for (enum form form = 0; form < FORMS; form++)
		assert_whole_huge_pages(form, vbuf_huge_page_size());
}

/* Where a unit's are whole pages: units as large as a huge page of words. */
static void
the_births_of_blocks_go_back_with_their_unit(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		size_t huge = vbuf_huge_page_size() <= 4 * MIB ? vbuf_huge_page_size() : 0;
		size_t most = 3 * huge / sizeof(uint64_t), after;
		struct form_map f = begin(form, most ? most : 1);
		size_t unit = vbuf_slotmap_unit_size(f.m), bytes = unit / 64 * sizeof(uint64_t);
		if (most == 0 || bytes % PAGE != 0 || !vbuf_purge_is_seamless()) {
			end(&f);
			skip_because("units share pages of them, or keep them");
		}
		struct map_handle *h = calloc(most, sizeof *h);
		for (size_t i = 0; i < most; i++)
			h[i] = insert(&f, i);
		const unsigned char *births =
			(const unsigned char *)&f.m->control_
				->block_births[vbuf_slotmap_unit_first(f.m, 1) / 64];
		struct vbuf *buf = &f.m->control_->buf;
		size_t before = resident_in(buf, (size_t)(births - buf->base), bytes);
		for (size_t i = 0; i < most; i++)
			assert_ok(map_remove(f.x, f.r, h[i]));
		(void)reclaim_all(&f);
		after = resident_in(buf, (size_t)(births - buf->base), bytes);
		assert_true(before == 0 || after < before);
		free(h);
		end(&f);
	}
}

static void
elements_that_come_and_go_take_no_new_slots(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f = begin(form, 10000);
		for (size_t i = 0; i < 1000; i++)
			(void)insert(&f, i);
		for (size_t i = 0; i < 200000; i++)
			assert_ok(map_remove(f.x, f.r, insert(&f, i)));
		size_t slots = stats_of(&f).slots;
		for (size_t i = 0; i < 2000000; i++)
			assert_ok(map_remove(f.x, f.r, insert(&f, i)));
		assert_int_equal(stats_of(&f).slots, slots); /* no new ones */
		end(&f);
	}
}

/* --- readers that stall --- */

static void
a_stalled_reader_holds_what_was_there_and_a_bounded_number_more(void **state)
{
	enum { THERE = 5000 };

	(void)state;
	for (enum form form = SHARED; form <= SYMMETRIC; form++)
		for (int looks = 0; looks < 2; looks++) {
			struct form_map f = begin(form, 100000);
			struct vbuf_record *reader = attach_to(f.d);
			insert_burst(&f, THERE);
			vbuf_pin(reader);
			struct value *v = map_get(f.x, reader, burst[0]);
			size_t bound = THERE + VBUF_SLOTMAP_IN_HAND * 5 / 4, most = 0;
			for (size_t i = 0; i < BURST; i++) { /* by turns all are replaced */
				struct map_handle *h = &burst[i % THERE];
				assert_ok(map_remove(f.x, f.r, *h));
				*h = insert(&f, i);
				if (i % 1000 == 0) {
					size_t retired = stats_of(&f).retired;
					most = retired > most ? retired : most;
				}
				if (looks && i == BURST / 2) /* it goes on for a moment */
					assert_non_null(map_get(f.x, reader, burst[7]));
			}
			assert_in_range(most, THERE, looks ? 2 * bound : bound);
			assert_int_equal(v->number, 0);
			vbuf_unpin(reader);
			(void)reclaim_all(&f);
			assert_int_equal(stats_of(&f).retired, 0);
			assert_ok(vbuf_domain_detach(&reader));
			end(&f);
		}
}

/* Slots that were never used are no exception, though their elements are as old as their
 * block; nor those that lost their memory and got it again. */
static void
a_stalled_reader_holds_few_of_the_first_elements_of_slots(void **state)
{
	(void)state;
	for (enum form form = SHARED; form <= SYMMETRIC; form++) {
		struct form_map f =
			begin_with(form, (struct vbuf_slotmap_options){ .max = BURST,
		                                                        .huge = VBUF_HUGE_NEVER });
		struct vbuf_record *reader = attach_to(f.d);
		struct map_handle seen = insert(&f, 1);
		vbuf_pin(reader);
		assert_non_null(map_get(f.x, reader, seen));
		for (int again = 0; again < 3; again++) {
			insert_burst(&f, BURST / 2);
			for (size_t i = 0; i < BURST / 2; i++)
				assert_ok(map_remove(f.x, f.r, burst[i]));
			(void)reclaim_all(&f);
			assert_in_range(stats_of(&f).retired, 0, 64);
		}
		vbuf_unpin(reader);
		assert_ok(vbuf_domain_detach(&reader));
		end(&f);
	}
}

/* A trim leaves the memory of slots that are virgin again, up to the end of a page. */
static void
a_stalled_reader_holds_few_of_what_comes_after_a_trim(void **state)
{
	enum { STAY = 100, COME = 400 };

	(void)state;
	for (enum form form = SHARED; form <= SYMMETRIC; form++)
		for (int small = 0; small < 2; small++) {
			struct form_map f = begin_with(
				form,
				(struct vbuf_slotmap_options){ .max = BURST,
			                                       .huge = small ? VBUF_HUGE_NEVER
			                                                     : VBUF_HUGE_DEFAULT });
			struct vbuf_record *reader = attach_to(f.d);
			for (int again = 0; again < 2; again++) { /* so that births are noted */
				insert_burst(&f, STAY + COME);
				for (size_t i = again * STAY; i < STAY + COME; i++)
					assert_ok(map_remove(f.x, f.r, burst[i]));
				(void)reclaim_all(&f);
			}
			assert_ok(map_trim(f.x));
			vbuf_pin(reader);
			assert_non_null(map_get(f.x, reader, burst[0]));
			for (size_t i = STAY; i < STAY + COME; i++)
				burst[i] = insert(&f, i);
			for (size_t i = STAY; i < STAY + COME; i++)
				assert_ok(map_remove(f.x, f.r, burst[i]));
			(void)reclaim_all(&f);
			assert_in_range(stats_of(&f).retired, 0, 64);
			vbuf_unpin(reader);
			assert_ok(vbuf_domain_detach(&reader));
			end(&f);
		}
}

/* A slot that is in hand was another's a moment ago. */
static void
an_element_is_no_older_than_when_its_slot_was_claimed(void **state)
{
	(void)state;
	for (enum form form = SHARED; form <= SYMMETRIC; form++) {
		struct form_map f = begin(form, 1000);
		struct map_handle stays = insert(&f, 0), h;
		for (size_t i = 0; i < 500; i++) /* some are in hand then */
			assert_ok(map_remove(f.x, f.r, insert(&f, i)));
		struct vbuf_record *reader = attach_to(f.d), *other = attach_to(f.d);
		vbuf_pin(reader);
		assert_non_null(map_get(f.x, reader, stays));
		assert_ok(map_insert(f.x, other, value_of(1), &h)); /* and the era goes on */
		assert_ok(map_remove(f.x, other, h));
		(void)map_reclaim(f.x, other, 0);
		size_t before = stats_of(&f).retired;
		h = insert(&f, 1);
		assert_ok(map_remove(f.x, f.r, h));
		(void)reclaim_all(&f);
		assert_in_range(stats_of(&f).retired, 0, before);
		vbuf_unpin(reader);
		assert_ok(vbuf_domain_detach(&reader));
		assert_ok(vbuf_domain_detach(&other));
		end(&f);
	}
}

static void
a_long_reader_that_repins_holds_nothing_old(void **state)
{
	(void)state;
	for (enum form form = SHARED; form <= SYMMETRIC; form++) {
		struct form_map f = begin(form, 100000);
		struct vbuf_record *reader = attach_to(f.d);
		insert_burst(&f, 50000);
		vbuf_pin(reader);
		for (size_t i = 0; i < 50000; i++) {
			assert_ok(map_remove(f.x, f.r, burst[i]));
			if (i % 100 == 0)
				assert_true(vbuf_repin(reader));
			assert_in_range(stats_of(&f).retired, 0, VBUF_SLOTMAP_IN_HAND * 5 / 4);
		}
		vbuf_unpin(reader);
		assert_ok(vbuf_domain_detach(&reader));
		end(&f);
	}
}

static void
beyond_the_limit_of_garbage_inserts_are_refused(void **state)
{
	enum { LIMIT = 5000 };

	(void)state;
	for (enum form form = SHARED; form <= SYMMETRIC; form++) {
		struct vbuf_domain *d = domain_with(
			form == SYMMETRIC ? VBUF_FENCE_SYMMETRIC : VBUF_FENCE_AUTO, LIMIT);
		struct form_map f = begin_with(
			form, (struct vbuf_slotmap_options){ .max = 200000, .domain = d });
		struct form_map g = begin_with(
			form, (struct vbuf_slotmap_options){ .max = 200000, .domain = d });
		struct vbuf_record *reader = attach_to(d);
		insert_burst(&f, 50000);
		for (size_t i = 0; i < 20000; i++) { /* without readers no limit is felt */
			assert_ok(map_remove(f.x, f.r, burst[i]));
			burst[i] = insert(&f, i);
		}
		vbuf_pin(reader);
		struct map_handle no = { 7 };
		size_t removed = 0;
		for (; removed < 20000; removed++) /* never refused */
			assert_ok(map_remove(f.x, f.r, burst[removed]));
		size_t more = 0;
		while (map_insert(f.x, f.r, value_of(more), &no) == VBUF_OK) /* what is in hand */
			assert_in_range(++more, 1, VBUF_SLOTMAP_IN_HAND);
		assert_int_equal(no.bits, 0);
		assert_result(map_insert(f.x, f.r, value_of(1), &no), VBUF_EBUSY);
		more = 0;
		while (map_insert(g.x, g.r, value_of(more), &no) ==
		       VBUF_OK) /* of the other map too */
			assert_in_range(++more, 1, VBUF_SLOTMAP_IN_HAND);
		assert_result(map_insert(g.x, g.r, value_of(1), &no), VBUF_EBUSY);
		vbuf_unpin(reader);
		(void)insert(&f, 1); /* which reclaims */
		(void)insert(&g, 1);
		end_map(&g);
		assert_ok(vbuf_domain_detach(&reader));
		end(&f);
	}
}

static void
the_garbage_of_a_thread_that_is_gone_refuses_no_inserts(void **state)
{
	(void)state;
	for (enum form form = SHARED; form <= SYMMETRIC; form++) {
		struct vbuf_domain *d = domain_with(
			form == SYMMETRIC ? VBUF_FENCE_SYMMETRIC : VBUF_FENCE_AUTO, 1000);
		struct form_map f = begin_with(
			form, (struct vbuf_slotmap_options){ .max = 200000, .domain = d });
		struct vbuf_record *reader = attach_to(d), *gone = attach_to(d);
		insert_burst(&f, 20000);
		vbuf_pin(reader);
		for (size_t i = 0; i < 20000; i++)
			assert_ok(map_remove(f.x, gone, burst[i]));
		assert_ok(vbuf_domain_detach(&gone));
		vbuf_unpin(reader);
		insert_burst(&f, 20000);
		assert_ok(vbuf_domain_detach(&reader));
		end(&f);
	}
}

/* --- what other slotmaps were found to get wrong --- */

/* A failed insert pushed its slot straight back: two live handles for one slot. */
static void
a_failed_insert_gives_no_slot_to_two(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f = begin(form, 1000);
		struct map_handle failed[40], h[40];
		struct value *slot;
		for (int round = 0; round < 100; round++) {
			for (size_t i = 0; i < 40; i++)
				assert_ok(map_claim(f.x, f.r, 0, &failed[i], &slot, NULL));
			for (size_t i = 0; i < 40; i += 2) {
				map_abandon(f.x, f.r, failed[i]);
				h[i] = insert(&f, i);
				h[i + 1] = insert(&f, i + 1);
			}
			for (size_t i = 1; i < 40; i += 2)
				map_abandon(f.x, f.r, failed[i]);
			for (size_t i = 0; i < 40; i++) {
				assert_names(&f, h[i], i);
				for (size_t k = 0; k < i; k++)
					assert_true(vbuf_slotmap_index(f.m, h[i].bits) !=
					            vbuf_slotmap_index(f.m, h[k].bits));
			}
			for (size_t i = 0; i < 40; i++)
				assert_ok(map_remove(f.x, f.r, h[i]));
		}
		end(&f);
	}
}

/* The next insert returned the very handle that the failed initialiser had seen. */
static void
a_failed_insert_uses_its_handle_up(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f = begin(form, 1000);
		for (size_t i = 0; i < 5000; i++) {
			struct map_handle seen, h;
			struct value *slot;
			assert_ok(map_claim(f.x, f.r, 0, &seen, &slot, NULL));
			map_abandon(f.x, f.r, seen);
			assert_misses(&f, seen);
			h = insert(&f, i);
			assert_true(h.bits != seen.bits);
			assert_misses(&f, seen);
			assert_ok(map_remove(f.x, f.r, h));
		}
		assert_int_equal(map_len(f.x), 0);
		end(&f);
	}
}

/* A generation of 20 bits wrapped, and the stale handle was right again. */
static void
a_stale_handle_stays_stale_through_more_reuses_than_20_bits(void **state)
{
	(void)state;
	struct form_map f = begin_with(EXCLUSIVE, (struct vbuf_slotmap_options){ .max = 1 });
	struct map_handle stale = insert(&f, 1);
	assert_ok(map_remove(f.x, f.r, stale));
	for (size_t i = 0; i < (size_t)3 << 20; i++) {
		struct map_handle h;
		assert_ok(map_insert(f.x, f.r, value_of(2), &h));
		assert_false(map_contains(f.x, stale));
		assert_ok(map_remove(f.x, f.r, h));
	}
	assert_misses(&f, stale);
	end(&f);
}

/* Slots in the hands of threads that ended were out of reach, 63 values each; or all work
 * went to one shard. */
static void
records_that_come_and_go_strand_neither_slots_nor_values(void **state)
{
	(void)state;
	for (enum form form = SHARED; form <= SYMMETRIC; form++) {
		struct form_map f = begin(form, 20000);
		for (int round = 0; round < 3000; round++) {
			struct vbuf_record *r[5];
			struct map_handle h;
			for (size_t i = 0; i < COUNT(r); i++) {
				r[i] = attach_to(f.d);
				for (size_t k = 0; k < 20; k++) {
					assert_ok(map_insert(f.x, r[i], value_of(k), &h));
					assert_ok(map_remove(f.x, r[i], h));
				}
			}
			for (size_t i = 0; i < COUNT(r); i++)
				assert_ok(vbuf_domain_detach(&r[i]));
		}
		assert_true(stats_of(&f).slots < 64 + 6 * VBUF_SLOTMAP_IN_HAND);
		(void)reclaim_all(&f);
		assert_int_equal(stats_of(&f).retired, 0);
		for (int round = 0; round < 3; round++) {
			insert_burst(&f, 20000);
			assert_int_equal(vbuf_slotmap_remove_n(f.m, f.r, &burst[0].bits, 20000),
			                 20000);
		}
		end(&f);
	}
}

static void
len_neither_drifts_nor_clamps(void **state)
{
	struct form_map f = begin(SHARED, 5000);
	struct vbuf_record *r[4];
	uint64_t seed = test_seed();
	size_t len = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(r); i++)
		r[i] = attach_to(f.d);
	for (size_t n = 0; n < 200000; n++) {
		struct vbuf_record *by = r[next_random(&seed) % COUNT(r)];
		if (len < 4000 && (len == 0 || next_random(&seed) % 2)) {
			assert_ok(map_insert(f.x, by, value_of(n), &burst[len++]));
		} else {
			size_t k = (size_t)(next_random(&seed) % len);
			assert_ok(map_remove(f.x, by, burst[k])); /* seldom who inserted it */
			assert_result(map_remove(f.x, by, burst[k]), VBUF_ESTALE);
			burst[k] = burst[--len];
		}
		assert_int_equal(map_len(f.x), len);
		if (n % 20000 == 0)
			for (size_t i = 0; i < COUNT(r); i++) {
				assert_ok(vbuf_domain_detach(&r[i]));
				r[i] = attach_to(f.d);
				assert_int_equal(map_len(f.x), len);
			}
	}
	for (size_t i = 0; i < COUNT(r); i++)
		assert_ok(vbuf_domain_detach(&r[i]));
	end(&f);
}

static double
seconds_of_iterations(struct form_map *f, size_t *ret_count)
{
	clock_t start = clock();

	for (int again = 0; again < 20; again++) {
		struct vbuf_slotmap_iter it;
		*ret_count = 0;
		vbuf_pin(f->r);
		map_iter_init(&it, f->x, f->r);
		while (map_iter_next(&it))
			++*ret_count;
		vbuf_unpin(f->r);
	}
	return (double)(clock() - start) / CLOCKS_PER_SEC;
}

/* Iteration cost as much as the most there ever were. */
static void
iterating_few_elements_is_quick_where_many_were(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f = begin(form, BURST);
		size_t count;
		insert_burst(&f, BURST);
		double full = seconds_of_iterations(&f, &count);
		assert_int_equal(count, BURST);
		for (size_t i = 0; i < BURST; i++)
			if (i % 10000 != 0)
				assert_ok(map_remove(f.x, f.r, burst[i]));
		(void)vbuf_slotmap_reclaim(f.m, f.r, 0);
		(void)reclaim_all(&f);
		double few = seconds_of_iterations(&f, &count);
		assert_int_equal(count, BURST / 10000);
		if (few > full / 3 + 0.003)
			fail_msg("%g s, and %g s when it was full", few, full);
		end(&f);
	}
}

/* --- many --- */

static void
indices_reach_as_far_as_memory_does(void **state)
{
	enum { MANY = 20000000 };
	struct vbuf_slotmap_options o = { .size = sizeof o, .max = MANY };
	struct vbuf_slotmap *m;
	unsigned char v = 1;
	vbuf_handle h, last = 0;

	(void)state;
	if (TEST_RESERVE_LIMIT < 64 * GIB)
		skip();
	o.domain = domain_with(VBUF_FENCE_AUTO, 0);
	assert_ok(vbuf_slotmap_create(&m, 1, 1, &o));
	struct vbuf_record *r = vbuf_slotmap_exclusive(m);
	for (size_t i = 0; i < MANY; i++, v++) {
		assert_ok(vbuf_slotmap_insert(m, r, &v, &h));
		last = h;
	}
	assert_true(vbuf_slotmap_index(m, last) >= MANY);
	assert_int_equal(*(unsigned char *)vbuf_slotmap_get(m, r, last), (unsigned char)(v - 1));
	assert_int_equal(vbuf_slotmap_len(m), MANY);
	assert_ok(vbuf_slotmap_clear(m));
	assert_ok(vbuf_slotmap_trim(m));
	assert_false(vbuf_slotmap_contains(m, last));
	assert_ok(vbuf_slotmap_destroy(&m));
	assert_ok(vbuf_domain_destroy(&o.domain));
}

/* A program that reclaims a little each frame: the rest is reclaimed all the same. */
static void
reclaiming_by_budget_puts_nothing_off(void **state)
{
	enum { FRAMES = 2000, EACH = 64, LEAST = 256 };

	(void)state;
	for (enum form form = SHARED; form <= SYMMETRIC; form++) {
		struct form_map f = begin_with(
			form, (struct vbuf_slotmap_options){ .max = 100000, .garbage = LEAST });
		struct vbuf_record *idle = attach_to(f.d);
		for (int frame = 0; frame < FRAMES; frame++) {
			insert_burst(&f, EACH);
			for (size_t i = 0; i < EACH; i++)
				assert_ok(map_remove(f.x, f.r, burst[i]));
			(void)map_reclaim(f.x, f.r, EACH / 4);
			assert_in_range(stats_of(&f).retired, 0, 4 * LEAST);
		}
		assert_ok(vbuf_domain_detach(&idle));
		end(&f);
	}
}

static struct form_map felled;

static void
remove_all_others(void *element, void *arg)
{
	if (((struct value *)element)->number == 0)
		for (size_t i = 1; i < *(size_t *)arg; i++)
			assert_ok(map_remove(felled.x, felled.r, burst[i]));
}

/* No reader has them: they wait for a barrier like all others. */
static void
what_destructors_remove_is_not_taken_for_held_up(void **state)
{
	size_t n = 50000;

	(void)state;
	for (enum form form = SHARED; form <= SYMMETRIC; form++) {
		felled = begin_with(
			form, (struct vbuf_slotmap_options){
				      .max = n, .destroy = remove_all_others, .destroy_arg = &n });
		struct vbuf_record *other = attach_to(felled.d);
		insert_burst(&felled, n);
		assert_ok(map_remove(felled.x, felled.r, burst[0]));
		assert_true(map_reclaim(felled.x, felled.r, 0) > 0);
		for (size_t i = 0; i < 2 * 64; i++) {
			struct map_handle one;
			assert_ok(map_insert(felled.x, felled.r, value_of(1), &one));
			assert_ok(map_remove(felled.x, felled.r, one));
		}
		assert_in_range(stats_of(&felled).retired, 0, VBUF_SLOTMAP_IN_HAND);
		for (size_t i = 0; i < n; i++)
			assert_ok(map_insert(felled.x, other, value_of(1), &burst[i]));
		assert_ok(vbuf_domain_detach(&other));
		end(&felled);
	}
}

/* Of some there are not enough addresses, and none is too much for the arithmetic. */
static void
maps_of_any_maximum_are_made_or_refused(void **state)
{
	static const uint32_t max[] = { 0x0fffffff, 0x10000000, 0x7fffffff,      0xf0000000,
		                        0xfff00000, 0xfffff000, VBUF_SLOTMAP_MAX };

	(void)state;
	if (sizeof(size_t) > 4 && TEST_RESERVE_LIMIT < 1024 * GIB)
		skip();
	for (size_t i = 0; i < sizeof max / sizeof *max; i++)
		for (size_t size = 1; size <= 64; size *= 64) {
			struct vbuf_slotmap_options o = { .size = sizeof o, .max = max[i] };
			struct vbuf_slotmap *m;
			int err = vbuf_slotmap_create(&m, size, 1, &o);
			if (err != VBUF_OK)
				assert_true(err == VBUF_ERANGE || err == VBUF_ENOADDR ||
				            err == VBUF_ERLIMIT);
			assert_ok(vbuf_slotmap_destroy(&m));
		}
}

static void
the_largest_map_there_can_be_is_made(void **state)
{
	struct vbuf_slotmap_options o = { .size = sizeof o, .max = VBUF_SLOTMAP_MAX };
	struct vbuf_slotmap *m;
	vbuf_handle h;
	uint64_t v = 1;

	(void)state;
	if (TEST_RESERVE_LIMIT < 1024 * GIB)
		skip();
	o.domain = domain_with(VBUF_FENCE_AUTO, 0);
	assert_ok(vbuf_slotmap_create(&m, sizeof v, sizeof v, &o));
	assert_ok(vbuf_slotmap_insert(m, vbuf_slotmap_exclusive(m), &v, &h));
	assert_true(vbuf_slotmap_contains(m, h));
	assert_false(vbuf_slotmap_contains(m, h | UINT32_MAX));
	assert_false(vbuf_slotmap_contains(m, h + 1));
	assert_int_equal(vbuf_slotmap_generation(m, h), 1);
	assert_ok(vbuf_slotmap_destroy(&m));
	o.tag_bits = 9; /* one more than such an index leaves */
	assert_result(vbuf_slotmap_create(&m, sizeof v, sizeof v, &o), VBUF_ERANGE);
	o.tag_bits = 8;
	assert_ok(vbuf_slotmap_create(&m, sizeof v, sizeof v, &o));
	assert_ok(vbuf_slotmap_destroy(&m));
	assert_ok(vbuf_domain_destroy(&o.domain));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(after_a_burst_the_memory_goes_back_while_stale_handles_miss),
		cmocka_unit_test(a_few_elements_that_stay_hold_only_their_units),
		cmocka_unit_test(trim_gives_the_commit_charge_back_and_no_generation_comes_again),
		cmocka_unit_test(while_memory_is_given_back_as_many_elements_fit),
		cmocka_unit_test(handles_miss_where_there_is_no_memory_yet_or_any_more),
		cmocka_unit_test(trim_keeps_what_is_there),
		cmocka_unit_test(
			a_slot_that_is_used_once_has_eight_bytes_and_a_half_beside_its_value),
		cmocka_unit_test(a_large_map_has_whole_huge_pages_behind_its_first_slots),
		cmocka_unit_test(the_births_of_blocks_go_back_with_their_unit),
		cmocka_unit_test(elements_that_come_and_go_take_no_new_slots),
		cmocka_unit_test(a_stalled_reader_holds_what_was_there_and_a_bounded_number_more),
		cmocka_unit_test(a_stalled_reader_holds_few_of_the_first_elements_of_slots),
		cmocka_unit_test(a_stalled_reader_holds_few_of_what_comes_after_a_trim),
		cmocka_unit_test(an_element_is_no_older_than_when_its_slot_was_claimed),
		cmocka_unit_test(a_long_reader_that_repins_holds_nothing_old),
		cmocka_unit_test(beyond_the_limit_of_garbage_inserts_are_refused),
		cmocka_unit_test(the_garbage_of_a_thread_that_is_gone_refuses_no_inserts),
		cmocka_unit_test(a_failed_insert_gives_no_slot_to_two),
		cmocka_unit_test(a_failed_insert_uses_its_handle_up),
		cmocka_unit_test(a_stale_handle_stays_stale_through_more_reuses_than_20_bits),
		cmocka_unit_test(records_that_come_and_go_strand_neither_slots_nor_values),
		cmocka_unit_test(len_neither_drifts_nor_clamps),
		cmocka_unit_test(iterating_few_elements_is_quick_where_many_were),
		cmocka_unit_test(indices_reach_as_far_as_memory_does),
		cmocka_unit_test(reclaiming_by_budget_puts_nothing_off),
		cmocka_unit_test(what_destructors_remove_is_not_taken_for_held_up),
		cmocka_unit_test(maps_of_any_maximum_are_made_or_refused),
		cmocka_unit_test(the_largest_map_there_can_be_is_made),
	};

	return run_group("slotmap_memory", tests);
}
