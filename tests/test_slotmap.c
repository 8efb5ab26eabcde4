/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The slotmap, each call by one thread: in the shared form with both fences, and with the
 * exclusive record. */
#include "slotmap_forms.h"

static void
a_new_map_is_empty(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f = begin(form, 1000);
		struct vbuf_slotmap_iter it;
		assert_int_equal(map_len(f.x), 0);
		assert_misses(&f, (struct map_handle){ 0 });
		for (size_t i = 0; i < 2 * vbuf_slotmap_slots(f.m); i++)
			assert_int_equal(vbuf_slotmap_at(f.m, i), 0);
		assert_int_equal(vbuf_slotmap_at(f.m, SIZE_MAX), 0);
		vbuf_pin(f.r);
		map_iter_init(&it, f.x, f.r);
		assert_null(map_iter_next(&it));
		assert_null(map_iter_next(&it));
		assert_null(vbuf_slotmap_iter_next(&it));
		vbuf_unpin(f.r);
		struct vbuf_slotmap_stats s = stats_of(&f);
		assert_int_equal(s.len, 0);
		assert_int_equal(s.retired, 0);
		assert_int_equal(s.worn, 0);
		assert_true(s.max >= 1000);
		assert_true(s.reserved > s.committed && s.committed > 0);
		assert_ptr_equal(map_domain(f.x), f.d);
		assert_int_equal(vbuf_slotmap_reclaim(f.m, f.r, 0), 0);
		assert_ok(map_clear(f.x));
		assert_ok(map_trim(f.x));
		end(&f);
	}
}

static void
options_that_make_no_sense_are_refused(void **state)
{
	static const struct {
		struct vbuf_slotmap_options o;
		int err;
	} bad[] = {
		{ { .max = 0 }, VBUF_EINVAL },
		{ { .max = 10, .initial = 11 }, VBUF_EINVAL },
		{ { .max = 10, .align = 3 }, VBUF_EINVAL },
		{ { .max = 10, .huge = (enum vbuf_huge)7 }, VBUF_EINVAL },
		{ { .max = 10, .tag_bits = 33 }, VBUF_EINVAL },
		{ { .max = 10, .map_bits = 33 }, VBUF_EINVAL },
		{ { .max = 10, .map_bits = 3, .map_tag = 8 }, VBUF_EINVAL },
		{ { .max = 10, .map_tag = 1 }, VBUF_EINVAL },
		{ { .max = 10, .plain = true, .keep = true }, VBUF_EINVAL },
		{ { .max = 10, .plain = true, .destroy = (void (*)(void *, void *))abort },
		  VBUF_EINVAL },
		{ { .max = 10, .zero_ = { [25] = 1 } }, VBUF_EINVAL },
		{ { .max = 10, .garbage = 4097 }, VBUF_EINVAL },
		{ { .max = 10, .tag_bits = 32 }, VBUF_ERANGE },
		{ { .max = 10, .tag_bits = 16, .map_bits = 16 }, VBUF_ERANGE },
		{ { .max = SIZE_MAX }, VBUF_ERANGE },
		{ { .max = (size_t)VBUF_SLOTMAP_MAX + 1 }, VBUF_ERANGE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct vbuf_slotmap_options o = bad[i].o;
		struct map x = { .m = (void *)&o };
		o.size = sizeof o;
		assert_result(map_create(&x, &o), bad[i].err);
		assert_null(x.m);
	}
}

static void
sizes_that_make_no_sense_are_refused(void **state)
{
	struct vbuf_slotmap_options o = { .size = sizeof o, .max = 10 };
	struct vbuf_slotmap *m = (void *)&o;

	(void)state;
	assert_result(vbuf_slotmap_create(NULL, 8, 8, &o), VBUF_EINVAL);
	assert_result(vbuf_slotmap_create(&m, 0, 8, &o), VBUF_EINVAL);
	assert_null(m);
	assert_result(vbuf_slotmap_create(&m, 8, 0, &o), VBUF_EINVAL);
	assert_result(vbuf_slotmap_create(&m, 8, 3, &o), VBUF_EINVAL);
	assert_result(vbuf_slotmap_create(&m, SIZE_MAX, 1, &o), VBUF_ERANGE);
	assert_result(vbuf_slotmap_create(&m, SIZE_MAX / 8, 1, &o), VBUF_ERANGE);
	assert_result(vbuf_slotmap_create(&m, 8, SIZE_MAX / 2 + 1, &o), VBUF_ERANGE);
	assert_result(vbuf_slotmap_create(&m, 8, 8, NULL), VBUF_EINVAL);
	o.size = 0; /* forgotten */
	assert_result(vbuf_slotmap_create(&m, 8, 8, &o), VBUF_EINVAL);
	o.size = sizeof o - 1;
	assert_result(vbuf_slotmap_create(&m, 8, 8, &o), VBUF_EINVAL);
	struct {
		struct vbuf_slotmap_options o;
		size_t more;
	} newer = { { .size = sizeof newer, .max = 10 }, 1 };
	assert_result(vbuf_slotmap_create(&m, 8, 8, &newer.o), VBUF_ENOTSUP);
	assert_null(m);
	assert_ok(vbuf_slotmap_destroy(&m));
	assert_ok(vbuf_slotmap_destroy(NULL));
}

static void
null_is_refused_and_nothing_happens(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f = begin(form, 100);
		struct value v = value_of(1);
		vbuf_handle h = 7;
		size_t n = 7;
		bool used = true;
		struct vbuf_slotmap_stats s;
		assert_result(vbuf_slotmap_insert(NULL, f.r, &v, &h), VBUF_EINVAL);
		assert_int_equal(h, 0);
		h = 7;
		assert_result(vbuf_slotmap_insert(f.m, NULL, &v, &h), VBUF_EINVAL);
		assert_int_equal(h, 0);
		h = 7;
		assert_result(vbuf_slotmap_insert(f.m, f.r, NULL, &h), VBUF_EINVAL);
		assert_int_equal(h, 0);
		assert_result(vbuf_slotmap_insert(f.m, f.r, &v, NULL), VBUF_EINVAL);
		struct map_handle typed = { 7 };
		assert_result(map_insert(f.x, NULL, v, &typed), VBUF_EINVAL);
		assert_int_equal(typed.bits, 0);
		typed.bits = 7;
		assert_result(map_insert((struct map){ .m = NULL }, f.r, v, &typed), VBUF_EINVAL);
		assert_int_equal(typed.bits, 0);
		assert_result(vbuf_slotmap_claim(f.m, f.r, 0, NULL, &used), VBUF_EINVAL);
		assert_false(used);
		h = 7;
		assert_result(vbuf_slotmap_claim(NULL, f.r, 0, &h, NULL), VBUF_EINVAL);
		assert_int_equal(h, 0);
		h = 7;
		assert_result(vbuf_slotmap_insert_n(f.m, f.r, NULL, 1, &h, &n), VBUF_EINVAL);
		assert_int_equal(n, 0);
		assert_int_equal(h, 0);
		assert_result(vbuf_slotmap_insert_n(f.m, f.r, &v, 1, NULL, &n), VBUF_EINVAL);
		assert_result(vbuf_slotmap_insert_n(NULL, f.r, &v, 1, &h, &n), VBUF_EINVAL);
		assert_result(vbuf_slotmap_remove(NULL, f.r, 1), VBUF_EINVAL);
		assert_result(vbuf_slotmap_remove(f.m, NULL, 1), VBUF_EINVAL);
		assert_result(vbuf_slotmap_invalidate(NULL, f.r, 1), VBUF_EINVAL);
		assert_result(vbuf_slotmap_invalidate(f.m, NULL, 1), VBUF_EINVAL);
		assert_result(vbuf_slotmap_remove_invalidated(NULL, f.r, 1), VBUF_EINVAL);
		assert_result(vbuf_slotmap_remove_invalidated(f.m, NULL, 1), VBUF_EINVAL);
		assert_result(vbuf_slotmap_take(NULL, 1, &v), VBUF_EINVAL);
		assert_result(vbuf_slotmap_take(f.m, 1, NULL), VBUF_EINVAL);
		assert_result(vbuf_slotmap_copy(NULL, 1, &v), VBUF_EINVAL);
		assert_result(vbuf_slotmap_copy(f.m, 1, NULL), VBUF_EINVAL);
		assert_int_equal(vbuf_slotmap_remove_n(f.m, f.r, NULL, 1), 0);
		assert_int_equal(vbuf_slotmap_remove_n(NULL, f.r, &h, 1), 0);
		assert_int_equal(vbuf_slotmap_reclaim(NULL, f.r, 0), 0);
		assert_int_equal(vbuf_slotmap_reclaim(f.m, NULL, 0), 0);
		assert_result(vbuf_slotmap_get_disjoint(NULL, &h, 1, (void *[]){ 0 }), VBUF_EINVAL);
		assert_result(vbuf_slotmap_get_disjoint(f.m, NULL, 1, (void *[]){ 0 }),
		              VBUF_EINVAL);
		assert_result(vbuf_slotmap_get_disjoint(f.m, &h, 1, NULL), VBUF_EINVAL);
		assert_ok(vbuf_slotmap_get_disjoint(f.m, NULL, 0, NULL));
		assert_null(vbuf_slotmap_get(NULL, f.r, 1));
		assert_null(vbuf_slotmap_get(f.m, NULL, 1));
		assert_false(vbuf_slotmap_contains(NULL, 1));
		assert_int_equal(vbuf_slotmap_len(NULL), 0);
		assert_int_equal(vbuf_slotmap_slots(NULL), 0);
		assert_int_equal(vbuf_slotmap_at(NULL, 0), 0);
		assert_null(vbuf_slotmap_domain(NULL));
		assert_null(vbuf_slotmap_exclusive(NULL));
		struct vbuf_record *r = vbuf_slotmap_exclusive(f.m);
		assert_result(vbuf_domain_detach(&r), VBUF_EINVAL);
		struct vbuf_slotmap_iter it;
		vbuf_slotmap_iter_init(&it, NULL, f.r);
		assert_null(vbuf_slotmap_iter_next(&it));
		assert_result(vbuf_slotmap_clear(NULL), VBUF_EINVAL);
		assert_result(vbuf_slotmap_trim(NULL), VBUF_EINVAL);
		assert_result(vbuf_slotmap_get_stats(NULL, &s, sizeof s), VBUF_EINVAL);
		assert_result(vbuf_slotmap_get_stats(f.m, NULL, sizeof s), VBUF_EINVAL);
		assert_result(vbuf_slotmap_get_stats(f.m, &s, sizeof s - 1), VBUF_EINVAL);
		assert_int_equal(map_len(f.x), 0);
		end(&f);
	}
}

static void
a_record_of_another_domain_is_refused(void **state)
{
	struct form_map f = begin(SHARED, 100), g = begin(EXCLUSIVE, 100);
	struct vbuf_record *strangers[] = { attach_to(g.d), g.r };
	struct map_handle h = insert(&f, 1);

	(void)state;
	for (size_t i = 0; i < COUNT(strangers); i++) {
		struct vbuf_record *r = strangers[i];
		struct map_handle no = { 7 };
		struct value *slot = (void *)&f;
		size_t n = 7;
		assert_result(map_insert(f.x, r, value_of(2), &no), VBUF_EINVAL);
		assert_int_equal(no.bits, 0);
		assert_result(map_claim(f.x, r, 0, &no, &slot, NULL), VBUF_EINVAL);
		assert_null(slot);
		assert_result(vbuf_slotmap_insert_n(f.m, r, &g, 1, &no.bits, &n), VBUF_EINVAL);
		assert_int_equal(n, 0);
		assert_result(map_remove(f.x, r, h), VBUF_EINVAL);
		assert_result(map_invalidate(f.x, r, h), VBUF_EINVAL);
		assert_result(map_remove_invalidated(f.x, r, h), VBUF_EINVAL);
		assert_int_equal(vbuf_slotmap_remove_n(f.m, r, &h.bits, 1), 0);
		assert_int_equal(map_reclaim(f.x, r, 0), 0);
	}
	assert_names(&f, h, 1);
	assert_int_equal(map_len(f.x), 1);
	assert_ok(vbuf_domain_detach(&strangers[0]));
	end(&f);
	end(&g);
}

static void
inserted_elements_are_found_by_their_handles_until_removed(void **state)
{
	enum { N = 20000 };
	static struct map_handle h[N];

	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f = begin(form, N);
		for (size_t i = 0; i < N; i++) {
			h[i] = insert(&f, i);
			assert_int_equal(map_len(f.x), i + 1);
		}
		for (size_t i = 0; i < N; i++)
			assert_names(&f, h[i], i);
		for (size_t i = 0; i < N; i += 2)
			assert_ok(map_remove(f.x, f.r, h[i]));
		assert_int_equal(map_len(f.x), N / 2);
		for (size_t i = 0; i < N; i++) {
			if (i % 2)
				assert_names(&f, h[i], i);
			else
				assert_misses(&f, h[i]);
		}
		for (size_t i = 0; i < N; i += 2) { /* the slots are used again */
			struct map_handle old = h[i];
			h[i] = insert(&f, i + N);
			assert_true(old.bits != h[i].bits);
			assert_misses(&f, old);
		}
		for (size_t i = 0; i < N; i++)
			assert_names(&f, h[i], i % 2 ? i : i + N);
		assert_int_equal(map_len(f.x), N);
		end(&f);
	}
}

static void
elements_never_move(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f = begin(form, 300000);
		struct map_handle first = insert(&f, 42);
		vbuf_pin(f.r);
		struct value *v = map_get(f.x, f.r, first);
		for (size_t i = 0; i < 300000; i++)
			(void)insert(&f, i);
		assert_ptr_equal(map_get(f.x, f.r, first), v);
		assert_int_equal(v->number, 42);
		vbuf_unpin(f.r);
		end(&f);
	}
}

static void
a_removed_element_stays_readable_until_the_unpin(void **state)
{
	(void)state;
	for (enum form form = SHARED; form <= SYMMETRIC; form++) {
		struct form_map f = begin(form, 100000);
		struct vbuf_record *reader = attach_to(f.d);
		for (int same = 0; same < 2; same++) { /* the remover's own pin, or another's */
			struct vbuf_record *r = same ? f.r : reader;
			struct map_handle h = insert(&f, 77);
			vbuf_pin(r);
			struct value *v = map_get(f.x, r, h);
			assert_ok(map_remove(f.x, f.r, h));
			assert_misses(&f, h);
			for (size_t i = 0; i < 50000; i++) {
				struct map_handle other = insert(&f, i);
				assert_ok(map_remove(f.x, f.r, other));
			}
			(void)reclaim_all(&f);
			assert_int_equal(v->number, 77);
			assert_int_equal(v->check, ~UINT64_C(77) * 3);
			assert_true(stats_of(&f).retired > 0);
			assert_true(stats_of(&f).oldest_pin > 0);
			vbuf_unpin(r);
			(void)reclaim_all(&f);
			assert_int_equal(stats_of(&f).retired, 0);
		}
		assert_ok(vbuf_domain_detach(&reader));
		end(&f);
	}
}

static void
a_claimed_slot_misses_until_it_is_published(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f = begin(form, 1000);
		for (int i = 0; i < 300; i++) {
			struct map_handle h;
			struct value *slot;
			bool used = true;
			struct vbuf_slotmap_iter it;
			assert_ok(map_claim(f.x, f.r, 0, &h, &slot, &used));
			assert_false(used);
			assert_true(h.bits != 0);
			assert_ptr_equal(slot, vbuf_slotmap_slot(f.m, h.bits));
			*slot = value_of(5);
			assert_misses(&f, h);
			assert_result(map_remove_invalidated(f.x, f.r, h), VBUF_ESTALE);
			assert_int_equal(vbuf_slotmap_at(f.m, vbuf_slotmap_index(f.m, h.bits)), 0);
			vbuf_pin(f.r);
			map_iter_init(&it, f.x, f.r);
			assert_null(map_iter_next(&it));
			vbuf_unpin(f.r);
			map_publish(f.x, f.r, h);
			assert_names(&f, h, 5);
			assert_int_equal(map_len(f.x), 1);
			assert_ok(map_remove(f.x, f.r, h));
		}
		assert_int_equal(map_len(f.x), 0);
		end(&f);
	}
}

static void
many_claims_may_be_open_at_a_time(void **state)
{
	enum { N = 3000 };
	static struct map_handle h[N];

	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f = begin(form, N);
		struct value *slot;
		for (size_t i = 0; i < N; i++)
			assert_ok(map_claim(f.x, f.r, 0, &h[i], &slot, NULL));
		for (size_t i = 0; i < N; i++)
			assert_misses(&f, h[i]);
		for (size_t i = N; i-- > 0;) {
			if (i % 3) {
				map_abandon(f.x, f.r, h[i]);
				continue;
			}
			*(struct value *)vbuf_slotmap_slot(f.m, h[i].bits) = value_of(i);
			map_publish(f.x, f.r, h[i]);
		}
		for (size_t i = 0; i < N; i++) {
			if (i % 3)
				assert_misses(&f, h[i]);
			else
				assert_names(&f, h[i], i);
		}
		assert_int_equal(map_len(f.x), N / 3);
		end(&f);
	}
}

static void
a_plain_map_has_copies_and_no_claims(void **state)
{
	static const size_t sizes[] = { 1, 3, 4, 8, 12, 16, 24, 100, 4096 };
	unsigned char in[4096], out[4096 + 1];

	(void)state;
	for (enum form form = 0; form < FORMS; form++)
		for (size_t k = 0; k < COUNT(sizes); k++) {
			struct form_map f = begin_sized(
				form, (struct vbuf_slotmap_options){ .max = 100, .plain = true },
				sizes[k], 1);
			vbuf_handle h[100], no = 7;
			assert_result(vbuf_slotmap_claim(f.m, f.r, 0, &no, NULL), VBUF_EPERM);
			assert_int_equal(no, 0);
			for (unsigned i = 0; i < 100; i++) {
				memset(in, (int)i + 1, sizeof in);
				assert_ok(vbuf_slotmap_insert(f.m, f.r, in, &h[i]));
			}
			for (unsigned i = 0; i < 100; i++) {
				memset(out, 0, sizeof out);
				assert_ok(vbuf_slotmap_copy(f.m, h[i], out));
				assert_all(out, sizes[k], (unsigned char)(i + 1));
				assert_int_equal(out[sizes[k]], 0);
				vbuf_pin(f.r);
				assert_memory_equal(vbuf_slotmap_get(f.m, f.r, h[i]), out,
				                    sizes[k]);
				vbuf_unpin(f.r);
				assert_ok(vbuf_slotmap_remove(f.m, f.r, h[i]));
				assert_result(vbuf_slotmap_copy(f.m, h[i], out), VBUF_ESTALE);
			}
			end(&f);
		}
}

static void
only_a_plain_map_has_copies(void **state)
{
	struct form_map f = begin(SHARED, 10);
	struct map_handle h = insert(&f, 1);
	struct value v;

	(void)state;
	assert_result(map_copy(f.x, h, &v), VBUF_EPERM);
	end(&f);
	f = begin_with(SHARED, (struct vbuf_slotmap_options){ .max = 10, .plain = true });
	h = insert(&f, 9);
	assert_ok(map_copy(f.x, h, &v));
	assert_int_equal(v.number, 9);
	end(&f);
}

static void
take_moves_the_element_out(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f = begin(form, 2000);
		for (uint64_t round = 0; round < 3; round++)
			for (uint64_t i = 0; i < 2000; i++) {
				struct map_handle h = insert(&f, i), keep = insert(&f, i + 1);
				struct value v = { 0 };
				assert_ok(map_take(f.x, h, &v));
				assert_int_equal(v.number, i);
				assert_int_equal(v.check, ~i * 3);
				assert_misses(&f, h);
				assert_int_equal(map_len(f.x), 1);
				assert_int_equal(stats_of(&f).retired, 0);
				assert_ok(map_take(f.x, keep, &v));
			}
		assert_int_equal(map_len(f.x), 0);
		end(&f);
	}
}

static void
an_invalidated_element_misses_and_stays_in_its_slot(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f = begin(form, 1000);
		struct map_handle h[100];
		for (size_t i = 0; i < 100; i++)
			h[i] = insert(&f, i);
		for (size_t i = 0; i < 100; i++) {
			struct value *v = vbuf_slotmap_slot(f.m, h[i].bits);
			assert_result(map_remove_invalidated(f.x, f.r, h[i]), VBUF_ESTALE);
			assert_ok(map_invalidate(f.x, f.r, h[i]));
			assert_misses(&f, h[i]);
			assert_int_equal(map_len(f.x), 99 - i);
			assert_int_equal(v->number, i);
		}
		for (size_t i = 0; i < 900; i++) /* none of them into those slots */
			(void)insert(&f, 1000 + i);
		for (size_t i = 0; i < 100; i++) {
			assert_int_equal(
				((struct value *)vbuf_slotmap_slot(f.m, h[i].bits))->number, i);
			assert_ok(map_remove_invalidated(f.x, f.r, h[i]));
			assert_misses(&f, h[i]);
			assert_result(map_remove_invalidated(f.x, f.r, h[i]), VBUF_ESTALE);
		}
		assert_int_equal(map_len(f.x), 900);
		(void)reclaim_all(&f);
		for (size_t i = 0; i < 100; i++)
			(void)insert(&f, i);
		for (size_t i = 0; i < 100; i++) {
			assert_misses(&f, h[i]);
			assert_result(map_remove_invalidated(f.x, f.r, h[i]), VBUF_ESTALE);
		}
		end(&f);
	}
}

static void
clear_takes_the_invalidated_too(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f = begin(form, 1000);
		struct map_handle h[1000];
		for (int round = 0; round < 3; round++) {
			for (size_t i = 0; i < 1000; i++)
				h[i] = insert(&f, i);
			for (size_t i = 0; i < 1000; i += 3)
				assert_ok(map_invalidate(f.x, f.r, h[i]));
			assert_ok(map_clear(f.x));
			assert_int_equal(map_len(f.x), 0);
			for (size_t i = 0; i < 1000; i++) {
				assert_misses(&f, h[i]);
				assert_result(map_remove_invalidated(f.x, f.r, h[i]), VBUF_ESTALE);
			}
		}
		end(&f);
	}
}

static void
insert_n_and_remove_n_do_many(void **state)
{
	enum { N = 5000 };
	static struct value v[N];
	static struct map_handle h[N];

	(void)state;
	for (uint64_t i = 0; i < N; i++)
		v[i] = value_of(i);
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f = begin(form, N);
		size_t done = 7;
		assert_ok(map_insert_n(f.x, f.r, NULL, 0, NULL, &done));
		assert_int_equal(done, 0);
		assert_ok(map_insert_n(f.x, f.r, v, N, h, NULL));
		for (uint64_t i = 0; i < N; i++)
			assert_names(&f, h[i], i);
		assert_int_equal(map_remove_n(f.x, f.r, h, N / 2), N / 2);
		assert_int_equal(map_remove_n(f.x, f.r, h, N), N - N / 2);
		assert_int_equal(map_remove_n(f.x, f.r, h, N), 0);
		assert_int_equal(map_remove_n(f.x, f.r, h, 0), 0);
		assert_int_equal(map_len(f.x), 0);
		end(&f);
	}
}

static void
insert_n_says_how_far_it_came(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f = begin(form, 10);
		size_t most = stats_of(&f).max + 10, done;
		struct value *v = calloc(most, sizeof *v);
		vbuf_handle *h = malloc(most * sizeof *h);
		for (size_t i = 0; i < most; i++)
			v[i] = value_of(i);
		memset(h, 1, most * sizeof *h);
		assert_result(vbuf_slotmap_insert_n(f.m, f.r, v, most, h, &done), VBUF_ERANGE);
		assert_true(done >= 10 && done < most);
		assert_int_equal(map_len(f.x), done);
		for (size_t i = 0; i < done; i++)
			assert_names(&f, (struct map_handle){ h[i] }, i);
		for (size_t i = done; i < most; i++)
			assert_int_equal(h[i], 0);
		free(v);
		free(h);
		end(&f);
	}
}

static void
get_disjoint_gets_all_or_nothing(void **state)
{
	enum { N = 200 };

	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f = begin(form, 1000);
		vbuf_handle h[N + 1];
		void *p[N + 1];
		for (size_t i = 0; i < N; i++)
			h[i] = insert(&f, i).bits;
		assert_ok(vbuf_slotmap_get_disjoint(f.m, h, N, p));
		for (size_t i = 0; i < N; i++)
			assert_int_equal(((struct value *)p[i])->number, i);
		for (size_t same = 0; same < N; same += 7) {
			h[N] = h[same];
			memset(p, 1, sizeof p);
			assert_result(vbuf_slotmap_get_disjoint(f.m, h, N + 1, p), VBUF_EINVAL);
			for (size_t i = 0; i <= N; i++)
				assert_null(p[i]);
		}
		struct map_handle stale = insert(&f, 1);
		assert_ok(map_remove(f.x, f.r, stale));
		for (size_t at = 0; at < N; at += 13) {
			vbuf_handle was = h[at];
			h[at] = at % 2 ? stale.bits : 0;
			memset(p, 1, sizeof p);
			assert_result(vbuf_slotmap_get_disjoint(f.m, h, N, p), VBUF_ESTALE);
			for (size_t i = 0; i < N; i++)
				assert_null(p[i]);
			h[at] = was;
		}
		for (size_t i = 0; i < N; i++) /* all are as they were */
			assert_names(&f, (struct map_handle){ h[i] }, i);
		assert_int_equal(map_len(f.x), N);
		end(&f);
	}
}

/* The hands of all records lie one behind the other, before the rest of the map. */
static void
the_last_of_many_records_has_slots_of_its_own(void **state)
{
	enum { MANY = 1000, EACH = 200 };
	static struct vbuf_record *record[MANY];
	static struct map_handle h[2][EACH];
	const struct vbuf_domain_options d = { .size = sizeof d, .threads = MANY };
	struct vbuf_slotmap_options o = { .size = sizeof o, .max = 1000 };
	struct map x;

	(void)state;
	assert_ok(vbuf_domain_create(&o.domain, &d));
	for (int i = 0; i < MANY; i++)
		assert_ok(vbuf_domain_attach(o.domain, &record[i]));
	assert_ok(map_create(&x, &o));
	for (uint64_t i = 0; i < EACH; i++)
		for (uint64_t k = 0; k < 2; k++)
			assert_ok(map_insert(x, record[k ? MANY - 1 : 0], value_of(2 * i + k),
			                     &h[k][i]));
	assert_int_equal(map_len(x), 2 * EACH);
	assert_true(vbuf_slotmap_slots(x.m) <= 2 * EACH + 3 * 64); /* blocks one after the other */
	vbuf_pin(record[0]);
	for (uint64_t i = 0; i < EACH; i++)
		for (uint64_t k = 0; k < 2; k++) {
			struct value *v = map_get(x, record[0], h[k][i]);
			assert_non_null(v);
			assert_int_equal(v->number, 2 * i + k);
		}
	vbuf_unpin(record[0]);
	for (int i = 0; i < MANY; i++)
		assert_ok(vbuf_domain_detach(&record[i]));
	assert_ok(map_destroy(&x));
	assert_ok(vbuf_domain_destroy(&o.domain));
}

/* Each live element once, by all ways of going through them. */
static void
assert_iterates(struct form_map *f, const struct map_handle *h, const bool *live, size_t n)
{
	unsigned char *seen = calloc(n, 1);
	struct vbuf_slotmap_iter it;
	struct value *v;
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += live[i];
	for (int way = 0; way < 4; way++) {
		size_t found = 0;
		bool valued = way == 1;
		memset(seen, 0, n);
		vbuf_pin(f->r);
		map_iter_init(&it, f->x, f->r);
		while ((v = valued     ? map_iter_next_value(&it)
		            : way != 2 ? map_iter_next(&it)
		                       : vbuf_slotmap_iter_next(&it)) != NULL) {
			assert_true(v->number < n && live[v->number]);
			assert_int_equal(seen[v->number]++, 0);
			if (!valued)
				assert_int_equal(map_iter_handle(&it).bits, h[v->number].bits);
			found++;
			if (way == 3) /* both by turns, of different lengths */
				valued = found % 7 < 3 || found % 100 > 70;
		}
		assert_null(vbuf_slotmap_iter_next(&it));
		vbuf_unpin(f->r);
		assert_int_equal(found, count);
	}
	for (int way = 0; way < 2; way++) { /* by runs, with and without handles */
		struct map_handle runs[64 + 1];
		size_t found = 0, some = 77;
		memset(seen, 0, n);
		vbuf_pin(f->r);
		map_iter_init(&it, f->x, f->r);
		runs[64].bits = 77;
		while ((v = map_iter_run(&it, &some, way ? runs : NULL)) != NULL) {
			assert_in_range(some, 1, way ? 64 : n);
			for (size_t i = 0; i < some; i++) {
				assert_true(v[i].number < n && live[v[i].number]);
				assert_int_equal(seen[v[i].number]++, 0);
				if (way)
					assert_int_equal(runs[i].bits, h[v[i].number].bits);
			}
			found += some;
			if (found % 3 == 0 && (found % 2 ? map_iter_next(&it) /* and mixed */
			                                 : map_iter_next_value(&it)) != NULL)
				found++;
		}
		assert_int_equal(some, 0);
		assert_int_equal(runs[64].bits, 77);
		assert_null(map_iter_run(&it, &some, NULL));
		vbuf_unpin(f->r);
		assert_int_equal(found, count);
	}
	size_t at = 0;
	for (size_t i = 0; i < vbuf_slotmap_slots(f->m); i++)
		at += vbuf_slotmap_at(f->m, i) != 0;
	assert_int_equal(at, count);
	free(seen);
}

static void
insert_all(struct form_map *f, struct map_handle *h, bool *live, size_t from, size_t n)
{
	for (size_t i = from; i < n; i++) {
		h[i] = insert(f, i);
		live[i] = true;
	}
}

static void
iteration_sees_each_element_exactly_once(void **state)
{
	enum { N = 9000 };
	static struct map_handle h[N];
	static bool live[N];
	uint64_t seed = test_seed();

	(void)state;
	for (enum form form = 0; form < FORMS; form++)
		for (unsigned one_in = 1; one_in < 400; one_in = one_in * 3 + 1) {
			struct form_map f = begin(form, N);
			insert_all(&f, h, live, 0, N);
			assert_iterates(&f, h, live, N);
			for (size_t i = 0; i < N; i++) {
				live[i] = next_random(&seed) % one_in == 0;
				if (!live[i])
					assert_ok(map_remove(f.x, f.r, h[i]));
			}
			assert_iterates(&f, h, live, N);
			(void)reclaim_all(&f);
			assert_iterates(&f, h, live, N);
			assert_ok(map_trim(f.x));
			assert_iterates(&f, h, live, N);
			for (size_t i = 0; i < N; i++) /* old slots among new ones */
				if (!live[i]) {
					h[i] = insert(&f, i);
					live[i] = true;
				}
			assert_iterates(&f, h, live, N);
			end(&f);
		}
}

static void
iteration_tells_the_handles_of_slots_used_once_and_used_again_side_by_side(void **state)
{
	enum { N = 64 * 200 };
	static struct map_handle h[N];
	static bool live[N];

	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f = begin(form, N);
		insert_all(&f, h, live, 0, N);
		for (size_t i = 0; i < N; i += 64 * 7 + 5) {
			struct map_handle old = h[i];
			assert_ok(map_remove(f.x, f.r, old));
			(void)reclaim_all(&f);
			h[i] = insert(&f, i);
			assert_int_equal(vbuf_slotmap_index(f.m, h[i].bits),
			                 vbuf_slotmap_index(f.m, old.bits));
		}
		assert_iterates(&f, h, live, N);
		assert_iterates(&f, h, live, N); /* of blocks that are known by now */
		end(&f);
	}
}

/* Which may raise the generation that fresh slots beside them begin with. */
static void
iteration_tells_the_handles_of_what_a_trim_has_left(void **state)
{
	enum { N = 64 * 8, LEFT = 64 * 3 };
	static struct map_handle h[N];
	static bool live[N];

	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f = begin(form, N);
		insert_all(&f, h, live, 0, N);
		assert_iterates(&f, h, live, N);
		for (size_t i = LEFT; i < N; i++) {
			for (int again = 0; again < 3; again++) {
				assert_ok(map_remove(f.x, f.r, h[i]));
				(void)reclaim_all(&f);
				h[i] = insert(&f, i);
			}
			assert_ok(map_remove(f.x, f.r, h[i]));
			live[i] = false;
		}
		assert_ok(map_trim(f.x));
		assert_iterates(&f, h, live, N);
		insert_all(&f, h, live, LEFT, N);
		assert_iterates(&f, h, live, N);
		end(&f);
	}
}

/* Blocks full of elements are known for that, and iterations do not look at each again. */
static size_t
count_values(struct form_map *f, uint64_t gone)
{
	struct vbuf_slotmap_iter it;
	struct value *v;
	size_t count = 0, some, by_runs = 0;

	vbuf_pin(f->r);
	map_iter_init(&it, f->x, f->r);
	for (; (v = map_iter_next_value(&it)) != NULL; count++)
		assert_int_not_equal(v->number, gone);
	map_iter_init(&it, f->x, f->r);
	for (; (v = map_iter_run(&it, &some, NULL)) != NULL; by_runs += some)
		for (size_t i = 0; i < some; i++)
			assert_int_not_equal(v[i].number, gone);
	vbuf_unpin(f->r);
	assert_int_equal(by_runs, count);
	return count;
}

enum way { REMOVE, REMOVE_EXCLUSIVELY, INVALIDATE, INVALIDATE_EXCLUSIVELY, TAKE, WAYS };

static void
take_out(struct form_map *f, struct map_handle h, enum way way)
{
	struct vbuf_record *r = way == REMOVE || way == INVALIDATE ? f->r : map_exclusive(f->x);
	struct value v;

	if (way == TAKE)
		assert_ok(map_take(f->x, h, &v));
	else if (way == REMOVE || way == REMOVE_EXCLUSIVELY)
		assert_ok(map_remove(f->x, r, h));
	else
		assert_ok(map_invalidate(f->x, r, h));
}

static void
iteration_passes_by_what_went_from_a_full_block(void **state)
{
	enum { N = 64 * 70 };
	static struct map_handle h[N];

	(void)state;
	for (enum form form = 0; form < FORMS; form++)
		for (enum way way = 0; way < WAYS; way++) {
			struct form_map f = begin(form, N);
			for (size_t i = 0; i < N; i++)
				h[i] = insert(&f, i);
			assert_int_equal(count_values(&f, N), N);
			assert_int_equal(count_values(&f, N), N);
			for (size_t i = 0; i < 20; i++) {
				size_t gone = i * 211 % N;
				take_out(&f, h[gone], way);
				assert_int_equal(count_values(&f, gone), N - 1);
				if (way == INVALIDATE || way == INVALIDATE_EXCLUSIVELY)
					assert_ok(map_remove_invalidated(f.x, f.r, h[gone]));
				h[gone] = insert(&f, gone);
				assert_int_equal(count_values(&f, N), N);
			}
			assert_ok(map_clear(f.x));
			assert_int_equal(count_values(&f, N), 0);
			end(&f);
		}
}

static void
iteration_beside_changes_sees_what_stays_exactly_once(void **state)
{
	enum { N = 2000 };
	static struct map_handle h[N];
	static unsigned char seen[N];

	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f = begin(form, 20000);
		struct vbuf_slotmap_iter it;
		struct value *v;
		size_t more = N;
		for (size_t i = 0; i < N; i++)
			h[i] = insert(&f, i);
		memset(seen, 0, sizeof seen);
		vbuf_pin(f.r);
		map_iter_init(&it, f.x, f.r);
		while ((v = map_iter_next(&it)) != NULL) {
			if (v->number < N) {
				assert_int_equal(seen[v->number]++, 0);
				assert_int_equal(map_iter_handle(&it).bits, h[v->number].bits);
				if (v->number % 2) /* the present one may go */
					assert_ok(map_remove(f.x, f.r, h[v->number]));
			}
			if (more < 15000)
				(void)insert(&f, more++);
		}
		vbuf_unpin(f.r);
		for (size_t i = 0; i < N; i++)
			assert_int_equal(seen[i], 1);
		end(&f);
	}
}

/* What an iteration gives is never an element that is gone, or under another's handle. */
static void
iteration_gives_no_element_that_was_removed_before_it_came_by(void **state)
{
	enum { N = 64 * 4 };
	static struct map_handle h[N];

	(void)state;
	struct form_map f = begin(EXCLUSIVE, 1000);
	for (size_t i = 0; i < N; i++)
		h[i] = insert(&f, i);
	struct vbuf_slotmap_iter it;
	struct value *v;
	map_iter_init(&it, f.x, f.r);
	while ((v = map_iter_next(&it)) != NULL) {
		assert_true(map_contains(f.x, map_iter_handle(&it)));
		assert_names(&f, map_iter_handle(&it), v->number);
		if (v->number < N && v->number % 2 == 0) { /* another goes, and one comes */
			assert_ok(map_remove(f.x, f.r, h[v->number + 1]));
			(void)insert(&f, 10 * N + v->number);
		}
	}
	end(&f);
}

static void
a_run_begins_with_no_element_that_was_removed_before(void **state)
{
	enum { N = 64 * 4 };
	static struct map_handle h[N];

	(void)state;
	for (int with_handles = 0; with_handles < 2; with_handles++) {
		struct form_map f = begin(EXCLUSIVE, 1000);
		struct vbuf_slotmap_iter it;
		struct map_handle runs[64];
		struct value *v;
		size_t n, seen = 0;
		for (size_t i = 0; i < N; i++)
			h[i] = insert(&f, i);
		map_iter_init(&it, f.x, f.r);
		assert_non_null(map_iter_next(&it)); /* in the middle of a block */
		for (size_t i = 1; i < N; i += 2)
			assert_ok(map_remove(f.x, f.r, h[i]));
		while ((v = map_iter_run(&it, &n, with_handles ? runs : NULL)) != NULL)
			for (size_t i = 0; i < n; i++, seen++) {
				assert_int_equal(v[i].number % 2, 0);
				assert_true(map_contains(f.x, h[v[i].number]));
				if (with_handles)
					assert_int_equal(runs[i].bits, h[v[i].number].bits);
			}
		assert_int_equal(seen, N / 2 - 1);
		end(&f);
	}
}

static void
clear_removes_all_and_the_map_goes_on(void **state)
{
	enum { N = 30000 };
	static struct map_handle h[N];

	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f = begin(form, N);
		for (int round = 0; round < 3; round++) {
			static struct map_handle before[N];
			memcpy(before, h, sizeof h);
			for (size_t i = 0; i < N; i++)
				h[i] = insert(&f, i);
			for (size_t i = 0; round && i < N; i++)
				assert_false(map_contains(f.x, before[i]));
			if (round == 1)
				for (size_t i = 0; i < N; i += 5)
					assert_ok(map_remove(f.x, f.r, h[i]));
			assert_ok(map_clear(f.x));
			assert_int_equal(map_len(f.x), 0);
			assert_int_equal(stats_of(&f).retired, 0);
			for (size_t i = 0; i < N; i++)
				assert_false(map_contains(f.x, h[i]));
		}
		memset(h, 0, sizeof h);
		end(&f);
	}
}

static void
shared_and_exclusive_use_alternate(void **state)
{
	struct form_map f = begin(SHARED, 5000);
	struct vbuf_record *r[] = { f.r, vbuf_slotmap_exclusive(f.m) };
	struct map_handle h[5000];

	(void)state;
	for (int round = 0; round < 6; round++) {
		for (size_t i = 0; i < 5000; i++)
			assert_ok(map_insert(f.x, r[(i + round) % 2], value_of(i), &h[i]));
		assert_int_equal(map_len(f.x), 5000);
		for (size_t i = 0; i < 5000; i++)
			assert_names(&f, h[i], i);
		for (size_t i = 0; i < 5000; i++)
			assert_ok(map_remove(f.x, r[(i / 2 + round) % 2], h[i]));
		assert_int_equal(map_len(f.x), 0);
		for (size_t i = 0; i < 5000; i++)
			assert_misses(&f, h[i]);
	}
	end(&f);
}

static void
maps_of_one_domain_know_only_their_own(void **state)
{
	struct vbuf_domain *d = domain_with(VBUF_FENCE_AUTO, 0);
	struct vbuf_slotmap_options o = { .size = sizeof o, .max = 1000, .domain = d };
	struct vbuf_record *r = attach_to(d);
	struct map a, b;
	struct map_handle h[1000], g[1000];

	(void)state;
	assert_ok(map_create(&a, &o));
	assert_ok(map_create(&b, &o));
	assert_ptr_equal(map_domain(a), d);
	assert_result(vbuf_domain_destroy(&d), VBUF_EBUSY);
	for (size_t i = 0; i < 1000; i++) {
		assert_ok(map_insert(a, r, value_of(i), &h[i]));
		assert_ok(map_insert(b, r, value_of(i + 5000), &g[i]));
	}
	vbuf_pin(r);
	for (size_t i = 0; i < 1000; i++) {
		assert_int_equal(map_get(a, r, h[i])->number, i);
		assert_int_equal(map_get(b, r, g[i])->number, i + 5000);
	}
	assert_ok(map_destroy(&a)); /* while readers of the other are pinned */
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(map_get(b, r, g[i])->number, i + 5000);
	vbuf_unpin(r);
	assert_ok(vbuf_domain_detach(&r));
	assert_result(vbuf_domain_destroy(&d), VBUF_EBUSY);
	assert_ok(map_destroy(&b));
	assert_ok(vbuf_domain_destroy(&d));
}

static void
a_domain_of_its_own_ends_with_the_map(void **state)
{
	struct vbuf_slotmap_options o = { .size = sizeof o, .max = 100 };
	struct vbuf_record *r, *self;
	struct map x;
	struct map_handle h;

	(void)state;
	assert_ok(map_create(&x, &o));
	assert_ok(vbuf_domain_attach(map_domain(x), &r));
	assert_ok(vbuf_domain_self(map_domain(x), &self));
	assert_ok(map_insert(x, r, value_of(1), &h));
	struct map same = x;
	assert_result(map_destroy(&x), VBUF_EBUSY);
	assert_ptr_equal(x.m, same.m);
	assert_true(map_contains(x, h)); /* nothing happened */
	assert_int_equal(map_len(x), 1);
	assert_ok(vbuf_domain_detach(&r));
	vbuf_pin(self);
	assert_result(map_destroy(&x), VBUF_EBUSY);
	vbuf_unpin(self);
	assert_ok(map_insert(x, self, value_of(1), &h));
	assert_ok(map_destroy(&x));
	assert_null(x.m);
}

static void
elements_of_any_size_and_alignment(void **state)
{
	static const struct {
		size_t size, elem_align, align;
	} kinds[] = {
		{ 1, 1, 0 },          { 2, 1, 0 },          { 3, 1, 0 },
		{ 24, 8, 0 },         { 64, 64, 0 },        { 256, 256, 0 },
		{ 4096, 64, 0 },      { 5000, 8, 0 },       { 24, 8, 128 },
		{ 8192, 4096, 8192 }, { 65536, 16, 65536 }, { 1, 1, (size_t)1 << 20 },
	};
	static unsigned char in[65536];

	(void)state;
	for (enum form form = 0; form < FORMS; form++)
		for (size_t k = 0; k < COUNT(kinds); k++) {
			size_t n = 150, size = kinds[k].size;
			struct form_map f = begin_sized(
				form,
				(struct vbuf_slotmap_options){ .max = n, .align = kinds[k].align },
				size, kinds[k].elem_align);
			vbuf_handle h[150];
			assert_true(stats_of(&f).max >= n);
			for (size_t i = 0; i < n; i++) {
				memset(in, (int)i, size);
				assert_ok(vbuf_slotmap_insert(f.m, f.r, in, &h[i]));
			}
			vbuf_pin(f.r);
			for (size_t i = 0; i < n; i++) {
				unsigned char *p = vbuf_slotmap_get(f.m, f.r, h[i]);
				assert_non_null(p);
				assert_int_equal((uintptr_t)p % kinds[k].elem_align, 0);
				assert_all(p, size, (unsigned char)i);
			}
			unsigned char *first = vbuf_slotmap_slot(f.m, 0);
			if (kinds[k].align)
				assert_int_equal((uintptr_t)first % kinds[k].align, 0);
			vbuf_unpin(f.r);
			end(&f);
		}
}

static void
all_elements_up_to_the_maximum_fit_again_and_again(void **state)
{
	static const size_t maxima[] = { 1, 2, 63, 64, 65, 100, 1000, 4096, 20000 };

	(void)state;
	for (enum form form = 0; form < FORMS; form++)
		for (size_t k = 0; k < COUNT(maxima); k++) {
			struct form_map f = begin(form, maxima[k]);
			struct map_handle *h = malloc(maxima[k] * sizeof *h);
			for (int round = 0; round < 4; round++) {
				for (size_t i = 0; i < maxima[k]; i++)
					h[i] = insert(&f, i);
				assert_int_equal(map_len(f.x), maxima[k]);
				for (size_t i = 0; i < maxima[k]; i++)
					assert_ok(map_remove(f.x, f.r, h[i]));
			}
			free(h);
			end(&f);
		}
}

static void
a_full_map_refuses_and_takes_again_when_one_went(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f = begin(form, 100);
		size_t most = stats_of(&f).max, n = 0;
		struct map_handle *h = malloc(most * sizeof *h), no;
		while (map_insert(f.x, f.r, value_of(n), &h[n]) == VBUF_OK)
			assert_true(++n < most);
		assert_true(n >= 100);
		for (int again = 0; again < 3; again++) {
			no.bits = 7;
			assert_result(map_insert(f.x, f.r, value_of(1), &no), VBUF_ERANGE);
			assert_int_equal(no.bits, 0);
			assert_int_equal(map_len(f.x), n);
		}
		for (size_t i = 0; i < n; i++) { /* each slot can be the one */
			assert_ok(map_remove(f.x, f.r, h[i]));
			h[i] = insert(&f, i);
			assert_result(map_insert(f.x, f.r, value_of(1), &no), VBUF_ERANGE);
		}
		for (size_t i = 0; i < n; i++)
			assert_names(&f, h[i], i);
		free(h);
		end(&f);
	}
}

/* What one thread has claimed and given up is no loss to another. */
static void
what_was_claimed_and_abandoned_others_can_use(void **state)
{
	enum { N = 20000 };
	static struct map_handle h[N];

	(void)state;
	for (enum form form = SHARED; form <= SYMMETRIC; form++) {
		struct form_map f = begin(form, N);
		struct vbuf_record *other = attach_to(f.d);
		size_t most = stats_of(&f).max, n = 0;
		struct value *slot;
		for (size_t i = 0; i < N; i++)
			assert_ok(map_claim(f.x, other, 0, &h[i], &slot, NULL));
		for (size_t i = 0; i < N; i++)
			map_abandon(f.x, other, h[i]);
		struct map_handle one;
		while (map_insert(f.x, f.r, value_of(n), &one) == VBUF_OK)
			n++;
		assert_true(n >= N);
		assert_true(n + VBUF_SLOTMAP_IN_HAND >= most);
		assert_ok(vbuf_domain_detach(&other));
		end(&f);
	}
}

static void
the_initial_capacity_is_there_and_the_maximum_is_no_smaller(void **state)
{
	static const size_t initials[] = { 0, 1, 63, 64, 65, 1000, 100000 };

	(void)state;
	for (size_t k = 0; k < COUNT(initials); k++) {
		struct form_map f =
			begin_with(SHARED, (struct vbuf_slotmap_options){ .max = 100000,
		                                                          .initial = initials[k] });
		struct vbuf_slotmap_stats s = stats_of(&f), after;
		assert_true(s.capacity >= initials[k]);
		for (size_t i = 0; i < initials[k]; i++)
			(void)insert(&f, i);
		after = stats_of(&f);
		if (initials[k])
			assert_int_equal(after.committed, s.committed);
		end(&f);
	}
}

static void
stats_of_a_newer_program_are_zero_behind(void **state)
{
	struct form_map f = begin(SHARED, 10);
	struct {
		struct vbuf_slotmap_stats s;
		unsigned char more[64];
	} newer;

	(void)state;
	memset(&newer, 0xff, sizeof newer);
	assert_ok(vbuf_slotmap_get_stats(f.m, &newer.s, sizeof newer));
	assert_all(newer.more, sizeof newer.more, 0);
	end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_map_is_empty),
		cmocka_unit_test(options_that_make_no_sense_are_refused),
		cmocka_unit_test(sizes_that_make_no_sense_are_refused),
		cmocka_unit_test(null_is_refused_and_nothing_happens),
		cmocka_unit_test(a_record_of_another_domain_is_refused),
		cmocka_unit_test(inserted_elements_are_found_by_their_handles_until_removed),
		cmocka_unit_test(elements_never_move),
		cmocka_unit_test(a_removed_element_stays_readable_until_the_unpin),
		cmocka_unit_test(a_claimed_slot_misses_until_it_is_published),
		cmocka_unit_test(many_claims_may_be_open_at_a_time),
		cmocka_unit_test(a_plain_map_has_copies_and_no_claims),
		cmocka_unit_test(only_a_plain_map_has_copies),
		cmocka_unit_test(take_moves_the_element_out),
		cmocka_unit_test(an_invalidated_element_misses_and_stays_in_its_slot),
		cmocka_unit_test(clear_takes_the_invalidated_too),
		cmocka_unit_test(insert_n_and_remove_n_do_many),
		cmocka_unit_test(insert_n_says_how_far_it_came),
		cmocka_unit_test(get_disjoint_gets_all_or_nothing),
		cmocka_unit_test(the_last_of_many_records_has_slots_of_its_own),
		cmocka_unit_test(iteration_sees_each_element_exactly_once),
		cmocka_unit_test(
			iteration_tells_the_handles_of_slots_used_once_and_used_again_side_by_side),
		cmocka_unit_test(iteration_tells_the_handles_of_what_a_trim_has_left),
		cmocka_unit_test(iteration_passes_by_what_went_from_a_full_block),
		cmocka_unit_test(iteration_beside_changes_sees_what_stays_exactly_once),
		cmocka_unit_test(iteration_gives_no_element_that_was_removed_before_it_came_by),
		cmocka_unit_test(a_run_begins_with_no_element_that_was_removed_before),
		cmocka_unit_test(clear_removes_all_and_the_map_goes_on),
		cmocka_unit_test(shared_and_exclusive_use_alternate),
		cmocka_unit_test(maps_of_one_domain_know_only_their_own),
		cmocka_unit_test(a_domain_of_its_own_ends_with_the_map),
		cmocka_unit_test(elements_of_any_size_and_alignment),
		cmocka_unit_test(all_elements_up_to_the_maximum_fit_again_and_again),
		cmocka_unit_test(a_full_map_refuses_and_takes_again_when_one_went),
		cmocka_unit_test(what_was_claimed_and_abandoned_others_can_use),
		cmocka_unit_test(the_initial_capacity_is_there_and_the_maximum_is_no_smaller),
		cmocka_unit_test(stats_of_a_newer_program_are_zero_behind),
	};

	return run_group("slotmap", tests);
}
