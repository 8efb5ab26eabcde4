/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The text of an error, in UTF-8: English as all the library says, or where that is
 * not installed the user's language. */
#include "../os.h"
#include "../text.h"
#include "api.h"

enum { TEXT_MAX = 256 };

static DWORD
system_text(DWORD code, DWORD language, wchar_t *text)
{
	const DWORD flags = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS |
	                    FORMAT_MESSAGE_MAX_WIDTH_MASK; /* one line */
	DWORD len = FormatMessageW(flags, NULL, code, language, text, TEXT_MAX, NULL);

	while (len && (text[len - 1] <= L' ' || text[len - 1] == L'.'))
		len--;
	return len;
}

/* A character that was cut in two goes altogether. */
static size_t
drop_partial_character(char *buf, size_t len)
{
	size_t first = len;

	while (first && (buf[first - 1] & 0xc0) == 0x80)
		first--;
	if (first && (buf[first - 1] & 0xc0) == 0xc0) {
		unsigned char lead = (unsigned char)buf[first - 1];
		size_t whole = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;

		if (len - (first - 1) < whole)
			len = first - 1;
	}
	buf[len] = '\0';
	return len;
}

size_t
vbuf_os_strerror(uint32_t code, char *buf, size_t size)
{
	wchar_t wide[TEXT_MAX];
	char text[3 * TEXT_MAX + 1]; /* UTF-8 needs three bytes where UTF-16 needs one unit */
	DWORD before = GetLastError();
	DWORD len = system_text(code, MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US), wide);

	if (len == 0)
		len = system_text(code, 0, wide);
	int bytes =
		WideCharToMultiByte(CP_UTF8, 0, wide, (int)len, text, sizeof text - 1, NULL, NULL);
	text[bytes] = '\0';
	SetLastError(before);
	return drop_partial_character(buf,
	                              vbuf_copy_text(buf, size, bytes ? text : "unknown error"));
}
