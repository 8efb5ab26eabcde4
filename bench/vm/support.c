/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <stddef.h>

#include "vm.h"

bool
vm_ok(struct bench_batch *b, const char *what, const char *err)
{
	if (err)
		bench_failed(b, what, err);
	return err == NULL;
}

const char *const *
vm_environment(const void *peer)
{
	static const char *const nothing[] = { NULL };

	(void)peer;
	return nothing;
}

bool
vm_open(struct bench_batch *b, const struct vm_peer *peer, uint64_t size, struct vm_area *ret)
{
	if (peer->absent) {
		bench_absent(b, peer->absent);
		return false;
	}
	if (!vm_ok(b, "reserve", peer->reserve(peer, ret, (size_t)size + 2 * VM_ROOM)))
		return false;
	if (ret->v.unmet) {
		bench_absent(b, "the system lacks an option of the reservation");
		peer->unreserve(ret);
		return false;
	}
	return true;
}

void
vm_close(struct bench_batch *b, const struct vm_peer *peer, struct vm_area *a)
{
	vm_ok(b, "unreserve", peer->unreserve(a));
}

void
vm_touch(unsigned char *p, size_t size)
{
	size_t page = vbuf_page_size();

	for (size_t i = 0; i < size; i += page)
		*(volatile unsigned char *)(p + i) = 1;
}
