/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What of a buffer gets into a core dump. */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "smaps.h"
#include "test.h"

/* Reserve with guards, or skip where the option is not known. */
static void
reserve(struct vbuf *v, size_t size, bool no_dump)
{
	const struct vbuf_options o = {
		.size = sizeof o,
		.guard_before = 4 * PAGE,
		.guard_after = 4 * PAGE,
		.no_dump = no_dump,
	};

	assert_ok(vbuf_reserve(v, size, &o));
	if (v->unmet & VBUF_UNMET_NO_DUMP)
		skip_here();
}

/* Bytes of the whole reservation, guards included, that a dump leaves out. */
static size_t
left_out(const struct vbuf *v)
{
	struct smaps s = smaps_of(v->map_, v->map_size_, "dd");

	assert_int_equal(s.bytes, v->map_size_);
	return s.flagged;
}

static void
no_dump_holds_for_the_whole_reservation(void **state)
{
	struct vbuf v;

	(void)state;
	reserve(&v, 64 * PAGE, true);
	assert_int_equal(left_out(&v), v.map_size_);
	assert_ok(vbuf_commit(&v, 8 * PAGE, 8 * PAGE));
	assert_ok(vbuf_protect(&v, 12 * PAGE, PAGE, VBUF_PROT_RO));
	memset(v.base + 8 * PAGE, 1, 4 * PAGE);
	assert_int_equal(left_out(&v), v.map_size_);
	assert_ok(vbuf_unreserve(&v));
}

static void
no_dump_survives_decommit(void **state)
{
	uint64_t seed = test_seed();
	struct vbuf v;

	(void)state;
	reserve(&v, 64 * PAGE, true);
	for (int i = 0; i < 200; i++) {
		size_t at = (size_t)(next_random(&seed) % 64);
		size_t pages = 1 + (size_t)(next_random(&seed) % (64 - at));
		if (next_random(&seed) % 2)
			assert_ok(vbuf_commit(&v, at * PAGE, pages * PAGE));
		else
			assert_ok(vbuf_decommit(&v, at * PAGE, pages * PAGE));
		assert_int_equal(left_out(&v), v.map_size_);
	}
	assert_ok(vbuf_decommit(&v, 0, v.size));
	assert_int_equal(left_out(&v), v.map_size_);
	assert_ok(vbuf_unreserve(&v));
}

static void
without_the_option_nothing_is_left_out(void **state)
{
	struct vbuf v;

	(void)state;
	reserve(&v, 64 * PAGE, false);
	assert_ok(vbuf_commit(&v, 8 * PAGE, 8 * PAGE));
	assert_ok(vbuf_decommit(&v, 10 * PAGE, 2 * PAGE));
	assert_int_equal(left_out(&v), 0);
	assert_ok(vbuf_unreserve(&v));
}

/* The real thing: a child dies and leaves a file "core" in a folder of its own. */
struct victim {
	char folder[32];
	void (*prepare)(struct vbuf *v);
};

enum { DATA_MIB = 16 };

static void
fill_randomly(struct vbuf *v, size_t size)
{
	uint64_t seed = 42;

	assert_ok(vbuf_commit(v, 0, size));
	for (size_t i = 0; i < size; i += sizeof seed) {
		uint64_t n = next_random(&seed);
		memcpy(v->base + i, &n, sizeof n);
	}
}

static void
die(void *arg)
{
	const struct victim *victim = arg;
	struct rlimit limit;
	struct vbuf v;

	assert_int_equal(chdir(victim->folder), 0);
	assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
	victim->prepare(&v);
	limit.rlim_cur = limit.rlim_max;
	if (limit.rlim_cur < GIB || setrlimit(RLIMIT_CORE, &limit) != 0)
		skip_here();
	signal(SIGTRAP, SIG_DFL); /* not SIGABRT: that is a failed assertion */
	raise(SIGTRAP);
}

/* The size of the only file in the folder, which goes away with it; 0: there is none.
 * *ret_found says whether the file holds the bytes of fill_randomly(). */
static size_t
take_core(const char *folder, bool *ret_found)
{
	uint64_t seed = 42, start[8];
	struct dirent *entry;
	struct stat st;
	size_t size = 0;
	DIR *dir = opendir(folder);

	for (int i = 0; i < 8; i++)
		start[i] = next_random(&seed);
	assert_non_null(dir);
	*ret_found = false;
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		int fd = openat(dirfd(dir), entry->d_name, O_RDONLY);
		assert_true(fd >= 0);
		assert_int_equal(fstat(fd, &st), 0);
		size = (size_t)st.st_size;
		void *core = size ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
		if (core && core != MAP_FAILED) {
			*ret_found = memmem(core, size, start, sizeof start) != NULL;
			munmap(core, size);
		}
		close(fd);
		unlinkat(dirfd(dir), entry->d_name, 0);
	}
	closedir(dir);
	rmdir(folder);
	explicit_bzero(start, sizeof start); /* or the next victim's stack holds it */
	return size;
}

static size_t
core_of(void (*prepare)(struct vbuf *v), bool *ret_found)
{
	struct victim victim = { "/tmp/vbuf-dump-XXXXXX", prepare };
	char pattern[256] = "";
	FILE *f = fopen("/proc/sys/kernel/core_pattern", "r");

	if (!f || !fgets(pattern, sizeof pattern, f)) /* no /proc */
		strcpy(pattern, "|");
	if (f)
		fclose(f);
	/* A pipe or a path leads elsewhere; a sanitizer's shadow would be dumped as well. */
	if (strpbrk(pattern, "|/") || status_bytes("VmSize:") > 64 * GIB)
		skip();
	assert_non_null(mkdtemp(victim.folder));
	int status = end_of_child(start_child(die, &victim));
	size_t size = take_core(victim.folder, ret_found);
	if (WIFSIGNALED(status))
		assert_int_equal(WTERMSIG(status), SIGTRAP);
	if (!WIFSIGNALED(status) || !WCOREDUMP(status) || size == 0)
		skip(); /* forbidden here, or no room */
	return size;
}

static void
hold_data(struct vbuf *v)
{
	reserve(v, (size_t)GIB, false);
	fill_randomly(v, DATA_MIB * MIB);
}

static void
hold_data_undumped(struct vbuf *v)
{
	reserve(v, (size_t)GIB, true);
	fill_randomly(v, DATA_MIB * MIB);
}

static void
hold_data_undumped_after_decommit(struct vbuf *v)
{
	hold_data_undumped(v);
	assert_ok(vbuf_decommit(v, 0, v->size));
	fill_randomly(v, DATA_MIB * MIB);
}

static void
hold_no_more_data(struct vbuf *v)
{
	reserve(v, (size_t)GIB, false);
	assert_ok(vbuf_commit(v, 0, 256 * MIB));
	for (size_t at = 0; at < 256 * MIB; at += MIB)
		v->base[at] = 1;
	assert_ok(vbuf_decommit(v, 0, 256 * MIB));
}

static void
a_core_dump_holds_a_buffer_with_its_bytes(void **state)
{
	bool found;

	(void)state;
	assert_true(core_of(hold_data, &found) >= DATA_MIB * MIB);
	assert_true(found);
}

static void
a_core_dump_leaves_a_no_dump_buffer_out(void **state)
{
	bool found;

	(void)state;
	assert_true(core_of(hold_data_undumped, &found) < DATA_MIB * MIB);
	assert_false(found);
	assert_true(core_of(hold_data_undumped_after_decommit, &found) < DATA_MIB * MIB);
	assert_false(found);
}

static void
a_core_dump_does_not_grow_by_what_was_decommitted(void **state)
{
	bool found;

	(void)state;
	assert_true(core_of(hold_no_more_data, &found) < DATA_MIB * MIB);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_dump_holds_for_the_whole_reservation),
		cmocka_unit_test(no_dump_survives_decommit),
		cmocka_unit_test(without_the_option_nothing_is_left_out),
		cmocka_unit_test(a_core_dump_holds_a_buffer_with_its_bytes),
		cmocka_unit_test(a_core_dump_leaves_a_no_dump_buffer_out),
		cmocka_unit_test(a_core_dump_does_not_grow_by_what_was_decommitted),
	};

	return run_group("dump", tests);
}
