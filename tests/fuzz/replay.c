/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * A fuzz target without a fuzzer: each file of the folders given, once, in order. Any
 * compiler builds it, so that what the fuzzers found interesting runs everywhere.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME = 1024, INPUT = 4096, FILES = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char names[FILES][NAME];
static size_t count;

static int
by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

static int
list(const char *folder)
{
	DIR *d = opendir(folder);
	const struct dirent *entry;

	if (!d) {
		fprintf(stderr, "%s: no such folder\n", folder);
		return 1;
	}
	while ((entry = readdir(d))) {
		if (entry->d_name[0] == '.')
			continue;
		int n = count < FILES ? snprintf(names[count], NAME, "%s/%s", folder, entry->d_name)
		                      : NAME;
		if (n < 0 || n >= NAME) {
			fprintf(stderr, "%s: too many files, or too long a name\n", folder);
			closedir(d);
			return 1;
		}
		count++;
	}
	closedir(d);
	return 0;
}

static int
replay(const char *name)
{
	static uint8_t input[INPUT];
	FILE *f = fopen(name, "rb");

	if (!f) {
		fprintf(stderr, "%s: cannot be read\n", name);
		return 1;
	}
	size_t size = fread(input, 1, INPUT, f);
	fclose(f);
	/* A copy of its size, for checkers of memory to see what is read behind it. */
	uint8_t *copy = malloc(size ? size : 1);
	if (!copy)
		return 1;
	memcpy(copy, input, size);
	fprintf(stderr, "%s\n", name); /* the last one named is the one that failed */
	int bad = LLVMFuzzerTestOneInput(copy, size) != 0;
	free(copy);
	return bad;
}

int
main(int argc, char **argv)
{
	int bad = 0;

	for (int i = 1; i < argc; i++)
		bad |= list(argv[i]);
	qsort(names, count, NAME, by_name);
	for (size_t i = 0; i < count && !bad; i++)
		bad = replay(names[i]);
	if (!bad && count == 0) {
		fprintf(stderr, "no files\n");
		bad = 1;
	}
	printf("1..1\n%sok 1 - %zu files replayed\n", bad ? "not " : "", count);
	return bad;
}
