/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Mach's word on a mapping, with a fault in front: see faulty_posix.c. Its codes are others
 * than errno's, and none that the library would look at. */
#include <mach/mach.h>

#include "fault.h"

kern_return_t faulty_vm_region_64(mach_port_t task, vm_address_t *address, vm_size_t *size,
                                  vm_region_flavor_t flavor, vm_region_info_t info,
                                  mach_msg_type_number_t *count, mach_port_t *object);
kern_return_t
faulty_vm_region_64(mach_port_t task, vm_address_t *address, vm_size_t *size,
                    vm_region_flavor_t flavor, vm_region_info_t info, mach_msg_type_number_t *count,
                    mach_port_t *object)
{
	int code;

	if (fault_now(FAULT_SYSTEM, "vm_region_64", &code))
		return KERN_FAILURE;
	return vm_region_64(task, address, size, flavor, info, count, object);
}
