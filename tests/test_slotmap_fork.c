/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Domains and slotmaps in the child of a fork: with the three calls the child goes on with
 * all there is; without them it reads. */
#include "child.h"
#include "slotmap_forms.h"

enum { N = 20000 };

static struct map_handle h[N];
static struct form_map f;
static struct vbuf_record *reader, *other;

/* With another thread's record, as it may be: pinned, with garbage and slots in hand. */
static void
begin_with_others(enum form form, size_t garbage_max)
{
	struct vbuf_domain *d = domain_with(
		form == SYMMETRIC ? VBUF_FENCE_SYMMETRIC : VBUF_FENCE_AUTO, garbage_max);

	f = begin_with(form, (struct vbuf_slotmap_options){ .max = N, .domain = d });
	reader = attach_to(d);
	other = attach_to(d);
	for (size_t i = 0; i < N; i++)
		assert_ok(map_insert(f.x, i % 2 ? f.r : other, value_of(i), &h[i]));
	vbuf_pin(reader);
	vbuf_pin(reader);
	for (size_t i = 0; i < N / 2; i++)
		assert_ok(map_remove(f.x, i % 4 < 2 ? f.r : other, h[i]));
}

static void
assert_as_before(void)
{
	for (size_t i = 0; i < N; i++)
		if (i < N / 2)
			assert_false(map_contains(f.x, h[i]));
		else
			assert_names(&f, h[i], i);
	assert_int_equal(map_len(f.x), N - N / 2);
}

static void
end_with_others(void)
{
	assert_as_before();
	vbuf_unpin(reader);
	vbuf_unpin(reader);
	assert_ok(vbuf_domain_detach(&reader));
	assert_ok(vbuf_domain_detach(&other));
	(void)reclaim_all(&f);
	assert_int_equal(stats_of(&f).retired, 0);
	for (size_t i = 0; i < N / 2; i++)
		h[i] = insert(&f, i);
	end(&f);
}

static void
go_on(void *arg)
{
	struct vbuf_domain_stats s;

	(void)arg;
	vbuf_domain_fork_child(f.d, f.r);
	assert_ok(vbuf_domain_get_stats(f.d, &s, sizeof s));
	assert_int_equal(s.attached, 1);
	assert_int_equal(s.pinned, 0);
	assert_as_before();
	struct vbuf_record *r = attach_to(f.d); /* of a thread of the child's */
	for (size_t i = 0; i < 1000; i++) {
		struct map_handle one;
		assert_ok(map_insert(f.x, r, value_of(i), &one));
		assert_ok(map_remove(f.x, r, one));
	}
	assert_ok(vbuf_domain_detach(&r));
	(void)reclaim_all(&f);
	assert_ok(map_trim(f.x)); /* what others had is free again */
	assert_as_before();
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < N / 2; i++)
			h[i] = insert(&f, i);
		for (size_t i = 0; i < N; i++)
			assert_names(&f, h[i], i);
		for (size_t i = 0; i < N / 2; i++)
			assert_ok(map_remove(f.x, f.r, h[i]));
	}
	end(&f);
}

static void
in_forked_child(void (*body)(void *arg))
{
	vbuf_domain_fork_prepare(f.d);
	pid_t child = start_child(body, NULL);
	vbuf_domain_fork_parent(f.d);
	assert_int_equal(end_of_child(child), 0);
}

static void
with_the_three_the_child_goes_on(void **state)
{
	(void)state;
	for (enum form form = SHARED; form <= SYMMETRIC; form++) {
		begin_with_others(form, 0);
		in_forked_child(go_on);
		end_with_others();
	}
}

static void
insert_many(void *arg)
{
	(void)arg;
	vbuf_domain_fork_child(f.d, f.r);
	(void)reclaim_all(&f);
	for (size_t i = 0; i < N / 4; i++) /* no reader stalls here any more */
		(void)insert(&f, i);
}

static void
count_what_is_there(void *arg)
{
	(void)arg;
	vbuf_domain_fork_child(f.d, f.r);
	assert_ok(map_trim(f.x));
	assert_int_equal(map_len(f.x), N - N / 2);
	assert_ok(map_clear(f.x));
	assert_int_equal(map_len(f.x), 0);
}

static void
what_others_had_claimed_does_not_count_in_the_child(void **state)
{
	struct map_handle mine[5];
	struct value *slot;

	(void)state;
	begin_with_others(SHARED, 0);
	for (int i = 0; i < 5; i++)
		assert_ok(map_claim(f.x, other, 0, &mine[i], &slot, NULL));
	in_forked_child(count_what_is_there);
	for (int i = 0; i < 5; i++)
		map_abandon(f.x, other, mine[i]);
	end_with_others();
}

/* What those had retired who are not here is not garbage that anyone can reclaim. */
static void
the_childs_inserts_are_not_refused_for_garbage_that_is_nobodys(void **state)
{
	(void)state;
	begin_with_others(SHARED, 1000);
	in_forked_child(insert_many);
	vbuf_unpin(reader);
	vbuf_unpin(reader);
	assert_ok(vbuf_domain_detach(&reader));
	assert_ok(vbuf_domain_detach(&other));
	(void)reclaim_all(&f);
	end(&f);
}

static void
use_self(void *arg)
{
	struct vbuf_record *self;

	vbuf_domain_fork_child(f.d, NULL);
	assert_ok(vbuf_domain_self(f.d, &self));
	assert_ptr_equal(self, arg);
	f.r = self;
	assert_as_before();
	assert_ok(map_trim(f.x));
	for (size_t i = 0; i < N / 2; i++)
		h[i] = insert(&f, i);
	assert_int_equal(map_len(f.x), N);
	assert_ok(map_destroy(&f.x));
	assert_ok(vbuf_domain_destroy(&f.d));
}

static void
the_record_of_self_stays_in_the_child(void **state)
{
	struct vbuf_record *self;

	(void)state;
	begin_with_others(SHARED, 0);
	assert_ok(vbuf_domain_self(f.d, &self));
	vbuf_domain_fork_prepare(f.d);
	pid_t child = start_child(use_self, self);
	vbuf_domain_fork_parent(f.d);
	assert_int_equal(end_of_child(child), 0);
	end_with_others();
}

static void
only_read(void *arg)
{
	(void)arg;
	for (int again = 0; again < 3; again++)
		assert_as_before(); /* pins and reads */
}

static void
without_the_three_the_child_pins_and_reads(void **state)
{
	(void)state;
	for (enum form form = SHARED; form <= SYMMETRIC; form++) {
		begin_with_others(form, 0);
		in_child(only_read, NULL);
		end_with_others();
	}
}

static void
fork_again(void *arg)
{
	vbuf_domain_fork_child(f.d, f.r);
	(void)arg;
	in_forked_child(go_on);
	assert_as_before();
}

static void
a_grandchild_goes_on_too(void **state)
{
	(void)state;
	begin_with_others(SHARED, 0);
	in_forked_child(fork_again);
	end_with_others();
}

static size_t destroyed;

static void
count_destroyed(void *element, void *arg)
{
	(void)element;
	(void)arg;
	destroyed++;
}

static void
end_at_once(void *arg)
{
	(void)arg;
	vbuf_domain_fork_child(f.d, NULL);
	assert_ok(map_destroy(&f.x));
	/* all but what another thread had retired */
	assert_in_range(destroyed, N / 2, N);
	assert_ok(vbuf_domain_destroy(&f.d));
}

static void
the_child_may_destroy_the_map_at_once(void **state)
{
	(void)state;
	destroyed = 0;
	f = begin_with(SHARED,
	               (struct vbuf_slotmap_options){ .max = N, .destroy = count_destroyed });
	reader = attach_to(f.d);
	vbuf_pin(reader);
	for (size_t i = 0; i < N; i++) {
		h[i] = insert(&f, i);
		if (i % 2)
			assert_ok(map_remove(f.x, f.r, h[i]));
	}
	size_t before = destroyed;
	in_forked_child(end_at_once);
	assert_int_equal(destroyed, before);
	vbuf_unpin(reader);
	assert_ok(vbuf_domain_detach(&reader));
	end(&f);
	assert_int_equal(destroyed, N);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(with_the_three_the_child_goes_on),
		cmocka_unit_test(what_others_had_claimed_does_not_count_in_the_child),
		cmocka_unit_test(the_childs_inserts_are_not_refused_for_garbage_that_is_nobodys),
		cmocka_unit_test(the_record_of_self_stays_in_the_child),
		cmocka_unit_test(without_the_three_the_child_pins_and_reads),
		cmocka_unit_test(a_grandchild_goes_on_too),
		cmocka_unit_test(the_child_may_destroy_the_map_at_once),
	};

	return run_group("slotmap_fork", tests);
}
