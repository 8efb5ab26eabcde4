/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Which C++ library this is, and its version; and the compiler. */
#ifndef BENCH_STANDARD_HPP
#define BENCH_STANDARD_HPP

#include <cstddef>

#define STANDARD_TEXT_(x) #x
#define STANDARD_TEXT(x) STANDARD_TEXT_(x)

static inline const char *
standard_library()
{
#if defined(_GLIBCXX_RELEASE)
	return "libstdc++ " STANDARD_TEXT(_GLIBCXX_RELEASE) ", C++ by " __VERSION__;
#elif defined(_LIBCPP_VERSION)
	return "libc++ " STANDARD_TEXT(_LIBCPP_VERSION) ", C++ by " __VERSION__;
#else
	return NULL;
#endif
}

#endif
