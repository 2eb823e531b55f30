/* SPDX-License-Identifier: BSD-2-Clause */
/* Restarts its partition until partition 1, on which it holds rights, is off. */
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/psci.h"

int main(void)
{
	struct vm_info info;

	if (vm_info(1, &info) == 0 && info.state != PLUMB_VM_OFF &&
	    info.state != PLUMB_VM_CRASHED) {
		psci_system_reset();
	}
	return 0;
}
