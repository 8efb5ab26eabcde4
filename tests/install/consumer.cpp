/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The same in C++17: the headers must mean the same there. */
#include <vbuf/vbuf.h>

#include <cstdio>
#include <memory>
#include <string_view>

struct unreserve {
	void operator()(struct vbuf *v) const
	{
		vbuf_unreserve(v);
	}
};

int
main()
{
	struct vbuf v {
	};
	struct vbuf_options options {
	};

	if (std::string_view(vbuf_version()) != VBUF_VERSION_STRING)
		return 1;
	options.size = sizeof options;
	options.name = "consumer";
	if (vbuf_reserve(&v, std::size_t{ 1 } << 30, &options) != VBUF_OK)
		return 1;
	std::unique_ptr<struct vbuf, unreserve> owner(&v);
	if (vbuf_commit(&v, 0, vbuf_page_size()) != VBUF_OK)
		return 1;
	v.base[0] = 1;
	std::printf("libvbuf %s\n", vbuf_version());
	return 0;
}
