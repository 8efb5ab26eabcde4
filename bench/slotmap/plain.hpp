/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * The plain slotmap: a vector of slots with a list of the free ones through them, and
 * generations, which are odd while the slot is taken.
 */
#ifndef BENCH_SLOTMAP_PLAIN_HPP
#define BENCH_SLOTMAP_PLAIN_HPP

#include <cstddef>
#include <new>
#include <vector>

#include "smap.h"

class plain_map
{
	static constexpr uint32_t none = UINT32_MAX;

	struct slot {
		union {
			smap_value value;
			uint32_t next;
		};
		uint32_t generation;
	};
	std::vector<slot> slots;
	uint32_t free = none;

	static uint64_t handle(uint32_t i, uint32_t generation)
	{
		return static_cast<uint64_t>(generation) << 32 | i;
	}

      public:
	uint64_t insert(const smap_value &v)
	{
		uint32_t i = free;
		if (i == none) {
			slot s;
			s.value = v;
			s.generation = 1;
			slots.push_back(s);
			return handle(static_cast<uint32_t>(slots.size() - 1), 1);
		}
		slot &s = slots[i];
		free = s.next;
		s.value = v;
		return handle(i, ++s.generation);
	}
	const smap_value *get(uint64_t h) const
	{
		std::size_t i = static_cast<uint32_t>(h);
		if (i >= slots.size() || slots[i].generation != static_cast<uint32_t>(h >> 32))
			return nullptr;
		return &slots[i].value;
	}
	bool remove(uint64_t h)
	{
		if (!get(h))
			return false;
		uint32_t i = static_cast<uint32_t>(h);
		slots[i].generation++;
		slots[i].next = free;
		free = i;
		return true;
	}
	uint64_t sum() const
	{
		uint64_t sum = 0;
		for (const slot &s : slots)
			if (s.generation & 1)
				sum += s.value.a;
		return sum;
	}
	uint64_t sum_with_handles() const
	{
		uint64_t sum = 0, all = 0;
		for (std::size_t i = 0; i < slots.size(); i++) {
			if (!(slots[i].generation & 1))
				continue;
			sum += slots[i].value.a;
			all += handle(static_cast<uint32_t>(i), slots[i].generation);
		}
		return all ? sum : 0;
	}
};

static plain_map *the_map;

static bool
map_open(const struct smap_how *, uint64_t)
{
	the_map = new (std::nothrow) plain_map;
	return the_map != nullptr;
}

static void
map_close()
{
	delete the_map;
	the_map = nullptr;
}

struct smap_thread {
	plain_map *map;
};

static inline bool
smap_enter(smap_thread *t)
{
	t->map = the_map;
	return true;
}

static inline void
smap_leave(smap_thread *)
{
}

static inline const smap_value *
smap_get(smap_thread *t, uint64_t h)
{
	return t->map->get(h);
}

static inline bool
smap_insert(smap_thread *t, smap_value v, uint64_t *ret)
{
	*ret = t->map->insert(v);
	return true;
}

static inline bool
smap_remove(smap_thread *t, uint64_t h)
{
	return t->map->remove(h);
}

static inline uint64_t
smap_visit(smap_thread *t)
{
	return t->map->sum();
}

static inline uint64_t
smap_visit_handles(smap_thread *t)
{
	return t->map->sum_with_handles();
}

#endif
