/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the options of a vector promise, and which are refused. */
#include <vbuf/vec.h>

#include "access.h"
#include "test.h"

typedef struct vbuf_vec_options vec_options;

static struct vbuf_vec
make(size_t elem_size, const vec_options *o)
{
	struct vbuf_vec v;

	assert_ok(vbuf_vec_init(&v, elem_size, 1, o));
	return v;
}

static int
try(size_t elem_size, size_t elem_align, const vec_options *o)
{
	struct vbuf_vec v;

	memset(&v, 0x55, sizeof v);
	int err = vbuf_vec_init(&v, elem_size, elem_align, o);
	if (err != VBUF_OK)
		assert_all((const unsigned char *)&v, sizeof v, 0);
	else
		assert_ok(vbuf_vec_fini(&v));
	return err;
}

static void
no_options_and_options_of_zeros_are_the_defaults(void **state)
{
	vec_options zero = { 0 }, sized = { .size = sizeof sized };
	struct vbuf_vec a = make(8, NULL), b = make(8, &zero), c = make(8, &sized);

	(void)state;
	assert_true(vbuf_vec_max(&a) > 0);
	assert_int_equal(vbuf_vec_max(&a), vbuf_vec_max(&b));
	assert_int_equal(vbuf_vec_max(&a), vbuf_vec_max(&c));
	assert_int_equal((uintptr_t)a.data % 64, 0);
	assert_ok(vbuf_vec_fini(&a));
	assert_ok(vbuf_vec_fini(&b));
	assert_ok(vbuf_vec_fini(&c));
}

static void
options_of_another_version_are_read_or_refused(void **state)
{
	struct {
		vec_options known;
		size_t later[2];
	} newer = { .known = { .size = sizeof newer, .max = 10 } };
	vec_options o = { .max = 10 };

	(void)state;
	assert_result(try(8, 8, &o), VBUF_EINVAL); /* the size forgotten */
	o.size = sizeof o - 1;
	assert_result(try(8, 8, &o), VBUF_EINVAL);
	o.size = 1;
	assert_result(try(8, 8, &o), VBUF_EINVAL);
	o.size = sizeof o;
	assert_ok(try(8, 8, &o));
	assert_ok(try(8, 8, &newer.known)); /* knows more and uses none of it */
	newer.later[1] = 1;
	assert_result(try(8, 8, &newer.known), VBUF_ENOTSUP);
	o.zero_[2] = 1;
	assert_result(try(8, 8, &o), VBUF_EINVAL);
}

static void
options_that_make_no_sense_are_refused(void **state)
{
	const vec_options bad[] = {
		{ .align = 3 },
		{ .align = SIZE_MAX },
		{ .max = 5, .initial = 6 },
		{ .max = 5, .initial = SIZE_MAX },
		{ .header_align = 3 },
		{ .header_size = 8, .header_align = 16 },
		{ .header_size = 24, .header_align = 16 },
		{ .header_size = 24, .header_align = 24 },
		{ .growth = (enum vbuf_vec_growth)3 },
		{ .growth_num = 2, .growth_den = 1 },
		{ .growth_num = 5 },
		{ .growth_den = 5 },
		{ .growth = VBUF_VEC_GROW_EXPONENTIAL },
		{ .growth = VBUF_VEC_GROW_EXPONENTIAL, .growth_num = 2 },
		{ .growth = VBUF_VEC_GROW_EXPONENTIAL, .growth_den = 2 },
		{ .growth = VBUF_VEC_GROW_EXPONENTIAL, .growth_num = 2, .growth_den = 2 },
		{ .growth = VBUF_VEC_GROW_EXPONENTIAL, .growth_num = 2, .growth_den = 3 },
#if SIZE_MAX > UINT32_MAX
		{ .growth = VBUF_VEC_GROW_EXPONENTIAL,
		  .growth_num = (size_t)UINT32_MAX + 1,
		  .growth_den = 1 },
#endif
		{ .growth = VBUF_VEC_GROW_LINEAR },
		{ .growth = VBUF_VEC_GROW_LINEAR, .growth_num = 5, .growth_den = 1 },
		{ .shrink = (enum vbuf_vec_shrink)2 },
		{ .recycle = (enum vbuf_vec_recycle)2 },
		{ .huge = (enum vbuf_huge)3 },
		{ .fork = (enum vbuf_fork)3 },
		{ .zero_ = { 1 } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		vec_options o = bad[i];
		o.size = sizeof o;
		int err = try(8, 8, &o);
		if (err != VBUF_EINVAL)
			fail_msg("options %zu: %s", i, vbuf_errname(err));
	}
	assert_result(try(0, 1, NULL), VBUF_EINVAL);
	assert_result(try(8, 0, NULL), VBUF_EINVAL);
	assert_result(try(8, 3, NULL), VBUF_EINVAL);
	assert_result(try(8, SIZE_MAX, NULL), VBUF_EINVAL);
}

/* Refused, as there is no such room on this machine or on any. With addresses of 32
 * bits much that is hostile elsewhere is had: up to 3 GiB. */
static void
assert_too_much(int err, double bytes)
{
	if (err == VBUF_OK && sizeof(void *) == 4 && bytes < 3.2e9)
		return;
	assert_true(err == VBUF_ERANGE || err == VBUF_ENOADDR || err == VBUF_ECOMMIT);
}

static void
hostile_sizes_are_refused_by_init(void **state)
{
	const size_t top = SIZE_MAX / 2 + 1; /* a power of two */
	const size_t sizes[] = { 1, 3, 8, 4096, MIB, top, SIZE_MAX - 4096, SIZE_MAX };
	const size_t hostile[] = { SIZE_MAX,     SIZE_MAX - 1, SIZE_MAX / 2, SIZE_MAX / 3,
		                   SIZE_MAX / 8, top,          top + 1 };

	(void)state;
	for (size_t s = 0; s < COUNT(sizes); s++) {
		double size = (double)sizes[s];
		for (size_t h = 0; h < COUNT(hostile); h++) {
			vec_options o = { .size = sizeof o, .max = hostile[h] };
			assert_too_much(try(sizes[s], 1, &o), (double)o.max * size);
			o.max = SIZE_MAX / sizes[s] + (sizes[s] > 1);
			assert_too_much(try(sizes[s], 1, &o), (double)o.max * size);
			o.max = SIZE_MAX / sizes[s];
			assert_too_much(try(sizes[s], 1, &o), (double)o.max * size);
			o = (vec_options){ .size = sizeof o, .initial = hostile[h] };
			assert_too_much(try(sizes[s], 1, &o), 1e30);
			if (hostile[h] <= top + 1)
				continue; /* as headers go, to be had with 32 bits */
			o = (vec_options){ .size = sizeof o, .header_size = hostile[h], .max = 1 };
			assert_too_much(try(sizes[s], 1, &o), (double)hostile[h] + size);
			o.max = SIZE_MAX;
			assert_too_much(try(sizes[s], 1, &o), 1e30);
		}
		vec_options o = { .size = sizeof o, .align = top };
		assert_too_much(try(sizes[s], 1, &o), 1e30);
		assert_too_much(try(sizes[s], top, NULL), 1e30);
		o.align = top / 2;
		assert_too_much(try(sizes[s], 1, &o), 1e30);
		o = (vec_options){ .size = sizeof o, .header_size = top, .header_align = top };
		assert_too_much(try(sizes[s], 1, &o), 1e30);
		o = (vec_options){ .size = sizeof o, .header_align = top };
		assert_too_much(try(sizes[s], 1, &o), 1e30);
	}
	assert_result(try(SIZE_MAX, 1, NULL), VBUF_ERANGE);
}

/* Whatever the maximum and the size, no call gets past it, nor changes anything. */
static void
hostile_sizes_are_refused_by_every_call(void **state)
{
	const size_t sizes[] = { 1, 3, 8, 24, 4095, MIB };
	const size_t maxima[] = { 1, 7, 1000 };

	(void)state;
	for (size_t s = 0; s < COUNT(sizes); s++) {
		for (size_t m = 0; m < COUNT(maxima); m++) {
			vec_options o = { .size = sizeof o, .max = maxima[m] };
			size_t size = sizes[s], max = maxima[m];
			if (size * max > 64 * MIB)
				continue;
			struct vbuf_vec v = make(size, &o);
			assert_ok(vbuf_vec_resize(&v, 1));
			size_t capacity = vbuf_vec_capacity(&v);
			const size_t hostile[] = { SIZE_MAX,           SIZE_MAX - 1,
				                   SIZE_MAX / size,    SIZE_MAX / size + 1,
				                   SIZE_MAX - max,     SIZE_MAX - max + 1,
				                   SIZE_MAX / 2 + 1,   SIZE_MAX / size - 1,
				                   (size_t)UINT32_MAX, max + 1 };
			for (size_t h = 0; h < COUNT(hostile); h++) {
				size_t n = hostile[h];
				if (n <= max)
					continue;
				struct vbuf_vec before = v;
				void *room = &v, *e = v.data;
				assert_result(vbuf_vec_reserve(&v, n), VBUF_ERANGE);
				assert_result(vbuf_vec_reserve_exact(&v, n), VBUF_ERANGE);
				assert_result(vbuf_vec_prefault(&v, n), VBUF_ERANGE);
				assert_result(vbuf_vec_resize(&v, n), VBUF_ERANGE);
				assert_result(vbuf_vec_resize_fill(&v, n, e), VBUF_ERANGE);
				assert_result(vbuf_vec_prepare(&v, n, &room), VBUF_ERANGE);
				assert_null(room);
				assert_result(vbuf_vec_push_n(&v, e, n), VBUF_ERANGE);
				assert_result(vbuf_vec_insert_n(&v, 0, e, n), VBUF_ERANGE);
				assert_result(vbuf_vec_publish(&v, n), VBUF_ERANGE);
				assert_result(vbuf_vec_remove_n(&v, 0, n), VBUF_ERANGE);
				assert_result(vbuf_vec_remove_n(&v, n, 1), VBUF_ERANGE);
				assert_result(vbuf_vec_remove(&v, n), VBUF_ERANGE);
				assert_result(vbuf_vec_swap_remove(&v, n), VBUF_ERANGE);
				assert_result(vbuf_vec_insert(&v, n, e), VBUF_ERANGE);
				assert_result(vbuf_vec_split_off(&v, n, &before), VBUF_ERANGE);
				assert_null(vbuf_vec_at(&v, n));
				assert_ok(vbuf_vec_truncate(&v, n));
				assert_int_equal(v.len, 1);
				assert_int_equal(vbuf_vec_capacity(&v), capacity);
			}
			assert_ok(vbuf_vec_fini(&v));
		}
	}
}

static void
exactly_as_many_elements_as_the_maximum_are_taken(void **state)
{
	const size_t sizes[] = { 1, 3, 4, 8, 24, 100, 4095, 4096, 4097, 70000 };
	const size_t maxima[] = { 1, 2, 9, 10, 511, 512, 513, 4096, 5000 };
	const vec_options growths[] = {
		{ .growth = VBUF_VEC_GROW_DEFAULT },
		{ .growth = VBUF_VEC_GROW_EXPONENTIAL, .growth_num = 2, .growth_den = 1 },
		{ .growth = VBUF_VEC_GROW_EXPONENTIAL, .growth_num = UINT32_MAX, .growth_den = 1 },
		{ .growth = VBUF_VEC_GROW_EXPONENTIAL,
		  .growth_num = UINT32_MAX,
		  .growth_den = UINT32_MAX - 1 },
		{ .growth = VBUF_VEC_GROW_LINEAR, .growth_num = 1 },
		{ .growth = VBUF_VEC_GROW_LINEAR, .growth_num = SIZE_MAX },
	};

	(void)state;
	for (size_t g = 0; g < COUNT(growths); g++) {
		for (size_t s = 0; s < COUNT(sizes); s++) {
			for (size_t m = 0; m < COUNT(maxima); m++) {
				vec_options o = growths[g];
				size_t max = maxima[m];
				if (sizes[s] * max > 4 * MIB)
					continue;
				o.size = sizeof o;
				o.max = max;
				o.initial = g == 0 ? (max + 1) / 2 : 0;
				struct vbuf_vec v = make(sizes[s], &o);
				assert_int_equal(vbuf_vec_max(&v), max);
				void *room;
				size_t n = 0;
				while (vbuf_vec_prepare(&v, 1, &room) == VBUF_OK) {
					*(unsigned char *)room = (unsigned char)n;
					assert_ok(vbuf_vec_publish(&v, 1));
					if (vbuf_vec_capacity(&v) > max || ++n > max)
						fail_msg("more than %zu", max);
				}
				assert_int_equal(n, max);
				assert_int_equal(vbuf_vec_capacity(&v), max);
				assert_result(vbuf_vec_push(&v, v.data), VBUF_ERANGE);
				assert_result(vbuf_vec_resize(&v, max + 1), VBUF_ERANGE);
				assert_int_equal(*(unsigned char *)vbuf_vec_last(&v),
				                 (unsigned char)(max - 1));
				assert_ok(vbuf_vec_fini(&v));
			}
		}
	}
}

VBUF_VEC(bytes, unsigned char);

/* Defect 1 of the peers: there it was 4096, the page. */
static void
a_typed_vector_of_ten_with_room_for_one_takes_ten(void **state)
{
	vec_options o = { .size = sizeof o, .max = 10, .initial = 1 };
	struct bytes v;
	size_t n = 0;

	(void)state;
	assert_ok(bytes_init(&v, &o));
	while (n < 20 && bytes_push(&v, (unsigned char)n) == VBUF_OK)
		n++;
	assert_int_equal(n, 10);
	assert_int_equal(v.len, 10);
	assert_int_equal(bytes_capacity(&v), 10);
	assert_ok(bytes_fini(&v));
}

static void
the_initial_capacity_is_there_from_the_start(void **state)
{
	const size_t sizes[] = { 1, 3, 8, 4095 };
	const size_t initials[] = { 1, 100, 5000, 100000 };

	(void)state;
	for (size_t s = 0; s < COUNT(sizes); s++) {
		for (size_t i = 0; i < COUNT(initials); i++) {
			vec_options o = { .size = sizeof o, .initial = initials[i] };
			if (sizes[s] * initials[i] > 32 * MIB)
				continue;
			struct vbuf_vec v = make(sizes[s], &o);
			assert_true(vbuf_vec_capacity(&v) >= initials[i]);
			assert_int_equal(v.len, 0);
			assert_ok(vbuf_vec_resize(&v, initials[i]));
			assert_all(v.data, sizes[s] * initials[i], 0);
			assert_ok(vbuf_vec_fini(&v));
			o.max = initials[i];
			v = make(sizes[s], &o);
			assert_int_equal(vbuf_vec_capacity(&v), initials[i]);
			assert_ok(vbuf_vec_fini(&v));
		}
	}
}

/* The capacities that a vector goes through while elements are pushed. */
static size_t
capacities(struct vbuf_vec *v, size_t until, size_t *ret, size_t most)
{
	unsigned char element[64] = { 0 };
	size_t n = 0;

	while (v->len < until && n < most) {
		size_t capacity = vbuf_vec_capacity(v);
		if (n == 0 || ret[n - 1] != capacity)
			ret[n++] = capacity;
		assert_ok(vbuf_vec_resize(v, capacity));
		assert_int_equal(vbuf_vec_capacity(v), capacity);
		assert_ok(vbuf_vec_push(v, element));
	}
	return n;
}

static void
the_capacity_grows_as_the_options_say(void **state)
{
	const size_t ratios[][2] = { { 2, 1 }, { 3, 2 }, { 5, 4 }, { 10, 1 } };
	size_t c[64];

	(void)state;
	for (size_t r = 0; r < COUNT(ratios); r++) {
		vec_options o = { .size = sizeof o,
			          .growth = VBUF_VEC_GROW_EXPONENTIAL,
			          .growth_num = ratios[r][0],
			          .growth_den = ratios[r][1],
			          .recycle = VBUF_VEC_RECYCLE_NEVER };
		struct vbuf_vec v = make(64, &o);
		size_t n = capacities(&v, 100000, c, COUNT(c));
		assert_true(n > 2);              /* the first is a page, of 64 KiB perhaps */
		for (size_t i = 1; i < n; i++) { /* as asked, and up to the (huge) page */
			size_t least = c[i - 1] * ratios[r][0] / ratios[r][1];
			assert_true(c[i] >= least);
			assert_true(c[i] * 64 <=
			            least * 64 + (least * 64 < MIB / 2 ? PAGE : 4 * MIB));
		}
		assert_ok(vbuf_vec_fini(&v));
	}
	vec_options o = { .size = sizeof o,
		          .growth = VBUF_VEC_GROW_LINEAR,
		          .growth_num = 1000,
		          .recycle = VBUF_VEC_RECYCLE_NEVER };
	struct vbuf_vec v = make(64, &o);
	size_t n = capacities(&v, 10000, c, COUNT(c));
	assert_true(n > 3);
	for (size_t i = 1; i < n; i++)
		assert_true(c[i] >= c[i - 1] + 1000 && c[i] <= c[i - 1] + 1000 + PAGE / 64 + 1);
	assert_ok(vbuf_vec_fini(&v));
}

static void
element_and_header_are_aligned_as_asked_and_the_header_is_zero(void **state)
{
	const size_t aligns[] = { 0, 1, 16, 64, 128, 4096, 8192, 65536, MIB, 8 * MIB };
	const size_t headers[] = { 0, 1, 8, 100, 4096, 5000, MIB, 8 * MIB };

	(void)state;
	for (size_t a = 0; a < COUNT(aligns); a++) {
		for (size_t h = 0; h < COUNT(headers); h++) {
			for (size_t ha = 0; ha < COUNT(aligns); ha++) {
				vec_options o = { .size = sizeof o,
					          .align = aligns[a],
					          .header_size = headers[h],
					          .header_align = aligns[ha],
					          .max = 5000 };
				if (aligns[ha] && headers[h] % aligns[ha] != 0)
					continue;
				struct vbuf_vec v = make(24, &o);
				unsigned char *header = vbuf_vec_header(&v);
				size_t align = aligns[a] < 64 ? 64 : aligns[a];
				size_t ends = headers[h] < 8192 ? headers[h] : 8192;
				assert_int_equal((uintptr_t)v.data % align, 0);
				if (headers[h] == 0) {
					assert_null(header);
				} else {
					assert_ptr_equal(header, (char *)v.data - headers[h]);
					if (aligns[ha])
						assert_int_equal((uintptr_t)header % aligns[ha], 0);
					assert_all(header, headers[h] < 8192 ? headers[h] : 8192,
					           0);
					memset(header, 0xa5, headers[h]);
				}
				assert_ok(vbuf_vec_resize(&v, 5000));
				assert_all(v.data, 5000 * 24, 0);
				memset(v.data, 0x5a, 5000 * 24);
				assert_ok(vbuf_vec_truncate(&v, 0));
				assert_ok(vbuf_vec_shrink_to_fit(&v));
				assert_int_equal(vbuf_vec_max(&v), 5000);
				if (header) {
					assert_all(header, ends, 0xa5);
					assert_all(header + headers[h] - ends, ends, 0xa5);
				}
				assert_ok(vbuf_vec_fini(&v));
			}
		}
	}
}

/* The alignment of the type counts like that of the options, recycled or not. */
static void
a_type_aligned_beyond_the_page_is(void **state)
{
	struct vbuf_vec v[12], usual;

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 4; i++) {
			usual = make(8, NULL);
			assert_ok(vbuf_vec_fini(&usual)); /* something to recycle */
		}
		for (size_t i = 0; i < COUNT(v); i++) {
			size_t align = (size_t)1 << (12 + i); /* up to 8 MiB */
			assert_ok(vbuf_vec_init(&v[i], 2 * align, align, NULL));
			assert_int_equal((uintptr_t)v[i].data % align, 0);
			assert_ok(vbuf_vec_resize(&v[i], 2));
			memset(v[i].data, 1, 4 * align);
		}
		for (size_t i = 0; i < COUNT(v); i++)
			assert_ok(vbuf_vec_fini(&v[i]));
	}
}

static void
the_header_is_cloned_and_not_split(void **state)
{
	vec_options o = { .size = sizeof o, .header_size = 32, .header_align = 16, .max = 100 };
	struct vbuf_vec v = make(1, &o), other;

	(void)state;
	assert_ok(vbuf_vec_resize(&v, 10));
	memset(vbuf_vec_header(&v), 7, 32);
	assert_ok(vbuf_vec_clone(&v, &other));
	assert_all(vbuf_vec_header(&other), 32, 7);
	assert_int_equal(vbuf_vec_max(&other), 100);
	assert_ok(vbuf_vec_fini(&other));
	assert_ok(vbuf_vec_split_off(&v, 5, &other));
	assert_all(vbuf_vec_header(&other), 32, 0);
	assert_all(vbuf_vec_header(&v), 32, 7);
	assert_int_equal(vbuf_vec_max(&other), 100);
	assert_ok(vbuf_vec_fini(&other));

	struct vbuf buf;
	size_t offset;
	assert_ok(vbuf_vec_detach(&v, &buf, &offset));
	assert_all(buf.base + offset - 32, 32, 7);
	assert_ok(vbuf_vec_adopt(&v, &buf, offset, 5));
	assert_all(vbuf_vec_header(&v), 32, 7);
	assert_ok(vbuf_vec_freeze(&v));
	assert_true(access_faults(vbuf_vec_header(&v), ACCESS_WRITE));
	assert_ok(vbuf_vec_fini(&v));
}

/* Destructors: which elements, and how often. */
static unsigned destroyed[64];
static void *destroy_arg_seen;

static void
destroy(void *element, void *arg)
{
	destroyed[*(int *)element]++;
	destroy_arg_seen = arg;
}

VBUF_VEC(ints, int);

static struct ints
make_counted(int n)
{
	vec_options o = { .size = sizeof o, .destroy = destroy, .destroy_arg = destroyed };
	struct ints v;

	memset(destroyed, 0, sizeof destroyed);
	assert_ok(ints_init(&v, &o));
	for (int i = 0; i < n; i++)
		assert_ok(ints_push(&v, i));
	return v;
}

/* Those of [first, first + n) once; nothing else. Forgets them. */
static void
assert_destroyed(size_t first, size_t n)
{
	for (size_t i = 0; i < COUNT(destroyed); i++)
		if (destroyed[i] != (i >= first && i < first + n))
			fail_msg("element %zu destroyed %u times", i, destroyed[i]);
	assert_true(n == 0 || destroy_arg_seen == destroyed);
	memset(destroyed, 0, sizeof destroyed);
}

static void
the_destructor_runs_once_for_each_element_removed(void **state)
{
	struct ints v = make_counted(40);
	int x;

	(void)state;
	assert_destroyed(0, 0);
	assert_ok(ints_truncate(&v, 38));
	assert_destroyed(38, 2);
	assert_ok(ints_resize(&v, 36));
	assert_destroyed(36, 2);
	assert_ok(ints_resize_fill(&v, 34, 1));
	assert_destroyed(34, 2);
	assert_ok(ints_remove(&v, 33));
	assert_destroyed(33, 1);
	assert_ok(ints_remove(&v, 0));
	assert_destroyed(0, 1);
	assert_ok(ints_remove_n(&v, 4, 3)); /* holds 5, 6, 7 */
	assert_destroyed(5, 3);
	assert_ok(ints_swap_remove(&v, 0)); /* holds 1 */
	assert_destroyed(1, 1);
	assert_ok(ints_swap_remove(&v, v.len - 1));
	assert_destroyed(31, 1);
	assert_ok(ints_pop(&v, &x));
	assert_int_equal(x, 30);
	assert_ok(ints_pop(&v, NULL));
	assert_destroyed(0, 0); /* handed out, or so the caller said */
	assert_ok(ints_clear(&v));
	for (int i = 0; i < 40; i++) /* 2 to 4, 8 to 28, and 32, which took the place of 1 */
		assert_int_equal(destroyed[i],
		                 (i >= 2 && i <= 4) || (i >= 8 && i <= 28) || i == 32);
	memset(destroyed, 0, sizeof destroyed);
	assert_ok(ints_push(&v, 50));
	assert_ok(ints_fini(&v));
	assert_destroyed(50, 1);
	assert_ok(ints_fini(&v));
	assert_destroyed(0, 0);
}

static void
the_destructor_does_not_run_for_what_is_handed_on_or_refused(void **state)
{
	struct ints v = make_counted(10), tail;
	struct vbuf buf;
	size_t offset;

	(void)state;
	assert_result(ints_remove(&v, 10), VBUF_ERANGE);
	assert_result(ints_remove_n(&v, 5, 6), VBUF_ERANGE);
	assert_result(ints_swap_remove(&v, 10), VBUF_ERANGE);
	assert_result(ints_resize(&v, SIZE_MAX), VBUF_ERANGE);
	assert_ok(ints_truncate(&v, 10));
	assert_ok(ints_remove_n(&v, 5, 0));
	assert_ok(ints_shrink_to_fit(&v));
	assert_destroyed(0, 0);
	assert_ok(ints_split_off(&v, 6, &tail));
	assert_destroyed(0, 0);
	assert_ok(ints_fini(&tail)); /* where it has the destructor, too */
	assert_destroyed(6, 4);
	assert_ok(ints_detach(&v, &buf, &offset));
	assert_ok(ints_fini(&v));
	assert_destroyed(0, 0);
	assert_ok(ints_adopt(&v, &buf, offset, 6));
	assert_ok(ints_freeze(&v));
	assert_result(ints_clear(&v), VBUF_EPERM);
	assert_result(ints_pop(&v, NULL), VBUF_EPERM);
	assert_destroyed(0, 0);
	assert_ok(ints_fini(&v));
	assert_destroyed(0, 6);
}

/* What a reservation has of its options, seen in the buffer that detach gives. */
static struct vbuf
buffer_of(const vec_options *o)
{
	struct vbuf_vec v = make(8, o);
	struct vbuf buf;
	size_t offset;

	assert_ok(vbuf_vec_detach(&v, &buf, &offset));
	return buf;
}

static void
what_concerns_the_reservation_is_passed_on(void **state)
{
	struct vbuf plain, buf;

	(void)state;
	for (int huge = 0; huge < 3; huge++) {
		for (int fork = 0; fork < 3; fork++) {
			struct vbuf_options lower = { .size = sizeof lower,
				                      .huge = (enum vbuf_huge)huge,
				                      .fork = (enum vbuf_fork)fork,
				                      .no_dump = true,
				                      .name = "a vector" };
			vec_options o = { .size = sizeof o,
				          .max = 100000,
				          .huge = lower.huge,
				          .fork = lower.fork,
				          .no_dump = true,
				          .name = "a vector" };
			if (huge == VBUF_HUGE_DEFAULT && vbuf_huge_page_size() > 0 &&
			    vbuf_huge_page_size() <= 4 * MIB)
				lower.huge = VBUF_HUGE_PREFER; /* a vector's own default */
			if (vbuf_reserve(&plain, vbuf_align_up(800 * KIB, PAGE), &lower) ==
			    VBUF_ENOTSUP) {
				assert_result(try(8, 8, &o), VBUF_ENOTSUP);
				continue;
			}
			buf = buffer_of(&o);
			assert_int_equal(buf.attrs_, plain.attrs_);
			assert_int_equal(buf.unmet, plain.unmet);
			assert_string_equal(buf.name_, plain.name_);
			assert_ok(vbuf_unreserve(&plain));
			assert_ok(vbuf_unreserve(&buf));
		}
	}
	buf = buffer_of(NULL);
	assert_ok(vbuf_reserve(&plain, vbuf_align_up(800 * KIB, PAGE), NULL));
	assert_string_equal(buf.name_, plain.name_);
	assert_ok(vbuf_unreserve(&plain));
	assert_ok(vbuf_unreserve(&buf));
}

static void
a_large_vector_is_laid_out_for_huge_pages_unless_told_not_to(void **state)
{
	size_t huge = vbuf_huge_page_size();

	(void)state;
	if (huge == 0 || huge > 4 * MIB)
		skip();
	for (int policy = 0; policy < 3; policy++) {
		vec_options o = { .size = sizeof o,
			          .max = MIB,
			          .huge = (enum vbuf_huge)policy,
			          .recycle = VBUF_VEC_RECYCLE_NEVER };
		struct vbuf buf = buffer_of(&o);
		if (policy != VBUF_HUGE_NEVER)
			assert_int_equal((uintptr_t)buf.base % huge, 0);
		assert_ok(vbuf_unreserve(&buf));
	}
	/* Once large, what is committed ends with a huge page. */
	vec_options o = { .size = sizeof o, .recycle = VBUF_VEC_RECYCLE_NEVER };
	struct vbuf_vec v = make(8, &o);
	struct vbuf_vec_stats s;
	for (int i = 0; i < 20; i++) {
		assert_ok(vbuf_vec_resize(&v, v.len + 300000));
		assert_ok(vbuf_vec_get_stats(&v, &s, sizeof s));
		unsigned char *end = (unsigned char *)v.data + s.capacity * 8;
		assert_true(-(uintptr_t)end % huge < 8);
	}
	assert_ok(vbuf_vec_fini(&v));
}

static void
a_clone_has_the_name_when_the_callers_is_gone(void **state)
{
	char name[] = "short-lived";
	vec_options o = { .size = sizeof o, .max = 10, .name = name };
	struct vbuf_vec v = make(8, &o), copy;
	struct vbuf buf, buf_copy;
	size_t offset;

	(void)state;
	memset(name, 'x', sizeof name);
	assert_ok(vbuf_vec_clone(&v, &copy));
	assert_ok(vbuf_vec_detach(&v, &buf, &offset));
	assert_ok(vbuf_vec_detach(&copy, &buf_copy, &offset));
	assert_string_equal(buf.name_, buf_copy.name_);
	assert_null(memchr(buf_copy.name_, 'x', sizeof buf_copy.name_));
	assert_ok(vbuf_unreserve(&buf));
	assert_ok(vbuf_unreserve(&buf_copy));
}

static void
a_vector_split_or_cloned_to_itself_is_refused_whole(void **state)
{
	struct ints v = { 0 };

	(void)state;
	for (int i = 0; i < 10; i++)
		assert_ok(ints_push(&v, i));
	assert_result(ints_split_off(&v, 5, &v), VBUF_EINVAL);
	assert_result(ints_clone(&v, &v), VBUF_EINVAL);
	assert_int_equal(v.len, 10);
	for (int i = 0; i < 10; i++)
		assert_int_equal(v.data[i], i);
	assert_ok(ints_fini(&v));
}

static void
a_detach_that_is_refused_gives_nothing(void **state)
{
	struct ints v = { 0 };
	struct vbuf buf;
	size_t offset = 5;

	(void)state;
	memset(&buf, 0x55, sizeof buf);
	assert_result(ints_detach(&v, &buf, &offset), VBUF_EINVAL);
	assert_all((const unsigned char *)&buf, sizeof buf, 0);
	assert_int_equal(offset, 0);
}

/* What is done to the buffer in between stays: here, its policy for NUMA. */
static void
adopt_takes_the_buffer_as_it_is_now(void **state)
{
	struct ints v = { 0 };
	struct vbuf buf, again;
	size_t offset;

	(void)state;
	assert_ok(ints_push(&v, 1));
	assert_ok(ints_detach(&v, &buf, &offset));
	int err = vbuf_numa(&buf, VBUF_NUMA_INTERLEAVE, 1);
	uint32_t attrs = buf.attrs_;
	assert_ok(ints_adopt(&v, &buf, offset, 1));
	assert_ok(ints_detach(&v, &again, &offset));
	assert_int_equal(again.attrs_, attrs);
	assert_int_equal(again.numa_nodes_, err == VBUF_OK ? 1 : 0);
	assert_ok(vbuf_unreserve(&again));
	if (err != VBUF_OK) /* nothing to lose here */
		skip();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_options_and_options_of_zeros_are_the_defaults),
		cmocka_unit_test(options_of_another_version_are_read_or_refused),
		cmocka_unit_test(options_that_make_no_sense_are_refused),
		cmocka_unit_test(hostile_sizes_are_refused_by_init),
		cmocka_unit_test(hostile_sizes_are_refused_by_every_call),
		cmocka_unit_test(exactly_as_many_elements_as_the_maximum_are_taken),
		cmocka_unit_test(a_typed_vector_of_ten_with_room_for_one_takes_ten),
		cmocka_unit_test(the_initial_capacity_is_there_from_the_start),
		cmocka_unit_test(the_capacity_grows_as_the_options_say),
		cmocka_unit_test(element_and_header_are_aligned_as_asked_and_the_header_is_zero),
		cmocka_unit_test(a_type_aligned_beyond_the_page_is),
		cmocka_unit_test(the_header_is_cloned_and_not_split),
		cmocka_unit_test(the_destructor_runs_once_for_each_element_removed),
		cmocka_unit_test(the_destructor_does_not_run_for_what_is_handed_on_or_refused),
		cmocka_unit_test(what_concerns_the_reservation_is_passed_on),
		cmocka_unit_test(a_large_vector_is_laid_out_for_huge_pages_unless_told_not_to),
		cmocka_unit_test(a_clone_has_the_name_when_the_callers_is_gone),
		cmocka_unit_test(a_vector_split_or_cloned_to_itself_is_refused_whole),
		cmocka_unit_test(a_detach_that_is_refused_gives_nothing),
		cmocka_unit_test(adopt_takes_the_buffer_as_it_is_now),
	};

	return run_group("vec_options", tests);
}
