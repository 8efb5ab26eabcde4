/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What is done with the pages of a buffer: the checks, and the policy. */
#include <string.h>

#include "atomic.h"
#include "core.h"
#include "os.h"

static int
check_range(const struct vbuf *v, size_t offset, size_t size)
{
	if (!v || v->size == 0 || size == 0 || (offset | size) & (vbuf_os_page_size() - 1))
		return VBUF_EINVAL;
	return offset <= v->size && size <= v->size - offset ? VBUF_OK : VBUF_ERANGE;
}

/* For calls that change what the pages hold or allow. */
static int
check_change(const struct vbuf *v, size_t offset, size_t size)
{
	int err = check_range(v, offset, size);

	return err == VBUF_OK && v->attrs_ & VBUF_OS_FROZEN ? VBUF_EPERM : err;
}

/*
 * A decommit puts a new mapping in place of the old, which lacks what the reservation
 * has. Fork behaviour and no-dump are promises; the rest is advice, worth a try.
 */
static int
apply_promises(const struct vbuf *v, void *addr, size_t size)
{
	uint32_t promises = v->attrs_ & VBUF_OS_PROMISED;

	return promises ? vbuf_os_advise(addr, size, promises) : VBUF_OK;
}

static void
apply_advice(const struct vbuf *v, void *addr, size_t size)
{
	uint32_t advice = v->attrs_ & VBUF_OS_ADVISED & ~(uint32_t)VBUF_OS_PROMISED;
	enum vbuf_numa numa = vbuf_os_numa_of(v->attrs_);

	if (advice)
		(void)vbuf_os_advise(addr, size, advice);
	if (numa != VBUF_NUMA_DEFAULT)
		(void)vbuf_os_numa(addr, size, numa, v->numa_nodes_);
	if (v->name_[0])
		(void)vbuf_os_name(addr, size, v->name_);
}

/*
 * After a decommit that could not keep the promises: keep them now, everywhere.
 * failed_ counts such decommits and is never reset; mended_ is its value from before
 * everything was mended. A failure that comes meanwhile so stays unmended, and a late
 * store of an old value costs no more than one mending too many.
 */
static int
mend_promises(struct vbuf *v)
{
	uint32_t failed = vbuf_load_relaxed_(&v->failed_);

	if (failed == vbuf_load_relaxed_(&v->mended_))
		return VBUF_OK;
	int err = apply_promises(v, v->map_, v->map_size_);
	if (err == VBUF_OK)
		vbuf_store_relaxed_(&v->mended_, failed);
	return err;
}

size_t
vbuf_page_size(void)
{
	return vbuf_os_page_size();
}

size_t
vbuf_huge_page_size(void)
{
	return vbuf_os_huge_page_size();
}

int
vbuf_commit(struct vbuf *v, size_t offset, size_t size)
{
	int err = check_change(v, offset, size);

	if (err == VBUF_OK)
		err = mend_promises(v);
	return err == VBUF_OK ? vbuf_os_commit(v->base + offset, size) : err;
}

static int
decommit(struct vbuf *v, size_t offset, size_t size, uint32_t more)
{
	int err = check_change(v, offset, size);

	if (err == VBUF_OK)
		err = vbuf_os_decommit(v->base + offset, size, v->attrs_ | more);
	if (err != VBUF_OK)
		return err;
	err = apply_promises(v, v->base + offset, size);
	if (err != VBUF_OK)
		vbuf_fetch_add_relaxed_(&v->failed_, 1);
	uint32_t code = vbuf_os_error();
	apply_advice(v, v->base + offset, size);
	vbuf_os_set_error(code);
	return err == VBUF_OK ? VBUF_OK : VBUF_ESYS;
}

int
vbuf_decommit(struct vbuf *v, size_t offset, size_t size)
{
	return decommit(v, offset, size, 0);
}

int
vbuf_decommit_readable(struct vbuf *v, size_t offset, size_t size)
{
	return decommit(v, offset, size, VBUF_OS_READABLE);
}

/*
 * Populate is fast and mute. Where it fails, for whatever reason, touching the
 * same pages either does the work or finds the page that cannot be had; so it goes
 * by pieces, to touch no more than one of them.
 */
int
vbuf_prefault(struct vbuf *v, size_t offset, size_t size, size_t *ret_done)
{
	const size_t piece = (size_t)16 << 20;
	size_t done = 0;
	int err = check_change(v, offset, size);
	uint32_t code = vbuf_os_error();

	while (err == VBUF_OK && done < size) {
		unsigned char *p = v->base + offset + done;
		size_t n = size - done < piece ? size - done : piece;
		size_t touched = n;

		err = vbuf_os_populate(p, n);
		if (err != VBUF_OK) {
			int why = vbuf_os_touch(p, n, &touched);
			err = why == VBUF_OK || err != VBUF_ECOMMIT ? why : err;
		}
		done += touched;
	}
	if (err == VBUF_OK) /* populate may have failed; the caller may clean up after another */
		vbuf_os_set_error(code);
	if (ret_done)
		*ret_done = done;
	return err;
}

int
vbuf_protect(struct vbuf *v, size_t offset, size_t size, enum vbuf_prot prot)
{
	int err = check_change(v, offset, size);

	if (err != VBUF_OK)
		return err;
	if ((unsigned)prot > VBUF_PROT_RX)
		return VBUF_EINVAL;
	if (prot == VBUF_PROT_RX && !(v->attrs_ & VBUF_OS_EXEC))
		return VBUF_EPERM;
	if (prot != VBUF_PROT_NONE)
		err = mend_promises(v);
	return err == VBUF_OK ? vbuf_os_protect(v->base + offset, size, prot) : err;
}

int
vbuf_freeze(struct vbuf *v, size_t offset, size_t size)
{
	int err = vbuf_protect(v, offset, size, VBUF_PROT_RO);

	if (err == VBUF_OK)
		v->attrs_ |= VBUF_OS_FROZEN;
	return err;
}

/*
 * Where nothing empties pages in place, they are taken back and committed anew, each run
 * with the protection it had. What cannot be told apart is taken for writable, as the
 * contract says; and what looks reserved may have contents, too.
 */
static int
purge_by_decommit(struct vbuf *v, size_t offset, size_t size)
{
	static const enum vbuf_prot prots[] = {
		[VBUF_STATE_RESERVED] = VBUF_PROT_NONE, [VBUF_STATE_NONE] = VBUF_PROT_NONE,
		[VBUF_STATE_RO] = VBUF_PROT_RO,         [VBUF_STATE_RW] = VBUF_PROT_RW,
		[VBUF_STATE_RX] = VBUF_PROT_RX,
	};
	size_t end = offset + size;
	int err = VBUF_OK;

	for (struct vbuf_run run; err == VBUF_OK && offset < end; offset += run.size) {
		err = vbuf_os_query(v->base + offset, end - offset, &run);
		if (err == VBUF_ENOTSUP)
			run = (struct vbuf_run){ end - offset, VBUF_STATE_RW };
		else if (err != VBUF_OK)
			break;
		err = vbuf_decommit(v, offset, run.size);
		if (err == VBUF_OK && run.state != VBUF_STATE_RESERVED)
			err = vbuf_commit(v, offset, run.size);
		if (err == VBUF_OK && prots[run.state] != VBUF_PROT_RW)
			err = vbuf_os_protect(v->base + offset, run.size, prots[run.state]);
	}
	return err;
}

/* The same where all is known to be writable. */
static int
purge_by_commit(struct vbuf *v, size_t offset, size_t size)
{
	int err = vbuf_decommit(v, offset, size);

	return err == VBUF_OK ? vbuf_commit(v, offset, size) : err;
}

static int
purge_or(struct vbuf *v, size_t offset, size_t size,
         int (*otherwise)(struct vbuf *, size_t, size_t))
{
	int err = check_change(v, offset, size);
	uint32_t code = vbuf_os_error();

	if (err == VBUF_OK)
		err = vbuf_os_purge(v->base + offset, size);
	if (err == VBUF_ENOTSUP && !vbuf_os_purge_is_seamless()) /* else a sandbox refuses it */
		err = otherwise(v, offset, size);
	if (err == VBUF_OK)
		vbuf_os_set_error(code);
	return err;
}

int
vbuf_purge(struct vbuf *v, size_t offset, size_t size)
{
	return purge_or(v, offset, size, purge_by_decommit);
}

int
vbuf_purge_rw(struct vbuf *v, size_t offset, size_t size)
{
	return purge_or(v, offset, size, purge_by_commit);
}

int
vbuf_discard(struct vbuf *v, size_t offset, size_t size)
{
	int err = check_change(v, offset, size);

	return err == VBUF_OK ? vbuf_os_discard(v->base + offset, size) : err;
}

int
vbuf_query(const struct vbuf *v, size_t offset, struct vbuf_run *ret)
{
	if (!ret)
		return VBUF_EINVAL;
	*ret = (struct vbuf_run){ 0 };
	int err = check_range(v, offset, vbuf_os_page_size());
	return err == VBUF_OK ? vbuf_os_query(v->base + offset, v->size - offset, ret) : err;
}

int
vbuf_resident(const struct vbuf *v, size_t offset, size_t size, size_t *ret)
{
	if (!ret)
		return VBUF_EINVAL;
	*ret = 0;
	int err = check_range(v, offset, size);
	return err == VBUF_OK ? vbuf_os_resident(v->base + offset, size, ret) : err;
}

int
vbuf_advise_huge(struct vbuf *v, size_t offset, size_t size, enum vbuf_huge huge)
{
	int err = check_range(v, offset, size);

	if (err == VBUF_OK && (unsigned)huge > VBUF_HUGE_NEVER)
		err = VBUF_EINVAL;
	if (err == VBUF_OK && huge == VBUF_HUGE_PREFER && vbuf_os_huge_page_size() == 0)
		err = VBUF_ENOTSUP;
	return err == VBUF_OK ? vbuf_os_advise_huge(v->base + offset, size, huge) : err;
}

static bool
holds_huge_page(uintptr_t addr, size_t size, size_t huge)
{
	size_t before = (size_t)(-addr & (huge - 1));

	return size >= before && size - before >= huge;
}

int
vbuf_collapse(struct vbuf *v, size_t offset, size_t size)
{
	size_t huge = vbuf_os_huge_page_size();
	int err = check_range(v, offset, size);

	if (err != VBUF_OK)
		return err;
	if (huge == 0)
		return VBUF_ENOTSUP;
	if (!holds_huge_page((uintptr_t)v->base + offset, size, huge))
		return VBUF_EINVAL;
	return vbuf_os_collapse(v->base + offset, size);
}

int
vbuf_lock(struct vbuf *v, size_t offset, size_t size)
{
	int err = check_range(v, offset, size);

	return err == VBUF_OK ? vbuf_os_lock(v->base + offset, size) : err;
}

int
vbuf_unlock(struct vbuf *v, size_t offset, size_t size)
{
	int err = check_range(v, offset, size);

	return err == VBUF_OK ? vbuf_os_unlock(v->base + offset, size) : err;
}

int
vbuf_numa(struct vbuf *v, enum vbuf_numa policy, uint64_t nodes)
{
	if (!v || v->size == 0 || (unsigned)policy > VBUF_NUMA_INTERLEAVE ||
	    (policy == VBUF_NUMA_DEFAULT) != (nodes == 0))
		return VBUF_EINVAL;
	int err = vbuf_os_numa(v->map_, v->map_size_, policy, nodes);
	if (err == VBUF_OK) {
		v->attrs_ = vbuf_os_with_numa(v->attrs_, policy);
		v->numa_nodes_ = nodes;
	}
	return err;
}

int
vbuf_get_limits(struct vbuf_limits *ret, size_t ret_size)
{
	struct vbuf_limits now = {
		.page_size = vbuf_os_page_size(),
		.granularity = vbuf_os_granularity(),
		.huge_page_size = vbuf_os_huge_page_size(),
	};

	if (!ret || ret_size < sizeof now) /* the first version; smaller there is none */
		return VBUF_EINVAL;
	vbuf_os_limits(&now);
	memset(ret, 0, ret_size);
	memcpy(ret, &now, sizeof now);
	return VBUF_OK;
}

bool
vbuf_purge_is_seamless(void)
{
	return vbuf_os_purge_is_seamless();
}
