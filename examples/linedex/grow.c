/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "grow.h"

/* A whole number of huge pages, nearly everywhere. Costs nothing until touched. */
static const size_t FIRST_STEP = (size_t)2 << 20;
static const size_t LAST_STEP = (size_t)256 << 20;

int
grow_init(struct grow *g, size_t size, const char *name, enum vbuf_huge huge)
{
	struct vbuf_options options = {
		.size = sizeof options,
		.name = name,
		.huge = huge,
		.no_dump = true, /* a core dump has no use for somebody's text */
	};

	*g = (struct grow){ 0 };
	return vbuf_reserve(&g->v, vbuf_align_up(size, vbuf_page_size()), &options);
}

void
grow_fini(struct grow *g)
{
	(void)vbuf_unreserve(&g->v);
	*g = (struct grow){ 0 };
}

/* A quarter of what is there, so that n bytes take O(log n) calls of the system. */
static size_t
next_step(const struct grow *g)
{
	size_t step = g->committed / 4;

	if (step > LAST_STEP)
		step = LAST_STEP;
	return step < FIRST_STEP ? FIRST_STEP : vbuf_align_down(step, FIRST_STEP);
}

int
grow_room(struct grow *g, size_t size)
{
	if (size <= g->committed - g->used)
		return VBUF_OK;
	if (size > g->v.size - g->used)
		return VBUF_ERANGE;

	size_t least = vbuf_align_up(g->used + size, vbuf_page_size()) - g->committed;
	size_t left = g->v.size - g->committed;
	size_t step = next_step(g);
	int err;

	if (step > left)
		step = left;
	if (step < least)
		step = least;
	/* Memory may be too scarce for a generous step, yet enough for a modest one. */
	while ((err = vbuf_commit(&g->v, g->committed, step)) != VBUF_OK && step > least) {
		step = vbuf_align_down(step / 2, vbuf_page_size());
		if (step < least)
			step = least;
	}
	if (err != VBUF_OK)
		return err;
	g->committed += step;
	g->steps++;
	return VBUF_OK;
}

int
grow_trim(struct grow *g)
{
	size_t keep = vbuf_align_up(g->used, vbuf_page_size());
	int err = VBUF_OK;

	/* To the end of the reservation: a commit that failed may have left some pages. */
	if (keep < g->v.size)
		err = vbuf_decommit(&g->v, keep, g->v.size - keep);
	if (err == VBUF_OK)
		g->committed = keep;
	return err;
}

int
grow_fits(size_t wish, size_t *ret)
{
	struct vbuf v;
	struct vbuf_options options = { .size = sizeof options, .min_size = vbuf_page_size() };
	int err = vbuf_reserve(&v, vbuf_align_up(wish, options.min_size), &options);

	*ret = v.size;
	return err == VBUF_OK ? vbuf_unreserve(&v) : err;
}
