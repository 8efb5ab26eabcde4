/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "args.h"

#include <stdint.h>
#include <string.h>

static const struct option {
	const char *name;
	enum arg_kind kind;
	bool valued;
} options[] = {
	{ "--line", ARG_LINE, true },
	{ "--word", ARG_WORD, true },
	{ "--count", ARG_COUNT, true },
	{ "--show", ARG_SHOW, true },
	{ "--reserve", ARG_RESERVE, true },
	{ "--threads", ARG_THREADS, true },
	{ "--small-pages", ARG_SMALL_PAGES, false },
	{ "--help", ARG_HELP, false },
};

/* "12", "64K", "2G": a number, and perhaps a unit of 1024 to some power. */
static bool
parse_number(const char *text, bool unit_allowed, size_t *ret)
{
	static const char units[] = "KMGT";
	const char *p = text;
	uint64_t n = 0;

	for (; *p >= '0' && *p <= '9'; p++) {
		unsigned digit = (unsigned)(*p - '0');
		if (n > (UINT64_MAX - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	if (p == text)
		return false;
	if (unit_allowed && *p && strchr(units, *p)) {
		size_t shift = 10 * (size_t)(strchr(units, *p) - units + 1);
		if (n > UINT64_MAX >> shift)
			return false;
		n <<= shift;
		p++;
	}
	*ret = (size_t)n;
	return *p == '\0' && n <= SIZE_MAX;
}

static void
wrong(struct arg *ret, const char *why)
{
	ret->kind = ARG_WRONG;
	ret->text = why;
}

static void
parse_value(struct arg *ret)
{
	switch (ret->kind) {
	case ARG_LINE:
	case ARG_SHOW:
	case ARG_THREADS:
		if (!parse_number(ret->text, false, &ret->number))
			wrong(ret, "wants a number");
		break;
	case ARG_RESERVE:
		if (!parse_number(ret->text, true, &ret->number) || ret->number == 0)
			wrong(ret,
			      "wants a size such as 512M or 64G that fits in the address space");
		break;
	case ARG_WORD:
	case ARG_COUNT:
		if (ret->text[0] == '\0' || strchr(ret->text, '\n'))
			wrong(ret, "wants a word: not nothing, and no newline in it");
		break;
	default:
		break;
	}
}

static bool
next_file(struct arg *ret, const char *name)
{
	ret->kind = ARG_FILE;
	ret->text = name;
	return true;
}

bool
args_next(struct args *a, struct arg *ret)
{
	if (a->next >= a->argc)
		return false;

	const char *at = a->argv[a->next++];
	*ret = (struct arg){ .at = at };
	if (a->only_files || at[0] != '-' || at[1] == '\0')
		return next_file(ret, at);
	if (strcmp(at, "--") == 0) {
		a->only_files = true;
		return args_next(a, ret);
	}

	size_t length = strcspn(at, "=");
	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
		const struct option *o = &options[i];

		if (strlen(o->name) != length || strncmp(o->name, at, length) != 0)
			continue;
		ret->kind = o->kind;
		if (at[length] == '=')
			ret->text = at + length + 1;
		else if (o->valued && a->next < a->argc)
			ret->text = a->argv[a->next++];
		if (o->valued != (ret->text != NULL))
			wrong(ret, o->valued ? "wants a value" : "takes no value");
		else if (o->valued)
			parse_value(ret);
		return true;
	}
	wrong(ret, "is unknown; see --help");
	return true;
}
