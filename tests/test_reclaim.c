/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Reclamation domains: records, pins, and what is retired, by one thread or two. */
#include <pthread.h>

#include <vbuf/reclaim.h>

#include "fault.h"
#include "test.h"

/* More than one bag, and more than any threshold. */
enum { MANY = 20000 };

struct object {
	struct vbuf_retired link;
	unsigned reclaimed;
	struct vbuf_record *r; /* retire the next with it */
	struct object *next;
	size_t count; /* or so many of the next */
};

static struct object objects[MANY];
static size_t reclaimed;

static void
reclaim(struct vbuf_retired *retired, void *arg)
{
	struct object *o = (struct object *)(void *)retired;

	assert_ptr_equal(arg, objects);
	assert_int_equal(o->reclaimed, 0);
	o->reclaimed++;
	reclaimed++;
	for (size_t i = 0; i < o->count; i++)
		vbuf_retire(o->r, &o->next[i].link, 0, reclaim, objects);
}

static void
begin(void)
{
	memset(objects, 0, sizeof objects);
	reclaimed = 0;
}

static void
retire(struct vbuf_record *r, size_t i, uint64_t birth)
{
	vbuf_retire(r, &objects[i].link, birth, reclaim, objects);
}

static struct vbuf_domain *
domain_of(enum vbuf_fence fence)
{
	struct vbuf_domain_options o = { .size = sizeof o, .fence = fence };
	struct vbuf_domain *d;

	begin();
	assert_ok(vbuf_domain_create(&d, &o));
	return d;
}

static struct vbuf_record *
attach(struct vbuf_domain *d)
{
	struct vbuf_record *r;

	assert_ok(vbuf_domain_attach(d, &r));
	return r;
}

static struct vbuf_domain_stats
stats(struct vbuf_domain *d)
{
	struct vbuf_domain_stats s;

	assert_ok(vbuf_domain_get_stats(d, &s, sizeof s));
	return s;
}

static void
end(struct vbuf_domain *d)
{
	assert_ok(vbuf_domain_destroy(&d));
	assert_null(d);
}

/* Both ways to agree; the first is the other where the system has no barrier. */
static const enum vbuf_fence fences[] = { VBUF_FENCE_AUTO, VBUF_FENCE_SYMMETRIC };

static void
options_that_make_no_sense_are_refused(void **state)
{
	struct vbuf_domain_options o = { .size = sizeof o, .threads = 65537 };
	struct vbuf_domain *d = (void *)&o;
	struct {
		struct vbuf_domain_options o;
		size_t more;
	} newer = { .o = { .size = sizeof newer }, .more = 1 };

	(void)state;
	assert_result(vbuf_domain_create(NULL, &o), VBUF_EINVAL);
	assert_result(vbuf_domain_create(&d, &o), VBUF_EINVAL);
	assert_null(d);
	o.threads = 65536;
	assert_ok(vbuf_domain_create(&d, &o));
	assert_int_equal(stats(d).threads, 65536);
	end(d);
	o.threads = 1;
	o.fence = (enum vbuf_fence)3;
	assert_result(vbuf_domain_create(&d, &o), VBUF_EINVAL);
	o.fence = VBUF_FENCE_AUTO;
	o.zero_[23] = 1;
	assert_result(vbuf_domain_create(&d, &o), VBUF_EINVAL);
	o.zero_[23] = 0;
	o.size = 0;
	assert_result(vbuf_domain_create(&d, &o), VBUF_EINVAL);
	o.size = sizeof o - 1;
	assert_result(vbuf_domain_create(&d, &o), VBUF_EINVAL);
	d = (void *)&o;
	assert_result(vbuf_domain_create(&d, &newer.o), VBUF_ENOTSUP);
	assert_null(d);
	newer.more = 0;
	assert_ok(vbuf_domain_create(&d, &newer.o));
	assert_int_equal(stats(d).threads, VBUF_DOMAIN_THREADS);
	end(d);
	assert_ok(vbuf_domain_destroy(NULL));
	d = NULL;
	assert_ok(vbuf_domain_destroy(&d));
}

static void
null_is_refused(void **state)
{
	struct vbuf_domain *d = domain_of(VBUF_FENCE_AUTO);
	struct vbuf_record *r = (void *)&d;
	struct vbuf_domain_stats s;

	(void)state;
	assert_result(vbuf_domain_attach(NULL, &r), VBUF_EINVAL);
	assert_null(r);
	assert_result(vbuf_domain_attach(d, NULL), VBUF_EINVAL);
	r = (void *)&d;
	assert_result(vbuf_domain_self(NULL, &r), VBUF_EINVAL);
	assert_null(r);
	assert_result(vbuf_domain_self(d, NULL), VBUF_EINVAL);
	assert_result(vbuf_domain_get_stats(NULL, &s, sizeof s), VBUF_EINVAL);
	assert_result(vbuf_domain_get_stats(d, NULL, sizeof s), VBUF_EINVAL);
	assert_result(vbuf_domain_get_stats(d, &s, sizeof s - 1), VBUF_EINVAL);
	assert_ok(vbuf_domain_detach(NULL));
	assert_ok(vbuf_domain_detach(&r));
	end(d);
}

static void
stats_of_a_newer_program_are_zero_behind(void **state)
{
	struct vbuf_domain *d = domain_of(VBUF_FENCE_AUTO);
	struct {
		struct vbuf_domain_stats s;
		unsigned char more[64];
	} newer;

	(void)state;
	memset(&newer, 0xff, sizeof newer);
	assert_ok(vbuf_domain_get_stats(d, &newer.s, sizeof newer));
	assert_all(newer.more, sizeof newer.more, 0);
	assert_int_equal(newer.s.attached, 0);
	assert_int_equal(newer.s.oldest_pin, 0);
	assert_true(newer.s.era > 0);
	end(d);
}

static void
as_many_attach_as_the_options_say(void **state)
{
	static const uint32_t most[] = { 1, 2, 100, VBUF_DOMAIN_THREADS };

	(void)state;
	for (size_t k = 0; k < COUNT(most); k++) {
		struct vbuf_domain_options o = { .size = sizeof o, .threads = most[k] };
		struct vbuf_record *all[VBUF_DOMAIN_THREADS], *more = (void *)&o;
		struct vbuf_domain *d;
		assert_ok(vbuf_domain_create(&d, &o));
		for (uint32_t i = 0; i < most[k]; i++) {
			all[i] = attach(d);
			assert_int_equal((uintptr_t)all[i] % 128, 0);
			for (uint32_t before = 0; before < i; before++)
				assert_ptr_not_equal(all[i], all[before]);
		}
		assert_int_equal(stats(d).attached, most[k]);
		assert_result(vbuf_domain_attach(d, &more), VBUF_EBUSY);
		assert_null(more);
		assert_result(vbuf_domain_self(d, &more), VBUF_EBUSY);
		assert_null(more);
		assert_ok(vbuf_domain_detach(&all[most[k] / 2]));
		assert_null(all[most[k] / 2]);
		all[most[k] / 2] = attach(d);
		for (uint32_t i = 0; i < most[k]; i++)
			assert_ok(vbuf_domain_detach(&all[i]));
		assert_int_equal(stats(d).attached, 0);
		end(d);
	}
}

static void
a_domain_with_records_is_not_destroyed(void **state)
{
	struct vbuf_domain *d = domain_of(VBUF_FENCE_AUTO), *same = d;
	struct vbuf_record *r = attach(d);

	(void)state;
	assert_result(vbuf_domain_destroy(&d), VBUF_EBUSY);
	assert_ptr_equal(d, same);
	vbuf_pin(r);
	assert_result(vbuf_domain_destroy(&d), VBUF_EBUSY);
	assert_result(vbuf_domain_detach(&r), VBUF_EBUSY);
	assert_non_null(r);
	vbuf_unpin(r);
	assert_ok(vbuf_domain_detach(&r));
	end(d);
}

static void
a_record_of_self_does_not_count_unless_it_is_pinned(void **state)
{
	struct vbuf_domain *d = domain_of(VBUF_FENCE_AUTO);
	struct vbuf_record *r, *again;

	(void)state;
	assert_ok(vbuf_domain_self(d, &r));
	assert_ok(vbuf_domain_self(d, &again));
	assert_ptr_equal(r, again);
	assert_int_equal(stats(d).attached, 1);
	vbuf_pin(r);
	assert_result(vbuf_domain_destroy(&d), VBUF_EBUSY);
	vbuf_unpin(r);
	end(d);
}

static void
each_domain_has_its_own_self(void **state)
{
	struct vbuf_domain *d[3];
	struct vbuf_record *r[3], *again;

	(void)state;
	for (int i = 0; i < 3; i++) {
		d[i] = domain_of(fences[i % 2]);
		assert_ok(vbuf_domain_self(d[i], &r[i]));
	}
	for (int i = 0; i < 3; i++) {
		assert_ok(vbuf_domain_self(d[i], &again));
		assert_ptr_equal(again, r[i]);
	}
	end(d[1]);
	assert_ok(vbuf_domain_self(d[2], &again));
	assert_ptr_equal(again, r[2]);
	end(d[0]);
	end(d[2]);
}

struct guest {
	struct vbuf_domain *d;
	struct vbuf_record *r;
	bool stays_pinned;
};

static void *
be_a_guest(void *arg)
{
	struct guest *g = arg;

	if (vbuf_domain_self(g->d, &g->r) != VBUF_OK)
		return NULL;
	if (g->stays_pinned) {
		vbuf_pin(g->r);
		vbuf_pin(g->r);
	}
	retire(g->r, 0, 0);
	return g->r;
}

static void
a_thread_that_ends_is_detached_and_strands_nothing(void **state)
{
	(void)state;
	for (int pinned = 0; pinned < 2; pinned++)
		for (size_t f = 0; f < COUNT(fences); f++) {
			struct vbuf_domain *d = domain_of(fences[f]);
			struct guest g = { d, NULL, pinned };
			pthread_t thread;
			void *done;
			assert_int_equal(pthread_create(&thread, NULL, be_a_guest, &g), 0);
			assert_int_equal(pthread_join(thread, &done), 0);
			assert_non_null(done);
			assert_int_equal(stats(d).attached, 0);
			assert_int_equal(stats(d).pinned, 0);
			struct vbuf_record *r = attach(d);
			(void)vbuf_reclaim(r, 0);
			assert_int_equal(reclaimed, 1);
			assert_ok(vbuf_domain_detach(&r));
			end(d);
		}
}

static void
pins_nest_and_the_outermost_counts(void **state)
{
	(void)state;
	for (size_t f = 0; f < COUNT(fences); f++) {
		struct vbuf_domain *d = domain_of(fences[f]);
		struct vbuf_record *r = attach(d), *writer = attach(d);
		for (int round = 0; round < 3; round++) {
			begin();
			for (int depth = 1; depth < 100; depth++)
				vbuf_pin(r);
			assert_int_equal(stats(d).pinned, 1);
			uint64_t oldest = stats(d).oldest_pin;
			assert_true(oldest > 0 && oldest <= stats(d).era);
			retire(writer, 0, 0);
			for (int depth = 1; depth < 99; depth++) {
				vbuf_unpin(r);
				assert_int_equal(vbuf_reclaim(writer, 0), 0);
				assert_int_equal(stats(d).oldest_pin, oldest);
			}
			vbuf_unpin(r);
			assert_int_equal(stats(d).pinned, 0);
			assert_int_equal(stats(d).oldest_pin, 0);
			assert_int_equal(reclaimed, 0); /* never in an unpin */
			assert_int_equal(vbuf_reclaim(writer, 0), 1);
		}
		assert_ok(vbuf_domain_detach(&r));
		assert_ok(vbuf_domain_detach(&writer));
		end(d);
	}
}

static void
a_repin_lets_go_of_what_was_found_before(void **state)
{
	(void)state;
	for (size_t f = 0; f < COUNT(fences); f++) {
		struct vbuf_domain *d = domain_of(fences[f]);
		struct vbuf_record *r = attach(d), *writer = attach(d);
		assert_false(vbuf_repin(r)); /* it is not pinned */
		assert_int_equal(stats(d).pinned, 0);
		vbuf_pin(r);
		retire(writer, 0, 0);
		assert_int_equal(vbuf_reclaim(writer, 0), 0);
		vbuf_pin(r);
		assert_false(vbuf_repin(r)); /* within another pin */
		assert_int_equal(vbuf_reclaim(writer, 0), 0);
		vbuf_unpin(r);
		assert_true(vbuf_repin(r));
		assert_int_equal(stats(d).pinned, 1);
		assert_int_equal(vbuf_reclaim(writer, 0), 1);
		retire(writer, 1, 0); /* and holds what comes after */
		assert_int_equal(vbuf_reclaim(writer, 0), 0);
		vbuf_unpin(r);
		assert_int_equal(vbuf_reclaim(writer, 0), 1);
		assert_ok(vbuf_domain_detach(&r));
		assert_ok(vbuf_domain_detach(&writer));
		end(d);
	}
}

static void
ones_own_pin_holds_what_one_retires(void **state)
{
	(void)state;
	for (size_t f = 0; f < COUNT(fences); f++) {
		struct vbuf_domain *d = domain_of(fences[f]);
		struct vbuf_record *r = attach(d);
		vbuf_pin(r);
		for (size_t i = 0; i < MANY; i++)
			retire(r, i, 0);
		assert_int_equal(vbuf_reclaim(r, 0), 0);
		assert_int_equal(reclaimed, 0);
		assert_int_equal(stats(d).garbage, MANY);
		vbuf_unpin(r);
		assert_int_equal(vbuf_reclaim(r, 0), MANY);
		assert_int_equal(reclaimed, MANY);
		assert_int_equal(stats(d).garbage, 0);
		assert_ok(vbuf_domain_detach(&r));
		end(d);
	}
}

static void
a_stalled_reader_holds_what_was_born_before_and_nothing_later(void **state)
{
	(void)state;
	for (size_t f = 0; f < COUNT(fences); f++) {
		struct vbuf_domain *d = domain_of(fences[f]);
		struct vbuf_record *r = attach(d), *writer = attach(d);
		uint64_t birth = vbuf_birth(d);
		vbuf_pin(r);
		for (size_t i = 0; i < 100; i++)
			retire(writer, i, birth);
		assert_int_equal(vbuf_reclaim(writer, 0), 0);
		for (size_t i = 100; i < MANY; i++) {
			birth = vbuf_birth(d);
			assert_true(birth > stats(d).oldest_pin);
			retire(writer, i, birth);
		}
		(void)vbuf_reclaim(writer, 0);
		assert_int_equal(stats(d).garbage, 100);
		assert_int_equal(reclaimed, MANY - 100);
		for (size_t i = 0; i < 100; i++)
			assert_int_equal(objects[i].reclaimed, 0);
		vbuf_unpin(r);
		assert_int_equal(vbuf_reclaim(writer, 0), 100);
		assert_ok(vbuf_domain_detach(&r));
		assert_ok(vbuf_domain_detach(&writer));
		end(d);
	}
}

static void
what_a_reader_looks_at_again_is_covered(void **state)
{
	(void)state;
	for (size_t f = 0; f < COUNT(fences); f++) {
		struct vbuf_domain *d = domain_of(fences[f]);
		struct vbuf_record *r = attach(d), *writer = attach(d);
		vbuf_pin(r);
		assert_true(vbuf_covered(r));
		retire(writer, 0, vbuf_birth(d));
		assert_int_equal(vbuf_reclaim(writer, 0), 0); /* an era begins */
		uint64_t birth = vbuf_birth(d);
		assert_false(vbuf_covered(r));
		assert_true(vbuf_covered(r));
		retire(writer, 1, birth);
		assert_int_equal(vbuf_reclaim(writer, 0), 0); /* as it may have been found */
		retire(writer, 2, vbuf_birth(d));
		(void)vbuf_reclaim(writer, 0);
		assert_int_equal(objects[2].reclaimed, 1); /* and this one not */
		assert_int_equal(objects[1].reclaimed, 0);
		vbuf_unpin(r);
		assert_int_equal(vbuf_reclaim(writer, 0), 2);
		assert_ok(vbuf_domain_detach(&r));
		assert_ok(vbuf_domain_detach(&writer));
		end(d);
	}
}

static void
much_that_is_retired_is_reclaimed_without_asking(void **state)
{
	(void)state;
	for (size_t f = 0; f < COUNT(fences); f++) {
		struct vbuf_domain *d = domain_of(fences[f]);
		struct vbuf_record *idle = attach(d), *r = attach(d);
		for (size_t i = 0; i < MANY; i++) {
			retire(r, i, 0);
			assert_int_equal(i + 1 - reclaimed, stats(d).garbage);
			assert_in_range(stats(d).garbage, 0, 8192);
		}
		assert_ok(vbuf_domain_detach(&idle));
		assert_ok(vbuf_domain_detach(&r));
		end(d);
		assert_int_equal(reclaimed, MANY);
	}
}

static void
no_more_is_reclaimed_than_the_budget(void **state)
{
	(void)state;
	for (int waited = 0; waited < 2; waited++) {
		struct vbuf_domain *d = domain_of(VBUF_FENCE_AUTO);
		struct vbuf_record *reader = attach(d), *r = attach(d);
		size_t left = 5000;
		vbuf_pin(reader);
		for (size_t i = 0; i < left; i++)
			retire(r, i, 0);
		if (waited)
			assert_int_equal(vbuf_reclaim(r, 0), 0);
		vbuf_unpin(reader);
		for (size_t budget = 1; left > 0; budget = budget * 2 + 1) {
			size_t expected = budget < left ? budget : left;
			assert_int_equal(vbuf_reclaim(r, budget), expected);
			left -= expected;
			assert_int_equal(stats(d).garbage, left);
			assert_int_equal(reclaimed, 5000 - left);
		}
		assert_int_equal(vbuf_reclaim(r, 1), 0);
		assert_ok(vbuf_domain_detach(&reader));
		assert_ok(vbuf_domain_detach(&r));
		end(d);
	}
}

static void
detached_records_are_reclaimed_for_within_the_budget(void **state)
{
	struct vbuf_domain *d = domain_of(VBUF_FENCE_AUTO);
	struct vbuf_record *reader = attach(d), *r = attach(d), *gone[3];

	(void)state;
	vbuf_pin(reader);
	for (size_t k = 0; k < 3; k++)
		gone[k] = attach(d);
	for (size_t k = 0; k < 3; k++) {
		for (size_t i = 0; i < 100; i++)
			retire(gone[k], k * 100 + i, 0);
		assert_ok(vbuf_domain_detach(&gone[k]));
	}
	assert_int_equal(stats(d).garbage, 300);
	assert_int_equal(vbuf_reclaim(r, 0), 0);
	vbuf_unpin(reader);
	assert_int_equal(vbuf_reclaim(r, 150), 150);
	assert_int_equal(vbuf_reclaim(r, 0), 150);
	assert_ok(vbuf_domain_detach(&reader));
	assert_ok(vbuf_domain_detach(&r));
	end(d);
}

static void
a_new_owner_of_a_record_takes_its_garbage_over(void **state)
{
	struct vbuf_domain_options o = { .size = sizeof o, .threads = 1 };
	struct vbuf_domain *d;

	(void)state;
	begin();
	assert_ok(vbuf_domain_create(&d, &o));
	struct vbuf_record *r = attach(d);
	vbuf_pin(r);
	for (size_t i = 0; i < 1000; i++)
		retire(r, i, 0);
	vbuf_unpin(r);
	assert_ok(vbuf_domain_detach(&r));
	r = attach(d);
	assert_int_equal(stats(d).garbage + reclaimed, 1000);
	(void)vbuf_reclaim(r, 0);
	assert_int_equal(reclaimed, 1000);
	assert_ok(vbuf_domain_detach(&r));
	end(d);
}

static void
a_callback_may_retire_a_million_without_a_deep_stack(void **state)
{
	enum { CHAIN = 1000000 };
	struct object *chain = calloc(CHAIN, sizeof *chain);
	struct vbuf_domain *d = domain_of(VBUF_FENCE_AUTO);
	struct vbuf_record *r = attach(d);

	(void)state;
	assert_non_null(chain);
	for (size_t i = 0; i + 1 < CHAIN; i++) {
		chain[i].r = r;
		chain[i].next = &chain[i + 1];
		chain[i].count = 1;
	}
	vbuf_retire(r, &chain[0].link, 0, reclaim, objects);
	while (reclaimed < CHAIN / 2)
		assert_true(vbuf_reclaim(r, 0) > 0);
	assert_ok(vbuf_domain_detach(&r));
	end(d); /* which goes on to the end of it */
	assert_int_equal(reclaimed, CHAIN);
	free(chain);
}

/* What is retired meanwhile must not be put where nobody looks again: whichever bag it is
 * that has the parents. */
static void
what_callbacks_retire_is_reclaimed_in_its_turn(void **state)
{
	(void)state;
	for (size_t f = 0; f < COUNT(fences); f++)
		for (size_t parents = 1; parents < 6000; parents = parents * 2 + 20) {
			struct vbuf_domain *d = domain_of(fences[f]);
			struct vbuf_record *reader = attach(d), *r = attach(d);
			vbuf_pin(reader);
			for (size_t i = 0; i < parents; i++) {
				objects[i].r = r;
				objects[i].next = &objects[parents + i * (10000 / parents)];
				objects[i].count = 10000 / parents;
				retire(r, i, 0);
			}
			vbuf_unpin(reader);
			size_t rounds = 0;
			while (vbuf_reclaim(r, 0) > 0)
				rounds++;
			assert_int_equal(reclaimed, parents + parents * (10000 / parents));
			assert_int_equal(stats(d).garbage, 0);
			assert_in_range(rounds, 1, 10);
			assert_ok(vbuf_domain_detach(&reader));
			assert_ok(vbuf_domain_detach(&r));
			end(d);
		}
}

static struct vbuf_record *nested;

static void
reclaim_more(struct vbuf_retired *retired, void *arg)
{
	reclaim(retired, arg);
	(void)vbuf_reclaim(nested, 0);
}

static void
a_callback_may_reclaim(void **state)
{
	struct vbuf_domain *d = domain_of(VBUF_FENCE_AUTO);
	struct vbuf_record *other = attach(d);

	(void)state;
	nested = attach(d);
	for (size_t i = 0; i < 2000; i++)
		vbuf_retire(i % 2 ? nested : other, &objects[i].link, 0, reclaim_more, objects);
	assert_ok(vbuf_domain_detach(&other));
	while (vbuf_reclaim(nested, 0) > 0)
		;
	assert_int_equal(reclaimed, 2000);
	assert_ok(vbuf_domain_detach(&nested));
	end(d);
}

static void
destroy_reclaims_all_that_is_left_and_what_that_retires(void **state)
{
	struct vbuf_domain *d = domain_of(VBUF_FENCE_AUTO);
	struct vbuf_record *self, *r;

	(void)state;
	assert_ok(vbuf_domain_self(d, &self)); /* the first record there is */
	r = attach(d);
	for (size_t i = 0; i < 10; i++) {
		objects[i].r = self;
		objects[i].next = &objects[10 + 10 * i];
		objects[i].count = 10;
		retire(r, i, 0);
	}
	assert_ok(vbuf_domain_detach(&r));
	end(d);
	assert_int_equal(reclaimed, 110);
}

static struct vbuf_domain *to_destroy;

static void
retire_one_more_by_self(struct vbuf_retired *retired, void *arg)
{
	struct vbuf_record *self;

	(void)retired;
	assert_ok(vbuf_domain_self(arg, &self));
	retire(self, 1, 0);
}

static void *
destroy_while_callbacks_ask_for_self(void *arg)
{
	struct vbuf_record *self;

	assert_ok(vbuf_domain_self(to_destroy, &self));
	vbuf_retire(self, &objects[0].link, 0, retire_one_more_by_self, to_destroy);
	end(to_destroy);
	assert_int_equal(reclaimed, 1);
	return arg;
}

/* The thread ends after the domain: nothing of it may be asked for then. */
static void
callbacks_in_destroy_have_their_own_record(void **state)
{
	pthread_t thread;

	(void)state;
	to_destroy = domain_of(VBUF_FENCE_AUTO);
	assert_int_equal(pthread_create(&thread, NULL, destroy_while_callbacks_ask_for_self, NULL),
	                 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
}

static void
where_the_barrier_is_refused_readers_pay(void **state)
{
	struct vbuf_domain_options o = { .size = sizeof o, .fence = VBUF_FENCE_ASYMMETRIC };
	struct vbuf_domain *d = (void *)&o;

	(void)state;
	fault_always(FAULT_OS, "register", VBUF_ENOTSUP);
	assert_result(vbuf_domain_create(&d, &o), VBUF_ENOTSUP);
	assert_null(d);
	assert_int_equal(fault_count(FAULT_OS, "reserve"), 0);
	d = domain_of(VBUF_FENCE_AUTO);
	(void)fault_disarm();
	assert_true(stats(d).symmetric);
	struct vbuf_record *r = attach(d);
	fault_always(FAULT_OS, "heavy", VBUF_ESYS);
	for (size_t i = 0; i < MANY; i++)
		retire(r, i, 0);
	(void)vbuf_reclaim(r, 0);
	assert_int_equal(fault_count(FAULT_OS, "heavy"), 0);
	(void)fault_disarm();
	assert_int_equal(reclaimed, MANY);
	assert_ok(vbuf_domain_detach(&r));
	end(d);
}

static void
by_request_no_other_thread_is_ever_interrupted(void **state)
{
	(void)state;
	fault_always(FAULT_OS, "nothing", VBUF_ESYS);
	struct vbuf_domain *d = domain_of(VBUF_FENCE_SYMMETRIC);
	assert_true(stats(d).symmetric);
	struct vbuf_record *r = attach(d), *idle = attach(d);
	for (size_t i = 0; i < MANY; i++)
		retire(r, i, 0);
	(void)vbuf_reclaim(r, 0);
	assert_int_equal(fault_count(FAULT_OS, "register"), 0);
	assert_int_equal(fault_count(FAULT_OS, "heavy"), 0);
	(void)fault_disarm();
	assert_int_equal(reclaimed, MANY);
	assert_int_equal(stats(d).heavy, 0);
	assert_ok(vbuf_domain_detach(&r));
	assert_ok(vbuf_domain_detach(&idle));
	end(d);
}

static void
the_asymmetric_fence_is_had_or_refused(void **state)
{
	struct vbuf_domain_options o = { .size = sizeof o, .fence = VBUF_FENCE_ASYMMETRIC };
	struct vbuf_domain *d;
	int err = vbuf_domain_create(&d, &o);

	(void)state;
	if (err == VBUF_ENOTSUP) {
		assert_null(d);
		d = domain_of(VBUF_FENCE_AUTO);
		assert_true(stats(d).symmetric);
		end(d);
		return;
	}
	assert_ok(err);
	assert_false(stats(d).symmetric);
	end(d);
	d = domain_of(VBUF_FENCE_AUTO);
	assert_false(stats(d).symmetric);
	end(d);
}

static void
while_the_barrier_fails_what_needs_it_is_not_freed_and_the_stats_say_so(void **state)
{
	struct vbuf_domain *d = domain_of(VBUF_FENCE_AUTO);
	struct vbuf_record *r = attach(d), *idle = attach(d);

	(void)state;
	if (stats(d).symmetric) {
		assert_ok(vbuf_domain_detach(&r));
		assert_ok(vbuf_domain_detach(&idle));
		end(d);
		skip();
	}
	fault_always(FAULT_OS, "heavy", VBUF_ESYS);
	for (size_t i = 0; i < MANY; i++)
		retire(r, i, 0);
	assert_int_equal(vbuf_reclaim(r, 0), 0);
	assert_int_equal(vbuf_reclaim(r, 7), 0);
	assert_int_equal(reclaimed, 0);
	assert_int_equal(stats(d).garbage, MANY);
	assert_int_equal(stats(d).heavy, 0);
	assert_int_equal(stats(d).heavy_failed, fault_count(FAULT_OS, "heavy"));
	assert_in_range(stats(d).heavy_failed, 2, 30); /* not one for each bag */
	(void)fault_disarm();
	assert_int_equal(vbuf_reclaim(r, 0), MANY);
	assert_int_equal(stats(d).heavy, 1);
	assert_ok(vbuf_domain_detach(&r));
	assert_ok(vbuf_domain_detach(&idle));
	end(d);
}

static void
what_needs_no_barrier_is_freed_while_it_fails(void **state)
{
	struct vbuf_domain *d = domain_of(VBUF_FENCE_AUTO);
	struct vbuf_record *r = attach(d), *busy = attach(d);

	(void)state;
	fault_always(FAULT_OS, "heavy", VBUF_ESYS);
	for (size_t i = 0; i < MANY; i++) {
		vbuf_pin(busy); /* and reads in ever later eras */
		vbuf_unpin(busy);
		retire(r, i, 0);
	}
	(void)fault_disarm();
	assert_in_range(stats(d).garbage, 0, 8192);
	assert_ok(vbuf_domain_detach(&r));
	assert_ok(vbuf_domain_detach(&busy));
	end(d);
	assert_int_equal(reclaimed, MANY);
}

static void
destroy_needs_no_barrier(void **state)
{
	struct vbuf_domain *d = domain_of(VBUF_FENCE_AUTO);
	struct vbuf_record *r = attach(d);

	(void)state;
	fault_always(FAULT_OS, "heavy", VBUF_ESYS);
	for (size_t i = 0; i < 5000; i++)
		retire(r, i, 0);
	assert_ok(vbuf_domain_detach(&r));
	end(d);
	(void)fault_disarm();
	assert_int_equal(reclaimed, 5000);
}

static void
without_thread_local_storage_self_fails_and_later_works(void **state)
{
	static const char *const calls[] = { "key_create", "key_set" };
	struct vbuf_domain *d = domain_of(VBUF_FENCE_AUTO);
	struct vbuf_record *r;

	(void)state;
	for (size_t k = 0; k < COUNT(calls); k++) {
		fault_always(FAULT_OS, calls[k], VBUF_ERLIMIT);
		for (int again = 0; again < 200; again++) { /* more often than there are records */
			r = (void *)&d;
			assert_result(vbuf_domain_self(d, &r), VBUF_ERLIMIT);
			assert_null(r);
		}
		(void)fault_disarm();
		assert_int_equal(stats(d).attached, 0);
	}
	assert_ok(vbuf_domain_self(d, &r));
	end(d);
}

static void
no_failure_of_the_system_leaves_half_a_domain(void **state)
{
	(void)state;
	for (unsigned n = 1;; n++) {
		struct vbuf_domain *d = (void *)&n;
		fault_arm(FAULT_OS, n, VBUF_ECOMMIT);
		int err = vbuf_domain_create(&d, NULL);
		unsigned made = fault_count(FAULT_OS, "reserve");
		unsigned gone = fault_count(FAULT_OS, "unreserve");
		bool failed = fault_disarm();
		if (err == VBUF_OK) {
			end(d);
		} else {
			assert_int_equal(err, VBUF_ECOMMIT);
			assert_null(d);
			assert_int_equal(gone, strcmp(fault_name(), "reserve") == 0 ? 0 : made);
		}
		if (!failed)
			break;
	}
}

static void
a_destroy_that_fails_can_be_tried_again(void **state)
{
	struct vbuf_domain *d = domain_of(VBUF_FENCE_AUTO);
	struct vbuf_record *r;

	(void)state;
	assert_ok(vbuf_domain_self(d, &r));
	retire(r, 0, 0);
	fault_always(FAULT_OS, "unreserve", VBUF_EMAPS);
	assert_result(vbuf_domain_destroy(&d), VBUF_EMAPS);
	(void)fault_disarm();
	assert_non_null(d);
	assert_int_equal(reclaimed, 1);
	assert_int_equal(stats(d).attached, 0);
	assert_ok(vbuf_domain_self(d, &r)); /* it goes on */
	retire(r, 1, 0);
	assert_int_equal(vbuf_reclaim(r, 0), 1);
	end(d);
	assert_int_equal(reclaimed, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_that_make_no_sense_are_refused),
		cmocka_unit_test(null_is_refused),
		cmocka_unit_test(stats_of_a_newer_program_are_zero_behind),
		cmocka_unit_test(as_many_attach_as_the_options_say),
		cmocka_unit_test(a_domain_with_records_is_not_destroyed),
		cmocka_unit_test(a_record_of_self_does_not_count_unless_it_is_pinned),
		cmocka_unit_test(each_domain_has_its_own_self),
		cmocka_unit_test(a_thread_that_ends_is_detached_and_strands_nothing),
		cmocka_unit_test(pins_nest_and_the_outermost_counts),
		cmocka_unit_test(a_repin_lets_go_of_what_was_found_before),
		cmocka_unit_test(ones_own_pin_holds_what_one_retires),
		cmocka_unit_test(a_stalled_reader_holds_what_was_born_before_and_nothing_later),
		cmocka_unit_test(what_a_reader_looks_at_again_is_covered),
		cmocka_unit_test(much_that_is_retired_is_reclaimed_without_asking),
		cmocka_unit_test(no_more_is_reclaimed_than_the_budget),
		cmocka_unit_test(detached_records_are_reclaimed_for_within_the_budget),
		cmocka_unit_test(a_new_owner_of_a_record_takes_its_garbage_over),
		cmocka_unit_test(a_callback_may_retire_a_million_without_a_deep_stack),
		cmocka_unit_test(what_callbacks_retire_is_reclaimed_in_its_turn),
		cmocka_unit_test(a_callback_may_reclaim),
		cmocka_unit_test(destroy_reclaims_all_that_is_left_and_what_that_retires),
		cmocka_unit_test(callbacks_in_destroy_have_their_own_record),
		cmocka_unit_test(where_the_barrier_is_refused_readers_pay),
		cmocka_unit_test(by_request_no_other_thread_is_ever_interrupted),
		cmocka_unit_test(the_asymmetric_fence_is_had_or_refused),
		cmocka_unit_test(
			while_the_barrier_fails_what_needs_it_is_not_freed_and_the_stats_say_so),
		cmocka_unit_test(what_needs_no_barrier_is_freed_while_it_fails),
		cmocka_unit_test(destroy_needs_no_barrier),
		cmocka_unit_test(without_thread_local_storage_self_fails_and_later_works),
		cmocka_unit_test(no_failure_of_the_system_leaves_half_a_domain),
		cmocka_unit_test(a_destroy_that_fails_can_be_tried_again),
	};

	return run_group("reclaim", tests);
}
