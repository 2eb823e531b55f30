/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/control/control.h"
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include <stdio.h>

int main(void)
{
	gic_init();
	if (!hvc_is_plumbline()) {
		printf("the monitor was not found: all calls will fail\n");
	}
	if (guest_has_arg("shell")) {
		return shell_run();
	}
	if (guest_has_arg("demo")) {
		return demo_run();
	}
	printf("bootargs must hold 'demo' or 'shell'\n");
	return 1;
}
