/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * A peer in C++: a class V with push_back(x), append(from, n), at(i), look(i) and size(), all
 * for any thread, and raw(i), once all is there. look(i) is 0 where there is none.
 */
#ifndef BENCH_CVEC_PEERS_H
#define BENCH_CVEC_PEERS_H

#include <cstddef>
#include <new>

#include "cvec.h"

template <class V> struct peer {
	static V *v;

	static bool open(uint64_t)
	{
		v = new (std::nothrow) V;
		return v != nullptr;
	}
	static void close()
	{
		delete v;
		v = nullptr;
	}
	static bool push(uint64_t from, uint64_t n)
	{
		for (uint64_t i = 0; i < n; i++)
			v->push_back(from + i);
		return true;
	}
	static bool push_n(uint64_t from, uint64_t n)
	{
		uint64_t some[CVEC_MANY];
		for (uint64_t i = 0; i < CVEC_MANY; i++)
			some[i] = from + i;
		for (uint64_t i = 0; i < n; i += CVEC_MANY)
			v->append(some, CVEC_MANY);
		return true;
	}
	static uint64_t get(uint64_t n)
	{
		uint64_t sum = 0;
		for (uint64_t i = 0; i < n; i++)
			sum += v->at(i);
		return sum;
	}
	static uint64_t unchecked(uint64_t n)
	{
		uint64_t sum = 0;
		for (uint64_t i = 0; i < n; i++)
			sum += v->raw(i);
		return sum;
	}
	static uint64_t look(uint64_t i)
	{
		return v->look(i);
	}
	static uint64_t len()
	{
		return v->size();
	}
};

template <class V> V *peer<V>::v;

/* Without designated initialisers, which C++17 lacks. */
template <class V>
constexpr cvec_peer
peer_of()
{
	return { nullptr,         peer<V>::open, peer<V>::close, peer<V>::push,
		 peer<V>::push_n, nullptr,       peer<V>::get,   peer<V>::unchecked,
		 nullptr,         nullptr,       peer<V>::look,  peer<V>::len };
}

#endif
