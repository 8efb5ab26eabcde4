/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The slotmap with 3 bits of generation, 4-entry bags and 2 slots in hand: slots wear out,
 * and every limit is met all the time. */
#include "slotmap_forms.h"

enum { LAST = 7 }; /* the last generation */

/* Few threads, so that there are not many more slots than asked for. */
static struct vbuf_domain *
small_domain(enum form form)
{
	struct vbuf_domain_options o = { .size = sizeof o,
		                         .threads = 2,
		                         .fence = form == SYMMETRIC ? VBUF_FENCE_SYMMETRIC
		                                                    : VBUF_FENCE_AUTO };
	struct vbuf_domain *d;

	assert_ok(vbuf_domain_create(&d, &o));
	return d;
}

static size_t destroyed;

static void
count_destroyed(void *element, void *arg)
{
	const struct value *v = element;

	(void)arg;
	assert_int_equal(v->check, ~v->number * 3);
	destroyed++;
}

/* All that a map ever gave out, until no slot is left. */
static struct map_handle given[1 << 20];

static size_t
use_up(struct form_map *f, size_t at_once)
{
	size_t n = 0, open = 0;
	struct map_handle h;

	for (;;) {
		int err = map_insert(f->x, f->r, value_of(n), &h);
		if (err == VBUF_OK) {
			assert_true(n < COUNT(given));
			assert_in_range(vbuf_slotmap_generation(f->m, h.bits), 1, LAST);
			given[n++] = h;
			if (n - open > at_once)
				assert_ok(map_remove(f->x, f->r, given[open++]));
			continue;
		}
		assert_int_equal(err, VBUF_ERANGE);
		if (open == n)
			return n;
		while (open < n)
			assert_ok(map_remove(f->x, f->r, given[open++]));
		(void)reclaim_all(f);
	}
}

static int
by_bits(const void *a, const void *b)
{
	const vbuf_handle *p = a, *q = b;

	return *p < *q ? -1 : *p > *q;
}

static void
no_handle_is_ever_given_out_twice(void **state)
{
	static const size_t at_once[] = { 0, 1, 5, 100, 1000 };

	(void)state;
	for (enum form form = 0; form < FORMS; form++)
		for (size_t k = 0; k < COUNT(at_once); k++)
			for (int keep = 0; keep < 2; keep++) {
				struct form_map f =
					begin_with(form, (struct vbuf_slotmap_options){
								 .max = 1000,
								 .keep = keep,
								 .domain = small_domain(form),
								 .destroy = count_destroyed });
				size_t most = stats_of(&f).max - 1;
				destroyed = 0;
				size_t n = use_up(&f, at_once[k]);
				assert_int_equal(n, most * LAST); /* each slot, each generation */
				assert_int_equal(stats_of(&f).worn, most);
				assert_int_equal(map_len(f.x), 0);
				assert_int_equal(destroyed, n);
				for (size_t i = 0; i < n; i++)
					assert_false(map_contains(f.x, given[i]));
				assert_misses(&f, given[0]);
				assert_misses(&f, given[n - 1]);
				qsort(given, n, sizeof *given, by_bits);
				for (size_t i = 1; i < n; i++)
					assert_true(given[i].bits > given[i - 1].bits);
				assert_ok(map_clear(f.x));
				assert_ok(map_trim(f.x)); /* which makes no slot young again */
				struct map_handle no;
				assert_result(map_insert(f.x, f.r, value_of(1), &no), VBUF_ERANGE);
				end(&f);
				assert_int_equal(destroyed, n);
			}
}

/* By each way in which an element can go. */
static void
a_slot_wears_out_whichever_way_its_last_element_goes(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++)
		for (int way = 0; way < 6; way++)
			for (int keep = 0; keep < 2; keep++) {
				struct form_map f =
					begin_with(form, (struct vbuf_slotmap_options){
								 .max = 10,
								 .keep = keep,
								 .domain = small_domain(form),
								 .destroy = count_destroyed });
				size_t most = stats_of(&f).max - 1, n = 0, made = 0, taken = 0;
				struct map_handle h;
				struct value *slot, v;
				bool used;
				destroyed = 0;
				for (;; n++) {
					int err = map_claim(f.x, f.r, 0, &h, &slot, &used);
					if (err == VBUF_ERANGE && reclaim_all(&f) > 0)
						err = map_claim(f.x, f.r, 0, &h, &slot, &used);
					if (err != VBUF_OK) {
						assert_int_equal(err, VBUF_ERANGE);
						break;
					}
					assert_true(n < 7 * most);
					if (used)
						assert_int_equal(slot->check, ~slot->number * 3);
					if (way == 0) {
						map_abandon(f.x, f.r, h);
						assert_misses(&f, h);
						continue;
					}
					if (!used) {
						*slot = value_of(n);
						made++;
					}
					map_publish(f.x, f.r, h);
					if (way == 1 || (way == 5 && n % 2)) {
						assert_ok(map_remove(f.x, f.r, h));
					} else if (way == 2) {
						assert_ok(map_take(f.x, h, &v));
						taken++;
					} else if (way == 3) {
						assert_ok(map_invalidate(f.x, f.r, h));
						assert_ok(map_remove_invalidated(f.x, f.r, h));
					} else if (way == 4) {
						if (n % 2)
							assert_ok(map_invalidate(f.x, f.r, h));
						if (n % 50 == 0)
							assert_ok(map_clear(f.x));
						else if (n % 2 == 0)
							assert_ok(map_remove(f.x, f.r, h));
					} else {
						assert_ok(vbuf_slotmap_clear(f.m));
					}
					if (way != 4)
						assert_misses(&f, h);
				}
				assert_ok(map_clear(f.x));
				if (way != 4) { /* where invalid ones were in the way */
					assert_int_equal(n, 7 * most);
					assert_int_equal(stats_of(&f).worn, most);
				}
				assert_int_equal(map_len(f.x), 0);
				end(&f);
				assert_int_equal(destroyed + taken, made);
			}
}

/* When units lose their words, the generations go on from the highest of them. */
static void
purges_and_trims_make_no_generation_young_again(void **state)
{
	enum { N = 20000 };
	static vbuf_handle all[500000]; /* more than seven of each slot */
	uint64_t seed = test_seed();

	(void)state;
	for (enum form form = 0; form < FORMS; form++)
		for (int trims = 0; trims < 3; trims++) {
			struct form_map f = begin_with(
				form,
				(struct vbuf_slotmap_options){ .max = N, .huge = VBUF_HUGE_NEVER });
			size_t n = 0, first = 0;
			int err = VBUF_OK;
			while (err == VBUF_OK) {
				size_t some = (size_t)(next_random(&seed) % N) + 1;
				for (size_t i = 0; i < some && err == VBUF_OK; i++) {
					struct map_handle h;
					err = map_insert(f.x, f.r, value_of(n), &h);
					assert_true(n < COUNT(all));
					if (err == VBUF_OK)
						all[n++] = h.bits;
				}
				for (size_t i = first; i < n; i++)
					assert_ok(map_remove(f.x, f.r,
					                     (struct map_handle){ all[i] }));
				first = n;
				(void)reclaim_all(&f);
				if (trims == 1 || (trims == 2 && next_random(&seed) % 4 == 0))
					assert_ok(map_trim(f.x));
				for (size_t i = 0; i < n; i += n / 500 + 1)
					assert_false(
						map_contains(f.x, (struct map_handle){ all[i] }));
			}
			assert_int_equal(err, VBUF_ERANGE);
			assert_true(n >= 3 * N); /* half of the generations at least */
			qsort(all, n, sizeof *all, by_bits);
			for (size_t i = 1; i < n; i++)
				assert_true(all[i] > all[i - 1]);
			end(&f);
		}
}

static void
stalled_readers_and_small_bags(void **state)
{
	(void)state;
	for (enum form form = SHARED; form <= SYMMETRIC; form++) {
		struct form_map f = begin(form, 30000);
		struct vbuf_record *reader = attach_to(f.d);
		static struct map_handle h[30000];
		for (size_t i = 0; i < 1000; i++)
			h[i] = insert(&f, i);
		vbuf_pin(reader);
		for (size_t i = 0; i < 1000; i++)
			assert_ok(map_remove(f.x, f.r, h[i]));
		for (size_t i = 0; i < 30000; i++)
			assert_ok(map_remove(f.x, f.r, insert(&f, i)));
		(void)reclaim_all(&f);
		assert_in_range(stats_of(&f).retired, 1000, 1000 + 64);
		for (size_t i = 0; i < 1000; i++)
			assert_int_equal(
				((struct value *)vbuf_slotmap_slot(f.m, h[i].bits))->number, i);
		vbuf_unpin(reader);
		(void)reclaim_all(&f);
		assert_int_equal(stats_of(&f).retired, 0);
		assert_ok(vbuf_domain_detach(&reader));
		end(&f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_handle_is_ever_given_out_twice),
		cmocka_unit_test(a_slot_wears_out_whichever_way_its_last_element_goes),
		cmocka_unit_test(purges_and_trims_make_no_generation_young_again),
		cmocka_unit_test(stalled_readers_and_small_bags),
	};

	return run_group("slotmap_tiny", tests);
}
