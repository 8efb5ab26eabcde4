/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* macOS: the kernel is asked for one mapping at a time. */
#include <mach/mach.h>

#include "../os.h"
#include "runs.h"
#include "why.h"

int
vbuf_os_query(void *addr, size_t size, struct vbuf_run *ret)
{
	struct vbuf_finder finder = vbuf_find_run(addr, size);
	bool more = true;

	while (more) {
		vm_address_t start = finder.at; /* or the next mapping behind it */
		vm_size_t length = 0;
		vm_region_basic_info_data_64_t info = { 0 };
		mach_msg_type_number_t count = VM_REGION_BASIC_INFO_COUNT_64;
		mach_port_t object; /* always null, these days */

		if (vm_region_64(mach_task_self(), &start, &length, VM_REGION_BASIC_INFO_64,
		                 (vm_region_info_t)&info, &count, &object) != KERN_SUCCESS)
			break;
		more = vbuf_finder_next(&finder, start, start + length,
		                        vbuf_state_of(info.protection & VM_PROT_READ,
		                                      info.protection & VM_PROT_WRITE,
		                                      info.protection & VM_PROT_EXECUTE));
	}
	return vbuf_finder_result(&finder, ret);
}
