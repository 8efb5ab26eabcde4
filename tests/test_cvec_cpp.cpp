/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The concurrent vector from C++17; TAP by hand, as CMocka is for C. */
#include <cstdio>
#include <thread>
#include <vector>

#include <vbuf/cvec.h>

namespace
{

struct alignas(32) pair {
	std::size_t thread, number;
};
VBUF_CVEC(pairs, pair);

int failures;

void
check(bool holds, int number, const char *what)
{
	std::printf("%s %d - %s\n", holds ? "ok" : "not ok", number, what);
	failures += !holds;
}

constexpr std::size_t THREADS = 3, PUSHES = 20000;

bool
push_by_threads(pairs x)
{
	std::vector<std::thread> threads;
	bool good[THREADS] = {};

	for (std::size_t t = 0; t < THREADS; t++)
		threads.emplace_back([x, t, &good] {
			bool all = true;
			for (std::size_t i = 0; i < PUSHES; i++)
				all = all && pairs_push(x, pair{ t, i }, nullptr) == VBUF_OK;
			good[t] = all;
		});
	for (auto &t : threads)
		t.join();
	return good[0] && good[1] && good[2];
}

} // namespace

int
main()
{
	vbuf_cvec_options o = {};
	pairs x;
	std::size_t next[THREADS] = {}, bad = 0;

	std::puts("1..5");
	o.size = sizeof o;
	o.max = THREADS * PUSHES;
	check(pairs_create(&x, &o) == VBUF_OK, 1, "a vector is created");
	check(push_by_threads(x), 2, "threads of C++ push to it");
	check(pairs_prefix(x) == THREADS * PUSHES, 3, "all is published");
	for (std::size_t i = 0; i < pairs_prefix_seen(x); i++) {
		const pair *p = pairs_get(x, i);
		bad += !p || p->thread >= THREADS || p->number != next[p->thread]++ ||
		       reinterpret_cast<std::uintptr_t>(p) % alignof(pair) != 0;
	}
	check(bad == 0, 4, "each thread's elements are in its order");
	check(pairs_destroy(&x) == VBUF_OK && !x.v, 5, "it is destroyed");
	return failures != 0;
}
