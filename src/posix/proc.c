/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "proc.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static bool
try_open(struct vbuf_proc *p, const char *path)
{
	p->at = p->end = 0;
	p->code = 0;
	do
		p->fd = open(path, O_RDONLY | O_CLOEXEC);
	while (p->fd < 0 && errno == EINTR);
	return p->fd >= 0;
}

bool
vbuf_proc_open(struct vbuf_proc *p, const char *path)
{
	static const char self[] = "/proc/self/", thread[] = "/proc/thread-self/";
	char ours[64];
	size_t rest = strlen(path) - (sizeof self - 1);

	/* "self" is the main thread, and empty once that has ended. */
	if (strncmp(path, self, sizeof self - 1) == 0 && rest < sizeof ours - sizeof thread) {
		memcpy(ours, thread, sizeof thread - 1);
		memcpy(ours + sizeof thread - 1, path + sizeof self - 1, rest + 1);
		if (try_open(p, ours))
			return true;
	}
	return try_open(p, path);
}

void
vbuf_proc_close(struct vbuf_proc *p)
{
	close(p->fd);
}

/* -1 at the end of the file */
static int
next_char(struct vbuf_proc *p)
{
	if (p->at == p->end) {
		ssize_t n;
		do
			n = read(p->fd, p->buf, sizeof p->buf);
		while (n < 0 && errno == EINTR);
		if (n < 0)
			p->code = errno;
		if (n <= 0)
			return -1;
		p->at = 0;
		p->end = (size_t)n;
	}
	return (unsigned char)p->buf[p->at++];
}

bool
vbuf_proc_line(struct vbuf_proc *p, char *line, size_t size)
{
	size_t n = 0;
	int c = next_char(p);

	if (c < 0)
		return false;
	for (; c >= 0 && c != '\n'; c = next_char(p))
		if (n + 1 < size)
			line[n++] = (char)c;
	line[n] = '\0';
	return true;
}

bool
vbuf_proc_first_line(const char *path, char *line, size_t size)
{
	struct vbuf_proc p;

	if (!vbuf_proc_open(&p, path))
		return false;
	bool found = vbuf_proc_line(&p, line, size);
	vbuf_proc_close(&p);
	return found;
}

bool
vbuf_proc_parse(const char *text, uint64_t *ret, const char **ret_end)
{
	uint64_t n = 0;

	text += strspn(text, " \t");
	if (*text < '0' || *text > '9')
		return false;
	for (; *text >= '0' && *text <= '9'; text++) {
		unsigned digit = (unsigned)(*text - '0');
		n = n > (UINT64_MAX - digit) / 10 ? UINT64_MAX : n * 10 + digit;
	}
	*ret = n;
	if (ret_end)
		*ret_end = text;
	return true;
}

bool
vbuf_proc_number(const char *path, uint64_t *ret)
{
	char line[64];

	return vbuf_proc_first_line(path, line, sizeof line) && vbuf_proc_parse(line, ret, NULL);
}

bool
vbuf_proc_keyed(const char *path, const char *key, uint64_t *ret)
{
	struct vbuf_proc p;
	char line[128];
	size_t len = strlen(key);
	bool found = false;

	if (!vbuf_proc_open(&p, path))
		return false;
	while (!found && vbuf_proc_line(&p, line, sizeof line))
		found = strncmp(line, key, len) == 0 && vbuf_proc_parse(line + len, ret, NULL);
	vbuf_proc_close(&p);
	return found;
}

static bool
parse_hex(const char **text, uintptr_t *ret)
{
	uintptr_t n = 0;
	const char *s = *text;

	for (;; s++) {
		if (*s >= '0' && *s <= '9')
			n = n << 4 | (uintptr_t)(*s - '0');
		else if (*s >= 'a' && *s <= 'f')
			n = n << 4 | (uintptr_t)(*s - 'a' + 10);
		else
			break;
	}
	bool any = s != *text;
	*text = s;
	*ret = n;
	return any;
}

bool
vbuf_proc_next_map(struct vbuf_proc *maps, struct vbuf_proc_map *ret)
{
	char line[64]; /* two addresses of 16 digits, the letters, and the rest we drop */
	const char *s = line;

	if (!vbuf_proc_line(maps, line, sizeof line))
		return false;
	if (!parse_hex(&s, &ret->start) || *s++ != '-' || !parse_hex(&s, &ret->end) || *s++ != ' ')
		return false;
	memcpy(ret->perms, s, sizeof ret->perms);
	return true;
}

uint64_t
vbuf_proc_count_maps(void)
{
	struct vbuf_proc p;
	uint64_t n = 0;
	ssize_t got;

	if (!vbuf_proc_open(&p, "/proc/self/maps"))
		return 0;
	/* Tens of thousands of lines when it matters: count newlines, parse nothing. */
	while ((got = read(p.fd, p.buf, sizeof p.buf)) > 0)
		for (ssize_t i = 0; i < got; i++)
			n += p.buf[i] == '\n';
	vbuf_proc_close(&p);
	return n;
}
