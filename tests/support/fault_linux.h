/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the door at the system calls of Linux can do beside letting them fail. */
#ifndef VBUF_TESTS_SUPPORT_FAULT_LINUX_H
#define VBUF_TESTS_SUPPORT_FAULT_LINUX_H

#include <stdint.h>

#include "fault.h"

/* A folder that the library takes for "/": what it reads of the kernel's files is what the
 * test writes there. "" at first. */
extern const char *fault_root;

/* The nodes of the last mbind(), as the kernel reads them, whether or not it has them. */
extern uint64_t fault_nodes;

#endif
