/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Reading the small text files by which Linux answers, without stdio or malloc. */
#ifndef VBUF_SRC_POSIX_PROC_H
#define VBUF_SRC_POSIX_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vbuf_proc {
	int fd;
	size_t at, end;
	int code; /* errno of a read that failed, or 0 */
	char buf[4096];
};

/* False when the file cannot be opened; there is nothing to close then. */
bool vbuf_proc_open(struct vbuf_proc *p, const char *path);
void vbuf_proc_close(struct vbuf_proc *p);

/* The next line without its newline, cut to size - 1 bytes. False at the end. */
bool vbuf_proc_line(struct vbuf_proc *p, char *line, size_t size);

/* The first line of a file; false when there is none. */
bool vbuf_proc_first_line(const char *path, char *line, size_t size);

/* The decimal number at text, after blanks; *ret_end is what follows it. */
bool vbuf_proc_parse(const char *text, uint64_t *ret, const char **ret_end);

/* A file that holds one number; false when it does not. */
bool vbuf_proc_number(const char *path, uint64_t *ret);

/* The number behind a key at the start of a line, as in /proc/meminfo. */
bool vbuf_proc_keyed(const char *path, const char *key, uint64_t *ret);

/* One mapping of the process, from /proc/self/maps. */
struct vbuf_proc_map {
	uintptr_t start, end;
	char perms[4]; /* "rwxp", each letter or '-' */
};

bool vbuf_proc_next_map(struct vbuf_proc *maps, struct vbuf_proc_map *ret);

/* Mappings of the process, as vm.max_map_count counts them; 0: unknown. */
uint64_t vbuf_proc_count_maps(void);

#endif
