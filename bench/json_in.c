/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "json_in.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH = 16 };

static void
mistake(struct bench_json_in *r, const char *what)
{
	if (!r->wrong)
		r->wrong = what;
}

static char
peek(struct bench_json_in *r)
{
	while (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r')
		r->at++;
	if (r->wrong)
		return '\0';
	return *r->at;
}

static bool
take(struct bench_json_in *r, char c)
{
	if (peek(r) != c || r->wrong)
		return false;
	r->at++;
	return true;
}

void
bench_json_open(struct bench_json_in *r, char bracket)
{
	if (!take(r, bracket))
		mistake(r, bracket == '{' ? "an object is missing" : "an array is missing");
	r->first = true;
}

/* Is there another one, before the bracket that ends it all? */
static bool
another(struct bench_json_in *r, char bracket)
{
	if (take(r, bracket)) {
		r->first = false;
		return false;
	}
	if (!r->first && !take(r, ','))
		mistake(r, "a comma is missing");
	return !r->wrong;
}

bool
bench_json_member(struct bench_json_in *r, char *ret_key, size_t key_size)
{
	if (!another(r, '}'))
		return false;
	bench_json_string(r, ret_key, key_size);
	if (!take(r, ':'))
		mistake(r, "a colon is missing");
	return !r->wrong;
}

bool
bench_json_element(struct bench_json_in *r)
{
	return another(r, ']');
}

static const char *
digits(const char *p)
{
	return p + strspn(p, "0123456789");
}

/* The end of a number by the grammar, which is stricter than that of strtod(). */
static const char *
number_end(const char *p)
{
	p += *p == '-';
	const char *end = *p == '0' ? p + 1 : digits(p);
	if (end == p)
		return NULL;
	if (*end == '.') {
		p = end + 1;
		end = digits(p);
		if (end == p)
			return NULL;
	}
	if (*end == 'e' || *end == 'E') {
		p = end + 1;
		p += *p == '-' || *p == '+';
		end = digits(p);
		if (end == p)
			return NULL;
	}
	return end;
}

double
bench_json_number(struct bench_json_in *r)
{
	peek(r);
	const char *end = r->wrong ? NULL : number_end(r->at);

	if (!end) {
		mistake(r, "a number is missing");
		return 0;
	}
	double x = strtod(r->at, NULL);
	if (!(fabs(x) <= DBL_MAX))
		mistake(r, "a number is too large");
	r->at = end;
	r->first = false;
	return r->wrong ? 0 : x;
}

/* Four digits of a character's code; what is beyond a byte becomes a question mark. */
static char
coded(struct bench_json_in *r)
{
	unsigned code = 0;

	for (int i = 0; i < 4; i++, r->at++) {
		static const char hex[] = "0123456789abcdef0123456789ABCDEF";
		const char *digit = *r->at ? strchr(hex, *r->at) : NULL;
		if (!digit) {
			mistake(r, "a character is no character");
			return '?';
		}
		code = code * 16 + (unsigned)((digit - hex) % 16);
	}
	if (code == 0 || code > 255)
		return '?';
	return (char)code;
}

static char
escaped(struct bench_json_in *r)
{
	static const char name[] = "\"\\/bfnrt", value[] = "\"\\/\b\f\n\r\t";
	char c = *r->at;
	const char *known = c ? strchr(name, c) : NULL;

	if (c)
		r->at++;
	if (c == 'u')
		return coded(r);
	if (!known)
		mistake(r, "a character is no character");
	else
		return value[known - name];
	return '?';
}

void
bench_json_string(struct bench_json_in *r, char *ret, size_t size)
{
	size_t n = 0;

	if (!take(r, '"'))
		mistake(r, "a string is missing");
	while (!r->wrong && *r->at != '"') {
		if ((unsigned char)*r->at < 0x20) {
			mistake(r, "a string does not end");
			break;
		}
		char c = *r->at++;
		if (c == '\\')
			c = escaped(r);
		if (n + 1 < size)
			ret[n++] = c;
	}
	ret[n] = '\0';
	if (!r->wrong)
		r->at++;
	r->first = false;
}

static void
skip(struct bench_json_in *r, int depth)
{
	static const char *const words[] = { "true", "false", "null" };
	char text[2], c = peek(r);

	if (depth > DEPTH)
		mistake(r, "it is too deep");
	if (c == '{' || c == '[') {
		bench_json_open(r, c);
		while (c == '{' ? bench_json_member(r, text, sizeof text) : bench_json_element(r))
			skip(r, depth + 1);
		return;
	}
	if (c == '"') {
		bench_json_string(r, text, sizeof text);
		return;
	}
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!r->wrong && strncmp(r->at, words[i], strlen(words[i])) == 0) {
			r->at += strlen(words[i]);
			r->first = false;
			return;
		}
	}
	bench_json_number(r);
}

bool
bench_json_is_null(struct bench_json_in *r)
{
	if (peek(r) != 'n' || strncmp(r->at, "null", 4) != 0)
		return false;
	r->at += 4;
	r->first = false;
	return true;
}

void
bench_json_skip(struct bench_json_in *r)
{
	skip(r, 0);
}

void
bench_json_end(struct bench_json_in *r)
{
	if (peek(r) != '\0')
		mistake(r, "something follows");
}
