/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Reserving: what the options mean, and the search for a place that suits them. */
#include "options.h"
#include "os.h"
#include "text.h"

static size_t
at_least(size_t n, size_t least)
{
	return n < least ? least : n;
}

static bool
valid_options(const struct vbuf_options *o, size_t size)
{
	size_t page = vbuf_os_page_size();

	return size % page == 0 && o->min_size <= size && o->min_size % page == 0 &&
	       (o->align == 0 || vbuf_is_power_of_two(o->align)) && o->guard_before % page == 0 &&
	       o->guard_after % page == 0 && (unsigned)o->place <= VBUF_PLACE_NEAR &&
	       (unsigned)o->huge <= VBUF_HUGE_NEVER && (unsigned)o->fork <= VBUF_FORK_WIPE &&
	       (unsigned)o->charge <= VBUF_CHARGE_NONE &&
	       (o->place == VBUF_PLACE_ANY) == (o->addr == NULL) &&
	       vbuf_is_zero(o->zero_, sizeof o->zero_);
}

static uint32_t
attrs_of(const struct vbuf_options *o)
{
	static const uint32_t huge[] = { 0, VBUF_OS_HUGE, VBUF_OS_NO_HUGE };
	static const uint32_t fork[] = { 0, VBUF_OS_FORK_DROP, VBUF_OS_FORK_WIPE };

	return huge[o->huge] | fork[o->fork] | (o->charge ? VBUF_OS_UNCHARGED : 0) |
	       (o->exec ? VBUF_OS_EXEC : 0) | (o->no_dump ? VBUF_OS_NO_DUMP : 0);
}

/* Attributes the system lacks, as the user reads them. NO_HUGE is not among them:
 * where huge pages are unknown, there are none. */
static uint32_t
unmet_of(uint32_t lacking)
{
	return (lacking & VBUF_OS_HUGE ? VBUF_UNMET_HUGE : 0) |
	       (lacking & VBUF_OS_NO_DUMP ? VBUF_UNMET_NO_DUMP : 0) |
	       (lacking & VBUF_OS_UNCHARGED ? VBUF_UNMET_CHARGE : 0);
}

/* A request whose mapping has the guards before and behind the buffer in it. */
struct plan {
	struct vbuf_os_request request;
	size_t guards; /* request.size = guards + size of the buffer */
	size_t align;  /* that the caller asked for; request.align may be a huge page */
	enum vbuf_place place;
	unsigned char *addr; /* of the buffer; for every place but ANY */
};

static int
make_plan(const struct vbuf_options *o, size_t size, uint32_t attrs, struct plan *ret)
{
	size_t page = vbuf_os_page_size();
	size_t huge = vbuf_os_huge_page_size();
	size_t lead = vbuf_align_up(o->guard_before, vbuf_os_granularity());
	size_t align = at_least(o->align, page);

	size_t aligned = (attrs & VBUF_OS_HUGE) && size >= huge ? at_least(align, huge) : align;
	if (lead == SIZE_MAX || lead > SIZE_MAX - o->guard_after ||
	    lead + o->guard_after > SIZE_MAX - size)
		return VBUF_ERANGE;
	*ret = (struct plan){
		.request = { .align = aligned, .lead = lead, .attrs = attrs },
		.guards = lead + o->guard_after,
		.align = align,
		.place = o->place,
		.addr = o->addr,
	};
	return VBUF_OK;
}

/* Try one address of the buffer, and nothing else. */
static int
reserve_at(const struct plan *plan, uintptr_t addr, size_t size, void **ret)
{
	struct vbuf_os_request request = plan->request;

	request.size = size + plan->guards;
	request.addr = (void *)(addr - request.lead);
	request.exact = true;
	return vbuf_os_reserve(&request, ret);
}

static int
reserve_exactly(const struct plan *plan, size_t size, void **ret)
{
	uintptr_t addr = (uintptr_t)plan->addr;
	size_t lead = plan->request.lead;

	if (addr % plan->align != 0 || addr <= lead || /* no mapping begins at 0 */
	    (addr - lead) % vbuf_os_granularity() != 0)
		return VBUF_EINVAL;
	if (size + plan->guards - lead > UINTPTR_MAX - addr)
		return VBUF_ERANGE;
	return reserve_at(plan, addr, size, ret);
}

/* Is every byte of [first, first + size) less than 2 GiB from the address to? */
static bool
in_reach(uintptr_t to, uintptr_t first, size_t size)
{
	const uint64_t reach = (uint64_t)1 << 31;
	uintptr_t last = first + (size - 1);

	return last >= first && (first >= to || to - first < reach) &&
	       (last <= to || last - to < reach);
}

/*
 * Look for free addresses on both sides of the one given, nearest first. No call
 * that all systems have tells what is free; so try. Steps of 16 MiB find the usual
 * case in a few tries, steps of 64 KiB what it missed.
 */
static int
reserve_near(const struct plan *plan, size_t size, size_t step, void **ret)
{
	uintptr_t to = (uintptr_t)plan->addr;
	uintptr_t middle = to & ~(uintptr_t)(step - 1);
	bool ended[2] = { false, false }; /* upwards, downwards */

	for (uint64_t d = 0; d < (uint64_t)1 << 31; d += step) {
		for (int down = 0; down < 2; down++) {
			uintptr_t first = down ? middle - (uintptr_t)d : middle + (uintptr_t)d;

			bool too_low = first < plan->request.lead + step;

			ended[down] =
				ended[down] || (down ? first > middle || too_low : first < middle);
			if (ended[down] || too_low || !in_reach(to, first, size))
				continue;
			int err = reserve_at(plan, first, size, ret);
			if (err == VBUF_ENOADDR || err == VBUF_EPERM)
				ended[down] = true; /* of the addresses a program may have */
			else if (err != VBUF_EBUSY)
				return err;
		}
	}
	return VBUF_ENOADDR;
}

static int
reserve_nearby(const struct plan *plan, size_t size, void **ret)
{
	size_t fine = at_least(vbuf_os_granularity(), 65536);
	size_t coarse = 16 << 20;
	int err = reserve_near(plan, size, at_least(coarse, plan->request.align), ret);

	if (err == VBUF_ENOADDR && plan->request.align < coarse)
		err = reserve_near(plan, size, at_least(fine, plan->request.align), ret);
	return err;
}

static int
reserve_by_plan(const struct plan *plan, size_t size, void **ret)
{
	struct vbuf_os_request request = plan->request;
	int err;

	switch (plan->place) {
	case VBUF_PLACE_EXACT:
		return reserve_exactly(plan, size, ret);
	case VBUF_PLACE_NEAR:
		return reserve_nearby(plan, size, ret);
	case VBUF_PLACE_HINT:
		err = reserve_exactly(plan, size, ret);
		if (err == VBUF_OK || err == VBUF_EINVAL)
			return err;
		break;
	default:
		break;
	}
	request.size = size + plan->guards;
	return vbuf_os_reserve(&request, ret);
}

/* Has the process run out of addresses? */
static bool
is_exhausted(int err)
{
	return err == VBUF_ENOADDR || err == VBUF_ERLIMIT || err == VBUF_ELOCKED;
}

/* Would a smaller buffer fit where this one does not? */
static bool
is_for_size(int err)
{
	return is_exhausted(err) || err == VBUF_ERANGE || err == VBUF_EBUSY;
}

static size_t
an_eighth_less(size_t size, size_t min)
{
	return at_least(vbuf_align_down(size - size / 8, vbuf_os_page_size()), min);
}

/*
 * The first size that fits, of *size, seven eighths of that, and so on down to min;
 * *size is then what it is. Where it was the process that ran out, that would leave
 * the rest of the program next to nothing, so it is given back for an eighth less.
 */
static int
reserve_as_much(const struct plan *plan, size_t min, size_t *size, void **ret)
{
	int err = reserve_by_plan(plan, *size, ret);
	bool leave_some = is_exhausted(err);

	if (min == 0)
		return err;
	while (is_for_size(err) && *size > min) {
		*size = an_eighth_less(*size, min);
		err = reserve_by_plan(plan, *size, ret);
		if (err != VBUF_OK || !leave_some || *size == min)
			continue;
		leave_some = false;
		if (vbuf_os_unreserve(*ret, *size + plan->guards) != VBUF_OK)
			return VBUF_OK; /* what cannot be given back is kept */
		*size = an_eighth_less(*size, min);
		err = reserve_by_plan(plan, *size, ret);
	}
	return err;
}

int
vbuf_reserve(struct vbuf *ret, size_t size, const struct vbuf_options *options)
{
	struct vbuf_options o;
	struct plan plan;
	void *map;

	if (!ret)
		return VBUF_EINVAL;
	*ret = (struct vbuf){ 0 };
	int err = vbuf_read_options(options, sizeof o, &o);
	if (err)
		return err;
	if (!valid_options(&o, size))
		return VBUF_EINVAL;
	if (size == 0)
		return VBUF_OK;

	uint32_t wanted = attrs_of(&o);
	uint32_t lacking = vbuf_os_unmet(wanted);
	err = make_plan(&o, size, wanted & ~lacking, &plan);
	if (err)
		return err;
	err = reserve_as_much(&plan, o.min_size, &size, &map);
	if (err)
		return err;

	struct vbuf v = {
		.base = (unsigned char *)map + plan.request.lead,
		.size = size,
		.unmet = unmet_of(lacking),
		.attrs_ = wanted & ~lacking,
		.map_ = map,
		.map_size_ = size + plan.guards,
	};
	err = vbuf_os_advise(v.map_, v.map_size_, v.attrs_);
	if (err) {
		uint32_t code = vbuf_os_error();
		(void)vbuf_os_unreserve(v.map_, v.map_size_);
		vbuf_os_set_error(code);
		return err;
	}
	if (o.name && o.name[0]) {
		vbuf_copy_text(v.name_, sizeof v.name_, o.name);
		if (vbuf_os_name(v.map_, v.map_size_, v.name_) != VBUF_OK) {
			v.name_[0] = '\0';
			v.unmet |= VBUF_UNMET_NAME;
		}
	}
	*ret = v;
	return VBUF_OK;
}

int
vbuf_unreserve(struct vbuf *v)
{
	if (!v || v->size == 0)
		return VBUF_OK;
	int err = vbuf_os_unreserve(v->map_, v->map_size_);
	if (err == VBUF_OK)
		vbuf_forget(v);
	return err;
}

void
vbuf_forget(struct vbuf *v)
{
	if (v)
		*v = (struct vbuf){ 0 };
}

_Static_assert(sizeof(enum vbuf_place) == 4, "part of the ABI: no -fshort-enums");
_Static_assert(sizeof(struct vbuf) == (sizeof(void *) == 8 ? 104 : 80), "part of the ABI");
_Static_assert(sizeof(struct vbuf_options) == (sizeof(void *) == 8 ? 80 : 52), "part of the ABI");
_Static_assert(sizeof(struct vbuf_run) == 2 * sizeof(size_t), "part of the ABI");
