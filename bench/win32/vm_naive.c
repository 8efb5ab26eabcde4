/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Access rights and advice cannot stand for commitment on Windows: there is no
 * second way to compare with. */
#include "../vm/vm.h"

const struct vm_peer vm_naive = { .absent = "no mprotect and no madvise on Windows" };
const struct vm_peer vm_populate = { .absent = "Windows has no MAP_POPULATE" };
