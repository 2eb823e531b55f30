/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints the virtual counter (CNTVCT) and its frequency (CNTFRQ), as Linux lets programs read them
 * (ARM ARM DDI 0406C.b, B8.1.2). */
#include "guest/linux/bin/linux.h"

int main(void)
{
	uint32_t low, high, hz;

	__asm__ volatile("isb\n\tmrrc p15, 1, %0, %1, c14" : "=r"(low), "=r"(high));
	__asm__ volatile("mrc p15, 0, %0, c14, c0, 0" : "=r"(hz));
	linux_print_number((uint64_t)high << 32 | low, " ");
	linux_print_number(hz, "\n");
	return 0;
}
