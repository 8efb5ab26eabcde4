/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* How a system call gets a fault in front. */
#ifndef VBUF_TESTS_FAULTY_H
#define VBUF_TESTS_FAULTY_H

#include <errno.h>

#include "fault.h"

/* Sets errno to the code of the fault; true when the call is to fail. */
static inline bool
faulty(const char *name)
{
	int code;
	bool now = fault_now(FAULT_SYSTEM, name, &code);

	if (now)
		errno = code;
	return now;
}

#define FAULTY(type, failure, name, params, args)                                                  \
	type faulty_##name params;                                                                 \
	type faulty_##name params                                                                  \
	{                                                                                          \
		return faulty(#name) ? (failure) : name args;                                      \
	}

#endif
