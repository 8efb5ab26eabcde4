/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The vector: every operation, typed and not. Options are test_vec_options.c's
 * business, memory is test_vec_memory.c's. */
#include <vbuf/vec.h>

#include "access.h"
#include "system.h"
#include "test.h"

VBUF_VEC(ints, int);

/* A typed vector needs nothing but zeros. */
static void
ints_begin(struct ints *v)
{
	*v = (struct ints){ 0 };
}

/* The engine under the names of a typed vector, by the engine's own symbols. */
static void
engine_begin(struct vbuf_vec *v)
{
	assert_ok(vbuf_vec_init(v, sizeof(int), _Alignof(int), NULL));
}

static int
engine_push(struct vbuf_vec *v, int element)
{
	return vbuf_vec_push(v, &element);
}

static int
engine_prepare(struct vbuf_vec *v, size_t n, int **ret)
{
	void *room;
	int err = vbuf_vec_prepare(v, n, &room);

	*ret = room;
	return err;
}

static int
engine_insert(struct vbuf_vec *v, size_t i, int element)
{
	return vbuf_vec_insert(v, i, &element);
}

static int
engine_resize_fill(struct vbuf_vec *v, size_t n, int element)
{
	return vbuf_vec_resize_fill(v, n, &element);
}

static int
engine_stats(const struct vbuf_vec *v, struct vbuf_vec_stats *ret)
{
	return vbuf_vec_get_stats(v, ret, sizeof *ret);
}

static int *
engine_at(const struct vbuf_vec *v, size_t i)
{
	return vbuf_vec_at(v, i);
}

#define engine_fini vbuf_vec_fini
#define engine_push_n vbuf_vec_push_n
#define engine_append vbuf_vec_append
#define engine_publish vbuf_vec_publish
#define engine_insert_n vbuf_vec_insert_n
#define engine_resize vbuf_vec_resize
#define engine_reserve vbuf_vec_reserve
#define engine_reserve_exact vbuf_vec_reserve_exact
#define engine_prefault vbuf_vec_prefault
#define engine_pop vbuf_vec_pop
#define engine_remove vbuf_vec_remove
#define engine_remove_n vbuf_vec_remove_n
#define engine_swap_remove vbuf_vec_swap_remove
#define engine_truncate vbuf_vec_truncate
#define engine_clear vbuf_vec_clear
#define engine_shrink_to_fit vbuf_vec_shrink_to_fit
#define engine_first(v) ((int *)vbuf_vec_first(v))
#define engine_last(v) ((int *)vbuf_vec_last(v))
#define engine_capacity vbuf_vec_capacity
#define engine_max vbuf_vec_max
#define engine_header vbuf_vec_header
#define engine_split_off vbuf_vec_split_off
#define engine_clone vbuf_vec_clone
#define engine_freeze vbuf_vec_freeze
#define engine_detach vbuf_vec_detach
#define engine_adopt vbuf_vec_adopt
#define engine_ahead_begin vbuf_vec_ahead_begin

#define VEC ints
#define PREFIX ints
#include "vec_cases.h"
#undef VEC
#undef PREFIX
#define VEC vbuf_vec
#define PREFIX engine
#include "vec_cases.h"

static void
a_vector_of_zeros_is_empty_and_needs_no_end(void **state)
{
	struct ints v = { 0 };
	struct vbuf_vec_stats s;
	int *room;

	(void)state;
	assert_ok(ints_push_n(&v, NULL, 0));
	assert_ok(ints_append(&v, &v));
	assert_ok(ints_publish(&v, 0));
	assert_ok(ints_prepare(&v, 0, &room));
	assert_ok(ints_insert_n(&v, 0, NULL, 0));
	assert_ok(ints_resize(&v, 0));
	assert_ok(ints_resize_fill(&v, 0, 1));
	assert_ok(ints_reserve(&v, 0));
	assert_ok(ints_reserve_exact(&v, 0));
	assert_ok(ints_prefault(&v, 0));
	assert_ok(ints_remove_n(&v, 0, 0));
	assert_ok(ints_truncate(&v, 0));
	assert_ok(ints_clear(&v));
	assert_ok(ints_shrink_to_fit(&v));
	assert_ok(ints_stats(&v, &s));
	assert_true(s.len == 0 && s.capacity == 0 && s.max == 0 && s.reserved == 0 &&
	            s.committed == 0 && s.resident == 0);
	assert_int_equal(ints_capacity(&v), 0);
	assert_int_equal(ints_max(&v), 0);
	assert_result(ints_pop(&v, NULL), VBUF_ERANGE);
	assert_result(ints_remove(&v, 0), VBUF_ERANGE);
	assert_result(ints_swap_remove(&v, 0), VBUF_ERANGE);
	assert_result(ints_publish(&v, 1), VBUF_ERANGE);
	assert_result(ints_resize(&v, SIZE_MAX), VBUF_ERANGE);
	assert_result(ints_reserve(&v, SIZE_MAX), VBUF_ERANGE);
	assert_result(ints_prepare(&v, SIZE_MAX, &room), VBUF_ERANGE);
	assert_null(room);
	assert_all((const unsigned char *)&v, sizeof v, 0); /* all the while */
}

/* Each way to begin, on a vector that knows its type only. */
static void
whatever_comes_first_makes_the_vector(void **state)
{
	const int three[] = { 1, 2, 3 };
	struct ints v[10] = { { 0 } }, from = { 0 };
	int *room;

	(void)state;
	assert_ok(ints_push(&from, 4));
	assert_ok(ints_push(&v[0], 4));
	assert_ok(ints_push_n(&v[1], three, 3));
	assert_ok(ints_append(&v[2], &from));
	assert_ok(ints_insert(&v[3], 0, 4));
	assert_ok(ints_insert_n(&v[4], 0, three, 3));
	assert_ok(ints_resize(&v[5], 5));
	assert_ok(ints_resize_fill(&v[6], 5, 4));
	assert_ok(ints_reserve(&v[7], 5));
	assert_ok(ints_prepare(&v[8], 5, &room));
	assert_ok(ints_prefault(&v[9], 5));
	const size_t lens[] = { 1, 3, 1, 1, 3, 5, 5, 0, 0, 0 };
	for (int i = 0; i < 10; i++) {
		assert_non_null(v[i].data);
		assert_int_equal(v[i].len, lens[i]);
		assert_ok(ints_push(&v[i], 6));
		assert_int_equal(v[i].data[lens[i]], 6);
		ints_end(&v[i]);
	}
	ints_end(&from);
}

static void
the_engine_makes_no_vector_without_a_type(void **state)
{
	struct vbuf_vec v = { 0 }, other;
	int x = 1;
	void *room = &x;

	(void)state;
	assert_ok(vbuf_vec_init(&other, 4, 4, NULL));
	assert_ok(vbuf_vec_push(&other, &x));
	assert_result(vbuf_vec_push(&v, &x), VBUF_EINVAL);
	assert_result(vbuf_vec_push_n(&v, &x, 1), VBUF_EINVAL);
	assert_result(vbuf_vec_append(&v, &other), VBUF_EINVAL);
	assert_result(vbuf_vec_prepare(&v, 1, &room), VBUF_EINVAL);
	assert_null(room);
	assert_result(vbuf_vec_insert(&v, 0, &x), VBUF_EINVAL);
	assert_result(vbuf_vec_resize(&v, 1), VBUF_EINVAL);
	assert_result(vbuf_vec_resize_fill(&v, 1, &x), VBUF_EINVAL);
	assert_result(vbuf_vec_reserve(&v, 1), VBUF_EINVAL);
	assert_result(vbuf_vec_reserve_exact(&v, 1), VBUF_EINVAL);
	assert_result(vbuf_vec_prefault(&v, 1), VBUF_EINVAL);
	assert_ok(vbuf_vec_append(&other, &v));
	assert_int_equal(other.len, 1);
	assert_all((const unsigned char *)&v, sizeof v, 0);
	assert_ok(vbuf_vec_fini(&other));
}

static void
null_is_refused_by_every_call_of_the_engine(void **state)
{
	struct vbuf_vec v, other;
	struct vbuf_vec_stats s;
	struct vbuf_vec_ahead a;
	struct vbuf buf = { 0 };
	size_t offset;
	void *room;
	int x = 1;

	(void)state;
	assert_result(vbuf_vec_init(NULL, 4, 4, NULL), VBUF_EINVAL);
	assert_ok(vbuf_vec_fini(NULL));
	assert_result(vbuf_vec_push(NULL, &x), VBUF_EINVAL);
	assert_result(vbuf_vec_push_n(NULL, &x, 1), VBUF_EINVAL);
	assert_result(vbuf_vec_push_n(NULL, &x, 0), VBUF_EINVAL);
	assert_result(vbuf_vec_room_(NULL, 1), VBUF_EINVAL);
	assert_result(vbuf_vec_prepare(NULL, 1, &room), VBUF_EINVAL);
	assert_null(room);
	assert_result(vbuf_vec_publish(NULL, 0), VBUF_EINVAL);
	assert_result(vbuf_vec_insert(NULL, 0, &x), VBUF_EINVAL);
	assert_result(vbuf_vec_insert_n(NULL, 0, &x, 0), VBUF_EINVAL);
	assert_result(vbuf_vec_resize(NULL, 0), VBUF_EINVAL);
	assert_result(vbuf_vec_resize_fill(NULL, 0, &x), VBUF_EINVAL);
	assert_result(vbuf_vec_reserve(NULL, 0), VBUF_EINVAL);
	assert_result(vbuf_vec_reserve_exact(NULL, 0), VBUF_EINVAL);
	assert_result(vbuf_vec_prefault(NULL, 0), VBUF_EINVAL);
	assert_result(vbuf_vec_pop(NULL, &x), VBUF_EINVAL);
	assert_result(vbuf_vec_remove(NULL, 0), VBUF_EINVAL);
	assert_result(vbuf_vec_remove_n(NULL, 0, 0), VBUF_EINVAL);
	assert_result(vbuf_vec_swap_remove(NULL, 0), VBUF_EINVAL);
	assert_result(vbuf_vec_truncate(NULL, 0), VBUF_EINVAL);
	assert_result(vbuf_vec_clear(NULL), VBUF_EINVAL);
	assert_result(vbuf_vec_shrink_to_fit(NULL), VBUF_EINVAL);
	assert_result(vbuf_vec_get_stats(NULL, &s, sizeof s), VBUF_EINVAL);
	assert_result(vbuf_vec_split_off(NULL, 0, &other), VBUF_EINVAL);
	assert_result(vbuf_vec_clone(NULL, &other), VBUF_EINVAL);
	assert_null(other.control_);
	assert_result(vbuf_vec_freeze(NULL), VBUF_EINVAL);
	assert_result(vbuf_vec_detach(NULL, &buf, &offset), VBUF_EINVAL);
	assert_result(vbuf_vec_adopt(NULL, &buf, 0, 0), VBUF_EINVAL);
	assert_result(vbuf_vec_ahead_begin(&a, NULL, 1), VBUF_EINVAL);
	assert_result(vbuf_vec_ahead_step(NULL), VBUF_EINVAL);
	assert_result(vbuf_vec_ahead_end(NULL), VBUF_EINVAL);
	assert_result(vbuf_vec_cache_get_stats(NULL, 64), VBUF_EINVAL);
	assert_null(vbuf_vec_at(NULL, 0));
	assert_null(vbuf_vec_first(NULL));
	assert_null(vbuf_vec_last(NULL));
	assert_null(vbuf_vec_header(NULL));
	assert_int_equal(vbuf_vec_len(NULL), 0);
	assert_int_equal(vbuf_vec_capacity(NULL), 0);
	assert_int_equal(vbuf_vec_max(NULL), 0);

	assert_ok(vbuf_vec_init(&v, 4, 4, NULL));
	assert_ok(vbuf_vec_push(&v, &x));
	assert_result(vbuf_vec_push(&v, NULL), VBUF_EINVAL);
	assert_result(vbuf_vec_append(&v, NULL), VBUF_EINVAL);
	assert_result(vbuf_vec_append(NULL, &v), VBUF_EINVAL);
	assert_result(vbuf_vec_prepare(&v, 1, NULL), VBUF_EINVAL);
	assert_result(vbuf_vec_insert(&v, 0, NULL), VBUF_EINVAL);
	assert_result(vbuf_vec_resize_fill(&v, 2, NULL), VBUF_EINVAL);
	assert_result(vbuf_vec_split_off(&v, 0, NULL), VBUF_EINVAL);
	assert_result(vbuf_vec_split_off(&v, 0, &v), VBUF_EINVAL);
	assert_result(vbuf_vec_clone(&v, NULL), VBUF_EINVAL);
	assert_result(vbuf_vec_clone(&v, &v), VBUF_EINVAL);
	assert_result(vbuf_vec_detach(&v, NULL, &offset), VBUF_EINVAL);
	assert_result(vbuf_vec_detach(&v, &buf, NULL), VBUF_EINVAL);
	assert_result(vbuf_vec_ahead_begin(NULL, &v, 1), VBUF_EINVAL);
	assert_result(vbuf_vec_get_stats(&v, NULL, sizeof s), VBUF_EINVAL);
	assert_result(vbuf_vec_get_stats(&v, &s, sizeof s - 1), VBUF_EINVAL);
	assert_int_equal(v.len, 1);
	assert_int_equal(*(int *)v.data, 1);
	assert_ok(vbuf_vec_pop(&v, NULL));
	assert_ok(vbuf_vec_fini(&v));
}

static void
vectors_of_other_elements_are_not_appended(void **state)
{
	struct vbuf_vec a, b;
	int64_t x = 5;

	(void)state;
	assert_ok(vbuf_vec_init(&a, 4, 4, NULL));
	assert_ok(vbuf_vec_init(&b, 8, 8, NULL));
	assert_ok(vbuf_vec_push(&b, &x));
	assert_result(vbuf_vec_append(&a, &b), VBUF_EINVAL);
	assert_int_equal(a.len, 0);
	assert_ok(vbuf_vec_fini(&a));
	assert_ok(vbuf_vec_fini(&b));
}

static void
a_larger_struct_of_stats_gets_zeros_behind_what_is_known(void **state)
{
	struct {
		struct vbuf_vec_stats known;
		size_t later[4];
	} s;
	struct {
		struct vbuf_vec_cache known;
		size_t later[4];
	} c;
	struct ints v = { 0 };

	(void)state;
	assert_ok(ints_push(&v, 1));
	memset(&s, 0x55, sizeof s);
	memset(&c, 0x55, sizeof c);
	assert_ok(vbuf_vec_get_stats((struct vbuf_vec *)&v, &s.known, sizeof s));
	assert_int_equal(s.known.len, 1);
	assert_all((const unsigned char *)s.later, sizeof s.later, 0);
	assert_ok(vbuf_vec_cache_get_stats(&c.known, sizeof c));
	assert_true(c.known.slots > 0 && c.known.used <= c.known.slots);
	assert_all((const unsigned char *)c.later, sizeof c.later, 0);
	assert_result(vbuf_vec_cache_get_stats(&c.known, sizeof c.known - 1), VBUF_EINVAL);
	ints_end(&v);
}

static void
elements_of_every_size_come_out_as_they_went_in(void **state)
{
	const size_t sizes[] = { 1, 3, 24, 4095, 4096, 4097, MIB };

	(void)state;
	for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
		size_t size = sizes[s];
		size_t n = size < 4095 ? 20000 : size < MIB ? 700 : 5;
		unsigned char *e = malloc(size);
		struct vbuf_vec v, copy;

		assert_non_null(e);
		assert_ok(vbuf_vec_init(&v, size, 1, NULL));
		for (size_t i = 0; i < n; i++) {
			memset(e, (int)(i % 251), size);
			assert_ok(vbuf_vec_push(&v, e));
		}
		assert_ok(vbuf_vec_clone(&v, &copy));
		memset(e, 251, size);
		assert_ok(vbuf_vec_insert(&v, 1, e));
		assert_ok(vbuf_vec_swap_remove(&v, 1)); /* the last is second now */
		assert_ok(vbuf_vec_insert_n(&v, 2, vbuf_vec_at(&v, 1), 2));
		assert_all(vbuf_vec_at(&v, 0), size, 0);
		for (size_t i = 1; i < 4; i++)
			assert_all(vbuf_vec_at(&v, i), size,
			           (unsigned char)((i < 3 ? n - 1 : 1) % 251));
		assert_ok(vbuf_vec_remove_n(&v, 1, 3));
		assert_int_equal(v.len, n - 1);
		for (size_t i = n - 1; i-- > 1;) {
			assert_ok(vbuf_vec_pop(&v, e));
			assert_all(e, size, (unsigned char)(i % 251));
		}
		assert_int_equal(v.len, 1);
		assert_int_equal(copy.len, n);
		assert_all(vbuf_vec_last(&copy), size, (unsigned char)((n - 1) % 251));
		assert_ok(vbuf_vec_resize(&copy, n + 2));
		assert_all(vbuf_vec_last(&copy), size, 0);
		assert_ok(vbuf_vec_resize_fill(&copy, n + 5, e));
		assert_memory_equal(vbuf_vec_last(&copy), e, size);
		free(e);
		assert_ok(vbuf_vec_fini(&v));
		assert_ok(vbuf_vec_fini(&copy));
	}
}

static void
foreach_visits_what_is_pushed_meanwhile(void **state)
{
	struct ints v = { 0 };
	size_t visits = 0;

	(void)state;
	VBUF_VEC_FOREACH(ints, it, &v)
		visits++;
	assert_int_equal(visits, 0);
	assert_ok(ints_push(&v, 0));
	VBUF_VEC_FOREACH(ints, it, &v) {
		visits++;
		if (*it < 100000)
			assert_ok(ints_push(&v, *it + 1));
	}
	assert_int_equal(visits, 100001);
	ints_end(&v);
}

static void
foreach_breaks_and_continues_as_a_for_statement_does(void **state)
{
	struct ints v = { 0 };
	int sum = 0, last = 0;

	(void)state;
	for (int i = 0; i < 100; i++)
		assert_ok(ints_push(&v, i));
	VBUF_VEC_FOREACH(ints, it, &v) {
		if (*it % 2 == 0)
			continue;
		if (*it > 9)
			break;
		VBUF_VEC_FOREACH(ints, other, &v) /* its break is not ours */
			if (*other == *it)
				break;
		sum += *it;
		last = *it;
	}
	assert_int_equal(sum, 1 + 3 + 5 + 7 + 9);
	assert_int_equal(last, 9);
	ints_end(&v);
}

VBUF_VEC(texts, char *);
VBUF_VEC(constants, const char *);

static void
pointers_are_elements_like_any_other(void **state)
{
	char a[] = "a", b[] = "b";
	char *const both[] = { a, b };
	const char *const names[] = { "x", "y" };
	struct texts t = { 0 };
	struct constants c = { 0 };
	char **room;

	(void)state;
	assert_ok(texts_push(&t, a));
	assert_ok(texts_push_n(&t, both, 2));
	assert_ok(texts_insert_n(&t, 0, both, 2));
	assert_ok(texts_prepare(&t, 1, &room));
	room[0] = b;
	assert_ok(texts_publish(&t, 1));
	assert_int_equal(t.len, 6);
	VBUF_VEC_FOREACH(texts, it, &t)
		(*it)[0] = 'z';
	assert_true(a[0] == 'z' && b[0] == 'z');
	assert_ok(constants_push(&c, names[1]));
	assert_ok(constants_push_n(&c, names, 2));
	assert_ok(constants_insert(&c, 0, *constants_last(&c)));
	assert_string_equal(c.data[0], "y");
	assert_ok(texts_fini(&t));
	assert_ok(constants_fini(&c));
}

static int evaluated;

static int
evaluate(int value)
{
	evaluated++;
	return value;
}

static void
arguments_are_evaluated_once(void **state)
{
	struct ints pair[2] = { { 0 }, { 0 } }, *at = pair;

	(void)state;
	assert_ok(ints_push(at++, evaluate(1)));
	assert_ptr_equal(at, pair + 1);
	assert_int_equal(evaluated, 1);
	assert_int_equal(pair[0].len, 1);
	assert_ok(ints_push(pair, 2));
	VBUF_VEC_FOREACH(ints, it, --at)
		*it += 5;
	assert_ptr_equal(at, pair);
	assert_int_equal(pair[0].data[0], 6);
	assert_int_equal(pair[0].data[1], 7);
	at++;
	assert_ok(ints_pop(--at, NULL));
	assert_ptr_equal(at, pair);
	assert_int_equal(pair[0].len, 1);
	ints_end(&pair[0]);
}

/* What the inline calls rely on, and other languages bind to. */
_Static_assert(sizeof(struct vbuf_vec) == 5 * sizeof(void *), "part of the ABI");
_Static_assert(sizeof(struct ints) == sizeof(struct vbuf_vec), "the same in all vectors");
_Static_assert(offsetof(struct ints, control_) == offsetof(struct vbuf_vec, control_), "likewise");
_Static_assert(sizeof(struct vbuf_vec_options) == (sizeof(void *) == 8 ? 112 : 68), "ABI");
_Static_assert(sizeof(struct vbuf_vec_stats) == 6 * sizeof(size_t), "part of the ABI");

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define COMMON(name) cmocka_unit_test(ints_##name)
		COMMON_TESTS,
#undef COMMON
#define COMMON(name) cmocka_unit_test(engine_##name)
		COMMON_TESTS,
		cmocka_unit_test(a_vector_of_zeros_is_empty_and_needs_no_end),
		cmocka_unit_test(whatever_comes_first_makes_the_vector),
		cmocka_unit_test(the_engine_makes_no_vector_without_a_type),
		cmocka_unit_test(null_is_refused_by_every_call_of_the_engine),
		cmocka_unit_test(vectors_of_other_elements_are_not_appended),
		cmocka_unit_test(a_larger_struct_of_stats_gets_zeros_behind_what_is_known),
		cmocka_unit_test(elements_of_every_size_come_out_as_they_went_in),
		cmocka_unit_test(foreach_visits_what_is_pushed_meanwhile),
		cmocka_unit_test(foreach_breaks_and_continues_as_a_for_statement_does),
		cmocka_unit_test(pointers_are_elements_like_any_other),
		cmocka_unit_test(arguments_are_evaluated_once),
	};

	return run_group("vec", tests);
}
