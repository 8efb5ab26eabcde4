/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* macOS, where stacks lie low. */
#include <mach/mach.h>

#include "width.h"

uint32_t
vbuf_address_bits(void)
{
	task_vm_info_data_t info = { 0 };
	mach_msg_type_number_t count = TASK_VM_INFO_COUNT;

	if (task_info(mach_task_self(), TASK_VM_INFO, (task_info_t)&info, &count) != KERN_SUCCESS)
		return sizeof(void *) * 8;
	return vbuf_bits_of((uintptr_t)(info.max_address - 1));
}
