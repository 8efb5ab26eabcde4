/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "system.h"

bool
system_answers_itself(enum system_answer about)
{
	(void)about;
	return true;
}
