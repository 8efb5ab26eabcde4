/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <mutex>
#include <shared_mutex>
#include <vector>

#include "../standard.hpp"
#include "peers.h"

template <class Mutex, class ReadLock> class locked
{
	std::vector<uint64_t> v;
	Mutex m;

      public:
	locked()
	{
		/* winpthreads makes a lock when it is first used, and each of two threads one. */
		std::lock_guard<Mutex> guard(m);
	}
	void push_back(uint64_t x)
	{
		std::lock_guard<Mutex> guard(m);
		v.push_back(x);
	}
	void append(const uint64_t *from, std::size_t n)
	{
		std::lock_guard<Mutex> guard(m);
		v.insert(v.end(), from, from + n);
	}
	uint64_t at(uint64_t i)
	{
		ReadLock guard(m);
		return v[static_cast<std::size_t>(i)];
	}
	uint64_t look(uint64_t i)
	{
		ReadLock guard(m);
		return i < v.size() ? v[static_cast<std::size_t>(i)] : 0;
	}
	uint64_t raw(uint64_t i)
	{
		return v[static_cast<std::size_t>(i)];
	}
	uint64_t size()
	{
		ReadLock guard(m);
		return v.size();
	}
};

extern "C" {
extern const struct cvec_peer cvec_mutex, cvec_rwlock;
const struct cvec_peer cvec_mutex = peer_of<locked<std::mutex, std::lock_guard<std::mutex>>>();
const struct cvec_peer cvec_rwlock =
	peer_of<locked<std::shared_mutex, std::shared_lock<std::shared_mutex>>>();
}

const char *
cvec_std_version(void)
{
	return standard_library();
}
