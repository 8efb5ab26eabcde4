/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <string.h>

#include "../os.h"
#include "proc.h"
#include "rlimit.h"
#include "width.h"

/*
 * The least number in root + dir + file, over dir and its parents. A container
 * sees its own cgroup as the root, while dir may be the name it has outside: a
 * file that is not there does not count.
 */
static uint64_t
least_up_to_root(const char *root, const char *dir, const char *file)
{
	char path[512];
	uint64_t least = VBUF_UNLIMITED, n;
	size_t root_len = strlen(root), file_len = strlen(file), len = strlen(dir);

	if (root_len + len + file_len >= sizeof path)
		len = 0;
	/* NOLINTBEGIN(bugprone-not-null-terminated-result): the file's name brings the end */
	memcpy(path, root, root_len);
	memcpy(path + root_len, dir, len);
	/* NOLINTEND(bugprone-not-null-terminated-result) */
	for (;;) {
		memcpy(path + root_len + len, file, file_len + 1);
		if (vbuf_proc_number(path, &n) && n < least)
			least = n;
		if (len == 0)
			return least;
		do
			len--;
		while (len && path[root_len + len] != '/');
	}
}

/* Lines of /proc/self/cgroup: "0::/a/b" in version 2, "4:memory:/a/b" in version 1. */
static uint64_t
cgroup_limit(void)
{
	struct vbuf_proc p;
	char line[256];
	uint64_t least = VBUF_UNLIMITED;

	if (!vbuf_proc_open(&p, "/proc/self/cgroup"))
		return least;
	while (vbuf_proc_line(&p, line, sizeof line)) {
		const char *controllers = strchr(line, ':');
		const char *dir = controllers ? strchr(controllers + 1, ':') : NULL;
		uint64_t n = VBUF_UNLIMITED;

		if (!dir)
			continue;
		if (dir == controllers + 1)
			n = least_up_to_root("/sys/fs/cgroup", dir + 1, "/memory.max");
		else if (strncmp(controllers, ":memory:", 8) == 0)
			n = least_up_to_root("/sys/fs/cgroup/memory", dir + 1,
			                     "/memory.limit_in_bytes");
		if (n < least)
			least = n;
	}
	vbuf_proc_close(&p);
	/* Version 1 says "none" by the largest multiple of the page. */
	return least >= (uint64_t)INT64_MAX - 0xffff ? VBUF_UNLIMITED : least;
}

/*
 * KiB that the kernel refuses this process though they are free: a part of the addresses it
 * has, also of those that are only reserved, and a little that only the privileged get. Who
 * is that, is not asked: to promise less is no lie.
 */
static uint64_t
kept_for_others(void)
{
	uint64_t addresses, most, kept = 0;

	if (vbuf_proc_keyed("/proc/self/status", "VmSize:", &addresses) &&
	    vbuf_proc_number("/proc/sys/vm/user_reserve_kbytes", &most))
		kept = addresses / 32 < most ? addresses / 32 : most;
	if (vbuf_proc_number("/proc/sys/vm/admin_reserve_kbytes", &most))
		kept += most;
	return kept;
}

static uint64_t
commit_headroom(void)
{
	uint64_t limit, used;

	if (!vbuf_proc_keyed("/proc/meminfo", "CommitLimit:", &limit) ||
	    !vbuf_proc_keyed("/proc/meminfo", "Committed_AS:", &used))
		return VBUF_UNLIMITED;
	used += kept_for_others();
	return used < limit ? (limit - used) * 1024 : 0;
}

void
vbuf_os_limits(struct vbuf_limits *ret)
{
	uint64_t mode;

	ret->address_bits = vbuf_address_bits();
	ret->overcommit =
		vbuf_proc_number("/proc/sys/vm/overcommit_memory", &mode) ? (int32_t)mode : -1;
	ret->address_space_limit = vbuf_rlimit(RLIMIT_AS);
	ret->data_limit = vbuf_rlimit(RLIMIT_DATA);
	ret->locked_limit = vbuf_rlimit(RLIMIT_MEMLOCK);
	ret->memory_limit = cgroup_limit();
	ret->maps = vbuf_proc_count_maps();
	if (!vbuf_proc_number("/proc/sys/vm/max_map_count", &ret->maps_limit))
		ret->maps_limit = VBUF_UNLIMITED;
	ret->commit_headroom = ret->overcommit == 2 ? commit_headroom() : VBUF_UNLIMITED;
}
