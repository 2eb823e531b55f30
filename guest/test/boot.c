/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a partition starts, and starts again: registers, identity, memory. It holds a right on
 * itself: the levels of its own lines 40 and 41 count the starts, since they outlive a restart and
 * memory must not. Bootargs vcpus=N.
 */
#include "guest/lib/fdt.h"
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/mmu.h"
#include "guest/lib/psci.h"
#include "guest/lib/report.h"
#include "guest/lib/smp.h"
#include "guest/lib/start.h"
#include "guest/lib/timer.h"
#include <stdio.h>

#define BOOT_COUNTER 40u

/* What CPU_ON enters: everything as it is at the first instruction goes to boot_state, then the
 * vCPU powers itself off. */
void boot_entry(void);
enum {
	BOOT_R0,
	BOOT_SP = 13,
	BOOT_LR,
	BOOT_CPSR,
	BOOT_SCTLR,
	BOOT_FIRST_ZERO, /* the rest is zero on a fresh vCPU */
	BOOT_WORDS = BOOT_FIRST_ZERO + 16
};
extern volatile uint32_t boot_state[BOOT_WORDS];
__asm__("	.arch_extension virt\n"
	"	.text\n"
	"	.global	boot_entry\n"
	"	.type	boot_entry, %function\n"
	"boot_entry:\n"
	"	str	r0, boot_state\n"
	"	adr	r0, boot_state\n"
	"	stmib	r0, {r1-r14}\n"
	"	mrs	r1, cpsr\n"
	"	str	r1, [r0, #60]\n"
	"	mrc	p15, 0, r1, c1, c0, 0\n" /* SCTLR */
	"	str	r1, [r0, #64]!\n"
	"	mrc	p15, 0, r1, c2, c0, 0\n"  /* TTBR0 */
	"	mrc	p15, 0, r2, c2, c0, 2\n"  /* TTBCR */
	"	mrc	p15, 0, r3, c12, c0, 0\n" /* VBAR */
	"	mrc	p15, 0, r4, c13, c0, 2\n" /* TPIDRURW */
	"	mrc	p15, 0, r5, c13, c0, 3\n" /* TPIDRURO */
	"	mrc	p15, 0, r6, c13, c0, 4\n" /* TPIDRPRW */
	"	mrc	p15, 0, r7, c13, c0, 1\n" /* CONTEXTIDR */
	"	mrc	p15, 0, r8, c14, c3, 1\n" /* CNTV_CTL */
	"	stmib	r0!, {r1-r8}\n"
	"	mrs	r1, sp_irq\n"
	"	mrs	r2, lr_irq\n"
	"	mrs	r3, sp_fiq\n"
	"	mrs	r4, sp_abt\n"
	"	mrs	r5, sp_und\n"
	"	mrs	r6, sp_usr\n"
	"	mrs	r7, lr_usr\n"
	"	mrs	r8, r8_fiq\n"
	"	stmib	r0, {r1-r8}\n"
	"	dsb\n"
	"	movw	r0, #2\n" /* CPU_OFF */
	"	movt	r0, #0x8400\n"
	"	hvc	#0\n"
	"1:	b	1b\n"
	"	.balign	64\n"
	"	.global	boot_state\n"
	"boot_state:\n"
	"	.space	4 * 64\n");

static void boot_second_entry(void)
{
	uint32_t wrong = 0;

	mmu_clean_invalidate((const void *)(uintptr_t)boot_state, sizeof(boot_state));
	if (!report_equal((uint32_t)psci_cpu_on(1, (uint32_t)(uintptr_t)boot_entry, 0x5eed1234), 0,
			  "CPU_ON of vCPU 1") ||
	    !report_check(smp_wait_off(1, TIMER_PATIENCE_US), "vCPU 1 came and went")) {
		return;
	}
	mmu_clean_invalidate((const void *)(uintptr_t)boot_state, sizeof(boot_state));
	(void)report_equal(boot_state[BOOT_R0], 0x5eed1234, "r0 is the context");
	for (uint32_t r = 1; r <= BOOT_LR; r++) {
		wrong |= (boot_state[r] != 0 ? 1u : 0u) << r;
	}
	(void)report_equal(wrong, 0, "r1 to r14 are zero");
	(void)report_equal(boot_state[BOOT_CPSR] & 0x3ff, 0x1d3, "CPSR: SVC, A, I, F, ARM, LE");
	(void)report_equal(boot_state[BOOT_SCTLR] & 0x30003807, 0,
			   "SCTLR: MMU, caches, high vectors, TRE, AFE off");
	wrong = 0;
	for (uint32_t i = BOOT_FIRST_ZERO; i < BOOT_WORDS; i++) {
		wrong |= (boot_state[i] != 0 ? 1u : 0u) << (i - BOOT_FIRST_ZERO);
	}
	(void)report_equal(wrong, 0, "translation, vectors, thread IDs, banked registers: zero");
}

static volatile uint32_t boot_mpidr;

static void boot_second(void *arg)
{
	(void)arg;
	boot_mpidr = cpu_mpidr();
}

static void boot_cpus(void)
{
	uint32_t vcpus = guest_arg("vcpus", 2);

	(void)report_equal(cpu_mpidr(), 0x80000000, "MPIDR of vCPU 0");
	(void)report_equal(smp_count(), vcpus, "vCPUs that PSCI knows");
	for (uint32_t cpu = 1; cpu < vcpus; cpu++) {
		boot_mpidr = 0;
		(void)report_equal((uint32_t)smp_start(cpu, boot_second, NULL), 0, "vCPU %u starts",
				   (unsigned)cpu);
		(void)report_check(smp_wait_off(cpu, TIMER_PATIENCE_US), "vCPU %u ends",
				   (unsigned)cpu);
		(void)report_equal(boot_mpidr, 0x80000000 | cpu, "MPIDR of vCPU %u", (unsigned)cpu);
	}
}

static uint32_t boot_cp15_exits(void)
{
	uint64_t exits = 0;

	(void)vm_stats(0, 0, PLUMB_STAT_CP15, &exits);
	return (uint32_t)exits;
}

/* What a guest does not have is hidden, where the CPU traps the reading of it: QEMU 7.2 ignores
 * HCR.TID3 and HCR.TIDCP on ARMv7 CPUs, so there the guest reads the board's own. */
static void boot_hidden(void)
{
	uint32_t exits = boot_cp15_exits(), pfr1, dfr0;

	CPU_CP15_READ(0, c0, c1, 1, pfr1);
	if (boot_cp15_exits() == exits) {
		report_skip("this CPU does not trap ID_PFR1");
	} else {
		CPU_CP15_READ(0, c0, c1, 2, dfr0);
		(void)report_equal(pfr1 >> 4 & 0xf, 0, "ID_PFR1: no Security Extensions");
		(void)report_equal(pfr1 >> 12 & 0xf, 0, "ID_PFR1: no Virtualization Extensions");
		(void)report_check((dfr0 >> 24 & 0xf) == 0 || (dfr0 >> 24 & 0xf) == 0xf,
				   "ID_DFR0: no performance monitors");
	}
}

static void boot_identity(void)
{
	uint32_t midr, pfr0, pfr1;

	CPU_CP15_READ(0, c0, c0, 0, midr);
	CPU_CP15_READ(0, c0, c1, 0, pfr0);
	CPU_CP15_READ(0, c0, c1, 1, pfr1);
	(void)report_check((midr & 0xff0ffff0) == 0x410fc0f0 || (midr & 0xff0ffff0) == 0x410fc070,
			   "MIDR: a Cortex-A15 or A7 (%08x)", (unsigned)midr);
	(void)report_equal(pfr0 & 0xff, 0x31, "ID_PFR0: ARM and Thumb-2");
	(void)report_equal(pfr1 >> 16 & 0xf, 1, "ID_PFR1: the Generic Timer");
	(void)report_check(timer_frequency() >= 1000000, "CNTFRQ");
	boot_hidden();
}

static void boot_entry_state(void)
{
	(void)report_equal(guest_boot_r0, 0, "r0 at the start");
	(void)report_equal(guest_boot_r1, 0xffffffff, "r1 at the start");
	(void)report_check(guest_boot_r2 == (uint32_t)(uintptr_t)fdt_blob() && fdt_present(),
			   "r2 at the start: a device tree");
	(void)report_equal(guest_boot_cpsr & 0x3f, 0x13, "SVC mode, ARM state");
	(void)report_equal(guest_memory_base(), 0x40000000, "memory where virt has it");
}

static uint32_t boot_not_zero(uint32_t from, uint32_t to)
{
	uint32_t count = 0;

	for (uint32_t at = from; at < to; at += 4) {
		count += *(volatile uint32_t *)(uintptr_t)at != 0;
	}
	return count;
}

/* What the loaded images and this program have not touched: all zero. */
static void boot_memory(const char *when)
{
	uint32_t base = guest_memory_base(), end = base + guest_memory_size();
	uint32_t dtb = guest_boot_r2 & ~0xfffu, dtb_end = dtb + ((fdt_size() + 0x1fff) & ~0xfffu);
	uint32_t used = (guest_break + 0xfff) & ~0xfffu, dirty;

	dirty = boot_not_zero(base, (uint32_t)(uintptr_t)__image_start) + boot_not_zero(used, dtb) +
		boot_not_zero(dtb_end, end);
	(void)report_equal(dirty, 0, "%s: memory outside the images is zero", when);
	for (uint32_t at = used; at < dtb; at += 4) {
		*(volatile uint32_t *)(uintptr_t)at = 0xdeadbeef;
	}
	for (uint32_t at = dtb_end; at < end; at += 4) {
		*(volatile uint32_t *)(uintptr_t)at = 0xdeadbeef;
	}
}

static uint32_t boot_starts(void)
{
	uint32_t low = 0, high = 0;

	if (irq_state(0, kvm_irq_spi(BOOT_COUNTER), &low) != 0 ||
	    irq_state(0, kvm_irq_spi(BOOT_COUNTER + 1), &high) != 0) {
		(void)report_check(false, "a right on itself");
		report_summary();
	}
	return (low & 1) | (high & 1) << 1;
}

/* In .data: the image must come back as it was packed. */
static volatile uint32_t boot_data = 0x11223344;

int main(void)
{
	uint32_t starts = boot_starts();

	printf("start %u\n", (unsigned)starts + 1);
	boot_entry_state();
	(void)report_equal(boot_data, 0x11223344, "start %u: the image is fresh",
			   (unsigned)starts + 1);
	boot_data = 0x55667788;
	boot_memory(starts == 0 ? "first start" : "restart");
	boot_identity();
	boot_second_entry();
	boot_cpus();
	if (starts < 2 && report_failed() == 0) {
		(void)kvm_irq_line(0, kvm_irq_spi(BOOT_COUNTER), (starts + 1) & 1);
		(void)kvm_irq_line(0, kvm_irq_spi(BOOT_COUNTER + 1), (starts + 1) >> 1 & 1);
		psci_system_reset();
		(void)report_check(false, "SYSTEM_RESET does not return");
	}
	(void)report_equal(starts, 2, "it was started three times");
	report_summary();
}
