/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The library never calls malloc(), directly or through libc: every public call is
 * made, also where it fails, while the calls of malloc() and its family are counted. */
#include <errno.h>
#include <locale.h>

#include <vbuf/slotmap.h>

#include "fault.h"
#include "malloc_count.h"
#include "system.h"
#include "test.h"

enum { PAGES = 64 };

static struct vbuf_options options[] = {
	{ .size = 0 },
	{
		.size = sizeof(struct vbuf_options),
		.min_size = (size_t)1 << 16,
		.align = (size_t)1 << 21,
		.guard_before = (size_t)1 << 16,
		.guard_after = (size_t)1 << 16,
		.huge = VBUF_HUGE_PREFER,
		.fork = VBUF_FORK_WIPE,
		.charge = VBUF_CHARGE_NONE,
		.no_dump = true,
		.exec = true,
		.name = "nomalloc",
	},
	{
		.size = sizeof(struct vbuf_options),
		.huge = VBUF_HUGE_NEVER,
		.fork = VBUF_FORK_DROP,
		.place = VBUF_PLACE_NEAR,
		.addr = (void *)(uintptr_t)options,
	},
};

enum { OPTIONS = sizeof options / sizeof *options };

/* One call after the other, whatever each returns; some must fail. */
static void
call_everything(const struct vbuf_options *o)
{
	struct vbuf v, other, copy;
	struct vbuf_options exact = { .size = sizeof exact, .place = VBUF_PLACE_EXACT };
	struct vbuf_limits limits;
	struct vbuf_run run;
	size_t n, page = vbuf_page_size();
	int err = vbuf_reserve(&v, PAGES * page, o);

	exact.addr = v.base;
	err |= vbuf_reserve(&other, SIZE_MAX / 2 + 1, NULL);
	err |= vbuf_reserve(&other, page + 1, NULL);
	err |= vbuf_reserve(&other, page, &exact);
	bool committed = vbuf_commit(&v, 0, 8 * page) == VBUF_OK;
	err |= vbuf_commit(&v, 16 * page, 8 * page);
	err |= vbuf_commit(&v, 1, page);
	if (system_answers(BACKEND_STATES))
		err |= vbuf_prefault(&v, 0, 16 * page, &n);
	else if (committed)
		err |= vbuf_prefault(&v, 0, 8 * page, &n);
	err |= vbuf_protect(&v, 0, page, VBUF_PROT_RO);
	err |= vbuf_protect(&v, 0, page, VBUF_PROT_RX);
	err |= vbuf_purge(&v, 0, 8 * page);
	err |= vbuf_discard(&v, 0, 8 * page);
	err |= vbuf_query(&v, 0, &run);
	err |= vbuf_query(&v, v.size, &run);
	err |= vbuf_resident(&v, 0, v.size, &n);
	err |= vbuf_advise_huge(&v, 0, 8 * page, VBUF_HUGE_NEVER);
	err |= vbuf_advise_huge(&v, 0, 8 * page, VBUF_HUGE_DEFAULT);
	err |= vbuf_collapse(&v, 0, 8 * page);
	err |= vbuf_lock(&v, 0, 8 * page);
	err |= vbuf_lock(&v, 8 * page, 8 * page);
	err |= vbuf_unlock(&v, 0, v.size);
	err |= vbuf_numa(&v, VBUF_NUMA_INTERLEAVE, 1);
	err |= vbuf_numa(&v, VBUF_NUMA_BIND, UINT64_C(1) << 63);
	err |= vbuf_numa(&v, VBUF_NUMA_DEFAULT, 0);
	err |= vbuf_get_limits(&limits, sizeof limits);
	err |= vbuf_decommit(&v, 4 * page, 16 * page);
	err |= vbuf_freeze(&v, 0, page);
	err |= vbuf_commit(&v, 0, page);
	copy = v;
	vbuf_forget(&copy);
	err |= vbuf_unreserve(&v);
	err |= vbuf_unreserve(NULL);
	assert_true(err < 0); /* some did fail */
	fault_disarm();
	assert_ok(vbuf_unreserve(&v)); /* if it was among them */
}

static void
the_count_sees_calls_from_inside_libc(void **state)
{
	unsigned before = malloc_count();

	(void)state;
	FILE *f = fopen("/dev/null", "r");
	assert_non_null(f);
	assert_true(malloc_count() > before);
	before = malloc_count();
	fclose(f);
	assert_true(malloc_count() > before);
}

static void
no_call_allocates(void **state)
{
	(void)state;
	for (int i = 0; i < OPTIONS; i++) {
		unsigned before = malloc_count();
		call_everything(&options[i]);
		assert_int_equal(malloc_count(), before);
	}
}

/* Each system call fails once, with the codes whose cause is looked for. */
static void
no_call_allocates_when_the_system_refuses(void **state)
{
	const int codes[] = { ENOMEM, EAGAIN, EINVAL, ENOSYS };

	(void)state;
	for (int i = 0; i < OPTIONS; i++) {
		for (int c = 0; c < 4; c++) {
			for (unsigned nth = 1;; nth++) {
				unsigned before = malloc_count();
				fault_arm(FAULT_SYSTEM, nth, codes[c]);
				call_everything(&options[i]);
				assert_int_equal(malloc_count(), before);
				if (!fault_name())
					break;
			}
		}
	}
}

/* As many elements as make it grow, purge and trim; whatever each call returns. */
static void
call_every_slotmap(void)
{
	enum { N = 20000 };
	static vbuf_handle h[N];
	struct vbuf_slotmap_options o = {
		.size = sizeof o, .max = N, .huge = VBUF_HUGE_NEVER, .name = "nomalloc"
	};
	struct vbuf_slotmap *m;
	struct vbuf_slotmap_stats s;
	struct vbuf_slotmap_iter it;
	struct vbuf_record *r, *self;
	uint64_t v = 1;
	char text[64];

	if (vbuf_slotmap_create(&m, sizeof v, sizeof v, &o) != VBUF_OK)
		return;
	struct vbuf_domain *d = vbuf_slotmap_domain(m);
	assert_ok(vbuf_domain_attach(d, &r));
	(void)!vbuf_domain_self(d, &self);
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < N; i++)
			(void)!vbuf_slotmap_insert(m, r, &v, &h[i]);
		vbuf_pin(r);
		(void)!vbuf_slotmap_get(m, r, h[1]);
		vbuf_slotmap_iter_init(&it, m, r);
		while (vbuf_slotmap_iter_next(&it))
			;
		vbuf_unpin(r);
		(void)vbuf_slotmap_remove_n(m, r, h, N);
		(void)vbuf_slotmap_reclaim(m, r, 0);
		(void)!vbuf_slotmap_insert(m, vbuf_slotmap_exclusive(m), &v, &h[0]);
		(void)vbuf_slotmap_text(m, h[0], text, sizeof text);
		(void)!vbuf_slotmap_get_stats(m, &s, sizeof s);
		(void)vbuf_slotmap_clear(m);
		(void)vbuf_slotmap_trim(m);
	}
	assert_ok(vbuf_domain_detach(&r));
	for (int tries = 0; m && tries < 3; tries++)
		(void)vbuf_slotmap_destroy(&m);
	assert_null(m);
}

static void
no_call_of_a_slotmap_allocates(void **state)
{
	const int codes[] = { ENOMEM, EINVAL };
	unsigned before = malloc_count();

	(void)state;
	call_every_slotmap();
	assert_int_equal(malloc_count(), before);
	for (int c = 0; c < 2; c++)
		for (unsigned nth = 1;; nth++) {
			fault_arm(FAULT_SYSTEM, nth, codes[c]);
			call_every_slotmap();
			assert_int_equal(malloc_count(), before);
			fault_disarm();
			if (!fault_name())
				break;
		}
}

static void
no_text_allocates_in_any_locale(void **state)
{
	char text[256];

	(void)state;
	setlocale(LC_ALL, "");
	unsigned before = malloc_count();
	for (uint32_t code = 0; code < 200; code++)
		assert_true(vbuf_sys_strerror(code, text, sizeof text) > 0);
	assert_true(vbuf_sys_strerror(UINT32_MAX, text, sizeof text) > 0);
	assert_true(vbuf_sys_strerror(1, text, 3) == 2);
	assert_true(vbuf_sys_strerror(1, NULL, 0) == 0);
	for (int err = -20; err <= 1; err++)
		assert_true(vbuf_strerror(err)[0] && vbuf_errname(err)[0]);
	assert_true(vbuf_version()[0]);
	(void)!vbuf_sys_error();
	assert_true(vbuf_align_up(1, 8) == 8 && vbuf_align_down(9, 8) == 8);
	assert_int_equal(malloc_count(), before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_count_sees_calls_from_inside_libc),
		cmocka_unit_test(no_call_allocates),
		cmocka_unit_test(no_call_allocates_when_the_system_refuses),
		cmocka_unit_test(no_call_of_a_slotmap_allocates),
		cmocka_unit_test(no_text_allocates_in_any_locale),
	};

	for (int i = 0; i < OPTIONS; i++)
		options[i].fork = fork_if_known(options[i].fork);
	return run_group("nomalloc", tests);
}
