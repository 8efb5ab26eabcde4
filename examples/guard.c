/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A stack that grows downwards, with a guard below: an overflow stops the program,
 * rather than overwrite whatever happens to lie there. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <vbuf/vbuf.h>

static void
on_fault(int signal)
{
	(void)signal;
	_Exit(EXIT_SUCCESS); /* as expected; little else is allowed in here */
}

int
main(void)
{
	struct vbuf stack;
	size_t size = vbuf_align_up(65536, vbuf_page_size());
	struct vbuf_options options = {
		.size = sizeof options,
		.guard_before = vbuf_page_size(),
	};
	int err = vbuf_reserve(&stack, size, &options);

	if (err == VBUF_OK)
		err = vbuf_commit(&stack, 0, size);
	if (err != VBUF_OK) {
		fprintf(stderr, "guard: %s\n", vbuf_strerror(err));
		return EXIT_FAILURE;
	}

	volatile unsigned char *top = stack.base + size;
	for (size_t i = 0; i < size; i++)
		*--top = 1;
	printf("the stack is full\n");
	printf("one push more ends the program\n");
	fflush(stdout);

	signal(SIGSEGV, on_fault);
	*--top = 1;
	printf("nobody stopped it\n");
	return EXIT_FAILURE;
}
