/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The functions of sync.h that can fail, each with a fault in front, at the same door as
 * those of os.h. The build has renamed the real ones. */
#include "../../src/sync.h"
#include "fault.h"

#define FAULTY(name, params, args)                                                                 \
	int real_sync_##name params;                                                               \
	int vbuf_sync_##name params                                                                \
	{                                                                                          \
		int err;                                                                           \
		if (!fault_now(FAULT_OS, #name, &err))                                             \
			err = real_sync_##name args;                                               \
		fault_done(#name);                                                                 \
		return err;                                                                        \
	}

FAULTY(register, (void), ())
FAULTY(heavy, (void), ())
FAULTY(key_create, (vbuf_sync_key * ret, void(VBUF_SYNC_EXIT *at_exit)(void *value)),
       (ret, at_exit))
FAULTY(key_set, (vbuf_sync_key key, void *value), (key, value))
