/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Mach's word on one mapping: the one that holds the address, or the next. */
#include <mach/mach.h>

#include "../maps.h"

kern_return_t
vm_region_64(mach_port_t task, vm_address_t *address, vm_size_t *size, vm_region_flavor_t flavor,
             vm_region_info_t info, mach_msg_type_number_t *count, mach_port_t *object)
{
	struct imitated_map map = { 0 };
	struct vbuf_proc maps;
	bool found = false;

	if (task != mach_task_self() || flavor != VM_REGION_BASIC_INFO_64 ||
	    *count != VM_REGION_BASIC_INFO_COUNT_64)
		return KERN_FAILURE;
	if (!vbuf_proc_open(&maps, "/proc/self/maps"))
		return KERN_FAILURE;
	while (!found && imitated_next_map(&maps, &map))
		found = map.end > *address;
	vbuf_proc_close(&maps);
	if (!found)
		return KERN_INVALID_ADDRESS;
	*address = map.start;
	*size = map.end - map.start;
	((vm_region_basic_info_data_64_t *)(void *)info)->protection = map.protection;
	*object = 0;
	return KERN_SUCCESS;
}

kern_return_t
task_info(mach_port_t task, task_flavor_t flavor, task_info_t info, mach_msg_type_number_t *count)
{
	if (task != mach_task_self() || flavor != TASK_VM_INFO || *count != TASK_VM_INFO_COUNT)
		return KERN_FAILURE;
	((task_vm_info_data_t *)(void *)info)->max_address = UINT64_C(1)
	                                                     << (sizeof info == 8 ? 47 : 32);
	return KERN_SUCCESS;
}
