/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One kernel without a manifest (`plumb run --kernel`): is what it was given what the command line
 * said? Bootargs: vcpus=N, memory=BYTES, initrd (it is printed up to its first line's end),
 * status=N to end with, hang, crash.
 */
#include "guest/lib/exceptions.h"
#include "guest/lib/fdt.h"
#include "guest/lib/guest.h"
#include "guest/lib/report.h"
#include "guest/lib/smp.h"
#include "guest/lib/timer.h"
#include <stdio.h>
#include <stdlib.h>

static void kernel_initrd(void)
{
	fdt_node chosen = fdt_find("/chosen");
	uint32_t start = 0, end = 0;

	if (!report_check(fdt_cell(chosen, "linux,initrd-start", 0, &start) &&
				  fdt_cell(chosen, "linux,initrd-end", 0, &end) && start < end &&
				  start >= guest_memory_base() &&
				  end - guest_memory_base() <= guest_memory_size(),
			  "kernel: an initrd in memory")) {
		return;
	}
	printf("kernel: initrd of %u bytes: ", (unsigned)(end - start));
	for (const char *c = (const char *)(uintptr_t)start;
	     (uint32_t)(uintptr_t)c < end && *c != '\n'; c++) {
		putchar(*c);
	}
	putchar('\n');
}

int main(void)
{
	const char *model = fdt_string(fdt_find("/"), "model");

	printf("kernel: model %s\n", model != NULL ? model : "?");
	printf("kernel: bootargs '%s'\n", guest_bootargs());
	(void)report_equal(guest_boot_r0, 0, "kernel: r0");
	(void)report_equal(guest_boot_r1, 0xffffffff, "kernel: r1");
	(void)report_check(fdt_present(), "kernel: a device tree at r2");
	(void)report_equal(smp_count(), guest_arg("vcpus", 1), "kernel: vCPUs");
	(void)report_equal(guest_memory_size(), guest_arg("memory", 128u << 20), "kernel: memory");
	if (guest_has_arg("initrd")) {
		kernel_initrd();
	}
	while (guest_has_arg("hang")) {
		timer_delay_us(100000);
	}
	if (guest_has_arg("crash")) {
		struct exception_access nowhere = { 0x10, 0 };

		exception_write32(&nowhere); /* nobody takes the abort */
	}
	if (report_failed() == 0 && guest_has_arg("status")) {
		exit((int)guest_arg("status", 0));
	}
	report_summary();
}
