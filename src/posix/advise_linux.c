/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <errno.h>
#include <sys/prctl.h>

#include "../os.h"
#include "linux.h"
#include "proc.h"
#include "why.h"

/* The kernel checks the advice before it finds the range empty. */
static bool
knows_advice(int advice)
{
	return madvise(NULL, 0, advice) == 0;
}

uint32_t
vbuf_os_unmet(uint32_t attrs)
{
	uint32_t unmet = 0;

	if ((attrs & VBUF_OS_HUGE) &&
	    (vbuf_os_huge_page_size() == 0 || !knows_advice(MADV_HUGEPAGE)))
		unmet |= VBUF_OS_HUGE;
	if ((attrs & VBUF_OS_NO_HUGE) && !knows_advice(MADV_NOHUGEPAGE))
		unmet |= VBUF_OS_NO_HUGE;
	if ((attrs & VBUF_OS_NO_DUMP) && !knows_advice(MADV_DONTDUMP))
		unmet |= VBUF_OS_NO_DUMP;
	if (attrs & VBUF_OS_UNCHARGED) {
		uint64_t mode;
		if (vbuf_proc_number("/proc/sys/vm/overcommit_memory", &mode) && mode == 2)
			unmet |= VBUF_OS_UNCHARGED;
	}
	return unmet;
}

static const struct {
	uint32_t attr;
	int advice;
} advices[] = {
	{ VBUF_OS_NO_DUMP, MADV_DONTDUMP },     { VBUF_OS_FORK_DROP, MADV_DONTFORK },
	{ VBUF_OS_FORK_WIPE, MADV_WIPEONFORK }, { VBUF_OS_HUGE, MADV_HUGEPAGE },
	{ VBUF_OS_NO_HUGE, MADV_NOHUGEPAGE },
};

int
vbuf_os_advise(void *addr, size_t size, uint32_t attrs)
{
	for (size_t i = 0; i < sizeof advices / sizeof *advices; i++)
		if ((attrs & advices[i].attr) && madvise(addr, size, advices[i].advice) != 0)
			return errno == EINVAL ? VBUF_ENOTSUP : vbuf_why(VBUF_WHY_CHANGE, size);
	return VBUF_OK;
}

int
vbuf_os_name(void *addr, size_t size, const char *name)
{
	if (prctl(PR_SET_VMA, (unsigned long)PR_SET_VMA_ANON_NAME, (unsigned long)addr,
	          (unsigned long)size, (unsigned long)name) != 0)
		return errno == EINVAL ? VBUF_ENOTSUP : vbuf_why(VBUF_WHY_CHANGE, size);
	return VBUF_OK;
}
