/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One kernel without a manifest (`plumb run --kernel`): is what it was given what the command line
 * said? Bootargs: vcpus=N, memory=BYTES, initrd (it is printed up to its first line's end),
 * status=N to end with; or, instead of an end, one of the ways not to get there (kernel_ways).
 */
#include "guest/lib/exceptions.h"
#include "guest/lib/fdt.h"
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/psci.h"
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

/* ---- ways to hang and to crash, for what the monitor says about them ---- */

static void kernel_hang(void)
{
	for (;;) {
		timer_delay_us(100000);
	}
}

static void kernel_sleep(void)
{
	for (;;) {
		cpu_wfi();
	}
}

/* Its timer's interrupt pends, but CPSR.I is set. */
static void kernel_masked(void)
{
	gic_init();
	gic_enable(GIC_PPI_CNTV);
	timer_start_us(1000);
	kernel_hang();
}

static void kernel_event(void)
{
	for (;;) {
		cpu_wfe();
	}
}

static void kernel_crash(void)
{
	struct exception_access nowhere = { 0x10, 0 };

	exception_write32(&nowhere); /* nobody takes the abort */
}

/* An exception whose vector is not mapped (lib/mmu.c): no fetch from there leaves the guest. */
static void kernel_unmapped(void)
{
	CPU_CP15_WRITE(0, c12, c0, 0, 0x10000000); /* VBAR */
	cpu_isb();
	kernel_crash();
}

/* ... or, with the MMU off, no memory at all. */
static void kernel_vectors(void)
{
	uint32_t sctlr;

	CPU_CP15_READ(0, c1, c0, 0, sctlr);
	CPU_CP15_WRITE(0, c1, c0, 0, sctlr & ~5u); /* M, C */
	kernel_unmapped();
}

static bool kernel_again(enum exception_kind kind, struct exception_frame *frame)
{
	(void)frame;
	return kind == EXCEPTION_DATA_ABORT; /* at the same instruction */
}

static void kernel_aborts(void)
{
	exception_set_handler(kernel_again);
	kernel_crash();
}

static void kernel_undefined(void *nothing)
{
	uint32_t value;

	(void)nothing;
	CPU_CP15_READ(0, c15, c3, 5, value);
	(void)value;
}

static void kernel_smc(void *nothing)
{
	(void)nothing;
	__asm__ volatile(".arch_extension sec\n\tsmc #0");
}

/* What no guest has, several times each. */
static void kernel_probe(void)
{
	for (uint32_t n = 0; n < 3; n++) {
		(void)report_equal(exception_try(kernel_undefined, NULL).kind, EXCEPTION_UNDEF,
				   "kernel: c15");
		(void)report_equal(exception_try(kernel_smc, NULL).kind, EXCEPTION_UNDEF,
				   "kernel: SMC");
	}
}

/* A fault, and all anew, without end. */
static void kernel_anew(void)
{
	(void)exception_try(kernel_undefined, NULL);
	psci_system_reset();
}

static const struct {
	const char *arg;
	void (*go)(void);
} kernel_ways[] = {
	{ "hang", kernel_hang },	 { "sleep", kernel_sleep }, { "masked", kernel_masked },
	{ "event", kernel_event },	 { "crash", kernel_crash }, { "vectors", kernel_vectors },
	{ "unmapped", kernel_unmapped }, { "probe", kernel_probe }, { "aborts", kernel_aborts },
};

static void kernel_go(void)
{
	for (size_t n = 0; n < sizeof(kernel_ways) / sizeof(kernel_ways[0]); n++) {
		if (guest_has_arg(kernel_ways[n].arg)) {
			kernel_ways[n].go();
		}
	}
}

int main(void)
{
	const char *model = fdt_string(fdt_find("/"), "model");

	if (guest_has_arg("anew")) {
		kernel_anew();
	}
	if (guest_has_arg("silent")) {
		kernel_sleep();
	}
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
	kernel_go();
	if (report_failed() == 0 && guest_has_arg("status")) {
		exit((int)guest_arg("status", 0));
	}
	report_summary();
}
