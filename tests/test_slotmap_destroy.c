/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Destructors of a slotmap: exactly once for each element, whatever they do themselves; and
 * maps that keep removed elements for their next use. */
#include "slotmap_forms.h"

enum { N = 30000 };

/* Each element's destructor, once: by number. */
static unsigned char destroyed[N + 1];
static size_t destroyed_count;
static struct form_map *now; /* for destructors that change the map */

static void
note(void *element, void *arg)
{
	const struct value *v = element;

	assert_ptr_equal(arg, destroyed);
	assert_int_equal(v->check, ~v->number * 3);
	assert_true(v->number < N);
	assert_int_equal(destroyed[v->number]++, 0);
	destroyed_count++;
}

static struct form_map
begin_noting(enum form form, struct vbuf_slotmap_options o, void (*destroy)(void *, void *))
{
	memset(destroyed, 0, sizeof destroyed);
	destroyed_count = 0;
	o.destroy = destroy;
	o.destroy_arg = destroyed;
	if (!o.max)
		o.max = N;
	return begin_with(form, o);
}

/* An idle record has published an old era, so only the barrier tells that it has nothing. */
static void
beside_an_idle_record_as_many_wait_as_the_options_say(void **state)
{
	(void)state;
	for (uint32_t garbage = 64; garbage <= 4096; garbage *= 8) {
		struct form_map f = begin_noting(
			SHARED, (struct vbuf_slotmap_options){ .garbage = garbage }, note);
		struct vbuf_record *idle;
		struct vbuf_domain_stats s;
		assert_ok(vbuf_domain_attach(f.d, &idle));
		size_t removed = 0, most = 0;
		while (removed < 4 * 4096) {
			assert_ok(map_remove(f.x, f.r, insert(&f, removed)));
			if (++removed - destroyed_count > most)
				most = removed - destroyed_count;
		}
		assert_ok(vbuf_domain_get_stats(f.d, &s, sizeof s));
		size_t few = s.symmetric ? 64 : garbage; /* there the barrier costs nothing */
		assert_in_range(most, few - 64, few + 2 * 64);
		assert_ok(vbuf_domain_detach(&idle));
		end(&f);
	}
}

static void
destructors_run_once_whichever_way_an_element_goes(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f = begin_noting(form, (struct vbuf_slotmap_options){ 0 }, note);
		static struct map_handle h[N];
		struct value v;
		size_t taken = 0;
		for (size_t i = 0; i < N; i++)
			h[i] = insert(&f, i);
		assert_int_equal(destroyed_count, 0);
		for (size_t i = 0; i < N / 2; i++)
			switch (i % 5) {
			case 0:
				assert_ok(map_remove(f.x, f.r, h[i]));
				break;
			case 1:
				assert_ok(map_take(f.x, h[i], &v));
				assert_int_equal(v.number, i);
				destroyed[i] = 1; /* it is ours now */
				taken++;
				break;
			case 2:
				assert_ok(map_invalidate(f.x, f.r, h[i]));
				break;
			case 3:
				assert_ok(map_invalidate(f.x, f.r, h[i]));
				assert_ok(map_remove_invalidated(f.x, f.r, h[i]));
				break;
			default:
				break;
			}
		if (form == EXCLUSIVE)
			assert_int_equal(destroyed_count, N / 5);
		(void)reclaim_all(&f);
		assert_int_equal(destroyed_count, N / 5);
		assert_ok(map_clear(f.x));
		assert_int_equal(destroyed_count + taken, N);
		assert_ok(map_trim(f.x));
		end(&f);
		assert_int_equal(destroyed_count + taken, N);
		assert_all(destroyed, N, 1);
	}
}

/* Whatever it is that a map has when it is destroyed. */
static void
destroy_runs_the_destructors_of_what_was_retired_invalidated_and_live(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++)
		for (int keep = 0; keep < 2; keep++) {
			struct form_map f = begin_noting(
				form, (struct vbuf_slotmap_options){ .keep = keep }, note);
			struct vbuf_record *reader = attach_to(f.d), *gone = attach_to(f.d);
			static struct map_handle h[N];
			for (size_t i = 0; i < N; i++)
				h[i] = insert(&f, i);
			vbuf_pin(reader); /* so that all that is retired waits */
			for (size_t i = 0; i < N; i++) {
				if (i % 4 == 1)
					assert_ok(map_remove(f.x, gone, h[i]));
				if (i % 4 == 2)
					assert_ok(map_invalidate(f.x, f.r, h[i]));
				if (i % 4 == 3)
					assert_ok(map_remove(f.x, f.r, h[i]));
			}
			if (form != EXCLUSIVE)
				assert_int_equal(destroyed_count, 0);
			vbuf_unpin(reader);
			assert_ok(vbuf_domain_detach(&reader));
			assert_ok(vbuf_domain_detach(&gone));
			end(&f);
			assert_int_equal(destroyed_count, N);
			assert_all(destroyed, N, 1);
		}
}

static void
a_destructor_never_runs_while_a_reader_has_the_element(void **state)
{
	(void)state;
	for (enum form form = SHARED; form <= SYMMETRIC; form++)
		for (int phases = 1; phases <= 2; phases++) {
			struct form_map f =
				begin_noting(form, (struct vbuf_slotmap_options){ 0 }, note);
			struct vbuf_record *reader = attach_to(f.d);
			struct map_handle h = insert(&f, 0);
			vbuf_pin(reader);
			struct value *v = map_get(f.x, reader, h);
			if (phases == 2)
				assert_ok(map_invalidate(f.x, f.r, h));
			(void)reclaim_all(&f);
			if (phases == 2)
				assert_ok(map_remove_invalidated(f.x, f.r, h));
			else
				assert_ok(map_remove(f.x, f.r, h));
			for (size_t i = 1; i < N; i++)
				assert_ok(map_remove(f.x, f.r, insert(&f, i)));
			(void)reclaim_all(&f);
			assert_int_equal(v->check, ~UINT64_C(0) * 3);
			assert_int_equal(destroyed[0], 0);
			assert_int_equal(destroyed_count, N - 1); /* but of all that came later */
			vbuf_unpin(reader);
			assert_int_equal(destroyed[0], 0); /* never in an unpin */
			(void)reclaim_all(&f);
			assert_int_equal(destroyed[0], 1);
			assert_ok(vbuf_domain_detach(&reader));
			end(&f);
		}
}

static void
an_abandoned_element_has_no_destructor(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++)
		for (int keep = 0; keep < 2; keep++) {
			struct form_map f = begin_noting(
				form, (struct vbuf_slotmap_options){ .keep = keep }, note);
			struct map_handle h;
			struct value *slot;
			bool used;
			for (int i = 0; i < 3000; i++) {
				assert_ok(map_claim(f.x, f.r, 0, &h, &slot, &used));
				assert_false(used);
				slot->number = N; /* no element */
				map_abandon(f.x, f.r, h);
			}
			assert_ok(map_clear(f.x));
			assert_ok(map_trim(f.x));
			end(&f);
			assert_int_equal(destroyed_count, 0);
		}
}

/* --- destructors that change the map --- */

enum { CHAIN = 1 << 20 };
static struct map_handle chain[CHAIN];
static size_t chain_destroyed;

/* An element's number is its place in the chain. */
static void
remove_the_next(void *element, void *arg)
{
	const struct value *v = element;

	(void)arg;
	chain_destroyed++;
	if (v->number + 1 < CHAIN)
		(void)map_remove(now->x, now->r, chain[v->number + 1]);
}

static struct form_map
begin_chain(enum form form)
{
	struct form_map f = begin_with(
		form, (struct vbuf_slotmap_options){ .max = CHAIN, .destroy = remove_the_next });

	chain_destroyed = 0;
	for (size_t i = 0; i < CHAIN; i++)
		chain[i] = insert(&f, i);
	return f;
}

static void
a_chain_of_a_million_destructors_needs_no_deep_stack(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f = begin_chain(form);
		now = &f;
		assert_ok(map_remove(f.x, f.r, chain[0]));
		while (chain_destroyed < CHAIN)
			assert_true(vbuf_slotmap_reclaim(f.m, f.r, 0) > 0);
		assert_int_equal(map_len(f.x), 0);
		assert_int_equal(stats_of(&f).retired, 0);
		end(&f);
		assert_int_equal(chain_destroyed, CHAIN);
	}
}

static void
clear_and_destroy_go_through_chains_too(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++)
		for (int by_clear = 0; by_clear < 2; by_clear++) {
			struct form_map f = begin_chain(form);
			now = &f;
			if (by_clear) {
				assert_ok(map_clear(f.x));
				assert_int_equal(map_len(f.x), 0);
				assert_int_equal(chain_destroyed, CHAIN);
			}
			end(&f);
			assert_int_equal(chain_destroyed, CHAIN);
		}
}

/* How many inserts the map takes until it is full. */
static size_t
room(struct form_map *f)
{
	size_t n = 0;
	struct map_handle h;

	while (map_insert(f->x, f->r, value_of(N), &h) == VBUF_OK)
		n++;
	return n;
}

static struct map_handle reborn[N];
static int refused;

/* Each of the first half brings one of the second, and tidies up. */
static void
insert_another(void *element, void *arg)
{
	uint64_t number = ((const struct value *)element)->number;

	if (number == N) /* of room() */
		return;
	note(element, arg);
	if (number >= N / 2)
		return;
	int err = map_insert(now->x, now->r, value_of(number + N / 2), &reborn[number]);
	if (err == VBUF_OK) {
		assert_true(map_contains(now->x, reborn[number]));
		return;
	}
	assert_true(err == VBUF_EBUSY || err == VBUF_ERANGE);
	refused++;
	destroyed[number + N / 2] = 1; /* there is none */
	destroyed_count++;
}

/* A record that has fresh slots in hand claims them without a look at the map. */
static void
a_destroy_refuses_inserts_of_whoever_has_slots_in_hand(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++)
		for (int removed = 0; removed < 2; removed++) {
			struct form_map f = begin_noting(form, (struct vbuf_slotmap_options){ 0 },
			                                 insert_another);
			now = &f;
			refused = 0;
			for (size_t i = 0; i < 100; i++) { /* the rest of a block is in hand */
				struct map_handle h = insert(&f, i);
				if (removed && i % 10 == 0 && form != EXCLUSIVE)
					assert_ok(map_remove(f.x, f.r, h));
			}
			end_map(&f);
			assert_int_equal(refused, 100);
			assert_int_equal(destroyed_count, 2 * 100);
			assert_ok(vbuf_domain_destroy(&f.d));
		}
}

/* No slot is lost, none is of two, and each element has its own end, where units lose
 * their memory, and where all slots are needed. */
static void
destructors_may_insert(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++)
		for (int keep = 0; keep < 2; keep++) {
			struct form_map f =
				begin_noting(form,
			                     (struct vbuf_slotmap_options){
						     .keep = keep, .huge = VBUF_HUGE_NEVER },
			                     insert_another);
			static struct map_handle h[N];
			now = &f;
			refused = 0;
			memset(reborn, 0, sizeof reborn);
			size_t before = room(&f);
			assert_ok(map_clear(f.x));
			assert_ok(map_trim(f.x));
			for (size_t i = 0; i < N / 2; i++)
				h[i] = insert(&f, i);
			for (size_t i = 0; i < N / 2; i++)
				assert_ok(map_remove(f.x, f.r, h[i]));
			(void)reclaim_all(&f);
			assert_ok(map_trim(f.x));
			/* one block of slots stays, and with it what is kept in them */
			assert_in_range(destroyed_count - (size_t)refused,
			                keep ? N / 2 - 64 : N / 2, N / 2);
			assert_int_equal(map_len(f.x), destroyed_count - 2 * (size_t)refused);
			for (size_t i = 0; i < N / 2; i++) {
				assert_misses(&f, h[i]);
				if (reborn[i].bits)
					assert_names(&f, reborn[i], i + N / 2);
			}
			if (keep) {
				end(&f);
				assert_int_equal(destroyed_count, N);
				assert_all(destroyed, N, 1);
				continue;
			}
			assert_ok(map_clear(f.x));
			assert_ok(map_trim(f.x));
			assert_int_equal(destroyed_count, N);
			assert_int_equal(refused, 0);
			assert_int_equal(room(&f), before);
			end(&f);
			assert_int_equal(destroyed_count, N);
			assert_all(destroyed, N, 1);
		}
}

static void
an_insert_while_the_map_is_destroyed_is_refused(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++)
		for (int keep = 0; keep < 2; keep++) {
			struct form_map f =
				begin_noting(form, (struct vbuf_slotmap_options){ .keep = keep },
			                     insert_another);
			now = &f;
			refused = 0;
			for (size_t i = 0; i < N / 2; i++)
				(void)insert(&f, i);
			end(&f);
			assert_int_equal(refused, N / 2);
			assert_all(destroyed, N, 1);
		}
}

/* While destructors run because the map is full. */
static void
destructors_may_insert_when_there_is_hardly_room(void **state)
{
	(void)state;
	for (enum form form = SHARED; form <= SYMMETRIC; form++)
		for (int limited = 0; limited < 2; limited++) {
			struct vbuf_domain *d = domain_with(form == SYMMETRIC ? VBUF_FENCE_SYMMETRIC
			                                                      : VBUF_FENCE_AUTO,
			                                    limited ? 2000 : 0);
			struct form_map f = begin_noting(
				form, (struct vbuf_slotmap_options){ .max = 1000, .domain = d },
				insert_another);
			struct vbuf_record *reader = attach_to(d);
			static struct map_handle h[N], filler[100000];
			now = &f;
			size_t before = room(&f);
			assert_ok(map_clear(f.x));
			for (int round = 0; round < 3; round++) {
				memset(destroyed, 0, sizeof destroyed);
				destroyed_count = 0;
				refused = 0;
				size_t n = before < N / 2 ? before : N / 2, more = 0;
				for (size_t i = 0; i < n; i++)
					h[i] = insert(&f, i);
				vbuf_pin(reader);
				size_t gone = 0;
				for (; gone < n; gone++)
					assert_ok(map_remove(f.x, f.r, h[gone]));
				while (map_insert(f.x, f.r, value_of(N), &filler[more]) == VBUF_OK)
					more++;
				vbuf_unpin(reader);
				while (map_insert(f.x, f.r, value_of(N), &filler[more]) == VBUF_OK)
					more++;
				assert_int_equal(map_len(f.x),
				                 more + destroyed_count - 2 * (size_t)refused);
				for (size_t i = 0; i < more; i++)
					assert_names(&f, filler[i], N);
				assert_ok(map_clear(f.x));
				assert_ok(map_clear(f.x)); /* and what the first one brought */
				assert_int_equal(map_len(f.x), 0);
				assert_int_equal(room(&f), before);
				assert_ok(map_clear(f.x));
			}
			assert_ok(vbuf_domain_detach(&reader));
			end(&f);
		}
}

static void
reclaim_in_the_destructor(void *element, void *arg)
{
	note(element, arg);
	(void)vbuf_slotmap_reclaim(now->m, now->r, 0);
	assert_true(vbuf_slotmap_len(now->m) <= N);
}

static void
a_destructor_may_reclaim(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f = begin_noting(form, (struct vbuf_slotmap_options){ 0 },
		                                 reclaim_in_the_destructor);
		struct vbuf_record *gone = attach_to(f.d);
		static struct map_handle h[N];
		now = &f;
		for (size_t i = 0; i < N; i++)
			h[i] = insert(&f, i);
		for (size_t i = 0; i < N; i++)
			assert_ok(map_remove(f.x, i % 2 || form == EXCLUSIVE ? f.r : gone, h[i]));
		assert_ok(vbuf_domain_detach(&gone));
		(void)reclaim_all(&f);
		assert_int_equal(destroyed_count, N);
		end(&f);
	}
}

static int destroys_refused;

static void
destroy_the_map(void *element, void *arg)
{
	struct vbuf_slotmap *m = now->m;

	note(element, arg);
	assert_result(vbuf_slotmap_destroy(&m), VBUF_EBUSY);
	assert_ptr_equal(m, now->m);
	destroys_refused++;
}

static void
a_map_is_not_destroyed_twice_by_its_destructors(void **state)
{
	struct form_map f =
		begin_noting(EXCLUSIVE, (struct vbuf_slotmap_options){ 0 }, destroy_the_map);

	(void)state;
	now = &f;
	destroys_refused = 0;
	for (size_t i = 0; i < 100; i++)
		(void)insert(&f, i);
	struct vbuf_slotmap *m = f.m;
	assert_ok(vbuf_slotmap_destroy(&m));
	assert_int_equal(destroys_refused, 100);
	assert_ok(vbuf_domain_destroy(&f.d));
}

/* --- maps that keep what is removed --- */

/* A removed element comes again or is destroyed, once, and never one that was none. */
static void
a_kept_element_comes_again_or_is_destroyed(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f = begin_noting(
			form,
			(struct vbuf_slotmap_options){ .keep = true, .huge = VBUF_HUGE_NEVER },
			note);
		static struct map_handle h[N];
		static bool live[N];
		size_t made = 0, revived = 0;
		uint64_t seed = test_seed();
		memset(live, 0, sizeof live);
		for (size_t round = 0; round < 200000 && made < N; round++) {
			size_t k = (size_t)(next_random(&seed) % (N / 20));
			if (live[k]) {
				assert_ok(map_remove(f.x, f.r, h[k]));
				live[k] = false;
				continue;
			}
			struct value *slot;
			bool used;
			assert_ok(map_claim(f.x, f.r, 0, &h[k], &slot, &used));
			if (used) {
				assert_int_equal(slot->check, ~slot->number * 3);
				assert_int_equal(destroyed[slot->number], 0);
				revived++;
			}
			if (next_random(&seed) % 4 == 0) { /* as it was */
				map_abandon(f.x, f.r, h[k]);
				continue;
			}
			if (!used)
				*slot = value_of(made++);
			map_publish(f.x, f.r, h[k]);
			live[k] = true;
			if (round % 5000 == 0)
				(void)reclaim_all(&f);
		}
		assert_true(revived > 1000);
		if (form == EXCLUSIVE)
			assert_int_equal(destroyed_count, 0);
		for (size_t k = 0; k < N / 20; k++)
			if (live[k])
				assert_ok(map_remove(f.x, f.r, h[k]));
		(void)reclaim_all(&f);
		assert_ok(map_trim(f.x)); /* whose memory goes but for the first block */
		assert_true(made - destroyed_count < 64);
		end(&f);
		assert_int_equal(destroyed_count, made);
		assert_all(destroyed, made, 1);
	}
}

/* By value: who comes first into a slot that holds one has nothing to say about it. */
static void
an_insert_by_value_destroys_what_the_slot_kept(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++)
		for (int way = 0; way < 3; way++) {
			struct form_map f = begin_noting(
				form, (struct vbuf_slotmap_options){ .keep = true }, note);
			for (size_t i = 0; i < N; i++) {
				struct value v = value_of(i);
				struct map_handle h;
				if (way == 0)
					assert_ok(map_insert(f.x, f.r, v, &h));
				else if (way == 1)
					assert_ok(vbuf_slotmap_insert(f.m, f.r, &v, &h.bits));
				else
					assert_ok(vbuf_slotmap_insert_n(f.m, f.r, &v, 1, &h.bits,
					                                NULL));
				assert_names(&f, h, i);
				assert_int_equal(destroyed[i], 0);
				assert_ok(map_remove(f.x, f.r, h));
			}
			if (form == EXCLUSIVE)
				assert_int_equal(destroyed_count, N - 1);
			end(&f);
			assert_int_equal(destroyed_count, N);
			assert_all(destroyed, N, 1);
		}
}

static void
a_fresh_or_taken_slot_is_not_used(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f = begin_noting(
			form, (struct vbuf_slotmap_options){ .max = 3000, .keep = true }, note);
		struct map_handle h;
		struct value *slot, v;
		bool used;
		for (size_t i = 0; i < 3000; i++) { /* never published */
			assert_ok(map_claim(f.x, f.r, 0, &h, &slot, &used));
			assert_false(used);
			map_abandon(f.x, f.r, h);
		}
		for (size_t i = 0; i < 3000; i++) { /* moved out */
			assert_ok(map_claim(f.x, f.r, 0, &h, &slot, &used));
			assert_false(used);
			*slot = value_of(i);
			map_publish(f.x, f.r, h);
			assert_ok(map_take(f.x, h, &v));
		}
		for (size_t i = 0; i < 3000; i++)
			(void)insert(&f, i);
		assert_ok(map_clear(f.x)); /* keeps them */
		assert_int_equal(destroyed_count, 0);
		size_t seen = 0;
		for (size_t i = 0; i < 4000; i++) { /* others are among them */
			assert_ok(map_claim(f.x, f.r, 0, &chain[i], &slot, &used));
			if (used)
				assert_int_equal(slot->check, ~slot->number * 3);
			seen += used;
		}
		assert_int_equal(seen, 3000);
		for (size_t i = 0; i < 4000; i++)
			map_abandon(f.x, f.r, chain[i]);
		end(&f);
		assert_int_equal(destroyed_count, 3000);
		assert_all(destroyed, 3000, 1);
	}
}

static void
without_keep_no_slot_is_used(void **state)
{
	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f = begin(form, 1000);
		for (size_t i = 0; i < 5000; i++) {
			struct map_handle h;
			struct value *slot;
			bool used = true;
			assert_ok(map_claim(f.x, f.r, 0, &h, &slot, &used));
			assert_false(used);
			map_publish(f.x, f.r, h);
			assert_ok(map_remove(f.x, f.r, h));
		}
		end(&f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(beside_an_idle_record_as_many_wait_as_the_options_say),
		cmocka_unit_test(destructors_run_once_whichever_way_an_element_goes),
		cmocka_unit_test(
			destroy_runs_the_destructors_of_what_was_retired_invalidated_and_live),
		cmocka_unit_test(a_destructor_never_runs_while_a_reader_has_the_element),
		cmocka_unit_test(an_abandoned_element_has_no_destructor),
		cmocka_unit_test(a_chain_of_a_million_destructors_needs_no_deep_stack),
		cmocka_unit_test(clear_and_destroy_go_through_chains_too),
		cmocka_unit_test(a_destroy_refuses_inserts_of_whoever_has_slots_in_hand),
		cmocka_unit_test(destructors_may_insert),
		cmocka_unit_test(an_insert_while_the_map_is_destroyed_is_refused),
		cmocka_unit_test(destructors_may_insert_when_there_is_hardly_room),
		cmocka_unit_test(a_destructor_may_reclaim),
		cmocka_unit_test(a_map_is_not_destroyed_twice_by_its_destructors),
		cmocka_unit_test(a_kept_element_comes_again_or_is_destroyed),
		cmocka_unit_test(an_insert_by_value_destroys_what_the_slot_kept),
		cmocka_unit_test(a_fresh_or_taken_slot_is_not_used),
		cmocka_unit_test(without_keep_no_slot_is_used),
	};

	return run_group("slotmap_destroy", tests);
}
