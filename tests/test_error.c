/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "test.h"

static const struct {
	int err;
	const char *name, *text;
} all[] = {
#define ROW(name, value, text) { name, #name, text },
	VBUF_ERRORS(ROW)
#undef ROW
};

enum { ALL = sizeof all / sizeof *all };

static void
every_error_has_its_name_and_text(void **state)
{
	(void)state;
	for (int i = 0; i < ALL; i++) {
		assert_true(all[i].err < 0);
		assert_string_equal(vbuf_errname(all[i].err), all[i].name);
		assert_string_equal(vbuf_strerror(all[i].err), all[i].text);
	}
	assert_string_equal(vbuf_errname(VBUF_OK), "VBUF_OK");
	assert_string_equal(vbuf_strerror(VBUF_OK), "success");
}

static void
no_two_errors_are_alike(void **state)
{
	(void)state;
	for (int i = 0; i < ALL; i++)
		for (int j = 0; j < i; j++) {
			assert_int_not_equal(all[i].err, all[j].err);
			assert_string_not_equal(all[i].text, all[j].text);
		}
}

static void
a_foreign_value_has_a_text_too(void **state)
{
	const int foreign[] = { 1, -1000, 1 << 30, -(1 << 30) };

	(void)state;
	for (int i = 0; i < 4; i++) {
		assert_string_equal(vbuf_errname(foreign[i]), "VBUF_E?");
		assert_string_equal(vbuf_strerror(foreign[i]), "unknown error");
	}
}

static void
the_systems_code_stays_after_a_failure(void **state)
{
	struct vbuf v;
	const struct vbuf_options exact = {
		.size = sizeof exact,
		.place = VBUF_PLACE_EXACT,
	};
	struct vbuf_options taken = exact;
	char text[128];

	(void)state;
	assert_ok(vbuf_reserve(&v, 16 * PAGE, NULL));
	taken.addr = v.base;
	struct vbuf second;
	assert_result(vbuf_reserve(&second, PAGE, &taken), VBUF_EBUSY);
	assert_true(vbuf_sys_error() != 0);
	assert_true(vbuf_sys_strerror(vbuf_sys_error(), text, sizeof text) > 0);
	assert_ok(vbuf_unreserve(&v));
}

static void
a_systems_text_is_cut_to_the_room_given(void **state)
{
	char whole[256], cut[8];

	(void)state;
	size_t len = vbuf_sys_strerror(2, whole, sizeof whole);
	assert_true(len > sizeof cut);
	assert_int_equal(strlen(whole), len);
	memset(cut, 'x', sizeof cut);
	assert_int_equal(vbuf_sys_strerror(2, cut, 5), 4);
	assert_memory_equal(cut, whole, 4);
	assert_int_equal(cut[4], '\0');
	assert_int_equal(cut[5], 'x');
	assert_int_equal(vbuf_sys_strerror(2, cut, 1), 0);
	assert_int_equal(cut[0], '\0');
	assert_int_equal(vbuf_sys_strerror(2, NULL, 5), 0);
	assert_int_equal(vbuf_sys_strerror(2, cut, 0), 0);
}

static void
a_code_that_no_system_has_gets_some_text(void **state)
{
	char text[64];

	(void)state;
	assert_true(vbuf_sys_strerror(0x7ffffff0, text, sizeof text) > 0);
}

static void
the_library_is_the_version_of_its_headers(void **state)
{
	char numbers[32];

	(void)state;
	assert_string_equal(vbuf_version(), VBUF_VERSION_STRING);
	snprintf(numbers, sizeof numbers, "%d.%d.%d", VBUF_VERSION_MAJOR, VBUF_VERSION_MINOR,
	         VBUF_VERSION_PATCH);
	assert_string_equal(numbers, VBUF_VERSION_STRING);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_error_has_its_name_and_text),
		cmocka_unit_test(no_two_errors_are_alike),
		cmocka_unit_test(a_foreign_value_has_a_text_too),
		cmocka_unit_test(the_systems_code_stays_after_a_failure),
		cmocka_unit_test(a_systems_text_is_cut_to_the_room_given),
		cmocka_unit_test(a_code_that_no_system_has_gets_some_text),
		cmocka_unit_test(the_library_is_the_version_of_its_headers),
	};

	return run_group("error", tests);
}
