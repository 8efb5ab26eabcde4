/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The typed vector from C++17. CMocka's header is C only, so this speaks TAP itself. */
#include <vbuf/vec.h>

#include <algorithm>
#include <cstdio>
#include <numeric>

namespace
{
struct point {
	double x, y;
};

enum class colour : unsigned char { red, green };

struct alignas(256) wide {
	int value;
};
} // namespace

VBUF_VEC(points, point);
VBUF_VEC(colours, colour);
VBUF_VEC(wides, wide);
VBUF_VEC(ints, int);
VBUF_VEC(names, const char *);

namespace
{
/* A local vector in a namespace of the user's, too. */
VBUF_VEC(inner, long);

int failures;

void
check(bool holds, const char *what, int line)
{
	if (!holds) {
		std::printf("# line %d: %s\n", line, what);
		failures++;
	}
}
#define CHECK(what) check((what), #what, __LINE__)

void
elements_are_typed()
{
	points p = {};
	colours c = {};
	names n = {};

	CHECK(points_push(&p, { 1, 2 }) == VBUF_OK);
	CHECK(points_push(&p, point{ 3, 4 }) == VBUF_OK);
	CHECK(p.data[1].y == 4 && p.len == 2 && points_len(&p) == 2);
	point last{};
	CHECK(points_pop(&p, &last) == VBUF_OK && last.x == 3);
	CHECK(points_pop(&p, nullptr) == VBUF_OK);
	CHECK(points_pop(&p, nullptr) == VBUF_ERANGE);
	CHECK(colours_resize_fill(&c, 100, colour::green) == VBUF_OK);
	CHECK(std::all_of(c.data, c.data + c.len, [](colour x) { return x == colour::green; }));
	CHECK(names_push(&n, "a") == VBUF_OK && n.data[0][0] == 'a');
	CHECK(points_fini(&p) == VBUF_OK && colours_fini(&c) == VBUF_OK &&
	      names_fini(&n) == VBUF_OK);
	CHECK(p.data == nullptr && p.len == 0);
}

void
elements_are_a_range_for_algorithms()
{
	ints v{};

	CHECK(ints_resize(&v, 100000) == VBUF_OK);
	std::iota(v.data, v.data + v.len, 0);
	std::reverse(v.data, v.data + v.len);
	CHECK(*ints_first(&v) == 99999 && *ints_last(&v) == 0 && *ints_at(&v, 1) == 99998);
	std::sort(v.data, v.data + v.len);
	CHECK(std::is_sorted(v.data, v.data + v.len));
	long long sum = 0;
	VBUF_VEC_FOREACH(ints, it, &v)
		sum += *it;
	CHECK(sum == 99999LL * 50000);
	CHECK(ints_fini(&v) == VBUF_OK);
}

void
every_operation_compiles_and_works()
{
	vbuf_vec_options o{};
	o.size = sizeof o;
	o.max = 100000;
	o.header_size = 64;
	ints v, other;
	int *room;
	const int three[] = { 1, 2, 3 };

	CHECK(ints_init(&v, &o) == VBUF_OK);
	CHECK(ints_header(&v) != nullptr && ints_max(&v) == 100000);
	CHECK(ints_push_n(&v, three, 3) == VBUF_OK && ints_append(&v, &v) == VBUF_OK);
	CHECK(ints_insert(&v, 0, 0) == VBUF_OK && ints_insert_n(&v, 1, three, 3) == VBUF_OK);
	CHECK(ints_prepare(&v, 2, &room) == VBUF_OK);
	room[0] = room[1] = 8;
	CHECK(ints_publish(&v, 2) == VBUF_OK && v.len == 12);
	CHECK(ints_remove(&v, 0) == VBUF_OK && ints_remove_n(&v, 0, 2) == VBUF_OK);
	CHECK(ints_swap_remove(&v, 0) == VBUF_OK && v.data[0] == 8 && v.len == 8);
	CHECK(ints_reserve(&v, 50000) == VBUF_OK && ints_reserve_exact(&v, 60000) == VBUF_OK);
	CHECK(ints_prefault(&v, 60000) == VBUF_OK && ints_capacity(&v) >= 60000);
	CHECK(ints_resize(&v, 20) == VBUF_OK && v.data[19] == 0);
	CHECK(ints_truncate(&v, 10) == VBUF_OK && ints_shrink_to_fit(&v) == VBUF_OK);
	CHECK(ints_split_off(&v, 5, &other) == VBUF_OK && other.len == 5);
	CHECK(ints_fini(&other) == VBUF_OK);
	CHECK(ints_clone(&v, &other) == VBUF_OK && other.len == 5 && other.data[0] == 8);
	struct vbuf_vec_stats s; /* its name is also a function's */
	CHECK(ints_stats(&other, &s) == VBUF_OK && s.len == 5);
	vbuf buffer;
	size_t offset;
	CHECK(ints_detach(&other, &buffer, &offset) == VBUF_OK);
	CHECK(ints_adopt(&other, &buffer, offset, 5) == VBUF_OK && other.data[0] == 8);
	vbuf_vec_ahead ahead;
	CHECK(ints_ahead_begin(&ahead, &other, 1 << 16) == VBUF_OK);
	CHECK(vbuf_vec_ahead_step(&ahead) >= 0 && vbuf_vec_ahead_end(&ahead) == VBUF_OK);
	CHECK(ints_freeze(&other) == VBUF_OK && ints_push(&other, 1) == VBUF_EPERM);
	CHECK(ints_clear(&v) == VBUF_OK && ints_first(&v) == nullptr);
	CHECK(ints_fini(&v) == VBUF_OK && ints_fini(&other) == VBUF_OK);
}

void
an_aligned_type_is_aligned()
{
	wides v{};
	inner i{};

	for (int n = 0; n < 1000; n++)
		CHECK(wides_push(&v, wide{ n }) == VBUF_OK);
	CHECK(reinterpret_cast<uintptr_t>(v.data) % 256 == 0 && v.data[999].value == 999);
	CHECK(wides_fini(&v) == VBUF_OK);
	CHECK(inner_push(&i, 5) == VBUF_OK && inner_fini(&i) == VBUF_OK);
}
} // namespace

int
main()
{
	const struct {
		void (*run)();
		const char *name;
	} tests[] = {
		{ elements_are_typed, "elements_are_typed" },
		{ elements_are_a_range_for_algorithms, "elements_are_a_range_for_algorithms" },
		{ every_operation_compiles_and_works, "every_operation_compiles_and_works" },
		{ an_aligned_type_is_aligned, "an_aligned_type_is_aligned" },
	};
	int number = 0, bad = 0;

	std::printf("1..%d\n", static_cast<int>(sizeof tests / sizeof *tests));
	for (const auto &test : tests) {
		failures = 0;
		test.run();
		std::printf("%s %d - %s\n", failures ? "not ok" : "ok", ++number, test.name);
		bad += failures != 0;
	}
	return bad != 0;
}
