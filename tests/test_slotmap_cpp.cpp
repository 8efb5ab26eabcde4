/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The typed slotmap from C++17. CMocka's header is C only, so this speaks TAP itself. */
#include <vbuf/slotmap.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

namespace
{
struct alignas(64) conn {
	int fd;
	double weight;
};

enum class colour : unsigned char { red, green };
} // namespace

VBUF_SLOTMAP(conns, conn);
VBUF_SLOTMAP(colours, colour);
VBUF_SLOTMAP(names, const char *);

namespace
{
/* A local map in a namespace of the user's, too; of objects that need a destructor. */
VBUF_SLOTMAP(texts, std::string *);

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

vbuf_slotmap_options
options(size_t max)
{
	vbuf_slotmap_options o{};
	o.size = sizeof o;
	o.max = max;
	return o;
}

void
elements_are_typed()
{
	auto o = options(1000);
	conns x;
	colours c;
	names n;
	conns_handle h{}, g{};
	colours_handle ch{};
	names_handle nh{};
	vbuf_record *r = nullptr;

	CHECK(conns_create(&x, &o) == VBUF_OK);
	CHECK(vbuf_domain_attach(conns_domain(x), &r) == VBUF_OK);
	CHECK(conns_insert(x, r, { 3, 0.5 }, &h) == VBUF_OK);
	CHECK(conns_insert(x, r, conn{ 4, 1.5 }, &g) == VBUF_OK);
	vbuf_pin(r);
	conn *found = conns_get(x, r, h);
	CHECK(found && found->fd == 3 && found->weight == 0.5);
	CHECK(reinterpret_cast<uintptr_t>(found) % 64 == 0);
	vbuf_unpin(r);
	CHECK(conns_remove(x, r, h) == VBUF_OK && !conns_contains(x, h) && conns_contains(x, g));
	CHECK(vbuf_domain_detach(&r) == VBUF_OK);
	CHECK(conns_destroy(&x) == VBUF_OK && x.m == nullptr);
	CHECK(colours_create(&c, &o) == VBUF_OK);
	CHECK(colours_insert(c, colours_exclusive(c), colour::green, &ch) == VBUF_OK);
	CHECK(*colours_get(c, colours_exclusive(c), ch) == colour::green);
	CHECK(colours_destroy(&c) == VBUF_OK);
	CHECK(names_create(&n, &o) == VBUF_OK);
	CHECK(names_insert(n, names_exclusive(n), "a", &nh) == VBUF_OK);
	CHECK((*names_get(n, names_exclusive(n), nh))[0] == 'a');
	CHECK(names_destroy(&n) == VBUF_OK);
}

void
every_operation_compiles_and_works()
{
	auto o = options(1000);
	o.tag_bits = 4;
	conns x;
	conns_handle h{}, no{};
	conn *slot, taken{};
	bool used;

	CHECK(conns_create(&x, &o) == VBUF_OK);
	vbuf_record *r = conns_exclusive(x);
	CHECK(conns_insert_tagged(x, r, 5, conn{ 1, 1 }, &h) == VBUF_OK);
	CHECK(vbuf_slotmap_tag(x.m, h.bits) == 5);
	CHECK(conns_take(x, h, &taken) == VBUF_OK && taken.fd == 1);
	CHECK(conns_claim(x, r, 1, &h, &slot, &used) == VBUF_OK && !used);
	*slot = conn{ 2, 2 };
	conns_publish(x, r, h);
	CHECK(conns_claim(x, r, 0, &no, &slot, nullptr) == VBUF_OK);
	conns_abandon(x, r, no);
	CHECK(conns_copy(x, h, &taken) == VBUF_EPERM);
	vbuf_slotmap_iter it;
	conns_iter_init(&it, x, r);
	CHECK(conns_iter_next(&it)->fd == 2 && conns_iter_handle(&it).bits == h.bits);
	CHECK(conns_iter_next(&it) == nullptr);
	conns_iter_init(&it, x, r);
	CHECK(conns_iter_next_value(&it)->fd == 2 && conns_iter_next_value(&it) == nullptr);
	CHECK(conns_invalidate(x, r, h) == VBUF_OK && conns_len(x) == 0);
	CHECK(conns_remove_invalidated(x, r, h) == VBUF_OK);
	CHECK(conns_insert(x, r, conn{ 1, 1 }, &h) == VBUF_OK);
	CHECK(conns_reclaim(x, r, 0) == 0);
	vbuf_slotmap_stats s; /* its name is also a function's */
	CHECK(conns_get_stats(x, &s, sizeof s) == VBUF_OK && s.len == 1);
	CHECK(conns_clear(x) == VBUF_OK && conns_trim(x) == VBUF_OK && conns_len(x) == 0);
	CHECK(conns_destroy(&x) == VBUF_OK);
}

void
destructors_of_cpp_run()
{
	auto o = options(1000);
	static int dead;
	texts x;
	std::vector<texts_handle> all(500);

	dead = 0;
	o.destroy = [](void *element, void *) {
		delete *static_cast<std::string **>(element);
		dead++;
	};
	CHECK(texts_create(&x, &o) == VBUF_OK);
	for (auto &h : all)
		CHECK(texts_insert(x, texts_exclusive(x), new std::string(100, 'x'), &h) ==
		      VBUF_OK);
	std::for_each(all.begin(), all.begin() + 250, [x](texts_handle h) {
		CHECK(texts_remove(x, texts_exclusive(x), h) == VBUF_OK);
	});
	CHECK(dead == 250);
	CHECK(texts_destroy(&x) == VBUF_OK);
	CHECK(dead == 500);
}

void
threads_of_cpp_share_a_map()
{
	constexpr int THREADS = 3, EACH = 5000;
	auto o = options(THREADS * EACH);
	std::vector<std::thread> threads;
	bool good[THREADS] = {};
	conns x;

	CHECK(conns_create(&x, &o) == VBUF_OK);
	for (int t = 0; t < THREADS; t++)
		threads.emplace_back([x, t, &good] {
			vbuf_record *r;
			bool all = vbuf_domain_self(conns_domain(x), &r) == VBUF_OK;
			for (int i = 0; i < EACH && all; i++) {
				conns_handle h{};
				all = conns_insert(x, r, conn{ t, double(i) }, &h) == VBUF_OK;
				vbuf_pin(r);
				conn *c = conns_get(x, r, h);
				all = all && c && c->fd == t && c->weight == i;
				vbuf_unpin(r);
				if (i % 2)
					all = all && conns_remove(x, r, h) == VBUF_OK;
			}
			good[t] = all;
		});
	for (auto &t : threads)
		t.join();
	CHECK(std::all_of(good, good + THREADS, [](bool g) { return g; }));
	CHECK(conns_len(x) == THREADS * EACH / 2);
	CHECK(conns_destroy(&x) == VBUF_OK);
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
		{ every_operation_compiles_and_works, "every_operation_compiles_and_works" },
		{ destructors_of_cpp_run, "destructors_of_cpp_run" },
		{ threads_of_cpp_share_a_map, "threads_of_cpp_share_a_map" },
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
