/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "why.h"

#include <vbuf/base.h>

#include "api.h"

/* Memory, or what stands for it in the kernel. */
static int
why_no_memory(enum vbuf_why what)
{
	switch (what) {
	case VBUF_WHY_RESERVE:
		return VBUF_ENOADDR;
	case VBUF_WHY_COMMIT:
		return VBUF_ECOMMIT;
	default:
		return VBUF_ESYS;
	}
}

int
vbuf_why_code(enum vbuf_why what, uint32_t code)
{
	switch (code) {
	case ERROR_NOT_ENOUGH_MEMORY:
	case ERROR_OUTOFMEMORY:
	case ERROR_NO_SYSTEM_RESOURCES:
	case ERROR_COMMITMENT_LIMIT:
	case ERROR_PAGEFILE_QUOTA:
		return why_no_memory(what);
	case ERROR_INVALID_ADDRESS:
	case ERROR_INVALID_PARAMETER: /* more than a process can ever have */
		return what == VBUF_WHY_RESERVE ? VBUF_ENOADDR : VBUF_ESYS;
	case ERROR_NOT_ENOUGH_QUOTA:
		return VBUF_ERLIMIT;
	case ERROR_WORKING_SET_QUOTA:
		return VBUF_ELOCKED;
	case ERROR_ACCESS_DENIED: /* of a commit, Wine's word for no memory */
		return what == VBUF_WHY_COMMIT ? VBUF_ECOMMIT : VBUF_EPERM;
	case ERROR_DYNAMIC_CODE_BLOCKED:
	case ERROR_PRIVILEGE_NOT_HELD:
		return VBUF_EPERM;
	case ERROR_NOACCESS:
		return VBUF_EACCES;
	case ERROR_NOT_SUPPORTED:
	case ERROR_CALL_NOT_IMPLEMENTED:
		return VBUF_ENOTSUP;
	default:
		return VBUF_ESYS;
	}
}

int
vbuf_why(enum vbuf_why what)
{
	return vbuf_why_code(what, GetLastError());
}

int
vbuf_lacking(void)
{
	SetLastError(ERROR_NOT_SUPPORTED);
	return VBUF_ENOTSUP;
}
