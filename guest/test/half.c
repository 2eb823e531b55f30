/* SPDX-License-Identifier: BSD-2-Clause */
/* Ends in the middle of a line, when all others have ended: what the monitor says behind it must
 * come out. Bootargs: first=HANDLE, last=HANDLE: the others; it needs a right on them. */
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/psci.h"
#include "guest/test/nap.h"
#include <stdio.h>

#define HALF_LOOK_US 1000u

static bool half_is_off(uint32_t handle)
{
	struct vm_info info;

	return vm_info(handle, &info) == 0 && info.state == PLUMB_VM_OFF;
}

int main(void)
{
	gic_init();
	nap_init();
	for (uint32_t handle = guest_arg("first", 0); handle <= guest_arg("last", 0); handle++) {
		while (!half_is_off(handle)) {
			nap(HALF_LOOK_US);
		}
	}
	printf("half: the half of");
	psci_system_off();
}
