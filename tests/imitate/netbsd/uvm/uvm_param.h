/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef VBUF_TESTS_IMITATE_NETBSD_UVM_PARAM_H
#define VBUF_TESTS_IMITATE_NETBSD_UVM_PARAM_H

enum { VM_PROC = 16, VM_PROC_MAP = 1 };

#endif
