/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Handles: what they say, tags, and forged ones by the million, which do no harm. */
#include "slotmap_forms.h"

/* --- forged handles --- */

enum { SLOTS = 60000, FORGED = 400000 };

/* By the book, by index: what is live, and what is invalidated. */
static vbuf_handle live[SLOTS + 65536], invalid[SLOTS + 65536];
static vbuf_handle known[4 * SLOTS]; /* all that ever were */
static size_t known_count;

static void
know(struct form_map *f, vbuf_handle h, vbuf_handle *book)
{
	size_t i = vbuf_slotmap_index(f->m, h);

	assert_in_range(i, 1, COUNT(live) - 1);
	assert_true(known_count < COUNT(known));
	known[known_count++] = h;
	if (book)
		book[i] = h;
}

/* A map with slots in every state there is; some units have been purged. */
static struct form_map
every_state(enum form form, bool plain)
{
	struct form_map f =
		begin_with(form, (struct vbuf_slotmap_options){ .max = SLOTS,
	                                                        .plain = plain,
	                                                        .tag_bits = 3,
	                                                        .map_bits = 2,
	                                                        .map_tag = 2,
	                                                        .huge = VBUF_HUGE_NEVER });
	struct map_handle h;
	struct value *slot;

	memset(live, 0, sizeof live);
	memset(invalid, 0, sizeof invalid);
	known_count = 0;
	for (size_t i = 0; i < SLOTS; i++) {
		assert_ok(map_insert_tagged(f.x, f.r, i % 8, value_of(i), &h));
		know(&f, h.bits, live);
	}
	for (size_t i = 0; i < SLOTS; i++) { /* above the middle all go */
		bool goes = i > SLOTS / 2 || i % 3 == 0;
		if (!goes)
			continue;
		h.bits = known[i];
		assert_ok(map_remove(f.x, f.r, h));
		live[vbuf_slotmap_index(f.m, h.bits)] = 0;
	}
	(void)reclaim_all(&f);
	for (size_t i = 0; i < 1000; i++) { /* others, some of them claimed only */
		if (i % 2 == 0 || plain) {
			h = insert(&f, i);
			know(&f, h.bits, live);
		} else {
			assert_ok(map_claim(f.x, f.r, 1, &h, &slot, NULL));
			know(&f, h.bits, NULL);
		}
	}
	for (size_t i = 1; i < SLOTS / 2; i += 9)
		if (map_invalidate(f.x, f.r, (struct map_handle){ known[i] }) == VBUF_OK) {
			live[vbuf_slotmap_index(f.m, known[i])] = 0;
			invalid[vbuf_slotmap_index(f.m, known[i])] = known[i];
		}
	for (size_t i = 1; i < 2000; i += 7) { /* and some that wait */
		h.bits = known[i];
		if (map_remove(f.x, f.r, h) == VBUF_OK)
			live[vbuf_slotmap_index(f.m, h.bits)] = 0;
	}
	return f;
}

/* Any bits, or those of a handle with a few others. */
static vbuf_handle
forge(struct form_map *f, uint64_t *seed)
{
	uint64_t random = next_random(seed), how = next_random(seed);
	vbuf_handle h = known[random % known_count];

	switch (how % 8) {
	case 0:
		return random;
	case 1:
		return random & 0xffff; /* no generation */
	case 2:                         /* that of another slot */
		return (h & ~(vbuf_handle)0xffff) | (how >> 32 & 0xffff);
	case 3: /* of another generation */
		return h + (((how >> 32 & 3) + 1) << (how >> 40 & 31));
	case 4:
		return h ^ UINT64_C(1) << (how >> 32 & 63) ^ UINT64_C(1) << (how >> 40 & 63);
	case 5:
		return h ^ UINT64_C(1) << (how >> 32 & 63);
	case 6: /* the index of nothing at all */
		return h | (vbuf_slotmap_index(f->m, ~UINT64_C(0)) - (how >> 32 & 1));
	default:
		return h;
	}
}

/* The book's answer for one of them. */
static bool
is_live(struct form_map *f, vbuf_handle h)
{
	size_t i = vbuf_slotmap_index(f->m, h);

	return i > 0 && i < COUNT(live) && live[i] == h;
}

static void
try_forged(struct form_map *f, bool plain, vbuf_handle h, unsigned call)
{
	size_t i = vbuf_slotmap_index(f->m, h);
	bool hit = is_live(f, h);
	int expected = hit ? VBUF_OK : VBUF_ESTALE;
	struct value v;
	void *p;

	assert_int_equal(vbuf_slotmap_contains(f->m, h), hit);
	vbuf_pin(f->r);
	struct value *found = vbuf_slotmap_get(f->m, f->r, h);
	assert_int_equal(found != NULL, hit);
	if (found)
		assert_int_equal(found->check, ~found->number * 3);
	vbuf_unpin(f->r);
	assert_int_equal(vbuf_slotmap_copy(f->m, h, &v), plain ? expected : VBUF_EPERM);
	switch (call % 64) { /* rarely, as some shall be left to find */
	case 0:
		assert_result(vbuf_slotmap_remove(f->m, f->r, h), expected);
		break;
	case 1:
		assert_result(vbuf_slotmap_take(f->m, h, &v), expected);
		break;
	case 2:
		assert_int_equal(vbuf_slotmap_remove_n(f->m, f->r, &h, 1), hit);
		break;
	case 3:
		assert_result(vbuf_slotmap_invalidate(f->m, f->r, h), expected);
		if (hit)
			invalid[i] = h;
		break;
	case 4:
	case 5: {
		bool was = i > 0 && i < COUNT(invalid) && invalid[i] == h;
		assert_result(vbuf_slotmap_remove_invalidated(f->m, f->r, h),
		              was ? VBUF_OK : VBUF_ESTALE);
		if (was)
			invalid[i] = 0;
		return;
	}
	default:
		assert_result(vbuf_slotmap_get_disjoint(f->m, &h, 1, &p), expected);
		assert_ptr_equal(p, found);
		return;
	}
	if (hit)
		live[i] = 0;
}

static void
forged_handles_miss_or_name_an_element(void **state)
{
	uint64_t seed = test_seed();

	(void)state;
	for (enum form form = 0; form < FORMS; form++)
		for (int plain = 0; plain < 2; plain++) {
			struct form_map f = every_state(form, plain);
			for (unsigned n = 0; n < FORGED; n++)
				try_forged(&f, plain, forge(&f, &seed),
				           (unsigned)next_random(&seed));
			size_t count = 0;
			for (size_t i = 0; i < COUNT(live); i++) {
				count += live[i] != 0;
				assert_int_equal(vbuf_slotmap_at(f.m, i), live[i]);
			}
			assert_int_equal(map_len(f.x),
			                 count + (plain ? 0 : 500)); /* and the claimed */
			assert_true(count > 1000);
			assert_ok(map_trim(f.x)); /* with fewer slots, and less memory */
			for (unsigned n = 0; n < FORGED / 4; n++)
				try_forged(&f, plain, forge(&f, &seed), 63);
			end(&f);
		}
}

static void
forged_handles_miss_in_a_map_that_is_empty(void **state)
{
	uint64_t seed = test_seed();

	(void)state;
	for (enum form form = 0; form < FORMS; form++) {
		struct form_map f = begin(form, 100);
		for (int used = 0; used < 2; used++) {
			memset(live, 0, sizeof live);
			memset(invalid, 0, sizeof invalid);
			known_count = 1;
			known[0] = insert(&f, 1).bits;
			assert_ok(map_remove(f.x, f.r, (struct map_handle){ known[0] }));
			for (unsigned n = 0; n < 100000; n++)
				try_forged(&f, false, forge(&f, &seed), n);
			for (uint64_t h = 0; h < 100000; h++)
				try_forged(&f, false, h, (unsigned)h);
			assert_int_equal(map_len(f.x), 0);
			for (size_t i = 0; i < 5000; i++)
				assert_ok(map_remove(f.x, f.r, insert(&f, i)));
			assert_ok(map_trim(f.x));
		}
		end(&f);
	}
}

static void
forged_handles_are_no_trouble_for_what_handles_say(void **state)
{
	struct form_map f =
		begin_with(SHARED, (struct vbuf_slotmap_options){ .max = 1000, .tag_bits = 5 });
	uint64_t seed = test_seed();
	char text[64];

	(void)state;
	for (unsigned n = 0; n < FORGED; n++) {
		vbuf_handle h = next_random(&seed);
		assert_true(vbuf_slotmap_tag(f.m, h) < 32);
		assert_true(vbuf_slotmap_text(f.m, h, text, sizeof text) < 48);
		assert_int_equal(vbuf_slotmap_at(f.m, (size_t)h), 0);
	}
	end(&f);
}

/* --- what a handle says --- */

static void
a_handle_has_an_index_a_generation_and_a_tag(void **state)
{
	static const struct {
		size_t max;
		uint32_t tag_bits, map_bits;
	} kinds[] = { { 100, 0, 0 },   { 100, 1, 0 },   { 100, 20, 0 },  { 100, 0, 20 },
		      { 100, 12, 12 }, { 1000, 16, 8 }, { 60000, 3, 17 } };

	(void)state;
	for (size_t k = 0; k < COUNT(kinds); k++) {
		uint32_t most = (uint32_t)((UINT64_C(1) << kinds[k].tag_bits) - 1);
		struct form_map f = begin_with(
			SHARED,
			(struct vbuf_slotmap_options){
				.max = kinds[k].max,
				.tag_bits = kinds[k].tag_bits,
				.map_bits = kinds[k].map_bits,
				.map_tag = (uint32_t)((UINT64_C(1) << kinds[k].map_bits) - 1) });
		for (uint64_t round = 1; round < 300; round++) {
			uint32_t tag = (uint32_t)(round * 77) & most;
			struct map_handle h;
			assert_ok(map_insert_tagged(f.x, f.r, tag, value_of(round), &h));
			assert_int_equal(vbuf_slotmap_tag(f.m, h.bits), tag);
			assert_true(vbuf_slotmap_generation(f.m, h.bits) >= 1);
			assert_int_equal(vbuf_slotmap_at(f.m, vbuf_slotmap_index(f.m, h.bits)),
			                 h.bits);
			assert_names(&f, h, round);
			assert_ok(map_remove(f.x, f.r, h));
		}
		struct map_handle no = { 7 };
		struct value *slot;
		assert_result(map_insert_tagged(f.x, f.r, most + 1, value_of(1), &no), VBUF_EINVAL);
		assert_int_equal(no.bits, 0);
		assert_result(map_claim(f.x, f.r, UINT32_MAX, &no, &slot, NULL), VBUF_EINVAL);
		end(&f);
	}
}

static void
generations_count_the_elements_of_a_slot(void **state)
{
	(void)state;
	struct form_map f = begin(EXCLUSIVE, 100);
	struct map_handle h = insert(&f, 0), before = h;
	size_t i = vbuf_slotmap_index(f.m, h.bits);
	assert_int_equal(vbuf_slotmap_generation(f.m, h.bits), 1);
	for (uint64_t n = 2; n < 10000; n++) {
		assert_ok(map_remove(f.x, f.r, h));
		h = insert(&f, n);
		assert_int_equal(vbuf_slotmap_index(f.m, h.bits), i); /* the one just freed */
		assert_int_equal(vbuf_slotmap_generation(f.m, h.bits), n);
		assert_true(h.bits > before.bits); /* ordered by age */
		before = h;
	}
	end(&f);
}

static void
the_tag_is_part_of_the_handle(void **state)
{
	struct form_map f =
		begin_with(SHARED, (struct vbuf_slotmap_options){ .max = 10, .tag_bits = 4 });
	struct map_handle h;

	(void)state;
	assert_ok(map_insert_tagged(f.x, f.r, 5, value_of(1), &h));
	for (uint64_t other = 1; other < 16; other++) {
		uint64_t in_place = 0;
		for (unsigned bit = 0; bit < 64; bit++) /* wherever the tag is */
			if (vbuf_slotmap_tag(f.m, UINT64_C(1) << bit) != 0)
				in_place |= other & vbuf_slotmap_tag(f.m, UINT64_C(1) << bit)
				                    ? UINT64_C(1) << bit
				                    : 0;
		assert_misses(&f, (struct map_handle){ h.bits ^ in_place });
	}
	assert_names(&f, h, 1);
	end(&f);
}

static void
handles_of_a_map_with_another_tag_miss(void **state)
{
	enum { MAPS = 4, N = 3000 };
	struct vbuf_domain *d = domain_with(VBUF_FENCE_AUTO, 0);
	struct vbuf_record *r = attach_to(d);
	struct map x[MAPS];
	static struct map_handle h[MAPS][N];

	(void)state;
	for (uint32_t k = 0; k < MAPS; k++) {
		struct vbuf_slotmap_options o = {
			.size = sizeof o, .max = N, .domain = d, .map_bits = 2, .map_tag = k
		};
		assert_ok(map_create(&x[k], &o));
		for (size_t i = 0; i < N; i++)
			assert_ok(map_insert(x[k], r, value_of(i), &h[k][i]));
	}
	for (uint32_t k = 0; k < MAPS; k++)
		for (uint32_t of = 0; of < MAPS; of++)
			for (size_t i = 0; i < N; i++)
				assert_int_equal(map_contains(x[k], h[of][i]), k == of);
	for (uint32_t k = 0; k < MAPS; k++)
		assert_ok(map_destroy(&x[k]));
	assert_ok(vbuf_domain_detach(&r));
	assert_ok(vbuf_domain_destroy(&d));
}

static void
tags_leave_the_generation_its_bits(void **state)
{
	(void)state;
	for (uint32_t tag = 0; tag <= 32; tag++)
		for (uint32_t map = 0; map <= 32; map += 4) {
			struct vbuf_domain *d = domain_with(VBUF_FENCE_AUTO, 0);
			struct vbuf_slotmap_options o = { .size = sizeof o,
				                          .max = 1000,
				                          .domain = d,
				                          .tag_bits = tag,
				                          .map_bits = map };
			struct vbuf_slotmap *m;
			int err = vbuf_slotmap_create(&m, 8, 8, &o);
			if (err == VBUF_OK) {
				uint64_t most = vbuf_slotmap_generation(m, ~UINT64_C(0));
				assert_true(most >> (VBUF_SLOTMAP_GENERATION_BITS - 1));
				assert_ok(vbuf_slotmap_destroy(&m));
			} else {
				assert_int_equal(err, VBUF_ERANGE);
				assert_true(tag + map > 64 - 32 - VBUF_SLOTMAP_GENERATION_BITS);
			}
			assert_ok(vbuf_domain_destroy(&d));
		}
}

static void
the_text_of_a_handle_is_index_and_generation(void **state)
{
	struct form_map f =
		begin_with(EXCLUSIVE, (struct vbuf_slotmap_options){ .max = 1000, .tag_bits = 4 });
	char text[64], expected[64];

	(void)state;
	for (uint32_t n = 0; n < 1500; n++) {
		struct map_handle h;
		assert_ok(map_insert_tagged(f.x, f.r, n % 16, value_of(n), &h));
		size_t len = (size_t)snprintf(
			expected, sizeof expected, "%zuv%llu", vbuf_slotmap_index(f.m, h.bits),
			(unsigned long long)vbuf_slotmap_generation(f.m, h.bits));
		memset(text, '#', sizeof text);
		assert_int_equal(map_text(f.x, h, text, sizeof text), len);
		assert_string_equal(text, expected);
		for (size_t size = 1; size <= len + 2; size++) { /* cut */
			size_t fits = size - 1 < len ? size - 1 : len;
			memset(text, '#', sizeof text);
			assert_int_equal(vbuf_slotmap_text(f.m, h.bits, text, size), fits);
			assert_memory_equal(text, expected, fits);
			assert_int_equal(text[fits], '\0');
			assert_int_equal(text[size], '#');
		}
		if (n % 3)
			assert_ok(map_remove(f.x, f.r, h));
	}
	assert_int_equal(vbuf_slotmap_text(f.m, 1, text, 0), 0);
	assert_int_equal(vbuf_slotmap_text(f.m, 1, NULL, 10), 0);
	assert_int_equal(vbuf_slotmap_text(NULL, 1, text, 10), 0);
	assert_true(vbuf_slotmap_text(f.m, ~UINT64_C(0), text, sizeof text) > 10);
	assert_int_equal(vbuf_slotmap_text(f.m, 0, text, sizeof text), 3);
	assert_string_equal(text, "0v0");
	end(&f);
}

/* Each bit of the handle changes about half of the hash's. */
static void
the_hash_of_handles_is_well_mixed(void **state)
{
	static unsigned buckets[1024];

	(void)state;
	for (uint64_t h = 0; h < 1024 * 64; h++)
		buckets[vbuf_handle_hash(h << 20 | 7) % 1024]++;
	for (size_t i = 0; i < 1024; i++)
		assert_in_range(buckets[i], 16, 160);
	for (unsigned bit = 0; bit < 64; bit++) {
		unsigned changed = 0;
		for (uint64_t h = 1; h <= 1000; h++)
			changed += (unsigned)__builtin_popcountll(
				vbuf_handle_hash(h * 12345) ^
				vbuf_handle_hash(h * 12345 ^ UINT64_C(1) << bit));
		assert_in_range(changed, 29000, 35000);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forged_handles_miss_or_name_an_element),
		cmocka_unit_test(forged_handles_miss_in_a_map_that_is_empty),
		cmocka_unit_test(forged_handles_are_no_trouble_for_what_handles_say),
		cmocka_unit_test(a_handle_has_an_index_a_generation_and_a_tag),
		cmocka_unit_test(generations_count_the_elements_of_a_slot),
		cmocka_unit_test(the_tag_is_part_of_the_handle),
		cmocka_unit_test(handles_of_a_map_with_another_tag_miss),
		cmocka_unit_test(tags_leave_the_generation_its_bits),
		cmocka_unit_test(the_text_of_a_handle_is_index_and_generation),
		cmocka_unit_test(the_hash_of_handles_is_well_mixed),
	};

	return run_group("slotmap_handles", tests);
}
