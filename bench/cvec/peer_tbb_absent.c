/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "cvec.h"

const struct cvec_peer cvec_tbb = { .absent = "built without TBB" };
