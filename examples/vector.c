/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stdio.h>
#include <vbuf/vec.h>

struct step { /* from 1 to 2026, doubling or adding 3: which way is the shortest? */
	int number;
	const struct step *from; /* an element of the same vector */
};

VBUF_VEC(steps, struct step);

int
main(void)
{
	struct steps v = { 0 }; /* empty, and ready for use */

	if (steps_push(&v, (struct step){ 1, NULL }))
		return 1;
	VBUF_VEC_FOREACH(steps, it, &v) { /* and on over what is pushed meanwhile */
		if (it->number == 2026) {
			for (const struct step *s = it; s; s = s->from)
				printf("%d%c", s->number, s->from ? ' ' : '\n');
			break;
		}
		if (steps_push(&v, (struct step){ it->number * 2, it }) ||
		    steps_push(&v, (struct step){ it->number + 3, it }))
			return 1;
	}
	printf("%zu steps tried, and none of them moved\n", v.len);
	return steps_fini(&v) != VBUF_OK;
}
