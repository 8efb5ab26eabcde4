/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * What a memory checker says of a vector, and of what only a container points at. The
 * build makes this program several times: with AddressSanitizer in the program, in the
 * library, in both; and runs it under Valgrind. TEST_CHECKER names the checker. Misuse
 * happens in a forked child, which must end badly; everything else must pass without a
 * word.
 */
#include <vbuf/cvec.h>
#include <vbuf/slotmap.h>
#include <vbuf/vec.h>

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model/vec_model.h"
#include "test.h"

#if defined(__SANITIZE_ADDRESS__)
#define PROGRAM_IS_INSTRUMENTED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PROGRAM_IS_INSTRUMENTED 1
#endif
#endif
#ifndef PROGRAM_IS_INSTRUMENTED
#define PROGRAM_IS_INSTRUMENTED 0
#endif

VBUF_VEC(ints, int);

static bool
checker_is(const char *name)
{
	const char *is = getenv("TEST_CHECKER");

	return is && strcmp(is, name) == 0;
}

/* Does the checker see what this program itself reads and writes? */
static void
skip_unless_program_is_checked(void)
{
	if (!checker_is("valgrind") && !(checker_is("asan") && PROGRAM_IS_INSTRUMENTED))
		skip();
}

static void
skip_unless_anything_is_checked(void)
{
	if (!checker_is("valgrind") && !checker_is("asan"))
		skip();
}

/* Does the checker end a child that does this? */
static bool
reported(void (*misuse)(struct ints *v), struct ints *v)
{
	char text[4096];
	size_t len = 0;
	ssize_t n;
	int ends[2], status = 0;

	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		misuse(v);
		_exit(0);
	}
	close(ends[1]);
	while ((n = read(ends[0], text + len, sizeof text - 1 - len)) > 0)
		len += (size_t)n;
	close(ends[0]);
	text[len] = '\0';
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return false;
	if (checker_is("asan") && !strstr(text, "AddressSanitizer: use-after-poison"))
		fail_msg("the child ended otherwise: %s", text);
	return true;
}

static volatile int sink;

static void
read_behind(struct ints *v)
{
	if (((volatile int *)v->data)[v->len] == 12345) /* Valgrind wants it to matter */
		sink = 1;
}

static void
write_behind(struct ints *v)
{
	((volatile int *)v->data)[v->len] = 1;
}

static void
read_far_behind(struct ints *v)
{
	sink = ((volatile int *)v->data)[ints_capacity(v) - 1];
}

static void
read_all(struct ints *v)
{
	int sum = 0;

	for (size_t i = 0; i < v->len; i++)
		if (((volatile int *)v->data)[i] > 0) /* Valgrind: decides, so is defined */
			sum++;
	sink = sum;
}

static void
write_all(struct ints *v)
{
	for (size_t i = 0; i < v->len; i++)
		((volatile int *)v->data)[i] = (int)i;
}

static void
push_from_behind(struct ints *v)
{
	static struct ints other;

	(void)!ints_push_n(&other, v->data + v->len, 100);
}

static struct ints
of_length(size_t n)
{
	struct ints v = { 0 };

	for (size_t i = 0; i < n; i++)
		assert_ok(ints_push(&v, (int)i));
	return v;
}

static void
assert_exactly_the_elements_are_open(struct ints *v)
{
	assert_false(reported(read_all, v));
	assert_false(reported(write_all, v));
	assert_true(reported(read_behind, v));
	assert_true(reported(write_behind, v));
	if (ints_capacity(v) > v->len + 1)
		assert_true(reported(read_far_behind, v));
}

static void
reading_and_writing_behind_the_last_element_is_reported(void **state)
{
	const size_t lengths[] = { 1, 2, 3, 1000, 100000 };

	(void)state;
	skip_unless_program_is_checked();
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		struct ints v = of_length(lengths[i]);
		assert_exactly_the_elements_are_open(&v);
		assert_ok(ints_fini(&v));
	}
}

static void
a_place_that_an_element_left_is_reported(void **state)
{
	struct ints v = of_length(100000), tail;

	(void)state;
	skip_unless_program_is_checked();
	assert_ok(ints_pop(&v, NULL));
	assert_exactly_the_elements_are_open(&v);
	assert_ok(ints_remove(&v, 0));
	assert_exactly_the_elements_are_open(&v);
	assert_ok(ints_swap_remove(&v, 0));
	assert_exactly_the_elements_are_open(&v);
	assert_ok(ints_truncate(&v, 70001));
	assert_exactly_the_elements_are_open(&v);
	assert_ok(ints_resize(&v, 70000));
	assert_exactly_the_elements_are_open(&v);
	assert_ok(ints_split_off(&v, 60000, &tail));
	assert_exactly_the_elements_are_open(&v);
	assert_exactly_the_elements_are_open(&tail);
	assert_ok(ints_fini(&tail));
	assert_ok(ints_truncate(&v, 3)); /* memory goes back */
	assert_exactly_the_elements_are_open(&v);
	assert_ok(ints_shrink_to_fit(&v));
	assert_exactly_the_elements_are_open(&v);
	assert_ok(ints_clear(&v));
	assert_true(reported(read_behind, &v));
	assert_ok(ints_push(&v, 1)); /* and used again */
	assert_exactly_the_elements_are_open(&v);
	assert_ok(ints_fini(&v));
}

static void
room_is_open_from_prepare_to_publish(void **state)
{
	struct ints v = of_length(5);
	int *room;

	(void)state;
	skip_unless_program_is_checked();
	assert_ok(ints_reserve(&v, 100000));
	assert_exactly_the_elements_are_open(&v);
	assert_ok(ints_prepare(&v, 1000, &room));
	for (int i = 0; i < 1000; i++)
		room[i] = i;
	assert_false(reported(read_behind, &v));
	assert_ok(ints_publish(&v, 900));
	assert_exactly_the_elements_are_open(&v);
	assert_ok(ints_resize(&v, 2000));
	assert_exactly_the_elements_are_open(&v);
	assert_ok(ints_insert(&v, 0, 1));
	assert_exactly_the_elements_are_open(&v);
	assert_ok(ints_append(&v, &v));
	assert_exactly_the_elements_are_open(&v);
	assert_ok(ints_prefault(&v, 200000));
	assert_exactly_the_elements_are_open(&v);
	assert_ok(ints_fini(&v));
}

static void
frozen_cloned_and_adopted_vectors_are_guarded_too(void **state)
{
	struct ints v = of_length(1001), copy;
	struct vbuf buf;
	size_t offset;

	(void)state;
	skip_unless_program_is_checked();
	assert_ok(ints_clone(&v, &copy));
	assert_exactly_the_elements_are_open(&copy);
	assert_ok(ints_detach(&copy, &buf, &offset));
	memset(buf.base + offset, 1, 1500 * sizeof(int)); /* ours, all of it */
	assert_ok(ints_adopt(&copy, &buf, offset, 1400));
	assert_exactly_the_elements_are_open(&copy);
	assert_ok(ints_freeze(&copy));
	assert_false(reported(read_all, &copy));
	assert_true(reported(read_behind, &copy));
	assert_ok(ints_fini(&copy));
	assert_ok(ints_fini(&v));
}

/* Also where the program is not instrumented: the library, or libc in its stead. */
static void
a_source_behind_the_last_element_is_reported(void **state)
{
	struct ints v = of_length(1000);

	(void)state;
	skip_unless_anything_is_checked();
	assert_ok(ints_truncate(&v, 500));
	assert_true(reported(push_from_behind, &v));
	assert_ok(ints_truncate(&v, 0));
	assert_true(reported(push_from_behind, &v));
	assert_ok(ints_fini(&v));
}

static void
random_operations_are_not_reported(void **state)
{
	enum { RUNS = 40, BYTES = 400 };
	uint64_t seed = test_seed();
	unsigned char bytes[BYTES];

	(void)state;
	for (int run = 0; run < (checker_is("valgrind") ? 4 : RUNS); run++) {
		for (int i = 0; i < BYTES; i++)
			bytes[i] = (unsigned char)(next_random(&seed) >> 32);
		vec_model_run(bytes, sizeof bytes);
	}
}

_Noreturn void
vec_model_fail(const char *file, int line, const char *what)
{
	print_error("%s:%d: %s\n", file, line, what);
	_fail(file, line);
	abort(); /* _fail() does not return; its header does not say so */
}

/* Whoever gets the addresses next must find them clean: all of them, several times. */
static void
assert_addresses_are_clean(void)
{
	struct vbuf b[12];

	for (int i = 0; i < 12; i++) {
		assert_ok(vbuf_reserve(&b[i], 2 * MIB, NULL));
		assert_ok(vbuf_commit(&b[i], 0, b[i].size));
		memset(b[i].base, i, b[i].size);
		assert_all(b[i].base, b[i].size, (unsigned char)i);
	}
	for (int i = 0; i < 12; i++)
		assert_ok(vbuf_unreserve(&b[i]));
}

static void
addresses_given_back_are_clean(void **state)
{
	const struct vbuf_vec_options o = { .size = sizeof o, .max = 500000 };
	struct vbuf buf;
	size_t offset;

	(void)state;
	for (int way = 0; way < 5; way++) {
		struct ints v[6];
		for (int i = 0; i < 6; i++) {
			assert_ok(ints_init(&v[i], &o)); /* small, so that they lie together */
			assert_ok(ints_reserve(&v[i], 400000));
			assert_ok(ints_resize(&v[i], 1000));
		}
		for (int i = 0; i < 6; i++) {
			if (way == 1)
				assert_ok(ints_shrink_to_fit(&v[i]));
			if (way == 2)
				assert_ok(ints_freeze(&v[i]));
			if (way == 3) {
				assert_ok(ints_detach(&v[i], &buf, &offset));
				memset(buf.base + offset, 1, MIB);
				assert_ok(vbuf_unreserve(&buf));
			}
			if (way == 4)
				assert_ok(ints_resize(&v[i], 0));
			assert_ok(ints_fini(&v[i]));
		}
		assert_addresses_are_clean();
	}
	struct ints plain = of_length(1000);
	assert_ok(ints_fini(&plain));
	assert_ok(vbuf_vec_cache_trim());
	assert_addresses_are_clean();
}

static void
recycled_memory_is_guarded_for_its_new_vector(void **state)
{
	struct ints v = of_length(100000);

	(void)state;
	skip_unless_program_is_checked();
	assert_ok(ints_fini(&v));
	v = of_length(3);
	assert_exactly_the_elements_are_open(&v);
	assert_ok(ints_fini(&v));
	v = of_length(200000);
	assert_exactly_the_elements_are_open(&v);
	assert_ok(ints_fini(&v));
}

/* Programs whose pointers are all in a vector, or were. What each leaks is asked of a
 * child, as this can be asked only once. */
VBUF_VEC(pointers, char *);

static struct pointers holder;
static struct vbuf taken_out;

static char *volatile scribble[64];

static void
fill(struct pointers *v)
{
	for (int i = 0; i < 1000; i++)
		assert_ok(pointers_push(v, malloc(10)));
}

/* So that no register and no dead part of the stack holds one by chance. */
static void
forget_the_rest(void)
{
	char *volatile here[2000];

	for (int i = 0; i < 2000; i++)
		here[i] = scribble[i % 64];
	sink = here[7] != NULL;
}

static void
keep_all(void)
{
	fill(&holder);
}

static void
keep_all_in_one_of_many(void)
{
	const struct vbuf_vec_options o = { .size = sizeof o, .header_size = 16, .no_dump = true };
	struct pointers other = { 0 };

	assert_ok(pointers_push(&other, NULL));
	assert_ok(pointers_fini(&other)); /* its memory is the next one's */
	keep_all();
	assert_ok(pointers_init(&other, &o));
	char **header = pointers_header(&other);
	*header = malloc(10);
	fill(&other);
}

static void
keep_all_through_detach(void)
{
	size_t offset;

	fill(&holder);
	assert_ok(pointers_detach(&holder, &taken_out, &offset));
	assert_ok(pointers_adopt(&holder, &taken_out, offset, 1000));
}

static void
lose_all_in_the_cache(void)
{
	fill(&holder);
	assert_ok(pointers_fini(&holder));
}

static void
lose_all_but_one(void)
{
	fill(&holder);
	assert_ok(pointers_truncate(&holder, 1));
}

static void
lose_all_in_a_buffer(void)
{
	size_t offset;

	fill(&holder);
	assert_ok(pointers_detach(&holder, &taken_out, &offset));
}

VBUF_CVEC(shared_pointers, char *);
VBUF_SLOTMAP(mapped_pointers, char *);

static struct shared_pointers shared;
static struct mapped_pointers mapped;

static void
keep_all_in_a_cvec(void)
{
	const struct vbuf_cvec_options o = { .size = sizeof o, .max = 10000 };

	assert_ok(shared_pointers_create(&shared, &o));
	for (int i = 0; i < 1000; i++)
		assert_ok(shared_pointers_push(shared, malloc(10), NULL));
}

static void
keep_all_in_a_slotmap(void)
{
	const struct vbuf_slotmap_options o = { .size = sizeof o, .max = 10000 };
	struct mapped_pointers_handle h;

	assert_ok(mapped_pointers_create(&mapped, &o));
	for (int i = 0; i < 1000; i++)
		assert_ok(mapped_pointers_insert(mapped, mapped_pointers_exclusive(mapped),
		                                 malloc(10), &h));
}

__attribute__((weak)) int __lsan_do_recoverable_leak_check(void);

/* 0: no leak; 1: one was found; -1: cannot be told. */
static int
leaks(void (*program)(void))
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		FILE *null = freopen("/dev/null", "w", stderr);
		(void)null;
		program();
		forget_the_rest();
		_exit(__lsan_do_recoverable_leak_check() ? 3 : 4);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return !WIFEXITED(status)         ? -1
	       : WEXITSTATUS(status) == 3 ? 1
	       : WEXITSTATUS(status) == 4 ? 0
	                                  : -1;
}

static void
leak_really(void)
{
	for (int i = 0; i < 1000; i++)
		sink = malloc(10) == NULL;
}

static void
keep_nothing(void)
{
}

static void
what_is_reachable_from_elements_only_is_no_leak(void **state)
{
	void (*const keep[])(void) = { keep_all, keep_all_in_one_of_many, keep_all_through_detach,
		                       keep_all_in_a_cvec, keep_all_in_a_slotmap };
	void (*const lose[])(void) = { lose_all_in_the_cache, lose_all_but_one,
		                       lose_all_in_a_buffer };

	(void)state;
	/* It may be absent, or be kept from looking by a debugger. */
	if (!__lsan_do_recoverable_leak_check || leaks(keep_nothing) != 0 ||
	    leaks(leak_really) != 1)
		skip();
	for (int i = 0; i < (int)(sizeof keep / sizeof *keep); i++)
		if (leaks(keep[i]) != 0)
			fail_msg("kept, way %d", i);
	for (int i = 0; i < (int)(sizeof lose / sizeof *lose); i++)
		if (leaks(lose[i]) != 1)
			fail_msg("lost, way %d", i);
}

static bool stop;

static void *
begin_and_end_vectors(void *arg)
{
	(void)arg;
	while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
		struct ints v = of_length(1);
		assert_ok(ints_fini(&v));
	}
	return NULL;
}

/* AddressSanitizer's leak checker has a lock of its own, which a fork may find taken. */
static void
a_child_makes_vectors_whatever_the_threads_were_at(void **state)
{
	pthread_t thread[2];

	(void)state;
	if (!checker_is("asan"))
		skip();
	__atomic_store_n(&stop, false, __ATOMIC_RELAXED);
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, begin_and_end_vectors, NULL), 0);
	int status = 0;
	for (int i = 0; i < 300 && status == 0; i++) {
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			alarm(60); /* rather than wait for ever */
			struct ints v = of_length(3);
			_exit(v.len == 3 && ints_fini(&v) == VBUF_OK ? 0 : 1);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_join(thread[i], NULL), 0);
	assert_int_equal(status, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reading_and_writing_behind_the_last_element_is_reported),
		cmocka_unit_test(a_place_that_an_element_left_is_reported),
		cmocka_unit_test(room_is_open_from_prepare_to_publish),
		cmocka_unit_test(frozen_cloned_and_adopted_vectors_are_guarded_too),
		cmocka_unit_test(a_source_behind_the_last_element_is_reported),
		cmocka_unit_test(random_operations_are_not_reported),
		cmocka_unit_test(addresses_given_back_are_clean),
		cmocka_unit_test(recycled_memory_is_guarded_for_its_new_vector),
		cmocka_unit_test(what_is_reachable_from_elements_only_is_no_leak),
		cmocka_unit_test(a_child_makes_vectors_whatever_the_threads_were_at),
	};

	return run_group("vec_poison", tests);
}
