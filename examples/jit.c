/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Make a function at run time: write it, make it executable, call it. The page is
 * never writable and executable at once. */
#include <stdio.h>
#include <string.h>
#include <vbuf/vbuf.h>

/* int f(void) { return 42; } */
#if defined(__x86_64__) || defined(__i386__)
static const uint8_t code[] = { 0xb8, 42, 0, 0, 0, 0xc3 };
#elif defined(__aarch64__)
static const uint32_t code[] = { 0x52800000 | 42 << 5, 0xd65f03c0 };
#elif defined(__riscv)
static const uint32_t code[] = { 0x00000513 | 42 << 20, 0x00008067 };
#else
static const uint8_t code[] = { 0 }; /* no code for this processor here */
#endif

int
main(void)
{
	struct vbuf v;
	size_t page = vbuf_page_size();
	struct vbuf_options options = { .size = sizeof options, .exec = true };
	int (*function)(void);

	if (sizeof code == 1) {
		printf("no code for this processor\n");
		return 77;
	}
	int err = vbuf_reserve(&v, page, &options);
	if (err == VBUF_OK)
		err = vbuf_commit(&v, 0, page);
	if (err == VBUF_OK) {
		memcpy(v.base, code, sizeof code);
		err = vbuf_protect(&v, 0, page, VBUF_PROT_RX);
	}
	if (err != VBUF_OK) {
		printf("jit: %s\n", vbuf_strerror(err));
		return err == VBUF_EPERM ? 77 : 1; /* some systems forbid it: SELinux */
	}
	__builtin___clear_cache((char *)v.base, (char *)v.base + sizeof code);
	memcpy(&function, &v.base, sizeof function); /* C knows no cast for this */
	printf("the new function returns %d\n", function());
	return vbuf_unreserve(&v) != VBUF_OK;
}
