/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "vec.h"

const struct vec_peer vec_std = { .absent = "the build has no C++ compiler" };
