/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "json_in.h"

/* What is wrong with a text, or NULL. */
static const char *
fault_of(const char *text)
{
	struct bench_json_in r = { .at = text };

	bench_json_skip(&r);
	bench_json_end(&r);
	return r.wrong;
}

static void
all_that_is_json_is_accepted(void **state)
{
	static const char *const good[] = {
		"null",
		" true ",
		"false",
		"0",
		"-0.5",
		"10",
		"1e9",
		"1.25E-3",
		"1e+2",
		"\"\"",
		"\"a\\\"b\\\\c\\/\\b\\f\\n\\r\\t\\u00e9\\uABCD\"",
		"[]",
		"[ ]",
		"{}",
		"{ }",
		"[1]",
		"[1, [2, {\"a\": []}], \"x\"]",
		"{\"a\": 1, \"b\": {\"c\": null}}\n",
		"\t[\n1\r,2 ]",
		"[[[[[[[[[[[[]]]]]]]]]]]]",
	};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_null(fault_of(good[i]));
}

static void
all_that_is_not_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		" ",
		"nul",
		"truex",
		"01",
		"+1",
		".5",
		"1.",
		"1e",
		"1e+",
		"-",
		"0x10",
		"NaN",
		"Infinity",
		"inf",
		"1e999",
		"\"",
		"\"a",
		"\"\\\"",
		"\"\\x\"",
		"\"\\u12\"",
		"\"\\u12g4\"",
		"\"a\nb\"",
		"[",
		"[1",
		"[1,",
		"[1,]",
		"[,1]",
		"[1 2]",
		"[1}",
		"]",
		"{",
		"{\"a\"}",
		"{\"a\":}",
		"{\"a\":1",
		"{\"a\":1,}",
		"{a:1}",
		"{1:1}",
		"{,}",
		"{\"a\":1]",
		"{\"a\" 1}",
		"{\"a\":1 \"b\":2}",
		"1 2",
		"{} {}",
		"'a'",
		"[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]", /* and nobody nests so deep */
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (!fault_of(bad[i]))
			fail_msg("accepted: %s", bad[i]);
}

static void
every_beginning_of_a_good_text_is_refused(void **state)
{
	static const char text[] = "{\"a\": [1.5e3, \"b\\u0041\", {\"c\": null}], \"d\": -2}";
	char part[sizeof text];

	(void)state;
	for (size_t len = 0; len < sizeof text - 1; len++) {
		memcpy(part, text, len);
		part[len] = '\0';
		assert_non_null(fault_of(part));
	}
	assert_null(fault_of(text));
}

static void
members_come_in_their_order(void **state)
{
	struct bench_json_in r = {
		.at = "{\"one\": 1.5, \"more\": [2, 3], \"text\": \"a\\tb\","
		      " \"none\": null, \"skipped\": {\"x\": [1]}, \"last\": -4}"
	};
	char key[16], text[16];

	(void)state;
	bench_json_open(&r, '{');
	assert_true(bench_json_member(&r, key, sizeof key));
	assert_string_equal(key, "one");
	assert_false(bench_json_is_null(&r));
	assert_true(bench_json_number(&r) == 1.5);
	assert_true(bench_json_member(&r, key, sizeof key));
	bench_json_open(&r, '[');
	assert_true(bench_json_element(&r));
	assert_true(bench_json_number(&r) == 2);
	assert_true(bench_json_element(&r));
	assert_true(bench_json_number(&r) == 3);
	assert_false(bench_json_element(&r));
	assert_true(bench_json_member(&r, key, sizeof key));
	bench_json_string(&r, text, sizeof text);
	assert_string_equal(text, "a\tb");
	assert_true(bench_json_member(&r, key, sizeof key));
	assert_true(bench_json_is_null(&r));
	assert_true(bench_json_member(&r, key, sizeof key));
	bench_json_skip(&r);
	assert_true(bench_json_member(&r, key, sizeof key));
	assert_string_equal(key, "last");
	assert_true(bench_json_number(&r) == -4);
	assert_false(bench_json_member(&r, key, sizeof key));
	bench_json_end(&r);
	assert_null(r.wrong);
}

static void
what_is_too_long_is_cut_off(void **state)
{
	struct bench_json_in r = { .at = "\"12345678\"" };
	char text[] = "......";

	(void)state;
	bench_json_string(&r, text, 5);
	assert_string_equal(text, "1234");
	bench_json_end(&r);
	assert_null(r.wrong);
}

static void
after_a_mistake_nothing_is_read(void **state)
{
	struct bench_json_in r = { .at = "{\"a\": \"text\", \"b\": 7}" };
	char key[8];

	(void)state;
	bench_json_open(&r, '{');
	assert_true(bench_json_member(&r, key, sizeof key));
	assert_true(bench_json_number(&r) == 0);
	assert_string_equal(r.wrong, "a number is missing");
	assert_false(bench_json_member(&r, key, sizeof key));
	bench_json_string(&r, key, sizeof key);
	assert_string_equal(key, "");
	assert_string_equal(r.wrong, "a number is missing");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_that_is_json_is_accepted),
		cmocka_unit_test(all_that_is_not_is_refused),
		cmocka_unit_test(every_beginning_of_a_good_text_is_refused),
		cmocka_unit_test(members_come_in_their_order),
		cmocka_unit_test(what_is_too_long_is_cut_off),
		cmocka_unit_test(after_a_mistake_nothing_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
