/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "throwaway.h"

#include <fcntl.h>
#include <unistd.h>

#include "test.h"

bool
kernel_is_ours(void)
{
	if (getenv("TEST_THROW_AWAY") && getpid() != 1)
		return true;
	printf("1..0 # SKIP needs a kernel of its own: tools/in-kernel\n");
	return false;
}

uint64_t
read_number(const char *path)
{
	char text[64];
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);

	if (n <= 0)
		fail_msg("%s cannot be read", path);
	close(fd);
	text[n] = '\0';
	return strtoull(text, NULL, 10);
}

void
write_to(const char *path, const char *text)
{
	size_t size = strlen(text);
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, size) != (ssize_t)size)
		fail_msg("%s does not take %s", path, text);
	close(fd);
}
