/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * A small lock-free stack (Treiber's), an example for the model and its gate. The nodes
 * are in an array and the head is an index with a tag, which every change makes a new one:
 * without it a pop could take a head that was away and came back for an unchanged one (ABA).
 */
#ifndef VBUF_TESTS_TAGGED_STACK_H
#define VBUF_TESTS_TAGGED_STACK_H

#include <vbuf/atomic.h>

enum { STACK_NODES = 4 };

struct stack {
	vbuf_atomic_u64_ head; /* tag << 32 | index + 1; 0 in the low half: empty */
	uint32_t next[STACK_NODES];
	int value[STACK_NODES]; /* plain: of whoever took the node */
	uint32_t tag_step;      /* 1; 0 shows what the tags are for */
};

static inline uint64_t
stack_new_head(const struct stack *s, uint64_t head, uint32_t link)
{
	return ((head >> 32) + s->tag_step) << 32 | link;
}

/* The node is the caller's, and the stack's from here on. */
static inline void
stack_push(struct stack *s, uint32_t node, int value)
{
	vbuf_plain_write_(&s->value[node], sizeof s->value[node]);
	s->value[node] = value;

	uint64_t head = vbuf_load_relaxed_(&s->head);

	do
		vbuf_store_relaxed_(&s->next[node], (uint32_t)head);
	while (!vbuf_cas_release_(/* [stack-push] pairs with [stack-pop], [stack-retry] */
	                          &s->head, &head, stack_new_head(s, head, node + 1)));
}

/* The node taken, or -1. */
static inline int
stack_pop(struct stack *s, int *ret_value)
{
	uint64_t head = vbuf_load_acquire_(&s->head); /* [stack-pop] pairs with [stack-push] */

	while ((uint32_t)head) {
		uint32_t node = (uint32_t)head - 1;
		uint32_t next = vbuf_load_relaxed_(&s->next[node]);

		if (vbuf_cas_acquire_(/* [stack-retry] pairs with [stack-push] */
		                      &s->head, &head, stack_new_head(s, head, next))) {
			vbuf_plain_read_(&s->value[node], sizeof s->value[node]);
			*ret_value = s->value[node];
			return (int)node;
		}
	}
	return -1;
}

#endif
