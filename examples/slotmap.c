/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stdio.h>
#include <vbuf/slotmap.h>

struct player {
	const char *name;
	int level;
};

VBUF_SLOTMAP(players, struct player);

int
main(void)
{
	const struct vbuf_slotmap_options o = { .size = sizeof o, .max = 1000000 };
	struct players all;    /* for any thread; pass it by value */
	struct vbuf_record *r; /* each thread has its own */
	struct players_handle ada, next;

	if (players_create(&all, &o) || vbuf_domain_attach(players_domain(all), &r) ||
	    players_insert(all, r, (struct player){ "Ada", 36 }, &ada))
		return 1;

	vbuf_pin(r); /* what is found from here on stays */
	struct player *p = players_get(all, r, ada);
	players_remove(all, r, ada); /* here or in any other thread */
	if (p && !players_get(all, r, ada))
		printf("%s has gone, and can still be read: level %d\n", p->name, p->level);
	vbuf_unpin(r); /* from here on not even that */

	for (int i = 0; i < 1000000; i++)
		if (players_insert(all, r, (struct player){ "Bob", i }, &next) ||
		    players_remove(all, r, next))
			return 1;
	printf("a million later her handle names %s\n",
	       players_contains(all, ada) ? "Bob" : "nobody");
	return vbuf_domain_detach(&r) || players_destroy(&all);
}
