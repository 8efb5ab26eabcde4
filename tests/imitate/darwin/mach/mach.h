/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the library asks of Mach, with a size of our own of what is told. */
#ifndef VBUF_TESTS_IMITATE_DARWIN_MACH_H
#define VBUF_TESTS_IMITATE_DARWIN_MACH_H

#include <stddef.h>
#include <stdint.h>

typedef unsigned mach_port_t, mach_msg_type_number_t;
typedef int kern_return_t, vm_region_flavor_t, task_flavor_t;
typedef uintptr_t vm_address_t, vm_size_t;

enum { KERN_SUCCESS, KERN_INVALID_ADDRESS, KERN_FAILURE = 5 };
enum { VM_PROT_READ = 1, VM_PROT_WRITE = 2, VM_PROT_EXECUTE = 4 };
enum { VM_REGION_BASIC_INFO_64 = 9, VM_REGION_BASIC_INFO_COUNT_64 = 1 };
enum { TASK_VM_INFO = 22, TASK_VM_INFO_COUNT = 2 };

typedef struct {
	int protection;
} vm_region_basic_info_data_64_t;
typedef struct {
	uint64_t max_address;
} task_vm_info_data_t;
typedef int *vm_region_info_t, *task_info_t;

#define mach_task_self() 1u

kern_return_t vm_region_64(mach_port_t task, vm_address_t *address, vm_size_t *size,
                           vm_region_flavor_t flavor, vm_region_info_t info,
                           mach_msg_type_number_t *count, mach_port_t *object);
kern_return_t task_info(mach_port_t task, task_flavor_t flavor, task_info_t info,
                        mach_msg_type_number_t *count);

#endif
