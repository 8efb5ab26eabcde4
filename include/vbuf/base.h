/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/**
 * @file
 * What every public header of libvbuf shares: the version, the attributes of
 * a declaration, and the one list of errors.
 */
#ifndef VBUF_BASE_H
#define VBUF_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VBUF_VERSION_MAJOR 0 /**< first number of VBUF_VERSION_STRING */
#define VBUF_VERSION_MINOR 1 /**< second number */
#define VBUF_VERSION_PATCH 0 /**< third number */
/** The version of these headers; vbuf_version() is that of the library linked. */
#define VBUF_VERSION_STRING "0.1.0"

/**
 * @def VBUF_BEGIN_DECLS
 * Opens the declarations of a header, which are C also where C++ reads them.
 * @def VBUF_END_DECLS
 * Closes them.
 */
#ifdef __cplusplus
#define VBUF_BEGIN_DECLS extern "C" {
#define VBUF_END_DECLS }
#else
#define VBUF_BEGIN_DECLS
#define VBUF_END_DECLS
#endif

/** A cast that inline functions use; programs in C++ may warn of those of C. */
#ifdef __cplusplus
#define VBUF_CAST_(T, x) static_cast<T>(x)
#else
#define VBUF_CAST_(T, x) ((T)(x))
#endif

/** What an inline function knows of its result: who asks for NULL then asks but once. */
#if defined(__GNUC__)
#define VBUF_ASSUME_(holds)                                                                        \
	do {                                                                                       \
		if (!(holds))                                                                      \
			__builtin_unreachable();                                                   \
	} while (0)
#else
#define VBUF_ASSUME_(holds) ((void)0)
#endif

/** Memory that is not committed may be made to read as zeros, and addresses are plenty. */
#if defined(VBUF_READS_UNCOMMITTED_)
/* the model checker wants it otherwise */
#elif !defined(_WIN32) && UINTPTR_MAX > 0xffffffffU
#define VBUF_READS_UNCOMMITTED_ 1
#else
#define VBUF_READS_UNCOMMITTED_ 0
#endif

/**
 * @def VBUF_API
 * Marks what the library exports.
 *
 * It means something only while the shared library is compiled. Its users need
 * nothing: libvbuf exports functions only, which need no dllimport; and what links the
 * archive must not export our names as its own. Windows exports by a list.
 */
#if defined(VBUF_EXPORTING) && defined(__GNUC__) && !defined(_WIN32)
#define VBUF_API __attribute__((visibility("default")))
#else
#define VBUF_API
#endif

/**
 * @def VBUF_NODISCARD
 * Marks a function whose result must not be ignored.
 */
#if defined(__cplusplus) && __cplusplus >= 201703L
#define VBUF_NODISCARD [[nodiscard]]
#elif defined(__GNUC__)
#define VBUF_NODISCARD __attribute__((warn_unused_result))
#else
#define VBUF_NODISCARD
#endif

VBUF_BEGIN_DECLS

/**
 * Every error of the library: name, value, text. Expand it with a macro of
 * three arguments to build a table of your own.
 */
#define VBUF_ERRORS(X)                                                                             \
	X(VBUF_EINVAL, -1, "invalid argument")                                                     \
	X(VBUF_ERANGE, -2, "outside the buffer, or too large")                                     \
	X(VBUF_ENOADDR, -3, "out of address space")                                                \
	X(VBUF_ECOMMIT, -4, "the system refuses to commit memory")                                 \
	X(VBUF_EMAPS, -5, "out of memory mappings (vm.max_map_count)")                             \
	X(VBUF_ERLIMIT, -6, "a resource limit of the process is reached")                          \
	X(VBUF_ELOCKED, -7, "the limit of locked memory is reached")                               \
	X(VBUF_EPERM, -8, "not permitted")                                                         \
	X(VBUF_ENOTSUP, -9, "not supported by this system")                                        \
	X(VBUF_EBUSY, -10, "in use")                                                               \
	X(VBUF_EACCES, -11, "a page of the range does not allow the access")                       \
	X(VBUF_ESYS, -12, "unexpected error of the system")                                        \
	X(VBUF_ESTALE, -13, "the handle names no element")

/** What a call of the library returns: VBUF_OK or one of the negative errors. */
enum vbuf_err {
	VBUF_OK = 0, /**< success; zero for good */
#define VBUF_ERROR_ENUM_(name, value, text) name = (value),
	VBUF_ERRORS(VBUF_ERROR_ENUM_)
#undef VBUF_ERROR_ENUM_
};

/**
 * The text of an error, for a person: "out of address space".
 *
 * @param err a value returned by the library; any int is accepted
 * @return a constant string, never NULL, "unknown error" for a foreign value
 *
 * Threads: any time, from any thread, also in a signal handler.
 */
VBUF_NODISCARD VBUF_API const char *vbuf_strerror(int err);

/**
 * The name of an error, for a log: "VBUF_ENOADDR". As vbuf_strerror() in all
 * else; "VBUF_E?" for a foreign value.
 */
VBUF_NODISCARD VBUF_API const char *vbuf_errname(int err);

/**
 * The system's own code for what the calling thread's last failed call met:
 * errno on POSIX systems, GetLastError() on Windows.
 *
 * The library leaves the code where the system put it, so it means something
 * only directly after a call that failed because the system refused something:
 * VBUF_EINVAL and VBUF_ERANGE never reach it, but from vbuf_numa(), and VBUF_EPERM,
 * VBUF_EBUSY and VBUF_ENOTSUP need not.
 */
VBUF_NODISCARD VBUF_API uint32_t vbuf_sys_error(void);

/**
 * Write the system's text for @p code into @p buf: at most @p size bytes, the
 * terminating NUL included; a longer text is cut. Never allocates.
 *
 * @return the length of what was written, without the NUL; 0 when @p buf is
 *         NULL or @p size is 0
 */
VBUF_API size_t vbuf_sys_strerror(uint32_t code, char *buf, size_t size);

/** The version of the library that runs, as VBUF_VERSION_STRING of its headers. */
VBUF_NODISCARD VBUF_API const char *vbuf_version(void);

VBUF_END_DECLS

#endif
