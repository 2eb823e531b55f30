/* SPDX-License-Identifier: BSD-2-Clause */
/* Floods the console with what makes much work there: lines written over, attributes, questions to
 * the terminal. Until partition 1, on which it holds rights, is off. */
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/mmio.h"

#define UART_DR 0x09000000u

int main(void)
{
	struct vm_info info;

	while (vm_info(1, &info) == 0 && info.state != PLUMB_VM_OFF &&
	       info.state != PLUMB_VM_CRASHED) {
		for (const char *at = "\ra\rb\x1b[1m\x1b[6nc\n"; *at; at++) {
			mmio_write32(UART_DR, (unsigned char)*at);
		}
	}
	return 0;
}
