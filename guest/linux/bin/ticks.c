/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints the virtual counter and its frequency. */
#include "guest/linux/bin/linux.h"

int main(void)
{
	uint64_t ticks = linux_ticks();

	linux_print_number(ticks, " ");
	linux_print_number(linux_ticks_per_second(), "\n");
	return 0;
}
