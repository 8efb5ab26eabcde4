/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "report.h"

#include <stdio.h>
#include <string.h>

enum { TEXT_SIZE = 32 };

/* 1536 -> "1.5 KiB" */
static const char *
human(char to[TEXT_SIZE], uint64_t bytes)
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double n = (double)bytes;
	size_t unit = 0;

	if (bytes == VBUF_UNLIMITED)
		return "unlimited";
	while (n >= 1024 && unit + 1 < sizeof units / sizeof units[0]) {
		n /= 1024;
		unit++;
	}
	(void)snprintf(to, TEXT_SIZE, unit ? "%.1f %s" : "%.0f %s", n, units[unit]);
	return to;
}

/* 1234567 -> "1,234,567" */
static const char *
grouped(char to[TEXT_SIZE], uint64_t n)
{
	char *p = to + TEXT_SIZE;
	unsigned digits = 0;

	*--p = '\0';
	do {
		if (digits++ && digits % 3 == 1)
			*--p = ',';
		*--p = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	return p;
}

static void
figure(const char *what, uint64_t n)
{
	char text[TEXT_SIZE];

	printf("%-12s %s\n", what, grouped(text, n));
}

static void
figure_of_two(const char *what, uint64_t text, uint64_t lines)
{
	char a[TEXT_SIZE], b[TEXT_SIZE];

	printf("%-12s %s for the text, %s for the line table\n", what, human(a, text),
	       human(b, lines));
}

void
report_figures(const struct text *t, const struct readers *r, const struct words *w,
               const struct ingested *in)
{
	struct vbuf_vec_stats text = { 0 };
	struct vbuf_cvec_stats lines = { 0 };

	if (text_stats(t, &text) != VBUF_OK || marks_stats(r->lines->mark, &lines) != VBUF_OK)
		return;
	figure("bytes", text.len);
	figure("lines", lines_count(r->lines));
	if (w)
		printf("%-12s %zu, of them %zu different\n", "words", w->total,
		       entries_len(w->entries));
	printf("%-12s %u times while it grew %u times", "data moved", in->moved, in->grew);
	if (in->lost == 0)
		printf(" (checked: its base, and %zu raw pointers)\n", in->checked);
	else
		printf(" (%zu of %zu raw pointers LOST)\n", in->lost, in->checked);
	if (r->asked.len > 0)
		printf("%-12s %zu, of them %zu while the text was being read\n", "answers",
		       r->asked.len, r->early);
	figure_of_two("reserved", text.reserved, lines.reserved);
	figure_of_two("committed", text.committed, lines.committed);
	if (text.resident && lines.resident)
		figure_of_two("resident", text.resident, lines.resident);
	else
		printf("%-12s unknown\n", "resident");
	if (vbuf_huge_page_size() == 0)
		printf("%-12s this system has none\n", "huge pages");
	if (in->faults_known)
		figure("page faults", in->page_faults);
	else
		printf("%-12s unknown\n", "page faults");
	printf("%-12s %.3f s", "time", in->seconds);
	if (in->seconds > 0)
		printf(", %.0f MB/s", (double)text.len / in->seconds / 1e6);
	putchar('\n');
}

void
report_progress(const struct text *t, const struct lines *l, double seconds)
{
	char bytes[TEXT_SIZE], lines[TEXT_SIZE];

	fprintf(stderr, "\r%12s  %14s lines  %8.1f s ", human(bytes, t->len),
	        grouped(lines, lines_count(l)), seconds);
	(void)fflush(stderr);
}

void
report_progress_end(void)
{
	fprintf(stderr, "\r%50s\r", "");
}

static void
hint(int err)
{
	struct vbuf_limits now;
	char a[TEXT_SIZE], b[TEXT_SIZE];

	if (vbuf_get_limits(&now, sizeof now) != VBUF_OK)
		return;
	switch (err) {
	case VBUF_ERANGE:
		fprintf(stderr, "linedex: --reserve takes a larger size\n");
		break;
	case VBUF_ENOADDR:
		fprintf(stderr, "linedex: addresses have %u bits here; --reserve takes a size\n",
		        (unsigned)now.address_bits);
		break;
	case VBUF_ECOMMIT:
		fprintf(stderr, "linedex: memory limit of the cgroup %s, commit headroom %s",
		        human(a, now.memory_limit), human(b, now.commit_headroom));
		if (now.overcommit >= 0)
			fprintf(stderr, ", overcommit mode %d", (int)now.overcommit);
		fputc('\n', stderr);
		break;
	case VBUF_ERLIMIT:
		fprintf(stderr, "linedex: limit of address space %s (ulimit -v), of data %s (-d)\n",
		        human(a, now.address_space_limit), human(b, now.data_limit));
		break;
	case VBUF_ELOCKED:
		fprintf(stderr, "linedex: limit of locked memory %s (ulimit -l)\n",
		        human(a, now.locked_limit));
		break;
	case VBUF_EMAPS:
		fprintf(stderr, "linedex: %s of %s mappings in use\n", grouped(a, now.maps),
		        grouped(b, now.maps_limit));
		break;
	default:
		break;
	}
}

void
report_failure(const char *what, const struct text *t, const struct lines *l, int err, uint32_t sys)
{
	char system[128] = "", a[TEXT_SIZE], b[TEXT_SIZE], c[TEXT_SIZE], d[TEXT_SIZE];

	/* Misuse and a full vector never reach the system, so it has nothing to say. */
	if (err != VBUF_EINVAL && err != VBUF_ERANGE)
		(void)vbuf_sys_strerror(sys, system, sizeof system);
	fprintf(stderr, "linedex: cannot %s: %s%s%s\n", what, vbuf_strerror(err),
	        system[0] ? "; the system says: " : "", system);
	if (text_max(t))
		fprintf(stderr, "linedex: there are %s of at most %s, %s lines of at most %s\n",
		        human(a, t->len), human(b, text_max(t)), grouped(c, lines_count(l)),
		        grouped(d, marks_max(l->mark) - 1));
	hint(err);
}
