/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* fork() while other threads work on a slotmap: the child has all that was there, and can go
 * on alone. */
#include <vbuf/slotmap.h>

#include <pthread.h>
#include <sched.h>

#include "child.h"
#include "test.h"

struct pair {
	uint64_t value, inverse;
};
VBUF_SLOTMAP(pairs, struct pair);

#define load(p) __atomic_load_n((p), __ATOMIC_RELAXED)
#define store(p, value) __atomic_store_n((p), (value), __ATOMIC_RELAXED)

enum { WORKERS = 2, KEPT = 300, EACH = 200, FORKS = 150, BURST = 9000 };

static struct pairs x;
static struct vbuf_record *own;
static struct pairs_handle kept[KEPT];
static bool stop;
static int failed;
static uint64_t rounds;

static struct pair
pair(uint64_t value)
{
	return (struct pair){ value, ~value };
}

static bool
whole(const struct pair *p)
{
	return p->inverse == ~p->value;
}

static void *
churn(void *arg)
{
	static struct pairs_handle all[WORKERS][BURST];
	struct pairs_handle *h = all[*(int *)arg];
	size_t n = *(int *)arg ? BURST : EACH; /* one fills units, which are then purged */
	struct vbuf_record *r;
	int bad = vbuf_domain_self(pairs_domain(x), &r) != VBUF_OK;

	while (!bad && !load(&stop)) {
		for (size_t k = 0; k < n; k++)
			bad |= pairs_insert(x, r, pair(k), &h[k]) != VBUF_OK;
		vbuf_pin(r);
		const struct pair *p = pairs_get(x, r, h[n / 2]);
		bad |= !p || p->value != n / 2 || !whole(p);
		for (size_t k = 0; k < n; k++)
			bad |= pairs_remove(x, r, h[k]) != VBUF_OK;
		bad |= !whole(p);
		vbuf_unpin(r);
		(void)pairs_reclaim(x, r, 0);
		__atomic_add_fetch(&rounds, 1, __ATOMIC_RELAXED);
	}
	store(&failed, load(&failed) | bad);
	return NULL;
}

static void
find_kept(struct vbuf_record *r, bool alone)
{
	vbuf_pin(r);
	for (unsigned k = 0; k < KEPT; k++) {
		const struct pair *p = pairs_get(x, r, kept[k]);
		assert_true(p && p->value == k && whole(p));
	}
	struct vbuf_slotmap_iter it;
	const struct pair *p;
	pairs_iter_init(&it, x, r);
	size_t with_handles = 0, without = 0, by_runs = 0, n;
	for (; (p = pairs_iter_next(&it)); with_handles++)
		assert_true(whole(p));
	for (int again = 0; again < 2; again++) { /* then blocks are known to be full */
		pairs_iter_init(&it, x, r);
		for (without = 0; (p = pairs_iter_next_value(&it)); without++)
			assert_true(whole(p));
	}
	pairs_iter_init(&it, x, r);
	for (; pairs_iter_run(&it, &n, NULL);)
		by_runs += n;
	if (alone) { /* else they come and go */
		assert_int_equal(without, with_handles);
		assert_int_equal(by_runs, with_handles);
	}
	vbuf_unpin(r);
}

/* In the child */
static void
go_on_alone(void *trims)
{
	struct vbuf_domain *d = pairs_domain(x);
	struct vbuf_domain_stats s;
	struct pairs_handle h[EACH];

	vbuf_domain_fork_child(d, own);
	assert_ok(vbuf_domain_get_stats(d, &s, sizeof s));
	assert_int_equal(s.attached, 1);
	assert_int_equal(s.pinned, 0);
	find_kept(own, true);
	if (trims)
		assert_ok(pairs_trim(x));
	for (int round = 0; round < 20; round++) {
		for (unsigned k = 0; k < EACH; k++)
			assert_ok(pairs_insert(x, own, pair(k), &h[k]));
		vbuf_pin(own);
		for (unsigned k = 0; k < EACH; k++)
			assert_true(pairs_get(x, own, h[k])->value == k);
		vbuf_unpin(own);
		for (unsigned k = 0; k < EACH; k++)
			assert_ok(pairs_remove(x, own, h[k]));
	}
	find_kept(own, true);
	struct vbuf_record *other;
	assert_ok(vbuf_domain_attach(d, &other));
	assert_ok(vbuf_domain_detach(&other));
	for (unsigned k = 0; k < KEPT; k++)
		assert_ok(pairs_remove(x, own, kept[k]));
	(void)pairs_reclaim(x, own, 0);
	assert_ok(vbuf_domain_detach(&own));
	assert_ok(pairs_trim(x));
	assert_ok(pairs_destroy(&x));
}

static void
a_child_goes_on_alone(void **state)
{
	struct vbuf_slotmap_options o = { .size = sizeof o, .max = 100000 };
	static int index[WORKERS] = { 0, 1 };
	pthread_t thread[WORKERS];

	(void)state;
	o.huge = VBUF_HUGE_NEVER;
	assert_ok(pairs_create(&x, &o));
	struct vbuf_domain *d = pairs_domain(x);
	assert_ok(vbuf_domain_attach(d, &own));
	for (unsigned k = 0; k < KEPT; k++)
		assert_ok(pairs_insert(x, own, pair(k), &kept[k]));
	for (int i = 0; i < WORKERS; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, churn, &index[i]), 0);
	for (uintptr_t k = 0; k < FORKS; k++) {
		uint64_t before = load(&rounds);
		while (load(&rounds) < before + 3 && !load(&failed))
			sched_yield();
		vbuf_domain_fork_prepare(d);
		pid_t child = start_child(go_on_alone, (void *)(k % 2));
		vbuf_domain_fork_parent(d);
		assert_int_equal(end_of_child(child), 0);
		find_kept(own, false);
	}
	store(&stop, true);
	for (int i = 0; i < WORKERS; i++)
		assert_int_equal(pthread_join(thread[i], NULL), 0);
	assert_int_equal(load(&failed), 0);
	assert_int_equal(pairs_len(x), KEPT);
	assert_ok(vbuf_domain_detach(&own));
	assert_ok(pairs_destroy(&x));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_child_goes_on_alone),
	};

	return run_group("stress_slotmap_fork", tests);
}
