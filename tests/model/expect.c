/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What a test program says of its model tests, in CMocka's words. */
#include "machine.h"

#include "test.h"

static struct model_result result, again;

/* MODEL_REPLAY=name=choices: show that execution. */
static void
replay_if_asked(const struct model_test *test)
{
	const char *asked = getenv("MODEL_REPLAY");
	size_t length = strlen(test->name);

	if (!asked || strncmp(asked, test->name, length) != 0 || asked[length] != '=')
		return;
	model_run(test, asked + length + 1, &again);
	fprintf(stderr, "model: %s: %s\n%s", test->name, again.found ? again.why : "holds",
	        again.listing);
}

static void
tell(const struct model_test *test, const struct model_result *r)
{
	if (getenv("MODEL_VERBOSE"))
		fprintf(stderr, "model: %s: %llu executions, %llu states, %.2f s%s\n", test->name,
		        (unsigned long long)r->executions, (unsigned long long)r->states,
		        r->seconds,
		        r->found      ? ""
		        : r->complete ? ", all there is"
		                      : ", a part");
}

void
assert_model_holds(const struct model_test *test)
{
	if (!sites_wanted(test->name))
		return;
	sites_prepare(test, true);
	replay_if_asked(test);
	model_run(test, NULL, &result);
	sites_done();
	tell(test, &result);
	if (result.found && sites_mutated()) { /* enough for the gate */
		fprintf(stderr, "model: caught by %s: %s\n", test->name, result.why);
		exit(1);
	}
	if (result.found)
		fail_msg("%s: %s\n%sfound in execution %llu; to see it again: MODEL_REPLAY='%s=%s'",
		         test->name, result.why, result.listing,
		         (unsigned long long)result.executions, test->name, result.replay);
	if (!result.complete && test->samples == 0 && !sites_mutated() && !getenv("MODEL_LONG") &&
	    !getenv("MODEL_SECONDS"))
		fail_msg("%s: not all seen in %llu executions; allow more, or samples", test->name,
		         (unsigned long long)result.executions);
}

void
assert_model_breaks(const struct model_test *test, const char *why)
{
	if (sites_mutated() || !sites_wanted(test->name))
		return;
	sites_prepare(test, false);
	replay_if_asked(test);
	model_run(test, NULL, &result);
	tell(test, &result);
	if (!result.found)
		fail_msg("%s: nothing found in %llu executions", test->name,
		         (unsigned long long)result.executions);
	if (!strstr(result.why, why))
		fail_msg("%s: found '%s', not '%s'\n%s", test->name, result.why, why,
		         result.listing);
	if (getenv("MODEL_VERBOSE"))
		fprintf(stderr, "%s: %s\n%s", result.why, result.replay, result.listing);
	model_run(test, result.replay, &again);
	if (strcmp(again.why, result.why) != 0 || strcmp(again.listing, result.listing) != 0)
		fail_msg("%s: another execution when replayed\n%s\n%s", test->name, result.listing,
		         again.listing);
}
