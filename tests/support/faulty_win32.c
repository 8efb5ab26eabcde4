/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The faults at os.h reach all of src/win32 whose failure has a consequence. */
#include "fault.h"
