/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <tbb/concurrent_vector.h>
#include <tbb/version.h>

#include <cstdio>

#include "peers.h"

class tbb_vector
{
	tbb::concurrent_vector<uint64_t> v;

      public:
	void push_back(uint64_t x)
	{
		v.push_back(x);
	}
	void append(const uint64_t *from, std::size_t n)
	{
		v.grow_by(from, from + n);
	}
	uint64_t at(uint64_t i)
	{
		return v[static_cast<std::size_t>(i)];
	}
	uint64_t look(uint64_t i)
	{
		return i < v.size() ? v[static_cast<std::size_t>(i)] : 0;
	}
	uint64_t raw(uint64_t i)
	{
		return v[static_cast<std::size_t>(i)];
	}
	uint64_t size()
	{
		return v.size();
	}
};

extern "C" {
extern const struct cvec_peer cvec_tbb;
const struct cvec_peer cvec_tbb = peer_of<tbb_vector>();
}

const char *
cvec_tbb_version(void)
{
	static char text[64];

	std::snprintf(text, sizeof text, "%s (headers: %d.%d)", TBB_runtime_version(),
	              TBB_VERSION_MAJOR, TBB_VERSION_MINOR);
	return text;
}
