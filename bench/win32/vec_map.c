/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "../vec/vec.h"

const struct vec_peer vec_map = { .absent = "Windows has no memory without a commit charge" };
